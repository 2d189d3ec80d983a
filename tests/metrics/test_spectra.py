"""Power spectra and AVR against loops, closed forms and the figures of the definition's source."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aliaslab import alias_violation_ratio, checkerboard, power_spectrum, radial_profile, sinusoid


def noise(*shape: int, seed: int = 0, dtype=torch.float32) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=dtype)


def as_maps(image: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(image).float()[None, None]


def impulse(n: int = 64) -> torch.Tensor:
    """As much power in every bin: white noise in expectation, exactly."""
    x = torch.zeros(1, 1, n, n)
    x[..., 0, 0] = 1
    return x


def ratio_by_loops(x: np.ndarray, stride: int, region: str, mean: str) -> list[float]:
    """The source's formula, bin by bin."""
    ratios = []
    for image in x:
        power = np.mean([np.abs(np.fft.fftshift(np.fft.fft2(channel))) ** 2 for channel in image], axis=0)
        height, width = power.shape
        above = total = 0.0
        for u in range(height):
            for v in range(width):
                dy, dx = (u - height / 2) / (height / 2), (v - width / 2) / (width / 2)
                if mean == "remove" and dy == dx == 0:
                    continue
                far = math.sqrt(dy**2 + dx**2) if region == "disc" else max(abs(dy), abs(dx))
                above += power[u, v] * (far > 1 / stride)
                total += power[u, v]
        ratios.append(above / total)
    return ratios


@pytest.mark.parametrize("region", ["disc", "square"])
@pytest.mark.parametrize("mean", ["keep", "remove"])
@pytest.mark.parametrize("shape", [(3, 4, 16, 16), (2, 1, 8, 24)])
def test_ratio_is_the_sources_formula(region, mean, shape, device):
    x = noise(*shape) + 0.5
    for stride in (2, 4):
        found = alias_violation_ratio(x.to(device), stride, region, mean)
        assert found.shape == (shape[0],)
        assert found.device.type == device.type
        # sums of at most 2^10 float32 terms
        np.testing.assert_allclose(
            found.cpu(), ratio_by_loops(x.numpy().astype(float), stride, region, mean), rtol=1e-5
        )


def test_checkerboard_and_constant():
    board = as_maps(checkerboard(32)) - 0.5
    for region in ("disc", "square"):
        assert alias_violation_ratio(board, 2, region).item() == pytest.approx(1, abs=1e-6)
        for mean in ("keep", "remove"):
            constant = torch.full((1, 3, 15, 20), 0.1)  # 0.1 is no binary fraction: the transform rounds
            # by eps log2 n of an amplitude: 1e-12 of the power
            found = alias_violation_ratio(constant, 2, region, mean).item()
            assert found == (0 if mean == "remove" else pytest.approx(0, abs=1e-12))
            assert alias_violation_ratio(0 * constant, 2, region, mean).item() == 0


@pytest.mark.parametrize("region", ["disc", "square"])
def test_sweep_steps_at_the_new_nyquist(region):
    """Source 003's sweep: fractions of Nyquist, under 0.02 below one half, over 0.99 above."""
    for fraction in (0.10, 0.19, 0.28, 0.37, 0.46, 0.54, 0.63, 0.72, 0.81, 0.90):
        ratio = alias_violation_ratio(2 * as_maps(sinusoid(512, fraction / 2)) - 1, 2, region).item()
        assert ratio < 0.02 if fraction < 0.5 else ratio > 0.99
        # what is in between is the jump from the last column to the first: whole periods have none
        whole = 2 * as_maps(sinusoid(64, round(32 * fraction) / 64)) - 1
        assert alias_violation_ratio(whole, 2, region).item() == pytest.approx(
            float(fraction > 0.5), abs=1e-6
        )


def test_where_the_disc_is_wrong():
    """White noise, and a diagonal wave that the square grid holds."""
    # 797 lattice points lie within 16 of the origin (Gauss's circle problem), 33^2 in the square
    disc, square = (alias_violation_ratio(impulse(), 2, region).item() for region in ("disc", "square"))
    assert disc == pytest.approx(1 - 797 / 4096, abs=1e-6)
    assert square == pytest.approx(1 - 33**2 / 4096, abs=1e-6)
    white = noise(64, 16, 64, 64)
    assert alias_violation_ratio(white, 2).mean() == pytest.approx(0.805, abs=1e-3)
    assert alias_violation_ratio(white, 2, "square").mean() == pytest.approx(0.735, abs=1.5e-3)

    axis = 2 * torch.pi * 14 / 64 * torch.arange(64)
    wave = torch.cos(axis[:, None] + axis)[None, None]
    assert alias_violation_ratio(wave, 2).item() == pytest.approx(1, abs=1e-6)
    assert alias_violation_ratio(wave, 2, "square").item() == pytest.approx(0, abs=1e-6)


def test_a_frequency_on_the_limit_does_not_fold():
    """A wave of exactly 1 / (2 stride): what decimation leaves of it is at the new Nyquist, not beyond."""
    for n, stride in ((24, 3), (40, 5), (12, 2)):
        wave = torch.cos(torch.pi / stride * torch.arange(n)).expand(1, 1, n, n)
        for turned in (wave, wave.mT):
            assert alias_violation_ratio(turned, stride, "square").item() == pytest.approx(0, abs=1e-6)


def test_stride_per_axis():
    wave = torch.cos(2 * torch.pi * 20 / 64 * torch.arange(64)).expand(1, 1, 64, 64)  # across, 0.3125
    assert alias_violation_ratio(wave, (2, 1), "square").item() == pytest.approx(0, abs=1e-6)
    assert alias_violation_ratio(wave, (1, 2), "square").item() == pytest.approx(1, abs=1e-6)


@settings(deadline=None)  # the first transform of each size is planned
@given(
    st.integers(1, 12),
    st.integers(1, 12),
    st.integers(1, 5),
    st.sampled_from(["disc", "square"]),
    st.sampled_from(["keep", "remove"]),
)
def test_ratio_is_a_share_that_grows_with_the_stride(height, width, stride, region, mean):
    x = noise(2, 2, height, width)
    ratio = alias_violation_ratio(x, stride, region, mean)
    assert ((ratio >= 0) & (ratio <= 1 + 1e-6)).all()
    assert (ratio <= alias_violation_ratio(x, stride + 1, region, mean) + 1e-6).all()
    if region == "square":
        assert (ratio <= alias_violation_ratio(x, stride, "disc", mean) + 1e-6).all()
        torch.testing.assert_close(
            ratio, alias_violation_ratio(7 * x.roll((1, 2), (-2, -1)), stride, region, mean)
        )


@pytest.mark.parametrize("size", [(8, 8), (7, 9), (1, 6)])
def test_spectrum_and_profile(size, device):
    x = noise(2, 3, *size).to(device)
    power = power_spectrum(x)
    wanted = np.abs(np.fft.fftshift(np.fft.fft2(x.cpu().numpy()), (-2, -1))) ** 2
    np.testing.assert_allclose(power.cpu(), wanted.mean(1), rtol=1e-4, atol=1e-4)
    # Parseval
    torch.testing.assert_close(power.sum((1, 2)), x.square().sum((1, 2, 3)) * size[0] * size[1] / 3)

    frequency, profile = radial_profile(x)
    rings = [[] for _ in frequency]
    for u in range(size[0]):
        for v in range(size[1]):
            far = math.hypot((u - size[0] // 2) / size[0], (v - size[1] // 2) / size[1])
            rings[math.floor(far * min(size) + 0.5)].append(power[:, u, v].cpu().numpy())
    for k, ring in enumerate(rings):
        np.testing.assert_allclose(profile[:, k].cpu(), np.mean(ring, axis=0), rtol=1e-4)
    np.testing.assert_allclose(frequency.cpu(), np.arange(len(rings)) / min(size), rtol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
def test_other_precisions(dtype):
    x = noise(2, 3, 16, 16).to(dtype)
    found = alias_violation_ratio(x, 2)
    assert found.dtype == (torch.float64 if dtype == torch.float64 else torch.float32)
    torch.testing.assert_close(found.double(), alias_violation_ratio(x.double(), 2))


@pytest.mark.parametrize(
    ("x", "arguments", "error", "says"),
    [
        (np.zeros((1, 1, 4, 4)), (2,), TypeError, "torch.from_numpy"),
        (torch.zeros(4, 4), (2,), ValueError, r"got shape \(4, 4\)"),
        (torch.zeros(1, 0, 4, 4), (2,), ValueError, "no side 0"),
        (torch.zeros(1, 1, 4, 4, dtype=torch.uint8), (2,), TypeError, r"call x.float\(\)"),
        (torch.full((1, 1, 4, 4), torch.nan), (2,), ValueError, "NaN"),
        (torch.zeros(1, 1, 4, 4), (0,), ValueError, "stride must be a whole number, 1 or more"),
        (torch.zeros(1, 1, 4, 4), (1.5,), ValueError, "stride must be a whole number"),
        (torch.zeros(1, 1, 4, 4), (2, "circle"), ValueError, "choose one of 'disc', 'square'"),
        (torch.zeros(1, 1, 4, 4), (2, "disc", "drop"), ValueError, "unknown mean"),
    ],
)
def test_bad_input_is_explained(x, arguments, error, says):
    with pytest.raises(error, match=says):
        alias_violation_ratio(x, *arguments)
