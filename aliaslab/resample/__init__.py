"""SAMPLE: every resize backend behind one call, what each does to every frequency, and the audit."""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
