"""torchvision's ``transforms.v2.functional.resize``, where torchvision can be imported."""

from __future__ import annotations

from functools import partial

from .base import Method, load

_MODULE = "torchvision.transforms.v2.functional"


def run(image, size: tuple[int, int], mode: str, antialias: bool):
    functional, _ = load(_MODULE)
    transforms, _ = load("torchvision.transforms")
    interpolation = transforms.InterpolationMode(mode)
    return functional.resize(image, list(size), interpolation=interpolation, antialias=antialias)


METHODS = tuple(
    Method(
        f"torchvision-{mode}" + "-aa" * antialias,
        "torchvision",
        mode,
        _MODULE,
        partial(run, mode=mode, antialias=antialias),
        antialias,
        tensors=True,
    )
    for mode, antialias in (
        ("nearest", False),
        ("nearest-exact", False),
        ("bilinear", False),
        ("bicubic", False),
        ("bilinear", True),
        ("bicubic", True),
    )
)
