"""What if: a few changes tried without being written, planned beside the plan that stands, and adopted where they are good."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from contingent.findings import Finding
from contingent.store import Conflict, Job, Refused
from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import actor_of, check_edits
from contingent.web.pages.jobs import job_of
from contingent.web.returning import changed, sent_back, with_done
from contingent.web.seen import seen_rows
from contingent.web.view import View, form_of, view_of
from contingent.web.wording import link
from contingent.web.work.asking import TooMany, ask
from contingent.web.work.kinds import hears_of, is_own, may_cancel, may_keep
from contingent.web.work.trying import OF_NATION, Tried, as_arguments, edits_from, edits_of, tried_from

router = APIRouter()

SHOWN = 20
"""Earlier ones that are shown."""

NOT_ALLOWED = "the tables would no longer make sense: a planner of the conference can see why."


@router.get("/what-if", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
def what_if(request: Request) -> HTMLResponse:
    """Show what may be tried, and what was tried."""
    try:
        tried = tried_from({name: request.query_params.getlist(name) for name in request.query_params})
    except ValueError:
        tried = Tried()
    return _page(request, tried)


def _page(request: Request, tried: Tried, *, findings: tuple[Finding, ...] = (), fault: str | None = None) -> HTMLResponse:
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    offers = seen_rows(view.state, "offers", view.viewer)
    giving = {row.cells.get("nation") for table in OF_NATION for row in seen_rows(view.state, table, view.viewer)}
    names = {row.nation: row.name for row in view.scenario.nations}
    before = [job for job in view.conference.jobs(limit=SHOWN * 10) if job.kind == "what_if" and hears_of(view.viewer, job)]
    return page(
        request,
        "what_if.html",
        status=422 if findings or fault else 200,
        view=view,
        tried=tried,
        nations=[(nation, names.get(nation, nation)) for nation in sorted(name for name in giving if name)],
        has_pool=bool(seen_rows(view.state, "pool", view.viewer)),
        offers=[(row.key, row.cells.get("nation", "")) for row in offers],
        lines=[row.key for row in view.state.rows.get("requirements", ())] if view.viewer.sees_all else [],
        findings=findings,
        fault=fault,
        rows=[_row(view, job) for job in before[:SHOWN]],
    )


def _row(view: View, job: Job) -> dict[str, Any]:
    against, is_done = job.arguments.get("against"), job.status == "done"
    sides = f"{f'p{against},' if against else ''}w{job.id}"
    fill = (job.result or {}).get("fill")
    return {
        "job": job,
        "words": job.arguments.get("words", ()),
        "fill": fill,
        "compare": link(("/compare", {"of": sides})) if is_done and job.has_archive else None,
        "may_adopt": is_done and (view.viewer.sees_all or is_own(view.viewer, job)),
        "may_cancel": may_cancel(view.viewer, job) and not job.is_cancelled,
        "may_keep": may_keep(view.viewer, job) and not job.is_cancelled,
        "why": job.message if view.viewer.sees_all else "",
    }


@router.post("/what-if", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
async def asked(request: Request) -> Response:
    """Ask for a plan of what is tried."""
    form = await request.form(max_files=0, max_fields=200)
    fields = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    return await run_in_threadpool(_ask, request, fields)


def _ask(request: Request, fields: dict[str, list[str]]) -> Response:
    view = view_of(request)
    try:
        tried = tried_from(fields)
    except ValueError as error:
        return _page(request, Tried(), fault=str(error))
    if tried.is_nothing or view.state.scenario is None:
        return _page(request, tried, fault="Choose something to change first.")
    edits = edits_of(view.state, tried, view.viewer)
    if not edits:
        return _page(request, tried, fault="That changes nothing: the tables say so already, or have no such row.")
    check_edits(view.viewer, edits, view.state)
    try:
        view.conference.tried(edits)
    except Refused as refused:
        shown = refused.findings if view.viewer.sees_all else (Finding("tables", NOT_ALLOWED),)
        return _page(request, tried, findings=shown)
    except Conflict:
        return _page(request, tried, fault="Somebody changed one of the rows just now. Try again.")
    stored = view.stored
    arguments = as_arguments(edits, tried) | {
        "against": stored.id if stored is not None else None,
        "option": stored.option if stored is not None else None,
        "of_seq": view.state.seq,
    }
    try:
        number = ask(view.conference, actor_of(view.viewer), "what_if", arguments)
    except TooMany:
        return sent_back("/what-if", "many")
    return RedirectResponse(f"/what-if?done=asked#try-{number}", status_code=303)


@router.post("/what-if/{number}/adopt", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
def adopt(request: Request, number: int, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Write what was tried into the tables, all of it or nothing."""
    view = view_of(request)
    job = job_of(view, number)
    if job.kind != "what_if" or job.status != "done" or not (view.viewer.sees_all or is_own(view.viewer, job)):
        raise Denied("There is nothing to adopt there.", status=404)
    why = form.get("why", "").strip() or f"what if {number}: {'; '.join(job.arguments.get('words', ()))}"
    then = with_done("/what-if", "adopted")
    return changed(request, view, lambda: view.change(edits_from(job.arguments), why=why), back="/what-if", then=then)
