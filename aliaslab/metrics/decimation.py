"""Where a model decimates, seen while it runs: layers, functions, slices such as ``x[..., ::2, ::2]``.

Every strided layer is the same layer at stride 1, followed by decimation.  What is decimated can therefore
be had by running the very call again with stride 1, whatever module it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.overrides import TorchFunctionMode

from ._checks import Model, measuring


@dataclass(frozen=True)
class Decimation:
    """One place where a model keeps every ``factor``-th sample.

    Attributes
    ----------
    path : the module's name in ``model.named_modules()``; for a call in a module that has parts,
        that name, a colon, and the kind.
    kind : ``"convolution"``, ``"max pooling"``, ``"average pooling"``, ``"power pooling"``, ``"slice"``,
        ``"windows"`` (``unfold``), ``"resize"``, or the name of the layer's class if it has a method
        ``undecimated``.
    factor : ``(down, across)``.
    size : ``(H, W)`` that goes in.
    undecimated : gives what is decimated, ``(N, C, H', W')``; none where that is not known.
    input : what went in.
    """

    path: str
    kind: str
    factor: tuple[int, int]
    size: tuple[int, int]
    undecimated: Callable[[], Tensor] | None
    input: Tensor


def watch_decimations(model: Model, x: Tensor, see: Callable[[Decimation], None]) -> None:
    """Run ``model(x)`` in evaluation mode and call ``see`` at each place that decimates, in order.

    A layer that says itself what it decimates, by a method ``undecimated(x)`` and an attribute
    ``stride``, is one place, whatever it calls inside.
    """
    with measuring(model), _Watch(see) as watch, watch.following(model):
        model(x)


class _Watch(TorchFunctionMode):
    """Sees every torch function that runs, and knows the module that it runs in."""

    def __init__(self, see: Callable[[Decimation], None]):
        super().__init__()
        self.see = see
        self.inside: list[tuple[str, nn.Module, Tensor | None]] = []
        self.met: dict[str, int] = {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        if func in _READERS and not self._explained():
            found = _READERS[func](*args, **kwargs)
            if found:
                self._report(*found)
        return func(*args, **kwargs)

    def _report(self, kind, factor, source, undecimated) -> None:
        path, module, given = self.inside[-1] if self.inside else ("", None, None)
        if module is None or any(module.children()):
            path = f"{path}:{kind}"
        elif given is not None and given.ndim == source.ndim:
            source = given  # before the layer's own padding
        self._say(path, kind, factor, source, undecimated)

    def _say(self, path, kind, factor, source, undecimated) -> None:
        self.met[path] = self.met.get(path, 0) + 1
        if self.met[path] > 1:
            path = f"{path}#{self.met[path]}"
        self.see(Decimation(path, kind, factor, tuple(source.shape[-2:]), undecimated, source))

    @contextmanager
    def following(self, model: Model) -> Iterator[None]:
        """Know which module runs."""
        parts = dict(model.named_modules()) if isinstance(model, nn.Module) else {}
        handles = []
        for name, part in parts.items():

            def enter(module, inputs, name=name):
                x = inputs[0] if inputs and isinstance(inputs[0], Tensor) else None
                if _explains(module) and x is not None and not self._explained():
                    factor = pair(module.stride)
                    if max(factor) > 1:
                        dense = (lambda: module.undecimated(x)) if x.ndim == 4 else None
                        self._say(name, type(module).__name__, factor, x, dense)
                self.inside.append((name, module, x))

            handles.append(part.register_forward_pre_hook(enter))
            handles.append(part.register_forward_hook(self._leave, always_call=True))
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def _leave(self, *_) -> None:
        self.inside.pop()

    def _explained(self) -> bool:
        return any(_explains(module) for _, module, _ in self.inside)


def pair(stride) -> tuple[int, int]:
    """``(down, across)`` from what torch's layers call a stride."""
    values = tuple(stride) if isinstance(stride, (tuple, list)) else (stride,)
    return (values[0], values[-1])


def _explains(module: nn.Module) -> bool:
    return hasattr(module, "undecimated") and hasattr(module, "stride")


# Each reader takes a torch function's arguments and returns (kind, factor, input, undecimated) of a call
# that decimates, else None.  Only planes, (N, C, H, W), are measured; the rest is found and named.

Found = tuple[str, tuple[int, int], Tensor, Callable[[], Tensor] | None] | None


def _found(kind: str, stride, x: Tensor, undecimated: Callable[[], Tensor] | None) -> Found:
    factor = pair(stride)
    return (kind, factor, x, undecimated if x.ndim == 4 else None) if max(factor) > 1 else None


def _read_conv(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> Found:
    dense = lambda: functional.conv2d(input, weight, bias, 1, padding, dilation, groups)
    return _found("convolution", stride, input, dense)


def _read_max_pool(input, kernel_size, stride=None, padding=0, dilation=1, *_, **__) -> Found:
    dense = lambda: functional.max_pool2d(input, kernel_size, 1, padding, dilation)
    return _found("max pooling", stride or kernel_size, input, dense)


def _read_avg_pool(
    input, kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True, divisor_override=None
) -> Found:
    dense = lambda: functional.avg_pool2d(
        input, kernel_size, 1, padding, False, count_include_pad, divisor_override
    )
    return _found("average pooling", stride or kernel_size, input, dense)


def _read_power_pool(input, norm_type, kernel_size, stride=None, ceil_mode=False) -> Found:
    dense = lambda: functional.lp_pool2d(input, norm_type, kernel_size, 1)
    return _found("power pooling", stride or kernel_size, input, dense)


def _read_windows(input, kernel_size, dilation=1, padding=0, stride=1) -> Found:
    return _found("windows", stride, input, None)


def _read_adaptive(pool: Callable[..., Tensor], kind: str, input: Tensor, output_size) -> Found:
    """Equal windows side by side, if the sizes divide; down to one pixel it is a mean, no decimation."""
    sides = input.shape[-2:]
    wanted = output_size if isinstance(output_size, (tuple, list)) else (output_size,) * len(sides)
    wanted = [old if new is None else new for old, new in zip(sides, wanted, strict=True)]
    factor = tuple(max(1, round(old / new)) for old, new in zip(sides, wanted, strict=True))
    if max(wanted) == 1:
        return None
    tiles = all(old == new * step for old, new, step in zip(sides, wanted, factor, strict=True))
    return _found(kind, factor, input, (lambda: pool(input, factor, 1)) if tiles else None)


def _read_adaptive_mean(input, output_size) -> Found:
    return _read_adaptive(functional.avg_pool2d, "average pooling", input, output_size)


def _read_adaptive_max(input, output_size, return_indices=False) -> Found:
    return _read_adaptive(functional.max_pool2d, "max pooling", input, output_size)


def _read_slice(input, index) -> Found:
    index = index if isinstance(index, tuple) else (index,)
    steps = slice_steps(index, input.ndim)
    if not steps or input.ndim < 3:
        return None
    # steps along channels, or in another layout, are named but not measured
    plane = input.ndim == 4 and set(steps) <= {2, 3}
    dense = tuple(slice(i.start, i.stop) if isinstance(i, slice) else i for i in index)
    factor = (steps.get(2, 1), steps.get(3, 1)) if plane else tuple(steps.values())
    return _found("slice", factor, input, (lambda: input[dense]) if plane else None)


def _read_resize(input, size=None, scale_factor=None, *_, **__) -> Found:
    sides = input.shape[2:]
    if size is None:
        scales = scale_factor if isinstance(scale_factor, (tuple, list)) else (scale_factor,) * len(sides)
        factor = tuple(round(1 / scale) for scale in scales)
    else:
        sizes = size if isinstance(size, (tuple, list)) else (size,) * len(sides)
        factor = tuple(round(old / new) for old, new in zip(sides, sizes, strict=True))
    return _found("resize", factor, input, None)


def slice_steps(index: tuple, ndim: int) -> dict[int, int]:
    """Axis to step, for each slice in an index that steps by more than 1."""
    axes = sum(i is not None and i is not Ellipsis for i in index)
    steps, axis = {}, 0
    for i in index:
        if i is Ellipsis:
            axis += ndim - axes
        elif i is not None:
            if isinstance(i, slice) and i.step is not None and i.step > 1:
                steps[axis] = i.step
            axis += 1
    return steps


_READERS = {
    **dict.fromkeys((functional.conv1d, functional.conv2d, functional.conv3d), _read_conv),
    **dict.fromkeys((functional.max_pool1d, functional.max_pool2d, functional.max_pool3d), _read_max_pool),
    **dict.fromkeys((torch.max_pool2d, functional.max_pool2d_with_indices), _read_max_pool),
    **dict.fromkeys((functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d), _read_avg_pool),
    functional.lp_pool2d: _read_power_pool,
    functional.unfold: _read_windows,
    functional.adaptive_avg_pool2d: _read_adaptive_mean,
    functional.adaptive_max_pool2d: _read_adaptive_max,
    Tensor.__getitem__: _read_slice,
    functional.interpolate: _read_resize,
}
