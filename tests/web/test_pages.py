"""The first pages as answers: what they show, to whom, and what they take in."""

import json
import re
from collections.abc import Iterator
from html import unescape
from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest
from starlette.testclient import TestClient
from tests.report.sample_plan import sample_plan
from tests.web.hall import DELEGATE, OBSERVER, As, application, sample_conference, tiny_conference, whole_conference

from contingent.io import read_scenario
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.report.words import grouped
from contingent.web.candidates import candidates_for
from contingent.web.pages import PAGES
from contingent.web.wording import points

HERE = "http://127.0.0.1"
READ = [page.path for page in PAGES] + [
    "/requirements?view=nations", "/requirements?view=sectors&under=70", "/requirements?group=nation&sort=missing&state=gap",
    "/requirements/line?line=L-001", "/find?q=fig", "/ceasefire/line",
]  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = sample_conference(tmp_path_factory.mktemp("sample"))
    with TestClient(application(conference), base_url=HERE) as client:
        yield client
    conference.close()


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[TestClient]:
    conference = tiny_conference(tmp_path)
    with TestClient(application(conference), base_url=HERE) as client:
        yield client
    conference.close()


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', page)
    assert found
    return found[1]


def sign(client: TestClient) -> dict[str, str]:
    return {"x-csrf-token": token_in(client.get("/offers").text)}


def words_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


# ------------------------------------------------------------------------------------------------------------------ every page


@pytest.mark.parametrize("path", READ)
@pytest.mark.parametrize("viewer", [None, DELEGATE, OBSERVER], ids=["planner", "delegate", "observer"])
def test_every_page_opens_for_everybody_with_its_marking_twice(sample: TestClient, path: str, viewer):
    if viewer is None:
        answer = sample.get(path)
    else:
        with As(sample.app, viewer):
            answer = sample.get(path)
    if viewer is OBSERVER and path == "/what-if":
        assert answer.status_code == 403
        return
    assert answer.status_code == 200
    marking = sample.app.state.conference.state().scenario.settings.marking
    assert answer.text.count(f">{marking}</aside>") == 2


@pytest.mark.parametrize(("viewer", "has_own"), [(DELEGATE, True), (OBSERVER, False)], ids=["delegate", "observer"])
def test_risk_speaks_of_an_own_nation_only_to_those_who_have_one(sample: TestClient, viewer, has_own: bool):
    with As(sample.app, viewer):
        text = words_of(sample.get("/risk").text)
    assert "Shown are results that are shared" in text
    assert ("cases of your own nation" in text) == has_own


@pytest.mark.parametrize("path", READ)
def test_no_page_has_a_script_or_a_style_inside(sample: TestClient, path: str):
    text = sample.get(path).text
    assert re.findall(r"<script(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"\s(?:style|on[a-z]+)=\"", text) == []
    assert re.findall(r"(?:src=|<link[^>]*href=|action=|hx-\w+=)\"(?:https?:)?//", text) == []


def test_the_navigation_names_every_page_once_and_marks_where_one_is(sample: TestClient):
    text = sample.get("/gaps").text
    side = text[text.index('<nav class="side"') : text.index("</nav>")]
    assert re.findall(r">([A-Z][^<]+)</a>", side) == [page.title for page in PAGES]
    assert re.findall(r'href="([^"]+)" aria-current="page"', side) == ["/gaps"]


def test_a_plan_that_is_asked_for_goes_along_with_every_link(sample: TestClient):
    text = sample.get("/requirements?plan=1").text
    side = text[text.index('<nav class="side"') : text.index("</nav>")]
    assert all(link.endswith("?plan=1") for link in re.findall(r'href="([^"]+)"', side))
    assert '<option value="1" selected>' in text


def test_files_are_found_by_name_alone_and_kept_for_good_by_their_content(sample: TestClient):
    text = sample.get("/").text
    (address,) = re.findall(r'href="(/static/page\.css\?v=[0-9a-f]+)"', text)
    answer = sample.get(address)
    assert "immutable" in answer.headers["cache-control"]
    assert sample.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code == 304
    for name in ("../frame.py", "..%2Fframe.py", "frame.py", "page.css%00", "%2e%2e/frame.py"):
        assert sample.get(f"/static/{name}").status_code == 404


def test_the_parts_of_others_are_shown_with_their_licences(sample: TestClient):
    text = sample.get("/about").text
    manifest = json.loads((files("contingent") / "page_parts" / "manifest.json").read_text())
    for part in manifest:
        assert f"<b>{part['name']}</b>" in text
        assert part["version"] in text
        assert sample.get(f"/parts/{part['licence_file']}").status_code == 200


# -------------------------------------------------------------------------------------------------------- the fill matrix


def test_the_matrix_has_every_line_and_each_state_in_words(sample: TestClient):
    scenario, plan = sample_plan()
    text = sample.get("/requirements").text
    lines = [line.line for line in scenario.requirements if not line.option or plan.option in line.option]
    assert [line for line in lines if f'<span class="serial">{line}</span>' not in text] == []
    days = pl.col("until_day") - pl.col("from_day")
    sums = plan.coverage.group_by("line").agg(needed=(pl.col("required") * days).sum(), held=(pl.col("filled") * days).sum())
    whole = sum(held >= needed - 1e-6 for needed, held in sums.select("needed", "held").iter_rows() if needed > 0)
    assert f"{whole} ● filled" in words_of(text)


def test_filters_leave_only_what_fits_and_say_how_many(sample: TestClient):
    every = sample.get("/requirements").text
    some = sample.get("/requirements?priority=1").text
    count = len(re.findall(r'class="serial"', some))
    assert 0 < count < len(re.findall(r'class="serial"', every))
    assert f"{count} of " in words_of(some)
    assert "No line fits these filters" in sample.get("/requirements?text=nowhere").text


def test_people_by_nation_add_up_to_those_of_the_plan(sample: TestClient):
    scenario, plan = sample_plan()
    text = sample.get("/requirements?view=nations").text
    foot = text[text.index("<tfoot>") : text.index("</tfoot>")]
    total = re.findall(r"<b>([^<]+)</b>", foot)[-1]
    horizon = scenario.horizon.days
    tours = plan.tours.select("people", "from_day", "until_day").iter_rows()
    person_days = sum(people * (min(until, horizon) - start) for people, start, until in tours)
    assert total == grouped(person_days / horizon)


def test_a_line_tells_where_it_comes_from_who_serves_and_who_could(sample: TestClient):
    _, plan = sample_plan()
    line, nation = plan.tours.select("line", "nation").row(0)
    text = words_of(sample.get("/requirements/line", params={"line": line}, headers={"HX-Request": "true"}).text)
    assert "What it asks for" in text
    assert "● serves" in words_of(
        sample.get("/requirements/line", params={"line": line, "day": str(plan.tours["from_day"][0])}).text)
    assert sample.get("/requirements/line", params={"line": "no such"}).status_code == 404
    assert nation in {row.nation for row in sample.app.state.conference.state().scenario.nations}


def test_a_delegate_sees_candidates_of_its_own_nation_alone(sample: TestClient):
    scenario, _ = sample_plan()
    others = {offer.offer for offer in scenario.offers if offer.nation != "BRE"}
    with As(sample.app, DELEGATE):
        for line in scenario.requirements:
            text = sample.get("/requirements/line", params={"line": line.line}).text
            table = text.partition("Who could fill it")[2]
            assert re.findall(r"<b>(?!BRE)[A-Z]{3}</b> \d", table) == []
        text = sample.get("/offers").text
    assert [offer for offer in others if f"{offer} " in text or f"{offer}<" in text] == []


# ---------------------------------------------------------------------------------------------------------- what is written


def test_an_edited_cell_is_saved_and_a_stale_one_comes_back_with_both_values(tiny: TestClient):
    found = tiny.get("/requirements/rows").json()
    row = next(row for row in found["rows"] if row["key"] == "5")
    edit = {"key": "5", "row": row["row"], "version": row["version"], "cells": {**row["cells"], "quantity": "2"}}
    saved = tiny.post("/requirements/rows", json={"edits": [edit]}, headers=sign(tiny))
    assert saved.status_code == 200
    assert next(row for row in saved.json()["rows"] if row["key"] == "5")["cells"]["quantity"] == "2"
    stale = tiny.post(
        "/requirements/rows", json={"edits": [{**edit, "cells": {**row["cells"], "quantity": "3"}}]}, headers=sign(tiny))
    assert stale.status_code == 409
    (conflict,) = stale.json()["conflicts"]
    assert conflict["differing"] == [["quantity", "2", "3"]]
    assert tiny.app.state.conference.state().scenario.requirement_by_line["5"].quantity == 2


def test_a_batch_with_one_bad_cell_changes_nothing_and_says_which(tiny: TestClient):
    rows = tiny.get("/requirements/rows").json()["rows"][:2]
    edits = [
        {"key": row["key"], "row": row["row"], "version": row["version"], "cells": {**row["cells"], "priority": "3"}}
        for row in rows
    ]
    edits[1]["cells"]["location"] = "Nort"
    answer = tiny.post("/requirements/rows", json={"edits": edits}, headers=sign(tiny))
    assert answer.status_code == 422
    assert [(each["key"], each["column"], each["nearest"]) for each in answer.json()["findings"]] == [("2", "location", "North")]
    assert {row.priority for row in tiny.app.state.conference.state().scenario.requirements[:2]} == {1}


def test_without_the_mark_of_the_session_nothing_is_written(tiny: TestClient):
    edit = {"key": "1", "cells": None, "row": 1, "version": 1}
    assert tiny.post("/requirements/rows", json={"edits": [edit]}).status_code == 403
    assert tiny.post("/offers", data={"offer": "X"}).status_code == 403


BATTERIES = {"offer": "DRV-battery", "nation": "DRV", "unit_type": "air_defence_battery", "quantity": "2", "notice_days": "0"}


def test_what_an_offer_is_worth_is_said_before_it_is_made(tiny: TestClient):
    """Two batteries hold line 5 throughout: 360 of the 960 unit-days that priority 2 asks for."""
    text = words_of(tiny.post("/offers/worth", data=BATTERIES, headers=sign(tiny)).text)
    assert "Closes all gaps of 1 line, raises priority-2 fill by 37.5 points." in text
    assert "DRV-battery" not in tiny.app.state.conference.state().scenario.offer_by_name


def test_an_offer_is_taken_in_withdrawn_and_put_back(tiny: TestClient):
    conference = tiny.app.state.conference
    answer = tiny.post("/offers", data=BATTERIES, headers=sign(tiny), follow_redirects=False)
    assert answer.status_code == 303
    assert conference.state().scenario.offer_by_name["DRV-battery"].quantity == 2
    row = next(row for row in conference.state().rows["offers"] if row.key == "DRV-battery")
    gone = {"offer": row.key, "version": str(row.version)}
    assert tiny.post("/offers/withdraw", data=gone, headers=sign(tiny), follow_redirects=False).status_code == 303
    assert "DRV-battery" not in conference.state().scenario.offer_by_name
    last = conference.history(limit=1)[0]
    assert tiny.post("/history/undo", data={"seq": str(last.seq)}, headers=sign(tiny), follow_redirects=False).status_code == 303
    assert "DRV-battery" in conference.state().scenario.offer_by_name


def test_a_bad_offer_comes_back_with_what_is_wrong_at_its_field(tiny: TestClient):
    answer = tiny.post("/offers", data={**BATTERIES, "unit_type": "air_defence_batery", "quantity": "two"}, headers=sign(tiny))
    assert answer.status_code == 422
    wrong = [unescape(each) for each in re.findall(r'class="wrong">([^<]+)<', answer.text)]
    assert any("Nearest: air_defence_battery" in each for each in wrong)
    assert any("'two' is not a whole number" in each for each in wrong)


def test_a_delegate_offers_for_its_own_nation_whatever_the_form_says(tiny: TestClient):
    delegate = DELEGATE.__class__("Delegate of Dravia", "delegate", "DRV", 9, session="s")
    with As(tiny.app, delegate):
        mark = sign(tiny)
        tiny.post("/offers", data={**BATTERIES, "nation": "ALD"}, headers=mark)
        taken = tiny.post("/offers", data={**BATTERIES, "offer": "ALD-headquarters"}, headers=mark)
        worth = tiny.post("/offers/worth", data={**BATTERIES, "offer": "ALD-headquarters"}, headers=mark)
    offers = tiny.app.state.conference.state().scenario.offer_by_name
    assert offers["DRV-battery"].nation == "DRV"
    assert offers["ALD-headquarters"].nation == "ALD"
    assert taken.status_code == 422
    assert "names of your offers begin with your nation" in words_of(worth.text)


def test_every_gap_has_a_reason(sample: TestClient):
    text = sample.get("/gaps").text
    _, plan = sample_plan()
    shown = re.findall(r'<li id="|<div class="head">', text)
    assert len(shown) == min(25, plan.gaps["line"].n_unique())
    assert all(re.search(r"short: <b>[^<]+\.</b>", each) for each in text.split('<div class="head">')[1:])


def test_a_search_finds_a_line_an_offer_and_a_page(sample: TestClient):
    scenario, _ = sample_plan()
    line, offer = scenario.requirements[0].line, scenario.offers[0].offer
    for text, kind in ((line, "line"), (offer, "offer"), ("history", "page")):
        found = sample.get("/find", params={"q": text}, headers={"HX-Request": "true"}).text
        assert f'<span class="kind">{kind}</span>' in found


def test_points_are_written_with_their_sign():
    assert [points(change) for change in (0.021, -0.004, 0.0)] == ["+2.1", "−0.4", "0.0"]


def test_a_page_that_is_not_there_looks_like_the_others(sample: TestClient):
    text = sample.get("/no-such-page").text
    links = re.findall(r'<link rel="[a-z]+" href="([^"]+)"', text)
    assert "/static/page.css" in links
    assert [sample.get(link).status_code for link in links] == [200] * len(links)


def test_settings_are_told_in_words_to_who_may_not_change_them(tiny: TestClient):
    with As(tiny.app, OBSERVER):
        told = words_of(tiny.get("/conference").text)
    assert re.search(r"Dwell ratio [0-9.]+ Days at home", told)
    assert "left_out" not in told
    assert "None" not in told


def test_where_plans_stand_nobody_is_told_to_make_the_first(sample: TestClient):
    told = words_of(sample.get("/jobs").text)
    assert "Nothing was computed yet" in told
    assert "makes the first plan" not in told
    assert "“Plan again” at the head" in told


def test_units_at_rest_are_told_as_a_sentence():
    scenario = read_scenario("tiny")
    plan = make_plan(scenario, PlanOptions(replications=0, onward=False))
    rests = plan.tours.filter(pl.col("rested_day") > pl.col("until_day"))
    told = set[str]()
    for line, day in rests.select("line", "until_day").iter_rows():
        asked = next(each for each in scenario.requirements if each.line == line)
        told |= {each.sentence for each in candidates_for(scenario, asked, plan, day=day) if each.standing == "resting"}
    assert told
    sentence = re.compile(r"(The one unit|All [a-z0-9]+ units) at rest, (the first )?until D\+\S+\.")
    assert [each for each in told if not sentence.fullmatch(each)] == []


@pytest.mark.parametrize("number", ["9" * 5_000, "٣", "1.5"])
def test_a_number_of_any_length_or_script_in_a_form_or_an_address_is_no_fault_of_the_server(sample: TestClient, number: str):
    """Python reads no number of more than 4,300 digits: the page answers as it does to any other word that is none."""
    for path in ("/versions", "/history"):
        for since in (number, f"v{number}"):
            assert sample.get(path, params={"since": since}).status_code in (200, 404, 422)
    assert sample.get("/compare", params={"of": f"p{number},w{number}"}).status_code in (200, 404)
    mark = sign(sample)
    forms = {
        "/history/undo": {"seq": number}, "/versions/restore": {"version": number, "of_seq": number},
        "/versions/plans": {"number": number},
    }  # fmt: skip
    for path, form in forms.items():
        assert sample.post(path, data=form, headers=mark, follow_redirects=False).status_code in (303, 422), path


def test_a_pledge_is_not_taken_out_by_a_version_that_nobody_can_read(tmp_path: Path):
    conference = whole_conference(tmp_path)
    with TestClient(application(conference), base_url=HERE) as client:
        pledge = conference.state().rows["pledges"][0].key
        form = {"key": pledge, "version": "9" * 5_000}
        assert client.post("/aid/pledges/out", data=form, headers=sign(client), follow_redirects=False).status_code == 303
        assert pledge in {row.key for row in conference.state().rows["pledges"]}
    conference.close()


def test_an_observer_is_told_why_no_offers_stand_there(sample: TestClient):
    with As(sample.app, OBSERVER):
        text = sample.get("/offers").text
    assert "Offers are not shown to you" in text
    assert "No offers yet" not in text
    assert "no offers" not in text
    assert "No offers yet" not in sample.get("/offers").text
