"""The command line: tables, JSON, the report, and the exit status of a check."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from aliaslab.cli import main

THUMBS = """
def good(x):
    return x.reshape(len(x) // 4, 4, -1, 4).mean((1, 3))
def bad(x):
    return x[::4, ::4]
"""


@pytest.fixture
def thumbs(tmp_path, monkeypatch):
    (tmp_path / "thumbs_for_cli.py").write_text(THUMBS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)


def run(*words: str):
    return CliRunner().invoke(main, words)


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["thumbs_for_cli:good"], 0, "passed: alias power -11"),
        (["thumbs_for_cli:bad"], 1, "ALIASES: alias power 0.0 dB .* behaves like bare decimation"),
        (["thumbs_for_cli:good", "--max-alias-db", "-15"], 1, "above the limit of -15.0 dB"),
        (["thumbs_for_cli:good", "--factor", "8"], 2, "cannot be judged at factor 8"),
        (["thumbs_for_cli:good", "--factor", "0"], 2, "factor must be 1 or more"),
        (["thumbs_for_cli:none"], 2, "cannot load 'thumbs_for_cli:none'"),
        (["no_such_module:f"], 2, "No module named 'no_such_module'"),
        (["thumbs_for_cli"], 2, "wanted PACKAGE.MODULE:FUNCTION"),
        (["thumbs_for_cli:good", "--factor", "two"], 2, "not a valid float"),
    ],
)
def test_check(thumbs, words, status, said):
    done = run("check", *words)
    assert done.exit_code == status, done.output
    assert re.search(said, done.output)


def test_audit_as_a_table():
    done = run("audit", "--factor", "4", "--method", "decimate", "--method", "pillow-lanczos")
    assert done.exit_code == 0
    assert done.stdout.index("pillow-lanczos") < done.stdout.index("decimate")
    assert "Instead of decimate: kaiser or gaussian" in done.stdout


def test_audit_as_json():
    done = run("audit", "--factor", "2", "--factor", "4", "--method", "decimate", "--json")
    rows = json.loads(done.stdout)
    assert [(row["method"], row["factor"], row["verdict"]) for row in rows] == [
        ("decimate", 2, "ban"),
        ("decimate", 4, "ban"),
    ]


def test_audit_as_a_report(tmp_path):
    page = tmp_path / "report.html"
    done = run("audit", "--factor", "4", "--method", "decimate", "--method", "kaiser", "--html", str(page))
    assert done.exit_code == 0
    text = page.read_text("utf-8")
    assert (
        len(re.findall(r"<img [^>]*alt='zone plate shrunk by (kaiser|decimate)' src='data:image/png", text))
        == 2
    )
    assert "http" not in text, "the report must stand alone"


@pytest.mark.parametrize(
    "words", [["--method", "decimat"], ["--factor", "0.5"], ["--html", "/no/such/folder/x.html"]]
)
def test_audit_that_cannot_run(words):
    done = run("audit", "--method", "decimate", *words)
    assert done.exit_code == 2
    assert "Error: " in done.output
    assert "Traceback" not in done.output
