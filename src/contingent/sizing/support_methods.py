"""Methods that serve what the other methods ask for: medical care, and logistics from what is used up.

Logistics uses up supplies itself, so it is worked out again and again until nothing more is asked for (a fixed point).
"""

import math

from contingent.model.rules import reference_type
from contingent.sizing.case import GENERAL, Asked, Case, Sized, figure, whole

KG_PER_T = 1000.0


def medical(case: Case) -> list[Asked]:
    r"""Treatment facilities by beds, and by how far the wounded are to be carried.

    .. math:: units = \max\left(\frac{people/1000 \cdot admissions \cdot stay}{occupancy \cdot beds},
              \left\lceil \frac{km^2}{\pi (reach\_hours \cdot medevac\_kmh)^2} \right\rceil\right)

    The people are those of the option's earlier lines on land, in the task's sector if it names one; the area is the task's.
    Factors: admissions_per_1000_day, stay_days, bed_occupancy, beds_per_unit, medical_reach_hours (0: beds alone), medevac_kmh.
    A definition (Little's law for the beds, circles for the reach).
    """
    at_risk = sum(
        line.people for line in case.before if line.domain in ("land", "joint") and case.task.sector in (None, line.sector)
    )
    rate, stay = case.factor("admissions_per_1000_day"), case.factor("stay_days")
    occupancy, beds = case.share("bed_occupancy"), case.above_zero("beds_per_unit")
    by_beds = at_risk / 1000 * rate * stay / occupancy / beds
    capability = case.capability("medical_role_2")
    area, hours = case.area_km2(), case.factor("medical_reach_hours")
    if area > 0 and hours > 0:
        radius = hours * case.above_zero("medevac_kmh")
        by_reach = area / (math.pi * radius**2)
        if by_reach > by_beds:
            words = f"{figure(area)} km2 / circles of {figure(radius)} km ({figure(hours)} h to a facility)"
            return [Asked(capability, by_reach, words)]
    words = (
        f"{figure(at_risk)} people / 1,000 x {figure(rate)} admissions a day x {figure(stay)} days / "
        f"{figure(occupancy)} occupied / "
        f"{figure(beds)} beds"
    )
    return [Asked(capability, by_beds, words)]


def logistics(case: Case) -> list[Asked]:
    r"""Transport companies and logistics battalions, from the tonnes that all other lines use up a day.

    .. math:: companies = \frac{t/day \cdot 2 \cdot km / km\_a\_day}{trucks \cdot payload \cdot availability},
              \qquad battalions = \frac{t/day}{tonnes\_per\_battalion\_day}

    Tonnes: consumption.csv, by the profile of each unit type, on land and in the air (ships are supplied at sea). Both units use
    up supplies themselves, so the sum is worked out anew until it stays the same. Beginning with none it only grows, and it
    comes to rest where bringing one tonne uses up less than one,

    .. math:: \frac{company\ t/day \cdot turn}{lift} + \frac{battalion\ t/day}{tonnes\_per\_battalion\_day} < 1;

    where it uses up more, no number of units is enough, and that is a finding. A task that names a capability asks for that
    part alone. Factors: supply_distance_km, truck_km_per_day, trucks_per_company, truck_payload_t, truck_availability,
    tonnes_per_battalion_day. A definition.
    """
    distance, daily = case.factor("supply_distance_km"), case.above_zero("truck_km_per_day")
    lift = case.above_zero("trucks_per_company") * case.above_zero("truck_payload_t") * case.share("truck_availability")
    handled = case.above_zero("tonnes_per_battalion_day")
    others = [
        line for line in case.before
        if line.domain != "maritime" and line.task.method != "logistics" and case.task.sector in (None, line.sector)
    ]  # fmt: skip
    tonnes_of_others = sum(tonnes_per_day(case, line) for line in others)
    days_of_turn = 2 * distance / daily
    growth = _own(case, "transport", 1) * days_of_turn / lift + _own(case, "logistics", 1) / handled
    if growth >= 1:
        what = f"task '{case.task.task}': logistics uses up more than it brings: {figure(growth)} t for each tonne brought."
        case.miss("factors.csv", what, column="value", maybe="look at truck_payload_t, trucks_per_company and supply_distance_km")
        return []
    units, before, tonnes = (0, 0), None, tonnes_of_others
    while units != before:
        before = units
        tonnes = tonnes_of_others + _own(case, "transport", units[0]) + _own(case, "logistics", units[1])
        units = whole(tonnes * days_of_turn / lift), whole(tonnes / handled)
    told = f"{figure(tonnes)} t a day ({figure(tonnes_of_others)} t used up by the others)"
    transport = Asked(
        "transport", tonnes * days_of_turn / lift,
        f"{told} x {figure(days_of_turn)} days a turn (2 x {figure(distance)} km / {figure(daily)} km a day) / "
        f"{figure(lift)} t lifted by a company", title=f"{case.task.title}: transport",
    )  # fmt: skip
    depots = Asked(
        "logistics", tonnes / handled, f"{told} / {figure(handled)} t handled by a battalion a day", title=case.task.title
    )
    return [part for part in (depots, transport) if case.task.capability in (None, part.capability)]


def tonnes_per_day(case: Case, line: Sized) -> float:
    """Return what the units of a line use up a day. [t/day]"""
    return 0.0 if line.unit_type is None else _tonnes(case, line.unit_type.unit_type, line.quantity)


def _own(case: Case, capability: str, units: int) -> float:
    unit_type = reference_type(case.scenario, capability)
    return 0.0 if unit_type is None else _tonnes(case, unit_type.unit_type, units)


def _tonnes(case: Case, name: str, units: int) -> float:
    unit_type = case.scenario.unit_type_by_name[name]
    rows = [row for row in case.scenario.consumption if row.profile in (GENERAL, unit_type.consumption)]
    each = sum(row.kg_per_day * (unit_type.personnel if row.per == "person" else 1) for row in rows)
    return units * each / KG_PER_T
