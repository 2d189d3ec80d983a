"""MAKE: waves, folding, reconstruction, filters.

Time in seconds and frequency in hertz, or any other pair of reciprocal units.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
