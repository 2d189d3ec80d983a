"""Weights that ship inside the package: made by ``python -m aliaslab.nn.train``, described in their card."""

from __future__ import annotations

import json
from pathlib import Path

from ..signals._checks import one_of
from . import models

BUILD = {"plain": models.plain_net, "resnet": models.small_resnet}
FOLDER = Path(__file__).parent / "weights"


def pretrained_names() -> tuple[str, ...]:
    """The names that :func:`pretrained` knows, such as ``"plain-maxpool"``: network, then its downsampling.

    ``-zeros`` is the same with zero padding; the others pad circularly.
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.safetensors")))


def pretrained(name: str) -> models.Classifier:
    """A small classifier trained on TexturePatches, from weights inside the package.

    Parameters
    ----------
    name : one of :func:`pretrained_names`.

    Returns
    -------
    Classifier : on the CPU, in evaluation mode; grey patches ``(N, 1, H, W)``, each of mean 0 and
        standard deviation 1, to logits ``(N, 18)`` in the order of :func:`photographs`.

    Raises
    ------
    ValueError
        For an unknown name.

    Notes
    -----
    How they were trained and what they score: ``aliaslab/nn/weights/README.md``.

    Examples
    --------
    >>> pretrained("plain-maxblur").config["downsampling"]
    'maxblur'
    """
    return load(FOLDER / f"{one_of('pretrained network', name, pretrained_names())}.safetensors")


def save(model: models.Classifier, path: Path) -> None:
    """Weights, and in their header what it takes to build the network that they belong to."""
    from safetensors.torch import save_file

    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    save_file(state, path, {"config": json.dumps(model.config)})


def load(path: Path) -> models.Classifier:
    """The network that :func:`save` wrote."""
    from safetensors import safe_open
    from safetensors.torch import load_file

    with safe_open(path, "pt") as file:
        config = json.loads(file.metadata()["config"])
    model = BUILD[config.pop("architecture")](**config)
    model.load_state_dict(load_file(path))
    return model.eval()
