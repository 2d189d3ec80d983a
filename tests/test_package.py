"""The package as a whole: lazy, light, documented, and with imports that point one way."""

from __future__ import annotations

import ast
import doctest
import importlib
import inspect
import os
import subprocess
import sys
from pathlib import Path

import pytest

import aliaslab

PACKAGE = Path(aliaslab.__file__).parent

# what each part may import of ours; design.md's arrows
MAY_IMPORT = {
    "signals": set(),
    "resample": {"signals"},
    "nn": {"signals", "metrics"},
    "metrics": {"signals"},
    "figures": {"signals", "resample", "nn", "metrics"},
    "results": {"signals"},
    "grading": {"signals"},
    "testing": {"signals", "resample"},
    "pytest_plugin": {"testing"},
    "cli": {"signals", "resample", "testing", "grading"},
    "book": {"signals", "resample", "nn", "metrics", "figures", "grading"},
}


def run(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_import_is_lazy():
    code = "import sys, aliaslab; print({m.partition('.')[0] for m in sys.modules})"
    loaded = ast.literal_eval(run(code))
    assert not loaded & {"torch", "matplotlib", "numpy", "scipy", "anywidget"}


def test_first_chapters_need_no_torch():
    code = (
        "import sys; from aliaslab.signals import *; from aliaslab.figures import *; "
        f"from aliaslab import {', '.join(aliaslab.signals.__all__)}; "
        "print('matplotlib' in sys.modules, 'torch' in sys.modules)"
    )
    assert run(code).split() == ["True", "False"]


def test_layers_say_what_to_install_without_torch():
    code = (
        "import sys; sys.modules['torch'] = None\n"
        "import aliaslab\n"
        "try:\n    from aliaslab import BlurPool2d\nexcept ImportError as error: print(error)"
    )
    assert run(code) == "aliaslab.nn needs PyTorch: pip install 'aliaslab[torch]'\n"


def test_every_public_name_is_documented_and_there():
    for name in ("", ".signals", ".resample", ".nn", ".metrics", ".figures"):
        module = importlib.import_module(f"aliaslab{name}")
        for public in module.__all__:
            assert inspect.getdoc(getattr(module, public)), f"{module.__name__}.{public} has no docstring"


@pytest.mark.parametrize(
    "name",
    [
        "signals.folding",
        "signals.sampling",
        "signals.images",
        "signals.filters",
        "signals.patches",
        "metrics.spectra",
        "resample.resizing",
        "resample.interpolation",
        "resample.gradient_maps",
        "resample.auditing",
        "nn.kernels",
        "nn.blurpool",
        "nn.polyphase",
        "nn.frequency",
    ],
)
def test_docstring_examples_run(name):
    module = importlib.import_module(f"aliaslab.{name}")
    result = doctest.testmod(module)
    assert result.attempted
    assert not result.failed


def ours(path: Path) -> set[str]:
    """The parts of the package that a module imports."""
    here = ("aliaslab", *path.relative_to(PACKAGE).parent.parts)
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            base = here[: len(here) - node.level + 1] if node.level else ()
            target = (*base, *(node.module or "").split("."))
            names = [(*target, alias.name) for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [tuple(alias.name.split(".")) for alias in node.names]
        else:
            continue
        found |= {
            parts[1]
            for name in names
            if (parts := tuple(filter(None, name)))[:1] == ("aliaslab",) and parts[1:]
        }
    return found


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_imports_point_one_way(part):
    root = PACKAGE / part
    modules = list(root.rglob("*.py")) or list(PACKAGE.glob(f"{part}.py"))
    parts = {p.stem if p.suffix else p.name for p in PACKAGE.iterdir() if p.name[0] not in "_."}
    for module in modules:
        others = ours(module) & (parts | set(MAY_IMPORT)) - {part}
        assert others <= MAY_IMPORT[part], f"{module.name} imports {others - MAY_IMPORT[part]}"


def test_device_honours_the_environment(device):
    torch = pytest.importorskip("torch")
    assert aliaslab.device() == device
    assert torch.zeros(1, device=aliaslab.device()).device.type == device.type


def test_device_defaults(monkeypatch):
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    monkeypatch.delenv("ALIASLAB_DEVICE", raising=False)
    assert aliaslab.device().type == ("cuda" if torch.cuda.is_available() else "cpu")


@pytest.mark.parametrize("name", ["gpu", "cuda:99", "xla:0"])
def test_device_that_is_not_there(monkeypatch, name):
    pytest.importorskip("torch", reason="torch is missing: pip install torch")
    monkeypatch.setenv("ALIASLAB_DEVICE", name)
    with pytest.raises(ValueError, match=f"ALIASLAB_DEVICE='{name}' cannot be used here .* set it to cpu"):
        aliaslab.device()


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["codespell"],
    ],
    ids=" ".join,
)
def test_house_style(command):
    root = PACKAGE.parent
    env = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
