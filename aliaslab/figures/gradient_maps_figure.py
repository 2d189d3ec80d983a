"""How much each pixel counts in a resize: its unit gradient map, its kernels, its CV."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aliaslab.resample.gradient_maps import coefficient_of_variation, cv_landscape, interpolate_cv
from aliaslab.resample.interpolation import FIXED, interpolation_matrix
from aliaslab.signals import frequency_response
from aliaslab.signals._checks import one_of

from .interactive import Interactive, within
from .style import PALETTE, new_figure

MODES = ("nearest", "bilinear", "bicubic", "area")
_SMALLEST, _LARGEST = 4, 48  # pixels
_SLACK = 1e-9  # weights that should be 0, or exactly a half, are off by rounding


class Shares(NamedTuple):
    """How the columns stand to their fair share, the mean."""

    none: int
    """Columns of weight 0."""
    negative: int
    under: int
    """Columns with less than half of their share, those of no or negative weight among them."""
    low: float
    high: float
    furthest: int
    """The first of the columns that are furthest from a fair share."""


def share_counts(shares: NDArray) -> Shares:
    """What the words say of the column sums, given over their mean."""
    off = np.abs(shares - 1)
    return Shares(
        none=int((np.abs(shares) < _SLACK).sum()),
        negative=int((shares <= -_SLACK).sum()),
        under=int((shares < 0.5 - _SLACK).sum()),
        low=float(shares.min()),
        high=float(shares.max()),
        furthest=int(np.argmax(off > off.max() - _SLACK)),
    )


def kernel_gain(row: NDArray, frequency: float) -> float:
    """What a kernel leaves of a wave of ``frequency`` cycles per source pixel."""
    return float(np.abs(frequency_response(row, frequency)))


# ------------------------------------------------------------------------------------- words


def _rounded(value: float, digits: int) -> str:
    # a tie is rounded another way in JavaScript, so that none may be left
    return f"{value + 1e-9:.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _alike(rows: NDArray) -> str:
    destination, source = rows.shape
    if destination == source:
        return "nothing is shrunk, every pixel is copied."
    if destination == 1:
        return "every pixel counts the same; the one output pixel is their mean."
    f = 0.75 * destination / source
    left = kernel_gain(rows[destination // 2], f)
    return (
        f"every pixel counts the same. But CV sees only what folds onto 0: a wave of {_rounded(f, 3)} cycles "
        f"per pixel still folds, onto {_rounded(f / 3, 3)}, with {_rounded(100 * left, 0)} % of its height."
    )


def _uneven(found: Shares, source: int) -> str:
    columns = f"of {source} columns {'gets' if found.under == 1 else 'get'}"
    unused = f"{_rounded(100 * (1 - (1 - found.none / source) ** 2), 0)} % of the pixels have no say."
    if found.none == found.under:
        return f"{found.none} {columns} nothing: {unused}"
    most = f"the most used gets {_rounded(found.high, 2)} times its share."
    if found.negative == found.under:
        return f"{found.under} {columns} negative weight; {most}"
    which = [(n, what) for n, what in ((found.none, "nothing"), (found.negative, "negative weight")) if n]
    listed = "".join(f", {n} {'' if i else 'of them '}{what}" for i, (n, what) in enumerate(which))
    rest = f": {unused}" if found.none else f"; {most}"
    return f"{found.under} {columns} less than half of their share{listed}{rest}"


def _even(found: Shares, antialias: bool) -> str:
    where = f"column {found.furthest}" if found.furthest else "the edge"
    why = ", where the widened kernels are cut off" if antialias and not found.furthest else ""
    return (
        f"every column gets {_rounded(100 * found.low, 0)} to {_rounded(100 * found.high, 0)} % of its "
        f"share, furthest from it at {where}{why}."
    )


def outcome(rows: NDArray, antialias: bool) -> str:
    """What there is to notice in a resize with these kernels: the words of the live figure."""
    destination, source = rows.shape
    sums = rows.sum(axis=0)
    cv = coefficient_of_variation(np.outer(sums, sums))
    found = share_counts(sums * source / destination)
    if cv < 1e-9:
        what = _alike(rows)
    elif found.under:
        what = _uneven(found, source)
    else:
        what = _even(found, antialias)
    return f"CV {_rounded(cv, 3)}: {what}"


def _named(mode: str, antialias: bool) -> str:
    return f"{mode} {'with' if antialias else 'without'} antialias" if mode in FIXED else mode


def _alt(source: int, destination: int, mode: str, antialias: bool) -> str:
    rows = interpolation_matrix(source, destination, mode, antialias)
    sums = rows.sum(axis=0)
    count = "the one kernel" if destination == 1 else f"the {destination} kernels"
    low, high, mean = (_rounded(v, 2) for v in (sums.min(), sums.max(), destination / source))
    return (
        f"The unit gradient map of {_named(mode, antialias)} from {source} to {destination} pixels, a square "
        f"of {source} by {source} coloured by how much each pixel counts. Below it, {count} along one axis "
        f"and their sums for each source pixel, from {low} to {high} around a mean of {mean}; then the "
        f"coefficient of variation of the map against the destination's size, this one marked. "
        f"{outcome(rows, antialias)}"
    )


# ----------------------------------------------------------------------------------- pictures


def share_colours(shares: NDArray) -> NDArray[np.float64]:
    """``(..., 3)``: grey for a fair share, towards orange for more, blue for less; twice is as far as half.

    A share of nothing is a darker blue, one below 0 purple.
    """
    grey, orange, blue, purple = (
        np.array(to_rgb(PALETTE[role])) for role in ("signal", "alias", "samples", "second")
    )
    more, less = np.maximum(shares, 1), np.clip(shares, 0, 1)
    far = np.where(shares > 1, 1 - 1 / more, 1 - less)[..., None] ** 0.8
    towards = np.where(shares[..., None] > 1, orange, blue)
    fair = 0.8 + 0.2 * grey  # on white
    colours = fair + far * (towards - fair)
    colours = np.where(
        np.abs(shares)[..., None] < _SLACK, 0.5 * blue + 0.5 * np.array(to_rgb("#1f2328")), colours
    )
    return np.where(shares[..., None] <= -_SLACK, purple, colours)


def _draw_map(axis, shares: NDArray) -> None:
    square = np.outer(shares, shares)
    axis.imshow(share_colours(square))
    row, column = np.nonzero(square <= -_SLACK)
    axis.plot(column, row, "_", color="white", ms=min(4, 60 / len(shares)), mew=0.8)
    axis.set(xticks=[], yticks=[])
    axis.spines[:].set_visible(False)
    axis.set_title(f"Unit gradient map, {len(shares)} × {len(shares)}")
    for share, name in (
        (4, "4 ×"),
        (2, "2 ×"),
        (1, "fair share"),
        (0.5, "half"),
        (0, "none"),
        (-1, "negative"),
    ):
        axis.plot([], [], "s", color=share_colours(np.array(float(share))), ms=8, label=name)
    # the map leaves room on its right; the panels below need not make any
    axis.legend(loc="center left", bbox_to_anchor=(1.02, 0.5)).set_in_layout(False)


def _draw_kernels(axis, rows: NDArray) -> None:
    for row in rows:
        (at,) = np.nonzero(row)
        axis.fill_between(at, row[at], color=PALETTE["filter"], alpha=0.2, lw=0)
        axis.vlines(at, 0, row[at], color=PALETTE["filter"], lw=0.8)
        axis.plot(at, row[at], "o-", color=PALETTE["filter"], lw=1, ms=2.5)
    axis.set_title(
        "1 kernel, for 1 output pixel" if len(rows) == 1 else f"{len(rows)} kernels, 1 for each output pixel"
    )
    axis.tick_params(labelbottom=False)


def _draw_sums(axis, rows: NDArray) -> None:
    destination, source = rows.shape
    sums = rows.sum(axis=0)
    axis.bar(np.arange(source), sums, color=share_colours(sums * source / destination))
    axis.axhline(destination / source, color="black", lw=1, ls="--")
    axis.axhline(0, color="black", lw=0.8)
    axis.set_title(f"Their sums; dashed: a fair share, {destination / source:.3f}")
    axis.set(xlabel="source pixel", xlim=(-0.5, source - 0.5))


def _draw_cv(axis, source: int, destination: int, mode: str, antialias: bool) -> None:
    sizes = np.arange(1, source + 1)
    if mode in FIXED:
        other = cv_landscape(sizes, mode, not antialias)[-1]
        axis.plot(sizes, other, "--", color=PALETTE["signal"], lw=1, label=_named(mode, not antialias))
    chosen = cv_landscape(sizes, mode, antialias)[-1]
    axis.plot(sizes, chosen, "o-", color=PALETTE["filter"], ms=2.5, label=_named(mode, antialias))
    axis.plot(destination, interpolate_cv(source, destination, mode, antialias), "o", color="black", ms=6)
    axis.set_yscale("function", functions=(np.sqrt, np.square))
    high = axis.get_ylim()[1]
    ticks = [0.0]
    for value in (0.1, 0.5, 1, 2, 5, 10, 20, 40):
        if np.sqrt(ticks[-1]) + np.sqrt(high) / 8 < np.sqrt(value) <= np.sqrt(high):
            ticks.append(value)
    axis.set_yticks(ticks, [f"{value:g}" for value in ticks])
    axis.set(ylim=(0, high), xlabel="destination, pixels (vertical: square-root scale)")
    axis.set_title("Coefficient of variation")
    axis.legend(loc="upper right")


def _draw(source: int, destination: int, mode: str, antialias: bool) -> Figure:
    rows = interpolation_matrix(source, destination, mode, antialias)
    figure, (square, kernels, sums, cv) = new_figure(4, 7.4, height_ratios=(2.2, 1, 0.9, 1.4))
    _draw_map(square, rows.sum(axis=0) * source / destination)
    _draw_kernels(kernels, rows)
    _draw_sums(sums, rows)
    kernels.sharex(sums)
    _draw_cv(cv, source, destination, mode, antialias)
    return figure


def _pixels(name: str, value, low: int, high: int) -> int:
    if within(name, value, low, high, "pixels") != int(value):
        raise ValueError(f"{name} must be a whole number, got {value!r}; choose one from {low} to {high}")
    return int(value)


def gradient_maps(
    source: int = 16, destination: int = 7, mode: str = "bicubic", antialias: bool = False
) -> Interactive:
    """Interactive: how much each pixel counts when ``F.interpolate`` shrinks an image.

    Parameters
    ----------
    source : the image's side before, 4 to 48 pixels.
    destination : after, 1 to ``source`` pixels.
    mode : ``"nearest"``, ``"bilinear"``, ``"bicubic"`` or ``"area"``.
    antialias : widen the kernel, for ``"bilinear"`` and ``"bicubic"``.

    Raises
    ------
    ValueError
        If a size lies outside its slider's range or is not whole, the mode is unknown, or it has no
        antialias.
    """
    one_of("mode", mode, MODES)
    if antialias and mode not in FIXED:
        allowed = ", ".join(map(repr, FIXED))
        raise ValueError(f"mode {mode!r} has no antialias; leave antialias=False, or choose one of {allowed}")
    state = {
        "source": _pixels("source", source, _SMALLEST, _LARGEST),
        "destination": _pixels("destination", destination, 1, int(source)),
        "mode": mode,
        "antialias": bool(antialias),
    }
    return Interactive("gradient_maps", state, _alt(**state), _draw)
