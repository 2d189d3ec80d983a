"""What is committed in labs/ is what the masters make, and gives nothing away."""

import ast
import copy
import re
import shutil
import subprocess
import sys

import jupytext
import nbformat
import pytest

from aliaslab.book import labs

from .conftest import LABS, NAMES


def test_the_committed_notebook_is_what_the_master_makes(lab):
    """Built anew it has the same bytes, cell ids included."""
    assert labs.drift(lab.master, LABS / f"{lab.name}.ipynb") == ""


def test_normalising_forgets_ids_outputs_and_versions(lab):
    other = copy.deepcopy(lab.student)
    for cell in other.cells:
        cell.id = nbformat.v4.new_code_cell().id
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [nbformat.v4.new_output("stream", text="7")], 3
    other.metadata["language_info"]["version"] = "3.99"
    assert labs.normalise(other) == (LABS / f"{lab.name}.ipynb").read_text("utf-8")


def test_it_gives_nothing_away(lab):
    nbformat.validate(lab.student)
    text = (LABS / f"{lab.name}.ipynb").read_text("utf-8")
    assert not re.search(r"(BEGIN|END) (SOLUTION|PROMPT|TESTS|QUESTION)|hidden=True|ASSIGNMENT CONFIG", text)
    asked = {line.strip() for question in lab.questions for line in stub(lab, question).splitlines()}
    for question in lab.questions:
        secret = {line.strip() for line in labs.solution(lab.name, question, LABS).splitlines()} - asked
        assert secret
        sources = [cell.source for cell in lab.student.cells]
        assert [line for line in secret if len(line) > 12 and any(line in source for source in sources)] == []


def stub(lab, question):
    """The answer cells of the student notebook that define the functions of a question."""
    names = {check.function for check in lab.checks if check.question == question}
    answer = [c.source for c in lab.student.cells if "otter_answer_cell" in c.metadata.get("tags", [])]
    return "\n".join(source for source in answer if any(f"def {name}(" in source for name in names))


def test_stubs_are_functions_that_say_that_they_are_not_written(lab):
    for question in lab.questions:
        for function in ast.parse(stub(lab, question)).body:
            assert isinstance(function, ast.FunctionDef | ast.ClassDef)
            assert ast.get_docstring(function)
            assert "raise NotImplementedError" in ast.unparse(function)


def test_it_holds_no_outputs_and_only_its_checks_are_locked(lab):
    for cell in lab.student.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None
        locked = cell.metadata.get("editable") is False
        assert locked == cell.source.startswith("grader.check")


def test_every_question_is_predicted_checked_and_free_of_sphinx(lab):
    sources = [cell.source for cell in lab.student.cells]
    text = "\n".join(sources)
    assert text.count("**Predict.**") == len(lab.questions)
    for question in lab.questions:
        assert f'grader.check("{question}")' in sources
    assert not re.search(r"^(```\{|:::)|\{\w+\}`", text, re.MULTILINE)


@pytest.mark.parametrize("module", ["otter", "aliaslab.grading", "ipywidgets"])
def test_the_first_cell_says_in_one_line_what_is_missing(lab, module, monkeypatch):
    first = next(cell.source for cell in lab.student.cells if cell.cell_type == "code")
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"pip install '\.\[labs\]'") as raised:
        exec(first, {})
    assert "\n" not in str(raised.value)
    assert module in str(raised.value)


@pytest.fixture(scope="module")
def copy_of_labs(tmp_path_factory):
    """The first lab alone, in a folder of its own."""
    folder = tmp_path_factory.mktemp("copy")
    (folder / "masters").mkdir()
    shutil.copy(LABS / "masters" / f"{NAMES[0]}.md", folder / "masters")
    shutil.copy(LABS / f"{NAMES[0]}.ipynb", folder)
    return folder


def test_check_reports_drift_and_writes_nothing(copy_of_labs, capsys):
    notebook = copy_of_labs / f"{NAMES[0]}.ipynb"
    before = notebook.read_text("utf-8").replace("Predict", "Foretell", 1)
    notebook.write_text(before, "utf-8")
    assert labs.main(["--check", "--labs", str(copy_of_labs)]) == 1
    printed = capsys.readouterr().out
    assert "run python -m aliaslab.book.labs" in printed
    assert "Foretell" in printed
    assert notebook.read_text("utf-8") == before


def test_a_master_whose_answers_fail_its_own_tests_is_refused(copy_of_labs, capsys):
    master = copy_of_labs / "masters" / f"{NAMES[0]}.md"
    notebook = jupytext.read(master)
    number = next(i for i, cell in enumerate(notebook.cells) if cell.source.startswith("# BEGIN SOLUTION"))
    notebook.cells[number + 1].source = "pass  # SOLUTION"
    jupytext.write(notebook, master)
    before = (copy_of_labs / f"{NAMES[0]}.ipynb").read_text("utf-8")
    assert labs.main(["--labs", str(copy_of_labs)]) == 1
    assert "fails its own tests" in capsys.readouterr().err
    assert (copy_of_labs / f"{NAMES[0]}.ipynb").read_text("utf-8") == before


def test_a_test_that_does_not_compile_is_refused(copy_of_labs, capsys):
    """otter assign itself lets it pass, and then the question has no tests at all."""
    master = copy_of_labs / "masters" / f"{NAMES[0]}.md"
    original = (LABS / "masters" / f"{NAMES[0]}.md").read_text("utf-8")
    message = "failure_message: Nyquist is half"
    assert message in original
    master.write_text(original.replace(message, 'failure_message: The "Nyquist" is half'), "utf-8")
    assert labs.main(["--labs", str(copy_of_labs)]) == 1
    assert "a test of q0 is not valid Python" in capsys.readouterr().err


def test_no_masters_is_said(tmp_path, capsys):
    assert labs.main(["--labs", str(tmp_path)]) == 1
    assert "no lab masters" in capsys.readouterr().err


def test_the_solution_of_a_question_or_what_there_is_instead(lab):
    for question in lab.questions:
        code = labs.solution(lab.name, question, LABS)
        compile(code, question, "exec")
        assert not re.search("SOLUTION|PROMPT|NotImplementedError", code)
    with pytest.raises(ValueError, match=rf"there are .*{lab.name}"):
        labs.solution("no-such-lab", "q1", LABS)
    with pytest.raises(ValueError, match=r"there are .*q1"):
        labs.solution(lab.name, "q99", LABS)


def test_the_page_of_the_lab_shows_every_solution(lab):
    page = (LABS.parent / "chapters" / f"{lab.name}.md").read_text("utf-8")
    assert f"(lab:{lab.name})=" in page
    shown = re.findall(r"^ *`{3,}\{lab-solution\} (\S+) (\S+)$", page, re.MULTILINE)
    assert shown == [(lab.name, question) for question in lab.questions]


def test_the_instructors_have_notes_on_the_lab(lab):
    page = (LABS.parent / "chapters" / "for-instructors.md").read_text("utf-8")
    assert f"```{{lab-notes}} {lab.name}\n" in page


def test_notes_hold_every_check_and_every_misconception(lab):
    found = labs.find(lab.name, LABS)
    text = "\n".join(node.astext() for node in labs.notes(found))
    assert all(check.title in text and check.hint in text for check in lab.checks)
    assert all(misconception in text for _, _, misconception, _ in found.mutants())


@pytest.mark.parametrize(("question", "status"), [("q1", 0), ("q99", 2)])
def test_the_directive_in_a_book(tmp_path, question, status):
    (tmp_path / "labs").symlink_to(LABS)
    (tmp_path / "conf.py").write_text(
        "extensions = ['myst_parser', 'aliaslab.book.labs']\nexclude_patterns = ['labs', 'out']\n"
    )
    directive = f"```{{lab-solution}} {NAMES[0]} {question}\n```\n"
    page = f"# A page\n\n````{{admonition}} Solution\n:class: dropdown\n{directive}````\n"
    (tmp_path / "index.md").write_text(page)
    command = [sys.executable, "-m", "sphinx", "-W", "-q", "-b", "html", ".", "out"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert run.returncode == status, run.stderr
    if status:
        assert "there are q0, q1" in run.stderr
    else:
        html = (tmp_path / "out" / "index.html").read_text("utf-8")
        assert 'class="highlight-python' in html
        assert "NotImplementedError" not in html
