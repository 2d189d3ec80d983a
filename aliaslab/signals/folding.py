"""Where a frequency lands once it is sampled, and the replicas that explain it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, positive, scalar

_RATE = "give the number of samples per second (or per pixel)"


def signed_alias_frequency(f: ArrayLike, fs: ArrayLike) -> float | NDArray[np.float64]:
    """The frequency in (-fs/2, fs/2] whose complex exponential has the same samples as ``f``.

    ``f - k fs`` for the one integer ``k`` that brings it into that range.  The sign is the direction
    in which a sampled rotation seems to turn.

    Parameters
    ----------
    f : frequency, any sign, any shape; same unit as ``fs``.
    fs : sampling rate, positive; broadcasts against ``f``.

    Raises
    ------
    ValueError
        If ``fs`` is not positive, or a value is NaN or infinite.
    """
    f, fs = finite("f", f), positive("fs", fs, _RATE)
    # the remainder is exact in floating point, and so is each difference below (Sterbenz's lemma)
    rest = np.fmod(f, fs)
    folded = np.where(rest > fs / 2, rest - fs, np.where(rest <= -fs / 2, rest + fs, rest))
    return folded if folded.ndim else float(folded)


def alias_frequency(f: ArrayLike, fs: ArrayLike) -> float | NDArray[np.float64]:
    """The frequency in [0, fs/2] whose cosine has the same samples as a cosine of frequency ``f``.

    The folding formula ``|f - k fs|`` with the integer ``k`` nearest to ``f / fs``.

    Parameters
    ----------
    f : frequency, any sign, any shape; same unit as ``fs``.
    fs : sampling rate, positive; broadcasts against ``f``.

    Returns
    -------
    float for scalars, else an array of the broadcast shape.

    Raises
    ------
    ValueError
        If ``fs`` is not positive, or a value is NaN or infinite.

    References
    ----------
    Oppenheim and Schafer, *Discrete-Time Signal Processing*, 3rd ed., section 4.2.

    Examples
    --------
    >>> alias_frequency(7, 10)
    3.0
    >>> alias_frequency([-1, 5, 12, 19], 10)
    array([1., 5., 2., 1.])
    """
    return abs(signed_alias_frequency(f, fs))


def replicas(
    spectrum: Callable[[NDArray], ArrayLike], fs: float, count: int
) -> Callable[[ArrayLike], NDArray]:
    """The copies of a spectrum that sampling makes: ``fs F(u - k fs)`` for ``k = -count .. count``.

    Their sum is the spectrum of the sampled signal, ``F_s(u) = fs sum_k F(u - k fs)``, which by
    Poisson's summation formula is also ``sum_n f(n / fs) exp(-2 pi i u n / fs)``.

    Parameters
    ----------
    spectrum : function of frequency, ``F(u)``; takes and returns arrays of one shape.
    fs : sampling rate, positive.
    count : copies on each side of the original, 0 or more.

    Returns
    -------
    A function of frequency ``u`` (any shape) giving an array ``(2 count + 1, *u.shape)``; row
    ``count`` is the original, scaled by ``fs``.  Sum over axis 0 for ``F_s``.

    Raises
    ------
    TypeError
        If ``spectrum`` cannot be called.
    ValueError
        If ``fs`` is not positive or ``count`` is not a whole number of 0 or more.
    """
    if not callable(spectrum):
        raise TypeError(
            f"spectrum must be a function of frequency, got {type(spectrum).__name__}; "
            "wrap values in a function, for instance lambda u: numpy.interp(u, grid, values)"
        )
    fs = scalar("fs", positive("fs", fs, _RATE))
    if count != int(count) or count < 0:
        raise ValueError(f"count must be a whole number of copies per side, 0 or more, got {count!r}")
    shifts = fs * np.arange(-int(count), int(count) + 1)

    def copies(u: ArrayLike) -> NDArray:
        u = finite("u", u)
        return fs * np.stack([np.asarray(spectrum(u - shift)) for shift in shifts])

    return copies
