"""SAMPLE: layers that make feature maps smaller without aliasing, in the place of a stride or a pooling.

All take ``(N, C, H, W)`` of any size, keep dtype, device and memory format, keep a constant constant up to
the border, and give the size of the layer that they replace.
"""

from importlib.util import find_spec as _find_spec

import lazy_loader as _lazy

if _find_spec("torch") is None:
    raise ImportError("aliaslab.nn needs PyTorch: pip install 'aliaslab[torch]'")

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
