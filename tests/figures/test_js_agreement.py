"""The figures' JavaScript computes what the Python computes.

Both use double precision.  The largest phase below is 2 pi 9000 cycles, so rounding of the argument
costs about 6e4 * 2.2e-16 = 1.3e-11, and a sum over a few hundred samples some hundred times that.
"""

from __future__ import annotations

import importlib

import numpy as np
import pytest

import aliaslab as al

TOLERANCE = 1e-8

# the package's attributes of these names are the figures themselves
sampler_module, chirp_module, wheel_module, explorer_module = (
    importlib.import_module(f"aliaslab.figures.{name}_figure")
    for name in ("sampler", "chirp", "wagon_wheel", "explorer")
)


@pytest.fixture
def rng():
    return np.random.default_rng(20240607)


def frequencies(rng):
    """Pairs (f, fs): ordinary ones, and those where a fold goes wrong first."""
    fs = rng.uniform(0.1, 50, 200)
    usual = np.column_stack([rng.uniform(-300, 300, 200), fs])
    halves = [(k * rate / 2, rate) for rate in (1.0, 3.0, 10.0, 0.3) for k in range(-5, 6)]
    return np.vstack([usual, halves, [(0, 7), (-0.0, 7), (1e9 + 0.25, 3), (-1e9, 7), (1e-12, 1)]])


def test_folding_agrees_to_the_last_bit(js, rng):
    pairs = frequencies(rng)
    for name, python in (
        ("signedAliasFrequency", al.signed_alias_frequency),
        ("aliasFrequency", al.alias_frequency),
    ):
        assert np.array_equal(js(name, pairs.tolist()), python(pairs[:, 0], pairs[:, 1]))


def test_the_limit_keeps_its_sign(js):
    assert js("signedAliasFrequency", [[5, 10], [-5, 10], [15, 10]]) == [5, 5, 5]


def test_sinc_and_box(js, rng):
    x = np.concatenate([rng.uniform(-40, 40, 100), np.arange(-4.0, 5), [1e-12, -1e-300]])
    np.testing.assert_allclose(js("sinc", [[v] for v in x]), np.sinc(x), atol=TOLERANCE)
    width = rng.uniform(0, 2, x.size)
    expected = [al.box_response(f, w) for f, w in zip(x, width, strict=True)]
    np.testing.assert_allclose(
        js("boxResponse", np.column_stack([x, width]).tolist()), expected, atol=TOLERANCE
    )


def test_waves(js, rng):
    t = np.concatenate([rng.uniform(-1, 3, 50), [0, 3]])
    tones = js("tone", [[7.3, v] for v in t])
    np.testing.assert_allclose(tones, al.tone(7.3)(t), atol=TOLERANCE)
    for start, stop, duration in ((0, 6000, 3), (50, 20, 2), (-3, 3, 0.5)):
        calls = [[start, stop, duration, v] for v in t]
        np.testing.assert_allclose(js("chirp", calls), al.chirp(start, stop, duration)(t), atol=TOLERANCE)
        np.testing.assert_allclose(
            js("chirpFrequency", calls),
            chirp_module.chirp_frequency(start, stop, duration, t),
            rtol=TOLERANCE,
            atol=TOLERANCE,
        )


def test_the_frequency_of_the_chirp_is_the_slope_of_its_phase(js):
    t, step = np.linspace(0.1, 2.9, 15), 1e-4
    after, before = (js("chirpPhase", [[100, 6000, 3, v + s] for v in t]) for s in (step, -step))
    # exact for a quadratic phase, up to rounding of phases of 6e4 rad: 6e4 * 2.2e-16 / 1e-4
    slope = np.subtract(after, before) / (2 * step) / (2 * np.pi)
    np.testing.assert_allclose(js("chirpFrequency", [[100, 6000, 3, v] for v in t]), slope, atol=1e-6)


def test_sample_times(js, rng):
    calls = [
        [10, 1, 0],
        [12.5, 4.4, 0],
        [0.1, 30, 0],
        [30, 0.1, 0],
        [3, 1, 0.5],
        [2.5, 1, 0.999],
        [12000, 3, 0],
        [1, 1e-9, 0.5],
    ]
    calls += np.column_stack(
        [rng.uniform(0.5, 40, 40), rng.uniform(0.1, 5, 40), rng.uniform(0, 0.99, 40)]
    ).tolist()
    for call, got in zip(calls, js("sampleTimes", calls), strict=True):
        expected = al.sample_times(*call)
        assert len(got) == len(expected), call
        np.testing.assert_allclose(got, expected, atol=TOLERANCE)


KERNELS = ("nearest", "linear", "cubic", "lanczos", "sinc")


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels(js, rng, kernel):
    u = np.concatenate([rng.uniform(-4, 4, 200), np.arange(-4, 4.5, 0.5)])
    expected = al.reconstruction_kernel(u, kernel)
    np.testing.assert_allclose(js("reconstructionKernel", [[v, kernel] for v in u]), expected, atol=TOLERANCE)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("count", [1, 2, 37])
def test_reconstruction(js, rng, kernel, count):
    samples, fs = rng.normal(size=count), 8.0
    # between, on and half-way between the samples, and outside on both sides
    t = np.concatenate([rng.uniform(-1, (count + 8) / fs, 100), np.arange(-4, 2 * count + 4) / (2 * fs)])
    got = js("reconstruct", [[samples.tolist(), fs, t.tolist(), kernel]])[0]
    np.testing.assert_allclose(got, al.reconstruct(samples, fs, t, kernel), atol=TOLERANCE)


def test_the_windowed_kernel_is_a_sinc_under_a_blackman_window(js):
    u = np.linspace(-34, 34, 681)
    window = 0.42 + 0.5 * np.cos(np.pi * u / 32) + 0.08 * np.cos(2 * np.pi * u / 32)
    expected = np.where(np.abs(u) < 32, np.sinc(u) * window, 0)
    np.testing.assert_allclose(
        js("reconstructionKernel", [[v, "windowed"] for v in u]), expected, atol=TOLERANCE
    )


@pytest.mark.parametrize("f", [0.1, 0.3, 0.6, 0.75, 1.3])
def test_what_is_heard_is_the_alias(js, f):
    # Blackman: ripple of 0.0002 in both bands (Oppenheim and Schafer, table 7.2), and at most that
    # from each of the two images of the alias
    samples = al.tone(f)(np.arange(200))
    t = np.linspace(80, 120, 301)
    got = js("reconstruct", [[samples.tolist(), 1, t.tolist(), "windowed"]])[0]
    np.testing.assert_allclose(got, al.tone(al.alias_frequency(f, 1))(t), atol=3 * 0.0002)


@pytest.mark.parametrize(("fs", "rate"), [(4000, 48000), (1100, 44100), (12000, 48000), (2.5, 7.1), (50, 30)])
def test_the_sound_is_the_same_reconstruction(js, rng, fs, rate):
    samples, count = rng.normal(size=90).tolist(), int(100 * rate / fs)
    times = [m / rate for m in range(count)]
    expected = js("reconstruct", [[samples, fs, times, "windowed"]])[0]
    # the sound is in single precision: 2^-24 of a few units
    np.testing.assert_allclose(js("resample", [[samples, fs, rate, count]])[0], expected, atol=1e-6)


def test_spectrum_lines(js, rng):
    calls = [[7, 10, 40], [0, 10, 40], [5, 10, 40], [20, 2, 40], [0, 40, 40]]
    calls += np.column_stack([rng.uniform(0, 20, 20), rng.uniform(2, 40, 20), np.full(20, 40)]).tolist()
    for call, got in zip(calls, js("spectrumLines", calls), strict=True):
        at, copy = sampler_module.spectrum_lines(*call)
        np.testing.assert_allclose([line["at"] for line in got], at, atol=TOLERANCE)
        assert [line["copy"] for line in got] == copy.tolist()


def wheels(rng, count=80):
    spokes = rng.integers(2, 17, count)
    turns, frames, exposure = rng.uniform(-6, 6, count), rng.uniform(6, 60, count), rng.uniform(0, 1, count)
    random = np.column_stack([spokes, turns, frames, exposure])
    return np.vstack(
        [random, [(8, 2.75, 24, 0), (8, 3, 24, 1), (8, 1.5, 24, 0.5), (8, 0, 24, 1), (2, 6, 6, 1)]]
    )


def test_wheel(js, rng):
    cases = wheels(rng)
    spokes, turns, frames, _ = cases.T
    np.testing.assert_allclose(
        js("apparentRotation", cases[:, :3].tolist()),
        al.signed_alias_frequency(spokes * turns, frames) / spokes,
        atol=TOLERANCE,
    )
    contrast = [abs(al.box_response(n * r, e / f)) for n, r, f, e in cases]
    np.testing.assert_allclose(js("spokeContrast", cases.tolist()), contrast, atol=TOLERANCE)
    calls = [[n, r, f, 6] for n, r, f, _ in cases] + [[2, 1, 60, 6], [2, 0, 6, 6], [7, -0.1, 24, 6]]
    expected = [wheel_module.still_rotation(*call) for call in calls]
    np.testing.assert_allclose(js("stillRotation", calls), expected, atol=TOLERANCE)


SPANS = (0.0, 0.05, -0.3, 0.7, 1.0, -1.0, 2.4, 16.0)


@pytest.mark.parametrize("span", SPANS)
def test_coverage(js, rng, span):
    x = rng.uniform(-3, 3, 200)
    expected = wheel_module.spoke_coverage(x, 0.3, span)
    np.testing.assert_allclose(js("spokeCoverage", [[v, 0.3, span] for v in x]), expected, atol=TOLERANCE)


@pytest.mark.parametrize("span", [span for span in SPANS if span])
def test_the_corners_of_the_coverage_are_all_there(js, span):
    corners = np.array(js("coverageCorners", [[0.3, span]])[0])
    x = np.linspace(0, 1, 1001)
    between = np.interp(x, *corners.T)
    np.testing.assert_allclose(between, wheel_module.spoke_coverage(x, 0.3, span), atol=TOLERANCE)


# ------------------------------------------------------------------------------------- images

SIDES = (1, 2, 31, 64, 256)


@pytest.mark.parametrize("n", SIDES)
def test_test_images(js, n):
    for name, arguments, python in (
        ("zonePlate", [n], al.zone_plate(n)),
        ("siemensStar", [n, 72], al.siemens_star(n, 72)),
        ("siemensStar", [n, 5], al.siemens_star(n, 5)),
        ("chirpImage", [n], al.chirp_image(n)),
    ):
        np.testing.assert_allclose(js(name, [arguments], "images")[0], python.ravel(), atol=TOLERANCE)


WIDTHS = (0.25, 0.9, 1.0, 1.5, 2.0, 3.0, 4.0, 4.2, 7.7, 8.0, 24.0)


def test_filter_kernels(js):
    for name, python in (("boxKernel", al.box_kernel), ("lanczosKernel", al.lanczos_kernel)):
        for width, got in zip(WIDTHS, js(name, [[w] for w in WIDTHS], "images"), strict=True):
            np.testing.assert_allclose(got, python(width), atol=TOLERANCE)
    for sigma, got in zip(
        (0, *WIDTHS), js("gaussianKernel", [[s] for s in (0, *WIDTHS)], "images"), strict=True
    ):
        np.testing.assert_allclose(got, al.gaussian_kernel(sigma), atol=TOLERANCE)


def test_gains(js):
    for kernel in (al.box_kernel(4), al.box_kernel(3.3), al.lanczos_kernel(4), np.ones(1)):
        expected = al.frequency_response(kernel, np.fft.fftfreq(64)) ** 2
        np.testing.assert_allclose(js("powerGains", [[kernel, 64]], "images")[0], expected, atol=TOLERANCE)


@pytest.mark.parametrize("prefilter", explorer_module.PREFILTERS)
@pytest.mark.parametrize("n", [31, 64])
def test_shrinking(js, rng, prefilter, n):
    image = rng.uniform(size=(n, n))
    for factor in (1, 2, 3, 4, 7, 12):
        for strength in (0.25, 0.85, 1.0, 2.0):
            (kernel,) = js("prefilterKernel", [[prefilter, factor, strength]], "images")
            expected = explorer_module.prefilter_kernel(prefilter, factor, strength)
            np.testing.assert_allclose(kernel, expected, atol=TOLERANCE)
            (small,) = js("shrink", [[image, n, expected, factor]], "images")
            np.testing.assert_allclose(
                small, explorer_module.shrink(image, expected, factor).ravel(), atol=TOLERANCE
            )


@pytest.mark.parametrize("n", [1, 2, 4, 8, 256])
def test_fourier_transform(js, rng, n):
    re, im = rng.normal(size=(2, n))
    expected = np.fft.fft(re + 1j * im)
    np.testing.assert_allclose(js("fft", [[re, im]])[0], [expected.real, expected.imag], atol=TOLERANCE)


@pytest.mark.parametrize("n", [2, 4, 16, 256])
def test_power_of_an_image(js, rng, n):
    image = rng.normal(size=(n, n))
    image[n // 2 :] = 0  # rows of zeros are passed over
    expected = np.abs(np.fft.fft2(image)) ** 2
    np.testing.assert_allclose(js("power2d", [[image, n]])[0], expected.ravel(), rtol=1e-9, atol=TOLERANCE)
    near = np.array(js("power2d", [[image, n, n // 4]])[0]).reshape(n, n)
    columns = np.abs(np.fft.fftfreq(n, 1 / n)) <= n // 4
    np.testing.assert_allclose(near, expected * columns, rtol=1e-9, atol=TOLERANCE)


@pytest.mark.parametrize("factor", [1, 2, 3, 4, 12])
def test_spectra_and_shares(js, factor):
    n = 64
    image = al.siemens_star(n, 20)
    kernel = al.gaussian_kernel(0.4 * factor)
    power = explorer_module.detail_power(image)
    scale = power.max()
    np.testing.assert_allclose(
        js("detailPower", [[image, n]], "images")[0], power.ravel(), atol=1e-10 * scale
    )
    small = explorer_module.shrink(image, kernel, factor)
    expected = explorer_module.small_power(small, n, factor)
    got = np.array(js("smallPower", [[small, n, factor]], "images")[0]).reshape(n, n)
    shown = np.abs(np.fft.fftfreq(n)) <= 1 / (2 * factor)  # the rest is not worked out
    np.testing.assert_allclose(got[:, shown], expected[:, shown], atol=1e-10 * expected.max())
    gains = al.frequency_response(kernel, np.fft.fftfreq(n)) ** 2
    (shares,) = js("detailShares", [[power, n, gains, factor]], "images")
    folded, kept = explorer_module.detail_shares(power, kernel, factor)
    assert shares == pytest.approx({"folded": folded, "kept": kept}, abs=TOLERANCE)
