"""The style of static figures: words required, ink that follows the theme, pixels that are kept."""

import base64
import io
import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib import style
from PIL import Image

from aliaslab.figures import new_figure, show
from aliaslab.figures.aliasing_in_2d import image_grid
from aliaslab.figures.style import MIME

WORDS = "A straight line that rises from left to right."


def line():
    figure, ax = new_figure()
    ax.plot([0, 1], [0, 1])
    ax.set(xlabel="time", ylabel="value")
    return figure


@pytest.mark.parametrize("alt", ["", "figure", "fig.png", "a b c", None, 7])
def test_words_are_required(alt):
    with pytest.raises(ValueError, match="alt must say in words what the figure shows"):
        show(line(), alt=alt)


def test_only_figures_are_shown():
    with pytest.raises(TypeError, match="fig must be a matplotlib Figure, got Axes; pass"):
        show(line().axes[0], alt=WORDS)


def test_every_output_carries_the_words():
    bundle = show(line(), alt=WORDS)._repr_mimebundle_()
    assert bundle[MIME]["alt"] == WORDS
    assert f'alt="{WORDS}"' in bundle["text/html"]
    assert WORDS in bundle["text/plain"]


def test_ink_follows_the_theme():
    svg = show(line(), alt=WORDS).svg()
    assert "prefers-color-scheme:dark" in svg
    assert "#000000" not in svg
    assert "stroke: var(--ink)" in svg
    assert '<svg fill="var(--ink)"' in svg


def test_the_same_figure_gives_the_same_bytes():
    assert show(line(), alt=WORDS).svg() == show(line(), alt=WORDS).svg()


def test_a_users_settings_do_not_leak_in_or_out():
    before = dict(plt.rcParams)
    with plt.rc_context({"font.size": 40, "axes.linewidth": 9}):
        loud = show(line(), alt=WORDS).svg()
    assert loud == show(line(), alt=WORDS).svg()
    assert dict(plt.rcParams) == before


def embedded(svg: str) -> Image.Image:
    (data,) = re.findall(r'data:image/png;base64,([^"]+)"', svg)
    return Image.open(io.BytesIO(base64.b64decode(data)))


def test_images_keep_their_pixels():
    """Every pixel is there; matplotlib truncates, so a level may come out one lower."""
    rng = np.random.default_rng(0)
    grey = rng.integers(0, 256, (24, 24)) / 255
    kept = embedded(show(image_grid({"grey": grey}, columns=1), alt=WORDS).svg())
    assert kept.mode == "L"
    assert set(np.unique(np.round(grey * 255) - np.asarray(kept))) <= {0, 1}
    colour = rng.integers(0, 256, (24, 24, 3)) / 255
    kept = embedded(show(image_grid({"colour": colour}, columns=1), alt=WORDS).svg())
    assert kept.mode == "RGB"
    assert set(np.unique(np.round(colour * 255) - np.asarray(kept))) <= {0, 1}


@pytest.mark.parametrize("names", [["light"], ["light", "dark"]])
def test_styles_load_by_name(names):
    with style.context([f"aliaslab.figures.{name}" for name in names]):
        assert plt.rcParams["font.size"] == 10
