"""Budget in, force out: which posts of a plan can be held for a sum of money, and what a little more would buy.

    posts       tours of a line that relieve each other              (posts)
    prices      the plan's own costs, kept apart by post             (prices)
    fixed       what belongs to no post: taken off the budget first
    order       what comes first as money grows                      (choices)
    choice      what is held for the budget, proven                  (choices)

Two questions, by one method: the coalition's total, and one nation's own bill where costs lie where they fall. No plan is made
here: what is held is a part of the plan that there is, so that a plan made for the budget could hold no less.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from contingent.cost.choices import Choice, NextStep, choose, filled_by, next_step_of, order_of
from contingent.cost.funding import shares_of
from contingent.cost.options import CostOptions
from contingent.cost.posts import NONE, Floats, Posts, posts_of
from contingent.cost.presence import measured, of_bases
from contingent.cost.prices import prices_of_posts, prices_of_tours
from contingent.cost.rate_book import with_rates
from contingent.cost.run import BUDGET
from contingent.errors import BadInput, BadPlan
from contingent.findings import Finding, nearest_name
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame
from contingent.plan.money import combined
from contingent.plan.plan import Plan

PRICES = {"low": "low", "likely": "value", "high": "high"}
"""Prices at which the question is answered, and the column of ``costs`` that has them: every rate at that end at once."""

LIKELY = "likely"


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum with its interval: rates independent of each other. [currency]"""

    low: float
    value: float
    high: float


@dataclass(frozen=True)
class Affordable:
    """What can be held for a sum of money.

    Parameters
    ----------
    budget : float or None
        What there is; None = only the order in which posts come as money grows. [currency]
    year : int or None
        Calendar year that it is for; None = the whole mission.
    nation : str or None
        Whose own bill it is to pay; None = the coalition's total.
    days : tuple of int
        First day that is looked at, and the day after the last. [days from D-day]
    fixed, whole : Amount
        What belongs to no post and is taken off first; that and all posts together. [currency]
    budget_levels, budget_fill, budget_posts : polars.DataFrame
        Frames of `contingent.plan.COLUMNS`: the answer at low, likely and high prices; what is filled by priority; the posts in
        the order in which they come as money grows.
    notes : tuple of str
        What a reader must know beside the figures.
    """

    budget: float | None
    year: int | None
    nation: str | None
    days: tuple[int, int]
    fixed: Amount
    whole: Amount
    budget_levels: pl.DataFrame
    budget_fill: pl.DataFrame
    budget_posts: pl.DataFrame
    notes: tuple[str, ...] = ()

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {name: getattr(self, name) for name in BUDGET}

    @property
    def basis(self) -> dict[str, Any]:
        """What the frames rest on, for the plan's provenance."""
        sums = {name: {"low": each.low, "value": each.value, "high": each.high}
                for name, each in (("fixed", self.fixed), ("whole", self.whole))}  # fmt: skip
        return {"budget": self.budget, "year": self.year, "nation": self.nation, "days": list(self.days), **sums,
                "notes": list(self.notes)}  # fmt: skip


@dataclass(frozen=True)
class Priced:
    """Posts with their prices: what does not depend on the budget, so that many budgets can be asked of it.

    Parameters
    ----------
    posts : Posts
        The posts, and what they fill.
    prices : mapping of str to ndarray of float
        Price of each post at low, likely and high rates. [currency], shape (posts,)
    off : mapping of str to float
        What is taken off the budget first, at each of them. [currency]
    rows, fixed_rows : polars.DataFrame
        Costs by post, and what is fixed, as rows of the frame ``costs``.
    year : int or None
        Calendar year; None = the whole mission.
    nation : str or None
        Whose bill; None = the coalition's.
    days : tuple of int
        First day that is looked at, and the day after the last.
    notes : tuple of str
        What a reader must know.
    """

    posts: Posts
    prices: Mapping[str, Floats]
    off: Mapping[str, float]
    rows: pl.DataFrame
    fixed_rows: pl.DataFrame
    year: int | None
    nation: str | None
    days: tuple[int, int]
    notes: tuple[str, ...] = field(default=())


def afford(
    scenario: Scenario, plan: Plan, budget: float | None = None, *, year: int | None = None, nation: str | None = None
) -> Affordable:
    """Work out which force of a plan can be held for a sum of money, and what a little more would buy.

    Parameters
    ----------
    scenario : Scenario
        With its offers and requirement derived; the one that was planned.
    plan : Plan
        With its movements and supply, where they were worked out.
    budget : float, optional
        What there is. None = only the order in which posts come as money grows. [currency]
    year : int, optional
        Calendar year that the budget is for; None = the whole mission.
    nation : str, optional
        Nation whose own bill it is to pay, where costs lie where they fall: what its own units cost, and its share of what units
        owned together cost. None = the coalition's total.

    Returns
    -------
    Affordable
        The answer at low, likely and high prices, and the order of posts.

    Raises
    ------
    BadInput
        If the budget is no sum of money, nothing is costed in that year, the nation sends nobody, or there are no rates.

    Examples
    --------
    >>> from contingent.io import read_scenario
    >>> from contingent.pipeline import derive, make_plan
    >>> from contingent.plan import PlanOptions
    >>> scenario = derive(read_scenario("reassurance"))  # doctest: +SKIP
    >>> afford(scenario, make_plan(scenario, PlanOptions(option="small")), 10e9).budget_levels  # doctest: +SKIP
    """
    return within(scenario, priced(scenario, plan, budget, year=year, nation=nation), budget)


def priced(
    scenario: Scenario, plan: Plan, budget: float | None = None, *, year: int | None = None, nation: str | None = None,
    of_tours: pl.DataFrame | None = None,
) -> Priced:  # fmt: skip
    """Return the posts of a plan with their prices; arguments and errors as of `afford`.

    `of_tours` is what each tour costs, as of `prices_of_tours`, where that is known already: it is the same for every question.
    """
    refuse(scenario, plan, budget, year=year, nation=nation)
    strangers = sorted(set(plan.tours["line"]) - set(plan.coverage["line"]))
    if strangers:
        what = f"'{strangers[0]}' is a line of which coverage.csv says nothing."
        raise BadPlan(plan.title, [Finding("tours.csv", what, column="line", maybe="verify the plan")])
    days = (0, scenario.settings.horizon_days) if year is None else years_of(scenario)[year]
    posts = posts_of(scenario, plan.tours, plan.coverage, days=days, nation=nation)
    rows = prices_of_posts(prices_of_tours(scenario, plan) if of_tours is None else of_tours, posts)
    if year is not None:
        rows = rows.filter(pl.col("year") == year)
    notes = []
    owned = [row.nation for row in scenario.nations if row.kind == "multinational"]
    fixed = rows.filter(pl.col("post") == NONE)
    if nation is not None:
        asked = CostOptions(key=(plan.provenance.get("cost") or {}).get("key"))
        share = shares_of(scenario, asked).get(nation, 0.0)
        parts = ("quantity", "low", "value", "high")
        of_all = fixed.filter(pl.col("nation").is_in(owned)).with_columns(pl.col(parts) * share)
        fixed = pl.concat([fixed.filter(pl.col("nation") == nation), of_all])
        if of_all["value"].sum() > 0:
            notes.append(f"Fixed is {nation}'s share by key of what {', '.join(owned)} costs, {100 * share:.3g} %.")
    elif fixed.height and not posts.idle:
        notes.append("Fixed is what moves for no tour of this plan.")
    if posts.idle and fixed.filter(pl.col("post") == NONE).height:
        when = "the mission" if year is None else str(year)
        whose = _names(posts.idle)
        notes.append(f"Fixed is what {when} pays for posts that fill nothing in it, such as camps for who comes later: {whose}.")
    prices = {name: _by_post(rows, column, posts.frame.height) for name, column in PRICES.items()}
    off = {name: float(fixed[column].sum()) for name, column in PRICES.items()}
    if plan.legs.is_empty():
        notes.append("No movements were worked out, so nothing is paid for them.")
    return Priced(posts, prices, off, rows, fixed, year, nation, days, tuple(notes))


def years_of(scenario: Scenario) -> dict[int, tuple[int, int]]:
    """Return the calendar years of the mission, each with its first day and the day after its last. [days from D-day]"""
    horizon = scenario.horizon
    first, last = horizon.start_date.year, horizon.date_of(horizon.days - 1).year
    turns = {year: horizon.day_of(horizon.start_date.replace(year=year, month=1, day=1)) for year in range(first, last + 2)}
    return {year: (max(0, turns[year]), min(horizon.days, turns[year + 1])) for year in range(first, last + 1)}


def refuse(
    scenario: Scenario, plan: Plan | None, budget: float | None, *, year: int | None = None, nation: str | None = None
) -> None:
    """Refuse a question that has no answer; without a plan, what is known before anything is planned.

    Raises
    ------
    BadInput
        With every finding; as of `afford`.
    """
    found, years = [], years_of(scenario)
    if not scenario.rates:
        found.append(Finding("rates.csv", "the scenario has no rates, so nothing has a price.", maybe="write some"))
    if budget is not None and not (math.isfinite(budget) and budget >= 0):
        found.append(Finding("budget", f"{budget:g} is not a sum of money.", maybe="write it as 2e9"))
    if year is not None and year not in years:
        found.append(Finding("year", f"{year} is not a year of this plan.", maybe=f"take one of {', '.join(map(str, years))}"))
    sends = {row.nation: row.kind for row in scenario.nations if plan is None or row.nation in set(plan.tours["nation"])}
    if nation is not None and sends.get(nation) != "state":
        together = nation in sends
        what = f"what '{nation}' sends is owned together and paid by key." if together else f"'{nation}' sends nobody."
        known = [name for name, kind in sends.items() if kind == "state"]
        found.append(Finding("nation", what, nearest=nearest_name(nation, known), maybe="see nations.csv of the plan"))
    if found:
        raise BadInput(scenario.settings.title, found)


def _by_post(rows: pl.DataFrame, column: str, count: int) -> Floats:
    own = rows.filter(pl.col("post") != NONE)
    return np.bincount(own["post"].to_numpy(), weights=own[column].to_numpy(), minlength=count).astype(np.float64)


def _names(some: Sequence[str], *, most: int = 6) -> str:
    return ", ".join(some[:most]) + (f" and {len(some) - most} more" if len(some) > most else "")


def within(scenario: Scenario, given: Priced, budget: float | None, *, seconds: float = math.inf) -> Affordable:
    """Return what can be held of priced posts for a budget; arguments and errors as of `afford`.

    `seconds` is the longest time for one step of the choice, as of `contingent.cost.choices.choose`; left out, a set amount of
    work is done.
    """
    posts, likely = given.posts, given.prices[LIKELY]
    choices: dict[str, Choice] = {}
    after: NextStep | None = None
    covered = {name: budget is not None and budget >= off for name, off in given.off.items()}
    if budget is not None:
        for name, off in given.off.items():
            money = budget - off
            choices[name] = choose(posts, given.prices[name], money, seconds=seconds) if covered[name] else _nothing(posts)
        after = next_step_of(posts, likely, budget - given.off[LIKELY], choices[LIKELY], seconds=seconds)
    order = order_of(posts, likely)
    notes = [
        "What is held is part of this plan, at the plan's own prices: a plan made for the budget could hold no less.",
        "Priority alone decides: whether what is held could be led and supplied by itself is not looked at.",
        "Low and high prices take every rate at that end at once.", *given.notes,
    ]  # fmt: skip
    if budget is not None and not covered[LIKELY]:
        notes.append("The budget does not cover what is fixed: nothing can be held.")
    if LIKELY in choices and given.year is None and given.nation is None:
        notes += _camps(scenario, given, choices[LIKELY])
    whole = pl.concat([given.fixed_rows, _of_posts(given)])
    return Affordable(
        budget, given.year, given.nation, given.days, _amount(given.fixed_rows), _amount(whole),
        frame("budget_levels", [_level(given, budget, name, choice, after) for name, choice in choices.items()]),  # type: ignore[arg-type]
        frame("budget_fill", [row for name, choice in choices.items() for row in _fills(given, name, choice)]),
        frame("budget_posts", _post_rows(given, order, choices)), tuple(notes),
    )  # fmt: skip


def _nothing(posts: Posts) -> Choice:
    none = dict.fromkeys(posts.required, 0.0)
    return Choice(np.zeros(posts.frame.height, dtype=bool), none, dict(none), proven=True)


def _of_posts(given: Priced, held: Any = None) -> pl.DataFrame:
    """Costs of posts; of those held alone, where they are named."""
    own = given.rows.filter(pl.col("post") != NONE)
    return own if held is None else own.filter(pl.col("post").is_in(np.flatnonzero(held).tolist()))


def _amount(rows: pl.DataFrame) -> Amount:
    """What rows of costs add up to, with their interval."""
    found = combined(rows, []).select("low", "value", "high").rows()
    return Amount(*found[0]) if found else Amount(0.0, 0.0, 0.0)


def _people(given: Priced) -> Floats:
    """People of each post, as a mean of the days looked at. [people], shape (posts,)"""
    first, end = given.days
    return given.posts.frame["person_days"].to_numpy() / (end - first)


def _level(given: Priced, budget: float, name: str, choice: Choice, after: NextStep | None) -> dict[str, Any]:
    held, people = choice.held, _people(given)
    cost = _amount(pl.concat([given.fixed_rows, _of_posts(given, held)]))
    told = after if name == LIKELY else None
    return {
        "prices": name, "budget": budget, "fixed": given.off[name],
        "cost": given.off[name] + float(given.prices[name][held].sum()), "low": cost.low, "value": cost.value, "high": cost.high,
        "people": float(people[held].sum()), "people_planned": float(people.sum()), "posts": len(held),
        "posts_held": int(held.sum()), "status": "optimal" if choice.proven else "feasible",
        "next_money": told and told.money, "next_priority": told and told.priority, "next_unit_days": told and told.unit_days,
        "next_posts": told and ";".join(given.posts.frame["post"][int(post)] for post in told.taken),
        "next_instead_of": (told and ";".join(given.posts.frame["post"][int(post)] for post in told.given_up)) or None,
    }  # fmt: skip


def _fills(given: Priced, name: str, choice: Choice) -> list[dict[str, Any]]:
    posts = given.posts
    held, planned = filled_by(posts, choice.held), filled_by(posts, np.ones(posts.frame.height, dtype=bool))
    return [
        {"prices": name, "priority": priority, "required": required, "others": posts.others.get(priority, 0.0),
         "planned": planned[priority], "held": held[priority], "bound": max(held[priority], choice.bound[priority])}
        for priority, required in posts.required.items()
    ]  # fmt: skip


def _post_rows(given: Priced, order: list[tuple[int, float]], choices: Mapping[str, Choice]) -> list[dict[str, Any]]:
    """Posts in the order in which they come as money grows, with what there is when they are held."""
    posts, people = given.posts, _people(given)
    priced = combined(_of_posts(given), ["post"])
    sums = {int(post): (low, high) for post, low, high in priced.select("post", "low", "high").iter_rows()}
    money, there = given.off[LIKELY], 0.0
    filled = {priority: posts.others.get(priority, 0.0) for priority in posts.required}
    rows = []
    for step, (post, more) in enumerate(order, start=1):
        told = posts.frame.row(post, named=True)
        price, priority = float(given.prices[LIKELY][post]), told["priority"]
        low, high = sums.get(post, (0.0, 0.0))
        money, there = money + price, there + float(people[post])
        filled[priority] += more
        required = posts.required[priority]
        rows.append({
            "step": step, **{name: told[name] for name in (
                "post", "line", "priority", "component", "location", "nations", "tours", "from_day", "until_day")},
            "people": float(people[post]), "unit_days": more, "low": low, "value": price, "high": high, "budget": money,
            "fill": filled[priority] / required if required else 1.0, "people_held": there,
            **{column: bool(choices[name].held[post]) if choices else None
               for column, name in (("held_low", "low"), ("held", LIKELY), ("held_high", "high"))},
        })  # fmt: skip
    return rows


def _camps(scenario: Scenario, given: Priced, choice: Choice) -> list[str]:
    """What camps of the force that is held alone would cost, beside its share of those of the whole."""
    held = np.flatnonzero(choice.held).tolist()
    tours = given.posts.tours.filter(pl.col("post").is_in(held)).drop("post")
    shared = float(_of_posts(given, choice.held).filter(pl.col("item") == "base_build")["value"].sum())
    used = with_rates(scenario, of_bases(scenario, tours, measured(scenario, tours, None)))
    own = float((used["quantity"] * used["value"]).sum() or 0.0)
    if abs(own - shared) < 1.0:
        return []
    much = f"{abs(own - shared) / 1e6:,.0f} million {'more' if own > shared else 'less'}"
    return [f"Camps are priced as the plan's, by person-days; camps for the force held alone would cost {much}."]


def with_afford(plan: Plan, found: Affordable) -> Plan:
    """Return the plan with the frames of a budget, and with what they rest on."""
    return replace(plan, provenance={**plan.provenance, "budget": found.basis}, **found.frames)  # type: ignore[arg-type]
