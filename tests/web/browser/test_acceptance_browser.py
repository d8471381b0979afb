"""What the pages must be able to do before a conference is held on them: each point, and the test that shows it.

The points that no other room of the tests shows are shown here, on the tutorial's island.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.conftest import CHROMIUM_ARGUMENTS
from tests.web.browser.test_hall_browser import ready, write
from tests.web.hall import PLANNER

from contingent.plan import REASONS
from contingent.report.words import reason_words
from contingent.store import Conference
from contingent.web.pages import PAGES

TESTS = Path(__file__).resolve().parents[2]
HALL, CALENDAR = "web/browser/test_hall_browser.py", "web/browser/test_calendar_browser.py"
KEYS = "web/browser/test_keys_browser.py"
HERE, WHOLE = "web/browser/test_acceptance_browser.py", "web/browser/test_whole_browser.py"

POINTS = {
    "the fill matrix shows every line, and each state has text": (
        "web/test_pages.py", "test_the_matrix_has_every_line_and_each_state_in_words"),
    "an edited need changes a number of the overview": (HERE, "test_an_edited_need_changes_the_overview"),
    "a block of three by four is pasted": (HALL, "test_a_block_from_a_spreadsheet_is_pasted_whole"),
    "a stale edit opens a panel with both values": (HALL, "test_two_people_never_lose_each_others_edits"),
    "a stale form does too": ("web/browser/test_conference_browser.py", "test_a_conference_is_held"),
    "a delegate cannot fetch another nation's offers, nor by address": (
        "web/browser/test_conference_browser.py", "test_a_conference_is_held"),
    "every gap has a reason": ("web/test_pages.py", "test_every_gap_has_a_reason"),
    "each reason occurs, is told in words and can be filtered by": (HERE, "test_each_reason_is_told_and_found"),
    "the planner finds each reason": ("generation/test_reasons.py", "test_a_line_of_lower_priority_is_outranked"),
    "a bar that is dragged over its rest says so with the figure": (
        CALENDAR, "test_a_bar_that_is_moved_says_what_rest_it_breaks_and_what_the_rules_say"),
    "a plan beside itself differs in nothing": (HERE, "test_a_plan_beside_itself_is_grey_throughout"),
    "a workbook taken out and brought in again changes nothing": (HERE, "test_a_workbook_comes_back_as_it_went"),
    "pages work with the network off": (HERE, "test_every_page_works_with_the_network_off"),
    "no request leaves the host, nothing is said at the console, 1280 x 800 does not scroll sideways": (
        WHOLE, "test_every_page_is_sound_on_desk_telephone_and_paper"),
    "axe finds nothing serious": (WHOLE, "test_every_page_is_sound_on_desk_telephone_and_paper"),
    "every page prints short, marked, without navigation": (
        WHOLE, "test_every_page_is_sound_on_desk_telephone_and_paper"),
    "each picture leaves its page as PNG, SVG and figures with its marking and plan": (
        "web/browser/test_take_browser.py", "test_the_matrix_is_taken_along_with_its_marking_and_its_plan"),
    "the matrix prints on two pages at most": (HALL, "test_the_matrix_prints_on_two_broad_sheets_at_most"),
    "a gap is filled by the keyboard alone": (HALL, "test_a_gap_is_filled_by_the_keyboard_alone"),
    "arrows, Enter, Esc, Ctrl+V and Ctrl+Z do in the grid what they say": (
        KEYS, "test_arrows_enter_escape_paste_and_undo_in_the_grid"),
    "?, / and Ctrl+Z do so on any page": (KEYS, "test_help_search_and_taking_back_on_any_page"),
    "a gap's risk is accepted: by, until, reason": (KEYS, "test_a_risk_is_accepted_and_noted_in_the_drawer"),
}  # fmt: skip
"""Point -> file and name of its test."""

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(("file", "test"), sorted(set(POINTS.values())), ids=lambda each: each)
def test_every_point_has_its_test(file: str, test: str):
    tree = ast.parse((TESTS / file).read_text(encoding="utf-8"))
    assert test in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_an_edited_need_changes_the_overview(tab: Page, address: str):
    """On its fullest day the island asks for 160 + 2 x 800 + 400 + 2 x 40 + 160 + 400 people; one battlegroup more is 400."""
    needed = tab.locator(".numbers div", has_text="people needed").locator(".value")
    tab.goto(address)
    assert only_digits(needed) == 2800
    tab.goto(f"{address}/requirements/edit")
    ready(tab)
    write(tab, "6", "quantity", "2")
    expect(tab.locator("#grid-saying")).to_have_text("Saved 6.")
    tab.goto(address)
    assert only_digits(needed) == 3200
    expect(tab.locator(".behind")).to_be_visible()


def only_digits(found) -> int:
    return int(re.sub(r"\D", "", found.inner_text()))


def test_each_reason_is_told_and_found(tab: Page, address: str, conference: Conference):
    """A plan whose gaps have every reason that there is, one after the other."""
    stored = conference.latest_plan()
    assert stored is not None
    gap = stored.plan.gaps.head(1)
    days = [(reason, 20 * at, 20 * at + 20) for at, reason in enumerate(REASONS)]
    rows = [
        gap.with_columns(
            pl.lit(reason).alias("reason"), pl.lit(since, dtype=pl.Int64).alias("from_day"),
            pl.lit(until, dtype=pl.Int64).alias("until_day"), pl.lit(f"the reason is {reason}").alias("detail"))
        for reason, since, until in days
    ]  # fmt: skip
    conference.add_plan(PLANNER, replace(stored.plan, gaps=pl.concat(rows)), stored.of_seq, scenario=stored.scenario)
    for reason in REASONS:
        tab.goto(f"{address}/gaps")
        tab.get_by_role("form", name="Filters").get_by_label("Reason").select_option(reason)
        tab.wait_for_url(f"**reason={reason}**")
        assert reason_words(reason) in tab.locator(".gap-list").text_content().casefold()
        assert f"the reason is {reason}" in tab.locator(".gap-list").text_content()


def test_a_plan_beside_itself_is_grey_throughout(tab: Page, address: str, conference: Conference):
    stored = conference.latest_plan()
    assert stored is not None
    conference.add_plan(PLANNER, stored.plan, stored.of_seq, scenario=stored.scenario)
    tab.goto(f"{address}/compare?of=p1,p2")
    rows = tab.locator("#measures tbody tr:not(.group)")
    assert rows.count() > 4
    assert tab.locator("#measures tbody tr.alike").count() == rows.count()
    assert set(tab.locator("#measures .delta").all_inner_texts()) <= {"", "0", "–", "="}
    expect(tab.locator("main")).to_contain_text("None: every line is filled alike on every day.")


def test_a_workbook_comes_back_as_it_went(tab: Page, address: str, conference: Conference, tmp_path: Path):
    before = conference.state().seq
    tab.goto(f"{address}/exchange")
    with tab.expect_download() as asked:
        tab.get_by_role("link", name="Workbook of all tables").click()
    asked.value.save_as(tmp_path / "tiny.xlsx")
    tab.locator("#table-file").set_input_files(tmp_path / "tiny.xlsx")
    tab.get_by_role("button", name="See what it would change").click()
    expect(tab.locator("main")).to_contain_text("changes nothing")
    assert conference.state().seq == before


def test_every_page_works_with_the_network_off(chromium: Path, browser: Browser, address: str):
    """No name can be looked up, and nothing but this machine is in reach."""
    nothing = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"
    arguments = [*CHROMIUM_ARGUMENTS, nothing, "--proxy-server=127.0.0.1:9", "--proxy-bypass-list=127.0.0.1"]
    running = browser.browser_type.launch(executable_path=chromium, args=arguments)
    page, failed = running.new_page(), list[str]()
    # What a page gives up because another is opened has not failed.
    page.on("requestfailed", lambda request: failed.append(request.url) if request.failure != "net::ERR_ABORTED" else None)
    for each in PAGES:
        page.goto(address + each.path)
        ready(page)
        assert page.locator("h1").count() == 1
    assert failed == []
    running.close()
