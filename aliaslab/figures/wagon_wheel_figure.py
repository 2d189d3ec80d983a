"""A turning wheel and its film: aliasing in time."""

from __future__ import annotations

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Polygon, Wedge
from numpy.typing import ArrayLike, NDArray

from aliaslab.signals import box_response, signed_alias_frequency

from .interactive import Interactive, within
from .style import PALETTE, new_figure

_FASTEST = 6.0  # turns a second
_DUTY = 0.3  # width of a spoke, in spoke spacings
_HUB = 0.16  # radius of the hub, in radii of the wheel


def spoke_coverage(x: ArrayLike, duty: float, span: float) -> NDArray[np.float64]:
    """How much of the exposure a point of the film sees a spoke, 0 to 1.

    Lengths are in spoke spacings: the point lies ``x`` past the edge of a spoke of width ``duty``,
    and the wheel turns by ``span`` (any sign) while the shutter is open.
    """

    def covered(v: NDArray) -> NDArray:
        return np.floor(v) * duty + np.minimum(v - np.floor(v), duty)

    x = np.asarray(x, dtype=float)
    if span == 0:
        return (x - np.floor(x) < duty).astype(float)
    return (covered(x) - covered(x - span)) / span


def still_rotation(spokes: int, rotation: float, frame_rate: float, limit: float = _FASTEST) -> float:
    """The turns a second at which every frame looks the same.

    The multiple of ``frame_rate / spokes`` nearest to ``rotation``, not 0 unless ``limit`` leaves
    no other.
    """
    unit = frame_rate / spokes
    steps = min(max(np.floor(abs(rotation) / unit + 0.5), 1), np.floor(limit / unit))
    return float(np.copysign(steps * unit, rotation)) if steps else 0.0


def _draw_spokes(axis, spokes: int, turns: float, colour: str) -> None:
    half = 180 * _DUTY / spokes
    for spoke in range(spokes):
        # noon is 90 degrees, and clockwise is negative
        middle = 90 - 360 * (turns + spoke / spokes)
        axis.add_patch(Wedge((0, 0), 1, middle - half, middle + half, width=1 - _HUB, color=colour, lw=0))


def _draw_blur(axis, spokes: int, turns: float, span: float, colour: str) -> None:
    x, y = np.meshgrid(np.linspace(-1, 1, 480), np.linspace(-1, 1, 480))
    radius, clockwise = np.hypot(x, y), np.arctan2(x, y) / (2 * np.pi)
    rgba = np.empty((*x.shape, 4))
    rgba[..., :3] = to_rgb(colour)
    rgba[..., 3] = spoke_coverage(spokes * (clockwise - turns) + _DUTY / 2, _DUTY, span)
    rgba[..., 3] *= (radius < 1) & (radius > _HUB)
    axis.imshow(rgba, extent=(-1, 1, -1, 1), origin="lower", interpolation="antialiased")


def _draw_step(axis, turns: float, colour: str) -> None:
    axis.plot([0, 0], [1.04, 1.2], color=colour, lw=2)
    if turns == 0:
        return
    angle = np.linspace(0, np.clip(turns, -0.98, 0.98), 60) * 2 * np.pi
    axis.plot(1.12 * np.sin(angle), 1.12 * np.cos(angle), color=colour, lw=2)
    way = np.sign(turns) * np.array([np.cos(angle[-1]), -np.sin(angle[-1])])
    out = np.array([np.sin(angle[-1]), np.cos(angle[-1])])
    corners = 1.12 * out + np.array([0.08 * way, 0.06 * out - 0.04 * way, -0.06 * out - 0.04 * way])
    axis.add_patch(Polygon(corners, color=colour, lw=0))


def _draw_wheel(axis, spokes: int, turns: float, span: float, colour: str, marked: bool) -> None:
    if span:
        _draw_blur(axis, spokes, turns, span, colour)
    else:
        _draw_spokes(axis, spokes, turns, colour)
    if marked:
        half = 180 * _DUTY / spokes
        middle = 90 - 360 * turns
        axis.add_patch(
            Wedge((0, 0), 1, middle - half, middle + half, width=1 - _HUB, color=PALETTE["second"], lw=0)
        )
    for radius in (1, _HUB):
        axis.add_patch(Circle((0, 0), radius, fill=False, color="black", lw=1.4))
    axis.set(xlim=(-1.3, 1.3), ylim=(-1.1, 1.3), aspect="equal")
    axis.set_axis_off()


def _draw_speeds(axis, spokes: int, rotation: float, frame_rate: float) -> None:
    limit = frame_rate / spokes / 2
    high = min(1.5 * limit, 1.1 * _FASTEST)
    axis.plot([-_FASTEST, _FASTEST], [-_FASTEST, _FASTEST], color=PALETTE["signal"], lw=1)
    for k in range(int(-_FASTEST / (2 * limit)) - 1, int(_FASTEST / (2 * limit)) + 2):
        axis.plot([(2 * k - 1) * limit, (2 * k + 1) * limit], [-limit, limit], color=PALETTE["alias"], lw=2)
    axis.plot(rotation, _apparent(spokes, rotation, frame_rate), "o", color="black", ms=6)
    axis.set(xlim=(-_FASTEST, _FASTEST), ylim=(-high, high))
    axis.set(xlabel="true turns a second, clockwise", ylabel="as it seems")


def _apparent(spokes: int, rotation: float, frame_rate: float) -> float:
    return signed_alias_frequency(spokes * rotation, frame_rate) / spokes


def _draw(spokes: int, rotation: float, frame_rate: float, exposure: float) -> Figure:
    figure, axes = new_figure(2, 4.6, ncols=2, height_ratios=(5, 3))
    grid = axes[1, 0].get_gridspec()
    for axis in axes[1]:
        axis.remove()
    seems = _apparent(spokes, rotation, frame_rate)
    turned, span = rotation / frame_rate, spokes * rotation * exposure / frame_rate
    wheel, film = axes[0]
    _draw_wheel(wheel, spokes, turned, 0, PALETTE["signal"], marked=True)
    _draw_wheel(film, spokes, turned, span, PALETTE["samples"], marked=False)
    for axis, speed, colour, head in (
        (wheel, rotation, PALETTE["signal"], f"The wheel:\n{rotation:.2f} turns a second"),
        (film, seems, PALETTE["alias"], f"Its film:\nseems {seems:.2f} a second"),
    ):
        _draw_step(axis, speed / frame_rate, colour)
        axis.set_title(head.replace("-", "\N{MINUS SIGN}"), loc="center")
        step = f"{360 * speed / frame_rate:.2f}° a frame".replace("-", "\N{MINUS SIGN}")
        axis.text(0, -1.12, step, ha="center", va="top")
    _draw_speeds(figure.add_subplot(grid[1, :]), spokes, rotation, frame_rate)
    return figure


def _motion(seems: float, rotation: float, limit: float) -> str:
    """What the wheel on film seems to do: the words of the live figure."""
    if abs(seems) < 5e-3:
        return "stand still"
    if abs(abs(seems) - limit) < 1e-9:
        return "jump half a gap, with no direction"
    if seems * rotation < 0:
        how = "backwards"
    else:
        how = "as it does" if abs(seems - rotation) < 1e-9 else "forwards, but wrongly"
    return f"turn {how}: {abs(seems):.2f} turns a second"


def _alt(spokes: int, rotation: float, frame_rate: float, exposure: float) -> str:
    seems = _apparent(spokes, rotation, frame_rate)
    contrast = abs(float(box_response(spokes * rotation, exposure / frame_rate)))
    outcome = _motion(seems, rotation, frame_rate / spokes / 2)
    return (
        f"A wheel of {spokes} spokes turning {rotation:.2f} times a second, beside its film of "
        f"{frame_rate:.0f} frames a second. A spoke passes {abs(spokes * rotation):.1f} times a second and "
        f"the film can carry {frame_rate / 2:.1f}: on film the wheel seems to {outcome}. The spokes keep "
        f"{100 * contrast:.0f} % of their contrast. Below, apparent against true turns a second, a sawtooth, "
        "with this wheel marked on it."
    )


def wagon_wheel(
    spokes: int = 8, rotation: float = 2.75, frame_rate: float = 24.0, exposure: float = 0.0
) -> Interactive:
    """Interactive: a turning wheel beside its film, and the sawtooth of apparent speeds.

    Parameters
    ----------
    spokes : of the wheel, a whole number, 2 to 16.
    rotation : turns a second, -6 to 6; positive is clockwise.
    frame_rate : frames a second, 6 to 60.
    exposure : how long the shutter is open, as a part of the time between frames, 0 to 1.

    Raises
    ------
    ValueError
        If a value lies outside its slider's range, is NaN or infinite, or ``spokes`` is not whole.
    """
    if within("spokes", spokes, 2, 16, "spokes") != int(spokes):
        raise ValueError(f"spokes must be a whole number, got {spokes!r}; choose one from 2 to 16")
    state = {
        "spokes": int(spokes),
        "rotation": within("rotation", rotation, -_FASTEST, _FASTEST, "turns a second"),
        "frame_rate": within("frame_rate", frame_rate, 6, 60, "frames a second"),
        "exposure": within("exposure", exposure, 0, 1, "of the time between frames"),
    }
    return Interactive("wagon_wheel", state, _alt(**state), _draw)
