"""Wavelet pooling against published filters, frequency pooling against the Fourier transform."""

from itertools import product

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nn.layers import MODES
from torch.nn import functional

import aliaslab as al

EPS = np.finfo(float).eps


def noise(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def test_daubechies_filters():
    root = np.sqrt(3)
    by_hand = np.array([1 + root, 3 + root, 3 - root, 1 - root]) / 8
    np.testing.assert_allclose(al.wavelet_kernel(4), by_hand, atol=8 * EPS)
    # Daubechies 1988, table 1, N = 3, six taps, to the digits printed
    published = [0.332670552950, 0.806891509311, 0.459877502118, -0.135011020010, -0.085441273882]
    published.append(0.035226291882)
    np.testing.assert_allclose(al.wavelet_kernel(6) * np.sqrt(2), published, atol=1e-12)


@pytest.mark.parametrize("stride", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("taps", [2, 4, 6, 8, 12, 20])
def test_wavelets_are_orthogonal_to_their_shifts_and_flat(taps, stride):
    kernel = al.wavelet_kernel(taps, stride)
    assert kernel.size == (taps * stride // 2 if stride > 1 else 1)
    shifts = [kernel[m:] @ kernel[: kernel.size - m] * stride for m in range(0, kernel.size, stride)]
    # the roots of a polynomial of degree taps / 2 - 1 lose a digit or so for each
    tolerance = EPS * 10 ** (taps / 4 + 1)
    np.testing.assert_allclose(shifts, np.eye(len(shifts))[0], atol=tolerance)
    # as many vanishing moments as half the taps: zeros of that order at the folds onto zero
    folds = np.arange(1, stride) / stride
    n = np.arange(kernel.size)
    for order in range(taps // 2 if stride > 1 else 0):
        moments = np.exp(-2j * np.pi * folds[:, None] * n) @ (kernel * (n / kernel.size) ** order)
        np.testing.assert_allclose(np.abs(moments), 0, atol=tolerance)


def test_haar_is_the_average():
    x = noise(2, 3, 12, 6)
    for stride in (2, 3):
        # three are centred on a sample: the first average begins one before it
        turn = x if stride == 2 else x.roll((-1, -1), (2, 3))
        got = al.wavelet_pool2d(turn, 2, stride, "circular")
        torch.testing.assert_close(got, functional.avg_pool2d(x, stride), rtol=0, atol=32 * EPS)


def test_the_low_band_of_a_signal_made_of_low_passes():
    """Synthesis with the same filter is undone: the shifts are orthogonal."""
    coarse = noise(1, 1, 1, 16)
    kernel = al.wavelet_kernel(4)
    fine = torch.zeros(1, 1, 1, 32, dtype=torch.float64)
    for i, j in product(range(16), range(4)):
        fine[..., (2 * i + j) % 32] += coarse[..., i] * kernel[j] * 2
    got = al.wavelet_pool2d(fine, (2, 4), (1, 2), "circular")
    torch.testing.assert_close(got, coarse, rtol=0, atol=64 * EPS)


def by_fourier(x, stride):
    """Zero every frequency from the new Nyquist frequency up, then decimate."""
    spectrum = torch.fft.fft2(x)
    for d, s in zip((2, 3), stride, strict=True):
        f = torch.fft.fftfreq(x.shape[d]).abs()
        # k / n against 1 / (2 s) in whole numbers
        keep = torch.round(f * x.shape[d]) * 2 * s < x.shape[d] if s > 1 else torch.ones_like(f) > 0
        shape = [1, 1, 1, 1]
        shape[d] = -1
        spectrum = spectrum * keep.reshape(shape)
    return torch.fft.ifft2(spectrum).real[..., :: stride[0], :: stride[1]]


@settings(deadline=None)
@given(
    size=st.tuples(st.integers(1, 14), st.integers(1, 14)),
    stride=st.tuples(st.integers(1, 5), st.integers(1, 5)),
    seed=st.integers(0, 99),
)
def test_frequency_pooling_is_the_masked_transform(size, stride, seed):
    x = noise(2, 3, *size, seed=seed)
    got = al.frequency_pool2d(x, stride)
    # sums of at most 14 terms twice, of Dirichlet weights whose absolute sum stays below 3
    torch.testing.assert_close(got, by_fourier(x, stride), rtol=0, atol=9 * 200 * EPS * x.abs().max().item())


def test_frequency_pooling_is_scipys_resample():
    # an odd number of outputs has no frequency at Nyquist to disagree about
    x = noise(1, 1, 21, 27)
    expected = scipy.signal.resample(scipy.signal.resample(x.numpy(), 7, axis=2), 9, axis=3)
    np.testing.assert_allclose(al.frequency_pool2d(x, 3).numpy(), expected, atol=1e3 * EPS)


@pytest.mark.parametrize("stride", [2, 3, 4])
def test_every_tone_below_nyquist_passes_and_none_above(stride):
    n = 24
    column = torch.arange(n, dtype=torch.float64)
    for k in range(n // 2 + 1):
        tone = torch.cos(2 * torch.pi * k * column / n + 0.7).expand(1, 1, 1, n)
        got = al.frequency_pool2d(tone, (1, stride))
        expected = tone[..., ::stride] if k * 2 * stride < n else torch.zeros_like(got)
        torch.testing.assert_close(got, expected, rtol=0, atol=200 * EPS)


def test_frequency_pooling_moves_with_its_input():
    """A shift by one pixel is a shift of half a pixel of the result, by the Fourier shift theorem."""
    x = noise(1, 2, 16, 16)
    spectrum = torch.fft.fft(al.frequency_pool2d(x), dim=3)
    turned = spectrum * torch.exp(-2j * torch.pi * torch.fft.fftfreq(8, dtype=torch.float64) / 2)
    expected = torch.fft.ifft(turned, dim=3).real
    got = al.frequency_pool2d(x.roll(1, 3))
    torch.testing.assert_close(got, expected, rtol=0, atol=1e3 * EPS)


def test_reflection_is_the_mirrored_image():
    x = noise(1, 2, 9, 5)
    mirrored = torch.cat([x, x[..., 1:-1].flip(3)], 3)
    mirrored = torch.cat([mirrored, mirrored[:, :, 1:-1].flip(2)], 2)
    expected = al.frequency_pool2d(mirrored)[..., :5, :3]
    torch.testing.assert_close(al.frequency_pool2d(x, 2, "reflect"), expected, rtol=0, atol=1e3 * EPS)


@pytest.mark.parametrize("mode", ["zeros", "replicate"])
def test_borders_of_one_image_on_each_side(mode):
    n, stride = 7, 2
    x = noise(1, 2, 1, n)
    dense = []
    for values in (x, torch.ones_like(x)):
        pad = functional.pad(values, (n, n, 0, 0), mode="constant" if mode == "zeros" else mode)
        spectrum = torch.fft.fft(pad, dim=3)
        spectrum[..., torch.fft.fftfreq(3 * n).abs() >= 1 / (2 * stride)] = 0  # 21 has no frequency at 1 / 4
        dense.append(torch.fft.ifft(spectrum, dim=3).real[..., n : 2 * n : stride])
    expected = dense[0] / dense[1]
    torch.testing.assert_close(al.frequency_pool2d(x, (1, stride), mode), expected, rtol=0, atol=1e3 * EPS)


@pytest.mark.parametrize("mode", MODES)
def test_negative_stays_negative(mode):
    assert (al.frequency_pool2d(-torch.ones(1, 1, 6, 7), 2, mode) < -0.9).all()
