"""The command as an instructor and a student use it: restarts, limits of the machine, what is said."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from aliaslab.cli import main

from .conftest import LABS, hand_in, notebook, rows
from .hostile import FOLD, WARM_UP

LAB = "fold-it-by-hand"
#: A lab of one question, whose checks cost nothing; notebooks may tell what they see in `/tmp`.
SMALL_CHECKS = """
from aliaslab.grading import Check
def inputs(seed): return [(seed % 100 + i,) for i in range(3)]
CHECKS = [Check("q1", "doubles", "double", 4, "two times", inputs, lambda x: 2 * x)]
"""
DOUBLE = "def double(x): return 2 * x"


def run(*words):
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder of labs with one small lab."""
    labs = tmp_path_factory.mktemp("labs")
    (labs / "masters").mkdir()
    (labs / "masters" / "small.checks.py").write_text(SMALL_CHECKS)
    (labs / "small.ipynb").write_text(json.dumps(notebook("def double(x): raise NotImplementedError")))
    return labs


@pytest.fixture
def class_(tmp_path):
    return hand_in(tmp_path / "class", ada=(DOUBLE,), bob=("def double(x): return x + x + 1",), eve=())


def grade(small, place, out, *words):
    return run("grade", place, "--lab", "small", "--labs", small, "--out", out, "--jobs", 1, *words)


def test_a_class_from_end_to_end(needs_walls, small, class_, tmp_path):
    done = grade(small, class_, tmp_path / "out", "--manual", "essay=10")
    assert done.exit_code == 0, done.output
    assert "3 submissions graded, 0 with notes" in done.output
    assert "3 marks to give by hand" in done.output
    out = tmp_path / "out"
    assert [(row["student"], row["q1"], row["essay"]) for row in rows(out / "grades.csv")] == [
        ("ada", "4", ""),
        ("bob", "0", ""),
        ("eve", "0", ""),
    ]
    assert len(list((out / "feedback").iterdir())) == len(list((out / "logs").iterdir())) == 3

    form = out / "manual.csv"
    form.write_text(form.read_text("utf-8-sig").replace("ada,", "ada,9"), "utf-8")
    merged = run("merge-marks", out)
    assert merged.exit_code == 0, merged.output
    assert "2 marks to give by hand" in merged.output
    assert [row["total"] for row in rows(out / "grades.csv")] == ["13", "0", "0"]

    # somebody hands in late: the others are not marked again, and what was filled in stays
    hand_in(class_, late=(DOUBLE,))
    before = (
        (out / "results").stat().st_mtime_ns,
        {p.name: p.stat().st_mtime_ns for p in (out / "results").iterdir()},
    )
    assert grade(small, class_, out).exit_code == 2
    done = grade(small, class_, out, "--resume")
    assert done.exit_code == 0, done.output
    assert [(row["student"], row["total"]) for row in rows(out / "grades.csv")] == [
        ("ada", "13"), ("bob", "0"), ("eve", "0"), ("late", "4"),
    ]  # fmt: skip
    after = {p.name: p.stat().st_mtime_ns for p in (out / "results").iterdir()}
    assert {name: after[name] for name in before[1]} == before[1]
    assert "late" in form.read_text("utf-8-sig")


def test_a_notebook_that_changed_is_marked_again(needs_walls, small, class_, tmp_path):
    assert grade(small, class_, tmp_path / "out", "--seed", 3).exit_code == 0
    hand_in(class_, bob=(DOUBLE,))
    assert grade(small, class_, tmp_path / "out", "--resume").exit_code == 0
    assert [row["q1"] for row in rows(tmp_path / "out" / "grades.csv")] == ["4", "4", "0"]
    assert json.loads((tmp_path / "out" / "run.json").read_text())["seed"] == 3


def test_killed_in_the_middle_and_resumed(needs_walls, small, tmp_path):
    """The grades are those of an undisturbed run, and nothing goes on running meanwhile."""
    slow = "import time\ntime.sleep(0.3)\n"
    students = {f"s{i}": (slow + (DOUBLE if i % 2 else "def double(x): return x"),) for i in range(8)}
    place = hand_in(tmp_path / "class", **students)
    words = [str(w) for w in ("grade", place, "--lab", "small", "--labs", small, "--jobs", 2, "--seed", 5)]
    command = [sys.executable, "-m", "aliaslab.cli", *words]
    killed = tmp_path / "killed"
    process = subprocess.Popen([*command, "--out", str(killed)], stderr=subprocess.DEVNULL)
    while len(list(killed.glob("results/*.json"))) < 3:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGSTOP)  # it starts nobody between the look and the end
    family = psutil.Process(process.pid).children(recursive=True)
    assert family
    process.send_signal(signal.SIGKILL)
    process.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []
    done = len(list(killed.glob("results/*.json")))
    assert 3 <= done < 8
    subprocess.run([*command, "--out", str(killed), "--resume"], check=True, capture_output=True)
    subprocess.run([*command, "--out", str(tmp_path / "whole")], check=True, capture_output=True)
    for name in ("grades.csv", "canvas.csv", "moodle.csv"):
        assert (killed / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_own_checks_and_seed(needs_walls, small, class_, tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    (private / "small.checks.py").write_text(SMALL_CHECKS.replace("4,", "7,").replace("2 * x)", "x + x + 1)"))
    (private / "seed.txt").write_text("123\n")
    done = grade(small, class_, tmp_path / "out", "--private", private)
    assert done.exit_code == 0, done.output
    assert [row["q1"] for row in rows(tmp_path / "out" / "grades.csv")] == ["0", "7", "0"]
    assert json.loads((tmp_path / "out" / "run.json").read_text())["seed"] == 123
    (private / "seed.txt").write_text("a secret")
    assert "wanted a whole number" in grade(small, class_, tmp_path / "out2", "--private", private).output


def test_without_bubblewrap(small, class_, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = grade(small, class_, tmp_path / "out")
    assert done.exit_code == 2
    (line,) = done.output.strip().splitlines()
    assert "bubblewrap is missing: apt-get install bubblewrap" in line
    assert not (tmp_path / "out").exists()


def test_without_a_sandbox_it_works_and_warns(small, class_, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    hand_in(class_, loop=("def double(x):\n    while True: pass",), ends=("import os; os._exit(1)", DOUBLE))
    done = grade(small, class_, tmp_path / "out", "--no-sandbox", "--question-seconds", 1)
    assert done.exit_code == 0, done.output
    assert "Warning: no sandbox" in done.stderr
    points = {row["student"]: (row["q1"], row["flags"]) for row in rows(tmp_path / "out" / "grades.csv")}
    assert points["ada"] == ("4", "")
    assert points["loop"] == ("0", "q1 ran past 1 s")
    assert points["ends"] == ("4", "cell 1 ended the program (exit status 1); it was left out")


def test_a_sandbox_that_cannot_be_made(small, class_, tmp_path, monkeypatch):
    fake = tmp_path / "bin" / "bwrap"
    fake.parent.mkdir()
    fake.write_text("#!/bin/sh\necho 'No permissions to create new namespace' >&2; exit 1\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:/usr/bin:/bin")
    done = grade(small, class_, tmp_path / "out")
    assert done.exit_code == 2
    assert "No permissions to create new namespace" in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--lab", "nothing"], "no lab called 'nothing'; there are small"),
        (["--lab", "small", "--manual", "essay"], "wanted a new name and its points"),
        (["--lab", "small", "--manual", "q1=3"], "wanted a new name and its points"),
        (["--lab", "small", "--labs", "/no/such"], "no labs in /no/such"),
        (["--lab", "small", "--private", "/no/such"], "no folder /no/such"),
        (["--lab", "small", "--out", str(Path(sys.prefix) / "grades")], "which students' code can read"),
        ([], "say which lab with --lab; there are small"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(needs_walls, small, class_, words, said):
    labs = [] if "--labs" in words else ["--labs", small]
    done = run("grade", class_, *labs, *words)
    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.strip().splitlines()) == 1


def test_a_lab_whose_checks_fail_is_said(needs_walls, small, class_, tmp_path):
    private = tmp_path / "private"
    private.mkdir()
    (private / "small.checks.py").write_text(SMALL_CHECKS.replace("2 * x)]", "x / 0)]"))
    done = grade(small, class_, tmp_path / "out", "--private", private)
    assert done.exit_code == 2
    assert "the lab small cannot be marked: ZeroDivisionError" in done.output


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ((), "there is no run.json"),
        (("run.json",), "there is no class.json"),
        (("run.json", "class.json"), "no questions"),
    ],
)
def test_merging_what_is_not_there(tmp_path, files, words):
    for file in files:
        (tmp_path / file).write_text('{"lab": "x", "manual": {}}' if file == "run.json" else "[]")
    done = run("merge-marks", tmp_path)
    assert done.exit_code == 2
    assert words in done.output


def test_a_learner_alone(needs_walls, tmp_path):
    mine = tmp_path / f"my-{LAB}.ipynb"
    blank = json.loads((LABS / f"{LAB}.ipynb").read_text("utf-8"))
    blank["cells"] += notebook(WARM_UP, FOLD.replace("round", "floor"))["cells"]
    mine.write_text(json.dumps(blank), "utf-8")
    done = run("grade", mine)
    assert done.exit_code == 0, done.output
    assert re.search(r"q0 +│ +8 of 8", done.output)
    said = " ".join(done.output.split())
    assert "Hint: Between fs/2 and fs the alias falls from fs/2 to 0" in said
    assert re.search(r"q1, the first fold: fold\([\d.]+, [\d.]+\): got", said)
    assert sorted(path.name for path in tmp_path.iterdir()) == [mine.name]


def test_a_worker_that_dies_costs_one_mark(needs_walls, small, class_, tmp_path, monkeypatch):
    """The comparison itself crashes the process: everybody else is marked all the same."""
    private = tmp_path / "private"
    private.mkdir()
    crash = "import os\ndef compare(got, wanted, x):\n    if got == wanted + 1: os._exit(1)\n"
    crash += "    return '' if got == wanted else 'no'\n"
    checks = crash + SMALL_CHECKS.replace("2 * x)]", "2 * x, compare)]")
    (private / "small.checks.py").write_text(checks)
    done = grade(small, class_, tmp_path / "out", "--private", private)
    assert done.exit_code == 0, done.output
    found = {row["student"]: (row["q1"], row["flags"]) for row in rows(tmp_path / "out" / "grades.csv")}
    assert found["ada"] == ("4", "")
    assert found["bob"] == ("0", "the grader itself stopped at this one: mark it by hand")
    assert found["eve"] == ("0", "")


# ---------------------------------------------------------------- a cluster


def test_the_same_on_a_cluster(needs_walls, small, class_, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is missing: pip install '.[cluster]'")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=None
    ) as cluster:
        done = grade(small, class_, tmp_path / "out", "--scheduler", cluster.scheduler_address, "--seed", 5)
    assert done.exit_code == 0, done.output
    assert grade(small, class_, tmp_path / "here", "--seed", 5).exit_code == 0
    assert (tmp_path / "out" / "grades.csv").read_bytes() == (tmp_path / "here" / "grades.csv").read_bytes()
    assert shutil.which("bwrap")


def test_a_cluster_that_is_not_there(small, class_, tmp_path):
    pytest.importorskip("distributed", reason="Dask is missing: pip install '.[cluster]'")
    done = grade(small, class_, tmp_path / "out", "--scheduler", "tcp:/nowhere")
    assert done.exit_code == 2
    assert "no Dask scheduler answers" in done.output
