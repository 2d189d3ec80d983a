"""What a resize method is, and how its library is found without failing where it is broken."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

INSTALL = {
    "cv2": "opencv-python-headless",
    "PIL": "pillow",
    "skimage": "scikit-image",
}
"""The package to install where its name is not the module's."""


class MissingMethodError(RuntimeError):
    """The method is known, but its library is absent or cannot be imported; the message says why."""


@dataclass(frozen=True)
class Method:
    """One way to resize.

    ``run(image, (height, width))`` takes and returns ``(H, W, C)`` arrays, or ``(N, C, H, W)``
    tensors where ``tensors`` is true, in one of the dtypes named in ``native``; ``resize`` converts
    everything else.  ``prefilters`` says whether the filter is made to grow with the factor, as the
    library's documentation has it; the audit measures whether that works.
    """

    name: str
    backend: str
    filter: str
    module: str
    run: Callable[[Any, tuple[int, int]], Any]
    prefilters: bool
    tensors: bool = False
    native: tuple[str, ...] = ("float32", "float64", "uint8")
    note: str = ""
    refusal: Callable[[], str] = lambda: ""


@cache
def load(module: str) -> tuple[ModuleType | None, str]:
    """The imported module and ``""``, or ``None`` and the reason why it cannot be had.

    Any exception counts: torchvision without its compiled half raises ``RuntimeError`` on import,
    and one broken library must not take the others with it.
    """
    top = module.partition(".")[0]
    package = INSTALL.get(top, top)
    try:
        return importlib.import_module(module), ""
    except ModuleNotFoundError as error:
        # a missing module further down is the library's own trouble, and worth showing
        if error.name == top:
            return None, f"{package} is not installed: pip install {package}"
        return None, f"{package} cannot be imported: {error}"
    except Exception as error:
        return None, f"{package} cannot be imported: {type(error).__name__}: {error}"
