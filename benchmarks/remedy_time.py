"""What each remedy costs in a whole network: the time of a forward pass against max pooling's.

``python benchmarks/remedy_time.py`` writes ``aliaslab/results/remedy-time.csv``, which the chapter on shift
stability reads.  One thread, a batch of 64 patches; the networks take turns, and each row is a median.
"""

from __future__ import annotations

import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

import aliaslab
from aliaslab.nn import plain_net

TARGET = Path(aliaslab.__file__).parent / "results" / "remedy-time.csv"
NETWORKS = ("strided", "maxpool", "avgpool", "maxblur", "blurpool", "wavelet", "frequency", "polyphase")


@torch.inference_mode()
def seconds(model: torch.nn.Module, images: torch.Tensor) -> float:
    start = time.perf_counter()
    model(images)
    return time.perf_counter() - start


def measure(runs: int = 200, batch: int = 64) -> pd.DataFrame:
    """A row for each remedy: median in milliseconds, and the median of its ratios to max pooling."""
    torch.set_num_threads(1)
    images = torch.randn(batch, 1, 32, 32)
    models = [plain_net(name, padding_mode="circular").eval() for name in NETWORKS]
    turns = np.array([[seconds(model, images) for model in models] for _ in range(runs + 10)])[10:]
    ratios = np.median(turns / turns[:, [NETWORKS.index("maxpool")]], axis=0)
    rows = zip(NETWORKS, (1000 * np.median(turns, axis=0)).round(2), ratios.round(3), strict=True)
    return pd.DataFrame(rows, columns=["network", "median_ms", "ratio"]).assign(runs=runs)


def main() -> None:
    machine = f"torch {torch.__version__}, one thread of a CPU ({platform.machine()})"
    made = f"# python benchmarks/remedy_time.py: {machine}\n"
    TARGET.write_text(made + measure().to_csv(index=False), "utf-8")
    print(TARGET.read_text("utf-8"))


if __name__ == "__main__":
    main()
