"""Pillow's ``Image.resize``, with and without its two-step ``reducing_gap``."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from .base import Method, load

_FILTERS = ("nearest", "box", "bilinear", "hamming", "bicubic", "lanczos")
GAP = 2.0
"""``reducing_gap``: shrink by whole boxes until this factor is left, then filter."""


def run(image: NDArray, size: tuple[int, int], name: str, gap: float | None) -> NDArray:
    pil, _ = load("PIL.Image")

    def shrink(plane: NDArray) -> NDArray:
        picture = pil.fromarray(np.ascontiguousarray(plane))
        return np.asarray(picture.resize(size[::-1], pil.Resampling[name.upper()], reducing_gap=gap))

    if image.dtype == np.uint8 and image.shape[2] == 3:
        return shrink(image)
    # plane by plane: float pictures have one, and Pillow would weigh colour by a fourth one as opacity
    return np.stack([shrink(plane) for plane in np.moveaxis(image, 2, 0)], axis=2)


def _method(name: str, gap: float | None) -> Method:
    full = f"pillow-{name}-gap" if gap else f"pillow-{name}"
    note = f"reducing_gap={gap:g}" if gap else ""
    work = partial(run, name=name, gap=gap)
    return Method(
        full, "pillow", name, "PIL.Image", work, name != "nearest", native=("float32", "uint8"), note=note
    )


METHODS = (
    *(_method(name, None) for name in _FILTERS),
    # with "nearest" Pillow ignores the gap
    *(_method(name, GAP) for name in _FILTERS[1:]),
)
