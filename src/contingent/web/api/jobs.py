"""What is computed outside of requests; versions of the scenario with a name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from contingent.store import Actor, Conflict, Differences, Edit, Job, RowDifference, UnknownNumber, Version
from contingent.web.api.answers import (
    ChangeAnswer,
    ChangeGiven,
    DifferencesAnswer,
    Given,
    Name,
    Number,
    PartWanted,
    SeenGiven,
    WhyGiven,
    difference_answer,
    row_answer,
)
from contingent.web.api.answers import Items as ItemsAnswer
from contingent.web.api.problems import READS, WRITES, Documented, ProblemRoute
from contingent.web.guard import Viewer, may, needs, viewer_of
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import actor_of, check_edits, restore
from contingent.web.pages.aid import MOST_STOPPED, donors_stopped
from contingent.web.seen import nations_of_offers, seen_cells
from contingent.web.view import View, view_of
from contingent.web.work.asking import ask
from contingent.web.work.kinds import KINDS, MOST_WATCHERS, hears_of, is_own, may_cancel

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

JobNumber = Annotated[Number, Path(description="Number of the job.")]

_PACKED = {"application/zip": {"schema": {"type": "string", "format": "binary"}}}
ZIP: Documented = {200: {"description": "Files, packed.", "content": _PACKED}}
"""What the document says of packed files."""


OF_WHAT_IF = (("what_if", "stress"), ("what_if", "simulate"))
"""Kinds of jobs that can be about the plan of another, with that one's kind before."""


class JobGiven(Given):
    """What is to be computed. What is left out is chosen by the planner."""

    kind: Literal["plan", "verify", "what_if", "remedies", "simulate", "stress", "ceiling", "situation", "aid", "observe"]
    option: Name | None = Field(None, description="Course of action; plan and what_if.")
    time_limit: Annotated[float, Field(gt=0, le=3600)] | None = Field(None, description="Longest time of the planner. [s]")
    seed: Number | None = None
    plan: Number | None = Field(None, description="Plan that it is about; the latest where it is left out.")
    what_if: Number | None = Field(None, description="What-if that it is about, instead of a plan; stress, simulate.")
    replications: Annotated[int, Field(ge=1, le=100_000)] | None = Field(None, description="How often it is played; simulate.")
    until: Annotated[str, Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")] | None = Field(
        None, description="Last day that is told of; situation.")
    weekly: bool | None = None
    stop: Annotated[list[Name], Field(max_length=MOST_STOPPED)] | None = Field(
        None, description="Donors of whom nothing more is to come; aid.")
    people: Annotated[int, Field(ge=1, le=MOST_WATCHERS)] | None = Field(None, description="Who watch the line at most; observe.")
    change: ChangeGiven | None = Field(None, description="Edits that are only tried; what_if.")


class JobAnswer(BaseModel):
    """A job."""

    id: int
    kind: str
    status: Literal["queued", "running", "done", "failed", "cancelled"]
    asked_by: str
    asked_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    share: float = Field(description="How much of it is done. [-]")
    message: str
    is_cancelled: bool
    result: dict[str, Any] | None
    so_far: dict[str, Any] | None = Field(
        None, description="While a plan is searched for: by priority what is filled, and what at most could be. [-]")


class VersionGiven(Given):
    """A name for the scenario as it stands."""

    name: Annotated[Name, Field(max_length=60)]


class VersionAnswer(BaseModel):
    """A version of the scenario with a name."""

    id: int
    name: str
    of_seq: int
    made_at: datetime
    made_by: str


@router.get("/jobs", tags=["jobs"], summary="Jobs", responses=READS, dependencies=[Depends(needs("jobs.read"))])
def jobs(
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200, description="Jobs at most.")] = 50,
    are_open: Annotated[bool, Query(description="Only those that wait or run.")] = False,
) -> list[JobAnswer]:
    """Jobs that the asker may know of, the newest first."""
    viewer = viewer_of(request)
    found = request.app.state.conference.jobs(limit=limit, are_open=are_open)
    return [_job(each, viewer) for each in found if hears_of(viewer, each)]


def _job(job: Job, viewer: Viewer) -> JobAnswer:
    values = {name: getattr(job, name) for name in JobAnswer.model_fields if name != "result"}
    if not (viewer.sees_all or is_own(viewer, job)):
        values["message"] = ""  # why it failed may name rows of others
    result = None if job.result is None or not job.is_over else dict(job.result)
    if result is not None and not viewer.sees_all:
        result.pop("findings", None)  # which promises are broken may tell of others; how many are is told
    return JobAnswer(**{**values, "so_far": None if job.so_far is None else dict(job.so_far)}, result=result)


def _job_seen(request: Request, number: int) -> Job:
    job: Job = request.app.state.conference.job(number)
    if not hears_of(viewer_of(request), job):
        raise UnknownNumber(f"There is no job {number}.")
    return job


@router.post(
    "/jobs", tags=["jobs"], summary="Ask for a computation", responses=WRITES, status_code=202,
    dependencies=[Depends(needs("jobs.try"))],
)  # fmt: skip
def ask_for(request: Request, response: Response, given: JobGiven) -> JobAnswer:
    """Ask for a computation. It waits for a worker; ask for the job again to hear how far it is.

    A what-if needs `jobs.try`, all others `jobs.write`. Where the same one waits already, that one is answered.
    """
    view = view_of(request)
    kind = KINDS[given.kind]
    if not may(view.viewer, kind.permission):
        raise Denied("You may not ask for that.", maybe="ask a planner of the conference")
    if given.what_if is not None and (_job_seen(request, given.what_if).kind, given.kind) not in OF_WHAT_IF:
        raise Denied("Only a what-if can be stressed or played through so.", status=422, maybe="name the job of a what-if")
    wanted = given.model_dump(exclude={"kind", "change"}, exclude_none=True)
    if given.stop:
        wanted["stop"] = list(donors_stopped(view, given.stop))
    number = ask(view.conference, actor_of(view.viewer), given.kind, {**wanted, **_tried(view, given)})
    response.headers["Location"] = f"/api/v1/jobs/{number}"
    return _job(view.conference.job(number), view.viewer)


def _tried(view: View, given: JobGiven) -> dict[str, Any]:
    """Return the edits of a what-if, which must be edits that the viewer could make.

    Raises
    ------
    Denied
        If there are none, or the viewer may not make one of them.
    """
    if given.kind != "what_if":
        return {}
    if given.change is None:
        raise Denied("A what-if needs edits to try.", status=422, maybe="name them in 'change'")
    edits = [Edit(each.table, each.cells, each.row, each.version) for each in given.change.edits]
    check_edits(view.viewer, edits, view.state)
    try:
        view.conference.tried(edits)
    except Conflict:
        if view.viewer.sees_all:
            raise
        # What stands now may have become another nation's.
        raise Denied("A row was changed meanwhile.", status=409, maybe="read it again") from None
    latest = view.stored.id if view.stored is not None else None
    told = [{"table": each.table, "cells": each.cells, "row": each.row, "version": each.version} for each in edits]
    return {"edits": told} | ({} if latest is None else {"against": latest})


@router.get("/jobs/{job}", tags=["jobs"], summary="A job", responses=READS, dependencies=[Depends(needs("jobs.read"))])
def one_job(request: Request, job: JobNumber) -> JobAnswer:
    """How far a job is, and what came of it."""
    return _job(_job_seen(request, job), viewer_of(request))


def _ended(request: Request, job: int, end: Callable[[Actor, int], Job]) -> JobAnswer:
    """Return a job that is over, or that has been told to end in the given way by who may."""
    found, viewer = _job_seen(request, job), viewer_of(request)
    if found.is_over:
        return _job(found, viewer)
    if not may_cancel(viewer, found):
        raise Denied("That job is another's.", maybe="ask whoever began it")
    return _job(end(actor_of(viewer), job), viewer)


@router.post(
    "/jobs/{job}/cancel", tags=["jobs"], summary="Stop a job", responses=WRITES, dependencies=[Depends(needs("jobs.try"))],
)  # fmt: skip
def cancel(request: Request, job: JobNumber, given: WhyGiven) -> JobAnswer:
    """Stop a job: at once where it waits, within a second where it runs. One's own; planners, anybody's."""
    del given
    return _ended(request, job, request.app.state.conference.cancel)


@router.post(
    "/jobs/{job}/enough", tags=["jobs"], summary="End a search with its best so far", responses=WRITES,
    dependencies=[Depends(needs("jobs.try"))],
)  # fmt: skip
def enough(request: Request, job: JobNumber, given: WhyGiven) -> JobAnswer:
    """End the search of a plan or a what-if: the best plan so far becomes its result, with its bound. Others go on."""
    del given
    return _ended(request, job, request.app.state.conference.enough)


@router.get(
    "/jobs/{job}/archive", tags=["jobs"], summary="Files that came of a job", responses={**READS, **ZIP}, response_class=Response,
    dependencies=[Depends(needs("jobs.read"))],
)  # fmt: skip
def archive(request: Request, job: JobNumber) -> Response:
    """What a job wrote, as a packed folder, for those who see everything: it is made of the whole scenario."""
    found = _job_seen(request, job)
    content = request.app.state.conference.job_archive(job) if viewer_of(request).sees_all else None
    if content is None:
        raise Denied("There are no files of that job.", status=404)
    return Response(
        content, media_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{found.kind}-{job}.zip"'})  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------- versions


@router.get(
    "/versions", tags=["versions"], summary="Versions with a name", responses=READS,
    dependencies=[Depends(needs("snapshots.read"))],
)  # fmt: skip
def versions(request: Request, part: PartWanted) -> ItemsAnswer[VersionAnswer]:
    """Versions of the scenario that were given a name, the newest first."""
    found: list[Version] = request.app.state.conference.versions()
    shown = found[part.offset : part.offset + part.limit]
    return ItemsAnswer(total=len(found), offset=part.offset, items=[_version(each) for each in shown])


def _version(version: Version) -> VersionAnswer:
    return VersionAnswer(**{name: getattr(version, name) for name in VersionAnswer.model_fields})


@router.post(
    "/versions", tags=["versions"], summary="Give the scenario as it stands a name", responses=WRITES, status_code=201,
    dependencies=[Depends(needs("snapshots.write"))],
)  # fmt: skip
def name_version(request: Request, given: VersionGiven) -> VersionAnswer:
    """Give the scenario as it stands a name, to come back to and to hold it against."""
    return _version(request.app.state.conference.name_version(actor_of(viewer_of(request)), given.name))


@router.get(
    "/versions/{version}/differences", tags=["versions"], summary="What differs from a version", responses=READS,
    dependencies=[Depends(needs("snapshots.read"))],
)  # fmt: skip
def differences(request: Request, version: Annotated[Number, Path(description="Number of the version.")]) -> DifferencesAnswer:
    """Rows that are new, changed and removed since a version, as far as the asker may see them."""
    view = view_of(request)
    known = next((each for each in view.conference.versions() if each.id == version), None)
    if known is None:
        raise UnknownNumber(f"There is no version {version}.")
    return seen_differences(view.conference.compare_with(known), view)


@router.post(
    "/versions/{version}/restore", tags=["versions"], summary="Restore a version", responses=WRITES,
    dependencies=[Depends(needs("snapshots.write"))],
)  # fmt: skip
def restored(
    request: Request, version: Annotated[Number, Path(description="Number of the version.")], given: SeenGiven
) -> ChangeAnswer:
    """Make the tables again what they were in a version, as one change that can be undone.

    A row that was changed since what was seen is a conflict, and nothing is done.
    """
    view = view_of(request)
    state = restore(view.conference, view.viewer, version, of_seq=given.of_seq)
    before = {(row.table, row.id): row.version for rows in view.state.rows.values() for row in rows}
    written = [row for rows in state.rows.values() for row in rows if before.get((row.table, row.id)) != row.version]
    return ChangeAnswer(seq=state.seq, rows=[row_answer(row) for row in written])


def seen_differences(found: Differences, view: View) -> DifferencesAnswer:
    """Return what differs, as far as a viewer may see it."""
    nations = {**view.nations, **nations_of_offers(view.state)}
    parts = {
        name: [difference_answer(shown) for each in getattr(found, name) if (shown := _seen(each, view.viewer, nations))]
        for name in DifferencesAnswer.model_fields
    }
    return DifferencesAnswer(**parts)


def _seen(found: RowDifference, viewer: Viewer, nations: dict[str, str]) -> RowDifference | None:
    sides = [None if cells is None else seen_cells(found.table, cells, viewer, nations) for cells in (found.before, found.after)]
    if any(side is None and cells is not None for side, cells in zip(sides, (found.before, found.after), strict=True)):
        return None
    shown = replace(found, before=sides[0], after=sides[1])
    return shown if shown.columns else None
