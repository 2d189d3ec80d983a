"""The static figures of the chapter on ``F.interpolate``: each returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.colors import PowerNorm, TwoSlopeNorm
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from aliaslab.signals import frequency_response

from .style import PALETTE, book_style, new_figure

_SHARES = colormaps["PuOr_r"].with_extremes(under=PALETTE["filter"])
"""From ignored to used too much, the fair share pale in the middle; negative weights in a colour apart."""


def _shares(gradient_map: ArrayLike) -> NDArray[np.float64]:
    """A map in units of its mean: 1 is a fair share."""
    values = np.asarray(gradient_map, dtype=float)
    # so that rounding gives no pixel a negative weight
    return np.round(values / values.mean(), 9)


@book_style()
def gradient_maps_grid(maps: Mapping[str, ArrayLike], columns: int = 2) -> Figure:
    """Unit gradient maps, ``(H, W)`` each, in fair shares: 1 is the mean.  One colour scale for all."""
    shares = {title: _shares(values) for title, values in maps.items()}
    rows = -(-len(shares) // columns)
    figure, axes = new_figure(rows, height=0.4 + rows * (4.4 / columns + 0.2), ncols=columns, squeeze=False)
    top = max(2.0, *(values.max() for values in shares.values()))
    norm = TwoSlopeNorm(1, 0, top)
    for ax in axes.flat:
        ax.set_axis_off()
    for ax, (title, values) in zip(axes.flat, shares.items(), strict=False):
        picture = ax.imshow(values, norm=norm, cmap=_SHARES, interpolation="none")
        ax.set_title(title, loc="center")
    negative = any((values < 0).any() for values in shares.values())
    place = {"ax": axes, "location": "bottom", "aspect": 40, "shrink": 0.8}
    bar = figure.colorbar(picture, ticks=[0, 1, top], extend="min" if negative else "neither", **place)
    bar.set_ticklabels(["0", "1", f"{top:.2g}"])
    bar.set_label("weight of a pixel, in fair shares" + ", green: negative" * negative)
    return figure


@book_style()
def matrices_and_sums(matrices: Mapping[str, NDArray]) -> Figure:
    """Interpolation matrices, one above the other, and below each its column sums in fair shares."""
    rows = 2 * len(matrices)
    figure, axes = new_figure(rows, height=2.5 * len(matrices), height_ratios=[1.5, 1] * len(matrices))
    most = max(np.abs(matrix).max() for matrix in matrices.values())
    for above, below, (title, matrix) in zip(axes[::2], axes[1::2], matrices.items(), strict=True):
        src = matrix.shape[1]
        above.imshow(matrix, cmap="RdBu_r", vmin=-most, vmax=most, interpolation="none", aspect="auto")
        above.set(title=title, ylabel="output", xticks=[], yticks=[0, len(matrix) - 1])
        shares = matrix.sum(axis=0) * src / len(matrix)
        below.bar(np.arange(src), shares, width=0.8, color=PALETTE["samples"])
        below.axhline(1, color=PALETTE["alias"], lw=1, ls="--")
        below.set(xlim=(-0.5, src - 0.5), ylabel="fair shares")
    axes[-1].set_xlabel("input pixel")
    return figure


@book_style()
def gains_at_folds(kernels: Mapping[str, ArrayLike], factor: int) -> Figure:
    """What kernels pass, up to half a cycle per pixel; dots where a frequency folds onto zero."""
    figure, ax = new_figure(height=2.8)
    f = np.linspace(0, 0.5, 201)
    folds = np.arange(1, factor // 2 + 1) / factor
    lines = zip(("alias", "filter", "samples", "second"), ("-", "--", ":", "-."), strict=True)
    ax.axvspan(0.5 / factor, 0.5, color=PALETTE["alias"], alpha=0.12, lw=0)
    for (name, kernel), (role, dashes) in zip(kernels.items(), lines, strict=False):
        gain = lambda f, kernel=kernel: np.abs(frequency_response(kernel, f))
        ax.plot(f, gain(f), ls=dashes, color=PALETTE[role], label=name)
        ax.plot(folds, gain(folds), "o", color=PALETTE[role], clip_on=False, zorder=3)
    ax.set(xlabel="frequency (cycles per input pixel)", ylabel="gain", xlim=(0, 0.5), ylim=(0, None))
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, borderaxespad=0.2)
    return figure


@book_style()
def landscapes(values: Mapping[str, NDArray], sizes: Sequence[int]) -> Figure:
    """CV over source and destination size, side by side, on one power-law colour scale."""
    figure, axes = new_figure(1, height=3.7, ncols=len(values), sharey=True)
    top = max(np.nanmax(landscape) for landscape in values.values())
    norm = PowerNorm(0.2, 0, top)
    edge = (min(sizes) - 0.5, max(sizes) + 0.5)
    for ax, (title, landscape) in zip(axes, values.items(), strict=True):
        picture = ax.imshow(landscape.T, norm=norm, cmap="magma", origin="lower", extent=edge * 2)
        ax.set_title(title, loc="center")
        ax.set_xlabel("source (pixels)")
    axes[0].set_ylabel("destination (pixels)")
    ticks = [0, 0.01, 0.1, 1, 10, round(top)]
    bar = figure.colorbar(picture, ax=axes, location="bottom", aspect=40, ticks=ticks, shrink=0.8)
    bar.set_ticklabels([f"{tick:g}" for tick in ticks])
    bar.set_label("CV")
    return figure


@book_style()
def looking_places(places: Mapping[str, ArrayLike], src: int) -> Figure:
    """Where along a row of ``src`` pixels each output pixel looks, a row of dots for each way."""
    figure, ax = new_figure(height=0.9 + 0.35 * len(places))
    names = list(places)[::-1]
    for height, name in enumerate(names):
        ax.plot([-0.5, src - 0.5], [height, height], color=PALETTE["signal"], lw=6, alpha=0.35, zorder=0)
        ax.plot(places[name], np.full(len(places[name]), height), "o", color=PALETTE["samples"])
    ax.set(xlabel="input pixel", ylim=(-0.6, len(names) - 0.4), yticks=range(len(names)))
    ax.set_yticklabels(names)
    ax.set_xticks([0, src - 1])
    return figure
