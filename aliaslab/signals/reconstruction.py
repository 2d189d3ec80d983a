"""From samples back to a function of time: ``x(t) = sum_n x[n] h(fs t - n)``, for a choice of kernel h."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, one_of, positive, scalar


def _nearest(u: NDArray) -> NDArray:
    return ((u > -0.5) & (u <= 0.5)).astype(float)


def _linear(u: NDArray) -> NDArray:
    return np.maximum(1 - np.abs(u), 0)


def _cubic(u: NDArray) -> NDArray:
    u = np.abs(u)
    near = (1.5 * u - 2.5) * u**2 + 1
    far = ((-0.5 * u + 2.5) * u - 4) * u + 2
    return np.where(u <= 1, near, np.where(u < 2, far, 0))


def _lanczos(u: NDArray) -> NDArray:
    return np.where(np.abs(u) < 3, np.sinc(u) * np.sinc(u / 3), 0)


# name -> (kernel, half its width in samples)
_KERNELS: dict[str, tuple[Callable[[NDArray], NDArray], float]] = {
    "nearest": (_nearest, 0.5),
    "linear": (_linear, 1),
    "cubic": (_cubic, 2),
    "lanczos": (_lanczos, 3),
    "sinc": (np.sinc, np.inf),
}


def reconstruction_kernel(u: ArrayLike, kernel: str = "sinc") -> NDArray[np.float64]:
    """The kernel h(u) that each sample is replaced by; ``u`` in samples, any shape.

    ``nearest`` (a box), ``linear`` (a triangle), ``cubic`` (Keys 1981, a = -1/2), ``lanczos``
    (three lobes) and ``sinc`` (the ideal low-pass, infinitely long).  Each is 1 at 0 and 0 at every
    other whole number, so a reconstruction passes through its samples.

    Raises
    ------
    ValueError
        For an unknown kernel, NaN or infinity.

    References
    ----------
    Keys, "Cubic convolution interpolation for digital image processing", IEEE Trans. ASSP 29(6),
    1981, eq. 15.
    """
    return _KERNELS[one_of("kernel", kernel, _KERNELS)][0](finite("u", u))


def kernel_response(f: ArrayLike, kernel: str = "sinc") -> NDArray[np.float64]:
    """The kernel's Fourier transform H(f); ``f`` in cycles per sample, any shape.

    The ideal is 1 up to 1/2 and 0 beyond.  ``nearest`` gives sinc(f), ``linear`` sinc(f)^2; the
    others are integrated by Gauss-Legendre quadrature on each unit interval, with enough points for
    the highest frequency asked for that only rounding error is left.

    Raises
    ------
    ValueError
        For an unknown kernel, NaN or infinity.
    """
    f = finite("f", f)
    h, radius = _KERNELS[one_of("kernel", kernel, _KERNELS)]
    if kernel == "sinc":
        return np.where(np.abs(f) == 0.5, 0.5, np.abs(f) < 0.5).astype(float)
    if kernel == "nearest":
        return np.sinc(f)
    if kernel == "linear":
        return np.sinc(f) ** 2
    # n points integrate cos(2 pi f u) over a unit interval to rounding error once n > pi f / 2 + 16
    nodes, weights = np.polynomial.legendre.leggauss(24 + int(2 * np.abs(f).max(initial=0)))
    u = ((nodes + 1) / 2 + np.arange(radius)[:, None]).ravel()
    weights = np.tile(weights / 2, int(radius)) * h(u)
    return 2 * np.cos(2 * np.pi * f[..., None] * u) @ weights


def _sinc_weights(u: NDArray, n: int, periodic: bool) -> NDArray:
    """sinc(u - k) for k = 0 .. n - 1, or the Dirichlet kernel sum_m sinc(u - k - m n); ``u.shape + (n,)``."""
    k = np.arange(n)
    nearest = np.round(u)
    rest = u - nearest
    distance = u[..., None] - k
    if periodic:
        # within half a period, so that the sine and the tangent keep their digits
        turns = np.round(distance / n)
        angle = np.pi / n * (distance - n * turns)
        denominator = n * (np.sin(angle) * (1 - 2 * (abs(turns) % 2)) if n % 2 else np.tan(angle))
    else:
        denominator = np.pi * distance
    # sin(pi (u - k)) is sin(pi rest) up to sign, so one sine serves a whole row
    sign = 1 - 2 * (np.abs(nearest[..., None] - k) % 2)
    hit = rest == 0
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = np.sin(np.pi * rest)[..., None] * sign / denominator
    weight[hit] = (nearest[hit] % n if periodic else nearest[hit])[..., None] == k
    return weight


def reconstruct(
    samples: ArrayLike, fs: float, t: ArrayLike, kernel: str = "sinc", periodic: bool = False
) -> NDArray:
    """The signal between the samples: ``sum_n samples[n] h(fs t - n)``.

    Parameters
    ----------
    samples : real or complex, ``(..., N)``; the last axis is time, sample ``n`` belongs to ``n / fs``.
    fs : sampling rate, positive.
    t : instants, any shape, in the reciprocal unit of ``fs``.
    kernel : ``nearest``, ``linear``, ``cubic``, ``lanczos`` or ``sinc``; see
        :func:`reconstruction_kernel`.
    periodic : whether the samples repeat for ever.  If not, there is nothing (zeros) outside them.
        If so, the sinc becomes the Dirichlet kernel, and a periodic signal with fewer than ``N / 2``
        cycles per period comes back to rounding error.

    Returns
    -------
    Array ``samples.shape[:-1] + t.shape``.

    Raises
    ------
    ValueError
        For no samples, samples or instants that are NaN or infinite, a rate that is not positive,
        or an unknown kernel.

    References
    ----------
    Shannon, "Communication in the presence of noise", Proc. IRE 37(1), 1949, theorem 1.
    """
    samples = np.asarray(samples)
    if samples.ndim == 0 or samples.shape[-1] == 0:
        raise ValueError(f"samples must hold at least one sample on the last axis, got shape {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("samples must be finite, got NaN or infinity; fill the gaps before reconstructing")
    fs = scalar("fs", positive("fs", fs, "give the rate at which the samples were taken"))
    h, radius = _KERNELS[one_of("kernel", kernel, _KERNELS)]
    n = samples.shape[-1]
    u = finite("t", t) * fs
    if kernel == "sinc":
        return np.tensordot(samples, _sinc_weights(u, n, periodic), axes=(-1, -1))
    # only the few samples within the kernel's reach
    reach = np.arange(int(np.ceil(2 * radius)))
    index = np.ceil(u - radius).astype(int)[..., None] + reach
    weight = h(u[..., None] - index)
    if not periodic:
        weight = np.where((index >= 0) & (index < n), weight, 0)
        index = np.clip(index, 0, n - 1)
    return (samples[..., index % n] * weight).sum(-1)
