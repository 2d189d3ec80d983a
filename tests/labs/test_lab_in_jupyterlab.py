"""The first lab in real JupyterLab: it opens, runs, and its knobs reach Python."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

from .conftest import LABS

NAME = "fold-it-by-hand"
expect.set_options(timeout=30_000)  # machines differ, and a figure is drawn by a kernel


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def jupyterlab(tmp_path_factory):
    """A JupyterLab of its own over a copy of the notebook: (its address, its token)."""
    pytest.importorskip("jupyterlab", reason="JupyterLab is missing: pip install '.[labs]'")
    home = tmp_path_factory.mktemp("jupyterlab")
    (home / "work").mkdir()
    settings = home / "settings" / "@jupyterlab"
    for folder, name, value in (
        # every cell stays in the page, so that each can be looked at
        ("notebook-extension", "tracker", '{"windowingMode": "none"}'),
        ("apputils-extension", "notification", '{"fetchNews": "false"}'),
    ):
        (settings / folder).mkdir(parents=True)
        (settings / folder / f"{name}.jupyterlab-settings").write_text(value)
    shutil.copy(LABS / f"{NAME}.ipynb", home / "work")
    # nothing of the user's is read or written; kernels come from this environment
    folders = {f"JUPYTER_{kind}_DIR": str(home / kind) for kind in ("CONFIG", "DATA", "RUNTIME")}
    folders |= {"HOME": str(home), "JUPYTERLAB_SETTINGS_DIR": str(home / "settings")}
    port, token = free_port(), secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", f"--ServerApp.port={port}"]
    command += ["--ServerApp.port_retries=0", "--ServerApp.ip=127.0.0.1", "--ServerApp.root_dir=work"]
    command += [f"--IdentityProvider.token={token}", "--LabApp.news_url=None"]
    command += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    with (home / "server.log").open("w") as log:
        server = subprocess.Popen(command, cwd=home, env=os.environ | folders, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/api?token={token}", server, home / "server.log")
            yield f"http://127.0.0.1:{port}", token
        finally:
            server.terminate()
            server.wait(timeout=30)


def wait_for(address, server, log, seconds=90):
    for _ in range(2 * seconds):
        if server.poll() is not None:
            break
        try:
            return urllib.request.urlopen(address, timeout=5).read()
        except OSError:
            time.sleep(0.5)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="module")
def page(jupyterlab, chromium):
    """The lab, opened and run from top to bottom."""
    address, token = jupyterlab
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto(f"{address}/lab/tree/{NAME}.ipynb?token={token}&reset", wait_until="load")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    page.get_by_text(re.compile(r"\| (Idle|Connecting|Unknown|Starting)")).first.wait_for()
    page.locator(".jp-Notebook .jp-Cell").first.click()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    last(page).wait_for()
    yield page
    context.close()


def last(page):
    return page.locator(".jp-OutputArea-output", has_text="all: public tests passed")


def cell(page, text):
    """The code cell that holds this text."""
    return page.locator(".jp-CodeCell", has_text=text).first


def output(page, text):
    return cell(page, text).locator(".jp-OutputArea-output").last


def run_again(page, text):
    """Run a cell once more, and wait until the kernel is done with it."""
    found = cell(page, text)
    found.locator(".cm-content").first.click()
    page.keyboard.press("Control+Enter")
    prompt = found.locator(".jp-InputPrompt").first
    page.wait_for_timeout(200)
    expect(prompt).to_have_text(re.compile(r"\[\d+\]"))


def rewrite(page, text, source):
    """Replace what a cell says, as a student would, and run it."""
    found = cell(page, text)
    found.locator(".cm-content").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(source)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(500)


def test_run_all_reaches_the_end_without_an_error(page):
    for kind in ("error", "stderr"):
        expect(page.locator(f'[data-mime-type="application/vnd.jupyter.{kind}"]')).to_have_count(0)
    expect(last(page)).to_contain_text("q1: public tests passed: 0 of 4 points")
    expect(page.locator(".jp-OutputArea-output", has_text="Not answered yet").first).to_be_visible()


def test_the_figures_knob_reaches_python(page):
    """Moved by keyboard, the sampler's slider changes what a cell that reads it prints."""
    rewrite(page, "def fold(f, fs)", "def fold(f, fs):\n    return abs(f - fs * np.round(f / fs))")
    reader = "knobs.widget.frequency, knobs.widget.rate"
    run_again(page, reader)
    expect(output(page, reader)).to_contain_text("3 Hz, sampled 10 times a second, looks like 3 Hz")
    slider = cell(page, "knobs = figures.sampler").locator("input[type=range]").first
    before = slider.input_value()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    after = slider.input_value()
    assert after != before
    page.wait_for_timeout(1000)  # on its way to the kernel
    run_again(page, reader)
    expect(output(page, reader)).to_contain_text(f"{float(after):g} Hz, sampled 10 times a second")


def test_a_right_answer_passes_its_check(page):
    run_again(page, 'grader.check("q1")')
    expect(output(page, 'grader.check("q1")')).to_contain_text("q1 passed!")


def test_a_wrong_answer_is_told_what_to_think_about(page):
    rewrite(page, "def fold(f, fs)", "def fold(f, fs):\n    return np.mod(f, fs)")
    run_again(page, 'grader.check("q1")')
    expect(output(page, 'grader.check("q1")')).to_contain_text("the alias runs backwards")


def test_a_slider_moved_by_keyboard_redraws_its_figure(page):
    found = cell(page, "def compare(k, phase)")
    picture = found.locator("img").first
    expect(picture).to_have_attribute("alt", re.compile("k = -1"))
    handle = found.locator(".noUi-handle").first
    for k in (0, 1):
        handle.press("ArrowRight")
        expect(picture).to_have_attribute("alt", re.compile(f"k = {k},"))
