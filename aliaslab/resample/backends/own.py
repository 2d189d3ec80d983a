"""Ours: bare decimation, and a Gaussian and a Kaiser-windowed sinc as prefilters."""

from __future__ import annotations

from functools import lru_cache, partial

import numpy as np
from numpy.typing import NDArray

from ..kernels import Kernel, gaussian, kaiser, weight_matrix
from .base import Method

GAUSSIAN = Kernel(gaussian(0.5), support=2.0, widen=True)
"""Standard deviation of half an output pixel, ``0.5 factor`` input pixels, cut at four of them."""

KAISER = Kernel(kaiser(lobes=4, beta=5.0), support=4.0, widen=True)
"""Cut-off at the new Nyquist frequency; eight output pixels long; side lobes below -50 dB."""


def nearest_index(src: int, dst: int) -> NDArray[np.intp]:
    """The input pixel nearest to each output pixel's centre; the later one where two are as near."""
    # in whole numbers, floor((2 i + 1) src / (2 dst)): floating point would choose a side at random
    return (2 * np.arange(dst) + 1) * src // (2 * dst)


def decimate(image: NDArray, size: tuple[int, int]) -> NDArray:
    rows, columns = (nearest_index(src, dst) for src, dst in zip(image.shape, size, strict=False))
    return image[rows][:, columns]


_matrix = lru_cache(maxsize=64)(weight_matrix)


def prefilter(image: NDArray, size: tuple[int, int], kernel: Kernel) -> NDArray:
    rows = _matrix(image.shape[0], size[0], kernel).astype(image.dtype)
    columns = _matrix(image.shape[1], size[1], kernel).astype(image.dtype)
    return np.einsum("ih,hwc,jw->ijc", rows, image, columns, optimize=True)


METHODS = (
    Method("decimate", "aliaslab", "none", "numpy", decimate, prefilters=False),
    *(
        Method(
            name,
            "aliaslab",
            name,
            "numpy",
            partial(prefilter, kernel=kernel),
            True,
            native=("float32", "float64"),
        )
        for name, kernel in {"gaussian": GAUSSIAN, "kaiser": KAISER}.items()
    ),
)
