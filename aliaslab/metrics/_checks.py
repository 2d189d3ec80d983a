"""Checks of tensors, and the state in which a model is measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

Model = Callable[[Tensor], Tensor]


def feature_maps(name: str, x: Tensor) -> Tensor:
    """``x`` if it is ``(N, C, H, W)``, real, finite and not empty; half precision becomes float32."""
    if not isinstance(x, Tensor):
        raise TypeError(
            f"{name} must be a tensor (N, C, H, W), got {type(x).__name__}; torch.from_numpy helps"
        )
    if x.ndim != 4 or x.numel() == 0:
        raise ValueError(
            f"{name} must be (N, C, H, W) with no side 0, got shape {tuple(x.shape)}; "
            "add the missing axes with x[None] or x[:, None]"
        )
    if not x.is_floating_point():
        raise TypeError(f"{name} must be of a floating type, got {x.dtype}; call x.float()")
    # the sum is thirty times faster; it may overflow where the numbers do not
    if not torch.isfinite(x.sum()) and not torch.isfinite(x).all():
        raise ValueError(f"{name} must be finite, got NaN or infinity; remove or replace them")
    # neither sums of squares nor Fourier transforms fit into 16 bits
    return x.float() if x.dtype in (torch.float16, torch.bfloat16) else x


def whole_stride(stride: int | tuple[int, int]) -> tuple[int, int]:
    """``(down, across)`` from one stride or a pair, each a whole number of 1 or more."""
    pair = tuple(stride) if isinstance(stride, (tuple, list)) else (stride, stride)
    if len(pair) != 2 or any(not isinstance(s, int) or s < 1 for s in pair):
        raise ValueError(f"stride must be a whole number, 1 or more, or a pair of them, got {stride!r}")
    return pair


@contextmanager
def measuring(model: Model) -> Iterator[None]:
    """No gradients, and a module in evaluation mode; each part's own mode is restored afterwards."""
    parts = list(model.modules()) if isinstance(model, nn.Module) else []
    modes = [part.training for part in parts]
    try:
        for part in parts:
            part.training = False
        with torch.no_grad():
            yield
    finally:
        for part, mode in zip(parts, modes, strict=True):
            part.training = mode
