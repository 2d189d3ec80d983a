"""MaxBlurPool: max pooling with its stride repaired."""

from __future__ import annotations

from functools import reduce

import torch
from torch import Tensor, nn
from torch.nn import functional

from . import _checks
from .blurpool import BlurPool2d, Kernel, Numbers, blur, blur_pool2d
from .borders import Axis
from .strided_filter import extend, memory_format


def max_blur_pool2d(
    x: Tensor,
    kernel_size: Numbers = 2,
    stride: Numbers = 2,
    padding_mode: str = "reflect",
    *,
    taps: Numbers = 3,
    kernel: Kernel = "binomial",
    padding: Numbers = 0,
    dilation: Numbers = 1,
    ceil_mode: bool = False,
) -> Tensor:
    """The maximum over every window, blurred, then every ``stride``-th of them.

    Max pooling takes a maximum at every pixel and keeps one in ``stride``; the filter goes between the two.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point, any size from 1 x 1.
    kernel_size, stride, padding, dilation, ceil_mode : of the max pooling to replace, as in
        ``torch.nn.MaxPool2d`` (where the stride is ``kernel_size`` unless given; here it is 2).
    padding_mode, taps, kernel : of the blur, as in :func:`blur_pool2d`.  With ``"circular"`` the windows of
        the maximum go round the border too, so that a circular shift by ``stride`` moves the output by one
        pixel (where ``stride`` divides the image's side); in the other modes they leave it out, as
        ``torch.nn.MaxPool2d`` does.

    Returns
    -------
    The size that ``torch.nn.MaxPool2d`` gives; where it has no room for its window, and raises, one pixel.
    Dtype, device and memory format of ``x``.

    Raises
    ------
    TypeError, ValueError
        As :func:`blur_pool2d`, and if ``padding`` is more than half of ``kernel_size``.

    References
    ----------
    Zhang, "Making convolutional networks shift-invariant again", ICML 2019, section 3.2, ``MaxBlurPool``.
    """
    stride, window = _checks.strides(stride), _window(kernel_size, padding, dilation)
    sizes = _sizes(x, stride, window, ceil_mode)
    out = blur_pool2d(
        _maxima(x, stride, window, ceil_mode, padding_mode), taps, stride, padding_mode, kernel=kernel
    )
    return out if out.shape[2:] == sizes else _round(out, sizes)


class MaxBlurPool2d(nn.Module):
    """:func:`max_blur_pool2d` as a module, in the place of ``torch.nn.MaxPool2d``; no parameters."""

    def __init__(
        self,
        kernel_size: Numbers = 2,
        stride: Numbers = 2,
        padding_mode: str = "reflect",
        *,
        taps: Numbers = 3,
        kernel: Kernel = "binomial",
        padding: Numbers = 0,
        dilation: Numbers = 1,
        ceil_mode: bool = False,
    ):
        super().__init__()
        self.kernel_size, self.padding, self.dilation = _window(kernel_size, padding, dilation)
        self.stride = _checks.strides(stride)
        self.padding_mode = _checks.padding_mode(padding_mode)
        self.taps, self.kernel, self.ceil_mode = taps, kernel, ceil_mode
        BlurPool2d(taps, stride, padding_mode, kernel=kernel)  # refuses what it cannot do

    def forward(self, x: Tensor) -> Tensor:
        return max_blur_pool2d(
            x,
            self.kernel_size,
            self.stride,
            self.padding_mode,
            taps=self.taps,
            kernel=self.kernel,
            padding=self.padding,
            dilation=self.dilation,
            ceil_mode=self.ceil_mode,
        )

    def undecimated(self, x: Tensor) -> Tensor:
        """What the stride decimates: the blurred maxima at every pixel, ``(N, C, H', W')``."""
        window = self.kernel_size, self.padding, self.dilation
        x = _maxima(x, self.stride, window, self.ceil_mode, self.padding_mode)
        return blur(x, self.taps, self.stride, self.padding_mode, self.kernel)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding_mode={self.padding_mode!r}, "
            f"taps={self.taps}, kernel={self.kernel!r}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


Window = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
"""Side, padding and dilation, along both axes."""


def _maxima(x: Tensor, stride: tuple[int, ...], window: Window, ceil_mode: bool, padding_mode: str) -> Tensor:
    """The maximum at every pixel that ``stride`` steps over."""
    x = _checks.features(x)
    sides, padding, dilation = window
    if padding_mode == "circular":
        spans = [d * (k - 1) + 1 for k, d in zip(sides, dilation, strict=True)]
        reach = tuple(Axis((1.0,) * n, p, 1, "circular") for n, p in zip(spans, padding, strict=True))
        return _dense_maxima(extend(x, reach).contiguous(memory_format=memory_format(x)), sides, dilation)
    # torch pads by at most half a window on both sides; here one border may need more than the other
    borders = []
    for outputs, n, s, k, p, d in zip(
        _sizes(x, stride, window, ceil_mode), x.shape[2:], stride, *window, strict=True
    ):
        borders.append((p, max((outputs - 1) * s - (n + p - d * (k - 1) - 1), p)))
    if any(map(any, borders)):
        flat = [width for pair in reversed(borders) for width in pair]
        x = functional.pad(x, flat, value=-float("inf"))
    return _dense_maxima(x, sides, dilation)


def _dense_maxima(x: Tensor, sides: tuple[int, ...], dilation: tuple[int, ...]) -> Tensor:
    """The maximum of every window that lies in ``x``."""
    if torch.is_grad_enabled() and x.requires_grad:
        return functional.max_pool2d(x, sides, stride=1, dilation=dilation)
    # along one axis after the other, which without a backward pass is many times faster
    for dim, (side, step) in enumerate(zip(sides, dilation, strict=True), start=2):
        size = x.shape[dim] - step * (side - 1)
        views = [x.narrow(dim, k * step, size) for k in range(side)]
        x = reduce(torch.maximum, views)
    return x


def _round(x: Tensor, sizes: tuple[int, ...]) -> Tensor:
    """``x`` cut to ``sizes``, or gone round once more for the windows that begin before the image."""
    for d, size in enumerate(sizes):
        x = x.index_select(d + 2, torch.arange(size, device=x.device) % x.shape[d + 2])
    return x


def _window(kernel_size: Numbers, padding: Numbers, dilation: Numbers) -> tuple[tuple[int, ...], ...]:
    size = _checks.per_axis("kernel_size", kernel_size, 2, "give the window's side in pixels")
    pad = _checks.per_axis("padding", padding, 2, "0 is none", least=0)
    if any(2 * p > k for p, k in zip(pad, size, strict=True)):
        raise ValueError(
            f"padding must be at most half of kernel_size {size}, got {pad}; use a larger window"
        )
    return size, pad, _checks.per_axis("dilation", dilation, 2, "1 is none")


def _sizes(x: Tensor, stride: tuple[int, ...], window: Window, ceil_mode: bool) -> tuple[int, ...]:
    """The size of what the max pooling that is replaced gives."""
    return tuple(
        _size(n, s, *along, ceil_mode)
        for n, s, *along in zip(_checks.features(x).shape[2:], stride, *window, strict=True)
    )


def _size(n: int, stride: int, side: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    free = n + 2 * padding - dilation * (side - 1) - 1
    outputs = (-(-free // stride) if ceil_mode else free // stride) + 1
    if ceil_mode and (outputs - 1) * stride >= n + padding:
        outputs -= 1  # a window may not begin in the padding after the image
    return max(outputs, 1)
