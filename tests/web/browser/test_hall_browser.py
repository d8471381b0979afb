"""The first pages in a real browser under the policy: silent, at home, no wider than the screen, reachable by keyboard."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.web.hall import application, sample_conference, served, tiny_conference

DESK, TELEPHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
AXE = Path(__file__).resolve().parents[3] / "page_parts" / "node_modules" / "axe-core" / "axe.min.js"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    conference = sample_conference(tmp_path_factory.mktemp("sample"))
    with served(application(conference)) as address:
        yield address
    conference.close()


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[str]:
    conference = tiny_conference(tmp_path)
    with served(application(conference)) as address:
        yield address
    conference.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def ready(page: Page) -> None:
    page.locator("body[data-ready]").wait_for()
    if page.locator("#grid").count():
        page.locator("#grid[data-ready]").wait_for()


def test_the_drawer_opens_from_a_cell_and_from_the_keyboard_and_gives_the_focus_back(tab: Page, sample: str):
    tab.goto(f"{sample}/requirements")
    ready(tab)
    tab.locator("td.strip-cell svg").first.click(position={"x": 300, "y": 8})
    expect(tab.locator("#drawer h2")).to_be_visible()
    expect(tab.locator("#drawer")).to_contain_text("Who could fill it on D+")
    tab.keyboard.press("Escape")
    expect(tab.locator("#drawer")).to_be_hidden()
    link = tab.locator("a.gridlink").nth(2)
    link.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#drawer h2")).to_contain_text(link.inner_text())
    tab.keyboard.press("Escape")
    expect(link).to_be_focused()


def test_one_click_asks_once(tab: Page, sample: str):
    """The script of every page is one module, by whatever name pages and other scripts load it."""
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    tab.goto(f"{sample}/requirements")
    ready(tab)
    tab.locator("td.strip-cell svg").first.click(position={"x": 300, "y": 8})
    expect(tab.locator("#drawer h2")).to_be_visible()
    assert sum("/static/page.js" in each for each in asked) == 1
    assert sum("/requirements/line?" in each for each in asked) == 1


def test_a_filter_changes_the_address_and_the_address_shows_the_same(tab: Page, sample: str):
    tab.goto(f"{sample}/requirements")
    ready(tab)
    tab.locator("select[name=priority]").select_option("1")
    tab.wait_for_url("**/requirements?**priority=1**")
    count = tab.locator("a.gridlink").count()
    other = tab.context.new_page()
    other.goto(tab.url)
    assert other.locator("a.gridlink").count() == count > 0


def test_slash_searches_and_enter_goes_there_without_a_mouse(tab: Page, sample: str):
    tab.goto(f"{sample}/")
    ready(tab)
    tab.keyboard.press("/")
    tab.keyboard.type("history")
    tab.locator("#palette-found a", has_text="History").wait_for()
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/history")


def test_help_tells_of_the_page_one_is_on(tab: Page, sample: str):
    tab.goto(f"{sample}/gaps")
    ready(tab)
    tab.keyboard.press("?")
    expect(tab.locator("#help")).to_contain_text("Each reason was found by test")


def test_the_first_tab_skips_to_the_content(tab: Page, sample: str):
    tab.goto(f"{sample}/gaps")
    ready(tab)
    tab.keyboard.press("Tab")
    expect(tab.locator("a.skip")).to_be_focused()
    tab.keyboard.press("Enter")
    assert tab.evaluate("() => document.activeElement.id") == "content"


def test_the_matrix_prints_on_two_broad_sheets_at_most(tab: Page, sample: str):
    tab.goto(f"{sample}/requirements")
    ready(tab)
    printed = tab.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) <= 2
    assert {round(float(width), -1) for width in re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+)", printed)} == {1190.0}


# --------------------------------------------------------------------------------------------------------------- the grid


def cell(page: Page, line: str, column: str):
    row = page.locator(".tabulator-row", has=page.locator(".tabulator-row-header", has_text=line)).first
    return row.locator(f'[tabulator-field="{column}"]')


def write(page: Page, line: str, column: str, value: str) -> None:
    cell(page, line, column).dblclick()
    page.keyboard.press("Control+A")
    page.keyboard.type(value)
    page.keyboard.press("Enter")


def test_two_people_never_lose_each_others_edits(browser: Browser, tiny: str):
    """The second to save sees both values, and chooses; then undo takes it back."""
    one, other = (browser.new_context(viewport=DESK).new_page() for _ in range(2))
    for page in (one, other):
        page.goto(f"{tiny}/requirements/edit")
        ready(page)
    write(one, "4", "quantity", "2")
    expect(one.locator("#grid-saying")).to_have_text("Saved 4.")
    write(other, "4", "quantity", "3")
    panel = other.locator("#grid-panel")
    expect(panel).to_contain_text("Somebody changed this meanwhile")
    assert panel.locator("tbody tr").inner_text().split() == ["quantity", "2", "3"]
    panel.get_by_role("button", name="Write mine over it").click()
    expect(other.locator("#grid-saying")).to_have_text("Saved 4.")
    one.reload()
    ready(one)
    expect(cell(one, "4", "quantity")).to_have_text("3")
    other.locator("#grid-undo").click()
    expect(other.locator("#grid-saying")).to_have_text("Taken back.")
    expect(cell(other, "4", "quantity")).to_have_text("2")
    for page in (one, other):
        page.context.close()


def test_a_block_from_a_spreadsheet_is_pasted_whole(tab: Page, tiny: str):
    """Three lines by four columns, from the quantity on; a bad cell in it would change none of them."""
    tab.goto(f"{tiny}/requirements/edit")
    ready(tab)
    paste(tab, "2", "quantity", "1\t0\t240\tSouth\n2\t0\t360\tNorth\n3\t120\t\tHarbour")
    expect(tab.locator("#grid-saying")).to_have_text("Saved 3 lines.")
    pasted = [cell(tab, "3", name).inner_text() for name in ("quantity", "from_day", "until_day", "location")]
    assert pasted == ["2", "0", "360", "North"]
    paste(tab, "2", "quantity", "7\t0\t240\tSouth\n8\tsoon\t360\tNorth")
    expect(tab.locator("#grid-panel")).to_contain_text("3, from_day")
    tab.get_by_role("button", name="Put back what stood there").click()
    expect(cell(tab, "2", "quantity")).to_have_text("1")


def paste(page: Page, line: str, column: str, block: str) -> None:
    cell(page, line, column).click()
    page.evaluate(
        """(block) => {
            const data = new DataTransfer();
            data.setData("text/plain", block);
            const pasted = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
            document.querySelector(".tabulator").dispatchEvent(pasted);
        }""",
        block,
    )


def test_a_new_line_is_saved_once_it_says_what_it_asks_for(tab: Page, tiny: str):
    tab.goto(f"{tiny}/requirements/edit")
    ready(tab)
    tab.locator("#grid-new input").fill("7")
    tab.keyboard.press("Enter")
    expect(tab.locator(".tabulator-editing input")).to_be_focused()
    tab.keyboard.type("air_defence")
    tab.keyboard.press("Enter")
    expect(tab.locator("#grid-saying")).to_have_text("Saved 7.")


def test_a_gap_is_filled_by_the_keyboard_alone(tab: Page, tiny: str):
    """From the gap nobody offers for, over the form, to an offer that closes it: no mouse."""
    tab.goto(f"{tiny}/gaps?text=air")
    ready(tab)
    offer = tab.get_by_role("link", name="offer it").first
    for _ in range(60):
        tab.keyboard.press("Tab")
        if offer.evaluate("each => each === document.activeElement"):
            break
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/offers/form?**")
    ready(tab)
    for name, text in (("offer", "DRV-battery"), ("nation", "Dravia"), ("quantity", "2")):
        field = tab.locator(f"#field-{name}")
        for _ in range(40):
            if field.evaluate("each => each === document.activeElement"):
                break
            tab.keyboard.press("Tab")
        if name == "quantity":
            tab.keyboard.press("Control+A")
        tab.keyboard.type(text)
    worth = tab.get_by_role("button", name="What is it worth?")
    for _ in range(40):
        if worth.evaluate("each => each === document.activeElement"):
            break
        tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("#worth")).to_contain_text("Closes all gaps of 1 line", timeout=60_000)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/offers?**")
    expect(tab.locator("#said")).to_contain_text("The offer is in.")
