"""Risk, ceasefire, contact group and files in a real browser under the policy, with something to show."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.report.sample_risk import risky_plan
from tests.web.hall import PLANNER, application, served

import contingent.monitoring
from contingent.io import write_scenario
from contingent.monitoring.readers.read import read_incidents
from contingent.store import Conference, Edit
from contingent.web.observed import cells_of_incidents

DESK = {"width": 1280, "height": 800}
COUNTS = Path(contingent.monitoring.__path__[0]) / "examples" / "osce_daily_counts.csv"

pytestmark = pytest.mark.browser


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[str]:
    """A conference with a plan that was stressed, incidents and a pledge."""
    scenario, plan = risky_plan()
    conference = Conference.open(tmp_path / "busy.sqlite", create_from=write_scenario(scenario, tmp_path / "busy"))
    conference.add_plan(PLANNER, plan, conference.state().seq, scenario=scenario)
    conference.add_incidents(PLANNER, cells_of_incidents(read_incidents(COUNTS).incidents))
    pledge = {
        "pledge": "P1",
        "donor": scenario.nations[0].nation,
        "item": "trucks",
        "family": "mixed",
        "quantity": "20",
        "announced": "2026-05-01",
    }
    conference.change(PLANNER, [Edit("pledges", pledge)])
    with served(application(conference)) as address:
        yield address
    conference.close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESK)
    yield context.new_page()
    context.close()


def open_page(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("body[data-ready]").wait_for()


def test_a_file_is_brought_in_looked_at_corrected_and_taken_back(tab: Page, busy: str, tmp_path: Path):
    file = tmp_path / "offers.csv"
    file.write_text("offer,nation,unit_type,quantity,Notice (days),Town\nBRE-new,BRE,frigate,3,12,Brest\n")
    open_page(tab, f"{busy}/exchange")
    tab.get_by_label("Workbook (.xlsx), packed folder (.zip)").set_input_files(file)
    tab.get_by_role("button", name="See what it would change").click()
    expect(tab.get_by_label("Notice (days) of offers means")).to_have_value("notice_days")
    tab.get_by_label("Town of offers means").select_option("home")
    tab.get_by_role("button", name="Look again").click()
    expect(tab.locator("#rows-new")).to_contain_text("Brest")
    tab.get_by_label("Name the version that comes of it").fill("Brest offers")
    tab.get_by_role("button", name="Take it in").press("Enter")
    expect(tab.locator(".flash")).to_contain_text("as one change")
    tab.locator("ol.entries li", has_text="BRE-new").get_by_role("button", name=re.compile("Undo")).click()
    open_page(tab, f"{busy}/versions?since=v1")
    expect(tab.locator("#rows-removed")).to_contain_text("BRE-new")


def test_a_report_is_typed_and_stands_in_the_situation(tab: Page, busy: str):
    open_page(tab, f"{busy}/ceasefire")
    tab.get_by_text("Report what happened").press("Enter")
    tab.locator("#report-time").fill("2022-02-25T06:10")
    tab.locator("#report-kind").select_option("drone")
    tab.locator("#report-source").fill("post 7")
    tab.locator("#report-source").press("Enter")
    expect(tab.locator(".flash")).to_contain_text("The report is in")
    open_page(tab, f"{busy}/ceasefire?days=1")
    expect(tab.locator("#answer")).to_contain_text("1 ceasefire violation was reported on 25 February 2022")
