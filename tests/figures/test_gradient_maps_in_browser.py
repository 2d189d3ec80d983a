"""The gradient-map explorer in Chromium: it says and draws what Python computes."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from figure_page import canvas_pixels, settled, slider, status

from aliaslab import cv_landscape, figures, interpolation_matrix

maps_module = importlib.import_module("aliaslab.figures.gradient_maps_figure")

MAPS = [
    {},
    {"destination": 16},
    {"destination": 4},
    {"destination": 1, "mode": "area"},
    {"mode": "area"},
    {"mode": "bilinear"},
    {"destination": 8, "mode": "bilinear"},
    {"antialias": True},
    {"source": 48, "destination": 31, "mode": "bilinear", "antialias": True},
    {"source": 48, "destination": 7},
    {"source": 8, "destination": 5, "mode": "nearest"},
    {"source": 9, "destination": 4, "mode": "nearest"},  # 9 / 4 lies on a tie of rounding
]


def set_maps(page, source=16, destination=7, mode="bicubic", antialias=False):
    page.locator("#gradient_maps select[name=mode]").select_option(mode)
    if mode in ("bilinear", "bicubic"):
        page.locator("#gradient_maps select[name=antialias]").select_option("on" if antialias else "off")
    for state, value in (("source", source), ("destination", destination)):
        slider(page, "gradient_maps", state).fill(str(value))
        settled(page, "gradient_maps")  # the source limits the destination


def test_the_gradient_maps_say_what_python_says(open_page):
    page = open_page(names=("gradient_maps",))
    for arguments in MAPS:
        set_maps(page, **arguments)
        said = figures.gradient_maps(**arguments).alt.partition("CV ")[2]
        shown = status(page, "gradient_maps").replace("\N{NO-BREAK SPACE}", " ")
        assert shown == f"CV {said}"


def test_the_destination_stays_within_the_source(open_page):
    page = open_page(names=("gradient_maps",))
    source, destination = (slider(page, "gradient_maps", state) for state in ("source", "destination"))
    for value, shown, most in (("4", "4", "4"), ("6", "6", "6"), ("48", "7", "48")):
        source.fill(value)
        settled(page, "gradient_maps")
        assert (destination.input_value(), destination.get_attribute("max")) == (shown, most)
        assert f"from {value} to {shown} pixels" in page.locator("#gradient_maps canvas").get_attribute(
            "aria-label"
        )
    source.fill("4")
    settled(page, "gradient_maps")
    destination.focus()
    page.keyboard.press("ArrowLeft")  # from where it is shown
    settled(page, "gradient_maps")
    assert destination.input_value() == "3"


def test_antialias_waits_for_a_mode_that_has_it_and_says_so(open_page):
    page = open_page(names=("gradient_maps",))
    mode, antialias = (page.locator(f"#gradient_maps select[name={name}]") for name in ("mode", "antialias"))
    label = page.locator("#gradient_maps label", has_text="Antialias")
    antialias.select_option("on")
    for name, idle in (("nearest", True), ("bilinear", False), ("area", True), ("bicubic", False)):
        mode.select_option(name)
        settled(page, "gradient_maps")
        assert antialias.is_disabled() == idle
        assert antialias.input_value() == ("off" if idle else "on")  # what was chosen is kept
        assert label.inner_text() == (f"Antialias: {name} has none" if idle else "Antialias")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_gradient_map_draws_what_python_computes(open_page, dark):
    page = open_page(names=("gradient_maps",), viewport={"width": 1000, "height": 800})
    if dark:
        page.evaluate("document.documentElement.dataset.theme = 'dark'")
        settled(page, "gradient_maps")
    shown = canvas_pixels(page, "gradient_maps")
    cell, top = int(0.4 * shown.shape[1] / 16), 24
    at = cell // 4 + cell * np.arange(16)  # beside the minus sign
    got = shown[np.ix_(top + at, at)]
    shares = interpolation_matrix(16, 7, "bicubic").sum(axis=0) * 16 / 7
    square = np.outer(shares, shares)
    red, _, blue = np.moveaxis(got, -1, 0)
    purple = np.abs(got - [int(figures.PALETTE["second"][i : i + 2], 16) for i in (1, 3, 5)]).max(-1) <= 2
    assert np.array_equal(purple, square < 0)
    # beyond a tenth of a fair share either colour is seen against grey
    assert (blue - red > 10)[(square >= 0) & (square < 0.9)].all()
    assert (red - blue > 10)[square > 1.1].all()
    if not dark:  # the static image is drawn on white
        expected = 255 * maps_module.share_colours(square)
        # each of three coats rounds to whole levels
        np.testing.assert_allclose(got, expected, atol=3)


@pytest.mark.parametrize("destination", [2, 7, 13])
def test_the_marker_lies_on_the_curve_and_the_bars_are_the_sums(open_page, destination):
    page = open_page(names=("gradient_maps",), viewport={"width": 1000, "height": 800})
    set_maps(page, destination=destination)
    shown = canvas_pixels(page, "gradient_maps")
    tall, wide, _ = shown.shape

    # the lowest panel, 190 pixels high with its margins, on a square-root scale
    lines = [cv_landscape(range(1, 17), "bicubic", antialias)[-1] for antialias in (False, True)]
    high = 1.06 * np.sqrt(max(line.max() for line in lines))
    size = np.arange(1, 17)
    x = 44 + (size - 1) / 15 * (wide - 56)
    y = tall - 190 + 24 + (1 - np.sqrt(lines[0]) / high) * 128
    ink = (shown.max(axis=-1) < 60) & (np.ptp(shown, axis=-1) < 20)
    own = size == destination
    around = [
        ink[round(b) - 3 : round(b) + 4, round(a) - 3 : round(a) + 4] for a, b in zip(x, y, strict=True)
    ]
    assert [bool(part.all()) for part in around] == own.tolist()

    # the bars: how much of each one's column of screen pixels has a colour
    sums = interpolation_matrix(16, destination, "bicubic").sum(axis=0)
    left = 0.4 * wide + 96 + 12 + 44
    columns = np.round(left + (np.arange(16) + 0.5) / 16 * (wide - left - 12)).astype(int) + 4
    each = (0.4 * wide - 8) / 2
    top = round(2 * 24 + each)
    panel = shown[top : round(top + each - 24)][:, columns]
    coloured = np.ptp(panel, axis=-1) > 20  # ink and lines have 16 at most
    dyed = coloured.sum(axis=0)
    low = min(0, sums.min())
    room = 1.12 if low < 0 else 1.06
    per_pixel = (max(*sums, destination / 16) - low) * room / (each - 24)
    fair = np.abs(sums * 16 / destination - 1) < 0.1  # grey, as the grid is
    # half a pixel at either end; the axis, and the dashed line or the minus sign, 2 pixels each
    np.testing.assert_allclose(dyed[~fair] * per_pixel, np.abs(sums)[~fair], atol=5 * per_pixel)
    redder = ((panel[..., 0] - panel[..., 2]) * coloured).sum(axis=0)
    assert np.array_equal(redder[~fair] > 0, (sums > destination / 16)[~fair])
