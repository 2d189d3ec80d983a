"""Sampling: reading a continuous signal at evenly spaced instants."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, positive, scalar


def sample_times(fs: float, duration: float, phase: float = 0.0) -> NDArray[np.float64]:
    """The instants ``(n + phase) / fs`` that lie in ``[0, duration)``.

    Parameters
    ----------
    fs : samples per unit of time, positive.
    duration : length of the recording, positive, same unit of time.
    phase : where in the first sampling interval the first sample falls, in [0, 1).

    Raises
    ------
    ValueError
        For a rate or duration that is not positive, a phase outside [0, 1), NaN or infinity.
    """
    fs = scalar("fs", positive("fs", fs, "give the number of samples per unit of time"))
    duration = scalar("duration", positive("duration", duration, "give how long to sample"))
    phase = scalar("phase", finite("phase", phase))
    if not 0 <= phase < 1:
        raise ValueError(
            f"phase must be in [0, 1), a fraction of the sampling interval, got {phase:g}; "
            "shift the signal itself to move by whole samples"
        )
    exact = duration * fs - phase
    # a product such as 12.5 * 4.4 lies a rounding error above the whole number that is meant
    nearest = np.round(exact)
    count = nearest if abs(exact - nearest) <= 4 * np.finfo(float).eps * duration * fs else np.ceil(exact)
    return (np.arange(max(int(count), 0)) + phase) / fs


def sample(signal: Callable[[NDArray], ArrayLike], fs: float, duration: float, phase: float = 0.0) -> NDArray:
    """The values of ``signal`` at :func:`sample_times`.

    Parameters
    ----------
    signal : function of time; takes an array of instants and returns an array of the same shape.
    fs : samples per unit of time, positive.
    duration : length of the recording, positive; samples lie in ``[0, duration)``.
    phase : where in the first sampling interval the first sample falls, in [0, 1).

    Returns
    -------
    Array ``(N,)``, ``N = ceil(duration * fs - phase)``; sample ``n`` belongs to ``(n + phase) / fs``.

    Raises
    ------
    TypeError
        If ``signal`` cannot be called.
    ValueError
        For a rate or duration that is not positive, a phase outside [0, 1), NaN or infinity.

    Examples
    --------
    >>> import numpy as np
    >>> sample(lambda t: t**2, fs=2, duration=2)
    array([0.  , 0.25, 1.  , 2.25])
    """
    if not callable(signal):
        raise TypeError(
            f"signal must be a function of time, got {type(signal).__name__}; "
            "an array is sampled already: decimate it with array[::factor]"
        )
    t = sample_times(fs, duration, phase)
    # a constant such as `lambda t: 1.0` is a signal too
    return np.broadcast_to(np.asarray(signal(t)), t.shape).copy()
