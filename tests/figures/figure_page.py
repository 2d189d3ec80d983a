"""A small page that holds the figures as the book's pages do, or as JupyterLab does."""

from __future__ import annotations

import base64
import io
import json
from html import escape
from pathlib import Path

import numpy as np
from PIL import Image

from aliaslab import figures
from aliaslab.figures.interactive import JS, page_script

NAMES = ("sampler", "chirp", "wagon_wheel", "explorer", "gradient_maps", "sliding_signal")

# the variables that each home sets, with the values of its stock theme
THEMES = {
    "book": """
      html { --pst-color-text-base: #222832; --pst-color-background: #ffffff; --pst-color-border: #c9c9c9; }
      html[data-theme="dark"] { color-scheme: dark; --pst-color-text-base: #ced6dd;
        --pst-color-background: #14181e; --pst-color-border: #48566b; }
      body { background: var(--pst-color-background); color: var(--pst-color-text-base); }""",
    "jupyterlab": """
      body { --jp-ui-font-color1: rgba(0, 0, 0, 0.87); --jp-layout-color0: #ffffff;
        --jp-border-color2: #e0e0e0; }
      body[data-jp-theme-light="false"] { --jp-ui-font-color1: rgba(255, 255, 255, 1);
        --jp-layout-color0: #111111; --jp-border-color2: #616161; }
      body { background: var(--jp-layout-color0); color: var(--jp-ui-font-color1); }""",
    "system": ":root { color-scheme: light dark; }",
}


def write_page(folder: Path, names=NAMES, home: str = "book") -> Path:
    """``folder/index.html`` with the named figures in their first state; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "figures.css").write_text((JS / "figures.css").read_text("utf-8"), "utf-8")
    (folder / "boot.js").write_text((JS / "boot.js").read_text("utf-8"), "utf-8")
    boxes = []
    for name in names:
        figure = getattr(figures, name)()
        (folder / f"{name}.js").write_text(page_script(name), "utf-8")
        (folder / f"{name}.svg").write_text(figure.static().svg(), "utf-8")
        state, alt = escape(json.dumps(figure.state)), escape(figure.alt)
        boxes.append(
            f'<section id="{name}"><h2>{name}</h2>'
            f'<div class="aliaslab-mount" data-figure="{name}" data-state="{state}">'
            f'<div class="aliaslab-static"><img src="{name}.svg" alt="{alt}"></div></div></section>'
        )
    scripts = "".join(f'<script defer src="{name}.js"></script>' for name in (*names, "boot"))
    page = folder / "index.html"
    page.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>'
        '<link rel="icon" href="data:,"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="figures.css"><style>{THEMES[home]}'
        "body { margin: 0; font-family: sans-serif; }"
        "main { max-width: 47.5rem; margin: auto; padding: 0 1rem; }"
        f"</style>{scripts}</head><body><main><h1>Figures</h1>{''.join(boxes)}</main></body></html>",
        "utf-8",
    )
    return page


PIXELS = "(name) => document.querySelector(`#${name} canvas`).toDataURL()"
FRAMES = """(count) => new Promise((done) => {
  const step = () => (count-- > 0 ? requestAnimationFrame(step) : done());
  step();
})"""

SLIDERS = [
    ("sampler", "frequency"),
    ("sampler", "rate"),
    ("chirp", "rate"),
    ("chirp", "stop"),
    ("chirp", "at"),
    ("wagon_wheel", "spokes"),
    ("wagon_wheel", "rotation"),
    ("wagon_wheel", "frame_rate"),
    ("wagon_wheel", "exposure"),
    ("explorer", "factor"),
    ("gradient_maps", "source"),
    ("gradient_maps", "destination"),
    ("sliding_signal", "shift"),
]
CHOICES = [
    ("explorer", "image"),
    ("explorer", "prefilter"),
    ("gradient_maps", "mode"),
    ("gradient_maps", "antialias"),
    ("sliding_signal", "signal"),
    ("sliding_signal", "layer"),
]


def slider(page, name, state):
    return page.locator(f"#{name} input[name={state}]")


def show(page, name):
    page.locator(f"#{name}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{name} .aliaslab-figure[data-ms]")


def settled(page, name):
    """The picture after what was asked for has been drawn."""
    page.evaluate(FRAMES, 3)
    return page.evaluate(PIXELS, name)


def status(page, name):
    return page.locator(f"#{name} [role=status]").inner_text()


def canvas_pixels(page, name):
    """The picture as ``(H, W, 3)``, 0 to 255."""
    data = page.evaluate(PIXELS, name).partition(",")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(float)
