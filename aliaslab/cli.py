"""The command ``aliaslab``: audit every resize, check one function, grade a lab."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from .grading.command import grade, merge_marks

PASSED, ALIASES, COULD_NOT_RUN = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aliaslab")
def main() -> None:
    """Find out which resize turns fine detail into false patterns; grade the labs."""


@main.command()
@click.option("--factor", "factors", type=float, multiple=True, default=(2, 4, 8), show_default=True)
@click.option("--method", "methods", multiple=True, help="A method's name; repeat for more. Default: all.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write a report with pictures.")
def audit(factors: tuple[float, ...], methods: tuple[str, ...], as_json: bool, html: Path | None) -> None:
    """Measure resize methods and rank them, least alias power first."""
    from rich.console import Console
    from rich.progress import Progress

    from .resample import audit as run_audit
    from .resample import methods as all_methods

    try:
        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("Measuring", total=None)
            table = run_audit(
                factors,
                methods or None,
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        known = all_methods()
        absent = dict(known.loc[~known.available, ["method", "reason"]].to_numpy()) if not methods else {}
        if html:
            from .resample.report import write_report

            write_report(table, absent, html)
    except (ValueError, RuntimeError, OSError) as error:
        raise _CouldNotRunError(str(error)) from error
    if as_json:
        click.echo(table.to_json(orient="records", indent=2))
    else:
        _print(table, absent)
    if html:
        click.echo(f"Report: {html}", err=True)


@main.command()
@click.argument("target", metavar="PACKAGE.MODULE:FUNCTION")
@click.option("--factor", type=float, default=4, show_default=True, help="How many times smaller.")
@click.option("--max-alias-db", type=float, help="Limit in dB. Default: what a box average passes.")
@click.option("--dtype", type=click.Choice(["uint8", "float32", "float64"]), help="Default: what it takes.")
@click.option("--channels", type=int, help="0 for (H, W), else C of (H, W, C). Default: what it takes.")
def check(
    target: str, factor: float, max_alias_db: float | None, dtype: str | None, channels: int | None
) -> None:
    """Check a function that takes an image array and returns it shrunken.

    Exit status: 0 it is free of aliasing, 1 it aliases, 2 it could not be checked.
    """
    from .testing import check_resize

    function = _load(target)
    try:
        result = check_resize(function, factor, max_alias_db, dtype=dtype, channels=channels)
    except Exception as error:
        raise _CouldNotRunError(str(error)) from error
    click.echo(f"{target}: {'passed' if result.passed else 'ALIASES'}: {result}")
    sys.exit(PASSED if result.passed else ALIASES)


class _CouldNotRunError(click.ClickException):
    exit_code = COULD_NOT_RUN


def _load(target: str) -> Callable:
    """The function that ``package.module:function`` names, looked for from the current folder too."""
    module_name, colon, path = target.partition(":")
    if not (module_name and colon and path):
        raise _CouldNotRunError(f"got {target!r}, wanted PACKAGE.MODULE:FUNCTION, such as thumbnails:shrink")
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module_name)
        for name in path.split("."):
            found = getattr(found, name)
    except Exception as error:
        raise _CouldNotRunError(f"cannot load {target!r}: {type(error).__name__}: {error}") from error
    return found


def _print(table, absent: dict[str, str]) -> None:
    from rich.console import Console
    from rich.table import Table

    colour = {"use": "green", "tolerable": "yellow", "ban": "red"}
    console = Console()
    for factor, rows in table.groupby("factor"):
        view = Table(title=f"{factor:g} times smaller")
        for column in rows.columns.drop("factor"):
            view.add_column(column, justify="left" if column in ("method", "verdict") else "right")
        for row in rows.drop(columns="factor").itertuples(index=False):
            cells = [f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row]
            view.add_row(*cells, style=colour[row.verdict])
        console.print(view)
    for reason, names in _grouped(absent).items():
        console.print(f"Not measured: {names}: {reason}", markup=False)
    for instead, names in _grouped(table.attrs["advice"]).items():
        console.print(f"Instead of {names}: {instead}", markup=False)


def _grouped(said: dict[str, str]) -> dict[str, str]:
    """What is said of methods, each once, with the names that it is said of."""
    return {text: ", ".join(n for n, t in said.items() if t == text) for text in dict.fromkeys(said.values())}


main.add_command(grade)
main.add_command(merge_marks)

if __name__ == "__main__":
    main()
