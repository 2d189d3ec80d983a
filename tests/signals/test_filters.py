"""Low-pass kernels against SciPy, closed forms and their own laws."""

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import aliaslab as al

EPS = np.finfo(float).eps
KERNELS = st.one_of(
    st.floats(0.1, 40).map(al.box_kernel),
    st.integers(1, 40).map(al.box_kernel),
    st.integers(1, 40).map(al.binomial_kernel),
    st.floats(0, 12).map(al.gaussian_kernel),
    st.builds(al.lanczos_kernel, st.floats(0.2, 12), st.integers(1, 5)),
    st.builds(al.kaiser_sinc_kernel, st.integers(1, 60), st.floats(0.02, 0.48), beta=st.floats(0, 12)),
)
f = np.linspace(-1, 1, 201)


@given(KERNELS)
def test_gain_1_at_zero_and_symmetry(kernel):
    assert al.frequency_response(kernel, 0) == pytest.approx(1, abs=kernel.size * EPS * np.abs(kernel).sum())
    # built from k and -k alike; half-integer k are exact too
    np.testing.assert_allclose(kernel, kernel[::-1], rtol=0, atol=4 * EPS)
    assert al.frequency_response(kernel, f).dtype == float


@given(arrays(float, st.integers(1, 30), elements=st.floats(-2, 2)), st.floats(-1, 1))
def test_response_is_scipys(kernel, at):
    _, expected = scipy.signal.freqz(kernel, worN=[2 * np.pi * at])
    # SciPy counts the phase from the first tap
    centred = expected[0] * np.exp(2j * np.pi * at * (kernel.size - 1) / 2)
    bound = 64 * EPS * kernel.size * max(np.abs(kernel).sum(), EPS)
    # a kernel within 1e-12 of symmetric is taken as symmetric
    assert abs(al.frequency_response(kernel, at) - centred) <= bound + 1e-12 * np.abs(kernel).sum()


def test_response_shapes_and_kinds():
    assert al.frequency_response([1.0, 2.0], f.reshape(3, 67)).dtype == complex
    assert al.frequency_response([1.0, 2.0, 1.0], f.reshape(3, 67)).shape == (3, 67)
    # a wave through a one-sided kernel is delayed: gain 1, phase of half a sample from the centre
    assert al.frequency_response([0.0, 1.0], 0.25) == pytest.approx(np.exp(-1j * np.pi / 4))


@pytest.mark.parametrize("width", [1, 2, 3, 4, 8, 15])
def test_a_whole_box_averages(width):
    assert al.box_kernel(width).tolist() == [1 / width] * width
    # Dirichlet's kernel; 0 / 0 at whole frequencies is left out
    g = np.linspace(0.01, 0.99, 99)
    expected = np.sin(np.pi * g * width) / (width * np.sin(np.pi * g))
    np.testing.assert_allclose(
        al.frequency_response(al.box_kernel(width), g), expected, atol=64 * EPS * width
    )


@given(st.floats(0.1, 30).filter(lambda w: w != int(w)))
def test_a_fractional_box_is_the_overlap_with_each_sample(width):
    kernel = al.box_kernel(width)
    radius = kernel.size // 2
    assert kernel.size % 2
    k = np.arange(-radius, radius + 1)
    overlap = np.minimum(k + 0.5, width / 2) - np.maximum(k - 0.5, -width / 2)
    np.testing.assert_allclose(kernel, overlap / width, atol=32 * EPS)
    assert (kernel > 0).all()


@pytest.mark.parametrize("taps", [1, 2, 3, 5, 12])
def test_binomial(taps):
    expected = np.ones(1)
    for _ in range(taps - 1):
        expected = np.convolve(expected, [0.5, 0.5])
    np.testing.assert_array_equal(al.binomial_kernel(taps), expected)
    np.testing.assert_allclose(
        al.frequency_response(expected, f), np.cos(np.pi * f) ** (taps - 1), atol=64 * EPS
    )


@pytest.mark.parametrize("sigma", [0, 0.1, 0.2, 0.5, 1.5, 2, 6.3])
def test_gaussian_is_scipys(sigma):
    kernel = al.gaussian_kernel(sigma)
    impulse = np.zeros(101)
    impulse[50] = 1
    reach = kernel.size // 2
    expected = scipy.ndimage.gaussian_filter1d(impulse, sigma) if sigma else impulse
    np.testing.assert_allclose(kernel, expected[50 - reach : 51 + reach], atol=8 * EPS)
    assert not expected[: 50 - reach].any()


def test_gaussian_gain_is_gaussian():
    # truncation at 4 sigma leaves 2 Q(4) = 6.4e-5 of the area out; sampling folds exp(-2 (pi sigma / 2)^2)
    got = al.frequency_response(al.gaussian_kernel(2), f[np.abs(f) <= 0.5])
    np.testing.assert_allclose(got, np.exp(-2 * (np.pi * f[np.abs(f) <= 0.5] * 2) ** 2), atol=2 * 6.4e-5)


def test_sigma_rules():
    assert al.gaussian_sigma(4) == al.gaussian_sigma(4, "half") == 2
    assert al.gaussian_sigma(4, "skimage") == 1.5
    assert al.gaussian_sigma(1, "skimage") == 0
    # scikit-image shrinks with this sigma when left to itself
    transform = pytest.importorskip("skimage.transform")
    image = np.random.default_rng(0).random((40, 40))
    options = {"anti_aliasing": True, "mode": "reflect"}
    own = transform.resize(image, (10, 10), **options)
    ours = transform.resize(image, (10, 10), anti_aliasing_sigma=al.gaussian_sigma(4, "skimage"), **options)
    assert np.array_equal(own, ours)


@pytest.mark.parametrize("lobes", [1, 2, 3, 5])
@pytest.mark.parametrize("factor", [0.5, 1, 1.5, 2, 4, 7.3])
def test_lanczos_formula(factor, lobes):
    kernel = al.lanczos_kernel(factor, lobes)
    assert kernel.size % 2
    k = np.arange(-100, 101)
    full = np.where(np.abs(k) < lobes * factor, np.sinc(k / factor) * np.sinc(k / (lobes * factor)), 0)
    reach = kernel.size // 2
    np.testing.assert_allclose(kernel, full[100 - reach : 101 + reach] / full.sum(), atol=8 * EPS)
    assert not full[: 100 - reach].any()


def test_lanczos_is_the_reconstruction_kernel_stretched():
    k = np.arange(-11, 12)
    stretched = al.reconstruction_kernel(k / 4, "lanczos")
    np.testing.assert_allclose(al.lanczos_kernel(4), stretched / stretched.sum(), atol=8 * EPS)


@pytest.mark.parametrize("taps", [1, 2, 6, 12, 24, 61])
@pytest.mark.parametrize("width", [0.01, 0.08, 0.2])
def test_kaiser_is_firwin(taps, width):
    expected = scipy.signal.firwin(taps, 0.125, width=width, fs=1)
    np.testing.assert_allclose(al.kaiser_sinc_kernel(taps, 0.125, width=width), expected, atol=1e3 * EPS)


@pytest.mark.parametrize("beta", [0, 5, 8.6])
def test_kaiser_by_beta(beta):
    expected = scipy.signal.firwin(31, 0.2, window=("kaiser", beta), fs=1)
    np.testing.assert_allclose(al.kaiser_sinc_kernel(31, 0.2, beta=beta), expected, atol=1e3 * EPS)


def test_kaiser_keeps_what_it_promises():
    kernel = al.kaiser_sinc_kernel(41, 0.125, width=0.08)
    attenuation = 2.285 * 40 * 2 * np.pi * 0.08 + 7.95
    beyond = al.frequency_response(kernel, np.linspace(0.125 + 0.04, 0.5, 400))
    # Kaiser's formula is empirical, right to about a decibel and a half
    assert 20 * np.log10(np.abs(beyond).max()) < -attenuation + 1.5
    assert al.frequency_response(kernel, 0.125) == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: al.box_kernel(0), "width must be positive, got 0; give the number of samples"),
        (lambda: al.box_kernel([2, 3]), "width must be a single number"),
        (lambda: al.binomial_kernel(0), "taps must be a whole number, 1 or more, got 0"),
        (lambda: al.binomial_kernel(2.5), "taps must be a whole number"),
        (lambda: al.gaussian_kernel(-1), "sigma must be 0 or more, got -1"),
        (lambda: al.gaussian_kernel(float("nan")), "sigma must be finite"),
        (lambda: al.gaussian_sigma(0.5), "factor must be 1 or more, got 0.5; enlarging needs no"),
        (lambda: al.gaussian_sigma(4, "sk-image"), "unknown rule 'sk-image'; did you mean 'skimage'"),
        (lambda: al.lanczos_kernel(-1), "factor must be positive"),
        (lambda: al.lanczos_kernel(2, 0), "lobes must be positive"),
        (lambda: al.lanczos_kernel(2, 2.5), "lobes must be a whole number, got 2.5"),
        (lambda: al.kaiser_sinc_kernel(8, 0.5, beta=5), "cutoff must be below 0.5"),
        (lambda: al.kaiser_sinc_kernel(8, 0, beta=5), "cutoff must be positive"),
        (lambda: al.kaiser_sinc_kernel(8, 0.1), "give width or beta, one of the two, got width=None"),
        (lambda: al.kaiser_sinc_kernel(8, 0.1, width=0.1, beta=5), "give width or beta"),
        (lambda: al.kaiser_sinc_kernel(8, 0.1, width=0), "width must be positive"),
        (lambda: al.kaiser_sinc_kernel(8, 0.1, beta=-1), "beta must be 0 or more"),
        (lambda: al.frequency_response([], 0.1), r"at least one tap, got shape \(0,\)"),
        (lambda: al.frequency_response(np.ones((3, 3)), 0.1), "one-dimensional"),
        (lambda: al.frequency_response([1.0], float("inf")), "f must be finite"),
    ],
)
def test_bad_values(call, said):
    with pytest.raises(ValueError, match=said):
        call()
