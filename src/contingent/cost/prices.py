"""What each tour and each post of a plan costs: the plan's own costs, kept apart.

The stage of cost is worked out as it is for the plan, with one more column: which tour it is, and what moves for it. So the
prices of all tours and what belongs to none add up to the frame ``costs``, row by row of its rates. Places in camps and tonnes at
stocks fall to tours as they fall to nations there: by person-days on the ground, and by who lives on a stock. A post costs what
its tours cost, whoever's posts are asked for.
"""

import polars as pl

from contingent.cost.posts import NONE, Posts
from contingent.cost.presence import TOUR, measured
from contingent.cost.rate_book import with_rates
from contingent.cost.run import at_rates, quantities
from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.plan.money import summed
from contingent.plan.plan import Plan

AGREES = 1e-6
"""Costs that differ by less are the same. [-]"""

SUMS = ("quantity", "low", "value", "high")
"""Columns of ``costs`` that are added up."""


def prices_of_tours(scenario: Scenario, plan: Plan) -> pl.DataFrame:
    """Return the rows of the frame ``costs`` by tour, in a last column ``tour``: its row among the tours; `NONE` = of no tour.

    Parameters
    ----------
    scenario : Scenario
        With its offers and requirement derived.
    plan : Plan
        With its movements and supply, where they were worked out.

    Raises
    ------
    BadPlan
        If the plan has costs, and they are not those that follow from its tours and the scenario's rates.
    """
    tours = plan.tours.with_columns(tour=pl.int_range(pl.len(), dtype=TOUR["tour"]))
    used = quantities(
        scenario, tours, measured(scenario, tours, plan.option), movements=moved_for(tours, plan.movements), legs=plan.legs,
        supply=plan.supply,
    )  # fmt: skip
    priced = with_rates(scenario, used)
    rows = at_rates(priced.filter(pl.col("per") == pl.col("per_rate")))
    told, found = float(plan.costs["value"].sum()), float(rows["value"].sum())
    if plan.costs.height and abs(told - found) > AGREES * max(told, found):
        what = f"they add up to {told:,.0f}, but by the scenario's rates the tours cost {found:,.0f}."
        raise BadPlan(plan.title, [Finding("costs.csv", what, column="value", maybe="work them out anew: contingent cost PLAN")])
    return rows


def prices_of_posts(prices: pl.DataFrame, posts: Posts) -> pl.DataFrame:
    """Return prices of tours added up by post, in a last column ``post``; `NONE` = belongs to none.

    Parameters
    ----------
    prices : polars.DataFrame
        As of `prices_of_tours`, of the plan whose posts they are.
    """
    of_tour = posts.tours.select("post", tour=pl.int_range(pl.len(), dtype=TOUR["tour"]))
    rows = prices.join(of_tour, on="tour", how="left", maintain_order="left").with_columns(pl.col("post").fill_null(NONE))
    columns = [*(name for name in prices.columns if name != "tour"), "post"]
    return summed(rows, ["post", *(name for name in columns if name not in (*SUMS, "post"))], SUMS).select(columns)


def moved_for(tours: pl.DataFrame, movements: pl.DataFrame) -> pl.DataFrame:
    """Return movements with the number of the tour that they are for: ``unit@first day of the tour`` begins their names."""
    named = tours.select(
        begins=pl.col("unit") + "@" + pl.col("from_day").cast(pl.String), tour="tour").unique("begins", maintain_order=True)
    return (
        movements.with_columns(begins=pl.col("movement").str.extract(r"^(.*) \S+ \S+$", 1))
        .join(named, on="begins", how="left", maintain_order="left")
        .with_columns(pl.col("tour").fill_null(NONE)).drop("begins")
    )  # fmt: skip
