"""Model surgery: a copy of a network in which each stride is repaired."""

from __future__ import annotations

import copy
import warnings
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from torch import Tensor, nn

from ..metrics.decimation import Decimation, pair, watch_decimations
from ..signals._checks import one_of
from .blurpool import BlurPool2d
from .calls import replace_calls
from .frequency import FrequencyPool2d
from .polyphase import LearnedPolyphasePool2d, PolyphasePool2d
from .undecimated import Decimate, UndecimatedAvgPool2d, UndecimatedMaxPool2d
from .wavelet import WaveletPool2d

Stride = tuple[int, int]
Remedy = str | Callable[[int | None, Stride], nn.Module]
Where = None | str | Sequence[str] | Callable[[str], bool]

_REMEDIES: dict[str, Callable[..., nn.Module]] = {
    "blurpool": lambda channels, stride, **padding: BlurPool2d(stride=stride, **padding),
    "polyphase": lambda channels, stride, **padding: PolyphasePool2d(stride=stride, **padding),
    "learned-polyphase": lambda channels, stride, **padding: LearnedPolyphasePool2d(
        channels, stride=stride, **padding
    ),
    "wavelet": lambda channels, stride, **padding: WaveletPool2d(stride=stride, **padding),
    "frequency": lambda channels, stride, **padding: FrequencyPool2d(stride=stride, **padding),
    "none": lambda channels, stride, **padding: Decimate(stride),
}


class AntialiasedConv2d(nn.Conv2d):
    """A strided convolution, repaired: the same weights at stride 1, then ``decimate``.

    Made by :func:`antialias`.  Its parameters keep their names, so checkpoints fit.  A 1x1 convolution
    works on each pixel alone and comes after ``decimate``, with the same result at a part of the cost.
    """

    def __init__(self, conv: nn.Conv2d, decimate: nn.Module):
        nn.Module.__init__(self)
        # the very parameters, settings and hooks of the convolution, whatever they are
        self.__dict__.update({**conv.__dict__, "_modules": {}, "stride": (1, 1)})
        self.decimate = decimate

    @staticmethod
    def commutes(layer: nn.Module | None) -> bool:
        """Whether a layer is a convolution that works on each pixel alone."""
        plain = isinstance(layer, nn.Conv2d) and layer.kernel_size == (1, 1)
        return plain and layer.padding in ((0, 0), "valid")

    def forward(self, x: Tensor) -> Tensor:
        if self.commutes(self):
            return super().forward(self.decimate(x))
        return self.decimate(super().forward(x))


def antialias(
    model: nn.Module,
    remedy: Remedy = "blurpool",
    where: Where = None,
    padding_mode: str | None = None,
    example: Tensor | None = None,
) -> nn.Module:
    """A copy of a model in which every place that decimates low-passes first, or chooses its phase.

    Each strided layer becomes the same layer at stride 1, with the same weights, followed by the remedy
    with the stride.  Sizes stay as they were, and so do the names of parameters.

    Parameters
    ----------
    model : any module; it is not changed.
    remedy : ``"blurpool"``, ``"polyphase"``, ``"learned-polyphase"``, ``"wavelet"``, ``"frequency"``,
        ``"none"`` (bare decimation: the outputs stay what they were), or a function
        ``(channels, stride) -> module``; ``channels`` is None where it is not known without ``example``.
    where : which places, as :func:`strided_layers` names them: a pattern such as ``"layer*"``, several,
        or a function of the name; all without it.
    padding_mode : of the named remedies; each has its own default.  ``"circular"`` lets the windows of
        pooling layers wrap around as well, where that leaves the size as it is: only then does a circular
        shift move what they give.  Convolutions keep their own padding.
    example : ``(N, C, H, W)``, on the model's device: the model is run with it once, to see what tracing
        cannot.  The polyphase remedies need it: branches that run side by side, as in a residual block,
        must keep the same pixels.

    Returns
    -------
    A deep copy, repaired.  It is of the same class, unless some ``forward`` decimates by a function or a
    slice: then the copy is a ``torch.fx.GraphModule`` with the same parts.

    Warns
    -----
    UserWarning
        Naming each place that was asked for and is not repaired, with the reason: layers of one or three
        dimensions, resizing, slices along other axes, classes that are not known, and what a model that
        cannot be traced does between its layers.

    Raises
    ------
    ValueError
        If nothing can be repaired, ``where`` matches nothing, or a polyphase remedy has no ``example``.

    Notes
    -----
    At stride 1 a layer costs ``stride`` squared times as much: little in a ResNet, much in a patch
    embedding, whose 16 x 16 convolution then runs at every pixel.  Trained weights have adapted to the
    alias: after surgery, train on.  Where a set of slices keeps every pixel between them, as in
    space-to-depth, nothing is lost; leave it out with ``where``.

    References
    ----------
    Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, section 3.2.
    """
    repaired = copy.deepcopy(model)
    plan = _Plan(remedy, where, padding_mode, _run(repaired, example))
    plan.replace_modules(repaired)
    repaired = replace_calls(repaired, plan)
    if plan.polyphase:
        plan.choose_phases()
    plan.report()
    return repaired


@dataclass(frozen=True)
class _Seen:
    """What the example showed of a place."""

    channels: int  # of what is decimated
    stride: Stride
    grid: tuple[int, int] | None


def _run(model: nn.Module, example: Tensor | None) -> dict[str, _Seen] | None:
    """Every place that decimates in a run, in order; remedies that are there already are none."""
    if example is None:
        return None
    seen = {}
    parts = dict(model.named_modules())

    def note(place: Decimation) -> None:
        if place.kind not in _REMEDIED:
            decimated = place.undecimated and place.undecimated()
            grid = None if decimated is None else tuple(decimated.shape[-2:])
            if decimated is None or AntialiasedConv2d.commutes(parts.get(place.path)):
                decimated = place.input
            seen[place.path] = _Seen(decimated.shape[1], place.factor, grid)

    watch_decimations(model, example, note)
    return seen


class _Plan:
    """Which places are repaired with what, which are not and why."""

    def __init__(self, remedy: Remedy, where: Where, padding_mode: str | None, seen: dict[str, _Seen] | None):
        if not callable(remedy):
            one_of("remedy", remedy, _REMEDIES)
        self.polyphase = remedy in ("polyphase", "learned-polyphase")
        if self.polyphase and seen is None:
            raise ValueError(
                f"remedy {remedy!r} needs an example, to find the branches that must keep the same pixels; "
                "pass example=images"
            )
        self.remedy, self.where, self.padding_mode, self.seen = remedy, where, padding_mode, seen
        self.padding = {} if padding_mode is None else {"padding_mode": padding_mode}
        self.matched: set[str] = set()
        self.repaired: dict[str, nn.Module] = {}
        self.refused: dict[str, str] = {}
        self.untraced = ""

    def wanted(self, path: str) -> bool:
        """Whether ``where`` asks for this place."""
        if callable(self.where):
            asked = bool(self.where(path))
        elif self.where is None:
            asked = True
        else:
            patterns = [self.where] if isinstance(self.where, str) else self.where
            asked = any(fnmatchcase(path, pattern) for pattern in patterns)
        if asked:
            self.matched.add(path)
        return asked

    def refuse(self, path: str, reason: str) -> None:
        """Note why a place that was asked for stays as it is."""
        self.refused[path] = reason

    def replace_modules(self, model: nn.Module) -> None:
        """Put the repaired layer in the place of each strided one, under all of its names."""
        made: dict[nn.Module, nn.Module] = {}
        for path, module in list(model.named_modules(remove_duplicate=False)):
            stride = own_stride(module)
            if stride is None or max(stride) == 1 or not self.wanted(path):
                continue
            if reason := _why_not(module):
                self.refuse(path, reason)
            elif not path:
                raise ValueError("the model is a single layer; wrap it in torch.nn.Sequential")
            else:
                made[module] = made.get(module) or self.repair(path, module, stride)
                parent, _, name = path.rpartition(".")
                setattr(model.get_submodule(parent), name, made[module])

    def repair(self, path: str, module: nn.Module, stride: Stride) -> nn.Module:
        """The layer at stride 1, and the remedy with its stride."""
        if isinstance(module, nn.Conv2d):
            channels = module.in_channels if AntialiasedConv2d.commutes(module) else module.out_channels
            return self.keep(path, AntialiasedConv2d(module, self.decimation(path, stride, channels)))
        dense = UndecimatedMaxPool2d if isinstance(module, nn.MaxPool2d) else UndecimatedAvgPool2d
        return self.follow_up(path, dense(module, self.padding_mode == "circular"), stride)

    def follow_up(self, path: str, first: nn.Module, stride: Stride) -> nn.Module:
        """A module, then the remedy."""
        seen = self.seen and self.seen.get(path)
        steps = OrderedDict(first=first, decimate=self.decimation(path, stride, seen and seen.channels))
        return self.keep(path, nn.Sequential(steps))

    def keep(self, path: str, new: nn.Module) -> nn.Module:
        self.repaired[path] = new
        return new

    def decimation(self, path: str, stride: Stride, channels: int | None) -> nn.Module:
        """The remedy for one place; polyphase layers are put in by :meth:`choose_phases`."""
        if self.polyphase:
            return nn.Identity()
        if callable(self.remedy):
            return self.remedy(channels, stride)
        return _REMEDIES[self.remedy](channels, stride, **self.padding)

    def choose_phases(self) -> None:
        """A polyphase layer in each place; of those on the same grid, the later follow the first.

        What lies behind a decimation is on a smaller grid, so places on the same one run side by side.
        """
        last: dict[tuple, nn.Module] = {}
        for path, place in self.seen.items():
            if path in self.repaired:
                key = (place.grid, place.stride)
                if key in last:
                    new = PolyphasePool2d(stride=place.stride, follow=last[key], **self.padding)
                else:
                    new = _REMEDIES[self.remedy](place.channels, place.stride, **self.padding)
                self.repaired[path].decimate = last[key] = new

    def report(self) -> None:
        """Raise if there was nothing to do, and name what was asked for and is not done."""
        if self.seen is None and self.untraced:
            self.refuse("calls between the layers", f"not looked for, as {self.untraced}")
        for path in self.seen or ():
            done = path in self.repaired or path.partition("#")[0] in self.repaired
            if not done and self.wanted(path):
                self.refused.setdefault(path, self.untraced or "not seen by tracing")
        refused = "; ".join(f"{path}: {reason}" for path, reason in self.refused.items())
        if not self.repaired:
            if self.where is not None and not self.matched:
                raise ValueError(f"where={self.where!r} matches no place that decimates; see strided_layers")
            raise ValueError(
                f"nothing to repair: the model has no strided layers{refused and f' but {refused}'}"
            )
        if refused:
            warnings.warn(f"not repaired: {refused}", stacklevel=3)


def own_stride(module: nn.Module) -> Stride | None:
    """The stride of a layer that has no parts and makes its input smaller; remedies are no such layers."""
    if any(module.children()) or hasattr(module, "undecimated") or isinstance(module, _ENLARGE):
        return None
    if isinstance(module, nn.Upsample) and module.scale_factor is not None:
        scales = module.scale_factor if isinstance(module.scale_factor, tuple) else (module.scale_factor,)
        return pair([max(1, round(1 / scale)) for scale in scales])
    if not hasattr(module, "stride"):
        return None
    stride = module.stride or getattr(module, "kernel_size", None)  # as pooling layers have it
    steps = stride if isinstance(stride, (tuple, list)) else (stride,)
    if not steps or not all(isinstance(step, int) for step in steps):
        return None
    return pair(steps) if len(steps) < 3 else (max(steps), max(steps))


def _is_plane(module: nn.Module) -> bool:
    return isinstance(module, (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d))


def _why_not(module: nn.Module) -> str:
    """Why a strided layer cannot be repaired; empty if it can."""
    name = type(module).__name__
    if isinstance(module, nn.Upsample):
        return "a resize; choose one that anti-aliases"
    if not _is_plane(module):
        return f"{name} is not known here: only convolutions, max and average pooling of planes are"
    base = next(kind for kind in (nn.Conv2d, nn.MaxPool2d, nn.AvgPool2d) if isinstance(module, kind))
    if type(module).forward is not base.forward:
        return f"{name} has a forward of its own, which may depend on the stride"
    if getattr(module, "return_indices", False):
        return "its indices are asked for, and belong to the old pixels"
    return ""


_REMEDIED = {
    "AntialiasedConv2d",
    "BlurPool2d",
    "Decimate",
    "FrequencyPool2d",
    "LearnedPolyphasePool2d",
    "MaxBlurPool2d",
    "PolyphasePool2d",
    "WaveletPool2d",
}
"""What :func:`watch_decimations` calls the layers of this package."""
_ENLARGE = (
    nn.ConvTranspose1d,
    nn.ConvTranspose2d,
    nn.ConvTranspose3d,
    nn.Fold,
    nn.MaxUnpool1d,
    nn.MaxUnpool2d,
    nn.MaxUnpool3d,
)
