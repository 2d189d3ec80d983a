"""Surgery between the layers: pooling functions and slices in a ``forward``, found by tracing it."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from ..metrics.decimation import pair, slice_steps

if TYPE_CHECKING:
    from .surgery import _Plan

_POOLS = {
    functional.max_pool2d: (nn.MaxPool2d, "max pooling"),
    torch.max_pool2d: (nn.MaxPool2d, "max pooling"),
    functional.avg_pool2d: (nn.AvgPool2d, "average pooling"),
}
# function -> kind, and where the stride stands among the arguments
_STRIDES = {
    functional.conv2d: ("convolution", 3),
    functional.lp_pool2d: ("power pooling", 3),
    functional.unfold: ("windows", 4),
}


def replace_calls(model: nn.Module, plan: _Plan) -> nn.Module:
    """The model with each decimating call repaired: itself if there is none, else a graph of its parts."""
    try:
        graph = _Tracer(list(plan.repaired.values())).trace(model)
    except Exception as error:  # whatever a forward does with what stands for a tensor
        plan.untraced = (
            f"the model cannot be traced ({type(error).__name__}: {str(error).partition(chr(10))[0]})"
        )
        return model
    before = len(plan.repaired)
    new = fx.GraphModule(model, graph, type(model).__name__)
    for path, kind, node in list(_decimating(graph)):
        if plan.wanted(path):
            _replace(new, plan, path, kind, node)
    if len(plan.repaired) == before:
        return model
    graph.lint()
    new.recompile()
    return new


class _Tracer(fx.Tracer):
    """Sees into every module but torch's own, those that were put in, and those that are remedies already."""

    def __init__(self, inserted: list[nn.Module]):
        super().__init__()
        self.inserted = inserted

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        closed = hasattr(module, "undecimated") or any(module is new for new in self.inserted)
        return closed or super().is_leaf_module(module, name)


def _decimating(graph: fx.Graph) -> Iterator[tuple[str, str, fx.Node]]:
    """(path, kind, node) of each call that decimates, named as ``strided_layers`` names them."""
    met: dict[str, int] = {}
    for node in graph.nodes:
        kind = _kind(node) if node.op == "call_function" else None
        if kind is None:
            continue
        stack = list(node.meta.get("nn_module_stack", {}).values())
        path = f"{stack[-1][0] if stack else ''}:{kind}"
        met[path] = met.get(path, 0) + 1
        yield path if met[path] == 1 else f"{path}#{met[path]}", kind, node


def _kind(node: fx.Node) -> str | None:
    """What :func:`strided_layers` would call this call; None if it does not decimate."""
    if node.target in _POOLS:
        pool = _as_module(node)
        return _POOLS[node.target][1] if pool is None or max(pair(pool.stride)) > 1 else None
    if node.target is operator.getitem:
        index = node.args[1]
        return "slice" if isinstance(index, tuple) and slice_steps(index, 4) else None
    if node.target is functional.interpolate:
        scale = node.kwargs.get("scale_factor")
        return None if isinstance(scale, (int, float)) and scale >= 1 else "resize"
    if node.target in _STRIDES:
        kind, place = _STRIDES[node.target]
        stride = node.kwargs.get("stride", node.args[place] if len(node.args) > place else 1)
        return None if stride in (1, (1, 1), [1, 1]) else kind
    return None


def _as_module(node: fx.Node) -> nn.Module | None:
    """The pooling layer that does what a call does; None if its arguments are only known at run time."""
    settings = (*node.args[1:], *node.kwargs.values())
    if any(isinstance(setting, fx.Node) for setting in settings):
        return None
    return _POOLS[node.target][0](*node.args[1:], **{k: v for k, v in node.kwargs.items() if k != "input"})


def _replace(model: fx.GraphModule, plan: _Plan, path: str, kind: str, node: fx.Node) -> None:
    """Let a module do what the call did, with its decimation repaired; or say why not."""
    source = node.args[0] if node.args else node.kwargs["input"]
    if node.target in _POOLS:
        pool = _as_module(node)
        if pool is None:
            return plan.refuse(path, "its window is only known at run time")
        module = plan.repair(path, pool, pair(pool.stride))
    elif kind == "slice":
        index = node.args[1]
        steps = slice_steps(index, 4)
        if not set(steps) <= {2, 3}:
            return plan.refuse(path, "steps along other axes than the last two of (N, C, H, W)")
        stride = (steps.get(2, 1), steps.get(3, 1))
        module = plan.follow_up(path, _Window(index), stride)
    else:
        return plan.refuse(path, f"a {kind} called as a function")
    name = f"antialiased_{len(plan.repaired)}"
    model.add_submodule(name, module)
    with model.graph.inserting_after(node):
        node.replace_all_uses_with(model.graph.call_module(name, (source,)))
    model.graph.erase_node(node)


class _Window(nn.Module):
    """A slice without its steps."""

    def __init__(self, index: tuple):
        super().__init__()
        self.index = tuple(slice(i.start, i.stop) if isinstance(i, slice) else i for i in index)

    def forward(self, x: Tensor) -> Tensor:
        return x[self.index]
