"""Low-pass filters and what they do to each frequency."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, one_of, positive, scalar


def box_response(f: ArrayLike, width: float) -> NDArray[np.float64]:
    """Gain of an average over ``width`` (an exposure time, a sensor cell) at frequency ``f``.

    The Fourier transform of a unit-area box, ``sin(pi f width) / (pi f width)``; negative where the
    average turns the phase over.  ``width`` 0 or more, in the reciprocal unit of ``f``.
    """
    width = scalar("width", finite("width", width))
    if width < 0:
        raise ValueError(f"width must be 0 or more, got {width:g}; give the length averaged over")
    return np.sinc(finite("f", f) * width)


def _unit_sum(taps: NDArray) -> NDArray[np.float64]:
    return taps / taps.sum()


def _tap_count(taps) -> int:
    number = scalar("taps", finite("taps", taps))
    if number != int(number) or number < 1:
        raise ValueError(f"taps must be a whole number, 1 or more, got {taps!r}; give the kernel's length")
    return int(number)


def box_kernel(width: float) -> NDArray[np.float64]:
    """The average over ``width`` samples.

    A whole ``width`` gives that many equal taps.  Otherwise the taps are odd in number and centred on
    a sample, and the outermost two count in part: each tap is the overlap of the box with its sample.

    Parameters
    ----------
    width : in samples, positive.  Under 1 it lies within one sample: the kernel is ``[1]``.

    Returns
    -------
    Array ``(taps,)``, symmetric, sum 1.  An even number of taps is centred between the two middle
    ones, so its output lies half a sample off the input's grid.

    Raises
    ------
    ValueError
        If ``width`` is not positive, NaN or infinite.

    Examples
    --------
    >>> box_kernel(2)
    array([0.5, 0.5])
    >>> box_kernel(2.5)
    array([0.3, 0.4, 0.3])
    """
    width = scalar("width", positive("width", width, "give the number of samples averaged over"))
    if width == int(width):
        return np.full(int(width), 1 / width)
    radius = int(np.ceil((width - 1) / 2))
    ends = np.clip(np.abs(np.arange(-radius, radius + 1)) + 0.5 - width / 2, 0, 1)  # part outside the box
    return _unit_sum(1 - ends)


def binomial_kernel(taps: int) -> NDArray[np.float64]:
    """Row ``taps - 1`` of Pascal's triangle over its sum: ``[1, 2, 1] / 4``, ``[1, 4, 6, 4, 1] / 16``, ...

    Its gain is ``cos(pi f)^(taps - 1)``: 1 at zero, 0 at Nyquist.

    Parameters
    ----------
    taps : length, a whole number of 1 or more.  Even lengths are centred between two samples.

    Returns
    -------
    Array ``(taps,)``, symmetric, sum 1.

    Raises
    ------
    ValueError
        If ``taps`` is not a whole number of 1 or more.

    References
    ----------
    The low-pass filters of Zhang, "Making convolutional networks shift-invariant again", ICML 2019,
    section 4 (``Rect-2``, ``Tri-3``, ``Bin-5``).
    """
    taps = _tap_count(taps)
    return np.array([comb(taps - 1, k) / 2 ** (taps - 1) for k in range(taps)])


def gaussian_sigma(factor: float, rule: str = "half") -> float:
    """The standard deviation of a Gaussian prefilter for shrinking ``factor`` times, in samples.

    ``"half"`` is ``factor / 2``; ``"skimage"`` is ``(factor - 1) / 2``, which leaves the signal alone at
    factor 1 and lets more through above it.

    Raises
    ------
    ValueError
        If ``factor`` is under 1, NaN or infinite, or the rule is unknown.

    References
    ----------
    ``"skimage"``: the documentation of ``skimage.transform.resize``, parameter ``anti_aliasing_sigma``.
    """
    rule = one_of("rule", rule, ("half", "skimage"))
    factor = scalar("factor", positive("factor", factor, "give how many times smaller the result is"))
    if factor < 1:
        raise ValueError(f"factor must be 1 or more, got {factor:g}; enlarging needs no prefilter")
    return factor / 2 if rule == "half" else (factor - 1) / 2


def gaussian_kernel(sigma: float) -> NDArray[np.float64]:
    """A sampled Gaussian, cut off at four standard deviations.

    Parameters
    ----------
    sigma : standard deviation in samples, 0 or more; 0 gives ``[1]``.

    Returns
    -------
    Array ``(taps,)``, ``taps = 2 floor(4 sigma + 1/2) + 1``: odd, centred on a sample, symmetric, sum 1;
    the kernel of ``scipy.ndimage.gaussian_filter1d``.  Its gain is close to ``exp(-2 (pi f sigma)^2)``.

    Raises
    ------
    ValueError
        If ``sigma`` is negative, NaN or infinite.
    """
    sigma = scalar("sigma", finite("sigma", sigma))
    if sigma < 0:
        raise ValueError(f"sigma must be 0 or more, got {sigma:g}; give a standard deviation in samples")
    radius = int(4 * sigma + 0.5)
    if radius == 0:
        return np.ones(1)
    return _unit_sum(np.exp(-0.5 * (np.arange(-radius, radius + 1) / sigma) ** 2))


def lanczos_kernel(factor: float, lobes: int = 3) -> NDArray[np.float64]:
    """Lanczos's windowed sinc, widened for shrinking ``factor`` times: cut-off ``1 / (2 factor)``.

    ``sinc(k / factor) sinc(k / (lobes factor))`` at whole ``k`` within ``lobes factor``.

    Parameters
    ----------
    factor : how many times smaller, positive.
    lobes : of the sinc that are kept on each side, a whole number of 1 or more.

    Returns
    -------
    Array ``(taps,)``: odd, centred on a sample, symmetric, sum 1; negative in its side lobes.

    Raises
    ------
    ValueError
        If ``factor`` is not positive, or ``lobes`` is not a whole number of 1 or more.

    References
    ----------
    Duchon, "Lanczos filtering in one and two dimensions", J. Appl. Meteorology 18, 1979, eq. 9.
    """
    factor = scalar("factor", positive("factor", factor, "give how many times smaller the result is"))
    lobes = scalar("lobes", positive("lobes", lobes, "give the lobes on each side"))
    if lobes != int(lobes):
        raise ValueError(f"lobes must be a whole number, got {lobes:g}; 2 and 3 are usual")
    radius = int(np.ceil(lobes * factor)) - 1
    k = np.arange(-radius, radius + 1) / factor
    return _unit_sum(np.sinc(k) * np.sinc(k / lobes))


def _kaiser_beta(taps: int, width: float) -> float:
    """Kaiser's parameter for a transition band ``width`` cycles per sample wide."""
    attenuation = 2.285 * (taps - 1) * 2 * np.pi * width + 7.95  # dB
    if attenuation > 50:
        return 0.1102 * (attenuation - 8.7)
    if attenuation > 21:
        return 0.5842 * (attenuation - 21) ** 0.4 + 0.07886 * (attenuation - 21)
    return 0.0


def kaiser_sinc_kernel(
    taps: int, cutoff: float, width: float | None = None, beta: float | None = None
) -> NDArray[np.float64]:
    """A sinc under a Kaiser window: the low-pass of ``scipy.signal.firwin``.

    Parameters
    ----------
    taps : length, a whole number of 1 or more.  Even lengths are centred between two samples.
    cutoff : where the gain is one half, in cycles per sample, above 0 and below 0.5.
    width : of the transition band around the cut-off, in cycles per sample; sets ``beta`` so that the
        ``taps`` are used up on it.
    beta : the window's parameter, 0 (no window) or more, instead of ``width``.

    Returns
    -------
    Array ``(taps,)``, symmetric, sum 1.

    Raises
    ------
    ValueError
        If not exactly one of ``width`` and ``beta`` is given, or a value lies outside its range.

    References
    ----------
    Oppenheim and Schafer, *Discrete-Time Signal Processing*, 3rd ed., section 7.5.3; the filters of
    Karras et al., "Alias-free generative adversarial networks", NeurIPS 2021, appendix C.
    """
    taps = _tap_count(taps)
    cutoff = scalar("cutoff", positive("cutoff", cutoff, "give it in cycles per sample, below 0.5"))
    if cutoff >= 0.5:
        raise ValueError(
            f"cutoff must be below 0.5 cycles per sample, Nyquist, got {cutoff:g}; divide by the rate"
        )
    if (width is None) == (beta is None):
        raise ValueError(f"give width or beta, one of the two, got width={width!r} and beta={beta!r}")
    if width is not None:
        why = "give the transition band in cycles per sample"
        beta = _kaiser_beta(taps, scalar("width", positive("width", width, why)))
    beta = scalar("beta", finite("beta", beta))
    if beta < 0:
        raise ValueError(f"beta must be 0 or more, got {beta:g}; 0 is no window, 5 to 9 are usual")
    k = np.arange(taps) - (taps - 1) / 2
    return _unit_sum(np.sinc(2 * cutoff * k) * np.kaiser(taps, beta))


def frequency_response(kernel: ArrayLike, f: ArrayLike) -> NDArray:
    """What a kernel does to a wave of frequency ``f``: ``sum_n kernel[n] exp(-2 pi i f (n - c))``.

    The phase is counted from the kernel's centre ``c = (taps - 1) / 2``, so the response of a symmetric
    kernel is real: its gain, negative where the wave is turned over.

    Parameters
    ----------
    kernel : real, ``(taps,)``, any length of 1 or more.
    f : cycles per sample, any shape.

    Returns
    -------
    The shape of ``f``; float for a symmetric kernel, else complex.

    Raises
    ------
    ValueError
        If the kernel is not one-dimensional, is empty, or a value is NaN or infinite.
    """
    kernel, f = finite("kernel", kernel), finite("f", f)
    if kernel.ndim != 1 or not kernel.size:
        raise ValueError(f"kernel must be one-dimensional with at least one tap, got shape {kernel.shape}")
    angle = 2 * np.pi * f[..., None] * (np.arange(kernel.size) - (kernel.size - 1) / 2)
    # designs are symmetric up to rounding
    if np.allclose(kernel, kernel[::-1], rtol=0, atol=1e-12 * np.abs(kernel).max()):
        return np.cos(angle) @ kernel
    return np.exp(-1j * angle) @ kernel
