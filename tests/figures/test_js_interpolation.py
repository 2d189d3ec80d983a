"""The gradient-map explorer's JavaScript computes what ``aliaslab.resample`` does, for sizes to 64."""

from __future__ import annotations

import base64
import importlib

import numpy as np
import pytest

import aliaslab as al

maps_module = importlib.import_module("aliaslab.figures.gradient_maps_figure")

SIDES_RESIZED = np.arange(1, 65)
RESIZES = [("nearest", False), ("area", False)]
RESIZES += [(mode, antialias) for mode in ("bilinear", "bicubic") for antialias in (False, True)]


@pytest.fixture(scope="module")
def js_matrices(js_page):
    """``js_matrices(mode, antialias)``: all that do not enlarge, one after another, flat."""

    def call(mode, antialias):
        entries = js_page.evaluate(
            """async ([largest, mode, antialias]) => {
              const { eachTap } = await import("/interpolation.js");
              const [places, weights] = [[], []];
              let start = 0;
              for (let src = 1; src <= largest; src++)
                for (let dst = 1; dst <= src; dst++) {
                  eachTap(src, dst, mode, antialias, (i, j, weight) => {
                    places.push(start + i * src + j);
                    weights.push(weight);
                  });
                  start += src * dst;
                }
              const base64 = (numbers) => {
                const bytes = new Uint8Array(numbers.buffer);
                let text = "";
                for (let i = 0; i < bytes.length; i += 8192)
                  text += String.fromCharCode(...bytes.subarray(i, i + 8192));
                return btoa(text);
              };
              return [base64(Int32Array.from(places)), base64(Float64Array.from(weights))];
            }""",
            [int(SIDES_RESIZED[-1]), mode, antialias],
        )
        kinds = (np.int32, np.float64)
        places, weights = (np.frombuffer(base64.b64decode(e), k) for e, k in zip(entries, kinds, strict=True))
        return np.bincount(places, weights)

    return call


@pytest.mark.parametrize(("mode", "antialias"), RESIZES)
def test_every_matrix(js_matrices, mode, antialias):
    pairs = [(src, dst) for src in SIDES_RESIZED.tolist() for dst in range(1, src + 1)]
    expected = np.concatenate([al.interpolation_matrix(*pair, mode, antialias).ravel() for pair in pairs])
    # positions up to 64 pixels, each rounded a few times, are right to 3 * 64 * 2^-53 = 2e-14 pixels; no
    # kernel is steeper than 2 per pixel, and dividing by their sum does not double what that costs
    np.testing.assert_allclose(js_matrices(mode, antialias), expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("mode", "antialias"), RESIZES)
def test_the_matrix_and_its_sums(js, mode, antialias):
    # enlarging too; twice is a case of its own in PyTorch's nearest
    sizes = [(16, 7), (5, 1), (4, 4), (3, 9), (9, 18), (25, 50), (7, 12)]
    calls = [(*pair, mode, antialias) for pair in sizes]
    for name, over in (("interpolationMatrix", None), ("columnSums", 0)):
        for call, got in zip(calls, js(name, calls, "interpolation"), strict=True):
            matrix = al.interpolation_matrix(*call)
            expected = matrix if over is None else matrix.sum(axis=over)
            np.testing.assert_allclose(got, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("mode", "antialias"), RESIZES)
def test_the_cv_of_every_shrinking(js, mode, antialias):
    got = js("cvByDestination", [(int(src), mode, antialias) for src in SIDES_RESIZED], "interpolation")
    landscape = al.cv_landscape(SIDES_RESIZED, mode, antialias)
    for src, line in zip(SIDES_RESIZED, got, strict=True):
        np.testing.assert_allclose(line, landscape[src - 1, :src], rtol=1e-12, atol=1e-13)


def test_what_is_counted_of_columns(js):
    shares = [
        al.interpolation_matrix(src, dst, mode, antialias).sum(axis=0) * src / dst
        for mode, antialias in RESIZES
        for src in (4, 7, 16, 33, 48)
        for dst in range(1, src + 1)
    ]
    # rounding near the bounds, which each side may have done its own way
    shares += [np.array([0.5, 0.5 - 1e-12, 0.5 + 1e-12, 1e-12, -1e-12, 2.5]), np.array([0.4, 1.6 + 1e-12])]
    got = js("shareCounts", [[list(s)] for s in shares], "interpolation")
    expected = [maps_module.share_counts(s)._asdict() for s in shares]
    assert got == expected
    assert [expected[-2][kind] for kind in ("none", "negative", "under")] == [2, 0, 2]
    assert expected[-1]["furthest"] == 0


def test_the_gain_of_a_kernel(js):
    rng = np.random.default_rng(20240607)
    rows, f = rng.normal(size=(20, 16)), rng.uniform(-0.5, 0.5, 20)
    expected = [maps_module.kernel_gain(row, v) for row, v in zip(rows, f, strict=True)]
    calls = [[list(row), v] for row, v in zip(rows, f, strict=True)]
    np.testing.assert_allclose(js("kernelGain", calls, "interpolation"), expected, rtol=0, atol=1e-12)
