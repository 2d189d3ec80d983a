"""Through the sandbox, everybody gets what their functions deserve: the same as without it."""

from __future__ import annotations

import contextlib
import runpy
from itertools import zip_longest

import numpy as np
import pytest

from aliaslab.grading import answers, judge

from .conftest import LABS, hand_in, total

NAMES = sorted(path.stem for path in (LABS / "masters").glob("*.md"))
SEED = 7


def mutants_together(mutants) -> list[list]:
    """Groups with one wrong answer to each question, so that a few notebooks hold them all."""
    by_question: dict[str, list] = {}
    for mutant in mutants:
        by_question.setdefault(mutant[0], []).append(mutant)
    return [list(filter(None, group)) for group in zip_longest(*by_question.values())]


def without_a_sandbox(lab, code: str) -> dict:
    """The points of the same answers, applied right here."""
    namespace = {"__name__": "__main__", "display": lambda *a: None}
    with contextlib.chdir(LABS):
        exec(lab.cells[0], namespace)
    exec(lab.solutions, namespace)
    exec(code, namespace)
    checks = lab.checks()
    return {(v.question, v.title): v.points for v in judge(answers(namespace, checks, SEED), checks, SEED)}


@pytest.fixture(scope="module", params=NAMES)
def class_(request, lab, grade_class, tmp_path_factory):
    """A lab, and its reference, its second style, a blank notebook and all of its mutants, graded."""
    place, lab = tmp_path_factory.mktemp(request.param), lab(request.param)
    groups = mutants_together(lab.mutants())
    styles = runpy.run_path(str(LABS / "masters" / "mutants" / f"{lab.name}.py"))["STYLES"]
    students = {
        "reference": (lab.solutions,),
        "style": (lab.solutions, "\n\n".join(styles.values())),
        "blank": (),
    }
    students |= {f"group{i}": (lab.solutions, *(m[3] for m in group)) for i, group in enumerate(groups)}
    folder = hand_in(place / "in", **{name: (*lab.cells, *cells) for name, cells in students.items()})
    found = grade_class(folder, lab, place / "out", question_seconds=5, cell_seconds=20, notebook_seconds=90,
                        memory_mb=3000, processes=32)  # fmt: skip
    return lab, groups, found


def test_right_answers_in_two_styles_get_every_point(class_):
    _, _, found = class_
    assert total(found["reference"]) == total(found["style"]) == 100
    assert found["reference"].notes == found["style"].notes == []


def test_a_blank_notebook_gets_nothing(class_):
    _, _, found = class_
    assert total(found["blank"]) == 0
    assert found["blank"].notes == []
    assert all(verdict.told.endswith("is not answered yet") for verdict in found["blank"].marked.verdicts)


def test_every_mutant_gets_what_it_gets_without_a_sandbox(class_):
    lab, groups, found = class_
    for i, group in enumerate(groups):
        got = {(v.question, v.title): v.points for v in found[f"group{i}"].marked.verdicts}
        assert got == without_a_sandbox(lab, "\n\n".join(m[3] for m in group))


def test_every_misconception_is_recognised(class_):
    """By itself, or as one that gives the same numbers."""
    lab, groups, found = class_
    assert sum(map(len, groups)) == len(lab.mutants())
    for i, group in enumerate(groups):
        assert set(found[f"group{i}"].marked.misconceptions) == {question for question, *_ in group}
    named = [m for graded in found.values() for said in graded.marked.misconceptions.values() for m in said]
    assert len(set(named)) > 0.8 * len(lab.mutants())


# ---------------------------------------------------------------- functions among the inputs

PEEK = """
def guard(resize, factor, sides, limit):
    for thing in (resize, *(c.cell_contents for c in resize.__closure__ or ())):
        if hasattr(thing, "bad") or "decimate" in str(vars(thing) if hasattr(thing, "__dict__") else ""):
            print("FOUND"); return True
    return "no"

def failing_path(thumbnail, large, factor):
    import gc
    print("FOUND" if hasattr(thumbnail, "bad") else "hidden", type(thumbnail))
    programs = [thing for thing in gc.get_objects() if type(thing).__name__ == "Program"]
    if programs:
        print("FOUND", programs)
    return getattr(thumbnail, "bad", "no")
"""
STRAIN = """
def failing_path(thumbnail, large, factor):
    square = np.zeros((60, 60))
    tries = [(np.zeros((3000, 3000), np.uint8), 1e-9), (square, 1e9), (np.zeros((10**6, 1)), 4), ("x", 4),
             (np.full((60, 60), np.nan), 4), (np.zeros((0, 0)), 4), (None, None), (np.zeros(4), -1), ([], {}),
             (square, "4"), (square, 10**30)]
    for image, by in tries:
        try: thumbnail(image, by)
        except Exception as error: print("refused", type(error).__name__, error)
    try: thumbnail(object(), 4)
    except TypeError as error: print("refused", error)
    return "no"

def guard(resize, factor, sides, limit):
    while True: resize(image=zone_plate(8 * factor))
"""
BY_NAME = """
def failing_path(thumbnail, large, factor):
    above = (large // factor + 1) * factor
    for path, n in {"small": 8 * factor, "odd": 8 * factor + 1, "large": above}.items():
        resize = lambda plate: thumbnail(factor=factor, image=plate.astype(np.float32))
        if ghost_energy(resize, factor, n) > -15:
            return path
    return "none"
"""


@pytest.fixture(scope="module")
def handed_over(lab, grade_class, tmp_path_factory):
    place, lab = tmp_path_factory.mktemp("functions"), lab("resize-audit")
    codes = {"peek": PEEK, "strain": STRAIN, "by_name": BY_NAME}
    notebooks = {name: (*lab.cells[:1], lab.solutions, code) for name, code in codes.items()}
    folder = hand_in(place / "in", **notebooks)
    return grade_class(folder, lab, place / "out", cell_seconds=10, memory_mb=3000, notebook_seconds=60)


def points_of(graded, question):
    return sum(v.points for v in graded.marked.verdicts if v.question == question)


def test_a_function_among_the_inputs_gives_nothing_away(handed_over):
    assert total(handed_over["peek"]) == 88
    assert points_of(handed_over["peek"], "q5") == 0
    assert "hidden <class 'function'>" in handed_over["peek"].marked.log
    assert "FOUND" not in handed_over["peek"].marked.log


def test_a_function_among_the_inputs_bears_any_arguments(handed_over):
    log = handed_over["strain"].marked.log
    assert points_of(handed_over["strain"], "q5") == 0
    assert total(handed_over["strain"]) == 88
    assert log.count("refused") >= 11
    assert "the function cannot take this" in log
    assert "decimate" not in log
    assert "q5 ran past 1 s" in handed_over["strain"].notes


def test_a_function_among_the_inputs_takes_arguments_by_name(handed_over):
    assert total(handed_over["by_name"]) == 100


def test_inputs_come_as_they_were():
    from aliaslab.grading import wire

    value = {
        "a": [1, 2.5, None, True, "é"],
        "b": (np.arange(6.0).reshape(2, 3), (1j,)),
        "c": 1e300,
        "d": 10**30,
    }
    found = wire.unpack(*split(wire.pack(value)))
    np.testing.assert_array_equal(found["b"][0], value["b"][0])
    assert found["b"][1] == (1j,)
    assert (found["a"], found["c"], found["d"]) == (value["a"], value["c"], value["d"])


def split(frame: bytes) -> tuple[bytes, bytes]:
    text = int.from_bytes(frame[:4], "big")
    return frame[8 : 8 + text], frame[8 + text :]
