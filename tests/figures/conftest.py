"""A browser page with the interactive figures on it."""

from __future__ import annotations

import pytest
from figure_page import NAMES, THEMES, show, write_page


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
