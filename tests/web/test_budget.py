"""Budget in, force out on the page of cost and for programs: what is shown, to whom, and without a script."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.hall import OBSERVER, As, application, priced_conference

from contingent.web.guard.viewer import Viewer

ALD = Viewer("Delegate of Alden", "delegate", "ALD", 7, session="a session of a test")


@pytest.fixture(scope="module")
def priced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = priced_conference(tmp_path_factory.mktemp("budget"))
    with TestClient(application(conference), base_url="http://localhost", follow_redirects=False) as client:
        yield client
    conference.close()


def part_of(text: str) -> str:
    """The part of the page on a budget."""
    return text[text.index('<section id="budget">') :].partition("Take the tables along")[0]


def test_the_form_works_without_a_script_and_the_address_holds_the_budget(priced: TestClient):
    page = part_of(priced.get("/cost?budget=300&year=").text)
    assert '<form class="filters by-day" method="get" action="/cost#budget"' in page
    assert re.search(r'<input type="number" name="budget" [^>]*value="300"', page)
    assert "style=" not in page.split("<figure>")[0]
    for table in ("budget-table", "budget-fill-table", "budget-component-table", "budget-line-table", "budget-step-table"):
        assert f'id="{table}"' in page
    assert "hold" in page
    assert "Budget in, force out" in page
    alone = priced.get("/cost?budget=300", headers={"HX-Request": "true", "HX-Target": "held"}).text
    assert "<html" not in alone
    assert 'id="budget-table"' in alone


def test_without_a_budget_the_order_stands_there_and_what_is_no_sum_is_told(priced: TestClient):
    page = part_of(priced.get("/cost").text)
    assert 'id="budget-step-table"' in page
    assert 'id="budget-table"' not in page
    told = part_of(priced.get("/cost?budget=much").text)
    assert "“much” is not a sum of money" in told
    assert priced.get("/cost?budget=1e400&year=99999").status_code == 200
    assert 'value="2030" selected' in part_of(priced.get("/cost?budget=100&year=2030").text)


def test_a_delegate_asks_about_its_own_bill_alone_and_an_observer_about_none(priced: TestClient):
    everybody = priced.get("/api/v1/plans/latest/affordable?budget=3e8").json()
    with As(priced.app, ALD):
        page = part_of(priced.get("/cost?budget=100&nation=CRS").text)
        assert "ALD" in page
        assert not re.search(r"\b(BRN|CRS|DRV)\b", page)
        own = priced.get("/api/v1/plans/latest/affordable?budget=1e8").json()
        assert own["nation"] == "ALD"
        assert {row["nations"] for row in own["posts"]} == {"ALD"}
        assert own["whole"]["value"] < everybody["whole"]["value"]
        assert priced.get("/api/v1/plans/latest/affordable?budget=1e8&nation=CRS").status_code == 403
        assert priced.get("/api/v1/plans/latest/frames/budget_posts").json()["total"] == 0
    with As(priced.app, OBSERVER):
        assert 'id="budget"' not in priced.get("/cost?budget=100").text
        assert priced.get("/api/v1/plans/latest/affordable?budget=1e8").status_code == 403


def test_programs_are_told_the_same_and_what_is_wrong(priced: TestClient):
    told = priced.get("/api/v1/plans/latest/affordable?budget=3e8&year=2030").json()
    assert [row["prices"] for row in told["levels"]] == ["low", "likely", "high"]
    assert all(row["cost"] <= 3e8 for row in told["levels"])
    assert {row["priority"] for row in told["fill"]} == {1, 2, 3}
    assert told["notes"]
    wrong = priced.get("/api/v1/plans/latest/affordable?year=1999&nation=NOB")
    assert (wrong.status_code, [each["table"] for each in wrong.json()["findings"]]) == (422, ["year", "nation"])
    assert priced.get("/api/v1/plans/latest/affordable?budget=-1").status_code == 422
    assert priced.get("/api/v1/plans/latest/affordable?budget=nan").status_code == 422
