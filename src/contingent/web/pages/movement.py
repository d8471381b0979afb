"""Movement: when the force is in place, who is late and why, how full the ways are, what flows where week by week."""

from functools import cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from contingent.report.getting import has_way
from contingent.report.html.getting import of_the_force, of_those_who_move, script_text
from contingent.web.frame import page
from contingent.web.frames import citations, frame_as_csv, frame_rows, nations_in, of_nation
from contingent.web.guard import needs
from contingent.web.pages.files import KINDS, Piece, handed_out, piece_of
from contingent.web.renewal import Renewed
from contingent.web.view import view_of

router = APIRouter()

TABLES = {
    "movements": "every part of a unit that moves: from where, when, by what",
    "legs": "each leg of each movement",
    "bottlenecks": "what held up each that is late",
    "closure": "when each line is complete",
    "arrivals": "people and tonnes by day",
    "utilisation": "how full each resource is, week by week",
    "flows": "what goes over each way, week by week",
    "schedule": "how good the schedule is, beside its bound",
}
"""What this page hands out, and what each is."""

OF_NATION = ("movements", "legs", "bottlenecks")
"""Frames that are cut to a nation; others are of the whole force."""

Nation = Annotated[str, Query(max_length=200)]


@router.get("/movement", include_in_schema=False, dependencies=[Depends(needs("movement.read")), Depends(Renewed())])
def movement(request: Request, nation: Nation = "") -> HTMLResponse:
    """Show how the force gets there."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    told, tables, nations = None, [], []
    if view.plan is not None:
        plan = view.plan
        nations = nations_in(plan, view.scenario, "movements")
        chosen = of_nation(plan, nation, OF_NATION)
        if has_way(plan):
            moving = view.kept_of_plan("moving", lambda planned, _: of_those_who_move(planned, chosen), nation)
            told = {**view.kept_for_all("getting", of_the_force), **moving}
            # The script of the map is a file of its own here.
            if told["map"] is not None:
                told["map"] = {**told["map"], "script": None}
        tables = frame_rows(chosen, tuple(TABLES))
    return page(
        request,
        "movement.html",
        view=view,
        getting=told,
        cited=citations(view),
        tables=tables,
        about=TABLES,
        nations=nations,
        nation=nation,
        of_nation=OF_NATION,
    )


@router.get("/movement/flows.js", include_in_schema=False, dependencies=[Depends(needs("open"))])
def script(request: Request, v: Annotated[str | None, "version"] = None) -> Response:
    """Hand out the script that the map of flows shares with the report."""
    return handed_out(request, _script(), v)


@cache
def _script() -> Piece:
    return piece_of(script_text().encode(), KINDS["js"])


@router.get("/movement/{name}.csv", include_in_schema=False, dependencies=[Depends(needs("movement.read"))])
def table(request: Request, name: str, nation: Nation = "") -> Response:
    """Hand out a table of this page as CSV."""
    return frame_as_csv(request, name, offered=TABLES, nation=nation)
