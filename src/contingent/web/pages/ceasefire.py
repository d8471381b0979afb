"""The ceasefire: reports in, by a form or a file; how a day or a week stands, and what comes next."""

from datetime import date, timedelta
from typing import Annotated, Any, get_args

import polars as pl
from fastapi import APIRouter, Depends, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.errors import BadIncidents, ContingentError
from contingent.findings import Finding
from contingent.monitoring.columns import CONFIDENCES, KINDS
from contingent.monitoring.gather import Gathered
from contingent.monitoring.readers.read import FormatName
from contingent.monitoring.sentences import span
from contingent.monitoring.situation import SITUATION_COLUMNS, Situation
from contingent.report.html.situation import contents
from contingent.report.words import leading_capital, plain
from contingent.store import Refused
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.guard.writing import actor_of
from contingent.web.observed import (
    LENGTHS,
    WRITTEN,
    Observed,
    cells_of_incidents,
    keep_exposure,
    observed,
    read_report,
    read_upload,
    situation_of,
)
from contingent.web.tables_out import csv_answer
from contingent.web.view import View, form_of, view_of

router = APIRouter()

FORMATS: tuple[FormatName, ...] = get_args(FormatName)

EARLIEST, LATEST = date(1900, 1, 1), date(2200, 1, 1)
"""Days that can be asked for."""

MOST_ASIDE = 100
"""Cells that were set aside which a page names."""

CHOICES = {"kind": KINDS, "confidence": CONFIDENCES}
NUMBERS = ("latitude", "longitude", "precision_km", "precision_h", "count", "killed", "wounded")
MAIN = ("time", "kind", "count", "sector", "place", "latitude", "longitude", "source")
HINTS = {
    "time": "As 2027-03-05 for a day, 2027-03-05T14:30 for a minute, or with an offset; UTC where none is written.",
    "count": "Violations that the report stands for; 0 = a look that saw none.",
    "sector": "Where no position is known.",
    "source": "Post, patrol or data set.",
    "party": "Whom the source holds responsible.",
    "incident": "Blank = made from what the report says: the same report twice is one.",
}
"""What a field of the form means, where its name does not say it."""


@router.get("/ceasefire", include_in_schema=False, dependencies=[Depends(needs("ceasefire.read"))])
def ceasefire(
    request: Request,
    until: Annotated[date | None, Query(ge=EARLIEST, le=LATEST)] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 7,
) -> HTMLResponse:
    """Show how the ceasefire stands at the end of a day or a week."""
    return _page(request, until=until, days=days)


def _page(
    request: Request,
    *,
    until: date | None = None,
    days: int = 7,
    typed: dict[str, str] | None = None,
    findings: tuple[Finding, ...] = (),
    status: int = 200,
) -> HTMLResponse:
    view = view_of(request)
    if view.scenario is None or view.whole is None:
        return page(request, "unreadable.html", view=view)
    known = observed(view)
    situation, wrong = _situation(view, known, until=until, days=days)
    last = until or (known.days[1] if known.days else None)
    around: dict[str, Any] = {} if situation is None else told_of(view, situation)
    return page(
        request,
        "ceasefire.html",
        status=status,
        view=view,
        known=known,
        situation=situation,
        wrong=wrong,
        until=last,
        days=days,
        lengths=LENGTHS,
        earlier=last - timedelta(days=days) if last is not None else None,
        later=last + timedelta(days=days) if last is not None and known.days and last < known.days[1] else None,
        may_report=may(view.viewer, "incidents.write"),
        fields=fields_of_report(view, typed or {}, findings),
        findings=findings,
        frames=sorted(SITUATION_COLUMNS),
        **around,
    )


def _situation(view: View, known: Observed, *, until: date | None, days: int) -> tuple[Situation | None, tuple[Finding, ...]]:
    """The situation, or what is wrong with what was asked; neither where nothing is known yet."""
    if known.days is None:
        return None, ()
    try:
        return situation_of(view, known, until=until, days=days), ()
    except BadIncidents as bad:
        return None, tuple(bad.findings)
    except ContingentError as error:
        return None, (Finding("ceasefire", str(error)),)


def told_of(view: View, situation: Situation) -> dict[str, Any]:
    """Return what the shared section on a situation is filled with."""
    assert view.whole is not None
    whole, period = view.whole, situation.period
    plan = situation.basis.get("plan")
    key = ("situation told", id(situation), view.state.seq, plan)
    kept: tuple[Situation, dict[str, Any]] = view.shelf.get(key, lambda: (situation, contents(whole, situation)))
    found = kept[1] if kept[0] is situation else contents(whole, situation)
    return {
        **found,
        "kind": f"{'Daily' if period.days == 1 else 'Weekly' if period.days == 7 else 'Longer'} situation",
        "span": leading_capital(span(period).removeprefix("from ").removeprefix("on ")),
        "span_inside": span(period),
        "before_span": span(period.before).removeprefix("from ").removeprefix("on "),
        "has_plan": True,  # the hint on the command line is not for readers of a page
    }


def fields_of_report(view: View, typed: dict[str, str], findings: tuple[Finding, ...]) -> list[dict[str, Any]]:
    """Return the fields of the form for one report, those that matter most first."""
    assert view.scenario is not None
    sectors = tuple(row.sector for row in view.scenario.sectors)
    order = [*MAIN, *(name for name in WRITTEN if name not in (*MAIN, "sources"))]
    return [
        {
            "name": name,
            "label": leading_capital(plain(name)),
            "value": typed.get(name, ""),
            "options": sectors if name == "sector" and sectors else CHOICES.get(name, ()),
            "is_number": name in NUMBERS,
            "is_needed": name in ("time", "source"),
            "is_main": name in MAIN,
            "hint": HINTS.get(name, ""),
            "findings": [each for each in findings if each.column == name],
        }
        for name in order
    ]


@router.post("/ceasefire/report", include_in_schema=False, dependencies=[Depends(needs("incidents.write"))])
def report(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take one report in; what is wrong with it is said at its field."""
    cells = {name: form[name].strip() for name in WRITTEN if form.get(name, "").strip()}
    rows, findings = read_report(cells)
    if findings:
        return _page(request, typed=cells, findings=findings, status=422)
    view = view_of(request)
    new = view.conference.add_incidents(actor_of(view.viewer), rows)
    return RedirectResponse(view.at("/ceasefire", {"done": "incident" if new else "known"}), status_code=303)


@router.post("/ceasefire/file", include_in_schema=False, dependencies=[Depends(needs("incidents.write"))])
def file(
    request: Request,
    file: Annotated[UploadFile, File()],
    format: Annotated[str, Form(max_length=20)] = "",  # noqa: A002
    zone: Annotated[str, Form(max_length=60)] = "UTC",
) -> HTMLResponse:
    """Take a file of incidents in, and say row by row what was set aside and why."""
    view = view_of(request)
    asked = next((name for name in FORMATS if name == format), None)
    try:
        found = read_upload(file.file.read(), name=file.filename or "", form=asked, zone=zone or "UTC")
        new = view.conference.add_incidents(actor_of(view.viewer), cells_of_incidents(found.incidents))
    except (BadIncidents, Refused) as bad:
        return _taken(request, view, None, tuple(bad.findings))
    except ValueError as wrong:
        return _taken(request, view, None, (Finding("time zone", str(wrong)),))
    return _taken(request, view, found, (), new=new)


def _taken(request: Request, view: View, found: Gathered | None, findings: tuple[Finding, ...], *, new: int = 0) -> HTMLResponse:
    aside = [] if found is None else found.set_aside.head(MOST_ASIDE).to_dicts()
    return page(
        request,
        "incidents-taken.html",
        status=422 if findings else 200,
        view=view,
        found=found,
        new=new,
        findings=findings,
        aside=aside,
        aside_left_out=0 if found is None else max(0, found.set_aside.height - MOST_ASIDE),
    )


@router.post("/ceasefire/watched", include_in_schema=False, dependencies=[Depends(needs("incidents.write"))])
def watched(request: Request, file: Annotated[UploadFile, File()]) -> Response:
    """Take in how long was watched, by sector and day, in place of what was known before."""
    view = view_of(request)
    sectors = [row.sector for row in view.whole.sectors] if view.whole is not None else []
    try:
        keep_exposure(
            view.conference, actor_of(view.viewer), file.file.read(), name=file.filename or "exposure.csv", sectors=sectors
        )
    except BadIncidents as bad:
        return _taken(request, view, None, tuple(bad.findings))
    return RedirectResponse(view.at("/ceasefire", {"done": "watched"}), status_code=303)


@router.get("/ceasefire/table/{name}.csv", include_in_schema=False, dependencies=[Depends(needs("ceasefire.read"))])
def table(
    request: Request,
    name: str,
    until: Annotated[date | None, Query(ge=EARLIEST, le=LATEST)] = None,
    days: Annotated[int, Query(ge=1, le=366)] = 7,
) -> Response:
    """Hand out one table of the situation as CSV."""
    view = view_of(request)
    if name not in SITUATION_COLUMNS or view.whole is None:
        return Response("There is no such table.", status_code=404, media_type="text/plain")
    situation, _ = _situation(view, observed(view), until=until, days=days)
    frame: pl.DataFrame = pl.DataFrame(schema=SITUATION_COLUMNS[name]) if situation is None else getattr(situation, name)
    return csv_answer(frame, name)
