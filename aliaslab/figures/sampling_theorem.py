"""The static figures of the chapter on the sampling theorem: each returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from aliaslab.signals import (
    alias_frequency,
    kernel_response,
    reconstruction_kernel,
    replicas,
    sample,
    sample_times,
)

from .style import PALETTE, book_style, new_figure

# first the alias's colour: the second signal is mostly the impostor
_LINES = (
    {"color": PALETTE["signal"], "lw": 1.4},
    {"color": PALETTE["alias"], "ls": (0, (5, 2))},
    {"color": PALETTE["second"], "ls": (0, (1, 1))},
    {"color": PALETTE["filter"], "ls": (0, (5, 1, 1, 1))},
    {"color": PALETTE["samples"]},
)


def _dots(ax: Axes, t: ArrayLike, values: ArrayLike, **kwargs) -> None:
    ax.plot(t, values, "o", color=PALETTE["samples"], zorder=3, **kwargs)


def _legend(ax: Axes, columns: int) -> None:
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=columns, borderaxespad=0.2, handlelength=2.2)


@book_style()
def same_samples(signals: Mapping[str, Callable], fs: float, duration: float, phase: float = 0.0) -> Figure:
    """Several signals drawn through the samples of the first; ``signals`` maps a label to each."""
    figure, ax = new_figure(height=2.4)
    t = np.linspace(0, duration, 401)
    for (label, signal), line in zip(signals.items(), _LINES, strict=False):
        ax.plot(t, signal(t), label=label, **line)
    first = next(iter(signals.values()))
    _dots(ax, sample_times(fs, duration, phase), sample(first, fs, duration, phase), label="samples")
    ax.set(xlabel="time (s)", ylabel="value", xlim=(0, duration))
    _legend(ax, len(signals) + 1)
    return figure


@book_style()
def folding_tent(fs: float, frequencies: Sequence[float], top: float) -> Figure:
    """Apparent against true frequency up to ``top``; a dot for each of ``frequencies``."""
    figure, ax = new_figure(height=2.3)
    corners = np.arange(0, top + fs / 2, fs / 2)
    ax.plot(corners, alias_frequency(corners, fs), color=PALETTE["alias"])
    ax.axvspan(0, fs / 2, color=PALETTE["filter"], alpha=0.15, lw=0)
    for f in frequencies:
        alias = alias_frequency(f, fs)
        ax.plot([f, f, 0], [0, alias, alias], ":", color=PALETTE["samples"], lw=1)
        _dots(ax, f, alias)
        ax.annotate(f"{f:g} → {alias:g}", (f, alias), (0, 6), textcoords="offset points", ha="center")
    ax.set(
        xlabel="true frequency (Hz)",
        ylabel="apparent (Hz)",
        xlim=(0, top),
        ylim=(0, fs / 2 * 1.35),
        xticks=corners[corners <= top],
        yticks=[0, fs / 4, fs / 2],
    )
    return figure


@book_style()
def spectrum_copies(
    spectrum: Callable, rates: Sequence[float], titles: Sequence[str], reach: float
) -> Figure:
    """A spectrum's copies and their sum, one panel per sampling rate, over ``[-reach, reach]``.

    Divided by the rate, so that the original copy keeps its height.  The reconstruction window is
    ``[-fs/2, fs/2]``.
    """
    figure, axes = new_figure(len(rates), height=1.65 * len(rates), sharex=True, squeeze=False)
    u = np.linspace(-reach, reach, 401)
    for ax, fs, title in zip(axes[:, 0], rates, titles, strict=True):
        count = int(np.ceil(2 * reach / fs)) + 1
        copies = replicas(spectrum, fs, count)(u) / fs
        ax.axvspan(-fs / 2, fs / 2, color=PALETTE["filter"], alpha=0.15, lw=0, label="window")
        for k, copy in enumerate(copies):
            colour = PALETTE["samples"] if k == count else PALETTE["signal"]
            label = {count: "original", count + 1: "copies"}.get(k)
            ax.fill_between(u, copy, where=copy > 0, color=colour, alpha=0.45, lw=0, label=label)
        ax.plot(u, copies.sum(0), color=PALETTE["alias"], lw=1.4, label="sum")
        ax.set(title=title, ylim=(0, 1.9), yticks=[0, 1])
    axes[0, 0].legend(loc="upper right", ncols=4, borderaxespad=0, handlelength=1.2, columnspacing=1)
    axes[-1, 0].set(xlabel="frequency (Hz)", xlim=(-reach, reach))
    return figure


@book_style()
def reconstruction(
    signal: Callable, samples: ArrayLike, fs: float, t: ArrayLike, rebuilt: ArrayLike
) -> Figure:
    """A signal, its samples and what was rebuilt from them; below, the difference."""
    figure, (ax, below) = new_figure(2, height=3, sharex=True, height_ratios=[2, 1])
    ax.plot(t, signal(t), color=PALETTE["signal"], lw=3.5, alpha=0.6, label="signal")
    ax.plot(t, rebuilt, color=PALETTE["alias"], lw=1.2, label="rebuilt")
    _dots(ax, np.arange(len(samples)) / fs, samples, label="samples")
    _legend(ax, 3)
    below.plot(t, rebuilt - signal(t), color=PALETTE["alias"], lw=1)
    below.set(xlabel="time (s)", ylabel="difference", xlim=(t[0], t[-1]))
    return figure


@book_style()
def kernel_gallery(kernels: Sequence[str], reach: float = 3.0, top: float = 2.0) -> Figure:
    """Reconstruction kernels above, their frequency responses in decibels below."""
    figure, (shape, response) = new_figure(2, height=4)
    u, f = np.linspace(-reach, reach, 481), np.linspace(0, top, 401)
    for kernel, line in zip(kernels, _LINES, strict=False):
        shape.plot(u, reconstruction_kernel(u, kernel), label=kernel, **line)
        gain = np.abs(kernel_response(f, kernel))
        response.plot(f, 20 * np.log10(np.maximum(gain, 1e-4)), **line)
    shape.set(xlabel="distance (samples)", ylabel="weight")
    response.axvspan(0, 0.5, color=PALETTE["filter"], alpha=0.15, lw=0)
    response.set(xlabel="frequency (cycles per sample)", ylabel="gain (dB)", ylim=(-60, 5), xlim=(0, top))
    _legend(shape, len(kernels))
    return figure


@book_style()
def kernel_error(
    f: ArrayLike, measured: Mapping[str, ArrayLike], predicted: Mapping[str, ArrayLike]
) -> Figure:
    """Reconstruction error of a tone against its frequency: predicted as lines, measured as dots."""
    figure, ax = new_figure(height=2.6)
    for kernel, line in zip(measured, _LINES, strict=False):
        ax.semilogy(f, predicted[kernel], label=kernel, **line)
        ax.semilogy(f[::3], measured[kernel][::3], "o", ms=3.5, color=line["color"])
    ax.set(xlabel="frequency (cycles per sample)", ylabel="relative error", xlim=(0, 0.5))
    _legend(ax, len(measured))
    return figure


@book_style()
def at_half_the_rate(phases: Sequence[float], cycles: int = 4) -> Figure:
    """A tone of exactly half the sampling rate, sampled at several phases (in degrees)."""
    figure, axes = new_figure(len(phases), height=0.95 * len(phases) + 0.4, sharex=True, sharey=True)
    t = np.linspace(0, cycles, 241)
    n = np.arange(0, 2 * cycles + 1) / 2
    for ax, phase in zip(axes, phases, strict=True):
        ax.plot(t, np.cos(2 * np.pi * t + np.radians(phase)), color=PALETTE["signal"], lw=1.2)
        _dots(ax, n, np.cos(2 * np.pi * n + np.radians(phase)))
        ax.set(ylabel=f"{phase:g}°", yticks=[-1, 0, 1])
        ax.axhline(0, lw=0.5, color=PALETTE["signal"])
    axes[-1].set(xlabel="cycles of the tone", xlim=(-0.05, cycles + 0.05), xticks=range(cycles + 1))
    return figure


@book_style()
def frame_response(exposures: Sequence[float], top: float = 2.0) -> Figure:
    """Gain of exposures (fractions of the frame interval) against frequency per frame."""
    figure, ax = new_figure(height=2.4)
    f = np.linspace(0, top, 241)
    ax.axvspan(0, 0.5, color=PALETTE["filter"], alpha=0.15, lw=0, label="kept as it is")
    for exposure, line in zip(exposures, _LINES, strict=False):
        ax.plot(f, np.abs(np.sinc(f * exposure)), label=f"open {exposure:.0%}", **line)
    ax.set(xlabel="spokes passing per frame", ylabel="contrast", xlim=(0, top), ylim=(0, 1.05))
    _legend(ax, 2)
    return figure
