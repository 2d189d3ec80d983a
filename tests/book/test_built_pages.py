"""The pages as a reader gets them: quiet, light, accessible, and alive."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from paths import ROOT

from .conftest import pages

CHAPTER = "chapters/sampling-theorem.html"
# each live figure and its page
FIGURES = {
    "wagon_wheel": CHAPTER,
    "sampler": CHAPTER,
    "chirp": CHAPTER,
    "explorer": "chapters/aliasing-in-2d.html",
    "gradient_maps": "chapters/diagnosing-interpolate.html",
    "sliding_signal": "chapters/shift-stability.html",
}
WEIGHT = 1_200_000

every_page = pytest.mark.parametrize("page", pages())
every_look = pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
)


@every_page
def test_images_say_what_they_show(html, page):
    soup = BeautifulSoup((html / page).read_text("utf-8"), "html.parser")
    for image in soup.find_all("img"):
        alt = image.get("alt", "")
        assert len(alt.split()) >= 4, f"{image['src']}: {alt!r}"
        assert not alt.endswith((".png", ".svg")), alt


@every_page
def test_no_number_is_missing(html, page):
    soup = BeautifulSoup((html / page).read_text("utf-8"), "html.parser")
    for number in soup.select("span.pasted-text"):
        assert number.get_text().strip().lower() not in {"", "nan", "inf", "none"}, number.parent.get_text()


@every_page
@every_look
def test_nothing_leaves_the_machine_and_nothing_complains(survey, page, width, scheme):
    seen = survey(page, width, scheme)
    assert seen["away"] == []
    assert seen["complaints"] == []


@every_page
@every_look
def test_pages_fit_the_window(survey, page, width, scheme):
    assert survey(page, width, scheme)["overflow"] <= 0


@every_page
def test_pages_are_light(survey, page):
    sizes = survey(page, 1280, "light")["sizes"]
    weight = sum(size for url, size in sizes.items() if "/mathjax/" not in url)
    assert 0 < weight < WEIGHT, sorted(sizes.items(), key=lambda item: -item[1])[:8]


@every_page
@every_look
def test_accessible(survey, page, width, scheme):
    seen = survey(page, width, scheme)
    assert seen["theme"] == scheme
    verdict = seen["axe"]
    assert verdict["passes"], "axe did not run"
    found = [
        (rule["id"], [node["html"][:150] for node in rule["nodes"][:3]]) for rule in verdict["violations"]
    ]
    assert found == []


def test_axe_would_see_a_fault(address, visit, axe_source):
    seen = visit(f"{address}/chapters/notation.html")
    seen.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert "button-name" in {rule["id"] for rule in seen.axe(axe_source)["violations"]}


def test_mobile_menu_opens(address, visit):
    page = visit(f"{address}/{CHAPTER}", width=390).page
    entry = page.get_by_role("link", name="Glossary").first
    assert not entry.is_visible()
    page.locator("button.primary-toggle").click()
    entry.wait_for(state="visible")
    entry.click()
    page.wait_for_url("**/glossary.html")


def mounted(page, figure: str):
    """A live figure of the chapter, scrolled to."""
    box = page.locator(f'.aliaslab-mount[data-figure="{figure}"]')
    box.scroll_into_view_if_needed()
    page.wait_for_selector(f'.aliaslab-mount[data-figure="{figure}"][data-ready]', timeout=10_000)
    return box


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_answer_to_the_keyboard(address, visit, figure):
    page = visit(f"{address}/{FIGURES[figure]}").page
    box = mounted(page, figure)
    slider, status = box.locator("input[type=range]").first, box.locator(".aliaslab-status")
    value, said = slider.input_value(), status.inner_text()
    slider.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(100)
    assert slider.input_value() != value
    assert status.inner_text() != said


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_answer_to_the_pointer(address, visit, figure):
    page = visit(f"{address}/{FIGURES[figure]}").page
    slider = mounted(page, figure).locator("input[type=range]").first
    value = slider.input_value()
    area = slider.bounding_box()
    slider.click(position={"x": 0.9 * area["width"], "y": area["height"] / 2})
    assert float(slider.input_value()) > float(value)


@pytest.mark.parametrize("figure", FIGURES)
def test_figures_work_from_a_file_on_disk(html, visit, figure):
    seen = visit((html / FIGURES[figure]).as_uri())
    mounted(seen.page, figure)
    assert [url for url in seen.requests if not url.startswith(("file:", "data:", "blob:"))] == []


@pytest.mark.parametrize("figure", FIGURES)
def test_without_javascript_the_images_stay(address, visit, figure):
    page = visit(f"{address}/{FIGURES[figure]}", java_script_enabled=False).page
    image = page.locator(f'.aliaslab-mount[data-figure="{figure}"] img')
    image.scroll_into_view_if_needed()
    assert image.is_visible()
    assert image.bounding_box()["width"] > 300


def test_reduced_motion_stands_still(address, visit):
    page = visit(f"{address}/{CHAPTER}", reduced_motion="reduce").page
    canvas = mounted(page, "wagon_wheel").locator("canvas").first
    before = canvas.evaluate("node => node.toDataURL()")
    page.wait_for_timeout(400)
    assert canvas.evaluate("node => node.toDataURL()") == before


def test_search_finds_a_word(address, visit):
    page = visit(f"{address}/search.html?q=Dirichlet").page
    page.locator("#search-results a").first.wait_for(timeout=10_000)
    assert "sampling-theorem" in " ".join(
        link.get_attribute("href") for link in page.locator("#search-results a").all()
    )


def test_notebooks_can_be_downloaded(html):
    assert list((html / "_downloads").rglob("sampling-theorem.ipynb"))
    assert (ROOT / "build" / "notebooks" / "sampling-theorem.ipynb").exists()
