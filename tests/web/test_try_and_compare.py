"""What if and compare as pages: what each role may try, see and adopt, and that a plan beside itself differs in nothing."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from tests.web.conftest import Opened

from contingent.pipeline import derive, make_plan
from contingent.plan.plan import PlanOptions
from contingent.store import Actor, Conference, Job
from contingent.web.guard import Viewer
from contingent.web.work.trying import Tried, edits_of, tried_from

PIA = Actor("pia", "planner", None, 2)
PLANNER = Viewer("pia", "planner", None, 2)


@pytest.fixture
def planned(conference: Conference) -> int:
    state = conference.state()
    plan = make_plan(state.scenario, PlanOptions(replications=0, remedies=False))
    return conference.add_plan(PIA, plan, state.seq, scenario=derive(state.scenario))


def compute(conference: Conference) -> Job:
    """What a worker does, without one."""
    from contingent.web.work.computing import Task, compute

    job = conference.claim("test")
    outcome = compute(Task(conference, job, lambda *_: None))
    conference.finish(job.id, outcome.result, archive=outcome.archive)
    return conference.job(job.id)


def shown(text: str) -> str:
    main = text[text.index("<main"):text.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<svg.*?</svg>", " ", main, flags=re.S)).split())


def test_a_planner_tries_compares_and_adopts(conference: Conference, browser: Opened, planned: int):
    pia, before = browser("pia"), conference.state()
    assert pia.fill_in("/what-if", "/what-if", nation=["ALD"], tour_days="100").status_code == 303
    job = compute(conference)
    assert (job.kind, job.status, conference.state().rows) == ("what_if", "done", before.rows)
    page = shown(pia.get(f"/compare?of=p{planned},w{job.id}").text)
    assert "ALD withdraws" in page
    assert "tours take 100 days" in page
    assert re.search(r"Fill 65 % \d+ % −\d", page)
    assert "gap opened" in page
    assert pia.fill_in("/what-if", f"/what-if/{job.id}/adopt").status_code == 303
    after = conference.state()
    nations = [{row.cells["nation"] for row in state.rows["offers"]} for state in (before, after)]
    assert nations[0] - nations[1] == {"ALD"}
    assert after.scenario.settings.defaults.tour_days == 100
    assert conference.history(limit=1)[0].why.startswith(f"what if {job.id}: ALD withdraws")
    # Once more: the rows are no longer what was tried on.
    assert pia.fill_in("/what-if", f"/what-if/{job.id}/adopt").status_code in (303, 409)


def test_a_plan_beside_itself_differs_in_nothing(browser: Opened, conference: Conference, planned: int):
    stored = conference.stored_plan(planned)
    again = conference.add_plan(PIA, stored.plan, stored.of_seq, scenario=stored.scenario)
    for address in (f"/compare?of=p{planned}&of=p{again}", f"/compare?of=p{planned},p{planned}"):
        text = browser("pia").get(address).text
        assert "None: every line is filled alike on every day." in text
        assert "the tables were the same" in text
        rows = re.findall(r"<tr( class=\"alike\")?><th scope=\"row\">", text)
        assert rows
        assert all(rows)
        assert re.findall(r'<td class="side delta">([^<]+)</td>', text) == []
        assert "Tours that differ" not in text


def test_the_worst_month_is_the_least_covered_one_counted_by_hand():
    from contingent.report.months import Month, worst_cover

    coverage = pl.DataFrame({
        "from_day": [0, 30, 0, 30, 60], "until_day": [30, 90, 30, 60, 90], "required": [2.0, 2.0, 4.0, 4.0, 4.0],
        "filled": [0.0, 2.0, 0.0, 6.0, 1.0],
    })  # fmt: skip
    plan: Any = SimpleNamespace(coverage=coverage)
    months = (Month(0, 30, "Jan 2027"), Month(30, 60, "Feb 2027"), Month(60, 90, "Mar 2027"))
    # Nobody is there in January yet. February: 2 of 2 and 4 of 4, however many are there; March: 2 of 2 and 1 of 4.
    assert worst_cover(plan, months) == (0.5, months[2])
    assert worst_cover(SimpleNamespace(coverage=coverage.clear()), months) is None  # type: ignore[arg-type]


def test_what_was_tried_is_stressed_and_held_against_the_plan(conference: Conference, browser: Opened, planned: int):
    pia = browser("pia")
    assert pia.fill_in("/what-if", "/what-if", nation=["ALD"]).status_code == 303
    tried = compute(conference)
    keys = f"p{planned},w{tried.id}"
    page = pia.get(f"/compare?of={keys}")
    assert "Regret needs a stress test of each plan" in page.text
    assert "Worst month cover" in page.text
    assert browser("dora").fill_in("/", "/compare/stress", of=keys).status_code == 403
    for _ in range(2):  # asked for twice, done once
        answer = pia.fill_in("/compare", "/compare/stress", of=keys)
        assert answer.headers["location"].endswith("done=asked")
    assert [(job.kind, job.status) for job in conference.jobs(limit=2)] == [("stress", "queued")] * 2
    assert len(conference.jobs()) == 3
    done = [compute(conference), compute(conference)]
    assert [(job.result or {}).get("of_what_if") for job in done] == [None, tried.id]
    assert [plan.id for plan in conference.plans()] == [done[0].result["plan"], planned], "what was tried is no plan"
    text = pia.get(f"/compare?of={keys}").text
    page = shown(text)
    assert "Stress test them" not in page
    # The nation that has left already costs the what-if nothing more; what the plan loses is what the what-if lost.
    regrets = re.findall(r"Regret if (\w+) leaves ([−+]?[\d.]+) points", page)
    assert regrets
    lost = dict(regrets)
    stored = conference.stored_plan(done[0].result["plan"]).plan
    for nation, told in lost.items():
        row = stored.stress.filter(nations=nation, kind="nation", priority=1).row(0, named=True)
        assert told.replace("−", "-") == f"{100 * (row['best_reaction'] - row['planned']):.1f}"
    whole = pia.get(f"/compare/page.html?of={keys}")
    assert whole.status_code == 200
    assert "What if" in whole.text
    assert "Content-Security-Policy" in whole.text
    assert browser("dora").get(f"/compare/page.html?of={keys}").status_code == 403


def test_what_is_kept_by_hand_stays_however_many_come(conference: Conference, browser: Opened, planned: int):
    pia, stored = browser("pia"), conference.stored_plan(planned)
    second = conference.add_plan(PIA, stored.plan, stored.of_seq, scenario=stored.scenario)
    keys = f"p{planned},p{second}"
    assert pia.fill_in("/compare", "/compare/keep", of=keys, on="yes").status_code == 303
    assert conference.retention.by_hand() == (f"p{planned}", f"p{second}")
    assert "No longer keep" in pia.get(f"/compare?of={keys}").text
    assert pia.fill_in("/versions", "/versions/plans", number="1").headers["location"] == "/versions?done=set"
    for wrong in ("", "-1", "many", "9999999"):
        assert pia.fill_in("/versions", "/versions/plans", number=wrong).status_code == 422
    third = conference.add_plan(PIA, stored.plan, stored.of_seq, scenario=stored.scenario)
    conference.add_plan(PIA, stored.plan, stored.of_seq, scenario=stored.scenario)
    assert third not in [plan.id for plan in conference.plans()]
    page = shown(pia.get("/versions").text)
    assert "The last plan is kept" in page
    assert f"Plan {planned}, kept by hand" in page
    assert "kept by hand No longer" not in shown(browser("dora").get("/versions").text)
    answer = pia.fill_in("/versions", "/compare/keep", of=f"p{planned}", on="", back="/versions")
    assert answer.headers["location"] == "/versions?done=set"
    assert conference.retention.by_hand() == (f"p{second}",)
    for name in ("dora", "otto"):
        assert browser(name).fill_in("/", "/compare/keep", of=keys, on="yes").status_code == 403
        assert browser(name).fill_in("/", "/versions/plans", number="1").status_code == 403
    assert "took old plans out" in pia.get("/history").text


def test_a_delegate_tries_its_own_and_nobody_elses(conference: Conference, browser: Opened, planned: int):
    dora = browser("dora")
    form = dora.get("/what-if").text
    own = next(row.key for row in conference.state().rows["offers"] if row.cells["nation"] == "ALD")
    other = next(row.key for row in conference.state().rows["offers"] if row.cells["nation"] == "BRN")
    assert (own in form, other in form) == (True, False)
    assert dora.fill_in("/what-if", "/what-if", offer=[own]).status_code == 303
    assert dora.fill_in("/what-if", "/what-if", nation=["BRN"]).status_code in (403, 404)
    assert dora.fill_in("/what-if", "/what-if", offer=[other]).status_code in (403, 404)
    line = conference.state().rows["requirements"][0].key
    assert dora.fill_in("/what-if", "/what-if", line=line, quantity="9").status_code == 403
    job = compute(conference)
    assert dora.get(f"/compare?of=p{planned},w{job.id}").status_code == 200
    # Nobody of another nation sees it, adopts it or stops it.
    for name in ("bert", "otto"):
        beside = browser(name).get(f"/compare?of=p{planned},w{job.id}").text
        assert own not in beside
        assert "not two plans" in beside
    bert = browser("bert")
    assert f"try-{job.id}" not in bert.get("/what-if").text
    assert bert.fill_in("/what-if", f"/what-if/{job.id}/adopt").status_code == 404
    assert bert.fill_in("/what-if", f"/jobs/{job.id}/cancel").status_code == 404
    assert browser("otto").get("/what-if").status_code == 403


def test_compare_shows_a_delegate_no_terms_of_others(conference: Conference, browser: Opened, planned: int):
    from contingent.store import Edit

    row = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == "BRN")
    cells = {**row.cells, "notice_days": "77", "source": "secret-source"}
    state = conference.change(PIA, [Edit("offers", cells, row.id, row.version)])
    plan = make_plan(state.scenario, PlanOptions(replications=0, remedies=False))
    newer = conference.add_plan(PIA, plan, state.seq, scenario=derive(state.scenario))
    address = f"/compare?of=p{planned},p{newer}"
    assert "secret-source" in browser("pia").get(address).text
    told = browser("dora").get(address).text
    assert "secret-source" not in told
    assert row.key not in shown(told)
    assert "secret-source" in browser("bert").get(address).text


def test_what_cannot_be_tried_is_said(browser: Opened, planned: int):
    pia = browser("pia")
    for fields, said in (
        ({}, "Choose something"), ({"tour_days": "a lot"}, "whole number"), ({"tour_days": "-3"}, "whole number"),
        ({"nation": ["XXX"]}, "changes nothing"), ({"line": "none", "quantity": "3"}, "changes nothing"),
    ):  # fmt: skip
        answer = pia.fill_in("/what-if", "/what-if", **fields)
        assert answer.status_code == 422, fields
        assert said in answer.text


def test_what_computations_come_to_is_shown_to_those_who_may_know(conference: Conference, browser: Opened, planned: int):
    number = conference.enqueue(PIA, "plan", {})
    conference.claim("test")
    conference.fail(number, "offers.csv, line 3: secret of BRN")
    assert "secret of BRN" in browser("pia").get("/jobs").text
    told = browser("dora").get("/jobs").text
    assert "secret of BRN" not in told
    assert "A planner of the conference can see why." in told
    assert browser("dora").fill_in("/", "/jobs/plan").status_code == 403


def test_plan_again_is_asked_for_once_and_leads_back(conference: Conference, browser: Opened, planned: int):
    pia = browser("pia")
    answers = [pia.fill_in("/gaps", "/jobs/plan", back="/gaps?priority=1") for _ in range(2)]
    assert [answer.headers["location"] for answer in answers] == ["/gaps?priority=1&done=asked"] * 2
    assert len(conference.jobs()) == 1
    assert pia.fill_in("/gaps", "/jobs/plan", back="//elsewhere").headers["location"] == "/?done=asked"
    panel = pia.get("/jobs/panel").text
    assert "<progress" in panel
    assert pia.fill_in("/", f"/jobs/{conference.jobs()[0].id}/cancel", back="/gaps").headers["location"] == "/gaps?done=stopped"
    assert conference.jobs()[0].status == "cancelled"


def test_the_best_so_far_is_shown_and_kept_where_it_is_enough(conference: Conference, browser: Opened, planned: int):
    pia = browser("pia")
    number = conference.enqueue(PIA, "plan", {})
    conference.claim("test")
    assert "/enough" not in pia.get("/jobs").text
    by_priority = [{"priority": 1, "filled": 0.6131, "most": 0.85}, {"priority": 2, "filled": 0.5, "most": 0.5}]
    so_far = {"step": "posts", "seconds": 8.2, "keeps_ceilings": False, "priorities": by_priority}
    conference.progress(number, 0.3, "Planning: P1 61.3 % (85.0 % at most)", so_far=so_far)
    page = shown(pia.get("/jobs").text)
    assert "Best so far , 8 s , before nations’ ceilings" in page
    assert re.search(r"1 61\.3 % 85\.0 % 23\.7 points 2 50\.0 % 50\.0 % 0\.0 points", page)
    assert f'formaction="/jobs/{number}/enough"' in pia.get("/gaps").text
    # Everybody sees how far it is; only who asked, or who sees everything, ends it.
    dora = browser("dora")
    assert "61.3 %" in dora.get("/jobs").text
    assert f"/jobs/{number}/enough" not in dora.get("/jobs").text
    assert dora.fill_in("/", f"/jobs/{number}/enough").status_code == 403
    assert pia.fill_in("/jobs", f"/jobs/{number}/enough", back="/gaps").headers["location"] == "/gaps?done=enough"
    assert conference.job(number).is_enough
    page = pia.get("/jobs").text
    assert "ends with the best so far" in page
    assert f"/jobs/{number}/enough" not in page
    conference.finish(number, {"plan": planned, "ended_early": True})
    assert "ended by hand" in pia.get("/jobs").text


def test_a_nation_goes_with_its_fixed_tours(conference: Conference):
    from contingent.store import Edit
    from contingent.web.guard import Viewer

    offer = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == "ALD")
    line = conference.state().rows["requirements"][0].key
    conference.change(PIA, [Edit("pins", {"offer": offer.key, "line": line, "from_day": "0"})])
    state = conference.state()
    edits = edits_of(state, Tried(nations=("ALD",)), Viewer("pia", "planner", None, 2))
    assert {edit.table for edit in edits} == {"offers", "pins"}
    assert conference.tried(edits).scenario is not None
    assert conference.state().seq == state.seq


def test_a_nation_goes_with_fixed_tours_of_what_its_pool_makes(tmp_path: Path):
    """The shipped scenario fixes tours of the headquarters of France and Britain; no row of the offers names either of them."""
    conference = Conference.open(tmp_path / "force.sqlite", create_from="reassurance")
    state = conference.state()
    edits = edits_of(state, Tried(nations=("FRA",)), PLANNER)
    gone = {edit.row for edit in edits}
    left = {row.cells["offer"] for row in state.rows["pins"] if row.id not in gone}
    assert {row.cells["offer"] for row in state.rows["pins"]} - left == {"FRA-corps_headquarters"}
    tried = conference.tried(edits)
    assert tried.scenario is not None
    derived = {offer.offer for offer in derive(tried.scenario).offers}
    assert {pin.offer for pin in tried.scenario.pins} <= derived
    conference.close()


def test_forms_are_read_strictly():
    assert tried_from({"nation": ["A", "A", " "], "tour_days": ["90"]}) == Tried(("A",), (), 90)
    for wrong in ("x", "0", "1e3", "٣", "99999999999"):
        with pytest.raises(ValueError, match="whole number"):
            tried_from({"tour_days": [wrong]})


