"""TexturePatches: a small classification set cut from the photographs that ship inside scikit-image."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ._checks import one_of
from .images import Image, _whole
from .photographs import photograph, photographs

SPLITS = ("train", "test")
_FLAT = 2 / 255
"""Patches of a lower standard deviation are not drawn: once normalised they are the camera's noise."""


def texture_patches(
    split: str, size: int = 32, per_class: int = 300, seed: int = 0
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """Grey patches of photographs: which photograph is each from?

    The class is the photograph, in the order of :func:`photographs`: 18 of them.  Training patches are
    cut from the left half of each, test patches from the right half, so no pixel is in both.  Places are
    drawn with equal chances and may overlap; places where the picture is nearly flat (standard deviation
    under 2/255) are left out.  Each patch is normalised: mean 0, standard deviation 1, so that brightness
    and contrast tell nothing.

    Parameters
    ----------
    split : ``"train"`` or ``"test"``.
    size : side of a patch in pixels, 2 or more; at most the height and half the width of each photograph
        (172 for all of them).
    per_class : patches from each photograph.
    seed : the same seed gives the same patches on every machine.

    Returns
    -------
    patches : ``(18 per_class, size, size)``, float32, in the order of the classes.
    labels : ``(18 per_class,)``, int64: the place of the photograph's name in :func:`photographs`.

    Raises
    ------
    ValueError
        For an unknown split, ``size`` or ``per_class`` out of range, or a size that fits nowhere.
    ImportError
        If scikit-image is missing.

    Examples
    --------
    >>> patches, labels = texture_patches("test", per_class=2)
    >>> patches.shape, labels[:4].tolist()
    ((36, 32, 32), [0, 0, 1, 1])
    """
    half = SPLITS.index(one_of("split", split, SPLITS))
    size = _whole("size", size, "give the side of a patch in pixels")
    per_class = _whole("per_class", per_class, "give how many patches to cut from each photograph")
    if size < 2:
        raise ValueError(f"size must be 2 or more, got {size}; one pixel has no contrast to normalise")
    names = photographs()
    cut = [
        _cut(_half(photograph(name, grey=True), half), size, per_class, [seed, label, half], name)
        for label, name in enumerate(names)
    ]
    return np.concatenate(cut), np.repeat(np.arange(len(names)), per_class)


def _half(image: Image, half: int) -> Image:
    """The left (0) or right (1) half; of an odd width the middle column is in neither."""
    width = image.shape[1] // 2
    return image[:, :width] if half == 0 else image[:, -width:]


def _cut(image: Image, size: int, count: int, seed: list[int], name: str) -> NDArray[np.float32]:
    """``count`` normalised patches from places drawn at random among those that are not flat."""
    if min(image.shape) < size:
        raise ValueError(f"size must be {min(image.shape)} or less for half of {name!r}, got {size}")
    windows = np.lib.stride_tricks.sliding_window_view(image, (size, size))
    places = np.argwhere(_deviation(image, size) >= _FLAT)
    if not len(places):
        raise ValueError(f"no patch of {size} pixels in {name!r} is more than flat; choose a larger size")
    chosen = places[np.random.default_rng(seed).integers(len(places), size=count)]
    patches = windows[chosen[:, 0], chosen[:, 1]]
    centred = patches - patches.mean((1, 2), keepdims=True)
    return (centred / centred.std((1, 2), keepdims=True)).astype(np.float32)


def _deviation(image: Image, size: int) -> NDArray[np.float64]:
    """The standard deviation of every ``size`` by ``size`` window, from sums over rectangles."""
    centred = image - image.mean()
    mean, square = (_window_sums(power, size) / size**2 for power in (centred, centred**2))
    return np.sqrt(np.maximum(square - mean**2, 0))


def _window_sums(image: Image, size: int) -> NDArray[np.float64]:
    total = np.pad(image, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    return total[size:, size:] - total[:-size, size:] - total[size:, :-size] + total[:-size, :-size]
