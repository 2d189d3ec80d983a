"""Test images with known frequencies: float64 in [0, 1], rows are y (downwards), columns are x.

Frequencies are in cycles per pixel, so Nyquist is 0.5 along each axis.  ``n`` is the side of a square
image or a pair ``(height, width)``.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._checks import finite, positive, scalar

Image = NDArray[np.float64]
Size = int | tuple[int, int]


def _shape(n: Size) -> tuple[int, int]:
    """``(height, width)`` from ``n``; both are whole numbers of 1 or more."""
    sides = finite("n", n)
    sides = np.broadcast_to(sides, 2) if sides.size == 1 else sides
    if sides.shape != (2,) or (sides != np.round(sides)).any() or sides.min() < 1:
        raise ValueError(
            f"n must be a whole number of pixels, 1 or more, or (height, width), got {n!r}; "
            "round it, or pass image.shape[:2]"
        )
    return int(sides[0]), int(sides[1])


def _from_centre(n: Size) -> tuple[NDArray, NDArray, int]:
    """y as a column and x as a row, counted from the centre pixel, and the longer side."""
    height, width = _shape(n)
    y, x = np.arange(height) - height // 2, np.arange(width) - width // 2
    return y[:, None].astype(float), x[None, :].astype(float), max(height, width)


def _whole(name: str, value, why: str) -> int:
    number = scalar(name, positive(name, value, why))
    if number != int(number):
        raise ValueError(f"{name} must be a whole number, got {number:g}; {why}")
    return int(number)


def zone_plate(n: Size = 512) -> Image:
    """The zone plate ``1/2 + cos(pi r^2 / n) / 2``: every frequency, at a place of its own.

    ``r`` is the distance in pixels from the centre pixel ``(n // 2, n // 2)`` and ``n`` the longer
    side.  The local frequency is ``(x, y) / n``, outwards: ``r / n`` cycles per pixel, 0 at the centre
    and Nyquist in the middle of each edge; in the corners both components reach Nyquist together.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64 in [0, 1].

    Raises
    ------
    ValueError
        If a side is not a whole number of 1 or more.

    Examples
    --------
    >>> plate = zone_plate(8)
    >>> plate.shape, float(plate[4, 4])
    ((8, 8), 1.0)
    """
    y, x, side = _from_centre(n)
    return 0.5 + 0.5 * np.cos(np.pi * (x**2 + y**2) / side)


def siemens_star(n: Size = 512, spokes: int = 72) -> Image:
    """A Siemens star: ``1/2 + cos(spokes angle) / 2``, finer towards the middle.

    At distance ``r`` from the centre pixel the local frequency is ``spokes / (2 pi r)`` cycles per
    pixel, around the circle.  Where that would pass Nyquist, within ``r = spokes / pi``, the image is
    plain 1/2: the star has no alias of its own.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.
    spokes : bright spokes, a whole number of 1 or more.

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64 in [0, 1].

    Raises
    ------
    ValueError
        If a side or ``spokes`` is not a whole number of 1 or more.
    """
    spokes = _whole("spokes", spokes, "give how many bright spokes the star has")
    y, x, _ = _from_centre(n)
    star = 0.5 + 0.5 * np.cos(spokes * np.arctan2(y, x))
    return np.where(np.hypot(x, y) <= spokes / np.pi, 0.5, star)


def chirp_image(n: Size = 512) -> Image:
    """A horizontal chirp, ``1/2 + cos(pi x^2 / (2 width)) / 2``: the same in every row.

    The local frequency at column ``x`` is ``x / (2 width)`` cycles per pixel: 0 at the left edge,
    Nyquist at the right.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64 in [0, 1].

    Raises
    ------
    ValueError
        If a side is not a whole number of 1 or more.
    """
    height, width = _shape(n)
    row = 0.5 + 0.5 * np.cos(np.pi * np.arange(width) ** 2 / (2 * width))
    return np.tile(row, (height, 1))


def checkerboard(n: Size = 512, size: int = 1) -> Image:
    """Black and white squares of ``size`` pixels, black at the top left.

    With ``size`` 1 it is one frequency, Nyquist along both axes: 1/2 and 1/2 cycle per pixel.  Larger
    squares have ``1 / (2 size)`` and its odd multiples, falling as one over the multiple.

    Parameters
    ----------
    n : side of a square image in pixels, or ``(height, width)``.
    size : side of each square in pixels, a whole number of 1 or more.

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64, 0 or 1.

    Raises
    ------
    ValueError
        If a side or ``size`` is not a whole number of 1 or more.

    Examples
    --------
    >>> checkerboard((2, 3))
    array([[0., 1., 0.],
           [1., 0., 1.]])
    """
    size = _whole("size", size, "give the side of a square in pixels")
    height, width = _shape(n)
    y, x = np.arange(height)[:, None] // size, np.arange(width) // size
    return ((x + y) % 2).astype(float)


def sinusoid(n: Size, frequency: float, angle: float = 0.0) -> Image:
    """A grating of one frequency, ``1/2 + cos(2 pi frequency (x cos(angle) + y sin(angle))) / 2``.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.
    frequency : cycles per pixel, any sign.  Beyond 0.5 along an axis the image holds its alias.
    angle : direction in which the wave runs, in degrees from x (to the right) towards y (down).

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64 in [0, 1]; 1 at the top-left pixel.

    Raises
    ------
    ValueError
        If a side is not a whole number of 1 or more, or a value is NaN or infinite.
    """
    height, width = _shape(n)
    frequency = scalar("frequency", finite("frequency", frequency))
    turn = np.deg2rad(scalar("angle", finite("angle", angle)))
    along = np.arange(width) * np.cos(turn) + np.arange(height)[:, None] * np.sin(turn)
    return 0.5 + 0.5 * np.cos(2 * np.pi * frequency * along)
