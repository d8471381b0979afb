"""Planning factors of movement: the rows of factors.csv, or what the doctrine says where a scenario has none."""

from contingent.model.scenario import Scenario

DEFAULTS: dict[str, float] = {
    "march_speed_kmh": 40.0,
    "march_hours_per_day": 10.0,
    "movement_lead_days": 14.0,
    "homeward_days": 30.0,
    "sailing_speed_kmh": 28.0,
    "sailing_detour": 1.6,
    "self_flight_days": 1.0,
    "late_leg_share": 0.15,
    "late_leg_days": 1.0,
    "breakdown_share": 0.02,
    "breakdown_days": 3.0,
}
"""Value of each factor where no row names it, as in the doctrine's factors.csv, which says what each means and where it is from.

march_speed_kmh [km/h], march_hours_per_day [h/day]; movement_lead_days: days before a tour begins from which its unit may set
out; homeward_days: days after a tour within which it is to be home; sailing_speed_kmh, sailing_detour: of ships that sail by
themselves, on the great circle times the detour; self_flight_days: of aircraft that fly by themselves; late_leg_share,
late_leg_days: share of legs that are late, and mean days of those; breakdown_share, breakdown_days: the same of breakdowns.
"""


def movement_factor(scenario: Scenario, name: str) -> float:
    """Return a factor of movement: its general row, or the doctrine's value.

    Raises
    ------
    KeyError
        If there is no such factor of movement.
    """
    rows = [row.value for row in scenario.factors if row.factor == name and row.scope == "all"]
    return rows[-1] if rows else DEFAULTS[name]
