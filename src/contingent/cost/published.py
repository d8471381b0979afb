"""Published costs beside ours, misses included: rows of ``published.csv``, with source, what they include, and why they differ.

    theirs    published x euros of its currency x prices from its year to 2025           [EUR of 2025]
    ours      the items that it includes, of its component, over person-years, people or weeks

    person_year   person-days of the tours / 365.25
    person        most people on the ground at once
    week          days of the horizon / 7

Both conversions are figures of the row, and the sentence of each check says them. They hold for euros alone; in another
currency nothing is compared.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import Any

import polars as pl

from contingent.cost.notes import WORDS
from contingent.cost.options import ITEMS
from contingent.cost.presence import described, people_on_ground
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame
from contingent.plan.money import DAYS_A_YEAR, combined

EUROS, PRICES_OF = "EUR", 2025
"""Currency and year into which what was published is converted."""

UNITS = {"person_year": "a person and year", "person": "a person, once", "week": "a week"}
ROUNDED = 0.02
"""Published figures are rounded: a distance below this share of them is none. [-]"""


@cache
def published() -> tuple[dict[str, str], ...]:
    """Return the rows of the table of published costs."""
    text = files("contingent.cost").joinpath("published.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def cost_checks(scenario: Scenario, tours: pl.DataFrame, costs: pl.DataFrame) -> pl.DataFrame:
    """Return the frame ``cost_checks``: each published cost beside ours; empty where nothing was costed.

    Parameters
    ----------
    costs : polars.DataFrame
        Frame ``costs``.
    """
    if costs.is_empty():
        return frame("cost_checks", [])
    amounts = _amounts(scenario, tours)
    return frame("cost_checks", [_row(scenario.settings.currency, row, costs, amounts) for row in published()])


def _amounts(scenario: Scenario, tours: pl.DataFrame) -> dict[tuple[str, str], float]:
    """By what ours are divided, by measure and component (blank = all)."""
    last = scenario.settings.horizon_days
    days = described(scenario, tours).with_columns(
        person_days=pl.col("people") * (pl.min_horizontal("until_day", pl.lit(last)) - pl.col("from_day")).clip(0)
    )
    found = {("person_year", ""): float(days["person_days"].sum()) / DAYS_A_YEAR, ("week", ""): last / 7}
    for component in days["component"].unique():
        mine = days.filter(pl.col("component") == component)
        found["person_year", component] = float(mine["person_days"].sum()) / DAYS_A_YEAR
        found["week", component] = last / 7
    ground = people_on_ground(scenario, tours)
    found["person", ""] = float(ground.max()) if ground.size else 0.0
    return found


def _row(currency: str, row: dict[str, str], costs: pl.DataFrame, amounts: dict[tuple[str, str], float]) -> dict[str, Any]:
    component = row["component"]
    items = items_of(row["items"])
    mine = costs.filter(pl.col("item").is_in(items) & ((pl.col("component") == component) if component else pl.lit(value=True)))
    amount = amounts.get((row["measure"], component), 0.0)
    ours: tuple[float, float, float] | None = None
    if mine.height and amount > 0:
        found = combined(mine, []).row(0, named=True)
        ours = found["low"] / amount, found["value"] / amount, found["high"] / amount
    factor = float(row["euros"]) * float(row["prices"])
    theirs = (float(row["low"]) * factor, float(row["high"]) * factor) if currency == EUROS else None
    low, value, high = ours or (0.0, 0.0, 0.0)
    return {
        "check": row["check"], "unit": f"{currency} {UNITS[row['measure']]}",
        "published_low": None if theirs is None else theirs[0], "published_high": None if theirs is None else theirs[1],
        "ours_low": low, "ours": value, "ours_high": high, "verdict": verdict_of(theirs, ours),
        "why": _why(row, currency, theirs, ours), "source": row["source"],
    }  # fmt: skip


def items_of(text: str) -> list[str]:
    """Return the items that a row's cell names: all, all but some, or some, with ``;`` between them.

    >>> len(items_of("all")) - len(items_of("all but personnel;base_build")), items_of("personnel")
    (2, ['personnel'])
    """
    if text == "all":
        return list(ITEMS)
    left_out = text.removeprefix("all but ").split(";")
    return [item for item in ITEMS if item not in left_out] if text.startswith("all but ") else left_out


def verdict_of(theirs: tuple[float, float] | None, ours: tuple[float, float, float] | None) -> str:
    """Return what a published range and our low, value and high say of each other.

    Examples
    --------
    >>> verdict_of((100, 200), (50, 150, 300)), verdict_of((100, 200), (150, 250, 400)), verdict_of((100, 200), (210, 250, 400))
    ('agrees', 'ranges overlap', 'we find more')
    >>> verdict_of((100, 200), (10, 20, 30)), verdict_of(None, (1, 2, 3))
    ('we find less', 'cannot be compared')
    """
    if theirs is None or ours is None:
        return "cannot be compared"
    low, high = theirs[0] * (1 - ROUNDED), theirs[1] * (1 + ROUNDED)
    if low <= ours[1] <= high:
        return "agrees"
    if ours[0] > high:
        return "we find more"
    return "we find less" if ours[2] < low else "ranges overlap"


def _why(
    row: dict[str, str], currency: str, theirs: tuple[float, float] | None, ours: tuple[float, float, float] | None
) -> str:
    said = _span(float(row["low"]), float(row["high"]))
    told = f"Theirs: {said} {row['currency']} of {row['price_year']}, {row['includes']}"
    if theirs is None:
        return f"{told}. No rate of exchange is known to {currency}, in which ours are."
    converted = _span(*theirs)
    told = f"{told}; {converted} {EUROS} of {PRICES_OF} ({row['conversion']})."
    if ours is None:
        return f"{told} Ours: nothing of the kind is costed."
    part = "" if not row["component"] else f" of the {row['component']} component"
    said_of = ", ".join(WORDS[item] for item in row["items"].removeprefix("all but ").split(";") if item != "all")
    what = "everything" if row["items"] == "all" else f"all but {said_of}" if row["items"].startswith("all but ") else said_of
    return (
        f"{told} Ours: {_figure(ours[1])} ({_figure(ours[0])} to {_figure(ours[2])}), {what}{part}. "
        f"{row['difference'][:1].upper()}{row['difference'][1:]}."
    )


def _span(low: float, high: float) -> str:
    return _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    """A sum as a sentence has it: three digits, thousands apart.

    >>> _figure(179245.0), _figure(1428.0), _figure(61_300_000.0)
    ('179,000', '1,430', '61.3 million')
    """
    if abs(value) >= 1e6:
        return f"{float(f'{value / 1e6:.3g}'):g} million"
    return f"{float(f'{value:.3g}'):,.0f}"
