"""MEASURE: the spectra of feature maps, what folds in each layer, what a shift does to a network's answer."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
