"""Search: lines, offers, nations, places, kinds of unit and pages by their names, for the box that opens with ``/``."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse

from contingent.report.words import joined, line_title, plain
from contingent.web.frame import address, page
from contingent.web.guard import may, needs
from contingent.web.pages import PAGES
from contingent.web.view import View, view_of

router = APIRouter()

MOST_FOUND = 24


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found: what kind it is, its name, what more is said of it, and where it is."""

    kind: str
    name: str
    more: str
    address: str


@router.get("/find", include_in_schema=False, dependencies=[Depends(needs("overview.read"))])
def find(request: Request, q: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """Show what goes by a name: a part of a page, or a page of its own where no script runs."""
    view = view_of(request)
    found = matches(view, q)
    part = request.headers.get("hx-request") == "true"
    return page(request, "parts/found.html" if part else "found.html", view=view, found=found, text=q)


def matches(view: View, text: str) -> list[Found]:
    """Return what has every word of the text in its name, names that begin with the text first."""
    words = text.casefold().split()
    hits = [each for each in everything(view) if all(word in f"{each.name} {each.more} {each.kind}".casefold() for word in words)]
    if words:
        hits.sort(key=lambda each: not each.name.casefold().startswith(" ".join(words)))
    return hits[:MOST_FOUND]


def everything(view: View) -> Iterator[Found]:
    """Yield all that can be found by this viewer."""
    carried, scenario = view.carried, view.scenario
    for each in PAGES:
        if may(view.viewer, each.permission):
            yield Found("page", each.title, each.about, address(each.path, carried))
    if scenario is None:
        return
    if may(view.viewer, "requirements.read"):
        for line in scenario.requirements:
            where: dict[str, object] = {**carried, "line": line.line}
            yield Found("line", line.line, line_title(scenario, line), address("/requirements/line", where))
    if may(view.viewer, "offers.read"):
        for nation in scenario.nations:
            yield Found("nation", nation.nation, nation.name, address("/offers", {**carried, "nation": nation.nation}))
        for offer in scenario.offers:
            kind = scenario.unit_type_by_name.get(offer.unit_type)
            more = joined([offer.nation, kind.name if kind else plain(offer.unit_type)])
            yield Found("offer", offer.offer, more, address("/offers", {**carried, "text": offer.offer}))
    for place in scenario.locations:
        where = {**carried, "text": place.location}
        yield Found("place", place.location, joined([place.name, place.kind]), address("/requirements", where))
