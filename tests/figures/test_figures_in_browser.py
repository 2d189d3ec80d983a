"""The interactive figures in Chromium: they start, answer to hand and keyboard, and move when they may."""

from __future__ import annotations

import importlib
import re

import numpy as np
import pytest
from figure_page import (
    CHOICES,
    FRAMES,
    NAMES,
    PIXELS,
    SLIDERS,
    canvas_pixels,
    settled,
    slider,
    status,
    write_page,
)

from aliaslab import figures, zone_plate
from aliaslab.figures.interactive import module_source

explorer_module = importlib.import_module("aliaslab.figures.explorer_figure")

# --------------------------------------------------------------------------------------- start


@pytest.mark.parametrize("served", [True, False], ids=["served", "from disk"])
def test_every_figure_starts_without_complaint(open_page, served):
    page = open_page(served=served)
    assert page.locator(".aliaslab-mount[data-ready]").count() == len(NAMES)
    assert page.locator(".aliaslab-static:visible").count() == 0
    assert page.complaints == []


def test_without_a_module_the_image_stays(chromium, tmp_path):
    path = write_page(tmp_path, names=("sampler",))
    (tmp_path / "sampler.js").write_text("")
    page = chromium.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector(".aliaslab-mount[data-error]")
    assert page.locator(".aliaslab-static img").is_visible()
    page.close()


def test_the_default_state_teaches(open_page):
    page = open_page()
    assert "It comes back as 3.0 Hz" in status(page, "sampler")
    assert "it is heard as 1000 Hz" in status(page, "chirp")
    assert "turn backwards: 0.25 turns a second" in status(page, "wagon_wheel")
    assert "Rings above 0.125 cycles per pixel fold back" in status(page, "explorer")
    assert "CV 1.584: 6 of 16 columns get less than half" in status(page, "gradient_maps")
    assert "its mean goes from 0.500 to 0.938" in status(page, "sliding_signal")


@pytest.mark.parametrize("name", NAMES)
def test_as_an_anywidget_it_follows_the_kernel_and_lets_go(open_page, name):
    """The module alone, on a model that Python may change: the home that JupyterLab gives it."""
    page = open_page(names=())
    got = page.evaluate(
        """async ([source, state]) => {
          const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
          const module = await import(url);
          const handlers = new Map();
          const of = (name) => handlers.get(name) ?? handlers.set(name, new Set()).get(name);
          const model = { get: (k) => state[k], set: (k, v) => { state[k] = v; }, save_changes() {},
            on: (n, f) => of(n).add(f), off: (n, f) => of(n).delete(f) };
          const frames = (n) => new Promise((done) => {
            const step = () => (n-- > 0 ? requestAnimationFrame(step) : done());
            step();
          });
          const el = document.createElement("div");
          document.body.prepend(el);
          const stop = module.default.render({ model, el });
          await frames(4);
          const texts = [el.querySelector("[role=status]").textContent];
          const [key, value] = Object.entries(state)[0];
          state[key] = value - 1;
          for (const f of of(`change:${key}`)) f();
          await frames(4);
          texts.push(el.querySelector("[role=status]").textContent);
          stop();
          const left = [...handlers.values()].reduce((sum, set) => sum + set.size, 0);
          return { names: Object.keys(module), texts, left };
        }""",
        [module_source(name), getattr(figures, name)().state],
    )
    assert got["names"] == ["default"]
    assert got["texts"][0] != got["texts"][1]
    assert got["left"] == 0


# --------------------------------------------------------------------------- hand and keyboard


def seen(page, name, state):
    pixels = settled(page, name)  # first: until a frame has passed, nothing has been redrawn
    return {
        "pixels": pixels,
        "value": slider(page, name, state).get_attribute("aria-valuetext"),
        "status": status(page, name),
        "label": page.locator(f"#{name} canvas").get_attribute("aria-label"),
    }


def all_changed(before, after):
    return [key for key in before if before[key] == after[key]] == []


@pytest.mark.parametrize(("name", "state"), SLIDERS)
def test_keyboard(open_page, name, state):
    page = open_page(names=(name,))
    control = slider(page, name, state)
    before = seen(page, name, state)
    control.focus()
    full = float(control.input_value()) == float(control.get_attribute("max"))
    for _ in range(3):
        page.keyboard.press("ArrowLeft" if full else "ArrowRight")
    assert all_changed(before, seen(page, name, state))
    assert control.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"


@pytest.mark.parametrize(("name", "state"), SLIDERS)
def test_pointer(open_page, name, state):
    page = open_page(names=(name,))
    before = seen(page, name, state)
    control = slider(page, name, state)
    control.scroll_into_view_if_needed()
    box = control.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.63 * box["width"], box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert all_changed(before, seen(page, name, state))


@pytest.mark.parametrize(("name", "state"), CHOICES)
def test_a_choice_by_keyboard(open_page, name, state):
    page = open_page(names=(name,))
    choice = page.locator(f"#{name} select[name={state}]")
    choice.select_option(index=0)
    settled(page, name)
    choice.focus()
    for option in choice.locator("option").all()[1:]:
        before = [settled(page, name), status(page, name)]
        page.keyboard.press("ArrowDown")
        assert choice.input_value() == option.get_attribute("value")
        page.evaluate(FRAMES, 3)
        assert settled(page, name) != before[0]
        assert status(page, name) != before[1]
    assert choice.evaluate("(node) => getComputedStyle(node).outlineStyle") == "solid"


def test_every_control_has_a_name_a_size_and_keeps_its_keys(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    for control in page.locator(".aliaslab-figure :is(input, select, button)").all():
        box = control.bounding_box()
        assert min(box["width"], box["height"]) >= 24
        assert control.get_attribute("data-lm-suppress-shortcuts") is not None
        assert control.evaluate("(node) => node.labels.length || node.textContent.length") > 0
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((node) => node.id)")
    assert len(ids) == len(set(ids))


def test_freeze_it(open_page):
    page = open_page(names=("wagon_wheel",))
    page.get_by_role("button", name="Freeze it").click()
    frozen = settled(page, "wagon_wheel")
    assert "seems to stand still" in status(page, "wagon_wheel")
    assert slider(page, "wagon_wheel", "rotation").get_attribute("aria-valuetext") == "3.00"
    page.get_by_role("button", name="Next frame").click()
    assert settled(page, "wagon_wheel") != frozen  # the marked spoke moves on


def test_at_the_limit_and_below_it(open_page):
    page = open_page(names=("sampler",))
    control = slider(page, "sampler", "frequency")
    for value, words in (
        ("5", "is exactly at the limit of 5.0 Hz: the samples depend on the phase"),
        ("15", "comes back exactly at the limit of 5.0 Hz: the samples depend on the phase"),
        ("14.9", "It comes back as 4.9 Hz"),
        ("3", "comes back as itself"),
    ):
        control.fill(value)
        settled(page, "sampler")
        assert words in status(page, "sampler")
        label = page.locator("#sampler canvas").get_attribute("aria-label")
        assert ("in pairs" in label) == ("in pairs" in figures.sampler(float(value), 10).alt)


@pytest.mark.parametrize("rotation", [2.75, -2.75, 1, -1, 3.25, -3.25, 1.5, -4.5, 3, 0])
def test_the_wheel_says_what_python_says(open_page, rotation):
    page = open_page(names=("wagon_wheel",))
    slider(page, "wagon_wheel", "rotation").fill(str(rotation))
    settled(page, "wagon_wheel")
    said = re.compile(r"seems to (.*?)\. ")
    (shown,) = said.findall(status(page, "wagon_wheel"))
    assert [shown] == said.findall(figures.wagon_wheel(rotation=rotation).alt)
    assert "\N{MINUS SIGN}" not in shown


@pytest.mark.parametrize("image", ["zone plate", "star", "chirp", "text", "cat", "grass"])
@pytest.mark.parametrize("prefilter", ["none", "lanczos"])
def test_the_explorer_says_what_python_says(open_page, image, prefilter):
    page = open_page(names=("explorer",))
    page.locator("#explorer select[name=prefilter]").select_option(prefilter)
    slider(page, "explorer", "factor").fill("3")
    page.locator("#explorer select[name=image]").select_option(image)
    page.wait_for_function(
        "(name) => document.querySelector('#explorer canvas').ariaLabel.includes(`image ${name} made`)",
        arg=image,
    )
    settled(page, "explorer")
    said = figures.explorer(image, 3, prefilter).alt.split("spectrum of the small image. ")[1]
    shown = status(page, "explorer").replace("\N{NO-BREAK SPACE}", " ")
    if image in ("cat", "grass"):  # JPEG moves a share by a little
        numbers = [[float(n) for n in re.findall(r"([\d.]+) %", text)] for text in (said, shown)]
        np.testing.assert_allclose(*numbers, atol=1.5)
        said, shown = (re.sub(r"[\d.]+ %", "%", text) for text in (said, shown))
    assert shown == said


def test_a_picture_is_drawn_once_it_is_decoded(open_page):
    page = open_page(names=("explorer",))
    page.evaluate(
        """(state) => {
          const model = { get: (key) => state[key], set() {}, save_changes() {}, on() {}, off() {} };
          const el = document.createElement("div");
          el.id = "late";
          document.querySelector("main").prepend(el);
          // decoding ends after the first drawing, however fast the machine is
          const decode = HTMLImageElement.prototype.decode;
          HTMLImageElement.prototype.decode = async function () {
            await new Promise((done) => { window.goOn = done; });
            return decode.call(this);
          };
          window.aliaslabFigures.explorer.render({ model, el });
        }""",
        figures.explorer("grass").state,
    )
    page.evaluate(FRAMES, 4)
    said = page.locator("#late [role=status]")
    assert said.inner_text() == "The picture is being decoded."
    page.evaluate("goOn()")  # the last picture asked for: grass
    page.wait_for_function("document.querySelector('#late [role=status]').textContent.includes('fold back')")


@pytest.mark.parametrize("factor", [4, 6])
def test_the_explorer_draws_what_python_computes(open_page, factor):
    page = open_page(names=("explorer",), viewport={"width": 1000, "height": 800})
    slider(page, "explorer", "factor").fill(str(factor))
    settled(page, "explorer")
    shown, n = canvas_pixels(page, "explorer"), explorer_module.SIDE
    side, top, gap = (shown.shape[1] - 32) / 3, 22, 16

    # the small image, read in the middle of each of its blocks
    small = explorer_module.shrink(zone_plate(n), np.ones(1), factor)
    # a block of even width reaches one pixel farther up and left, so its middle is the pixel's corner
    middles = explorer_module.first_kept(n, factor) + factor * np.arange(len(small))
    at = np.floor(middles * side / n).astype(int)
    inner = slice(1, -1)  # blocks at the edge are cut
    got = shown[np.ix_(top + at, at)][inner, inner, 1]
    # rounding to 255 levels, and smoothing between pixels, which in mid-block sees no other block
    np.testing.assert_allclose(got, 255 * small[inner, inner], atol=3)

    # the spectrum that is sampled: plain inside the square, the alias's colour all around it
    left = side + gap
    y, x = np.mgrid[0 : int(side), 0 : int(side)]
    f = np.maximum(np.abs(x + 0.5 - side / 2), np.abs(y + 0.5 - side / 2)) / side
    panel = shown[top : top + int(side), round(left) : round(left) + int(side)]
    orange = panel[..., 0] - panel[..., 2] > 60
    assert not orange[f < 0.5 / factor - 3 / side].any()
    assert orange[f > 0.5 / factor + 3 / side].mean() > 0.95


def test_the_width_of_the_prefilter_waits_for_a_prefilter(open_page):
    page = open_page(names=("explorer",))
    strength = slider(page, "explorer", "strength")
    assert strength.is_disabled()
    page.locator("#explorer select[name=prefilter]").select_option("box")
    before = seen(page, "explorer", "strength")
    assert strength.is_enabled()
    strength.focus()
    page.keyboard.press("ArrowRight")
    assert all_changed(before, seen(page, "explorer", "strength"))


# -------------------------------------------------------------------------------------- motion


def test_with_less_motion_the_wheel_waits_to_be_asked(open_page):
    page = open_page(names=("wagon_wheel",))
    before = settled(page, "wagon_wheel")
    page.evaluate(FRAMES, 20)
    assert settled(page, "wagon_wheel") == before
    page.get_by_role("button", name="Next frame").click()
    stepped = settled(page, "wagon_wheel")
    assert stepped != before
    page.evaluate(FRAMES, 20)
    assert settled(page, "wagon_wheel") == stepped
    page.get_by_role("button", name="Play").click()
    page.wait_for_function(f"(was) => ({PIXELS})('wagon_wheel') !== was", arg=stepped)


def test_otherwise_it_turns_by_itself_quietly_until_paused(open_page):
    page = open_page(names=("wagon_wheel",), reduced_motion="no-preference")
    before = page.evaluate(PIXELS, "wagon_wheel")
    page.evaluate(
        """() => {
          window.said = 0;
          const status = document.querySelector("#wagon_wheel [role=status]");
          const all = { childList: true, characterData: true, subtree: true };
          new MutationObserver(() => { window.said += 1; }).observe(status, all);
        }"""
    )
    page.wait_for_function(f"(was) => ({PIXELS})('wagon_wheel') !== was", arg=before)
    page.evaluate(FRAMES, 20)
    assert page.evaluate("window.said") == 0
    page.get_by_role("button", name="Pause").click()
    paused = settled(page, "wagon_wheel")
    page.evaluate(FRAMES, 20)
    assert settled(page, "wagon_wheel") == paused


def test_out_of_sight_it_stands_still(open_page):
    page = open_page(names=(), reduced_motion="no-preference", viewport={"width": 800, "height": 600})
    # near enough to be started, too far to be seen
    page.add_style_tag(content="#sampler, #chirp { display: none; } main { padding-top: 1000px !important; }")
    page.wait_for_selector("#wagon_wheel .aliaslab-figure[data-ms]", state="attached")
    before = settled(page, "wagon_wheel")
    page.evaluate(FRAMES, 20)
    assert settled(page, "wagon_wheel") == before
    page.locator("#wagon_wheel canvas").scroll_into_view_if_needed()
    page.wait_for_function(f"(was) => ({PIXELS})('wagon_wheel') !== was", arg=before)
