"""SciPy's ``ndimage.zoom``, on the grid that spans the same area as the input's."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from .base import Method, load


def run(image: NDArray, size: tuple[int, int], order: int) -> NDArray:
    ndimage, _ = load("scipy.ndimage")
    ratio = [dst / src for dst, src in zip(size, image.shape, strict=False)]

    def shrink(plane: NDArray) -> NDArray:
        # grid_mode counts pixels as areas; without it the corner pixels' centres are pinned together
        return ndimage.zoom(plane, ratio, order=order, mode="reflect", grid_mode=True)

    return np.stack([shrink(plane) for plane in np.moveaxis(image, 2, 0)], axis=2)


METHODS = tuple(
    Method(
        # order 3 is the library's default and goes without a number
        "scipy-zoom" if order == 3 else f"scipy-zoom-order{order}",
        "scipy",
        f"spline {order}",
        "scipy.ndimage",
        partial(run, order=order),
        prefilters=False,
        native=("float32", "float64"),
    )
    for order in (3, 0, 1, 5)
)
