"""Broad pages on narrow things: the calendar and the map on paper, wide tables on a telephone."""

import pytest
from playwright.sync_api import Browser, Page
from tests.web.browser.conftest import Whole
from tests.web.browser.test_hall_browser import DESK, ready

A3_ACROSS, A4_ACROSS = 1489, 1032
"""Width of the printed part of a sheet, between its margins of 13 and 12 mm. [CSS pixels]"""

TELEPHONE = {"width": 390, "height": 844}

pytestmark = pytest.mark.browser


def on_paper(page: Page, address: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 1000})
    page.goto(address)
    ready(page)
    page.emulate_media(media="print")


def test_the_calendar_fills_the_sheet_that_it_asks_for(browser: Browser, whole: Whole):
    page = browser.new_page()
    on_paper(page, f"{whole.address}/rotation", A3_ACROSS)
    assert 0.75 * A3_ACROSS < page.locator("#calendar").bounding_box()["width"] <= A3_ACROSS
    assert page.locator("#calendar tbody .strip-cell svg").last.bounding_box()["width"] == pytest.approx(
        page.locator("#calendar thead .strip-cell svg").bounding_box()["width"]
    )
    page.close()


def test_paper_shows_all_of_the_map_and_one_map_only(browser: Browser, whole: Whole):
    page = browser.new_page(viewport={"width": 1700, "height": 1000})
    page.goto(f"{whole.address}/map")
    page.locator("#map[data-ready]").wait_for(state="attached", timeout=60_000)
    if page.locator("#map").get_attribute("data-ready") != "yes":
        pytest.skip("this browser cannot draw the map")
    on_screen = page.locator("#map").bounding_box()
    assert on_screen["width"] > A4_ACROSS
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    printed = page.locator("#map").bounding_box()
    assert printed["width"] <= A4_ACROSS
    assert printed["height"] / printed["width"] == pytest.approx(on_screen["height"] / on_screen["width"], rel=0.02)
    assert not page.locator("#still").is_visible()
    page.emulate_media(media="null")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#map").bounding_box() == on_screen
    page.close()


def test_words_above_a_wide_table_stay_within_a_telephone(browser: Browser, whole: Whole):
    page = browser.new_page(viewport=TELEPHONE)
    wide = 0
    for path in ("/movement", "/supply", "/cost"):
        page.goto(whole.address + path)
        ready(page)
        for caption in page.locator(".scroll > table > caption:visible").all():
            box, table = caption.bounding_box(), caption.locator("xpath=..").bounding_box()
            assert box["x"] + box["width"] <= TELEPHONE["width"], (path, caption.inner_text())
            wide += table["width"] > TELEPHONE["width"]
    assert wide
    page.close()


def test_a_telephone_shows_more_of_the_calendar_than_names(browser: Browser, whole: Whole):
    page = browser.new_page(viewport=TELEPHONE)
    page.goto(f"{whole.address}/rotation")
    ready(page)
    assert page.locator("#calendar thead th.line").bounding_box()["width"] < 0.45 * TELEPHONE["width"]
    page.set_viewport_size(DESK)
    assert page.locator("#calendar thead th.line").bounding_box()["width"] > 200
    page.close()
