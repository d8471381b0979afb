"""The command that says what a plan costs, and whom: `cost`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from contingent.cli.endings import BadCall
from contingent.cli.plan_given import PlanGiven, folder_of_plan, keep, plan_in, plan_now, scenario_given, where_kept
from contingent.cli.screen import console, say, write_json
from contingent.cli.tables import print_rows
from contingent.cost import Cost, CostOptions, cost, with_cost
from contingent.cost.funding import shares_of
from contingent.findings import nearest_name
from contingent.model.scenario import Scenario
from contingent.plan.money import DAYS_A_YEAR, SCHEMES, combined
from contingent.plan.plan import PlanOptions
from contingent.report.words import grouped

MILLION = 1e6

SHORT_NAMES = {"fall": SCHEMES[0], "common": SCHEMES[1], "reimbursement": SCHEMES[2]}
"""Schemes as they may be named on the command line."""


@dataclass(frozen=True)
class CostRequest:
    """What is to be costed, and how it is shared, as it was asked for on the command line."""

    place: str
    option: str | None = None
    scheme: str | None = None
    key: str | None = None
    common: Sequence[str] = ()

    def options(self) -> CostOptions:
        """How costs are shared.

        Raises
        ------
        BadCall
            If an item is named that nothing is paid for.
        """
        try:
            return CostOptions(key=self.key, **({} if not self.common else {"common": _items(self.common)}))  # type: ignore[arg-type]
        except ValueError as error:
            raise BadCall(str(error)) from error

    def schemes(self) -> tuple[str, ...]:
        """The schemes that are told: the one that was asked for, or all.

        Raises
        ------
        BadCall
            If there is no such scheme.
        """
        if self.scheme is None:
            return SCHEMES
        named = SHORT_NAMES.get(self.scheme, self.scheme)
        if named not in SCHEMES:
            nearest = nearest_name(self.scheme, [*SHORT_NAMES, *SCHEMES])
            hint = f" Nearest: '{nearest}'." if nearest else ""
            raise BadCall(f"'{self.scheme}' is not a scheme of funding.{hint} Schemes: {', '.join(SHORT_NAMES)}.")
        return (named,)


def _items(common: Sequence[str]) -> str | tuple[str, ...]:
    return "all" if "all" in common else tuple(common)


def cost_command(request: CostRequest, *, out: Path | None, as_json: bool) -> None:
    """Cost a plan that was made, or one that is made now; print what it costs whom, and keep it with the plan."""
    options, schemes = request.options(), request.schemes()
    folder = folder_of_plan(request.place)
    target = where_kept(out, folder)
    given = _planned_now(request) if folder is None else plan_in(folder, option=request.option)
    scenario, plan = given.scenario, given.plan
    found = cost(
        scenario, plan.tours, plan.option, movements=plan.movements, legs=plan.legs, supply=plan.supply, options=options)
    written = keep(given, with_cost(plan, found), target)
    if as_json:
        bills = found.bills.filter(pl.col("scheme").is_in(schemes))
        content = {
            "title": plan.title, "option": plan.option, "currency": scenario.settings.currency, "notes": list(found.notes),
            "basis": dict(found.basis), **{name: frame.to_dicts() for name, frame in (found.frames | {"bills": bills}).items()},
            "seconds": found.seconds,
        }  # fmt: skip
        write_json(content if target is None else content | {"out": str(target)})
        return
    print_cost(scenario, found, schemes)
    for path in written:
        say(f"Written: {path}")


def _planned_now(request: CostRequest) -> PlanGiven:
    scenario = scenario_given(request.place)
    shares_of(scenario, request.options())  # so that an unknown key is told before anything is planned
    return plan_now(request.place, scenario, PlanOptions(option=request.option, replications=0))


def print_cost(scenario: Scenario, found: Cost, schemes: Sequence[str] = SCHEMES) -> None:
    """Print what a plan costs in all, by year and item, each nation's bill, published costs beside it, and what was left out."""
    currency = scenario.settings.currency
    if found.costs.is_empty():
        for note in found.notes:
            say(note)
        return
    years = scenario.settings.horizon_days / DAYS_A_YEAR
    total = combined(found.costs, []).row(0, named=True)
    value, low, high, least, most = (_millions(total[name]) for name in ("value", "low", "high", "plain_low", "plain_high"))
    say(f"{value} million {currency} in all, {_millions(total['value'] / years)} million a year.")
    say(f"Rates independent of each other: {low} to {high} million; all low, or all high at once: {least} to {most}.\n")
    screen = console()
    columns = (f"million {currency}", "value", "low", "high")
    for title, by in (("By year", "year"), ("By item", "item"), ("By component", "component")):
        rows = combined(found.costs, [by]).sort("value" if by != "year" else "year", descending=by != "year")
        shown = [(str(row[by]).replace("_", " "), *(_millions(row[name]) for name in columns[1:])) for row in rows.to_dicts()]
        print_rows(screen, title, columns, shown)
    _print_bills(scenario, found, schemes, years=years)
    checks = [
        (row["check"], row["unit"], *(None if row[name] is None else grouped(row[name], places=0) for name in
         ("published_low", "published_high", "ours_low", "ours", "ours_high")), row["verdict"])
        for row in found.cost_checks.to_dicts()
    ]  # fmt: skip
    heads = ("what", "unit", "published", "to", "ours, low", "ours", "ours, high", "verdict")
    print_rows(screen, "Published costs, at prices of 2025, beside ours", heads, checks)
    for note in found.notes:
        say(note)


def _print_bills(scenario: Scenario, found: Cost, schemes: Sequence[str], *, years: float) -> None:
    """Each nation's bill a year under each scheme, the largest first."""
    names = {row.nation: row.name for row in scenario.nations}
    totals = found.bills.group_by("scheme", "nation", maintain_order=True).agg(pl.col("value").sum())
    by_scheme = {
        scheme: dict(totals.filter(pl.col("scheme") == scheme).select("nation", "value").iter_rows()) for scheme in schemes
    }
    nations = sorted({nation for bills in by_scheme.values() for nation in bills},
                     key=lambda nation: (-by_scheme[schemes[0]].get(nation, 0.0), nation))  # fmt: skip
    rows = [
        (names.get(nation, nation), *(_millions(by_scheme[scheme].get(nation, 0.0) / years) for scheme in schemes))
        for nation in nations
    ]
    title = f"Each nation's bill a year, million {scenario.settings.currency}; shared by {found.basis['key']}, in common: "
    items = ", ".join(str(item).replace("_", " ") for item in found.basis["common"])
    print_rows(console(), title + items, ("nation", *schemes), rows)


def _millions(value: float) -> str:
    amount = value / MILLION
    return grouped(amount, places=0 if abs(amount) >= 100 else 1)
