"""SEE: one matplotlib style, ``show(fig, alt=...)``, and figures that move under the hand."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
