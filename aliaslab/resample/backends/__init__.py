"""Every resize method, by name: one small file per library, one table for all of them."""

from __future__ import annotations

from functools import cache

from ...signals._checks import one_of
from . import kornia_resize, opencv, own, pillow, scikit_image, scipy_zoom, torch_interpolate, torchvision_v2
from .base import Method, MissingMethodError, load

_FILES = (own, opencv, pillow, scikit_image, scipy_zoom, torch_interpolate, torchvision_v2, kornia_resize)

METHODS: dict[str, Method] = {method.name: method for file in _FILES for method in file.METHODS}


def find(name: str) -> Method:
    """The method of that name, whether its library is here or not."""
    return METHODS[one_of("method", name, METHODS)]


@cache
def absence(name: str) -> str:
    """Why the method cannot run here, or ``""`` if it can."""
    method = METHODS[name]
    _, reason = load(method.module)
    return reason or method.refusal()


def available(name: str) -> Method:
    """The method of that name, ready to run."""
    method = find(name)
    if reason := absence(name):
        raise MissingMethodError(f"method {name!r} is not available here: {reason}")
    return method


__all__ = ["METHODS", "Method", "MissingMethodError", "absence", "available", "find", "load"]
