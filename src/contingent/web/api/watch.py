"""Watching: incidents in, the situation of the ceasefire; the status of aid.

Incidents come as NDJSON, one report a line, or as a JSON array; each has a name of its own, so that what is sent twice is kept
once. A batch with a report that makes no sense is refused whole, with every fault in it.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Self

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field, ValidationError, model_validator
from starlette.responses import Response

from contingent.aid.status import AidStatus
from contingent.findings import Finding
from contingent.monitoring.intake import Report
from contingent.monitoring.situation import Situation
from contingent.report.aid.sentences import aid_sentences
from contingent.report.html.aid import competition_of
from contingent.store import Conference, Refused
from contingent.web.api.answers import FrameAnswer, FrameEntry, Number, PartWanted
from contingent.web.api.frames import CSV, entries_of, frame_answer, frame_csv, frame_named
from contingent.web.api.problems import READS, ProblemRoute, refusals
from contingent.web.guard import needs, viewer_of
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import actor_of
from contingent.web.observed import observed
from contingent.web.observed import situation_of as situation_observed
from contingent.web.pages.aid import donors_stopped, status_of
from contingent.web.view import View, view_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

MOST_REPORTS = 20_000
"""Reports of one request."""

MOST_TOLD = 200
"""Faults that are told of one request."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""Days outside of which nothing is watched."""

NDJSON = ("application/x-ndjson", "application/jsonl", "application/ndjson")
JSON = "application/json"

FrameName = Annotated[str, Path(max_length=64, description="Name of the frame.")]


class ReportGiven(Report):
    """A report with a name of its own."""

    incident: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]

    @model_validator(mode="after")
    def _whole_position(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude come together, or neither does")
        if self.latitude == 0 and self.longitude == 0:
            raise ValueError("0 north, 0 east is where a position that is missing ends up; leave both out")
        if not FIRST_DAY <= self.time.date() <= LAST_DAY:
            raise ValueError(f"the time is not between {FIRST_DAY} and {LAST_DAY}")
        if any("\0" in value for _, value in self if isinstance(value, str)):
            raise ValueError("a text holds a character (NUL) that no text has")
        return self


class TakenAnswer(BaseModel):
    """What became of reports."""

    received: int
    new: int
    known: int = Field(description="Those that were there already, by their name; they are left as they were.")


class IncidentAnswer(BaseModel):
    """A report as it came in."""

    number: int = Field(description="Its place in the order of arrival: ask for what came since.")
    incident: str
    cells: dict[str, str]


class SituationAnswer(BaseModel):
    """How the ceasefire stands."""

    since: date
    until: date
    known_from: date | None
    incidents: int = Field(description="Reports, each event once.")
    paragraphs: dict[str, list[str]] = Field(description="Sentences by what they are about.")
    notes: list[str]
    frames: list[FrameEntry]


class AidAnswer(BaseModel):
    """How the aid to the host stands."""

    as_of: date = Field(description="Close of the books.")
    start_date: date
    stopped: list[str] = Field(description="Donors of whom nothing more is to come.")
    sentences: list[str]
    frames: list[FrameEntry]


# --------------------------------------------------------------------------------------------------------------- incidents


async def body_of(request: Request) -> bytes:
    """Return the body of a request as it came."""
    return await request.body()


_SENT = {
    "requestBody": {
        "required": True,
        "content": {
            JSON: {"schema": {"type": "array", "maxItems": MOST_REPORTS, "items": {"$ref": "#/components/schemas/ReportGiven"}}},
            NDJSON[0]: {"schema": {"type": "string", "description": "One report a line, as of ReportGiven."}},
        },
    }
}  # fmt: skip


@router.post(
    "/incidents", tags=["ceasefire"], summary="Report incidents", responses=refusals(413, 415), openapi_extra=_SENT,
    dependencies=[Depends(needs("incidents.write"))],
)  # fmt: skip
def report(request: Request, body: Annotated[bytes, Depends(body_of)]) -> TakenAnswer:
    """Take reports of incidents, as NDJSON or as a JSON array: all of them, or none and every fault.

    Sent again they are passed over, by their name: a program that does not know whether its reports arrived sends them again.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*NDJSON, JSON):
        raise Denied("Reports come as NDJSON or as a JSON array.", status=415, maybe=f"send {NDJSON[0]} or {JSON}")
    rows, findings = read_reports(body, as_lines=kind in NDJSON)
    if findings:
        raise Refused(findings[:MOST_TOLD])
    conference: Conference = request.app.state.conference
    new = conference.add_incidents(actor_of(viewer_of(request)), rows) if rows else 0
    return TakenAnswer(received=len(rows), new=new, known=len(rows) - new)


def read_reports(body: bytes, *, as_lines: bool) -> tuple[list[dict[str, str]], list[Finding]]:
    """Return reports as they are kept, and what is wrong with what was sent; lines are counted from 1."""
    rows: list[dict[str, str]] = []
    findings: list[Finding] = []
    for number, given in _parsed(body, as_lines=as_lines):
        if number > MOST_REPORTS:
            return [], [Finding("incidents", f"there are more than {MOST_REPORTS:,}.", maybe="send them in parts")]
        if isinstance(given, Finding):
            findings.append(given)
        elif not isinstance(given, dict):
            findings.append(Finding("incidents", "is no report.", number, maybe="write it as an object"))
        else:
            try:
                rows.append(report_cells(given))
            except ValidationError as problem:
                findings += [
                    Finding("incidents", f"{each['msg']}.", number, str(each["loc"][0])[:60] if each["loc"] else None)
                    for each in problem.errors(include_url=False, include_context=False, include_input=False)
                ]
    return rows, findings


def _parsed(body: bytes, *, as_lines: bool) -> Iterator[tuple[int, Any]]:
    if not as_lines:
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            yield 0, Finding("incidents", "is not JSON.")
            return
        if not isinstance(sent, list):
            yield 0, Finding("incidents", "is no array.", maybe="send an array of reports, or NDJSON")
            return
        yield from enumerate(sent, start=1)
        return
    for number, line in enumerate(body.split(b"\n"), start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, Finding("incidents", "is not JSON.", number)


def report_cells(given: Mapping[str, Any]) -> dict[str, str]:
    """Return a report as it is kept: text by column. A day without a time stays one.

    Raises
    ------
    ValidationError
        If it makes no sense.

    Examples
    --------
    >>> report_cells({"incident": "post 7: 1", "time": "2027-01-05", "source": "post 7", "killed": 0})["time"]
    '2027-01-05'
    """
    row = ReportGiven.model_validate(dict(given))
    told = given["time"]
    is_day = isinstance(told, str) and len(told.strip()) == len("2027-01-05") and "-" in told
    sent = {name for name, value in row if value is not None and name in row.model_fields_set}
    cells = {name: value for name, value in row if name in sent}
    return {
        name: (value.date().isoformat() if is_day else value.isoformat()) if isinstance(value, datetime)
        else f"{value:g}" if isinstance(value, float) and value == int(value) and abs(value) < 1e9 else str(value)
        for name, value in cells.items()
    }  # fmt: skip


@router.get(
    "/incidents", tags=["ceasefire"], summary="Incidents as they came in", responses=READS,
    dependencies=[Depends(needs("ceasefire.read"))],
)  # fmt: skip
def incidents(
    request: Request,
    since: Annotated[Number, Query(description="Number of the last that is known already.")] = 0,
    limit: Annotated[int, Query(ge=1, le=5000, description="Reports at most.")] = 500,
) -> list[IncidentAnswer]:
    """Reports that arrived after a number, in the order of arrival."""
    found = request.app.state.conference.incidents(since, limit=limit)
    return [IncidentAnswer(number=each.number, incident=each.incident, cells=dict(each.cells)) for each in found]


# --------------------------------------------------------------------------------------------------------------- situation


Until = Annotated[
    date | None, Query(ge=FIRST_DAY, le=LAST_DAY, description="Last day told of; left out, the last that anything is known of.")]


def situation_of(view: View, until: date | None) -> Situation:
    """Return how the ceasefire stands at the end of a day, as the page has it.

    Raises
    ------
    Denied
        If there is nothing to tell of.
    """
    if view.whole is None:
        raise Denied("The tables cannot be read as they are now.", status=409, maybe="ask a planner to mend them")
    known = observed(view)
    if not known.last:
        raise Denied("No incident was reported yet.", status=404, maybe="report some to /api/v1/incidents")
    return situation_observed(view, known, until=until, days=1)


@router.get(
    "/situation", tags=["ceasefire"], summary="How the ceasefire stands", responses=refusals(409),
    dependencies=[Depends(needs("ceasefire.read"))],
)  # fmt: skip
def situation(request: Request, until: Until = None) -> SituationAnswer:
    """The situation at the end of a day, in sentences, and which frames there are."""
    found = situation_of(view_of(request), until)
    return SituationAnswer(
        since=found.period.since, until=found.period.until, known_from=found.known_from, incidents=found.incidents.height,
        paragraphs={about: list(texts) for about, texts in found.paragraphs.items()}, notes=list(found.notes),
        frames=entries_of(found.frames),
    )  # fmt: skip


@router.get(
    "/situation/frames/{frame}.csv", tags=["ceasefire"], summary="A frame of the situation as CSV",
    responses={**refusals(409), **CSV}, response_class=Response, dependencies=[Depends(needs("ceasefire.read"))],
)  # fmt: skip
def situation_csv(request: Request, frame: FrameName, until: Until = None) -> Response:
    """The whole of a frame of the situation."""
    return frame_csv(frame, frame_named(situation_of(view_of(request), until).frames, frame))


@router.get(
    "/situation/frames/{frame}", tags=["ceasefire"], summary="A frame of the situation", responses=refusals(409),
    dependencies=[Depends(needs("ceasefire.read"))],
)  # fmt: skip
def situation_frame(request: Request, frame: FrameName, part: PartWanted, until: Until = None) -> FrameAnswer:
    """Rows of a frame of the situation: counts, rates, changes, hotspots, the ladder and so on."""
    return frame_answer(frame, frame_named(situation_of(view_of(request), until).frames, frame), part)


# --------------------------------------------------------------------------------------------------------------------- aid


Stop = Annotated[
    str, Query(max_length=400, description="Donors of whom nothing more is to come, joined by commas; left out, all give on.")]


def aid_of(view: View, stop: str) -> AidStatus:
    """Return the status of aid, worked out from what the viewer may see of the scenario, as the page has it.

    Raises
    ------
    Denied
        If the tables cannot be read.
    Refused
        If a donor who is to stop has promised and given nothing.
    """
    if view.scenario is None:
        raise Denied("The tables cannot be read as they are now.", status=409, maybe="ask a planner to mend them")
    return status_of(view, donors_stopped(view, [name for part in stop.split(",") if (name := part.strip())]))


@router.get(
    "/aid", tags=["aid"], summary="How the aid to the host stands", responses=refusals(409),
    dependencies=[Depends(needs("aid.read"))],
)  # fmt: skip
def aid(request: Request, stop: Stop = "") -> AidAnswer:
    """What the status of aid has frames of: the ledger, delays, forecasts, allocation, gaps, the next pledge worth most."""
    view = view_of(request)
    status = aid_of(view, stop)
    assert view.scenario is not None
    sentences = aid_sentences(view.scenario, status, competition_of(status, view.plan if view.viewer.sees_all else None))
    return AidAnswer(
        as_of=status.as_of, start_date=status.start_date, stopped=list(status.options.stopped), sentences=sentences,
        frames=entries_of(status.frames),
    )  # fmt: skip


@router.get(
    "/aid/frames/{frame}.csv", tags=["aid"], summary="A frame of the status of aid as CSV", responses={**refusals(409), **CSV},
    response_class=Response, dependencies=[Depends(needs("aid.read"))],
)  # fmt: skip
def aid_csv(request: Request, frame: FrameName, stop: Stop = "") -> Response:
    """The whole of a frame of the status of aid."""
    return frame_csv(frame, frame_named(aid_of(view_of(request), stop).frames, frame))


@router.get(
    "/aid/frames/{frame}", tags=["aid"], summary="A frame of the status of aid", responses=refusals(409),
    dependencies=[Depends(needs("aid.read"))],
)  # fmt: skip
def aid_frame(request: Request, frame: FrameName, part: PartWanted, stop: Stop = "") -> FrameAnswer:
    """Rows of a frame of the status of aid."""
    return frame_answer(frame, frame_named(aid_of(view_of(request), stop).frames, frame), part)
