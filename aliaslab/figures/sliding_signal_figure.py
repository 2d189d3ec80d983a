"""A signal slid by parts of a sample through a layer of stride 2: does the output slide along?"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from aliaslab.signals._checks import one_of

from .interactive import Interactive, within
from .style import PALETTE, new_figure

_COUNT = 32  # samples of a period
_FARTHEST = 4.0  # samples
_SLACK = 1e-9  # of phases that are equally strong, and of departures that are none: rounding

_AT = np.arange(_COUNT)


def _pairs() -> NDArray[np.float64]:
    """0 0 1 1 over and over, Zhang's example (ICML 2019), without the last 1, by which it is seen to move."""
    pairs = (_AT % 4 >= 2).astype(float)
    pairs[-1] = 0
    return pairs


def _steps() -> NDArray[np.float64]:
    """Edges, and a line of one sample: a filter of 1 2 1 leaves both phases of edges alone equally strong."""
    steps = np.select([_AT < 5, _AT < 12, _AT < 18], [0, 1, 0.4], 0.0)
    steps[24] = 0.8
    return steps


SIGNALS = {
    "pairs": _pairs(),
    "steps": _steps(),
    "bump": np.exp(-((_AT - 12) ** 2) / 8),
    "texture": np.exp(-((_AT - 12) ** 2) / 18) * np.cos(2 * np.pi * 13 / 32 * (_AT - 12)),
}
LAYERS = ("bare stride", "max pool", "blur pool", "max blur", "polyphase", "blur + polyphase")


class Output(NamedTuple):
    """What a layer gives for one period of a signal."""

    dense: NDArray[np.float64]
    """Before the stride, a value for each sample."""
    values: NDArray[np.float64]
    """Every second value of ``dense``."""
    dense_place: float
    """Where the first of ``dense`` lies on the signal's axis: the middle of what it is made from."""
    place: float
    """Where the first of ``values`` lies."""


def fourier_series(values: ArrayLike, at: ArrayLike) -> NDArray[np.float64]:
    """The periodic signal through ``values``, at any places ``at``, in samples; the period is even.

    It is the one without frequencies above Nyquist; a wave at Nyquist is a cosine.
    """
    values, at = np.asarray(values, dtype=float), np.asarray(at, dtype=float)
    n = len(values)
    parts = np.fft.rfft(values) / n
    parts[1:-1] *= 2  # with their mirror images
    return (parts * np.exp(2j * np.pi / n * np.arange(len(parts)) * at[..., None])).real.sum(axis=-1)


def layer_output(x: NDArray, layer: str) -> Output:
    """A period ``x`` of even length through one of ``LAYERS``: each a dense step, then every second value."""
    dense, place = x, 0.0
    if layer.startswith("max"):
        dense, place = np.maximum(x, np.roll(x, -1)), 0.5
    if "blur" in layer:
        dense = (np.roll(dense, 1) + 2 * dense + np.roll(dense, -1)) / 4
    phase = 0
    if "polyphase" in layer:
        first, second = (float(np.sum(dense[phase::2] ** 2)) for phase in (0, 1))
        phase = int(second > first * (1 + _SLACK))
    return Output(dense, dense[phase::2], place, place + phase)


def slid_output(start: Output, now: Output, shift: float) -> NDArray[np.float64]:
    """The output ``start`` of the unshifted signal, slid by ``shift`` to where the samples of ``now`` lie."""
    m = np.arange(len(now.values))
    return fourier_series(start.values, m + (now.place - start.place - shift) / 2)


class Stability(NamedTuple):
    """How a layer bears a shift."""

    departure: float
    """RMS distance of the output from the slid output at shift 0, over the signal's standard deviation."""
    mean: float
    """What a global average pool makes of the output."""


def stability(signal: str, layer: str, shift: float) -> Stability:
    """How ``layer`` bears it that one of ``SIGNALS`` is shifted by ``shift`` samples."""
    x = SIGNALS[signal]
    start, now = layer_output(x, layer), layer_output(fourier_series(x, _AT - shift), layer)
    off = now.values - slid_output(start, now, shift)
    return Stability(float(np.sqrt(np.mean(off**2)) / x.std()), float(now.values.mean()))


# ------------------------------------------------------------------------------------- words


def _rounded(value: float, digits: int) -> str:
    # a tie is rounded another way in JavaScript, so that none may be left
    return f"{value + 1e-9:z.{digits}f}".replace("-", "\N{MINUS SIGN}")


def _percent(share: float) -> str:
    if share < 5e-4:
        return "less than 0.1 %"
    return f"{_rounded(100 * share, 0 if share >= 0.1 else 1)} %"


def _samples(shift: float) -> str:
    return f"{round(shift, 3):g} sample{'' if shift == 1 else 's'}"


def _why_exact(shift: float) -> str:
    if shift == 0:
        return "nothing has moved yet."
    if shift % 2:
        return (
            "the output is its old self, slid along: with the signal, the choice went over to the other "
            "samples."
        )
    moved = int(shift // 2)
    return (
        f"the output is its old self, slid along by exactly {moved} of its own samples: "
        "every layer with stride 2 can do that."
    )


def outcome(signal: str, layer: str, shift: float) -> str:
    """What there is to notice at this shift: the words of the live figure."""
    before, now = stability(signal, layer, 0), stability(signal, layer, shift)
    start = f"{layer.capitalize()} on {signal}, shifted by {_samples(shift)}: "
    if now.departure < _SLACK:
        return start + _why_exact(shift)
    old, new = _rounded(before.mean, 3), _rounded(now.mean, 3)
    mean = f"stays {old}" if old == new else f"goes from {old} to {new}"
    return (
        f"{start}the output departs from its old self, slid along, by {_percent(now.departure)} of the "
        f"signal's spread; its mean {mean}."
    )


def _alt(shift: float, signal: str, layer: str) -> str:
    shifts = np.arange(0, _FARTHEST + 0.01, 1 / 8)
    over = [stability(signal, layer, s) for s in shifts]
    departures = np.array([s.departure for s in over])
    worst = int(np.argmax(departures > departures.max() - _SLACK))
    whole = departures[::8].max()
    means = [s.mean for s in over]
    at_whole = "is exact" if whole < _SLACK else f"departs by up to {_percent(whole)}"
    return (
        f"A periodic signal of {_COUNT} samples, {signal}, shifted by {_samples(shift)}, and the "
        f"{_COUNT // 2} values that {layer} makes of it, beside those of the signal before the shift, slid "
        "along. Below, against the shift, from 0 to 4 samples: how far the two lie apart, and the mean "
        f"of the output, for the signal {_rounded(SIGNALS[signal].mean(), 3)}. "
        f"{outcome(signal, layer, shift)} Over all shifts the layer departs by at most "
        f"{_percent(departures[worst])}, first at {_samples(shifts[worst])}; at whole shifts it {at_whole}; "
        f"its mean runs from {_rounded(min(means), 3)} to {_rounded(max(means), 3)}."
    )


# ----------------------------------------------------------------------------------- pictures


def _draw_signal(axis, x: NDArray, shift: float, now: Output) -> None:
    fine = np.linspace(-0.5, _COUNT, 1301)
    axis.plot(fine, fourier_series(x, fine - shift), color=PALETTE["signal"], lw=1, label="signal")
    axis.plot(_AT, fourier_series(x, _AT - shift), "o", color=PALETTE["samples"], ms=4, label="its samples")
    middles = _AT + now.dense_place
    axis.plot(middles, now.dense, "--", color=PALETTE["filter"], lw=1, label="before the stride")
    places = now.place + 2 * np.arange(len(now.values))
    axis.plot(places, now.values, "o", mfc="none", color=PALETTE["alias"], ms=7, label="kept")
    axis.tick_params(labelbottom=False)
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=4, columnspacing=1, handletextpad=0.4)


def _draw_output(axis, shift: float, start: Output, now: Output) -> None:
    fine = np.linspace(-0.5, _COUNT, 1301)
    slid = fourier_series(start.values, (fine - start.place - shift) / 2)
    places = now.place + 2 * np.arange(len(now.values))
    axis.plot(fine, slid, color=PALETTE["second"], lw=1.2, label="output at shift 0, slid along")
    axis.vlines(places, slid_output(start, now, shift), now.values, color=PALETTE["alias"], lw=1.5)
    axis.plot(places, now.values, "o", color=PALETTE["alias"], ms=5, label="output now")
    axis.set(xlim=(-0.5, _COUNT), xlabel="place, samples of the input")
    axis.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2)


def _draw_measure(axis, shifts: NDArray, lines: dict[str, NDArray], layer: str, shift: float, now: float):
    for name in (*(name for name in LAYERS if name != layer), layer):
        own = name == layer
        axis.plot(
            shifts, lines[name], color=PALETTE["alias" if own else "signal"], lw=2 if own else 0.7, label=name
        )
    whole = shifts % 1 == 0
    axis.plot(shifts[whole], lines[layer][whole], "o", color=PALETTE["alias"], ms=4)
    axis.plot(shift, now, "o", color="black", ms=6)
    axis.set(xlim=(-0.05, _FARTHEST + 0.05), xticks=range(5))


def _draw(shift: float, signal: str, layer: str) -> Figure:
    x = SIGNALS[signal]
    start, now = layer_output(x, layer), layer_output(fourier_series(x, _AT - shift), layer)
    figure, (above, below, departures, means) = new_figure(4, 7.4, height_ratios=(1.1, 1.1, 1, 1))
    _draw_signal(above, x, shift, now)
    _draw_output(below, shift, start, now)
    above.sharex(below)
    below.sharey(above)
    shifts = np.arange(0, _FARTHEST + 0.01, 1 / 32)
    over = {name: [stability(signal, name, s) for s in shifts] for name in LAYERS}
    here = stability(signal, layer, shift)
    for axis, pick, scale in ((departures, 0, 100), (means, 1, 1)):
        lines = {name: scale * np.array(found)[:, pick] for name, found in over.items()}
        _draw_measure(axis, shifts, lines, layer, shift, scale * here[pick])
    departures.set_title("Departure, % of the signal's spread (thin: the other layers)")
    departures.tick_params(labelbottom=False)
    means.axhline(x.mean(), color="black", lw=1, ls="--")
    means.set_title("Mean of the output (dashed: of the signal)")
    means.set_xlabel("shift, samples")
    return figure


def sliding_signal(shift: float = 1.0, signal: str = "pairs", layer: str = "max pool") -> Interactive:
    """Interactive: a signal slid by parts of a sample through a layer of stride 2, and what its output does.

    Parameters
    ----------
    shift : to the right, 0 to 4 samples; exact between the samples, by the signal's Fourier series.
    signal : ``"pairs"`` (0 0 1 1, and so on), ``"steps"``, ``"bump"`` or ``"texture"``; 32 samples, periodic.
    layer : ``"bare stride"``, ``"max pool"``, ``"blur pool"``, ``"max blur"``, ``"polyphase"`` (APS without
        a filter) or ``"blur + polyphase"``; windows of 2, filters of 3 taps, circular.

    Raises
    ------
    ValueError
        If ``shift`` lies outside its slider's range, is NaN or infinite, or a name is unknown.

    References
    ----------
    Zhang, "Making convolutional networks shift-invariant again", ICML 2019: the pairs through max pooling.
    """
    state = {
        "shift": within("shift", shift, 0, _FARTHEST, "samples"),
        "signal": one_of("signal", signal, SIGNALS),
        "layer": one_of("layer", layer, LAYERS),
    }
    return Interactive("sliding_signal", state, _alt(**state), _draw)
