"""How units get there and home, held against the scenario's rows: nobody sets out early, is in two places, or outruns his train.

A plan without movements promises nothing of them. What a movement is made of is looked up in the unit's footprint; how long a leg
takes, in links.csv, fleets.csv and handling.csv. Vehicles come back empty, as long as they were under way.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import pairwise

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.ground import Link
from contingent.model.movement import Fleet
from contingent.model.rules import readiness
from contingent.model.scenario import Scenario
from contingent.plan.verify.facts import Facts, Row, line_of_file, told

MOVEMENTS, LEGS = "movements.csv", "legs.csv"
HANDLING, LOADING, UNLOADING = "handling", "loading", "unloading"
"""What stands in ``mode`` of a leg that leads nowhere."""
HELD_AFTERWARDS = frozenset({"border_rail", "border_road", "strait", "staging", "gauge_change", "transshipment"})
"""Activities whose hours pass after a turn has come."""
MOMENT = 2e-4
"""Times are told to four decimals. [days]"""
CRUMB = 1e-4
"""Loads are told to six decimals. [of what is counted]"""
FACTORS = {"march_speed_kmh": 40.0, "march_hours_per_day": 10.0, "movement_lead_days": 14.0, "homeward_days": 30.0}
"""Factors of movement where no row names them, as the doctrine has them."""
CONTAINER_T, HEAVY_PIECE_T = 10.0, 50.0
"""Load of a container; what an aircraft must lift for each heavy piece. [t]"""
COACH_PEOPLE = 50
"""People that are counted as a wagon. [people]"""


def factor_of(scenario: Scenario, name: str) -> float:
    """Return a factor of movement: its general row, or the doctrine's value."""
    rows = [row.value for row in scenario.factors if row.factor == name and row.scope == "all"]
    return rows[-1] if rows else FACTORS[name]


def hours_of(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Return how long each place takes for each activity. [h]"""
    return {(row.location, str(row.activity)): row.hours or 0.0 for row in scenario.handling}


def whole_day(time: float) -> int:
    """Return the first day at whose start something has happened, as times are told.

    >>> whole_day(30.00004), whole_day(30.2)
    (30, 31)
    """
    return math.ceil(time - 1e-4)


# Movements.


def every_tour_moves(facts: Facts) -> Iterator[Finding]:
    """Each tour has its way out, and its way home where the horizon sees it; nothing else moves.

    A plan may tell of those only that are to be there before some day: then of all of them.
    """
    plan = facts.plan
    if plan.movements.is_empty():
        return
    homeward, last = round(factor_of(facts.scenario, "homeward_days")), max(plan.movements["required_day"])
    expected: set[tuple[str, str, str, int]] = set()
    for unit, line, begins, ends in plan.tours.select("unit", "line", "from_day", "until_day").iter_rows():
        expected.add((unit, line, "out", begins))
        if ends < facts.horizon_days:
            expected.add((unit, line, "home", ends + homeward))
    moved = set(plan.movements.select("unit", "line", "direction", "required_day").iter_rows())
    for unit, line, direction, day in sorted(expected - moved):
        if day < last:
            yield Finding(MOVEMENTS, f"{unit} on '{line}' has no way {direction} to be there by D+{day}", column="movement")
    for number, row in facts.each_movement():
        if (row["unit"], row["line"], row["direction"], row["required_day"]) not in expected:
            what = f"no tour of the plan has {row['unit']} on its way {row['direction']} to be there by D+{row['required_day']}"
            yield Finding(MOVEMENTS, what, number, "movement")


def parts_add_up(facts: Facts) -> Iterator[Finding]:
    """The parts of a unit have its people, vehicles and tonnes.

    tonnes = weight_t, at least ten for each container, people apart; crews of ships sail with them.
    """
    sums: dict[tuple[str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for _, row in facts.each_movement():
        total = sums[row["unit"], row["direction"], row["required_day"]]
        total[0] += row["people"]
        total[1] += row["vehicles"]
        total[2] += 0.0 if row["element"] == "people" else row["tonnes"]
        total[3] += 1
    homeward = round(factor_of(facts.scenario, "homeward_days"))
    tours = facts.plan.tours.select("unit", "unit_type", "people", "from_day", "until_day")
    for unit, kind, people, begins, ends in tours.iter_rows():
        unit_type = facts.scenario.unit_type_by_name.get(kind)
        if unit_type is None:
            continue
        carried = unit_type.outsized or 0
        marching = unit_type.marching if unit_type.marching is not None else max(0, (unit_type.vehicles or 0) - carried)
        stores = CONTAINER_T * (unit_type.containers or 0)
        rolling = max(0.0, (unit_type.weight_t or 0.0) - stores) if carried or marching else 0.0
        due = (0 if unit_type.moves == "sails" else people, carried + marching, stores + rolling)
        for direction, day in (("out", begins), ("home", ends + homeward)):
            found = sums.get((unit, direction, day))
            if found is None:
                continue
            for name, has, wants in zip(("people", "vehicles", "tonnes"), found, due, strict=False):
                if abs(has - wants) > 1e-3 * found[3] + CRUMB:
                    what = f"the parts of {unit} on the way {direction} by D+{day} have {told(has)} {name}, not {told(wants)}"
                    yield Finding(MOVEMENTS, what, column=name)


def nobody_sets_out_early(facts: Facts) -> Iterator[Finding]:
    """A unit sets out when it is ready, at most a lead before its tour; homewards when its tour is over. No leg begins before."""
    scenario = facts.scenario
    lead, homeward = (round(factor_of(scenario, name)) for name in ("movement_lead_days", "homeward_days"))
    for number, row, own in facts.each_way():
        offer = scenario.offer_by_name.get(row["offer"])
        if offer is None:
            yield Finding(MOVEMENTS, f"'{row['offer']}' is not an offer of the scenario", number, "offer")
            continue
        required = row["required_day"]
        ready = required - homeward if row["direction"] == "home" else min(
            max(readiness(scenario, offer).ready_day, required - lead), required)  # fmt: skip
        if row["ready_day"] != ready:
            yield Finding(MOVEMENTS, f"is D+{row['ready_day']}; the unit is ready to set out on D+{ready}", number, "ready_day")
        for leg in own[:1]:
            if leg["leaves_day"] < ready - MOMENT:
                what = f"begins on D+{told(leg['leaves_day'])}, before the unit is ready on D+{ready}"
                yield Finding(LEGS, what, line_of_file(leg["row"]), "leaves_day")


def arrivals_follow_from_legs(facts: Facts) -> Iterator[Finding]:
    """A part is there when its last leg, and what follows it, is done; late is what comes after the day required."""
    hours = hours_of(facts.scenario)
    for number, row, own in facts.each_way():
        day = row["arrives_day"]
        if day is None:
            if own or row["late_days"] is not None:
                yield Finding(MOVEMENTS, "never arrives, yet it has legs or is told to be late", number, "arrives_day")
            continue
        last = own[-1] if own else None
        if last is None:
            if row["from_location"] != row["to_location"]:
                yield Finding(MOVEMENTS, "arrives without a leg", number, "arrives_day")
        else:
            there = last["arrives_day"] + _held(last, hours)
            if whole_day(there) != day and not _away_from_a_morning(there):
                yield Finding(MOVEMENTS, f"is D+{day}; its last leg ends on D+{told(there)}", number, "arrives_day")
        if row["late_days"] != max(0, day - row["required_day"]):
            what = f"is {row['late_days']}; it arrives on D+{day} and is to be there on D+{row['required_day']}"
            yield Finding(MOVEMENTS, what, number, "late_days")


def _away_from_a_morning(there: float) -> bool:
    """Whether what is rounded may lie on either side of the start of a day."""
    return abs(there - round(there)) <= MOMENT and there != round(there)


def _held(leg: Row, hours: dict[tuple[str, str], float]) -> float:
    """Days that pass after a turn has come. [days]"""
    if leg["mode"] != HANDLING or leg["link"] not in HELD_AFTERWARDS:
        return 0.0
    return hours.get((leg["from_location"], leg["link"]), 0.0) / 24


# Legs.


def legs_hang_together(facts: Facts) -> Iterator[Finding]:
    """Legs are numbered, begin where and when the one before ended, first at the origin, last at the destination."""
    hours = hours_of(facts.scenario)
    known = facts.plan.movements["movement"]
    if known.n_unique() < len(known):
        yield Finding(MOVEMENTS, "two movements have the same name", column="movement")
    strange = facts.plan.legs.with_row_index("row").filter(~pl.col("movement").is_in(known.implode()))
    names = known.to_list() if strange.height else []
    for name, row in strange.group_by("movement", maintain_order=True).agg(pl.col("row").first()).iter_rows():
        yield Finding(LEGS, f"'{name}' is no movement", line_of_file(row), "movement", nearest_name(name, names))
    for number, row, own in facts.each_way():
        if not own:
            continue
        name = row["movement"]
        if own[0]["from_location"] != row["from_location"] or own[-1]["to_location"] != row["to_location"]:
            what = (
                f"leads from '{own[0]['from_location']}' to '{own[-1]['to_location']}', not from '{row['from_location']}' to "
                f"'{row['to_location']}'"
            )
            yield Finding(MOVEMENTS, what, number, "way")
        if [leg["leg"] for leg in own] != list(range(1, len(own) + 1)):
            yield Finding(LEGS, f"the legs of '{name}' are not numbered in order", line_of_file(own[0]["row"]), "leg")
        done = 0.0
        for before, leg in pairwise([None, *own]):
            assert leg is not None
            place = line_of_file(leg["row"])
            if leg["arrives_day"] < leg["leaves_day"]:
                yield Finding(LEGS, "arrives before it leaves", place, "arrives_day")
            if before is None:
                continue
            if before["to_location"] != leg["from_location"]:
                what = f"begins at '{leg['from_location']}', but the leg before ends at '{before['to_location']}'"
                yield Finding(LEGS, what, place, "from_location")
            both_handled = before["mode"] == leg["mode"] == HANDLING
            # What is taken before one leg is taken together: a train and the bogies under it.
            done = done if both_handled and before["leaves_day"] <= leg["leaves_day"] + MOMENT else 0.0
            free = before["leaves_day"] if both_handled else before["arrives_day"] + _held(before, hours)
            if leg["leaves_day"] < max(done, free) - MOMENT:
                yield Finding(LEGS, f"begins on D+{told(leg['leaves_day'])}, before D+{told(free)}", place, "leaves_day")


def legs_run_over_links(facts: Facts) -> Iterator[Finding]:
    """A leg runs over links that there are, of its mode and gauge, end to end, no faster than fleet and links allow."""
    scenario = facts.scenario
    links, fleets = {row.link: row for row in scenario.links}, {row.fleet: row for row in scenario.fleets}
    march = factor_of(scenario, "march_speed_kmh"), factor_of(scenario, "march_hours_per_day")
    nation = dict(facts.plan.movements.select("movement", "nation").iter_rows())
    element = dict(facts.plan.movements.select("movement", "element").iter_rows())
    for leg in facts.each_leg():
        place = line_of_file(leg["row"])
        fleet = fleets.get(leg["fleet"])
        if leg["fleet"] is not None:
            if fleet is None:
                yield Finding(
                    LEGS, f"'{leg['fleet']}' is no fleet", place, "fleet", nearest_name(leg["fleet"], fleets))  # fmt: skip
                continue
            if fleet.nation is not None and fleet.nation != nation.get(leg["movement"]):
                yield Finding(LEGS, f"'{fleet.fleet}' carries units of {fleet.nation} only", place, "fleet")
            if leg["leaves_day"] < fleet.from_day - MOMENT:
                yield Finding(LEGS, f"'{fleet.fleet}' can be used from D+{fleet.from_day} on", place, "leaves_day")
        if leg["mode"] in (LOADING, UNLOADING):
            yield from _loads(leg, fleet, place)
        elif leg["mode"] != HANDLING and element.get(leg["movement"]) != "self":
            yield from _runs(leg, fleet, links, march, place)
            if fleet is None and element.get(leg["movement"]) not in ("marching", None):
                yield Finding(LEGS, "moves without a fleet, and does not march", place, "fleet")


def _loads(leg: Row, fleet: Fleet | None, place: int) -> Iterator[Finding]:
    """Loading and unloading take the hours of the fleet."""
    if fleet is None:
        yield Finding(LEGS, "is loaded on no fleet", place, "fleet")
        return
    if leg["from_location"] != leg["to_location"]:
        yield Finding(LEGS, f"{leg['mode']} leads nowhere", place, "to_location")
    if leg["arrives_day"] - leg["leaves_day"] < fleet.load_hours / 24 - MOMENT:
        yield Finding(LEGS, f"takes less than {told(fleet.load_hours)} hours", place, "arrives_day")


def _runs(
    leg: Row, fleet: Fleet | None, links: dict[str, Link], march: tuple[float, float], place: int
) -> Iterator[Finding]:  # fmt: skip
    """A leg that leads somewhere."""
    names = (leg["link"] or "").split("; ")
    at, days, mode = leg["from_location"], 0.0, fleet.mode if fleet else "road"
    for name in names:
        link = links.get(name)
        if link is None:
            yield Finding(LEGS, f"'{name}' is no link", place, "link", nearest_name(name, links))
            return
        if at not in (link.from_location, link.to_location):
            yield Finding(LEGS, f"'{name}' does not begin at '{at}'", place, "link")
            return
        if link.mode != leg["mode"] or link.mode != mode:
            yield Finding(LEGS, f"'{name}' is {link.mode}", place, "mode")
        if fleet is not None and link.mode == "rail" and fleet.gauge_mm is not None and fleet.gauge_mm != link.gauge_mm:
            what = f"'{name}' has a gauge of {link.gauge_mm} mm, '{fleet.fleet}' runs on {fleet.gauge_mm} mm"
            yield Finding(LEGS, what, place, "fleet")
        speed = min(link.speed_kmh or fleet.speed_kmh, fleet.speed_kmh) if fleet else link.speed_kmh or march[0]
        days += link.km / speed / (fleet.hours_per_day if fleet else march[1])
        at = link.to_location if at == link.from_location else link.from_location
    if at != leg["to_location"]:
        yield Finding(LEGS, f"its links lead to '{at}', not to '{leg['to_location']}'", place, "to_location")
    if leg["arrives_day"] - leg["leaves_day"] < days - MOMENT:
        took = leg["arrives_day"] - leg["leaves_day"]
        yield Finding(LEGS, f"takes {told(took)} days; its links take {told(days)}", place, "arrives_day")


def loads_are_what_moves(facts: Facts) -> Iterator[Finding]:
    """What a leg carries, or a place handles, is the part that moves, in what is counted."""
    fleets = {row.fleet: row for row in facts.scenario.fleets}
    for _, row, own in facts.each_way():
        if row["element"] == "self":
            continue
        shares = {leg["load"] for leg in own if leg["mode"] != HANDLING}
        for leg in own:
            fleet = fleets.get(leg["fleet"])
            if leg["mode"] == HANDLING:
                allowed = _handled_as(row, leg["counts"], shares)
            elif fleet is not None:
                allowed = _carried_by(row, fleet)
            else:
                allowed = [(float(row["vehicles"]), float(row["vehicles"]))]
            if allowed and not any(low - CRUMB <= leg["load"] <= high + CRUMB for low, high in allowed):
                what = f"is {told(leg['load'])} {leg['counts']}; the movement is {told(allowed[0][1])}"
                yield Finding(LEGS, what, line_of_file(leg["row"]), "load")


def _exactly(value: float) -> list[tuple[float, float]]:
    return [(value, value)]


def _handled_as(row: Row, counts: str, shares: set[float]) -> list[tuple[float, float]]:
    """Ranges in which what is handled may lie: wagons are told rounded up; trains, ships and aircraft are shares of them."""
    if counts == "wagons":
        return [(row["wagons"] - 1, row["wagons"])] if row["element"] != "people" else _exactly(row["people"] / COACH_PEOPLE)
    if counts == "vehicles":
        return [*_exactly(row["vehicles"]), *((share, share) for share in shares)]
    if counts in ("lane_m", "people"):
        return _exactly(row[counts])
    if counts == "tonnes":
        return []
    return [(share, share) for share in shares]


def _carried_by(row: Row, fleet: Fleet) -> list[tuple[float, float]]:
    """Ranges in which the share of a train, ship, aircraft or truck may lie that a part takes; nothing where it takes none."""
    if row["element"] == "people":
        return _exactly(row["people"] / fleet.people) if fleet.people else _exactly(0.0)
    if fleet.kind == "train":
        return [((row["wagons"] - 1) / fleet.wagons, row["wagons"] / fleet.wagons)] if fleet.wagons else _exactly(0.0)
    if fleet.kind == "ship":
        return _exactly(row["lane_m"] / fleet.lane_m) if fleet.lane_m else _exactly(0.0)
    if row["element"] == "carried":
        pieces = fleet.vehicles if fleet.kind == "heavy_transporter" else fleet.tonnes // HEAVY_PIECE_T
        return _exactly(row["vehicles"] / pieces) if pieces else _exactly(0.0)
    return _exactly(row["tonnes"] / fleet.tonnes) if row["element"] == "stores" and fleet.tonnes else _exactly(0.0)


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    every_tour_moves, parts_add_up, nobody_sets_out_early, arrivals_follow_from_legs, legs_hang_together, legs_run_over_links,
    loads_are_what_moves,
)  # fmt: skip
"""Promises about movements and legs, in the order in which findings are told."""
