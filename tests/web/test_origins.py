"""Where numbers come from: every table and headline number of the pages has an origin, and each origin names what is there."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from tests.web.hall import DELEGATE, As, application, whole_conference

from contingent.model.rows import TABLES
from contingent.plan import Plan
from contingent.web.origins import MARKS, ORIGINS, PAGE_ORIGINS, origin_of

PAGES = ("overview", "gaps", "cost", "supply", "movement", "risk", "aid")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = whole_conference(tmp_path_factory.mktemp("whole"))
    with TestClient(application(conference), base_url="http://127.0.0.1") as opened:
        yield opened
    conference.close()


def test_each_origin_names_tables_and_frames_that_there_are():
    known = {row.table for row in TABLES}
    for name, each in {**ORIGINS, **PAGE_ORIGINS}.items():
        assert each.mark in MARKS, name
        assert set(each.tables) <= known, name
        assert all(hasattr(Plan, frame) or frame in Plan.__dataclass_fields__ for frame in each.frames), name
        assert each.formula.endswith("."), name


@pytest.mark.parametrize("page", PAGES)
def test_every_table_of_a_page_has_an_origin_of_its_own_or_its_pages(client: TestClient, page: str):
    text = client.get({"overview": "/", "aid": "/aid/status"}.get(page, f"/{page}")).text
    names = set(re.findall(r'<table[^>]* id="([\w-]+)"', text))
    assert names
    for name in names:
        told = client.get("/origin", params={"of": name, "on": page}).text
        assert "Nothing is written down" not in told, name
        assert re.search(r'class="mark (fact|assumption|computed|rows)"', told), name
        assert "What goes into it" in told, name
    if page in ("cost", "supply", "movement", "gaps"):
        assert names - {"movement-map"} <= set(ORIGINS), names - set(ORIGINS)


def test_the_five_numbers_of_the_overview_lead_to_their_origins(client: TestClient):
    text = client.get("/").text
    links = re.findall(r'class="value"><a href="(/origin\?of=([\w-]+)[^"]*)"', text)
    assert [name for _, name in links] == ["people-needed", "people-offered", "deployed-peak", "priority-filled", "cost-a-year"]
    for address, name in links:
        told = client.get(address.replace("&amp;", "&")).text
        assert origin_of(name, "overview").formula.split(".")[0] in told
        assert "Plan 2" in told


def test_an_origin_says_how_many_rows_are_facts_and_how_many_assumptions(client: TestClient):
    """The bundled rates say of themselves what they are: the page counts them as the table does."""
    rates = client.app.state.conference.state().scenario.rates
    told = client.get("/origin?of=rate-table&on=cost").text
    for status, words in (("assumption", "≈ assumption"), ("sourced", "● fact"), ("derived", "∑ derived")):
        count = sum(row.status == status for row in rates)
        assert (f"{words} {count}" in told) == (count > 0)


def test_a_delegate_is_told_of_its_own_rows_alone(client: TestClient):
    with As(client.app, DELEGATE):
        told = client.get("/origin?of=people-offered&on=overview").text
    own = sum(row.nation == DELEGATE.nation for row in client.app.state.conference.state().scenario.offers)
    counted = re.search(r"table=offers[^>]*>offers</a></th><td class=\"number\">([\d\u202f]+)", told)
    assert counted is not None
    assert int(counted[1].replace("\u202f", "")) == own


def test_what_nobody_wrote_down_says_so(client: TestClient):
    assert "Nothing is written down" in client.get("/origin?of=nothing&on=nowhere").text


