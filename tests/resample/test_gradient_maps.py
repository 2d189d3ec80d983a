"""Maps and CVs against autograd, closed forms and the published table."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aliaslab import (
    coefficient_of_variation,
    cv_landscape,
    frequency_response,
    interpolate_cv,
    interpolation_matrix,
    separable_cv,
    tiling_cv,
    unit_gradient_map,
)

torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
F = torch.nn.functional

# mode, antialias: CV at 16 to 7, 16 to 8, 1024 to 113, as published with the diagnosis of F.interpolate
TABLE = {
    ("nearest", False): (2.055, 1.732, 9.007),
    ("nearest-exact", False): (2.055, 1.732, 9.007),
    ("bilinear", False): (1.139, 0.000, 5.958),
    ("bicubic", False): (1.584, 0.000, 7.703),
    ("area", False): (0.534, 0.000, 0.407),
    ("bilinear", True): (0.110, 0.091, 0.033),
    ("bicubic", True): (0.114, 0.097, 0.034),
}
SCENARIOS = ((16, 7), (16, 8), (1024, 113))
every_mode = pytest.mark.parametrize(("mode", "antialias"), [*TABLE, ("lanczos", True)], ids=lambda x: str(x))
sides = st.integers(1, 24)


def interpolate(size, mode, antialias=False):
    return lambda x: F.interpolate(x, size=size, mode=mode, antialias=antialias)


def by_autograd(src, dst, mode, antialias):
    return coefficient_of_variation(unit_gradient_map(interpolate(dst, mode, antialias), src, device="cpu"))


@pytest.mark.parametrize(("options", "values"), TABLE.items(), ids=str)
def test_the_published_table_to_three_decimals(options, values):
    for (src, dst), value in zip(SCENARIOS, values, strict=True):
        assert round(interpolate_cv(src, dst, *options), 3) == value


@every_mode
@settings(deadline=None, max_examples=40)
@given(src=st.tuples(sides, sides), dst=st.tuples(sides, sides))
@example((1, 1), (1, 1))
@example((1, 7), (9, 1))
@example((12, 12), (12, 12))
@example((5, 24), (20, 3))
def test_algebra_equals_autograd(mode, antialias, src, dst):
    # to 1e-6 and not to rounding: the root of a variance that should be 0 is the root of its rounding error
    assert interpolate_cv(src, dst, mode, antialias) == pytest.approx(
        by_autograd(src, dst, mode, antialias), abs=1e-6
    )


@every_mode
def test_the_map_is_an_outer_product_of_column_sums(mode, antialias, device):
    if mode == "lanczos" and device.type != "cpu":
        pytest.skip("torch has Lanczos on the CPU only")
    found = unit_gradient_map(interpolate((7, 13), mode, antialias), (16, 10), device=device)
    rows, columns = (interpolation_matrix(a, b, mode, antialias).sum(axis=0) for a, b in ((16, 7), (10, 13)))
    # CUDA picks its nearest pixels and sums in single precision here and there
    np.testing.assert_allclose(found, np.outer(rows, columns), atol=1e-5 if device.type != "cpu" else 1e-12)


@settings(deadline=None, max_examples=60)
@given(size=st.tuples(sides, sides), small=st.tuples(sides, sides))
def test_nearest_in_closed_form(size, small):
    dst = tuple(map(min, size, small))
    # of src pixels, dst count once and the others not at all
    expected = np.sqrt(np.prod(size) / np.prod(dst) - 1)
    assert interpolate_cv(size, dst, "nearest") == pytest.approx(expected, abs=1e-7)


@pytest.mark.parametrize("factor", [2, 3, 4, 5, 8])
def test_whole_factors_in_closed_form(factor):
    """The map of the interior is the kernel laid down again and again."""
    assert tiling_cv([1], factor) == pytest.approx(np.sqrt(factor**2 - 1))
    assert tiling_cv(np.ones(factor), factor) == pytest.approx(0, abs=1e-7)
    border = 4 * factor
    for mode, antialias in TABLE:
        matrix = interpolation_matrix(16 * factor, 16, mode, antialias)
        row = np.trim_zeros(matrix[8])
        found = interpolate_cv(16 * factor, 16, mode, antialias, border=border)
        # the root of a rounding error of some 2^-52, as above
        assert found == pytest.approx(tiling_cv(row, factor), abs=1e-7), mode


@settings(deadline=None, max_examples=50)
@given(
    kernel=st.lists(st.floats(0.01, 1), min_size=1, max_size=9),
    factor=st.integers(1, 7),
    periods=st.integers(9, 12),
)
def test_tiling_by_laying_kernels_down(kernel, factor, periods):
    line = np.zeros(periods * factor)
    for i in range(periods):
        np.add.at(line, (i * factor + np.arange(len(kernel))) % len(line), kernel)
    along = coefficient_of_variation(line)
    assert tiling_cv(kernel, factor) == pytest.approx(separable_cv(along, along), abs=1e-6)


def test_a_cv_of_zero_does_not_mean_that_nothing_folds():
    """Bilinear at exactly 2: the one frequency that CV sees is gone, the others above 1/4 are not."""
    row = np.trim_zeros(interpolation_matrix(16, 8, "bilinear")[3])
    assert tiling_cv(row, 2) == pytest.approx(0, abs=1e-12)
    assert frequency_response(row, 0.3) == pytest.approx(np.cos(0.3 * np.pi))


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.floats(0, 9), min_size=2, max_size=9),
    columns=st.lists(st.floats(0, 9), min_size=2, max_size=9),
)
def test_cv_of_an_outer_product(rows, columns):
    rows, columns = np.array(rows) + 1, np.array(columns) + 1
    expected = np.outer(rows, columns).std() / np.outer(rows, columns).mean()
    parts = (coefficient_of_variation(line) for line in (rows, columns))
    assert separable_cv(*parts) == pytest.approx(expected, abs=1e-9)


@every_mode
def test_the_landscape_is_the_pairs(mode, antialias):
    sizes = [1, 2, 5, 8, 16, 17, 24]
    found = cv_landscape(sizes, mode, antialias)
    for i, src in enumerate(sizes):
        for j, dst in enumerate(sizes):
            if dst > src:
                assert np.isnan(found[i, j])
            else:
                assert found[i, j] == pytest.approx(interpolate_cv(src, dst, mode, antialias), abs=1e-7)


def test_the_landscapes_features():
    sizes = range(1, 65)
    plain, smooth = cv_landscape(sizes, "bicubic"), cv_landscape(sizes, "bicubic", True)
    assert np.nanmax(plain) > 50
    # the residue is the border's, and the border is widest at one output pixel
    assert np.nanmax(smooth) < 0.3
    halves = [plain[2 * n - 1, n - 1] for n in range(2, 33)]
    np.testing.assert_allclose(halves, 0, atol=1e-7)
    assert min(smooth[2 * n - 1, n - 1] for n in range(2, 33)) > 0.03


# --------------------------------------------------------------------- operators beyond interpolate


def test_a_strided_convolution_is_a_transposed_one_backwards(device):
    convolution = torch.nn.Conv2d(3, 5, 3, stride=2, padding=1).to(device)
    back = torch.nn.ConvTranspose2d(5, 3, 3, stride=2, padding=1, bias=False, device=device)
    back.weight = convolution.weight
    found = unit_gradient_map(convolution, (9, 11), channels=3)
    expected = back(torch.ones(1, 5, 5, 6, device=device)).sum((0, 1)).detach().cpu().numpy()
    # 45 products in single precision
    np.testing.assert_allclose(found, expected, atol=45 * 2**-24 * 9)


def test_average_pooling_leaves_out_what_does_not_fit():
    found = unit_gradient_map(torch.nn.AvgPool2d(2), 7, device="cpu")
    assert (found[:6, :6] == 0.25).all()
    assert (found[6] == 0).all()
    assert (found[:, 6] == 0).all()


def test_max_pooling_depends_on_the_image():
    image = torch.zeros(1, 1, 4, 4, dtype=torch.float64)
    image[0, 0, 1, 0] = image[0, 0, 2, 3] = 1
    found = unit_gradient_map(torch.nn.MaxPool2d(2), image)
    assert found[1, 0] == found[2, 3] == 1
    assert found.sum() == 4


@settings(deadline=None, max_examples=25)
@given(height=st.integers(4, 12), width=st.integers(4, 12), seed=st.integers(0, 99))
def test_the_map_is_the_adjoint_applied_to_ones(height, width, seed):
    """For a linear operator <A x, 1> = <x, A^T 1>, whatever x."""
    generator = torch.Generator().manual_seed(seed)
    taps = torch.randn(1, 1, 3, 3, generator=generator, dtype=torch.float64)
    grid = torch.rand(1, 6, 5, 2, generator=generator, dtype=torch.float64) * 2 - 1
    x = torch.randn(1, 1, height, width, generator=generator, dtype=torch.float64)
    for operator in (
        lambda x: F.conv2d(x, taps, stride=2),
        lambda x: F.conv_transpose2d(x, taps, stride=2),
        lambda x: F.grid_sample(x, grid, align_corners=False),
        lambda x: F.interpolate(x, scale_factor=0.6, mode="bicubic", antialias=True),
        lambda x: x[..., ::2, 1::3],
    ):
        found = unit_gradient_map(operator, (height, width), device="cpu")
        # up to 81 products of a few units
        assert (found * x[0, 0].numpy()).sum() == pytest.approx(float(operator(x).sum()), abs=1e-11)


def test_batch_and_channels_are_summed():
    image = torch.ones(2, 3, 4, 5)
    assert (unit_gradient_map(lambda x: x, image) == 6).all()
    assert (unit_gradient_map(lambda x: x.mean((2, 3)), (4, 5), channels=2, device="cpu") == 2 / 20).all()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_module_is_met_in_its_own_precision(dtype, device):
    pool = torch.nn.Conv2d(1, 1, 2, stride=2, dtype=dtype, device=device)
    assert unit_gradient_map(pool, 6).shape == (6, 6)


def test_an_input_that_is_not_used():
    weight = torch.ones(1, requires_grad=True)
    assert (unit_gradient_map(lambda x: weight * 2, 3, device="cpu") == 0).all()


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: unit_gradient_map(lambda x: x.detach(), 4), ValueError, "no gradient flows.*detach"),
        (lambda: unit_gradient_map(lambda x: x.numpy(force=True), 4), TypeError, "tensor, got ndarray"),
        (lambda: unit_gradient_map(lambda x: x > 0, 4), TypeError, "got torch.bool"),
        (lambda: unit_gradient_map(lambda x: x, 0), ValueError, "source height must be 1 pixel or more"),
        (lambda: unit_gradient_map(lambda x: x, (3, 4, 5)), ValueError, "a side or a .height, width. pair"),
        (lambda: unit_gradient_map(lambda x: x, 4, channels=0), ValueError, "channels must be 1"),
        (lambda: unit_gradient_map(lambda x: x, torch.ones(4, 4)), ValueError, r"of shape \(4, 4\)"),
        (lambda: unit_gradient_map(lambda x: x, torch.ones(1, 1, 4, 4).int()), ValueError, "torch.int32"),
        (lambda: coefficient_of_variation([1, -1]), ValueError, "the map's mean is 0"),
        (lambda: coefficient_of_variation(np.zeros((3, 3))), ValueError, "the map's mean is 0"),
        (lambda: coefficient_of_variation([1, np.nan]), ValueError, "must be finite"),
        (lambda: coefficient_of_variation(np.ones((4, 4)), border=2), ValueError, "leaves nothing"),
        (lambda: coefficient_of_variation(np.ones((4, 4)), border=-1), ValueError, "a border of -1"),
        (lambda: interpolate_cv(8, 0), ValueError, "dst height must be 1 pixel or more, got 0"),
        (lambda: interpolate_cv((8, 8, 8), 4), ValueError, "src must be a side or"),
        (lambda: interpolate_cv(8, 4, "area", True), ValueError, "'area' has no antialias"),
        (lambda: cv_landscape([4, 0]), ValueError, "each of sizes must be 1 pixel or more"),
        (lambda: cv_landscape([4], "bicubik"), ValueError, "did you mean 'bicubic'"),
        (lambda: tiling_cv([1, -1], 2), ValueError, "the kernel sums to 0"),
        (lambda: tiling_cv([1, 1], 0), ValueError, "factor must be 1 pixel or more"),
        (lambda: separable_cv(np.nan, 1), ValueError, "rows must be finite"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_the_population_deviation_and_the_border():
    assert coefficient_of_variation([1, 3]) == 0.5
    framed = np.pad(np.ones((4, 4)), 1, constant_values=9)
    assert coefficient_of_variation(framed, border=1) == 0
    assert coefficient_of_variation(-framed) < 0
