"""Strided layers taken apart: the same layer at stride 1, and the decimation that was in it."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..metrics.decimation import pair


class Decimate(nn.Module):
    """Every ``stride``-th pixel and nothing else: ``x[..., ::down, ::across]``."""

    def __init__(self, stride: int | tuple[int, int] = 2):
        super().__init__()
        self.stride = pair(stride)

    def forward(self, x: Tensor) -> Tensor:
        return x[..., :: self.stride[0], :: self.stride[1]]

    def undecimated(self, x: Tensor) -> Tensor:
        return x

    def extra_repr(self) -> str:
        return f"stride={self.stride}"


class _UndecimatedPool2d(nn.Module):
    """A pooling layer at stride 1, with as many windows as decimation by its own stride needs.

    With ``wraps`` the image goes on at its other side instead, if the size that comes of it is the same.
    """

    def __init__(self, pool: nn.Module, wraps: bool = False):
        super().__init__()
        self.wraps = wraps
        self.kernel_size, self.padding = pair(pool.kernel_size), pair(pool.padding)
        self.dilation = pair(getattr(pool, "dilation", 1))
        self.pool_stride = pair(pool.stride)
        self.ceil_mode = pool.ceil_mode

    def room(self, x: Tensor) -> list[int]:
        """Pixels to add after the padding on the right and below, for windows that hang over (ceil_mode)."""
        return [self._room(x.shape[axis], axis) for axis in (-1, -2)]

    def wrapped(self, x: Tensor) -> Tensor | None:
        """The image with as much of its other side as windows at all its pixels need, if sizes agree."""
        reach = [d * (k - 1) for d, k in zip(self.dilation, self.kernel_size, strict=True)]
        sizes = zip(x.shape[-2:], self.padding, reach, self.pool_stride, (0, 1), strict=True)
        for n, padding, span, stride, axis in sizes:
            windows = (n + 2 * padding - span - 1 + self._room(n, axis)) // stride + 1
            if windows != -(-n // stride) or span > n:
                return None
        (down, across), (below, right) = (
            self.padding,
            (r - p for r, p in zip(reach, self.padding, strict=True)),
        )
        return functional.pad(x, (across, right, down, below), mode="circular")

    def _room(self, n: int, axis: int) -> int:
        padding, stride = self.padding[axis], self.pool_stride[axis]
        free = n + 2 * padding - self.dilation[axis] * (self.kernel_size[axis] - 1) - 1
        steps = free // stride
        # a window more, if it hangs over and still begins on the image or the padding before it
        if self.ceil_mode and free % stride and (steps + 1) * stride < n + padding:
            steps += 1
        return max(steps * stride - free, 0)

    def padded(self, x: Tensor, value: float) -> Tensor:
        (down, across), (right, below) = self.padding, self.room(x)
        return functional.pad(x, (across, across + right, down, down + below), value=value)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, padding={self.padding}, ceil_mode={self.ceil_mode}"


class UndecimatedMaxPool2d(_UndecimatedPool2d):
    """``torch.nn.MaxPool2d`` at stride 1."""

    def forward(self, x: Tensor) -> Tensor:
        wrapped = self.wrapped(x) if self.wraps else None
        x = self.padded(x, -torch.inf) if wrapped is None else wrapped
        return functional.max_pool2d(x, self.kernel_size, 1, 0, self.dilation)


class UndecimatedAvgPool2d(_UndecimatedPool2d):
    """``torch.nn.AvgPool2d`` at stride 1; each window is divided as there, where it hangs over too."""

    def __init__(self, pool: nn.AvgPool2d, wraps: bool = False):
        super().__init__(pool, wraps)
        self.count_include_pad, self.divisor = pool.count_include_pad, pool.divisor_override

    def forward(self, x: Tensor) -> Tensor:
        wrapped = self.wrapped(x) if self.wraps else None
        if wrapped is not None:
            return functional.avg_pool2d(wrapped, self.kernel_size, 1, divisor_override=self.divisor)
        total = functional.avg_pool2d(self.padded(x, 0), self.kernel_size, 1, divisor_override=1)
        return total / (self.divisor or self._counted(x))

    def _counted(self, x: Tensor) -> Tensor:
        """How many pixels each window counts."""
        ones = torch.ones_like(x[:1, :1])
        (down, across), (right, below) = self.padding, self.room(x)
        ones = functional.pad(ones, (across, across, down, down), value=float(self.count_include_pad))
        return functional.avg_pool2d(
            functional.pad(ones, (0, right, 0, below)), self.kernel_size, 1, divisor_override=1
        )
