"""Nobody gains a point by an attack, nobody loses one by somebody else's, and nothing is left behind."""

from __future__ import annotations

import json
import os
import socket
import threading

import pytest

from aliaslab.grading import pages

from .breaking import BREAKERS, LOOK_AROUND, UNLUCKY
from .conftest import hand_in, left_behind, total
from .hostile import ALL, CHEATS, FOLD, WARM_UP


class Listener:
    """Counts who connects to this machine."""

    def __init__(self):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port, self.visitors = self.socket.getsockname()[1], 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                self.socket.accept()
            except OSError:
                return
            self.visitors += 1


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A file of the grader's that no notebook may read."""
    path = tmp_path_factory.mktemp("private") / "seed.txt"
    path.write_text("SECRET 1234\n")
    path.chmod(0o644)
    for folder in (path.parent, *path.parents[1:4]):
        if os.stat(folder).st_uid == os.getuid():
            folder.chmod(0o755)  # file permissions shall not be what protects it
    return path


@pytest.fixture(scope="module")
def graded(lab, grade_class, secret, tmp_path_factory):
    """All of them in one class, among honest students."""
    lab, place = lab("fold-it-by-hand"), tmp_path_factory.mktemp("class")
    listener = Listener()
    os.environ["GRADER_TOKEN"] = "SECRET"
    before = secret.stat()
    try:
        look = LOOK_AROUND.replace("{secrets}", repr([str(secret), str(place)])).replace(
            "{port}", str(listener.port)
        )
        students = {f"honest{i}": (lab.solutions,) for i in range(3)}
        students |= {"blank": (), "half": (WARM_UP, FOLD), "deleted": ("import numpy as np", WARM_UP)}
        students |= {f"cheat-{name}": (code, ALL) for name, code in CHEATS.items()}
        students |= {f"break-{name}": (code,) for name, code in BREAKERS.items()}
        students |= {f"unlucky-{n}": (c,) if isinstance(c, str) else c for n, (c, _) in UNLUCKY.items()}
        students |= {"cheat-looks-around": (look, "def cheat(*a): return -123.0", ALL)}
        students |= {f"zz-honest{i}": (lab.solutions,) for i in range(3)}
        # whoever deleted cells has only these
        whole = {
            name: (*lab.cells, *cells) if name != "deleted" else cells for name, cells in students.items()
        }
        folder = hand_in(place / "handed-in", **whole)
        (folder / "link.ipynb").symlink_to(secret)
        (folder / "link-to-honest.ipynb").symlink_to(folder / "honest0.ipynb")
        os.mkfifo(folder / "pipe.ipynb")
        for name, text in {
            "empty": "",
            "list": "[]",
            "deep": "[" * 10**5,
            "cells": '{"cells": 3}',
            "v3": "{}",
        }.items():
            (folder / f"odd-{name}.ipynb").write_text(text)
        (folder / "odd-bytes.ipynb").write_bytes(bytes(range(256)) * 100)
        (folder / "odd-many.ipynb").write_text(
            json.dumps({"cells": [{"cell_type": "code", "source": "1"}] * 5000})
        )
        result = grade_class(folder, lab, place / "out")
    finally:
        del os.environ["GRADER_TOKEN"]
        listener.socket.close()
    assert secret.stat() == before, "a file outside was touched"
    assert listener.visitors == 0, "somebody reached the network"
    assert left_behind("600.25") == [], "something was left running"
    return result, place / "out"


def test_there_are_more_than_forty(graded):
    assert len(graded[0]) > 80


def test_honest_students_get_every_point(graded):
    honest = {
        name: total(found) for name, found in graded[0].items() if "honest" in name and "link" not in name
    }
    assert len(honest) == 6
    assert set(honest.values()) == {100}
    assert all(graded[0][name].notes == [] for name in honest)


@pytest.mark.parametrize(("student", "points"), [("blank", 0), ("half", 22), ("deleted", 8)])
def test_unfinished_notebooks_get_what_is_there(graded, student, points):
    assert total(graded[0][student]) == points


@pytest.mark.parametrize("name", [*CHEATS, "looks-around"])
def test_a_cheat_gains_nothing(graded, name):
    found = graded[0][f"cheat-{name}"]
    assert total(found) == 0
    assert "FOUND" not in found.marked.log
    assert "ESCAPED" not in found.marked.log, found.marked.log


def test_a_look_around_finds_closed_doors_only(graded):
    log = graded[0]["cheat-looks-around"].marked.log
    assert "looked around" in log
    assert log.count("refused") > 50


@pytest.mark.parametrize("name", BREAKERS)
def test_breaking_things_gains_nothing(graded, name):
    found = graded[0][f"break-{name}"]
    assert total(found) == 0
    assert "ESCAPED" not in found.marked.log


@pytest.mark.parametrize("name", UNLUCKY)
def test_an_accident_costs_only_itself(graded, name):
    assert total(graded[0][f"unlucky-{name}"]) == UNLUCKY[name][1], graded[0][f"unlucky-{name}"].notes


@pytest.mark.parametrize(
    ("student", "words"),
    [
        ("unlucky-loop-in-a-cell", "ran past 1 s"),
        ("unlucky-loop-in-a-function", "q0 ran past 1 s"),
        ("unlucky-loop-that-ignores-signals", "q1 ran past 1 s"),
        ("unlucky-sleeps", "q0 ran past 1 s"),
        ("unlucky-ends-in-a-cell", "ended the program (exit status 7); it was left out"),
        ("unlucky-crashes", "q0 ended the program (signal 11)"),
        ("unlucky-syntax-error", "stopped with SyntaxError"),
        ("break-memory-in-children", "the notebook used more than 500 MB of memory"),
        ("break-memory-under-another-name", "the notebook used more than 500 MB of memory"),
        ("break-memory-of-a-second-thread", "the notebook used more than 500 MB of memory"),
        ("break-many-files", "the notebook made more than 20000 files"),
        ("break-freezes-in-every-cell", "ran past 1 s; it was left out"),
        ("link", "is a link, which is not followed"),
        ("link-to-honest", "is a link, which is not followed"),
        ("pipe", "is no plain file"),
        ("odd-empty", "not a Jupyter notebook"),
        ("odd-bytes", "not a Jupyter notebook"),
        ("odd-deep", "not a Jupyter notebook"),
        ("odd-many", "more code than"),
    ],
)
def test_every_limit_is_told_in_words(graded, student, words):
    assert words in "; ".join(graded[0][student].notes)


@pytest.mark.parametrize("name", ["prints-200-mb", "prints-in-a-function"])
def test_what_is_printed_is_cut(graded, name):
    log = graded[0][f"unlucky-{name}"].marked.log
    assert len(log) < 60_000
    assert "kB more than the 50 kB that are kept" in log


@pytest.mark.parametrize("name", ["tells-the-inputs", "returns-the-inputs", "speaks-in-our-words"])
def test_feedback_shows_nothing_that_a_function_was_given(graded, name):
    found = graded[0][f"cheat-{name}"]
    page = pages.feedback("lab", found, {}, {})
    assert "LEAKED" not in page
    assert "1234.5" not in page
    assert "got " not in page


def test_what_may_reach_a_terminal_holds_no_codes(graded):
    found = graded[0]["cheat-terminal-codes"]
    assert "\x1b" not in found.marked.log + "".join(verdict.message for verdict in found.marked.verdicts)
    assert "?[2J" in found.marked.log
