"""kornia's ``geometry.transform.resize``: torch's modes, with a Gaussian before them as ``antialias``."""

from __future__ import annotations

from functools import partial

from .base import Method, load

_MODULE = "kornia.geometry.transform"


def run(image, size: tuple[int, int], mode: str, antialias: bool):
    transform, _ = load(_MODULE)
    # align_corners means something only to the modes that interpolate
    corners = False if mode in ("bilinear", "bicubic") else None
    # channels as a batch: kornia's blur takes a separate, slow path for many channels
    planes = image.reshape(-1, 1, *image.shape[-2:])
    out = transform.resize(planes, size, mode, align_corners=corners, antialias=antialias)
    return out.reshape(*image.shape[:-2], *size)


def _note(mode: str, antialias: bool) -> str:
    if mode == "nearest":
        return "takes the pixel at the upper left of each cell"
    return "Gaussian prefilter, sigma = (factor - 1) / 2" if antialias else ""


METHODS = tuple(
    Method(
        f"kornia-{mode}" + "-aa" * antialias,
        "kornia",
        mode,
        _MODULE,
        partial(run, mode=mode, antialias=antialias),
        antialias or mode == "area",
        tensors=True,
        native=("float32", "float64"),
        note=_note(mode, antialias),
    )
    for mode, antialias in (
        ("nearest", False),
        ("bilinear", False),
        ("bicubic", False),
        ("area", False),
        ("bilinear", True),
        ("bicubic", True),
    )
)
