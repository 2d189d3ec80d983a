"""The masters of the labs, ``labs/masters/NAME.md``: otter-grader assignments in MyST text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nbformat import NotebookNode

LABS = Path("labs")

_PROMPT = re.compile(r'^ *""" # BEGIN PROMPT\n.*?^ *""" # END PROMPT\n?', re.DOTALL | re.MULTILINE)
_MARK = re.compile(r"^ *# (BEGIN|END) SOLUTION.*\n?|  # SOLUTION$", re.MULTILINE)


def masters(labs: Path = LABS) -> list[Path]:
    """The masters of all labs.

    Raises
    ------
    FileNotFoundError
        If there are none there.
    """
    found = sorted((labs / "masters").glob("*.md"))
    if not found:
        raise FileNotFoundError(f"no lab masters (*.md) in {labs / 'masters'}; run in the repository's root")
    return found


def _read(master: Path) -> NotebookNode:
    import jupytext

    return jupytext.read(master)


def blocks(master: Path) -> Iterator[tuple[str | None, str | None, NotebookNode]]:
    """Each cell of a master with the question that it belongs to, and SOLUTION, TESTS or None."""
    import yaml

    question = part = None
    for cell in _read(master).cells:
        mark = re.match(r"# (BEGIN|END) (QUESTION|SOLUTION|TESTS)\n?", cell.source)
        if cell.cell_type != "raw" or not mark:
            yield question, part, cell
        elif mark[2] == "QUESTION":
            question = yaml.safe_load(cell.source)["name"] if mark[1] == "BEGIN" else None
        else:
            part = mark[2] if mark[1] == "BEGIN" else None


def answer(source: str) -> str:
    """A solution cell without the prompt for students and otter's marks."""
    return _MARK.sub("", _PROMPT.sub("", source)).strip()


def solution(name: str, question: str, labs: Path = LABS) -> str:
    """The code that a lab's master gives as the answer to a question.

    Parameters
    ----------
    name : of the lab, such as ``fold-it-by-hand``.
    question : such as ``q1``.
    labs : the folder of the labs.

    Raises
    ------
    ValueError
        If there is no such lab or question; the message lists those there are.
    """
    known = {master.stem: master for master in masters(labs)}
    if name not in known:
        raise ValueError(f"no lab called {name!r}; there are {', '.join(known)}")
    cells = list(blocks(known[name]))
    code = [
        answer(cell.source)
        for q, part, cell in cells
        if (q, part, cell.cell_type) == (question, "SOLUTION", "code")
    ]
    if not code:
        there = ", ".join(dict.fromkeys(q for q, _, _ in cells if q))
        raise ValueError(f"no question {question!r} with a solution in {name}; there are {there}")
    return "\n\n\n".join(code)
