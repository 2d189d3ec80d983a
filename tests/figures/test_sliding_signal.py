"""The signal that slides through layers of stride 2: numbers in Python and JavaScript, words, drawing."""

from __future__ import annotations

import base64
import importlib
import io
import re

import numpy as np
import pytest
import torch
from figure_page import PIXELS, settled, slider, status
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from test_figures_seen_and_heard import RECORD_TEXT, check_texts
from torch.nn import functional

from aliaslab import blur_pool1d, figures, max_blur_pool2d, polyphase_pool2d, shift_images

module = importlib.import_module("aliaslab.figures.sliding_signal_figure")
SIGNALS, LAYERS = module.SIGNALS, module.LAYERS
AT = np.arange(32)
SHIFTS = np.arange(0, 4.01, 1 / 8)
# sums of 32 values of about 1 in double precision: a few times 32 * 2.2e-16
ROUNDING = 1e-13


@pytest.fixture(scope="module")
def rng():
    return np.random.default_rng(20190609)


@pytest.fixture(scope="module")
def rows(rng):
    """The figure's signals at all its shifts where no two phases tie, and random ones."""
    shifts = [s for s in SHIFTS if s % 1 != 0.5]
    shifted = [module.fourier_series(x, AT - s) for x in SIGNALS.values() for s in shifts]
    return [*shifted, *rng.normal(size=(20, 32))]


# ------------------------------------------------------------------------------------- numbers


def test_a_shift_is_the_packages_own(rng):
    x = rng.normal(size=(5, 32))
    images = torch.from_numpy(x)[:, None, None, :]
    for shift in (0, 0.125, 1, 1.5, 3.3, 4):
        expected = shift_images(images, (0, shift), "fourier")[:, 0, 0].numpy()
        got = [module.fourier_series(row, AT - shift) for row in x]
        np.testing.assert_allclose(got, expected, atol=ROUNDING)
        if shift % 1 == 0:
            np.testing.assert_allclose(got, np.roll(x, int(shift), axis=1), atol=ROUNDING)


def package_output(x: np.ndarray, layer: str) -> tuple[np.ndarray, int]:
    """The same layer made of torch and aliaslab, and the phase that it keeps."""
    image = torch.from_numpy(np.ascontiguousarray(x))[None, None, None]
    if "polyphase" in layer:
        taps = (1, 3 if "blur" in layer else 1)
        out, phase = polyphase_pool2d(image, taps, (1, 2), return_phase=True)
        return out.flatten().numpy(), int(phase)
    if layer == "max pool":
        out = functional.max_pool2d(image, (1, 2))
    elif layer == "max blur":
        out = max_blur_pool2d(image, (1, 2), (1, 2), "circular", taps=(1, 3))
    else:
        out = blur_pool1d(image[0], 3 if layer == "blur pool" else 1, 2, "circular")
    return out.flatten().numpy(), 0


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_is_the_packages_own(rows, layer):
    for x in rows:
        expected, phase = package_output(x, layer)
        got = module.layer_output(x, layer)
        np.testing.assert_allclose(got.values, expected, atol=ROUNDING)
        assert got.place - got.dense_place == phase
        assert np.array_equal(got.values, got.dense[phase::2])


def test_zhangs_example():
    x = SIGNALS["pairs"]
    before, after = (module.layer_output(row, "max pool").values for row in (x, np.roll(x, 1)))
    assert before.tolist() == [0, 1] * 8
    assert after.tolist() == [0] + [1] * 15


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("signal", SIGNALS)
def test_what_is_exact_and_what_is_not(signal, layer):
    departure = np.array([module.stability(signal, layer, s).departure for s in SHIFTS])
    whole = departure[::8]
    assert (whole[::2] < 1e-12).all()
    if "polyphase" in layer:
        assert (whole[1::2] < 1e-12).all()
    else:
        assert (whole[1::2] > 1e-4).all()
    assert (departure[SHIFTS % 1 != 0] > 1e-5).all()


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_blur_departs_less_and_keeps_the_mean_if_it_is_linear(signal):
    def over(layer):
        return np.array([module.stability(signal, layer, s) for s in SHIFTS]).T

    blurred, bare = over("blur pool"), over("bare stride")
    assert (blurred[0] <= bare[0] + ROUNDING).all()
    assert over("max blur")[0].max() < over("max pool")[0].max()
    # 1 2 1 removes the wave at Nyquist, the only one that folds onto 0
    np.testing.assert_allclose(blurred[1], SIGNALS[signal].mean(), atol=ROUNDING)
    assert np.ptp(over("max pool")[1]) > 1e-3


@pytest.mark.parametrize("k", [1, 5, 7, 9, 13, 15])
def test_a_wave_departs_by_twice_the_sine(k):
    """A wave above 1/4 folds down by 1/2, and sliding by s turns what folded by pi s too little."""
    f = k / 32
    start, bent = (np.cos(2 * np.pi * f * AT + 0.4), f > 0.25)
    for layer, gain in (("bare stride", 1), ("blur pool", np.cos(np.pi * f) ** 2)):
        before = module.layer_output(start, layer)
        for shift in (0.125, 0.5, 1, 1.75, 3):
            now = module.layer_output(module.fourier_series(start, AT - shift), layer)
            off = now.values - module.slid_output(before, now, shift)
            expected = gain * np.sqrt(0.5) * 2 * abs(np.sin(np.pi * shift / 2)) * bent
            assert np.sqrt(np.mean(off**2)) == pytest.approx(expected, abs=ROUNDING)


# -------------------------------------------------------------------------------------- JavaScript


def test_the_signals_and_layers_are_the_same(js_page):
    got = js_page.evaluate('import("/sliding.js").then(({ SIGNALS, LAYERS }) => [SIGNALS, LAYERS])')
    assert got[1] == list(LAYERS)
    assert list(got[0]) == list(SIGNALS)
    for name, x in SIGNALS.items():
        np.testing.assert_allclose(got[0][name], x, atol=ROUNDING)


def test_the_series_agrees(js, rng):
    at = rng.uniform(-40, 40, 60)
    for n in (16, 32):
        values = rng.normal(size=n)
        got = js("atPlaces", [[values.tolist(), at.tolist()]], "sliding")[0]
        # the angle is turned n / 2 times, each turn costing some units in the last place
        np.testing.assert_allclose(got, module.fourier_series(values, at), atol=1e-12)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_layers_agree(js, rows, layer):
    found = js("layerOutput", [[x.tolist(), layer] for x in rows], "sliding")
    for x, got in zip(rows, found, strict=True):
        expected = module.layer_output(x, layer)
        assert (got["densePlace"], got["place"]) == (expected.dense_place, expected.place)
        np.testing.assert_allclose(got["dense"], expected.dense, atol=ROUNDING)
        np.testing.assert_allclose(got["values"], expected.values, atol=ROUNDING)


def test_a_tie_keeps_the_first_phase_whatever_the_rounding(js):
    x = np.tile([0, 0, 1, 1.0], 8)
    x[3] += 1e-12
    assert module.layer_output(x, "polyphase").place == 0
    assert js("layerOutput", [[x.tolist(), "polyphase"]], "sliding")[0]["place"] == 0


@pytest.mark.parametrize("signal", SIGNALS)
def test_the_measures_agree(js, signal):
    shifts = np.arange(0, 4.01, 1 / 16)
    calls = [[SIGNALS[signal].tolist(), layer, shifts.tolist()] for layer in LAYERS]
    for layer, got in zip(LAYERS, js("stability", calls, "sliding"), strict=True):
        np.testing.assert_allclose(
            got, [module.stability(signal, layer, s) for s in shifts], atol=1e-12, err_msg=layer
        )


# ------------------------------------------------------------------------------------------ words

STATES = [
    {},
    {"shift": 0.0},
    {"shift": 2.0},
    {"shift": 4.0, "layer": "blur pool"},
    {"layer": "polyphase"},
    {"layer": "polyphase", "shift": 0.125},
    {"layer": "blur + polyphase", "signal": "steps", "shift": 3.0},
    {"layer": "bare stride", "signal": "bump", "shift": 3.5},
    {"layer": "blur pool", "signal": "bump", "shift": 0.25},
    {"layer": "blur pool", "signal": "texture"},
    {"layer": "bare stride", "signal": "texture"},
    {"layer": "max blur", "signal": "steps", "shift": 1.625},
]


def set_state(page, shift=1.0, signal="pairs", layer="max pool"):
    page.locator("#sliding_signal select[name=signal]").select_option(signal)
    page.locator("#sliding_signal select[name=layer]").select_option(layer)
    slider(page, "sliding_signal", "shift").fill(str(shift))
    settled(page, "sliding_signal")


def test_it_says_what_python_says(open_page):
    page = open_page(names=("sliding_signal",))
    for state in STATES:
        set_state(page, **state)
        shown = status(page, "sliding_signal").replace("\N{NO-BREAK SPACE}", " ")
        assert shown == module.outcome(**{"shift": 1.0, "signal": "pairs", "layer": "max pool", **state})
        assert shown in figures.sliding_signal(**state).alt


def test_the_words_are_the_numbers():
    alt = figures.sliding_signal(layer="bare stride", signal="texture").alt
    # 2 sin(pi / 2) of a signal that folds whole
    assert "departs from its old self, slid along, by 200 % of the signal's spread" in alt
    assert "at most 200 %, first at 1 sample; at whole shifts it departs by up to 200 %" in alt
    alt = figures.sliding_signal(layer="polyphase").alt
    assert "the choice went over to the other samples" in alt
    assert "at whole shifts it is exact" in alt
    assert "slid along by exactly 1 of its own samples" in figures.sliding_signal(2).alt
    assert "nothing has moved yet" in figures.sliding_signal(0).alt
    assert "less than 0.1 %" in figures.sliding_signal(0.25, "bump", "blur pool").alt
    assert re.search(r"its mean runs from 0\.500 to 0\.938\.$", figures.sliding_signal().alt)


# --------------------------------------------------------------------------------------- drawing


def colour(role):
    return np.array([int(figures.PALETTE[role][i : i + 2], 16) for i in (1, 3, 5)])


def padded(values):
    low, high = np.min(values), np.max(values)
    return low - 0.08 * (high - low), high + 0.08 * (high - low)


def pixel_of(box, x, y, xs, ys):
    """Where ``(x, y)`` lies in the panel ``box = (left, top, width)``, 174 pixels high with its margins."""
    left, top, width = box
    across = left + 44 + (x - xs[0]) / (xs[1] - xs[0]) * (width - 56)
    return round(across), round(top + 24 + (ys[1] - y) / (ys[1] - ys[0]) * 112)


def near(shown, place, role, reach):
    """How many of the screen's pixels around ``place`` have a colour of the palette."""
    across, down = place
    around = shown[down - reach : down + reach + 1, across - reach : across + reach + 1]
    return (np.abs(around - colour(role)).max(-1) <= 40).sum()


def check_signal(shown, state):
    """The samples, the rings around what is kept, and the dots of the output."""
    x, wide = SIGNALS[state["signal"]], shown.shape[1]
    samples = module.fourier_series(x, AT - state["shift"])
    now = module.layer_output(samples, state["layer"])
    ys = padded([*module.fourier_series(x, np.linspace(0, 32, 257)), *x])
    for m, value in enumerate(now.values):
        at = (now.place + 2 * m, value, (-0.5, 32), ys)
        assert near(shown, pixel_of((0, 166, wide), *at), "alias", 1) == 9, f"{state}: output {m}"
        assert near(shown, pixel_of((0, 0, wide), *at), "alias", 8) > 30, f"{state}: ring {m}"
    for n, value in enumerate(samples):
        place = pixel_of((0, 0, wide), n, value, (-0.5, 32), ys)
        # a ring may cross it
        assert near(shown, place, "samples", 2) + near(shown, place, "alias", 2) > 8, f"{state}: sample {n}"


def check_slid(shown, state):
    """The curve of the old output between the dots, and the line from it to each dot."""
    x, shift, wide = SIGNALS[state["signal"]], state["shift"], shown.shape[1]
    start = module.layer_output(x, state["layer"])
    now = module.layer_output(module.fourier_series(x, AT - shift), state["layer"])
    ys = padded([*module.fourier_series(x, np.linspace(0, 32, 257)), *x])
    slid = module.slid_output(start, now, shift)
    for m, (old, value) in enumerate(zip(slid, now.values, strict=True)):
        between = now.place + 2 * m + 1
        (curve,) = module.fourier_series(start.values, np.array([(between - start.place - shift) / 2]))
        if between < 31.5:
            place = pixel_of((0, 166, wide), between, curve, (-0.5, 32), ys)
            assert near(shown, place, "second", 2) >= 3, f"{state}: curve at {between}"
        if abs(old - value) * 112 / (ys[1] - ys[0]) > 14:
            place = pixel_of((0, 166, wide), now.place + 2 * m, 0.7 * old + 0.3 * value, (-0.5, 32), ys)
            assert near(shown, place, "alias", 1) >= 3, f"{state}: line {m}"


def check_markers(shown, state):
    """The black dots lie on the measures, whose scale all layers share; so does the layer's curve."""
    signal, wide = state["signal"], shown.shape[1]
    shifts = np.arange(0, 4.01, 1 / 32)
    over = np.array([[module.stability(signal, layer, s) for s in shifts] for layer in LAYERS])
    here = module.stability(signal, state["layer"], state["shift"])
    for pick, left in ((0, 0), (1, wide / 2)):
        box, ys = (left, 348, wide / 2), padded(over[..., pick])
        across, down = pixel_of(box, state["shift"], here[pick], (0, 4), ys)
        ink = shown[down - 2 : down + 3, across - 2 : across + 3]
        name = f"{state}: {module.Stability._fields[pick]}"
        assert (ink.max(-1) < 60).all(), name
        for i in range(24, 128, 32):  # a quarter before each whole shift
            if abs(shifts[i] - state["shift"]) > 0.2:
                place = pixel_of(box, shifts[i], over[LAYERS.index(state["layer"]), i, pick], (0, 4), ys)
                assert near(shown, place, "alias", 2) >= 5, f"{name} at {shifts[i]}"
    if state["layer"].startswith("max"):  # the others' curves lie on the dashed line
        left, down = pixel_of(box, 0, SIGNALS[signal].mean(), (0, 4), ys)
        assert (shown[down - 1 : down + 2, left : left + 300].max(-1) < 60).sum() > 100


def test_it_draws_what_python_computes(open_page):
    page = open_page(names=("sliding_signal",), viewport={"width": 1000, "height": 900})
    for changed in STATES[::2] + STATES[-1:]:
        state = {"shift": 1.0, "signal": "pairs", "layer": "max pool", **changed}
        set_state(page, **state)
        data = page.evaluate(PIXELS, "sliding_signal").partition(",")[2]
        shown = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)
        check_signal(shown, state)
        check_slid(shown, state)
        check_markers(shown, state)


# the narrowest phone, and the narrowest page with panels side by side
@pytest.mark.parametrize("width", [320, 692])
def test_no_text_is_cut_off_on_any_signal(open_page, width):
    viewport = {"width": width, "height": 844}
    page = open_page(names=("sliding_signal",), script=RECORD_TEXT, viewport=viewport)
    for i, signal in enumerate(SIGNALS):
        for layer in LAYERS[i % 2 :: 2]:
            set_state(page, 1.625, signal, layer)
            check_texts(page, "sliding_signal", f"{layer} on {signal}")


@pytest.mark.parametrize("signal", SIGNALS)
def test_no_text_of_the_static_image_is_cut_off(signal):
    figure = figures.sliding_signal(1.625, signal, "blur + polyphase").static()._figure
    canvas = FigureCanvasAgg(figure)
    with figures.book_style():
        canvas.draw()
    drawn, (width, height) = figure.get_tightbbox(canvas.get_renderer()), figure.get_size_inches()
    assert min(drawn.x0, drawn.y0) >= 0
    assert drawn.x1 <= width
    assert drawn.y1 <= height


def test_the_static_image_shows_the_output_and_marks_the_measures():
    figure = figures.sliding_signal(1.625, "steps", "max blur").static()._figure
    above, below, *measures = figure.axes
    now = module.layer_output(module.fourier_series(SIGNALS["steps"], AT - 1.625), "max blur")
    for axis in (above, below):
        places, values = axis.lines[-1].get_data()
        np.testing.assert_array_equal(places, 0.5 + 2 * np.arange(16))
        np.testing.assert_array_equal(values, now.values)
    here = module.stability("steps", "max blur", 1.625)
    for axis, expected in zip(measures, (100 * here.departure, here.mean), strict=True):
        marker = next(line for line in axis.lines if line.get_marker() == "o" and line.get_color() == "black")
        assert np.ravel(marker.get_data()).tolist() == [1.625, expected]
