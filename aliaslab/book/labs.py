"""``python -m aliaslab.book.labs``: student notebooks from their masters, and solutions for the book.

A master is an otter-grader assignment in MyST text, ``labs/masters/NAME.md``.  Its answers must pass
its own tests; what ``otter assign`` makes of it for students becomes ``labs/NAME.ipynb``.  With
``--check`` nothing is written: the exit status says whether the notebooks are what their masters make.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from difflib import unified_diff
from itertools import groupby
from pathlib import Path

import jupytext
import nbformat

from ..grading.labs import Lab, find
from ..grading.masters import LABS, answer, blocks, masters, solution


def assign(master: Path, result: Path) -> nbformat.NotebookNode:
    """Run ``otter assign`` on a master in the folder ``result``, and return the notebook for students.

    Raises
    ------
    RuntimeError
        If otter refuses the master, or the master's answers fail the master's tests.
    """
    from otter.assign import main as otter_assign

    source = result / f"{master.stem}.ipynb"
    jupytext.write(jupytext.read(master), source)
    # otter's own run of the tests is slow and passes a test that does not compile, so `failures` runs them
    try:
        otter_assign(str(source), str(result / "dist"), no_pdfs=True, no_run_tests=True)
    except Exception as error:  # otter has no error class of its own
        raise RuntimeError(f"otter assign refuses {master}: {type(error).__name__}: {error}") from error
    folder = result / "dist" / "student"
    notebook = nbformat.read(folder / source.name, as_version=4)
    if failed := failures(notebook, reference(master, folder)):
        raise RuntimeError(f"{master} fails its own tests:\n{failed}")
    return notebook


def reference(master: Path, folder: Path) -> dict:
    """A namespace with a master's answers, and what the lab defines outside its questions.

    ``folder`` holds the student notebook, where otter looks for it.
    """
    cells = list(blocks(master))
    namespace: dict = {"__name__": "__main__"}
    with contextlib.chdir(folder):
        for question, part, cell in cells:
            needed = part == "SOLUTION" or (question is None and "grader.check" not in cell.source)
            if cell.cell_type == "code" and needed:
                exec(answer(cell.source), namespace)
    return namespace


def visible_tests(notebook: nbformat.NotebookNode, namespace: dict) -> dict:
    """Run a student notebook's tests on a namespace: question -> otter's results.

    Raises
    ------
    RuntimeError
        If a test is not valid Python; otter writes messages between double quotes without escaping.
    """
    from otter.test_files.exception_test import ExceptionTestFile

    results = {}
    for question, source in notebook.metadata["otter"]["tests"].items():
        try:
            results[question] = ExceptionTestFile.from_string(source, question)
        except SyntaxError as error:
            what = f"a test of {question} is not valid Python"
            raise RuntimeError(f"{what}; are there double quotes in a message?\n{error.text}") from error
        results[question].run(namespace)
    return results


def failures(notebook: nbformat.NotebookNode, namespace: dict) -> str:
    """What the visible tests have against a namespace; empty if all pass."""
    results = visible_tests(notebook, namespace).values()
    return "\n\n".join(result.summary() for result in results if not result.passed_all)


def normalise(notebook: nbformat.NotebookNode) -> str:
    """The notebook as text that depends on nothing but its content: cell ids, outputs, versions."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "otter": notebook.metadata["otter"],
    }
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: dict[str, int] = {}
    for cell in notebook.cells:
        digest = hashlib.sha256(f"{cell.cell_type} {cell.source}".encode()).hexdigest()[:12]
        seen[digest] = seen.get(digest, 0) + 1
        cell.id = f"{digest}-{seen[digest]}"
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        # otter locks the text and figures of a question; students annotate, predict and experiment there
        if not cell.source.startswith("grader."):
            cell.metadata.pop("editable", None)
            cell.metadata.pop("deletable", None)
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def build(master: Path) -> str:
    """The text of the student notebook that a master makes."""
    with tempfile.TemporaryDirectory() as folder:
        return normalise(assign(master, Path(folder)))


def drift(master: Path, notebook: Path) -> str:
    """What differs between the notebook and what the master makes; empty if nothing does."""
    old = notebook.read_text("utf-8") if notebook.exists() else ""
    difference = unified_diff(
        old.splitlines(), build(master).splitlines(), str(notebook), str(master), lineterm="", n=1
    )
    return "\n".join(difference)


# ---------------------------------------------------------------- the book, and the command


def notes(lab: Lab) -> list:
    """What an instructor wants to know of a lab: what each question is marked for, and how it goes wrong."""
    from docutils import nodes

    found = []
    for question, checks in groupby(lab.checks(), key=lambda check: check.question):
        checks = list(checks)
        points = sum(check.points for check in checks)
        found.append(nodes.rubric("", f"{lab.name}, {question}: {points:g} points"))
        rows = [(check.title, f"{check.points:g}", check.hint) for check in checks]
        found.append(_table(("what is checked", "points", "hint that is given"), rows))
        wrong = [(mutant[2], mutant[1]) for mutant in lab.mutants() if mutant[0] == question]
        found.append(_table(("misconception", "caught by"), wrong))
    return found


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]):
    from docutils import nodes

    row = lambda cells: nodes.row("", *(nodes.entry("", nodes.paragraph(text=cell)) for cell in cells))
    group = nodes.tgroup("", *(nodes.colspec() for _ in head), cols=len(head))
    group += [nodes.thead("", row(head)), nodes.tbody("", *map(row, rows))]
    return nodes.table("", group)


def setup(app) -> dict:
    """Sphinx: ``{lab-solution} fold-it-by-hand q1``, and ``{lab-notes} fold-it-by-hand`` for instructors."""
    from docutils import nodes
    from sphinx.util.docutils import SphinxDirective

    class LabSolution(SphinxDirective):
        required_arguments = 2

        def run(self) -> list[nodes.Node]:
            name, question = self.arguments
            labs = Path(self.env.srcdir) / LABS
            try:
                code = solution(name, question, labs)
            except (ValueError, FileNotFoundError) as error:
                raise self.error(str(error)) from error
            self.env.note_dependency(str(labs / "masters" / f"{name}.md"))
            block = nodes.literal_block(code, code, language="python")
            self.set_source_info(block)
            return [block]

    class LabNotes(SphinxDirective):
        required_arguments = 1

        def run(self) -> list[nodes.Node]:
            labs = Path(self.env.srcdir) / LABS
            try:
                lab = find(self.arguments[0], labs)
            except ValueError as error:
                raise self.error(str(error)) from error
            for file in (f"{lab.name}.checks.py", f"mutants/{lab.name}.py"):
                self.env.note_dependency(str(labs / "masters" / file))
            return notes(lab)

    app.add_directive("lab-solution", LabSolution)
    app.add_directive("lab-notes", LabNotes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def main(arguments: list[str] | None = None) -> int:
    """Write the student notebooks, or with ``--check`` say which differ; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m aliaslab.book.labs", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a notebook differs")
    parser.add_argument("--labs", type=Path, default=LABS, help="the folder of the labs")
    options = parser.parse_args(arguments)
    status = 0
    try:
        for master in masters(options.labs):
            notebook = options.labs / f"{master.stem}.ipynb"
            if not options.check:
                notebook.write_text(build(master), "utf-8")
                print(notebook)
            elif difference := drift(master, notebook):
                print(f"{notebook} is not what {master} makes; run python -m aliaslab.book.labs")
                print(difference)
                status = 1
    except (FileNotFoundError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
