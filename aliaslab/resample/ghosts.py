"""The zone plate's ghosts: rings in the small picture that are not in the large one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ..signals.images import zone_plate
from .resizing import check_factor, downsample, shrunken
from .responses import decibel


def ghost_energy(method: str | Callable[[NDArray], NDArray], factor: float = 4, n: int = 512) -> float:
    """The zone plate's energy that should not be there, in dB.

    The plate ``0.5 + 0.5 cos(pi r^2 / n)`` holds at the point ``(x, y)`` from its centre the frequency
    ``(x / n, y / n)`` cycles per pixel.  Once it is shrunk, everything outside the square
    ``max(|x|, |y|) <= n / (2 factor)`` should be flat grey.  What is left there, relative to what was
    there: ``10 log10(mean (out - 1/2)^2 / mean (in - 1/2)^2)``.

    Parameters
    ----------
    method : a name that :func:`~aliaslab.methods` lists, or a function that takes the ``(n, n)`` plate
        (float64, in [0, 1]) and returns the shrunken one.
    factor : how many times smaller; above 1.
    n : side of the plate in pixels; at least ``8 factor``.

    Returns
    -------
    float : 0 dB when all of it folds; the lower, the less.

    Raises
    ------
    ValueError
        If ``factor`` is not above 1, ``n`` is too small, or the function returns another shape.
    """
    factor = check_factor(factor)
    if factor == 1 or n < 8 * factor:
        raise ValueError(
            f"ghosts need a factor above 1 and a plate of at least 8 factor pixels, got {factor:g}, {n}"
        )
    plate = zone_plate(n)
    small = method(plate) if callable(method) else downsample(plate, factor, method)
    wanted = (shrunken(n, factor),) * 2
    if np.shape(small) != wanted:
        raise ValueError(
            f"resize returned shape {np.shape(small)} for a {plate.shape} image, wanted {wanted}"
        )
    before = np.mean((plate - 0.5)[_outside(n, n, factor)] ** 2)
    after = np.mean((np.asarray(small, dtype=float) - 0.5)[_outside(n, wanted[0], factor)] ** 2)
    return decibel(after / before)


def _outside(n: int, dst: int, factor: float) -> NDArray[np.bool_]:
    """Which of ``dst`` x ``dst`` pixels lie where the plate is finer than the new grid can hold."""
    axis = abs((np.arange(dst) + 0.5) * n / dst - 0.5 - n / 2)
    return np.maximum(axis[:, None], axis) > n / (2 * factor)
