"""Wavelet pooling: the low band of a discrete wavelet transform."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
from torch import Tensor, nn

from . import _checks
from .blurpool import Numbers
from .borders import Axis
from .kernels import wavelet_kernel
from .strided_filter import strided_filter


def wavelet_pool2d(
    x: Tensor, taps: Numbers = 2, stride: Numbers = 2, padding_mode: str = "reflect"
) -> Tensor:
    """The low band of a Daubechies wavelet transform, scaled so that a constant stays as it is.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point, any size from 1 x 1.
    taps : of the wavelet's low-pass at stride 2, even, 2 to 20, one number or one per axis: 2 is Haar's.
    stride, padding_mode : as in :func:`blur_pool2d`; at strides other than 2 the wavelet is the
        ``stride``-band one of :func:`wavelet_kernel`.

    Returns
    -------
    ``(N, C, ceil(H / stride), ceil(W / stride))`` with the dtype, device and memory format of ``x``.  The
    filter's centre of mass lies on the pixel that a bare stride keeps, or less than a pixel after it.

    Raises
    ------
    TypeError, ValueError
        As :func:`blur_pool2d`, and if ``taps`` is odd or above 20.

    References
    ----------
    Li, Shen, Guo and Lai, "Wavelet integrated CNNs for noise-robust image classification", CVPR 2020.
    """
    x, stride = _checks.features(x), _checks.strides(stride)
    taps = _checks.per_axis("taps", taps, 2, "2 is Haar's wavelet")
    return strided_filter(x, _axes(taps, stride, _checks.padding_mode(padding_mode)))


class WaveletPool2d(nn.Module):
    """:func:`wavelet_pool2d` as a module: the same arguments, no parameters, an empty ``state_dict``."""

    def __init__(self, taps: Numbers = 2, stride: Numbers = 2, padding_mode: str = "reflect"):
        super().__init__()
        self.stride = _checks.strides(stride)
        self.taps = _checks.per_axis("taps", taps, 2, "2 is Haar's wavelet")
        self.padding_mode = _checks.padding_mode(padding_mode)
        _axes(self.taps, self.stride, self.padding_mode)

    def forward(self, x: Tensor) -> Tensor:
        return wavelet_pool2d(x, self.taps, self.stride, self.padding_mode)

    def undecimated(self, x: Tensor) -> Tensor:
        """What the stride decimates: the low-pass of ``x`` at every pixel, ``(N, C, H, W)``."""
        axes = _axes(self.taps, self.stride, self.padding_mode)
        return strided_filter(_checks.features(x), [replace(axis, stride=1) for axis in axes])

    def extra_repr(self) -> str:
        return f"taps={self.taps}, stride={self.stride}, padding_mode={self.padding_mode!r}"


@lru_cache(maxsize=256)
def _axes(taps: tuple[int, ...], stride: tuple[int, ...], mode: str) -> tuple[Axis, ...]:
    rows = [wavelet_kernel(t, s) for t, s in zip(taps, stride, strict=True)]
    # rounding must not move a centre that lies on a pixel
    centres = [int(np.floor(row @ np.arange(row.size) + 1e-9)) for row in rows]
    return tuple(
        Axis(tuple(row.tolist()), c, s, mode) for row, c, s in zip(rows, centres, stride, strict=True)
    )
