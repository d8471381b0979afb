"""What the keyboard does: help, search, grids, taking back, pasting; a risk accepted and a tour fixed without a mouse."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.browser.test_hall_browser import AXE, DESK, cell, ready
from tests.web.hall import PLANNER, application, served, tiny_conference

from contingent.store import Conference

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def conference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conference]:
    opened = tiny_conference(tmp_path_factory.mktemp("keys"))
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def address(conference: Conference) -> Iterator[str]:
    with served(application(conference)) as found:
        yield found


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=address)
    yield context.new_page()
    context.close()


def quantity(conference: Conference, line: str) -> str:
    return next(row for row in conference.state().rows["requirements"] if row.key == line).cells["quantity"]


def listening(page: Page) -> None:
    """The grid takes no key for 10 ms after a field was closed: a second timer, set after its own, ends after it."""
    page.evaluate("() => new Promise((done) => setTimeout(done, 20))")


def test_arrows_enter_escape_paste_and_undo_in_the_grid(tab: Page, address: str, conference: Conference):
    tab.goto(f"{address}/requirements/edit")
    ready(tab)
    said = tab.locator("#grid-saying")
    cell(tab, "2", "quantity").click()
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("7")
    tab.keyboard.press("Escape")
    expect(tab.locator("input[type=text]:focus")).to_have_count(0)
    assert quantity(conference, "3") == "1", "Esc leaves the cell as it was"
    listening(tab)
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("7")
    tab.keyboard.press("Enter")
    expect(said).to_have_text("Saved 3.")
    assert quantity(conference, "3") == "7"
    cell(tab, "4", "quantity").click()
    tab.keyboard.press("Control+z")
    expect(said).to_have_text("Taken back.")
    assert quantity(conference, "3") == "1"
    tab.evaluate("() => navigator.clipboard.writeText('5\\r\\n6\\r\\n')")
    cell(tab, "2", "quantity").click()
    tab.keyboard.press("Control+v")
    expect(said).to_have_text("Saved 2 lines.")
    assert [quantity(conference, line) for line in ("2", "3")] == ["5", "6"]
    tab.keyboard.press("Control+z")
    expect(said).to_have_text("Taken back.")
    assert [quantity(conference, line) for line in ("2", "3")] == ["2", "1"]


def test_help_search_and_taking_back_on_any_page(tab: Page, address: str, conference: Conference):
    tab.goto(f"{address}/requirements/edit")
    ready(tab)
    cell(tab, "4", "quantity").click()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Control+A")
    tab.keyboard.type("5")
    tab.keyboard.press("Enter")
    expect(tab.locator("#grid-saying")).to_have_text("Saved 4.")
    tab.goto(f"{address}/gaps")
    ready(tab)
    tab.keyboard.press("?")
    expect(tab.locator("#help")).to_contain_text("take back your last change")
    tab.keyboard.press("Escape")
    expect(tab.locator("#help")).to_be_hidden()
    tab.keyboard.press("/")
    expect(tab.locator("#palette-text")).to_be_focused()
    tab.keyboard.press("Escape")
    expect(tab.locator("#palette-text")).to_be_hidden()  # else the field itself takes back what was typed into it
    tab.keyboard.press("Control+z")
    drawer = tab.locator("#drawer")
    expect(drawer).to_contain_text("Take back your last change?")
    expect(drawer.locator("ins")).to_have_text("5")
    tab.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    assert quantity(conference, "4") == "5", "Esc leaves it as it is"
    tab.keyboard.press("Control+z")
    expect(drawer.get_by_role("button", name="Take it back")).to_be_focused()
    tab.keyboard.press("Enter")
    expect(tab.locator("#said")).to_contain_text("Undone")
    assert tab.url.startswith(f"{address}/gaps")
    assert quantity(conference, "4") == "1"
    tab.keyboard.press("Control+z")
    expect(drawer).to_contain_text("There is nothing to take back")


def test_a_risk_is_accepted_and_noted_in_the_drawer(tab: Page, address: str, conference: Conference):
    plan = conference.latest_plan()
    assert plan is not None
    line = plan.plan.gaps["line"][0]
    tab.goto(f"{address}/requirements")
    ready(tab)
    tab.locator("a.gridlink", has_text=line).first.focus()
    tab.keyboard.press("Enter")
    drawer = tab.locator("#drawer")
    drawer.get_by_label("By whom").fill("Force commander")
    drawer.get_by_label("Until").fill("2099-12-31")
    drawer.get_by_label("Reason", exact=True).fill("The harbour master lends his own.")
    drawer.get_by_role("button", name="Accept the risk").click()
    expect(drawer.locator("p.risk")).to_contain_text("✓ Risk accepted by Force commander until 31 Dec 2099")
    expect(tab.locator("#matrix .remark")).to_have_text("✓ accepted")
    drawer.get_by_label("Note", exact=True).fill("Asked twice.\nAsk again.")
    drawer.get_by_role("button", name="Write it").click()
    expect(drawer.locator("ul.notes")).to_contain_text("Asked twice.")
    conference.remarks.accept_risk(
        PLANNER, line, accepted_by="J3", until=conference.remarks.all()[1][0].until, reason="meanwhile", version=1)
    drawer.get_by_role("button", name="Change it").click()
    expect(drawer.locator("[role=alert]")).to_contain_text("Somebody changed this meanwhile")
    drawer.get_by_role("button", name="Withdraw it").click()
    expect(drawer.locator("p.risk")).to_have_count(0)


@pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not there: npm --prefix page_parts ci")
def test_axe_finds_no_serious_fault_where_remarks_are_open(browser: Browser, address: str, conference: Conference):
    plan = conference.latest_plan()
    assert plan is not None
    line = plan.plan.gaps["line"][0]
    conference.remarks.write_note(PLANNER, line, "Asked.")
    until = conference.remarks.write_note(PLANNER, line, "Again.").written_at.date().replace(year=2099)
    conference.remarks.accept_risk(PLANNER, line, accepted_by="J3", until=until, reason="small")
    page = browser.new_context(viewport=DESK, bypass_csp=True).new_page()
    told = []
    for path in ("/gaps", f"/requirements/line?line={line}", "/requirements", "/requirements?view=nations", "/history/last"):
        page.goto(address + path)
        page.evaluate("() => document.querySelectorAll('details').forEach(each => { each.open = true })")
        page.evaluate(AXE.read_text())
        found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        told += [(path, each["id"], each["impact"], each["nodes"][0]["html"][:120]) for each in found["violations"]]
    # The last is a part of a page, looked at by itself.
    whole = [each for each in told if not (each[0] == "/history/last" and each[1] in ("document-title", "html-has-lang"))]
    assert [each for each in whole if each[2] in ("serious", "critical")] == []
    page.context.close()
