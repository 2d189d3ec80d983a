"""The pictures that live figures show and the browser cannot compute: print and photographs."""

from __future__ import annotations

import base64
import functools
import io

import numpy as np
from PIL import Image

from aliaslab.signals import fine_text, photograph

SIDE = 256  # pixels
PICTURES = {
    "text": lambda: fine_text(SIDE),
    "cat": lambda: photograph("cat", SIDE, grey=True),
    "grass": lambda: photograph("grass", SIDE, grey=True),
}


@functools.cache
def data_uris() -> dict[str, str]:
    """Data URIs of the pictures: print as PNG, photographs as JPEG."""

    def uri(name: str, kind: str, mode: str, **options) -> str:
        out = io.BytesIO()
        pixels = np.round(255 * PICTURES[name]()).astype(np.uint8)
        Image.fromarray(pixels).convert(mode).save(out, kind, optimize=True, **options)
        return f"data:image/{kind.lower()};base64,{base64.b64encode(out.getvalue()).decode()}"

    photographs = {name: uri(name, "JPEG", "L", quality=75) for name in ("cat", "grass")}
    return {"text": uri("text", "PNG", "1")} | photographs
