"""Which rate holds for whom, and what units of a type do on a day: of the rows that fit, the most specific.

A row fits where each of its cells is blank or the same. Of rates that fit, one that names the supply goes before one that does
not; then one with a unit type; then one with a nation; then one with a domain, as in `contingent.model.scope`. Of activities,
one with a unit type goes before one without; then one with a domain; then one with a phase; each cell is that of the first row
in this order where it is not blank. Of two rows that are equally specific the later one holds.
"""

from collections.abc import Iterable

import polars as pl

from contingent.model.money import Rate
from contingent.model.scenario import Scenario
from contingent.model.supply import Activity

RATE = {"rate": pl.String, "per_rate": pl.String, "value": pl.Float64, "low": pl.Float64, "high": pl.Float64}
WHOM = ("item", "nation", "unit_type", "domain", "supply")
DONE = ("flying_hours", "vehicle_km", "sea_share", "factor")
"""What an activity says of a day."""


def rate_of(
    rates: Iterable[Rate], item: str, *, nation: str, unit_type: str, domain: str, supply: str | None = None
) -> Rate | None:
    """Return the most specific rate of an item for a nation's units of a type; None where no row fits.

    Examples
    --------
    >>> rates = [Rate(rate="all", item="personnel", per="person_day", value=3),
    ...          Rate(rate="mine", item="personnel", per="person_day", value=2, nation="AAA")]
    >>> rate_of(rates, "personnel", nation="AAA", unit_type="battlegroup", domain="land").rate
    'mine'
    """
    fitting = [
        row for row in rates
        if row.item == item and row.nation in (None, nation) and row.unit_type in (None, unit_type)
        and row.domain in (None, domain) and row.supply in (None, supply)
    ]  # fmt: skip
    specific = [(row.supply is not None, row.unit_type is not None, row.nation is not None, row.domain is not None, at)
                for at, row in enumerate(fitting)]  # fmt: skip
    return fitting[max(specific)[-1]] if specific else None


def with_rates(scenario: Scenario, used: pl.DataFrame) -> pl.DataFrame:
    """Return quantities with the rate at which each is paid; blank where none fits.

    Parameters
    ----------
    used : polars.DataFrame
        Has at least ``item``, ``nation``, ``unit_type``, ``domain`` and ``supply`` (blank = none).
    """
    by_item: dict[str, list[Rate]] = {}
    for row in scenario.rates:
        by_item.setdefault(row.item, []).append(row)
    whom = used.select(WHOM).unique(maintain_order=True)
    found = []
    for item, nation, unit_type, domain, supply in whom.iter_rows():
        rate = rate_of(by_item.get(item, ()), item, nation=nation, unit_type=unit_type, domain=domain, supply=supply)
        found.append((None,) * len(RATE) if rate is None else as_row(rate))
    priced = whom.hstack(pl.DataFrame(found, schema=RATE, orient="row"))
    return used.join(priced, on=WHOM, how="left", nulls_equal=True, maintain_order="left")


def as_row(rate: Rate) -> tuple[str, str, float, float, float]:
    """Return name, per what, value, low and high; a blank end is the value."""
    low = rate.value if rate.low is None else rate.low
    high = rate.value if rate.high is None else rate.high
    return rate.rate, rate.per, rate.value, low, high


def activity_of(activities: Iterable[Activity], column: str, *, unit_type: str, domain: str, phase: str | None) -> float | None:
    """Return what the most specific activity that has the column says of it; None where no row does."""
    fitting = [
        row for row in activities
        if getattr(row, column) is not None and row.unit_type in (None, unit_type) and row.domain in (None, domain)
        and row.phase in (None, phase)
    ]  # fmt: skip
    specific = [(row.unit_type is not None, row.domain is not None, row.phase is not None, at) for at, row in enumerate(fitting)]
    return float(getattr(fitting[max(specific)[-1]], column)) if specific else None


def with_activities(scenario: Scenario, present: pl.DataFrame) -> pl.DataFrame:
    """Return presence with what its units do on a day: hours flown, kilometres of each vehicle, share of days at sea, factor."""
    whom = present.select("unit_type", "domain", "phase").unique(maintain_order=True)
    rows = [
        tuple(activity_of(scenario.activities, column, unit_type=unit_type, domain=domain, phase=phase) for column in DONE)
        for unit_type, domain, phase in whom.iter_rows()
    ]
    done = whom.hstack(pl.DataFrame(rows, schema=dict.fromkeys(DONE, pl.Float64), orient="row"))
    return present.join(done, on=whom.columns, how="left", nulls_equal=True, maintain_order="left")
