"""Repairs to what the stock theme writes (jupyter-book 1.0.4.post1, pydata-sphinx-theme 0.17).

Each is a fault that axe-core, the browser's console or the page's weight shows; the browser tests
say so again if a repair stops matching.
"""

from __future__ import annotations

from pathlib import Path

# (in lines that contain, this, becomes that)
REPAIRS = (
    # the search button's name must contain its visible text
    (
        "search-button-field",
        'title="Search" aria-label="Search" data-bs-placement',
        'title="Search" data-bs-placement',
    ),
    (
        "search-button__kbd-shortcut",
        'search-button__kbd-shortcut">',
        'search-button__kbd-shortcut" aria-hidden="true">',
    ),
    ("theme-switch", '<i class="theme-switch ', '<i aria-hidden="true" class="theme-switch '),
    # the sidebar is a landmark
    (
        "pst-primary-sidebar",
        '<div id="pst-primary-sidebar" class=',
        '<div id="pst-primary-sidebar" role="complementary" aria-label="Book" class=',
    ),
    # doc-biblioentry is deprecated and lists want list items
    ("doc-biblioentry", 'role="doc-biblioentry"', 'role="listitem"'),
)


def _default_mode(app, config) -> None:
    # an empty data-mode is an error in the theme's own script
    config.html_context.setdefault("default_mode", "auto")


def _merge_handlers(app) -> None:
    # sphinx-exercise registers its nodes under "singlehtml", which makes Sphinx forget every
    # handler registered under the format "html" for that builder
    handlers = app.registry.translation_handlers
    if "singlehtml" in handlers:
        handlers["singlehtml"] = {**handlers.get("html", {}), **handlers["singlehtml"]}


def _thin_scripts(app, pagename, templatename, context, doctree) -> None:
    """Drop scripts that the theme adds twice, and scripts and styles that the page does not use."""
    seen, kept = set(), []
    for script in context.get("script_files", ()):
        body = getattr(script, "attributes", {}).get("body")
        key = (str(getattr(script, "filename", script)), body)
        if key in seen or "thebe" in key[0] or "THEBE_JS_URL" in (body or ""):
            continue
        seen.add(key)
        kept.append(script)
    context["script_files"] = kept
    # 55 kB that only pages with cards, grids or tabs use
    unused = ("thebe",) if "sd-" in context.get("body", "") else ("thebe", "sphinx-design")
    context["css_files"] = [
        sheet
        for sheet in context.get("css_files", ())
        if not any(name in str(getattr(sheet, "filename", sheet)) for name in unused)
    ]


def repaired(html: str) -> str:
    """A page with every repair applied."""
    lines = html.splitlines(keepends=True)
    for marker, old, new in REPAIRS:
        lines = [line.replace(old, new) if marker in line else line for line in lines]
    return "".join(lines)


def _repair_pages(app, error) -> None:
    if error or app.builder.format != "html":
        return
    out = Path(app.outdir)
    for page in out.rglob("*.html"):
        if "_static" not in page.parts:
            html = page.read_text("utf-8")
            if (new := repaired(html)) != html:
                page.write_text(new, "utf-8")
    # 1.4 MB that draws icons which the theme's web fonts draw too
    fontawesome = out / "_static" / "scripts" / "fontawesome.js"
    if fontawesome.exists():
        fontawesome.write_text("")


def setup(app) -> dict:
    app.connect("config-inited", _default_mode)
    app.connect("builder-inited", _merge_handlers)
    app.connect("html-page-context", _thin_scripts, priority=999)
    app.connect("build-finished", _repair_pages, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
