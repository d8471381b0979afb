"""Compare: up to four plans side by side. First what was given differently, then what came of it, then the lines that differ."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from contingent.comparison import Comparison, compare
from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.sides import (
    MOST_INPUTS,
    MOST_LINES,
    MOST_SIDES,
    inputs_that_differ,
    lines_that_differ,
    measures,
    regrets,
    side_of,
)
from contingent.web.view import View, view_of
from contingent.web.work.kinds import is_own

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
    keys = list(dict.fromkeys(key for text in of or () for key in text[:80].split(",") if key))
    if not keys:
        keys = [f"p{each.id}" for each in reversed(view.plans[:2])]
    sides = [side for key in keys[:MOST_SIDES] if (side := side_of(view, key)) is not None]
    if len(sides) < 2:
        return page(request, "compare.html", view=view, sides=sides, choices=_choices(view), chosen=keys)
    changed = view.kept("compared", lambda: compare(sides[0].plan, sides[-1].plan), sides[0].key, sides[-1].key)
    lines = lines_that_differ(view.scenario, sides)
    inputs = inputs_that_differ(view, sides)
    return page(
        request,
        "compare.html",
        view=view,
        sides=sides,
        choices=_choices(view),
        chosen=[side.key for side in sides],
        sections=measures(sides),
        regrets=regrets(sides),
        inputs=inputs[:MOST_INPUTS],
        more_inputs=max(0, len(inputs) - MOST_INPUTS),
        lines=lines[:MOST_LINES],
        more_lines=max(0, len(lines) - MOST_LINES),
        changed=changed,
        gaps=_gaps(changed),
    )


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
        if job.kind == "what_if" and job.status == "done" and (view.viewer.sees_all or is_own(view.viewer, job))
    ]
    return plans + tried[:TO_CHOOSE]


