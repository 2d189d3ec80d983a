"""Marks for the labs, in two halves that share nothing but plain data.

:func:`answers` runs where the student's functions live and returns arrays, text and error messages,
nothing else.  :func:`judge` compares that with the reference and never meets an object of the
student's, so that nothing in their code can reach the marks.

A lab keeps its checks in ``labs/masters/NAME.checks.py`` as a list called ``CHECKS``.
"""

from __future__ import annotations

import copy
import runpy
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

#: The most numbers, or characters of text, that one answer may hold.
MAX_SIZE = 1_000_000

#: One call's result: ``{"value": array or text}`` or ``{"error": "what went wrong"}``.
Outcome = dict[str, Any]

#: How two arrays of the same shape are compared: (got, wanted, *inputs) -> "" or what is wrong.
Compare = Callable[..., str]


def close(rtol: float = 1e-6, atol: float = 1e-8) -> Compare:
    """A comparison that accepts ``|got - wanted| <= atol + rtol |wanted|``, entry by entry."""

    def compare(got: np.ndarray, wanted: np.ndarray, *inputs: Any) -> str:
        wrong = ~np.isclose(got, wanted, rtol=rtol, atol=atol)
        if not wrong.any():
            return ""
        return f"{wrong.sum()} of {wrong.size} values are wrong" if wrong.ndim else "the value is wrong"

    return compare


@dataclass(frozen=True)
class Check:
    """One hidden check: some calls of one function of the student's, worth ``points`` together.

    Parameters
    ----------
    question : the question that it belongs to, such as ``q1``.
    title : what is checked, in a few words; unique within the question.
    function : name of the student's function.
    points : given if every call is right, and none if one is wrong.
    hint : what to think about if it is not; one that no other check gives.
    inputs : ``inputs(seed)`` gives a list of argument tuples, the same for the same seed.
    reference : called with the same arguments, gives the right answer: numbers, an array, or text.
    compare : ``compare(got, wanted, *arguments)`` gives ``""`` or what is wrong, in words.  It is
        only called with finite numeric arrays of equal shape.
    """

    question: str
    title: str
    function: str
    points: float
    hint: str
    inputs: Callable[[int], Sequence[tuple]]
    reference: Callable[..., Any]
    compare: Compare = field(default_factory=close)

    @property
    def key(self) -> str:
        """The name under which :func:`answers` returns what it got."""
        return f"{self.question}: {self.title}"


@dataclass(frozen=True)
class Verdict:
    """What :func:`judge` says about one check; ``message`` and ``hint`` are empty if it passed."""

    question: str
    title: str
    points: float
    possible: float
    message: str = ""
    hint: str = ""


def load(path: Path | str) -> list[Check]:
    """The ``CHECKS`` of a lab's ``.checks.py`` file.

    Raises
    ------
    ValueError
        If there are none, or two share a key or a hint (feedback would be ambiguous).
    """
    checks = list(runpy.run_path(str(path)).get("CHECKS", ()))
    if not checks:
        raise ValueError(f"{path} has no checks; define CHECKS = [Check(...), ...]")
    for what in ("key", "hint"):
        values = [getattr(check, what) for check in checks]
        twice = {value for value in values if values.count(value) > 1}
        if twice:
            raise ValueError(f"{path} gives the same {what} to several checks: {sorted(twice)}; reword one")
    return checks


# ---------------------------------------------------------------- half 1: beside the student's code


def answers(namespace: Mapping[str, Any], checks: Sequence[Check], seed: int) -> dict[str, list[Outcome]]:
    """What the student's functions give, as plain data: ``{check.key: [outcome of each call]}``.

    An outcome is ``{"value": array or text}``, or ``{"error": words}`` if the function is missing,
    raises, or returns something that is neither numbers nor text.  Only the ``key``, ``function`` and
    ``inputs`` of a check are used, so that references may stay elsewhere.
    """
    return {
        check.key: [_outcome(namespace, check.function, arguments) for arguments in check.inputs(seed)]
        for check in checks
    }


def _outcome(namespace: Mapping[str, Any], name: str, arguments: tuple) -> Outcome:
    if not callable(namespace.get(name)):
        return {"error": f"there is no function called {name}"}
    try:
        # a copy, because a function may change the array that it is given
        return {"value": plain(namespace[name](*copy.deepcopy(arguments)))}
    except NotImplementedError:
        return {"error": "not answered yet"}
    except (Exception, SystemExit) as error:
        return {"error": traceback.format_exception_only(error)[-1].strip()[:300]}


def plain(value: Any) -> np.ndarray | str:
    """``value`` as an array of numbers or as text; a ``TypeError`` in words if it is neither."""
    if value is None:
        raise TypeError("the function returned nothing; end it with a return statement")
    if isinstance(value, str):
        return str(value[:MAX_SIZE])
    if hasattr(value, "detach"):  # a torch tensor
        value = value.detach().cpu()
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise TypeError("the function returned lists of unequal lengths; return an array") from error
    if array.size > MAX_SIZE:
        raise TypeError(f"the function returned {array.size} numbers; at most {MAX_SIZE} are read")
    if array.dtype.kind not in "biufc":
        raise TypeError(
            f"the function returned {type(value).__name__}; return numbers, an array of numbers, or text"
        )
    return array.copy()


# ---------------------------------------------------------------- half 2: away from it


def judge(data: Any, checks: Sequence[Check], seed: int) -> list[Verdict]:
    """Marks for what :func:`answers` returned, one verdict for each check and in the same order.

    ``data`` is not trusted: whatever it holds, the result is a verdict in words and never an error.
    """
    return [_verdict(data, check, seed) for check in checks]


def _verdict(data: Any, check: Check, seed: int) -> Verdict:
    calls = check.inputs(seed)
    outcomes = data.get(check.key) if type(data) is dict else None
    if type(outcomes) is not list or len(outcomes) != len(calls):
        message = "no answers came back for this check"
    else:
        wrong = (_wrong(outcome, check, call) for outcome, call in zip(outcomes, calls, strict=True))
        message = next(filter(None, wrong), "")
    if message:
        return Verdict(check.question, check.title, 0, check.points, message, check.hint)
    return Verdict(check.question, check.title, check.points, check.points)


def _wrong(outcome: Any, check: Check, call: tuple) -> str:
    """Why this outcome is not right, with the call that shows it; empty if it is right."""
    if type(outcome) is not dict:
        return "no answer came back"
    error, got = outcome.get("error"), outcome.get("value")
    if type(error) is str:
        why = error[:300]
    else:
        why = _differs(got, np.asarray(check.reference(*copy.deepcopy(call))), check.compare, call)
    return why and f"{check.function}({', '.join(map(_short, call))}): {why}"[:400]


def _differs(got: Any, wanted: np.ndarray, compare: Compare, call: tuple) -> str:
    if wanted.dtype.kind == "U":
        return "" if type(got) is str and got == wanted.item() else f"got {_short(got)}"
    if type(got) is not np.ndarray or got.dtype.kind not in "biufc":
        return f"wanted numbers, got {_short(got)}"
    # the shape is looked at first, so that a huge array costs nothing
    if got.shape != wanted.shape:
        return f"wanted {_shape(wanted)}, got {_shape(got)}"
    if got.dtype.kind == "c" and wanted.dtype.kind != "c":
        return "wanted real numbers, got complex ones"
    if not np.isfinite(got).all():
        return f"got {_short(got)}, which holds NaN or infinity"
    why = compare(got, wanted, *call)
    return why and f"got {_short(got)}: {why}"


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


# ---------------------------------------------------------------- for use in the notebook


@contextmanager
def once_answered() -> Iterator[None]:
    """Run the block; if it needs a function that is not written yet, say so instead of stopping."""
    try:
        yield
    except NotImplementedError as unanswered:
        print(f"Not answered yet ({unanswered}). Write it above, then run this cell again.")


def public_points(results: Any) -> str:
    """What ``grader.check_all()`` found, as one line for each question and one for the sum."""
    files = list(results.results.values())
    rows = [(file.name, file.score, file.possible) for file in files]
    rows.append(("all", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return "\n".join(f"{name}: public tests passed: {got:g} of {of:g} points" for name, got, of in rows)
