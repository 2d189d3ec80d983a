"""Away from the student's code: decide from data alone."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .checks import Check


@dataclass(frozen=True)
class Verdict:
    """What :func:`judge` says about one check; the texts are empty if it passed.

    ``message`` shows the call, with its inputs, and is for the instructor; ``told`` says what kind of
    fault it was in words of our own, and is for the student, as is ``hint``.
    """

    question: str
    title: str
    points: float
    possible: float
    message: str = ""
    hint: str = ""
    told: str = ""


@dataclass(frozen=True)
class Asked:
    """A check with its calls for one seed, and what each of them ought to give."""

    check: Check
    calls: Sequence[tuple]
    wanted: Sequence[np.ndarray]


def ask(checks: Sequence[Check], seed: int) -> list[Asked]:
    """The calls and right answers of each check, worked out once for any number of students."""
    found = []
    for check in checks:
        calls = list(check.inputs(seed))
        wanted = [np.asarray(check.reference(*copy.deepcopy(call))) for call in calls]
        found.append(Asked(check, calls, wanted))
    return found


def judge(data: Any, checks: Sequence[Check], seed: int) -> list[Verdict]:
    """Marks for what :func:`answers` returned, one verdict for each check and in the same order.

    ``data`` is not trusted: whatever it holds, the result is a verdict in words and never an error.
    """
    found = data if type(data) is dict else {}
    return [decide(found.get(asked.check.key), asked) for asked in ask(checks, seed)]


def decide(outcomes: Any, asked: Asked) -> Verdict:
    """The verdict on the outcomes of one check's calls, which are not trusted."""
    check = asked.check
    if type(outcomes) is not list or len(outcomes) != len(asked.calls):
        wrong = ("no answers came back for this check", "no answers came back")
    else:
        each = (
            _wrong(outcome, check, call, wanted)
            for outcome, call, wanted in zip(outcomes, asked.calls, asked.wanted, strict=True)
        )
        wrong = next(filter(None, each), None)
    if wrong:
        return Verdict(check.question, check.title, 0, check.points, wrong[0], check.hint, wrong[1])
    return Verdict(check.question, check.title, check.points, check.points)


def _wrong(outcome: Any, check: Check, call: tuple, wanted: np.ndarray) -> tuple[str, str] | None:
    """Why this outcome is not right: for the instructor with the call that shows it, and for the student."""
    if type(outcome) is not dict:
        return "no answer came back", "no answer came back"
    error, got = outcome.get("error"), outcome.get("value")
    if type(error) is str:
        why, told = error[:300], f"gave no answer: {error}" if outcome.get("ours") is True else _kind(error)
    else:
        why, told = _differs(got, wanted, check, call)
    if not why:
        return None
    return f"{check.function}({', '.join(map(_short, call))}): {why}"[:400], f"{check.function} {told}"


def _differs(got: Any, wanted: np.ndarray, check: Check, call: tuple) -> tuple[str, str]:
    if wanted.dtype.kind == "U":
        right = type(got) is str and got == wanted.item()
        return ("", "") if right else (f"got {_short(got)}", "gave a wrong answer")
    if type(got) is not np.ndarray or got.dtype.kind not in "biufc":
        return f"wanted numbers, got {_short(got)}", "did not return numbers"
    # the shape is looked at first, so that a huge array costs nothing
    if got.shape != wanted.shape:
        return (
            f"wanted {_shape(wanted)}, got {_shape(got)}",
            "returned an array of another shape than asked for",
        )
    if got.dtype.kind == "c" and wanted.dtype.kind != "c":
        return "wanted real numbers, got complex ones", "returned complex numbers"
    if not np.isfinite(got).all():
        return f"got {_short(got)}, which holds NaN or infinity", "returned NaN or infinity"
    try:
        with np.errstate(all="ignore"):
            why = check.compare(got, wanted, *call)
    except Exception as error:  # finite numbers may still be so large that a comparison breaks down
        why = f"cannot be compared ({type(error).__name__})"
    return (f"got {_short(got)}: {why}", "gave a wrong answer") if why else ("", "")


#: The errors that may be named to a student: few, so that a name can hardly tell anything else.
_NAMED = "AttributeError IndexError KeyError NameError RecursionError TypeError ValueError ZeroDivisionError"


def _kind(error: str) -> str:
    """What a student may read of an error: its text could carry the hidden inputs, so only its kind."""
    if error.startswith("there is no function called"):
        return "is not defined"
    if error == "not answered yet":
        return f"is {error}"
    name = error.partition(":")[0]
    return f"stopped with {name if name in _NAMED.split() else 'an error'}"


def _shape(array: np.ndarray) -> str:
    return f"an array of shape {array.shape}" if array.ndim else "a single number"


def _short(value: Any, depth: int = 2) -> str:
    """``value`` in a few characters; safe for anything, because only exact built-in types are printed."""
    kind = type(value)
    if kind is np.ndarray and value.dtype.kind in "biufc" and value.size <= 6:
        return _short(value.tolist())
    if kind is np.ndarray:
        return _shape(value)
    if kind is str:
        return repr(value if len(value) <= 60 else value[:57] + "...")
    if kind in (list, tuple) and depth:
        inside = ", ".join([_short(item, depth - 1) for item in value[:8]] + ["..."] * (len(value) > 8))
        return f"[{inside}]" if kind is list else f"({inside})"
    if kind in (float, complex):
        return f"{value:.6g}"
    if kind in (bool, type(None)) or (kind is int and value.bit_length() < 200):
        return str(value)
    return f"an object of class {kind.__name__}"[:60]


def marks(verdicts: Sequence[Verdict]) -> dict[str, tuple[float, float]]:
    """Points got and points possible for each question, in the order of the checks."""
    totals: dict[str, tuple[float, float]] = {}
    for verdict in verdicts:
        got, possible = totals.get(verdict.question, (0, 0))
        totals[verdict.question] = (got + verdict.points, possible + verdict.possible)
    return totals
