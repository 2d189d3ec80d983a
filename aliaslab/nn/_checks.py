"""Input checks of the layers: each says what came, what is wanted, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING

from ..signals._checks import one_of

if TYPE_CHECKING:
    from torch import Tensor

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
LAYOUTS = {1: "(N, C, L)", 2: "(N, C, H, W)", 3: "(N, C, D, H, W)"}


def whole(name: str, value: int, hint: str, least: int = 1) -> int:
    """``value`` as an ``int`` of ``least`` or more."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be a whole number, got {value!r}; {hint}")
    if value < least:
        raise ValueError(f"{name} must be {least} or more, got {value}; {hint}")
    return int(value)


def per_axis(name: str, value: int | Sequence[int], axes: int, hint: str, least: int = 1) -> tuple[int, ...]:
    """One whole number for each spatial axis; a single one counts for all."""
    values = tuple(value) if isinstance(value, Sequence) and not isinstance(value, str) else (value,) * axes
    if len(values) != axes:
        raise ValueError(f"{name} must be one number, or {axes}: one per axis, got {value!r}; {hint}")
    return tuple(whole(name, v, hint, least) for v in values)


def strides(stride: int | Sequence[int], axes: int = 2) -> tuple[int, ...]:
    return per_axis("stride", stride, axes, "give how many times smaller, 1 keeps all")


def padding_mode(mode: str) -> str:
    """One of :data:`PADDING_MODES`; ``"constant"``, ``F.pad``'s name for zeros, is understood."""
    return "zeros" if mode == "constant" else one_of("padding_mode", mode, PADDING_MODES)


def features(x: Tensor, axes: int = 2) -> Tensor:
    """``x`` if it is a batch of floating-point feature maps with ``axes`` spatial axes, none of it empty."""
    shape, dtype = getattr(x, "shape", None), getattr(x, "dtype", None)
    if not hasattr(dtype, "is_floating_point"):
        raise TypeError(f"x must be a tensor {LAYOUTS[axes]}, got {type(x).__name__}; try torch.as_tensor(x)")
    if not dtype.is_floating_point:
        raise TypeError(f"x must hold floating-point numbers, got {dtype}; convert it with x.float()")
    if len(shape) != axes + 2:
        hint = "; add the batch axis with x[None]" if len(shape) == axes + 1 else ""
        raise ValueError(f"x must be {LAYOUTS[axes]}, got shape {tuple(shape)}{hint}")
    if 0 in tuple(shape[1:]):
        raise ValueError(f"x must have one pixel and one channel at least, got shape {tuple(shape)}")
    return x
