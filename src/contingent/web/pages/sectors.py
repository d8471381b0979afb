"""Draw, redraw or split a sector: what would change is said at once, and nothing is written until a planner takes it."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from contingent.findings import Finding
from contingent.geography.shapes import shape_of
from contingent.model.scenario import Scenario
from contingent.report.drawings.theatre import Theatre, theatre_map
from contingent.store import Conflict, Refused
from contingent.web.frame import page
from contingent.web.guard import may, needs, token_of
from contingent.web.pages.map import day_of
from contingent.web.returning import seen_of, seen_text
from contingent.web.sector_form import FIELDS, LONGEST_NAME, day_in, form_values, sector_corners, sketch_of
from contingent.web.sector_need import both_sized, ground_rows, method_rows, new_faults, task_rows, total_rows
from contingent.web.sector_sketch import Redrawn, Sketch, edits_of, redrawn, seen_versions
from contingent.web.view import View, form_of, view_of

router = APIRouter()

Row = dict[str, Any]

@router.get("/map/sectors", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def form(request: Request) -> HTMLResponse:
    """Show the form by itself, for browsers that draw no map."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    asked = {name: request.query_params.get(name, "")[:LONGEST_NAME] for name in ("kind", "sector")}
    told = _told(request, view, None, None)
    return page(request, "map-sectors.html", view=view, sketch=form_values(view.scenario, asked), **told)


@router.get("/map/sectors/corners.json", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def corners(request: Request) -> Response:
    """Hand out the corners of each sector, to begin from when one is redrawn."""
    view = view_of(request)
    scenario = view.scenario
    told = view.kept("corners", lambda: json.dumps(sector_corners(scenario))) if scenario is not None else "{}"
    return Response(told, media_type="application/json")


@router.post("/map/sectors/try", include_in_schema=False, dependencies=[Depends(needs("map.read"))])
def tried(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> HTMLResponse:
    """Say what a sketch would change; nothing is written."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    return _answer(request, view, form)


def _answer(
    request: Request, view: View, form: Mapping[str, str], *, findings: tuple[Finding, ...] = (), status: int = 200
) -> HTMLResponse:
    """The answer to a sketch: a part where the page asks, else a page of its own."""
    assert view.scenario is not None
    sketch, faults = sketch_of(form)
    made = redrawn(view.scenario, sketch) if sketch is not None else None
    if made is not None:
        faults = (*faults, *made.findings)
    told = _told(request, view, made, day_in(form), (*faults, *findings))
    part = request.headers.get("hx-request") == "true"
    template = "parts/sector-sketch.html" if part else "map-sectors.html"
    values = form_values(view.scenario, {name: form.get(name, "") for name in FIELDS})
    return page(request, template, status=status, view=view, sketch=values, **told)


def _told(
    request: Request, view: View, made: Redrawn | None, day: int | None, findings: tuple[Finding, ...] = ()
) -> Row:
    """What the templates say of a sketch."""
    scenario = view.scenario
    assert scenario is not None
    common: Row = {
        "may_take": may(view.viewer, "scenario.write"), "told": None, "findings": findings, "token": token_of(request),
        "map": view.kept("still sectors", lambda: still_of(scenario, scenario, ())), "day": day_of(view, day)}  # fmt: skip
    if made is None or not made.steps:
        return common
    sized = both_sized(scenario, made.scenario)
    findings = (*findings, *new_faults(sized))
    known = [name for name in made.sectors if name in scenario.sector_by_name]
    shapes = [(name, shape_of(made.scenario.sector_by_name[name].geometry or "")) for name in made.sectors]
    told: Row = {
        "sectors": [made.scenario.sector_by_name[name].name or name for name in made.sectors],
        "before": ground_rows(scenario, view.plan, known, common["day"]),
        "after": ground_rows(made.scenario, view.plan, made.sectors, common["day"]),
        "tasks": task_rows(sized, made),
        "totals": total_rows(sized, (scenario, made.scenario)),
        "methods": method_rows(scenario, made),
        "notes": made.notes,
        "still": still_of(scenario, made.scenario, made.sectors),
        "versions": seen_text(seen_versions(made.steps, view.state)),
        "shapes": json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"name": name}, "geometry": shape.__geo_interface__} for name, shape in shapes]}),
    }  # fmt: skip
    return {**common, "told": told, "findings": findings}


def still_of(before: Scenario, after: Scenario, sectors: tuple[str, ...]) -> Markup:
    """Return a still picture of sectors and the line: what was drawn alone by its name, or all of them where nothing was."""
    shown = [row for row in after.sectors if row.geometry is not None and (not sectors or row.sector in sectors)]
    theatre = Theatre(
        sectors=tuple((row.name or row.sector, row.geometry or "") for row in shown),
        traces=tuple((row.name or row.trace, row.geometry) for row in before.traces if not sectors),
        roads=(), bases=(), points=(),
    )  # fmt: skip
    return theatre_map(theatre, label="Sectors as drawn; the tables say the same.") if shown else Markup()


@router.post("/map/sectors/take", include_in_schema=False, dependencies=[Depends(needs("scenario.write"))])
def take(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Write what was drawn as one change: its row, and whatever has to change for references to stay valid."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    sketch, faults = sketch_of(form)
    made = redrawn(view.scenario, sketch) if sketch is not None else None
    if made is None or faults or made.findings or new_faults(both_sized(view.scenario, made.scenario)):
        return _answer(request, view, form, status=422)
    try:
        view.change(edits_of(made.steps, view.state, seen_of(form.get("versions", ""))), why=why_of(sketch))
    except Refused as refused:
        return _answer(request, view, form, findings=refused.findings, status=422)
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back=view.at("/map"))
    return RedirectResponse(view.at("/map", {"day": day_in(form), "done": "sector"}), status_code=303)


def why_of(sketch: Sketch | None) -> str:
    """Return the reason that the history gives.

    >>> why_of(Sketch("split", "Centre", "", "Centre-West"))
    'Sector Centre split: Centre-West is new'
    """
    assert sketch is not None
    if sketch.kind == "split":
        return f"Sector {sketch.sector} split: {sketch.part} is new"
    return f"Sector {sketch.sector} {'drawn' if sketch.kind == 'new' else 'redrawn'} on the map"
