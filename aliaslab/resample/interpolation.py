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
from .kernels import Kernel, cubic, lanczos, triangle

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
    """The entries of several matrices, stacked: three arrays of one shape, or that broadcast to one.

    Output and input pixels are counted on through all the matrices; entries of the same pair add up.
    """

    output: NDArray[np.intp]
    input: NDArray[np.intp]
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
    found = entries(src, np.array([dst]), mode, antialias, align_corners)
    out = np.zeros((dst, src))
    np.add.at(out, (found.output, found.input), found.weight)
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
    src: int, dst: NDArray, mode: str, antialias: bool = False, align_corners: bool = False
) -> Entries:
    """The entries of the matrices from ``src`` to each of ``dst`` pixels, ``(M,)``, all at once."""
    if antialias:
        return _widened(src, dst, WIDENED[mode], align_corners)
    matrix, i = _ragged(dst)
    start, dst = matrix * src, dst[matrix]
    if mode in FIXED:
        return _fixed(i, start, src, dst, FIXED[mode], align_corners)
    if mode == "area":
        first, end = i * src // dst, -(-(i + 1) * src // dst)
        output, step = _ragged(end - first)
        return Entries(output, (start + first)[output] + step, (1 / (end - first))[output])
    pick = _nearest if mode == "nearest" else _nearest_exact
    return Entries(np.arange(len(i)), start + pick(i, src, dst), np.ones(len(i)))


def _ragged(counts: NDArray) -> tuple[NDArray, NDArray]:
    """For counts ``[2, 3]``: owners ``[0, 0, 1, 1, 1]`` and steps ``[0, 1, 0, 1, 2]``."""
    owner = np.repeat(np.arange(len(counts)), counts)
    return owner, np.arange(len(owner)) - (np.cumsum(counts) - counts)[owner]


def _nearest(i: NDArray, src: int, dst: NDArray) -> NDArray:
    """``floor(i src / dst)`` in single precision, as PyTorch has it: rounding can make it a pixel less."""
    scale = np.float32(src) / dst.astype(np.float32)
    column = np.minimum(np.floor(i.astype(np.float32) * scale).astype(int), src - 1)
    # two cases that PyTorch treats apart
    return np.where(dst == src, i, np.where(dst == 2 * src, i // 2, column))


def _nearest_exact(i: NDArray, src: int, dst: NDArray) -> NDArray:
    """``floor((i + 1/2) src / dst)``, with PyTorch's rounding: the product in double, then in single."""
    scale = (np.float32(src) / dst.astype(np.float32)).astype(float)
    return np.minimum(np.floor(((i + 0.5) * scale).astype(np.float32)).astype(int), src - 1)


def _step(src: int, dst: NDArray, align_corners: bool) -> NDArray:
    """Input pixels from one output pixel to the next."""
    # from a single pixel everything comes alike, and a step of 0 would reach endlessly many outputs
    if align_corners and src > 1:
        return (src - 1) * (dst > 1) / np.maximum(dst - 1, 1)
    return src / dst


def _fixed(
    i: NDArray, start: NDArray, src: int, dst: NDArray, kernel: Kernel, align_corners: bool
) -> Entries:
    """A kernel of input pixels around each output pixel ``i``."""
    step = _step(src, dst, align_corners)
    centre = i * step if align_corners else (i + 0.5) * step - 0.5
    near, taps = np.floor(centre), _taps(kernel.support)
    weight = kernel.shape(taps[:, None] - (centre - near))
    # beyond the border, the border's pixel is repeated
    j = np.minimum(np.maximum(near.astype(int) + taps[:, None], 0), src - 1)
    return Entries(np.arange(len(i)), start + j, weight)


def _widened(src: int, dst: NDArray, kernel: Kernel, align_corners: bool) -> Entries:
    """A kernel of output pixels around each input pixel ``j``, and each output's weights made to sum to 1.

    A kernel as wide as the output's pixels spans a different number of inputs at each size, but
    always as many outputs: antialiasing is the adjoint of interpolation, normalised.
    """
    dst, j = dst[:, None], np.arange(src)
    step = _step(src, dst, align_corners)
    width = np.maximum(step, 1)  # enlarging, a kernel keeps the width of the input's pixels
    per_input = 1 / np.where(step > 0, step, 1)
    taps = _taps(int(np.ceil(kernel.support * (width * per_input).max())))[:, None, None]
    # both grids are counted from the image's edge, where pixel j has its centre at j + 1/2
    near = np.floor((j + 0.5) * per_input - 0.5)
    weight = kernel.shape(taps * (step / width) + ((near + 0.5) * step - (j + 0.5)) / width)
    i = near.astype(int) + taps
    weight[(i < 0) | (i >= dst)] = 0
    output = np.clip(i, 0, dst - 1, out=i)
    output += np.cumsum(dst)[:, None] - dst
    weight /= np.bincount(output.ravel(), weight.ravel())[output]
    return Entries(output, j + src * np.arange(len(dst))[:, None], weight)


def _taps(support: int) -> NDArray:
    """The pixels that a kernel can reach, counted from the one before its centre."""
    return np.arange(1 - support, support + 1)
