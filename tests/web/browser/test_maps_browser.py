"""Maps in a real browser: formations and units by zoom, a sector drawn by pointer and typed, two maps that move together."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.web.browser.conftest import Whole
from tests.web.browser.test_hall_browser import TELEPHONE, ready
from tests.web.hall import application, placed_conference, served

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that has nothing to say at the console."""
    context = browser.new_context(viewport={"width": 960, "height": 640})  # less to be drawn without a graphics card
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda told: None if "GL Driver Message" in told.text else said.append(told.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    yield opened
    assert said == []
    context.close()


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of two plans with an order of battle on the ground."""
    conference = placed_conference(tmp_path_factory.mktemp("placed"))
    with served(application(conference)) as address:
        yield address
    conference.close()


def drawn(place: Locator) -> None:
    """Wait for a map; where this browser cannot draw it, there is nothing to look at."""
    expect(place).to_have_attribute("data-ready", re.compile("yes|still"), timeout=60_000)
    if place.get_attribute("data-ready") != "yes":
        pytest.skip("this browser cannot draw the map")


@pytest.mark.slow
def test_formations_stand_far_out_and_units_at_their_places_near_by(page: Page, placed: str):
    page.goto(f"{placed}/map?day=200")
    ready(page)
    drawn(page.locator("#map"))
    level = page.locator("#map-level")
    expect(level).to_have_text("Symbols: formations two steps below the top.")
    page.get_by_role("button", name="Zoom out").click()
    expect(level).to_have_text("Symbols: highest formations.")
    for _ in range(2):
        page.get_by_role("button", name="Zoom in").click()
    expect(level).to_have_text("Symbols: units at their places.")
    page.get_by_label("Units shown").select_option("highest formations")
    expect(level).to_have_text("Symbols: highest formations.")
    expect(page).to_have_url(re.compile("units=top"))
    expect(page.locator("#map-places tbody tr").first).to_be_visible()


def test_a_sector_is_drawn_by_pointer_and_by_typed_corners(page: Page, whole: Whole):
    """Typed in degrees and in the military grid the answer comes by itself; a polygon by pointer fills in the corners."""
    page.goto(f"{whole.address}/map?day=200")
    ready(page)
    drawn(page.locator("#map"))
    page.get_by_text("Draw or split a sector").first.click()
    page.get_by_label("Draw a new sector").check()
    page.get_by_label("Its name").fill("Hand-drawn")
    corners = page.locator("#draw-corners")
    corners.fill("48 30\n36U XU 00 00\n49 31")
    corners.press("Tab")
    told = page.locator("#sketch-told")
    expect(told.locator("#sketch-ground")).to_contain_text("Hand-drawn")
    expect(told.locator("#sketch-methods")).to_contain_text("Sector security")
    expect(told.get_by_role("button", name="Take it")).to_be_visible()
    page.get_by_role("button", name="Clear").click()
    expect(told).to_be_empty()
    pen = page.get_by_role("button", name="Draw on the map")
    pen.click()
    expect(page.get_by_role("button", name="Stop drawing")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("[data-draw-said]")).to_contain_text("Click each corner")
    frame = page.locator("#map canvas.maplibregl-canvas").bounding_box()
    assert frame is not None
    for across, down in ((0.4, 0.4), (0.6, 0.4), (0.5, 0.7), (0.4, 0.4)):
        page.mouse.click(frame["x"] + across * frame["width"], frame["y"] + down * frame["height"])
        page.wait_for_timeout(120)  # two clicks at once would be one double click
    expect(corners).to_have_value(re.compile(r"^(-?[\d.]+ -?[\d.]+\n){2}-?[\d.]+ -?[\d.]+$"))
    expect(told.locator("#sketch-ground")).to_contain_text("Hand-drawn")
    page.get_by_label("Redraw a sector").check()
    expect(corners).to_have_value(re.compile(r"^[\d.]+ [\d.]+\n"))
    expect(told).to_be_empty()


@pytest.mark.slow
def test_two_maps_move_together_and_one_slider_sets_both(page: Page, placed: str):
    page.goto(f"{placed}/compare?of=p1,p2")
    ready(page)
    root = page.locator("#map-pair")
    root.scroll_into_view_if_needed()
    drawn(root)
    expect(root.locator(".pair-map canvas.maplibregl-canvas")).to_have_count(2)
    scales = root.locator(".maplibregl-ctrl-scale")
    before = scales.first.inner_text()
    root.locator(".pair-map").last.get_by_role("button", name="Zoom in").click()
    expect(scales.first).not_to_have_text(before)
    expect(scales.first).to_have_text(scales.last.inner_text())
    root.locator(".pair-map canvas.maplibregl-canvas").first.press("Minus")
    expect(scales.last).to_have_text(before)
    page.locator("#pair-slider").fill("210")
    expect(page.locator("#pair-places p.note")).to_contain_text("D+210,")
    expect(page.locator("#pair-day-words")).to_contain_text("D+210,")
    expect(page.locator("#places tbody tr").first).to_contain_text("differs")
    page.set_viewport_size(TELEPHONE)
    one, other = (root.locator(".pair-map").nth(at).bounding_box() for at in (0, 1))
    assert one is not None
    assert other is not None
    assert other["y"] >= one["y"] + one["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= TELEPHONE["width"]
