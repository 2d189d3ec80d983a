"""Beside the student's code: apply their functions, and give back plain data."""

from __future__ import annotations

import copy
import traceback
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .checks import Check

#: The most numbers, or characters of text, that one answer may hold.
MAX_SIZE = 1_000_000

#: One call's result: ``{"value": array or text}`` or ``{"error": "what went wrong"}``.
Outcome = dict[str, Any]


def answers(namespace: Mapping[str, Any], checks: Sequence[Check], seed: int) -> dict[str, list[Outcome]]:
    """What the student's functions give, as plain data: ``{check.key: [outcome of each call]}``.

    An outcome is ``{"value": array or text}``, or ``{"error": words}`` if the function is missing,
    raises, or returns something that is neither numbers nor text.  Only the ``key``, ``function`` and
    ``inputs`` of a check are used, so that references may stay elsewhere.
    """
    return {
        check.key: [outcome(namespace, check.function, arguments) for arguments in check.inputs(seed)]
        for check in checks
    }


def outcome(namespace: Mapping[str, Any], name: str, arguments: tuple) -> Outcome:
    """What the function called ``name`` gives for these arguments."""
    if not callable(namespace.get(name)):
        return {"error": f"there is no function called {name}"}
    try:
        # a copy, because a function may change the array that it is given
        return {"value": plain(namespace[name](*copy.deepcopy(arguments)))}
    except NotImplementedError:
        return {"error": "not answered yet"}
    except (Exception, SystemExit) as error:
        return {"error": traceback.format_exception_only(error)[-1].strip()[:300]}


def ours(words: str) -> Outcome:
    """An error in the grader's own words, which may be told: no student's code can make one."""
    return {"error": words, "ours": True}


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
    # the two widths that the wire knows no name for
    narrow = {"g": np.float64, "G": np.complex128}.get(array.dtype.char, array.dtype)
    return np.array(array, dtype=narrow)
