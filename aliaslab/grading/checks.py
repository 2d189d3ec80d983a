"""What a lab asks beyond the tests that its notebook shows: ``CHECKS`` in ``labs/masters/NAME.checks.py``."""

from __future__ import annotations

import runpy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

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
