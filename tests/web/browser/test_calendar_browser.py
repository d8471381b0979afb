"""Calendar, order of battle and map in a real browser: taken hold of by pointer and by key, silent under the policy."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.report.sample_orbat import hand_orbat
from tests.web.hall import PLANNER, application, served, tiny_conference

from contingent.io import write_scenario
from contingent.store import Conference, Edit
from contingent.web.pages.rotation import MOST_ROWS

DESK, TELEPHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

pytestmark = pytest.mark.browser


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[tuple[str, Conference]]:
    conference = tiny_conference(tmp_path)
    with served(application(conference)) as address:
        yield address, conference
    conference.close()


@pytest.fixture(scope="module")
def hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hand")
    scenario, plan, orbat = hand_orbat()
    conference = Conference.open(folder / "it.sqlite", create_from=write_scenario(scenario, folder / "it"))
    plan = replace(plan, formations=orbat.formations, orbat=orbat.orbat)
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    with served(application(conference)) as address:
        yield address
    conference.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda told: None if "GL Driver Message" in told.text else said.append(told.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    assert [line for line in said if "422" not in line] == []
    context.close()


def opened(tab: Page, address: str) -> None:
    tab.goto(address)
    tab.locator("body[data-ready]").wait_for()


def first_tour(tab: Page, unit: str) -> Locator:
    return tab.locator(f'.tour[data-unit="{unit}"]').first


def pins(conference: Conference) -> list[tuple[str, str, int]]:
    scenario = conference.state().scenario
    assert scenario is not None
    return [(pin.offer, pin.line, pin.from_day) for pin in scenario.pins]


def test_a_bar_that_is_moved_says_what_rest_it_breaks_and_what_the_rules_say(tab: Page, tiny: tuple[str, Conference]):
    """The tutorial's battlegroup of Bernia: out for 120 days, home for 120, out again; moved a period on, its rest is gone."""
    address, conference = tiny
    opened(tab, f"{address}/rotation")
    tour = tab.locator(".tour[data-after]").first
    unit, day, days, after = (tour.get_attribute(f"data-{name}") for name in ("unit", "day", "days", "after"))
    box = tour.bounding_box()
    assert box is not None
    assert int(after or 0) - int(day or 0) == 240
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    tab.mouse.move(*middle)
    tab.mouse.down()
    tab.mouse.move(middle[0] + 20, middle[1])
    tab.mouse.move(middle[0] + box["width"] * 120 / int(days or 1), middle[1])
    expect(tab.locator("#calendar-said")).to_contain_text("✕ rest after it none, 1:1 needed")
    tab.mouse.up()
    expect(tab.locator("#drawer h2")).to_have_text(unit or "")
    expect(tab.locator("#drawer")).to_contain_text("the rest between would be none where 1:1 is needed")
    assert pins(conference) == []
    tab.keyboard.press("Escape")
    expect(tab.locator("#drawer")).to_be_hidden()


def test_keys_alone_fix_a_tour_and_take_it_back(tab: Page, tiny: tuple[str, Conference]):
    address, conference = tiny
    opened(tab, f"{address}/rotation")
    tab.locator("#calendar .tour[tabindex='0']").focus()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("ArrowUp")
    focused = tab.locator(".tour:focus")
    unit, day = focused.get_attribute("data-unit"), focused.get_attribute("data-day")
    tab.keyboard.press("Enter")
    button = tab.locator("#pin-form button")
    expect(button).to_have_text("Pin it")
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#said")).to_contain_text("Pinned")
    assert [(offer, from_day) for offer, _, from_day in pins(conference)] == [((unit or "").rpartition("#")[0], int(day or -1))]
    tab.locator("body[data-ready]").wait_for()
    tab.keyboard.press("Control+z")
    expect(tab.locator("#said")).to_contain_text("Undone")
    assert pins(conference) == []


def test_what_the_rules_forbid_cannot_be_sent(tab: Page, tiny: tuple[str, Conference]):
    address, conference = tiny
    conference.change(PLANNER, [_pin("BRN-mechanised_battlegroup", "2", 0)])
    opened(tab, f"{address}/rotation")
    first_tour(tab, "BRN-mechanised_battlegroup#1").click()
    expect(tab.locator("#pin-form")).to_be_visible()
    tab.locator("#pin-form select").select_option("240")
    expect(tab.locator("#drawer h3").filter(has_text="D+240")).to_be_visible()
    assert len(pins(conference)) == 1


def _pin(offer: str, line: str, day: int):
    return Edit("pins", {"offer": offer, "line": line, "from_day": str(day)})


def test_the_keys_plus_and_minus_change_the_part_of_time(tab: Page, tiny: tuple[str, Conference]):
    opened(tab, f"{tiny[0]}/rotation")
    tab.keyboard.press("+")
    tab.wait_for_url(re.compile("zoom=year"))
    tab.locator("body[data-ready]").wait_for()
    tab.keyboard.press("-")
    tab.wait_for_url(re.compile(r"/rotation(?!.*zoom)"))
    assert MOST_ROWS >= tab.locator("#calendar tbody tr").count() > 0


def test_the_slider_leads_through_the_days_of_the_order_of_battle(tab: Page, hand: str):
    opened(tab, f"{hand}/orbat?day=120")
    expect(tab.locator("#orbat-day")).to_contain_text("1 missing")
    tab.locator("input[name=day]").focus()
    for _ in range(4):  # a period of 15 days each
        tab.keyboard.press("ArrowRight")
    expect(tab.locator("#day-words")).to_have_text(re.compile(r"D\+180, 30 Jun 2027"))
    expect(tab.locator("#orbat-day")).to_contain_text("GBR")
    tab.wait_for_url(re.compile("day=180"))


def test_the_map_stays_a_picture_where_it_cannot_be_drawn(browser: Browser, hand: str):
    context = browser.new_context(viewport=DESK)
    context.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page = context.new_page()
    opened(page, f"{hand}/map?day=120")
    expect(page.locator("#still svg.map")).to_be_visible()
    expect(page.locator("#map")).to_be_hidden()
    page.locator("#map-slider").focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    expect(page.locator("#map-table")).to_contain_text("D+183")
    expect(page.locator("#map-table")).to_contain_text("0 of 1")
    context.close()


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
def test_the_map_is_drawn_from_this_host_alone(browser: Browser, chromium: Path, hand: str, size: dict[str, int]):
    arguments = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
    running = browser.browser_type.launch(executable_path=chromium, args=arguments)
    page = running.new_context(viewport=size).new_page()
    said: list[str] = []
    asked: set[str] = set()
    page.on("console", lambda told: None if "GL Driver Message" in told.text else said.append(told.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    opened(page, f"{hand}/map?day=200")
    page.locator("#map[data-ready=yes] canvas").wait_for(timeout=30_000)
    expect(page.locator("#still")).to_be_hidden()
    page.get_by_role("checkbox", name="Sectors").uncheck()
    page.wait_for_url(re.compile("layers=line%2Cforce"))
    assert asked - {""} == {hand.split("/")[2]}
    assert said == []
    running.close()


def test_a_unit_is_put_under_another_formation_by_pointer_and_by_key(tab: Page, hand: str):
    opened(tab, f"{hand}/orbat?day=30")
    row, air = tab.locator('[data-move*="FRA-battlegroup%231"]'), tab.locator('[data-drop="Air"]')
    row.locator("b").hover()
    tab.mouse.down()
    tab.mouse.move(*_middle(tab.locator('[data-drop="1 Brigade"]')), steps=3)     # where it stands already: no place to drop it
    expect(tab.locator(".drop-here, .no-drop")).to_have_count(0)
    tab.mouse.move(*_middle(air), steps=3)
    expect(tab.locator("#orbat-said")).to_have_text("Mechanised battlegroup FRA → under Air")
    expect(air).to_have_class(re.compile("drop-here"))
    tab.keyboard.press("Escape")                                                  # lets go: nothing is asked
    tab.mouse.up()
    expect(tab.locator("#drawer")).to_be_hidden()
    row.locator("b").hover()
    tab.mouse.down()
    tab.mouse.move(*_middle(air), steps=3)
    tab.mouse.up()
    form = tab.locator("#move-form")
    expect(form.locator("[name=under]")).to_have_value("Air")
    form.locator("[name=relation]").select_option("TACON")
    form.locator("[name=until_day]").fill("2027-05-01")
    form.get_by_role("button", name="Put it there").click()
    tab.wait_for_url(re.compile("done=attached"))
    tab.locator("body[data-ready]").wait_for()
    expect(tab.locator("li.attached")).to_contain_text("TACON from 1 Brigade until D+120")
    expect(tab.locator("li.of-away")).to_contain_text("TACON to Air")
    # The same without a mouse: the link beside the row, the form's first field is where one is then.
    tab.get_by_role("link", name="Put under … 1 Brigade").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#move-form [name=under]")).to_be_focused()
    tab.locator("#move-form [name=under]").select_option("Air")
    tab.locator("#move-form [name=until_day]").focus()
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile("done=attached"))
    tab.locator("body[data-ready]").wait_for()
    expect(tab.locator("#attachment-table tbody tr")).to_have_count(2)
    tab.keyboard.press("Control+z")
    tab.locator("#drawer").get_by_role("button", name=re.compile("undo|take.*back", re.IGNORECASE)).click()
    tab.locator("body[data-ready]").wait_for()
    expect(tab.locator("#attachment-table tbody tr")).to_have_count(1)


def _middle(row: Locator) -> tuple[float, float]:
    box = row.bounding_box()
    assert box is not None
    return box["x"] + 90, box["y"] + box["height"] / 2
