"""Where samples are taken, and of what."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aliaslab import sample, sample_times, tone


@given(st.floats(0.5, 1000), st.floats(0.01, 20), st.floats(0, 0.999))
def test_instants_are_even_and_fill_the_recording(fs, duration, phase):
    exact = duration * fs - phase
    assume(abs(exact - round(exact)) > 1e-6)  # near a whole number, rounding decides: the next test
    t = sample_times(fs, duration, phase)
    assert len(t) == max(math.ceil(exact), 0)
    if len(t):
        assert t[0] == phase / fs
        assert t[-1] < duration <= t[-1] + 1 / fs * (1 + 1e-9)
        np.testing.assert_allclose(np.diff(t), 1 / fs, rtol=1e-9)


@given(st.integers(1, 1000), st.integers(1, 1000))
def test_whole_numbers_of_samples_come_out_whole(n, divisor):
    # n / divisor seconds at divisor samples a second are n samples, however n / divisor is rounded
    assert len(sample_times(divisor, n / divisor)) == n


def test_sample_reads_the_signal():
    assert sample(lambda t: t**2, fs=2, duration=2).tolist() == [0, 0.25, 1, 2.25]
    assert sample(lambda t: t, fs=2, duration=1, phase=0.5).tolist() == [0.25, 0.75]
    assert sample(lambda t: 3.0, fs=4, duration=1).tolist() == [3, 3, 3, 3]
    assert sample(lambda t: np.exp(2j * np.pi * t), 4, 1).dtype == complex
    assert sample(tone(1), fs=1, duration=0.5, phase=0.9).size == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((10, -1), "duration must be positive, got -1; give how long"),
        ((10, 0), "duration must be positive, got 0"),
        ((0, 1), "fs must be positive, got 0"),
        ((10, 1, 1), r"phase must be in \[0, 1\), .* got 1; shift"),
        ((10, 1, -0.1), r"phase must be in \[0, 1\)"),
        ((10, float("nan")), "duration must be finite"),
        (([10, 20], 1), "fs must be a single number, got an array"),
    ],
)
def test_bad_values(arguments, said):
    with pytest.raises(ValueError, match=said):
        sample(tone(1), *arguments)


def test_an_array_is_no_signal():
    with pytest.raises(TypeError, match=r"signal must be a function of time, got ndarray; .*\[::factor\]"):
        sample(np.zeros(4), 10, 1)
