"""The taps of the anti-aliasing layers, for any stride."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce

import numpy as np
from numpy.typing import NDArray

from ..signals import box_kernel
from ..signals._checks import finite, one_of
from ._checks import whole

# a blur is some boxes convolved; their widths, in samples, at stride 2
BOXES = {
    "binomial": lambda taps: [2] * (taps - 1),
    "box": lambda taps: [taps],
    "triangle": lambda taps: [(taps + 1) // 2, taps + 1 - (taps + 1) // 2],
}


def blurpool_kernel(
    taps: int = 3, stride: int = 2, kernel: str | Sequence[float] = "binomial"
) -> NDArray[np.float64]:
    """The low-pass filter that BlurPool applies before it keeps every ``stride``-th sample.

    Each named kernel is one or more boxes convolved: ``"binomial"`` is ``taps - 1`` boxes of 2 samples,
    ``"box"`` one of ``taps``, ``"triangle"`` two whose lengths differ by 1 at most.  At a stride above 2
    every box is ``stride / 2`` times as wide, so that the gain at the new Nyquist frequency stays about
    the same and the zeros move to the multiples of ``1 / stride``, the frequencies that fold onto zero.
    At strides 1 and 2 the kernel is the one asked for.

    Parameters
    ----------
    taps : length at strides 1 and 2, a whole number of 1 or more; 1 is no filter.
    stride : how many times smaller the result is, a whole number of 1 or more.
    kernel : ``"binomial"``, ``"box"``, ``"triangle"``, or the taps themselves: real numbers with a sum
        that is not 0, used whatever ``taps`` and ``stride`` say, up to their scale.

    Returns
    -------
    Array ``(length,)``, sum 1.  An even length is centred half a sample after the sample that a bare
    stride would keep.

    Raises
    ------
    TypeError
        If ``taps`` or ``stride`` is not a whole number.
    ValueError
        If one of them is below 1, the kernel's name is unknown, or given taps are not a row of finite
        numbers with a sum other than 0.

    References
    ----------
    Zhang, "Making convolutional networks shift-invariant again", ICML 2019, section 4, has the kernels
    at stride 2 (``Rect-2``, ``Tri-3``, ``Bin-5``); widening with the stride is ours.

    Examples
    --------
    >>> blurpool_kernel(3) * 4
    array([1., 2., 1.])
    >>> blurpool_kernel(3, stride=4) * 16
    array([1., 2., 3., 4., 3., 2., 1.])
    """
    taps, stride = whole("taps", taps, "give the filter's length"), whole("stride", stride, "1 keeps all")
    if isinstance(kernel, str):
        return _named(one_of("kernel", kernel, BOXES), taps, stride).copy()
    given = finite("kernel", kernel)
    if given.ndim != 1 or not given.size:
        raise ValueError(f"kernel must be one row of taps, got shape {given.shape}; the filter is separable")
    if abs(given.sum()) <= 1e-9 * np.abs(given).sum():
        raise ValueError("kernel must not sum to 0: a low-pass keeps a constant as it is")
    return given / given.sum()


@cache
def _named(name: str, taps: int, stride: int) -> NDArray[np.float64]:
    if taps == 1:
        return np.ones(1)
    widen = max(stride, 2) / 2
    return reduce(np.convolve, (box_kernel(width * widen) for width in BOXES[name](taps)))


def wavelet_kernel(taps: int = 2, stride: int = 2) -> NDArray[np.float64]:
    """The low-pass filter of a Daubechies wavelet, for any stride: orthogonal to its own shifts.

    At stride 2 it is Daubechies's filter of ``taps`` taps, ``taps / 2`` vanishing moments (2 is Haar's);
    at stride ``s`` the shortest filter of the ``s``-band wavelets with as many, ``taps s / 2`` taps long.

    Parameters
    ----------
    taps : length at stride 2, even, 2 to 20.
    stride : how many times smaller the low band is, a whole number of 1 or more; 1 gives ``[1]``.

    Returns
    -------
    Array ``(taps stride / 2,)``, sum 1 (wavelet books scale by ``sqrt(stride)``), with its energy early.

    Raises
    ------
    TypeError
        If ``taps`` or ``stride`` is not a whole number.
    ValueError
        If ``taps`` is odd or outside 2 to 20, or ``stride`` is below 1.

    References
    ----------
    Daubechies, "Orthonormal bases of compactly supported wavelets", Comm. Pure Appl. Math. 41, 1988;
    Steffen, Heller, Gopinath and Burrus, "Theory of regular M-band wavelet bases", IEEE Trans. Signal
    Processing 41, 1993.

    Examples
    --------
    >>> wavelet_kernel(2, stride=3)
    array([0.33333333, 0.33333333, 0.33333333])
    """
    taps, stride = whole("taps", taps, "2 is Haar's wavelet"), whole("stride", stride, "1 keeps all")
    if taps % 2 or taps > 20:
        raise ValueError(f"taps must be even, 2 to 20, got {taps}; 2 is Haar's wavelet, 4 Daubechies's first")
    return _daubechies(taps // 2, stride).copy()


@cache
def _daubechies(moments: int, stride: int) -> NDArray[np.float64]:
    if stride == 1:
        return np.ones(1)
    # |H|^2 = |box|^(2 moments) P(y) with y = sin^2(pi f), where P is the power series of
    # |box|^(-2 moments) cut off before y^moments; |box|^2 = prod_j (1 - y / sin^2(pi j / stride))
    inverse = np.zeros(moments)
    inverse[0] = 1
    for zero in np.sin(np.pi * np.arange(1, stride) / stride) ** 2:
        geometric = zero ** -np.arange(moments, dtype=float)
        for _ in range(moments):
            inverse = np.convolve(inverse, geometric)[:moments]
    # the roots of P(y) in z, y = (2 - z - 1 / z) / 4; one of each pair z, 1 / z, inside the circle
    y = np.roots(inverse[::-1]).astype(complex)
    z = 1 - 2 * y + np.sqrt((1 - 2 * y) ** 2 - 1)
    z = np.where(np.abs(z) < 1, z, 1 / z)
    taps = reduce(np.convolve, [np.ones(stride)] * moments, np.poly(z).real)
    return taps / taps.sum()
