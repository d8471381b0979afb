"""Two people at once in real browsers: what one changes the other sees, and what is computed shows itself."""

import json
import re
import threading

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.hall import PLANNER

from contingent.store import Conference, Edit
from contingent.web.work.worker import Worker

pytestmark = pytest.mark.browser

LONG = 90_000
"""Longest that a computation may take on a busy machine. [ms]"""


def opened(browser: Browser, address: str, said: list[str] | None = None) -> Page:
    page = browser.new_context().new_page()
    if said is not None:
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    page.locator("body[data-listens=yes]").wait_for()
    return page


def raise_need(conference: Conference, quantity: int) -> str:
    row = conference.state().rows["requirements"][1]
    conference.change(PLANNER, [Edit("requirements", {**row.cells, "quantity": str(quantity)}, row.id, row.version)])
    return row.key


def test_what_one_changes_the_other_sees_without_loading(browser: Browser, address: str, conference: Conference):
    said: list[str] = []
    watching = opened(browser, f"{address}/history", said)
    editing = opened(browser, f"{address}/offers")
    watching.evaluate("window.stays = 1")
    expect(watching.locator(".entries")).not_to_contain_text("offers")
    offer = conference.state().rows["offers"][0].key
    editing.goto(f"{address}/offers/form?offer={offer}")
    editing.locator("[name=notice_days]").fill("9")
    editing.locator("form[action='/offers'] button:not([type=button])").first.click()
    expect(watching.locator(".entries")).to_contain_text(offer)
    expect(watching.locator(".masthead")).to_contain_text("tables changed since")
    assert watching.evaluate("window.stays") == 1
    assert said == []
    for page in (watching, editing):
        page.context.close()


def test_who_is_writing_is_not_disturbed(browser: Browser, address: str, conference: Conference):
    page = opened(browser, f"{address}/what-if")
    page.locator("[name=tour_days]").fill("9")
    raise_need(conference, 3)
    expect(page.locator("#news")).to_contain_text("Show it")
    expect(page.locator("[name=tour_days]")).to_have_value("9")
    page.locator("[name=tour_days]").fill("")
    page.locator("#news button").click()
    expect(page.locator("#news button")).to_have_count(0)
    page.context.close()


def test_pages_of_one_browser_share_a_stream_and_all_hear(browser: Browser, address: str, conference: Conference):
    context = browser.new_context()
    streams: list[str] = []
    context.on("request", lambda request: streams.append(request.url) if "/events?" in request.url else None)
    pages = [context.new_page() for _ in range(3)]
    for page in pages:
        page.goto(f"{address}/history")
        page.locator("body[data-ready]").wait_for()
    context.pages[0].locator("body[data-listens=yes]").wait_for()
    line = raise_need(conference, 4)
    for page in pages:
        expect(page.locator(".entries")).to_contain_text(f"requirements {line}")
    assert len(streams) == 1
    # The one that listened is closed: another takes its place.
    pages[0].close()
    pages[1].wait_for_timeout(500)
    raise_need(conference, 5)
    for page in pages[1:]:
        expect(page.locator(".entries")).to_contain_text("5")
    context.close()


def test_incidents_that_a_program_streams_in_show_themselves(browser: Browser, address: str):
    """Batch after batch by the programs' interface, while the page stands open: it shows the new situation by itself."""
    said: list[str] = []
    page = opened(browser, f"{address}/ceasefire", said)
    page.evaluate("window.stays = 1")
    ndjson = {"content-type": "application/x-ndjson"}
    expect(page.locator("#content")).to_contain_text("no report has arrived")
    for day, told in ((1, "1 February 2030"), (2, "2 February 2030")):
        reports = [
            {"incident": f"post 7: {day}.{at}", "time": f"2030-02-0{day}T0{at}:00:00Z", "source": "post 7", "kind": "shelling"}
            for at in range(1, 4)
        ]
        body = "".join(json.dumps(report) + "\n" for report in reports)
        sent = httpx.post(f"{address}/api/v1/incidents", content=body, headers=ndjson, timeout=30)
        assert sent.json()["new"] == 3
        expect(page.locator("#content")).to_contain_text(told, timeout=LONG)
    expect(page.locator("#content")).not_to_contain_text("no report has arrived")
    assert page.evaluate("window.stays") == 1
    assert said == []
    page.context.close()


def test_the_best_so_far_is_seen_as_it_gets_better_and_can_be_kept(browser: Browser, address: str, conference: Conference):
    said: list[str] = []
    number = conference.enqueue(PLANNER, "plan", {})
    conference.claim("a worker")
    page = opened(browser, f"{address}/jobs", said)
    page.evaluate("window.stays = 1")

    def tell(filled: float, most: float, step: str = "posts") -> None:
        by_priority = [{"priority": 1, "filled": filled, "most": most}]
        so_far = {"step": step, "seconds": 100 * filled, "keeps_ceilings": True, "priorities": by_priority}
        conference.progress(number, filled, f"Planning: P1 {100 * filled:.1f} %", so_far=so_far)

    tell(0.5, 1.0)
    row, banner = page.locator(f"[data-job-row='{number}']"), page.locator("#work")
    expect(row.locator("[data-filled]")).to_have_text("50.0 %")
    expect(banner.get_by_role("button", name="Keep the best so far")).to_be_visible()
    tell(0.625, 0.75)
    expect(row.locator("[data-filled]")).to_have_text("62.5 %")
    expect(row.locator("[data-gap]")).to_have_text("12.5 points")
    expect(banner).to_contain_text("P1 62.5 %")
    assert page.evaluate("window.stays") == 1
    banner.get_by_role("button", name="Keep the best so far").press("Enter")
    expect(page.locator(".flash")).to_contain_text("The search is ended")
    assert conference.job(number).is_enough
    tell(0.7, 0.7, "reasons")
    expect(row.locator("[data-step]")).to_contain_text("Settled")
    expect(banner.get_by_role("button", name="Keep the best so far")).to_have_count(0)
    conference.finish(number, {"plan": 1, "ended_early": True})
    expect(row).to_contain_text("ended by hand")
    assert said == []
    page.context.close()


def test_a_comparison_of_four_prints_on_one_sheet(browser: Browser, address: str, conference: Conference):
    stored = conference.latest_plan()
    assert stored is not None
    keys = [conference.add_plan(PLANNER, stored.plan, stored.of_seq) for _ in range(3)]
    page = opened(browser, f"{address}/compare?of={','.join(f'p{key}' for key in [stored.id, *keys])}")
    expect(page.locator("#measures th.side")).to_have_count(5)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 1
    page.context.close()


@pytest.mark.slow
def test_plan_again_from_the_page_shows_how_far_it_is_and_then_the_plan(browser: Browser, address: str, conference: Conference):
    raise_need(conference, 1)
    page = opened(browser, address)
    stop, worker = threading.Event(), Worker(str(conference.database.url.database))
    page.get_by_role("button", name="Plan again").click()
    page.locator("body[data-listens=yes]").wait_for()
    expect(page.locator("#work progress")).to_have_count(1)
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    try:
        expect(page.locator("#plan-chosen")).to_contain_text("No 2", timeout=LONG)
        expect(page.locator("#work progress")).to_have_count(0)
        expect(page.locator(".behind")).to_have_count(0)
    finally:
        stop.set()
        thread.join()
    page.context.close()
