"""Whole scenarios of aid for tests: a few rows each, and random ones."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.status import AidOptions
from contingent.model.aid import Coalition, Delivery, Equipment, Need, Pledge
from contingent.model.scenario import Scenario, Settings

D_DAY = date(2027, 1, 1)
CLOSE = date(2026, 12, 2)
"""Close of the books of these scenarios, thirty days before D-day."""

TANK = Equipment(equipment="leopard", family="tank", crew=4, training_days=20, maintenance_hours_per_month=80)
OLD_TANK = Equipment(equipment="t72", family="tank", crew=3, maintenance_hours_per_month=60)
GUN = Equipment(equipment="howitzer", family="artillery", crew=6, training_days=30)
QUICK = AidOptions(as_of=CLOSE, horizon_days=360, replications=20)


def scenario(*rows: Any, start: date = D_DAY) -> Scenario:
    """A scenario of these rows; types are added where none is given."""
    def of(kind: type) -> tuple:
        return tuple(row for row in rows if isinstance(row, kind))

    return Scenario(
        settings=Settings(title="Made up", start_date=start, horizon_days=720), equipment=of(Equipment) or (TANK, OLD_TANK, GUN),
        needs=of(Need), pledges=of(Pledge), deliveries=of(Delivery), coalitions=of(Coalition))  # fmt: skip


def pledge(name: str, equipment: str | None = "leopard", quantity: int | None = 10, days_ago: int = 200, **more: Any) -> Pledge:
    given = {"pledge": name, "donor": "DEU", "equipment": equipment, "item": name, "quantity": quantity,
             "announced": CLOSE - timedelta(days=days_ago)} | more  # fmt: skip
    return Pledge.model_validate(given)


def delivery(name: str, of: str | None, quantity: int | None, days_ago: int = 50, **more: Any) -> Delivery:
    on = CLOSE - timedelta(days=days_ago)
    return Delivery.model_validate({"delivery": name, "pledge": of, "donor": "DEU", "quantity": quantity, "date": on} | more)


def need(name: str, formation: str, quantity: int, **more: Any) -> Need:
    given = {"need": name, "formation": formation, "family": "tank", "quantity": quantity, "by_day": 90} | more
    return Need.model_validate(given)


def past(count: int = 12, *, late: int = 60, donor: str = "DEU") -> list[Pledge | Delivery]:
    """Pledges that came so many days after they were announced, or some months more: what is open is then expected soon."""
    rows: list[Pledge | Delivery] = []
    for number in range(count):
        name = f"{donor}-past{number}"
        rows.append(pledge(name, days_ago=600 - number, donor=donor))
        rows.append(delivery(f"D-{name}", name, 10, days_ago=600 - number - late - 120 * (number % 4), donor=donor))
    return rows


@st.composite
def random_scenarios(draw: Any) -> tuple[Scenario, AidOptions]:
    """Books and needs of a few rows, with parts of pledges, rows that do not count and deliveries of all kinds."""
    donors = st.sampled_from(["DEU", "NOR", "POL"])
    names = [f"P{number}" for number in range(draw(st.integers(0, 8)))]
    rows: list[Any] = []
    for place, name in enumerate(names):
        contains = names[place + 1 : place + 2] if draw(st.integers(0, 4)) == 0 else []
        value = draw(st.none() | st.integers(1, 90))
        rows.append(pledge(
            name, draw(st.sampled_from(["leopard", "t72", "howitzer", None])), draw(st.none() | st.integers(1, 12)),
            days_ago=draw(st.integers(-20, 900)), donor=draw(donors), family=draw(st.sampled_from(["tank", "mixed"])),
            contains=contains, kind=draw(st.sampled_from(["pledge", "pledge", "allocation", "finance", "aggregate"])),
            counted=draw(st.sampled_from(["yes", "yes", "yes", "no"])), value_m=value, currency="EUR" if value else None,
            value_eur_m=value))  # fmt: skip
    rows += [
        delivery(
            f"D{number}", draw(st.sampled_from([*names, None])), draw(st.none() | st.integers(0, 9)),
            days_ago=draw(st.integers(-20, 800)), donor=draw(donors), value_m=draw(st.none() | st.integers(1, 20)),
            equipment=draw(st.none() | st.just("t72")))
        for number in range(draw(st.integers(0, 8)))
    ]  # fmt: skip
    rows += [
        need(
            f"n{number}", draw(st.sampled_from(["One", "Two"])), draw(st.integers(1, 9)), by_day=draw(st.integers(0, 400)),
            priority=draw(st.integers(1, 2)), family=draw(st.sampled_from(["tank", "artillery"])))
        for number in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    shape = AllocationOptions(
        most_types=draw(st.integers(1, 2)), training_places=draw(st.sampled_from([None, 12])),
        maintenance_hours_per_month=draw(st.sampled_from([None, 300.0])),
        exact_columns=draw(st.sampled_from([0, 1500])))  # fmt: skip
    horizon = draw(st.sampled_from([300, 720]))
    return scenario(*rows, *past()), AidOptions(as_of=CLOSE, horizon_days=horizon, replications=10, allocation=shape)
