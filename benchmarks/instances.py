"""Generated scenarios of four sizes, with real scarcity: what the benchmark plans. The same seed gives the same scenario.

A family of capabilities is a handful of unit types that can stand in for one another, at an effectiveness below one. Each
family is asked for about 1.3 times what its offers can sustain; caveats and windows make the scarcity worse. Ceilings and fair
shares tie the families together.
Rows are built without checking them again: 30,000 units in some seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from contingent.model.rows import Capability, Defaults, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings


@dataclass(frozen=True)
class Size:
    """How large a generated scenario is.

    Parameters
    ----------
    nations, units, lines, families : int
        How many of each.
    periods : int
        Length of the horizon. [periods]
    period_days : int
        Length of a period. [days]
    """

    nations: int
    units: int
    lines: int
    families: int
    periods: int
    period_days: int


SIZES = {
    "small": Size(nations=8, units=40, lines=12, families=3, periods=24, period_days=30),
    "medium": Size(nations=31, units=400, lines=100, families=8, periods=60, period_days=30),
    "large": Size(nations=40, units=3_000, lines=400, families=20, periods=120, period_days=15),
    "very_large": Size(nations=150, units=30_000, lines=5_000, families=120, periods=240, period_days=15),
}

DEMAND = 1.3
"""Unit-days asked for, for each that the offers of the family can sustain. [-]"""
TOUR_DAYS = (90, 120, 120, 135, 150, 180, 180, 180, 200, 210, 240)
DWELL_RATIOS = (1.0, 1.5, 2.0, 2.0, 2.0, 2.5, 3.0)
HANDOVER_DAYS = (0, 0, 5, 7, 10, 15)
NOTICE_DAYS = (0, 0, 10, 30, 60, 90)
EFFECTIVENESS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.9)
STRENGTHS = (60, 90, 120, 150, 250, 400, 650)
TASKS = ("hold", "patrol", "escort", "train", "clear", "support")
PRIORITIES = (1, 1, 1, 2, 2, 2, 2, 3, 3, 3)
COUNTRIES = ("XAA", "XBB", "XCC")
SECTORS_IN_A_REGION = 4


def build(name: str, seed: int = 1) -> Scenario:
    """Return the generated scenario of a size, for example ``medium``."""
    return drawn(SIZES[name], title=f"generated, {name}, seed {seed}", seed=seed)


def drawn(size: Size, *, title: str, seed: int = 1) -> Scenario:
    """Return the generated scenario of any size."""
    chance = np.random.default_rng([seed, size.units])
    strength = np.sort(chance.lognormal(0.0, 0.9, size.nations))[::-1]
    unit_types, capabilities = _families(chance, size)
    locations = _locations(size)
    offers = _offers(chance, size, strength / strength.sum(), unit_types, locations)
    horizon = size.periods * size.period_days
    return Scenario.model_construct(
        settings=Settings(
            title=title,
            start_date=date(2026, 1, 1),
            horizon_days=horizon,
            period_days=size.period_days,
            defaults=Defaults(),
        ),
        nations=_nations(chance, strength, offers, unit_types),
        unit_types=unit_types,
        capabilities=capabilities,
        locations=locations,
        offers=offers,
        requirements=_requirements(chance, size, horizon, offers, capabilities, locations),
    )


def _families(chance: np.random.Generator, size: Size) -> tuple[tuple[UnitType, ...], tuple[Capability, ...]]:
    """Two to four unit types a family; each gives the capability of its own in full, and most of the others in part."""
    types, gives = [], []
    for family in range(size.families):
        names = [f"f{family}_type_{number}" for number in range(chance.integers(2, 5))]
        for number, name in enumerate(names):
            people = int(chance.choice(STRENGTHS))
            types.append(
                UnitType.model_construct(
                    unit_type=name, name=name, domain="land", echelon="company", personnel=people,
                    daily_cost=float(people * chance.integers(80, 200)), tour_cost=float(people * chance.integers(500, 3000)),
                )
            )
            capability = f"f{family}_capability_{number}"
            gives.append(Capability.model_construct(capability=capability, unit_type=name, effectiveness=1.0))
            for other in names:
                if other != name and chance.random() < 0.6:
                    share = float(chance.choice(EFFECTIVENESS))
                    gives.append(Capability.model_construct(capability=capability, unit_type=other, effectiveness=share))
    return tuple(types), tuple(gives)


def _locations(size: Size) -> tuple[Location, ...]:
    rows = []
    for region in range(max(2, size.families // 2)):
        rows.append(Location.model_construct(location=f"region_{region}", country=COUNTRIES[region % len(COUNTRIES)]))
        rows += [
            Location.model_construct(location=f"sector_{region}_{sector}", within=f"region_{region}")
            for sector in range(SECTORS_IN_A_REGION)
        ]
    return tuple(rows)


def _offers(
    chance: np.random.Generator, size: Size, share: np.ndarray, unit_types: tuple[UnitType, ...], locations: tuple[Location, ...]
) -> tuple[Offer, ...]:
    horizon = size.periods * size.period_days
    rows: list[Offer] = []
    units = 0
    while units < size.units:
        quantity = min(int(chance.integers(1, 6)), size.units - units)
        tour = int(chance.choice(TOUR_DAYS))
        late = chance.random() < 0.2
        leaves = chance.random() < 0.1
        rows.append(
            Offer.model_construct(
                offer=f"K{len(rows) + 1}",
                nation=f"N{int(chance.choice(size.nations, p=share)) + 1}",
                unit_type=unit_types[int(chance.integers(len(unit_types)))].unit_type,
                quantity=quantity,
                available_day=int(chance.integers(1, horizon // 3)) if late else 0,
                until_day=int(chance.integers(horizon // 2, horizon)) if leaves else None,
                notice_days=int(chance.choice(NOTICE_DAYS)),
                tour_days=tour,
                dwell_ratio=float(chance.choice(DWELL_RATIOS)),
                handover_days=int(chance.choice(HANDOVER_DAYS)),
                max_tours=int(chance.integers(1, 5)) if chance.random() < 0.1 else None,
                excluded_locations=_some(chance, [row.location for row in locations], 0.25),
                excluded_tasks=_some(chance, TASKS, 0.15),
            )
        )
        units += quantity
    return tuple(rows)


def _some(chance: np.random.Generator, names: Sequence[str], how_often: float) -> tuple[str, ...]:
    """A caveat now and then: one or two names, or a country where places are named."""
    if chance.random() >= how_often:
        return ()
    if names is not TASKS and chance.random() < 0.3:
        return (COUNTRIES[int(chance.integers(len(COUNTRIES)))],)
    return tuple(sorted({names[int(number)] for number in chance.integers(len(names), size=2)}))


def _nations(
    chance: np.random.Generator, strength: np.ndarray, offers: tuple[Offer, ...], unit_types: tuple[UnitType, ...]
) -> tuple[Nation, ...]:
    """A nation's ceiling, where it has one, is near the people that its offers keep out when they rotate without a pause."""
    people = {row.unit_type: row.personnel for row in unit_types}
    sustained: dict[str, float] = {}
    for row in offers:
        out = row.quantity * people[row.unit_type] / (1 + (row.dwell_ratio or 0.0))
        sustained[row.nation] = sustained.get(row.nation, 0.0) + out
    rows = []
    for number, figure in enumerate(strength):
        name = f"N{number + 1}"
        ceiling = int(sustained.get(name, 0.0) * chance.uniform(0.7, 1.4)) + max(STRENGTHS) if chance.random() < 0.6 else None
        weight = round(float(figure), 3)
        rows.append(Nation.model_construct(nation=name, name=f"Nation {number + 1}", personnel_ceiling=ceiling, weight=weight))
    return tuple(rows)


def _requirements(
    chance: np.random.Generator,
    size: Size,
    horizon: int,
    offers: tuple[Offer, ...],
    capabilities: tuple[Capability, ...],
    locations: tuple[Location, ...],
) -> tuple[Requirement, ...]:
    """Lines spread over the families by what these can sustain, with quantities that add up to `DEMAND` times as much."""
    sustained = np.zeros(size.families)
    for row in offers:
        until = horizon if row.until_day is None else row.until_day
        tour = row.tour_days or 0
        rotation = (tour - (row.handover_days or 0)) / (tour * (1 + (row.dwell_ratio or 0.0)))
        days = max(0, until - row.available_day - row.notice_days)
        if row.max_tours is not None:
            days = min(days, round(row.max_tours * (tour - (row.handover_days or 0)) / rotation))
        sustained[_family(row.unit_type)] += row.quantity * days * rotation
    by_family: list[list[str]] = [[] for _ in range(size.families)]
    for name in dict.fromkeys(row.capability for row in capabilities):
        by_family[_family(name)].append(name)
    family_of = np.concatenate([
        np.arange(size.families),
        chance.choice(size.families, size=size.lines - size.families, p=sustained / sustained.sum()),
    ])
    whole = chance.random(size.lines) < 0.6
    from_day = np.where(whole, 0, chance.integers(0, horizon // 2, size.lines))
    on_grid = chance.random(size.lines) < 0.8
    from_day = np.where(on_grid, from_day // size.period_days * size.period_days, from_day)
    until_day = np.where(whole, horizon, np.minimum(horizon, from_day + chance.integers(horizon // 6, horizon, size.lines)))
    weight = chance.uniform(0.5, 1.5, size.lines)
    asked = np.bincount(family_of, weights=weight * (until_day - from_day), minlength=size.families)
    scale = DEMAND * sustained / asked
    sectors = [row.location for row in locations if row.within is not None]
    rows = []
    for number in range(size.lines):
        family = int(family_of[number])
        rows.append(
            Requirement.model_construct(
                line=f"L{number + 1}",
                capability=by_family[family][int(chance.integers(len(by_family[family])))],
                quantity=max(1, round(float(weight[number] * scale[family]))),
                from_day=int(from_day[number]),
                until_day=None if whole[number] else int(until_day[number]),
                location=sectors[int(chance.integers(len(sectors)))],
                priority=PRIORITIES[int(chance.integers(len(PRIORITIES)))],
                hold="one_nation" if chance.random() < 0.1 else "any",
                task=TASKS[int(chance.integers(len(TASKS)))],
            )
        )
    return tuple(rows)


def _family(name: str) -> int:
    """Return the number of the family in the name of a unit type or capability."""
    return int(name[1 : name.index("_")])
