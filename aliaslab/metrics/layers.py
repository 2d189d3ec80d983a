"""Each strided layer of a model: where it is, what folds in it, and what AVR says of it."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import pandas as pd
import torch
from torch import Tensor

from ._checks import Model, feature_maps
from .decimation import Decimation, watch_decimations
from .spectra import alias_violation_ratio


def strided_layers(model: Model, example: Tensor) -> pd.DataFrame:
    """Every place where a model decimates: keeps one sample of several.

    The model runs once, and every call is watched: strided convolutions (patch embeddings are such),
    pooling, slices that step, ``interpolate`` to a smaller size, whether they belong to a module or
    stand in some ``forward``.  A mean over the whole plane is not listed: it keeps no grid.

    Parameters
    ----------
    model : takes ``(N, C, H, W)``; a module is watched in evaluation mode.
    example : ``(N, C, H, W)``, floating, on the model's device; its size decides the sizes listed.

    Returns
    -------
    DataFrame, in the order in which they run, with the columns

    - ``layer``: the module's name in ``model.named_modules()``; for a call made by a module that has
      parts of its own, that name, a colon and the kind; ``#2`` where one place runs again;
    - ``kind``: ``"convolution"``, ``"max pooling"``, ``"average pooling"``, ``"power pooling"``, ``"slice"``,
      ``"windows"``, ``"resize"``, or the class of a layer that says itself what it decimates;
    - ``factor``: ``(down, across)``; ``size``: ``(H, W)`` that goes in; ``channels``: of the input;
    - ``measured``: whether :func:`folded_energy` can tell what is decimated there.

    Raises
    ------
    TypeError, ValueError
        If ``example`` is no such tensor, or the model decimates nowhere.

    Notes
    -----
    A rearrangement that loses nothing (``pixel_unshuffle``, patches cut by ``reshape``) is no decimation,
    but a linear layer after it makes one: a patch embedding written that way is not seen.
    """
    rows = []

    def note(place: Decimation) -> None:
        measured = place.undecimated is not None
        rows.append((place.path, place.kind, place.factor, place.size, place.input.shape[1], measured))

    watch_decimations(model, feature_maps("example", example).to(example.dtype), note)
    _some(rows)
    return pd.DataFrame(rows, columns=["layer", "kind", "factor", "size", "channels", "measured"])


def folded_energy(
    model: Model, images: Tensor, mean: str = "keep", batch_size: int = 16
) -> dict[str, Tensor]:
    """The share of energy that really folds, in each layer that decimates.

    A strided layer is the same layer at stride 1, followed by decimation.  Here it is run at stride 1,
    and of what is about to be decimated by ``s`` the share with ``|f_y|`` or ``|f_x|`` above
    ``1 / (2 s)`` is taken: the energy that decimation moves to another frequency.  What the layer's own
    filter removes does not count, nor do diagonal waves that the square grid holds.

    Parameters
    ----------
    model : takes ``(N, C, H, W)``; a module is measured in evaluation mode.
    images : ``(N, C, H, W)``, floating, on the model's device.
    mean : ``"keep"`` or ``"remove"``: with or without frequency 0 in the sum; it never folds.
    batch_size : images at a time.

    Returns
    -------
    dict from layer, as :func:`strided_layers` names them, to ``(N,)`` in [0, 1].

    Warns
    -----
    UserWarning
        Naming the layers of which it is not known what they decimate; they are not in the result.

    Raises
    ------
    TypeError, ValueError
        If ``images`` is no such tensor, ``mean`` is unknown, or the model decimates nowhere.

    Notes
    -----
    The Fourier transform takes the map as periodic, as circular shifts do: a jump between opposite
    borders counts as detail.  Where ``s`` divides the map's size, the decimated map's spectrum is
    exactly the sum of the parts that this splits.  A layer with a method ``undecimated(x)`` and an
    attribute ``stride`` is asked for what it decimates.
    """

    def share(place: Decimation) -> Tensor | None:
        dense = place.undecimated and place.undecimated()
        return None if dense is None else alias_violation_ratio(dense, place.factor, "square", mean)

    return _by_layer(model, images, share, batch_size)


def layer_violations(
    model: Model, images: Tensor, region: str = "disc", mean: str = "keep", batch_size: int = 16
) -> dict[str, Tensor]:
    """AVR at the input of each layer that decimates: :func:`alias_violation_ratio`, layer by layer.

    Parameters
    ----------
    model, images, batch_size : as for :func:`folded_energy`.
    region, mean : as for :func:`alias_violation_ratio`; the defaults are the source's definition.

    Returns
    -------
    dict from layer, as :func:`strided_layers` names them, to ``(N,)`` in [0, 1].

    Warns
    -----
    UserWarning
        As :func:`folded_energy`.

    Raises
    ------
    TypeError, ValueError
        As :func:`folded_energy`, and if ``region`` is unknown.

    References
    ----------
    Kashyap, "Measuring Spectral Aliasing in Strided CNNs": hooks on the input of each strided layer.
    """

    def share(place: Decimation) -> Tensor | None:
        if place.undecimated is None:
            return None
        return alias_violation_ratio(place.input, place.factor, region, mean)

    return _by_layer(model, images, share, batch_size)


def _by_layer(
    model: Model, images: Tensor, share: Callable[[Decimation], Tensor | None], batch_size: int
) -> dict[str, Tensor]:
    collected: dict[str, list[Tensor]] = {}
    unknown: dict[str, None] = {}
    for batch in feature_maps("images", images).to(images.dtype).split(batch_size):

        def note(place: Decimation, batch=batch) -> None:
            value = share(place) if len(place.input) == len(batch) else None
            if value is None:
                unknown[f"{place.path} ({place.kind})"] = None
            else:
                collected.setdefault(place.path, []).append(value)

        watch_decimations(model, batch, note)
    _some([*collected, *unknown])
    if unknown:
        warnings.warn(f"not measured: {', '.join(unknown)}: what they decimate is not known", stacklevel=3)
    return {path: torch.cat(values) for path, values in collected.items()}


def _some(places: list) -> None:
    if not places:
        raise ValueError(
            "the model decimates nowhere: no stride, pooling or step above 1 ran; nothing to measure"
        )
