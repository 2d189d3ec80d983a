"""One call over every resize: arrays or tensors in, the same out."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from . import backends
from .backends import Method

if TYPE_CHECKING:
    import pandas as pd

_INTEGERS = ("uint8", "int8", "uint16", "int16")
_WANTED = "float16, float32, float64, " + ", ".join(_INTEGERS)
_SHAPES = "an (H, W) or (H, W, C) array, or an (H, W), (C, H, W) or (N, C, H, W) tensor"


def resize(image: Any, size: int | Sequence[int], method: str = "pillow-lanczos") -> Any:
    """``image`` in a new size, by any library's resize.

    All methods keep pixel centres: both grids span the same interval, and output pixel ``i`` lies at
    ``(i + 1/2) src / dst - 1/2``.  Where a library's filter takes another pixel, :func:`methods` notes it.

    Parameters
    ----------
    image : ``(H, W)`` or ``(H, W, C)`` array, or ``(H, W)``, ``(C, H, W)`` or ``(N, C, H, W)`` tensor;
        any range, no NaN or infinity.
    size : output ``(height, width)``, or one number for both; 1 or more.
    method : a name that :func:`methods` lists.

    Returns
    -------
    The same type, dtype and device as ``image``, with the same leading and channel axes.  A dtype that
    the library resizes itself is handed over as it is; every other one is computed in float, where
    integers are rounded to the nearest and clipped to their range.  Gradients flow through tensors with
    the torch, torchvision and kornia methods.

    Raises
    ------
    TypeError
        If ``image`` is not an array or tensor of numbers as above.
    ValueError
        If it is empty, holds NaN, or has another shape; if ``size`` has a side below 1; if the method is
        unknown (the nearest name is suggested); if a tensor needs gradients that the method cannot carry.
    MissingMethodError
        If the method's library is not there; the message says why and what to install.

    Examples
    --------
    >>> import numpy as np
    >>> resize(np.arange(16.0).reshape(4, 4), 2, "decimate")
    array([[ 5.,  7.],
           [13., 15.]])
    """
    chosen = backends.available(method)
    size = _size(size)
    if _is_tensor(image):
        return _resize_tensor(chosen, image, size)
    image = _array(image)
    out = _resize_array(chosen, image[..., None] if image.ndim == 2 else image, size)
    return out[..., 0] if image.ndim == 2 else out


def downsample(image: Any, factor: float, method: str = "pillow-lanczos") -> Any:
    """``image`` made ``factor`` times smaller along both sides: :func:`resize` to ``round(side / factor)``.

    Parameters
    ----------
    image : as for :func:`resize`.
    factor : how many times smaller; 1 or more, whole or not.
    method : a name that :func:`methods` lists.

    Returns
    -------
    As :func:`resize`; no side falls below 1 pixel.

    Raises
    ------
    ValueError
        If ``factor`` is below 1, and as :func:`resize`.
    """
    factor = check_factor(factor)
    sides = _sides(image if _is_tensor(image) else _array(image))
    return resize(image, [shrunken(side, factor) for side in sides], method)


def methods() -> pd.DataFrame:
    """Every resize method, one row each, with whether it can run here and, if not, the reason.

    Returns
    -------
    Table with the columns ``method``, ``backend``, ``filter``, ``prefilters`` (whether the library means
    the filter to grow with the factor), ``native`` (dtypes handed over without conversion), ``available``,
    ``reason`` (empty where available) and ``note``.  Importing the libraries to find out takes seconds
    the first time.
    """
    import pandas as pd

    rows = [
        {
            "method": m.name,
            "backend": m.backend,
            "filter": m.filter,
            "prefilters": m.prefilters,
            "native": ", ".join(m.native),
            "available": not backends.absence(m.name),
            "reason": backends.absence(m.name),
            "note": m.note,
        }
        for m in backends.METHODS.values()
    ]
    return pd.DataFrame(rows)


def check_factor(factor: float) -> float:
    """``factor`` as a float, 1 or more."""
    if isinstance(factor, bool) or not isinstance(factor, Real):
        raise TypeError(f"factor must be a number, got {factor!r}; give how many times smaller, such as 4")
    if not (math.isfinite(factor) and factor >= 1):
        raise ValueError(
            f"factor must be 1 or more, got {factor!r}; give how many times smaller, such as 4 for 256 to 64"
        )
    return float(factor)


def shrunken(side: int, factor: float) -> int:
    """The side of the small image: ``side / factor``, halves rounded up, 1 at least."""
    return max(1, math.floor(side / factor + 0.5))


def _size(size: int | Sequence[int]) -> tuple[int, int]:
    pair = (size, size) if isinstance(size, Integral) else tuple(size) if isinstance(size, Sequence) else ()
    if len(pair) != 2 or not all(isinstance(n, Integral) for n in pair):
        raise TypeError(f"size must be a whole number or a (height, width) pair of them, got {size!r}")
    if min(pair) < 1:
        raise ValueError(f"size must be 1 pixel or more along each side, got {size!r}")
    return int(pair[0]), int(pair[1])


def _is_tensor(image: Any) -> bool:
    # without importing torch: who has a tensor has imported it
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(image, torch.Tensor)


def _sides(image: Any) -> tuple[int, int]:
    return tuple(image.shape[-2:]) if _is_tensor(image) else image.shape[:2]


def _array(image: Any) -> np.ndarray:
    """``image`` as an array that can be resized."""
    array = np.asarray(image)
    if array.dtype.name not in _INTEGERS and array.dtype.kind != "f":
        raise TypeError(
            f"image must hold one of {_WANTED}, got {array.dtype}; convert it, for instance to float"
        )
    if array.ndim not in (2, 3) or 0 in array.shape:
        raise ValueError(f"image must be {_SHAPES}, none of it empty; got shape {array.shape}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        count = np.size(array) - np.isfinite(array).sum()
        raise ValueError(
            f"image must be finite, got {count} NaN or infinite value(s); remove or replace them"
        )
    return array


def _resize_array(method: Method, image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """``(H, W, C)`` in and out."""
    work = image if image.dtype.name in method.native else image.astype(_work_dtype(method, image.dtype.name))
    if method.tensors:
        import torch

        planes = torch.from_numpy(np.ascontiguousarray(np.moveaxis(work, 2, 0)))
        out = np.moveaxis(method.run(planes[None], size)[0].numpy(), 0, 2)
    else:
        out = method.run(work, size)
    return _back(out, image.dtype)


def _resize_tensor(method: Method, image: Any, size: tuple[int, int]) -> Any:
    name = str(image.dtype).removeprefix("torch.")
    if name not in _INTEGERS and not image.dtype.is_floating_point:
        raise TypeError(f"image must hold one of {_WANTED}, got {name}; convert it, for instance to float")
    if image.ndim not in (2, 3, 4) or 0 in image.shape:
        raise ValueError(f"image must be {_SHAPES}, none of it empty; got shape {tuple(image.shape)}")
    if image.dtype.is_floating_point and not image.isfinite().all():
        count = int((~image.isfinite()).sum())
        raise ValueError(
            f"image must be finite, got {count} NaN or infinite value(s); remove or replace them"
        )
    batch = image.reshape(-1, 1, *image.shape[-2:]) if image.ndim != 4 else image
    out = _run_on_tensor(method, batch, name, size)
    return out.reshape(*image.shape[:-2], *size)


def _run_on_tensor(method: Method, batch: Any, name: str, size: tuple[int, int]) -> Any:
    """``(N, C, H, W)`` in and out."""
    import torch

    if method.tensors:
        work = batch if name in method.native else batch.to(getattr(torch, _work_dtype(method, name)))
        out = method.run(work, size)
        if not batch.dtype.is_floating_point and out.dtype != batch.dtype:
            limits = torch.iinfo(batch.dtype)
            out = out.round().clamp(limits.min, limits.max)
        return out.to(batch.dtype)
    if batch.requires_grad:
        raise ValueError(
            f"method {method.name!r} cannot carry gradients; give it image.detach(), "
            "or choose a torch- method"
        )
    # NumPy has no bfloat16
    planes = batch.flatten(0, 1).cpu()
    planes = (planes.float() if name == "bfloat16" else planes).permute(1, 2, 0).numpy()
    out = np.ascontiguousarray(np.moveaxis(_resize_array(method, planes, size), 2, 0))
    return torch.from_numpy(out).to(batch).reshape(*batch.shape[:2], *size)


def _work_dtype(method: Method, name: str) -> str:
    """The float that a method computes in when it cannot take dtype ``name`` itself."""
    # float32 holds every 16-bit number exactly; float64 keeps its own precision where the library can
    return "float64" if name == "float64" and "float64" in method.native else "float32"


def _back(out: np.ndarray, dtype: np.dtype) -> np.ndarray:
    if dtype.kind in "iu" and out.dtype != dtype:
        limits = np.iinfo(dtype)
        out = np.clip(np.rint(out), limits.min, limits.max)
    return np.ascontiguousarray(out.astype(dtype, copy=False))
