"""From the cells of one notebook to its marks."""

from __future__ import annotations

import functools
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

import numpy as np

from .answering import Outcome
from .checks import Check
from .confine import Limits
from .judging import Verdict, ask, decide
from .labs import Lab, read_cells
from .sandbox import Call, Session, Zygote


@dataclass(frozen=True)
class Setup:
    """All that decides about a mark besides the notebook itself."""

    lab: Lab
    seed: int
    limits: Limits = field(default_factory=Limits)
    sandbox: bool = True

    @property
    def digest(self) -> str:
        return f"{self.lab.digest} {self.seed} {self.limits} {self.sandbox}"


@dataclass
class Marked:
    """What came of one notebook: its verdicts, the misconceptions recognised, and what was noted."""

    verdicts: list[Verdict]
    #: question -> the misconceptions whose outputs these answers equal
    misconceptions: dict[str, list[str]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    log: str = ""
    seconds: float = 0.0

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Marked:
        return cls(**data | {"verdicts": [Verdict(**verdict) for verdict in data["verdicts"]]})


def unmarked(checks: Sequence[Check], why: str) -> Marked:
    """No points, because there was nothing to run."""
    told = "the notebook could not be read"
    return Marked([Verdict(c.question, c.title, 0, c.points, why, c.hint, told) for c in checks], notes=[why])


class Marker:
    """Marks any number of notebooks of one lab, one after the other; imports and inputs are made once."""

    def __init__(self, setup: Setup, processor: int | None = None):
        self.setup, self._processor = setup, processor
        self._asked = ask(setup.lab.checks(), setup.seed)
        self._calls = [[Call(a.check.function, call) for call in a.calls] for a in self._asked]
        self._questions = list(dict.fromkeys(a.check.question for a in self._asked))
        self._zygote = Zygote([cell for cell in setup.lab.cells if "grader.check" not in cell])

    def close(self) -> None:
        self._zygote.close()

    def mark(self, notebook: bytes) -> Marked:
        """The marks of a notebook.  Whatever it does, there are marks and no error."""
        began = time.monotonic()
        try:
            cells = read_cells(notebook)
        except ValueError as error:
            return unmarked([asked.check for asked in self._asked], str(error))
        found: dict[int, list[Outcome]] = {}
        with self._session() as session:
            session.run(cells)
            for question in self._questions:
                mine = [i for i, asked in enumerate(self._asked) if asked.check.question == question]
                found |= zip(mine, session.ask(question, [self._calls[i] for i in mine]), strict=True)
        verdicts = [decide(found[i], asked) for i, asked in enumerate(self._asked)]
        marked = Marked(verdicts, self._recognise(verdicts, found), session.notes, session.log)
        marked.seconds = round(time.monotonic() - began, 2)
        return marked

    def _session(self) -> Session:
        return Session(self._zygote, self.setup.limits, self.setup.sandbox, self._processor)

    def _recognise(self, verdicts: list[Verdict], found: dict[int, list[Outcome]]) -> dict[str, list[str]]:
        """The misconceptions whose mutants give what this notebook gives, where it is wrong."""
        recognised: dict[str, list[str]] = {}
        for i, verdict in enumerate(verdicts):
            if verdict.points < verdict.possible:
                for misconception, outcomes in self._mutants.get(i, []):
                    if _same(outcomes, found[i]):
                        recognised.setdefault(verdict.question, []).append(misconception)
                        break
        return recognised

    @functools.cached_property
    def _mutants(self) -> dict[int, list[tuple[str, list[Outcome]]]]:
        """What each common wrong answer gives on the check that catches it."""
        place = {(a.check.question, a.check.title): i for i, a in enumerate(self._asked)}
        lab, found = self.setup.lab, {}
        wanted = [mutant for mutant in lab.mutants() if mutant[:2] in place]
        if not wanted:
            return found
        with self._session() as session:
            session.run([*lab.cells, lab.solutions])
            for question, title, misconception, code in wanted:
                i = place[question, title]
                (outcomes,) = session.ask(question, [self._calls[i]], f"{lab.solutions}\n\n{code}")
                found.setdefault(i, []).append((misconception, outcomes))
        return found


def _same(mutant: list[Outcome], student: list[Outcome]) -> bool:
    return len(mutant) == len(student) and all(map(_equal, mutant, student))


def _equal(mutant: Outcome, student: Outcome) -> bool:
    if "error" in mutant or "error" in student:
        return mutant.get("error") == student.get("error")
    a, b = mutant["value"], student["value"]
    if type(a) is not type(b):
        return False
    if type(a) is str:
        return a == b
    with np.errstate(all="ignore"):
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, atol=1e-9, equal_nan=True))


# ---------------------------------------------------------------- one marker for each process

_LOCK = threading.Lock()
_MARKERS: dict[str, Marker] = {}


def mark(setup: Setup, notebook: bytes) -> Marked:
    """Mark a notebook with this process's marker, which is made on first use."""
    with _LOCK:  # a marker does one at a time; a cluster's worker may have several threads
        if setup.digest not in _MARKERS:
            for old in _MARKERS.values():
                old.close()
            _MARKERS.clear()
            _MARKERS[setup.digest] = Marker(setup)
        return _MARKERS[setup.digest].mark(notebook)
