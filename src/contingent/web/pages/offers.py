"""Offers: what nations offer and what became of it; a new offer, and what it is worth before it is made."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.errors import ContingentError
from contingent.findings import Finding
from contingent.generation.trial import OfferTrial, try_offer
from contingent.model.rows import Offer
from contingent.model.rules import readiness
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.words import d_day, place_name, plain, reason_words
from contingent.store import Conflict, Edit, Refused
from contingent.web.forms import cells_of, fields_of, given_cells, read_cells
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.renewal import Renewed
from contingent.web.returning import changed, is_whole
from contingent.web.seen import sees_terms
from contingent.web.symbols import of_unit_type
from contingent.web.view import View, form_of, view_of

router = APIRouter()

Row = dict[str, Any]

STATES = {
    "used": "● all used", "partly": "◐ partly used", "unused": "○ not used", "new": "? not planned with yet",
    "left_out": "– left out of plans",
}  # fmt: skip
"""What became of an offer."""

LEFT_OUT = "The nation is a backstop, and the settings leave the backstop out of plans"
"""Why an offer counts in no plan."""

MOST_LINES = 4
"""Lines named that an offer's units serve."""

MAIN = (
    "offer", "nation", "unit_type", "quantity", "available_day", "until_day", "notice_days", "excluded_locations",
    "excluded_tasks",
)  # fmt: skip
"""Columns that a form asks for first; the rest is folded."""


def stated_offers(view: View) -> frozenset[str]:
    """Return the offers that the viewer may see and that a nation has said itself."""
    shown = view.scenario.offers if view.scenario is not None else ()
    return frozenset(offer.offer for offer in (*shown, *left_out_of(view))) & view.stated("offers")


def left_out_of(view: View) -> tuple[Offer, ...]:
    """Return the offers that the viewer may see and that count in no plan, as the settings leave the backstop out."""
    written = view.state.scenario.offers if view.state.scenario is not None else ()
    known = view.whole.offer_by_name if view.whole is not None else {}
    return tuple(row for row in written if row.offer not in known and sees_terms(view.viewer, row.nation))


def stated_mark(_: Request, view: View) -> object:
    """Return what of the page of offers is neither a derived table nor the plan, for `contingent.web.renewal`."""
    return sorted(stated_offers(view)), left_out_of(view)


@router.get("/offers", include_in_schema=False, dependencies=[Depends(needs("offers.read")), Depends(Renewed(stated_mark))])
def offers(
    request: Request,
    nation: Annotated[str, Query(max_length=200)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Show the offers that the viewer may see, by nation, with what became of each."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    scenario = view.scenario
    rows = offers_told(view)
    words = text.casefold().split()
    shown = [
        row
        for row in rows
        if (not nation or row["nation"] == nation)
        and (not state or row["state"] == state)
        and all(word in row["text"] for word in words)
    ]
    return page(
        request,
        "offers.html",
        view=view,
        groups=by_nation(scenario, view.plan, shown),
        nations=sorted({row["nation"] for row in rows}),
        states=STATES,
        chosen={"nation": nation, "text": text, "state": state},
        total=len(rows),
        shown=len(shown),
        may_offer=may(view.viewer, "offers.write"),
        left_out=LEFT_OUT if _is_left_out(view) else "",
    )


def _is_left_out(view: View) -> bool:
    """Whether the viewer speaks for a nation with whose offers no plan is made."""
    nation, whole = view.viewer.nation, view.whole
    return whole is not None and nation in whole.nation_by_name and not counts(whole, nation)


def offers_told(view: View) -> list[Row]:
    """Return each offer that the viewer may see, those included that count in no plan."""
    scenario, said, left_out = view.scenario, stated_offers(view), left_out_of(view)
    assert scenario is not None
    return view.kept("offers", lambda: offer_rows(scenario, view.plan, said, left_out), said, left_out)


def offer_seen(view: View, name: str) -> Offer | None:
    """Return an offer that the viewer may see by its name, also one that counts in no plan; None where there is none."""
    found = view.scenario.offer_by_name.get(name) if view.scenario is not None else None
    return found or next((offer for offer in left_out_of(view) if offer.offer == name), None)


def offer_rows(scenario: Scenario, plan: Plan | None, stated: Iterable[str], left_out: Sequence[Offer] = ()) -> list[Row]:
    """Return each offer with its terms in words, what of it is used, where, and why the rest is not.

    `left_out` are offers that are not among those of the scenario, as they count in no plan.
    """
    aside = {offer.offer for offer in left_out}
    said = set(stated)
    used: dict[str, int] = {}
    lines: dict[str, list[str]] = defaultdict(list)
    unused: dict[str, Row] = {}
    known: set[str] = set()
    if plan is not None:
        used = dict(plan.tours.group_by("offer").agg(pl.col("unit").n_unique()).iter_rows())
        for offer, line in plan.tours.select("offer", "line").unique(maintain_order=True).iter_rows():
            lines[offer].append(line)
        unused = {row["offer"]: row for row in plan.unused.iter_rows(named=True)}
        known = set(used) | set(unused)
    rows = []
    for offer in sorted((*scenario.offers, *left_out), key=lambda each: (each.nation, each.offer)):
        count = used.get(offer.offer, 0)
        kind = scenario.unit_type_by_name.get(offer.unit_type)
        why = unused.get(offer.offer)
        state = "new" if offer.offer not in known else "used" if count >= offer.quantity else "partly" if count else "unused"
        state = "left_out" if offer.offer in aside and not count else state
        name = kind.name if kind is not None else plain(offer.unit_type)
        rows.append(
            {
                "offer": offer.offer,
                "nation": offer.nation,
                "kind": name,
                "symbol": of_unit_type(scenario, offer.unit_type),
                "quantity": offer.quantity,
                "used": count,
                "people": offer.quantity * (offer.personnel if offer.personnel is not None else kind.personnel if kind else 0),
                "terms": terms_in_words(scenario, offer),
                "caveats": caveats_in_words(scenario, offer),
                "state": state,
                "lines": lines.get(offer.offer, [])[:MOST_LINES],
                "more_lines": max(0, len(lines.get(offer.offer, [])) - MOST_LINES),
                "why": LEFT_OUT if offer.offer in aside else reason_words(why["reason"]) if why else None,
                "detail": why["detail"] if why else None,
                "stated": offer.offer in said,
                "confidence": offer.confidence,
                "text": f"{offer.offer} {offer.nation} {name} {offer.home or ''}".casefold(),
            }
        )
    return rows


def terms_in_words(scenario: Scenario, offer: Offer) -> str:
    """Return from when to when, how soon, how long and how often the units of an offer go."""
    terms = readiness(scenario, offer)
    until = f" until {d_day(offer.until_day)}" if offer.until_day is not None else ""
    often = f", at most {terms.max_tours} tours each" if terms.max_tours is not None else ""
    dwell = f"{terms.dwell_days / terms.tour_days:g}" if terms.tour_days else "0"
    ready = f"ready {d_day(terms.ready_day)}{until}, notice {offer.notice_days} d"
    return f"{ready}, tours of {terms.tour_days} d, dwell 1:{dwell}{often}"


def caveats_in_words(scenario: Scenario, offer: Offer) -> list[str]:
    """Return what an offer rules out."""
    places = [f"not in {place_name(scenario, place)}" for place in offer.excluded_locations]
    return places + [f"not for {plain(task)}" for task in offer.excluded_tasks]


def by_nation(scenario: Scenario, plan: Plan | None, rows: Sequence[Row]) -> list[Row]:
    """Return the offers under their nations, each with its sums and what it has deployed against its ceiling."""
    facts = {row["nation"]: row for row in plan.nations.iter_rows(named=True)} if plan is not None else {}
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row["nation"]].append(row)
    found = []
    for nation, own in groups.items():
        known = scenario.nation_by_name.get(nation)
        found.append(
            {
                "nation": nation,
                "name": known.name if known is not None else nation,
                "rows": own,
                "units": sum(row["quantity"] for row in own),
                "used": sum(row["used"] for row in own),
                "people": sum(row["people"] for row in own),
                "peak": facts.get(nation, {}).get("people_peak"),
                "ceiling": known.personnel_ceiling if known is not None else None,
                "burden": facts.get(nation, {}).get("burden"),
                "caveats": sum(bool(row["caveats"]) for row in own),
            }
        )
    return found


@router.get("/offers/form", include_in_schema=False, dependencies=[Depends(needs("offers.write"))])
def offer_form(
    request: Request, offer: Annotated[str, Query(max_length=200)] = "", unit_type: Annotated[str, Query(max_length=200)] = ""
) -> HTMLResponse:
    """Show the form of a new offer, of some kind of unit maybe, or of one that is there."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    found = offer_seen(view, offer)
    cells = cells_of(found) if found is not None else {"quantity": "1", "unit_type": unit_type, "offer": _name_begins(view)}
    return _form(request, view, cells, name=offer if found is not None else "")


def _name_begins(view: View) -> str:
    """How the name of a delegate's offer begins."""
    return f"{view.viewer.nation}-" if view.viewer.role == "delegate" else ""


def _form(
    request: Request, view: View, cells: dict[str, str], *, name: str, findings: Sequence[Finding] = (), status: int = 200
) -> HTMLResponse:
    assert view.scenario is not None
    fixed = {"nation": view.viewer.nation or ""} if view.viewer.role == "delegate" else {}
    if name:
        fixed["offer"] = name
    found = fields_of(Offer, view.scenario, cells, findings=findings, fixed=fixed)
    stored = view.row_of("offers", name) if name else None
    return page(
        request,
        "offer.html",
        status=status,
        view=view,
        name=name,
        main=[each for each in found if each.column.name in MAIN],
        further=[each for each in found if each.column.name not in MAIN],
        open_further=any(each.findings for each in found if each.column.name not in MAIN),
        loose=[each for each in findings if each.column is None or each.column not in Offer.model_fields],
        row=stored,
    )


@router.post("/offers/worth", include_in_schema=False, dependencies=[Depends(needs("jobs.try"))])
def worth(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> HTMLResponse:
    """Say what an offer would be worth to the plan, before it is made: nothing is changed."""
    view = view_of(request)
    if view.scenario is None or view.whole is None or view.stored is None:
        said = "There is no plan to hold it against yet."
        return page(request, "parts/worth.html", view=view, trial=None, findings=(), said=said)
    row, findings = read_cells(Offer, view.scenario, _own_cells(view, form))
    findings += name_is_free(view, row)
    if not isinstance(row, Offer) or findings:
        return page(request, "parts/worth.html", view=view, trial=None, findings=findings, said=None)
    if not counts(view.whole, row.nation):
        said = f"{LEFT_OUT}: it would be worth nothing."
        return page(request, "parts/worth.html", view=view, trial=None, findings=(), said=said)
    try:
        trial = try_offer(view.whole, view.stored.plan, row)
    except ContingentError:
        said = "The plan no longer fits the tables; plan again, then try the offer."
        return page(request, "parts/worth.html", view=view, trial=None, findings=(), said=said)
    return page(request, "parts/worth.html", view=view, trial=trial, offer=row, findings=(), said=sentence_of(trial))


def counts(scenario: Scenario, nation: str | None) -> bool:
    """Whether plans are made with what a nation offers."""
    return nation in {row.nation for row in scenario.contributors}


def sentence_of(trial: OfferTrial) -> str:
    """Return what an offer is worth in one sentence.

    >>> sentence_of(OfferTrial({1: 0.5}, {1: 0.521}, (), {}, moved=0, asks_for_it=True))
    'Helps no line on these terms: where it could go, nothing is missing then.'
    """
    if not trial.asks_for_it:
        return "Helps no line: none asks for what it gives, on these terms."
    if not trial.lines:
        return "Helps no line on these terms: where it could go, nothing is missing then."
    gained = {priority: after - trial.fill_before[priority] for priority, after in trial.fill_after.items()}
    raised = [f"priority-{priority} fill by {gain * 100:.1f} points" for priority, gain in gained.items() if gain >= 0.0005]
    closes = trial.closes
    gaps = f"closes all gaps of {closes} {'line' if closes == 1 else 'lines'}" if closes else ""
    helped = len(trial.lines) - closes
    fewer = f"leaves {helped} {'line' if helped == 1 else 'lines'} less short" if helped else ""
    parts = [part for part in (gaps, fewer, f"raises {' and '.join(raised)}" if raised else "") if part]
    text = ", ".join(parts)
    return f"{text[:1].upper()}{text[1:]}."


def _own_cells(view: View, form: dict[str, str]) -> dict[str, str]:
    """The cells of a form; a delegate's are always of its own nation."""
    cells = given_cells(Offer, form)
    return {**cells, "nation": view.viewer.nation or ""} if view.viewer.role == "delegate" else cells


def name_is_free(view: View, row: object) -> tuple[Finding, ...]:
    """Return what is wrong with the name of a delegate's offer: it begins with the nation, and is no other nation's.

    A name of another nation would otherwise stand in for that nation's offer, and its worth would be told.
    """
    if not isinstance(row, Offer) or view.viewer.role != "delegate" or view.whole is None:
        return ()
    known = view.whole.offer_by_name.get(row.offer)
    if known is not None and known.nation == view.viewer.nation:
        return ()
    begins = _name_begins(view)
    if known is None and row.offer.startswith(begins):
        return ()
    what = "names of your offers begin with your nation, and each is given once."
    return (Finding("offers", what, column="offer", maybe=f"write '{begins}…'"),)


@router.post("/offers", include_in_schema=False, dependencies=[Depends(needs("offers.write"))])
def save(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take an offer in, new or changed; what is refused comes back in the form with what is wrong at its field."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    cells, name = _own_cells(view, form), form.get("was", "")
    row, findings = read_cells(Offer, view.scenario, cells)
    findings += name_is_free(view, row)
    if row is None or findings:
        return _form(request, view, cells, name=name, findings=findings, status=422)
    stored = view.row_of("offers", cells["offer"])
    version = form.get("version", "")
    edit = Edit("offers", cells, stored.id if stored else None, int(version) if is_whole(version) else None)
    try:
        view.change([edit], why=form.get("why", ""))
    except Refused as refused:
        return _form(request, view, cells, name=name, findings=refused.findings, status=422)
    except Conflict as conflict:
        return page(request, "conflict.html", status=409, view=view, conflict=conflict, back="/offers")
    return RedirectResponse(view.at("/offers", {"text": cells["offer"], "done": "offer"}), status_code=303)


@router.post("/offers/withdraw", include_in_schema=False, dependencies=[Depends(needs("offers.write"))])
def withdraw(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take an offer out. One that the pool yields stays, as what the nation could give."""
    view = view_of(request)
    stored = view.row_of("offers", form.get("offer", ""))
    version = form.get("version", "")
    if stored is None or not is_whole(version):
        return RedirectResponse(view.at("/offers"), status_code=303)
    edits = [Edit("offers", None, stored.id, int(version))]
    then = view.at("/offers", {"done": "withdrawn"})
    return changed(request, view, lambda: view.change(edits, why=form.get("why", "")), back="/offers", then=then)
