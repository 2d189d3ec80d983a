"""What a resampler does to every frequency: what passes, what folds and where to, how an edge rings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..signals._checks import scalar
from ..signals.folding import alias_frequency
from . import backends
from .kernels import pixel_centres
from .resizing import check_factor, resize

DST = 64
"""Output pixels of a probe; enough that the borders of the widest kernel leave most of them alone."""
BORDER = 8
"""Output pixels at each end that are not looked at: there the library's edge rule is in play."""

Run = Callable[[NDArray, tuple[int, int]], NDArray]


@dataclass(frozen=True)
class Response:
    """The gain of a linear resampler from every input frequency to where it lands.

    Attributes
    ----------
    method, factor : what was measured.
    frequency : ``(K,)``, cycles per input pixel, in (0, 0.5), rising; never exactly on the cut-off.
    gain : ``(K,)``, root of the output power that a wave of that frequency and power 1 gives.
    lands : ``(K,)``, where the wave's energy is found, in cycles per *output* pixel, [0, 0.5].  Up to
        ``cutoff`` this is ``factor * frequency``; beyond, it is folded.
    aligned : ``(K,)``, complex: the part of the output that is the input wave, sampled at the pixel
        centres.  ``abs`` equals ``gain`` at whole factors; at others the difference is a third kind of
        energy, images at frequencies other than ``lands``.
    """

    method: str
    factor: float
    frequency: NDArray[np.float64]
    gain: NDArray[np.float64]
    lands: NDArray[np.float64]
    aligned: NDArray[np.complex128]

    @property
    def cutoff(self) -> float:
        """The new Nyquist frequency, ``1 / (2 factor)`` cycles per input pixel."""
        return 0.5 / self.factor

    @property
    def folds(self) -> NDArray[np.bool_]:
        """``(K,)``: which frequencies lie above the new Nyquist frequency."""
        return self.frequency > self.cutoff

    @property
    def alias_db(self) -> float:
        """Mean power gain of the frequencies that fold, ``10 log10 mean |H(f)|^2`` over ``f > cutoff``."""
        return decibel(np.mean(self.gain[self.folds] ** 2))

    @property
    def passband_db(self) -> float:
        """Mean power loss of the frequencies that pass, ``-10 log10 mean |H(f)|^2`` over ``f < cutoff``."""
        return 0.0 - decibel(np.mean(self.gain[~self.folds] ** 2))


def resampler_response(method: str, factor: float, points: int = 64) -> Response:
    """Measure :class:`Response` of a resize method by sending waves through it.

    Each wave ``exp(2 pi i f x)`` runs along one axis (as cosine and sine, the method being linear) and
    the output's power is averaged over the pixels away from the border.  All methods listed are the
    same along both axes, and separable: the response to an oblique wave is the product of two of these.

    Parameters
    ----------
    method : a name that :func:`~aliaslab.methods` lists.
    factor : how many times smaller; above 1, whole or not.
    points : frequencies below the new Nyquist frequency, 1 or more; above it the spacing is the same.

    Returns
    -------
    Response

    Raises
    ------
    ValueError
        If the method is unknown, or ``factor`` is not above 1.
    MissingMethodError
        If the method's library is not there.
    """
    backends.available(method)
    factor = check_factor(factor)
    if factor == 1:
        raise ValueError("factor must be above 1, got 1: at equal size nothing folds")
    if points != int(points) or points < 1:
        raise ValueError(f"points must be a whole number, 1 or more, got {points!r}")
    frequency = np.concatenate([pass_band(factor, int(points)), stop_band(factor, int(points))])
    src, dst = round(factor * DST), DST
    factor = scalar("factor", np.asarray(src / dst))
    out = send_waves(lambda image, size: resize(image, size, method), src, dst, frequency)
    ideal = np.exp(2j * np.pi * np.outer(pixel_centres(src, dst), frequency))[BORDER:-BORDER]
    return Response(
        method,
        factor,
        frequency,
        np.sqrt(np.mean(abs(out) ** 2, axis=0)),
        alias_frequency(frequency * factor, 1.0),
        np.mean(out * ideal.conj(), axis=0),
    )


def pass_band(factor: float, points: int) -> NDArray:
    """``points`` midpoints that tile (0, 1 / (2 factor))."""
    return tile(0.0, 0.5 / factor, points)


def stop_band(factor: float, points: int) -> NDArray:
    """Midpoints that tile (1 / (2 factor), 0.5), as densely as ``pass_band``."""
    return tile(0.5 / factor, 0.5, max(1, round((factor - 1) * points)))


def tile(low: float, high: float, count: int) -> NDArray:
    """The midpoints of ``count`` equal cells from ``low`` to ``high``."""
    return low + (np.arange(count) + 0.5) / count * (high - low)


def send_waves(run: Run, src: int, dst: int, frequency: NDArray) -> NDArray[np.complex128]:
    """``(dst - 2 BORDER, K)``: what comes of ``exp(2 pi i f x)`` away from the border, by one call."""
    phase = 2 * np.pi * np.outer(np.arange(src), frequency)
    channels = np.concatenate([np.cos(phase), np.sin(phase)], axis=1)
    out = _through(run, channels, dst)[BORDER:-BORDER]
    count = len(frequency)
    return out[:, :count] + 1j * out[:, count:]


def edge_ringing(run: Run, factor: float) -> float:
    """How far an edge of height 1 overshoots, at the worst of its positions between two output pixels."""
    src = round(factor * DST)
    start = src // 2 + np.arange(int(np.ceil(factor)))
    out = _through(run, (np.arange(src)[:, None] >= start).astype(float), DST)[BORDER:-BORDER]
    return round(float(max(out.max() - 1, -out.min(), 0.0)), 6) + 0.0


def _through(run: Run, channels: NDArray, dst: int) -> NDArray:
    """``(src, K)`` signals through a resize, as the channels of a strip that is the same in every row."""
    rows = 4
    return np.asarray(run(np.tile(channels, (rows, 1, 1)), (rows, dst)))[rows // 2]


def decibel(power: float) -> float:
    """``10 log10`` of a power ratio; -200 dB stands for nothing at all."""
    # rounded to what a table shows at most, and so that nothing reads as minus zero
    return round(float(10 * np.log10(max(power, 1e-20))), 6) + 0.0
