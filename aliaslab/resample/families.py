"""The kernels that libraries resize with, as matrices in closed form.

With these a resize can be recognised where the library itself is not installed, and each library's
method can be checked against its formula.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .backends import scipy_zoom
from .backends.own import GAUSSIAN, KAISER, nearest_index
from .interpolation import interpolation_matrix
from .kernels import Kernel, box, cubic, gaussian, lanczos, triangle, weight_matrix

Matrix = Callable[[int, int], NDArray[np.float64]]


def _kernel(shape: Callable, support: float, widen: bool) -> Matrix:
    return lambda src, dst: weight_matrix(src, dst, Kernel(shape, support, widen))


def _nearest(src: int, dst: int) -> NDArray:
    return np.eye(src)[nearest_index(src, dst)]


def _area(src: int, dst: int) -> NDArray:
    """How much of each output pixel's interval each input pixel covers."""
    edges = np.arange(dst + 1) * src / dst
    left = np.maximum(edges[:-1, None], np.arange(src))
    right = np.minimum(edges[1:, None], np.arange(src) + 1)
    return np.clip(right - left, 0, None) * dst / src


def _cubic_spline(src: int, dst: int) -> NDArray:
    """SciPy's, by asking it: its spline prefilter runs along the whole line."""
    return scipy_zoom.run(np.eye(src)[..., None], (dst, src), order=3)[..., 0]


def _blurred_linear(src: int, dst: int) -> NDArray:
    """A Gaussian of sigma (factor - 1) / 2 on the input's grid, cut at 4 sigma, then linear interpolation."""
    sigma = (src / dst - 1) / 2
    linear = interpolation_matrix(src, dst, "bilinear")
    if sigma <= 0:
        return linear
    blur = weight_matrix(src, src, Kernel(gaussian(sigma), int(4 * sigma + 0.5), False))
    return linear @ blur


FAMILIES: dict[str, tuple[Matrix, tuple[str, ...]]] = {
    "bare decimation (nearest)": (
        _nearest,
        ("decimate", "torch-nearest-exact", "pillow-nearest"),
    ),
    "torch bilinear without antialias (OpenCV LINEAR)": (
        partial(interpolation_matrix, mode="bilinear"),
        ("torch-bilinear", "opencv-linear", "skimage", "scipy-zoom-order1", "kornia-bilinear"),
    ),
    "torch bicubic without antialias (OpenCV CUBIC)": (
        partial(interpolation_matrix, mode="bicubic"),
        ("torch-bicubic", "opencv-cubic", "kornia-bicubic"),
    ),
    "OpenCV LANCZOS4": (_kernel(lanczos(4), 4, False), ("opencv-lanczos4",)),
    "SciPy zoom (cubic spline)": (_cubic_spline, ("scipy-zoom", "skimage-order3")),
    "Pillow box": (_kernel(box, 0.5, True), ("pillow-box",)),
    "torch area": (partial(interpolation_matrix, mode="area"), ("torch-area", "kornia-area")),
    "OpenCV AREA": (_area, ("opencv-area",)),
    "scikit-image with anti_aliasing": (_blurred_linear, ("skimage-aa",)),
    "Pillow bilinear (torch bilinear with antialias)": (
        _kernel(triangle, 1, True),
        ("pillow-bilinear", "torch-bilinear-aa"),
    ),
    "Pillow bicubic (torch bicubic with antialias)": (
        _kernel(cubic(-0.5), 2, True),
        ("pillow-bicubic", "torch-bicubic-aa"),
    ),
    "Pillow Lanczos (torch Lanczos with antialias)": (
        _kernel(lanczos(3), 3, True),
        ("pillow-lanczos", "torch-lanczos-aa"),
    ),
    "a Gaussian prefilter of half an output pixel": (
        lambda src, dst: weight_matrix(src, dst, GAUSSIAN),
        ("gaussian",),
    ),
    "a Kaiser-windowed sinc": (lambda src, dst: weight_matrix(src, dst, KAISER), ("kaiser",)),
}
"""What each behaviour is called, its ``(src, dst)`` matrix, and the methods that have it."""


def family_power(matrix: NDArray, frequency: NDArray, inside: slice) -> NDArray[np.float64]:
    """``(K,)``: mean power that the matrix makes of waves of power 1, over the output pixels ``inside``."""
    waves = np.exp(2j * np.pi * np.outer(np.arange(matrix.shape[1]), frequency))
    return np.mean(abs((matrix @ waves)[inside]) ** 2, axis=0)
