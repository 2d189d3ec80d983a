"""Shifts of images: circular, with zeros coming in, and by parts of a pixel."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from ..signals._checks import one_of
from ._checks import feature_maps

Shift = tuple[float, float]
NEIGHBOURS: tuple[Shift, ...] = ((-1, 0), (1, 0), (0, -1), (0, 1))
"""Up, down, left and right by one pixel."""
HOW = ("circular", "zeros", "fourier")


def shift_images(x: Tensor, shift: Shift, how: str = "circular") -> Tensor:
    """``x`` moved by ``shift = (down, right)`` pixels.

    Parameters
    ----------
    x : ``(N, C, H, W)``, floating.
    shift : pixels down and to the right, negative for up and left; whole unless ``how`` is
        ``"fourier"``.
    how : ``"circular"``: what leaves on one side enters on the other; ``"zeros"``: zeros enter;
        ``"fourier"``: circular, by any part of a pixel, exact for waves below Nyquist (each frequency
        ``f`` is turned by ``-2 pi f shift``; a wave at Nyquist keeps its real part).

    Returns
    -------
    ``(N, C, H, W)``, of the dtype of ``x``.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, ``how`` is unknown, or a part of a pixel is asked of another ``how``.
    """
    how = one_of("how", how, HOW)
    if how == "fourier":
        moved = feature_maps("x", x)
        for axis, pixels in zip((-2, -1), shift, strict=True):
            moved = _turn(moved, axis, pixels)
        return moved.to(x.dtype)
    down, right = (_whole(pixels, how) for pixels in shift)
    if how == "circular":
        return x.roll((down, right), (-2, -1))
    height, width = x.shape[-2:]
    down, right = max(-height, min(down, height)), max(-width, min(right, width))
    return functional.pad(x, (right, -right, down, -down))


def random_shifts(count: int, reach: int, generator: torch.Generator | None = None) -> list[Shift]:
    """``count`` shifts by whole pixels, each of ``(down, right)`` evenly from ``-reach`` to ``reach``.

    Parameters
    ----------
    count : how many, 1 or more.
    reach : the largest shift in pixels, 1 or more.
    generator : where the chances come from; torch's own without it.

    Returns
    -------
    list of ``(down, right)``; never ``(0, 0)``.

    Raises
    ------
    ValueError
        If ``count`` or ``reach`` is under 1.
    """
    if count < 1 or reach < 1:
        raise ValueError(f"count and reach must be 1 or more, got {count!r} and {reach!r}")
    side = 2 * reach + 1
    centre = side**2 // 2
    drawn = torch.randint(side**2 - 1, (count,), generator=generator).tolist()
    places = [place + (place >= centre) for place in drawn]
    return [(place // side - reach, place % side - reach) for place in places]


def with_copies(x: Tensor, shifts: Sequence[Shift], how: str) -> Tensor:
    """``((1 + S) N, C, H, W)``: the images, then each shift of all of them."""
    if not len(shifts):
        raise ValueError("shifts must hold one (down, right) or more, got none")
    return torch.cat([x, *(shift_images(x, shift, how) for shift in shifts)])


def _turn(x: Tensor, axis: int, pixels: float) -> Tensor:
    n = x.shape[axis]
    angle = -2 * torch.pi * pixels * torch.fft.rfftfreq(n, device=x.device, dtype=x.dtype)
    phase = torch.polar(torch.ones_like(angle), angle)
    if axis == -2:
        phase = phase[:, None]
    return torch.fft.irfft(torch.fft.rfft(x, dim=axis) * phase, n, dim=axis)


def _whole(pixels: float, how: str) -> int:
    if pixels != int(pixels):
        raise ValueError(f"how={how!r} shifts by whole pixels, got {pixels:g}; use how='fourier'")
    return int(pixels)
