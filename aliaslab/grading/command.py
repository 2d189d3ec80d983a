"""``aliaslab grade`` and ``aliaslab merge-marks``."""

from __future__ import annotations

import functools
import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from .marking import Marked, Setup
    from .submissions import Submission

_FOLDER = click.Path(file_okay=False, path_type=Path)


def _in_one_line(command: Callable) -> Callable:
    """What cannot be done is said in one line, and the exit status is 2."""

    @functools.wraps(command)
    def run(*arguments, **named):
        try:
            command(*arguments, **named)
        except (ValueError, RuntimeError, OSError) as error:
            failed = click.ClickException(" ".join(str(error).split()))
            failed.exit_code = 2
            raise failed from error

    return run


@click.command()
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option("--lab", "name", help="Which lab. Default, for one notebook: by its name.")
@click.option("--out", type=_FOLDER, help="Folder for what comes out. Default: grades-LAB.")
@click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Notebooks at the same time."
)
@click.option("--resume", is_flag=True, help="Go on where an earlier run into the same folder was ended.")
@click.option("--private", type=_FOLDER, help="Folder with your own LAB.checks.py or seed.txt.")
@click.option(
    "--seed", type=click.IntRange(0), help="Draws the hidden inputs. Default: a new one, kept with --resume."
)
@click.option(
    "--manual", multiple=True, metavar="NAME=POINTS", help="A question that you mark by hand; may repeat."
)
@click.option("--scheduler", metavar="ADDRESS", help="Run on a Dask cluster, such as tcp://10.0.0.1:8786.")
@click.option("--no-sandbox", is_flag=True, help="Run the students' code with all your rights.")
@click.option(
    "--labs", type=_FOLDER, help="Folder of the labs. Default: labs, here or where this is installed."
)
@click.option("--question-seconds", type=click.FloatRange(1), default=5, show_default=True)
@click.option("--cell-seconds", type=click.FloatRange(0.1), default=20, show_default=True)
@click.option("--notebook-seconds", type=click.FloatRange(1), default=180, show_default=True)
@click.option("--memory-mb", type=click.IntRange(256), default=4096, show_default=True)
@_in_one_line
def grade(
    submissions: Path,
    name: str | None,
    out: Path | None,
    jobs: int,
    resume: bool,
    private: Path | None,
    seed: int | None,
    manual: tuple[str, ...],
    scheduler: str | None,
    no_sandbox: bool,
    labs: Path | None,
    **limits: float,
) -> None:
    """Grade a class, or one notebook of your own.

    SUBMISSIONS is a folder of notebooks, a folder with a folder per student, or the zip of a learning
    platform; then --out receives grades.csv, class.html, feedback/ and logs/.  If it is one notebook,
    the points and hints are printed.

    Exit status: 0 it was graded, 2 it could not be.
    """
    from . import labs as all_labs
    from .confine import Limits
    from .marking import Setup
    from .walls import hidden_from_students, missing

    if no_sandbox:
        click.echo("Warning: no sandbox. The notebooks' code runs with all your rights.", err=True)
    elif not scheduler and (why := missing()):
        raise RuntimeError(why)
    folder = all_labs.folder_of_labs(labs)
    one = submissions.is_file() and submissions.suffix == ".ipynb"
    name = name or (_lab_of(submissions, all_labs.names(folder)) if one else None)
    if not name:
        raise ValueError(f"say which lab with --lab; there are {', '.join(all_labs.names(folder))}")
    out = out or Path(f"grades-{name}")
    hidden_from_students(submissions, folder, out, *filter(None, [private]))
    lab = all_labs.find(name, folder, private)
    earlier = _earlier(out, resume) if not one else {}
    seed = all_labs.seed_of(private, seed, lambda: earlier.get("seed", secrets.randbits(32)))
    setup = Setup(lab, seed, Limits(**limits), not no_sandbox)
    if one:
        _grade_one(submissions, setup)
    else:
        from .submissions import find

        found = find(submissions, name)
        _grade_class(
            found, setup, out, _runner(scheduler, jobs), _by_hand(manual, lab) or earlier.get("manual", {})
        )


def _lab_of(notebook: Path, names: list[str]) -> str | None:
    """The lab that a notebook is of: by its own note, or its file's name."""
    try:
        noted = json.loads(notebook.read_bytes())["metadata"]["otter"]["assignment_name"]
    except (ValueError, KeyError, TypeError, OSError):
        noted = None
    return next((name for name in names if name == noted or name in notebook.stem), None)


def _earlier(out: Path, resume: bool) -> dict:
    """What an earlier run into this folder noted about itself."""
    note = out / "run.json"
    if not note.exists():
        return {}
    if not resume:
        raise ValueError(
            f"{out} holds the results of an earlier run; go on with --resume, or give another --out"
        )
    return json.loads(note.read_text("utf-8"))


def _by_hand(manual: tuple[str, ...], lab) -> dict[str, float]:
    """Questions to be marked by hand, with their points."""
    taken = {check.question for check in lab.checks()}
    found: dict[str, float] = {}
    for text in manual:
        name, equals, points = text.partition("=")
        if not (equals and name.isidentifier() and points.isdecimal()) or name in taken | set(found):
            raise ValueError(f"--manual {text!r}: wanted a new name and its points, such as essay=10")
        found[name] = float(points)
    return found


def _runner(scheduler: str | None, jobs: int):
    if scheduler:
        from .cluster import on_cluster

        return on_cluster(scheduler)
    from .batch import in_processes

    return in_processes(jobs)


def _grade_class(found: list[Submission], setup: Setup, out: Path, runner, manual: dict[str, float]) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from .batch import grade as grade_class
    from .gradebook import read_form, write_form

    out.mkdir(parents=True, exist_ok=True)
    note = {"lab": setup.lab.name, "seed": setup.seed, "manual": manual}
    (out / "run.json").write_text(json.dumps(note, indent=2) + "\n", "utf-8")
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("Grading", total=len(found))
        class_ = grade_class(found, setup, out, runner, lambda: bar.advance(task))
    (out / "class.json").write_text(json.dumps([_as_json(graded) for graded in class_]), "utf-8")
    if manual:
        form, keys = out / "manual.csv", {graded.submission.key for graded in class_}
        given = read_form(form, keys, manual) if form.exists() else {}
        if keys - set(given):  # the first time, or somebody came late
            write_form(form, class_, manual, given)
    _write_all(out, setup.lab.name, class_, manual)


def _as_json(graded) -> dict:
    submission = graded.submission
    about = {name: getattr(submission, name) for name in ("student", "number", "file", "notes")}
    return about | {"place": str(submission.place), "marked": graded.marked.as_json() | {"log": ""}}


def _write_all(out: Path, lab: str, class_: list, manual: dict[str, float]) -> None:
    """All tables and pages, with the marks given by hand so far."""
    from . import gradebook, pages

    form = out / "manual.csv"
    keys = [graded.submission.key for graded in class_]
    given = gradebook.read_form(form, keys, manual) if manual and form.exists() else {}
    gradebook.write(out, lab, class_, manual, given)
    pages.write(out, lab, class_, manual, given)
    flagged = sum(bool(graded.notes) for graded in class_)
    click.echo(
        f"{len(class_)} submissions graded, {flagged} with notes: {out / 'grades.csv'}, {out / 'class.html'}"
    )
    waiting = sum(len(manual) - len(given.get(key, {})) for key in keys)
    if waiting:
        click.echo(f"{waiting} marks to give by hand: fill in {form}, then: aliaslab merge-marks {out}")


def _grade_one(notebook: Path, setup: Setup) -> None:
    """Print what came of a notebook of one's own, with hints and the calls that show what is wrong."""
    from .marking import Marker

    marker = Marker(setup)
    try:
        marked = marker.mark(notebook.read_bytes())
    finally:
        marker.close()
    _print(marked, setup.lab.name)


def _print(marked: Marked, lab: str) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from .judging import marks

    console = Console()
    table = Table("question", "points", title=lab)
    found = marks(marked.verdicts)
    for question, (got, of) in found.items():
        table.add_row(question, f"{got:g} of {of:g}")
    got, of = map(sum, zip(*found.values(), strict=True))
    table.add_row("all", f"{got:g} of {of:g}")
    console.print(table)
    for note in marked.notes:
        console.print(escape(f"Note: {note}"))
    for verdict in marked.verdicts:
        if verdict.hint:
            console.print(
                escape(f"\n{verdict.question}, {verdict.title}: {verdict.message}"), highlight=False
            )
            console.print(escape(f"  Hint: {verdict.hint}"), style="bold", highlight=False)


@click.command("merge-marks")
@click.argument("out", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_in_one_line
def merge_marks(out: Path) -> None:
    """Add the marks in OUT/manual.csv to the grades and pages in OUT, a folder that `grade` wrote."""
    from .batch import Graded
    from .marking import Marked
    from .submissions import Submission

    try:
        note = json.loads((out / "run.json").read_text("utf-8"))
        rows = json.loads((out / "class.json").read_text("utf-8"))
    except FileNotFoundError as error:
        raise ValueError(
            f"{out} is not the folder of a finished run: there is no {Path(error.filename).name}"
        ) from None
    if not note["manual"]:
        raise ValueError(f"{out} has no questions to mark by hand; grade with --manual NAME=POINTS")
    class_ = [
        Graded(
            Submission(row["student"], row["number"], Path(row["place"]), row["file"], tuple(row["notes"])),
            Marked.from_json(row["marked"]),
        )
        for row in rows
    ]
    _write_all(out, note["lab"], class_, note["manual"])
