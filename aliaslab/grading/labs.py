"""The labs that there are, each with all that marking needs, as text that can travel to other machines."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Callable
from dataclasses import astuple, dataclass
from pathlib import Path

from .checks import Check, load
from .masters import LABS

#: A notebook's code longer than this is not looked at.
_MOST_CODE = 2_000_000


@dataclass(frozen=True)
class Lab:
    """One lab: the cells of its blank notebook, its hidden checks, and common wrong answers."""

    name: str
    cells: tuple[str, ...]
    checks_text: str
    mutants_text: str = ""
    solutions: str = ""

    @property
    def digest(self) -> str:
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()

    def checks(self) -> list[Check]:
        """The hidden checks."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, f"{self.name}.checks.py")
            file.write_text(self.checks_text, "utf-8")
            return load(file)

    def mutants(self) -> list[tuple[str, str, str, str]]:
        """Common wrong answers: question, title of the check that catches it, misconception, code."""
        if not (self.mutants_text and self.solutions):
            return []
        namespace: dict = {"__name__": "mutants"}
        exec(compile(self.mutants_text, f"{self.name} (mutants)", "exec"), namespace)
        return namespace["MUTANTS"]


def folder_of_labs(given: Path | None = None) -> Path:
    """Where the labs are: the folder given, ``labs`` here, or that of the copy that is installed.

    Raises
    ------
    FileNotFoundError
        If there are none.
    """
    places = [given] if given else [LABS, Path(__file__).resolve().parents[2] / "labs"]
    for place in places:
        if list(place.glob("masters/*.checks.py")):
            return place
    said = ", ".join(map(str, places))
    raise FileNotFoundError(f"no labs in {said}; say where with --labs, in a copy of the book's repository")


def names(labs: Path) -> list[str]:
    """The labs that have hidden checks."""
    return sorted(path.name.removesuffix(".checks.py") for path in labs.glob("masters/*.checks.py"))


def find(name: str, labs: Path, private: Path | None = None) -> Lab:
    """The lab called ``name``; ``private/NAME.checks.py`` replaces the public checks.

    Raises
    ------
    ValueError
        If there is no such lab; the message names those there are.
    FileNotFoundError
        If ``private`` is no folder.
    """
    if private and not private.is_dir():
        raise FileNotFoundError(
            f"no folder {private}; --private wants the folder of your own checks and seed"
        )
    if name not in names(labs):
        raise ValueError(f"no lab called {name!r}; there are {', '.join(names(labs))}")
    own = private / f"{name}.checks.py" if private else None
    checks = own if own and own.exists() else labs / "masters" / f"{name}.checks.py"
    mutants = labs / "masters" / "mutants" / f"{name}.py"
    return Lab(
        name,
        tuple(read_cells((labs / f"{name}.ipynb").read_bytes())),
        checks.read_text("utf-8"),
        mutants.read_text("utf-8") if mutants.exists() else "",
        _solutions(labs / "masters" / f"{name}.md"),
    )


def _solutions(master: Path) -> str:
    """The master's answers, among which a wrong one can be put; nothing where they cannot be read."""
    from .masters import answer, blocks

    try:
        cells = list(blocks(master))
    except (ImportError, FileNotFoundError):
        return ""
    return "\n\n".join(
        answer(c.source) for _, part, c in cells if part == "SOLUTION" and c.cell_type == "code"
    )


def seed_of(private: Path | None, given: int | None, fresh: Callable[[], int]) -> int:
    """The seed of the inputs: the one given, that in ``private/seed.txt``, or a fresh one.

    Raises
    ------
    ValueError
        If the file does not hold a whole number that is not negative.
    """
    file = private / "seed.txt" if private else None
    if given is None and file and file.exists():
        text = file.read_text("utf-8").strip()
        if not (text.isascii() and text.isdecimal()):
            raise ValueError(f"{file} holds {text[:40]!r}; wanted a whole number, such as 20260917")
        return int(text)
    return fresh() if given is None else given


def read_cells(data: bytes) -> list[str]:
    """The code cells of a notebook.

    Raises
    ------
    ValueError
        If it is none, or holds more code than anybody writes.
    """
    try:
        cells = json.loads(data)["cells"]
        code = [cell["source"] for cell in cells if cell["cell_type"] == "code"]
        sources = ["".join(source) for source in code]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ValueError(f"not a Jupyter notebook of format 4 ({type(error).__name__})") from None
    if len(sources) > 2000 or sum(map(len, sources)) > _MOST_CODE:
        raise ValueError(f"more code than {_MOST_CODE} characters, or more than 2000 cells")
    return sources
