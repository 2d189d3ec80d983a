"""Measurements that take too long for a chapter, or differ from run to run, stored with their command."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from ..signals._checks import one_of

if TYPE_CHECKING:
    import pandas as pd


def stored_result(name: str) -> pd.DataFrame:
    """A stored measurement, as a table.

    Parameters
    ----------
    name : of a file in ``aliaslab/results``, without its ending.

    Returns
    -------
    Table; ``attrs["made"]`` holds the file's first line: the command that makes it, and on what machine.

    Raises
    ------
    ValueError
        If there is no such result; the message lists those there are.
    """
    import pandas as pd

    folder = files(__name__)
    known = sorted(file.name.removesuffix(".csv") for file in folder.iterdir() if file.name.endswith(".csv"))
    file = folder / f"{one_of('result', name, known)}.csv"
    with file.open("r", encoding="utf-8") as lines:
        made = lines.readline().removeprefix("#").strip()
        table = pd.read_csv(lines)
    table.attrs["made"] = made
    return table
