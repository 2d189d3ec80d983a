"""Low-pass filters and what they do to each frequency."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, scalar


def box_response(f: ArrayLike, width: float) -> NDArray[np.float64]:
    """Gain of an average over ``width`` (an exposure time, a sensor cell) at frequency ``f``.

    The Fourier transform of a unit-area box, ``sin(pi f width) / (pi f width)``; negative where the
    average turns the phase over.  ``width`` 0 or more, in the reciprocal unit of ``f``.
    """
    width = scalar("width", finite("width", width))
    if width < 0:
        raise ValueError(f"width must be 0 or more, got {width:g}; give the length averaged over")
    return np.sinc(finite("f", f) * width)
