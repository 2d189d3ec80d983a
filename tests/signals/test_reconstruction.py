"""Reconstruction against closed forms, SciPy, FFT interpolation and its own laws."""

import numpy as np
import pytest
import scipy.integrate
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aliaslab import kernel_response, reconstruct, reconstruction_kernel

KERNELS = ("nearest", "linear", "cubic", "lanczos", "sinc")
REACH = {"nearest": 0.5, "linear": 1, "cubic": 2, "lanczos": 3}
samples = arrays(float, st.integers(1, 24), elements=st.floats(-1, 1))
EPS = np.finfo(float).eps


@pytest.mark.parametrize("n", [1, 2, 3, 8, 9, 40, 41])
def test_periodic_sinc_gives_a_band_limited_signal_back(n):
    rng = np.random.default_rng(n)
    cycles = np.arange(-((n - 1) // 2), (n - 1) // 2 + 1)  # fewer than n / 2
    coefficients = rng.normal(size=cycles.size) + 1j * rng.normal(size=cycles.size)
    signal = lambda t: np.exp(2j * np.pi * np.multiply.outer(t, cycles)) @ coefficients
    t = rng.uniform(-3, 3, 50)
    error = reconstruct(signal(np.arange(n) / n), n, t, periodic=True) - signal(t)
    assert np.abs(error).max() < 1e-9  # the promise in the book; measured below 1e-12


@given(samples, st.sampled_from([2, 3, 5]))
def test_periodic_sinc_is_fft_interpolation(x, factor):
    t = np.arange(len(x) * factor) / factor
    # SciPy pads the spectrum with zeros, splitting the Nyquist line of an even length
    expected = scipy.signal.resample(x, len(x) * factor)
    np.testing.assert_allclose(reconstruct(x, 1, t, periodic=True), expected, atol=64 * len(x) * EPS)


@given(samples, st.sampled_from(KERNELS), st.booleans())
def test_passes_through_its_samples(x, kernel, periodic):
    rebuilt = reconstruct(x, 5.0, np.arange(len(x)) / 5.0, kernel, periodic)
    # n / 5 * 5 is off by an ulp, over which no kernel changes by more than 4 times that
    np.testing.assert_allclose(rebuilt, x, atol=8 * len(x) ** 2 * EPS)


@given(samples)
def test_linear_is_numpy_interp(x):
    t = np.linspace(0, len(x) - 1, 37)
    np.testing.assert_allclose(
        reconstruct(x, 1, t, "linear"), np.interp(t, np.arange(len(x)), x), atol=8 * EPS * len(x)
    )


def test_cubic_reproduces_parabolas_inside():
    # Keys's kernel with a = -1/2 is exact for polynomials of degree 2
    t = np.linspace(3, 12, 50)
    np.testing.assert_allclose(reconstruct(np.arange(16.0) ** 2, 1, t, "cubic"), t**2, atol=1e3 * EPS)


@given(samples, samples, st.sampled_from(KERNELS), st.booleans())
def test_linear_in_the_samples(x, y, kernel, periodic):
    n = min(len(x), len(y))
    x, y, t = x[:n], y[:n], np.linspace(-1, n, 11)
    both = reconstruct(np.stack([x, y]), 1, t, kernel, periodic)
    assert both.shape == (2, 11)
    np.testing.assert_allclose(
        reconstruct(2 * x - y, 1, t, kernel, periodic), 2 * both[0] - both[1], atol=64 * n * EPS
    )


@given(samples, st.sampled_from(KERNELS), st.integers(-30, 30))
def test_periodic_shift(x, kernel, shift):
    t = np.linspace(0, len(x), 13)
    rolled = reconstruct(np.roll(x, shift), 1, t + shift, kernel, periodic=True)
    # nearest jumps halfway, where the rounding of t + shift may choose the other side
    keep = np.abs(t % 1 - 0.5) > 1e-9
    expected = reconstruct(x, 1, t, kernel, periodic=True)
    np.testing.assert_allclose(rolled[keep], expected[keep], atol=1e-12)


@pytest.mark.parametrize("kernel", ["nearest", "linear", "cubic"])
def test_a_constant_stays_constant(kernel):
    np.testing.assert_allclose(
        reconstruct(np.ones(9), 1, np.linspace(-4, 20, 99), kernel, True), 1, atol=8 * EPS
    )


def test_nothing_outside():
    assert reconstruct([1.0, 1.0], 1, [-3, 4.2], "linear").tolist() == [0, 0]
    assert reconstruct([1.0, 1.0], 1, [-3, 4], "sinc") == pytest.approx([0, 0], abs=8 * EPS)


@pytest.mark.parametrize("kernel", REACH)
def test_kernel_response_is_the_kernels_transform(kernel):
    for f in (0, 0.1, 0.5, 1, 2.7, 40.3):
        panels = np.arange(0, REACH[kernel], 0.25)
        parts = [
            scipy.integrate.quad(
                lambda u, f=f: reconstruction_kernel(u, kernel) * np.cos(2 * np.pi * f * u),
                a,
                min(a + 0.25, REACH[kernel]),
                epsabs=1e-13,
            )[0]
            for a in panels
        ]
        assert kernel_response(f, kernel) == pytest.approx(2 * sum(parts), abs=1e-11)


def test_cubic_response_closed_form():
    # Keys 1981; see also Parker, Kenyon and Troxel 1983, for a = -1/2
    f = np.linspace(0.05, 3, 60)
    sinc = np.sinc
    expected = 3 / (np.pi * f) ** 2 * (sinc(f) ** 2 - sinc(2 * f))
    expected -= 1 / (np.pi * f) ** 2 * (3 * sinc(2 * f) ** 2 - 2 * sinc(2 * f) - sinc(4 * f))
    np.testing.assert_allclose(kernel_response(f, "cubic"), expected, atol=1e-12)


def test_sinc_response_is_ideal():
    assert kernel_response([0, 0.49, 0.5, 0.51, -3]).tolist() == [1, 1, 0.5, 0, 0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (([1.0], 1, [0], "cubik"), "unknown kernel 'cubik'; did you mean 'cubic'"),
        (([1.0], 1, [0], "spline"), "choose one of 'nearest', 'linear', 'cubic', 'lanczos', 'sinc'"),
        (([], 1, [0]), "at least one sample"),
        ((3.0, 1, [0]), "at least one sample"),
        (([1.0, np.nan], 1, [0]), "samples must be finite"),
        (([1.0], -1, [0]), "fs must be positive, got -1"),
        (([1.0], 1, [np.inf]), "t must be finite"),
    ],
)
def test_bad_values(arguments, said):
    with pytest.raises(ValueError, match=said):
        reconstruct(*arguments)


def test_shapes():
    assert reconstruct(np.ones(4), 1, 0.5).shape == ()
    assert reconstruct(np.ones((2, 3, 4)), 1, np.zeros((5, 6)), "cubic").shape == (2, 3, 5, 6)
    assert reconstruct(np.ones((2, 3, 4)), 1, np.zeros((5, 6))).shape == (2, 3, 5, 6)
    assert reconstruct(1j * np.ones(4), 1, 0.5, "linear") == 1j
