"""``python -m aliaslab.nn.train``: make the weights that ship with the package, and what their card says.

Every network is trained on TexturePatches with the same budget, from each seed; the weights of seed 0 are
kept.  What is there already is not made again, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import platform

import click
import numpy as np
import pandas as pd
import torch
from torch import Tensor

from ..metrics import shift_consistency, shift_instability
from ..signals import texture_patches
from . import models
from .pretrained import BUILD, FOLDER, save
from .training import accuracy, train_classifier

SEEDS = 5
RESULTS = FOLDER.parents[1] / "results" / "small-classifiers.csv"
CARD = FOLDER / "README.md"
MEASURES = ("accuracy", "sis", "consistency")


def recipes() -> dict[str, dict[str, str]]:
    """Name of a network to the arguments that make it: each remedy in the plain net, three in the ResNet.

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


def train_one(
    recipe: dict[str, str], seed: int, images: Tensor, labels: Tensor, epochs: int = 8
) -> models.Classifier:
    """A network of this recipe, trained from this seed."""
    arguments = {name: value for name, value in recipe.items() if name != "architecture"}
    torch.manual_seed(seed)
    model = BUILD[recipe["architecture"]](**arguments)
    train_classifier(model, images, labels, epochs, seed=seed)
    return model


def measure(model: models.Classifier, images: Tensor, labels: Tensor) -> dict[str, float]:
    """Accuracy, and the means of SIS and of the consistency under one-pixel circular shifts."""
    return {
        "accuracy": accuracy(model, images, labels),
        "sis": shift_instability(model, images).mean().item(),
        "consistency": shift_consistency(model, images).mean().item(),
    }


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """For each network the number of seeds, and of each measure the mean and half of its 95 % interval.

    Student's interval for the mean over seeds: what another training could give, on the same data.
    """
    from scipy.stats import t

    rows = {}
    for name, runs in table.groupby("network", sort=False):
        rows[name] = {"seeds": len(runs)}
        for measured in MEASURES:
            rows[name][measured] = runs[measured].mean()
            spread = runs[measured].std(ddof=1) / np.sqrt(len(runs))
            rows[name][f"{measured}_half"] = t.ppf(0.975, max(len(runs) - 1, 1)) * spread
    return pd.DataFrame(rows).T


def paired(table: pd.DataFrame, measured: str, network: str, to: str) -> pd.Series:
    """A measure of one network less that of another, seed by seed."""
    by_seed = table.pivot(index="seed", columns="network", values=measured)
    return (by_seed[network] - by_seed[to]).dropna()


@click.command()
@click.option("--only", multiple=True, help="A network's name; repeat for more. Default: all.")
@click.option("--seeds", default=SEEDS, show_default=True, help="Seeds 0, 1, ... of each network.")
def main(only: tuple[str, ...], seeds: int) -> None:
    """Train small classifiers on TexturePatches: half a minute to two minutes each, on one core."""
    known = recipes()
    if unknown := set(only) - set(known):
        raise click.BadParameter(f"unknown {sorted(unknown)}; choose among {', '.join(known)}")
    torch.set_num_threads(1)
    train, test = patches("train", 300), patches("test", 100)
    columns = ["network", "seed", *MEASURES]
    table = pd.read_csv(RESULTS, comment="#") if RESULTS.exists() else pd.DataFrame(columns=columns)
    for seed in range(seeds):
        for name in only or known:
            if ((table.network == name) & (table.seed == seed)).any():
                continue
            model = train_one(known[name], seed, *train)
            if seed == 0:
                save(model, FOLDER / f"{name}.safetensors")
            table.loc[len(table)] = [name, seed, *measure(model, *test).values()]
            write(table)
            click.echo(table.tail(1).to_string(header=seed == 0))
    write(table)


def write(table: pd.DataFrame) -> None:
    """Store the results, and put their summary into the card."""
    machine = f"torch {torch.__version__}, one thread of a CPU ({platform.machine()})"
    place = {name: place for place, name in enumerate(recipes())}
    order = sorted(table.index, key=lambda row: (place[table.network[row]], table.seed[row]))
    text = table.loc[order].to_csv(index=False, float_format="%.6g")
    RESULTS.write_text(f"# python -m aliaslab.nn.train: {machine}\n{text}", "utf-8")
    head, mark, _ = CARD.read_text("utf-8").partition("<!-- results -->\n")
    CARD.write_text(head + mark + card_table(pd.read_csv(RESULTS, comment="#")), "utf-8")


def card_table(table: pd.DataFrame) -> str:
    """The summary as a Markdown table."""
    lines = ["| network | seeds | accuracy | SIS | consistency |", "|---|---|---|---|---|"]
    for name, row in summary(table).iterrows():
        cells = [f"{row[m]:.4g}" + (f" ± {row[f'{m}_half']:.2g}" if row.seeds > 1 else "") for m in MEASURES]
        lines.append(f"| {name} | {row.seeds:.0f} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
