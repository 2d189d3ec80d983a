"""``import aliaslab`` in a fresh interpreter: median over several, and what it loads."""

from __future__ import annotations

import statistics
import subprocess
import sys

CODE = """
import sys, time
start = time.perf_counter()
import aliaslab
print(time.perf_counter() - start, "torch" in sys.modules)
"""


def main(runs: int = 11) -> None:
    lines = [
        subprocess.run(
            [sys.executable, "-c", CODE], capture_output=True, text=True, check=True
        ).stdout.split()
        for _ in range(runs)
    ]
    seconds = [float(line[0]) for line in lines]
    print(f"import aliaslab: median {1000 * statistics.median(seconds):.1f} ms of {runs} runs")
    print(f"torch imported: {lines[0][1]}")


if __name__ == "__main__":
    main()
