"""Frames of a plan to be taken along: what a page of movement, supply or cost draws, as CSV, and by nation.

A frame is handed out as the viewer may see it, and as the plan's own folder has it, so that both read alike.
"""

import dataclasses
import re
from collections.abc import Callable, Mapping, Sequence

import polars as pl
from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from markupsafe import Markup, escape

from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, Plan
from contingent.web.frame import page
from contingent.web.view import View, view_of

BY_MOVEMENT = ("legs", "bottlenecks")
"""Frames whose rows belong to the nation that moves."""


def of_nation(plan: Plan, nation: str, names: Sequence[str]) -> Plan:
    """Return a plan with the frames named cut to a nation's rows; those that name no nation stay as they are.

    Parameters
    ----------
    nation : str
        Whose rows; blank = everybody's.
    names : sequence of str
        Frames that are cut.
    """
    if not nation:
        return plan
    moves = plan.movements.filter(pl.col("nation") == nation)["movement"].to_list()
    cut: dict[str, pl.DataFrame] = {}
    for name in names:
        table: pl.DataFrame = getattr(plan, name)
        if "nation" in table.columns:
            cut[name] = table.filter(pl.col("nation") == nation)
        elif name in BY_MOVEMENT:
            cut[name] = table.filter(pl.col("movement").is_in(moves))
    return dataclasses.replace(plan, **cut)  # type: ignore[arg-type]


def nations_in(plan: Plan, scenario: Scenario, name: str) -> list[tuple[str, str]]:
    """Return the nations that a frame names, each with its name in words."""
    table: pl.DataFrame = getattr(plan, name)
    names = {row.nation: row.name for row in scenario.nations}
    return [(nation, names.get(nation, nation)) for nation in sorted(set(table["nation"].drop_nulls().to_list()))]


def frame_rows(plan: Plan, names: Sequence[str]) -> list[tuple[str, int]]:
    """Return the frames named that hold anything, each with its rows."""
    return [(name, height) for name in names if (height := getattr(plan, name).height)]


def frame_as_csv(request: Request, name: str, *, offered: Mapping[str, str], nation: str) -> Response:
    """Hand out a frame of the plan chosen as CSV.

    Parameters
    ----------
    name : str
        Which.
    offered : mapping of str to str
        Frames that the page hands out.
    nation : str
        Whose rows; blank = all that the viewer may see.
    """
    view = view_of(request)
    if name not in offered or view.plan is None or view.stored is None:
        return page(request, "no-such-table.html", status=404, view=view)
    plan = of_nation(view.plan, nation, (name,))
    table: pl.DataFrame = getattr(plan, name)
    ending = f"-{nation}" if nation and nation.isalnum() else ""
    headers = {"Content-Disposition": f'attachment; filename="{name}-plan-{view.stored.id}{ending}.csv"'}
    return PlainTextResponse(table.select(list(COLUMNS[name])).write_csv(), media_type="text/csv; charset=utf-8", headers=headers)


def citations(view: View) -> Callable[[str | None], Markup]:
    """Return a function that turns the ``[key]`` of each source named in a text into a link to what rests on that source."""
    assert view.scenario is not None
    known = {row.reference for row in view.scenario.references}

    def cited(text: str | None) -> Markup:
        parts = re.split(r"\[([^\[\]]+)\]", text or "")
        linked = [
            Markup('[<a href="{}">{}</a>]').format(view.at("/sources", {"text": part}), part)
            if at % 2 and part in known
            else escape(f"[{part}]" if at % 2 else part)
            for at, part in enumerate(parts)
        ]
        return Markup("").join(linked)

    return cited
