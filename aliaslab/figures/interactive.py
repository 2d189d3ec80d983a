"""Interactive figures: one ES module each, alive in JupyterLab and, with no kernel, in the book.

In JupyterLab the figure is an anywidget whose state Python reads and sets.  While the book is built
(``ALIASLAB_FIGURES=static``) the output is a description and an image; the page then runs the same
module on it.  The modules lie in ``js/``; ``import`` lines between them are resolved here, because
neither an anywidget nor a page opened from disk can follow them.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from aliaslab.signals._checks import finite, scalar

from .pictures import data_uris
from .style import Plot, book_style, checked_alt

JS = Path(__file__).parent / "js"
_IMPORT = re.compile(r'^import \{[^}\n]*\} from "\./(\w+)\.js";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export ", re.MULTILINE)


def module_source(name: str) -> str:
    """The ES module ``js/NAME.js`` with its imports written into it, so that it stands alone."""
    seen: set[str] = set()
    parts: list[str] = []

    def gather(module: str) -> None:
        text = (JS / f"{module}.js").read_text("utf-8")
        for needed in _IMPORT.findall(text):
            if needed not in seen:
                seen.add(needed)
                gather(needed)
        own = _IMPORT.sub("", text)
        if module == "pictures":
            own = own.replace("{}", json.dumps(data_uris()))
        parts.append(own if module == name else _EXPORT.sub("", own))

    gather(name)
    return "".join(parts)


def page_script(name: str) -> str:
    """The figure as a classic script for the book's pages, which may be opened from disk."""
    body = module_source(name).replace("export default ", "return ")
    return f"(window.aliaslabFigures ??= {{}}).{name} = (() => {{\n{body}\n}})();\n"


class Interactive:
    """An interactive figure; shows itself as the value of a cell.

    Parameters
    ----------
    name : its module, ``js/NAME.js``.
    state : what the reader can change, and its first values (bool, int, float or str).
    alt : what the figure shows in that state, in words.
    draw : the same state as a static matplotlib figure, called with ``state`` as keywords.
    """

    def __init__(self, name: str, state: dict, alt: str, draw: Callable[..., Figure]):
        self.name, self.state, self.alt, self._draw = name, state, checked_alt(alt), draw

    @functools.cached_property
    def widget(self):
        """The live anywidget; its traits are the names in ``state``."""
        return _widget_class(self.name, tuple((k, type(v)) for k, v in self.state.items()))(**self.state)

    def static(self) -> Plot:
        """The figure in its first state, as an image."""
        with book_style():
            return Plot(self._draw(**self.state), self.alt)

    def _repr_mimebundle_(self, include=None, exclude=None):
        if os.environ.get("ALIASLAB_FIGURES") != "static":
            return self.widget._repr_mimebundle_(include=include, exclude=exclude)
        return self.static().bundle(figure=self.name, state=self.state)


def within(name: str, value, low: float, high: float, unit: str) -> float:
    """``value`` as a number that the slider from ``low`` to ``high`` can show."""
    number = scalar(name, finite(name, value))
    if not low <= number <= high:
        raise ValueError(
            f"{name} must be from {low:g} to {high:g} {unit}, got {number:g}; "
            "the figure's slider goes no further, so choose a value inside"
        )
    return number


@functools.cache
def _widget_class(name: str, traits: tuple[tuple[str, type], ...]):
    try:
        import anywidget
        import traitlets
    except ImportError as error:
        raise ImportError(
            "a live figure needs anywidget: pip install anywidget, "
            "or set ALIASLAB_FIGURES=static to get an image"
        ) from error
    kinds = {bool: traitlets.Bool, int: traitlets.Int, float: traitlets.Float, str: traitlets.Unicode}
    members = {trait: kinds[kind]().tag(sync=True) for trait, kind in traits}
    members |= {"_esm": module_source(name), "_css": (JS / "figures.css").read_text("utf-8")}
    return type(name.title().replace("_", ""), (anywidget.AnyWidget,), members)
