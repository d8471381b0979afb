"""Random small scenarios that meet every rule: from a seed, or drawn by hypothesis so that a failure shrinks.

Both ways run the same builder; only the source of choices differs. Every kind of term that docs/formulation.md knows
turns up: caveats by task, place, larger place and country, ceilings, one-nation lines, tours that are no multiple of a
period, windows off the grid, notice, handover, dwell of a fraction, most tours, pins, blank weights, nothing at all.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol, TypeVar

import numpy as np
from hypothesis import strategies as st
from tests.oracles.reading import Problem, read_problem
from tests.oracles.replay import Starts, rules_broken

from contingent.model.rows import TABLES, Capability, Defaults, Location, Nation, Offer, Pin, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings

T = TypeVar("T")


class Choices(Protocol):
    """Where a builder's choices come from."""

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        ...


class SeededChoices:
    """Choices from a numpy generator: the same seed gives the same scenario."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return int(self._generator.integers(low, high + 1))


class DrawnChoices:
    """Choices that hypothesis draws, and shrinks towards the low end."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def integer(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both included."""
        return self._draw(st.integers(low, high))


@dataclass(frozen=True)
class Size:
    """How large a random scenario may become.

    Parameters
    ----------
    nations, offers, lines : int
        Most of each.
    periods : tuple of int
        Fewest and most periods of the horizon. [periods]
    period_days : tuple of int
        Shortest and longest period. [days]
    quantity : int
        Most units of an offer or of a line. [units]
    fewest : int
        Fewest offers and lines in a scenario that is not empty on purpose.
    """

    nations: int
    offers: int
    lines: int
    periods: tuple[int, int]
    period_days: tuple[int, int]
    quantity: int
    fewest: int = 1


TINY = Size(nations=3, offers=4, lines=3, periods=(4, 7), period_days=(2, 4), quantity=2, fewest=2)
"""For exhaustive search."""
SMALL = Size(nations=4, offers=5, lines=5, periods=(4, 12), period_days=(2, 10), quantity=3)
MIDDLING = Size(nations=5, offers=10, lines=10, periods=(10, 24), period_days=(5, 30), quantity=3, fewest=4)
"""For CP-SAT, which proves most of these in seconds."""

TASKS = ("patrol", "train", "escort")
PLACES = (
    Location(location="land", country="AAA"),
    Location(location="north", within="land"),
    Location(location="north_port", country="AAA", within="north"),
    Location(location="abroad", country="BBB"),
    Location(location="sea"),
)
RULED_OUT = ("AAA", "BBB", "land", "north", "north_port", "sea")
CAPABILITIES = ("infantry", "medical", "air")
EFFECTIVENESS = (1.0, 0.5, 0.6, 0.75, 0.25, 0.9)
DWELL_RATIOS = (0.0, 0.5, 1.0, 1.1, 1.5, 2.0, 3.0)
ONE_IN_A_HUNDRED = 100


def scenario_from_seed(seed: int, size: Size = SMALL) -> Scenario:
    """Return the scenario of a seed."""
    return build_scenario(SeededChoices(seed), size)


@st.composite
def scenarios(draw: st.DrawFn, size: Size = SMALL) -> Scenario:
    """Draw a scenario; a failing one shrinks towards few offers, few lines and short windows."""
    return build_scenario(DrawnChoices(draw), size)


def build_scenario(choices: Choices, size: Size) -> Scenario:
    """Return a scenario that is consistent in all its names and terms, its pins included."""
    choose = _Chooser(choices)
    settings = _settings(choose, size)
    nations = _nations(choose, size)
    unit_types = _unit_types(choose)
    asked = CAPABILITIES[: choose.integer(1, len(CAPABILITIES))]
    empty_pool, empty_requirement = choose.percent(2), choose.percent(2)
    offers = () if empty_pool else _offers(choose, size, settings, nations, unit_types)
    requirements = () if empty_requirement else _requirements(choose, size, settings, asked)
    scenario = Scenario(
        settings=settings,
        nations=nations,
        unit_types=unit_types,
        capabilities=_capabilities(choose, asked, unit_types),
        locations=PLACES,
        offers=offers,
        requirements=requirements,
    )
    return scenario.model_copy(update={"pins": _pins(choose, read_problem(scenario))})


class _Chooser:
    """The few kinds of choice that the builders make."""

    def __init__(self, choices: Choices) -> None:
        self.integer = choices.integer

    def percent(self, chance: int) -> bool:
        """Whether something happens that happens so many times in a hundred."""
        return self.integer(1, ONE_IN_A_HUNDRED) > ONE_IN_A_HUNDRED - chance

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of the values; the first is the simplest."""
        return values[self.integer(0, len(values) - 1)]


def _settings(choose: _Chooser, size: Size) -> Settings:
    period = choose.integer(*size.period_days)
    periods = choose.integer(*size.periods)
    cut_short = choose.integer(0, period - 1) if choose.percent(30) else 0
    default_tour = choose.integer(1, 2 * period)
    return Settings(
        title="random",
        start_date=date(2026, 1, 1),
        horizon_days=periods * period - cut_short,
        period_days=period,
        defaults=Defaults(tour_days=default_tour, dwell_ratio=choose.one_of(DWELL_RATIOS), handover_days=0),
    )


def _nations(choose: _Chooser, size: Size) -> tuple[Nation, ...]:
    count = choose.integer(1, size.nations)
    weighted_by = choose.one_of(("weight", "none", "defence_spending", "active_personnel"))
    rows = []
    for number in range(count):
        figure = None if choose.percent(20) else choose.integer(1, 6)
        rows.append(
            Nation(
                nation=f"N{number + 1}",
                name=f"Nation {number + 1}",
                personnel_ceiling=choose.integer(0, 12) * 50 if choose.percent(35) else None,
                weight=figure / 2 if weighted_by == "weight" and figure else None,
                defence_spending=choose.integer(1, 30) / 10 if weighted_by in ("weight", "defence_spending") else None,
                active_personnel=choose.integer(1, 9) * 1000 if weighted_by == "active_personnel" else None,
            )
        )
    return tuple(rows)


def _unit_types(choose: _Chooser) -> tuple[UnitType, ...]:
    costed = choose.percent(60)
    return tuple(
        UnitType(
            unit_type=f"type_{number}",
            name=f"Type {number}",
            domain="land",
            echelon="company",
            personnel=choose.one_of((100, 50, 120, 200)),
            daily_cost=choose.integer(0, 20) / 2 if costed and choose.percent(80) else None,
            tour_cost=float(choose.integer(0, 5) * 10) if costed and choose.percent(80) else None,
        )
        for number in range(choose.integer(1, 3))
    )


def _capabilities(choose: _Chooser, asked: tuple[str, ...], unit_types: tuple[UnitType, ...]) -> tuple[Capability, ...]:
    return tuple(
        Capability(capability=capability, unit_type=kind.unit_type, effectiveness=choose.one_of(EFFECTIVENESS))
        for capability in asked
        for kind in unit_types
        if choose.percent(80)
    )


def _offers(
    choose: _Chooser, size: Size, settings: Settings, nations: tuple[Nation, ...], unit_types: tuple[UnitType, ...]
) -> tuple[Offer, ...]:
    horizon, period = settings.horizon_days, settings.period_days
    rows = []
    for number in range(choose.integer(size.fewest, size.offers)):
        tour = choose.integer(1, 4) * period
        if choose.percent(35):
            tour = max(1, tour - choose.integer(1, period))
        blank_terms = choose.percent(10)
        available = choose.integer(0, horizon // 2) if choose.percent(25) else 0
        rows.append(
            Offer(
                offer=f"K{number + 1}",
                nation=choose.one_of(nations).nation,
                unit_type=choose.one_of(unit_types).unit_type,
                quantity=choose.integer(1, size.quantity) if choose.percent(95) else 0,
                available_day=available,
                until_day=choose.integer(available, horizon + period) if choose.percent(20) else None,
                notice_days=choose.integer(0, 2 * period) if choose.percent(25) else 0,
                tour_days=None if blank_terms else tour,
                dwell_ratio=None if blank_terms else choose.one_of(DWELL_RATIOS),
                handover_days=None if blank_terms else choose.integer(0, min(tour - 1, period)) if choose.percent(40) else 0,
                max_tours=choose.integer(0, 3) if choose.percent(20) else None,
                excluded_locations=_some(choose, RULED_OUT) if choose.percent(20) else (),
                excluded_tasks=(choose.one_of(TASKS),) if choose.percent(15) else (),
                personnel=choose.integer(1, 10) * 10 if choose.percent(25) else None,
            )
        )
    return tuple(rows)


def _some(choose: _Chooser, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(choose.one_of(names) for _ in range(choose.integer(1, 2)))


def _requirements(choose: _Chooser, size: Size, settings: Settings, asked: tuple[str, ...]) -> tuple[Requirement, ...]:
    horizon, period = settings.horizon_days, settings.period_days
    rows = []
    for number in range(choose.integer(size.fewest, size.lines)):
        from_day = choose.integer(0, horizon // 2) if choose.percent(45) else 0
        if choose.percent(3):
            from_day = horizon + period
        rows.append(
            Requirement(
                line=f"L{number + 1}",
                capability=choose.one_of(asked),
                quantity=choose.integer(1, size.quantity) if choose.percent(95) else 0,
                from_day=from_day,
                until_day=choose.integer(from_day + 1, max(from_day + 1, horizon + period)) if choose.percent(50) else None,
                location=choose.one_of(PLACES).location if choose.percent(80) else None,
                priority=choose.integer(1, 3),
                hold="one_nation" if choose.percent(25) else "any",
                task=choose.one_of(TASKS) if choose.percent(60) else None,
            )
        )
    return tuple(rows)


def _pins(choose: _Chooser, problem: Problem) -> tuple[Pin, ...]:
    """Pin one or two tours that can be kept together."""
    if not choose.percent(20):
        return ()
    needed = {line.name for line in problem.lines if line.quantity > 0}
    tours = [(*pair, day) for pair, days in problem.start_days.items() for day in days if pair[1] in needed]
    kept: Starts = {}
    for _ in range(choose.integer(1, 2)):
        if tours:
            tour = choose.one_of(tours)
            more = kept | {tour: 1}
            if not rules_broken(replace(problem, pins={}), more):
                kept = more
    return tuple(Pin(offer=offer, line=line, from_day=day, quantity=units) for (offer, line, day), units in kept.items())


def as_folder_text(scenario: Scenario) -> str:
    """Return the scenario as the files of its folder, one after the other: what a failing test prints."""
    settings = scenario.settings
    defaults = settings.defaults
    parts = [
        "--- scenario.toml",
        f'title = "{settings.title}"',
        f"start_date = {settings.start_date}",
        f"horizon_days = {settings.horizon_days}",
        f"period_days = {settings.period_days}",
        "[defaults]",
        f"tour_days = {defaults.tour_days}",
        f"dwell_ratio = {defaults.dwell_ratio}",
        f"handover_days = {defaults.handover_days}",
    ]
    for table in TABLES:
        rows = [row.model_dump() for row in scenario.rows(table.table)]
        if not rows:
            continue
        columns = [name for name in rows[0] if any(row[name] not in (None, ()) for row in rows)]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([";".join(row[name]) if isinstance(row[name], tuple) else row[name] for name in columns] for row in rows)
        parts += [f"--- {table.table}.csv", text.getvalue().rstrip()]
    return "\n".join(parts)
