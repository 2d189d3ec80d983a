"""A chirp that climbs past the limit, seen and heard."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from aliaslab.signals import alias_frequency, reconstruct
from aliaslab.signals import chirp as chirp_signal

from .interactive import Interactive, within
from .style import PALETTE, new_figure

_DURATION = 3.0  # s
_TOP = 6000.0  # Hz
_ZOOM = 3e-3  # s
_BEYOND = 200  # samples on each side of the zoom, so that the ends do not show


def chirp_frequency(start: float, stop: float, duration: float, t):
    """The instantaneous frequency of :func:`aliaslab.chirp` at time ``t``."""
    return start + (stop - start) * np.asarray(t, dtype=float) / duration


def _draw_frequency(axis, stop: float, rate: float, at: float) -> None:
    t = np.linspace(0, _DURATION, 1201)
    true = chirp_frequency(0, stop, _DURATION, t)
    now = chirp_frequency(0, stop, _DURATION, at)
    axis.axhline(rate / 2, color=PALETTE["filter"], ls="--", lw=1.2, label="limit")
    axis.plot(t, true, color=PALETTE["signal"], label="the chirp")
    axis.plot(t, alias_frequency(true, rate), color=PALETTE["alias"], lw=2, label="what is heard")
    axis.axvline(at, color="black", lw=1, ls=":")
    axis.plot([at, at], [now, alias_frequency(now, rate)], "o", color="black", ms=4)
    axis.set(xlim=(0, _DURATION), ylim=(0, 1.04 * _TOP), xlabel="time, s", ylabel="frequency, Hz")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)


def _draw_wave(axis, stop: float, rate: float, at: float) -> None:
    start = np.clip(at - _ZOOM / 2, 0, _DURATION - _ZOOM)
    wave = chirp_signal(0, stop, _DURATION)
    n = np.arange(np.floor(start * rate) - _BEYOND, np.ceil((start + _ZOOM) * rate) + _BEYOND)
    t = start + np.linspace(0, _ZOOM, 601)
    heard = reconstruct(wave(n / rate), rate, t - n[0] / rate)
    shown = n[(n / rate >= start) & (n / rate <= start + _ZOOM)] / rate
    axis.plot(1000 * (t - start), wave(t), color=PALETTE["signal"], lw=1)
    axis.plot(1000 * (t - start), heard, color=PALETTE["alias"], lw=2)
    axis.plot(1000 * (shown - start), wave(shown), "o", color=PALETTE["samples"], label="samples")
    axis.axvline(1000 * (at - start), color="black", lw=1, ls=":")
    axis.set(xlim=(0, 1000 * _ZOOM), ylim=(-1.2, 1.2), yticks=[-1, 0, 1])
    axis.set_xlabel(f"milliseconds after {start:.4f} s")
    axis.legend(loc="lower right", bbox_to_anchor=(1, 0.94))


def _draw(stop: float, rate: float, at: float) -> Figure:
    figure, (frequency, wave) = new_figure(2, 4.2, height_ratios=(5, 4))
    _draw_frequency(frequency, stop, rate, at)
    _draw_wave(wave, stop, rate, at)
    return figure


def _alt(stop: float, rate: float, at: float) -> str:
    now, limit = float(chirp_frequency(0, stop, _DURATION, at)), rate / 2
    if np.isclose(now, limit):
        outcome = "exactly the limit: from here on it is heard coming down again"
    elif now < limit:
        outcome = "below the limit, so it is heard as it is"
    else:
        outcome = f"above the limit, and is heard as {alias_frequency(now, rate):.0f} Hz"
    return (
        f"Above, frequency against time for a chirp from 0 to {stop:.0f} Hz in 3 seconds; sampled {rate:.0f} "
        f"times a second, what is heard folds back at the limit, {limit:.0f} Hz, and at zero. Below, three "
        f"milliseconds of the wave, its samples and the band-limited wave through them. At {at:.2f} s the "
        f"chirp is at {now:.0f} Hz, {outcome}."
    )


def chirp(stop: float = 6000.0, rate: float = 4000.0, at: float = 1.5) -> Interactive:
    """Interactive: a chirp of three seconds from 0 Hz, and what its samples hold, to see and to hear.

    Parameters
    ----------
    stop : where the chirp ends, in hertz, 1000 to 6000.
    rate : samples per second, 1000 to 12000.
    at : the moment shown below, in seconds, 0 to 3.

    Raises
    ------
    ValueError
        If a value lies outside its slider's range, or is NaN or infinite.
    """
    state = {
        "stop": within("stop", stop, 1000, _TOP, "Hz"),
        "rate": within("rate", rate, 1000, 12000, "samples per second"),
        "at": within("at", at, 0, _DURATION, "s"),
    }
    return Interactive("chirp", state, _alt(**state), _draw)
