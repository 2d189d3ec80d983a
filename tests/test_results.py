"""Stored measurements: readable, complete, and made by a command that still runs."""

from __future__ import annotations

import importlib.util
import re

import pytest
from paths import ROOT

from aliaslab.results import stored_result

STORED = sorted(path.stem for path in (ROOT / "aliaslab" / "results").glob("*.csv"))


def script(name: str):
    """A module of ``benchmarks/``, by its file."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", STORED)
def test_every_result_names_the_command_that_made_it(name):
    table = stored_result(name)
    assert len(table)
    assert not table.isna().any(axis=None)
    command = re.match(r"python (\S+\.py|-m (\S+))|aliaslab \w+", table.attrs["made"])
    assert command, table.attrs["made"]
    if command[1] and command[1].endswith(".py"):
        assert (ROOT / command[1]).exists()


def test_an_unknown_result():
    with pytest.raises(ValueError, match=r"unknown result 'time'.*'interpolate-time'"):
        stored_result("time")


def test_the_cost_of_antialias_is_measured_as_stored():
    pytest.importorskip("torch", reason="torch is missing: pip install torch")
    stored, module = stored_result("interpolate-time"), script("interpolate_time")
    again = module.measure(runs=1, sides=(64,), factors=(2, 4))
    assert list(again.columns) == list(stored.columns)
    expected = {(src, f, flag) for src in module.SIDES for f in module.FACTORS for flag in (False, True)}
    assert set(stored[["src", "factor", "antialias"]].itertuples(index=False, name=None)) == expected
    assert (stored.mean_us > 0).all()
    # many runs: each point stands for a thousand
    assert (stored.runs >= 1000).all()


def test_the_cost_of_the_remedies_is_measured_as_stored():
    pytest.importorskip("torch", reason="torch is missing: pip install torch")
    stored, module = stored_result("remedy-time"), script("remedy_time")
    again = module.measure(runs=1, batch=2)
    assert list(again.columns) == list(stored.columns)
    assert list(again.network) == list(stored.network)
    assert stored.ratio[stored.network == "maxpool"].item() == 1
