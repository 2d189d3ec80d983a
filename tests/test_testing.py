"""The guard: what it passes, what it fails, what it says, and what it cannot judge."""

from __future__ import annotations

import re

import numpy as np
import pytest
from resample.needs import need

from aliaslab import downsample, resampler_response, resize
from aliaslab.testing import assert_alias_free as guard
from aliaslab.testing import check_resize

pytest_plugins = ["pytester"]

CLEAN = [
    "torch-bilinear-aa", "torch-bicubic-aa", "pillow-box", "pillow-bilinear", "pillow-bicubic",
    "pillow-lanczos", "opencv-area", "torch-area", "skimage-aa", "gaussian", "kaiser",
]  # fmt: skip
DIRTY = {
    "decimate": "bare decimation",
    "torch-nearest": "bare decimation",
    "opencv-nearest": "bare decimation",
    "torch-bilinear": "torch bilinear without antialias",
    "opencv-linear": "torch bilinear without antialias",
    "torch-bicubic": "torch bicubic without antialias",
    "opencv-cubic": "torch bicubic without antialias",
    "opencv-lanczos4": "OpenCV LANCZOS4",
    "scipy-zoom": "SciPy zoom",
}
PICTURES = [("uint8", 0), ("float32", 3)]


@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("name", CLEAN)
def test_passes_what_prefilters(name, factor):
    need(name)
    for dtype, channels in PICTURES if factor < 8 else PICTURES[:1]:
        guard(lambda x: downsample(x, factor, name), factor, dtype=dtype, channels=channels)


@pytest.mark.parametrize("factor", [2, 4, 8])
@pytest.mark.parametrize("name", DIRTY)
def test_fails_what_does_not_and_names_it(name, factor):
    need(name)
    for dtype, channels in PICTURES if factor < 8 else PICTURES[:1]:
        with pytest.raises(AssertionError) as caught:
            guard(lambda x: downsample(x, factor, name), factor, dtype=dtype, channels=channels)
        said = str(caught.value)
        assert f"behaves like {DIRTY[name]}" in said
        assert re.search(
            rf"alias power -?\d+\.\d dB at factor {factor}, above the limit of -\d+\.\d dB", said
        )


def test_a_thumbnailer_of_one_size_is_found_out():
    image = pytest.importorskip("PIL.Image", reason="Pillow is missing: pip install pillow")

    def thumbnail(picture):
        return np.asarray(image.fromarray(picture).resize((48, 32)))

    found = check_resize(thumbnail, 3)
    assert found.passed
    assert found.probes == (((96, 144), (32, 48)), ((97, 145), (32, 48)))


def test_measures_what_the_audit_measures():
    name, factor = "pillow-bicubic", 4
    exact = check_resize(lambda x: downsample(x[:256, :256], factor, name), factor)
    fine = resampler_response(name, factor).alias_db
    # the guard takes 12 frequencies where the response takes 192
    assert exact.alias_db == pytest.approx(fine, abs=1)
    assert exact.likeness < 1e-3
    assert "Pillow bicubic" in exact.behaves_like


def test_the_range_and_scale_of_the_output_do_not_matter():
    need("pillow-bicubic")
    plain = check_resize(lambda x: downsample(x, 4, "pillow-bicubic"), 4)
    scaled = check_resize(lambda x: 7 - 255 * downsample(x, 4, "pillow-bicubic"), 4)
    assert scaled.alias_db == pytest.approx(plain.alias_db, abs=0.01)


def test_one_bad_axis_is_enough():
    def half_careful(x):
        return x.reshape(x.shape[0] // 4, 4, -1).mean(1)[:, ::4]

    found = check_resize(half_careful, 4)
    assert not found.passed
    assert len(found.probes) == 1, "it takes multiples of four only"


def test_one_bad_channel_is_enough():
    def careless_with_blue(x):
        return np.stack([*np.moveaxis(downsample(x[..., :2], 4), 2, 0), x[::4, ::4, 2]], axis=2)

    assert not check_resize(careless_with_blue, 4, channels=3).passed


def test_the_dtype_that_it_takes_is_found():
    def bytes_in_colour_only(x):
        assert x.dtype == np.uint8
        assert x.ndim == 3
        return downsample(x, 4)

    assert check_resize(bytes_in_colour_only, 4).dtype == "uint8"
    assert check_resize(lambda x: downsample(x.astype(np.uint8), 4), 4).dtype == "uint8"


def test_two_times_bilinear_with_a_fixed_step_is_the_box_and_passes():
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    shrink = torch.nn.functional.interpolate

    def fixed_step(x):
        return shrink(torch.from_numpy(x)[None, None], scale_factor=0.5, mode="bilinear")[0, 0]

    image = np.random.default_rng(0).random((8, 8))
    np.testing.assert_allclose(fixed_step(image), image.reshape(4, 2, 4, 2).mean((1, 3)), rtol=1e-12)
    guard(fixed_step, 2)
    with pytest.raises(AssertionError):
        guard(lambda x: shrink(torch.from_numpy(x)[None, None], (x.shape[0] // 2, x.shape[1] // 2),
                               mode="bilinear")[0, 0], 2)  # fmt: skip


def test_the_limit_can_be_set():
    guard(lambda x: downsample(x, 4, "pillow-box"), 4, max_alias_db=-11)
    with pytest.raises(AssertionError, match=r"-11\.\d dB at factor 4, above the limit of -15\.0 dB"):
        guard(lambda x: downsample(x, 4, "pillow-box"), 4, max_alias_db=-15)


def broken(x):
    raise KeyError("nothing")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: guard("torch-bilinear"), TypeError, "resize must be a function .* wrap it in a lambda"),
        (lambda: guard(lambda x: x, 4), ValueError, r"returned shape \(256, 256\) .* wanted \(64, 64\)"),
        (lambda: guard(lambda x: downsample(x, 2), 4), ValueError, r"shape \(128, 128\).*check the factor"),
        (lambda: guard(lambda x: x[::4], 4), ValueError, r"returned shape \(64, 256\)"),
        (lambda: guard(lambda x: x[::4, ::4][None], 4), ValueError, r"wanted \(h, w\)"),
        (lambda: guard(lambda x: x[::4, ::4] * np.nan, 4), ValueError, "NaN or infinity"),
        (lambda: guard(lambda x: 0 * x[::4, ::4], 4), ValueError, "light picture comes out like a dark one"),
        (
            lambda: guard(broken),
            ValueError,
            "broken cannot be judged at factor 4: .*raised KeyError: 'nothing'",
        ),
        (lambda: guard(lambda x: resize(x, 4), 4), ValueError, "each side must be between 8"),
        (lambda: guard(lambda x: x, 1), ValueError, "factor must be above 1"),
        (lambda: guard(lambda x: x, 0), ValueError, "factor must be 1 or more, got 0"),
        (lambda: guard(lambda x: x, 4, 3), ValueError, "max_alias_db must be a number below 0"),
        (lambda: guard(lambda x: x, 4, dtype="uint9"), ValueError, "did you mean 'uint8'"),
        (lambda: guard(lambda x: x, 4, channels=-1), ValueError, "channels must be 0"),
    ],
)
def test_what_cannot_be_judged(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_plugin_gives_the_fixture(pytester):
    pytester.makepyfile("""
        def test_good(assert_alias_free):
            assert_alias_free(lambda x: x.reshape(len(x) // 4, 4, -1, 4).mean((1, 3)), factor=4)
        def test_bad(assert_alias_free):
            assert_alias_free(lambda x: x[::4, ::4], factor=4)
    """)
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*behaves like bare decimation*"])


def test_the_guard_needs_no_resize_library(pytester):
    pytester.makepyfile(
        guarded="""
        import sys
        for name in ("torch", "cv2", "skimage", "kornia", "torchvision"):
            sys.modules[name] = None
        from aliaslab.testing import check_resize
        print(check_resize(lambda x: x[::4, ::4], 4).passed)
    """
    )
    assert pytester.runpython("guarded.py").outlines == ["False"]
