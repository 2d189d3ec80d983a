"""``python -m aliaslab.book.notebooks``: the chapters as Jupyter notebooks, for download and for nbmake."""

from __future__ import annotations

from pathlib import Path

import jupytext

from .execute import notebooks

TARGET = Path("build/notebooks")


def main() -> None:
    TARGET.mkdir(parents=True, exist_ok=True)
    for old in TARGET.glob("*.ipynb"):
        old.unlink()
    for page in notebooks():
        notebook = jupytext.read(page)
        notebook.metadata["kernelspec"]["name"] = "python3"
        jupytext.write(notebook, TARGET / f"{page.stem}.ipynb")
        print(TARGET / f"{page.stem}.ipynb")


if __name__ == "__main__":
    main()
