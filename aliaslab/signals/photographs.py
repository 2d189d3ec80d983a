"""Photographs that ship inside scikit-image, so that nothing is downloaded."""

from __future__ import annotations

import numpy as np

from ._checks import one_of
from .images import Image, _whole

_BUNDLED = (
    "astronaut brick camera cell chelsea clock coffee coins grass gravel hubble_deep_field "
    "immunohistochemistry moon page retina rocket text"
)
# name -> the function of skimage.data; each of these files lies in the wheel itself
_SOURCES = {name: name for name in _BUNDLED.split(" ")} | {"motorcycle": "stereo_motorcycle"}
_ALSO = {"cat": "chelsea"}

_LUMA = np.array([0.2125, 0.7154, 0.0721])  # ITU-R BT.709, as scikit-image's rgb2gray


def photographs() -> tuple[str, ...]:
    """The names that :func:`photograph` knows, in alphabetical order; ``"cat"`` is also ``"chelsea"``."""
    return tuple(sorted(_SOURCES))


def _centre_square(image: Image, n: int) -> Image:
    """The largest centred square, made ``n`` by ``n`` with Pillow's prefiltered Lanczos."""
    from PIL import Image as Pillow

    side = min(image.shape[:2])
    if n > side:
        raise ValueError(f"n must be {side} or less for this photograph, got {n}; its shorter side is {side}")
    top, left = (image.shape[0] - side) // 2, (image.shape[1] - side) // 2
    square = image[top : top + side, left : left + side]
    channels = square[..., None] if square.ndim == 2 else square
    # Pillow keeps floats only one channel at a time
    small = [
        np.asarray(Pillow.fromarray(plane.astype(np.float32)).resize((n, n), Pillow.Resampling.LANCZOS))
        for plane in np.moveaxis(channels, -1, 0)
    ]
    out = np.clip(np.stack(small, -1).astype(float), 0, 1)  # the kernel's lobes overshoot a little
    return out[..., 0] if square.ndim == 2 else out


def photograph(name: str, n: int | None = None, grey: bool = False) -> Image:
    """A photograph that ships inside scikit-image; nothing is downloaded.

    Parameters
    ----------
    name : one of :func:`photographs`.
    n : side in pixels: the largest centred square is shrunk to it, low-passed first (Lanczos, three
        lobes).  Without ``n``, the photograph at its own size.
    grey : one channel, the luma of ITU-R BT.709, where the photograph has three.

    Returns
    -------
    ``(H, W)`` if it is grey, else ``(H, W, 3)``, RGB; float64 in [0, 1].  Its frequencies are not
    known beforehand: most of the power is low, with some up to Nyquist in fur, grass and print.

    Raises
    ------
    ValueError
        For an unknown name, or ``n`` that is not a whole number from 1 to the shorter side.
    ImportError
        If scikit-image is missing.

    References
    ----------
    van der Walt et al., "scikit-image: image processing in Python", PeerJ 2:e453, 2014.
    """
    source = _SOURCES[one_of("photograph", _ALSO.get(name, name), photographs())]
    try:
        from skimage import data
    except ImportError as error:
        raise ImportError("photographs need scikit-image: pip install scikit-image") from error
    found = getattr(data, source)()
    # the stereo pair comes as (left, right, disparity)
    image = np.asarray(found[0] if isinstance(found, tuple) else found) / 255.0
    if grey and image.ndim == 3:
        image = image @ _LUMA
    return image if n is None else _centre_square(image, _whole("n", n, "give the side in pixels"))
