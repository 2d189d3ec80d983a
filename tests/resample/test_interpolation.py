"""The closed-form matrices are those of ``F.interpolate``, forward and backward, at every size."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from aliaslab import interpolation_matrix

torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
F = torch.nn.functional

# (mode, antialias, align_corners): everything that F.interpolate takes
OPTIONS = [
    ("nearest", False, False),
    ("nearest-exact", False, False),
    ("area", False, False),
    *((mode, antialias, corners) for mode in ("bilinear", "bicubic") for antialias in (False, True)
      for corners in (False, True)),
    ("lanczos", True, False),
]  # fmt: skip
every_option = pytest.mark.parametrize("options", OPTIONS, ids=str)

# A position (i + 1/2) src / dst is below 100 and rounded to 100 * 2^-53; a cubic's slope is at most 1.5,
# and an interior pixel of an enlargement adds up to 400 such weights.
TOLERANCE = 400 * 1.5 * 100 * 2**-53


def interpolate(x, dst, mode, antialias, corners):
    """``F.interpolate`` along the last axis of an ``(N, C, 1, W)`` tensor."""
    extra = {"align_corners": True} if corners else {}
    return F.interpolate(x, size=(1, dst), mode=mode, antialias=antialias, **extra)


def forward(src, dst, *options):
    """The matrix, by sending unit impulses through."""
    impulses = torch.eye(src, dtype=torch.float64)[None, :, None]
    return interpolate(impulses, dst, *options)[0, :, 0].T.numpy()


def backward(src, dst, *options):
    """The matrix, by pulling unit impulses back: its adjoint, transposed."""
    x = torch.ones(1, dst, 1, src, dtype=torch.float64, requires_grad=True)
    picked = interpolate(x, dst, *options)[0, :, 0].diagonal().sum()
    (gradient,) = torch.autograd.grad(picked, x)
    return gradient[0, :, 0].numpy()


@every_option
@settings(deadline=None, max_examples=60)
@given(src=st.integers(1, 100), dst=st.integers(1, 100))
@example(1, 1)
@example(1, 9)
@example(9, 1)
@example(2, 82)
@example(41, 82)
@example(64, 64)
def test_the_matrix_is_what_torch_does_in_both_directions(options, src, dst):
    found = interpolation_matrix(src, dst, *options)
    np.testing.assert_allclose(found, backward(src, dst, *options), rtol=0, atol=TOLERANCE)
    if "nearest" not in options[0]:
        np.testing.assert_allclose(found, forward(src, dst, *options), rtol=0, atol=TOLERANCE)


@pytest.mark.parametrize("mode", ["nearest", "nearest-exact"])
def test_nearest_picks_torchs_pixel_at_every_size(mode):
    """Rounded in single precision as torch does; and that matters."""
    other = 0
    for src in range(1, 100, 3):
        for dst in range(1, 100, 2):
            found = interpolation_matrix(src, dst, mode)
            np.testing.assert_array_equal(found, backward(src, dst, mode, False, False), f"{src} to {dst}")
            i = np.arange(dst)
            exact = (2 * i + 1) * src // (2 * dst) if mode == "nearest-exact" else i * src // dst
            other += not np.array_equal(found, np.eye(src)[exact])
    assert other > 0, "whole-number arithmetic would do"


@every_option
@settings(deadline=None, max_examples=30)
@given(src=st.integers(1, 60), dst=st.integers(1, 60))
def test_constants_stay_constant(options, src, dst):
    rows = interpolation_matrix(src, dst, *options).sum(axis=1)
    np.testing.assert_allclose(rows, 1, rtol=0, atol=TOLERANCE)


def test_align_corners_means_another_grid_with_antialias():
    """Without it the corner pixels' centres are pinned; with it they are not, and the far end is off."""
    centroids = lambda src, dst, antialias: (
        interpolation_matrix(src, dst, "bilinear", antialias, True) @ np.arange(src)
    )
    np.testing.assert_allclose(centroids(12, 4, False), [0, 11 / 3, 22 / 3, 11], atol=1e-12)
    # by symmetry, a whole tent has its centroid at its centre: here at (i + 1/2) (src - 1) / (dst - 1) - 1/2
    np.testing.assert_allclose(
        centroids(121, 31, True)[1:-2], 4 * (np.arange(31) + 0.5)[1:-2] - 0.5, atol=1e-12
    )
    # which puts the last one past the last pixel
    assert 4 * 30.5 - 0.5 > 120


def test_the_cubic_with_antialias_is_another_cubic():
    """a = -3/4 without, a = -1/2 with: at no shrinking, half a pixel off, -a/8 shows in the tails."""
    # from 8 to 16 pixels the kernels are not widened; output 7 lies a quarter pixel before input 4
    for antialias, a in ((False, -0.75), (True, -0.5)):
        row = interpolation_matrix(8, 16, "bicubic", antialias)[7]
        x = 1.75  # from input 5 to the output's place at 3.25
        assert row[5] == pytest.approx(a * (x**3 - 5 * x**2 + 8 * x - 4), abs=1e-12)


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ((8, 4, "bilnear"), ValueError, "did you mean 'bilinear'.*'nearest-exact'.*'area'"),
        ((8, 4, "nearest", True), ValueError, "'nearest' has no antialias.*'bilinear', 'bicubic', 'lanczos'"),
        ((8, 4, "area", True), ValueError, "'area' has no antialias"),
        ((8, 4, "lanczos"), ValueError, "only with antialias; set antialias=True"),
        ((8, 4, "area", False, True), ValueError, "'area' has no align_corners.*'bilinear', 'bicubic'"),
        ((0, 4), ValueError, "src must be 1 pixel or more, got 0"),
        ((8, -1), ValueError, "dst must be 1 pixel or more, got -1"),
        ((8, 2.5), TypeError, "dst must be a whole number of pixels, got 2.5"),
        ((True, 2), TypeError, "src must be a whole number of pixels, got True"),
    ],
)
def test_what_cannot_be_is_refused_in_words(arguments, error, words):
    with pytest.raises(error, match=words):
        interpolation_matrix(*arguments)
