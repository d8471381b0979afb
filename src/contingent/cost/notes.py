"""What was left out of the costs, or taken to be so, in sentences: nothing that is not paid for is passed over in silence."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from contingent.cost.options import GDP
from contingent.model.scenario import Scenario

WORDS = {
    "personnel": "people", "operations": "operations", "flying_hour": "hours flown", "ship_day": "days at sea",
    "vehicle_km": "kilometres driven", "rail_wagon_km": "movement by rail", "road_vehicle_km": "movement by road",
    "sea_lane_m_km": "movement by sea", "air_t_km": "freight by air", "air_person_km": "people by air", "supply_t": "supply",
    "base_build": "the building of bases", "base_running": "the running of bases", "command": "headquarters",
}  # fmt: skip
"""Items within a sentence."""


def notes_of(
    scenario: Scenario, priced: pl.DataFrame, basis: Mapping[str, Any], *, shares: Mapping[str, float], months: pl.DataFrame
) -> tuple[str, ...]:
    """Return what a reader must know beside the figures.

    Parameters
    ----------
    priced : polars.DataFrame
        Quantities with the rate that fits each, blank where none does.
    basis : mapping
        As of `contingent.cost.Cost`.
    shares : mapping of str to float
        Payers and their shares by key.
    months : polars.DataFrame
        What reimbursement pays.
    """
    notes = []
    if not basis["movements"]:
        notes.append("No movements were worked out, so nothing is paid for them.")
    if basis["supply"] == "consumption":
        notes.append("Tonnes of supply are consumption times people: the stage of supply was not run.")
    notes += _without_rate(priced)
    if months.is_empty():
        notes.append("There is no rate of reimbursement, so that scheme is as if costs lay where they fall.")
    owned = [row.nation for row in scenario.nations if row.kind == "multinational"]
    if owned and shares:
        whose = ", ".join(owned)
        notes.append(f"What units of {whose} cost is paid by key under each scheme: their owners' shares are not known.")
    notes += _key(scenario, str(basis["key"]), shares)
    years = sorted({row.price_year for row in scenario.rates if row.price_year is not None})
    if years:
        span = str(years[0]) if len(years) == 1 else f"{years[0]} to {years[-1]}, each rate of its own year"
        notes.append(f"In {scenario.settings.currency} at prices of {span}; nothing is inflated or discounted.")
    return tuple(notes)


def _without_rate(priced: pl.DataFrame) -> list[str]:
    """One sentence for each item of which something has no rate, or a rate per something else."""
    paid = priced.filter(pl.col("per") == pl.col("per_rate")).select("item", "nation", "unit_type", "supply").unique()
    by_sea = (pl.col("item") == "sea_lane_m_km") & (pl.col("per") == "person_km")
    missing = priced.filter(~by_sea).join(paid, on=paid.columns, how="anti", nulls_equal=True)
    found = []
    for (item,), rows in sorted(missing.group_by("item"), key=lambda group: str(group[0][0])):
        what = rows["supply"].drop_nulls().unique().sort().to_list() or rows["unit_type"].unique().sort().to_list()
        some = ", ".join(what[:3]) + (f" and {len(what) - 3} more" if len(what) > 3 else "")
        found.append(f"No rate fits {WORDS[str(item)]} of {some}: not paid for.")
    if person_km := priced.filter(by_sea)["quantity"].sum():
        found.append(f"People who go by sea ({person_km:,.0f} person-km) are not paid for: its rate is by the lane metre.")
    return found


def _key(scenario: Scenario, key: str, shares: Mapping[str, float]) -> list[str]:
    """What the key could not be taken from."""
    if key != GDP or any(row.funding_key == GDP for row in scenario.funding):
        return []
    states = [row for row in scenario.contributors if row.kind == "state"]
    if not any(row.gdp for row in states):
        return ["No nation's gross domestic product is known, so all pay alike."] if states else []
    without = [row.nation for row in states if row.nation not in shares]
    return [f"Without a gross domestic product, and so without a share: {', '.join(without)}."] if without else []
