"""The Sphinx extension of the book: figures, MathJax, lab solutions, repairs and diet of the pages.

List ``aliaslab.book`` under ``sphinx.extra_extensions``.
"""

from __future__ import annotations

PARTS = ("mime", "mathjax", "repairs", "icons", "labs")


def setup(app) -> dict:
    for part in PARTS:
        app.setup_extension(f"aliaslab.book.{part}")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
