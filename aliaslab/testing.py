"""A guard against aliasing for other people's tests: two lines in CI.

    from aliaslab.testing import assert_alias_free
    assert_alias_free(thumbnail, factor=8)

With pytest, the fixture of the same name does it without the import.  It needs no resize library.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import numpy as np
from numpy.typing import NDArray

from .resample.auditing import alias_limit_db
from .resample.families import FAMILIES, Matrix, family_power
from .resample.probing import Probe, find_probe, name_of
from .resample.resizing import check_factor
from .resample.responses import BORDER, decibel, tile

Resize = Callable[[NDArray], NDArray]

_SAME = 0.03
"""Root mean square difference of two power responses up to which they are called the same."""
_PIXELS = 10**8


@dataclass(frozen=True)
class AliasCheck:
    """What :func:`check_resize` found.

    Attributes
    ----------
    alias_db : the worst alias power of both axes and both input sizes.
    limit_db : the limit it is held to.
    factor : how many times smaller.
    behaves_like : the known resize with the nearest response, in words.
    likeness : root mean square difference between the two power responses; below 0.03 they are the same.
    probes : the ``(input shape, output shape)`` pairs it was judged on.
    dtype : the dtype it was judged on.
    """

    alias_db: float
    limit_db: float
    factor: float
    behaves_like: str
    likeness: float
    probes: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]
    dtype: str

    @property
    def passed(self) -> bool:
        """Whether the alias power is within the limit."""
        return self.alias_db <= self.limit_db

    def __str__(self) -> str:
        like = "behaves like" if self.likeness < _SAME else "comes nearest to"
        sizes = " and ".join(f"{a} to {b}" for a, b in self.probes)
        relation = "within" if self.passed else "above"
        text = (
            f"alias power {self.alias_db:.1f} dB at factor {self.factor:g}, {relation} the limit of "
            f"{self.limit_db:.1f} dB; it {like} {self.behaves_like} (measured on {self.dtype}, {sizes})"
        )
        if self.passed:
            return text
        return text + (
            ". Detail finer than the small picture can hold turns into false patterns. Low-pass before "
            "sampling: antialias=True in torch, Pillow's resize, INTER_AREA in OpenCV, "
            "anti_aliasing=True in scikit-image"
        )


def assert_alias_free(
    resize: Resize,
    factor: float = 4,
    max_alias_db: float | None = None,
    *,
    dtype: str | None = None,
    channels: int | None = None,
) -> None:
    """Fail if a resize lets through what the smaller picture cannot hold.

    Waves above the new Nyquist frequency, ``1 / (2 factor) < f < 1/2`` cycles per pixel, are sent through
    along each axis, and the mean of output power over input power is the alias power: ``alias_db`` of
    :func:`aliaslab.audit`, here measured from outside, for any function, linear or not.

    Parameters
    ----------
    resize : takes an ``(H, W)`` or ``(H, W, C)`` array and returns the shrunken one.  Its output may follow
        the input's size (``64`` to ``16``) or be of one fixed size (a thumbnailer): both are found out.
    factor : how many times smaller it makes the picture (for a fixed size: at which factor to judge it);
        above 1.
    max_alias_db : limit in dB.  By default what folds from white noise may have at most -5 dB of the power
        that belongs there: -5.0, -9.8 and -13.5 dB at 2, 4 and 8 (:func:`aliaslab.alias_limit_db`).
        A box average passes by 1.4 dB or more; every interpolation without a prefilter fails.
    dtype : ``"uint8"`` (0 to 255), ``"float32"`` or ``"float64"`` (0 to 1); by default the first that works.
    channels : 0 for ``(H, W)``, else C of ``(H, W, C)``; by default the first that works.

    Raises
    ------
    AssertionError
        If it aliases; the message names the figure, the limit and the known method that behaves the same.
    TypeError, ValueError
        If the resize cannot be judged: it cannot be called, raises, returns another shape, or NaN.

    Notes
    -----
    It is judged at two input sizes, ``n factor`` and, if it takes that too, one pixel more.  At exactly 2x
    bilinear interpolation without antialiasing *is* the average of all the pixels that an output pixel
    covers, four of four (at other even factors it is the average of four among many); one pixel more moves
    the output pixels through all positions, where interpolation shows itself and an area average remains one.

    What it cannot tell: a function that steps by exactly 2 whatever the input's size
    (``F.interpolate(x, scale_factor=0.5, mode="bilinear")``) computes the box average always, so it gives
    what ``cv2.INTER_AREA`` gives and passes at factor 2 as that does; judge it at the other factors that
    it is used with.  Nor does it see defects other than aliasing: a shift, ringing, blur.
    """
    result = check_resize(resize, factor, max_alias_db, dtype=dtype, channels=channels)
    if not result.passed:
        raise AssertionError(f"{name_of(resize)} aliases: {result}")


def check_resize(
    resize: Resize,
    factor: float = 4,
    max_alias_db: float | None = None,
    *,
    dtype: str | None = None,
    channels: int | None = None,
) -> AliasCheck:
    """The measurement behind :func:`assert_alias_free`; same parameters, returns instead of failing."""
    if not callable(resize):
        raise TypeError(f"resize must be a function of an image, got {resize!r}; wrap it in a lambda")
    factor, limit = _factor_and_limit(factor, max_alias_db)
    probe = find_probe(resize, factor, dtype, channels)
    # enough to meet every side lobe, fewer where pictures are so large that it would take long
    count = max(8, min(16, 4 * math.ceil(factor - 1), _PIXELS // math.prod(probe.source)))
    frequency = tile(0.5 / factor, 0.5, count)
    looks = [_look(probe, probe.source, frequency)]
    # many functions take only multiples of their factor; then that is what they are judged on
    with contextlib.suppress(Exception):
        looks.append(_look(probe, tuple(side + 1 for side in probe.source), frequency))
    worst = max(look.power.mean() for look in looks)
    like, distance = _nearest_family(looks, frequency)
    probes = tuple((look.source, look.small) for look in looks)
    return AliasCheck(decibel(worst), limit, factor, like, distance, probes, probe.dtype)


@dataclass(frozen=True)
class _Look:
    """The power response along the worse axis of one input size."""

    source: tuple[int, int]
    small: tuple[int, int]
    axis: int
    power: NDArray[np.float64]


def _look(probe: Probe, source: tuple[int, int], frequency: NDArray) -> _Look:
    powers = [probe.power(source, axis, frequency) for axis in (0, 1)]
    axis = int(np.argmax([power.mean() for power in powers]))
    small = probe.shrink(np.full(source, 0.5), source).shape[:2]
    return _Look(source, small, axis, powers[axis])


def _nearest_family(looks: list[_Look], frequency: NDArray) -> tuple[str, float]:
    """The known behaviour with the nearest power response, and how near."""

    def off(matrix: Matrix, look: _Look, at: _Look) -> float:
        src, dst = at.source[at.axis], at.small[at.axis]
        border = min(BORDER, dst // 4)
        known = family_power(matrix(src, dst), frequency, slice(border, -border))
        return float(np.mean((known - look.power) ** 2))

    def distance(matrix: Matrix) -> float:
        at_sizes = np.mean([off(matrix, look, look) for look in looks])
        # a function that steps by the factor whatever the size does the same at both
        fixed_step = np.mean([off(matrix, look, looks[0]) for look in looks])
        return math.sqrt(min(at_sizes, fixed_step))

    distances = {name: distance(matrix) for name, (matrix, _) in FAMILIES.items()}
    name = min(distances, key=distances.get)
    return name, distances[name]


def _factor_and_limit(factor: float, max_alias_db: float | None) -> tuple[float, float]:
    factor = check_factor(factor)
    if factor == 1:
        raise ValueError("factor must be above 1, got 1: at equal size nothing folds")
    if max_alias_db is None:
        return factor, alias_limit_db(factor)
    if isinstance(max_alias_db, bool) or not isinstance(max_alias_db, Real) or not max_alias_db < 0:
        raise ValueError(
            f"max_alias_db must be a number below 0 (0 dB: everything folds), got {max_alias_db!r}; "
            "-10 is strict at factor 2"
        )
    return factor, float(max_alias_db)
