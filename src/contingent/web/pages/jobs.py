"""What is computed: asking for it, watching it, stopping it, and what came of it."""

import math
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from contingent.store import Job, UnknownNumber
from contingent.web.frame import page, work_of
from contingent.web.guard import may, needs, token_of
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import actor_of
from contingent.web.returning import is_whole, sent_back
from contingent.web.view import View, form_of, view_of
from contingent.web.wording import link
from contingent.web.work.asking import BY_ITSELF, TooMany, ask
from contingent.web.work.kinds import KINDS, LEAVE_FILES, hears_of, is_own, may_cancel, may_keep, title_of
from contingent.web.work.proof import read_from

router = APIRouter()

SHOWN = 60
"""Jobs that the page shows."""

LONGEST_LIMIT = 86_400
"""Longest time that a plan may be given. [s]"""

STATES = {"queued": "waits", "running": "runs", "done": "● done", "failed": "○ came to nothing", "cancelled": "stopped"}
WITHHELD = "It came to nothing. A planner of the conference can see why."
TO_TRY = "what_if"


@router.get("/jobs", include_in_schema=False, dependencies=[Depends(needs("jobs.read"))])
def jobs(request: Request) -> HTMLResponse:
    """Show what waits, runs and ran."""
    return _page(request)


def _page(request: Request, *, fault: str | None = None) -> HTMLResponse:
    view = view_of(request)
    found = [job for job in view.conference.jobs(limit=SHOWN * 3) if hears_of(view.viewer, job)][:SHOWN]
    return page(
        request,
        "jobs.html",
        status=422 if fault else 200,
        view=view,
        rows=[_row(view, job) for job in found],
        kinds=[kind for kind in KINDS.values() if kind.name != TO_TRY],
        options=view.scenario.option_names if view.scenario is not None else (),
        may_ask=may(view.viewer, "jobs.write") and view.scenario is not None,
        may_set=may(view.viewer, "settings.write"),
        by_itself=bool(view.conference.setting(BY_ITSELF)),
        fault=fault,
    )


def _row(view: View, job: Job) -> dict[str, Any]:
    result = job.result or {}
    knows = view.viewer.sees_all or is_own(view.viewer, job)
    took = (job.ended_at - job.begun_at).total_seconds() if job.ended_at and job.begun_at else None
    return {
        "job": job,
        "title": title_of(job),
        "words": words_of(job) if knows else (),
        "state": STATES[job.status] if not job.is_cancelled or job.is_over else "is being stopped",
        "took": "" if took is None else f"{took:.1f} s" if took < 60 else f"{took / 60:.1f} min",
        "plan": result.get("plan"),
        "compare": _compared(job) if knows and job.status == "done" and job.has_archive else None,
        "has_archive": view.viewer.sees_all and job.has_archive and job.kind in LEAVE_FILES,
        "said": _said(view, job, result),
        "may_cancel": may_cancel(view.viewer, job) and not job.is_cancelled,
        "may_keep": may_keep(view.viewer, job) and not job.is_cancelled,
        "ended_early": bool(result.get("ended_early")),
    }


def words_of(job: Job) -> list[str]:
    """Return in words what a job was asked in particular."""
    stopped = job.arguments.get("stop", ())
    return [*job.arguments.get("words", ()), *([f"nothing more from {', '.join(stopped)}"] if stopped else [])]


def _compared(job: Job) -> str | None:
    """The address where what was tried stands beside what it was held against."""
    if job.kind != TO_TRY:
        return None
    against = job.arguments.get("against")
    return link(("/compare", {"of": f"{f'p{against},' if against else ''}w{job.id}"}))


def _said(view: View, job: Job, result: Mapping[str, Any]) -> str:
    if job.status == "failed":
        # What is wrong with the tables may name rows of others.
        return job.message if view.viewer.sees_all else WITHHELD
    if job.status in ("queued", "running"):
        return "" if job.so_far is not None else job.message
    said = read_from(result) if view.viewer.sees_all else None
    if said is not None:
        return "Every promise holds." if not said.broken else " ".join(str(each) for each in said.findings[:3])
    return " ".join(result.get("sentences", ())[:2]) if view.viewer.sees_all else ""


@router.get("/jobs/panel", include_in_schema=False, dependencies=[Depends(needs("jobs.read"))])
def panel(request: Request) -> HTMLResponse:
    """Return what the head of a page says of what is being computed: a part of the page."""
    view = view_of(request)
    work = {**work_of(request, view), "back": "/"}
    return page(request, "parts/work.html", view=view, work=work, token=token_of(request))


@router.post("/jobs", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def begin(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Ask for a job."""
    kind = KINDS.get(form.get("kind", ""))
    if kind is None or kind.name == TO_TRY:
        return _page(request, fault="There is nothing of that name to compute.")
    arguments: dict[str, Any] = {}
    if kind.name == "plan":
        limit = _seconds(form.get("time_limit", ""))
        if limit is not None and not 0 < limit <= LONGEST_LIMIT:
            return _page(request, fault=f"The longest time is a number of seconds above 0, at most {LONGEST_LIMIT:,}.")
        arguments = {"option": form.get("option") or None, "time_limit": limit}
        scenario = view_of(request).scenario
        if arguments["option"] is not None and (scenario is None or arguments["option"] not in scenario.option_names):
            return _page(request, fault="There is no such option.")
    if kind.name == "verify" and is_whole(form.get("plan", "")):
        arguments = {"plan": int(form["plan"])}
    return _asked(request, kind.name, arguments, back="/jobs")


def _seconds(text: str) -> float | None:
    """A number of seconds that somebody typed; one that is none is below 0, blank is None."""
    if not text.strip():
        return None
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return -1.0
    return value if math.isfinite(value) else -1.0


@router.post("/jobs/plan", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def plan_again(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Plan anew, in the option of the plan that is looked at."""
    view = view_of(request)
    option = view.stored.option if view.stored is not None else None
    known = view.scenario is not None and option in view.scenario.option_names
    return _asked(request, "plan", {"option": option if known else None}, back=form.get("back", "/"))


def _asked(request: Request, kind: str, arguments: Mapping[str, Any], *, back: str) -> Response:
    view = view_of(request)
    try:
        ask(view.conference, actor_of(view.viewer), kind, arguments)
    except TooMany:
        return sent_back(back, "many")
    return sent_back(back, "asked")


@router.post("/jobs/by-itself", include_in_schema=False, dependencies=[Depends(needs("settings.write"))])
def by_itself(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Say whether the plan is made anew by itself."""
    view = view_of(request)
    view.conference.set_setting(actor_of(view.viewer), BY_ITSELF, form.get("on") == "yes")
    return sent_back("/jobs", "set")


def job_of(view: View, number: int) -> Job:
    """Return a job that the viewer may know of.

    Raises
    ------
    Denied
        If there is none, or it is another's.
    """
    try:
        job = view.conference.job(number)
    except UnknownNumber:
        job = None
    if job is None or not hears_of(view.viewer, job):
        raise Denied("There is no such computation.", status=404)
    return job


@router.post("/jobs/{number}/cancel", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
def cancel(request: Request, number: int, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Stop a job."""
    view = view_of(request)
    job = job_of(view, number)
    if not job.is_over and not may_cancel(view.viewer, job):
        raise Denied("Somebody else asked for it.", maybe="ask them, or a planner of the conference")
    view.conference.cancel(actor_of(view.viewer), number)
    return sent_back(form.get("back", "/jobs"), "stopped")


@router.post("/jobs/{number}/enough", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
def enough(request: Request, number: int, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """End a job with what it has found so far."""
    view = view_of(request)
    job = job_of(view, number)
    if not job.is_over and not may_cancel(view.viewer, job):
        raise Denied("Somebody else asked for it.", maybe="ask them, or a planner of the conference")
    view.conference.enough(actor_of(view.viewer), number)
    return sent_back(form.get("back", "/jobs"), "enough")


@router.get("/jobs/{number}/files", include_in_schema=False, dependencies=[Depends(needs("settings.read"))])
def files(request: Request, number: int) -> Response:
    """Hand out the files that came of a job."""
    view = view_of(request)
    job = job_of(view, number)
    archive = view.conference.job_archive(number)
    if archive is None:
        raise Denied("It left no files.", status=404)
    headers = {"Content-Disposition": f'attachment; filename="{job.kind}-{number}.zip"'}
    return Response(archive, media_type="application/zip", headers=headers)
