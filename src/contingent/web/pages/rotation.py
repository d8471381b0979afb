"""The rotation calendar: tours by nation or by line, fixed by hand, with the rules' answer before anything is written."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.model.rules import readiness
from contingent.plan import Plan
from contingent.report.drawings.timeline import timeline_head
from contingent.report.words import d_day, place_name, plain, short_date
from contingent.web.frame import page
from contingent.web.guard import may, needs, token_of
from contingent.web.pinning import Move, edits_of, edits_to_let_go, faults_after, rest_notes, starts_of, stored_pin
from contingent.web.returning import changed, is_whole, kept_to, with_done, written
from contingent.web.rotation import (
    MOST_ROWS,
    ZOOMS,
    Drawn,
    LookedAt,
    foot_of,
    lets_through,
    line_rows,
    months_between,
    nation_rows,
    new_pins,
    people_of_nation,
    piece_of,
    span_of,
    span_words,
    timeline_of,
    tours_of,
)
from contingent.web.rotation_strip import Tour
from contingent.web.tempo import tempo_rows
from contingent.web.view import View, form_of, label_of, view_of
from contingent.web.wording import link

router = APIRouter()

Row = dict[str, Any]

MOST_NAME = 200

PAGES = ("/rotation", "/requirements/line")
"""Where a change is made, and one goes back to."""


def looked_of(
    view: Annotated[str, Query(max_length=20)] = "nations",
    zoom: Annotated[str, Query(max_length=20)] = "all",
    month: Annotated[int, Query(ge=0, le=1500)] = 0,
    nation: Annotated[str, Query(max_length=MOST_NAME)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    against: Annotated[int | None, Query(ge=0, le=10**9)] = None,
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> LookedAt:
    """Return what the address asks for."""
    known = zoom if zoom in ZOOMS else "all"
    rows = "lines" if view == "lines" else "nations"
    return LookedAt(rows, known, month if known != "all" else 0, nation, text, against, after)


@router.get("/rotation", include_in_schema=False, dependencies=[Depends(needs("rotation.read"))])
def rotation(request: Request, looked: Annotated[LookedAt, Depends(looked_of)]) -> HTMLResponse:
    """Show the calendar."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    if view.plan is None:
        return page(request, "rotation.html", view=view, plan=None, may_pin=False)
    scenario, plan = view.scenario, view.plan
    span = span_of(scenario, looked)
    earlier = plan_against(view, looked)
    drawn = Drawn(scenario, plan, timeline_of(scenario, span), today_of(view), earlier[1] if earlier else None)
    everything = view.kept_of_plan("rotation", lambda _, plan: tours_of(plan))
    against = earlier[0] if earlier else 0
    shown = view.kept("calendar", lambda: calendar(view, drawn, everything, looked), looked, drawn.today, against)
    own = {**view.carried, **looked.parameters()}
    return page(
        request,
        "rotation.html",
        view=view,
        plan=plan,
        looked=looked,
        head=timeline_head(drawn.timeline),
        most=MOST_ROWS,
        **shown,
        zooms=ZOOMS,
        nations=sorted({tour.row["nation"] for tour in everything}),
        words=span_words(scenario, span),
        months=month_choices(view, looked),
        against=against,
        plans=[(each.id, label_of(each)) for each in view.look.plans if view.stored and each.id != view.stored.id],
        back=link(("/rotation", own)),
        switch=lambda **changed: link(("/rotation", {**own, "after": None, **changed})),
        may_pin=may(view.viewer, "pins.write"),
        fixed=pin_rows(view),
        last=last_pin_entry(view),
        step=scenario.settings.period_days,
        moved=not plan.movements.is_empty(),
        tempo=view.kept("tempo", lambda: tempo_rows(scenario, plan.option)),
    )


def calendar(view: View, drawn: Drawn, tours: Sequence[Tour], looked: LookedAt) -> Row:
    """Return the rows that the address asks for, drawn, with what is counted of them."""
    begin, end = drawn.span
    inside = [
        tour for tour in tours
        if lets_through(tour, looked) and tour.row["rested_day"] > begin and tour.row["from_day"] < end
    ]  # fmt: skip
    pins = pins_through(view, looked) if looked.view == "nations" else {}
    groups = nation_rows(drawn, inside, pins) if looked.view == "nations" else line_rows(drawn, inside)
    shown, total = piece_of(groups, looked.after)
    if looked.view == "nations":
        shown = [group | {"people": people_of_nation(drawn, group["nation"])} for group in shown]
    broken = sum(tour.is_broken for tour in inside)
    return {"groups": shown, "total": total, "tours": len(inside), "broken": broken, "foot": foot_of(drawn, looked.nation)}


def today_of(view: View) -> int | None:
    """Return today as a day of the horizon; None where it is not within it. [days from D-day]"""
    assert view.scenario is not None
    day = view.scenario.horizon.day_of(datetime.now(UTC).date())
    return day if 0 <= day < view.scenario.horizon.days else None


def plan_against(view: View, looked: LookedAt) -> tuple[int, Plan] | None:
    """Return the plan drawn below the bars, with its number: the one asked for, else the one before of the same option."""
    assert view.stored is not None
    if looked.against == 0:
        return None
    stored = view.look.plan(looked.against) if looked.against is not None else None
    if stored is None:
        own = view.stored
        stored = next((each for each in view.look.plans if each.id < own.id and each.option == own.option), None)
    return (stored.id, view.seen_plan_of(stored)) if stored is not None else None


def month_choices(view: View, looked: LookedAt) -> Row | None:
    """Return where in time one can go from here; None where all of it is shown."""
    assert view.scenario is not None
    length = ZOOMS[looked.zoom][1]
    if not length:
        return None
    last = max(0, months_between(view.scenario) - 1)
    return {
        "earlier": max(0, looked.month - length) if looked.month > 0 else None,
        "later": looked.month + length if looked.month + length <= last else None,
    }


def pins_through(view: View, looked: LookedAt) -> dict[str, list[Row]]:
    """Return the tours fixed since the plan was made that the filters let through, by offer."""
    assert view.scenario is not None
    assert view.plan is not None
    nations = view.nations
    return {
        offer: pins
        for offer, pins in new_pins(view.scenario, view.plan).items()
        if (not looked.nation or nations.get(offer) == looked.nation)
        and all(word in f"{offer} {' '.join(pin['line'] for pin in pins)}".casefold() for word in looked.text.casefold().split())
    }


def pin_rows(view: View) -> list[Row]:
    """Return the tours that are fixed, as far as the viewer may see them, each with its row of the database where it has one."""
    assert view.scenario is not None
    rows = view.state.rows.get("pins", ())
    found = []
    for pin in sorted(view.scenario.pins, key=lambda pin: (pin.from_day, pin.offer, pin.line)):
        row = stored_pin(rows, offer=pin.offer, line=pin.line, from_day=pin.from_day)
        found.append(
            {
                "pin": pin,
                "version": row.version if row is not None else None,
                "when": f"{d_day(pin.from_day)}, {short_date(view.scenario.horizon.date_of(pin.from_day))}",
            }
        )
    return found


def last_pin_entry(view: View) -> int | None:
    """Return the number of the viewer's last change of a pin, if it may be taken back and is not taken back already."""
    if not may(view.viewer, "history.undo") or not may(view.viewer, "pins.write"):
        return None
    for entry in view.entries(table="pins", limit=1):
        if entry.may_undo and not entry.why.startswith("undoes "):
            return entry.seq
    return None


@router.get("/rotation/tour", include_in_schema=False, dependencies=[Depends(needs("rotation.read"))])
def tour(
    request: Request,
    unit: Annotated[str, Query(max_length=MOST_NAME)],
    day: Annotated[int, Query(ge=0, le=40_000)],
    to: Annotated[int | None, Query(ge=0, le=40_000)] = None,
    back: Annotated[str, Query(max_length=400)] = "/rotation",
) -> HTMLResponse:
    """Show one tour, and what the rules say if it were fixed: where it is, or on another day."""
    view = view_of(request)
    part = request.headers.get("hx-request") == "true"
    found = None
    if view.scenario is not None and view.plan is not None:
        tours = view.kept_of_plan("rotation", lambda _, plan: tours_of(plan))
        found = next((each for each in tours if each.row["unit"] == unit and each.row["from_day"] == day), None)
    if found is None:
        return page(request, "parts/no-tour.html" if part else "tour.html", status=404, view=view, tour=None, name=unit)
    told = told_tour(view, found, to)
    values: Row = {"tour": told, "name": unit, "back": kept_to(back, *PAGES)}
    if part:
        return page(request, "parts/tour.html", view=view, token=token_of(request), **values)
    return page(request, "tour.html", view=view, **values)


def told_tour(view: View, found: Tour, to: int | None) -> Row:
    """Return what is said of a tour, and of it fixed on a day."""
    assert view.scenario is not None
    assert view.whole is not None
    assert view.plan is not None
    scenario, row = view.scenario, found.row
    may_pin = may(view.viewer, "pins.write")
    starts = starts_of(scenario, row["line"])
    target = row["from_day"] if to is None else min(starts, key=lambda day: abs(day - to), default=to)
    pinned = stored_pin(view.state.rows.get("pins", ()), offer=row["offer"], line=row["line"], from_day=row["from_day"])
    is_fixed = any(
        (pin.offer, pin.line, pin.from_day) == (row["offer"], row["line"], row["from_day"]) for pin in scenario.pins
    )
    move = Move(row["offer"], row["line"], target, was=row["from_day"] if is_fixed else None)
    faults = faults_after(view.whole, move, view.plan.option) if may_pin and not (is_fixed and target == row["from_day"]) else ()
    kind = scenario.unit_type_by_name.get(row["unit_type"])
    offer = scenario.offer_by_name.get(row["offer"])
    return {
        "row": row,
        "kind": kind.name if kind is not None else plain(row["unit_type"]),
        "place": place_name(scenario, row["location"]),
        "found": found,
        "days": [(name, d_day(day), short_date(scenario.horizon.date_of(day))) for name, day in _days_of(found)],
        "terms": readiness(scenario, offer) if offer is not None else None,
        "may_pin": may_pin,
        "is_fixed": is_fixed,
        "version": pinned.version if pinned is not None else None,
        "is_lower": is_fixed and pinned is None,
        "starts": [(day, f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}") for day in starts],
        "target": target,
        "target_words": f"{d_day(target)}, {short_date(scenario.horizon.date_of(target))}",
        "is_moved": target != row["from_day"],
        "faults": faults,
        "notes": rest_notes(found, target) if target != row["from_day"] else [],
    }


def _days_of(found: Tour) -> list[tuple[str, int]]:
    row = found.row
    days = [("leaves home", found.way_out[0])] if found.way_out else []
    days.append(("on task", row["from_day"]))
    if row["serves_until_day"] < row["until_day"]:
        days.append(("handover from", row["serves_until_day"]))
    days.append(("tour ends", row["until_day"]))
    if found.way_home:
        days.append(("home", found.way_home[1]))
    return [*days, ("rested", row["rested_day"])]


@router.post("/rotation/pin", include_in_schema=False, dependencies=[Depends(needs("pins.write"))])
def pin(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Fix a tour, or move one that is fixed."""
    view = view_of(request)
    days = [form.get(name, "") for name in ("from_day", "was", "version")]
    back = kept_to(form.get("back", ""), *PAGES)
    if view.whole is None or not is_whole(days[0]) or any(text and not is_whole(text) for text in days[1:]):
        return RedirectResponse(back, status_code=303)
    was = int(days[1]) if days[1] else None
    move = Move(form.get("offer", ""), form.get("line", ""), int(days[0]), was)
    option = view.plan.option if view.plan is not None else view.whole.settings.default_option
    if faults := faults_after(view.whole, move, option):
        return page(request, "pin-refused.html", status=422, view=view, faults=faults, back=back)
    edits = edits_of(view.state.rows.get("pins", ()), move, version=int(days[2]) if days[2] else None)
    return written(request, view, edits, back=back, done="pinned", why=form.get("why", "")[:300])


@router.post("/rotation/unpin", include_in_schema=False, dependencies=[Depends(needs("pins.write"))])
def unpin(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Let go of a tour that is fixed."""
    view = view_of(request)
    back = kept_to(form.get("back", ""), *PAGES)
    day, version = form.get("from_day", ""), form.get("version", "")
    if not is_whole(day) or (version and not is_whole(version)):
        return RedirectResponse(back, status_code=303)
    rows = view.state.rows.get("pins", ())
    seen = int(version) if version else None
    edits = edits_to_let_go(rows, offer=form.get("offer", ""), line=form.get("line", ""), from_day=int(day), version=seen)
    return written(request, view, edits, back=back, done="unpinned", why="")


@router.post("/rotation/undo", include_in_schema=False, dependencies=[Depends(needs("pins.write"))])
def undo(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Take back one's own last change of a pin."""
    view = view_of(request)
    back = kept_to(form.get("back", ""), *PAGES)
    seq = form.get("seq", "")
    # Only what stands on the page can be taken back here; all else from the history.
    if not is_whole(seq) or int(seq) != last_pin_entry(view):
        return RedirectResponse(back, status_code=303)
    return changed(request, view, lambda: view.undo(int(seq)), back=back, then=with_done(back, "undone"))
