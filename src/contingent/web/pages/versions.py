"""Versions with a name, and what differs between one of them, yesterday or any moment of the history and now."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from contingent.findings import Finding
from contingent.store import Differences, Refused, RowDifference, UnknownNumber, Version
from contingent.store.retention import MOST_KEPT
from contingent.web.frame import page
from contingent.web.guard import may, needs
from contingent.web.guard.writing import actor_of, restore
from contingent.web.pages.exchange import differences
from contingent.web.returning import changed, is_whole
from contingent.web.seen import nations_of_offers, seen_cells
from contingent.web.view import View, form_of, view_of
from contingent.web.wording import clock

router = APIRouter()

YESTERDAY = "yesterday"
A_DAY = timedelta(hours=24)

MOST_SHOWN = 200
"""Rows of each kind that are shown."""

A_LOOK = 1000
"""Entries of the history that are read at once."""

MOST_LOOKS = 200
"""Looks into the history for the last entry before a day ago; a busier day is held against the earliest that was found."""


@router.get("/versions", include_in_schema=False, dependencies=[Depends(needs("snapshots.read"))])
def versions(request: Request, since: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """Show the versions, and what differs since one of them."""
    return _page(request, since)


def _page(request: Request, since: str, *, findings: tuple[Finding, ...] = (), status: int = 200) -> HTMLResponse:
    view = view_of(request)
    seq, words = moment_of(view, since)
    found = None if seq is None else seen_differences(view, view.conference.compare_with(seq))
    return page(
        request,
        "versions.html",
        status=status if seq is not None or not since else 404,
        view=view,
        versions=view.conference.versions(),
        since=since,
        words=words,
        found=found,
        most=MOST_SHOWN,
        findings=findings,
        differences=differences,
        may_name=may(view.viewer, "snapshots.write"),
        restorable=version_named(view, since) if found is not None and view.viewer.sees_all else None,
        may_set=may(view.viewer, "settings.write"),
        **_kept(view),
    )


def _kept(view: View) -> dict[str, object]:
    """Return what is said of which plans are kept; only those who see everything hear which are kept by hand."""
    retention = view.conference.retention
    by_hand = retention.by_hand() if view.viewer.sees_all else ()
    words = [f"{'Plan' if key[:1] == 'p' else 'What if'} {key[1:]}" for key in by_hand]
    return {"plans_kept": retention.how_many(), "most_kept": MOST_KEPT, "by_hand": list(zip(by_hand, words, strict=True))}


@router.post("/versions/plans", include_in_schema=False, dependencies=[Depends(needs("settings.write"))])
def keep_plans(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Say how many plans are kept beside those that something names."""
    view, text = view_of(request), form.get("number", "").strip()
    if not is_whole(text) or int(text) > MOST_KEPT:
        told = Finding("plans", f"the number of plans to keep is from 0, for all, to {MOST_KEPT:,}.")
        return _page(request, "", findings=(told,), status=422)
    view.conference.retention.set_how_many(actor_of(view.viewer), int(text))
    return RedirectResponse(view.at("/versions", {"done": "set"}), status_code=303)


def version_named(view: View, since: str) -> Version | None:
    """Return the version that an address names, as ``v3``; None where it names none."""
    if not (since.startswith("v") and is_whole(since[1:])):
        return None
    return next((each for each in view.conference.versions() if each.id == int(since[1:])), None)


def moment_of(view: View, since: str) -> tuple[int | None, str]:
    """Return the entry of the history that an address names, and its words: ``v3`` a version, ``17`` an entry, ``yesterday``."""
    if since == YESTERDAY:
        return entry_before(view, datetime.now(UTC) - A_DAY), "yesterday at this time"
    if (version := version_named(view, since)) is not None:
        return version.of_seq, f"version “{version.name}”, {clock(version.made_at)}"
    if is_whole(since) and 0 < int(since) <= view.state.seq:
        return int(since), f"entry {int(since)} of the history"
    return None, ""


def entry_before(view: View, moment: datetime) -> int:
    """Return the number of the last entry of the history before a moment, no earlier than what made the conference."""
    before: int | None = None
    for _ in range(MOST_LOOKS):
        found = view.conference.history(since=moment, before=before, limit=A_LOOK)
        if found:
            before = found[-1].seq
        if len(found) < A_LOOK:
            break
    return view.state.seq if before is None else max(before - 1, made_with(view))


def made_with(view: View) -> int:
    """Return the number of the last entry with which the conference was made: before it there were no tables."""

    def make() -> int:
        last, changes = 1, view.conference.changes_since(0, limit=A_LOOK)
        while changes:
            made = [each.seq for each in changes if each.kind == "create"]
            last = made[-1] if made else last
            if len(made) < len(changes):
                break
            changes = view.conference.changes_since(changes[-1].seq, limit=A_LOOK)
        return last

    return view.shelf.get(("made with",), make)


def seen_differences(view: View, found: Differences) -> Differences:
    """Return differences as the viewer may see them; rows that it may not see are left out."""
    if view.viewer.sees_all:
        return found
    nations = {**nations_of_offers(view.state), **view.nations}

    def seen(rows: Iterable[RowDifference]) -> tuple[RowDifference, ...]:
        kept = []
        for row in rows:
            before, after = (
                None if cells is None else seen_cells(row.table, cells, view.viewer, nations) for cells in (row.before, row.after)
            )
            if (row.before is not None and before is None) or (row.after is not None and after is None) or before == after:
                continue
            kept.append(replace(row, before=before, after=after))
        return tuple(kept)

    return Differences(seen(found.new), seen(found.changed), seen(found.removed))


@router.post("/versions", include_in_schema=False, dependencies=[Depends(needs("snapshots.write"))])
def name_version(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Give the tables as they stand a name."""
    view = view_of(request)
    try:
        view.conference.name_version(actor_of(view.viewer), form.get("name", "").strip()[:100])
    except Refused as refused:
        return _page(request, "", findings=refused.findings, status=422)
    return RedirectResponse(view.at("/versions", {"done": "named"}), status_code=303)


@router.post("/versions/restore", include_in_schema=False, dependencies=[Depends(needs("snapshots.write"))])
def restored(request: Request, form: Annotated[dict[str, str], Depends(form_of)]) -> Response:
    """Make the tables again what they were in a version, as one change; not over what was not seen on the page."""
    view = view_of(request)
    numbers = [form.get(name, "") for name in ("version", "of_seq")]
    if not all(map(is_whole, numbers)):
        return RedirectResponse(view.at("/versions"), status_code=303)
    version, seen = map(int, numbers)
    back = view.at("/versions", {"since": f"v{version}"})
    try:
        then = view.at("/versions", {"since": f"v{version}", "done": "restored"})
        return changed(
            request, view, lambda: restore(view.conference, view.viewer, version, of_seq=seen), back=back, then=then)
    except UnknownNumber:
        return _page(request, f"v{version}", status=404)
