"""MathJax served by the book itself: no request leaves the reader's machine."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinx.util.fileutil import copy_asset

PACKAGE = "sphinx-mathjax-offline"
# the whole package is 8 MB; these are what tex-chtml.js loads
NEEDED = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions")


def mathjax_home() -> Path:
    """The folder of MathJax's files inside the installed package (its name cannot be imported)."""
    try:
        found = next(file for file in files(PACKAGE) if file.name == "tex-chtml.js")
    except (PackageNotFoundError, StopIteration) as error:
        raise ExtensionError(f"MathJax is missing: pip install {PACKAGE}") from error
    return Path(found.locate()).parent


def _copy(app, error) -> None:
    if error is None and app.builder.format == "html":
        target = Path(app.outdir) / "_static" / "mathjax"
        for part in NEEDED:
            copy_asset(str(mathjax_home() / part), str((target / part) if "." not in part else target))


def setup(app) -> dict:
    mathjax_home()
    app.config.mathjax_path = "mathjax/tex-chtml.js"
    app.connect("build-finished", _copy)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
