"""The site: it builds strictly with nothing fetched, every link leads somewhere, it is read and searched from its folder."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from documentation.build import build, from_root
from documentation.links import faults
from documentation.navigation import MADE, SECTIONS, WRITTEN, placed

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LATER = {"scale.md"}
"""Pages that have a place and need not be there yet."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without running the notebooks."""
    return build(tmp_path_factory.mktemp("documentation"), with_notebooks=False)


def test_every_page_has_one_place():
    written = {path.name for path in WRITTEN.glob("*.md")}
    assert len(placed()) == len(set(placed()))
    assert written - set(placed()) == set(), "give it a place in documentation/navigation.py"
    assert set(placed()) - written - MADE <= LATER


def test_every_page_is_built(site: Path):
    built = {path.stem + ".md" for path in site.glob("*.html")}
    assert {file for section in SECTIONS for _, file in section.pages} - LATER <= built
    assert built >= MADE


def test_every_link_leads_somewhere_and_nothing_comes_from_outside(site: Path):
    assert list(faults(site)) == []


def test_what_is_missing_or_comes_from_outside_is_told(tmp_path: Path):
    (tmp_path / "a.html").write_text(
        '<h1 id="top">A</h1><a href="b.html#there">1</a><a href="b.html#nowhere">2</a><a href="c.html">3</a><a href="https://d.org">4</a>'
        '<script src="https://e.org/f.js"></script><img src="g.png"><link rel="canonical" href="https://h.org/">')
    (tmp_path / "b.html").write_text('<h1 id="there">B</h1><a href="a.html#top">5</a>')
    assert list(faults(tmp_path)) == [
        "a.html: loads https://e.org/f.js from outside", "a.html: loads g.png, which is not there",
        "a.html: links to b.html#nowhere, which has no such place", "a.html: links to c.html, which is not there"]


def test_no_mark_for_the_tests_is_shown(site: Path):
    assert [path.name for path in site.glob("*.html") if "not run:" in path.read_text() or "run by:" in path.read_text()] == []


def test_links_of_the_repository_become_those_of_the_site():
    assert from_root("[a](docs/cost.md#who-pays) [b](LICENSE) [c](https://d.org)") == "[a](cost.md#who-pays) [b](index.md) [c](https://d.org)"


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Addresses that pages have asked for."""
    return []


@pytest.fixture
def page(running_chromium: "Browser", asked: list[str]) -> Iterator["Page"]:
    context = running_chromium.new_context(viewport={"width": 390, "height": 844})
    tab = context.new_page()
    tab.on("request", lambda request: asked.append(request.url))
    yield tab
    context.close()


@pytest.mark.browser
def test_it_is_read_and_searched_from_its_folder(site: Path, page: "Page", asked: list[str]):
    """On a narrow screen no page scrolls sideways; the search finds a rule by its words, and leads to it."""
    for name in ("index", "how-to-size", "dictionary-force", "formulation", "python"):
        page.goto(f"{site.as_uri()}/{name}.html")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("/")
    page.keyboard.type("rotation base")
    found = page.locator("a[href*='generation-matrix-rotation-base']").first
    found.wait_for(timeout=20_000)
    found.click()
    page.wait_for_url("**/formulation.html*")
    assert [address for address in asked if not address.startswith(("file:", "data:", "blob:", "about:"))] == []
