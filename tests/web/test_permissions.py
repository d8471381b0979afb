"""Who may do what: the table of routes and roles, and what a delegate cannot write however it tries."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter
from tests.web.conftest import PEOPLE, Opened

import contingent
from contingent.store import Conference, Conflict, Edit
from contingent.store.records import Actor
from contingent.web.app import create_app
from contingent.web.guard import PERMISSIONS, Viewer, may
from contingent.web.guard.entry import Unguarded, guarded_routes, needs
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import apply_import, change, own_part, undo
from contingent.web.seen import nations_of_offers, seen_changes, seen_findings, seen_history, seen_rows
from contingent.web.settings import WebSettings

ROUTES: dict[tuple[str, str], str] = {
    ("GET", "/"): "overview.read",
    ("GET", "/about"): "about.read",
    ("GET", "/account"): "account.own",
    ("POST", "/account/password"): "account.own",
    ("POST", "/account/tokens"): "tokens.own",
    ("POST", "/account/tokens/{token_id}/withdraw"): "tokens.own",
    ("GET", "/accounts"): "accounts.read",
    ("POST", "/accounts/invitations/{invitation_id}/withdraw"): "accounts.write",
    ("POST", "/accounts/invite"): "accounts.write",
    ("POST", "/accounts/{account_id}"): "accounts.write",
    ("GET", "/cost"): "cost.read",
    ("GET", "/cost/{name}.csv"): "cost.read",
    ("GET", "/aid"): "aid.read",
    ("GET", "/aid/status"): "aid.read",
    ("GET", "/aid/table/{name}.csv"): "aid.read",
    ("GET", "/aid/{name}/form"): "aid.write",
    ("POST", "/aid/{name}"): "aid.write",
    ("POST", "/aid/{name}/out"): "aid.write",
    ("GET", "/ceasefire"): "ceasefire.read",
    ("POST", "/ceasefire/file"): "incidents.write",
    ("POST", "/ceasefire/report"): "incidents.write",
    ("GET", "/ceasefire/table/{name}.csv"): "ceasefire.read",
    ("GET", "/ceasefire/line"): "ceasefire.read",
    ("GET", "/ceasefire/line/cell"): "ceasefire.read",
    ("POST", "/ceasefire/line/run"): "jobs.write",
    ("POST", "/ceasefire/watched"): "incidents.write",
    ("GET", "/conference"): "scenario.read",
    ("POST", "/conference"): "settings.write",
    ("GET", "/exchange"): "exports.read",
    ("POST", "/exchange/apply"): "imports.write",
    ("POST", "/exchange/drop"): "imports.write",
    ("POST", "/exchange/file"): "imports.write",
    ("GET", "/exchange/plan.{form}"): "plans.write",
    ("GET", "/exchange/plan.xlsx"): "plans.write",
    ("GET", "/exchange/briefing.{kind}"): "plans.write",
    ("GET", "/exchange/plan.zip"): "exports.read",
    ("GET", "/exchange/preview"): "imports.write",
    ("POST", "/exchange/preview"): "imports.write",
    ("GET", "/exchange/scenario.{form}"): "exports.read",
    ("GET", "/exchange/scenario.xlsx"): "exports.read",
    ("GET", "/exchange/scenario.zip"): "exports.read",
    ("GET", "/exchange/template.xlsx"): "exports.read",
    ("GET", "/risk"): "risk.read",
    ("POST", "/risk/run"): "jobs.write",
    ("GET", "/versions"): "snapshots.read",
    ("POST", "/versions"): "snapshots.write",
    ("POST", "/versions/restore"): "snapshots.write",
    ("GET", "/api/docs"): "about.read",
    ("GET", "/api/v1/accepted-risks"): "gaps.read",
    ("PUT", "/api/v1/accepted-risks"): "risks.write",
    ("DELETE", "/api/v1/accepted-risks/{risk}"): "risks.write",
    ("GET", "/api/v1/notes"): "requirements.read",
    ("POST", "/api/v1/notes"): "notes.write",
    ("DELETE", "/api/v1/notes/{note}"): "notes.write",
    ("POST", "/api/v1/versions/{version}/restore"): "snapshots.write",
    ("GET", "/api/v1/accounts"): "accounts.read",
    ("PUT", "/api/v1/accounts/{account}"): "accounts.write",
    ("GET", "/api/v1/aid"): "aid.read",
    ("GET", "/api/v1/aid/frames/{frame}"): "aid.read",
    ("GET", "/api/v1/aid/frames/{frame}.csv"): "aid.read",
    ("GET", "/api/v1/changes"): "events.read",
    ("POST", "/api/v1/changes"): "rows.write",
    ("POST", "/api/v1/changes/{seq}/undo"): "history.undo",
    ("GET", "/api/v1/conference"): "overview.read",
    ("GET", "/api/v1/exports/scenario.{form}"): "exports.read",
    ("GET", "/api/v1/exports/scenario.xlsx"): "exports.read",
    ("GET", "/api/v1/exports/scenario.zip"): "exports.read",
    ("GET", "/api/v1/history"): "history.read",
    ("POST", "/api/v1/imports/apply"): "imports.write",
    ("POST", "/api/v1/imports/preview"): "imports.write",
    ("GET", "/api/v1/incidents"): "ceasefire.read",
    ("POST", "/api/v1/incidents"): "incidents.write",
    ("GET", "/api/v1/invitations"): "accounts.read",
    ("POST", "/api/v1/invitations"): "accounts.write",
    ("DELETE", "/api/v1/invitations/{invitation}"): "accounts.write",
    ("GET", "/api/v1/jobs"): "jobs.read",
    ("POST", "/api/v1/jobs"): "jobs.try",
    ("GET", "/api/v1/jobs/{job}"): "jobs.read",
    ("GET", "/api/v1/jobs/{job}/archive"): "jobs.read",
    ("POST", "/api/v1/jobs/{job}/cancel"): "jobs.try",
    ("POST", "/api/v1/jobs/{job}/enough"): "jobs.try",
    ("GET", "/api/v1/me"): "about.read",
    ("GET", "/api/v1/offers"): "offers.read",
    ("POST", "/api/v1/offers/worth"): "jobs.try",
    ("GET", "/api/v1/openapi.json"): "open",
    ("GET", "/api/v1/plans"): "plans.read",
    ("GET", "/api/v1/plans/{plan}"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/cover"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/cover.csv"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/frames/{frame}"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/frames/{frame}.csv"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/calendar.ics"): "plans.write",
    ("GET", "/api/v1/plans/{plan}/map.{form}"): "plans.write",
    ("GET", "/api/v1/plans/{plan}/plan.xlsx"): "exports.read",
    ("GET", "/api/v1/plans/{plan}/tables.{form}"): "exports.read",
    ("GET", "/api/v1/plans/{plan}/plan.zip"): "exports.read",
    ("GET", "/api/v1/plans/{plan}/verified"): "plans.read",
    ("GET", "/api/v1/plans/{plan}/affordable"): "cost.read",
    ("GET", "/api/v1/requirements"): "requirements.read",
    ("GET", "/api/v1/schemas"): "scenario.read",
    ("GET", "/api/v1/schemas/{name}"): "scenario.read",
    ("GET", "/api/v1/situation"): "ceasefire.read",
    ("GET", "/api/v1/situation/frames/{frame}"): "ceasefire.read",
    ("GET", "/api/v1/situation/frames/{frame}.csv"): "ceasefire.read",
    ("GET", "/api/v1/tables"): "scenario.read",
    ("GET", "/api/v1/tables/{table}"): "scenario.read",
    ("GET", "/api/v1/tables/{table}/rows"): "scenario.read",
    ("POST", "/api/v1/tables/{table}/rows"): "rows.write",
    ("DELETE", "/api/v1/tables/{table}/rows/{row}"): "rows.write",
    ("GET", "/api/v1/tables/{table}/rows/{row}"): "scenario.read",
    ("PUT", "/api/v1/tables/{table}/rows/{row}"): "rows.write",
    ("GET", "/api/v1/versions"): "snapshots.read",
    ("POST", "/api/v1/versions"): "snapshots.write",
    ("GET", "/api/v1/versions/{version}/differences"): "snapshots.read",
    ("GET", "/healthz"): "open",
    ("GET", "/metrics"): "metrics.read",
    ("GET", "/readyz"): "open",
    ("GET", "/find"): "overview.read",
    ("GET", "/gaps"): "gaps.read",
    ("POST", "/gaps/accept"): "risks.write",
    ("GET", "/gaps/accepted.csv"): "gaps.read",
    ("POST", "/gaps/withdraw"): "risks.write",
    ("GET", "/history"): "history.read",
    ("GET", "/history/last"): "history.undo",
    ("POST", "/history/undo"): "history.undo",
    ("GET", "/compare"): "compare.read",
    ("GET", "/compare/page.html"): "settings.read",
    ("GET", "/compare/ground.json"): "compare.read",
    ("GET", "/compare/places"): "compare.read",
    ("GET", "/compare/units.json"): "compare.read",
    ("POST", "/compare/keep"): "snapshots.write",
    ("POST", "/compare/stress"): "jobs.write",
    ("POST", "/versions/plans"): "settings.write",
    ("POST", "/aid/run"): "jobs.write",
    ("GET", "/days"): "overview.read",
    ("GET", "/events"): "events.read",
    ("GET", "/jobs"): "jobs.read",
    ("POST", "/jobs"): "jobs.write",
    ("GET", "/jobs/panel"): "jobs.read",
    ("POST", "/jobs/plan"): "jobs.write",
    ("POST", "/jobs/by-itself"): "settings.write",
    ("POST", "/jobs/{number}/cancel"): "jobs.try",
    ("POST", "/jobs/{number}/enough"): "jobs.try",
    ("GET", "/jobs/{number}/files"): "settings.read",
    ("GET", "/what-if"): "jobs.try",
    ("POST", "/what-if"): "jobs.try",
    ("POST", "/what-if/{number}/adopt"): "jobs.try",
    ("GET", "/invitation/{code}"): "open",
    ("POST", "/invitation/{code}"): "open",
    ("GET", "/offers"): "offers.read",
    ("POST", "/offers"): "offers.write",
    ("GET", "/offers/form"): "offers.write",
    ("POST", "/offers/withdraw"): "offers.write",
    ("POST", "/offers/worth"): "jobs.try",
    ("GET", "/origin"): "overview.read",
    ("GET", "/overview/verified"): "overview.read",
    ("GET", "/parts/{name}"): "open",
    ("GET", "/requirements"): "requirements.read",
    ("GET", "/requirements/cell"): "requirements.read",
    ("GET", "/requirements/edit"): "requirements.write",
    ("GET", "/requirements/line"): "requirements.read",
    ("POST", "/requirements/notes"): "notes.write",
    ("GET", "/requirements/notes.csv"): "requirements.read",
    ("POST", "/requirements/notes/out"): "notes.write",
    ("GET", "/requirements/rows"): "requirements.write",
    ("POST", "/requirements/rows"): "requirements.write",
    ("GET", "/sheet"): "overview.read",
    ("GET", "/sign-in"): "open",
    ("POST", "/sign-in"): "open",
    ("GET", "/map"): "map.read",
    ("GET", "/map/borders.json"): "map.read",
    ("GET", "/map/layers.json"): "map.read",
    ("GET", "/map/sectors"): "map.read",
    ("GET", "/map/sectors/corners.json"): "map.read",
    ("GET", "/map/table"): "map.read",
    ("GET", "/map/units.json"): "map.read",
    ("POST", "/map/sectors/take"): "scenario.write",
    ("POST", "/map/sectors/try"): "map.read",
    ("GET", "/movement"): "movement.read",
    ("GET", "/movement/flows.js"): "open",
    ("GET", "/movement/{name}.csv"): "movement.read",
    ("GET", "/orbat"): "orbat.read",
    ("GET", "/orbat/file.{form}"): "orbat.read",
    ("GET", "/orbat/move"): "attachments.write",
    ("POST", "/orbat/move"): "attachments.write",
    ("POST", "/orbat/end"): "attachments.write",
    ("POST", "/orbat/paste"): "scenario.write",
    ("GET", "/rotation"): "rotation.read",
    ("POST", "/rotation/pin"): "pins.write",
    ("GET", "/rotation/tour"): "rotation.read",
    ("POST", "/rotation/undo"): "pins.write",
    ("POST", "/rotation/unpin"): "pins.write",
    ("GET", "/sign-in/organisation"): "open",
    ("GET", "/sign-in/organisation/back"): "open",
    ("POST", "/sign-out"): "account.own",
    ("GET", "/sources"): "sources.read",
    ("GET", "/static/{name}"): "open",
    ("GET", "/supply"): "supply.read",
    ("GET", "/supply/{name}.csv"): "supply.read",
    ("GET", "/style/page.css"): "open",
}
"""Every route of the application and the permission that it needs. A new route gets a line here."""

NUMBERS = (
    "{token_id}", "{invitation_id}", "{account_id}", "{number}", "{row}", "{job}", "{account}", "{version}", "{risk}", "{note}")
"""Parts of paths that are numbers."""

OF_ROLES: dict[str, str] = {
    "open": "administrator planner delegate observer nobody",
    **dict.fromkeys(
        (
            "overview.read", "requirements.read", "offers.read", "gaps.read", "rotation.read", "orbat.read", "map.read",
            "movement.read", "supply.read", "cost.read", "risk.read", "compare.read", "ceasefire.read", "aid.read",
            "sources.read", "history.read", "about.read", "plans.read", "scenario.read", "jobs.read", "events.read",
            "exports.read",
            "snapshots.read", "account.own", "tokens.own",
        ),
        "administrator planner delegate observer",
    ),
    **dict.fromkeys(
        ("offers.write", "aid.write", "imports.write", "rows.write", "history.undo", "jobs.try", "notes.write"),
        "administrator planner delegate"),
    **dict.fromkeys(
        (
            "requirements.write", "scenario.write", "pins.write", "attachments.write", "incidents.write", "jobs.write",
            "plans.write", "snapshots.write", "settings.read", "settings.write", "risks.write",
        ),
        "administrator planner",
    ),
    **dict.fromkeys(("accounts.read", "accounts.write", "metrics.read"), "administrator"),
}  # fmt: skip
"""Permission -> roles, written down a second time by hand."""


def test_each_permission_belongs_to_the_roles_that_it_should():
    assert {name: " ".join(sorted(roles)) for name, roles in PERMISSIONS.items()} == {
        name: " ".join(sorted(roles.split())) for name, roles in OF_ROLES.items()}


def test_every_route_names_the_permission_of_the_table(browser: Opened):
    app: Any = browser().app
    own = {(route.method, route.path): route.permissions for route in guarded_routes(app) if "/probe" not in route.path}
    assert own == {route: (permission,) for route, permission in ROUTES.items()}


@pytest.mark.parametrize("name", [*sorted(PEOPLE), None])
def test_every_route_lets_in_whom_it_should_and_nobody_else(browser: Opened, name: str | None):
    """Each route of the application is asked by each role; a refusal is 403, whoever has not signed in is sent to sign in."""
    visitor = browser(name)
    app: Any = visitor.app
    token = visitor.get("/probe").json()["token"] if name else ""
    for route in guarded_routes(app):
        if route.path in ("/sign-out", "/probe/fault") or route.permissions == ("open",):
            continue
        if route.path == "/events" and name is not None:
            continue  # a stream that does not end: tests/web/test_events.py
        path = route.path.replace("{seq}", "999999")
        for part in NUMBERS:
            path = path.replace(part, "999999")
        answered = visitor.request(route.method, path, headers={"x-csrf-token": token})
        if name is None:
            assert answered.status_code in (303, 401), route
        elif may(Viewer(name, PEOPLE[name][0], PEOPLE[name][1]), route.permissions[0]):
            assert answered.status_code != 403, route
        else:
            assert answered.status_code == 403, route


def test_an_application_with_an_open_door_is_not_made(conference: Conference):
    router = APIRouter()
    router.get("/unguarded")(lambda: None)
    with pytest.raises(Unguarded, match="GET /unguarded"):
        create_app(WebSettings(""), conference=conference, further=(router,))
    with pytest.raises(Unguarded, match="not a permission"):
        needs("offers.wirte")


# --------------------------------------------------------------------------------------------------- what delegates may write

DORA = Viewer("dora", "delegate", "ALD", 3)
PIA = Viewer("pia", "planner", None, 2)


def row_of(conference: Conference, nation: str, table: str = "offers") -> Any:
    return next(row for row in conference.state().rows[table] if row.cells["nation"] == nation)


def attacks(conference: Conference) -> dict[str, Edit]:
    """What the delegate of ALD might try."""
    own, other = row_of(conference, "ALD"), row_of(conference, "BRN")
    nation, neighbour = row_of(conference, "ALD", "nations"), row_of(conference, "BRN", "nations")
    pinned = {"offer": own.cells["offer"], "line": conference.state().rows["requirements"][0].key, "from_day": "0"}
    return {
        "another's row by its number": Edit("offers", {**other.cells, "quantity": "1"}, other.id, other.version),
        "another's row, said to be one's own": Edit("offers", {**other.cells, "nation": "ALD"}, other.id, other.version),
        "one's own row, given to another": Edit("offers", {**own.cells, "nation": "BRN"}, own.id, own.version),
        "another's row taken out": Edit("offers", None, other.id, other.version),
        "a new row of another": Edit("offers", {**own.cells, "offer": "new", "nation": "BRN"}),
        "a new row of nobody": Edit("offers", {"offer": "new", "unit_type": own.cells["unit_type"], "quantity": "1"}),
        "a nation with a space": Edit("offers", {**own.cells, "offer": "new", "nation": " BRN"}),
        "the key of another's row": Edit("offers", {**own.cells, "offer": other.cells["offer"]}),
        "the key of another's row with a space": Edit("offers", {**own.cells, "offer": f" {other.cells['offer']}\u00a0"}),
        "its own row renamed to another's": Edit("offers", {**own.cells, "offer": other.cells["offer"]}, own.id, own.version),
        "a column twice": Edit("offers", {**own.cells, "Nation": "BRN"}, own.id, own.version),
        "the number of a row of another table": Edit("offers", {**own.cells}, nation.id, nation.version),
        "its nation's row taken out": Edit("nations", None, nation.id, nation.version),
        "its nation's weight": Edit("nations", {**nation.cells, "weight": "9"}, nation.id, nation.version),
        "another nation's row": Edit("nations", {**neighbour.cells, "position": "x"}, neighbour.id, 1),
        "a new nation": Edit("nations", {"nation": "NEW", "name": "New"}),
        "a line of the requirement": Edit("requirements", None, conference.state().rows["requirements"][0].id, 1),
        "a pin": Edit("pins", pinned),
        "terms of its own": Edit("terms", {"term": "t", "nation": "ALD"}),
        "the settings": Edit("scenario", {"setting": "title", "value": "mine"}, conference.state().rows["scenario"][0].id, 1),
        "a table that is none": Edit("account", {"name": "x"}),
        "a row that is not there": Edit("offers", {**own.cells}, 999_999, 1),
        "nothing at all": Edit("offers", None),
        "another's delivery": Edit("deliveries", {"delivery": "D", "donor": "BRN"}),
    }  # fmt: skip


def test_a_delegate_cannot_write_for_another_nation(conference: Conference):
    before = conference.state()
    for what, edit in attacks(conference).items():
        with pytest.raises(Denied):
            change(conference, DORA, [edit])
        own = row_of(conference, "ALD")
        allowed = Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)
        with pytest.raises(Denied):
            change(conference, DORA, [allowed, edit])
        assert conference.state().seq == before.seq, what


def test_nor_over_the_network(browser: Opened, conference: Conference):
    dora, seq = browser("dora"), conference.state().seq
    header = {"x-csrf-token": dora.get("/probe").json()["token"]}
    for what, edit in attacks(conference).items():
        cells = dict(edit.cells) if edit.cells is not None else None
        sent = {"table": edit.table, "cells": cells, "row": edit.row, "version": edit.version}
        assert dora.post("/probe/edit", json=[sent], headers=header).status_code in (403, 404, 409, 422), what
    assert conference.state().seq == seq


def test_a_delegate_writes_its_own_offers_and_terms(conference: Conference):
    own, nation = row_of(conference, "ALD"), row_of(conference, "ALD", "nations")
    change(conference, DORA, [Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)])
    change(conference, DORA, [Edit("offers", {**own.cells, "offer": "one more"})])
    change(conference, DORA, [Edit("nations", {**nation.cells, "personnel_ceiling": "900"}, nation.id, nation.version)])
    added = next(row for row in conference.state().rows["offers"] if row.key == "one more")
    change(conference, DORA, [Edit("offers", None, added.id, added.version)])
    entry = conference.history(limit=1)[0]
    assert (entry.actor, entry.role, entry.nation) == ("dora", "delegate", "ALD")


@pytest.mark.parametrize("viewer", [Viewer("otto", "observer"), Viewer("", "nobody"), Viewer("lost", "delegate", None)])
def test_who_has_no_nation_writes_nothing(conference: Conference, viewer: Viewer):
    own = row_of(conference, "ALD")
    with pytest.raises(Denied):
        change(conference, viewer, [Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)])


def test_a_delegate_takes_back_its_own_changes_only(conference: Conference):
    own, other = row_of(conference, "ALD"), row_of(conference, "BRN")
    by_pia = change(conference, PIA, [Edit("offers", {**other.cells, "notice_days": "4"}, other.id, other.version)]).seq
    by_dora = change(conference, DORA, [Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)]).seq
    for seq in (by_pia, 1, 0, 999_999):
        with pytest.raises(Denied):
            undo(conference, DORA, seq)
    # The same person speaks for another nation now: what it once wrote is no longer its own.
    with pytest.raises(Denied):
        undo(conference, Viewer("dora", "delegate", "BRN", 3), by_dora)
    undo(conference, DORA, by_dora)
    assert row_of(conference, "ALD").cells.get("notice_days") == own.cells.get("notice_days")


def test_an_import_changes_of_others_nothing(conference: Conference, tmp_path: Any):
    """A delegate imports a whole workbook in which everything was changed: its own rows change, and no others."""
    folder = conference.export_folder(tmp_path / "folder")
    offers = folder / "offers.csv"
    offers.write_text(offers.read_text().replace("made up for the tutorial", "typed"))
    nations = (folder / "nations.csv").read_text().splitlines()
    (folder / "nations.csv").write_text("\n".join(line for line in nations if not line.startswith("CRS")) + "\n")
    preview = conference.import_preview(folder)
    part = own_part(preview, DORA, conference.state())
    assert {edit.table for edit in part.edits} == {"offers"}
    assert {(row.after or {}).get("nation") for row in part.changed} == {"ALD"}
    assert (part.new, part.removed) == ((), ())
    apply_import(conference, DORA, preview)
    typed = {row.cells["nation"] for row in conference.state().rows["offers"] if row.cells.get("source") == "typed"}
    assert typed == {"ALD"}


def test_a_conflict_does_not_tell_of_a_row_that_became_another_s(conference: Conference):
    """While a delegate edits its row a planner gives it to another nation with new terms: of those the delegate reads nothing."""
    own = row_of(conference, "ALD")
    edit = Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)
    given_away = {**own.cells, "nation": "BRN", "source": "secret"}
    conference.change(Actor("pia", "planner"), [Edit("offers", given_away, own.id, own.version)])
    with pytest.raises(Denied, match="no such row"):
        change(conference, DORA, [edit])


def test_nor_where_it_becomes_so_between_check_and_change(conference: Conference, monkeypatch: pytest.MonkeyPatch):
    own, before = row_of(conference, "ALD"), conference.state()
    given_away = {**own.cells, "nation": "BRN", "source": "secret"}
    conference.change(Actor("pia", "planner"), [Edit("offers", given_away, own.id, own.version)])
    after, states = conference.state(), iter([before])
    monkeypatch.setattr(conference, "state", lambda: next(states, after))
    with pytest.raises(Conflict) as caught:
        change(conference, DORA, [Edit("offers", {**own.cells, "notice_days": "3"}, own.id, own.version)])
    (row,) = caught.value.rows
    assert row.current is None
    assert row.tried is not None


# ------------------------------------------------------------------------------------------------- rows, history and changes


def test_rows_history_and_findings_are_seen_by_whose_they_are(conference: Conference):
    other = row_of(conference, "BRN")
    edit = Edit("offers", {**other.cells, "source": "secret-source"}, other.id, other.version)
    conference.change(Actor("pia", "planner"), [edit], why="secret-why")
    state = conference.state()
    assert {row.cells["nation"] for row in seen_rows(state, "offers", DORA)} == {"ALD"}
    assert {row.key for row in seen_rows(state, "nations", DORA) if row.cells.get("personnel_ceiling")} <= {"ALD"}
    nations = nations_of_offers(state)
    history = seen_history(conference.history(limit=900), DORA, nations)
    told = repr(history)
    assert "secret-source" not in told
    assert "secret-why" not in told
    assert history[0].table == "offers"
    assert (history[0].key, history[0].before, history[0].actor) == (None, None, "pia")
    changes = seen_changes(conference.changes_since(state.seq - 1), DORA)
    assert [(change.table, change.key) for change in changes] == [("offers", None)]
    assert set(seen_findings(state, DORA)) <= set(state.findings)
    assert "secret-source" in repr(seen_history(conference.history(limit=9), PIA, nations))


def test_rows_are_written_through_the_guard_alone():
    """No module beside `guard.writing` changes the tables by itself: it would pass by what a delegate may not."""
    web = Path(contingent.__file__).parent / "web"
    rows = r"conference\s*\.\s*(change|undo|import_apply|restore_version)\("
    remarks = r"remarks\s*\.\s*(write_note|take_out_note|accept_risk|withdraw_risk)\("
    for own_way, home in ((rows, "writing.py"), (remarks, "remarking.py")):
        assert {path.name for path in web.rglob("*.py") if re.search(own_way, path.read_text())} == {home}
