"""BlurPool: filter, then keep every ``stride``-th sample, in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from torch import Tensor, nn

from ..signals._checks import one_of
from . import _checks
from .borders import Axis
from .kernels import BOXES, blurpool_kernel
from .strided_filter import strided_filter

Kernel = str | Sequence[float]
Numbers = int | Sequence[int]


def blur_pool1d(
    x: Tensor,
    taps: Numbers = 3,
    stride: Numbers = 2,
    padding_mode: str = "reflect",
    *,
    kernel: Kernel = "binomial",
) -> Tensor:
    """:func:`blur_pool2d` along one axis: ``(N, C, L)`` to ``(N, C, ceil(L / stride))``."""
    return _blur_pool(x, 1, taps, stride, padding_mode, kernel)


def blur_pool2d(
    x: Tensor,
    taps: Numbers = 3,
    stride: Numbers = 2,
    padding_mode: str = "reflect",
    *,
    kernel: Kernel = "binomial",
) -> Tensor:
    """Low-pass every channel, then keep every ``stride``-th pixel.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point, any size from 1 x 1.
    taps : length of the filter at strides 1 and 2; one number, or one per axis.  1 is no filter: with
        ``stride=(2, 1)``, ``taps=(3, 1)`` leaves alone the axis that loses nothing.
    stride : how many times smaller, a whole number of 1 or more; one number, or one per axis.
    padding_mode : how the image goes on beyond its border: ``"reflect"``, ``"replicate"``,
        ``"circular"``, or ``"zeros"``.  With zeros the filter is divided by the sum of those of its taps
        that fall inside, so that a constant stays constant at the border too.
    kernel : ``"binomial"``, ``"box"``, ``"triangle"``, or the taps themselves, given for each axis alike
        and used as they are; :func:`blurpool_kernel` says how the named ones widen with the stride.

    Returns
    -------
    ``(N, C, ceil(H / stride), ceil(W / stride))``, with the dtype, device and memory format of ``x``: the
    size of ``x[..., ::stride, ::stride]``, of a convolution of size 1 without padding or 3 with padding 1,
    and of ``MaxPool2d(3, stride, padding=1)``.  An odd filter is centred on the pixels that these keep,
    an even one half a pixel after.

    Raises
    ------
    TypeError
        If ``x`` is not a floating-point tensor, or ``taps`` or ``stride`` is not whole.
    ValueError
        If ``x`` has another shape, a number is below 1, a name is unknown (the nearest is suggested), or
        a given kernel has negative taps that leave ``"zeros"`` nothing to divide by.

    References
    ----------
    Zhang, "Making convolutional networks shift-invariant again", ICML 2019, section 3.2.

    Examples
    --------
    >>> import torch
    >>> blur_pool2d(torch.ones(1, 1, 5, 4), padding_mode="zeros")[0, 0]
    tensor([[1., 1.],
            [1., 1.],
            [1., 1.]])
    """
    return _blur_pool(x, 2, taps, stride, padding_mode, kernel)


def blur_pool3d(
    x: Tensor,
    taps: Numbers = 3,
    stride: Numbers = 2,
    padding_mode: str = "reflect",
    *,
    kernel: Kernel = "binomial",
) -> Tensor:
    """:func:`blur_pool2d` along three axes: ``(N, C, D, H, W)``, each of the last three made smaller."""
    return _blur_pool(x, 3, taps, stride, padding_mode, kernel)


class BlurSettings(nn.Module):
    """Holds the settings; nothing is learned, so nothing is in the state_dict."""

    spatial_axes = 2

    def __init__(
        self,
        taps: Numbers = 3,
        stride: Numbers = 2,
        padding_mode: str = "reflect",
        *,
        kernel: Kernel = "binomial",
    ):
        super().__init__()
        settings = blur_settings(self.spatial_axes, taps, stride, padding_mode, kernel)
        self.taps, self.stride, self.padding_mode, self.kernel = settings

    def extra_repr(self) -> str:
        return (
            f"taps={self.taps}, stride={self.stride}, padding_mode={self.padding_mode!r}, "
            f"kernel={self.kernel!r}"
        )


class _BlurPool(BlurSettings):
    def forward(self, x: Tensor) -> Tensor:
        return _blur_pool(x, self.spatial_axes, self.taps, self.stride, self.padding_mode, self.kernel)


class BlurPool1d(_BlurPool):
    """:func:`blur_pool1d` as a module."""

    spatial_axes = 1


class BlurPool2d(_BlurPool):
    """:func:`blur_pool2d` as a module: the same arguments, no parameters, an empty ``state_dict``.

    ``(N, C, H, W)`` to ``(N, C, ceil(H / stride), ceil(W / stride))``, for any number of channels.  To
    repair a strided convolution, give it stride 1 and let ``BlurPool2d(stride=stride)`` follow.
    """

    def undecimated(self, x: Tensor) -> Tensor:
        """What the stride decimates: ``x`` blurred at every pixel, ``(N, C, H, W)``."""
        return blur(x, self.taps, self.stride, self.padding_mode, self.kernel)


class BlurPool3d(_BlurPool):
    """:func:`blur_pool3d` as a module."""

    spatial_axes = 3


def blur(x: Tensor, taps: Numbers, stride: Numbers, padding_mode: str, kernel: Kernel) -> Tensor:
    """The low-pass that belongs to the stride, at every pixel."""
    axes = blur_axes(*blur_settings(2, taps, stride, padding_mode, kernel))
    return strided_filter(_checks.features(x), [replace(axis, stride=1) for axis in axes])


def _blur_pool(x: Tensor, axes: int, taps: Numbers, stride: Numbers, mode: str, kernel: Kernel) -> Tensor:
    x = _checks.features(x, axes)
    return strided_filter(x, blur_axes(*blur_settings(axes, taps, stride, mode, kernel)))


def blur_settings(axes: int, taps: Numbers, stride: Numbers, mode: str, kernel: Kernel) -> tuple:
    """The arguments of :func:`blur_axes`, checked."""
    taps = _checks.per_axis("taps", taps, axes, "give the filter's length, 1 is no filter")
    if isinstance(kernel, str):
        one_of("kernel", kernel, BOXES)
    else:
        kernel = tuple(blurpool_kernel(kernel=kernel).tolist())
    return taps, _checks.strides(stride, axes), _checks.padding_mode(mode), kernel


@lru_cache(maxsize=256)
def blur_axes(
    taps: tuple[int, ...], stride: tuple[int, ...], mode: str, kernel: str | tuple[float, ...]
) -> tuple[Axis, ...]:
    """One filter per axis, its middle tap on the sample that the stride keeps."""
    rows = [tuple(blurpool_kernel(t, s, kernel).tolist()) for t, s in zip(taps, stride, strict=True)]
    return tuple(Axis(row, (len(row) - 1) // 2, s, mode) for row, s in zip(rows, stride, strict=True))
