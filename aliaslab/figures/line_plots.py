"""Measures drawn as lines, in more than one chapter."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from .style import PALETTE, book_style, new_figure

_LINES = tuple(
    zip(("alias", "samples", "filter", "second", "signal"), ("-", "--", ":", "-.", "-"), strict=True)
)


@book_style()
def line_plot(
    x: ArrayLike,
    values: Mapping[str, ArrayLike],
    xlabel: str,
    ylabel: str,
    dots: Mapping[str, ArrayLike] | None = None,
    **axes,
) -> Figure:
    """A measure against ``x``, one line for each of ``values`` and a row of circles for each of ``dots``.

    Up to five lines.  Further keywords, such as ``yscale="log"``, go to ``Axes.set``.
    """
    figure, ax = new_figure(height=2.6)
    for (name, line), (role, dashes) in zip(values.items(), _LINES, strict=False):
        ax.plot(x, line, ls=dashes, color=PALETTE[role], label=name)
    for name, marks in (dots or {}).items():
        ax.plot(x, marks, "o", mfc="none", color="black", label=name)
    ax.set(xlabel=xlabel, ylabel=ylabel, **axes)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderaxespad=0.2)
    return figure
