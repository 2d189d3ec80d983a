"""The tables that come out: ``grades.csv``, the imports of Canvas and Moodle, and marks given by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from .batch import Graded
from .judging import marks

#: Marks given by hand: key of the submission -> question -> points.
Manual = Mapping[str, Mapping[str, float]]


def plain_cell(text: str) -> str:
    """Text that a spreadsheet does not take for a formula: names come from students."""
    text = text.encode("utf-8", "replace").decode()  # names of files may hold bytes that are no text
    return f"'{text}" if text[:1] in tuple("=+-@\t\r\n") else text


def points(
    graded: Graded, by_hand: Mapping[str, float], manual: Mapping[str, float]
) -> dict[str, float | None]:
    """The points of each question; None for one that is still to be marked by hand."""
    found: dict[str, float | None] = {q: got for q, (got, _) in marks(graded.marked.verdicts).items()}
    return found | {question: by_hand.get(question) for question in manual}


def total(found: Mapping[str, float | None]) -> float:
    """The sum of the points there are."""
    return sum(value for value in found.values() if value is not None)


def possible(graded: Graded, manual: Mapping[str, float]) -> float:
    """The most points that there are."""
    return sum(of for _, of in marks(graded.marked.verdicts).values()) + sum(manual.values())


def write(out: Path, lab: str, class_: Sequence[Graded], manual: Mapping[str, float], given: Manual) -> None:
    """``grades.csv``, ``canvas.csv`` and ``moodle.csv`` in the folder ``out``.

    Parameters
    ----------
    out : an existing folder.
    lab : its name, which becomes the name of Canvas's column.
    class_ : everybody.
    manual : questions that are marked by hand, with the most points of each.
    given : what was given for them so far.
    """
    found = [points(graded, given.get(graded.submission.key, {}), manual) for graded in class_]
    questions = list(found[0]) if found else []
    grades, canvas, moodle = [], [], []
    most = possible(class_[0], manual) if class_ else 0
    for graded, row in zip(class_, found, strict=True):
        student, number = plain_cell(graded.submission.student), graded.submission.number
        cells = ["" if row[q] is None else f"{row[q]:g}" for q in questions]
        waiting = [f"{q} is still to be marked by hand" for q in questions if row[q] is None]
        flags = plain_cell("; ".join([*graded.notes, *waiting]))
        grades.append(
            [
                student,
                number,
                plain_cell(graded.submission.file),
                *cells,
                f"{total(row):g}",
                f"{most:g}",
                flags,
            ]
        )
        canvas.append([student, number, "", "", f"{total(row):g}"])
        moodle.append([f"Participant {number}" if number else "", student, f"{total(row):g}", f"{most:g}"])
    _table(
        out / "grades.csv", ["student", "number", "file", *questions, "total", "possible", "flags"], grades
    )
    head = ["Student", "ID", "SIS Login ID", "Section", lab]
    _table(out / "canvas.csv", head, [["    Points Possible", "", "", "", f"{most:g}"], *canvas])
    _table(out / "moodle.csv", ["Identifier", "Full name", "Grade", "Maximum grade"], moodle)


def _table(path: Path, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    half = path.with_suffix(".part")
    with half.open(
        "w", newline="", encoding="utf-8-sig"
    ) as file:  # the mark tells spreadsheets that it is UTF-8
        csv.writer(file).writerows([head, *rows])
    half.replace(path)


# ---------------------------------------------------------------- marks given by hand


def write_form(path: Path, class_: Sequence[Graded], manual: Mapping[str, float], given: Manual) -> None:
    """A table to fill in: a row for each student, a column for each question marked by hand."""
    head = ["key", "student", *(f"{question} (of {most:g})" for question, most in manual.items())]
    filled = [
        [
            f"{value:g}" if value is not None else ""
            for value in map(given.get(g.submission.key, {}).get, manual)
        ]
        for g in class_
    ]
    rows = [
        [g.submission.key, plain_cell(g.submission.student), *cells]
        for g, cells in zip(class_, filled, strict=True)
    ]
    _table(path, head, rows)


def read_form(path: Path, keys: Iterable[str], manual: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """What was filled in; cells that are still empty are left out.

    Raises
    ------
    ValueError
        If the table lacks a column, a cell is no number between 0 and the most points, or a student is
        unknown or comes twice; the message says which row.
    """
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    columns = {question: f"{question} (of {most:g})" for question, most in manual.items()}
    given: dict[str, dict[str, float]] = {}
    known = set(keys)
    for line, row in enumerate(rows, 2):
        key = row.get("key")
        if key not in known or key in given:
            what = "comes twice" if key in given else "is not in this class"
            raise ValueError(f"{path}, line {line}: {key!r} {what}; leave the column key as it was written")
        given[key] = {}
        for question, column in columns.items():
            if column not in row:
                raise ValueError(f"{path} has no column {column!r}; leave its first line as it was written")
            if text := (row[column] or "").strip():
                given[key][question] = _checked(text, manual[question], f"{path}, line {line}, {question}")
    return given


def _checked(text: str, most: float, where: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= most:
        raise ValueError(f"{where}: got {text!r}, wanted a number from 0 to {most:g}, or nothing")
    return value
