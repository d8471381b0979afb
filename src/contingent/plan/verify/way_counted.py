"""What movements and legs add up to: what places, links and fleets carry against what they can, flows, closure, arrivals.

What is handled at a place is told with a window of days; the amounts of all must fit into the days of their windows with so much
a day. That is so exactly if serving the one that closes first, day by day, serves them all. A fleet is busy on the way there, and
as long again on its way back.
"""

import heapq
import math
from collections import defaultdict
from collections.abc import Callable, Iterator

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.rules import line_until, lines_of_option, reference_type
from contingent.plan.verify.facts import Facts, Row, line_of_file, told
from contingent.plan.verify.way import HANDLING, LEGS, MOMENT, MOVEMENTS

CLOSURE, ARRIVALS, UTILISATION, FLOWS = "closure.csv", "arrivals.csv", "utilisation.csv", "flows.csv"
BOTTLENECKS, SCHEDULE = "bottlenecks.csv", "schedule.csv"
WEEK = 7
"""Days of a row of utilisation and flows. [days]"""
LIGHT = 2e-4
"""Relative rounding of what many legs add up to. [-]"""

Job = tuple[int, int, float]
"""First and last day on which something may be handled, and how much."""


def resources(facts: Facts) -> dict[str, tuple[float, int]]:
    """What is scarce by name: so much a day, from which day on."""
    found = {f"{row.location}: {row.activity}": (row.per_day, 0) for row in facts.scenario.handling}
    found |= {row.link: (row.capacity_per_day, 0) for row in facts.scenario.links if row.capacity_per_day is not None}
    return found | {row.fleet: (row.quantity * row.availability, row.from_day) for row in facts.scenario.fleets}


def handled(facts: Facts, *, rounded: float = 0.0) -> dict[str, list[Job]]:
    """What places and links with a capacity handle, by name; `rounded`: days by which a window may have begun earlier. [days]"""
    activities = {row.activity for row in facts.scenario.handling}
    found: dict[str, list[Job]] = defaultdict(list)
    for leg in facts.each_leg():
        if leg["mode"] == HANDLING:
            name = f"{leg['from_location']}: {leg['link']}" if leg["link"] in activities else str(leg["link"])
            found[name].append((math.floor(leg["leaves_day"] - rounded), math.floor(leg["arrives_day"] + MOMENT), leg["load"]))
    return found


def first_day_over(jobs: list[Job], per_day: float, *, allowance: float) -> int | None:
    """Return the first day on which something is left over whose window closes; None where all fits.

    >>> first_day_over([(0, 1, 12.0), (1, 1, 8.0)], 10.0, allowance=0.0)
    >>> first_day_over([(0, 1, 12.0), (1, 1, 9.0)], 10.0, allowance=0.0)
    1
    """
    waiting: list[tuple[int, float]] = []
    coming = sorted(jobs)
    at, day = 0, coming[0][0] if coming else 0
    while at < len(coming) or waiting:
        if not waiting and at < len(coming):
            day = max(day, coming[at][0])
        while at < len(coming) and coming[at][0] <= day:
            heapq.heappush(waiting, coming[at][1:])
            at += 1
        left = per_day
        while waiting and left > 0:
            until, amount = heapq.heappop(waiting)
            left -= amount
            if left < 0:
                heapq.heappush(waiting, (until, -left))
        while waiting and waiting[0][0] <= day:
            if waiting[0][1] > allowance:
                return day
            heapq.heappop(waiting)
        day += 1
    return None


def places_handle_what_they_can(facts: Facts) -> Iterator[Finding]:
    """What a place or a link handles fits into its days."""
    capacity, earlier = resources(facts), handled(facts, rounded=MOMENT)
    for name, jobs in handled(facts).items():
        if name not in capacity:
            yield Finding(LEGS, f"'{name}' has no row in the scenario", column="link", nearest=nearest_name(name, capacity))
            continue
        per_day, _ = capacity[name]
        allowance = 1e-3 + LIGHT * per_day
        # Times are rounded: a window may have begun a moment earlier, on the day before.
        day = first_day_over(jobs, per_day, allowance=allowance)
        if day is not None and first_day_over(earlier[name], per_day, allowance=allowance) is not None:
            yield Finding(LEGS, f"'{name}' handles {told(per_day)} a day; what is to pass by D+{day} is more", column="load")


def busy_by_day(facts: Facts) -> tuple[dict[str, dict[int, float]], dict[str, list[Job]]]:
    """Vehicles of each fleet that are loaded or under way on each day, and the ways back with the days between which they lie."""
    hours = {row.fleet: row.load_hours for row in facts.scenario.fleets}
    out: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    back: dict[str, list[Job]] = defaultdict(list)
    for leg in facts.each_leg():
        if leg["fleet"] is None:
            continue
        begins, ends, load = leg["leaves_day"], leg["arrives_day"], leg["load"]
        loading = leg["link"] is None
        ends = min(ends, begins + hours.get(leg["fleet"], 0.0) / 24) if loading else ends
        for day in range(math.floor(begins), math.ceil(ends)):
            out[leg["fleet"]][day] += load * (min(ends, day + 1) - max(begins, day))
        if not loading:
            back[leg["fleet"]].append((math.floor(begins), math.ceil(2 * ends - begins), load * (ends - begins)))
    return out, back


def fleets_are_busy_once(facts: Facts) -> Iterator[Finding]:
    """No more vehicles are loaded, under way and on their way back than there are."""
    out, back = busy_by_day(facts)
    capacity = resources(facts)
    for name, days in out.items():
        if name not in capacity:
            continue
        there, from_day = capacity[name]
        allowance = 0.02 + LIGHT * there
        over = next((day for day in sorted(days) if days[day] > (there if day >= from_day else 0.0) + allowance), None)
        if over is not None:
            what = f"'{name}' has {told(there)} from D+{from_day} on; {told(round(days[over], 3))} are under way on D+{over}"
            yield Finding(LEGS, what, column="fleet")
            continue
        # On their way back they fill up what is left, the one that must be back first before others.
        taken = [(day, day, amount) for day, amount in days.items()]
        day_over = first_day_over(taken + back[name], there, allowance=allowance + 0.002 * len(back[name]))
        if day_over is not None:
            yield Finding(LEGS, f"the {told(there)} of '{name}' are not back from their ways by D+{day_over}", column="fleet")


def utilisation_told(facts: Facts) -> Iterator[Finding]:
    """What each resource carries in a week is within what it can, and adds up to what the legs take; supply takes the rest."""
    plan, capacity = facts.plan, resources(facts)
    if plan.movements.is_empty():
        return
    told_of: dict[str, float] = defaultdict(float)
    last = 0
    for number, row in enumerate(plan.utilisation.iter_rows(named=True)):
        place = line_of_file(number)
        if row["resource"] not in capacity:
            what = f"'{row['resource']}' is not of the scenario"
            yield Finding(UTILISATION, what, place, "resource", nearest_name(row["resource"], capacity))
            continue
        per_day, from_day = capacity[row["resource"]]
        can = per_day * max(0, row["until_day"] - max(row["from_day"], from_day))
        if abs(row["capacity"] - can) > 1e-3 + LIGHT * can:
            yield Finding(UTILISATION, f"is {told(row['capacity'])}; the scenario's rows come to {told(can)}", place, "capacity")
        if row["used"] > can + 0.02 + LIGHT * can:
            yield Finding(UTILISATION, f"{told(row['used'])} is more than there is: {told(can)}", place, "used")
        if can and abs(row["share"] - row["used"] / can) > 1e-3:
            yield Finding(UTILISATION, f"is {told(row['share'])}, not {told(row['used'] / can)}", place, "share")
        told_of[row["resource"]] += row["used"]
        last = max(last, row["until_day"])
    windows = handled(facts)
    taken = {name: sum(amount for _, until, amount in jobs if until < last) for name, jobs in windows.items()}
    out, back = busy_by_day(facts)
    for name, days in out.items():
        whole = sum(days.values()) + sum(amount for _, _, amount in back[name])
        taken[name] = whole if max(days) + WEEK < last else 0.0
    for name, least in taken.items():
        room, most = 0.02 + 1e-3 * least, math.inf
        if plan.supply.is_empty() and least:
            most = least + room + sum(amount for _, until, amount in windows.get(name, ()) if until >= last)
        if not least - room <= told_of[name] <= most:
            what = f"'{name}' is told to carry {told(round(told_of[name], 3))} in all; the legs take {told(round(least, 3))}"
            yield Finding(UTILISATION, what, column="used")


def flows_told(facts: Facts) -> Iterator[Finding]:
    """What moves over a link in a week is what the legs that begin in it carry."""
    ends = {row.link: (row.from_location, row.to_location) for row in facts.scenario.links}
    load = {row["movement"]: (row["people"], row["vehicles"], row["tonnes"]) for _, row in facts.each_movement()}
    sums: dict[tuple[str, str, str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for leg in facts.each_leg():
        if leg["mode"] == HANDLING or leg["link"] is None or leg["movement"] not in load:
            continue
        place, week = leg["from_location"], math.floor(leg["leaves_day"] / WEEK) * WEEK
        for name in leg["link"].split("; "):
            if name not in ends:
                continue
            total = sums[name, leg["mode"], place, week]
            for at, amount in enumerate(load[leg["movement"]]):
                total[at] += amount
            place = ends[name][1] if place == ends[name][0] else ends[name][0]
    for number, row in enumerate(facts.plan.flows.iter_rows(named=True)):
        found = sums.pop((row["link"], row["mode"], row["from_location"], row["from_day"]), [0.0, 0.0, 0.0])
        for at, column in enumerate(("people", "vehicles", "tonnes")):
            if abs(row[column] - found[at]) > 1e-2 + 1e-6 * found[at]:
                what = f"is {told(row[column])}; the legs over '{row['link']}' carry {told(round(found[at], 3))}"
                yield Finding(FLOWS, what, line_of_file(number), column)
    for name, _, place, week in sums:
        what = f"legs run over '{name}' from '{place}' in the week of D+{week}, of which no row tells"
        yield Finding(FLOWS, what, column="link")


def opens_a_place(facts: Facts) -> list[bool]:
    """Whether each tour opens a place of its line: it relieves nobody, and nobody of its line has been relieved before it.

    A tour relieves the one whose service ended last before it begins, and whom nobody has relieved.
    """
    rows = list(facts.plan.tours.select("line", "from_day", "serves_until_day", "unit").iter_rows())
    opens, relieved = [False] * len(rows), set()
    serving: dict[str, list[int]] = defaultdict(list)
    for at in sorted(range(len(rows)), key=lambda at: (rows[at][1], rows[at][3])):
        line, begins, until, _ = rows[at]
        done = [end for end in serving[line] if end <= begins]
        if done:
            serving[line].remove(max(done))
            relieved.add(line)
        elif line not in relieved:
            opens[at] = True
        serving[line].append(until)
    return opens


def unit_arrivals(facts: Facts) -> dict[tuple[str, int], float]:
    """Day on which the last part of each unit is there for each of its tours, infinite for never."""
    found: dict[tuple[str, int], float] = {}
    for _, row in facts.each_movement():
        if row["direction"] == "out":
            key = (row["unit"], row["required_day"])
            found[key] = max(found.get(key, -math.inf), math.inf if row["arrives_day"] is None else row["arrives_day"])
    return found


def closure_told(facts: Facts) -> Iterator[Finding]:
    """A line is closed when the last unit that opens one of its places is there, and not before it is required."""
    plan, there = facts.plan, unit_arrivals(facts)
    if plan.movements.is_empty():
        return
    lines: dict[str, list[Row]] = defaultdict(list)
    for opens, row in zip(opens_a_place(facts), plan.tours.iter_rows(named=True), strict=True):
        if opens:
            lines[row["line"]].append(row)
    # Where only what is due before a day was moved, lines of which a part is due later are left out.
    last = max((begins for _, begins in there), default=-1)
    lines = {name: tours for name, tours in lines.items() if all(tour["from_day"] <= last for tour in tours)}
    told_of = {row["line"]: (number, row) for number, row in enumerate(plan.closure.iter_rows(named=True))}
    for name in sorted(lines.keys() ^ told_of.keys()):
        yield Finding(CLOSURE, f"line '{name}' is told of without units, or has units and is not told of", column="line")
    for name, (number, row) in told_of.items():
        if name not in lines:
            continue
        keys = [(str(tour["unit"]), int(tour["from_day"])) for tour in lines[name]]
        days = [there[key] if key in there else float(key[1]) for key in keys]
        required: int = max(tour["from_day"] for tour in lines[name])
        closed = max(required, *days)
        due = {
            "required_day": required, "planned_units": len(days), "closure_day": None if math.isinf(closed) else int(closed),
            "late_days": None if math.isinf(closed) else int(closed) - required,
        }  # fmt: skip
        for column, value in due.items():
            if row[column] != value:
                is_told, is_so = ("blank" if day is None else day for day in (row[column], value))
                what = f"is {is_told}; movements make it {is_so}"
                yield Finding(CLOSURE, what, line_of_file(number), column)
        late = sum(day > tour["from_day"] for day, tour in zip(days, lines[name], strict=True))
        if not math.isinf(closed) and row["late_units"] != late:
            yield Finding(CLOSURE, f"is {row['late_units']}; {late} of them are late", line_of_file(number), "late_units")


def arrivals_told(facts: Facts) -> Iterator[Finding]:
    """People asked for, planned and there, and tonnes that have come, day by day."""
    plan, horizon = facts.plan, facts.horizon_days
    if plan.movements.is_empty():
        return
    names = ("people_required", "people_planned", "people_arrived", "tonnes_arrived")
    steps = {name: [0.0] * (horizon + 1) for name in names}

    def stay(name: str, begins: float, ends: float, people: float) -> None:
        if begins < ends:
            steps[name][int(min(max(begins, 0), horizon))] += people
            steps[name][int(min(ends, horizon))] -= people

    for line in lines_of_option(facts.scenario, plan.option):
        unit_type = reference_type(facts.scenario, line.capability)
        people = line.quantity * (unit_type.personnel if unit_type else 0)
        stay("people_required", line.from_day, line_until(facts.scenario, line), people)
    there = unit_arrivals(facts)
    for unit, people, begins, ends in plan.tours.select("unit", "people", "from_day", "until_day").iter_rows():
        stay("people_planned", begins, ends, people)
        stay("people_arrived", there.get((unit, begins), begins), min(ends, horizon), people)
    for _, row in facts.each_movement():
        if row["direction"] == "out" and row["arrives_day"] is not None:
            steps["tonnes_arrived"][min(max(row["arrives_day"], 0), horizon)] += row["tonnes"]
    if plan.arrivals["day"].to_list() != list(range(horizon)):
        yield Finding(ARRIVALS, "does not tell of each day of the horizon once", column="day")
        return
    for name in names:
        total = 0.0
        for day, claimed in enumerate(plan.arrivals[name]):
            total += steps[name][day]
            if abs(claimed - total) > 1e-2 + 1e-6 * abs(total):
                what = f"is {told(claimed)} on D+{day}; movements make it {told(round(total, 3))}"
                yield Finding(ARRIVALS, what, line_of_file(day), name)
                break


def bottlenecks_told(facts: Facts) -> Iterator[Finding]:
    """A bottleneck is told of a movement that is late by so many days, and is something scarce; no bound exceeds its value."""
    named = pl.col("movement").is_in(facts.plan.bottlenecks["movement"].implode())
    moving = {row["movement"]: row for row in facts.plan.movements.filter(named).iter_rows(named=True)}
    scarce = resources(facts)
    for number, row in enumerate(facts.plan.bottlenecks.iter_rows(named=True)):
        place, movement = line_of_file(number), moving.get(row["movement"])
        if movement is None:
            what = f"'{row['movement']}' is no movement"
            known = facts.plan.movements["movement"].to_list()
            yield Finding(BOTTLENECKS, what, place, "movement", nearest_name(row["movement"], known))
        elif (row["line"], row["late_days"]) != (movement["line"], movement["late_days"]):
            yield Finding(BOTTLENECKS, f"line or days are not those of the movement, in {MOVEMENTS}", place, "late_days")
        if row["resource"] is not None and row["resource"] not in scarce:
            what = f"'{row['resource']}' is not of the scenario"
            yield Finding(BOTTLENECKS, what, place, "resource", nearest_name(row["resource"], scarce))
    for number, row in enumerate(facts.plan.schedule.iter_rows(named=True)):
        if row["bound"] is not None and row["bound"] > row["value"] * (1 + 1e-6) + 1e-6:
            what = f"the bound {told(row['bound'])} is above the value {told(row['value'])}"
            yield Finding(SCHEDULE, what, line_of_file(number), "bound")
        if row["measure"] == "parts that move" and row["value"] != facts.plan.movements.height:
            yield Finding(SCHEDULE, f"is {told(row['value'])}; {facts.plan.movements.height} move", line_of_file(number), "value")


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    places_handle_what_they_can, fleets_are_busy_once, utilisation_told, flows_told, closure_told, arrivals_told,
    bottlenecks_told,
)  # fmt: skip
"""Promises about what movements add up to, in the order in which findings are told."""
