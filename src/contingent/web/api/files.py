"""Scenarios out and in, in every form; plans out.

What goes out is what the asker may see. What comes in is first held against what stands there: `preview` says what it would
change, and `apply` does it where nothing was changed since.
"""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from pydantic import Field
from starlette.responses import Response

from contingent.model.scenario import Scenario
from contingent.report.workbook import write_workbook
from contingent.store import Preview, Refused, State, StoredPlan
from contingent.store.exchange import export_folder, export_workbook
from contingent.store.plans import packed
from contingent.web.api.answers import ChangeAnswer, DifferencesAnswer, Number, Told, told_answers
from contingent.web.api.jobs import ZIP, seen_differences
from contingent.web.api.plans import PlanNumber, plan_seen
from contingent.web.api.problems import READS, Documented, ProblemRoute, refusals
from contingent.web.api.watch import body_of
from contingent.web.forms_out import (
    KINDS,
    MapForm,
    ScenarioForm,
    TableForm,
    calendar_file,
    map_file,
    plan_tables_file,
    scenario_file,
    written,
)
from contingent.web.forms_out import XLSX as XLSX_KIND
from contingent.web.forms_out import ZIP as ZIP_KIND
from contingent.web.guard import Viewer, needs
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import apply_import, own_part
from contingent.web.seen import seen_rows
from contingent.web.unpacking import unpacked_scenario
from contingent.web.view import View, view_of

Form = InPath(description="Form of the file, as its name ends.")

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

OCTETS = "application/octet-stream"

_BINARY = {"schema": {"type": "string", "format": "binary"}}
XLSX: Documented = {200: {"description": "A workbook.", "content": {XLSX_KIND: _BINARY}}}
TAKEN = (ZIP_KIND, XLSX_KIND, KINDS["sqlite"], KINDS["gpkg"], KINDS["geojson"], OCTETS)
"""Media types of what is taken in; what a file is, is told by its content."""

_SENT = {"requestBody": {"required": True, "content": dict.fromkeys(TAKEN, _BINARY)}}
_ONE_OF: Documented = {
    200: {"description": "A file of the form that was asked for.", "content": dict.fromkeys(KINDS.values(), _BINARY)}
}


class PreviewAnswer(DifferencesAnswer):
    """What an import would do."""

    of_seq: int = Field(description="State that it was held against: name it when it is applied.")
    findings: list[Told] = Field(description="Why it would be refused; empty where it can be applied.")


def _file(content: bytes, name: str, kind: str) -> Response:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def state_seen(state: State, viewer: Viewer) -> State:
    """Return the rows of a conference as a viewer may see them."""
    return state if viewer.sees_all else replace(state, rows={table: seen_rows(state, table, viewer) for table in state.rows})


@router.get(
    "/exports/scenario.zip", tags=["files"], summary="The scenario as a packed folder", responses={**READS, **ZIP},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def scenario_folder(request: Request) -> Response:
    """The tables as CSV files, as far as the asker may see them. Brought in again they change nothing."""
    view = view_of(request)
    state = state_seen(view.state, view.viewer)
    return _file(written("scenario", lambda path: export_folder(state, path)), "scenario.zip", ZIP_KIND)


@router.get(
    "/exports/scenario.xlsx", tags=["files"], summary="The scenario as a workbook", responses={**READS, **XLSX},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def scenario_workbook(request: Request) -> Response:
    """The tables as sheets, as far as the asker may see them. Brought in again they change nothing."""
    view = view_of(request)
    state = state_seen(view.state, view.viewer)
    return _file(written("scenario.xlsx", lambda path: export_workbook(state, path)), "scenario.xlsx", XLSX_KIND)


@router.get(
    "/exports/scenario.{form}", tags=["files"], summary="The scenario in another form", responses={**refusals(409), **_ONE_OF},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def scenario_in_form(request: Request, form: Annotated[ScenarioForm, Form]) -> Response:
    """The tables as an SQLite file or as packed Parquet; what has a place as GeoPackage, GeoJSON or KML.

    As far as the asker may see them. Tables that are brought in again change nothing.
    """
    return _file(scenario_file(view_of(request), form), f"scenario.{form}", KINDS[form])


@router.get(
    "/plans/{plan}/plan.zip", tags=["files"], summary="A plan as a packed folder", responses={**READS, **ZIP},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def plan_folder(request: Request, plan: PlanNumber) -> Response:
    """A plan's folder, with the scenario that was planned for those who see everything; for others what they may see."""
    view = view_of(request)
    stored, seen = plan_seen(view, plan)
    content = view.conference.plan_archive(stored.id) if view.viewer.sees_all else packed(seen, None)
    return _file(content, f"plan-{stored.id}.zip", ZIP_KIND)


@router.get(
    "/plans/{plan}/plan.xlsx", tags=["files"], summary="A plan as a workbook", responses={**READS, **XLSX},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def plan_workbook(request: Request, plan: PlanNumber) -> Response:
    """The statement of requirements by month and everything behind it, as far as the asker may see it."""
    view = view_of(request)
    stored, seen = plan_seen(view, plan)
    scenario = view.planned_as_seen(stored)
    assert scenario is not None
    content = written("plan.xlsx", lambda path: write_workbook(scenario, seen, path))
    return _file(content, f"plan-{stored.id}.xlsx", XLSX_KIND)


@router.get(
    "/plans/{plan}/tables.{form}", tags=["files"], summary="A plan as a database or as Parquet", responses={**READS, **_ONE_OF},
    response_class=Response, dependencies=[Depends(needs("exports.read"))],
)  # fmt: skip
def plan_tables(request: Request, plan: PlanNumber, form: Annotated[TableForm, Form]) -> Response:
    """A plan's tables, with the scenario that was planned for those who see everything; for others what they may see."""
    view = view_of(request)
    stored, seen = plan_seen(view, plan)
    sees_all = view.viewer.sees_all
    content = plan_tables_file(stored.plan if sees_all else seen, stored.scenario if sees_all else None, form)
    return _file(content, f"plan-{stored.id}.{form}", KINDS[form])


@router.get(
    "/plans/{plan}/map.{form}", tags=["files"], summary="A plan as a map", responses={**refusals(409), **_ONE_OF},
    response_class=Response, dependencies=[Depends(needs("plans.write"))],
)  # fmt: skip
def plan_map(request: Request, plan: PlanNumber, form: Annotated[MapForm, Form]) -> Response:
    """What has a place in a plan, of all nations, as GeoPackage, GeoJSON or KML."""
    stored, planned = _whole(view_of(request), plan)
    return _file(map_file(planned, stored.plan, form), f"plan-{stored.id}.{form}", KINDS[form])


@router.get(
    "/plans/{plan}/calendar.ics", tags=["files"], summary="A plan's rotations as a calendar",
    responses={**refusals(409), **_ONE_OF}, response_class=Response, dependencies=[Depends(needs("plans.write"))],
)  # fmt: skip
def plan_calendar(request: Request, plan: PlanNumber) -> Response:
    """Deployment, handover and redeployment of each tour, of all nations, as iCalendar."""
    stored, planned = _whole(view_of(request), plan)
    return _file(calendar_file(planned, stored.plan), f"plan-{stored.id}.ics", KINDS["ics"])


def _whole(view: View, plan: str) -> tuple[StoredPlan, Scenario]:
    """A plan and what was planned, with nothing kept back."""
    stored, _ = plan_seen(view, plan)
    origin, _ = view.origin_of(stored)
    assert origin is not None
    return stored, origin


@router.post(
    "/imports/preview", tags=["files"], summary="What an import would change", responses=refusals(409, 413, 415),
    openapi_extra=_SENT, dependencies=[Depends(needs("imports.write"))],
)  # fmt: skip
def preview(request: Request, body: Annotated[bytes, Depends(body_of)]) -> PreviewAnswer:
    """Hold a workbook, a packed folder, an SQLite file or a map against what stands there; nothing is changed.

    A packed folder holds CSV, TOML, Parquet, GeoJSON or GeoPackage. Of a map places, sectors and lines are taken in: by the
    layers' names, else points, areas and lines.

    Rows are matched by key. A table that was not sent is left alone; of one that was, rows that are missing would be taken out.
    Of a delegate's file only what is its own nation's is looked at.
    """
    view = view_of(request)
    found = own_part(_preview(request, body), view.viewer, view.state)
    differing = seen_differences(found, view)
    return PreviewAnswer(
        new=differing.new, changed=differing.changed, removed=differing.removed, of_seq=found.of_seq,
        findings=told_answers(found.findings),
    )  # fmt: skip


def _preview(request: Request, body: bytes) -> Preview:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in TAKEN:
        what = "A scenario comes as a workbook, a packed folder, an SQLite file or a map."
        raise Denied(what, status=415, maybe=f"send it as one of {', '.join(TAKEN)}")
    with unpacked_scenario(body) as place:
        found: Preview = request.app.state.conference.import_preview(place)
        return found


@router.post(
    "/imports/apply", tags=["files"], summary="Bring a scenario in", responses=refusals(409, 413, 415), openapi_extra=_SENT,
    dependencies=[Depends(needs("imports.write"))],
)  # fmt: skip
def apply(
    request: Request, body: Annotated[bytes, Depends(body_of)],
    of_seq: Annotated[Number, Query(description="`of_seq` of the preview; where rows were changed since, nothing is done.")],
    why: Annotated[str, Query(max_length=300, description="Reason, for the history.")] = "",
) -> ChangeAnswer:  # fmt: skip
    """Do what the preview of the same file says, all of it or nothing."""
    view = view_of(request)
    found = _preview(request, body)
    if found.of_seq != of_seq:
        raise Denied("Rows were changed since the preview.", status=409, maybe="look at the preview again")
    if found.findings and not found.edits:
        raise Refused(found.findings)
    return ChangeAnswer(seq=apply_import(view.conference, view.viewer, found, why=why.replace("\0", "")).seq)
