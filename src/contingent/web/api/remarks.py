"""Notes on lines, and gaps whose risk somebody has accepted."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import AfterValidator, BaseModel, Field

from contingent.store import AcceptedRisk, Note, UnknownNumber
from contingent.web.api.answers import Given, Items, Key, Number, PartWanted, without_nul
from contingent.web.api.problems import READS, WRITES, ProblemRoute
from contingent.web.guard import needs
from contingent.web.guard.remarking import RiskGiven as Accepted
from contingent.web.guard.remarking import take_out_note, withdraw_risk
from contingent.web.remarks import accepted_on, note_on, remarked, today
from contingent.web.view import view_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)


Told = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(without_nul)]
Line = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(without_nul)]
OfLine = Annotated[Key | None, Query(description="Only of this line.")]


class NoteGiven(Given):
    """A note to be written."""

    line: Line
    text: Told
    audience: Literal["planners", "all"] = Field(
        "planners", description="Who reads it. A delegate's note is read by planners and its own nation, whatever stands here.")


class NoteAnswer(BaseModel):
    """A note on a line."""

    id: int
    line: str
    text: str
    audience: Literal["all", "planners", "nation"]
    nation: str | None = Field(description="Nation whose delegate wrote it.")
    written_by: str
    written_at: datetime


class RiskGiven(Given):
    """That the risk of a line's gap is accepted."""

    line: Line
    accepted_by: Line = Field(description="Who answers for it.")
    until: date = Field(description="Last day on which it holds.")
    reason: Told
    audience: Literal["all", "planners"] = Field("all", description="Who reads the reason.")
    version: Number | None = Field(None, description="Version that was seen; left out where none was there.")


class RiskAnswer(BaseModel):
    """That the risk of a line's gap is accepted."""

    id: int
    line: str
    version: int = Field(description="Goes up with each change.")
    accepted_by: str
    until: date
    holds: bool = Field(description="Whether it has not run out.")
    reason: str | None = Field(description="Null where planners keep it.")
    audience: Literal["all", "planners"] = Field(
        description="Who reads the reason; 'planners' too where it was meant for all, and would tell of one nation.")
    written_by: str
    written_at: datetime


@router.get(
    "/notes", tags=["remarks"], summary="Notes on lines", responses=READS, dependencies=[Depends(needs("requirements.read"))],
)  # fmt: skip
def notes(request: Request, part: PartWanted, line: OfLine = None) -> Items[NoteAnswer]:
    """Notes that the asker may read, by line."""
    found = remarked(view_of(request)).notes
    return part.of([_note(each) for name, own in found.items() for each in own if line is None or name == line])


def _note(note: Note) -> NoteAnswer:
    return NoteAnswer(**{name: getattr(note, name) for name in NoteAnswer.model_fields})


@router.post(
    "/notes", tags=["remarks"], summary="Write a note", responses=WRITES, status_code=201,
    dependencies=[Depends(needs("notes.write"))],
)  # fmt: skip
def write(request: Request, given: NoteGiven) -> NoteAnswer:
    """Write a note on a line."""
    return _note(note_on(view_of(request), given.line, given.text, for_all=given.audience == "all"))


@router.delete(
    "/notes/{note}", tags=["remarks"], summary="Take a note out", responses=WRITES, status_code=204,
    dependencies=[Depends(needs("notes.write"))],
)  # fmt: skip
def take_out(request: Request, note: Annotated[Number, Path(description="Number of the note.")]) -> None:
    """Take a note out: a planner any, a delegate those of its nation. What it said stays in the history."""
    view = view_of(request)
    take_out_note(view.conference, view.viewer, note)


@router.get(
    "/accepted-risks", tags=["remarks"], summary="Gaps whose risk is accepted", responses=READS,
    dependencies=[Depends(needs("gaps.read"))],
)  # fmt: skip
def risks(request: Request, part: PartWanted, line: OfLine = None) -> Items[RiskAnswer]:
    """Accepted risks, those that have run out included; a reason that planners keep is left out for others."""
    found, day = remarked(view_of(request)).risks, today(request)
    return part.of([_risk(each, day) for name, each in found.items() if line is None or name == line])


def _risk(risk: AcceptedRisk, day: date) -> RiskAnswer:
    values = {name: getattr(risk, name) for name in RiskAnswer.model_fields if name not in ("holds", "reason")}
    return RiskAnswer(**values, holds=risk.holds_on(day), reason=risk.reason or None)


@router.put(
    "/accepted-risks", tags=["remarks"], summary="Accept the risk of a gap", responses=WRITES,
    dependencies=[Depends(needs("risks.write"))],
)  # fmt: skip
def accept(request: Request, given: RiskGiven) -> RiskAnswer:
    """Write down that the risk of a line's gap is accepted, or change what was written down, on the version that was seen."""
    view, day = view_of(request), today(request)
    told = Accepted(given.accepted_by, given.until, given.reason, given.audience, given.version)
    return _risk(accepted_on(view, given.line, told, on=day)[0], day)


@router.delete(
    "/accepted-risks/{risk}", tags=["remarks"], summary="Accept a risk no longer", responses=WRITES, status_code=204,
    dependencies=[Depends(needs("risks.write"))],
)  # fmt: skip
def withdraw(
    request: Request,
    risk: Annotated[Number, Path(description="Number of the accepted risk.")],
    version: Annotated[Number, Query(description="Version that was seen.")],
) -> None:
    """Write down that a risk is accepted no longer, on the version that was seen."""
    view = view_of(request)
    stands = next((each for each in remarked(view).risks.values() if each.id == risk), None)
    if stands is None:
        raise UnknownNumber(f"There is no accepted risk {risk}.")
    withdraw_risk(view.conference, view.viewer, stands.line, version=version)
