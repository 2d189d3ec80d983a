"""Figures in the book: an image with its alternative text and, where the figure is live, its script."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from html import escape
from pathlib import Path

from docutils import nodes

from aliaslab.figures.interactive import JS, page_script
from aliaslab.figures.style import MIME

HOME = "aliaslab"  # under _static


class FigureRenderer:
    """myst-nb renderer of our figures (entry point ``myst_nb.mime_renderers``)."""

    mime_priority_overrides = tuple((builder, MIME, 5) for builder in ("html", "dirhtml", "singlehtml"))

    @staticmethod
    def handle_mime(renderer, data, inline):
        if data.mime_type != MIME:
            return None
        figure = data.content if isinstance(data.content, dict) else json.loads(data.string)
        svg = replace(data, mime_type="image/svg+xml", content=figure["svg"], output_metadata={})
        (image,) = renderer.render_image(svg)
        image["alt"] = figure["alt"]
        image["classes"] = ["dark-light"]  # the SVG follows the theme: no filter, no white card
        if "figure" not in figure:
            return [image]
        # boot.js comes last: it starts what the others define
        for priority, script in ((900, figure["figure"]), (901, "boot")):
            options = {"defer": "", "priority": priority}
            renderer.add_js_file(f"aliaslab_{script}", f"{HOME}/{script}.js", options)
        state = escape(json.dumps(figure["state"]))
        mount = f'<div class="aliaslab-mount" data-figure="{figure["figure"]}" data-state="{state}">'
        return [
            nodes.raw("", f'{mount}<div class="aliaslab-static">', format="html"),
            image,
            nodes.raw("", "</div></div>", format="html"),
        ]


def write_scripts(folder: Path) -> None:
    """Write what the pages load: one script per figure, the starter, the style sheets."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in (JS / "boot.js", JS / "figures.css", Path(__file__).parent / "book.css"):
        (folder / source.name).write_text(source.read_text("utf-8"), "utf-8")
    for module in JS.glob("*.js"):
        if "export default" in module.read_text("utf-8"):
            (folder / module.name).write_text(page_script(module.stem), "utf-8")


def _add_static_path(app, config) -> None:
    static = Path(app.doctreedir).parent / "aliaslab_static"
    write_scripts(static / HOME)
    config.html_static_path.append(str(static))


def setup(app) -> dict:
    os.environ["ALIASLAB_FIGURES"] = "static"  # inherited by the kernels that run the notebooks
    app.connect("config-inited", _add_static_path)
    for sheet in ("book.css", "figures.css"):
        app.add_css_file(f"{HOME}/{sheet}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
