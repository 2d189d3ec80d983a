"""Continuous signals, as functions of time that :func:`aliaslab.sample` can sample."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import finite, positive, scalar

Signal = Callable[[ArrayLike], NDArray[np.float64]]


def tone(frequency: float, phase: float = 0.0, amplitude: float = 1.0) -> Signal:
    """A cosine, ``amplitude * cos(2 pi frequency t + phase)``, as a function of time.

    ``frequency`` in cycles per unit of time (any sign), ``phase`` in radians.
    """
    frequency, phase, amplitude = (
        scalar(name, finite(name, value))
        for name, value in (("frequency", frequency), ("phase", phase), ("amplitude", amplitude))
    )
    return lambda t: amplitude * np.cos(2 * np.pi * frequency * np.asarray(t, dtype=float) + phase)


def chirp(start: float, stop: float, duration: float) -> Signal:
    """A linear chirp of unit amplitude as a function of time.

    Its instantaneous frequency runs from ``start`` at time 0 to ``stop`` at ``duration`` (and on at
    the same pace beyond): ``cos(2 pi (start t + (stop - start) t^2 / (2 duration)))``.
    """
    start = scalar("start", finite("start", start))
    stop = scalar("stop", finite("stop", stop))
    duration = scalar("duration", positive("duration", duration, "give the length of the sweep"))
    pace = (stop - start) / duration

    def signal(t: ArrayLike) -> NDArray[np.float64]:
        t = np.asarray(t, dtype=float)
        return np.cos(2 * np.pi * (start * t + pace * t**2 / 2))

    return signal
