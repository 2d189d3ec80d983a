"""Reconstruction side by side with NumPy and SciPy, on the same samples and instants."""

import numpy as np
import pytest
import scipy.interpolate
import scipy.signal

from aliaslab import reconstruct

N, UP = 1000, 8
X = np.random.default_rng(0).normal(size=N)
T = np.arange(N * UP) / UP


@pytest.mark.benchmark(group="linear")
@pytest.mark.parametrize(
    "rebuild",
    [lambda: reconstruct(X, 1, T, "linear"), lambda: np.interp(T, np.arange(N), X)],
    ids=["aliaslab", "numpy.interp"],
)
def test_linear(benchmark, rebuild):
    benchmark(rebuild)


@pytest.mark.benchmark(group="cubic")
@pytest.mark.parametrize(
    "rebuild",
    [
        lambda: reconstruct(X, 1, T, "cubic", periodic=True),
        # a C2 spline, not Keys's kernel: the nearest thing that SciPy has
        lambda: scipy.interpolate.CubicSpline(np.arange(N + 1), np.append(X, X[0]), bc_type="periodic")(T),
    ],
    ids=["aliaslab", "scipy.CubicSpline"],
)
def test_cubic(benchmark, rebuild):
    benchmark(rebuild)


@pytest.mark.benchmark(group="sinc, periodic")
@pytest.mark.parametrize(
    "rebuild",
    # SciPy's works only on an even grid of instants, and for that uses the FFT
    [lambda: reconstruct(X, 1, T, periodic=True), lambda: scipy.signal.resample(X, N * UP)],
    ids=["aliaslab", "scipy.resample"],
)
def test_sinc(benchmark, rebuild):
    benchmark(rebuild)
