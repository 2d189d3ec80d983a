"""The built book, and pages of it opened in Chromium."""

from __future__ import annotations

import functools
from pathlib import Path

import pytest
import yaml
from paths import ROOT

HTML = ROOT / "_build" / "html"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def pages() -> list[str]:
    """The addresses of the book's pages, from its table of contents."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    listed = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
    return [f"{page}.html" for page in listed]


@pytest.fixture(scope="session")
def html() -> Path:
    """The folder of the built book."""
    if not (HTML / "index.html").exists():
        pytest.skip("the book is not built: make book")
    return HTML


@pytest.fixture(scope="session")
def address(html, serve) -> str:
    """The built book on a local server."""
    return serve(html)


class Visit:
    """A page opened in a context of its own, with what it asked for and complained of."""

    def __init__(self, chromium, url: str, width: int = 1280, scheme: str = "light", **context):
        viewport = {"width": width, "height": 900}
        self.context = chromium.new_context(viewport=viewport, color_scheme=scheme, **context)
        self.page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.sizes: dict[str, int] = {}
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("requestfinished", self._size)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._console)
        self.page.goto(url, wait_until="networkidle")

    def _console(self, message) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(f"{message.type}: {message.text}")

    def _size(self, request) -> None:
        self.sizes[request.url] = request.sizes()["responseBodySize"]

    def scroll_through(self) -> None:
        """Pass every part of the page, so that all that is lazy has loaded."""
        self.page.evaluate(
            """async () => {
              const height = document.documentElement.scrollHeight;
              for (let y = 0; y < height; y += 800) {
                scrollTo(0, y);
                await new Promise(requestAnimationFrame);
              }
              scrollTo(0, height / 2); // on the way up the button "Back to top" appears
            }"""
        )
        self.page.wait_for_load_state("networkidle")

    def turn(self, scheme: str) -> None:
        """What happens when the reader's machine turns light or dark: the page follows at once."""
        self.page.emulate_media(color_scheme=scheme)
        self.page.wait_for_function("theme => document.documentElement.dataset.theme === theme", arg=scheme)
        # axe would measure the contrast of colours on their way
        self.page.evaluate(
            """async () => {
              await new Promise(requestAnimationFrame);
              const fades = document.getAnimations().filter((one) => one instanceof CSSTransition);
              await Promise.allSettled(fades.map((one) => one.finished));
            }"""
        )

    def overflow(self) -> int:
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def axe(self, source: str) -> dict:
        """axe-core's verdict on the page as it stands."""
        self.page.evaluate(source)
        # Only faults are described in full: for the rest axe would spend seconds on selectors. Style
        # sheets are not fetched again, which would count as the page's own requests: the one rule that
        # reads them, css-orientation-lock, is experimental and not among these.
        options = {"runOnly": RULES, "resultTypes": ["violations"], "preload": {"assets": ["media"]}}
        return self.page.evaluate("options => axe.run(document, options)", options)


@pytest.fixture
def visit(chromium):
    """``visit(url, width=1280, scheme="light")`` opens a page; closed after the test."""
    visits = []

    def start(url: str, **kwargs) -> Visit:
        visits.append(Visit(chromium, url, **kwargs))
        return visits[-1]

    yield start
    for seen in visits:
        seen.context.close()


@pytest.fixture(scope="session")
def survey(chromium, address, axe_source):
    """``survey(page, width, scheme)``: what one visit shows, made once however many tests ask.

    A visit at 1280 px opens light and turns dark, one at 390 px opens dark and turns light, so that
    every page is loaded both ways.
    """

    def look(seen: Visit) -> dict:
        return {
            "theme": seen.page.evaluate("document.documentElement.dataset.theme"),
            "away": [u for u in seen.requests if not u.startswith((address, "data:", "blob:"))],
            "overflow": seen.overflow(),
            "sizes": dict(seen.sizes),
            "complaints": list(seen.complaints),
            "axe": seen.axe(axe_source),
        }

    @functools.cache
    def looks(page: str, width: int) -> dict[str, dict]:
        first, second = ("light", "dark") if width > 500 else ("dark", "light")
        seen = Visit(chromium, f"{address}/{page}", width, first)
        seen.scroll_through()
        found = {first: look(seen)}
        seen.turn(second)
        found[second] = look(seen)
        seen.context.close()
        return found

    return lambda page, width, scheme: looks(page, width)[scheme]
