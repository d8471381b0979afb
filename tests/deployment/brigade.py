"""An armoured brigade of the doctrine's unit types (docs/network.md), moved over the network of the reference scenario."""

from collections.abc import Sequence

import polars as pl

from contingent.deployment.parts import Part, parts_of
from contingent.deployment.problem import build_problem
from contingent.deployment.schedule import Schedule, orders_of
from contingent.deployment.sent import Sent
from contingent.model.rows import Offer, Requirement
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame

BRIGADE = {
    "brigade_headquarters": 1, "armoured_battlegroup": 2, "mechanised_battlegroup": 1, "artillery_battalion": 1,
    "engineer_battalion": 1, "logistics_battalion": 1, "medical_facility": 1,
}  # fmt: skip


def brigades(scenario: Scenario, homes: Sequence[str], destination: str) -> tuple[Scenario, pl.DataFrame]:
    """The scenario with a brigade of Germany at each of some places, and tours that send all of them at once."""
    offers, lines, rows = [], [], []
    for number, home in enumerate(homes):
        for kind, units in BRIGADE.items():
            name = f"brigade {number} {kind}"
            offers.append(Offer(offer=name, nation="DEU", unit_type=kind, quantity=units, home_location=home))
            lines.append(Requirement(line=name, capability="any", quantity=units, from_day=0, location=destination, priority=1))
            people = scenario.unit_type_by_name[kind].personnel
            rows += [
                {
                    "unit": f"{name}/{unit}", "offer": name, "nation": "DEU", "unit_type": kind, "capability": "any",
                    "line": name, "location": destination, "from_day": 0, "until_day": scenario.horizon.days,
                    "serves_until_day": scenario.horizon.days, "rested_day": scenario.horizon.days, "people": people,
                    "effectiveness": 1.0, "pinned": False, "confidence": None,
                }
                for unit in range(units)
            ]  # fmt: skip
    moved = scenario.model_copy(update={"offers": tuple(offers), "requirements": tuple(lines)})
    return moved, frame("tours", rows)


def by_rail_alone(scenario: Scenario, *, without: str | None = None) -> Scenario:
    """The scenario with railways alone, and without an activity."""
    return scenario.model_copy(
        update={
            "links": tuple(link for link in scenario.links if link.mode == "rail"),
            "handling": tuple(row for row in scenario.handling if row.activity != without),
        }
    )  # fmt: skip


def freight(parts: Sequence[Part]) -> list[Part]:
    """All parts but people."""
    return [part for part in parts if part.kind != "people"]


def sent(scenario: Scenario, tours: pl.DataFrame, *, people: bool = True, days: int = 200) -> Sent:
    """The schedule of those tours, by the best of three lists."""
    parts = parts_of(scenario, tours)
    problem = build_problem(scenario, parts if people else freight(parts), days=days)
    schedule = Schedule(problem)
    among = problem.sendable()
    schedule.best_list(among, orders_of(problem, among))
    return schedule.sent()
