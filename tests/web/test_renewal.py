"""Pages that load themselves again: nothing is sent where nothing of them has changed, and everything else is."""

import dataclasses
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import numpy as np
import pytest
from fastapi.testclient import TestClient
from tests.report.sample_orbat import large_orbat
from tests.report.sample_plan import sample_plan
from tests.report.sample_way import way_plan
from tests.web.hall import DELEGATE, OBSERVER, PLANNER, As, application, whole_conference

from contingent.report.cover import pairs_of
from contingent.report.flows import flows_of
from contingent.report.html.force import formed_as
from contingent.report.html.getting import of_the_force
from contingent.report.html.living import living
from contingent.store import Conference, Edit
from contingent.web.guard.viewer import ON_THIS_MACHINE, Viewer
from contingent.web.matrix import line_rows
from contingent.web.matrix_foot import foot_of
from contingent.web.seen import seen_plan, seen_scenario

PAGES = ("/requirements", "/gaps", "/offers", "/orbat", "/cost", "/supply", "/movement", "/sources")
VIEWERS = (DELEGATE, OBSERVER, ON_THIS_MACHINE)


@pytest.fixture(scope="module")
def hall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[TestClient, Conference]]:
    conference = whole_conference(tmp_path_factory.mktemp("renewal"))
    with TestClient(application(conference), base_url="http://localhost") as client:
        yield client, conference
    conference.close()


def shown_on(text: str) -> tuple[str, str]:
    """What a page puts in the place of what it showed: its content, and which plan it is of."""
    content = re.search(r'<main id="content".*?</main>', text, re.DOTALL)
    which = re.search(r'<form class="plan".*?</form>', text, re.DOTALL)
    assert content
    assert which
    return content[0], which[0]


def mark_on(text: str) -> str:
    found = re.search(r'<meta name="shown" content="([0-9a-f]{32})">', text)
    assert found
    return found[1]


def offer_changed(conference: Conference, nation: str) -> None:
    row = next(row for row in conference.state().rows["offers"] if row.cells["nation"] == nation)
    cells = {**row.cells, "quantity": str(int(row.cells["quantity"]) + 1)}
    conference.change(PLANNER, [Edit("offers", cells, row.id, row.version)])


def other_offer(conference: Conference) -> None:
    nation = next(row.cells["nation"] for row in conference.state().rows["offers"] if row.cells["nation"] != DELEGATE.nation)
    offer_changed(conference, nation)


def own_offer(conference: Conference) -> None:
    offer_changed(conference, str(DELEGATE.nation))


def line_title(conference: Conference) -> None:
    row = conference.state().rows["requirements"][0]
    conference.change(PLANNER, [Edit("requirements", {**row.cells, "title": "Bridge at the old mill"}, row.id, row.version)])


def private_cell(conference: Conference) -> None:
    row = next(row for row in conference.state().rows["nations"] if row.cells["nation"] != DELEGATE.nation)
    conference.change(PLANNER, [Edit("nations", {**row.cells, "withdrawal_probability": "0.37"}, row.id, row.version)])


def line_with_gap(conference: Conference) -> str:
    plan = conference.latest_plan()
    assert plan is not None
    return str(plan.plan.gaps["line"][0])


def note(conference: Conference) -> None:
    conference.remarks.write_note(PLANNER, line_with_gap(conference), "Ask the neighbours", audience="all")


def risk(conference: Conference) -> None:
    conference.remarks.accept_risk(
        PLANNER, line_with_gap(conference), accepted_by="SACEUR", until=date(2040, 1, 1), reason="winter", audience="all")


def incident(conference: Conference) -> None:
    conference.add_incidents(PLANNER, [{"incident": "late-1", "time": datetime.now(UTC).isoformat(), "kind": "shelling"}])


def further_plan(conference: Conference) -> None:
    latest = conference.latest_plan()
    assert latest is not None
    conference.add_plan(PLANNER, latest.plan, conference.state().seq, scenario=latest.scenario)


UNSEEN = {other_offer: (DELEGATE, OBSERVER), private_cell: (DELEGATE, OBSERVER)}
"""Changes of which these see nothing."""


CHANGES = (other_offer, own_offer, line_title, private_cell, note, risk, incident, further_plan)


@pytest.mark.parametrize("change", CHANGES, ids=lambda each: each.__name__)
def test_nothing_comes_only_where_a_page_would_be_the_same(hall, change):
    """Held against pages that are made whole: before the change, and after it."""
    client, conference = hall
    other_offer(conference)  # from now on every page says that the tables have changed since the plan
    before = {}
    for viewer in VIEWERS:
        with As(client.app, viewer):
            before |= {(viewer, path): client.get(path).text for path in PAGES}
    change(conference)
    for (viewer, path), text in before.items():
        with As(client.app, viewer):
            asked = client.get(path, headers={"Contingent-Shown": mark_on(text)})
            whole = client.get(path).text
        if viewer in UNSEEN.get(change, ()):
            assert asked.status_code == 204, (viewer.role, path)
        if asked.status_code == 204:
            assert asked.content == b""
            assert shown_on(whole) == shown_on(text), (viewer.role, path)
        else:
            assert (asked.status_code, shown_on(asked.text)) == (200, shown_on(whole))


def test_a_mark_is_of_one_page_one_viewer_and_one_way_to_write_days(hall):
    client, _ = hall
    marks = set()
    for viewer in VIEWERS:
        with As(client.app, viewer):
            marks |= {mark_on(client.get(path).text) for path in (*PAGES, "/gaps?plan=1", "/cost?nation=FIG")}
    client.cookies.set("contingent-days", "iso")
    marks.add(mark_on(client.get("/gaps").text))
    client.cookies.clear()
    assert len(marks) == len(VIEWERS) * (len(PAGES) + 2) + 1
    assert client.get("/gaps", headers={"Contingent-Shown": "0" * 32}).status_code == 200


@pytest.mark.parametrize("viewer", [DELEGATE, OBSERVER, Viewer("Planner", "planner")], ids=lambda each: each.role)
def test_what_is_made_once_for_all_is_what_each_would_be_shown(viewer):
    """What everybody sees of a plan says as much of the force as the whole does, and as what any other sees."""
    whole, plan = way_plan()
    scenario, seen = seen_scenario(whole, viewer), seen_plan(plan, whole, viewer)
    assert of_the_force(scenario, seen) == of_the_force(whole, plan)
    assert living(scenario, seen) == living(whole, plan)
    formed, sample, orbat = large_orbat()
    sample = dataclasses.replace(sample, formations=orbat.formations, orbat=orbat.orbat)
    assert formed_as(seen_scenario(formed, viewer), seen_plan(sample, formed, viewer)) == formed_as(formed, sample)
    one, other = flows_of(scenario, seen), flows_of(whole, plan)
    assert one is not None
    assert other is not None
    assert (one.links, one.places, one.starts) == (other.links, other.places, other.starts)
    for name in ("tonnes", "people", "place_tonnes", "place_people"):
        assert np.array_equal(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("nation", ["BRE", "FIG"])
def test_delegates_and_observers_are_told_the_same_of_lines_and_of_cover(nation):
    """So it is made once for all of them. Whoever sees everything is told more: the reasons of gaps are not the coarser ones."""
    whole, plan = sample_plan("medium")
    span = (0, whole.horizon.days)
    told = []
    for viewer in (Viewer("Delegate", "delegate", nation), OBSERVER, Viewer("Planner", "planner")):
        scenario, seen = seen_scenario(whole, viewer), seen_plan(plan, whole, viewer)
        rows = line_rows(scenario, seen, span=span)
        told.append((rows, foot_of(scenario, seen, rows, span=span), repr(pairs_of(scenario, seen))))
    assert told[0] == told[1]
    assert told[0][0] != told[2][0]
    assert told[0][1:] == told[2][1:]
