"""The engine of the blurs: a separable filter, evaluated only where the stride keeps a sample.

Along one axis a padded, strided filter is a matrix, ``A = Z + E``: ``Z`` filters with zeros around the
image, and ``E`` is what the real border adds, which touches the first and last few outputs only.  Over
several axes ``A x B = Z_a x Z_b + E_a x B + Z_a x E_b``: one convolution, for which nothing is padded or
copied, and thin strips along the borders.  Its transpose, the backward pass, has the same shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

CONV = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
CONV_TRANSPOSE = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}


@dataclass(frozen=True)
class Axis:
    """The filter along one axis.

    Output ``i`` is ``sum_j kernel[j] x[i stride - before + j]``, with ``x`` continued beyond its ends as
    ``mode`` says; ``mode`` None is zeros as they are, ``"zeros"`` divides by the sum of the taps inside.
    """

    kernel: tuple[float, ...]
    before: int
    stride: int
    mode: str | None

    @property
    def after(self) -> int:
        return len(self.kernel) - 1 - self.before

    def size(self, n: int) -> int:
        """Outputs for ``n`` inputs: ``ceil(n / stride)``, one per sample that a bare stride keeps."""
        return -(-n // self.stride)

    def centred(self) -> Axis:
        """The same filter with as many taps before as after its middle."""
        lead, trail = max(self.after - self.before, 0), max(self.before - self.after, 0)
        kernel = (0.0,) * lead + self.kernel + (0.0,) * trail
        return replace(self, kernel=kernel, before=self.before + lead)


IDENTITY = Axis((1.0,), 0, 1, None)


def beyond(index, n: int, mode: str):
    """Where each position, inside ``0 .. n - 1`` or not, is read from; arrays or tensors."""
    if mode == "circular":
        return index % n
    if mode == "reflect":
        return n - 1 - abs(n - 1 - index % max(2 * n - 2, 1))
    return index.clip(0, n - 1)


Terms = tuple[tuple[tuple[int, float], ...], ...]


@dataclass(frozen=True)
class Border:
    """A block of ``E``: ``outputs`` and ``inputs`` are ``(start, stop)`` along the axis.

    ``rows[i]`` holds the weights of output ``i`` as ``(input, weight)``, zeros left out; ``columns`` the
    same of the transpose.
    """

    outputs: tuple[int, int]
    inputs: tuple[int, int]
    rows: Terms
    columns: Terms


@lru_cache(maxsize=1024)
def borders(axis: Axis, n: int) -> tuple[Border, ...]:
    """The blocks of ``E`` for ``n`` inputs: at the head, at the tail; none where the axis needs none."""
    if axis.mode is None:
        return ()
    size = axis.size(n)
    head = min(-(-axis.before // axis.stride), size)
    tail = max(head, (n - 1 - axis.after) // axis.stride + 1)
    blocks = (_border(axis, n, *rows) for rows in ((0, head), (tail, size)) if rows[0] < rows[1])
    return tuple(block for block in blocks if block is not None)


def _border(axis: Axis, n: int, first: int, last: int) -> Border | None:
    at = np.arange(first, last)[:, None] * axis.stride - axis.before + np.arange(len(axis.kernel))
    outside = (at < 0) | (at >= n)
    taps = np.broadcast_to(axis.kernel, at.shape)
    rows = np.broadcast_to(np.arange(last - first)[:, None], at.shape)
    weights = np.zeros((last - first, n))
    if axis.mode == "zeros":
        np.add.at(weights, (rows[~outside], at[~outside]), taps[~outside])
        inside = weights.sum(1, keepdims=True)
        if np.any(inside < 1e-3 * np.abs(axis.kernel).sum()):
            raise ValueError(
                f"the kernel's taps inside an image of {n} samples sum to {inside.min():g} at its border, so "
                "padding_mode 'zeros' cannot keep a constant; choose 'reflect', 'replicate' or 'circular'"
            )
        weights *= 1 / inside - 1
    else:
        np.add.at(weights, (rows[outside], beyond(at[outside], n, axis.mode)), taps[outside])
    used = np.flatnonzero(weights.any(0))
    if not used.size:
        return None
    inputs = (int(used[0]), int(used[-1]) + 1)
    block = weights[:, slice(*inputs)]
    return Border((first, last), inputs, _terms(block), _terms(block.T))


def _terms(matrix: NDArray[np.float64]) -> Terms:
    return tuple(tuple((int(j), float(row[j])) for j in np.flatnonzero(row)) for row in matrix)


def strided_filter(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    """``x`` ``(N, C, *spatial)`` through one :class:`Axis` per spatial axis; its memory format is kept."""
    axes = tuple(axes)
    if not torch.compiler.is_compiling():
        for axis, n in zip(axes, x.shape[2:], strict=True):
            borders(axis, n)  # refuses what no device can do
    if torch.compiler.is_compiling() or x.device.type != "cpu":
        return _padded(x, axes)
    if torch.is_grad_enabled() and x.requires_grad:
        return _StridedFilter.apply(x, axes, tuple(x.shape[2:]), False)
    return _apply(x, axes)


class _StridedFilter(torch.autograd.Function):
    """The filter, or its transpose: each is the other's derivative."""

    @staticmethod
    def forward(x, axes, sizes, transpose):
        return _transpose(x, axes, sizes) if transpose else _apply(x, axes)

    @staticmethod
    def setup_context(ctx, inputs, output):
        _, ctx.axes, ctx.sizes, ctx.transpose = inputs

    @staticmethod
    def backward(ctx, grad):
        return _StridedFilter.apply(grad, ctx.axes, ctx.sizes, not ctx.transpose), None, None, None


def _apply(x: Tensor, axes: tuple[Axis, ...]) -> Tensor:
    out = _convolve(x, axes)
    for d, rest, border in _strips(axes, tuple(x.shape[2:])):
        strip = _apply(_mix(_part(x, d, border.inputs), border.rows, d), rest)
        _part(out, d, border.outputs).add_(strip)
    return out


def _transpose(g: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> Tensor:
    out = _convolve_transpose(g, axes, sizes)
    for d, rest, border in _strips(axes, sizes):
        thin = (*sizes[:d], len(border.columns), *sizes[d + 1 :])
        strip = _transpose(_mix(_part(g, d, border.outputs), border.columns, d), rest, thin)
        _part(out, d, border.inputs).add_(strip)
    return out


@lru_cache(maxsize=1024)
def _strips(axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> list[tuple[int, tuple[Axis, ...], Border]]:
    """Each border with its axis, and the filters for the strip's other axes."""
    strips = []
    for d, axis in enumerate(axes):
        zeros = tuple(replace(a, mode=None) for a in axes[:d])
        rest = (*zeros, IDENTITY, *axes[d + 1 :])
        strips += [(d, rest, border) for border in borders(axis, sizes[d])]
    return strips


def _part(x: Tensor, d: int, span: tuple[int, int]) -> Tensor:
    return x.narrow(d + 2, span[0], span[1] - span[0])


def _mix(x: Tensor, rows: Terms, d: int) -> Tensor:
    """The product with a small matrix along axis ``d``; in each of its rows, the weights other than 0."""
    dim = d + 2
    if len(rows) == 1 and x.shape[dim] == 1:  # the common case: 3 taps, reflected
        return x * rows[0][0][1]
    out = _zeros((*x.shape[:dim], len(rows), *x.shape[dim + 1 :]), x)
    for i, row in enumerate(rows):
        for j, weight in row:
            out.select(dim, i).add_(x.select(dim, j), alpha=weight)
    return out


def _convolve(x: Tensor, axes: tuple[Axis, ...]) -> Tensor:
    """The filter with zeros around the image, unpadded in memory."""
    if all(len(axis.kernel) == 1 for axis in axes):
        return _pick(x, axes).clone(memory_format=memory_format(x))
    axes = [_fitting(axis, n) for axis, n in zip(axes, x.shape[2:], strict=True)]
    return CONV[len(axes)](x, **_settings(x, axes))


def _convolve_transpose(g: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> Tensor:
    if all(len(axis.kernel) == 1 for axis in axes):
        out = _zeros((*g.shape[:2], *sizes), g)
        _pick(out, axes).copy_(g)
        return out
    axes = [_fitting(axis, n) for axis, n in zip(axes, sizes, strict=True)]
    settings = _settings(g, axes)
    # the inputs after the last window's end
    left = [
        n - ((m - 1) * axis.stride - 2 * axis.before + len(axis.kernel))
        for n, m, axis in zip(sizes, g.shape[2:], axes, strict=True)
    ]
    return CONV_TRANSPOSE[len(axes)](g, **settings, output_padding=left)


def _pick(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    return x[(..., *(slice(None, None, axis.stride) for axis in axes))]


def _fitting(axis: Axis, n: int) -> Axis:
    """The axis such that ``before`` zeros at both ends give ``size(n)`` outputs."""
    outputs = (n + 2 * axis.before - len(axis.kernel)) // axis.stride + 1
    return axis if outputs == axis.size(n) else axis.centred()


def _settings(x: Tensor, axes: Sequence[Axis]) -> dict:
    channels = x.shape[1]
    return {
        "weight": _weight(axes, x).expand(channels, 1, *(len(axis.kernel) for axis in axes)),
        "stride": [axis.stride for axis in axes],
        "padding": [axis.before for axis in axes],
        "groups": channels,
    }


def _weight(axes: Sequence[Axis], like: Tensor) -> Tensor:
    """The outer product of the kernels."""
    product = _outer(tuple(axis.kernel for axis in axes))
    return torch.as_tensor(product, dtype=like.dtype, device=like.device)


@lru_cache(maxsize=256)
def _outer(kernels: tuple[tuple[float, ...], ...]) -> NDArray[np.float64]:
    return reduce(np.multiply.outer, kernels, np.ones(()))


def _zeros(shape: Sequence[int], like: Tensor) -> Tensor:
    form = memory_format(like)
    return torch.empty(shape, dtype=like.dtype, device=like.device, memory_format=form).zero_()


def memory_format(x: Tensor) -> torch.memory_format:
    """Of the output: channels last where ``x`` has its channels together."""
    if x.ndim in (4, 5) and x.shape[1] > 1 and x.stride(1) == 1:
        return torch.channels_last if x.ndim == 4 else torch.channels_last_3d
    return torch.contiguous_format


def _padded(x: Tensor, axes: tuple[Axis, ...]) -> Tensor:
    """The same by the book, pad and convolve: plain operations, for export and for other devices."""
    settings = _settings(x, axes) | {"padding": 0}
    convolve = CONV[len(axes)]
    if axes[0].mode != "zeros":
        return convolve(_extend(x, axes), **settings)
    inside = x.new_ones((1, 1, *x.shape[2:]))
    gain = convolve(_extend(inside, axes), settings["weight"][:1], stride=settings["stride"])
    return convolve(_extend(x, axes), **settings) / gain


def _extend(x: Tensor, axes: tuple[Axis, ...]) -> Tensor:
    """``x`` with its borders, as far as the windows reach."""
    mode, sizes = axes[0].mode, x.shape[2:]
    after = [max((a.size(n) - 1) * a.stride + a.after + 1 - n, 0) for a, n in zip(axes, sizes, strict=True)]
    widths = [(axis.before, end) for axis, end in zip(axes, after, strict=True)]
    if mode == "zeros" or all(max(w) < n for w, n in zip(widths, sizes, strict=True)):
        # F.pad counts from the last axis
        flat = [width for pair in reversed(widths) for width in pair]
        return functional.pad(x, flat, mode="constant" if mode == "zeros" else mode)
    # F.pad refuses a border wider than the image
    for d, (before, end) in enumerate(widths):
        index = beyond(torch.arange(-before, sizes[d] + end, device=x.device), sizes[d], mode)
        x = x.index_select(d + 2, index)
    return x
