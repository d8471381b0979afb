"""All pages with something on each: sound by axe, silent, at home, no wider than the screen, short on paper. One server."""

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from starlette.testclient import TestClient
from tests.web.browser.conftest import Whole
from tests.web.browser.test_hall_browser import AXE, DESK, TELEPHONE, ready

from contingent.web.pages import PAGES

pytestmark = pytest.mark.browser

FURTHER = (
    "/requirements?view=nations", "/requirements?view=sectors", "/requirements/edit", "/requirements/line?line=L-001",
    "/offers/form", "/gaps?view=table", "/rotation?view=lines", "/orbat?show=chart", "/compare?of=p1,p2", "/aid/status",
    "/map/sectors",
)  # fmt: skip
PATHS = (*(page.path for page in PAGES), *FURTHER)
AGAIN = ("/compare?of=p1,p2", "/aid/status")
"""The same elements as on another page, in another frame."""
COMES = {
    "/": "#rules .state", "/aid": "#donor-table", "/ceasefire": "#sector-table", "/risk": "#smallest-table",
    "/map": "#map[data-ready]",
}  # fmt: skip
"""What comes after the page itself: waited for where it is to be looked at."""

SHEETS = {"/about": 2,
    "/": 2, "/offers": 4, "/gaps": 2, "/risk": 10, "/rotation": 5, "/rotation?view=lines": 5, "/orbat": 2, "/orbat?show=chart": 2,
    "/map": 3, "/movement": 7, "/supply": 4, "/cost": 5, "/compare": 4, "/ceasefire": 8, "/aid": 20, "/sources": 15,
    "/requirements?view=sectors": 2, "/requirements/edit": 2, "/requirements/line?line=L-001": 2, "/offers/form": 4,
    "/gaps?view=table": 2, "/compare?of=p1,p2": 4, "/aid/status": 20,
}  # fmt: skip
"""Sheets of paper that a page may take; those that are not named here may take one."""

LOOK = """() => {
  document.querySelectorAll('details').forEach((each) => { each.open = true; });
  return document.documentElement.scrollWidth;
}"""
AXE_RUN = "(how) => axe.run(document, { resultTypes: ['violations'], ...how })"
RULES = {"rules": {"target-size": {"enabled": True}}}
RULES_BUT_COLOURS = {"rules": {"target-size": {"enabled": True}, "color-contrast": {"enabled": False}}}
"""All rules: WCAG 2.2 asks for room for a finger, which axe looks for only where it is asked."""
OF_WIDTH = {"runOnly": {"type": "rule", "values": [
    "aria-hidden-focus", "button-name", "label", "link-name", "nested-interactive", "scrollable-region-focusable",
    "meta-viewport", "select-name", "target-size"]}}  # fmt: skip
"""What is otherwise on a telephone: the rest was looked at on the desk, in the same elements."""
NARROWED = ("/", "/requirements", "/map", "/rotation", "/orbat", "/offers/form")
"""Pages that are laid out otherwise on a telephone: looked at by all rules but that of colours, which are the same."""


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: npm --prefix page_parts ci")
@pytest.mark.parametrize("paths", [PATHS[::2], PATHS[1::2]], ids=["one-half", "other-half"])
def test_every_page_is_sound_on_desk_telephone_and_paper(browser: Browser, whole: Whole, paths: tuple[str, ...]):
    """Under the policy: silent, nobody else asked, short and marked on paper, no sideways scroll, no serious fault by axe."""
    context = browser.new_context(viewport=DESK)
    page = context.new_page()
    said, asked = overheard(page)
    long, wide, faults = list[tuple[str, int]](), list[tuple[str, int]](), list[tuple[str, str, str]]()
    for path in paths:
        page.set_viewport_size(DESK)
        open_whole(page, whole, path)
        sheets = printed(page)
        if sheets > SHEETS.get(path, 1):
            long.append((path, sheets))
        for size in (DESK, TELEPHONE):
            page.set_viewport_size(size)
            if (width := page.evaluate(LOOK)) > size["width"]:
                wide.append((path, width))
            if path not in AGAIN:
                how = RULES if size is DESK else RULES_BUT_COLOURS if path in NARROWED else OF_WIDTH
                faults += [(path, *each) for each in faults_of(page, how)]
    context.close()
    assert faults == []
    assert wide == []
    assert long == []  # paths with the sheets that they took
    assert said == []
    assert asked <= {whole.address.split("/")[2], "here"}


def printed(page: Page) -> int:
    """Print a page, which leaves out what only screens need and carries its marking; the sheets of paper that it takes."""
    marking = page.locator("aside.marking").first.text_content()
    page.emulate_media(media="print")
    assert page.locator("nav.side:visible, button:visible, .tools:visible, form.filters:visible").count() == 0, page.url
    page.emulate_media(media="null")
    sheets = page.pdf(prefer_css_page_size=True)
    assert marking in text_of_margins(page), page.url
    return len(re.findall(rb"/Type\s*/Page\b", sheets))


def faults_of(page: Page, how: dict[str, Any]) -> list[tuple[str, str]]:
    """Serious and critical faults by axe, each with the first element that has it."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(AXE_RUN, how)["violations"]
    return [(each["id"], each["nodes"][0]["html"][:160]) for each in found if each["impact"] in ("serious", "critical")]


def overheard(page: Page) -> tuple[list[str], set[str]]:
    """What a page says at its console, and whom it asks, from now on."""
    said, asked = list[str](), set[str]()
    page.on("console", lambda told: None if "GL Driver Message" in told.text else said.append(f"{page.url}: {told.text}"))
    page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
    page.on("request", lambda request: asked.add(request.url.split("/")[2] if "://" in request.url else "here"))
    return said, asked


def open_whole(page: Page, whole: Whole, path: str) -> None:
    page.goto(whole.address + path)
    ready(page)
    if path in COMES:
        page.locator(COMES[path]).first.wait_for(state="attached", timeout=60_000)


STAFF = re.compile(r"D\+\d|\b\d{6}Z[A-Z]{3}\d{2}\b|\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4}\b")
"""Days and moments as staffs and newspapers write them."""


def test_the_switch_of_days_holds_on_every_page(whole: Whole):
    """In ISO no page, drawer or table has another form of a date; the switch itself names both. Fields to be typed over stay."""
    with TestClient(whole.app, base_url=whole.address) as client:
        military = client.get("/gaps").text
        assert STAFF.search(said_in(military))
        switched = client.get("/days", params={"as": "iso", "back": "/gaps?priority=1"}, follow_redirects=False)
        assert (switched.status_code, switched.headers["location"]) == (303, "/gaps?priority=1")
        assert client.get("/days?as=iso&back=//elsewhere.example", follow_redirects=False).headers["location"] == "/"
        for path in (*PATHS, "/map/table?day=90"):
            text = said_in(client.get(path).text)
            assert not STAFF.search(text), (path, STAFF.search(text))
        start = whole.conference.state().scenario.settings.start_date
        assert f"{start.isoformat()} to " in client.get("/gaps").text
        client.get("/days?as=military")
        assert said_in(client.get("/gaps").text) == said_in(military)


def said_in(page: str) -> str:
    """The text of a page without its tags, its fields and its scripts."""
    return re.sub(r"<[^>]*>", " ", re.sub(r"(?s)<(script|textarea|style)\b.*?</\1>", " ", page))


def text_of_margins(page: Page) -> str:
    """What the style sheet puts into the margin of each printed page."""
    return str(page.evaluate("""() => [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules])
      .filter((rule) => rule instanceof CSSPageRule).map((rule) => rule.cssText).join(' ')"""))


def test_each_line_of_a_legend_is_drawn(browser: Browser, whole: Whole):
    """On screen too: a style that is for paper alone once took the dashed line of "on paper" away."""
    page = browser.new_page(viewport=DESK)
    open_whole(page, whole, "/risk")
    shown = page.locator(".legend path.on-paper").evaluate_all("all => all.map((each) => getComputedStyle(each).display)")
    page.close()
    assert shown
    assert "none" not in shown


def test_the_matrix_fills_its_frame_on_a_wide_screen(browser: Browser, whole: Whole):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    open_whole(page, whole, "/requirements")
    widths = "(each) => [each.clientWidth, each.firstElementChild.scrollWidth]"
    room, taken = page.locator(".grid-scroll:has(#matrix)").evaluate(widths)
    page.close()
    assert taken <= room
    assert taken > 0.95 * room
