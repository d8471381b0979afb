"""An answer of the server may come while the next cell is being written: nobody's writing is lost by it."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from tests.web.browser.test_hall_browser import DESK, cell, ready, write
from tests.web.browser.test_keys_browser import quantity
from tests.web.hall import PLANNER

from contingent.store import Conference, Edit

pytestmark = pytest.mark.browser


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def hold_saving(page: Page) -> Callable[[], None]:
    """Hold back what the page saves next, until the answer is called; what comes after it goes through."""
    held: list[Route] = []
    free = []

    def answer(route: Route) -> None:
        if route.request.method == "POST" and not free:
            held.append(route)
        else:
            route.continue_()

    def let_go() -> None:
        assert len(held) == 1, "the page saves one thing at a time"
        free.append(True)
        held[0].continue_()

    page.route("**/requirements/rows", answer)
    return let_go


def test_an_answer_that_comes_late_takes_nothing_from_the_cells_written_meanwhile(
    tab: Page, address: str, conference: Conference
):
    """The first save is held back; one more cell is written and a third is open when it comes."""
    tab.goto(f"{address}/requirements/edit")
    ready(tab)
    let_go = hold_saving(tab)
    before = {line: quantity(conference, line) for line in ("2", "3", "4", "5")}
    with tab.expect_request("**/requirements/rows"):
        write(tab, "2", "quantity", "11")
    write(tab, "3", "quantity", "12")
    cell(tab, "4", "quantity").dblclick()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("13")
    let_go()
    expect(tab.locator("#grid-saying")).to_have_text("Saved 3.")
    assert (quantity(conference, "2"), quantity(conference, "3"), quantity(conference, "4")) == ("11", "12", before["4"])
    expect(cell(tab, "2", "quantity")).to_have_text("11")
    expect(cell(tab, "2", "quantity")).not_to_have_class(re.compile("tried"))
    field = cell(tab, "4", "quantity").locator("input")
    expect(field).to_be_focused()
    expect(field).to_have_value("13")
    tab.keyboard.press("Enter")
    expect(tab.locator("#grid-saying")).to_have_text("Saved 4.")
    assert quantity(conference, "4") == "13"
    for saved in ("4", "3", "2"):
        tab.locator("#grid-undo").click()
        expect(tab.locator("#grid-saying")).to_have_text("Taken back.")
        expect(cell(tab, saved, "quantity")).to_have_text(before[saved])


def test_a_cell_that_another_changed_while_it_was_being_written_shows_both_values(
    tab: Page, address: str, conference: Conference
):
    tab.goto(f"{address}/requirements/edit")
    ready(tab)
    let_go = hold_saving(tab)
    with tab.expect_request("**/requirements/rows"):
        write(tab, "2", "quantity", "21")
    cell(tab, "4", "quantity").dblclick()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("23")
    theirs = next(row for row in conference.state().rows["requirements"] if row.key == "4")
    conference.change(PLANNER, [Edit("requirements", {**theirs.cells, "quantity": "22"}, theirs.id, theirs.version)])
    let_go()
    expect(tab.locator("#grid-saying")).to_have_text("Saved 2.")
    tab.keyboard.press("Enter")
    panel = tab.locator("#grid-panel")
    expect(panel).to_contain_text("Somebody changed this meanwhile")
    assert panel.locator("tbody tr").inner_text().split() == ["quantity", "22", "23"]
    panel.get_by_role("button", name="Keep what stands now").click()
    expect(cell(tab, "4", "quantity")).to_have_text("22")
    assert quantity(conference, "4") == "22"
