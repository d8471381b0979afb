"""What a plan costs, recomputed: quantities from tours and legs, money from rates, bills from costs and the key of funding.

A plan without these frames promises nothing of them. Sums are added up here anew, row by row, by nobody else's formula.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from contingent.findings import Finding, nearest_name
from contingent.model.money import PER_OF_ITEM, Rate
from contingent.model.movement import Fleet
from contingent.model.scenario import Scenario
from contingent.plan.money import COMMON, REIMBURSED, SCHEMES
from contingent.plan.verify.facts import TOLERANCE, Facts, line_of_file, same, told

COSTS, BILLS, CHECKS = "costs.csv", "bills.csv", "cost_checks.csv"
GDP = "gdp"
"""The key that goes by gross domestic product."""

OF_LEGS = ("rail_wagon_km", "road_vehicle_km", "sea_lane_m_km", "air_t_km", "air_person_km")
PEOPLE_A_COACH = 50
"""People of a railway coach of which nothing else is known. [people]"""

Amounts = dict[tuple[str, int], float]


def rates_applied(facts: Facts) -> Iterator[Finding]:
    """Each row is its quantity at a rate of the scenario for that item and nation."""
    named = {row.rate: row for row in facts.scenario.rates}
    for number, row in enumerate(facts.plan.costs.iter_rows(named=True)):
        place, rate = line_of_file(number), named.get(row["rates"])
        if rate is None:
            what = f"'{row['rates']}' is not a rate of the scenario"
            yield Finding(COSTS, what, place, "rates", nearest_name(row["rates"], named))
            continue
        if rate.item != row["item"] or rate.per != row["unit"] or rate.per not in PER_OF_ITEM[rate.item]:
            yield Finding(COSTS, f"'{rate.rate}' is the rate of {rate.item} per {rate.per}, not of this row", place, "rates")
        if rate.nation not in (None, row["nation"]):
            yield Finding(COSTS, f"'{rate.rate}' is a rate of {rate.nation}, not of {row['nation']}", place, "rates")
        for column, factor in zip(("low", "value", "high"), _range(rate), strict=True):
            if not same(row[column], row["quantity"] * factor):
                what = f"{told(row['quantity'])} at {told(factor)} is {told(row['quantity'] * factor)}, not {told(row[column])}"
                yield Finding(COSTS, what, place, column)


def _range(rate: Rate) -> tuple[float, float, float]:
    return rate.value if rate.low is None else rate.low, rate.value, rate.value if rate.high is None else rate.high


def ranges_hold(facts: Facts) -> Iterator[Finding]:
    """What something costs lies between its low and its high value."""
    for file, table, (low, value, high) in (
        (COSTS, facts.plan.costs, ("low", "value", "high")), (BILLS, facts.plan.bills, ("low", "value", "high")),
        (CHECKS, facts.plan.cost_checks, ("ours_low", "ours", "ours_high")),
    ):  # fmt: skip
        for number, (least, mean, most) in enumerate(table.select(low, value, high).iter_rows()):
            slack = TOLERANCE * max(1.0, abs(mean))
            if not least - slack <= mean <= most + slack:
                what = f"{told(mean)} does not lie between {told(least)} and {told(most)}"
                yield Finding(file, what, line_of_file(number), value)


def people_paid(facts: Facts) -> Iterator[Finding]:
    """Each nation's people are paid for as many days as its tours have, at the rate that is most specific for them."""
    if facts.plan.costs.is_empty():
        return
    rates = [row for row in facts.scenario.rates if row.item == "personnel"]
    true: dict[tuple[str, int, str], float] = defaultdict(float)
    for nation, unit_type, start, end, people in facts.sound.select(
        "nation", "unit_type", "from_day", "until_day", "people"
    ).iter_rows():
        rate = _most_specific(rates, nation, unit_type, facts.scenario)
        if rate is None:
            continue
        each = {"person_day": float(people), "person_month": people * 12 / 365.25, "unit_day": 1.0}.get(rate.per, 0.0)
        for year, days in _days_by_year(facts, start, end).items():
            true[nation, year, rate.rate] += each * days
    told_of: dict[tuple[str, int, str], float] = defaultdict(float)
    for row in facts.plan.costs.iter_rows(named=True):
        if row["item"] == "personnel":
            told_of[row["nation"], row["year"], row["rates"]] += row["quantity"]
    for nation, year, rate_name in sorted(set(true) | set(told_of)):
        claimed, found = told_of[nation, year, rate_name], true[nation, year, rate_name]
        if not same(claimed, found):
            what = f"personnel of {nation} in {year} at the rate '{rate_name}' is {told(found)} by its tours, not {told(claimed)}"
            yield Finding(COSTS, what, column="quantity")


def _most_specific(rates: list[Rate], nation: str, unit_type: str, scenario: Scenario) -> Rate | None:
    """The rate that speaks for a nation's units of a type: unit type before nation before domain, then the later row."""
    domain = scenario.unit_type_by_name[unit_type].domain
    best: tuple[int, Rate] | None = None
    for row in rates:
        if row.supply is None and all(
            cell in (None, own) for cell, own in ((row.unit_type, unit_type), (row.nation, nation), (row.domain, domain))
        ):
            weight = 4 * (row.unit_type is not None) + 2 * (row.nation is not None) + (row.domain is not None)
            if best is None or weight >= best[0]:
                best = weight, row
    return None if best is None else best[1]


def _days_by_year(facts: Facts, start: int, end: int) -> dict[int, int]:
    """Days of a stretch within the horizon, by calendar year."""
    found: dict[int, int] = {}
    day, last = max(0, start), min(end, facts.horizon_days)
    horizon = facts.scenario.horizon
    while day < last:
        today = horizon.date_of(day)
        turn = horizon.day_of(today.replace(month=12, day=31)) + 1
        found[today.year] = min(turn, last) - day
        day = min(turn, last)
    return found


def movements_paid(facts: Facts) -> Iterator[Finding]:
    """Each nation pays for the kilometres that its movements go, times what they have to carry."""
    if facts.plan.costs.is_empty():
        return
    paid: dict[tuple[str, str], float] = defaultdict(float)
    kilometres = {row.link: row.km for row in facts.scenario.links}
    fleets = {row.fleet: row for row in facts.scenario.fleets}
    rates = {item: [row for row in facts.scenario.rates if row.item == item] for item in OF_LEGS}
    for _, move, own in facts.each_way():
        for leg in own:
            if leg["link"] is None or leg["leaves_day"] is None:
                continue
            item, amount = _of_leg(leg["mode"], move, fleets.get(leg["fleet"]))
            if _most_specific(rates[item], move["nation"], move["unit_type"], facts.scenario) is not None:
                paid[item, move["nation"]] += amount * sum(kilometres.get(name.strip(), 0.0) for name in leg["link"].split(";"))
    told_of: dict[tuple[str, str], float] = defaultdict(float)
    for row in facts.plan.costs.iter_rows(named=True):
        if row["item"] in OF_LEGS:
            told_of[row["item"], row["nation"]] += row["quantity"]
    for item, nation in sorted(set(paid) | set(told_of)):
        if not same(told_of[item, nation], paid[item, nation]):
            what = f"{item} of {nation} is {told(paid[item, nation])} by its legs, not {told(told_of[item, nation])}"
            yield Finding(COSTS, what, column="quantity")


def _of_leg(mode: str, move: Mapping[str, Any], fleet: Fleet | None) -> tuple[str, float]:
    """Item by which a leg is paid, and how much of it each kilometre is."""
    load, most = ("people", fleet.people) if fleet and move["people"] > 0 else ("tonnes", fleet.tonnes if fleet else 0.0)
    carriers = move[load] / most if most else 0.0
    coaches = carriers * fleet.wagons if fleet and most and fleet.wagons else move["people"] / PEOPLE_A_COACH
    if mode == "air":
        return ("air_person_km", float(move["people"])) if move["people"] > 0 else ("air_t_km", float(move["tonnes"]))
    if mode == "rail":
        return "rail_wagon_km", float(move["wagons"] or coaches)
    if mode == "road":
        return "road_vehicle_km", float(move["vehicles"] or carriers)
    return "sea_lane_m_km", float(move["lane_m"]) if mode in ("sea", "river") else 0.0


def bills_add_up(facts: Facts) -> Iterator[Finding]:
    """Under each scheme, and in each year, what nations pay together is what there is to pay."""
    if facts.plan.costs.is_empty() and facts.plan.bills.is_empty():
        return
    total: dict[int, float] = defaultdict(float)
    for year, value in facts.plan.costs.select("year", "value").iter_rows():
        total[year] += value
    paid: Amounts = defaultdict(float)
    for number, (scheme, year, value) in enumerate(facts.plan.bills.select("scheme", "year", "value").iter_rows()):
        if scheme not in SCHEMES:
            what = f"'{scheme}' is not a scheme of funding"
            yield Finding(BILLS, what, line_of_file(number), "scheme", nearest_name(scheme, SCHEMES))
        paid[scheme, year] += value
    for scheme in SCHEMES:
        for year in sorted({*total, *(year for _, year in paid)}):
            if not same(paid[scheme, year], total[year]):
                what = f"{scheme}: bills of {year} add up to {told(paid[scheme, year])}, but there is {told(total[year])} to pay"
                yield Finding(BILLS, what, column="value")


def bills_follow_from_costs(facts: Facts) -> Iterator[Finding]:
    """Each nation's bill is its own costs, its share of what is common, and what it is paid back."""
    basis = facts.plan.provenance.get("cost")
    if facts.plan.costs.is_empty() or not isinstance(basis, Mapping):
        return
    shares = _shares(facts.scenario, str(basis.get("key", GDP)))
    owned = {row.nation for row in facts.scenario.nations if row.kind == "multinational"} if shares else set()
    common = set(basis.get("common", ()))
    true: dict[tuple[str, str, int], float] = defaultdict(float)
    pool: Amounts = defaultdict(float)
    for row in facts.plan.costs.iter_rows(named=True):
        for scheme in SCHEMES:
            if shares and (row["nation"] in owned or (scheme == COMMON and row["item"] in common)):
                pool[scheme, row["year"]] += row["value"]
            else:
                true[scheme, row["nation"], row["year"]] += row["value"]
    for nation, year, amount in _paid_back(facts, owned) if shares else ():
        true[REIMBURSED, nation, year] -= amount
        pool[REIMBURSED, year] += amount
    for (scheme, year), amount in pool.items():
        for nation, share in shares.items():
            true[scheme, nation, year] += amount * share
    claimed = {tuple(row[:3]): row[3] for row in facts.plan.bills.select("scheme", "nation", "year", "value").iter_rows()}
    scale = max((abs(value) for value in claimed.values()), default=1.0)
    for key in sorted(set(true) | set(claimed)):
        if not math.isclose(claimed.get(key, 0.0), true.get(key, 0.0), rel_tol=TOLERANCE, abs_tol=TOLERANCE * max(1.0, scale)):
            scheme, nation, year = key
            what = f"{scheme}: {nation} pays {told(true.get(key, 0.0))} in {year} by the costs, not {told(claimed.get(key, 0.0))}"
            yield Finding(BILLS, what, column="value")


def _shares(scenario: Scenario, key: str) -> dict[str, float]:
    """Shares of those who pay what is common; they add up to one."""
    states = [row for row in scenario.contributors if row.kind == "state"]
    rows = {row.nation: row.share for row in scenario.funding if row.funding_key == key}
    weights = {row.nation: rows.get(row.nation, 0.0) if rows or key != GDP else row.gdp or 0.0 for row in states}
    total = math.fsum(weights.values())
    if total == 0:
        return {row.nation: 1 / len(states) for row in states} if key == GDP else {}
    return {nation: weight / total for nation, weight in weights.items() if weight > 0}


def _paid_back(facts: Facts, owned: set[str]) -> Iterator[tuple[str, int, float]]:
    """What each nation is paid for each year's people."""
    rates = [row for row in facts.scenario.rates if row.item == "reimbursement"]
    states = {row.nation for row in facts.scenario.nations} - owned
    for nation, unit_type, start, end, people in facts.sound.select(
        "nation", "unit_type", "from_day", "until_day", "people"
    ).iter_rows():
        rate = _most_specific(rates, nation, unit_type, facts.scenario) if nation in states else None
        if rate is not None:
            per_day = rate.value * (12 / 365.25 if rate.per == "person_month" else 1.0)
            for year, days in _days_by_year(facts, start, end).items():
                yield nation, year, people * days * per_day


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    rates_applied, ranges_hold, people_paid, movements_paid, bills_add_up, bills_follow_from_costs,
)  # fmt: skip
"""Promises about money."""
