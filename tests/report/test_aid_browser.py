"""The page on aid and the sheet on the host's army in a real browser with the network off: desk, telephone, paper."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from tests.report.sample_aid import aid_without, bundled_aid, hostile_aid, plan_with_aid
from tests.report.test_html_browser import DESK, TELEPHONE, opened

from contingent.report.html import write_report
from contingent.report.html.aid import aid_html
from contingent.report.situation.pdf import browser_here, print_pdf

pytestmark = pytest.mark.browser

MADE = {"bundled": bundled_aid, "hostile": hostile_aid, "needs": lambda: aid_without("pledges", "deliveries")}
HOSTS = ("host", "hostile host")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("aid")
    for name, make in MADE.items():
        (folder / f"{name}.html").write_text(aid_html(*make()), encoding="utf-8")
    found = {name: folder / f"{name}.html" for name in MADE}
    for name in HOSTS:
        found[name] = write_report(*plan_with_aid(hostile=name != "host"), folder / f"{name}.html")
    return found


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("name", [*MADE, *HOSTS])
def test_the_page_is_silent_asks_nothing_and_does_not_scroll_sideways(
    browser: Browser, pages: dict[str, Path], name: str, size: dict[str, int]
):
    page, said, asked = opened(browser, pages[name], size)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    assert said == []
    assert asked == [pages[name].as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.context.close()


def test_drawings_and_charts_are_seen(browser: Browser, pages: dict[str, Path]):
    page, *_ = opened(browser, pages["bundled"], DESK)
    assert page.locator("#ways .wide svg.sankey").first.is_visible()
    assert not page.locator("#ways .narrow svg.sankey").first.is_visible()
    for section in ("months", "late", "coming"):
        assert page.locator(f"#{section} .wide svg.chart").is_visible(), section
    page.context.close()


def test_names_at_the_ends_of_the_drawing_do_not_hide_each_other(browser: Browser, pages: dict[str, Path]):
    page, *_ = opened(browser, pages["bundled"], TELEPHONE)
    boxes = page.locator("#ways .narrow svg.sankey").first.evaluate(
        """svg => [...svg.querySelectorAll('text')].map(each => each.getBoundingClientRect())
            .map(box => [box.left, box.top, box.right, box.bottom])"""
    )
    frame = page.locator("#ways .narrow svg.sankey").first.bounding_box()
    assert frame is not None
    for at, (left, top, right, bottom) in enumerate(boxes):
        assert left >= frame["x"] - 1
        assert right <= frame["x"] + frame["width"] + 1
        for other in boxes[at + 1 :]:
            across = min(right, other[2]) - max(left, other[0])
            down = min(bottom, other[3]) - max(top, other[1])
            assert across <= 0 or down <= 3
    page.context.close()


@pytest.mark.skipif(browser_here() is None, reason="no Chromium where the program looks for one")
def test_the_page_is_printed(pages: dict[str, Path], tmp_path: Path):
    assert print_pdf(pages["bundled"], tmp_path / "page.pdf")
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF-")


def test_the_host_and_the_force_stand_on_one_sheet_across(browser: Browser, pages: dict[str, Path]):
    """Printed alone, the section takes one page, A4 across."""
    page, *_ = opened(browser, pages["host"], DESK)
    page.evaluate("""() => {
        const sheet = document.getElementById('host');
        document.querySelectorAll('main > *, header, footer, .marking').forEach(each => { if (each !== sheet) each.remove() });
    }""")
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    sheets = [tuple(map(float, found)) for found in re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", printed)]
    across = [(round(width / 72 * 25.4), round(height / 72 * 25.4)) for width, height in sheets]
    assert across.count((297, 210)) == 1
    assert across[-1] == (297, 210)
    page.context.close()
