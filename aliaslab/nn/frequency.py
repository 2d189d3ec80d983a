"""Frequency pooling: an ideal low-pass before the stride."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from . import _checks
from .blurpool import Numbers
from .borders import beyond
from .strided_filter import memory_format


def frequency_pool2d(x: Tensor, stride: Numbers = 2, padding_mode: str = "circular") -> Tensor:
    """Remove every frequency from the new Nyquist frequency up, then keep every ``stride``-th pixel.

    The image is taken as periodic, as a discrete Fourier transform takes it; ``padding_mode`` chooses the
    period.  What is kept passes with gain 1, signs and all; what folds is removed entirely.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating point, any size from 1 x 1.
    stride : how many times smaller, a whole number of 1 or more; one number, or one per axis.  The
        filter keeps frequencies below ``1 / (2 stride)`` cycles per pixel; stride 1 keeps all.
    padding_mode : ``"circular"``: the period is the image.  ``"reflect"``: the image and its mirror
        image.  ``"replicate"``, ``"zeros"``: the image and as much border again on each side; with zeros
        divided by the sum of the weights inside, so that a constant stays constant.

    Returns
    -------
    ``(N, C, ceil(H / stride), ceil(W / stride))``, sampled where ``x[..., ::stride, ::stride]`` is, with
    the dtype, device and memory format of ``x``.

    Raises
    ------
    TypeError, ValueError
        As :func:`blur_pool2d`.

    Notes
    -----
    A steep filter rings beside edges.  The frequency ``1 / (2 stride)`` itself is removed too: half of it,
    its sine, falls between the samples, so it cannot follow a shift.

    References
    ----------
    Grabinski et al., "FrequencyLowCut pooling: plug and play against catastrophic overfitting", ECCV
    2022, whose code takes the absolute value of the result; here negative values stay negative.

    Examples
    --------
    >>> frequency_pool2d(-torch.ones(1, 1, 4, 4))[0, 0]
    tensor([[-1., -1.],
            [-1., -1.]])
    """
    x, stride, mode = _checks.features(x), _checks.strides(stride), _checks.padding_mode(padding_mode)
    return _low_pass(x, stride, stride, mode)


class FrequencyPool2d(nn.Module):
    """:func:`frequency_pool2d` as a module: the same arguments, no parameters, an empty ``state_dict``."""

    def __init__(self, stride: Numbers = 2, padding_mode: str = "circular"):
        super().__init__()
        self.stride = _checks.strides(stride)
        self.padding_mode = _checks.padding_mode(padding_mode)

    def forward(self, x: Tensor) -> Tensor:
        return frequency_pool2d(x, self.stride, self.padding_mode)

    def undecimated(self, x: Tensor) -> Tensor:
        """What the stride decimates: the low-pass of ``x`` at every pixel, ``(N, C, H, W)``."""
        return _low_pass(_checks.features(x), self.stride, (1, 1), self.padding_mode)

    def extra_repr(self) -> str:
        return f"stride={self.stride}, padding_mode={self.padding_mode!r}"


def _low_pass(x: Tensor, stride: tuple[int, ...], every: tuple[int, ...], mode: str) -> Tensor:
    """The low-pass that belongs to ``stride``, computed at every ``every``-th pixel."""
    # sums of thousands of products want more than half precision
    y = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
    for d, (s, step) in enumerate(zip(stride, every, strict=True), start=2):
        if s > 1:
            y = _along(y, _matrix(y.shape[d], s, step, mode), d)
    return y.to(x.dtype).contiguous(memory_format=memory_format(x))


def _along(x: Tensor, matrix: NDArray[np.float64], d: int) -> Tensor:
    weights = torch.as_tensor(matrix, dtype=x.dtype, device=x.device)
    return (x.movedim(d, -1) @ weights.T).movedim(-1, d)


@lru_cache(maxsize=64)
def _matrix(n: int, stride: int, every: int, mode: str) -> NDArray[np.float64]:
    """Filter and decimation along one axis, ``(ceil(n / every), n)``, its rows summing to 1."""
    # one period, as positions on the endless axis: where it begins, and how long it is
    first, period = {"circular": (0, n), "reflect": (0, max(2 * n - 2, 1))}.get(mode, (-n, 3 * n))
    at = np.arange(first, first + period)
    lag = (np.arange(0, n, every)[:, None] - at) % period
    kernel = _ideal(period, -(-period // (2 * stride)))[lag]
    matrix = np.zeros((len(lag), n))
    inside = (at >= 0) & (at < n) if mode == "zeros" else np.full(period, True)
    np.add.at(matrix.T, beyond(at[inside], n, mode), kernel.T[inside])
    return matrix / matrix.sum(1, keepdims=True)


def _ideal(period: int, kept: int) -> NDArray[np.float64]:
    """The periodic kernel that passes the frequencies ``k / period`` with ``|k| < kept``: Dirichlet's."""
    lag = np.arange(1, period)
    ripple = np.sin((2 * kept - 1) * np.pi * lag / period) / np.sin(np.pi * lag / period)
    return np.concatenate([[2 * kept - 1], ripple]) / period
