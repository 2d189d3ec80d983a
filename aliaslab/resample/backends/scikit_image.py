"""scikit-image's ``transform.resize``, spline orders 0 to 5, with and without ``anti_aliasing``."""

from __future__ import annotations

from functools import partial

from numpy.typing import NDArray

from .base import Method, load


def run(image: NDArray, size: tuple[int, int], order: int, antialias: bool) -> NDArray:
    transform, _ = load("skimage.transform")
    # clip would hold the result inside the input's range: not linear, and it hides overshoot
    return transform.resize(
        image, size, order=order, anti_aliasing=antialias, preserve_range=True, clip=False
    ).astype(image.dtype, copy=False)


def _method(order: int, antialias: bool) -> Method:
    # order 1 is the library's default and goes without a number
    name = "-".join(["skimage"] + [f"order{order}"] * (order != 1) + ["aa"] * antialias)
    return Method(
        name,
        "skimage",
        f"spline {order}",
        "skimage.transform",
        partial(run, order=order, antialias=antialias),
        antialias,
        native=("float32", "float64"),
        note="Gaussian prefilter, sigma = (factor - 1) / 2" if antialias else "",
    )


METHODS = tuple(_method(order, antialias) for antialias in (True, False) for order in (1, 0, 2, 3, 4, 5))
