"""What a shift of the image does to a network's answer, and to what it computes on the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..signals._checks import one_of
from ._checks import Model, feature_maps, measuring
from .shifting import NEIGHBOURS, Shift, shift_images, with_copies


def shift_instability(
    model: Model,
    x: Tensor,
    shifts: Sequence[Shift] = NEIGHBOURS,
    how: str = "circular",
    of: str = "probabilities",
    batch_size: int = 16,
) -> Tensor:
    """SIS, the shift instability score: how far an answer turns when the image moves by a pixel.

    ``SIS(x) = mean over the shifts d of 1 - cos(p(x), p(d x))`` with ``p = softmax(model(x))``.  The
    defaults are the source's definition: one pixel up, down, left and right, circularly.

    Parameters
    ----------
    model : from ``(N, C, H, W)`` to logits ``(N, K)``.  A module is measured in evaluation mode.
    x : ``(N, C, H, W)``, floating, on the model's device.
    shifts : ``(down, right)`` in pixels each; see :func:`random_shifts`.
    how : ``"circular"``, ``"zeros"`` or ``"fourier"``, as for :func:`shift_images`.
    of : compare ``"probabilities"`` or ``"logits"``.  Logits show what a confident softmax hides.
    batch_size : images at a time; each goes through the model with all its copies in one batch.  A
        processor is fastest when their features fit into its cache, a GPU with more.

    Returns
    -------
    ``(N,)``, float64: 0 for an answer that does not change; at most 1 for probabilities, 2 for logits.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, the model's output is not ``(N, K)``, or an argument is unknown.

    References
    ----------
    Kashyap, "Measuring Spectral Aliasing in Strided CNNs", the definition of SIS.
    """
    one_of("of", of, ("probabilities", "logits"))
    scores = []
    for logits in _answers(model, x, shifts, how, batch_size):
        answers = logits.softmax(-1) if of == "probabilities" else logits
        scores.append(_turning(answers[1:], answers[:1]).mean(0))
    return torch.cat(scores)


def shift_consistency(
    model: Model,
    x: Tensor,
    shifts: Sequence[Shift] = NEIGHBOURS,
    how: str = "circular",
    batch_size: int = 16,
) -> Tensor:
    """How often two shifts of an image are given the same class.

    Of all pairs among the image and its shifted copies, the share on which the model's top class agrees:
    an estimate of Zhang's consistency, ``P(class(d1 x) = class(d2 x))``, when the shifts are random.

    Parameters
    ----------
    model, x, shifts, how, batch_size : as for :func:`shift_instability`.

    Returns
    -------
    ``(N,)``, float64, in [0, 1]; 1 when every copy is given the same class.

    Raises
    ------
    TypeError, ValueError
        As :func:`shift_instability`.

    References
    ----------
    Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019, section 4.1.
    """
    scores = []
    for logits in _answers(model, x, shifts, how, batch_size):
        # (copies, copies, n): who agrees with whom, each with itself left out
        classes = logits.argmax(-1)
        agree = (classes[:, None] == classes[None]).double().sum((0, 1)) - len(classes)
        scores.append(agree / (len(classes) * (len(classes) - 1)))
    return torch.cat(scores)


def feature_instability(
    model: nn.Module,
    x: Tensor,
    layers: Sequence[str] | None = None,
    shifts: Sequence[Shift] = NEIGHBOURS,
    how: str = "circular",
    batch_size: int = 16,
) -> dict[str, Tensor]:
    """SIS inside the network: how far each layer's output is from moving with the image.

    The features of the shifted image are compared, by ``1 - cos`` over channels and plane together, with
    the features of the image, shifted.  After layers that make the map ``s`` times smaller that shift is
    ``1/s`` of a pixel, by Fourier.  0 means that the layer's output moves as the image does.

    Parameters
    ----------
    model : a module that takes ``(N, C, H, W)``; measured in evaluation mode.
    x : ``(N, C, H, W)``, floating, on the model's device.
    layers : names as in ``model.named_modules()``; without it, every module that has no parts and runs.
    shifts, how, batch_size : as for :func:`shift_instability`.  With ``"zeros"`` the features' own
        shift is circular still, so that borders count as instability.

    Returns
    -------
    dict from name to ``(N,)``, float64, in the order in which the layers run.  Outputs ``(N, K)`` are
    compared as they are.  A layer that runs more than once is measured the first time; one that gives
    no floating tensor with an entry for each image is left out.

    Raises
    ------
    TypeError, ValueError
        If ``x`` is no such tensor, or a layer's name is unknown or did not run.
    """
    x = feature_maps("x", x)
    names = dict(model.named_modules())
    if layers is None:
        layers = [name for name, part in names.items() if name and not any(part.children())]
        wanted = set()
    else:
        wanted = {one_of("layer", name, names) for name in layers}
    collected: dict[str, list[Tensor]] = {}
    for images in x.split(batch_size):
        scores: dict[str, Tensor] = {}

        def see(name: str, features: Tensor, scores=scores, images=images) -> None:
            usable = isinstance(features, Tensor) and features.is_floating_point() and features.ndim > 1
            if usable and name not in scores and len(features) == (1 + len(shifts)) * len(images):
                scores[name] = _unmoved(features.unflatten(0, (-1, len(images))), images, shifts)

        with measuring(model), _watching({name: names[name] for name in layers}, see):
            model(with_copies(images, shifts, how))
        for name, score in scores.items():
            collected.setdefault(name, []).append(score)
    if missed := wanted - collected.keys():
        raise ValueError(f"no features to compare from {sorted(missed)}: did not run, or gave no such tensor")
    return {name: torch.cat(parts) for name, parts in collected.items()}


def _answers(model: Model, x: Tensor, shifts: Sequence[Shift], how: str, batch_size: int) -> Iterator[Tensor]:
    """``(1 + S, n, K)`` logits in float64 for each batch of ``n`` images."""
    for images in feature_maps("x", x).split(batch_size):
        with measuring(model):
            logits = model(with_copies(images.to(x.dtype), shifts, how))
        if not isinstance(logits, Tensor) or logits.ndim != 2:
            shape = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise ValueError(
                f"the model must return logits (N, K), got {shape}; wrap it in a function that does"
            )
        # in float32 the cosine of two equal answers is off by 1e-7
        yield logits.double().unflatten(0, (1 + len(shifts), len(images)))


def _turning(a: Tensor, b: Tensor) -> Tensor:
    """``1 - cos`` over the last axis."""
    return 1 - functional.cosine_similarity(a, b, dim=-1)


def _unmoved(features: Tensor, images: Tensor, shifts: Sequence[Shift]) -> Tensor:
    """``(n,)`` from ``(1 + S, n, ...)``: how far copies are from the moved original, over the shifts."""
    original, copies = features[0].double(), features[1:].double()
    if original.ndim == 4:
        scale = [small / large for small, large in zip(original.shape[-2:], images.shape[-2:], strict=True)]
        moved = torch.stack(
            [shift_images(original, (down * scale[0], right * scale[1]), "fourier") for down, right in shifts]
        )
    else:
        moved = original.expand_as(copies)
    return _turning(copies.flatten(2), moved.flatten(2)).mean(0)


@contextmanager
def _watching(parts: dict[str, nn.Module], see) -> Iterator[None]:
    """Call ``see(name, output)`` after each part runs."""
    handles = [
        part.register_forward_hook(lambda _, __, output, name=name: see(name, output))
        for name, part in parts.items()
    ]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()
