"""The stage: quantities of what is paid for, each at its rate, then bills by three schemes, then published costs beside them.

    counted     person-days, unit-days, days of headquarters          tours, cut at years and phases     (presence)
    used        hours, kilometres, tonnes, places, wagon-km           activities, legs, supply     (presence, moving, living)
    costs       used x rate, summed by nation, year, component, phase, item and rate                     (rate_book)
    bills       who pays                                              funding key                        (funding)
    checks      per person-year beside published totals               published.csv                      (published)

Costs are at the prices of each rate's own year, in the scenario's currency: nothing is inflated or discounted.
"""

from dataclasses import replace
from time import perf_counter

import polars as pl

from contingent.cost.funding import bills_of, shares_of
from contingent.cost.living import of_consumption, of_supply
from contingent.cost.moving import of_movements
from contingent.cost.notes import notes_of
from contingent.cost.options import GDP, Cost, CostOptions
from contingent.cost.presence import apart, measured, of_bases, of_tours
from contingent.cost.published import cost_checks
from contingent.cost.rate_book import with_rates
from contingent.errors import BadPlan
from contingent.findings import Finding, nearest_name
from contingent.model.scenario import Scenario
from contingent.plan.columns import COLUMNS, empty_frame
from contingent.plan.money import DAYS_A_MONTH, summed
from contingent.plan.plan import Plan

BUDGET = ("budget_levels", "budget_fill", "budget_posts")
"""Frames that rest on those of cost."""


def cost(
    scenario: Scenario,
    tours: pl.DataFrame,
    option: str | None,
    *,
    movements: pl.DataFrame | None = None,
    legs: pl.DataFrame | None = None,
    supply: pl.DataFrame | None = None,
    options: CostOptions | None = None,
) -> Cost:
    """Work out what the tours of a plan cost, by nation, year, component, phase and item, and who pays it under three schemes.

    Parameters
    ----------
    scenario : Scenario
        With its offers and requirement derived.
    tours : polars.DataFrame
        Frame ``tours`` of the plan.
    option : str or None
        Option that was planned; None = all lines.
    movements, legs : polars.DataFrame, optional
        Frames of those names; without them nothing is paid for movement.
    supply : polars.DataFrame, optional
        Frame of that name; without it tonnes are consumption times people.
    options : CostOptions, optional
        Key of common funding, and what is common.

    Returns
    -------
    Cost
        Frames ``costs``, ``bills`` and ``cost_checks``; without rates they are empty.

    Raises
    ------
    UnknownName
        If the scenario has no such key of funding.
    BadPlan
        If a tour is of a unit type that the scenario does not have.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> from contingent.plan.columns import empty_frame
    >>> cost(read_scenario("tiny"), empty_frame("tours"), None).notes
    ('The scenario has no rates, so nothing is costed.',)
    """
    began = perf_counter()
    asked = options or CostOptions()
    shares = shares_of(scenario, asked)
    _refuse_strangers(scenario, tours)
    moves = empty_frame("movements") if movements is None else movements
    stages = empty_frame("legs") if legs is None else legs
    stocks = empty_frame("supply") if supply is None else supply
    by_supply = is_used_up(stocks)
    basis = {"key": asked.key or GDP, "common": list(asked.common_items),
             "supply": "supply" if by_supply else "consumption", "movements": not stages.is_empty()}  # fmt: skip
    if not scenario.rates:
        costs, bills, checks = (empty_frame(name) for name in ("costs", "bills", "cost_checks"))
        notes = ("The scenario has no rates, so nothing is costed.",)
        return Cost(costs, bills, checks, notes, seconds=perf_counter() - began)
    counted = measured(scenario, tours, option)
    priced = with_rates(scenario, quantities(scenario, tours, counted, movements=moves, legs=stages, supply=stocks))
    paid = priced.filter(pl.col("per") == pl.col("per_rate"))
    costs = at_rates(paid)
    months = _reimbursed(scenario, counted)
    bills = bills_of(scenario, costs, months, asked)
    return Cost(
        costs, bills, cost_checks(scenario, tours, costs), notes_of(scenario, priced, basis, shares=shares, months=months),
        basis, perf_counter() - began,
    )  # fmt: skip


def is_used_up(supply: pl.DataFrame) -> bool:
    """Return whether tonnes are told by the stage of supply; else they are consumption times people."""
    return not supply.filter(pl.col("used_t") > 0).is_empty()


def quantities(
    scenario: Scenario, tours: pl.DataFrame, counted: pl.DataFrame, *, movements: pl.DataFrame, legs: pl.DataFrame,
    supply: pl.DataFrame,
) -> pl.DataFrame:  # fmt: skip
    """Return all that is paid for, before it is paid for; by tour too, where tours and movements have a column ``tour``.

    Parameters
    ----------
    counted : polars.DataFrame
        Of the tours, as `contingent.cost.presence.measured` counts them.
    """
    return pl.concat([
        of_tours(counted), of_bases(scenario, tours, counted), of_movements(scenario, movements, legs),
        of_supply(scenario, tours, supply) if is_used_up(supply) else of_consumption(scenario, counted),
    ])  # fmt: skip


def _refuse_strangers(scenario: Scenario, tours: pl.DataFrame) -> None:
    """Refuse tours of unit types that are not in the scenario: they are those of another."""
    known = scenario.unit_type_by_name
    strangers = [name for name in tours["unit_type"].unique().sort() if name not in known]
    findings = [
        Finding("tours.csv", f"'{name}' is no unit type of this scenario.", column="unit_type", nearest=nearest_name(name, known))
        for name in strangers
    ]
    if findings:
        raise BadPlan(scenario.settings.title, findings)


def at_rates(paid: pl.DataFrame) -> pl.DataFrame:
    """Return quantities at their rates, a row for each nation, year, component, phase, item and rate: the frame ``costs``.

    Where quantities are kept apart by tour, so are they here, in a last column.
    """
    by = [*apart(paid), "nation", "year", "component", "phase", "item", "rate", "per", "value", "low", "high"]
    whole = summed(paid, by, ["quantity"])
    quantity = pl.col("quantity")
    return whole.select(
        *apart(paid), "nation", "year", "component", "phase", "item", "quantity", unit="per", low=quantity * pl.col("low"),
        value=quantity * pl.col("value"), high=quantity * pl.col("high"), rates="rate",
    ).select([*COLUMNS["costs"], *apart(paid)])  # fmt: skip


def _reimbursed(scenario: Scenario, counted: pl.DataFrame) -> pl.DataFrame:
    """What a common purse pays for the people of states, by the month, in rows as of the frame ``costs``."""
    states = [row.nation for row in scenario.nations if row.kind == "state"]
    people = counted.filter(pl.col("nation").is_in(states))
    ways = (("person_month", pl.col("person_days") / DAYS_A_MONTH), ("person_day", pl.col("person_days").cast(pl.Float64)))
    used = pl.concat([
        people.select(
            "nation", "unit_type", "domain", "component", "year", "phase", item=pl.lit("reimbursement"),
            supply=pl.lit(None, pl.String), per=pl.lit(per), quantity=quantity,
        )
        for per, quantity in ways
    ])  # fmt: skip
    return at_rates(with_rates(scenario, used).filter(pl.col("per") == pl.col("per_rate")))


def with_cost(plan: Plan, found: Cost) -> Plan:
    """Return the plan with the frames of cost, and with what they rest on; what was said of a budget at other costs is gone."""
    provenance = {**plan.provenance, "cost": dict(found.basis)} if found.basis else dict(plan.provenance)
    provenance.pop("budget", None)
    frames = {name: empty_frame(name) for name in BUDGET} | found.frames
    return replace(plan, provenance=provenance, seconds={**plan.seconds, "cost": found.seconds}, **frames)  # type: ignore[arg-type]
