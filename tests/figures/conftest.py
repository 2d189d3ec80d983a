"""A browser page with the interactive figures on it."""

from __future__ import annotations

import numpy as np
import pytest
from figure_page import NAMES, THEMES, show, write_page

from aliaslab.figures.interactive import JS


@pytest.fixture(scope="session")
def folders(tmp_path_factory):
    root = tmp_path_factory.mktemp("figures")
    return {home: write_page(root / home, home=home).parent for home in THEMES}


@pytest.fixture(scope="session")
def addresses(folders, serve):
    return {home: serve(folder) for home, folder in folders.items()}


@pytest.fixture
def open_page(chromium, addresses, folders):
    """``open_page(home, served, script, names, **context)``: a page whose named figures are drawn."""
    contexts = []

    def start(home="book", served=True, script="", names=NAMES, **options):
        context = chromium.new_context(**{"reduced_motion": "reduce", **options})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on(
            "console", lambda m: page.complaints.append(m.text) if m.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        if script:
            page.add_init_script(script)
        page.goto(f"{addresses[home]}/index.html" if served else (folders[home] / "index.html").as_uri())
        for name in names:
            show(page, name)
        return page

    yield start
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def js_page(chromium, serve):
    """A page beside the modules, which can import them."""
    page = chromium.new_page()
    page.goto(f"{serve(JS)}/dsp.js")
    yield page
    page.close()


@pytest.fixture(scope="module")
def js(js_page):
    """``js(name, calls, module)``: what a function of the module returns for each list of arguments."""

    def plain(argument):
        if isinstance(argument, np.ndarray):
            return {"array": argument.ravel().tolist()}
        return float(argument) if isinstance(argument, np.floating) else argument

    def call(name, calls, module="dsp"):
        return js_page.evaluate(
            """async ([name, calls, module]) => {
              const functions = await import(`/${module}.js`);
              const typed = (v) => (v?.array ? Float64Array.from(v.array) : v);
              const listed = (v) => (ArrayBuffer.isView(v) ? Array.from(v) : v);
              const plain = (v) => (Array.isArray(v) ? v.map(listed) : listed(v));
              return calls.map((c) => plain(functions[name](...c.map(typed))));
            }""",
            [name, [[plain(a) for a in c] for c in calls], module],
        )

    return call
