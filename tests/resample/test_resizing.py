"""One call over every resize: types, laws, identities between libraries, and clear errors."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from resample.needs import need

from aliaslab import MissingMethodError, downsample, methods, resize
from aliaslab.resample import backends

EPS = float(np.finfo(np.float32).eps)
CORNER = {"torch-nearest", "opencv-nearest", "kornia-nearest"}
"""These take the upper left pixel of a cell, as their libraries mean it; ``methods()`` notes it."""


def picture(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random(shape, dtype=np.float32)


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "uint8", "uint16"])
@pytest.mark.parametrize("shape", [(24, 32), (24, 32, 3), (24, 32, 4), (24, 32, 6)])
def test_arrays_come_back_as_they_went(method, dtype, shape):
    image = (picture(*shape) * 200).astype(dtype)
    small = downsample(image, 4, method)
    assert type(small) is np.ndarray
    assert (small.shape, small.dtype) == ((6, 8, *shape[2:]), image.dtype)
    if image.ndim == 3:
        # channels do not mix; one unit in the last place of uint8 for libraries' colour shortcuts
        alone = downsample(image[..., 1], 4, method).astype(float)
        np.testing.assert_allclose(small[..., 1], alone, atol=1 if dtype.startswith("u") else 200 * 2e-3)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", "float16", "uint8"])
@pytest.mark.parametrize("shape", [(24, 32), (3, 24, 32), (2, 3, 24, 32)])
def test_tensors_come_back_as_they_went(method, dtype, shape):
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    image = (torch.from_numpy(picture(*shape)) * 200).to(getattr(torch, dtype))
    small = resize(image, (6, 8), method)
    assert isinstance(small, torch.Tensor)
    assert (small.shape, small.dtype) == ((*shape[:-2], 6, 8), image.dtype)
    if dtype == "float32":
        plane = image.reshape(-1, 24, 32)[-1].numpy()
        expected = resize(plane, (6, 8), method)
        np.testing.assert_allclose(small.reshape(-1, 6, 8)[-1], expected, atol=200 * 64 * EPS)


@settings(max_examples=5, deadline=None)
@given(value=st.floats(-100, 100, width=32), height=st.integers(8, 40), width=st.integers(8, 40))
@pytest.mark.parametrize("factor", [1, 2, 2.7])
def test_a_constant_stays_constant(method, factor, value, height, width):
    small = downsample(np.full((height, width), value, np.float32), factor, method)
    # weights sum to 1 within a rounding each; spline prefilters add their recursion's
    np.testing.assert_allclose(small, value, atol=100 * EPS * max(abs(value), 1e-6))


def test_uint8_agrees_with_float(method):
    levels = np.random.default_rng(1).integers(64, 192, (36, 48), dtype=np.uint8)
    fine = downsample(levels.astype(np.float32), 3, method)
    # two passes, each rounded to a level, the second of which may amplify the first's by up to 1.5
    assert np.max(np.abs(downsample(levels, 3, method) - fine)) <= 1.5 * 0.5 + 0.5 + 0.1


@pytest.mark.parametrize("dtype", ["uint8", "int16"])
def test_integers_that_a_library_does_not_take_are_rounded_and_clipped(dtype):
    limits = np.iinfo(dtype)
    steps = np.where(np.arange(40) % 13 < 6, limits.min, limits.max).astype(dtype) * np.ones((40, 1), dtype)
    fine = downsample(steps.astype(np.float32), 3, "kaiser")
    assert fine.max() > limits.max, "the sinc should overshoot"
    expected = np.clip(np.rint(fine), limits.min, limits.max)
    np.testing.assert_array_equal(downsample(steps, 3, "kaiser"), expected)


def test_linear(method):
    a, b = picture(24, 33), picture(24, 33, seed=1)
    together = resize(2 * a - 3 * b, (8, 11), method)
    apart = 2 * resize(a, (8, 11), method) - 3 * resize(b, (8, 11), method)
    np.testing.assert_allclose(together, apart, atol=100 * EPS * 5)


def test_flips_commute_where_pixel_centres_are_kept(method):
    # at 3x the centres fall on pixels, so that nearest has nothing to choose
    image = picture(27, 36)
    flipped = downsample(image[::-1, ::-1], 3, method)[::-1, ::-1]
    same = np.allclose(downsample(image, 3, method), flipped, atol=100 * EPS)
    assert same == (method not in CORNER)


def test_equal_size_changes_nothing_but_under_the_gaussian(method):
    image = picture(12, 16)
    same = np.allclose(downsample(image, 1, method), image, rtol=0, atol=100 * EPS)
    assert same == (method != "gaussian")  # which blurs at any size


@pytest.mark.parametrize(
    ("one", "other", "factor"),
    [
        ("pillow-bilinear", "torch-bilinear-aa", 4),
        ("pillow-bicubic", "torch-bicubic-aa", 4),
        ("pillow-lanczos", "torch-lanczos-aa", 4),
        ("pillow-bicubic", "torch-bicubic-aa", 3.3),
        ("pillow-box", "torch-area", 4),
        ("pillow-box", "opencv-area", 4),
        ("opencv-linear", "torch-bilinear", 3.3),
        ("opencv-cubic", "torch-bicubic", 3.3),
        ("scipy-zoom-order1", "torch-bilinear", 4),
        ("skimage-order3", "scipy-zoom", 4),
        ("kornia-bilinear", "torch-bilinear", 3.3),
        ("torch-bilinear", "opencv-area", 2),
    ],
)
def test_identities_between_libraries(one, other, factor):
    need(one, other)
    image = picture(66, 99)
    if factor == int(factor):
        image = image[:64, :96]
    a, b = downsample(image, factor, one), downsample(image, factor, other)
    inside = (slice(4, -4),) * 2
    # elsewhere than at whole factors the positions, up to 99, are rounded in float32
    atol = 1e-6 if factor == int(factor) else 99 * EPS
    np.testing.assert_allclose(a[inside], b[inside], atol=atol)


def test_two_times_smaller_bilinear_antialias_is_1331():
    need("torch-bilinear-aa")
    row = picture(1, 32)
    small = resize(np.repeat(row, 8, 0), (4, 16), "torch-bilinear-aa")[2]
    expected = np.convolve(row[0], np.array([1, 3, 3, 1]) / 8, "valid")[1::2]
    np.testing.assert_allclose(small[1:-1], expected[:14], atol=4 * EPS)


def test_decimation_takes_the_pixel_at_the_centre():
    assert downsample(np.arange(9.0)[None].repeat(9, 0), 3, "decimate")[0].tolist() == [1, 4, 7]
    assert downsample(np.arange(8.0)[None].repeat(8, 0), 4, "decimate")[0].tolist() == [2, 6]


def test_gradients_flow_through_torch_only():
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    ones = torch.ones(1, 1, 8, 8, requires_grad=True)
    resize(ones, 4, "torch-bilinear-aa").sum().backward()
    assert float(ones.grad.sum()) == pytest.approx(16, rel=64 * EPS)
    with pytest.raises(ValueError, match=r"'pillow-box' cannot carry gradients; give it image.detach\(\)"):
        resize(ones, 4, "pillow-box")


def test_methods_lists_everything_with_the_reason_where_absent():
    table = methods()
    assert {"decimate", "torch-bicubic", "torch-bicubic-aa", "pillow-lanczos", "opencv-area"} <= set(
        table.method
    )
    assert ((table.reason == "") == table.available).all()
    assert table.set_index("method").loc[["decimate", "gaussian", "kaiser"], "available"].all()
    assert set(table.loc[table.note.str.contains("upper left"), "method"]) == CORNER


def test_a_library_that_breaks_on_import_is_absent_with_the_reason(tmp_path, monkeypatch):
    (tmp_path / "brokenlib.py").write_text("raise RuntimeError('operator nms does not exist')")
    (tmp_path / "halflib.py").write_text("import not_there_at_all")
    monkeypatch.syspath_prepend(tmp_path)
    assert backends.load("brokenlib") == (
        None,
        "brokenlib cannot be imported: RuntimeError: operator nms does not exist",
    )
    assert "halflib cannot be imported: No module named 'not_there_at_all'" in backends.load("halflib")[1]
    assert backends.load("nolib.part")[1] == "nolib is not installed: pip install nolib"


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("cv2", "opencv-python-headless"),
        ("skimage.transform", "scikit-image"),
        ("PIL.Image", "pillow"),
        ("kornia.geometry", "kornia"),
    ],
)
def test_what_to_install_is_named_as_pip_knows_it(monkeypatch, module, package):
    top = module.partition(".")[0]
    for loaded in [name for name in sys.modules if name == top or name.startswith(top + ".")]:
        monkeypatch.delitem(sys.modules, loaded)

    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name == top:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    monkeypatch.setattr(sys, "meta_path", [Absent(), *sys.meta_path])
    uncached = backends.load.__wrapped__
    assert uncached(module) == (None, f"{package} is not installed: pip install {package}")


def test_an_absent_method_says_why(monkeypatch):
    monkeypatch.setattr(backends, "absence", lambda name: "it is not installed")
    with pytest.raises(MissingMethodError, match="'opencv-area' is not available here: it is not installed"):
        downsample(picture(8, 8), 2, "opencv-area")


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda x: downsample(x, 0), ValueError, "factor must be 1 or more, got 0"),
        (lambda x: downsample(x, 0.5), ValueError, "factor must be 1 or more, got 0.5"),
        (lambda x: downsample(x, float("nan")), ValueError, "factor must be 1 or more"),
        (lambda x: downsample(x, "4"), TypeError, "factor must be a number"),
        (lambda x: downsample(x, 2, "torch-bilinaer"), ValueError, "did you mean 'torch-bilinear'"),
        (lambda x: downsample(x * np.nan, 2), ValueError, "image must be finite, got 64 NaN"),
        (lambda x: downsample(x[:0], 2), ValueError, r"none of it empty; got shape \(0, 8\)"),
        (lambda x: downsample(x[0], 2), ValueError, r"got shape \(8,\)"),
        (lambda x: downsample(x > 0, 2), TypeError, "got bool; convert it"),
        (lambda x: downsample("cat.png", 2), TypeError, "convert it"),
        (lambda x: resize(x, 0), ValueError, "size must be 1 pixel or more"),
        (lambda x: resize(x, (4, 4, 3)), TypeError, r"\(height, width\) pair"),
        (lambda x: resize(x, 2.5), TypeError, "size must be a whole number"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call(picture(8, 8))


def test_bad_tensors():
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    with pytest.raises(ValueError, match="1 NaN or infinite"):
        downsample(torch.tensor([[1.0, float("inf")], [0, 0]]), 2, "decimate")
    with pytest.raises(TypeError, match="got bool"):
        downsample(torch.ones(4, 4, dtype=torch.bool), 2, "decimate")
    with pytest.raises(ValueError, match="got shape"):
        downsample(torch.ones(1, 1, 1, 4, 4), 2, "decimate")
