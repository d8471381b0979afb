"""Budget in, force out: what of a plan a sum of money holds."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from contingent.errors import BadInput
from contingent.store import Refused
from contingent.web.api.answers import Name
from contingent.web.api.frames import plain_value
from contingent.web.api.plans import PlanNumber, plan_seen
from contingent.web.api.problems import ProblemRoute, refusals
from contingent.web.budget import Asked, answer_to, may_ask
from contingent.web.guard import needs
from contingent.web.guard.faults import Denied
from contingent.web.view import view_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

LARGEST_SUM = 1e18


class SumAnswer(BaseModel):
    """A sum with its interval. [currency]"""

    low: float
    value: float
    high: float


class AffordableAnswer(BaseModel):
    """What of a plan a sum of money holds."""

    plan: int
    currency: str
    budget: float | None = Field(description="What there is; null = only the order of posts was asked for. [currency]")
    year: int | None = Field(description="Calendar year; null = the whole mission.")
    nation: str | None = Field(description="Whose own bill it is to pay; null = the coalition's total.")
    days: list[int] = Field(description="First day that is looked at, and the day after the last. [days from D-day]")
    fixed: SumAnswer = Field(description="What belongs to no post and is taken off the budget first.")
    whole: SumAnswer = Field(description="All of it.")
    levels: list[dict[str, Any]] = Field(description="The answer at low, likely and high prices: rows of budget_levels.csv.")
    fill: list[dict[str, Any]] = Field(description="What is filled by priority: rows of budget_fill.csv.")
    posts: list[dict[str, Any]] = Field(description="Posts in the order in which they come: rows of budget_posts.csv.")
    notes: list[str]


@router.get(
    "/plans/{plan}/affordable", tags=["plans"], summary="What a sum of money holds", responses=refusals(409),
    dependencies=[Depends(needs("cost.read"))],
)  # fmt: skip
def affordable(
    request: Request,
    plan: PlanNumber,
    budget: Annotated[
        float | None, Query(ge=0, le=LARGEST_SUM, allow_inf_nan=False, description="What there is. [currency]")
    ] = None,
    year: Annotated[int | None, Query(ge=0, le=9999, description="Calendar year; left out = the whole mission.")] = None,
    nation: Annotated[Name | None, Query(description="Whose own bill; left out = the total, or the asker's own nation.")] = None,
) -> AffordableAnswer:
    """Which posts can be held, strictly by priority; a delegate asks for its own nation, and observers see no costs."""
    view = view_of(request)
    stored, _ = plan_seen(view, plan)
    whose = nation or (None if view.viewer.sees_all else view.viewer.nation)
    if not may_ask(view, whose):
        raise Denied("These are costs of others.", maybe="ask for your own nation")
    try:
        found = answer_to(view, stored, Asked(budget, year, whose))
    except BadInput as bad:
        raise Refused([each for each in bad.findings if view.viewer.sees_all or each.table != "costs.csv"]) from None
    assert view.scenario is not None
    frames = ([{name: plain_value(value) for name, value in row.items()} for row in frame.to_dicts()] for frame in
              (found.budget_levels, found.budget_fill, found.budget_posts))  # fmt: skip
    levels, fill, posts = frames
    return AffordableAnswer(
        plan=stored.id, currency=view.scenario.settings.currency, budget=found.budget, year=found.year, nation=found.nation,
        days=list(found.days), fixed=SumAnswer(**asdict(found.fixed)), whole=SumAnswer(**asdict(found.whole)), levels=levels,
        fill=fill, posts=posts,
        notes=list(found.notes),
    )  # fmt: skip
