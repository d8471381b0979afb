"""Re-subordination on the order of battle: an element is put under another formation, by which relation and from which day."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.findings import Finding
from contingent.report.orbat.attachments import RELATIONS, attachment_rows
from contingent.report.words import d_day, short_date
from contingent.structure.orbat import Orbat
from contingent.web.attaching import (
    TABLE,
    Element,
    Order,
    edits_of,
    edits_to_end,
    element_of,
    faults_after,
    rows_of_element,
    targets_of,
)
from contingent.web.frame import page
from contingent.web.guard import may, needs, token_of
from contingent.web.orbat import orbat_kept, root_at
from contingent.web.returning import is_whole, kept_to, seen_of, seen_text, written
from contingent.web.view import View, form_of, view_of

router = APIRouter()

Row = dict[str, Any]

PERMISSION = "attachments.write"
LONGEST_NOTE = 300

PAGE = "/orbat"
"""Where one goes back to."""

Key = Annotated[str, Query(max_length=420)]


@router.get("/orbat/move", include_in_schema=False, dependencies=[Depends(needs(PERMISSION))])
def move_form(
    request: Request,
    kind: Annotated[str, Query(max_length=20)],
    key: Key,
    day: Annotated[int, Query(ge=0, le=40_000)],
    to: Annotated[str, Query(max_length=200)] = "",
    back: Annotated[str, Query(max_length=600)] = "/orbat",
) -> HTMLResponse:
    """Show the form by which an element is put under another formation."""
    view = view_of(request)
    orbat = orbat_kept(view)
    part = request.headers.get("hx-request") == "true"
    values = _asked(view, orbat, kind=kind, key=key, day=day, to=to) if orbat is not None else None
    status = 200 if values is not None else 404
    whole = "parts/move.html" if part else "move.html"
    back = kept_to(back, PAGE)
    return page(request, whole, status=status, view=view, asked=values, name=key, back=back, token=token_of(request))


def _asked(view: View, orbat: Orbat, *, kind: str, key: str, day: int, to: str) -> Row | None:
    """Return what the form is filled with; None where there is no such element."""
    assert view.scenario is not None
    assert view.whole is not None
    horizon = view.scenario.horizon
    at = min(day, horizon.days - 1)
    element = element_of(orbat, at, kind=kind, key=key)
    if element is None:
        return None
    names = dict(orbat.formations.select("formation", "name").iter_rows())
    targets = targets_of(root_at(orbat, at), element)
    known = {target.formation for target in targets}
    chosen = to if to in known and to != element.under else ""
    own = rows_of_element(view.state.rows.get(TABLE, ()), element)
    faults: tuple[Finding, ...] = ()
    if chosen:
        order = Order(chosen, "OPCON", at)
        edits = edits_of(
            view.state.rows.get(TABLE, ()), element, order, seen={row.id: row.version for row in own}, taken=_names(view))
        faults = faults_after(view.whole, view.state.rows.get(TABLE, ()), edits)
    return {
        "element": element,
        "under": names[element.under],
        "organic": names[element.organic],
        "targets": targets,
        "chosen": chosen,
        "relations": RELATIONS,
        "day": at,
        "day_words": f"{d_day(at)}, {short_date(horizon.date_of(at))}",
        "from_date": horizon.date_of(at).isoformat(),
        "first": horizon.start_date.isoformat(),
        "last": horizon.date_of(horizon.days - 1).isoformat(),
        "rows": [row for row in attachment_rows(orbat) if row["attachment"] in {each.key for each in own}],
        "seen": seen_text({row.id: row.version for row in own}),
        "faults": faults,
    }


def _names(view: View) -> list[str]:
    assert view.whole is not None
    return [row.attachment for row in view.whole.attachments]


@router.post("/orbat/move", include_in_schema=False, dependencies=[Depends(needs(PERMISSION))])
def move(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Put an element under another formation."""
    view = view_of(request)
    back = kept_to(form.get("back", ""), PAGE)
    orbat, day = orbat_kept(view), form.get("day", "")
    if orbat is None or view.whole is None or not is_whole(day):
        return RedirectResponse(back, status_code=303)
    element = element_of(orbat, min(int(day), view.whole.horizon.days - 1), kind=form.get("kind", ""), key=form.get("key", ""))
    if element is None:
        return RedirectResponse(back, status_code=303)
    order, findings = order_of(view, orbat, element, form)
    if order is None:
        return page(request, "refused.html", status=422, view=view, findings=findings, back=back)
    rows = view.state.rows.get(TABLE, ())
    edits = edits_of(rows, element, order, seen=seen_of(form.get("seen", "")), taken=_names(view))
    if faults := faults_after(view.whole, rows, edits):
        return page(request, "refused.html", status=422, view=view, findings=faults, back=back)
    done = "returned" if order.under == element.organic else "attached"
    return written(request, view, edits, back=back, done=done, why=order.note)


def order_of(view: View, orbat: Orbat, element: Element, form: dict[str, str]) -> tuple[Order | None, list[Finding]]:
    """Return what a form orders, or what is wrong with it."""
    assert view.whole is not None
    findings = []
    under, relation = form.get("under", ""), form.get("relation", "")
    formations = set(orbat.formations["formation"])
    if under not in formations:
        findings.append(Finding("attachments.csv", "no formation is chosen.", column="under", maybe="choose one"))
    elif element.moved[:2] == ("formation", under):
        findings.append(Finding("attachments.csv", f"'{under}' would stand under itself.", column="under"))
    if relation not in RELATIONS:
        what = f"'{relation[:40]}' is no relation."
        findings.append(Finding("attachments.csv", what, column="relation", maybe=f"choose {', '.join(RELATIONS)}"))
    days: dict[str, int | None] = {}
    for column in ("from_day", "until_day"):
        text = form.get(column, "").strip()
        days[column] = _day_of(text, view.whole.horizon.day_of)
        if days[column] is None and (text or column == "from_day"):
            what = f"'{text[:40]}' is no day of the plan."
            maybe = f"write a date from {view.whole.horizon.start_date.isoformat()} on, as 2027-01-31"
            findings.append(Finding("attachments.csv", what, column=column, maybe=maybe))
    start, end = days["from_day"], days["until_day"]
    if start is not None and end is not None and end <= start:
        what = f"{d_day(end)} is not after {d_day(start)}: it would hold on no day."
        findings.append(Finding("attachments.csv", what, column="until_day"))
    if findings or start is None:
        return None, findings
    return Order(under, relation, start, end, " ".join(form.get("note", "").split())[:LONGEST_NOTE]), []


def _day_of(text: str, day_of: Callable[[date], int]) -> int | None:
    """Return the day from D-day of an ISO date; None where it is none, or before D-day."""
    try:
        day = day_of(date.fromisoformat(text))
    except ValueError:
        return None
    return day if 0 <= day <= 36_525 else None


@router.post("/orbat/end", include_in_schema=False, dependencies=[Depends(needs(PERMISSION))])
def end(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """End an attachment on the day shown; one that has not begun by then is taken out."""
    view = view_of(request)
    back, name = kept_to(form.get("back", ""), PAGE), form.get("attachment", "")
    day, version = form.get("day", ""), form.get("version", "")
    row = view.rows_by_key(TABLE).get(name)
    if row is None or not is_whole(day) or not is_whole(version):
        return RedirectResponse(back, status_code=303)
    return written(request, view, edits_to_end(row, int(day), version=int(version)), back=back, done="returned", why="")


def listed_attachments(view: View, orbat: Orbat, day: int) -> list[Row]:
    """Return all attachments as the page lists them: whether they hold on the day, and which version of its row one may end."""
    may_write = may(view.viewer, PERMISSION)
    stored = view.rows_by_key(TABLE)
    found = []
    for row in attachment_rows(orbat):
        kept = stored.get(row["attachment"])
        ended = row["until_day"] is not None and row["until_day"] <= day
        holds = row["from_day"] <= day and not ended
        version = kept.version if kept is not None and may_write and not ended else None
        found.append({**row, "holds": holds, "version": version, "is_ahead": row["from_day"] >= day})
    return found
