"""Watching the line: how much of each hour of the day each stretch is watched by the newest design, by which means."""

import io
import zipfile
from dataclasses import dataclass
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from contingent.monitoring.observation.hours import HOUR_COLUMNS, LOOK_COLUMNS, MEANS, STATE_COLUMNS, daylight
from contingent.report.cover import UNDER
from contingent.report.html.hours import ALL, HourRow, HourTable, clock, hour_table
from contingent.store import Job
from contingent.web.frame import address, page
from contingent.web.guard import may, needs
from contingent.web.guard.writing import actor_of
from contingent.web.returning import is_whole, sent_back
from contingent.web.view import View, form_of, view_of
from contingent.web.work.asking import TooMany, ask
from contingent.web.work.kinds import KINDS, MOST_WATCHERS, USUAL_WATCHERS

router = APIRouter()

OBSERVE = "observe"
"""The kind of job."""

LOOKED_BACK = 20
"""Jobs among which the newest that is done is looked for."""

PATH = "/ceasefire/line"


@dataclass(frozen=True)
class Design:
    """The newest design of observation that was made as a job: what it comes to, and its frames."""

    job: Job
    told: dict[str, Any]
    hours: pl.DataFrame
    looks: pl.DataFrame


def newest_design(view: View) -> Design | None:
    """Return the newest design; None where none was made. It rests on shared tables alone, so everybody may see it."""
    jobs = view.conference.jobs(kind=OBSERVE, limit=LOOKED_BACK)
    job = next((job for job in jobs if job.status == "done" and job.result and job.has_archive), None)
    if job is None:
        return None

    def made() -> Design | None:
        archive = view.conference.job_archive(job.id)
        if archive is None:
            return None
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            hours = pl.read_csv(files.read("hours.csv"), schema=HOUR_COLUMNS)
            looks = pl.read_csv(files.read("looks.csv"), schema=LOOK_COLUMNS)
        return Design(job, dict(job.result or {}), hours, looks)

    return view.shelf.get(("design", job.id), made)


def table_of(view: View, design: Design, *, means: str, under: int) -> HourTable:
    """Return the heat table of a design for a group of means, cells below `under` marked. [%]"""
    assert view.scenario is not None
    return hour_table(view.scenario, design.hours, means=means, under=under)


@router.get(PATH, include_in_schema=False, dependencies=[Depends(needs("ceasefire.read"))])
def line(
    request: Request,
    means: Annotated[str, Query(max_length=20)] = ALL,
    under: Annotated[int, Query(ge=1, le=100)] = UNDER,
) -> HTMLResponse:
    """Show how much of each hour each stretch of the line is watched."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    design = newest_design(view)
    chosen = means if means in MEANS else ALL
    asked = {"under": under, "means": chosen if chosen != ALL else None}

    def at(row: HourRow) -> str:
        return view.at(f"{PATH}/cell", {**asked, "target": row.targets[0]})

    return page(
        request,
        "watching.html",
        view=view,
        design=design,
        hours=None if design is None else table_of(view, design, means=chosen, under=under),
        means=chosen,
        groups=[ALL, *MEANS],
        under=under,
        at=at,
        switch=lambda name: view.at(PATH, {"under": under, "means": name if name != ALL else None}),
        usual=USUAL_WATCHERS,
        may_run=may(view.viewer, KINDS[OBSERVE].permission) and bool(view.scenario.traces and view.scenario.sensors),
        open_jobs=view.open_jobs(kind=OBSERVE),
    )


@router.get(f"{PATH}/cell", include_in_schema=False, dependencies=[Depends(needs("ceasefire.read"))])
def cell(
    request: Request,
    target: Annotated[str, Query(max_length=200)],
    hour: Annotated[int, Query(ge=0, le=23)] = 0,
    means: Annotated[str, Query(max_length=20)] = ALL,
    under: Annotated[int, Query(ge=1, le=100)] = UNDER,
) -> HTMLResponse:
    """Show which means watch a stretch of the line in an hour; in a drawer, or as a page of its own."""
    view = view_of(request)
    design = newest_design(view) if view.scenario is not None else None
    chosen = means if means in MEANS else ALL
    rows = table_of(view, design, means=chosen, under=under).rows if design is not None else ()
    row = next((row for row in rows if target in row.targets), None)
    part = request.headers.get("hx-request") == "true"
    asked = {**view.carried, "under": under, "means": chosen if chosen != ALL else None}
    return page(
        request,
        "parts/watching-cell.html" if part else "watching-cell.html",
        status=200 if row is not None else 404,
        view=view,
        row=row,
        cell=None if row is None else row.cells[hour],
        when=f"{clock(hour)} to {clock(hour + 1)}",
        watchers=[] if row is None or design is None else watchers(design, row, hour=hour, means=chosen),
        own=address(f"{PATH}/cell", {**asked, "target": target, "hour": hour}),
        back=address(PATH, asked),
    )


def watchers(design: Design, row: HourRow, *, hour: int, means: str) -> list[dict[str, Any]]:
    """Return the means that watch a stretch in an hour, with the share of it that each looks at, the most first."""
    light, clear = float(daylight(design.told["day_share"])[hour]), float(design.told["clear_share"])
    weights = (light * clear, light * (1 - clear), (1 - light) * clear, (1 - light) * (1 - clear))
    looks = design.looks.filter(pl.col("target").is_in(row.targets))
    own = looks if means == ALL else looks.filter(pl.col("means") == means)
    share = pl.sum_horizontal(pl.col(name) * weight for name, weight in zip(STATE_COLUMNS, weights, strict=True))
    return (
        own.with_columns(share=share)
        .group_by("site", "sensor", "title", "means", "share")
        .agg(pl.col("km").sum())
        .sort("share", "km", "site", "sensor", descending=[True, True, False, False])
        .to_dicts()
    )


@router.post(f"{PATH}/run", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def run(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Ask for a design with so many people."""
    view = view_of(request)
    back = view.at(PATH)
    people = form.get("people", "").strip()
    if not is_whole(people) or not 0 < int(people) <= MOST_WATCHERS:
        return sent_back(back, "number")
    try:
        ask(view.conference, actor_of(view.viewer), OBSERVE, {"people": int(people)})
    except TooMany:
        return sent_back(back, "many")
    return sent_back(back, "asked")
