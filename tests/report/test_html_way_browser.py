"""The sections on movement, supply and cost in a real browser with the network off; the map of flows plays, pauses and prints."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from tests.report.sample_way import hostile_way, way_plan
from tests.report.test_html_browser import DESK, TELEPHONE, luminance, opened

from contingent.report.flows import flows_of
from contingent.report.html import write_report

pytestmark = pytest.mark.browser

SECTIONS = ("getting", "living", "paying")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("ways")
    return {
        "way": write_report(*way_plan(), folder / "way.html"),
        "hostile": write_report(*hostile_way(), folder / "hostile.html"),
    }


@pytest.fixture
def page(browser: Browser, reports: dict[str, Path]) -> Iterator[Page]:
    page, said, asked = opened(browser, reports["way"], DESK)
    yield page
    assert said == []
    assert asked == [reports["way"].as_uri()]
    page.context.close()


def drawn(page: Page) -> tuple[list[str | None], list[str | None]]:
    """Widths of the ways that are seen, and radii of places."""
    widths = page.locator("#flow-map .flow path").evaluate_all(
        "all => all.map(each => each.getAttribute('display') === 'none' ? null : each.getAttribute('stroke-width'))"
    )
    return widths, page.locator("#flow-map .node circle").evaluate_all("all => all.map(each => each.getAttribute('r'))")


def ways_in_use(step: int) -> list[bool]:
    flows = flows_of(*way_plan())
    assert flows is not None
    return [bool(figure) for figure in flows.tonnes[:, step] > 0]


@pytest.mark.parametrize("size", [DESK, TELEPHONE], ids=["desk", "telephone"])
@pytest.mark.parametrize("name", ["way", "hostile"])
def test_page_is_silent_asks_nothing_and_does_not_scroll_sideways(
    browser: Browser, reports: dict[str, Path], name: str, size: dict[str, int]
):
    page, said, asked = opened(browser, reports[name], size)
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    page.locator("#flow-play").click()
    page.locator("#flow-play").click()
    assert said == []
    assert asked == [reports[name].as_uri()]
    assert page.evaluate("() => document.documentElement.scrollWidth") <= size["width"]
    page.context.close()


def test_without_a_script_the_fullest_week_stands_there(browser: Browser, reports: dict[str, Path]):
    context = browser.new_context(viewport=DESK, offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto(reports["way"].as_uri())
    assert page.locator("#flow-map svg.flows").is_visible()
    assert not page.locator("#flow-player").is_visible()
    flows = flows_of(*way_plan())
    assert flows is not None
    start, end = flows.window(flows.fullest)
    assert f"D+{start} to D+{end - 1}" in page.locator("#flow-said").inner_text()
    assert page.locator("#flow-map .still").is_visible()
    context.close()


def test_the_script_begins_with_the_same_picture(browser: Browser, reports: dict[str, Path], page: Page):
    still: BrowserContext = browser.new_context(viewport=DESK, offline=True, java_script_enabled=False)
    plain = still.new_page()
    plain.goto(reports["way"].as_uri())
    html = plain.content()
    said = plain.locator("#flow-said").inner_text()
    still.close()
    widths, radii = drawn(page)
    flows = flows_of(*way_plan())
    assert flows is not None
    assert [width is not None for width in widths] == ways_in_use(flows.fullest)
    assert html.count("<circle") >= len(radii)
    assert page.locator("#flow-said").inner_text() == said


def test_the_slider_is_moved_by_keys_and_says_where_it_stands(page: Page):
    slider = page.locator("#flow-week")
    slider.focus()
    page.keyboard.press("Home")
    assert page.locator("#flow-said").inner_text().startswith("D-day to D+6")
    assert [width is not None for width in drawn(page)[0]] == ways_in_use(0)
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "D+49 to D+55, from 5 Mar 2027"
    assert [width is not None for width in drawn(page)[0]] == ways_in_use(7)
    assert "D+49 to D+55" in (page.locator("#flow-map svg.flows").get_attribute("aria-label") or "")
    assert not page.locator("#flow-map .still").is_visible()


def test_it_plays_pauses_and_steps(page: Page):
    play = page.locator("#flow-play")
    assert play.inner_text() == "Play"
    before = page.locator("#flow-week").input_value()
    play.click()
    assert play.inner_text() == "Pause"
    page.locator(f"#flow-week:not([value='{before}'])")
    page.wait_for_timeout(700)
    play.click()
    assert play.inner_text() == "Play"
    stopped = int(page.locator("#flow-week").input_value())
    assert stopped > int(before)
    page.keyboard.press("ArrowLeft")
    assert int(page.locator("#flow-week").input_value()) == stopped - 1


def test_people_may_be_drawn_in_place_of_tonnes(page: Page):
    flows = flows_of(*way_plan())
    assert flows is not None
    page.get_by_role("radio", name="people").check()
    assert [width is not None for width in drawn(page)[0]] == [bool(figure) for figure in flows.people[:, flows.fullest] > 0]
    assert page.locator("#flow-widest").inner_text().endswith("people")


def test_on_a_telephone_the_map_begins_where_most_is_handled(browser: Browser, reports: dict[str, Path]):
    page, *_ = opened(browser, reports["way"], TELEPHONE)
    places = page.locator("#flow-map .node circle")
    radii = places.evaluate_all("all => all.map(each => Number(each.getAttribute('r')))")
    box = places.nth(radii.index(max(radii))).bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= TELEPHONE["width"]
    page.context.close()


def test_who_wants_no_motion_steps_by_hand(browser: Browser, reports: dict[str, Path]):
    context = browser.new_context(viewport=DESK, offline=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(reports["way"].as_uri())
    play = page.locator("#flow-play")
    assert play.inner_text() == "Next week"
    before = int(page.locator("#flow-week").input_value())
    play.click()
    page.wait_for_timeout(1000)
    assert int(page.locator("#flow-week").input_value()) == before + 1
    context.close()


def test_it_prints_the_fullest_week_whatever_was_shown(page: Page):
    flows = flows_of(*way_plan())
    assert flows is not None
    page.locator("#flow-week").focus()
    page.keyboard.press("End")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert [width is not None for width in drawn(page)[0]] == ways_in_use(flows.fullest)
    page.emulate_media(media="print")
    assert not page.locator("#flow-player").is_visible()
    page.emulate_media(media="screen")
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert int(page.locator("#flow-week").input_value()) == len(flows.starts) - 1


def test_letters_stand_out_from_their_ground(page: Page):
    """Contrast of 4.5 to 1 or more, heat tables and buttons included."""
    page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
    pairs = page.evaluate("""(names) => {
        const seen = new Set();
        for (const name of names) for (const each of document.querySelectorAll(`#${name} *:not(svg):not(svg *):not(script)`)) {
            if (![...each.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue;
            let ground = each;
            while (ground && getComputedStyle(ground).backgroundColor === 'rgba(0, 0, 0, 0)') ground = ground.parentElement;
            const behind = ground ? getComputedStyle(ground).backgroundColor : 'rgb(255, 255, 255)';
            seen.add(getComputedStyle(each).color + '|' + behind);
        }
        return [...seen];
    }""", list(SECTIONS))
    assert len(pairs) >= 8
    for pair in pairs:
        text, ground = (luminance(colour) for colour in pair.split("|"))
        assert (max(text, ground) + 0.05) / (min(text, ground) + 0.05) >= 4.5, pair


def test_every_control_has_a_name_and_room_for_a_finger(page: Page):
    for role in ("button", "slider", "radio"):
        for control in page.locator("#flow-player").get_by_role(role).all():
            assert control.evaluate("each => each.ariaLabel || each.innerText || each.labels[0].innerText").strip()
    heights = page.locator("#flow-player button, #flow-week, #flow-player label").evaluate_all(
        "all => all.map(each => each.getBoundingClientRect().height)")
    assert min(heights) >= 40


def test_no_picture_is_higher_than_a_printed_page(browser: Browser, reports: dict[str, Path]):
    page, *_ = opened(browser, reports["way"], {"width": 696, "height": 1000})
    page.emulate_media(media="print")
    pictures = page.locator("#getting svg, #living svg, #paying svg")
    heights = pictures.evaluate_all("all => all.map(each => each.getBoundingClientRect().height)")
    assert max(heights) <= 265 / 25.4 * 96
    for sections, width in (("section:not(.broad)", 696), ("section.broad", 1500)):
        tables = page.locator(f"{sections} table.heat")
        assert max(tables.evaluate_all("all => all.map(each => each.getBoundingClientRect().width)")) <= width, "A4, or A3 across"
    page.context.close()
