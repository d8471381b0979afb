"""What each post of a plan costs: the plan's own costs, kept apart by post.

The stage of cost is worked out as it is for the plan, with one more column: which post a tour, and what moves for it, is of. So
the prices of all posts and what belongs to none add up to the frame ``costs``, row by row of its rates. Places in camps and
tonnes at stocks fall to posts as they fall to nations there: by person-days on the ground, and by who lives on a stock.
"""

import polars as pl

from contingent.cost.posts import NONE, Posts
from contingent.cost.presence import measured
from contingent.cost.rate_book import with_rates
from contingent.cost.run import at_rates, quantities
from contingent.errors import BadPlan
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan

AGREES = 1e-6
"""Costs that differ by less are the same. [-]"""


def prices_of(scenario: Scenario, plan: Plan, posts: Posts) -> pl.DataFrame:
    """Return the rows of the frame ``costs`` by post, in a last column ``post``; `NONE` = belongs to none.

    Parameters
    ----------
    scenario : Scenario
        With its offers and requirement derived.
    plan : Plan
        With its movements and supply, where they were worked out.
    posts : Posts
        Whose price is asked for.

    Raises
    ------
    BadPlan
        If the plan has costs, and they are not those that follow from its tours and the scenario's rates.
    """
    counted = measured(scenario, posts.tours, plan.option)
    used = quantities(
        scenario, posts.tours, counted, movements=moved_for(posts.tours, plan.movements), legs=plan.legs, supply=plan.supply)
    priced = with_rates(scenario, used)
    rows = at_rates(priced.filter(pl.col("per") == pl.col("per_rate")))
    told, found = float(plan.costs["value"].sum()), float(rows["value"].sum())
    if plan.costs.height and abs(told - found) > AGREES * max(told, found):
        what = f"they add up to {told:,.0f}, but by the scenario's rates the tours cost {found:,.0f}."
        raise BadPlan(plan.title, [Finding("costs.csv", what, column="value", maybe="work them out anew: contingent cost PLAN")])
    return rows


def moved_for(tours: pl.DataFrame, movements: pl.DataFrame) -> pl.DataFrame:
    """Return movements with the post of the tour that they are for: ``unit@first day of the tour`` begins their names."""
    named = tours.select(
        tour=pl.col("unit") + "@" + pl.col("from_day").cast(pl.String), post="post").unique("tour", maintain_order=True)
    return (
        movements.with_columns(tour=pl.col("movement").str.extract(r"^(.*) \S+ \S+$", 1))
        .join(named, on="tour", how="left", maintain_order="left")
        .with_columns(pl.col("post").fill_null(NONE)).drop("tour")
    )  # fmt: skip
