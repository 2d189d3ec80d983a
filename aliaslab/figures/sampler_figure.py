"""A tone, its samples, and the slowest tone through the same samples."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aliaslab.signals import alias_frequency, sample_times, tone

from .interactive import Interactive, within
from .style import PALETTE, new_figure

_SPAN = 40.0  # Hz, each way


def spectrum_lines(frequency: float, rate: float, limit: float) -> tuple[NDArray, NDArray]:
    """Where a sampled cosine has its lines within ``[-limit, limit]`` Hz, and to which copy each belongs.

    Copy ``k`` is the pair ``k rate - frequency`` and ``k rate + frequency``; copy 0 is the tone itself.
    """
    reach = int(np.ceil((limit + abs(frequency)) / rate))
    copy = np.repeat(np.arange(-reach, reach + 1), 2)
    at = copy * rate + np.tile([-frequency, frequency], 2 * reach + 1)
    seen = np.abs(at) <= limit
    return at[seen], copy[seen]


def _at_limit(back: float, rate: float) -> bool:
    return abs(back - rate / 2) < 1e-9


def _paired(back: float, rate: float) -> bool:
    """Whether the lines of the spectrum fall on each other in pairs: at 0, and at the limit."""
    return back < 1e-9 or _at_limit(back, rate)


def _draw_wave(axis, frequency: float, rate: float) -> None:
    t = np.linspace(0, 1, 1001)
    taken = sample_times(rate, 1.0)
    values = tone(frequency)(taken)
    axis.plot(t, tone(frequency)(t), color=PALETTE["signal"], lw=1, label="the tone")
    axis.plot(
        t, tone(alias_frequency(frequency, rate))(t), color=PALETTE["alias"], lw=2, label="what comes back"
    )
    axis.vlines(taken, 0, values, color=PALETTE["samples"], lw=1)
    axis.plot(taken, values, "o", color=PALETTE["samples"], label="samples")
    axis.set(xlim=(-0.01, 1.01), ylim=(-1.2, 1.2), yticks=[-1, 0, 1], xlabel="time, s")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3)


def _draw_spectrum(axis, frequency: float, rate: float) -> None:
    at, copy = spectrum_lines(frequency, rate, _SPAN)
    back = alias_frequency(frequency, rate)
    kept = np.abs(at) <= rate / 2 + 1e-9
    multiples = np.unique(spectrum_lines(0, rate, _SPAN)[0])
    axis.fill_between([-rate / 2, rate / 2], 0, 1.15, color=PALETTE["filter"], alpha=0.18, lw=0)
    axis.vlines([-rate / 2, rate / 2], 0, 1.15, color=PALETTE["filter"], lw=1, ls="--")
    axis.vlines(multiples, 0, 1.15, color=PALETTE["signal"], lw=0.8, ls=":")
    for lines, colour, width in (
        (~kept & (copy != 0), PALETTE["samples"], 1.2),
        (~kept & (copy == 0), PALETTE["signal"], 2.4),
        (kept, PALETTE["alias"], 2.4),
    ):
        axis.vlines(at[lines], 0, 1, color=colour, lw=width)
        axis.plot(at[lines], np.ones(lines.sum()), "o", color=colour, ms=2 * width)
    if np.isclose(back, frequency):
        axis.text(back, 1.25, f"the tone itself, {back:.1f} Hz", ha="center")
    else:
        axis.text(back - 0.4, 1.25, f"comes back at {back:.1f} Hz", ha="right")
        axis.text(frequency + 0.4, 1.25, f"tone: {frequency:.1f} Hz")
    # a number on each multiple of the rate, or on every few where they would touch
    axis.set_xticks(np.unique(spectrum_lines(0, rate * np.ceil(5 / rate), _SPAN)[0]))
    axis.set(xlim=(-_SPAN, _SPAN), ylim=(0, 1.45), yticks=[])
    axis.set_xlabel("frequency, Hz (dotted: multiples of the rate)")
    pairs = ": lines add in pairs" if _paired(back, rate) else ""
    axis.set_title(f"The spectrum of the samples{pairs}")
    axis.spines.left.set_visible(False)


def _draw(frequency: float, rate: float) -> Figure:
    figure, (wave, spectrum) = new_figure(2, 4.0)
    _draw_wave(wave, frequency, rate)
    _draw_spectrum(spectrum, frequency, rate)
    return figure


def _alt(frequency: float, rate: float) -> str:
    limit, back = rate / 2, alias_frequency(frequency, rate)
    if _at_limit(back, rate):
        where = "is" if frequency <= limit + 1e-9 else "comes back"
        outcome = f"{where} exactly at the limit of {limit:.1f} Hz, where the samples depend on the phase"
    elif frequency < limit:
        outcome = f"is below the limit of {limit:.1f} Hz: it comes back as itself"
    else:
        outcome = f"is above the limit of {limit:.1f} Hz: it comes back as {back:.1f} Hz"
    pairs = "; its lines fall on each other in pairs and add" if _paired(back, rate) else ""
    return (
        f"Above, one second of a {frequency:.1f} Hz tone with {rate:.1f} samples a second, and the slowest "
        f"wave through the same samples, {back:.1f} Hz. Below, the spectrum of the samples: the tone, its "
        f"replicas around every multiple of {rate:.1f} Hz, and the window from {-limit:.1f} to {limit:.1f} "
        f"Hz that the reconstruction keeps{pairs}. The tone {outcome}."
    )


def sampler(frequency: float = 7.0, rate: float = 10.0) -> Interactive:
    """Interactive: a tone, its samples and its alias; below, the replicas that explain it.

    Parameters
    ----------
    frequency : of the tone, a cosine, in hertz, 0 to 20.
    rate : samples per second, 2 to 40.

    Raises
    ------
    ValueError
        If a value lies outside its slider's range, or is NaN or infinite.
    """
    state = {
        "frequency": within("frequency", frequency, 0, 20, "Hz"),
        "rate": within("rate", rate, 2, 40, "samples per second"),
    }
    return Interactive("sampler", state, _alt(**state), _draw)
