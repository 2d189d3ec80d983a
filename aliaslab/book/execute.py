"""``python -m aliaslab.book.execute``: run the chapters side by side into the cache the book reads.

The cache knows a notebook by its code alone, so it is emptied when anything else that decides an
output has changed: the package, the locked versions, the device.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from pathlib import Path

from jupyter_cache import get_cache
from jupyter_cache.executors import load_executor

CACHE = Path("_build/.jupyter_cache")


def notebooks() -> list[Path]:
    """Every chapter that holds code."""
    pages = sorted(Path("chapters").glob("*.md"))
    return [page for page in pages if "{code-cell}" in page.read_text("utf-8")]


def fingerprint() -> str:
    """A digest of what decides the outputs besides the notebooks' own code."""
    digest = hashlib.sha256(os.environ.get("ALIASLAB_DEVICE", "").encode() + sys.version.encode())
    package = Path(__file__).parents[1]
    sources = [
        p for p in package.rglob("*") if p.suffix in {".py", ".pyi", ".mplstyle", ".csv", ".safetensors"}
    ]
    for source in [Path("constraints.txt"), *sorted(sources)]:
        digest.update(source.read_bytes())
    return digest.hexdigest()


def execute(timeout: int = 300) -> list[str]:
    """Run the notebooks whose outputs are not cached; returns the error of each that failed."""
    mark = CACHE / "fingerprint"
    if not mark.exists() or mark.read_text() != fingerprint():
        shutil.rmtree(CACHE, ignore_errors=True)
    cache = get_cache(str(CACHE))
    for record in cache.list_project_records():
        cache.remove_nb_from_project(record.pk)
    for page in notebooks():
        cache.add_nb_to_project(str(page.resolve()), read_data={"name": "myst_nb_md", "type": "plugin"})
    mark.write_text(fingerprint())
    result = load_executor("local-parallel", cache=cache).run_and_cache(timeout=timeout)
    by_uri = {record.uri: record for record in cache.list_project_records()}
    failed = [*result.excepted, *result.errored]
    return [f"{uri}:\n{by_uri[uri].traceback or ''}" for uri in failed]


def main() -> int:
    os.environ["ALIASLAB_FIGURES"] = "static"  # inherited by the kernels
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # kernels run side by side
    problems = execute()
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
