"""The judge meets anything at all and answers in words; the runner returns plain data only."""

import dataclasses

import numpy as np
import pytest

from aliaslab import grading
from aliaslab.grading import Check, answers, close, judge, marks

SQUARE = Check("q1", "squares", "square", 3, "multiply", lambda s: [(2.0,), (s + 3.0,)], lambda x: x * x)
STACK = Check("q2", "stacks", "stack", 2, "stack", lambda s: [(np.arange(3.0),)], lambda x: np.stack([x, x]))
WORD = Check("q3", "words", "word", 1, "say it", lambda seed: [()], lambda: "yes")
CHECKS = [SQUARE, STACK, WORD]
RIGHT = {"square": lambda x: x**2, "stack": lambda x: [list(x)] * 2, "word": lambda: "yes"}


def verdict(check, *values):
    (found,) = judge({check.key: [{"value": value} for value in values]}, [check], seed=1)
    return found


def test_right_answers_get_every_point():
    assert marks(judge(answers(RIGHT, CHECKS, 1), CHECKS, 1)) == {"q1": (3, 3), "q2": (2, 2), "q3": (1, 1)}


def test_answers_are_exact_arrays_or_text_and_may_be_saved_without_pickle(tmp_path):
    class Loud(np.ndarray):
        pass

    class Text(str):
        pass

    namespace = RIGHT | {"square": lambda x: np.array(x * x).view(Loud), "word": lambda: Text("yes")}
    for outcomes in answers(namespace, CHECKS, 1).values():
        for outcome in outcomes:
            assert type(outcome["value"]) in (np.ndarray, str)
            np.savez(tmp_path / "answer.npz", value=outcome["value"])
            np.load(tmp_path / "answer.npz", allow_pickle=False)["value"]


def test_a_function_that_changes_its_input_changes_only_a_copy():
    shared = np.arange(3.0)
    check = Check("q1", "doubles", "double", 1, "two", lambda seed: [(shared,), (shared,)], lambda x: 2 * x)

    def double(x):
        x *= 2
        return x

    (found,) = judge(answers({"double": double}, [check], 1), [check], 1)
    assert found.points == 1
    assert shared.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "no function called square"),
        (lambda x: None, "end it with a return"),
        (lambda x: object(), "returned object"),
        (lambda x: {"a": 1}, "returned dict"),
        (lambda x: [[1], [1, 2]], "unequal lengths"),
        (lambda x: np.broadcast_to(0.0, (10**6, 10**6)), "at most"),
        (lambda x: 1 / 0, "ZeroDivisionError: division by zero"),
        (lambda x, y: x, "TypeError"),
        (lambda x: exit(), "SystemExit"),
        (lambda x: x, "got 2: the value is wrong"),
    ],
)
def test_the_message_says_what_went_wrong(answer, words):
    found = judge(answers({"square": answer}, [SQUARE], 1), [SQUARE], 1)[0]
    assert found.points == 0
    assert words in found.message
    assert found.message.startswith("square(2): ")
    assert found.hint == "multiply"


def test_an_error_without_printable_words():
    class MuteError(Exception):
        def __str__(self):
            raise ValueError

    def square(x):
        raise MuteError

    assert "MuteError" in judge(answers({"square": square}, [SQUARE], 1), [SQUARE], 1)[0].message


class Fool:
    """Agrees with everything, and fails when it is looked at."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0

    def __len__(self):
        return 2

    def __array__(self, *args, **kwargs):
        raise RuntimeError("touched")

    def __repr__(self):
        raise RuntimeError("printed")


ENDLESS: list = []
ENDLESS.append(ENDLESS)

HOSTILE = [
    ENDLESS,
    [[[[4.0] * 8] * 8] * 8] * 8,
    10**10_000,
    None,
    Fool(),
    [Fool(), Fool()],
    "4",
    b"4",
    True,
    float("nan"),
    np.array(np.nan),
    np.array([4.0, 4.0]),
    np.array([[4.0]]),
    np.array(4.0 + 1e-9j),
    np.array("4"),
    np.full((), None, dtype=object),
    np.zeros((0,)),
    np.broadcast_to(4.0, (10**9, 10**9)),
    np.ma.masked_array(4.0, mask=True),
    np.datetime64("2020-01-01"),
    {"value": 4.0},
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.title)
@pytest.mark.parametrize("value", HOSTILE, ids=[f"{i}-{type(v).__name__}" for i, v in enumerate(HOSTILE)])
def test_hostile_values_are_wrong_in_words(check, value):
    for values in ((value,), (value, value)):
        found = verdict(check, *values)
        assert found.points == 0
        assert found.message
        assert len(found.message) < 500


@pytest.mark.parametrize(
    "data",
    [
        None,
        Fool(),
        [],
        {},
        {SQUARE.key: Fool()},
        {SQUARE.key: []},
        {SQUARE.key: [{"value": np.array(4.0)}]},
        {SQUARE.key: [{"value": np.array(4.0)}] * 3},
        {SQUARE.key: [Fool(), Fool()]},
        {SQUARE.key: [{}, {}]},
        {SQUARE.key: [{"value": np.array(4.0), "error": "x" * 10**6}] * 2},
        {SQUARE.key: ({"value": np.array(4.0)}, {"value": np.array(16.0)})},
    ],
    ids=range(12),
)
def test_hostile_data_is_wrong_in_words(data):
    (found,) = judge(data, [SQUARE], seed=1)
    assert found.points == 0
    assert 0 < len(found.message) < 500


@pytest.mark.parametrize(
    "value",
    [np.array(np.nan), np.array(np.inf), np.array([4.0]), np.array(4.0 + 0j), np.array([[4.0]])],
    ids=repr,
)
def test_a_comparison_meets_only_finite_arrays_of_the_wanted_shape(value):
    """So a lab may compare as it likes: even one that accepts everything is not fooled."""
    lenient = dataclasses.replace(SQUARE, compare=lambda got, wanted, *inputs: "")
    assert verdict(lenient, np.array(5.0), np.array(5.0)).points == 3
    assert verdict(lenient, value, value).points == 0


class Agreeable(np.ndarray):
    """Right numbers in a class of the student's own, which could do anything."""


def test_arrays_of_other_classes_are_not_looked_at():
    found = verdict(SQUARE, np.array(4.0).view(Agreeable), np.array(16.0).view(Agreeable))
    assert found.points == 0
    assert "wanted numbers, got an object of class Agreeable" in found.message


def test_one_wrong_call_costs_the_check():
    assert verdict(SQUARE, np.array(4.0), np.array(16.0)).points == 3
    assert verdict(SQUARE, np.array(4.0), np.array(17.0)).points == 0


def test_close_counts_wrong_values():
    assert close()(np.ones(3), np.ones(3)) == ""
    assert close()(np.array([1, 2, 3.0]), np.ones(3)) == "2 of 3 values are wrong"
    assert close(0, 0.5)(np.array(1.4), np.array(1.0)) == ""


def test_checks_that_share_a_name_or_a_hint_are_refused(tmp_path):
    file = tmp_path / "lab.checks.py"
    file.write_text("")
    with pytest.raises(ValueError, match="has no checks"):
        grading.load(file)
    file.write_text(
        "from aliaslab.grading import Check\n"
        "CHECKS = [Check('q1', t, 'f', 1, 'think', lambda s: [()], lambda: 1) for t in 'ab']\n"
    )
    with pytest.raises(ValueError, match="same hint to several checks"):
        grading.load(file)


def test_grading_imports_neither_jupyter_nor_otter():
    import subprocess
    import sys

    code = "import sys, aliaslab.grading; print({'otter', 'IPython', 'jupytext', 'torch'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_once_answered_hides_unanswered_questions_only(capsys):
    with grading.once_answered():
        raise NotImplementedError("fold")
    assert "fold" in capsys.readouterr().out
    with pytest.raises(ZeroDivisionError), grading.once_answered():
        return 1 / 0
