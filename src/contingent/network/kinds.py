"""What moves, by kind, and how much of each means of lift one of it takes.

    people      heads                  by bus, passenger train, ferry, aircraft
    marching    vehicles on wheels     in convoy by themselves, or carried by train or ship
    carried     heavy pieces           by train, ship, heavy transporter, or an aircraft for outsized freight
    stores      containers of 10 t     by train, ship, truck, cargo aircraft
    supply      tonnes                 by train, ship, truck

Vehicles on wheels and bulk supply are not flown (an assumption): a battlegroup's lorries would take a hundred flights.

Wagons and lane metres of one are those of the footprints (docs/network.md): a piece takes a wagon, a vehicle on wheels two
fifths of one, a container a third; vehicles take 9 m of lane, containers 6.5 m.
"""

from dataclasses import dataclass

from contingent.model.movement import Fleet

CONTAINER_T = 10.0
"""Load of a container. [t]"""
HEAVY_PIECE_T = 50.0
"""What an aircraft must lift for each heavy piece. [t]"""
FERRY_PEOPLE = 50
"""A ship that takes fewer people than this has room for drivers only. [people]"""


CARRIED_BY: dict[str, tuple[str, ...]] = {"truck": ("stores", "supply"), "cargo_aircraft": ("stores",)}
"""Kinds that are counted by weight on a kind of fleet."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What one of a kind takes.

    Parameters
    ----------
    name : str
        people, marching, carried, stores or supply.
    wagons, lane_m, tonnes, vehicles : float
        Of one. [wagons], [m], [t], [vehicles that pass a road crossing when it goes by itself or is carried by road]
    largest : float
        Most that moves as one part, about a train, a flight or a convoy.
    """

    name: str
    wagons: float
    lane_m: float
    tonnes: float
    vehicles: float
    largest: float


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("people", 0.0, 0.0, 0.1, 0.0, 250.0),
        Kind("marching", 0.4, 9.0, 12.0, 1.0, 60.0),
        Kind("carried", 1.0, 9.0, 45.0, 1.0, 30.0),
        Kind("stores", 1 / 3, 6.5, CONTAINER_T, 0.0, 60.0),
        Kind("supply", 1 / 30, 0.65, 1.0, 0.0, 600.0),
    )
}
"""Kinds by name. A person with kit weighs 0.1 t; weights of vehicles and pieces are those of a middle one (assumptions)."""

COUNTED_ON: dict[str, str] = {"rail": "trains", "road": "vehicles", "sea": "ships", "river": "ships", "air": "aircraft"}
"""What the capacity of a link counts, by mode."""
COACH_PEOPLE = 50.0
"""People in a coach of a passenger train. [people]"""


def share_of_one(kind: Kind, fleet: Fleet) -> float | None:
    """Return the share of a train, ship, aircraft or truck that one of a kind takes; None where the fleet does not take it.

    Where a fleet carries tonnes and wagons or lane metres, space alone counts: footprints are given in space.
    """
    taken: float | None = None
    if fleet.kind == "train":
        if kind.name == "people":
            taken = 1 / fleet.people if fleet.people and not fleet.wagons else None
        else:
            taken = kind.wagons / fleet.wagons if fleet.wagons else None
    elif fleet.kind == "ship":
        if kind.name == "people":
            taken = 1 / fleet.people if fleet.people >= FERRY_PEOPLE else None
        else:
            taken = kind.lane_m / fleet.lane_m if fleet.lane_m else None
    elif kind.name == "people":
        taken = 1 / fleet.people if fleet.people else None
    elif kind.name == "carried":
        taken = _of_heavy(fleet)
    elif kind.name in CARRIED_BY.get(fleet.kind, ()):
        taken = kind.tonnes / fleet.tonnes if fleet.tonnes else None
    return taken


def _of_heavy(fleet: Fleet) -> float | None:
    """Share of an aircraft or transporter that a heavy piece takes."""
    if fleet.kind == "heavy_transporter":
        return 1 / fleet.vehicles if fleet.vehicles else None
    pieces = fleet.tonnes // HEAVY_PIECE_T if fleet.kind == "cargo_aircraft" else 0
    return 1 / pieces if pieces else None


def counted_as(counts: str, kind: Kind, fleet: Fleet | None) -> float:
    """Return how much of what a place or a link counts one of a kind is, on board of a fleet, or by itself (None).

    Parameters
    ----------
    counts : str
        trains, wagons, ships, lane_m, aircraft, vehicles, people or tonnes.
    """
    share = 0.0 if fleet is None else share_of_one(kind, fleet) or 0.0
    if counts in ("trains", "ships", "aircraft"):
        return share
    if counts == "vehicles":
        by_road = fleet is not None and fleet.mode == "road"
        return share if by_road else kind.vehicles
    if counts == "wagons":
        return kind.wagons or (1 / COACH_PEOPLE if kind.name == "people" and fleet is not None else 0.0)
    return {"lane_m": kind.lane_m, "people": float(kind.name == "people"), "tonnes": kind.tonnes}[counts]
