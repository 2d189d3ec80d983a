"""Fair marks: the reference gets all, a blank notebook none, each misconception loses where it should."""

import re

import pytest

from .conftest import NAMES, wrong_answers

SEEDS = (0, 1, 2)
MUTANTS = [(name, *mutant) for name in NAMES for mutant in wrong_answers(name)["MUTANTS"]]
STYLES = [(name, *style) for name in NAMES for style in wrong_answers(name)["STYLES"].items()]


def lost(verdicts):
    return [(verdict.question, verdict.title) for verdict in verdicts if verdict.points < verdict.possible]


def test_the_marks_add_up_to_100(lab):
    assert sum(check.points for check in lab.checks) == 100


def test_the_notebook_announces_the_marks_of_each_question(lab):
    from aliaslab.book.labs import blocks

    said = {}
    for question, part, cell in blocks(lab.master):
        if question and part is None and (found := re.search(r"\((\d+) marks\)", cell.source)):
            said[question] = int(found[1])
    given = dict.fromkeys(lab.questions, 0)
    for check in lab.checks:
        given[check.question] += check.points
    assert said == given


@pytest.mark.parametrize("seed", range(6))
def test_the_reference_gets_every_mark(lab, seed):
    assert [verdict for verdict in lab.hidden(lab.answered(), seed) if verdict.message] == []


def test_the_reference_passes_every_visible_test(lab):
    for file in lab.visible(lab.answered()).values():
        assert file.score == file.possible > 0, file.summary()


def test_a_blank_notebook_runs_to_the_end_and_gets_nothing(lab, capsys):
    namespace = lab.blank()
    printed = capsys.readouterr().out
    assert "Not answered yet" in printed
    total = sum(file.possible for file in lab.visible(namespace).values())
    assert f"public tests passed: 0 of {total:g} points" in printed
    assert all(file.score == 0 for file in lab.visible(namespace).values())
    verdicts = lab.hidden(namespace, 0)
    assert sum(verdict.points for verdict in verdicts) == 0
    assert all("not answered yet" in verdict.message for verdict in verdicts)


@pytest.mark.parametrize("mutant", MUTANTS, ids=[f"{m[1]}-{m[3]}"[:60] for m in MUTANTS])
def test_a_wrong_answer_loses_on_its_own_question_and_is_told_why(open_lab, mutant):
    name, question, title, _, code = mutant
    lab = open_lab(name)
    namespace = lab.answered(code)
    hint = next(check.hint for check in lab.checks if (check.question, check.title) == (question, title))
    for seed in SEEDS:
        verdicts = lab.hidden(namespace, seed)
        assert (question, title) in lost(verdicts)
        assert {q for q, _ in lost(verdicts)} == {question}
        told = next(v for v in verdicts if (v.question, v.title) == (question, title))
        assert told.hint == hint != ""
        assert told.message


@pytest.mark.parametrize(("name", "question", "code"), STYLES, ids=[f"{s[0]}-{s[1]}" for s in STYLES])
def test_a_right_answer_in_another_style_gets_every_mark(open_lab, name, question, code):
    lab = open_lab(name)
    namespace = lab.answered(code)
    for seed in SEEDS:
        assert lost(lab.hidden(namespace, seed)) == []
    files = lab.visible(namespace)
    assert all(file.score == file.possible for file in files.values()), files[question].summary()


def test_every_question_has_mutants_and_a_second_style(lab):
    source = wrong_answers(lab.name)
    assert {mutant[0] for mutant in source["MUTANTS"]} == set(lab.questions) == set(source["STYLES"])
    caught = {(question, title) for question, title, _, _ in source["MUTANTS"]}
    assert caught == {(check.question, check.title) for check in lab.checks}


def test_a_failing_question_costs_no_other(lab):
    """An answer that raises, or ends the interpreter, is one question's affair."""
    from aliaslab.book.labs import solution

    for question in lab.questions:
        names = {check.function for check in lab.checks if check.question == question}
        for crash in ("raise RuntimeError('broken')", "raise SystemExit(3)"):
            code = "\n".join(f"def {name}(*args):\n    {crash}" for name in names)
            assert {q for q, _ in lost(lab.hidden(lab.answered(code), 0))} == {question}
        assert all(name in solution(lab.name, question, lab.master.parents[1]) for name in names)


def test_every_visible_test_has_a_hint_of_its_own(lab):
    files = lab.visible(lab.answered()).values()
    hints = [case.failure_message for file in files for case in file.test_cases]
    assert all(hints)
    assert len(set(hints)) == len(hints)
