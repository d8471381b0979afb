"""Published figures and past missions worked out anew, hits and misses: what a page on validation is made from.

    sizing      past missions sized by the methods of the mandate, beside what was sent          `missions`
    rotation    published figures of rotation, beside the same from their own inputs             `contingent.ceiling`
    aid         totals that were published, beside the sum of the announcements in the ledger    `reassurance`
    history     past missions planned from what was known, beside what came                      `unifil-2006`, `interfet-1999`
    cost        published costs, beside those of a plan; takes half a minute, so only if asked   `reassurance`

One function is one case. A hit keeps the rule of its row; everything else is a miss, and both are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from contingent.aid.ledger import keep_ledger
from contingent.aid.tables import aid_tables
from contingent.ceiling.plain_force import published_studies
from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.io.scenario_reader import read_scenario
from contingent.pipeline import derive, make_plan
from contingent.plan.hindsight import MET, NEAR, look_back
from contingent.plan.plan import PlanOptions
from contingent.sizing import backcast

FACTOR = 2.0
"""A mission is met if what is sized lies within this factor of what was sent. [-]"""

CLOSE = 0.05
"""A published figure is met within this share of it. [-]"""

ROUNDING = 1e-9

MISSIONS, COALITION, HISTORIES = "missions", "reassurance", ("unifil-2006", "interfet-1999")
"""Scenarios of the package on which the cases stand."""

COLUMNS: dict[str, Any] = {
    "case": pl.String, "item": pl.String, "title": pl.String, "measure": pl.String, "unit": pl.String, "theirs_low": pl.Float64,
    "theirs_high": pl.Float64, "ours": pl.Float64, "ratio": pl.Float64, "verdict": pl.String, "rule": pl.String, "why": pl.String,
    "source": pl.String, "confidence": pl.String, "command": pl.String,
}  # fmt: skip
"""Columns of what was held against what was published.

theirs_low, theirs_high   as published or told; one figure is its own range
ours, ratio               as worked out here; ours over the nearest end of theirs, 1 within it
verdict, rule             hit or miss, and what makes a hit
command                   repeats it
"""


@dataclass(frozen=True)
class Validation:
    """Published figures beside ours. Frozen.

    Parameters
    ----------
    checks : polars.DataFrame
        One row a figure, as in `COLUMNS`.
    summary : polars.DataFrame
        One row a case: ``case``, ``checks``, ``hits``, ``misses``, ``command``.
    """

    checks: pl.DataFrame
    summary: pl.DataFrame


def validate(cases: Sequence[str] | None = None) -> Validation:
    """Work published figures and past missions out anew.

    Parameters
    ----------
    cases : sequence of str, optional
        Cases as in `CASES`; None = those of `QUICK`.

    Raises
    ------
    UnknownName
        If there is no such case.
    """
    wanted = QUICK if cases is None else tuple(dict.fromkeys(cases))
    for name in wanted:
        if name not in CASES:
            near = nearest_name(name, CASES)
            nearest = "" if near is None else f" Nearest: '{near}'."
            raise UnknownName(f"'{name}' is not a case of validation. Cases: {', '.join(CASES)}.{nearest}")
    checks = pl.DataFrame([row for name in CASES if name in wanted for row in CASES[name]()], schema=COLUMNS, orient="row")
    summary = checks.group_by("case", maintain_order=True).agg(
        pl.len().cast(pl.Int64).alias("checks"),
        (pl.col("verdict") == "hit").sum().cast(pl.Int64).alias("hits"),
        (pl.col("verdict") == "miss").sum().cast(pl.Int64).alias("misses"),
        pl.format("contingent validate --case {}", pl.col("case").first()).alias("command"),
    )
    return Validation(checks, summary)


def _check(case: str, row: dict[str, Any], *, rule: str, within: float = CLOSE, hit: bool | None = None) -> dict[str, Any]:
    """A row of `COLUMNS`: a hit as is said, or if ours over the nearest end of theirs lies within so much of 1, either way."""
    low, high, ours = row["theirs_low"], row["theirs_high"], row["ours"]
    nearest = min(max(ours, low), high)
    ratio = 1.0 if nearest == ours else ours / nearest if nearest else None
    if hit is None:
        hit = ratio is not None and 1 / (1 + within) - ROUNDING <= ratio <= 1 + within + ROUNDING
    return {"case": case, "ratio": ratio, "verdict": "hit" if hit else "miss", "rule": rule} | row


def _sizing() -> list[dict[str, Any]]:
    """Each past mission, sized from its mandate, beside what was sent."""
    missions = read_scenario(MISSIONS)
    kinds = {row.option: row.description for row in missions.options}
    return [
        _check(
            "sizing",
            {
                "item": row["mission"], "title": row["title"], "measure": "strength", "unit": "people",
                "theirs_low": float(row["sent"]), "theirs_high": float(row["sent"]), "ours": float(row["sized"]),
                "why": kinds[row["mission"]], "source": row["source"], "confidence": row["confidence"],
                "command": f"contingent size {MISSIONS} --option {row['mission']}",
            },
            within=FACTOR - 1, rule="within a factor of two",
        )
        for row in backcast(missions).iter_rows(named=True)
    ]  # fmt: skip


def _rotation() -> list[dict[str, Any]]:
    """Each published figure of rotation, beside the same from its own inputs."""
    return [
        _check(
            "rotation",
            {
                "item": row["study"], "title": row["title"], "measure": row["measure"], "unit": "units or people",
                "theirs_low": row["theirs_low"], "theirs_high": row["theirs_high"], "ours": row["ours"], "why": row["why"],
                "source": row["source"], "confidence": row["confidence"], "command": "contingent validate --case rotation",
            },
            rule="within a twentieth",
        )
        for row in published_studies().iter_rows(named=True)
    ]  # fmt: skip


def _aid() -> list[dict[str, Any]]:
    """Each published total of a meeting, beside the sum of what its donors announced there, as the ledger has it."""
    scenario = read_scenario(COALITION)
    ledger = keep_ledger(aid_tables(scenario)).ledger
    sums = dict(ledger.filter("counted").group_by("event").agg(pl.col("promised_eur_m").sum()).iter_rows())
    return [
        _check(
            "aid",
            {
                "item": row.pledge, "title": f"{row.item}, beside the sum of its announcements", "measure": "promised",
                "unit": "million EUR", "theirs_low": row.value_eur_m, "theirs_high": row.value_eur_m,
                "ours": float(sums.get(row.event, 0.0)), "why": row.why_not, "source": row.source, "confidence": row.confidence,
                "command": f"contingent aid {COALITION} --json",
            },
            rule="within a twentieth",
        )
        for row in scenario.pledges
        if row.kind == "aggregate" and row.event is not None and row.value_eur_m is not None
    ]  # fmt: skip


def _history() -> list[dict[str, Any]]:
    """Each past mission that can be planned, beside what came: the force day by day, and each nation of which it is told."""
    return [check for place in HISTORIES for check in _history_of(place)]


def _history_of(place: str) -> list[dict[str, Any]]:
    scenario = derive(read_scenario(place))
    found = look_back(scenario, make_plan(scenario, PlanOptions(remedies=False, replications=0, onward=False, aid=False)))
    told = [(f"{place}: {row['record']}", "strength", row) for row in found.strength.iter_rows(named=True)]
    told += [
        (f"{place}: {row['nation']}", "strength of a nation", row)
        for row in found.nations.iter_rows(named=True) if row["came"] is not None
    ]  # fmt: skip
    return [
        _check(
            "history",
            {
                "item": item, "title": f"{scenario.settings.title}, {row['date']}", "measure": measure, "unit": "people",
                "theirs_low": float(row["low"]), "theirs_high": float(row["high"]), "ours": float(row["planned"]),
                "why": row["verdict"], "source": row["source"], "confidence": row["confidence"],
                "command": f"contingent history {place}",
            },
            rule=f"within the range that was told, or within {NEAR:.0%} of the figure", hit=row["verdict"] in MET,
        )
        for item, measure, row in told
    ]  # fmt: skip


def _cost() -> list[dict[str, Any]]:
    """Each published cost, beside that of a plan of the reassurance force."""
    scenario = derive(read_scenario(COALITION))
    plan = make_plan(scenario, PlanOptions(option="medium", remedies=False, replications=0, aid=False))
    return [
        _check(
            "cost",
            {
                "item": row["check"], "title": row["check"], "measure": "cost", "unit": f"EUR {row['unit']}",
                "theirs_low": row["published_low"], "theirs_high": row["published_high"], "ours": row["ours"],
                "why": row["why"], "source": row["source"], "confidence": None,
                "command": f"contingent cost {COALITION} --option medium",
            },
            rule="the two ranges overlap", hit=row["verdict"] in ("agrees", "ranges overlap"),
        )
        for row in plan.cost_checks.iter_rows(named=True)
        if row["ours"] is not None and row["published_low"] is not None
    ]  # fmt: skip


CASES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "sizing": _sizing, "rotation": _rotation, "aid": _aid, "history": _history, "cost": _cost,
}  # fmt: skip
"""Cases by name, in the order in which they are told."""

QUICK = ("sizing", "rotation", "aid", "history")
"""Cases that are worked out where none is named: seconds."""
