"""Sampling, aliasing and alias-free networks: the library behind the book *Aliasing*.

Names load on first use, so ``import aliaslab`` costs almost nothing and never imports torch.
"""

import lazy_loader as _lazy

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
