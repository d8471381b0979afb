"""Notes, accepted risks, versions restored, sums by month, pins from a line, one's last change: who sees and does what."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from starlette.testclient import TestClient
from tests.report.sample_plan import sample_plan
from tests.web.conftest import Clock, Opened
from tests.web.hall import DELEGATE, OBSERVER, PLANNER, As, application, sample_conference
from tests.web.test_pages import HERE, sign, words_of

from contingent.report.words import percent
from contingent.store import Conference, Edit
from contingent.web.guard.viewer import Viewer
from contingent.web.matrix import line_rows
from contingent.web.matrix_foot import foot_of

DELEGATE_OF_OTHERS = Viewer("Delegate of Alderland", "delegate", "ALD", 9, session="a third session")
IN_DWELL, ON_TERMS = "L-007", "L-001"
"""A gap that rests on rest alone, and one that rests on when a nation is ready."""

ACCEPTED = {"accepted_by": "Force commander", "until": "2027-03-01", "reason": "The depot takes it over.", "audience": "all"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    conference = sample_conference(tmp_path_factory.mktemp("sample"))
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as client:
        yield client
    conference.close()


@pytest.fixture
def sample(made: TestClient) -> Iterator[TestClient]:
    """The conference with no remark on it, on 26 November 2026."""
    made.app.state.identity.clock = lambda: datetime(2026, 11, 26, 9, tzinfo=UTC)
    yield made
    conference = made.app.state.conference
    notes, risks = conference.remarks.all()
    for note in notes:
        conference.remarks.take_out_note(PLANNER, note.id)
    for risk in risks:
        conference.remarks.withdraw_risk(PLANNER, risk.line, version=risk.version)


def post(client: TestClient, path: str, **fields: object):
    return client.post(path, data=fields, headers=sign(client))


def accept(client: TestClient, line: str, **changes: object):
    return post(client, "/gaps/accept", **{**ACCEPTED, "line": line, **changes})


def of_line(client: TestClient, line: str) -> str:
    return words_of(client.get("/requirements/line", params={"line": line}).text)


# ------------------------------------------------------------------------------------------------------------ accepted risks


def test_an_accepted_gap_says_so_on_every_page_and_to_everybody_who_sees_it(sample: TestClient):
    answer = accept(sample, IN_DWELL, back="/gaps?priority=1")
    assert (answer.status_code, answer.headers["location"]) == (303, "/gaps?priority=1&done=accepted")
    for viewer in (None, DELEGATE, OBSERVER):
        with As(sample.app, viewer or sample.app.state.identity.of(None)):
            gap = words_of(sample.get("/gaps", params={"text": IN_DWELL}).text)
            told = "✓ Risk accepted by Force commander until 1 Mar 2027: The depot takes it over."
            assert told in gap
            assert told in of_line(sample, IN_DWELL)
            assert "The gap goes on beyond that day." in gap
            matrix = sample.get("/requirements").text
            (mark,) = re.findall(r'title="(Risk accepted[^"]+)"', matrix)
            assert mark == "Risk accepted by Force commander until 1 Mar 2027"
            assert "1 is accepted" in words_of(sample.get("/").text)
            assert "2027-03-01,true,The depot takes it over." in sample.get("/gaps/accepted.csv").text
    lines = set(sample_plan()[1].gaps["line"])
    assert f"Of {len(lines)} lines with a gap 1 is accepted" in words_of(sample.get("/").text)


def test_an_acceptance_that_ran_out_says_so(sample: TestClient):
    accept(sample, IN_DWELL)
    sample.app.state.identity.clock = lambda: datetime(2027, 3, 1, 23, 59, tzinfo=UTC)
    assert "✓ Risk accepted" in of_line(sample, IN_DWELL)
    sample.app.state.identity.clock = lambda: datetime(2027, 3, 2, 0, 1, tzinfo=UTC)
    assert "▲ The acceptance ran out on 1 Mar 2027; it was by Force commander" in of_line(sample, IN_DWELL)
    assert "▲ ran out" in sample.get("/requirements").text
    assert "0 are accepted ; the acceptance of 1 has run out" in words_of(sample.get("/").text)
    assert IN_DWELL in sample.get("/gaps", params={"risk": "over"}).text
    assert IN_DWELL not in sample.get("/gaps", params={"risk": "accepted", "text": IN_DWELL}).text.partition("gap-list")[2]
    assert "▲ ran out" in sample.get("/requirements?view=nations").text


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (ON_TERMS, "It comes a month late."),
        (IN_DWELL, "Brennia rests its battlegroups until spring."),
        (IN_DWELL, "BRE-light_battlegroup is promised elsewhere."),
    ],
    ids=["rests on terms", "names a nation", "names an offer"],
)
def test_a_reason_that_would_tell_of_one_nation_is_kept_from_others(sample: TestClient, line: str, reason: str):
    names = {row.nation: row.name for row in sample.app.state.conference.state().scenario.nations}
    reason = reason.replace("Brennia", names["BRE"])
    assert accept(sample, line, reason=reason).headers["location"].endswith("done=accepted-kept")
    assert reason in of_line(sample, line)
    for viewer in (DELEGATE, DELEGATE_OF_OTHERS, OBSERVER):
        with As(sample.app, viewer):
            pages = ["/gaps?text=" + line, f"/requirements/line?line={line}", "/requirements", "/", "/history",
                     "/history?table=accepted_risks", "/gaps/accepted.csv", "/api/v1/accepted-risks",
                     "/api/v1/history?limit=1000", "/api/v1/changes?since=1"]  # fmt: skip
            told = {path: sample.get(path).text for path in pages}
        assert [path for path, text in told.items() if reason in text] == []
        assert "The reason is kept by the planners." in told[f"/requirements/line?line={line}"]
        assert "Force commander" in told["/gaps/accepted.csv"], "that it is accepted, and by whom, is seen"


def test_two_who_accept_one_risk_see_both_values(sample: TestClient):
    accept(sample, IN_DWELL)
    page = accept(sample, IN_DWELL, reason="Mine.")
    assert page.status_code == 409
    assert "The depot takes it over." in page.text
    assert "Mine." in page.text
    drawer = sample.post("/gaps/accept", data={**ACCEPTED, "line": IN_DWELL, "reason": "Mine."},
                         headers={**sign(sample), "HX-Request": "true"})  # fmt: skip
    assert (drawer.status_code, "<html" in drawer.text) == (409, False)
    assert "Somebody changed this meanwhile; nothing was written" in drawer.text
    (version,) = set(re.findall(r'name="version" value="(\d+)"', drawer.text.partition("/gaps/accept")[2]))
    assert accept(sample, IN_DWELL, reason="Mine.", version=version).status_code == 303
    assert post(sample, "/gaps/withdraw", line=IN_DWELL, version=version).status_code == 409
    assert post(sample, "/gaps/withdraw", line=IN_DWELL, version=int(version) + 1).status_code == 303
    assert "Risk accepted by" not in of_line(sample, IN_DWELL)


@pytest.mark.parametrize(
    "changes",
    [
        {"until": "2026-11-25"}, {"until": "soon"}, {"reason": " "}, {"accepted_by": ""}, {"line": "L-0007"}, {"version": "x"},
    ],
    ids=lambda each: next(iter(each)),
)
def test_a_risk_is_accepted_for_a_line_by_somebody_until_a_day_to_come(sample: TestClient, changes: dict[str, str]):
    answer = accept(sample, IN_DWELL, **changes) if "line" not in changes else accept(sample, changes["line"])
    assert answer.status_code == 422
    assert sample.app.state.conference.remarks.all() == ([], [])


def test_a_delegate_accepts_nothing(sample: TestClient):
    with As(sample.app, DELEGATE):
        assert accept(sample, IN_DWELL).status_code == 403
        assert "/gaps/accept" not in sample.get("/gaps").text.replace("/gaps/accepted", "")
    assert sample.app.state.conference.remarks.all() == ([], [])


# ------------------------------------------------------------------------------------------------------------------- notes


NOTED = (
    f"/requirements/line?line={IN_DWELL}", "/requirements/notes.csv", "/api/v1/notes", "/history?table=notes",
    "/api/v1/history?table=notes",
)  # fmt: skip


def test_a_note_is_read_by_those_it_is_for(sample: TestClient):
    post(sample, "/requirements/notes", line=IN_DWELL, text="for planners", audience="planners")
    post(sample, "/requirements/notes", line=IN_DWELL, text="for all", audience="all")
    with As(sample.app, DELEGATE):
        answer = post(sample, "/requirements/notes", line=IN_DWELL, text="for my nation", audience="all")
        assert answer.headers["location"] == "/gaps?done=noted"
    notes = ("for planners", "for all", "for my nation")
    expected = {None: notes, DELEGATE: notes[1:], DELEGATE_OF_OTHERS: notes[1:2], OBSERVER: notes[1:2]}
    for viewer, read in expected.items():
        with As(sample.app, viewer or sample.app.state.identity.of(None)):
            for path in NOTED:
                text = sample.get(path).text
                assert tuple(note for note in notes if note in text) == read, (viewer, path)
            words = {3: "three notes", 2: "two notes", 1: "one note"}[len(read)]
            assert f'aria-label="{words}"' in sample.get("/requirements").text
    assert f"for {DELEGATE.nation}," in of_line(sample, IN_DWELL)


def test_a_note_is_taken_out_by_whose_it_is(sample: TestClient):
    post(sample, "/requirements/notes", line=IN_DWELL, text="of a planner", audience="all")
    with As(sample.app, DELEGATE):
        post(sample, "/requirements/notes", line=IN_DWELL, text="of a nation")
    one, other = sample.app.state.conference.remarks.all()[0]
    with As(sample.app, DELEGATE):
        assert post(sample, "/requirements/notes/out", line=IN_DWELL, note=one.id).status_code == 404
    with As(sample.app, DELEGATE_OF_OTHERS):
        assert post(sample, "/requirements/notes/out", line=IN_DWELL, note=other.id).status_code == 404
    with As(sample.app, OBSERVER):
        assert post(sample, "/requirements/notes", line=IN_DWELL, text="x").status_code == 403
    with As(sample.app, DELEGATE):
        assert post(sample, "/requirements/notes/out", line=IN_DWELL, note=other.id).status_code == 303
    assert post(sample, "/requirements/notes/out", line=IN_DWELL, note=one.id).status_code == 303
    assert post(sample, "/requirements/notes/out", line=IN_DWELL, note=one.id).status_code == 422
    assert sample.app.state.conference.remarks.all() == ([], [])


def test_what_is_written_is_shown_as_text(sample: TestClient):
    post(sample, "/requirements/notes", line=IN_DWELL, text="<script>alert(1)</script>", audience="all")
    accept(sample, IN_DWELL, accepted_by='"><b>bold', reason="=1+1")
    for path in ("/gaps", "/requirements", f"/requirements/line?line={IN_DWELL}", "/history"):
        text = sample.get(path).text
        assert "<script>alert" not in text
        assert "<b>bold" not in text
    assert "'=1+1" in sample.get("/gaps/accepted.csv").text


def test_a_text_to_a_nation_tells_it_nothing_of_others(sample: TestClient):
    scenario = sample.app.state.conference.state().scenario
    offers = {offer.offer: offer.nation for offer in scenario.offers}
    text = sample.get("/gaps").text
    found = re.findall(r'<textarea readonly[^>]*aria-label="Text to ([^"]+) about (L-\d+)">(.*?)</textarea>', text, re.DOTALL)
    assert len(found) > 20
    for whom, line, written in found:
        assert f"line {line} of the statement of requirements" in written
        named = {nation for offer, nation in offers.items() if offer in written}
        assert named <= {whom}, (whom, written)
    with As(sample.app, DELEGATE):
        assert "Ask a nation" not in sample.get("/gaps").text


# ----------------------------------------------------------------------------------------------------------------- programs


def test_programs_note_and_accept_too(sample: TestClient):
    given = {"line": IN_DWELL, "accepted_by": "J3", "until": "2027-01-31", "reason": "small"}
    headers = sign(sample)
    risk = sample.put("/api/v1/accepted-risks", json=given, headers=headers).json()
    assert (risk["version"], risk["holds"], risk["audience"]) == (1, True, "all")
    stale = sample.put("/api/v1/accepted-risks", json={**given, "reason": "other"}, headers=headers)
    assert (stale.status_code, stale.json()["conflicts"][0]["current"]["reason"]) == (409, "small")
    assert sample.put("/api/v1/accepted-risks", json={**given, "line": "L-0007"}, headers=headers).json()["findings"][0][
        "nearest"] == IN_DWELL  # fmt: skip
    assert sample.get("/api/v1/accepted-risks", params={"line": IN_DWELL}).json()["items"] == [risk]
    assert sample.delete(f"/api/v1/accepted-risks/{risk['id']}?version=7", headers=headers).status_code == 409
    assert sample.delete(f"/api/v1/accepted-risks/{risk['id']}?version=1", headers=headers).status_code == 204
    assert sample.delete(f"/api/v1/accepted-risks/{risk['id']}?version=1", headers=headers).status_code == 404
    note = sample.post("/api/v1/notes", json={"line": IN_DWELL, "text": "ask"}, headers=headers).json()
    assert (note["audience"], note["written_by"]) == ("planners", "Planner on this machine")
    assert sample.get("/api/v1/notes", params={"line": "L-002"}).json()["total"] == 0
    assert sample.delete(f"/api/v1/notes/{note['id']}", headers=headers).status_code == 204
    kinds = [each["kind"] for each in sample.get("/api/v1/history", params={"key": IN_DWELL, "limit": 4}).json()]
    assert kinds == ["note", "note", "risk", "risk"]


# ------------------------------------------------------------------------------------- versions, one's last change, fixing


def test_a_version_is_restored_from_what_was_seen(sample: TestClient):
    conference: Conference = sample.app.state.conference
    version = conference.name_version(PLANNER, f"as agreed {conference.head().seq}")
    row = conference.state().rows["offers"][0]
    before = conference.state().scenario
    conference.change(PLANNER, [Edit("offers", {**row.cells, "quantity": "9"}, row.id, row.version)])
    text = sample.get("/versions", params={"since": f"v{version.id}"}).text
    assert "one changed row" in text
    (seen,) = re.findall(r'name="of_seq" value="(\d+)"', text)
    (row, other) = conference.state().rows["offers"][:2]
    conference.change(PLANNER, [Edit("offers", {**other.cells, "quantity": "8"}, other.id, other.version)])
    late = post(sample, "/versions/restore", version=version.id, of_seq=seen)
    assert (late.status_code, conference.state().rows["offers"][0].cells["quantity"]) == (409, "9")
    with As(sample.app, DELEGATE):
        assert post(sample, "/versions/restore", version=version.id, of_seq=conference.state().seq).status_code == 403
        assert "Restore it" not in sample.get("/versions", params={"since": f"v{version.id}"}).text
    done = post(sample, "/versions/restore", version=version.id, of_seq=conference.state().seq)
    assert done.headers["location"] == f"/versions?since=v{version.id}&done=restored"
    assert conference.state().scenario == before
    last = sample.get("/history/last").text
    assert f"restores the version “{version.name}”" in last
    (seq,) = re.findall(r'name="seq" value="(\d+)"', last)
    assert post(sample, "/history/undo", seq=seq, back="/gaps?priority=1").headers["location"] == "/gaps?priority=1&done=undone"
    assert conference.state().rows["offers"][0].cells["quantity"] == "9"
    api = sample.post(f"/api/v1/versions/{version.id}/restore", json={"of_seq": conference.state().seq}, headers=sign(sample))
    assert len(api.json()["rows"]) == 2
    assert conference.state().scenario == before


def test_one_takes_back_one_s_last_change_and_then_the_one_before(sample: TestClient):
    conference: Conference = sample.app.state.conference
    (row, other) = conference.state().rows["offers"][:2]
    for each in (row, other):
        conference.change(PLANNER, [Edit("offers", {**each.cells, "source": "first or second"}, each.id, each.version)])
    conference.remarks.write_note(PLANNER, IN_DWELL, "is no row, and taken out by its button")
    for each in (other, row):
        last = sample.get("/history/last", params={"back": "//elsewhere"}).text
        assert each.key in last
        assert 'name="back" value="/"' in last
        (seq,) = re.findall(r'name="seq" value="(\d+)"', last)
        post(sample, "/history/undo", seq=seq)
    stands = conference.state().rows["offers"][:2]
    assert [dict(each.cells) for each in stands] == [dict(row.cells), dict(other.cells)]
    with As(sample.app, DELEGATE_OF_OTHERS):
        assert "There is nothing to take back" in sample.get("/history/last").text


def test_a_candidate_is_fixed_and_let_go_from_the_line(sample: TestClient):
    conference: Conference = sample.app.state.conference
    text = sample.get("/requirements/line", params={"line": "L-003", "day": 60}).text
    form = re.search(r'action="/rotation/pin"(.*?)</form>', text, re.DOTALL)
    assert form
    fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    sent = {name: fields[name].replace("&amp;", "&") for name in ("offer", "line", "from_day", "back")}
    answer = post(sample, "/rotation/pin", **sent)
    assert answer.headers["location"] == "/requirements/line?line=L-003&day=60&done=pinned"
    (pin,) = conference.state().rows["pins"]
    assert (pin.cells["offer"], pin.cells["line"], pin.cells["from_day"]) == (fields["offer"], "L-003", fields["from_day"])
    text = sample.get("/requirements/line", params={"line": "L-003", "day": 60}).text
    assert "▪ fixed" in text
    assert f'href="/what-if?offer={fields["offer"]}"' in text
    post(sample, "/rotation/unpin", offer=pin.cells["offer"], line="L-003", from_day=pin.cells["from_day"], version=pin.version)
    assert not conference.state().rows.get("pins")
    with As(sample.app, DELEGATE):
        assert "/rotation/pin" not in sample.get("/requirements/line", params={"line": "L-003"}).text


# ------------------------------------------------------------------------------------------------------------ sums by month


@pytest.mark.parametrize("year", [None, 2028])
def test_people_by_month_are_those_counted_day_by_day(year: int | None):
    """Counted here one day, one line at a time, each unit as the leanest that gives its capability."""
    scenario, plan = sample_plan()
    horizon = scenario.horizon
    kinds = {row.unit_type: row.personnel for row in scenario.unit_types}
    lean: dict[str, float] = defaultdict(lambda: float("inf"))
    for row in scenario.capabilities:
        lean[row.capability] = min(lean[row.capability], kinds[row.unit_type] / row.effectiveness)
    of_line = {row.line: lean[row.capability] for row in scenario.requirements}
    needed, filled, days = defaultdict(float), defaultdict(float), defaultdict(int)
    for day in range(horizon.days):
        month = horizon.date_of(day)
        days[month.year, month.month] += 1
    for row in plan.coverage.iter_rows(named=True):
        for day in range(row["from_day"], min(row["until_day"], horizon.days)):
            month = horizon.date_of(day)
            needed[month.year, month.month] += row["required"] * of_line[row["line"]]
            filled[month.year, month.month] += min(row["filled"], row["required"]) * of_line[row["line"]]
    span = (0, horizon.days) if year is None else tuple(horizon.day_of(date(each, 1, 1)) for each in (year, year + 1))
    foot = foot_of(scenario, plan, line_rows(scenario, plan, span=span), span=span)
    months = [key for key in sorted(days) if year is None or key[0] == year]
    assert [each.needed for each in foot.months] == pytest.approx([needed[key] / days[key] for key in months])
    assert [each.filled for each in foot.months] == pytest.approx([filled[key] / days[key] for key in months])
    if year is not None:
        share = foot.strips[2][1]
        assert all(f">{percent(filled[key] / needed[key])}</text>" in share for key in months)


def test_without_a_plan_or_a_line_the_foot_is_empty():
    scenario, _ = sample_plan()
    span = (0, scenario.horizon.days)
    rows = line_rows(scenario, None, span=span)
    assert all(each.filled == 0 for each in foot_of(scenario, None, rows, span=span).months)
    assert all(each.share is None for each in foot_of(scenario, None, (), span=span).months)


# ----------------------------------------------------------------------------------------------------------------- sessions


def test_a_session_that_is_used_all_the_time_is_noted_once_in_a_while(
    browser: Opened, conference: Conference, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """A page every ten seconds for a quarter of an hour is written down twice, not ninety times."""
    visitor, written = browser("pia"), []
    touch = conference.accounts.touch_session
    monkeypatch.setattr(conference.accounts, "touch_session", lambda mark, at: (written.append(at), touch(mark, at)))
    for _ in range(90):
        clock.later(10)
        assert visitor.get("/probe").status_code == 200
    assert len(written) == 2
    assert all((later - earlier).total_seconds() > 60 for earlier, later in pairwise(written))
