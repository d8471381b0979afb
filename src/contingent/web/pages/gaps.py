"""Gaps: what stays empty, why by test, what was tried, what would fill it, and who could."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from contingent.model.rows import Requirement
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.cover import coverage_by_line
from contingent.report.html.answer import reason_rows
from contingent.report.words import d_day, line_title, place_name, plain, reason_words, short_date, why_alone
from contingent.store import AcceptedRisk
from contingent.web.asking import askings
from contingent.web.candidates import Candidate, candidates_for
from contingent.web.frame import page
from contingent.web.guard import Viewer, may, needs
from contingent.web.remarks import goes_on_after, remarked, remarks_mark, tally, today
from contingent.web.renewal import Renewed
from contingent.web.seen import sees_terms
from contingent.web.symbols import of_capability
from contingent.web.view import View, view_of

router = APIRouter()

Row = dict[str, Any]

RISKS = {"open": "not accepted", "accepted": "accepted", "over": "acceptance ran out"}
"""How the risk of a gap stands, by the word in the address."""

MOST_SPELLS, MOST_OFFERS, A_PAGE = 4, 6, 25
"""Spells of a gap, offers that were tried, and lines on one page that are shown at once."""


@dataclass(frozen=True, slots=True)
class LineGap:
    """The gap of one line.

    Parameters
    ----------
    missing : float
        [unit-days]
    share : float
        Share of the line's need that stays empty. [-]
    spells : tuple of dict
        Rows of the frame ``gaps``, the longest first.
    kinds : tuple of dict
        Kinds of unit that would close some of it, with what one more of each is worth.
    """

    line: str
    title: str
    symbol: Markup
    priority: int
    place: str
    capability: str
    missing: float
    share: float
    reasons: tuple[str, ...]
    spells: tuple[Row, ...]
    kinds: tuple[Row, ...]

    @property
    def text(self) -> str:
        """What a search looks in."""
        return f"{self.line} {self.title} {self.capability} {self.place} {' '.join(self.reasons)}".casefold()


@router.get("/gaps", include_in_schema=False, dependencies=[Depends(needs("gaps.read")), Depends(Renewed(remarks_mark))])
def gaps(
    request: Request,
    text: Annotated[str, Query(max_length=100)] = "",
    priority: Annotated[int | None, Query(ge=1, le=9)] = None,
    reason: Annotated[str, Query(max_length=60)] = "",
    risk: Annotated[str, Query(max_length=20)] = "",
    after: Annotated[int, Query(ge=0, le=100_000)] = 0,
    shape: Annotated[str, Query(max_length=20, alias="view")] = "",
) -> HTMLResponse:
    """Show every line with a gap, the worst first."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    if view.plan is None:
        return page(request, "gaps.html", view=view, plan=None)
    scenario, plan = view.scenario, view.plan
    found = view.kept("gaps", lambda: line_gaps(scenario, plan))
    words = text.casefold().split()
    remarks, day = remarked(view), today(request)
    shown = [
        gap
        for gap in found
        if (priority is None or gap.priority == priority)
        and (not reason or reason in gap.reasons)
        and (risk not in RISKS or risk == standing_of(remarks.risks.get(gap.line), on=day))
        and all(word in gap.text for word in words)
    ]
    return page(
        request,
        "gaps.html",
        view=view,
        plan=plan,
        gaps=[(gap, tried_once(view, gap)) for gap in shown[after : after + A_PAGE]],
        all_gaps=shown,
        total=len(found),
        shown=len(shown),
        missing=sum(gap.missing for gap in shown),
        reasons=reason_rows(plan),
        priorities=sorted({gap.priority for gap in found}),
        kinds=[(name, reason_words(name)) for name in sorted({name for gap in found for name in gap.reasons})],
        remedies=plan.remedies.to_dicts(),
        chosen={"text": text, "priority": priority, "reason": reason, "risk": risk if risk in RISKS else "", "view": shape},
        risks=remarks.risks,
        notes=remarks.notes,
        standings=list(RISKS.items()),
        counted=tally(plan, remarks, on=day),
        today=day,
        goes_on=lambda found: goes_on_after(scenario, plan, found),
        asking=lambda gap, offers: askings(view, gap, offers) if view.viewer.sees_all else (),
        may_accept=may(view.viewer, "risks.write"),
        switch=lambda shape: view.at(
            "/gaps", {"text": text, "priority": priority, "reason": reason, "risk": risk, "view": shape}
        ),
        after=after,
        step=A_PAGE,
        may_offer=may(view.viewer, "offers.write"),
    )


def standing_of(risk: AcceptedRisk | None, *, on: date) -> str:
    """Return how the risk of a gap stands on a day: a key of `RISKS`."""
    return "open" if risk is None else "accepted" if risk.holds_on(on) else "over"


def line_gaps(scenario: Scenario, plan: Plan) -> list[LineGap]:
    """Return each line with a gap: highest priority first, then most missing."""
    spells: dict[str, list[Row]] = defaultdict(list)
    for row in plan.gaps.sort("unit_days", "from_day", descending=[True, False]).iter_rows(named=True):
        spells[row["line"]].append(row)
    covered = coverage_by_line(plan)
    worth, units = _worth_by_line(plan), _remedies_by_line(plan)
    found = []
    for name, rows in spells.items():
        line = scenario.requirement_by_line.get(name)
        if line is not None:
            found.append(_line_gap(scenario, line, rows, covered.get(name, []), worth.get(name, []), units.get(name, {})))
    return sorted(found, key=lambda gap: (gap.priority, -gap.missing, gap.line))


def _line_gap(
    scenario: Scenario,
    line: Requirement,
    rows: Sequence[Row],
    covered: Sequence[Row],
    worth: Sequence[Row],
    units: Mapping[str, Row],
) -> LineGap:
    needed = sum(row["required"] * (row["until_day"] - row["from_day"]) for row in covered)
    missing = sum(row["unit_days"] for row in rows)
    by_reason: Counter[str] = Counter()
    for row in rows:
        by_reason[row["reason"]] += row["unit_days"]
    spells = tuple(
        row
        | {
            "when": f"{d_day(row['from_day'])} to {d_day(row['until_day'])}",
            "dates": f"{short_date(scenario.horizon.date_of(row['from_day']))} to "
            f"{short_date(scenario.horizon.date_of(row['until_day'] - 1))}",
            "why": why_alone(line.line, row["detail"]),
        }
        for row in rows
    )
    kinds = {row["unit_type"]: row for row in worth} | {kind: row for kind, row in units.items() if kind}
    return LineGap(
        line=line.line,
        title=line_title(scenario, line),
        symbol=of_capability(scenario, line.capability),
        priority=line.priority,
        place=place_name(scenario, line.location),
        capability=plain(line.capability),
        missing=missing,
        share=missing / needed if needed else 0.0,
        reasons=tuple(reason for reason, _ in by_reason.most_common()),
        spells=spells,
        kinds=tuple(kinds.values()),
    )


def _worth_by_line(plan: Plan) -> dict[str, list[Row]]:
    """What one more unit of each kind is worth, by the lines that it would serve."""
    found: dict[str, list[Row]] = defaultdict(list)
    for row in plan.worth.iter_rows(named=True):
        for line in (row["lines"] or "").split(";"):
            found[line.strip()].append({**row, "units": None})
    return found


def _remedies_by_line(plan: Plan) -> dict[str, dict[str, Row]]:
    """What the cheapest further offers are that close each line, by kind of unit."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in plan.remedies.iter_rows(named=True):
        for line in (row["closes"] or "").split(";"):
            found[line.strip()][row["unit_type"]] = row
    return found


def tried_once(view: View, gap: LineGap) -> list[Candidate]:
    """Return the same as `tried`, worked out for each line when it is first shown."""
    known: dict[str, list[Candidate]] = view.kept("tried for gaps", dict)
    if gap.line not in known:
        known[gap.line] = tried(view, gap)
    return known[gap.line]


def tried(view: View, gap: LineGap) -> list[Candidate]:
    """Return the offers that give the capability and are not there on the first day of the longest spell, with why."""
    assert view.scenario is not None
    line = view.scenario.requirement_by_line[gap.line]
    day = int(gap.spells[0]["from_day"])
    found = candidates_for(view.scenario, line, view.plan, day=day)
    return [each for each in found if each.standing != "serves" and _is_seen(view.viewer, each)][:MOST_OFFERS]


def _is_seen(viewer: Viewer, candidate: Candidate) -> bool:
    return sees_terms(viewer, candidate.nation)
