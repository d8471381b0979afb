"""Where a number comes from: formula, inputs with how many of their rows are facts or assumptions, who set them, and when."""

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from contingent.report.words import plain
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.origins import MARKS, origin_of
from contingent.web.pages.sources import KINDS, sourced_rows
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]


@router.get("/origin", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def origin(
    request: Request,
    of: Annotated[str, Query(max_length=120)] = "",
    on: Annotated[str, Query(max_length=40)] = "",
    words: Annotated[str, Query(max_length=120)] = "",
) -> HTMLResponse:
    """Show where a number comes from: beside its page, or as a page of its own where no script runs."""
    view = view_of(request)
    part = request.headers.get("hx-request") == "true"
    found = origin_of(of, on)
    values: Row = {"found": found, "words": words or plain(of.replace("-", "_")), "marks": MARKS}
    if found is not None and view.scenario is not None:
        frames = [name for name in found.frames if view.plan is not None and getattr(view.plan, name).height]
        values |= {"inputs": [each for name in found.tables if (each := input_of(view, name)) is not None], "frames": frames}
    return page(request, "parts/origin.html" if part else "origin.html", view=view, **values)


def input_of(view: View, table: str) -> Row | None:
    """Return a table with how many of its rows are of which kind, and who changed it last; None where it has no row."""
    scenario = view.scenario
    assert scenario is not None
    known = view.kept("sources", lambda: sourced_rows(scenario))
    rows = [row for row in known if row.table == table]
    if not rows:
        return None
    kinds = Counter(row.status or "not stated" for row in rows)
    entries = view.entries(table=table, limit=1) if may(view.viewer, "history.read") else []
    return {
        "table": table,
        "rows": len(rows),
        "kinds": [(kind, kinds[kind]) for kind in (*KINDS, "not stated") if kinds[kind]],
        "last": entries[0] if entries else None,
    }
