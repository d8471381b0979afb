"""Plans: the archive, each plan in short, its frames; what becomes of offers, and what an offer would be worth."""

from datetime import datetime
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from contingent.errors import ContingentError
from contingent.generation.trial import try_offer
from contingent.io.plan_content import summary
from contingent.model.rows import Offer
from contingent.plan import COLUMNS, Plan
from contingent.report.cover import cover_by_sector
from contingent.store import Refused, StoredPlan
from contingent.web.api.answers import (
    CellsGiven,
    FrameAnswer,
    FrameEntry,
    Items,
    Name,
    PartWanted,
    Told,
    told_answers,
)
from contingent.web.api.frames import CSV, entries_of, frame_answer, frame_csv, frame_named
from contingent.web.api.problems import READS, WRITES, ProblemRoute
from contingent.web.forms import read_cells
from contingent.web.guard import needs
from contingent.web.guard.faults import Denied
from contingent.web.pages.offers import LEFT_OUT, counts, name_is_free, offers_told, sentence_of
from contingent.web.promises import promises_of
from contingent.web.view import View, view_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

PlanNumber = Annotated[str, Path(pattern=r"^(latest|[0-9]{1,9})$", description="Number of the plan, or 'latest'.")]
FrameName = Annotated[str, Path(max_length=64, description="Name of the frame.")]


class PlanAnswer(BaseModel):
    """A plan of the archive."""

    id: int
    option: str | None
    title: str
    of_seq: int = Field(description="Entry of the history after which the tables stood as they were planned.")
    made_at: datetime
    made_by: str
    fill: float = Field(description="Share of the required unit-days that is filled. [-]")
    people_deployed_peak: int = Field(description="Most people deployed at once. [people]")
    job: int | None


class PlanInFull(PlanAnswer):
    """A plan of the archive with what it reaches and which frames it has."""

    summary: dict[str, Any] = Field(description="Unit-days by priority, goals with their bounds, provenance.")
    frames: list[FrameEntry]


class VerifiedAnswer(BaseModel):
    """Whether a plan keeps its promises, recomputed with no solver."""

    holds: bool
    findings: list[Told]


class OfferAnswer(BaseModel):
    """An offer and what became of it in the latest plan."""

    offer: str
    nation: str
    kind: str
    quantity: int
    used: int = Field(description="Units that the plan sends. [units]")
    people: int
    terms: str
    caveats: list[str]
    state: str = Field(description="used, partly, unused; new = not planned with yet; left_out = counts in no plan.")
    lines: list[str]
    why: str | None = Field(description="Why units of it stay at home.")
    stated: bool = Field(description="Whether it is written in this conference; else it is derived from a pool.")
    confidence: str | None


class WorthAnswer(BaseModel):
    """What an offer would be worth to the latest plan."""

    plan: int
    sentence: str
    fill_before: dict[int, float] = Field(description="Share filled by priority, without it. [-]")
    fill_after: dict[int, float]
    lines: list[dict[str, Any]] = Field(description="Lines that miss less with it: unit-days missing before and after.")
    tours_moved: int = Field(description="Tours of other offers that would begin or be given up. [tours]")


@router.get("/plans", tags=["plans"], summary="Plans", responses=READS, dependencies=[Depends(needs("plans.read"))])
def plans(
    request: Request, part: PartWanted, option: Annotated[Name | None, Query(description="Only of this course of action.")] = None
) -> Items[PlanAnswer]:
    """The archive, the newest first."""
    found = view_of(request).conference.plans(option=option)
    shown = Items(total=len(found), offset=part.offset, items=found[part.offset : part.offset + part.limit])
    return Items(total=shown.total, offset=shown.offset, items=[PlanAnswer(**_entry(each)) for each in shown.items])


def _entry(stored: StoredPlan) -> dict[str, Any]:
    return {name: getattr(stored, name) for name in PlanAnswer.model_fields}


def plan_seen(view: View, number: str) -> tuple[StoredPlan, Plan]:
    """Return a plan of the archive as the viewer may see it.

    Raises
    ------
    Denied
        If there is none of this number, or it cannot be told what of it may be seen.
    """
    archive = view.conference
    stored = archive.latest_plan() if number == "latest" else archive.stored_plan(int(number))
    if stored is None:
        raise Denied("There is no such plan.", status=404, maybe="see /api/v1/plans")
    if view.origin_of(stored)[0] is None:
        raise Denied("The tables cannot be read as they are now.", status=409, maybe="ask a planner to mend them")
    return stored, view.seen_plan_of(stored)


def frames_of(plan: Plan) -> dict[str, pl.DataFrame]:
    """Return every frame of a plan by its name."""
    return {name: getattr(plan, name) for name in COLUMNS}


@router.get(
    "/plans/{plan}", tags=["plans"], summary="A plan in short", responses=READS, dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def one_plan(request: Request, plan: PlanNumber) -> PlanInFull:
    """What a plan reaches, what is proven of it, where it came from, and which frames it has."""
    stored, seen = plan_seen(view_of(request), plan)
    return PlanInFull(**_entry(stored), summary=summary(seen), frames=entries_of(frames_of(seen)))


@router.get(
    "/plans/{plan}/verified", tags=["plans"], summary="Whether a plan keeps its promises", responses=READS,
    dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def verified(request: Request, plan: PlanNumber) -> VerifiedAnswer:
    """Recompute every promise of a plan, with no solver. What is broken is told to those who see everything; whether, to all."""
    view = view_of(request)
    stored, _ = plan_seen(view, plan)
    found = promises_of(view, stored)
    if found.state == "waits":
        raise Denied("The promises of the plan are being recomputed.", status=409, maybe="ask again once the job is done")
    if found.state == "unknown":
        raise Denied("To recompute this plan takes too long for an answer.", status=409, maybe="ask for a job of the kind verify")
    return VerifiedAnswer(holds=not found.broken, findings=told_answers(found.findings) if view.viewer.sees_all else [])


@router.get(
    "/plans/{plan}/frames/{frame}.csv", tags=["plans"], summary="A frame as CSV", responses={**READS, **CSV},
    response_class=Response, dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def plan_frame_csv(request: Request, plan: PlanNumber, frame: FrameName) -> Response:
    """The whole of a frame as CSV, as in a plan's folder."""
    return frame_csv(frame, frame_named(frames_of(plan_seen(view_of(request), plan)[1]), frame))


@router.get(
    "/plans/{plan}/frames/{frame}", tags=["plans"], summary="A frame", responses=READS,
    dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def plan_frame(request: Request, plan: PlanNumber, frame: FrameName, part: PartWanted) -> FrameAnswer:
    """Rows of a frame: tours, gaps, coverage, remedies, costs and so on, as far as the asker may see them."""
    return frame_answer(frame, frame_named(frames_of(plan_seen(view_of(request), plan)[1]), frame), part)


def cover_seen(view: View, number: str) -> pl.DataFrame:
    """Return how much of each capability each sector holds by a plan, month by month, as far as the viewer may see the plan."""
    stored, seen = plan_seen(view, number)
    planned, (_, since) = view.planned_as_seen(stored), view.origin_of(stored)
    assert planned is not None
    return view.shelf.get(("cover by sector", stored.id, view.scope), lambda: cover_by_sector(planned, seen), version=since)


@router.get(
    "/plans/{plan}/cover.csv", tags=["plans"], summary="Cover by sector as CSV", responses={**READS, **CSV},
    response_class=Response, dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def plan_cover_csv(request: Request, plan: PlanNumber) -> Response:
    """The share of each capability that each sector holds, month by month, as CSV."""
    return frame_csv("cover", cover_seen(view_of(request), plan))


@router.get(
    "/plans/{plan}/cover", tags=["plans"], summary="Cover by sector", responses=READS,
    dependencies=[Depends(needs("plans.read"))],
)  # fmt: skip
def plan_cover(request: Request, plan: PlanNumber, part: PartWanted) -> FrameAnswer:
    """Unit-days asked for and held by capability, sector and month; a sector of null: the places of the lines lie in none."""
    return frame_answer("cover", cover_seen(view_of(request), plan), part)


# ------------------------------------------------------------------------------------------------------------------ offers


@router.get(
    "/offers", tags=["offers"], summary="Offers and what became of them", responses=READS,
    dependencies=[Depends(needs("offers.read"))],
)  # fmt: skip
def offers(request: Request, part: PartWanted) -> Items[OfferAnswer]:
    """Every offer that the asker may see, with what the latest plan makes of it."""
    view = view_of(request)
    if view.scenario is None:
        raise Denied("The tables cannot be read as they are now.", status=409, maybe="see the findings of /api/v1/conference")
    found = offers_told(view)
    shown = found[part.offset : part.offset + part.limit]
    return Items(total=len(found), offset=part.offset, items=[OfferAnswer.model_validate(row) for row in shown])


@router.post(
    "/offers/worth", tags=["offers"], summary="What an offer would be worth", responses=WRITES,
    dependencies=[Depends(needs("jobs.try"))],
)  # fmt: skip
def worth(request: Request, given: CellsGiven) -> WorthAnswer:
    """What an offer would be worth to the latest plan, before it is made: nothing is written."""
    view = view_of(request)
    if view.scenario is None or view.whole is None or view.stored is None:
        raise Denied("There is no plan to hold it against yet.", status=409, maybe="plan first")
    cells = given.cells
    if view.viewer.role == "delegate" and cells.get("nation") != view.viewer.nation:
        raise Denied(f"You speak for {view.viewer.nation}, and the offer names another nation.")
    row, findings = read_cells(Offer, view.scenario, cells)
    findings += name_is_free(view, row)
    if not isinstance(row, Offer) or findings:
        raise Refused(findings)
    if not counts(view.whole, row.nation):
        raise Denied(f"{LEFT_OUT}.", status=409, maybe="set backstop = counts in the settings")
    try:
        trial = try_offer(view.whole, view.stored.plan, row)
    except ContingentError:
        what = "The plan no longer fits the tables."
        raise Denied(what, status=409, maybe="plan again, then try the offer") from None
    lines = [{"line": each.line, "priority": each.priority, "before": each.before, "after": each.after} for each in trial.lines]
    return WorthAnswer(
        plan=view.stored.id, sentence=sentence_of(trial), fill_before=dict(trial.fill_before), fill_after=dict(trial.fill_after),
        lines=lines, tours_moved=trial.moved,
    )  # fmt: skip
