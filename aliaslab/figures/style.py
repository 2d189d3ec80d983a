"""How every static figure looks, and ``show``, which asks for alternative text.

Figures are drawn once and follow the page: ink that matplotlib leaves black becomes a CSS variable
inside the SVG, light on a dark page.  The other colours read on both.
"""

from __future__ import annotations

import base64
import io
import re
from html import escape

import matplotlib
from matplotlib import style
from matplotlib.figure import Figure
from PIL import Image

MIME = "application/vnd.aliaslab.figure+json"

#: Colour by role, the same in every figure: at least 3:1 against the light and the dark page.
PALETTE = {
    "samples": "#3577c2",
    "alias": "#c4661f",
    "filter": "#2c8a57",
    "second": "#8f5cc9",
    "signal": "#808890",
}

_THEME = "<style>svg{--ink:#1f2328}@media (prefers-color-scheme:dark){svg{--ink:#e6e6e6}}</style>"


def book_style():
    """The book's matplotlib style, as a context or as a decorator of a function that draws."""
    return style.context("aliaslab.figures.light")


def new_figure(rows: int = 1, height: float = 2.4, **subplots) -> tuple[Figure, object]:
    """A figure in the book's style and its axes: ``rows`` panels, one above the other.

    One column and 5 inches wide, so that labels still read on a phone.  ``height`` is in inches and
    for the whole figure; further keywords go to ``Figure.subplots``.
    """
    with book_style():
        figure = Figure(figsize=(5, height))
        return figure, figure.subplots(rows, **subplots)


def _smaller_png(encoded: str) -> str:
    """A base64 PNG without the alpha and the colours that it does not use; the same pixels."""
    image = Image.open(io.BytesIO(base64.b64decode(encoded))).convert("RGB")
    red, green, blue = image.split()
    if red.tobytes() == green.tobytes() == blue.tobytes():
        image = red
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return base64.b64encode(out.getvalue()).decode()


def _shorter(svg: str) -> str:
    """The same picture in fewer bytes: paths to 0.01 pt, no indentation, images without alpha."""
    path = lambda found: re.sub(r"(\.\d\d)\d+", r"\1", found[0]).replace(" \n", "\n")
    svg = re.sub(r"\n\s+", "\n", re.sub(r' d="[^"]*"', path, svg))
    return re.sub(r"(?<=data:image/png;base64,)[^\"]+", lambda found: _smaller_png(found[0]), svg)


class Plot:
    """What :func:`show` returns: the figure as an image that carries its alternative text."""

    def __init__(self, figure: Figure, alt: str):
        self.alt = alt
        self._figure = figure

    def svg(self) -> str:
        """The figure as SVG whose black ink follows the page's theme; the same bytes every time."""
        out = io.StringIO()
        with book_style(), matplotlib.rc_context({"svg.hashsalt": "aliaslab"}):
            self._figure.savefig(
                out, format="svg", transparent=True, metadata={"Date": None, "Creator": None}
            )
        head, defs, body = out.getvalue().partition("<defs>")
        for paint in ("stroke", "fill"):
            body = body.replace(f"{paint}: #000000", f"{paint}: var(--ink)")
        # text names no colour, so it takes the root's
        return _shorter(head.replace("<svg ", '<svg fill="var(--ink)" ', 1) + _THEME + defs + body)

    def png(self) -> bytes:
        """The figure as PNG on white, for places that show no SVG."""
        out = io.BytesIO()
        with book_style():
            self._figure.savefig(out, format="png", facecolor="white", metadata={"Software": None})
        return out.getvalue()

    def bundle(self, **figure) -> dict:
        """The output of a cell for the book; ``figure`` describes the live figure it stands for."""
        return {
            MIME: {"alt": self.alt, "svg": self.svg(), **figure},
            "image/png": base64.b64encode(self.png()).decode(),
            "text/plain": f"<figure: {self.alt}>",
        }

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        # JupyterLab shows the HTML: its own image renderers drop alternative text
        source = "data:image/svg+xml;base64," + base64.b64encode(self.svg().encode()).decode()
        style = "background:white;color-scheme:light;max-width:100%;width:36rem"
        return self.bundle() | {"text/html": f'<img alt="{escape(self.alt)}" src="{source}" style="{style}">'}


def checked_alt(alt: str) -> str:
    """``alt`` if it says something; an error that asks for words if not."""
    if not isinstance(alt, str) or len(alt.split()) < 4:
        raise ValueError(
            f"alt must say in words what the figure shows, got {alt!r}; "
            "write what a reader who cannot see it would need: the axes, the shape, the point"
        )
    return " ".join(alt.split())


def show(fig: Figure, alt: str) -> Plot:
    """Show a matplotlib figure, with its alternative text, as the value of a cell.

    Parameters
    ----------
    fig : matplotlib figure.
    alt : what the figure shows, in words; required.

    Raises
    ------
    TypeError
        If ``fig`` is not a matplotlib figure.
    ValueError
        If ``alt`` has fewer than four words.
    """
    if not isinstance(fig, Figure):
        raise TypeError(f"fig must be a matplotlib Figure, got {type(fig).__name__}; pass ax.figure")
    return Plot(fig, checked_alt(alt))
