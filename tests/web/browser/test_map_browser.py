"""The map beside its table: a sector says what the table says of it, and the pointer is told in the military grid."""

import re

import pytest
from playwright.sync_api import Browser, expect
from pyproj import Proj
from tests.web.browser.conftest import Whole
from tests.web.browser.test_hall_browser import DESK, ready

pytestmark = pytest.mark.browser

KNOWN = {
    (-0.1276, 51.5072): "30U XC",  # London
    (151.2093, -33.8688): "56H LH",  # Sydney
    (5.3221, 60.3913): "32V KN",  # Bergen, in the zone that Norway widens
    (15.65, 78.22): "33X WG",  # Longyearbyen, among the zones of Svalbard
    (36.2304, 49.9935): "37U CR",  # Kharkiv
}
"""Longitude and latitude -> square, as atlases have it."""


def test_the_military_grid_is_that_of_atlases_and_of_the_projection(browser: Browser, whole: Whole):
    page = browser.new_context(bypass_csp=True).new_page()
    page.goto(f"{whole.address}/about")
    grid = "async ([x, y]) => (await import('/static/mgrs.js')).mgrs(x, y)"
    for (longitude, latitude), square in KNOWN.items():
        told = page.evaluate(grid, [longitude, latitude])
        zone = int(re.match(r"\d+", told)[0])
        east, north = Proj(proj="utm", zone=zone, ellps="WGS84", south=latitude < 0)(longitude, latitude)
        assert told == f"{square} {int(east % 100_000 // 100):03d} {int(north % 100_000 // 100):03d}"
    assert page.evaluate(grid, [0, 85]) == ""
    page.context.close()


NAMES = """async (boxes) => {
  const { nameMarkers } = await import('/static/theatre.js');
  const made = [];
  class Marker {
    constructor({ element }) { made.push(this); this.element = element; this.off = 0; }
    setLngLat(at) { this.at = at; return this; }
    addTo() { this.element.style.position = 'absolute'; document.body.append(this.element); return this; }
    getLngLat() { return this.at; }
    getElement() { return this.element; }
    setOffset([, off]) { this.off = off; }
  }
  const map = { project: ([x, y]) => ({ x, y }) };
  const show = nameMarkers({ Marker }, map, [{ name: 'North', kind: 'sector', at: [500, 300] }]);
  show(true, boxes);
  return [made[0].element.hidden, made[0].off];
}"""
"""Where a name at (500, 300) of a screen goes that has symbols in some boxes."""


def test_the_name_of_a_sector_gives_way_to_a_symbol(browser: Browser, whole: Whole):
    """It moves up or down, to where nothing lies under it; where everything is taken it is left out."""
    page = browser.new_context(viewport=DESK).new_page()
    page.goto(f"{whole.address}/about")
    symbol = [482, 286, 518, 314]
    assert page.evaluate(NAMES, []) == [False, 0]
    assert page.evaluate(NAMES, [[900, 286, 940, 314]]) == [False, 0]
    hidden, off = page.evaluate(NAMES, [symbol])
    assert not hidden
    assert not symbol[1] - 8 <= 300 + off <= symbol[3] + 8
    assert page.evaluate(NAMES, [[480, 200, 520, 400]])[0]
    page.context.close()


def test_a_sector_on_the_map_says_what_its_row_says_and_follows_the_day(browser: Browser, whole: Whole):
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    page.goto(f"{whole.address}/map?day=200")
    ready(page)
    page.locator("#map[data-ready]").wait_for(state="attached", timeout=60_000)
    if page.locator("#map").get_attribute("data-ready") != "yes":
        pytest.skip("this browser cannot draw the map")
    rows = page.locator("#map-sectors tbody tr")
    name = rows.first.locator("th").inner_text()
    label = page.locator(".map-name.sector", has_text=name)
    box, frame = label.bounding_box(), page.locator("#map canvas").bounding_box()
    assert box is not None
    assert frame is not None
    page.locator("#map canvas").click(position={"x": box["x"] + box["width"] / 2 - frame["x"], "y": box["y"] - frame["y"] + 26})
    panel = page.locator("#map-sector")
    expect(panel.locator("h2")).to_have_text(name)
    expect(page.locator("#map-grid")).to_have_text(re.compile(r"^\d{1,2}[C-X] [A-Z]{2} \d{3} \d{3}$"))
    held = rows.first.locator("td").nth(2).inner_text()
    expect(panel.locator("dd").nth(2)).to_have_text(held)
    page.locator("#map-slider").fill("4")
    expect(page.locator("#map-day")).to_have_text(re.compile(r"D\+4,"))
    expect(panel.locator("dd").nth(2)).to_have_text(rows.first.locator("td").nth(2).inner_text())
    context.close()
