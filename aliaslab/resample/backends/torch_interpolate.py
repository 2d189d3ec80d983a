"""``torch.nn.functional.interpolate``, its modes with and without ``antialias``."""

from __future__ import annotations

from functools import cache, partial

from .base import Method, load


def run(image, size: tuple[int, int], mode: str, antialias: bool):
    functional, _ = load("torch.nn.functional")
    # align_corners=False, the default, keeps pixel centres
    return functional.interpolate(image, size=size, mode=mode, antialias=antialias)


@cache
def _missing_lanczos() -> str:
    torch, _ = load("torch")
    try:
        run(torch.zeros(1, 1, 4, 4), (2, 2), "lanczos", True)
    except Exception as error:
        return f"torch {torch.__version__} has no Lanczos: {error}"
    return ""


def _method(mode: str, antialias: bool) -> Method:
    notes = {
        "nearest": "takes the pixel at the upper left of each cell",
        "lanczos": "on the CPU only",
    }
    native = ("float32", "float64") if mode == "area" else ("float32", "float64", "uint8")
    if not antialias:
        # on tensors only: NumPy has no bfloat16
        native += ("float16", "bfloat16")
    return Method(
        f"torch-{mode}" + "-aa" * antialias,
        "torch",
        mode,
        "torch.nn.functional",
        partial(run, mode=mode, antialias=antialias),
        antialias or mode == "area",
        tensors=True,
        native=native,
        note=notes.get(mode, ""),
        refusal=_missing_lanczos if mode == "lanczos" else lambda: "",
    )


METHODS = (
    *(_method(mode, False) for mode in ("nearest", "nearest-exact", "bilinear", "bicubic", "area")),
    *(_method(mode, True) for mode in ("bilinear", "bicubic", "lanczos")),
)
