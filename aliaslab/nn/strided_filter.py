"""The engine of the blurs: a separable filter, evaluated only where the stride keeps a sample.

One convolution among zeros, for which nothing is padded or copied, and then the borders: see ``borders``.
The transpose, which is the backward pass, has the same parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, reduce

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from .borders import Axis, beyond, count, gains, reach, strips

CONV = {1: functional.conv1d, 2: functional.conv2d, 3: functional.conv3d}
CONV_TRANSPOSE = {
    1: functional.conv_transpose1d,
    2: functional.conv_transpose2d,
    3: functional.conv_transpose3d,
}

# what the borders cost, in elements that could be padded in the same time (measured)
MOVE_COST = 5000  # one small operation
GATHER_COST = 7  # one element read or written across the rows of memory


def strided_filter(x: Tensor, axes: Sequence[Axis]) -> Tensor:
    """``x`` ``(N, C, *spatial)`` through one :class:`Axis` per spatial axis; its memory format is kept."""
    axes, sizes = tuple(axes), tuple(x.shape[2:])
    if torch.compiler.is_compiling():
        return _padded(x, axes)
    if axes[0].mode == "zeros":
        for axis, n in zip(axes, sizes, strict=True):
            gains(axis, n)  # refuses what cannot be divided
    if not _thin_borders(x, axes, sizes):
        return _padded(x, axes)
    if torch.is_grad_enabled() and x.requires_grad:
        return _StridedFilter.apply(x, axes, sizes, False)
    return _apply(x, axes, sizes)


def _thin_borders(x: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> bool:
    """Whether the borders are cheaper to add than to pad."""
    if x.device.type != "cpu" or torch.is_autocast_enabled("cpu"):
        return False
    if x.dtype not in (torch.float32, torch.float64):  # half precision would round at every addition
        return False
    cost = MOVE_COST * count(axes, sizes)
    if memory_format(x) == torch.contiguous_format and axes[-1].mode != "zeros":
        cost += GATHER_COST * reach(axes[-1], sizes[-1]) * x.numel() // sizes[-1]
    return x.numel() >= cost


class _StridedFilter(torch.autograd.Function):
    """The filter, or its transpose: each is the other's derivative."""

    generate_vmap_rule = True

    @staticmethod
    def forward(x, axes, sizes, transpose):
        return (_transpose if transpose else _apply)(x, axes, sizes)

    @staticmethod
    def setup_context(ctx, inputs, output):
        _, ctx.axes, ctx.sizes, ctx.transpose = inputs

    @staticmethod
    def backward(ctx, grad):
        return _StridedFilter.apply(grad, ctx.axes, ctx.sizes, not ctx.transpose), None, None, None

    @staticmethod
    def jvp(ctx, tangent, *_):
        return _StridedFilter.apply(tangent, ctx.axes, ctx.sizes, ctx.transpose)


def _apply(x: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> Tensor:
    out = _convolve(x, axes)
    if axes[0].mode == "zeros":
        return _normalise(out, axes, sizes)
    return _add_borders(out, x, axes, sizes, transpose=False)


def _transpose(g: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> Tensor:
    if axes[0].mode == "zeros":
        return _convolve_transpose(_normalise(g.clone(), axes, sizes), axes, sizes)
    return _add_borders(_convolve_transpose(g, axes, sizes), g, axes, sizes, transpose=True)


def _add_borders(
    out: Tensor, x: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...], transpose: bool
) -> Tensor:
    """Add to ``out``, in place, what the borders of ``x`` give."""
    if memory_format(x) == torch.contiguous_format:
        written, read, first, channels = out, x, 2, ()
    else:  # axes in the order of memory, so that a strip lies together
        written, read, first, channels = out.movedim(1, -1), x.movedim(1, -1), 1, (slice(None),)
    for strip in strips(axes, sizes, transpose):
        d = first + strip.axis
        rows = read.narrow(d, *strip.source).movedim(d, 0).contiguous()
        if strip.weights.size == 1:
            scale = strip.weights.item()
        else:
            mixed = torch.as_tensor(strip.weights, dtype=x.dtype) @ rows.flatten(1)
            rows, scale = mixed.unflatten(1, rows.shape[1:]), 1.0
        target = written.narrow(d, *strip.to).movedim(d, 0)
        total = rows.new_zeros(target.shape)
        for weight, to, source in strip.moves:
            total[(..., *to, *channels)].add_(rows[(..., *source, *channels)], alpha=scale * weight)
        target.add_(total)
    return out


def _normalise(out: Tensor, axes: tuple[Axis, ...], sizes: tuple[int, ...]) -> Tensor:
    for d, (axis, n) in enumerate(zip(axes, sizes, strict=True)):
        for i, gain in gains(axis, n):
            out.select(d + 2, i).mul_(gain)
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
    """The same by the book, pad and convolve: plain operations, for export, small maps, other devices."""
    settings = _settings(x, axes) | {"padding": 0}
    convolve = CONV[len(axes)]
    out = convolve(extend(x, axes), **settings)
    if axes[0].mode == "zeros":
        inside = extend(x.new_ones((1, 1, *x.shape[2:])), axes)
        out = out / convolve(inside, settings["weight"][:1], stride=settings["stride"])
    return out.contiguous(memory_format=memory_format(x))


def extend(x: Tensor, axes: tuple[Axis, ...]) -> Tensor:
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
