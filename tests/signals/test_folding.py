"""Folding against brute force and the samples themselves; replicas against Poisson's formula."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aliaslab import alias_frequency, replicas, signed_alias_frequency

rates = st.floats(0.1, 1e4)
# frequencies as multiples of the rate: the fold's own scale
ratios = st.floats(-50, 50)
# f, k fs and their difference are each rounded once, at a size of |f|
ROUNDING = 8 * np.finfo(float).eps


@given(rates, ratios)
def test_folds_into_the_band(fs, ratio):
    assert 0 <= alias_frequency(ratio * fs, fs) <= fs / 2
    assert -fs / 2 < signed_alias_frequency(ratio * fs, fs) <= fs / 2


@given(rates, ratios)
def test_is_exact_for_the_numbers_given(fs, ratio):
    f, rate = Fraction(ratio * fs), Fraction(fs)
    exact = min(abs(f - k * rate) for k in (f // rate, f // rate + 1))
    assert Fraction(alias_frequency(ratio * fs, fs)) == exact


@given(rates, ratios)
def test_is_the_least_of_all_aliases(fs, ratio):
    f = ratio * fs
    brute = np.abs(f - np.arange(-60, 61) * fs).min()
    assert alias_frequency(f, fs) == pytest.approx(brute, abs=ROUNDING * max(abs(f), fs))


@given(rates, ratios)
def test_has_the_same_samples(fs, ratio):
    f, n = ratio * fs, np.arange(32)
    tone, alias = (np.cos(2 * np.pi * v * n / fs) for v in (f, alias_frequency(f, fs)))
    # the angle reaches 2 pi 50 * 32 and is rounded relative to that
    np.testing.assert_allclose(tone, alias, atol=2 * np.pi * 50 * 32 * ROUNDING)


@given(rates, ratios)
def test_signed_alias_keeps_the_rotation(fs, ratio):
    f, n = ratio * fs, np.arange(32)
    turning, seen = (np.exp(2j * np.pi * v * n / fs) for v in (f, signed_alias_frequency(f, fs)))
    np.testing.assert_allclose(turning, seen, atol=2 * np.pi * 50 * 32 * ROUNDING)


@given(rates, ratios, st.integers(-9, 9))
def test_repeats_with_the_rate_and_is_even(fs, ratio, k):
    f = ratio * fs
    tolerance = ROUNDING * 60 * fs
    assert alias_frequency(f + k * fs, fs) == pytest.approx(alias_frequency(f, fs), abs=tolerance)
    assert alias_frequency(-f, fs) == alias_frequency(f, fs)


def test_book_and_exercise_values():
    assert alias_frequency(7, 10) == 3
    assert alias_frequency(0.35, 0.5) == pytest.approx(0.15)  # exercise 1 of the chapter
    assert alias_frequency(0.35, 0.5) * 2 == pytest.approx(0.30)
    assert signed_alias_frequency(8 * 2.75, 24) == -2
    assert signed_alias_frequency(5, 10) == signed_alias_frequency(-5, 10) == 5


def test_shapes_and_types():
    assert isinstance(alias_frequency(7, 10), float)
    assert isinstance(alias_frequency(np.float32(7), 10), float)
    assert alias_frequency([[1, 2], [3, 9]], 10).shape == (2, 2)
    assert alias_frequency([1.0, 9.0], [[10], [4]]).tolist() == [[1, 1], [1, 1]]
    assert alias_frequency([], 10).shape == (0,)


@pytest.mark.parametrize(
    ("f", "fs", "said"),
    [
        (3, 0, r"fs must be positive, got 0; give"),
        (3, -2, r"fs must be positive, got -2; give"),
        (float("nan"), 10, r"f must be finite.*nan; remove"),
        ([1, float("inf")], 10, r"f must be finite, got 1 value\(s\) such as inf"),
        (3, float("nan"), r"fs must be finite"),
        (3, [], r"fs must be positive, got an empty array"),
    ],
)
def test_bad_values(f, fs, said):
    with pytest.raises(ValueError, match=said):
        alias_frequency(f, fs)


def test_words_are_not_numbers():
    with pytest.raises(TypeError, match="f must be real numbers, got 'high'"):
        alias_frequency("high", 10)


@given(st.floats(0.8, 3), st.floats(-3, 3))
def test_replicas_sum_to_the_spectrum_of_the_samples(fs, u):
    gauss = lambda v: np.exp(-np.pi * np.square(v))
    n = np.arange(-40, 41)
    from_samples = np.sum(gauss(n / fs) * np.exp(-2j * np.pi * u * n / fs))
    from_copies = replicas(gauss, fs, count=12)(u).sum()
    # the samples sum to at most fs + 2, each rounded; what lies beyond 12 copies is below 1e-100
    assert abs(from_samples - from_copies) < 81 * 8 * np.finfo(float).eps * (fs + 2)


def test_replica_rows():
    copies = replicas(lambda u: np.where(np.abs(u) < 1, 1.0, 0.0), fs=4, count=2)([[0.0, 4.0], [8.0, 2.0]])
    assert copies.shape == (5, 2, 2)
    assert copies[2].tolist() == [[4, 0], [0, 0]]
    assert copies[3].tolist() == [[0, 4], [0, 0]]
    assert copies[4].tolist() == [[0, 0], [4, 0]]


def test_replicas_bad_input():
    with pytest.raises(TypeError, match="spectrum must be a function of frequency, got list"):
        replicas([1, 2], 4, 1)
    with pytest.raises(ValueError, match="count must be a whole number"):
        replicas(np.abs, 4, -1)
    with pytest.raises(ValueError, match="count must be a whole number"):
        replicas(np.abs, 4, 1.5)
    with pytest.raises(ValueError, match="fs must be positive"):
        replicas(np.abs, 0, 1)
    with pytest.raises(ValueError, match="fs must be a single number"):
        replicas(np.abs, [1, 2], 1)
