"""``python -m aliaslab.nn.train``: make the weights that ship with the package, and what their card says.

Every network is trained on TexturePatches with the same budget, with each seed; the weights of seed 0 are
kept.  What is there already is not made again, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import torch
from torch import Tensor

from ..metrics import shift_consistency, shift_instability
from ..signals import texture_patches
from . import models
from .pretrained import FOLDER, save
from .training import accuracy, train_classifier

NETWORKS = {
    "plain": models.plain_net,
    "resnet": models.small_resnet,
}
SEEDS = 5
RESULTS = FOLDER / "results.json"


def recipes() -> dict[str, dict]:
    """Name of a network to its ``config``: each remedy in the plain net, three in the ResNet.

    Padding is circular, so that a circular shift is a symmetry of everything but the stride; two plain
    nets with zero padding stand beside, to show what the borders add.  Learned polyphase sampling scores
    every component with a network of its own: it takes ten times as long, and is left out.
    """
    plain = [name for name in models.downsamplings() if name != "learned-polyphase"]
    made = {f"plain-{name}": ("plain", name, "circular") for name in plain}
    made |= {f"plain-{name}-zeros": ("plain", name, "zeros") for name in ("maxpool", "maxblur")}
    made |= {f"resnet-{name}": ("resnet", name, "circular") for name in ("strided", "blurpool", "polyphase")}
    return {
        name: {"architecture": architecture, "downsampling": downsampling, "padding_mode": padding}
        for name, (architecture, downsampling, padding) in made.items()
    }


def patches(split: str, per_class: int) -> tuple[Tensor, Tensor]:
    """TexturePatches as tensors, ``(N, 1, 32, 32)`` and ``(N,)``."""
    images, labels = texture_patches(split, per_class=per_class)
    return torch.from_numpy(images)[:, None], torch.from_numpy(labels)


def train_one(recipe: dict, seed: int, images: Tensor, labels: Tensor, epochs: int = 8) -> models.Classifier:
    """A network of this recipe, trained from this seed."""
    arguments = {key: value for key, value in recipe.items() if key != "architecture"}
    torch.manual_seed(seed)
    model = NETWORKS[recipe["architecture"]](**arguments)
    train_classifier(model.to(memory_format=torch.channels_last), images, labels, epochs, seed=seed)
    return model


def measure(model: models.Classifier, images: Tensor, labels: Tensor) -> dict[str, float]:
    """Accuracy, and the means of SIS and of the consistency under one-pixel shifts."""
    return {
        "accuracy": accuracy(model, images, labels),
        "sis": shift_instability(model, images).mean().item(),
        "consistency": shift_consistency(model, images).mean().item(),
    }


def interval(values: list[float]) -> tuple[float, float]:
    """Mean of several seeds, and half the width of its 95 % interval (Student's t)."""
    from scipy.stats import t

    spread = np.std(values, ddof=1) / np.sqrt(len(values)) if len(values) > 1 else np.nan
    return float(np.mean(values)), float(t.ppf(0.975, max(len(values) - 1, 1)) * spread)


@click.command()
@click.option("--only", multiple=True, help="A network's name; repeat for more. Default: all.")
@click.option("--seeds", default=SEEDS, show_default=True, help="Seeds 0, 1, ... of each network.")
@click.option(
    "--folder", type=click.Path(path_type=Path), default=FOLDER, help="Where weights and results go."
)
def main(only: tuple[str, ...], seeds: int, folder: Path) -> None:
    """Train the small classifiers on TexturePatches, one processor core, about half a minute each."""
    torch.set_num_threads(1)
    train, test = patches("train", 300), patches("test", 100)
    results = folder / RESULTS.name
    done = json.loads(results.read_text("utf-8")) if results.exists() else {}
    known = recipes()
    if unknown := set(only) - set(known):
        raise click.BadParameter(f"unknown {sorted(unknown)}; choose among {', '.join(known)}")
    for seed in range(seeds):
        for name in only or known:
            if str(seed) in done.get(name, {}):
                continue
            model = train_one(known[name], seed, *train)
            found = measure(model, *test)
            if seed == 0:
                save(model, folder / f"{name}.safetensors")
            done.setdefault(name, {})[str(seed)] = found
            results.write_text(json.dumps(done, indent=1) + "\n", "utf-8")
            click.echo(f"{name} seed {seed}: " + ", ".join(f"{k} {v:.4g}" for k, v in found.items()))


if __name__ == "__main__":
    main()
