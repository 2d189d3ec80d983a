"""What ``antialias=True`` costs: the time of ``F.interpolate`` with and without it.

``python benchmarks/interpolate_time.py`` writes ``aliaslab/results/interpolate-time.csv``, which the chapter
on ``F.interpolate`` reads.  One thread, bicubic, three float32 channels; the two are timed in turn, and
each row is over as many runs as it says.
"""

from __future__ import annotations

import platform
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch

import aliaslab

TARGET = Path(aliaslab.__file__).parent / "results" / "interpolate-time.csv"
SIDES = (64, 128, 256, 512, 1024)
FACTORS = (2, 4, 8, 16)


def seconds(image: torch.Tensor, side: int, antialias: bool) -> float:
    start = time.perf_counter()
    torch.nn.functional.interpolate(image, size=side, mode="bicubic", antialias=antialias)
    return time.perf_counter() - start


def measure(runs: int = 1000, sides=SIDES, factors=FACTORS) -> pd.DataFrame:
    """A row for each side, factor and value of ``antialias``: mean and median, in microseconds."""
    torch.set_num_threads(1)
    rows = []
    for src in sides:
        image = torch.rand(1, 3, src, src)
        for factor in factors:
            pair = [[seconds(image, src // factor, flag) for flag in (False, True)] for _ in range(runs + 10)]
            times = 1e6 * np.array(pair[10:])
            for flag, column in zip((False, True), times.T, strict=True):
                rows.append((src, factor, flag, column.mean(), np.median(column), runs))
    columns = ["src", "factor", "antialias", "mean_us", "median_us", "runs"]
    return pd.DataFrame(rows, columns=columns).round(1)


def main() -> None:
    machine = f"torch {torch.__version__}, one thread of a CPU ({platform.machine()})"
    made = f"# python benchmarks/interpolate_time.py: {machine}\n"
    TARGET.write_text(made + measure().to_csv(index=False), "utf-8")
    print(TARGET.read_text("utf-8"))


if __name__ == "__main__":
    main()
