"""Sources: where each row comes from and how far it can be trusted; what of it is an assumption."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from contingent.model.columns import Row
from contingent.model.rows import TABLES
from contingent.model.scenario import Scenario
from contingent.report.html.report import web_address
from contingent.report.words import plain
from contingent.web.frame import page
from contingent.web.guard import needs
from contingent.web.renewal import Renewed
from contingent.web.view import view_of

router = APIRouter()

A_PAGE = 60
CONFIDENCES = ("high", "medium", "low", "not stated")
KINDS = {"sourced": "S", "derived": "D", "assumption": "A"}
"""Each status of a figure with the letter that stands for it."""


@dataclass(frozen=True, slots=True)
class Sourced:
    """A row with where it comes from.

    Parameters
    ----------
    status : str
        sourced, derived or assumption, where the row says so or its source begins with the word; else blank.
    """

    table: str
    key: str
    name: str
    source: str
    status: str
    confidence: str


@router.get("/sources", include_in_schema=False, dependencies=[Depends(needs("sources.read")), Depends(Renewed())])
def sources(
    request: Request,
    table: Annotated[str, Query(max_length=40)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    confidence: Annotated[str, Query(max_length=20)] = "",
    status: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> HTMLResponse:
    """Show every row that the viewer may see with its source and confidence."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    scenario = view.scenario
    rows = view.kept("sources", lambda: sourced_rows(scenario))
    words = text.casefold().split()
    shown = [
        row
        for row in rows
        if (not table or row.table == table)
        and (not confidence or row.confidence == confidence)
        and (not status or row.status == status)
        and all(word in f"{row.key} {row.name} {row.source}".casefold() for word in words)
    ]
    references = {row.reference: row for row in scenario.references}
    return page(
        request,
        "sources.html",
        view=view,
        rows=shown[after : after + A_PAGE],
        total=len(rows),
        shown=len(shown),
        tables=sorted({row.table for row in rows}),
        confidences=CONFIDENCES,
        kinds=KINDS,
        counts={level: sum(row.confidence == level for row in shown) for level in CONFIDENCES},
        assumed=sum(row.status == "assumption" for row in shown),
        references=[row for row in references.values() if not words or any(word in row.title.casefold() for word in words)],
        address_of={row.reference: web_address(row.address) for row in references.values()},
        chosen={"table": table, "text": text, "confidence": confidence, "status": status},
        after=after,
        step=A_PAGE,
    )


def sourced_rows(scenario: Scenario) -> list[Sourced]:
    """Return every row of every table that says where it comes from, or should."""
    return [
        _sourced(cls.table, row)
        for cls in TABLES
        if "source" in cls.model_fields
        for row in scenario.rows(cls.table)
    ]


def _sourced(table: str, row: Row) -> Sourced:
    source = str(getattr(row, "source", None) or "")
    named = str(getattr(row, "status", None) or "")
    head = source.partition(":")[0].casefold()
    status = named if named in KINDS else head if head in KINDS else ""
    name = getattr(row, "title", None) or getattr(row, "name", None) or ""
    return Sourced(table, row.key_text(), plain(str(name)), source, status, str(getattr(row, "confidence", None) or "not stated"))
