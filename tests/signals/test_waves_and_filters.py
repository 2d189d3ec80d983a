"""Tones, chirps and the box filter against SciPy and brute-force averages."""

import numpy as np
import pytest
import scipy.signal
from hypothesis import given
from hypothesis import strategies as st

from aliaslab import box_response, chirp, tone


def test_tone():
    t = np.linspace(-2, 2, 101)
    expected = 0.5 * np.cos(2 * np.pi * 3 * t + 1)
    np.testing.assert_array_equal(tone(3, phase=1, amplitude=0.5)(t), expected)
    assert tone(3)(0) == 1


def test_chirp_is_scipys():
    t = np.linspace(0, 3, 500)
    # phases reach 2 pi 9000 and are rounded relative to that
    atol = 2 * np.pi * 9000 * 4 * np.finfo(float).eps
    np.testing.assert_allclose(
        chirp(100, 6000, 3)(t), scipy.signal.chirp(t, f0=100, t1=3, f1=6000, method="linear"), atol=atol
    )


@given(st.floats(-20, 20), st.floats(0, 3))
def test_box_response_is_the_gain_of_an_average(f, width):
    t, count = 0.3, 20_000
    offsets = (np.arange(count) + 0.5) / count - 0.5
    average = np.exp(2j * np.pi * f * (t + width * offsets)).mean()
    # midpoint rule: the error is (2 pi f width)^2 / 24 count^2 at most
    bound = (2 * np.pi * abs(f) * width) ** 2 / (24 * count**2) + 1e-12
    assert abs(average - box_response(f, width) * np.exp(2j * np.pi * f * t)) <= bound


def test_bad_values():
    with pytest.raises(ValueError, match="width must be 0 or more, got -1"):
        box_response(1, -1)
    with pytest.raises(ValueError, match="duration must be positive, got 0"):
        chirp(0, 1, 0)
    with pytest.raises(ValueError, match="frequency must be finite"):
        tone(float("inf"))
    with pytest.raises(ValueError, match="frequency must be a single number"):
        tone([1, 2])
