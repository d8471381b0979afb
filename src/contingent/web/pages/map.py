"""The map: sectors, the line, where the force stands, what moves, reach, incidents; with a table that says the same."""

import json
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response
from markupsafe import Markup

from contingent.report.drawings.theatre import Theatre, theatre_map
from contingent.report.flows import Flows, flows_of
from contingent.report.html.force import day_to_draw, reach
from contingent.report.words import d_day, place_name, short_date
from contingent.web.frame import page, with_days
from contingent.web.guard import needs
from contingent.web.map_layers import borders, flow_rows, incident_layer, incident_rows, layers_of, located, place_rows
from contingent.web.map_units import told_levels, unit_levels
from contingent.web.orbat import orbat_kept, root_at
from contingent.web.sector_form import form_values
from contingent.web.sectors import sector_facts, sector_rows
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]

LAYERS = {
    "sectors": ("Sectors", True),
    "line": ("Line on the ground", True),
    "force": ("Where the force stands", True),
    "flows": ("What moves, by week", False),
    "ways": ("Network of ways", False),
    "reach": ("Reach of the reserve", False),
    "incidents": ("Incidents of the last 30 days", False),
}
"""Layers by name: words, and whether it is shown at first."""

MOST_PLACES = 40
"""Places that the still picture names."""

Day = Annotated[int | None, Query(ge=0, le=40_000)]


@router.get("/map", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def map_page(
    request: Request,
    day: Day = None,
    layers: Annotated[str | None, Query(max_length=200)] = None,
    units: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Show the map, with a still picture where the browser cannot draw it, and tables."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    at = day_of(view, day)
    asked = layers.split(",") if layers is not None else [name for name, (_, on) in LAYERS.items() if on]
    drawn = {**layers_made(view), "incidents": incidents_drawn(view)}
    told = reach(view.scenario, view.plan) if view.plan is not None and view.plan.reach.height else None
    return page(
        request,
        "map.html",
        view=view,
        day=at,
        last=view.scenario.horizon.days - 1,
        step=max(1, min(7, view.scenario.settings.period_days)),
        layers=[(name, words, name in asked, has_layer(drawn, name)) for name, (words, _) in LAYERS.items()],
        still=view.kept("still map", lambda: still_map(view)),
        units=units,
        sketch=form_values(view.scenario, {}),
        reach=told and {**told, "map": None},
        data=view.at("/map/layers.json", {"v": f"{view.state.seq}-{view.heard}"}),
        **table_of(view, at),
    )


def has_layer(drawn: Row, name: str) -> bool:
    """Return whether there is anything to draw in a layer."""
    found = drawn[name]
    return bool(found) and (name not in ("sectors", "line", "ways") or bool(found["features"]))


def day_of(view: View, day: int | None) -> int:
    """Return the day that is shown, within the horizon. [days from D-day]"""
    assert view.scenario is not None
    if day is not None:
        return min(day, view.scenario.horizon.days - 1)
    return day_to_draw(view.scenario, view.plan) if view.plan is not None else 0


def layers_made(view: View) -> Row:
    """Return all that the map draws but incidents, as this viewer may see it."""
    scenario = view.scenario
    assert scenario is not None
    return view.kept("map", lambda: layers_of(scenario, view.plan, flows=flows_seen(view)))


def incidents_drawn(view: View) -> Row | None:
    """Return the layer of incidents, which everybody sees: made once for all when something has come."""
    scenario = view.scenario
    assert scenario is not None
    return view.shelf.get(("incident layer",), lambda: incident_layer(scenario, view.conference.incidents()), version=view.heard)


def flows_seen(view: View) -> Flows | None:
    """Return what moves, as this viewer may see it."""
    if view.scenario is None or view.plan is None:
        return None
    return view.kept_for_all("flows", flows_of)


def still_map(view: View) -> Markup:
    """Return the map as one picture, of what the plan was made from: for browsers that cannot draw the other, and for paper."""
    scenario = view.planned
    assert scenario is not None
    if view.plan is not None and view.plan.reach.height:
        told = reach(scenario, view.plan)
        if told is not None and told["map"]:
            drawn: Markup = told["map"]
            return drawn
    where = located(scenario)
    force = sorted(set(view.plan.coverage["location"].drop_nulls().to_list()) & set(where)) if view.plan is not None else []
    shown = (force or sorted(where))[:MOST_PLACES]
    theatre = Theatre(
        sectors=tuple((row.name or row.sector, row.geometry) for row in scenario.sectors if row.geometry is not None),
        traces=tuple((row.name or row.trace, row.geometry) for row in scenario.traces),
        roads=(),
        bases=tuple((str(at), place_name(scenario, name), where[name]) for at, name in enumerate(shown, start=1)),
        points=(),
    )
    if not (theatre.sectors or theatre.traces or theatre.bases):
        return Markup()
    return theatre_map(theatre, label="Map of sectors, the line and where the force stands. The tables below have the same.")


def table_of(view: View, day: int) -> Row:
    """Return the tables that say what the map shows on a day."""
    assert view.scenario is not None
    scenario, plan = view.scenario, view.plan
    flows = flows_seen(view)
    return {
        "day_words": f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}",
        "places": place_rows(scenario, plan, day) if plan is not None else [],
        "moved": flow_rows(scenario, flows, day) if flows is not None else None,
        "incidents": incident_rows(incidents_drawn(view), day),
        "sectors": sector_rows(view.kept("sectors", lambda: sector_facts(scenario, plan)), plan, day),
    }


@router.get("/map/table", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def table(request: Request, day: Day = None) -> HTMLResponse:
    """Show what the map shows on a day, in tables."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "parts/map-table.html", view=view, day_words="", places=[], moved=None, incidents=[], sectors=[])
    return page(request, "parts/map-table.html", view=view, **table_of(view, day_of(view, day)))


@router.get("/map/layers.json", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def layers(request: Request) -> Response:
    """Hand out what the map draws."""
    view = view_of(request)
    if view.scenario is None:
        return JSONResponse({}, status_code=404)
    ground = view.kept("map as text", lambda: json.dumps(layers_made(view), ensure_ascii=False, separators=(",", ":")))
    incidents = json.dumps(incidents_drawn(view), ensure_ascii=False, separators=(",", ":"))
    text = f'{ground.removesuffix("}")},"incidents":{incidents}}}'
    return Response(with_days(request, view, text), media_type="application/json")


@router.get("/map/units.json", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def units(request: Request, day: Day = None) -> Response:
    """Hand out the symbols of a day: formations level by level, and places."""
    view = view_of(request)
    if view.scenario is None or view.plan is None:
        return JSONResponse({"levels": [], "symbols": {}})
    return JSONResponse(view.kept("units on the map", lambda: told_levels(levels_of(view, day_of(view, day))), day_of(view, day)))


def levels_of(view: View, day: int) -> list[Row]:
    """Return the levels of units on a day, as this viewer may see them."""
    scenario, plan = view.scenario, view.plan
    assert scenario is not None
    assert plan is not None
    made = orbat_kept(view)
    return unit_levels(scenario, plan, root_at(made, day) if made is not None else None, day)


@router.get("/map/borders.json", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def border_lines() -> Response:
    """Hand out borders as the report draws them."""
    return JSONResponse(_borders(), headers={"Cache-Control": "private, max-age=86400"})


@cache
def _borders() -> Row:
    return borders()
