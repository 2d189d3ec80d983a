"""Of the theme's 1900 icons, the dozen that the book shows: 230 kB less on every page."""

from __future__ import annotations

import logging
import re
from importlib.resources import files
from pathlib import Path

from fontTools import subset

THEME = Path(str(files("pydata_sphinx_theme"))) / "theme" / "pydata_sphinx_theme" / "static"
STYLE = "styles/pydata-sphinx-theme.css"
FONT = "vendor/fontawesome/webfonts/fa-solid-900"
_RULE = re.compile(r'((?:\.fa-[\w-]+:before,?)+)\{content:"[^"]+"\}')
_NAME = re.compile(r"\bfa-[\w-]+")
_GLYPH = re.compile(r"[\uf000-\uf8ff]|\\(f[0-9a-f]{3})")


logging.getLogger("fontTools").setLevel(logging.WARNING)  # it tells the story of every table


def used_names(out: Path) -> set[str]:
    """The icon classes in the pages and scripts of the built book."""
    sources = [*out.glob("*.html"), *out.glob("chapters/*.html"), *(out / "_static").rglob("*.js")]
    return set().union(*(_NAME.findall(source.read_text("utf-8", "ignore")) for source in sources))


def thinned(css: str, names: set[str]) -> str:
    """The style sheet without the rules of icons that are not among ``names``."""
    return _RULE.sub(lambda rule: rule[0] if names & set(_NAME.findall(rule[1])) else "", css)


def glyphs(css: str) -> set[int]:
    """The code points of the icons that a style sheet shows."""
    return {int(found[1], 16) if found[1] else ord(found[0]) for found in _GLYPH.finditer(css)}


def _thin_icons(app, error) -> None:
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    static = out / "_static"
    # always from the theme's own files: what lies in the output may be thinned already
    css = thinned((THEME / STYLE).read_text("utf-8"), used_names(out))
    (static / STYLE).write_text(css, "utf-8")
    sheets = [sheet.read_text("utf-8") for sheet in static.rglob("*.css")]
    for kind, flavor in ((".woff2", "woff2"), (".ttf", None)):
        font = subset.load_font(str(THEME / (FONT + kind)), options := subset.Options(flavor=flavor))
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=set().union(*map(glyphs, sheets)))
        subsetter.subset(font)
        subset.save_font(font, str(static / (FONT + kind)), options)


def setup(app) -> dict:
    app.connect("build-finished", _thin_icons, priority=950)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
