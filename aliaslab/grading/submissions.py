"""The notebooks that students handed in: a folder of them, a folder per student, or a platform's zip.

Nothing is unpacked, no link is followed, and nothing larger than a notebook is read, so a submission
cannot reach beyond itself here either.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

#: The largest notebook that is read, with its figures.
MOST_BYTES = 20_000_000
#: So many of one student are looked through; one student shall not push out another.
_MOST_NOTEBOOKS = 100

# Moodle: "Ada Lovelace_123_assignsubmission_file_"; Canvas: "lovelaceada_LATE_42_1234_lab-1.ipynb"
_MOODLE = re.compile(r"(?P<name>.+?)_(?P<id>\d+)_assignsubmission_file.*")
_CANVAS = re.compile(r"(?P<name>[^_]+)(?:_LATE)?_(?P<id>\d+)_\d+_.+")
_IGNORED = re.compile(r"\.|__MACOSX")


@dataclass(frozen=True)
class Submission:
    """One student's notebook, or that there is none (``file`` is empty then).

    Parameters
    ----------
    student : name, from the folder or the file.
    number : the platform's number for the student, if the name held one.
    place : folder or zip in which the notebook is.
    file : its path there.
    notes : what is odd about it.
    """

    student: str
    number: str
    place: Path
    file: str
    notes: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """A name for files: from the student's, and unlike any other's."""
        name = re.sub(r"[^\w-]+", "_", self.student, flags=re.ASCII)[:60].strip("_-") or "student"
        return f"{name}-{_digest(f'{self.student}/{self.file}')}"

    def read(self) -> bytes:
        """The notebook.

        Raises
        ------
        ValueError
            If it is missing, too large, or no plain file; the message is for the instructor.
        """
        if not self.file:
            raise ValueError("no notebook was handed in")
        try:
            data = (
                _from_zip(self.place, self.file)
                if self.place.is_file()
                else _from_folder(self.place, self.file)
            )
        except (OSError, zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
            raise ValueError(f"cannot be read ({type(error).__name__})") from error
        if len(data) > MOST_BYTES:
            raise ValueError(f"larger than {MOST_BYTES >> 20} MB")
        return data


def find(place: Path, lab: str) -> list[Submission]:
    """The submissions in a folder or zip, one for each student, in the order of their names.

    Raises
    ------
    ValueError
        If there are none, or it is neither a folder nor a zip.
    """
    if place.is_dir():
        files, around = list(_files_in_folder(place)), 0
    elif zipfile.is_zipfile(place):
        files, around = _files_in_zip(place)
    else:
        raise ValueError(f"{place} is neither a folder nor a zip; give the folder of the notebooks")
    students: dict[tuple[str, str], list[str]] = {}
    for file in files:
        notebooks = students.setdefault(_student(file, lab, around), [])
        if PurePosixPath(file).suffix == ".ipynb" and len(notebooks) < _MOST_NOTEBOOKS:
            notebooks.append(file)
    found = [
        Submission(name, number, place, *_best(sorted(notebooks), lab))
        for (name, number), notebooks in students.items()
    ]
    if not any(submission.file for submission in found):
        raise ValueError(f"no notebooks (*.ipynb) in {place}")
    return sorted(
        found, key=lambda submission: (submission.student.casefold(), submission.student, submission.number)
    )


def _files_in_folder(place: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if not _IGNORED.match(name))
        for name in sorted(names):
            file = Path(folder, name).relative_to(place)
            # beside the students' folders, only notebooks are submissions
            if not _IGNORED.match(name) and (file.suffix == ".ipynb" or len(file.parts) > 1):
                yield file.as_posix()


def _files_in_zip(place: Path) -> tuple[list[str], int]:
    """The files, and how many folders stand around those of the students: none, or the zip's own."""
    with zipfile.ZipFile(place) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
    paths = {name: PurePosixPath(name).parts for name in names}
    kept = [name for name in names if paths[name] and not any(map(_IGNORED.match, paths[name]))]
    tops = {paths[name][0] for name in kept}
    around = int(
        len(tops) == 1 and not any(map(_MOODLE.fullmatch, tops)) and all("/" in name for name in kept)
    )
    return [n for n in kept if n.endswith(".ipynb") or len(paths[n]) > around + 1], around


def _student(file: str, lab: str, around: int) -> tuple[str, str]:
    """Name and number: from the student's folder if there is one, else from the file's name."""
    parts = PurePosixPath(file).parts[around:]
    if len(parts) > 1:
        found = _MOODLE.fullmatch(parts[0])
        return (_printable(found["name"]), found["id"]) if found else (_printable(parts[0]), "")
    if found := _CANVAS.fullmatch(parts[0]):
        return _printable(found["name"]), found["id"]
    stem = PurePosixPath(file).stem
    return _printable(re.sub(rf"[-_. ]*{re.escape(lab)}[-_. ]*", "", stem) or stem), ""


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]


def _printable(name: str) -> str:
    return "".join(c if c.isprintable() else "?" for c in name.encode("utf-8", "replace").decode())[:200]


def _best(notebooks: list[str], lab: str) -> tuple[str, tuple[str, ...]]:
    """The notebook to mark, and a note if that was a choice."""
    if not notebooks:
        return "", ("no notebook was handed in",)
    stems = {file: PurePosixPath(file).stem for file in notebooks}
    named = (
        [f for f in notebooks if stems[f] == lab] or [f for f in notebooks if lab in stems[f]] or notebooks
    )
    note = f"{len(notebooks)} notebooks, of which {_printable(named[-1])} was marked"
    return named[-1], (note,) if len(notebooks) > 1 else ()


def _from_folder(place: Path, file: str) -> bytes:
    path = place / file
    if path.is_symlink() or any((place / parent).is_symlink() for parent in PurePosixPath(file).parents):
        raise ValueError("is a link, which is not followed")
    # a pipe would block whoever opens it
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ValueError("is no plain file")
        return opened.read(MOST_BYTES + 1)


def _from_zip(place: Path, file: str) -> bytes:
    with zipfile.ZipFile(place) as archive, archive.open(file) as opened:
        return opened.read(MOST_BYTES + 1)
