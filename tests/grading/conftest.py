"""Classes of made-up students, graded as an instructor would."""

from __future__ import annotations

import csv
import dataclasses
import json
import os
from pathlib import Path

import pytest

from aliaslab.grading import labs
from aliaslab.grading.batch import Graded, grade, in_processes
from aliaslab.grading.confine import Limits
from aliaslab.grading.marking import Setup
from aliaslab.grading.submissions import find
from aliaslab.grading.walls import missing

LABS = Path(__file__).resolve().parents[2] / "labs"

#: Tight, so that what overstays costs little time.
LIMITS = Limits(
    question_seconds=1,
    cell_seconds=1,
    notebook_seconds=15,
    memory_mb=500,
    processes=24,
    disk_mb=16,
    output_kb=50,
)


def notebook(*cells: str) -> dict:
    """A notebook with these code cells."""
    made = [
        {"cell_type": "code", "source": c, "metadata": {}, "outputs": [], "id": str(i)}
        for i, c in enumerate(cells)
    ]
    return {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def hand_in(folder: Path, **students: tuple[str, ...]) -> Path:
    """Write a notebook for each student into a folder."""
    folder.mkdir(exist_ok=True)
    for student, cells in students.items():
        (folder / f"{student}.ipynb").write_text(json.dumps(notebook(*cells)), "utf-8")
    return folder


@pytest.fixture(scope="session")
def lab():
    """``lab(name)``: a lab with all that marking needs."""
    return lambda name: labs.find(name, LABS)


@pytest.fixture(scope="session")
def needs_walls():
    """Skip where there is no bubblewrap; on CI that is an error."""
    if why := missing():
        pytest.skip(why)


@pytest.fixture(scope="session")
def grade_class(needs_walls):
    """``grade_class(folder, lab, out)`` grades with two processes: student -> what came out."""

    def run(folder: Path, of: labs.Lab, out: Path, **limits) -> dict[str, Graded]:
        setup = Setup(of, 7, dataclasses.replace(LIMITS, **limits))
        class_ = grade(find(folder, of.name), setup, out, in_processes(2))
        return {graded.submission.student: graded for graded in class_}

    return run


def left_behind(word: str) -> list[str]:
    """Processes that no grader looks after any more, and those whose command holds a word."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            status = (process / "status").read_text()
            command = (process / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue  # it ended while we looked
        user, parent = (int(status.split(f"{name}:")[1].split()[0]) for name in ("Uid", "PPid"))
        # other tests may be grading too: a student's user is named after the grader's process
        orphan = user >= 1_900_000_000 and not Path(f"/proc/{user - 1_900_000_000}").exists()
        orphan |= parent == 1 and ("aliaslab.grading.guest" in command or command.startswith("bwrap"))
        if (orphan or word in command) and process.name != str(os.getpid()):
            found.append(f"{process.name} {user} {command[:80]}")
    return found


def total(graded: Graded) -> float:
    return sum(verdict.points for verdict in graded.marked.verdicts)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
