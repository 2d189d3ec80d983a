"""OpenCV's ``cv2.resize``."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from .base import Method, load

_MOST_CHANNELS = 4
"""``cv2.resize`` promises no more for every filter and dtype."""


def run(image: NDArray, size: tuple[int, int], flag: str) -> NDArray:
    cv2, _ = load("cv2")
    interpolation = getattr(cv2, f"INTER_{flag}")
    height, width = size
    blocks = [
        # cv2 drops a last axis of length 1
        cv2.resize(np.ascontiguousarray(block), (width, height), interpolation=interpolation).reshape(
            height, width, -1
        )
        for block in np.array_split(image, range(_MOST_CHANNELS, image.shape[2], _MOST_CHANNELS), axis=2)
    ]
    return np.concatenate(blocks, axis=2)


METHODS = tuple(
    Method(
        f"opencv-{flag.lower()}",
        "opencv",
        flag.lower(),
        "cv2",
        partial(run, flag=flag),
        prefilters=flag == "AREA",
        note="takes the pixel at the upper left of each cell" if flag == "NEAREST" else "",
    )
    for flag in ("NEAREST", "LINEAR", "CUBIC", "AREA", "LANCZOS4")
)
