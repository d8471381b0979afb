"""Requirements by sector in a real browser: cells by arrows, the drawer, the mark, no wider than the screen, no serious fault."""

import re

import pytest
from playwright.sync_api import Browser, expect
from tests.web.browser.test_hall_browser import AXE, DESK, TELEPHONE, ready


@pytest.mark.browser
def test_cells_by_keyboard_and_the_mark_in_the_address(browser: Browser, address: str):
    context = browser.new_context(viewport=DESK, bypass_csp=True)
    tab = context.new_page()
    said: list[str] = []
    tab.on("console", lambda message: said.append(message.text))
    tab.goto(f"{address}/requirements?view=sectors")
    ready(tab)
    # One cell of all is reached by Tab; arrows go from there, over months without need, and Enter opens the drawer.
    stops = tab.locator("#cover-table td > a[tabindex='0']")
    expect(stops).to_have_count(1)
    stops.focus()
    tab.keyboard.press("End")
    tab.keyboard.press("ArrowLeft")
    opened = tab.locator("#cover-table a:focus")
    expect(opened).to_have_attribute("href", "/requirements/cell?capability=infantry&sector=North&day=304")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    expect(tab.locator("#drawer h2")).to_have_text("Mechanised: North sector, Nov 2030")
    expect(tab.locator("#cell-units tbody tr")).to_have_count(2)
    tab.locator("#cell-lines a.gridlink").click()
    expect(tab.locator("#drawer")).to_contain_text("Who could fill it on")
    tab.keyboard.press("Escape")
    expect(tab.locator("#cover-table a:focus")).to_have_attribute(
        "href", "/requirements/cell?capability=mechanised&sector=North&day=304"
    )
    # The mark: 28 cells are under 80, 24 under 50; the address holds it, the slider keeps the focus.
    expect(tab.locator("#cover-table td.low")).to_have_count(28)
    slider = tab.locator("#mark-form input[name=under]")
    slider.focus()
    tab.keyboard.press("Home")
    for _ in range(49):
        tab.keyboard.press("ArrowRight")
    tab.wait_for_url("**/requirements?**under=50**")
    expect(tab.locator("#cover-table td.low")).to_have_count(24)
    expect(tab.locator("#longest-hole")).to_contain_text("under 50 %")
    expect(slider).to_be_focused()
    expect(tab.locator("#cover-table td > a[tabindex='0']")).to_have_count(1)
    expect(tab.locator("#cover button.take")).to_have_count(2)
    expect(tab.locator(".segments a", has_text="By nation")).to_have_attribute("href", re.compile(r"under=50"))
    for screen in (TELEPHONE, DESK):
        tab.set_viewport_size(screen)
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if AXE.is_file():
        tab.add_script_tag(path=AXE)
        found = tab.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        assert [(each["id"], each["impact"]) for each in found["violations"] if each["impact"] in ("serious", "critical")] == []
    assert said == []
    context.close()
