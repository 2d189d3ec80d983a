"""The static figures of the chapter on aliasing in images: each returns a matplotlib figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle
from numpy.typing import ArrayLike, NDArray

from .style import PALETTE, book_style, new_figure

_WIDTH = 5.0


def _draw(ax: Axes, image: NDArray, title: str) -> None:
    """One image with its pixels left as they are, and no axes."""
    # "none" hands the browser the pixels themselves; any other choice resamples them here
    ax.imshow(image, vmin=0, vmax=1, interpolation="none")
    ax.set_title(title, loc="center")
    ax.set_axis_off()


def _grid(count: int, columns: int, aspect: float) -> tuple[Figure, list[Axes]]:
    rows = -(-count // columns)
    figure, axes = new_figure(
        rows, height=rows * (aspect * _WIDTH / columns + 0.25), ncols=columns, squeeze=False
    )
    for ax in axes.flat[count:]:
        ax.set_axis_off()
    return figure, list(axes.flat)


@book_style()
def image_grid(images: Mapping[str, ArrayLike], columns: int = 2) -> Figure:
    """Images, ``(H, W)`` or ``(H, W, 3)`` in [0, 1], in rows of ``columns``; the keys are the titles."""
    arrays = {title: np.clip(np.asarray(image, dtype=float), 0, 1) for title, image in images.items()}
    first = next(iter(arrays.values()))
    figure, axes = _grid(len(arrays), columns, first.shape[0] / first.shape[1])
    for ax, (title, image) in zip(axes, arrays.items(), strict=False):
        _draw(ax, image, title)
    return figure


def log_spectrum(image: ArrayLike, floor: float = -80.0) -> NDArray[np.float64]:
    """The magnitude spectrum of a grey image in decibels below its peak, zero frequency in the middle.

    Windowed (Hann), so that the borders do not draw a cross; mapped from ``[floor, 0]`` to ``[0, 1]``.
    """
    image = np.asarray(image, dtype=float)
    window = np.hanning(image.shape[0])[:, None] * np.hanning(image.shape[1])
    magnitude = np.abs(np.fft.fftshift(np.fft.fft2((image - image.mean()) * window)))
    decibels = 20 * np.log10(np.maximum(magnitude / magnitude.max(), 10 ** (floor / 20)))
    return 1 - decibels / floor


@book_style()
def images_and_spectra(images: Mapping[str, ArrayLike], square: float | None = None) -> Figure:
    """Grey images above, their spectra below, from -1/2 to 1/2 cycle per pixel along each side.

    ``square`` marks the Nyquist square of a coarser grid, ``|u|, |v| <= square``, in every spectrum.
    """
    figure, axes = new_figure(2, height=2 * (_WIDTH / len(images) + 0.3), ncols=len(images), squeeze=False)
    for (above, below), (title, image) in zip(axes.T, images.items(), strict=True):
        _draw(above, np.asarray(image, dtype=float), title)
        below.imshow(log_spectrum(image), extent=(-0.5, 0.5, 0.5, -0.5), interpolation="none")
        below.set(xticks=[-0.5, 0, 0.5], yticks=[-0.5, 0, 0.5])
        below.set_yticklabels([])
        if square is not None:
            box = Rectangle((-square, -square), 2 * square, 2 * square)
            box.set(fill=False, ec=PALETTE["alias"], lw=1.2)
            below.add_patch(box)
    axes[1, 0].set_xlabel("cycles per pixel")
    return figure


@book_style()
def nyquist_square(waves: Sequence[tuple[float, float]], factor: int) -> Figure:
    """The (u, v) plane with the new Nyquist square, the disc inside it, and waves with where they land."""
    figure, ax = new_figure(height=4.4)
    edge = 0.5 / factor
    ax.add_patch(Rectangle((-edge, -edge), 2 * edge, 2 * edge, fc=PALETTE["filter"], alpha=0.2, lw=0))
    ax.add_patch(Circle((0, 0), edge, fill=False, ec=PALETTE["signal"], ls="--"))
    for wave in waves:
        landed = [f - np.ceil(f * factor - 0.5) / factor for f in wave]
        if not np.allclose(landed, wave):
            style = {"arrowstyle": "->", "color": PALETTE["alias"], "shrinkA": 3, "shrinkB": 3}
            ax.annotate("", landed, wave, arrowprops=style)
            ax.plot(*landed, "o", mfc="none", color=PALETTE["alias"])
        ax.plot(*wave, "o", color=PALETTE["samples"])
        ax.annotate(f"({wave[0]:.2g}, {wave[1]:.2g})", wave, (6, 4), textcoords="offset points")
    ax.set(xlim=(-0.5, 0.5), ylim=(-0.5, 0.5), aspect="equal", xlabel="u (cycles per pixel)", ylabel="v")
    return figure


@book_style()
def ghost_map(small: ArrayLike, centres: Iterable[tuple[float, float]], radius: float) -> Figure:
    """A shrunken image, with circles of ``radius`` around ``(row, column)`` places, in its pixels."""
    figure, ax = new_figure(height=4.6)
    _draw(ax, np.asarray(small, dtype=float), "")
    for row, column in centres:
        ax.add_patch(Circle((column, row), radius, fill=False, ec=PALETTE["alias"], lw=1.6))
    return figure


@book_style()
def trade_off(table, label: Sequence[str] = ()) -> Figure:
    """Alias power against pass-band loss: a dot for each row of an audit; ``label`` names some methods."""
    figure, ax = new_figure(height=4)
    shapes = {"use": ("o", "filter"), "tolerable": ("s", "samples"), "ban": ("X", "alias")}
    for verdict, (marker, role) in shapes.items():
        rows = table[table.verdict == verdict]
        ax.plot(rows.passband_db, rows.alias_db, marker, color=PALETTE[role], ms=5, label=verdict)
    for row in table[table.method.isin(label)].drop_duplicates("method").itertuples():
        place = (row.passband_db, row.alias_db)
        ax.annotate(row.method, place, (5, 4), textcoords="offset points", fontsize=8)
    ax.set(xlabel="pass-band loss (dB): to the right, detail is dulled", ylabel="alias power (dB)")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure


@book_style()
def edge_profiles(profiles: Mapping[str, ArrayLike]) -> Figure:
    """A bright edge after several resizes, one line each, against the output pixel."""
    figure, ax = new_figure(height=2.6)
    marks = zip(("signal", "alias", "samples", "filter", "second"), "os^Dv", strict=True)
    for (name, profile), (role, mark) in zip(profiles.items(), marks, strict=False):
        ax.plot(profile, "-" + mark, color=PALETTE[role], ms=3, lw=1.2, label=name)
    for level in (0, 1):
        ax.axhline(level, lw=0.5, color=PALETTE["signal"])
    ax.set(xlabel="output pixel", ylabel="value")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure
