"""Compare: up to four plans side by side. First what was given differently, then what came of it, then the lines that differ.

Tables have all of them, pictures the first and the last. What breaks them is computed where somebody asks for it here.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from contingent.comparison import Comparison, compare
from contingent.report.html.side_by_side import comparison_html, nation_costs
from contingent.store import Job
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.guard.faults import Denied
from contingent.web.guard.writing import actor_of
from contingent.web.pages.compare_maps import day_of, has_ground, told
from contingent.web.returning import sent_back
from contingent.web.sides import (
    MOST_INPUTS,
    MOST_LINES,
    MOST_SIDES,
    Side,
    calendars,
    inputs_that_differ,
    is_stressed,
    lines_that_differ,
    measures,
    regrets,
    side_of,
)
from contingent.web.view import View, form_of, view_of
from contingent.web.wording import link
from contingent.web.work.asking import TooMany, ask
from contingent.web.work.kinds import KINDS, is_own

router = APIRouter()

TO_CHOOSE = 8
"""Plans, and what-ifs, that are offered to choose from."""

MOST_GAPS = 12


@router.get("/compare", include_in_schema=False, dependencies=[Depends(needs("compare.read"))])
def compared(request: Request, of: Annotated[list[str] | None, Query(max_length=20)] = None) -> HTMLResponse:
    """Show plans side by side: those of the address, or the two newest."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    keys = keys_of(of) or [f"p{each.id}" for each in reversed(view.plans[:2])]
    sides = [side for key in keys[:MOST_SIDES] if (side := side_of(view, key)) is not None]
    if len(sides) < 2:
        return page(request, "compare.html", view=view, sides=sides, choices=_choices(view), chosen=keys, maps=None)
    changed = view.kept("compared", lambda: compare(sides[0].plan, sides[-1].plan), sides[0].key, sides[-1].key)
    pictured = (sides[0], sides[-1])
    lines = lines_that_differ(view.scenario, sides)
    stressing = {job_key(job) for job in view.open_jobs(kind="stress")}
    inputs = inputs_that_differ(view, sides)
    return page(
        request,
        "compare.html",
        view=view,
        sides=sides,
        choices=_choices(view),
        chosen=[side.key for side in sides],
        sections=measures(view.scenario, sides),
        unstressed=[side.key for side in sides if not is_stressed(side)],
        is_stressing=any(side.key in stressing for side in sides),
        may_keep=may(view.viewer, "snapshots.write"),
        is_kept={side.key for side in sides} <= set(view.conference.retention.by_hand()),
        may_stress=may(view.viewer, KINDS["stress"].permission),
        pictured=[side.key for side in pictured],
        maps=_maps(view, pictured),
        last=view.scenario.horizon.days - 1,
        calendars=calendars(view.scenario, pictured, changed.nations["nation"].to_list()),
        costs=nation_costs([side.plan for side in pictured]),
        regrets=regrets(sides),
        inputs=inputs[:MOST_INPUTS],
        more_inputs=max(0, len(inputs) - MOST_INPUTS),
        lines=lines[:MOST_LINES],
        more_lines=max(0, len(lines) - MOST_LINES),
        changed=changed,
        gaps=_gaps(changed),
    )


def keys_of(of: list[str] | None) -> list[str]:
    """Return the keys of plans that an address names. One that is named twice stands beside itself."""
    return [key for text in of or () for key in text[:80].split(",") if key]


def job_key(job: Job) -> str:
    """Return the key of what a stress test is about."""
    tried = job.arguments.get("what_if")
    return f"p{job.arguments.get('plan')}" if tried is None else f"w{tried}"


@router.post("/compare/keep", include_in_schema=False, dependencies=[Depends(needs("snapshots.write"))])
def keep(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Keep the plans that are compared, however many newer ones come; or do so no longer."""
    view, keys = view_of(request), keys_of([form.get("of", "")])
    found = [side.key for key in dict.fromkeys(keys[:MOST_SIDES]) if (side := side_of(view, key)) is not None]
    view.conference.retention.keep(actor_of(view.viewer), found, kept=form.get("on", "yes") == "yes")
    return sent_back(form.get("back", "") or link(("/compare", {"of": ",".join(keys)})), "set")


@router.post("/compare/stress", include_in_schema=False, dependencies=[Depends(needs("jobs.write"))])
def stress(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Ask for a stress test of each of the plans that has none yet."""
    view, keys = view_of(request), keys_of([form.get("of", "")])
    back = link(("/compare", {"of": ",".join(keys)}))
    stressing = {job_key(job) for job in view.open_jobs(kind="stress")}
    for side in (side_of(view, key) for key in dict.fromkeys(keys[:MOST_SIDES])):
        if side is None or is_stressed(side) or side.key in stressing:
            continue
        try:
            what = "plan" if side.key[0] == "p" else "what_if"
            ask(view.conference, actor_of(view.viewer), "stress", {what: int(side.key[1:])})
        except TooMany:
            return sent_back(back, "many")
    return sent_back(back, "asked")


@router.get("/compare/page.html", include_in_schema=False, dependencies=[Depends(needs("settings.read"))])
def whole_page(request: Request, of: Annotated[list[str] | None, Query(max_length=20)] = None) -> Response:
    """Hand out the plans side by side as one file with every chart; its sentences are of all nations."""
    view = view_of(request)
    if view.scenario is None:
        raise Denied("The tables cannot be read as they are now.", status=409)
    sides = [side for key in keys_of(of)[:MOST_SIDES] if (side := side_of(view, key)) is not None]
    if len(sides) < 2:
        raise Denied("There are not two plans to set side by side.", status=404)
    text = comparison_html(
        [side.plan for side in sides], scenarios=[view.scenario] * len(sides), labels=[side.label for side in sides])
    headers = {"Content-Disposition": 'attachment; filename="comparison.html"'}
    return Response(text.encode("utf-8", "replace"), media_type="text/html; charset=utf-8", headers=headers)


def _maps(view: View, pictured: tuple[Side, Side]) -> dict[str, object] | None:
    """What is said of both plans on the ground; None where there is no ground."""
    if view.scenario is None or not has_ground(view.scenario):
        return None
    return told(view, pictured, day_of(view, pictured, None))


def _gaps(changed: Comparison) -> list[dict[str, object]]:
    """The gaps that opened, closed, grew or shrank, the largest first."""
    rows = list(changed.gaps.filter(changed.gaps["change"] != "reason").iter_rows(named=True))
    rows.sort(key=lambda row: -abs((row["after"] or 0) - (row["before"] or 0)) * (row["until_day"] - row["from_day"]))
    return rows[:MOST_GAPS]


def _choices(view: View) -> list[tuple[str, str]]:
    """What may be chosen: the newest plans, and what was tried, as far as it is the viewer's."""
    plans = [(f"p{each.id}", each.label) for each in view.plans[:TO_CHOOSE]]
    tried = [
        (f"w{job.id}", f"What if {job.id}: {'; '.join(job.arguments.get('words', ()))[:80]}")
        for job in view.conference.jobs(limit=200)
        if job.kind == "what_if" and job.has_archive and (view.viewer.sees_all or is_own(view.viewer, job))
    ]
    return plans + tried[:TO_CHOOSE]


