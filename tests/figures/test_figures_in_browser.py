"""The interactive figures in Chromium: start, hand and keyboard, motion, theme, phone, sound."""

from __future__ import annotations

import re

import numpy as np
import pytest
from figure_page import NAMES, THEMES, write_page

from aliaslab import figures
from aliaslab.figures.interactive import module_source

PIXELS = "(name) => document.querySelector(`#${name} canvas`).toDataURL()"
FRAMES = """(count) => new Promise((done) => {
  const step = () => (count-- > 0 ? requestAnimationFrame(step) : done());
  step();
})"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("figures")
    return {home: write_page(root / home, home=home).parent for home in THEMES}


@pytest.fixture
def open_page(chromium, serve, folders):
    """``open_page(home, served, script, names, **context)``: a page whose named figures are drawn."""
    contexts = []

    def start(home="book", served=True, script="", names=NAMES, **options):
        context = chromium.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if script:
            page.add_init_script(script)
        folder = folders[home]
        page.goto(f"{serve(folder)}/index.html" if served else (folder / "index.html").as_uri())
        for name in names:
            show(page, name)
        return page

    yield start
    for context in contexts:
        context.close()


def show(page, name):
    page.locator(f"#{name}").scroll_into_view_if_needed()
    page.wait_for_selector(f"#{name} .aliaslab-figure[data-ms]")


def settled(page, name):
    """The picture after what was asked for has been drawn."""
    page.evaluate(FRAMES, 3)
    return page.evaluate(PIXELS, name)


def status(page, name):
    return page.locator(f"#{name} [role=status]").inner_text()


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
    assert "backwards: \N{MINUS SIGN}0.25 turns a second" in status(page, "wagon_wheel")


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
]


def slider(page, name, state):
    return page.locator(f"#{name} input[name={state}]")


def seen(page, name, state):
    return {
        "value": slider(page, name, state).get_attribute("aria-valuetext"),
        "pixels": settled(page, name),
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


def test_every_control_has_a_name_a_size_and_keeps_its_keys(open_page):
    page = open_page(viewport={"width": 390, "height": 844})
    for control in page.locator(".aliaslab-figure :is(input, button)").all():
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
        ("5", "exactly at the limit: the samples depend on the phase"),
        ("3", "comes back as itself"),
    ):
        control.fill(value)
        settled(page, "sampler")
        assert words in status(page, "sampler")


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
        for value in ("5.1", "4.9"):  # the two lines almost meet
            slider(page, name, "frequency").fill(value)
            settled(page, name)
            check_texts(page, name, f"frequency at {value}")


@pytest.mark.parametrize("width", [320, 390])
def test_nothing_hangs_over_on_a_phone(open_page, width):
    page = open_page(viewport={"width": width, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in page.locator(".aliaslab-figure :is(canvas, input, output, label, button, li, p)").all():
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
