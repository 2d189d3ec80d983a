"""Input checks shared by the package: each says what came, what is wanted, and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import numpy as np


def finite(name: str, value) -> np.ndarray:
    """``value`` as a float array; NaN, infinities and things that are not numbers are refused."""
    try:
        array = np.asarray(value, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name} must be real numbers, got {value!r}") from error
    bad = array[~np.isfinite(array)]
    if bad.size:
        raise ValueError(
            f"{name} must be finite, got {bad.size} value(s) such as {bad.flat[0]}; remove or replace them"
        )
    return array


def positive(name: str, value, why: str) -> np.ndarray:
    """``value`` as a float array, all of it above zero; ``why`` says what to do."""
    array = finite(name, value)
    if array.size == 0 or array.min() <= 0:
        shown = "an empty array" if array.size == 0 else f"{array.min():g}"
        raise ValueError(f"{name} must be positive, got {shown}; {why}")
    return array


def scalar(name: str, value: np.ndarray) -> float:
    """The one number in ``value``."""
    if value.ndim:
        raise ValueError(f"{name} must be a single number, got an array of shape {value.shape}")
    return float(value)


def one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    """``value`` if it is allowed; the error lists what is, nearest first."""
    allowed = list(allowed)
    if value in allowed:
        return value
    near = get_close_matches(str(value), allowed, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown {name} {value!r}; {hint}choose one of {', '.join(map(repr, allowed))}")
