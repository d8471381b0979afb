r"""What supplying the force takes, beside what was sized for it: tonnes a day, transport companies, handling, storage.

Sizing works logistics out from the tonnes that the lines of the option use up a day, over one planned distance, each tonne
handled once. Here stand the tonnes of the units that are in place in the week of the full force, with their season and losses,
the distances from the stocks that they live on, and each tonne at each depot that it passes:

.. math:: companies = \sum_p \frac{t_p \cdot 2 \cdot km_p / km\_a\_day}{trucks \cdot payload \cdot availability},
          \qquad battalions = \sum_n \frac{t_n}{tonnes\_per\_battalion\_day}

Units beyond what was sized use up supplies themselves, so the sum is worked out anew with them until it stays the same, at most
three times (`LONGEST_PASSES`).
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from contingent.geography.roads import RoadNetwork
from contingent.model.rows import Requirement
from contingent.model.rules import SUPPORT_METHODS, line_until, lines_of_option, reference_type
from contingent.model.scenario import Scenario
from contingent.sustainment.chain import NONE, Chain
from contingent.sustainment.options import LONGEST_PASSES
from contingent.sustainment.use import EVERYBODY, KG_PER_T

Floats = NDArray[np.float64]

TRANSPORT, HANDLING = "transport", "logistics"
"""Capabilities that sizing asks for to move, and to store and hand out, supplies."""

NEEDED_FACTORS = ("truck_km_per_day", "trucks_per_company", "truck_payload_t", "truck_availability", "tonnes_per_battalion_day")

NO_HAULIERS = "if no haulier's truck carried anything"

TOTAL = "all places"
"""Stands for the place of a sum."""

ENOUGH, MORE, NOT_SIZED, UNLIMITED = "enough", "more is needed", "was not sized", "no network: resupply has no limit"


@dataclass(frozen=True)
class Facts:
    """What sustainment found, for the week of the full force.

    Parameters
    ----------
    tonnes : mapping of str to float
        What units on land and in the air use up at each place. [t/day]
    others : float
        What ships use up. [t/day]
    km : mapping of str to float
        Way by road from the stock that units live on. [km]
    handled : mapping of str to float
        What each depot gives to its units and sends on. [t/day]
    stored : mapping of str to float
        The most that is to lie at each place. [t]
    in_place : mapping of str to float
        Units of a capability that are there. [units]
    day : int
        First day of the week. [days from D-day]
    limited : bool
        Whether there is a network that limits resupply.
    by_road : float
        Tonnes times kilometres that go by road in resupply, and from stocks to units that live elsewhere. [t km/day]
    """

    tonnes: Mapping[str, float]
    others: float
    km: Mapping[str, float]
    handled: Mapping[str, float]
    stored: Mapping[str, float]
    in_place: Mapping[str, float]
    day: int
    limited: bool
    by_road: float


def factor_of(scenario: Scenario, name: str, option: str | None) -> float | None:
    """Return a factor as the logistics of an option reads it: of its task, of the option, general; None where no row is.

    A task's factor counts where the task is sized by the method logistics.
    """
    tasks = [row.task for row in scenario.tasks if row.method in SUPPORT_METHODS and (not row.option or option in row.option)]
    values = {row.scope: row.value for row in scenario.factors if row.factor == name}
    return next((values[scope] for scope in (*tasks, option, EVERYBODY) if scope is not None and scope in values), None)


def sized_tonnes(scenario: Scenario, option: str | None, day: int) -> dict[str, float]:
    """Return what the lines of an option on land and in the air use up by sizing's own sum, by place. [t/day]"""
    found: dict[str, float] = {}
    for line in _lines_on(scenario, option, day):
        unit_type = reference_type(scenario, line.capability)
        if unit_type is None or unit_type.domain == "maritime":
            continue
        rows = [row for row in scenario.consumption if row.profile in (EVERYBODY, unit_type.consumption)]
        each = sum(row.kg_per_day * (unit_type.personnel if row.per == "person" else 1) for row in rows) / KG_PER_T
        place = line.location or TOTAL
        found[place] = found.get(place, 0.0) + line.quantity * each
    return found


def _lines_on(scenario: Scenario, option: str | None, day: int) -> list[Requirement]:
    return [line for line in lines_of_option(scenario, option) if line.from_day <= day < line_until(scenario, line)]


def last_stage_km(scenario: Scenario, chain: Chain, lives: NDArray[np.int64], places: tuple[str, ...]) -> dict[str, float]:
    """Return the way by road from the stock that units of a place live on, of their most used supply. [km]

    Units with a stock of their own at the end of the chain are supplied over the way from the stock that fills it up; those at
    a depot, or where no road leads, over none.
    """
    flat = tuple(link.model_copy(update={"speed_kmh": None}) for link in scenario.links)
    roads = RoadNetwork(flat, (), speed_kmh=1.0)  # at one kilometre an hour hours are kilometres
    feeds = {int(at) for at in chain.origin if at != NONE}
    found = {}
    for number, place in enumerate(places):
        stocks = lives[number][lives[number] != NONE]
        if not len(stocks):
            continue
        stock = int(np.bincount(stocks).argmax())
        begins = chain.places[stock]
        if begins == place and stock not in feeds:
            above = [int(at) for at, to in zip(chain.origin, chain.destination, strict=True) if to == stock and at != NONE]
            begins = chain.places[above[0]] if above else place
        found[place] = 0.0 if begins == place else roads.hours_from(begins).get(place, 0.0)
    return found


@dataclass
class Passes:
    """The passes of the sum, each a list of rows of the frame."""

    scenario: Scenario
    option: str | None
    facts: Facts

    def rows(self) -> tuple[list[dict[str, Any]], tuple[Requirement, ...], int]:
        """Return the rows of ``logistics``, lines that close the difference, and how many passes it took; 0 = it still grew."""
        rows = self._tonnes() + self._stores()
        factors = {name: factor_of(self.scenario, name, self.option) for name in NEEDED_FACTORS}
        known = {name: value for name, value in factors.items() if value is not None and value > 0}
        if len(known) < len(NEEDED_FACTORS):
            return rows, (), 0
        sized = {name: self._sized(name) for name in (TRANSPORT, HANDLING)}
        extra = {TRANSPORT: 0, HANDLING: 0}
        number, settled = 0, False
        for number in range(1, LONGEST_PASSES + 1):
            exact = self._needed(known, extra)
            needed = {name: max(0, math.ceil(exact[name] - 1e-9) - sized[name]) for name in exact}
            rows += [self._row(_MEASURES[name], TOTAL, "units", sized[name], exact[name], number) for name in exact]
            settled = needed == extra
            if settled:
                break
            extra = needed
        rows += self._by_place(known, number)
        return rows, self._as_lines(extra, number), number if settled else 0

    def _needed(self, known: Mapping[str, float], extra: Mapping[str, int]) -> dict[str, float]:
        """Units needed when `extra` ones use up supplies as well: at the place where most is handled, over the mean way."""
        own = sum(count * self._own_tonnes(name) for name, count in extra.items())
        whole = sum(self.facts.tonnes.values())
        moved = sum(tonnes * self.facts.km.get(place, 0.0) for place, tonnes in self.facts.tonnes.items())
        mean = moved / whole if whole else 0.0
        lift = known["trucks_per_company"] * known["truck_payload_t"] * known["truck_availability"]
        stages = sum(self.facts.handled.values()) / whole if whole else 0.0
        return {
            TRANSPORT: (moved + own * mean) * 2 / known["truck_km_per_day"] / lift,
            HANDLING: (sum(self.facts.handled.values()) + own * stages) / known["tonnes_per_battalion_day"],
        }

    def _own_tonnes(self, capability: str) -> float:
        unit_type = reference_type(self.scenario, capability)
        if unit_type is None:
            return 0.0
        rows = [row for row in self.scenario.consumption if row.profile in (EVERYBODY, unit_type.consumption)]
        return sum(row.kg_per_day * (unit_type.personnel if row.per == "person" else 1) for row in rows) / KG_PER_T

    def _sized(self, capability: str) -> int:
        lines = _lines_on(self.scenario, self.option, self.facts.day)
        return sum(line.quantity for line in lines if line.capability == capability)

    def _tonnes(self) -> list[dict[str, Any]]:
        sized = sized_tonnes(self.scenario, self.option, self.facts.day)
        places = sorted({*sized, *self.facts.tonnes} - {TOTAL})
        rows = [self._row("tonnes a day", at, "t/day", sized.get(at, 0.0), self.facts.tonnes.get(at, 0.0), 0) for at in places]
        total = self._row("tonnes a day", TOTAL, "t/day", sum(sized.values()), sum(self.facts.tonnes.values()), 0)
        ships = self._row("tonnes a day of ships", TOTAL, "t/day", None, self.facts.others, 0)
        return [*rows, total, ships]

    def _stores(self) -> list[dict[str, Any]]:
        room: dict[str, float] = {}
        for row in self.scenario.stocks:
            if row.capacity_t is not None:
                room[row.location] = room.get(row.location, 0.0) + row.capacity_t
        return [self._row("storage", at, "t", room.get(at), stored, 0) for at, stored in self.facts.stored.items()]

    def _by_place(self, known: Mapping[str, float], number: int) -> list[dict[str, Any]]:
        lift = known["trucks_per_company"] * known["truck_payload_t"] * known["truck_availability"]
        turns = {at: 2 * self.facts.km.get(at, 0.0) / known["truck_km_per_day"] for at in self.facts.tonnes}
        companies = {at: tonnes * turns[at] / lift for at, tonnes in sorted(self.facts.tonnes.items())}
        battalions = {at: tonnes / known["tonnes_per_battalion_day"] for at, tonnes in self.facts.handled.items()}
        rows = [
            self._row(_MEASURES[name], at, "units", None, units, number)
            for name, found in ((TRANSPORT, companies), (HANDLING, battalions)) for at, units in found.items() if units > 0
        ]
        whole = self.facts.by_road * 2 / known["truck_km_per_day"] / lift
        rows.append(self._row("transport companies for all roads", TOTAL, "units", None, whole, number) | {"status": NO_HAULIERS})
        kilometres = sorted((at, km) for at, km in self.facts.km.items() if at in self.facts.tonnes)
        planned = factor_of(self.scenario, "supply_distance_km", self.option)
        return rows + [self._row("way by road", at, "km", planned, km, number) for at, km in kilometres]

    def _row(self, measure: str, place: str, unit: str, sized: float | None, needed: float, number: int) -> dict[str, Any]:
        capability = next((name for name, told in _MEASURES.items() if told == measure), None)
        in_place = self.facts.in_place.get(capability, 0.0) if capability is not None and place == TOTAL else None
        if sized is None:
            status = NOT_SIZED
        else:
            status = MORE if needed > sized + 1e-9 else ENOUGH
        if measure == "tonnes a day" and place == TOTAL and not self.facts.limited:
            status = f"{status}; {UNLIMITED}"
        return {
            "measure": measure, "location": place, "unit": unit, "sized": None if sized is None else round(float(sized), 6),
            "in_place": None if in_place is None else round(in_place, 6), "needed": round(float(needed), 6), "pass": number,
            "status": status,
        }  # fmt: skip

    def _as_lines(self, extra: Mapping[str, int], number: int) -> tuple[Requirement, ...]:
        """Lines of requirements.csv for the units that are missing, where most is handled; of the same option."""
        busiest = max(self.facts.handled, key=lambda place: (self.facts.handled[place], place), default=None)
        lines = []
        for capability, units in extra.items():
            if units == 0:
                continue
            told = (
                f"{_MEASURES[capability].capitalize()} for {sum(self.facts.tonnes.values()):,.0f} t a day, worked out from the "
                f"stocks and ways by sustainment in {number} passes: {units} more than the {self._sized(capability)} sized."
            )
            lines.append(Requirement(
                line=f"SUSTAIN-{capability.upper()}", capability=capability, quantity=units, location=busiest, priority=2,
                option=() if self.option is None else (self.option,), title=f"{_MEASURES[capability].capitalize()} beyond sizing",
                source=f"Derived: {told}", confidence="low",
            ))  # fmt: skip
        return tuple(lines)


_MEASURES = {TRANSPORT: "transport companies", HANDLING: "logistics battalions"}
"""What a capability is called in the frame."""
