"""The situation report in a real browser with the network off, on a desk, a telephone and on paper."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.report.sample_situation import empty_situation, exercise_situation, hostile_situation
from tests.report.test_html_browser import DESK, TELEPHONE, opened

from contingent.report.html.situation import situation_html
from contingent.report.situation.pdf import browser_here, print_pdf

pytestmark = pytest.mark.browser

MADE = {"exercise": exercise_situation, "hostile": hostile_situation, "empty": empty_situation}


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("situations")
    for name, make in MADE.items():
        (folder / f"{name}.html").write_text(situation_html(*make()), encoding="utf-8")
    return {name: folder / f"{name}.html" for name in MADE}


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("name", MADE)
def test_the_page_is_silent_asks_nothing_and_does_not_scroll_sideways(
    browser: Browser, pages: dict[str, Path], name: str, size: dict[str, int]
):
    page, said, asked = opened(browser, pages[name], size)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert said == []
    assert asked == [pages[name].as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.context.close()


def test_map_and_charts_are_seen(browser: Browser, pages: dict[str, Path]):
    page, *_ = opened(browser, pages["exercise"], DESK)
    assert page.locator("svg.map.incidents .event.fire").count() > 50
    assert page.locator("svg.map.incidents .front").is_visible()
    assert page.locator("#course .wide svg.chart").is_visible()
    assert not page.locator("#course .narrow svg.chart").is_visible()
    names = page.locator("svg.map.incidents text.sectorname").all_text_contents()
    assert "East 110" in names
    page.context.close()


@pytest.mark.skipif(browser_here() is None, reason="no Chromium where the program looks for one")
def test_the_page_is_printed(pages: dict[str, Path], tmp_path: Path):
    assert print_pdf(pages["exercise"], tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")
