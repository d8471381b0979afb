"""Notes on lines and accepted risks as pages and programs show them, and whether a reason would tell others what is private.

Whoever sees a gap sees that its risk is accepted, by whom and until when. The reason is read by those who see everything, and
by all others where it was written for all and would tell nothing of one nation: see `tells_of`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from fastapi import Request

from contingent.findings import Finding, nearest_name
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.store import AcceptedRisk, Note, Refused
from contingent.web.guard.remarking import RiskGiven, accept_risk, write_note
from contingent.web.seen import seen_notes, seen_risk
from contingent.web.sharing import COARSER
from contingent.web.view import View

SHORT_CODE = 3
"""Names of so many letters at most are looked for as they are written: AND is a nation, and is a word."""


@dataclass(frozen=True, slots=True)
class Remarked:
    """What is remarked, by line, as far as a viewer may see it."""

    notes: Mapping[str, tuple[Note, ...]]
    risks: Mapping[str, AcceptedRisk]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many lines have a gap, and of how many of them the risk is accepted, or was until it ran out."""

    gaps: int
    accepted: int
    run_out: int


def today(request: Request) -> date:
    """Return what day it is, UTC."""
    day: date = request.app.state.identity.clock().date()
    return day


def remarked(view: View) -> Remarked:
    """Return all notes and accepted risks that the viewer may see."""

    def make() -> Remarked:
        notes, risks = view.shelf.get(("remarks of all",), view.conference.remarks.all, version=view.heard)
        by_line: dict[str, list[Note]] = defaultdict(list)
        for note in seen_notes(notes, view.viewer):
            by_line[note.line].append(note)
        return Remarked(
            {line: tuple(own) for line, own in by_line.items()}, {risk.line: seen_risk(risk, view.viewer) for risk in risks})

    return view.kept("remarks", make, of=view.heard)


def remarks_mark(request: Request, view: View) -> object:
    """Return what of a page stands in remarks, for `contingent.web.renewal`: until when a risk is accepted depends on the day."""
    found = remarked(view)
    return today(request), sorted(found.notes.items()), sorted(found.risks.items())


def tally(plan: Plan, found: Remarked, *, on: date) -> Tally:
    """Return how many gaps there are and how many of them are accepted on a day."""
    lines = plan.gaps["line"].unique().to_list()
    risks = [found.risks[line] for line in lines if line in found.risks]
    holding = sum(risk.holds_on(on) for risk in risks)
    return Tally(len(lines), holding, len(risks) - holding)


def goes_on_after(scenario: Scenario, plan: Plan | None, risk: AcceptedRisk) -> bool:
    """Whether the gap lasts beyond the day until which its risk is accepted."""
    if plan is None:
        return False
    last = plan.gaps.filter(pl.col("line") == risk.line)["until_day"].max()
    return isinstance(last, int) and scenario.horizon.date_of(last - 1) > risk.until


def note_on(view: View, line: str, text: str, *, for_all: bool) -> Note:
    """Write a note on a line that is there.

    Raises
    ------
    Denied, Refused
        As of `contingent.web.guard.remarking.write_note`; Refused too where there is no such line.
    """
    _check_line(view, line)
    return write_note(view.conference, view.viewer, line, text, audience="all" if for_all else "planners")


def accepted_on(view: View, line: str, given: RiskGiven, *, on: date) -> tuple[AcceptedRisk, str | None]:
    """Write down that the risk of a line that is there is accepted.

    Returns
    -------
    tuple of (AcceptedRisk, str or None)
        What stands, and why others are not shown the reason though it was written for all; None where they are.

    Raises
    ------
    Denied, Conflict, Refused
        As of `contingent.web.guard.remarking.accept_risk`; Refused too where there is no such line, or the day is over already.
    """
    _check_line(view, line)
    if given.until < on:
        raise Refused([Finding("remark", "the day is over already.", column="until", maybe="name a day to come")])
    why = tells_of(view, line, given.reason) if given.audience == "all" else None
    kept = given if why is None else replace(given, audience="planners")
    return accept_risk(view.conference, view.viewer, line, kept), why


def _check_line(view: View, line: str) -> None:
    known = view.whole.requirement_by_line if view.whole is not None else {}
    if line not in known:
        what = f"'{line[:60]}' is not a line of this scenario."
        raise Refused([Finding("remark", what, column="line", nearest=nearest_name(line[:200], known))])


def tells_of(view: View, line: str, reason: str) -> str | None:
    """Return why a reason would tell others what one nation keeps to itself; None where it would not.

    It is taken to do so where a gap of the line rests on a nation's own terms, in the plan that is looked at or in the newest
    one, or where the text names a nation or an offer.
    """
    plans = [stored.plan for stored in (view.stored, view.conference.latest_plan()) if stored is not None]
    if any(_rests_on_terms(plan, line) for plan in plans):
        return "the gap rests on a nation's own terms"
    named = next(_named(reason, view.whole), None) if view.whole is not None else None
    return None if named is None else f"it names {named}"


def _rests_on_terms(plan: Plan, line: str) -> bool:
    reasons = plan.gaps.filter(pl.col("line") == line)["reason"].to_list()
    return any(part.strip() in COARSER for reason in reasons for part in reason.split(";"))


def _named(text: str, scenario: Scenario) -> Iterator[str]:
    folded = text.casefold()
    names = dict.fromkeys(
        [name for row in scenario.nations for name in (row.nation, row.name)] + [row.offer for row in scenario.offers])
    for name in names:
        if name and name.casefold() in folded:
            flags = 0 if len(name) <= SHORT_CODE else re.IGNORECASE
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, flags):
                yield name


def notes_frame(found: Remarked) -> pl.DataFrame:
    """Return notes as a table to take along."""
    rows = [
        {
            "line": note.line, "text": note.text, "read_by": note.audience, "nation": note.nation, "written_by": note.written_by,
            "written_at": note.written_at.isoformat(timespec="seconds"),
        }
        for notes in found.notes.values()
        for note in notes
    ]  # fmt: skip
    names = ("line", "text", "read_by", "nation", "written_by", "written_at")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String))


def risks_frame(found: Remarked, *, on: date) -> pl.DataFrame:
    """Return accepted risks as a table to take along, and whether each holds on a day."""
    rows = [
        {
            "line": risk.line, "accepted_by": risk.accepted_by, "until": risk.until, "holds": risk.holds_on(on),
            "reason": risk.reason, "reason_read_by": risk.audience, "written_by": risk.written_by,
            "written_at": risk.written_at.isoformat(timespec="seconds"),
        }
        for risk in found.risks.values()
    ]  # fmt: skip
    text = ("line", "accepted_by", "reason", "reason_read_by", "written_by", "written_at")
    schema = {
        name: pl.Date if name == "until" else pl.Boolean if name == "holds" else pl.String
        for name in ("line", "accepted_by", "until", "holds", *text[2:])
    }
    return pl.DataFrame(rows, schema=schema)
