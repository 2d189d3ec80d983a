"""MaxBlurPool: max pooling with its stride repaired."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

from . import _checks
from .blurpool import BlurPool2d, Kernel, Numbers, blur, blur_pool2d


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
    padding_mode, taps, kernel : of the blur, as in :func:`blur_pool2d`.

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
    x = _maxima(x, kernel_size, _checks.strides(stride), padding, dilation, ceil_mode)
    return blur_pool2d(x, taps, stride, padding_mode, kernel=kernel)


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
        x = _maxima(x, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)
        return blur(x, self.taps, self.stride, self.padding_mode, self.kernel)

    def extra_repr(self) -> str:
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding_mode={self.padding_mode!r}, "
            f"taps={self.taps}, kernel={self.kernel!r}, padding={self.padding}, dilation={self.dilation}, "
            f"ceil_mode={self.ceil_mode}"
        )


def _maxima(
    x: Tensor, kernel_size: Numbers, stride, padding: Numbers, dilation: Numbers, ceil_mode: bool
) -> Tensor:
    """The maximum at every pixel that ``stride`` steps over."""
    x = _checks.features(x)
    window = _window(kernel_size, padding, dilation)
    # torch pads by at most half a window; the rest, needed at one border only, is padded here
    below, right = (
        _room(n, s, *along, ceil_mode) for n, s, *along in zip(x.shape[2:], stride, *window, strict=True)
    )
    if below or right:
        x = functional.pad(x, (0, right, 0, below), value=-float("inf"))
    kernel_size, padding, dilation = window
    return functional.max_pool2d(x, kernel_size, stride=1, padding=padding, dilation=dilation)


def _window(kernel_size: Numbers, padding: Numbers, dilation: Numbers) -> tuple[tuple[int, ...], ...]:
    size = _checks.per_axis("kernel_size", kernel_size, 2, "give the window's side in pixels")
    pad = _checks.per_axis("padding", padding, 2, "0 is none", least=0)
    if any(2 * p > k for p, k in zip(pad, size, strict=True)):
        raise ValueError(
            f"padding must be at most half of kernel_size {size}, got {pad}; use a larger window"
        )
    return size, pad, _checks.per_axis("dilation", dilation, 2, "1 is none")


def _room(n: int, stride: int, size: int, padding: int, dilation: int, ceil_mode: bool) -> int:
    """Pixels to add after ``n`` for the last window of the max pooling that is replaced."""
    span = dilation * (size - 1) + 1
    free = n + 2 * padding - span
    outputs = (-(-free // stride) if ceil_mode else free // stride) + 1
    if ceil_mode and (outputs - 1) * stride >= n + padding:
        outputs -= 1  # a window may not begin in the padding after the image
    return max((max(outputs, 1) - 1) * stride - free, 0)
