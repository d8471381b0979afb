"""A schedule as tables: what moves, and each leg and handling on its way."""

import math
from typing import Any

import polars as pl

from contingent.deployment.parts import SELF, Part
from contingent.deployment.problem import Problem
from contingent.deployment.sent import Sent
from contingent.network.graph import CHANGE, LOAD, TRAVEL, Graph
from contingent.plan.way_columns import WAY_COLUMNS

HANDLING, LOADING, UNLOADING = "handling", "loading", "unloading"
"""What stands in the column ``mode`` of a leg that leads nowhere."""
PLACES_OF_DAYS = 4
"""Decimal places of times: some nine seconds. [digits]"""
PARTS_AT_ONCE = 20_000
"""Parts whose rows are held as rows at once: frames take a tenth of their room. [parts]"""
ROUNDING = 1e-6
"""What is so little after the start of a day is its start. [days]"""

Row = dict[str, Any]


def whole_day(time: float) -> int:
    """Return the first day at whose start something has happened, times taken to the decimals of the tables. [days from D-day]

    >>> whole_day(30.0), whole_day(30.2), whole_day(30.00004)
    (30, 31, 30)
    """
    return math.ceil(round(time, PLACES_OF_DAYS) - ROUNDING)


def movement_frames(schedule: Sent) -> dict[str, pl.DataFrame]:
    """Return the frames ``movements`` and ``legs`` of a schedule."""
    found = [_frames_of(schedule, first) for first in range(0, max(1, len(schedule.problem.parts)), PARTS_AT_ONCE)]
    return {name: pl.concat([frames[name] for frames in found], rechunk=True) for name in ("movements", "legs")}


def _frames_of(schedule: Sent, first: int) -> dict[str, pl.DataFrame]:
    """``movements`` and ``legs`` of `PARTS_AT_ONCE` parts from the first on."""
    movements: list[Row] = []
    legs: list[Row] = []
    for at, part in enumerate(schedule.problem.parts[first : first + PARTS_AT_ONCE], start=first):
        own = _own_leg(part) if part.kind == SELF else _legs(schedule, at)
        legs += own
        movements.append(_movement(part, float(schedule.arrival[at]), own))
    return {
        "movements": pl.DataFrame(movements, schema=WAY_COLUMNS["movements"], orient="row"),
        "legs": pl.DataFrame(legs, schema=WAY_COLUMNS["legs"], orient="row"),
    }


def _movement(part: Part, arrival: float, legs: list[Row]) -> Row:
    there = not math.isnan(arrival)
    day = whole_day(arrival) if there else None
    stops = [part.origin] + [leg["to_location"] for leg in legs]
    return {
        "movement": part.movement, "unit": part.unit, "offer": part.offer, "nation": part.nation, "unit_type": part.unit_type,
        "line": part.line, "priority": part.priority, "direction": part.direction, "element": part.kind, "people": part.people,
        "vehicles": part.vehicles, "wagons": part.wagons, "lane_m": round(part.lane_m, 3), "tonnes": round(part.tonnes, 3),
        "from_location": part.origin or "", "to_location": part.destination or "", "ready_day": part.ready,
        "required_day": part.required, "leaves_day": math.floor(_leaves(part, legs) + ROUNDING) if there else None,
        "arrives_day": day, "late_days": None if day is None else max(0, day - part.required),
        "modes": "; ".join(dict.fromkeys(leg["mode"] for leg in legs if leg["link"] and leg["mode"] != HANDLING)) or None,
        "way": " - ".join(_once(stops)) if there else None,
    }  # fmt: skip


def _once(stops: list[str | None]) -> list[str]:
    """Stops in order, each once where it follows itself."""
    return [stop for stop, before in zip(stops, [None, *stops], strict=False) if stop and stop != before]


def _leaves(part: Part, legs: list[Row]) -> float:
    """When a part sets out, or is put on board. [days from D-day]"""
    return next((leg["leaves_day"] for leg in legs if leg["mode"] != HANDLING), float(part.ready))


def _own_leg(part: Part) -> list[Row]:
    """The way of a ship that sails, or of aircraft that fly, by themselves."""
    if not part.origin or not part.destination:
        return []
    mode = "sea" if part.own_days > 1 else "air"
    return [
        {
            "movement": part.movement, "leg": 1, "mode": mode, "link": None, "fleet": None, "from_location": part.origin,
            "to_location": part.destination, "leaves_day": float(part.ready),
            "arrives_day": round(part.ready + part.own_days, PLACES_OF_DAYS), "load": 1.0, "counts": "units",
        }
    ]  # fmt: skip


def _legs(schedule: Sent, at: int) -> list[Row]:
    """The way of a part: its legs, and what it is handled by, in order."""
    problem, part = schedule.problem, schedule.problem.parts[at]
    found: list[Row] = []
    time = float(part.ready)
    for number, leaves, arrives in schedule.way_of(at):
        graph, arc = problem.arc(number)
        for row in _of_arc(problem, graph, arc, part.size, time, leaves, arrives):
            if not _goes_on(found, row):
                found.append(row)
        time = arrives
    for number, row in enumerate(found, start=1):
        row |= {
            "movement": part.movement, "leg": number, "load": round(row["load"], 6),
            "leaves_day": round(row["leaves_day"], PLACES_OF_DAYS), "arrives_day": round(row["arrives_day"], PLACES_OF_DAYS),
        }  # fmt: skip
    return found


def _goes_on(found: list[Row], row: Row) -> bool:
    """Join a leg to the one before it where the same vehicle goes on without a halt; return whether it was."""
    if not found or row["link"] is None or row["mode"] == HANDLING:
        return False
    last = found[-1]
    same = last["mode"] == row["mode"] and last["fleet"] == row["fleet"] and last["link"] is not None
    if not same or last["mode"] == HANDLING or abs(last["arrives_day"] - row["leaves_day"]) > ROUNDING:
        return False
    last |= {"to_location": row["to_location"], "arrives_day": row["arrives_day"], "link": f"{last['link']}; {row['link']}"}
    return True


def _of_arc(problem: Problem, graph: Graph, arc: int, size: float, time: float, leaves: float, arrives: float) -> list[Row]:
    """Rows of one arc: handling before it, the arc, handling after it."""
    network = problem.network
    tail, head = (network.places[graph.node_place[node]] for node in (graph.tail[arc], graph.head[arc]))
    does = int(graph.does[arc])
    vehicle = int(graph.node_vehicle[graph.head[arc] if does == LOAD else graph.tail[arc]])
    fleet = network.fleets[vehicle] if vehicle >= 0 else None
    there = leaves + float(graph.days[arc])
    found = [_handled(problem, graph, arc, tail, at, size, time, leaves, before=True) for at in range(2)]
    if does == TRAVEL:
        found.append(
            {
                "mode": fleet.mode if fleet else "road", "link": "; ".join(graph.links[arc]),
                "fleet": fleet.fleet if fleet else None, "from_location": tail, "to_location": head,
                "leaves_day": leaves, "arrives_day": there,
                "load": size * float(graph.share[arc]) if fleet else size, "counts": COUNTED[fleet.kind] if fleet else "vehicles",
            }
        )  # fmt: skip
    elif does != CHANGE and fleet is not None:
        found.append(
            {
                "mode": LOADING if does == LOAD else UNLOADING, "link": None, "fleet": fleet.fleet, "from_location": tail,
                "to_location": head, "leaves_day": leaves, "arrives_day": there, "load": size * float(graph.share[arc]),
                "counts": COUNTED[fleet.kind],
            }
        )  # fmt: skip
    done = arrives - float(graph.after_days[arc])
    found += [_handled(problem, graph, arc, head, at, size, there, done, before=False) for at in range(2)]
    return [row for row in found if row is not None]


COUNTED = {
    "train": "trains", "ship": "ships", "passenger_aircraft": "aircraft", "cargo_aircraft": "aircraft",
    "heavy_transporter": "transporters", "truck": "trucks", "bus": "buses",
}  # fmt: skip
"""What the load of a leg counts, by kind of fleet."""


def _handled(
    problem: Problem, graph: Graph, arc: int, place: str, at: int, size: float, begin: float, end: float, *, before: bool
) -> Row | None:
    """A row of what a place or a link with a capacity handles, from when it may until when it has; None where there is none."""
    resource = int((graph.before if before else graph.after)[arc, at])
    if resource < 0:
        return None
    amount = float((graph.before_amount if before else graph.after_amount)[arc, at])
    what = problem.network.resources[resource]
    return {
        "mode": HANDLING, "link": what.name if what.kind == "link" else what.kind, "fleet": None,
        "from_location": what.place or place, "to_location": what.place or place, "leaves_day": begin,
        "arrives_day": max(begin, end), "load": size * amount,
        "counts": what.counts,
    }  # fmt: skip
