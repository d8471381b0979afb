"""Notes on lines and accepted risks: written from the drawer, a line's own page and the page of gaps; taken along as CSV."""

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from contingent.findings import Finding
from contingent.store import Conflict, Refused, UnknownNumber
from contingent.store.records import Audience
from contingent.web.frame import FLASHES, page
from contingent.web.guard import needs
from contingent.web.guard.remarking import RiskGiven, take_out_note, withdraw_risk
from contingent.web.pages.requirements import line_page
from contingent.web.remarks import accepted_on, note_on, notes_frame, remarked, risks_frame, today
from contingent.web.returning import is_whole, sent_back
from contingent.web.tables_out import csv_answer
from contingent.web.view import View, form_of, view_of

router = APIRouter()

Form = Annotated[dict[str, str], Depends(form_of)]


@router.post("/requirements/notes", include_in_schema=False, dependencies=[Depends(needs("notes.write"))])
def write_note(request: Request, form: Form) -> Response:
    """Write a note on a line."""

    def work(view: View) -> str:
        note_on(view, form.get("line", ""), form.get("text", ""), for_all=form.get("audience") == "all")
        return "noted"

    return _answered(request, form, work)


@router.post("/requirements/notes/out", include_in_schema=False, dependencies=[Depends(needs("notes.write"))])
def take_note_out(request: Request, form: Form) -> Response:
    """Take a note out."""

    def work(view: View) -> str:
        take_out_note(view.conference, view.viewer, _number(form.get("note", "")))
        return "note-out"

    return _answered(request, form, work)


@router.post("/gaps/accept", include_in_schema=False, dependencies=[Depends(needs("risks.write"))])
def accept(request: Request, form: Form) -> Response:
    """Accept the risk of a line's gap."""

    def work(view: View) -> str:
        try:
            until = date.fromisoformat(form.get("until", ""))
        except ValueError:
            raise Refused([Finding("remark", "no day is named.", column="until", maybe="write it as 2027-03-01")]) from None
        audience: Audience = "all" if form.get("audience") == "all" else "planners"
        version = _number(form["version"]) if form.get("version") else None
        given = RiskGiven(form.get("accepted_by", ""), until, form.get("reason", ""), audience, version)
        _, kept = accepted_on(view, form.get("line", ""), given, on=today(request))
        return "accepted" if kept is None else "accepted-kept"

    return _answered(request, form, work)


@router.post("/gaps/withdraw", include_in_schema=False, dependencies=[Depends(needs("risks.write"))])
def withdraw(request: Request, form: Form) -> Response:
    """Accept the risk of a line's gap no longer."""

    def work(view: View) -> str:
        withdraw_risk(view.conference, view.viewer, form.get("line", ""), version=_number(form.get("version", "")))
        return "risk-withdrawn"

    return _answered(request, form, work)


def _number(text: str) -> int:
    if not is_whole(text):
        raise Refused([Finding("remark", "the form was not whole.", maybe="load the page again")])
    return int(text)


def _answered(request: Request, form: dict[str, str], work: Callable[[View], str]) -> Response:
    """Do the work and answer with the drawer as it is then, or send the browser back to where it was."""
    view = view_of(request)
    line, back = form.get("line", ""), form.get("back", "") or "/gaps"
    in_drawer = request.headers.get("hx-request") == "true"
    try:
        done = work(view)
    except Refused as refused:
        if in_drawer:
            return line_page(request, line, findings=refused.findings, status=422)
        return page(request, "refused.html", status=422, view=view, findings=refused.findings, back=view.at("/gaps"))
    except Conflict as conflict:
        if in_drawer:
            return line_page(request, line, conflict=conflict, status=409)
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back=view.at("/gaps"))
    except UnknownNumber as error:
        findings = (Finding("remark", str(error)),)
        if in_drawer:
            return line_page(request, line, findings=findings, status=422)
        return page(request, "refused.html", status=422, view=view, findings=findings, back=view.at("/gaps"))
    return line_page(request, line, said=FLASHES[done]) if in_drawer else sent_back(back, done)


@router.get("/requirements/notes.csv", include_in_schema=False, dependencies=[Depends(needs("requirements.read"))])
def notes(request: Request) -> Response:
    """Hand out the notes as CSV."""
    return csv_answer(notes_frame(remarked(view_of(request))), "notes")


@router.get("/gaps/accepted.csv", include_in_schema=False, dependencies=[Depends(needs("gaps.read"))])
def accepted(request: Request) -> Response:
    """Hand out the accepted risks as CSV."""
    return csv_answer(risks_frame(remarked(view_of(request)), on=today(request)), "accepted-risks")
