"""MEASURE: the spectra of feature maps, what folds in each layer, what a shift does to a network's answer."""

from importlib.util import find_spec as _find_spec

import lazy_loader as _lazy

if _find_spec("torch") is None:
    raise ImportError("aliaslab.metrics needs PyTorch: pip install 'aliaslab[torch]'")

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
