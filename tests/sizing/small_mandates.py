"""Mandates made by hand: one task, its factors, and nothing else that could have a say in the number."""

from datetime import date
from typing import Any

from contingent.model.mandate import Factor, Task
from contingent.model.rows import Capability, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.supply import Consumption
from contingent.sizing import Sizing, size

STRENGTHS = {
    # unit type: (capability, domain, people, battalion equivalents)
    "battlegroup": ("infantry_battlegroup", "land", 600, 1.0),
    "heavy_battlegroup": ("heavy_battlegroup", "land", 800, 1.0),
    "battery": ("medium_range_air_defence", "land", 120, None),
    "guns": ("artillery", "land", 450, None),
    "engineers": ("engineers", "land", 500, None),
    "disposal": ("explosive_ordnance_disposal", "land", 100, None),
    "role_2": ("medical_role_2", "land", 100, None),
    "team": ("training", "land", 60, None),
    "drones": ("unmanned_reconnaissance", "land", 120, None),
    "trucks": ("transport", "land", 100, None),
    "depot": ("logistics", "land", 500, None),
    "brigade_staff": ("brigade_command", "land", 250, None),
    "division_staff": ("division_command", "joint", 300, None),
    "corps_staff": ("corps_command", "joint", 400, None),
    "air_staff": ("air_command", "air", 150, None),
    "navy_staff": ("maritime_command", "maritime", 120, None),
    "signals": ("signals", "joint", 400, None),
    "fighters": ("air_superiority", "air", 110, None),
    "tankers": ("air_refuelling", "air", 90, None),
    "radar_aircraft": ("airborne_early_warning", "air", 120, None),
    "spy_aircraft": ("isr_aircraft", "air", 100, None),
    "frigate": ("sea_patrol", "maritime", 180, None),
    "hunter": ("mine_countermeasures", "maritime", 45, None),
}

UNIT_TYPES = tuple(
    UnitType(unit_type=name, name=name.replace("_", " "), domain=domain, echelon="unit", personnel=people, battalions=battalions)
    for name, (_, domain, people, battalions) in STRENGTHS.items()
)
CAPABILITIES = tuple(
    Capability(capability=capability, unit_type=name, effectiveness=1.0) for name, (capability, *_) in STRENGTHS.items()
)

AIR = {
    "aircraft_per_station": 2, "station_hours": 24, "endurance_h": 4, "transit_h": 0.5, "turnaround_h": 2,
    "aircraft_availability": 0.75, "crew_ratio": 2, "crew_hours_per_day": 8, "aircraft_per_detachment": 6,
    "tankers_per_station": 1, "tanker_endurance_h": 9, "tanker_turnaround_h": 3, "tanker_availability": 0.5,
    "aircraft_per_tanker_detachment": 2,
    "aew_per_station": 0.5, "aew_endurance_h": 11, "aew_turnaround_h": 4, "aew_availability": 0.5,
    "aircraft_per_aew_detachment": 2,
}  # fmt: skip
"""Factors of air policing."""


def factor(name: str, value: float, *, scope: str = "all", low: float | None = None, high: float | None = None) -> Factor:
    return Factor(factor=name, scope=scope, value=value, low=low, high=high, unit="-", meaning="Made for a test.")


def task(method: str, name: str = "T", **columns: Any) -> Task:
    return Task(task=name, title=f"Task {name}", method=method, **columns)


def mandate(tasks: tuple[Task, ...], factors: dict[str, float] | tuple[Factor, ...], **tables: Any) -> Scenario:
    """A scenario of these tasks and factors; other tables as given."""
    rows = tuple(factor(name, value) for name, value in factors.items()) if isinstance(factors, dict) else factors
    settings = tables.pop("settings", None) or Settings(title="By hand", start_date=date(2030, 1, 1), horizon_days=720)
    given: dict[str, Any] = {"unit_types": UNIT_TYPES, "capabilities": CAPABILITIES, "tasks": tasks, "factors": rows} | tables
    return Scenario(settings=settings, **given)


def sized(tasks: tuple[Task, ...] | Task, factors: dict[str, float] | tuple[Factor, ...], **tables: Any) -> Sizing:
    return size(mandate(tasks if isinstance(tasks, tuple) else (tasks,), factors, **tables))


def quantities(found: Sizing, *, of: str | None = None) -> dict[str, int]:
    """Units by serial, of one task's lines or of all."""
    return {line.line: line.quantity for line in found.lines if of in (None, line.mandate)}


def by_capability(found: Sizing, *, of: str | None = None) -> dict[str, int]:
    """Units by capability, of one task's lines or of all."""
    units: dict[str, int] = {}
    for line in found.lines:
        if of in (None, line.mandate):
            units[line.capability] = units.get(line.capability, 0) + line.quantity
    return units


def exact(found: Sizing, of: str = "T") -> list[float]:
    """Units before rounding of a task's lines, in their order, option after option."""
    return [line.asked.exact for option in found.options.values() for line in option.lines if line.task.task == of]


def typed_line(name: str, capability: str, quantity: int, **columns: Any) -> Requirement:
    return Requirement(line=name, capability=capability, quantity=quantity, **columns)


def used_up(profile: str, kg: float, *, per: str = "person") -> Consumption:
    return Consumption(profile=profile, supply="rations", supply_class="I", per=per, kg_per_day=kg)
