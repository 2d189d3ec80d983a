"""Responses against closed forms, ghosts against responses, and the audit's order and verdicts."""

from __future__ import annotations

import numpy as np
import pytest
from resample.needs import need

from aliaslab import alias_limit_db, audit, downsample, ghost_energy, instead_of, resampler_response, resize
from aliaslab.resample.families import FAMILIES
from aliaslab.resample.responses import edge_ringing

ORDER = [
    "pillow-lanczos",
    "torch-bilinear-aa",
    "torch-bicubic-aa",
    "skimage-aa",
    "opencv-area",
    "torch-bilinear",
    "torch-bicubic",
    "opencv-lanczos4",
    "decimate",
]
"""Least alias power first, at 256 to 64."""


@pytest.mark.parametrize(
    ("method", "factor", "gain"),
    [
        ("decimate", 4, lambda f: np.ones_like(f)),
        ("pillow-box", 4, lambda f: np.sin(4 * np.pi * f) / (4 * np.sin(np.pi * f))),
        ("opencv-area", 5, lambda f: np.sin(5 * np.pi * f) / (5 * np.sin(np.pi * f))),
        ("torch-bilinear", 4, lambda f: np.cos(np.pi * f)),
        ("torch-bilinear-aa", 2, lambda f: np.cos(np.pi * f) ** 3),
    ],
)
def test_gain_in_closed_form(method, factor, gain):
    need(method)
    found = resampler_response(method, factor)
    # float32 sums of at most 10 terms
    np.testing.assert_allclose(found.gain, abs(gain(found.frequency)), atol=1e-6)
    np.testing.assert_allclose(abs(found.aligned), found.gain, atol=1e-6)
    np.testing.assert_array_equal(found.folds, found.frequency > 0.5 / factor)


def test_alias_power_of_the_box_in_closed_form():
    # mean of cos^2(pi f) over 1/4 < f < 1/2
    assert resampler_response("pillow-box", 2).alias_db == pytest.approx(
        10 * np.log10(0.5 - 1 / np.pi), abs=2e-3
    )
    assert resampler_response("pillow-box", 2).passband_db == pytest.approx(
        -10 * np.log10(0.5 + 1 / np.pi), abs=2e-3
    )


def test_every_frequency_lands_where_a_fourier_transform_finds_it():
    found = resampler_response("decimate", 4)
    for k in (3, 40, 100, 200):
        f = round(found.frequency[k] * 1024) / 1024
        small = resize(np.cos(2 * np.pi * f * np.arange(1024))[None].repeat(4, 0), (1, 256), "decimate")[0]
        peak = np.argmax(abs(np.fft.rfft(small))) / 256
        # half a bin of each transform
        assert peak == pytest.approx(found.lands[k], abs=4 / 1024 + 1e-9)


def test_at_other_factors_a_part_goes_astray():
    need("torch-bilinear")
    whole, other = resampler_response("torch-bilinear", 3), resampler_response("torch-bilinear", 2.5)
    assert np.max(whole.gain - abs(whole.aligned)) < 1e-6
    assert np.max(other.gain - abs(other.aligned)) > 0.1


@pytest.mark.parametrize("size", [(64, 16), (65, 16), (96, 32), (100, 36)])
@pytest.mark.parametrize("family", FAMILIES)
def test_libraries_do_what_their_formulas_say(family, size):
    src, dst = size
    matrix, names = FAMILIES[family]
    expected = matrix(src, dst)
    for name in names:
        need(name)
        found = resize(np.tile(np.eye(src), (4, 1, 1)), (4, dst), name)[2]
        # kernels evaluated in float32; OpenCV's Lanczos in a table of 1/32 pixel in older versions
        np.testing.assert_allclose(found[4:-4], expected[4:-4], atol=2e-5, err_msg=name)


def test_the_audit_ranks_by_alias_power():
    need(*ORDER)
    table = audit([4], reversed(ORDER))
    assert list(table.columns) == ["method", "factor", "alias_db", "passband_db", "ringing", "ms", "verdict"]
    assert list(table.method) == ORDER
    assert np.all(np.diff(table.alias_db) > 0.5)
    assert list(table.verdict) == ["use"] * 4 + ["tolerable"] + ["ban"] * 4
    assert set(table.attrs["advice"]) == set(ORDER[5:])
    assert "antialias=True" in table.attrs["advice"]["torch-bilinear"]
    assert instead_of("opencv-linear").startswith("opencv-area")


@pytest.mark.parametrize("factor", [2, 4, 8])
def test_linear_is_banned_at_every_factor_and_area_at_none(factor):
    need("torch-bilinear", "opencv-area", "skimage-aa")
    verdicts = audit([factor], ["torch-bilinear", "opencv-area", "skimage-aa"]).set_index("method").verdict
    assert verdicts["torch-bilinear"] == "ban"
    assert {verdicts["opencv-area"], verdicts["skimage-aa"]} <= {"use", "tolerable"}


def test_ringing_is_the_overshoot():
    assert edge_ringing(lambda x, s: resize(x, s, "pillow-box"), 4) == 0
    need("torch-bicubic")
    # at 4x the cubic's taps at +-0.5 and +-1.5 with a = -3/4: -3/32, 19/32, 19/32, -3/32
    assert edge_ringing(lambda x, s: resize(x, s, "torch-bicubic"), 4) == pytest.approx(3 / 32, abs=1e-6)


def test_ghosts_agree_with_the_responses():
    # separable: the power of an oblique wave is the product of two gains, averaged outside the square
    for name in ("pillow-box", "decimate", "pillow-bilinear"):
        found = resampler_response(name, 4)
        inner, outer = (np.mean(found.gain[mask] ** 2) for mask in (~found.folds, found.folds))
        whole = inner / 4 + outer * 3 / 4
        expected = 10 * np.log10((whole**2 - (inner / 4) ** 2) / (1 - 1 / 16))
        # the plate's frequency is only local: its border with the square is not sharp
        assert ghost_energy(name, 4) == pytest.approx(expected, abs=0.3)
    assert ghost_energy(lambda x: x[::4, ::4], 4) == pytest.approx(ghost_energy("decimate", 4), abs=0.1)


def test_pictures_are_judged_by_what_folds():
    rows = np.arange(64)[:, None] + 0.5
    slow, fast = (np.cos(np.pi * k * rows / 64) * np.ones((1, 64)) for k in (20, 40))
    table = audit([2], ["decimate"], {"slow": slow, "both": slow + fast})
    assert table["alias_db: slow"][0] < -150
    share = np.var(downsample(fast, 2, "decimate")) / np.var(downsample(slow + fast, 2, "decimate"))
    assert share == pytest.approx(0.5, abs=0.05)
    assert table["alias_db: both"][0] == pytest.approx(10 * np.log10(share), abs=1e-5)


def test_one_limit_for_every_factor():
    # folded power, (s - 1) times the mean gain, of a box: between -7.4 and -6.3 dB from 2x on
    for factor in (2, 3, 4, 8, 16):
        margin = alias_limit_db(factor) - resampler_response("pillow-box", factor).alias_db
        assert 1.3 < margin < 2.5
    assert resampler_response("kaiser", 6).alias_db < alias_limit_db(6, -10)


def test_progress_is_told():
    told = []
    audit([2, 3], ["decimate", "pillow-box"], progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: audit([1]), "factors must be above 1"),
        (lambda: audit([0]), "factor must be 1 or more, got 0"),
        (lambda: audit(methods=["decimat"]), "did you mean 'decimate'"),
        (lambda: audit(methods=["decimate"], images=[np.ones((0, 4))]), "'image 0' must be .* not empty"),
        (lambda: audit(methods=["decimate"], images=[np.ones((9, 9))]), "too small for factor 8"),
        (lambda: resampler_response("decimate", 1), "factor must be above 1"),
        (lambda: resampler_response("decimate", 2, points=0), "points must be"),
        (lambda: ghost_energy("decimate", 100), "at least 8 factor pixels"),
        (lambda: ghost_energy(lambda x: x, 4), r"returned shape \(512, 512\) .* wanted \(128, 128\)"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_strips_measure_what_whole_pictures_give():
    # the audit sends waves through strips of four rows; a square picture must give the same
    found = resampler_response("pillow-bicubic", 4)
    x = np.arange(256)
    for k in (20, 70, 150):
        both = [
            downsample(np.tile(part(2 * np.pi * found.frequency[k] * x), (256, 1)), 4, "pillow-bicubic")
            for part in (np.cos, np.sin)
        ]
        power = np.mean(both[0][:, 8:-8] ** 2 + both[1][:, 8:-8] ** 2)
        assert np.sqrt(power) == pytest.approx(found.gain[k], abs=1e-5)
