"""Pictures taken along: what leaves the page says its marking and its plan, and says no more than the page."""

import base64
import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.browser.conftest import Whole
from tests.web.browser.test_hall_browser import DESK, ready
from tests.web.hall import DELEGATE, As

from contingent.model.rules import lines_of_option

pytestmark = pytest.mark.browser

INK = """async (png) => {
  const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(png), (each) => each.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(picture.width, picture.height), drawn = canvas.getContext("2d");
  drawn.drawImage(picture, 0, 0);
  const dark = (from, until) => {
    const bytes = drawn.getImageData(0, from, picture.width, until - from).data;
    let count = 0;
    for (let at = 0; at < bytes.length; at += 4) count += bytes[at] < 80 ? 1 : 0;
    return count / (bytes.length / 4);
  };
  const tall = picture.height, band = Math.round(tall / 60);
  return [picture.width, tall, dark(0, band), dark(tall - band, tall), dark(band * 4, tall - band * 4)];
}"""
"""Size of a PNG, and the share of it that is dark: in a strip at its head, one at its foot, and between."""


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def take(page: Page, name: str, what: str) -> bytes:
    """Open the menu of a picture by its name, choose, and return what was saved."""
    page.get_by_role("button", name=f"Take along: {name}").first.click()
    with page.expect_download() as asked:
        page.locator(f"#take [data-take={what}]").click()
    page.keyboard.press("Escape")
    return asked.value.path().read_bytes()


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_the_matrix_is_taken_along_with_its_marking_and_its_plan(tab: Page, whole: Whole):
    tab.goto(f"{whole.address}/requirements")
    ready(tab)
    marking = tab.locator("aside.marking").first.inner_text()
    name = "Statement of requirements"
    drawn = ET.fromstring(take(tab, name, "svg").decode())
    texts = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text") if each.text]
    assert texts.count(marking) == 2
    assert any("plan No 2" in each for each in texts)
    assert {"Line", "Need", "Filled"} <= set(texts)
    # Nothing is needed beside the file: no style sheet, no address but the names of its own language.
    assert not [each for each in drawn.iter() if "class" in each.attrib or "style" in each.attrib]
    assert not re.search(r"https?://(?!www\.w3\.org)", ET.tostring(drawn, encoding="unicode"))
    stored = whole.conference.latest_plan()
    assert stored is not None
    assert stored.scenario is not None
    lines = {row.line for row in lines_of_option(stored.scenario, stored.option)}
    # Sums at the foot stand under no heading.
    told = {row[1].split()[0] for row in rows_of(take(tab, name, "csv"))[1:] if row[0]}
    assert told == lines
    png = take(tab, name, "png")
    width, height, head, foot, between = tab.evaluate(INK, base64.b64encode(png).decode())
    assert (width, height) >= (2 * int(drawn.attrib["width"]), 2 * int(drawn.attrib["height"]))
    assert min(head, foot) > 0.4
    assert 0.005 < between < 0.4


@pytest.mark.parametrize("path", ["/", "/gaps", "/rotation", "/orbat?show=chart", "/cost", "/compare"])
def test_every_page_with_pictures_lets_them_be_taken_along(tab: Page, whole: Whole, path: str):
    tab.goto(whole.address + path)
    ready(tab)
    button = tab.locator("button.take:visible").first
    button.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#take [data-take=svg], #take [data-take=csv]").first).to_be_visible()
    with tab.expect_download() as asked:
        tab.locator("#take [data-take=svg]").click()
    assert tab.locator("aside.marking").first.inner_text() in asked.value.path().read_text()
    tab.keyboard.press("Escape")
    expect(button).to_be_focused()


def test_the_sheet_holds_what_was_chosen_and_its_address_shows_it_to_others(tab: Page, whole: Whole, browser: Browser):
    tab.goto(f"{whole.address}/")
    ready(tab)
    for name in ("The force in five numbers", "Filled, by month"):
        tab.get_by_role("button", name=f"Take along: {name}").click()
        tab.locator("#take [data-take=sheet]").click()
        expect(tab.locator("#take [role=status]")).to_have_text("It is on the briefing sheet.")
        tab.keyboard.press("Escape")
    tab.goto(f"{whole.address}/sheet")
    expect(tab.locator(".on-sheet h2")).to_have_text(["The force in five numbers", "Filled, by month"])
    expect(tab.locator(".on-sheet .numbers > div")).to_have_count(5)
    expect(tab.locator(".on-sheet .note").first).to_contain_text("plan No 2")
    tab.get_by_label("Heading").fill("For the morning brief")
    tab.get_by_role("button", name="Move down: The force in five numbers").click()
    expect(tab.locator(".on-sheet h2")).to_have_text(["Filled, by month", "The force in five numbers"])
    other = browser.new_context().new_page()
    other.goto(tab.url)
    expect(other.locator("h1")).to_have_text("For the morning brief")
    expect(other.locator(".on-sheet h2")).to_have_text(["Filled, by month", "The force in five numbers"])
    other.context.close()
    tab.get_by_role("button", name="Take off the sheet: Filled, by month").click()
    expect(tab.locator(".on-sheet h2")).to_have_text(["The force in five numbers"])


@pytest.mark.parametrize("of", ["//elsewhere.example/#matrix", "https://elsewhere.example/#matrix", "/requirements#<b>"])
def test_the_sheet_asks_nobody_else(tab: Page, whole: Whole, of: str):
    asked = set()
    tab.on("request", lambda request: asked.add(request.url.split("/")[2]))
    tab.goto(f"{whole.address}/sheet?of={of.replace('#', '%23')}")
    tab.locator("#sheet[data-ready]").wait_for(state="attached")
    expect(tab.locator("#sheet-empty")).to_be_visible()
    assert asked == {whole.address.split("/")[2]}


def test_a_delegate_takes_along_its_own_alone_even_by_a_planners_link(tab: Page, whole: Whole):
    """What others pay is not on the page, so it is neither in the file nor on a sheet that a planner put together."""
    scenario = whole.conference.state().scenario
    assert scenario is not None
    others = {row.nation for row in scenario.nations} - {DELEGATE.nation}
    with As(whole.app, DELEGATE):
        tab.goto(f"{whole.address}/cost")
        ready(tab)
        told = rows_of(take(tab, "Who pays, under each scheme", "csv"))
        named = {word for row in told[1:] for word in re.findall(r"\b[A-Z]{3}\b", row[0])}
        assert named == {DELEGATE.nation}
        assert DELEGATE.nation not in others
        tab.goto(f"{whole.address}/sheet?of=/cost%23bill-table&of=/offers%23offers-{min(others)}")
        expect(tab.locator(".on-sheet")).to_have_count(2)
        shown = tab.locator("#bill-table tbody th").all_inner_texts()
        assert {word for each in shown for word in re.findall(r"\b[A-Z]{3}\b", each)} == {DELEGATE.nation}
        expect(tab.locator(".on-sheet .fault")).to_contain_text("not for you")
