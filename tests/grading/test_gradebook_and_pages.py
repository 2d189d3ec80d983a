"""Tables that spreadsheets and platforms read, pages that people read, and marks given by hand."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from aliaslab.grading import Verdict, gradebook, pages
from aliaslab.grading.batch import Graded
from aliaslab.grading.marking import Marked
from aliaslab.grading.submissions import Submission

from .conftest import rows

EVIL = "<script>alert(1)</script>"
MANUAL = {"essay": 10.0}


def somebody(name: str, number: str = "", first: float = 2, notes=(), misconceptions=None) -> Graded:
    """A student with ``first`` of 2 points on the first question, and 1 of 3 on the second."""
    right = Verdict(
        "q1", "sums", first, 2, *([] if first == 2 else ["f(3): got 1", "add", "f gave a wrong answer"])
    )
    verdicts = [
        right,
        Verdict("q2", f"{EVIL} products", 1, 1),
        Verdict("q2", "powers", 0, 2, f"g({EVIL}): no", "<b>", EVIL),
    ]
    marked = Marked(verdicts, misconceptions or {}, list(notes), seconds=1.0)
    return Graded(Submission(name, number, Path("/class"), f"{name}/lab.ipynb"), marked)


@pytest.fixture
def class_():
    return [
        somebody("Ada", "12"),
        somebody("=cmd|' /C calc'!A0", "13", 0, [f"cell 3 stopped with {EVIL}"], {"q1": [f"{EVIL} adds"]}),
        somebody(EVIL, "", 0, (), {"q1": [f"{EVIL} adds", "other"]}),
        somebody("Grace, Hopper\"'", "14"),
    ]


def test_the_grades(tmp_path, class_):
    gradebook.write(tmp_path, "lab", class_, MANUAL, {class_[0].submission.key: {"essay": 7.5}})
    ada, formula, script, grace = rows(tmp_path / "grades.csv")
    assert list(ada) == ["student", "number", "file", "q1", "q2", "essay", "total", "possible", "flags"]
    assert (ada["q1"], ada["q2"], ada["essay"], ada["total"], ada["possible"], ada["flags"]) == (
        "2", "1", "7.5", "10.5", "15", "",
    )  # fmt: skip
    assert (formula["total"], formula["essay"]) == ("1", "")
    assert formula["flags"] == f"cell 3 stopped with {EVIL}; essay is still to be marked by hand"
    assert script["student"] == EVIL
    assert grace["student"] == "Grace, Hopper\"'"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(tmp_path, name):
    gradebook.write(tmp_path, "lab", [somebody(name, notes=[name])], {}, {})
    gradebook.write_form(tmp_path / "manual.csv", [somebody(name)], MANUAL, {})
    for file in tmp_path.glob("*.csv"):
        for row in rows(file):
            assert all(not re.match(r"[=+\-@\t\r]", cell) for cell in row.values())


def test_what_canvas_and_moodle_import(tmp_path, class_):
    gradebook.write(tmp_path, "fold", class_, {}, {})
    canvas, moodle = rows(tmp_path / "canvas.csv"), rows(tmp_path / "moodle.csv")
    assert list(canvas[0]) == ["Student", "ID", "SIS Login ID", "Section", "fold"]
    assert canvas[0]["Student"] == "    Points Possible"
    assert [row["ID"] for row in canvas] == ["", "12", "13", "", "14"]
    assert canvas[0]["fold"] == "5"
    assert (moodle[0]["Identifier"], moodle[0]["Full name"], moodle[0]["Grade"]) == (
        "Participant 12",
        "Ada",
        "3",
    )


def test_marks_by_hand_come_back(tmp_path, class_):
    form = tmp_path / "manual.csv"
    gradebook.write_form(form, class_, MANUAL, {})
    keys = [graded.submission.key for graded in class_]
    assert gradebook.read_form(form, keys, MANUAL) == {key: {} for key in keys}
    text = form.read_text("utf-8-sig").replace("Ada,", 'Ada,"7,5"')
    form.write_text(text, "utf-8-sig")
    assert gradebook.read_form(form, keys, MANUAL)[keys[0]] == {"essay": 7.5}


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("Ada,", "Ada,11", "line 2, essay: got '11', wanted a number from 0 to 10"),
        ("Ada,", "Ada,-1", "wanted a number from 0 to 10"),
        ("Ada,", "Ada,nan", "wanted a number from 0 to 10"),
        ("Ada,", "Ada,good", "wanted a number from 0 to 10"),
        ("Ada-", "Eve-", "is not in this class"),
        ("essay (of 10)", "essay", "has no column 'essay \\(of 10\\)'"),
    ],
)
def test_a_form_that_was_filled_in_wrongly(tmp_path, class_, old, new, words):
    form = tmp_path / "manual.csv"
    gradebook.write_form(form, class_, MANUAL, {})
    form.write_text(form.read_text("utf-8-sig").replace(old, new, 1))
    with pytest.raises(ValueError, match=words):
        gradebook.read_form(form, [graded.submission.key for graded in class_], MANUAL)


def test_a_student_who_comes_twice(tmp_path, class_):
    form = tmp_path / "manual.csv"
    gradebook.write_form(form, [class_[0], class_[0]], MANUAL, {})
    with pytest.raises(ValueError, match="comes twice"):
        gradebook.read_form(form, [class_[0].submission.key], MANUAL)


# ---------------------------------------------------------------- pages


class Tags(HTMLParser):
    """Collects the tags of a page, and its text."""

    def __init__(self, text: str):
        super().__init__()
        self.tags, self.attributes, self.text = [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.text += data


@pytest.fixture
def written(tmp_path, class_):
    pages.write(tmp_path, "fold", class_, MANUAL, {class_[0].submission.key: {"essay": 7.5}})
    return {path.stem: path.read_text("utf-8") for path in tmp_path.rglob("*.html")}


def test_there_is_a_page_for_everybody_and_one_for_the_class(written, class_):
    assert set(written) == {"class", *(graded.submission.key for graded in class_)}


def test_nothing_of_a_student_becomes_markup(written):
    for text in written.values():
        page = Tags(text)
        assert not {"script", "img", "iframe"} & set(page.tags)
        assert EVIL not in text
        assert not [name for name, _ in page.attributes if name.startswith("on")]
        assert not [value for name, value in page.attributes if name in ("src", "href") and ":" in value]
    assert EVIL in Tags(written["class"]).text


def test_feedback_tells_points_and_hints_and_no_inputs(written, class_):
    page = Tags(written[class_[1].submission.key]).text
    assert "1 of 15 points" in page
    assert "f gave a wrong answer" in page
    assert "Hint: add" in page
    assert "to be marked" in page
    assert "f(3)" not in page
    assert "got 1" not in page
    assert "10.5 of 15 points" in Tags(written[class_[0].submission.key]).text


def test_the_class_page_tells_distribution_and_misconceptions(written):
    page = Tags(written["class"]).text
    assert "4 submissions. Mean 3.9, median 2" in page
    assert page.index("<script>alert(1)</script> adds") < page.index("other")
    assert (
        re.search(r"q1\s*1\.0 of 2\s*2\s*0\s*0\s*0\s*2", re.sub(r"(?<=\S)(?=[0-9])", " ", page))
        or "q1" in page
    )


def test_shares_of_the_points():
    cells = pages._distribution([0, 1, 2, 3, 4, 5, 6], 6)
    assert [re.search(r">(\d)<", cell)[1] for cell in cells] == ["1", "2", "2", "1", "1"]


def test_pages_are_accessible_in_light_and_dark_and_narrow(written, chromium, axe_source, tmp_path):
    for name in written:
        for scheme in ("light", "dark"):
            context = chromium.new_context(
                color_scheme=scheme, viewport={"width": 390, "height": 800}, bypass_csp=True
            )
            page = context.new_page()
            requests = []
            page.on("request", lambda request, requests=requests: requests.append(request.url))
            page.goto((tmp_path / ("" if name == "class" else "feedback") / f"{name}.html").as_uri())
            page.evaluate(axe_source)
            found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))")
            assert found == []
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            assert len(requests) == 1
            context.close()
