"""What moves: each tour's way out and home, in parts that travel together.

A unit is split by what it is made of: people, vehicles that march, heavy pieces that are carried, stores in containers; and
each of these into parts of about a train, a flight or a convoy. Ships that sail and aircraft that fly by themselves are a part
that takes nothing of the network. A unit is in place when its last part is.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.deployment.homes import Homes
from contingent.geography.shapes import Point, distances_km
from contingent.model.rows import UnitType
from contingent.model.rules import readiness
from contingent.model.scenario import Scenario
from contingent.network.factors import movement_factor
from contingent.network.kinds import CONTAINER_T, KINDS

PRIORITY_FACTOR = 0.25
"""A day late of priority 2 weighs a quarter of one of priority 1, and so on. [-]"""
HOMEWARD = 1 / 16
"""A day late on the way home, beside one on the way out. [-]"""
OUT, HOME = "out", "home"
SELF = "self"
"""Kind of a part that moves by itself: a ship that sails, aircraft that fly."""


@dataclass(frozen=True, slots=True)
class Part:
    """What travels together.

    Parameters
    ----------
    movement : str
        Its name: tour, direction and number.
    unit, offer, nation, unit_type, line : str
        Whose it is, and the line that is filled.
    priority : int
        Of the line.
    direction, kind : str
        out or home; people, marching, carried, stores or self.
    size : float
        Heads, vehicles, pieces or containers; 0 for self.
    people, vehicles : int
        Of it. [people], [vehicles]
    tonnes : float
        Weight. [t]
    origin, destination : str or None
        Places; None = nothing says where.
    ready, required : int
        First day on which it may set out; day by which it is to be there. [days from D-day]
    weight : float
        Of a day late. [people x priority weight]
    own_days : float
        Days under way of a part that moves by itself. [days]
    """

    movement: str
    unit: str
    offer: str
    nation: str
    unit_type: str
    line: str
    priority: int
    direction: str
    kind: str
    size: float
    people: int
    vehicles: int
    tonnes: float
    origin: str | None
    destination: str | None
    ready: int
    required: int
    weight: float
    own_days: float = 0.0

    @property
    def wagons(self) -> int:
        """Wagons, were it to go by rail, rounded up. [wagons]"""
        return 0 if self.kind in (SELF, "people") else math.ceil(round(self.size * KINDS[self.kind].wagons, 9))

    @property
    def lane_m(self) -> float:
        """Lane metres, were it to go by ship. [m]"""
        return 0.0 if self.kind == SELF else self.size * KINDS[self.kind].lane_m


def parts_of(scenario: Scenario, tours: pl.DataFrame, *, until: int | None = None) -> list[Part]:
    """Return what moves for the tours, in order of the tours.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    tours : polars.DataFrame
        As in a plan.
    until : int, optional
        Only what is to be there before this day. [days from D-day]
    """
    homes = Homes(scenario)
    lead, homeward = (round(movement_factor(scenario, name)) for name in ("movement_lead_days", "homeward_days"))
    found: list[Part] = []
    for tour in tours.sort("from_day", "unit", maintain_order=True).iter_rows(named=True):
        offer = scenario.offer_by_name[tour["offer"]]
        # The way is neither tour nor dwell: who goes out again on the day on which he is rested sets out before it.
        ready = max(readiness(scenario, offer).ready_day, tour["from_day"] - lead)
        home, there = homes.of(offer), tour["location"]
        legs = [(OUT, home, there, min(ready, tour["from_day"]), tour["from_day"])]
        if tour["until_day"] < scenario.horizon.days:
            legs.append((HOME, there, home, tour["until_day"], tour["until_day"] + homeward))
        for direction, origin, destination, first, required in legs:
            if until is None or required < until:
                found += _parts(scenario, tour, direction, origin, destination, ready=first, required=required)
    return found


def _parts(
    scenario: Scenario,
    tour: dict[str, Any],
    direction: str,
    origin: str | None,
    destination: str | None,
    *,
    ready: int,
    required: int,
) -> Iterator[Part]:
    """Parts of one tour in one direction."""
    unit_type = scenario.unit_type_by_name[tour["unit_type"]]
    priority = scenario.requirement_by_line[tour["line"]].priority
    elements = elements_of(unit_type, tour["people"])
    weight = max(1, tour["people"]) * PRIORITY_FACTOR ** (priority - 1) * (HOMEWARD if direction == HOME else 1.0)
    number = 0
    for kind, size, tonnes in elements:
        pieces = 1 if kind == SELF else math.ceil(size / KINDS[kind].largest)
        sizes = [1] if kind == SELF else _even(int(size), pieces)
        for share in sizes:
            number += 1
            of = share / size if kind != SELF else 1.0
            name = f"{tour['unit']}@{tour['from_day']} {direction} {number}"
            yield Part(
                movement=name, unit=tour["unit"], offer=tour["offer"],
                nation=tour["nation"], unit_type=tour["unit_type"], line=tour["line"], priority=priority, direction=direction,
                kind=kind, size=0.0 if kind == SELF else float(share), people=share if kind == "people" else 0,
                vehicles=share if kind in ("marching", "carried") else 0, tonnes=tonnes * of, origin=origin,
                destination=destination, ready=ready, required=required, weight=weight * of / len(elements),
                own_days=_own_days(scenario, unit_type, origin, destination) if kind == SELF else 0.0,
            )  # fmt: skip


def elements_of(unit_type: UnitType, people: int) -> list[tuple[str, float, float]]:
    """Return what a unit is made of: kind, size, tonnes.

    Parameters
    ----------
    unit_type : UnitType
        Its footprint; a blank cell is nought, but vehicles of which nothing says that they are carried march.
    people : int
        Its strength; the crew of a ship sails with her.
    """
    carried = unit_type.outsized or 0
    marching = unit_type.marching if unit_type.marching is not None else max(0, (unit_type.vehicles or 0) - carried)
    containers = unit_type.containers or 0
    rolling = max(0.0, (unit_type.weight_t or 0.0) - CONTAINER_T * containers)
    each = KINDS["marching"].tonnes
    of_marching = rolling if not carried else min(rolling, each * marching)
    found: list[tuple[str, float, float]] = []
    if unit_type.moves != "carried":
        found.append((SELF, 0.0, 0.0))
    if unit_type.moves != "sails" and people:
        found.append(("people", people, people * KINDS["people"].tonnes))
    found += [("marching", marching, of_marching), ("carried", carried, rolling - of_marching)]
    found.append(("stores", containers, CONTAINER_T * containers))
    return [element for element in found if element[1] or element[0] == SELF]


def _even(size: int, pieces: int) -> list[int]:
    """A size in so many pieces that differ by one at most."""
    return [size // pieces + (at < size % pieces) for at in range(pieces)]


def _own_days(scenario: Scenario, unit_type: UnitType, origin: str | None, destination: str | None) -> float:
    """Days under way of a ship that sails, or of aircraft that fly, by themselves. [days]"""
    if unit_type.moves == "flies":
        return movement_factor(scenario, "self_flight_days")
    ends = [_point(scenario, name) for name in (origin, destination)]
    if ends[0] is None or ends[1] is None:
        return movement_factor(scenario, "self_flight_days")
    km = float(distances_km([ends[0]], [ends[1]])[0, 0]) * movement_factor(scenario, "sailing_detour")
    return km / (24 * movement_factor(scenario, "sailing_speed_kmh"))


def _point(scenario: Scenario, name: str | None) -> Point | None:
    row = scenario.location_by_name.get(name or "")
    return None if row is None or row.latitude is None or row.longitude is None else Point(row.latitude, row.longitude)
