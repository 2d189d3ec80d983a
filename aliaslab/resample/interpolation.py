"""The matrices of ``torch.nn.functional.interpolate``, in closed form and without torch.

A resize along one axis is a ``(dst, src)`` matrix.  It is mostly zeros, so it is worked out as its
entries alone: which output pixel, which input pixel, what weight.  Many matrices of different sizes
then cost one pass over all their entries.
"""

from __future__ import annotations

from numbers import Integral
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..signals._checks import one_of
from .kernels import Kernel, cubic, lanczos, pixel_centres, triangle

FIXED = {"bilinear": Kernel(triangle, 1, False), "bicubic": Kernel(cubic(-0.75), 2, False)}
"""The kernels of ``antialias=False``: as wide as the input pixels are."""
WIDENED = {
    "bilinear": Kernel(triangle, 1, True),
    "bicubic": Kernel(cubic(-0.5), 2, True),
    "lanczos": Kernel(lanczos(3), 3, True),
}
"""The kernels of ``antialias=True``: as wide as the output pixels.  The cubic is another one (Keys's)."""
MODES = ("nearest", "nearest-exact", "bilinear", "bicubic", "area", "lanczos")


class Entries(NamedTuple):
    """The entries of one matrix or, stacked, of several: arrays of one length, an element each."""

    matrix: NDArray[np.intp]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    weight: NDArray[np.float64]


def interpolation_matrix(
    src: int, dst: int, mode: str = "bilinear", antialias: bool = False, align_corners: bool = False
) -> NDArray[np.float64]:
    """What ``F.interpolate`` does along one axis, as a matrix.

    Row ``i`` is the kernel of output pixel ``i``; column ``j`` holds all uses of input pixel ``j``, and
    the column's sum is its value in the unit gradient map.  An image goes through one such matrix for
    each of its axes, ``A_rows @ image @ A_columns.T``.

    Parameters
    ----------
    src, dst : pixels before and after, 1 or more, either of them the larger.
    mode : ``"nearest"``, ``"nearest-exact"``, ``"bilinear"`` (for one axis: linear), ``"bicubic"``,
        ``"area"`` or ``"lanczos"``.
    antialias : widen the kernel when shrinking; for ``"bilinear"``, ``"bicubic"`` and ``"lanczos"``,
        which has no other form.
    align_corners : put the centres of the corner pixels onto each other, not the corners of the images;
        for ``"bilinear"`` and ``"bicubic"``.  With ``antialias`` PyTorch takes the step of that
        grid, but not its place; so does this.

    Returns
    -------
    Array ``(dst, src)``; each row sums to 1.

    Raises
    ------
    ValueError
        If the mode is unknown or has no such option, or a size is not 1 or more.
    TypeError
        If a size is not a whole number.

    References
    ----------
    PyTorch's documentation of ``torch.nn.functional.interpolate``; the kernels are those of Keys, IEEE
    Trans. ASSP 29, 1981, eq. 15 (bicubic) and Duchon, J. Appl. Meteorology 18, 1979 (lanczos).

    Examples
    --------
    >>> interpolation_matrix(4, 2, "bilinear")
    array([[0.5, 0.5, 0. , 0. ],
           [0. , 0. , 0.5, 0.5]])
    """
    check_options(mode, antialias, align_corners)
    src, dst = pixels("src", src), pixels("dst", dst)
    found = entries(np.array([src]), np.array([dst]), mode, antialias, align_corners)
    out = np.zeros((dst, src))
    # a pixel at the border may stand for others outside the image
    np.add.at(out, (found.row, found.column), found.weight)
    return out


def check_options(mode: str, antialias: bool, align_corners: bool = False) -> None:
    """Refuse what ``F.interpolate`` refuses."""
    one_of("mode", mode, MODES)
    if antialias and mode not in WIDENED:
        allowed = ", ".join(map(repr, WIDENED))
        raise ValueError(f"mode {mode!r} has no antialias; leave antialias=False, or choose one of {allowed}")
    if not antialias and mode == "lanczos":
        raise ValueError("mode 'lanczos' exists only with antialias; set antialias=True")
    if align_corners and mode not in FIXED:
        allowed = ", ".join(map(repr, FIXED))
        raise ValueError(
            f"mode {mode!r} has no align_corners; leave align_corners=False, or choose one of {allowed}"
        )


def pixels(name: str, value: int) -> int:
    """``value`` as a number of pixels."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number of pixels, got {value!r}")
    if value < 1:
        raise ValueError(f"{name} must be 1 pixel or more, got {value}; an image has no fewer")
    return int(value)


def entries(
    src: NDArray, dst: NDArray, mode: str, antialias: bool = False, align_corners: bool = False
) -> Entries:
    """The entries of the matrices from ``src[m]`` to ``dst[m]`` pixels, ``(M,)`` each, all at once."""
    matrix, i = _ragged(dst)
    src, dst = src[matrix], dst[matrix]
    if mode in ("nearest", "nearest-exact"):
        column = (_nearest if mode == "nearest" else _nearest_exact)(i, src, dst)
        return Entries(matrix, i, column, np.ones(len(i)))
    if mode == "area":
        first, end = i * src // dst, -(-(i + 1) * src // dst)
        owner, step = _ragged(end - first)
        return Entries(matrix[owner], i[owner], first[owner] + step, 1 / (end - first)[owner])
    if antialias:
        return _widened(matrix, i, src, dst, WIDENED[mode], align_corners)
    return _fixed(matrix, i, src, dst, FIXED[mode], align_corners)


def _ragged(counts: NDArray) -> tuple[NDArray, NDArray]:
    """For counts ``[2, 3]``: owners ``[0, 0, 1, 1, 1]`` and steps ``[0, 1, 0, 1, 2]``."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]


def _nearest(i: NDArray, src: NDArray, dst: NDArray) -> NDArray:
    """``floor(i src / dst)`` in single precision, as PyTorch has it: rounding can make it a pixel less."""
    scale = src.astype(np.float32) / dst.astype(np.float32)
    column = np.minimum(np.floor(i.astype(np.float32) * scale).astype(int), src - 1)
    # two cases that PyTorch treats apart
    return np.where(dst == src, i, np.where(dst == 2 * src, i // 2, column))


def _nearest_exact(i: NDArray, src: NDArray, dst: NDArray) -> NDArray:
    """``floor((i + 1/2) src / dst)``, with PyTorch's rounding: the product in double, then in single."""
    scale = (src.astype(np.float32) / dst.astype(np.float32)).astype(float)
    return np.minimum(np.floor(((i + 0.5) * scale).astype(np.float32)).astype(int), src - 1)


def _corner_step(src: NDArray, dst: NDArray) -> NDArray:
    """Input pixels from one output pixel to the next when the corner pixels lie on each other."""
    return (src - 1) / np.maximum(dst - 1, 1) * (dst > 1)


def _fixed(
    matrix: NDArray, i: NDArray, src: NDArray, dst: NDArray, kernel: Kernel, align_corners: bool
) -> Entries:
    centre = i * _corner_step(src, dst) if align_corners else pixel_centres(src, dst, i)
    taps = np.arange(1 - kernel.support, kernel.support + 1)
    column = np.floor(centre).astype(int)[:, None] + taps
    weight = kernel.shape(column - centre[:, None])
    # beyond the border, the border's pixel is repeated
    column = np.clip(column, 0, src[:, None] - 1)
    each = np.repeat(np.arange(len(i)), len(taps))
    return Entries(matrix[each], i[each], column.ravel(), weight.ravel())


def _widened(
    matrix: NDArray, i: NDArray, src: NDArray, dst: NDArray, kernel: Kernel, align_corners: bool
) -> Entries:
    step = _corner_step(src, dst) if align_corners else src / dst
    # counted from the image's edge: input pixel j has its centre at j + 1/2
    centre, width = step * (i + 0.5), np.maximum(step, 1)
    reach = kernel.support * width
    first = np.maximum((centre - reach + 0.5).astype(int), 0)
    end = np.minimum((centre + reach + 0.5).astype(int), src)
    owner, step = _ragged(end - first)
    column = first[owner] + step
    weight = kernel.shape((column + 0.5 - centre[owner]) / width[owner])
    # beyond the border the kernel is cut off, and what is left of it is scaled to sum to 1
    total = np.bincount(owner, weight, len(i))
    return Entries(matrix[owner], i[owner], column, weight / total[owner])
