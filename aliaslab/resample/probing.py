"""Measure any resize from outside: send waves through a function and see what comes back.

Nothing is assumed of the function but that it makes a picture smaller; it need not be linear, and may
want one dtype, or colour, or give one size whatever comes in.  What it does is found out first.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..signals._checks import one_of
from .responses import BORDER, DST

KINDS = (("float32", 0), ("uint8", 0), ("uint8", 3), ("float32", 3), ("float64", 0), ("float64", 3))
"""Inputs to try in turn: dtype, and channels (0: no channel axis)."""
_SMALLEST, _LARGEST = 8, 8192
_SWING = 0.25
"""Waves run from 1/4 to 3/4 of the range: the overshoot of a sharp filter must not be clipped."""


@dataclass(frozen=True)
class Probe:
    """A resize, the kind of picture it takes, its sizes, and its output's scale."""

    resize: Callable[[NDArray], Any]
    factor: float
    dtype: str
    channels: int
    source: tuple[int, int]
    small: tuple[int, int]
    gain: float
    offset: float

    def power(self, source: tuple[int, int], axis: int, frequency: NDArray) -> NDArray[np.float64]:
        """``(K,)``: mean output power over input power, for waves along ``axis`` of a ``source`` picture.

        Raises ``ValueError`` if the output is not of the size that ``source`` asks for.
        """
        pairs = np.resize(frequency, (-(-len(frequency) // 2), 2))
        powers = [self._two_powers(source, axis, pair) for pair in pairs]
        return np.concatenate(powers)[: len(frequency)]

    def _two_powers(self, source: tuple[int, int], axis: int, pair: NDArray) -> NDArray[np.float64]:
        """The powers of two waves, from one picture of four stripes: each wave in both its phases.

        Both phases together see a wave that folds onto frequency 0 as well.
        """
        turns = np.outer(pair, np.arange(source[axis]))
        stripes = np.concatenate([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)])
        grey = 0.5 + _SWING * stripes[np.arange(source[1 - axis]) * 4 // source[1 - axis]]
        out = self.shrink(grey if axis else grey.T, source)
        out = ((out - self.offset) / self.gain - 0.5) / _SWING
        out = out if axis else np.swapaxes(out, 0, 1)
        across, along = out.shape[:2]
        # a few rows from the middle of each stripe, and none of the pixels where an edge rule is in play
        reach, border = max(1, across // 32), min(BORDER, along // 4)
        middles = [across * (2 * stripe + 1) // 8 for stripe in range(4)]
        squares = [np.mean(out[m - reach : m + reach, border:-border] ** 2, axis=(0, 1)) for m in middles]
        return np.array([max(squares[wave] + squares[wave + 2]) for wave in (0, 1)])

    def shrink(self, grey: NDArray, source: tuple[int, int]) -> NDArray[np.float64]:
        """The function's ``(h, w, C)`` output, checked, for a grey picture in [0, 1]."""
        out = call(self.resize, grey, self.dtype, self.channels)
        least = self.small if source == self.source else _floor(source, self.factor)
        if not all(a in (b, b + 1) for a, b in zip(out.shape, least, strict=False)) and (
            out.shape[:2] != self.small
        ):
            raise ValueError(f"returned shape {out.shape[:2]} for {source}, wanted {least}")
        return out


def find_probe(
    resize: Callable[[NDArray], Any], factor: float, dtype: str | None = None, channels: int | None = None
) -> Probe:
    """The first kind of picture that the function takes, with what was learned about it.

    Raises ``ValueError`` with every kind's trouble if it takes none.
    """
    if dtype is not None:
        one_of("dtype", dtype, sorted({name for name, _ in KINDS}))
    if channels is not None and (isinstance(channels, bool) or channels != int(channels) or channels < 0):
        raise ValueError(f"channels must be 0 (no channel axis) or a number of channels, got {channels!r}")
    kinds = [
        (dtype or name, count if channels is None else int(channels))
        for name, count in KINDS
        if (dtype in (None, name)) and (channels is None or bool(count) == bool(channels))
    ]
    troubles: dict[str, str] = {}
    for name, count in kinds:
        try:
            return _fit(resize, factor, name, count)
        except Exception as error:
            said = (
                str(error) if isinstance(error, UnfitError) else f"it raised {type(error).__name__}: {error}"
            )
            troubles.setdefault(said, f"{name} {'colour' if count else 'grey'}")
    listed = "; ".join(f"with {kind}, {said}" for said, kind in troubles.items())
    raise ValueError(f"{name_of(resize)} cannot be judged at factor {factor:g}: {listed}")


class UnfitError(ValueError):
    """The function does not do with this kind of picture."""


def _fit(resize: Callable, factor: float, dtype: str, channels: int) -> Probe:
    source = (round(factor * DST),) * 2
    dark = call(resize, np.full(source, 0.25), dtype, channels)
    small = dark.shape[:2]
    if small != (DST, DST):
        source = _source_of_fixed_size(resize, factor, dtype, channels, small)
        dark = call(resize, np.full(source, 0.25), dtype, channels)
    light = call(resize, np.full(source, 0.75), dtype, channels)
    gain = float(np.mean(light) - np.mean(dark)) / 0.5
    # a function that takes 0..255 and is given 0..1 in float may round all of it away
    if abs(gain) < 1e-3:
        raise UnfitError("a light picture comes out like a dark one; does it want another range?")
    return Probe(resize, factor, dtype, channels, source, small, gain, float(np.mean(dark)) - 0.25 * gain)


def _source_of_fixed_size(resize, factor: float, dtype: str, channels: int, small: tuple[int, int]):
    """The input that a thumbnailer of one size shrinks by ``factor``."""
    first = (round(factor * DST),) * 2
    other = tuple(side + 2 * math.ceil(factor) for side in first)
    if call(resize, np.full(other, 0.25), dtype, channels).shape[:2] != small:
        raise UnfitError(
            f"it returned shape {small} for a {first} picture, wanted {(DST, DST)}; check the factor"
        )
    source = tuple(round(factor * side) for side in small)
    if min(small) < _SMALLEST or max(source) > _LARGEST:
        raise UnfitError(
            f"its output of {small} cannot be judged at this factor: each side must be between "
            f"{_SMALLEST} and {int(_LARGEST / factor)} pixels"
        )
    return source


def call(resize: Callable, grey: NDArray, dtype: str, channels: int) -> NDArray[np.float64]:
    """What the function makes of a grey picture in [0, 1], as ``(h, w, C)`` floats on its own scale."""
    picture = np.rint(255 * grey).astype(np.uint8) if dtype == "uint8" else grey.astype(dtype)
    if channels:
        picture = np.repeat(picture[..., None], channels, axis=2)
    out = resize(picture)
    if hasattr(out, "detach"):
        out = out.detach().cpu()
    out = np.asarray(out)
    if out.ndim != picture.ndim or out.shape[2:] != picture.shape[2:] or 0 in out.shape:
        wanted = "(h, w, C)" if channels else "(h, w)"
        raise UnfitError(f"it returned shape {out.shape} for a {picture.shape} picture, wanted {wanted}")
    out = out.astype(float)
    if not np.isfinite(out).all():
        raise UnfitError("it returned NaN or infinity")
    return out[..., None] if out.ndim == 2 else out


def name_of(function: Callable) -> str:
    """What to call a function in a message."""
    name = getattr(function, "__qualname__", None) or type(function).__name__
    return "the resize" if "<lambda>" in name else name.rpartition("<locals>.")[2]


def _floor(source: tuple[int, int], factor: float) -> tuple[int, int]:
    return tuple(math.floor(side / factor) for side in source)
