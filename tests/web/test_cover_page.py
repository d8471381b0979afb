"""Requirements by sector as an answer: the table, its mark in the address, a cell told, what a delegate learns, the figures."""

import csv
import io
import re
from collections.abc import Iterator
from html import unescape

import polars as pl
import pytest
from starlette.testclient import TestClient
from tests.web.hall import DELEGATE, OBSERVER, As, application, sample_conference, tiny_conference
from tests.web.test_pages import HERE, words_of

from contingent.report.cover import COVER_COLUMNS, cover_by_sector
from contingent.web.seen import seen_plan, seen_scenario
from contingent.web.sharing import COARSER


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = tiny_conference(tmp_path_factory.mktemp("tiny"))
    with TestClient(application(conference), base_url=HERE) as client:
        yield client
    conference.close()


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = sample_conference(tmp_path_factory.mktemp("sample"))
    with TestClient(application(conference), base_url=HERE) as client:
        yield client
    conference.close()


def marked(text: str) -> int:
    return len(re.findall(r'class="c\d+ low"', text))


def test_the_mark_of_the_address_is_the_mark_of_the_cells(tiny: TestClient):
    """North: mechanised May to July at 50 %, August at 54, infantry four months at nothing; South eight; air defence twelve."""
    usual = tiny.get("/requirements?view=sectors").text
    assert marked(usual) == 4 + 4 + 8 + 12
    assert marked(tiny.get("/requirements?view=sectors&under=54").text) == 3 + 4 + 8 + 12
    assert marked(tiny.get("/requirements?view=sectors&under=50").text) == 4 + 8 + 12
    assert "Longest hole under 80 %: Air defence, in no sector (Harbour), 360 days" in words_of(usual)
    assert 'name="under" min="1" max="100" value="80"' in usual
    assert tiny.get("/requirements?view=sectors&under=0").status_code == 422
    # Without script it is a form that is sent: its other fields are those of the address.
    kept = tiny.get("/requirements?view=sectors&priority=2&under=54").text
    form = kept[kept.index('id="mark-form"') :].partition("</form>")[0]
    assert 'name="priority" value="2"' in form
    assert 'name="view" value="sectors"' in form
    assert marked(kept) == 8 + 12
    assert "under=54" in re.search(r'href="([^"]*view=nations[^"]*)"', kept)[1]


def test_a_cell_tells_which_units_give_it_and_which_lines_ask(tiny: TestClient):
    """August of the North: two battlegroups from 29 Aug, 3 days each, and one until then, 28 days: 34 of 62."""
    text = tiny.get("/requirements?view=sectors").text
    links = [unescape(each) for each in re.findall(r'<td class="c[^>]*><a href="([^"]+)"', text)]
    link = next(each for each in links if "capability=mechanised&" in each and each.endswith("day=212"))
    part = tiny.get(link, headers={"HX-Request": "true"}).text
    words = words_of(part)
    assert "Mechanised: North sector, Aug 2030" in words
    assert "34 of 62 unit-days" in words
    given = re.findall(r'<td class="number">(\d+)</td></tr>', part)
    assert sorted(map(int, given)) == [3, 3, 28]
    assert 'hx-get="/requirements/line?line=2"' in part
    assert "Longest hole under 80 %: 120 days, from D+120, 1 May 2030 to D+240, 29 Aug 2030" in words
    whole = tiny.get(link).text
    assert "<h1>Mechanised: North sector, Aug 2030</h1>" in whole
    assert tiny.get("/requirements/cell?capability=infantry&sector=Nowhere").status_code == 404
    assert tiny.get("/requirements/cell?capability=infantry&sector=South&priority=1").status_code == 404
    empty = words_of(tiny.get("/requirements/cell?capability=infantry&sector=South&day=0").text)
    assert "Nothing is asked for then" in empty


def test_a_delegate_learns_of_others_what_is_shared_and_no_more(sample: TestClient):
    """Reasons that would tell of a nation's terms read alike in every cell; figures are those of the plan for everybody."""
    stored = sample.app.state.conference.latest_plan()
    gaps = stored.plan.gaps.filter(pl.col("reason").str.split(";").list.eval(pl.element().is_in(list(COARSER))).list.any())
    assert gaps.height
    capability, day = gaps.select("capability", "from_day").row(0)
    line = stored.scenario.requirement_by_line[gaps["line"][0]]
    cover = cover_by_sector(stored.scenario, stored.plan)
    (sector,) = cover_by_sector(stored.scenario, stored.plan, lines=[line.line])["sector"].unique()
    asked = {"capability": capability, "sector": sector or "", "day": str(day)}
    part = {"HX-Request": "true"}
    told = words_of(sample.get("/requirements/cell", params=asked, headers=part).text)
    private = ("caveat", "notice", "ceiling", "not ready")
    assert any(word in told.casefold() for word in private)
    for viewer in (DELEGATE, OBSERVER):
        with As(sample.app, viewer):
            seen = words_of(sample.get("/requirements/cell", params=asked, headers=part).text).casefold()
            page = sample.get("/requirements?view=sectors").text
            answer = sample.get("/api/v1/plans/latest/cover?limit=500").json()
        assert "which units give it" in seen
        assert "not available" in seen
        assert not [word for word in private if word in seen]
        assert marked(page) == marked(sample.get("/requirements?view=sectors").text)
        mine = cover_by_sector(seen_scenario(stored.scenario, viewer), seen_plan(stored.plan, stored.scenario, viewer))
        assert mine.equals(cover)
        assert answer["total"] == cover.height


def test_programs_get_the_figures_as_json_and_csv(tiny: TestClient):
    answer = tiny.get("/api/v1/plans/latest/cover?limit=500").json()
    rows = list(csv.DictReader(io.StringIO(tiny.get("/api/v1/plans/1/cover.csv").text)))
    assert list(rows[0]) == list(answer["columns"]) == list(COVER_COLUMNS)
    assert len(rows) == answer["total"] == len(answer["rows"])
    august = next(row for row in answer["rows"] if (row["capability"], row["month"]) == ("mechanised", "Aug 2030"))
    assert (august["sector"], august["required"], august["filled"]) == ("North", 62.0, 34.0)
    assert any(row["sector"] is None for row in answer["rows"])
    assert tiny.get("/api/v1/plans/99/cover").status_code == 404
