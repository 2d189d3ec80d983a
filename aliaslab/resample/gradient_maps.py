"""How much each input pixel counts: unit gradient maps and their coefficient of variation.

A resize is a linear map ``A``.  The gradient of the sum of its output is ``A^T 1``: a value for each
input pixel, the sum of its weights in all output pixels.  Where those differ, pixels are not
treated alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .._device import device as default_device
from ..signals._checks import finite, scalar
from ..signals.filters import frequency_response
from .interpolation import check_options, entries, pixels

if TYPE_CHECKING:
    import torch

Size = int | Sequence[int]


def unit_gradient_map(
    operator: Callable[[torch.Tensor], torch.Tensor],
    source: Size | torch.Tensor,
    channels: int = 1,
    device: torch.device | str | None = None,
) -> NDArray[np.float64]:
    """The gradient of the sum of what an operator returns, with respect to each input pixel.

    For a linear operator this is its adjoint applied to ones, whatever the image: the total weight of
    each pixel.  For any other it is the gradient at the image given.

    Parameters
    ----------
    operator : takes an ``(N, C, H, W)`` tensor and returns a tensor that gradients flow through:
        a function or a module.
    source : the input's side, its ``(height, width)``, or the ``(N, C, H, W)`` input itself, for
        operators that are not linear.  A size stands for an image of ones.
    channels : of the image of ones.
    device : where to run; by default where the input given or the operator's parameters lie, else
        :func:`aliaslab.device`.

    Returns
    -------
    Array ``(H, W)``, summed over batch and channels.  Worked out in double precision, unless the
    input given or the operator's parameters have another.

    Raises
    ------
    TypeError
        If the operator does not return a floating-point tensor, or a size is not a whole number.
    ValueError
        If a size is below 1 or the input is not ``(N, C, H, W)``; if no gradient flows through the
        operator.

    References
    ----------
    Luo et al., "Understanding the effective receptive field in deep convolutional neural networks",
    NeurIPS 2016, section 2; on a resize, Darcet et al., "Vision transformers need registers", ICLR 2024,
    appendix A.
    """
    import torch

    image = _image(operator, source, channels, device)
    out = operator(image)
    if not isinstance(out, torch.Tensor) or not out.is_floating_point():
        got = str(out.dtype) if isinstance(out, torch.Tensor) else type(out).__name__
        raise TypeError(
            f"operator must return a floating-point tensor, got {got}; wrap it in a function that does"
        )
    if not out.requires_grad:
        raise ValueError(
            "no gradient flows through the operator: its result has none; leave out detach(), no_grad(), "
            "rounding to integers and the way through NumPy"
        )
    (gradient,) = torch.autograd.grad(out.sum(), image, allow_unused=True, materialize_grads=True)
    return gradient.sum((0, 1)).double().cpu().numpy()


def _image(operator: Callable, source, channels: int, device) -> torch.Tensor:
    """The input that the gradient is taken at."""
    import torch

    if isinstance(source, torch.Tensor):
        if source.ndim != 4 or not source.is_floating_point():
            raise ValueError(
                f"an input must be a floating-point (N, C, H, W) tensor, got {source.dtype} of shape "
                f"{tuple(source.shape)}; unsqueeze it, or give a size"
            )
        return source.detach().to(device or source.device).requires_grad_()
    height, width = _sides("source", source)
    state = _floats(operator)
    where = torch.device(device or (state[0].device if state else default_device()))
    # Apple's GPUs have no double precision
    dtype = state[0].dtype if state else torch.float32 if where.type == "mps" else torch.float64
    shape = (1, pixels("channels", channels), height, width)
    return torch.ones(shape, device=where, dtype=dtype, requires_grad=True)


def _floats(operator: Callable) -> list[torch.Tensor]:
    """A module's parameters and buffers in floating point."""
    import torch

    if not isinstance(operator, torch.nn.Module):
        return []
    return [t for t in (*operator.parameters(), *operator.buffers()) if t.is_floating_point()]


def _sides(name: str, size: Size) -> tuple[int, int]:
    pair = tuple(size) if isinstance(size, Sequence) else (size, size)
    if len(pair) != 2:
        raise ValueError(f"{name} must be a side or a (height, width) pair, got {size!r}")
    return pixels(f"{name} height", pair[0]), pixels(f"{name} width", pair[1])


def coefficient_of_variation(gradient_map: ArrayLike, border: int = 0) -> float:
    """Standard deviation over mean: 0 where every pixel counts the same.

    Parameters
    ----------
    gradient_map : real, of any shape.
    border : how many elements to leave out at each end of each axis.

    Returns
    -------
    0 or more, negative where the mean is.  The standard deviation is the population's, with a
    division by the number of pixels.

    Raises
    ------
    ValueError
        If the mean is 0 to rounding, so that there is nothing to compare with; if ``border`` leaves
        nothing; if the map is empty or holds NaN.
    """
    values = finite("gradient_map", gradient_map)
    inner = values[tuple(slice(border, length - border) for length in values.shape)] if border else values
    if not inner.size or border < 0:
        raise ValueError(
            f"a border of {border} leaves nothing of a map of shape {values.shape}; give one from 0 up"
        )
    mean = inner.mean()
    # gradients may have been summed in single precision
    if abs(mean) <= 1e-6 * abs(inner).mean():
        raise ValueError(
            "the map's mean is 0, so its coefficient of variation does not exist: the operator returns no "
            "weighted mean of its input; look at the map itself"
        )
    return float(inner.std() / mean)


def separable_cv(rows: float, columns: float) -> float:
    """The CV of an outer product from those of its two factors: ``sqrt((1 + a^2) (1 + b^2) - 1)``.

    The mean of an outer product is the product of the means, and so is the mean of its squares.

    Raises
    ------
    ValueError
        If a CV is NaN or infinite.
    """
    a, b = (scalar(name, finite(name, value)) for name, value in (("rows", rows), ("columns", columns)))
    # expanded, because 1 + a^2 would lose a small a
    return float(np.sqrt(a * a + b * b + a * a * b * b))


def interpolate_cv(
    src: Size,
    dst: Size,
    mode: str = "bilinear",
    antialias: bool = False,
    align_corners: bool = False,
    border: int = 0,
) -> float:
    """The CV of the unit gradient map of ``F.interpolate``, by algebra: no torch, no autograd.

    A resize is separable, so its map is the outer product of two lines of column sums.

    Parameters
    ----------
    src, dst : a side, or ``(height, width)``, in pixels; 1 or more, either of them the larger.
    mode, antialias, align_corners : as for :func:`~aliaslab.interpolation_matrix`.
    border : input pixels to leave out at each edge.

    Returns
    -------
    0 where every pixel counts the same.

    Raises
    ------
    ValueError
        If the mode is unknown or has no such option, a size is below 1, or ``border`` leaves nothing.
    TypeError
        If a size is not a whole number.

    Examples
    --------
    >>> round(interpolate_cv(16, 7, "bilinear"), 3)
    1.139
    """
    check_options(mode, antialias, align_corners)
    axes = zip(_sides("src", src), _sides("dst", dst), strict=True)
    sums = [_column_sums(a, np.array([b]), mode, antialias, align_corners)[0] for a, b in axes]
    return separable_cv(*(coefficient_of_variation(line, border) for line in sums))


def cv_landscape(
    sizes: Sequence[int], mode: str = "bilinear", antialias: bool = False
) -> NDArray[np.float64]:
    """:func:`interpolate_cv` from every size to every smaller or equal one.

    Parameters
    ----------
    sizes : sides of square images, in pixels, 1 or more.
    mode, antialias : as for :func:`~aliaslab.interpolation_matrix`.

    Returns
    -------
    Array ``(S, S)``: ``[i, j]`` belongs to ``sizes[i]`` shrunk to ``sizes[j]``; NaN where that would
    enlarge.

    Raises
    ------
    ValueError
        If the mode is unknown or has no antialias, or a size is below 1.
    TypeError
        If a size is not a whole number.
    """
    check_options(mode, antialias)
    sides = np.array([pixels("each of sizes", n) for n in sizes])
    out = np.full((len(sides), len(sides)), np.nan)
    for i, src in enumerate(sides):
        smaller = np.flatnonzero(sides <= src)
        # a few lines at a time: more would not stay in the processor's cache
        for block in np.array_split(smaller, -(-len(smaller) * src // 8192)):
            sums = _column_sums(src, sides[block], mode, antialias)
            squared = (sums.std(axis=1) / sums.mean(axis=1)) ** 2
            out[i, block] = np.sqrt(squared * (2 + squared))
    return out


def _column_sums(
    src: int, dst: NDArray, mode: str, antialias: bool, align_corners: bool = False
) -> NDArray[np.float64]:
    """``(M, src)``: the column sums of the matrices from ``src`` to each of ``dst`` pixels."""
    found = entries(src, dst, mode, antialias, align_corners)
    # where all taps of an axis share their input pixel, they are added up first
    shared = found.weight.ndim - found.input.ndim
    weight = found.weight.sum(axis=tuple(range(shared)))
    return np.bincount(found.input.ravel(), weight.ravel(), len(dst) * src).reshape(len(dst), src)


def tiling_cv(kernel: ArrayLike, factor: int) -> float:
    """The CV of a kernel laid down every ``factor`` pixels along both axes, borders aside.

    Along one axis ``CV^2`` is the sum of ``|H(k / factor)|^2 / |H(0)|^2`` over ``k = 1 .. factor - 1``: the
    power gain at exactly those frequencies that fold onto zero (Poisson's summation formula and Parseval's
    theorem).  Every other frequency escapes it.

    Parameters
    ----------
    kernel : real, ``(taps,)``: one row of the resize's matrix, zeros left out.
    factor : how many times smaller, a whole number of 1 or more.

    Returns
    -------
    0 where the kernels tile: every pixel gets the same total weight.

    Raises
    ------
    ValueError
        If the kernel's sum is 0 or it is not one-dimensional, or the factor is not 1 or more.
    TypeError
        If the factor is not a whole number.

    Examples
    --------
    >>> tiling_cv([1], 3)  # nearest: sqrt(3^2 - 1)
    2.8284271247461903
    """
    factor = pixels("factor", factor)
    taps = finite("kernel", kernel)
    gains = abs(frequency_response(taps, np.arange(factor) / factor))
    if gains[0] <= 1e-12 * abs(taps).sum():
        raise ValueError("the kernel sums to 0, so its coefficient of variation does not exist")
    along = np.sqrt(np.sum((gains[1:] / gains[0]) ** 2))
    return separable_cv(along, along)
