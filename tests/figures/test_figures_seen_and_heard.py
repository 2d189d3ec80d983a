"""The interactive figures in Chromium: theme, layout down to a phone, accessibility, sound."""

from __future__ import annotations

import re

import numpy as np
import pytest
from figure_page import FRAMES, NAMES, PIXELS, SLIDERS, settled, slider

# --------------------------------------------------------------------------- theme and layout

TURN_DARK = {
    "book": lambda page: page.evaluate("document.documentElement.dataset.theme = 'dark'"),
    "jupyterlab": lambda page: page.evaluate("document.body.dataset.jpThemeLight = 'false'"),
    "system": lambda page: page.emulate_media(color_scheme="dark"),
}


@pytest.mark.parametrize("home", TURN_DARK)
def test_the_drawing_follows_the_theme(open_page, home):
    page = open_page(home)
    light = [settled(page, name) for name in NAMES]
    TURN_DARK[home](page)
    for name, before in zip(NAMES, light, strict=True):
        page.wait_for_function(f"([name, was]) => ({PIXELS})(name) !== was", arg=[name, before])
    assert page.complaints == []


def test_drawn_at_the_resolution_of_the_screen_and_again_when_resized(open_page):
    page = open_page(device_scale_factor=2, viewport={"width": 1000, "height": 800})
    for width in (1000, 500):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(FRAMES, 4)
        for canvas in page.locator(".aliaslab-figure canvas").all():
            assert canvas.evaluate("(c) => c.width === Math.round(2 * c.clientWidth) && c.clientWidth > 0")


# every text on the canvas, as [text, font size in CSS pixels, left, top, right, bottom]
RECORD_TEXT = """
  const write = CanvasRenderingContext2D.prototype.fillText;
  const clear = CanvasRenderingContext2D.prototype.clearRect;
  CanvasRenderingContext2D.prototype.clearRect = function (...box) {
    this.canvas.texts = [];
    clear.apply(this, box);
  };
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
    const m = this.measureText(text);
    const size = parseFloat(this.font.match(/([\\d.]+)px/)[1]);
    const [left, top] = [x - m.actualBoundingBoxLeft, y - m.actualBoundingBoxAscent];
    const [right, bottom] = [x + m.actualBoundingBoxRight, y + m.actualBoundingBoxDescent];
    this.canvas.texts.push([text, size, left, top, right, bottom]);
    write.call(this, text, x, y);
  };
"""


def check_texts(page, name, where):
    texts, width, height = page.locator(f"#{name} canvas").evaluate(
        "(c) => [c.texts, c.clientWidth, c.clientHeight]"
    )
    assert len(texts) > 5
    for text, size, left, top, right, bottom in texts:
        assert size >= 11, f"{where}: {text!r} is {size} px"
        assert left >= -1, f"{where}: {text!r} is cut off at the left"
        assert right <= width + 1, f"{where}: {text!r} is cut off at the right"
        assert top >= -1, f"{where}: {text!r} is cut off at the top"
        assert bottom <= height + 1, f"{where}: {text!r} is cut off at the bottom"
    for i, (one, _, *a) in enumerate(texts):
        for other, _, *b in texts[:i]:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            assert apart, f"{where}: {one!r} lies on {other!r}"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("width", [390, 760])
def test_no_text_is_small_cut_off_or_overlapped_in_any_corner(open_page, name, width):
    page = open_page(names=(name,), script=RECORD_TEXT, viewport={"width": width, "height": 844})
    settled(page, name)
    check_texts(page, name, "default")
    for _, state in (pair for pair in SLIDERS if pair[0] == name):
        control = slider(page, name, state)
        first = control.input_value()
        for end in ("min", "max"):
            control.fill(control.get_attribute(end))
            settled(page, name)
            check_texts(page, name, f"{state} at {end}")
        control.fill(first)
    if name == "sampler":
        for value in ("5.1", "5", "4.9", "15"):  # the two lines almost meet, or do
            slider(page, name, "frequency").fill(value)
            settled(page, name)
            check_texts(page, name, f"frequency at {value}")


# the narrowest phone, and the narrowest page with panels side by side
@pytest.mark.parametrize("width", [320, 692])
def test_no_text_is_cut_off_in_any_mode_of_the_gradient_maps(open_page, width):
    viewport = {"width": width, "height": 844}
    page = open_page(names=("gradient_maps",), script=RECORD_TEXT, viewport=viewport)
    for mode in ("nearest", "bilinear", "bicubic", "area"):
        page.locator("#gradient_maps select[name=mode]").select_option(mode)
        for source, destination in (("4", "1"), ("48", "24"), ("48", "47")):
            slider(page, "gradient_maps", "source").fill(source)
            page.evaluate(FRAMES, 2)  # the source limits the destination
            slider(page, "gradient_maps", "destination").fill(destination)
            page.evaluate(FRAMES, 2)
            check_texts(page, "gradient_maps", f"{mode} from {source} to {destination}")


@pytest.mark.parametrize("width", [320, 390])
def test_no_text_is_cut_off_while_the_wheel_turns(open_page, width):
    """The titles are others than at rest."""
    viewport = {"width": width, "height": 844}
    page = open_page(
        names=("wagon_wheel",), script=RECORD_TEXT, reduced_motion="no-preference", viewport=viewport
    )
    for rotation in ("2.75", "-6"):
        slider(page, "wagon_wheel", "rotation").fill(rotation)
        page.wait_for_function(
            "document.querySelector('#wagon_wheel canvas').texts.some(([text]) => text.includes('slowed'))"
        )
        check_texts(page, "wagon_wheel", f"turning at {rotation}")


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_hangs_over_on_a_phone(open_page, width):
    page = open_page(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in page.locator(
        ".aliaslab-figure :is(canvas, input, select, output, label, button, li, p)"
    ).all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


@pytest.mark.parametrize("home", TURN_DARK)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_accessible(open_page, axe_source, home, dark):
    page = open_page(home)
    if dark:
        TURN_DARK[home](page)
        page.evaluate(FRAMES, 4)
    page.evaluate(axe_source)
    found = page.evaluate(
        "axe.run().then((r) => r.violations.map((v) => [v.id, v.nodes.map((n) => n.html)]))"
    )
    assert found == []


# --------------------------------------------------------------------------------------- sound

RECORD_SOUND = """
  window.contexts = [];
  window.AudioContext = class extends AudioContext {
    constructor(...options) { super(...options); window.contexts.push(this); this.buffers = []; }
    createBuffer(...shape) { const b = super.createBuffer(...shape); this.buffers.push(b); return b; }
  };
"""


def test_no_sound_before_a_click_and_one_at_a_time_after(open_page):
    page = open_page(names=("chirp",), script=RECORD_SOUND)
    assert page.evaluate("contexts.length") == 0
    plain, sampled = page.locator("#chirp button").all()
    plain.click()
    assert page.evaluate("contexts.length") == 1
    assert [plain.inner_text(), sampled.inner_text()] == ["Stop", "Hear it sampled"]
    sampled.click()
    assert [plain.inner_text(), sampled.inner_text()] == ["Hear the chirp", "Stop"]
    sampled.click()
    assert [plain.inner_text(), sampled.inner_text()] == ["Hear the chirp", "Hear it sampled"]
    plain.click()
    slider(page, "chirp", "rate").fill("3000")
    assert plain.inner_text() == "Hear the chirp"  # what played is no longer what is drawn
    assert page.evaluate("contexts.length") == 1
    assert page.complaints == []


def test_the_playhead_moves(open_page):
    page = open_page(names=("chirp",))
    page.get_by_role("button", name="Hear the chirp").click()
    for _ in range(3):  # the click itself redraws once
        before = page.evaluate(PIXELS, "chirp")
        page.wait_for_function(f"(was) => ({PIXELS})('chirp') !== was", arg=before)


def test_what_is_played_is_the_chirp_and_its_alias(open_page):
    page = open_page(names=("chirp",), script=RECORD_SOUND)
    heard = []
    for button in page.locator("#chirp button").all():
        button.click()
        # a tenth of a second around 1.5 s, where the chirp passes 3000 Hz
        part = page.evaluate(
            """() => {
              const buffer = contexts[0].buffers.at(-1);
              const [rate, wave] = [buffer.sampleRate, buffer.getChannelData(0)];
              return [rate, wave.length, Array.from(wave.slice(1.45 * rate, 1.55 * rate))];
            }"""
        )
        heard.append(part)
        button.click()
    for (rate, length, wave), low, high in zip(heard, (2900, 900), (3100, 1100), strict=True):
        assert length == 3 * rate
        power = np.abs(np.fft.rfft(np.array(wave) * np.hanning(len(wave)))) ** 2
        f = np.fft.rfftfreq(len(wave), 1 / rate)
        # in this time the chirp sweeps 200 Hz; Hann's side lobes beyond add far less than a thousandth
        assert power[(f > low - 40) & (f < high + 40)].sum() > 0.999 * power.sum()


def test_without_web_audio_the_buttons_say_so(open_page):
    page = open_page(names=("chirp",), script="delete window.AudioContext;")
    assert page.locator("#chirp button:disabled").count() == 2
    assert re.search("no Web Audio", page.locator("#chirp .aliaslab-note").inner_text())
    assert page.complaints == []
