"""Every lab found in labs/masters, with what its tests need; a new lab is covered without new test code."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import runpy
import shutil
from pathlib import Path

import pytest

LABS = Path(__file__).resolve().parents[2] / "labs"
NAMES = sorted(path.stem for path in (LABS / "masters").glob("*.md"))


@functools.cache
def wrong_answers(name: str) -> dict:
    """MUTANTS and STYLES of a lab."""
    return runpy.run_path(str(LABS / "masters" / "mutants" / f"{name}.py"))


@dataclasses.dataclass(frozen=True)
class Lab:
    name: str
    folder: Path

    @property
    def master(self) -> Path:
        return LABS / "masters" / f"{self.name}.md"

    @functools.cached_property
    def checks(self) -> list:
        from aliaslab import grading

        found = grading.load(LABS / "masters" / f"{self.name}.checks.py")
        # drawing the inputs is most of the work, and every mutant gets the same
        return [dataclasses.replace(check, inputs=functools.cache(check.inputs)) for check in found]

    @functools.cached_property
    def student(self):
        import nbformat

        return nbformat.read(LABS / f"{self.name}.ipynb", as_version=4)

    @functools.cached_property
    def questions(self) -> list[str]:
        return list(self.student.metadata.otter.tests)

    @functools.cached_property
    def _reference(self) -> dict:
        from aliaslab.book.labs import reference

        return reference(self.master, self.folder)

    @functools.cached_property
    def _solutions(self) -> str:
        from aliaslab.book.labs import solution

        return "\n\n".join(solution(self.name, question, LABS) for question in self.questions)

    def answered(self, code: str = "") -> dict:
        """A namespace with the master's answers, and ``code`` instead of one of them."""
        if not code:
            return self._reference
        # functions look up each other where they were defined, so a replacement needs a namespace of its own
        namespace = dict(self._reference)
        exec(self._solutions, namespace)
        exec(code, namespace)
        return namespace

    def blank(self) -> dict:
        """The namespace that the student notebook leaves when it is run unanswered, top to bottom."""
        from IPython.display import display

        namespace = {"__name__": "__main__", "display": display}
        with contextlib.chdir(self.folder):
            for cell in self.student.cells:
                if cell.cell_type == "code":
                    exec(cell.source, namespace)
        return namespace

    def hidden(self, namespace: dict, seed: int) -> list:
        """Verdicts of the hidden checks."""
        from aliaslab import grading

        return grading.judge(grading.answers(namespace, self.checks, seed), self.checks, seed)

    def visible(self, namespace: dict) -> dict:
        """What ``grader.check`` finds, for each question: otter's test file with its results."""
        from aliaslab.book.labs import visible_tests

        return visible_tests(self.student, namespace)


@pytest.fixture(scope="session")
def open_lab(tmp_path_factory):
    """``open_lab(name)`` gives a lab, in a folder where it may be run."""
    pytest.importorskip("otter", reason="otter-grader is missing: pip install '.[labs]'")

    @functools.cache
    def opened(name: str) -> Lab:
        folder = tmp_path_factory.mktemp(name)
        shutil.copy(LABS / f"{name}.ipynb", folder)
        return Lab(name, folder)

    return opened


@pytest.fixture(scope="session", params=NAMES)
def lab(request, open_lab) -> Lab:
    """Each lab in turn."""
    return open_lab(request.param)
