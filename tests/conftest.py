"""Fixtures shared by all tests, and the rule that CI skips nothing but the GPU."""

from __future__ import annotations

import functools
import http.server
import os
import re
import shutil
import threading
from pathlib import Path

import pytest

# no first-run pages, no background traffic: the tests count every request
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """On CI everything is installed, so a skip there means that something broke."""
    report = (yield).get_result()
    if report.skipped and os.environ.get("CI") and not str(report.longrepr).endswith("no GPU here')"):
        report.outcome = "failed"
        report.longrepr = f"skipped on CI, where nothing may be: {report.longrepr}"


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """A worker takes a whole module, whose tests share fixtures; of the book a page, surveyed once."""
    from xdist.scheduler import LoadScopeScheduling

    class Scheduling(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            page = re.search(r"chapters/[\w-]+\.html", nodeid)
            return page[0] if page else nodeid.partition("::")[0]

    return Scheduling(config, log)


def _device_names() -> list[str]:
    return [os.environ["ALIASLAB_DEVICE"]] if os.environ.get("ALIASLAB_DEVICE") else ["cpu", "cuda"]


@pytest.fixture(params=_device_names())
def device(request, monkeypatch):
    """Each torch device present (or the one that ALIASLAB_DEVICE names)."""
    torch = pytest.importorskip("torch", reason="torch is missing: pip install torch")
    if request.param.startswith("cuda") and not torch.cuda.is_available():
        pytest.skip("no GPU here")
    monkeypatch.setenv("ALIASLAB_DEVICE", request.param)
    return torch.device(request.param)


@pytest.fixture(scope="session")
def chromium():
    """A headless Chromium, driven by Playwright; one for the whole run."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    mac = Path("/Applications/Chromium.app/Contents/MacOS/Chromium")
    if path is None and mac.exists():
        path = str(mac)
    if path is None:
        pytest.skip(
            "no Chromium: apt-get install chromium (Debian, Ubuntu) or brew install --cask chromium (macOS)"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGS)
        yield browser
        browser.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="session")
def serve():
    """``serve(folder)`` gives the address of a local web server over that folder."""
    servers = []

    def start(folder: Path) -> str:
        handler = functools.partial(_Quiet, directory=str(folder))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """The accessibility checker axe-core, to be evaluated in a page."""
    import axe_playwright_python

    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
