"""Whatever shape a class is handed in, each student's notebook is found, and nothing else is touched."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from aliaslab.grading import submissions
from aliaslab.grading.submissions import find

LAB = "fold-it-by-hand"


def folder_of(place: Path, *files: str) -> Path:
    for file in files:
        (place / file).parent.mkdir(parents=True, exist_ok=True)
        (place / file).write_text(file)
    return place


def zip_of(place: Path, *files: str) -> Path:
    with zipfile.ZipFile(place / "class.zip", "w") as archive:
        for file in files:
            archive.writestr(file, file)
    return place / "class.zip"


def listed(place: Path) -> list[tuple[str, str, str]]:
    return [(s.student, s.number, s.file) for s in find(place, LAB)]


FLAT = (f"{LAB}-ada.ipynb", "grace.ipynb", "notes.txt")
FOLDERS = (
    f"ada/{LAB}.ipynb",
    "ada/other.ipynb",
    "ada/.ipynb_checkpoints/x.ipynb",
    "bob/essay.pdf",
    "c d/deep/er/a.ipynb",
)
MOODLE = ("Ada Lovelace_12_assignsubmission_file_/lab.ipynb", "Bob B_13_assignsubmission_file_/lab.ipynb")
CANVAS = ("lovelaceada_42_99_lab.ipynb", f"hoppergrace_LATE_43_98_{LAB}-1.ipynb")


@pytest.mark.parametrize("make", [folder_of, zip_of])
def test_shapes_of_a_class(tmp_path, make):
    assert listed(make(tmp_path, *FLAT)) == [("ada", "", FLAT[0]), ("grace", "", FLAT[1])]


@pytest.mark.parametrize("make", [folder_of, zip_of])
def test_a_folder_per_student(tmp_path, make):
    place = make(tmp_path, *FOLDERS)
    assert listed(place) == [("ada", "", FOLDERS[0]), ("bob", "", ""), ("c d", "", FOLDERS[4])]
    ada, bob, _ = find(place, LAB)
    assert "2 notebooks, of which" in ada.notes[0]
    assert ada.read() == FOLDERS[0].encode()
    with pytest.raises(ValueError, match="no notebook was handed in"):
        bob.read()


@pytest.mark.parametrize("make", [folder_of, zip_of])
def test_what_moodle_and_canvas_give(tmp_path, make):
    (tmp_path / "m").mkdir()
    (tmp_path / "c").mkdir()
    assert listed(make(tmp_path / "m", *MOODLE)) == [
        ("Ada Lovelace", "12", MOODLE[0]),
        ("Bob B", "13", MOODLE[1]),
    ]
    assert listed(make(tmp_path / "c", *CANVAS)) == [
        ("hoppergrace", "43", CANVAS[1]),
        ("lovelaceada", "42", CANVAS[0]),
    ]


def test_a_folder_around_everything_in_a_zip_is_no_student(tmp_path):
    assert [s for s, *_ in listed(zip_of(tmp_path, *(f"class 3/{file}" for file in FOLDERS)))] == [
        "ada",
        "bob",
        "c d",
    ]


def test_a_zip_that_would_write_elsewhere(tmp_path):
    (tmp_path / "in").mkdir()
    place = zip_of(tmp_path / "in", "../../evil.ipynb", "/etc/evil.ipynb", "ok/lab.ipynb")
    found = find(place, LAB)
    assert all(s.read() for s in found)
    assert all("/" not in s.key and ".." not in s.key for s in found)
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["class.zip", "in"]


def test_a_zip_bomb_is_not_unpacked(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "MOST_BYTES", 10_000)
    with zipfile.ZipFile(tmp_path / "class.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a/lab.ipynb", bytes(10**7))
    (bomb,) = find(tmp_path / "class.zip", LAB)
    with pytest.raises(ValueError, match="larger than"):
        bomb.read()


def test_a_broken_zip(tmp_path):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("a/lab.ipynb", b"x" * 100)
    raw = bytearray(data.getvalue())
    raw[45:60] = b"y" * 15
    (tmp_path / "class.zip").write_bytes(raw)
    (broken,) = find(tmp_path / "class.zip", LAB)
    with pytest.raises(ValueError, match="cannot be read"):
        broken.read()


def test_links_and_pipes_are_not_opened(tmp_path):
    folder_of(tmp_path, "secret.txt", "class/ada/real.ipynb")
    (tmp_path / "class" / "bob").mkdir()
    (tmp_path / "class" / "bob" / "lab.ipynb").symlink_to(tmp_path / "secret.txt")
    os.mkfifo(tmp_path / "class" / "pipe.ipynb")
    said = {}
    for submission in find(tmp_path / "class", LAB):
        try:
            submission.read()
        except ValueError as error:
            said[submission.student] = str(error)
    assert said == {"bob": "is a link, which is not followed", "pipe": "is no plain file"}


def test_one_student_pushes_out_no_other(tmp_path, monkeypatch):
    monkeypatch.setattr(submissions, "_MOST_NOTEBOOKS", 3)
    place = folder_of(tmp_path, *(f"a/{i}.ipynb" for i in range(9)), "b/lab.ipynb")
    assert [(s.student, s.file) for s in find(place, LAB)] == [("a", "a/2.ipynb"), ("b", "b/lab.ipynb")]


def test_a_name_that_is_no_text(tmp_path):
    from aliaslab.grading.gradebook import plain_cell

    (tmp_path / os.fsdecode(b"gr\xfcn.ipynb")).write_text("x")
    (found,) = find(tmp_path, LAB)
    assert (found.student, found.read()) == ("gr?n", b"x")
    assert found.key.startswith("gr_n")
    assert plain_cell(found.file) == "gr?n.ipynb"


@pytest.mark.parametrize("name", [".", "/", "./", "//", "a/./lab.ipynb", "\\..\\x.ipynb"])
def test_odd_names_in_a_zip(tmp_path, name):
    assert "ok" in [
        student for student, *_ in listed(zip_of(tmp_path, name, "ok/lab.ipynb", "ok2/lab.ipynb"))
    ]


def test_names_that_are_not_nice(tmp_path):
    names = ["=1+1", "<script>x", "a\nb", "é ü", "\x1b[2J", "same_", "same!"]
    found = find(folder_of(tmp_path, *(f"{name}/lab.ipynb" for name in names)), LAB)
    keys = [submission.key for submission in found]
    assert len(set(keys)) == len(found) == len(names)
    assert all(key.isascii() and key.replace("-", "").replace("_", "").isalnum() for key in keys)
    assert all(submission.student.isprintable() for submission in found)


@pytest.mark.parametrize(("files", "words"), [((), "no notebooks"), (("a.txt",), "no notebooks")])
def test_nothing_there(tmp_path, files, words):
    with pytest.raises(ValueError, match=words):
        find(folder_of(tmp_path, *files), LAB)


def test_neither_folder_nor_zip(tmp_path):
    with pytest.raises(ValueError, match="neither a folder nor a zip"):
        find(folder_of(tmp_path, "a.txt") / "a.txt", LAB)
