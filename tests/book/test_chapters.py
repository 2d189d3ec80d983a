"""Every chapter keeps the contract: what the reader is promised, in the order that teaches."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import jupytext
import pytest
import yaml
from paths import ROOT

CHAPTERS = [
    page for page in sorted((ROOT / "chapters").glob("*.md")) if "{code-cell}" in page.read_text("utf-8")
]
MEASURABLE = {
    "build", "calculate", "choose", "compare", "compute", "construct", "derive", "design", "diagnose",
    "explain", "find", "implement", "locate", "measure", "predict", "prove", "rebuild", "repair",
    "show", "state",
}  # fmt: skip
IN_ORDER = ("What it means in practice", "Misconceptions", "Key takeaways", "Exercises", "Further reading")
NUMBER = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])|(?<![\w.])\d+(?:\.\d+)?\s?%")

pytestmark = pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda page: page.stem)


def cells(chapter: Path) -> list:
    return jupytext.read(chapter).cells


def code(chapter: Path) -> list:
    return [cell for cell in cells(chapter) if cell.cell_type == "code"]


def source(cell) -> str:
    """A code cell's source without its YAML header."""
    return re.sub(r"\A---\n.*?\n---\n", "", cell.source, flags=re.DOTALL)


def header(cell) -> dict:
    found = re.match(r"---\n(.*?)\n---\n", cell.source, flags=re.DOTALL)
    return (yaml.safe_load(found[1]) if found else {}) | dict(cell.metadata)


def prose(chapter: Path) -> str:
    """The text that a reader reads as text: no code, formulas, roles, directive options or addresses."""
    text = "\n\n".join(cell.source for cell in cells(chapter) if cell.cell_type == "markdown")
    for pattern in (
        r"```\{solution\}.*?```",
        r"\$\$.*?\$\$( \(.*?\))?",
        r"\$[^$]*\$",
        r"\{[\w:]+\}`[^`]*`",
        r"`[^`]*`",
    ):
        text = re.sub(pattern, " ", text, flags=re.DOTALL)
    return re.sub(r"^\s*:\w+:.*$|\]\([^)]*\)", " ", text, flags=re.MULTILINE)


def admonitions(chapter: Path, kind: str) -> list[str]:
    text = chapter.read_text("utf-8")
    return re.findall(rf":::\{{admonition\}} [^\n]*\n:class: {kind}\n(.*?)\n:::", text, flags=re.DOTALL)


def test_objectives_are_measurable(chapter):
    (objectives,) = admonitions(chapter, "objectives")
    items = re.findall(r"^- (.*(?:\n  .*)*)", objectives, flags=re.MULTILINE)
    assert 3 <= len(items) <= 7
    for item in items:
        verbs = {verb.lower() for verb in re.findall(r"\*\*(\w+)\*\*", item)}
        assert verbs, f"no verb in bold: {item}"
        assert verbs <= MEASURABLE, f"{verbs - MEASURABLE} cannot be measured: {item}"


def test_prerequisites_name_the_time(chapter):
    (before,) = admonitions(chapter, "prerequisites")
    assert re.search(r"Reading: \d+ minutes", before)
    assert re.search(r"Doing, with the lab: \d+ minutes", before)
    assert f"../build/notebooks/{chapter.stem}.ipynb" in before


def test_sections_come_in_order(chapter):
    sections = re.findall(r"^## (.*)$", chapter.read_text("utf-8"), flags=re.MULTILINE)
    assert tuple(s for s in sections if s in IN_ORDER) == IN_ORDER
    assert sections[-len(IN_ORDER) :] == list(IN_ORDER)
    label = chapter.read_text("utf-8").split("---\n", 2)[2].lstrip().splitlines()[0]
    assert label == f"(ch:{chapter.stem})="


def test_a_mystery_comes_first(chapter):
    """The first section asks, then shows, before anything is derived."""
    first = chapter.read_text("utf-8").split("\n## ")[1]
    assert ":class: predict" in first
    assert "name: fig-" in first
    assert "$$" not in first


def test_predictions_come_before_their_figures(chapter):
    figures = [cell for cell in code(chapter) if "figure" in header(cell).get("mystnb", {})]
    assert len(admonitions(chapter, "predict")) >= len(figures) / 2
    assert len(figures) >= 5


def test_every_figure_is_named_captioned_and_shown_with_words(chapter):
    for cell in code(chapter):
        shows = [
            node
            for node in ast.walk(ast.parse(source(cell)))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "figures.show"
        ]
        if shows:
            figure = header(cell)["mystnb"]["figure"]
            assert figure["caption"]
            assert figure["name"].startswith("fig-")
            assert all("alt" in {keyword.arg for keyword in call.keywords} for call in shows)
        assert "matplotlib" not in cell.source, "plotting lives in aliaslab.figures"


def test_cells_are_short(chapter):
    for cell in code(chapter):
        lines = source(cell).splitlines()
        hidden = {"remove-input", "hide-input"} & set(header(cell).get("tags", []))
        assert len(lines) <= 20, source(cell)
        assert hidden or max(map(len, lines)) <= 76, f"scrolls sideways: {max(lines, key=len)}"


def test_numbers_in_prose_are_computed(chapter):
    """Measured numbers (decimals, percentages) stand in `glue`; given ones are written as formulas."""
    for paragraph in prose(chapter).split("\n\n"):
        found = NUMBER.findall(paragraph)
        assert not found, f"{found} was typed, not computed: {paragraph.strip()[:120]}"


def test_what_is_glued_is_used_and_what_is_used_is_glued(chapter):
    text = chapter.read_text("utf-8")
    used = set(re.findall(r"\{glue:text\}`(\w+)", text))
    glued = set()
    for cell in code(chapter):
        glued |= set(re.findall(r'glue\(f?"([^"]+)"', source(cell)))
    patterns = [re.compile(re.sub(r"\\\{\w+\\\}", r"\\w+", re.escape(name))) for name in glued]
    assert all(any(p.fullmatch(name) for p in patterns) for name in used)
    assert all(any(p.fullmatch(name) for name in used) for p in patterns), "glued but never used"


def test_exercises_have_solutions_behind_a_toggle(chapter):
    text = chapter.read_text("utf-8")
    exercises = set(re.findall(r"\{exercise\}.*\n:label: (\S+)", text))
    solutions = re.findall(r"\{solution\} (\S+)\n:label: \S+\n:class: dropdown", text)
    assert len(exercises) >= 3
    assert exercises == set(solutions)


def test_terms_are_linked_to_the_glossary(chapter):
    glossary = (ROOT / "chapters" / "glossary.md").read_text("utf-8")
    terms = set(re.findall(r"^(\w[\w -]*)$", glossary, flags=re.MULTILINE)) - {"Glossary"}
    linked = set(re.findall(r"\{term\}`([^`<]+)`", chapter.read_text("utf-8")))
    assert len(linked) >= 5
    assert {t.lower() for t in linked} <= {t.lower() for t in terms}


def test_citations_end_the_chapter(chapter):
    reading = chapter.read_text("utf-8").split("## Further reading")[1]
    assert len(re.findall(r"\{cite:t\}`\w+`", reading)) >= 3
