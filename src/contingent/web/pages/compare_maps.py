"""Two maps on the page of comparison: the ground, the units of a day in both plans, and the same still and as a table."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from contingent.model.scenario import Scenario
from contingent.report.html.force import day_to_draw
from contingent.report.words import d_day, short_date
from contingent.structure.orbat import Orbat
from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.map_layers import box_of, ground, located
from contingent.web.map_pairs import place_pairs, still_pair, told_pair
from contingent.web.map_units import place_marks, unit_levels
from contingent.web.orbat import orbat_with, root_at
from contingent.web.sides import Side, side_of
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]
Of = Annotated[str, Query(max_length=40)]
Day = Annotated[int | None, Query(ge=0, le=40_000)]


def has_ground(scenario: Scenario) -> bool:
    """Return whether there is anything to draw."""
    return bool(located(scenario)) or any(row.geometry is not None for row in scenario.sectors)


def pair_of(view: View, of: str) -> tuple[Side, Side] | None:
    """Return the two plans that an address names; None where there are not two that the viewer may see."""
    keys = of.split(",")
    found = [side for key in keys[:2] if (side := side_of(view, key)) is not None]
    return (found[0], found[1]) if len(found) == 2 else None


def day_of(view: View, pair: tuple[Side, Side], day: int | None) -> int:
    """Return the day that is shown: the one asked for, within the horizon, else one on which the first plan's force is there."""
    assert view.scenario is not None
    return day_to_draw(view.scenario, pair[0].plan) if day is None else min(day, view.scenario.horizon.days - 1)


def orbat_of_side(view: View, side: Side) -> Orbat | None:
    """Return the order of battle of a side, made once; None where its formations are not those of the tables."""
    return orbat_with(view, view.look.plan(int(side.key[1:])) if side.key[0] == "p" else None, side.plan, side.key)


def told(view: View, pair: tuple[Side, Side], day: int) -> Row:
    """Return what the page says of two plans on a day, in words and still pictures."""
    scenario = view.scenario
    assert scenario is not None
    marks = [place_marks(scenario, side.plan, day) for side in pair]
    rows = place_pairs(marks)
    return {
        "pair": pair,
        "day": day,
        "day_words": f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}",
        "rows": rows,
        "differing": sum(row["differs"] for row in rows),
        "stills": still_pair(scenario, marks, box_of(scenario, pair[0].plan), [side.label for side in pair]),
    }


@router.get("/compare/places", include_in_schema=False, dependencies=[Depends(needs("compare.read"))])
def places(request: Request, of: Of = "", day: Day = None) -> HTMLResponse:
    """Show two plans on a day: still pictures, and a table of what differs."""
    view = view_of(request)
    pair = pair_of(view, of) if view.scenario is not None else None
    if pair is None:
        return page(request, "parts/compare-places.html", view=view, status=404, pair=None, rows=[])
    return page(request, "parts/compare-places.html", view=view, **told(view, pair, day_of(view, pair, day)))


@router.get("/compare/ground.json", include_in_schema=False, dependencies=[Depends(needs("compare.read"))])
def ground_of(request: Request, of: Of = "") -> Response:
    """Hand out the ground that both maps draw."""
    view = view_of(request)
    scenario = view.scenario
    pair = pair_of(view, of) if scenario is not None else None
    if pair is None or scenario is None:
        return JSONResponse({}, status_code=404)
    return JSONResponse({**view.kept("ground", lambda: ground(scenario)), "box": box_of(scenario, pair[0].plan)})


@router.get("/compare/units.json", include_in_schema=False, dependencies=[Depends(needs("compare.read"))])
def units(request: Request, of: Of = "", day: Day = None) -> Response:
    """Hand out the symbols of a day in both plans, with what differs marked."""
    view = view_of(request)
    pair = pair_of(view, of) if view.scenario is not None else None
    if pair is None or view.scenario is None:
        return JSONResponse([], status_code=404)
    at, scenario = day_of(view, pair, day), view.scenario
    levels = []
    for side in pair:
        made = orbat_of_side(view, side)
        levels.append(unit_levels(scenario, side.plan, root_at(made, at) if made is not None else None, at))
    return JSONResponse(told_pair(levels))
