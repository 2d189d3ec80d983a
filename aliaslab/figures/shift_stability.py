"""The static figures of the chapter on shift stability: each returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .style import PALETTE, book_style, new_figure

_SERIES = (("alias", "o"), ("filter", "s"), ("samples", "^"), ("second", "D"), ("signal", "v"))


@book_style()
def changing_mind(
    images: Mapping[str, ArrayLike], shifts: ArrayLike, probabilities: Mapping[str, ArrayLike]
) -> Figure:
    """Two grey images above; below, the probability of a few classes against the shift of the first."""
    figure = Figure(figsize=(5, 4.6))
    *above, ax = figure.subplot_mosaic([[0, 1], [2, 2]], height_ratios=[1.2, 1]).values()
    for place, (title, image) in zip(above, images.items(), strict=True):
        place.imshow(image, interpolation="none")
        place.set_title(title, loc="center")
        place.set_axis_off()
    for (name, values), (role, marker) in zip(probabilities.items(), _SERIES, strict=False):
        ax.plot(shifts, values, "-" + marker, color=PALETTE[role], label=name)
    ax.set(xlabel="shift (pixels)", ylabel="probability", ylim=(-0.03, 1.03), xticks=shifts)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure


@book_style()
def grouped_bars(values: Mapping[str, ArrayLike], groups: Sequence[str], xlabel: str) -> Figure:
    """Horizontal bars: for each group, one for each of ``values``, from the top down."""
    figure, ax = new_figure(height=0.9 + 0.22 * len(values) * len(groups) + 0.15 * len(groups))
    width = 0.8 / len(values)
    for row, ((name, lengths), (role, _)) in enumerate(zip(values.items(), _SERIES, strict=False)):
        place = np.arange(len(groups)) + (row - (len(values) - 1) / 2) * width
        bars = ax.barh(place, lengths, width * 0.9, color=PALETTE[role], label=name)
        ax.bar_label(bars, fmt="%.3g", padding=2, fontsize=8)
    ax.set(xlabel=xlabel, yticks=range(len(groups)), xlim=(0, 1.12 * np.max(list(values.values()))))
    ax.set_yticklabels(groups)
    ax.invert_yaxis()
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure


@book_style()
def intervals(
    values: Mapping[str, Sequence[tuple[float, float, float]]], groups: Sequence[str], xlabel: str
) -> Figure:
    """Estimates with their intervals, ``(estimate, low, high)``, one row for each group; a line at 0."""
    figure, ax = new_figure(height=0.9 + 0.42 * len(groups))
    for row, ((name, found), (role, marker)) in enumerate(zip(values.items(), _SERIES, strict=False)):
        middle, low, high = np.array(found).T
        place = np.arange(len(groups)) + (row - (len(values) - 1) / 2) * 0.28
        spread = [middle - low, high - middle]
        ax.errorbar(middle, place, xerr=spread, fmt=marker, color=PALETTE[role], label=name, capsize=2)
    ax.axvline(0, lw=0.8, color=PALETTE["signal"])
    ax.set(xlabel=xlabel, yticks=range(len(groups)), ylim=(len(groups) - 0.5, -0.5))
    ax.set_yticklabels(groups)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure


@book_style()
def with_spread(table, x: str, y: str, xlabel: str, ylabel: str) -> Figure:
    """A labelled dot for each row of a table; crosses are 95 % intervals, in ``x_half`` and ``y_half``.

    The horizontal scale is logarithmic down to a thousandth, and linear from there to 0.
    """
    figure, ax = new_figure(height=3.2)
    for (name, row), (role, marker) in zip(table.iterrows(), _SERIES * 3, strict=False):
        spread = {"xerr": row[f"{x}_half"], "yerr": row[f"{y}_half"]}
        ax.errorbar(row[x], row[y], **spread, fmt=marker, color=PALETTE[role], capsize=2)
        ax.annotate(name, (row[x], row[y]), (5, 5), textcoords="offset points", fontsize=8)
    ax.set_xscale("symlog", linthresh=1e-3)
    ticks = [0, 0.001, 0.01, 0.1]
    ax.set(xlabel=xlabel, ylabel=ylabel, xticks=ticks, xticklabels=[f"{tick:g}" for tick in ticks])
    return figure
