"""Resizing kernels in closed form, and the matrix that lays one down at every output pixel.

A separable resize is two matrix products, ``A_rows @ image @ A_columns.T``.  Row ``i`` of a matrix
holds a kernel centred where output pixel ``i`` lies among the input pixels,
``c_i = (i + 1/2) src / dst - 1/2`` (pixel centres, both grids spanning the same interval).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Kernel(NamedTuple):
    """``shape(x)`` for ``|x| <= support``; with ``widen``, x counts output pixels, else input pixels."""

    shape: Callable[[NDArray], NDArray]
    support: float
    widen: bool


def box(x: NDArray) -> NDArray:
    # half-open, so that a pixel on the border of two boxes belongs to one of them
    return ((x > -0.5) & (x <= 0.5)).astype(float)


def triangle(x: NDArray) -> NDArray:
    return np.maximum(1 - abs(x), 0)


def cubic(a: float) -> Callable[[NDArray], NDArray]:
    """Keys's cubic convolution (IEEE Trans. ASSP 29, 1981, eq. 15, with his ``a`` left free)."""

    def shape(x: NDArray) -> NDArray:
        # a (x - 1) (x - 2)^2 from 1 to 2, and (1 - x)^2 (2 x + 4 a + 1) more below 1
        x = abs(x)
        near, far = np.maximum(1 - x, 0), np.maximum(2 - x, 0)
        return near * near * (2 * x + (4 * a + 1)) + far * far * (a * (x - 1))

    return shape


def lanczos(lobes: int) -> Callable[[NDArray], NDArray]:
    """``sinc(x) sinc(x / lobes)`` for ``|x| < lobes``."""
    return lambda x: np.sinc(x) * np.sinc(x / lobes) * (abs(x) < lobes)


def gaussian(sigma: float) -> Callable[[NDArray], NDArray]:
    """``exp(-x^2 / (2 sigma^2))``; rows are normalised later."""
    return lambda x: np.exp(-((x / sigma) ** 2) / 2)


def kaiser(lobes: int, beta: float) -> Callable[[NDArray], NDArray]:
    """A sinc under a Kaiser window that reaches zero crossing number ``lobes``."""
    return lambda x: np.sinc(x) * np.i0(beta * np.sqrt(np.clip(1 - (x / lobes) ** 2, 0, None)))


def pixel_centres(src: int, dst: int) -> NDArray:
    """Where the ``dst`` output pixels lie, counted in input pixels: ``(i + 1/2) src / dst - 1/2``."""
    return (np.arange(dst) + 0.5) * src / dst - 0.5


def weight_matrix(src: int, dst: int, kernel: Kernel) -> NDArray[np.float64]:
    """The ``(dst, src)`` matrix of the resize: each row sums to 1, what falls off the edge is left out."""
    width = max(src / dst, 1.0) if kernel.widen else 1.0
    x = (np.arange(src) - pixel_centres(src, dst)[:, None]) / width
    weights = np.where(abs(x) <= kernel.support, kernel.shape(x), 0.0)
    return weights / weights.sum(axis=1, keepdims=True)
