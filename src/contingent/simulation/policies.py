"""Which rotation policy holds for a nation's units of a type on a day.

Of the rows that fit, one that names the phase of the day goes before one that names none; then the more specific one, as for
terms (`contingent.model.scope`). Each column is looked up by itself: a row that says nothing of tours leaves the tour of the
next row standing. On days of no phase only rows without one hold.
"""

from collections.abc import Iterator
from typing import Any

from contingent.model.chance import Cycle, Policy
from contingent.model.rows import Offer
from contingent.model.rules import reference_type
from contingent.model.scenario import Scenario
from contingent.model.scope import Kind, most_specific_first

DEFAULT_CYCLE: tuple[Cycle, ...] = (
    Cycle(cycle="(default)", step=1, state="reset", share=0.5, may_deploy="no"),
    Cycle(cycle="(default)", step=2, state="train", share=0.5, may_deploy="yes"),
    Cycle(cycle="(default)", step=3, state="ready", may_deploy="yes"),
)
"""Where no cycle is named: reset for half of the dwell promised, train for the rest, then ready."""


def phase_starts(scenario: Scenario) -> dict[int, str | None]:
    """Return the phase that holds from each day on which it changes, within the horizon; None = no phase.

    Where phases overlap, which `check` reports, the first in the table holds.
    """
    horizon = scenario.settings.horizon_days
    windows = [(row.phase, row.from_day, horizon if row.until_day is None else row.until_day) for row in scenario.phases]
    days = sorted({0, *(day for _, first, after in windows for day in (first, after) if day < horizon)})
    starts: dict[int, str | None] = {}
    for day in days:
        phase = next((name for name, first, after in windows if first <= day < after), None)
        if not starts or list(starts.values())[-1] != phase:
            starts[day] = phase
    return starts


def policies_for(scenario: Scenario, kind: Kind, phase: str | None) -> list[Policy]:
    """Return the policies that hold for units of a kind in a phase, the one that goes before the others first."""
    named = [row for row in scenario.policies if row.phase is not None and row.phase == phase]
    general = [row for row in scenario.policies if row.phase is None]
    return most_specific_first(named, kind) + most_specific_first(general, kind)


def said(rows: list[Policy], column: str) -> Any:
    """Return what the first row that says something says in a column, None if none does."""
    return next((value for row in rows if (value := getattr(row, column)) is not None), None)


def kind_of(scenario: Scenario, offer: Offer) -> Kind:
    """Return the kind of units of an offer."""
    return Kind(offer.nation, offer.unit_type, scenario.unit_type_by_name[offer.unit_type].domain)


def rules_of_dispatch(scenario: Scenario, capability: str) -> Iterator[str]:
    """Yield the rule of dispatch of lines that ask for a capability, for each phase in the order of `phase_starts`.

    It is that of the unit type that stands for the capability, of whatever nation: rows that name a nation do not count.
    """
    stands_for = reference_type(scenario, capability)
    kind = Kind("", stands_for.unit_type, stands_for.domain) if stands_for else Kind("", "", "")
    for phase in phase_starts(scenario).values():
        yield said(policies_for(scenario, kind, phase), "dispatch") or "planned"
