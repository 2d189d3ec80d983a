"""The interactive figures on the Python side: input, words, static image, and the bundling of modules."""

from __future__ import annotations

import base64
import importlib
import io
import itertools
import json
import re

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from aliaslab import (
    alias_frequency,
    box_response,
    figures,
    interpolate_cv,
    interpolation_matrix,
    signed_alias_frequency,
)
from aliaslab.figures import interactive
from aliaslab.figures.interactive import JS, module_source, page_script

FIGURES = ("sampler", "chirp", "wagon_wheel", "explorer", "gradient_maps", "sliding_signal")
MODULES = sorted(p.stem for p in JS.glob("*.js") if "export default" in p.read_text("utf-8"))
IMPORT = re.compile(r'^import \{ ([\w, ]+) \} from "\./(\w+)\.js";$', re.MULTILINE)
explorer_module = importlib.import_module("aliaslab.figures.explorer_figure")
maps_module = importlib.import_module("aliaslab.figures.gradient_maps_figure")
wheel_module = importlib.import_module("aliaslab.figures.wagon_wheel_figure")


# ------------------------------------------------------------------------------------ bundling


def test_every_figure_has_a_module():
    assert set(FIGURES) <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_stands_alone(name):
    source = module_source(name)
    assert not re.search(r"^\s*import\b|\bimport\(", source, re.MULTILINE)
    assert re.findall(r"^export .*", source, re.MULTILINE) == ["export default { render };"]


@pytest.mark.parametrize("name", MODULES)
def test_a_page_script_is_a_classic_script(name):
    script = page_script(name)
    assert not re.search(r"^\s*(import|export)\b", script, re.MULTILINE)
    assert script.startswith(f"(window.aliaslabFigures ??= {{}}).{name} = ")
    assert script.count("return { render };") == 1


@pytest.mark.parametrize("module", sorted(p.stem for p in JS.glob("*.js")))
def test_imports_are_one_line_each_exist_and_are_used(module):
    text = (JS / f"{module}.js").read_text("utf-8")
    imports = IMPORT.findall(text)
    assert len(imports) == len(re.findall(r"^import\b", text, re.MULTILINE))
    body = IMPORT.sub("", text)
    for names, source in imports:
        exported = re.findall(
            r"^export (?:async )?(?:function|const) (\w+)",
            (JS / f"{source}.js").read_text("utf-8"),
            re.MULTILINE,
        )
        for name in names.split(", "):
            assert name in exported, f"{module}.js imports {name}, which {source}.js does not export"
            assert re.search(rf"\b{name}\b", body), f"{module}.js imports {name} and does not use it"


def test_what_a_module_needs_comes_before_it(tmp_path, monkeypatch):
    (tmp_path / "figure.js").write_text(
        'import { b } from "./second.js";\nimport { a } from "./first.js";\nexport default { render };\n'
    )
    (tmp_path / "second.js").write_text('import { a } from "./first.js";\nexport const b = a + 1;\n')
    (tmp_path / "first.js").write_text("export const a = 1;\n")
    monkeypatch.setattr(interactive, "JS", tmp_path)
    assert module_source("figure") == "const a = 1;\nconst b = a + 1;\nexport default { render };\n"


def test_the_pictures_are_written_in_and_the_script_stays_small():
    script = page_script("explorer")
    uris = json.loads(re.search(r"^const PICTURES = (\{.*\});$", script, re.MULTILINE)[1])
    assert set(uris) == {"text", "cat", "grass"}
    for name, uri in uris.items():
        picture = Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))
        error = np.asarray(picture.convert("L")) / 255 - explorer_module.IMAGES[name][0]()
        # JPEG of quality 75 errs by some levels of 255 where detail is dense; print is exact
        assert np.abs(error).max() == 0 if name == "text" else error.std() < 0.04
    assert len(script) < 120_000


# ------------------------------------------------------------------------------------- colours


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two #rrggbb colours."""

    def luminance(colour: str) -> float:
        c = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_the_stylesheet_has_the_palette():
    css = (JS / "figures.css").read_text("utf-8")
    assert dict(re.findall(r"--aliaslab-(\w+): (#\w{6});", css)) == figures.PALETTE


@pytest.mark.parametrize("role", figures.PALETTE)
@pytest.mark.parametrize("paper", ["#ffffff", "#14181e"])
def test_every_colour_reads_on_light_and_dark(role, paper):
    assert contrast(figures.PALETTE[role], paper) >= 3


# --------------------------------------------------------------------------------------- input

BAD = [
    ("sampler", {"frequency": -1}, "frequency must be from 0 to 20 Hz, got -1"),
    ("sampler", {"frequency": 20.1}, "frequency must be from 0 to 20 Hz"),
    ("sampler", {"rate": 0}, "rate must be from 2 to 40"),
    ("sampler", {"rate": float("nan")}, "rate must be finite"),
    ("sampler", {"frequency": [1, 2]}, "frequency must be a single number"),
    ("chirp", {"rate": -4000}, "rate must be from 1000 to 12000"),
    ("chirp", {"stop": 6001}, "stop must be from 1000 to 6000"),
    ("chirp", {"at": 3.5}, "at must be from 0 to 3 s"),
    ("wagon_wheel", {"spokes": 1}, "spokes must be from 2 to 16"),
    ("wagon_wheel", {"spokes": 7.5}, "spokes must be a whole number"),
    ("wagon_wheel", {"rotation": 7}, "rotation must be from -6 to 6"),
    ("wagon_wheel", {"frame_rate": float("inf")}, "frame_rate must be finite"),
    ("wagon_wheel", {"exposure": 1.5}, "exposure must be from 0 to 1"),
    ("explorer", {"image": "zoneplate"}, "unknown image 'zoneplate'; did you mean 'zone plate'?"),
    ("explorer", {"prefilter": "blur"}, "choose one of 'none', 'box', 'gaussian', 'lanczos'"),
    ("explorer", {"factor": 0}, "factor must be from 1 to 12"),
    ("explorer", {"factor": 2.5}, "factor must be a whole number, got 2.5"),
    ("explorer", {"strength": 3}, "strength must be from 0.25 to 2"),
    ("gradient_maps", {"source": 3}, "source must be from 4 to 48 pixels, got 3"),
    ("gradient_maps", {"source": 49}, "source must be from 4 to 48 pixels, got 49"),
    ("gradient_maps", {"source": 16.5}, "source must be a whole number, got 16.5"),
    ("gradient_maps", {"source": 4, "destination": 5}, "destination must be from 1 to 4 pixels, got 5"),
    ("gradient_maps", {"destination": 0}, "destination must be from 1 to 16 pixels, got 0"),
    ("gradient_maps", {"mode": "cubic"}, "unknown mode 'cubic'; did you mean 'bicubic'?"),
    ("gradient_maps", {"mode": "lanczos"}, "choose one of 'nearest', 'bilinear', 'bicubic', 'area'"),
    ("gradient_maps", {"mode": "area", "antialias": True}, "choose one of 'bilinear', 'bicubic'"),
    ("sliding_signal", {"shift": 4.5}, "shift must be from 0 to 4 samples, got 4.5"),
    ("sliding_signal", {"shift": float("nan")}, "shift must be finite"),
    ("sliding_signal", {"signal": "pair"}, "unknown signal 'pair'; did you mean 'pairs'?"),
    ("sliding_signal", {"layer": "aps"}, "choose one of 'bare stride', 'max pool', 'blur pool'"),
]


@pytest.mark.parametrize(("name", "arguments", "message"), BAD)
def test_bad_input_is_refused_in_words(name, arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        getattr(figures, name)(**arguments)


def test_words_are_not_numbers():
    with pytest.raises(TypeError, match="frequency must be real numbers"):
        figures.sampler(frequency="high")


# --------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(("frequency", "rate"), [(7, 10), (12.5, 10), (19.9, 4)])
def test_the_sampler_names_the_alias(frequency, rate):
    alt = figures.sampler(frequency, rate).alt
    assert (
        f"above the limit of {rate / 2:.1f} Hz: it comes back as {alias_frequency(frequency, rate):.1f} Hz"
        in alt
    )


def test_the_sampler_says_when_nothing_is_lost_or_all_may_be():
    assert "comes back as itself" in figures.sampler(3, 10).alt
    assert "is exactly at the limit of 5.0 Hz" in figures.sampler(5, 10).alt


@pytest.mark.parametrize(("frequency", "rate"), [(15, 10), (19.5, 13), (1.5 * 12.5, 12.5), (17.5, 7)])
def test_the_sampler_knows_the_limit_by_the_alias(frequency, rate):
    alt = figures.sampler(frequency, rate).alt
    assert f"comes back exactly at the limit of {rate / 2:.1f} Hz" in alt
    assert "lines fall on each other in pairs" in alt
    assert "in pairs" not in figures.sampler(frequency - 0.1, rate).alt


def test_the_sampler_says_that_lines_meet_at_0_too():
    assert "in pairs" in figures.sampler(0, 10).alt
    assert "in pairs" in figures.sampler(20, 10).alt


def test_the_chirp_names_the_alias():
    assert f"is heard as {alias_frequency(3000, 4000):.0f} Hz" in figures.chirp().alt
    assert "heard as it is" in figures.chirp(at=0.5).alt
    assert "exactly the limit" in figures.chirp(at=1.0).alt


def test_the_wheel_names_the_apparent_motion():
    seems = abs(signed_alias_frequency(8 * 2.75, 24) / 8)
    for rotation in (2.75, -2.75):
        assert f"turn backwards: {seems:.2f} turns a second" in figures.wagon_wheel(rotation=rotation).alt
    assert "turn as it does: 1.00 turns a second" in figures.wagon_wheel(rotation=-1).alt
    assert "turn forwards, but wrongly: 0.25 turns a second" in figures.wagon_wheel(rotation=3.25).alt
    assert "stand still" in figures.wagon_wheel(rotation=3).alt
    assert "no direction" in figures.wagon_wheel(rotation=1.5).alt
    assert "no direction" in figures.wagon_wheel(rotation=-4.5).alt
    assert "keep 0 % of their contrast" in figures.wagon_wheel(rotation=3, exposure=1).alt


@pytest.mark.parametrize("factor", [2, 4, 7])
def test_the_explorer_says_what_folds(factor):
    # a zone plate has the same power at every frequency: what folds is what lies outside the square
    alt = figures.explorer(factor=factor).alt
    assert f"Rings above {1 / (2 * factor):.3f} cycles per pixel fold back" in alt
    said = float(re.search(r"back: (\d+) % of the detail", alt)[1]) / 100
    # the bins on the square's edge, where the two kinds meet, are 4 (256 / factor) of 256^2 at most
    assert said == pytest.approx(1 - 1 / factor**2, abs=4 / (factor * 256) + 0.005)
    assert "100 % is left" in alt


def test_the_explorer_says_when_nothing_or_little_folds():
    assert "Every pixel is kept, so nothing folds; 100 % of the detail" in figures.explorer(factor=1).alt
    assert "Hardly anything above" in figures.explorer("cat", prefilter="gaussian").alt
    assert "Some frequencies above" in figures.explorer("text", 3, "gaussian").alt
    alt = figures.explorer(prefilter="gaussian", strength=1.5).alt
    assert "after a Gaussian prefilter, 1.50 times as wide as usual," in alt


WORDS = {
    "CV 1.584: 6 of 16 columns get less than half of their share, 4 of them negative weight": {},
    "CV 2.055: 9 of 16 columns get nothing: 81 % of the pixels have no say.": {"mode": "nearest"},
    "CV 1.139: 6 of 16 columns get less than half of their share, 2 of them nothing: 23 % of": {
        "mode": "bilinear"
    },
    "20 of them nothing, 14 negative weight: 66 % of the pixels have no say.": {"source": 48},
    "8 of 16 columns get negative weight; the most used gets 2.38 times": {"destination": 4},
    "CV 0.114: every column gets 83 to 112 % of its share, furthest from it at the edge, where": {
        "antialias": True
    },
    "CV 0.534: every column gets 57 to 152 % of its share, furthest from it at column 2.": {"mode": "area"},
    "CV 0.000: nothing is shrunk": {"destination": 16},
    "the one output pixel is their mean": {"destination": 1, "mode": "area"},
    # cos(0.375 pi), the gain of a box of two pixels
    "a wave of 0.375 cycles per pixel still folds, onto 0.125, with 38 % of its height": {
        "destination": 8,
        "mode": "bilinear",
    },
}


@pytest.mark.parametrize(("words", "arguments"), WORDS.items(), ids=str)
def test_the_gradient_maps_say_what_to_notice(words, arguments):
    assert words in figures.gradient_maps(**arguments).alt


def test_the_gradient_maps_count_columns():
    rows = interpolation_matrix(16, 7, "bicubic")
    shares = rows.sum(axis=0) / (7 / 16)
    found = maps_module.share_counts(shares)
    assert (found.none, found.negative, found.under) == (0, 4, 6)
    assert (found.low, found.high) == (shares.min(), shares.max())
    assert found.furthest == 4  # a third below nothing
    assert interpolate_cv(16, 7, "bicubic") == pytest.approx(1.584, abs=5e-4)


def test_a_wave_of_unlike_phase_has_the_gain_said():
    rows = interpolation_matrix(16, 8, "bicubic")
    f, phase = 0.375, np.linspace(0, 2 * np.pi, 721)
    waves = np.cos(2 * np.pi * f * np.arange(16)[:, None] + phase)
    # the largest value over the phases, half a degree apart: 1 - cos(0.25 degrees) = 1e-5
    assert (rows[4] @ waves).max() == pytest.approx(maps_module.kernel_gain(rows[4], f), abs=1e-5)


def test_the_colours_of_shares_differ_and_meet_at_a_fair_one():
    none, little, half, fair, twice, negative = maps_module.share_colours(
        np.array([0, 0.01, 0.5, 1, 2, -0.01])
    )
    assert np.ptp(fair) < 0.05  # grey
    # blue and orange, which all readers can tell apart
    assert half[2] > half[0]
    assert twice[0] > twice[2]
    # as far from grey on either side
    for shade, end in ((half, "samples"), (twice, "alias")):
        np.testing.assert_allclose(shade, fair + 0.5**0.8 * (np.array(to_rgb(figures.PALETTE[end])) - fair))
    # no use at all is darker than next to none
    assert none.sum() < little.sum() - 0.3
    np.testing.assert_allclose(negative, to_rgb(figures.PALETTE["second"]))


# -------------------------------------------------------------------------------- static image

OTHER = {
    "sampler": {"frequency": 3.0},
    "chirp": {"at": 0.0},
    "wagon_wheel": {"exposure": 0.6},
    "explorer": {"factor": 5},
    "gradient_maps": {"destination": 8},
    "sliding_signal": {"layer": "polyphase"},
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_static_image_is_the_same_every_time_and_follows_the_state(name):
    make = getattr(figures, name)
    first = make().static().svg()
    assert make().static().svg() == first
    assert make(**OTHER[name]).static().svg() != first


@pytest.mark.parametrize("name", FIGURES)
def test_the_book_gets_a_description_and_an_image(name, monkeypatch):
    monkeypatch.setenv("ALIASLAB_FIGURES", "static")
    figure = getattr(figures, name)()
    bundle = figure._repr_mimebundle_()
    described = json.loads(json.dumps(bundle["application/vnd.aliaslab.figure+json"]))
    assert {"alt": figure.alt, "figure": name, "state": figure.state}.items() <= described.items()
    assert figure.static().svg() in (described.get("svg"), bundle.get("image/svg+xml"))


@pytest.mark.parametrize("name", FIGURES)
def test_the_lab_gets_a_live_widget(name, monkeypatch):
    pytest.importorskip("anywidget")
    monkeypatch.delenv("ALIASLAB_FIGURES", raising=False)
    figure = getattr(figures, name)()
    assert {key: getattr(figure.widget, key) for key in figure.state} == figure.state
    assert {key for key in figure.state if figure.widget.trait_metadata(key, "sync")} == set(figure.state)
    assert figure.widget._esm == module_source(name)
    bundle = figure._repr_mimebundle_()
    data = bundle[0] if isinstance(bundle, tuple) else bundle
    assert "application/vnd.jupyter.widget-view+json" in data


@pytest.mark.parametrize("mode", maps_module.MODES)
@pytest.mark.parametrize("destination", [1, 13, 48])
def test_the_static_gradient_maps_show_the_sums_and_mark_the_cv(mode, destination):
    figure = figures.gradient_maps(48, destination, mode).static()._figure
    figure.canvas.draw()
    square, kernels, sums, cv = figure.axes
    rows = interpolation_matrix(48, destination, mode)
    np.testing.assert_allclose([bar.get_height() for bar in sums.patches], rows.sum(axis=0))
    assert len(kernels.lines) == destination
    assert square.images[0].get_array().shape == (48, 48, 3)
    (x,), (y,) = cv.lines[-1].get_data()
    assert (x, y) == (destination, interpolate_cv(48, destination, mode))
    assert len(cv.lines) == (3 if mode in ("bilinear", "bicubic") else 2)
    boxes = [text.get_window_extent() for text in cv.get_yticklabels()]
    assert not any(low.overlaps(high) for low, high in itertools.pairwise(boxes))


@pytest.mark.parametrize("factor", [1, 3, 4, 5, 12])
def test_the_static_explorer_says_how_far_its_spectra_reach(factor):
    figure = figures.explorer(factor=factor).static()._figure
    figure.canvas.draw()
    for axis, reach in zip(figure.axes[1:], (0.5, 0.5 / factor), strict=True):
        low, high = sorted(axis.get_xlim())
        assert all(low <= at <= high for at in axis.get_xticks())
        assert [text.get_text() for text in axis.get_xticklabels()][1:] == ["0", f"{reach:.3g}"]


# --------------------------------------------------------------------------------- the shutter


@pytest.mark.parametrize("span", [0.1, -0.5, 0.6, 1.7])
def test_an_exposure_dims_the_spokes_as_a_box_filter_does(span):
    # Midpoints of n intervals.  The edges of a spoke a quarter wide fall between them, so the sharp
    # wheel is right to pi^2 / 6 n^2; the corners of the blurred one cost at most 1 / n^2 each.
    n = 4000
    x = (np.arange(n) + 0.5) / n
    fundamental = np.exp(-2j * np.pi * x) / n
    sharp, blurred = (abs(wheel_module.spoke_coverage(x, 0.25, s) @ fundamental) for s in (0, span))
    assert blurred / sharp == pytest.approx(abs(float(box_response(1, abs(span)))), abs=10 / n**2)


@pytest.mark.parametrize("span", [1, -1, 2])
def test_spokes_vanish_when_a_whole_number_pass_during_the_exposure(span):
    coverage = wheel_module.spoke_coverage(np.linspace(-1, 1, 201), 0.3, span)
    np.testing.assert_allclose(coverage, 0.3, atol=1e-12)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ((8, 2.75, 24), 3),
        ((8, -2.75, 24), -3),
        ((8, 0.2, 24), 3),
        ((2, 6, 60), 0),
        ((16, 5.9, 6), 6),
        ((8, 0, 24), 3),
    ],
)
def test_the_speed_that_stands_still(case, expected):
    assert wheel_module.still_rotation(*case) == pytest.approx(expected)
