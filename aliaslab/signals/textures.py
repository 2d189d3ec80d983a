"""Test images with the detail of print and cloth."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ._checks import positive, scalar
from .images import Image, Size, _shape

# words of letters that differ by a stroke of one pixel: q, b, o, d, p, l, i
_WORDS = "quod bob dip lip loop pod bid doll blob lid plod oil pool bold dodo polio"
_LINE = 13  # pixels from one line of text to the next

# three yarns that average to a neutral grey, so that any hue in a small image is an alias; near enough
# to it that mixing them by sinusoids stays within 0.04 and 0.86
_YARNS = np.array([[0.85, 0.25, 0.3], [0.3, 0.75, 0.25], [0.2, 0.35, 0.8]])


def fine_text(n: Size = 512) -> Image:
    """Lines of small print, black on white: letters that differ by a stroke or two (q, b, o, d, p, l, i).

    Set in matplotlib's DejaVu Sans at 10 pixels without smoothing: strokes are one pixel wide, so the
    print holds frequencies up to Nyquist; stems stand 3 to 6 pixels apart, lines 13.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.

    Returns
    -------
    ``(n, n)`` or ``(height, width)``, float64, 0 (ink) or 1 (paper).

    Raises
    ------
    ValueError
        If a side is not a whole number of 1 or more.
    """
    import matplotlib
    from PIL import Image as Pillow
    from PIL import ImageDraw, ImageFont

    height, width = _shape(n)
    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    # the basic layout: the other one depends on what else is installed
    font = ImageFont.truetype(str(path), 10, layout_engine=ImageFont.Layout.BASIC)
    page = Pillow.new("L", (width, height), 255)
    pen = ImageDraw.Draw(page)
    pen.fontmode = "1"
    words = _WORDS.split()
    for line, top in enumerate(range(1, height, _LINE)):
        start = 5 * line % len(words)  # no two neighbouring lines alike
        text = " ".join(words[start:] + words[:start])
        repeats = 1 + width // int(font.getlength(text))
        pen.text((2, top), " ".join([text] * repeats), font=font, fill=0)
    return np.asarray(page) / 255.0


def knit(n: Size = 512, pitch: float = 2.7) -> Image:
    """Knitwear of three yarns, an image that turns to rainbow moire when it is only decimated.

    Columns of stitches ``pitch`` pixels wide take the three yarns in turn: the colours repeat at
    ``1 / (3 pitch)`` cycles per pixel across, the stitches at ``1 / pitch``, and each stitch is a V whose
    legs alternate down the column at ``1 / (2 pitch)``.  The cloth drapes: over the width these
    frequencies drift by up to 4 %.  The yarns average to a neutral grey, so a fair small image has
    no hue; every 8th pixel of the default shows all of them.

    Parameters
    ----------
    n : side of a square in pixels, or ``(height, width)``.
    pitch : width of a stitch in pixels, 2 or more: at 2 the stitches are at Nyquist.

    Returns
    -------
    ``(n, n, 3)`` or ``(height, width, 3)``, RGB, float64 in [0, 1].

    Raises
    ------
    ValueError
        If a side is not a whole number of 1 or more, or ``pitch`` is under 2, NaN or infinite.
    """
    pitch = scalar("pitch", positive("pitch", pitch, "give the width of a stitch in pixels"))
    if pitch < 2:
        raise ValueError(f"pitch must be 2 or more, got {pitch:g}; finer stitches would alias in the image")
    height, width = _shape(n)
    y, x = np.arange(height)[:, None] / height, np.arange(width) / width
    # displacements of the cloth, in pixels: slopes of 0.04 at most
    across = width * (x + 0.04 / (2 * np.pi) * np.sin(2 * np.pi * (x + 0.5 * y))) / pitch
    down = height * (y + 0.04 / (2 * np.pi) * np.cos(2 * np.pi * (y - 0.4 * x))) / (2 * pitch)
    turn = 2 * np.pi / 3 * (across[..., None] - np.arange(3))
    share = (1 + 2 * np.cos(turn)) / 3  # of each yarn; they sum to 1, and one is 1 in its own column
    legs = np.cos(2 * np.pi * down + np.pi / 2 * np.cos(2 * np.pi * across))
    return share @ _YARNS * (0.85 + 0.15 * legs)[..., None]
