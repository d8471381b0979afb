"""Cost: by year, by item, by nation and year, who pays under each scheme, and how published figures fare."""

import dataclasses
from typing import Annotated, Any

import polars as pl
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.html.paying import paying
from contingent.report.paying import has_costs, money_words, scheme_words, year_words
from contingent.report.words import leading_capital
from contingent.web.frame import page
from contingent.web.frames import citations, frame_as_csv, frame_rows, nations_in, of_nation
from contingent.web.guard import needs
from contingent.web.pages.budget import budget_of
from contingent.web.renewal import Renewed
from contingent.web.view import view_of

router = APIRouter()

Row = dict[str, Any]

TABLES = {
    "costs": "what is paid for, by nation, year and component",
    "bills": "each nation's bill by year under each scheme",
    "cost_checks": "published figures beside ours",
}
"""What this page hands out, and what each is."""

OF_NATION = ("costs", "bills")
"""Frames that are cut to a nation."""

Nation = Annotated[str, Query(max_length=200)]
Figure = Annotated[str, Query(max_length=40)]


@router.get("/cost", include_in_schema=False, dependencies=[Depends(needs("cost.read")), Depends(Renewed())])
def cost(
    request: Request, nation: Nation = "", scheme: Nation = "", budget: Figure = "", year: Figure = ""
) -> HTMLResponse:
    """Show what the force costs and who pays, and what of it a sum of money holds."""
    view = view_of(request)
    if view.scenario is None:
        return page(request, "unreadable.html", view=view)
    scenario, plan = view.scenario, view.plan
    told, by_year, tables, nations, schemes, asked = None, None, [], [], [], None
    if plan is not None and has_costs(plan):
        # What others pay is not seen, so nothing may be set against what others do.
        whose = nation if view.viewer.sees_all else view.viewer.nation or ""
        chosen = of_one(plan, whose)
        nations = nations_in(plan, scenario, "costs")
        schemes = [(name, scheme_words(name)) for name in plan.bills["scheme"].unique(maintain_order=True).to_list()]
        asked = budget_of(view, budget=budget, year=year, nation=nation)
        if request.headers.get("hx-target") == "held":
            return page(request, "parts/held.html", view=view, budget=asked)
        told = view.kept_of_plan("paying", lambda planned, _: paying(planned, chosen), whose) if has_costs(chosen) else None
        by_year = bills_by_year(scenario, chosen, scheme or (schemes[0][0] if schemes else ""))
        tables = frame_rows(chosen, tuple(TABLES))
    return page(
        request,
        "cost.html",
        view=view,
        paying=told,
        by_year=by_year,
        budget=asked,
        cited=citations(view),
        tables=tables,
        about=TABLES,
        nations=nations,
        nation=nation,
        schemes=schemes,
        scheme=scheme,
        of_nation=OF_NATION,
    )


def of_one(plan: Plan, nation: str) -> Plan:
    """Return a plan with the costs of a nation alone, and with nothing that would be held against the costs of all."""
    if not nation:
        return plan
    cut = of_nation(plan, nation, (*OF_NATION, "nations"))
    return dataclasses.replace(cut, cost_checks=plan.cost_checks.clear())


def bills_by_year(scenario: Scenario, plan: Plan, scheme: str) -> Row | None:
    """Return each nation's bill by year under a scheme, the largest first; None where nobody has one."""
    rows = plan.bills.filter(pl.col("scheme") == scheme)
    if rows.height == 0:
        return None
    years = sorted(rows["year"].unique().to_list())
    names = {row.nation: row.name for row in scenario.nations}
    value = {(nation, year): amount for nation, year, amount in rows.select("nation", "year", "value").iter_rows()}
    sums = {nation: sum(value.get((nation, year), 0.0) for year in years) for nation in rows["nation"].unique().to_list()}
    return {
        "scheme": scheme_words(scheme),
        "years": [leading_capital(year_words(year)) for year in years],
        "rows": [
            {
                "nation": nation,
                "name": names.get(nation, ""),
                "cells": [money_words(value[nation, year]) if (nation, year) in value else "–" for year in years],
                "sum": money_words(sums[nation]),
            }
            for nation in sorted(sums, key=lambda each: (-sums[each], each))
        ],
        "sums": [money_words(sum(value.get((nation, year), 0.0) for nation in sums)) for year in years],
        "sum": money_words(sum(sums.values())),
    }


@router.get("/cost/{name}.csv", include_in_schema=False, dependencies=[Depends(needs("cost.read"))])
def table(request: Request, name: str, nation: Nation = "") -> Response:
    """Hand out a table of this page as CSV."""
    return frame_as_csv(request, name, offered=TABLES, nation=nation)
