"""What breaks it: without whom the force keeps how much, at once and after the best reaction."""

from typing import Any

from contingent.plan import Plan
from contingent.report.chance import between
from contingent.report.html.lasts import drawn
from contingent.report.stress import (
    NATION,
    PAIR,
    PROVEN,
    alone,
    cases,
    examined_words,
    first_priority,
    floor_words,
    has_stress,
    kind_words,
    names_in,
    nation_name,
    pairs,
    proof_label,
    shapley_of,
    stress_sentences,
    worst_sets,
)
from contingent.report.stress_charts import loss_tornado, pair_matrix, shapley_dots
from contingent.report.words import d_day, grouped, percent

Row = dict[str, Any]

MOST_CASES = 400
"""Rows of the table of cases; what is beyond is counted, and stands in stress.csv."""


def contents(plan: Plan) -> dict[str, Any]:
    """Return what the page's section on stress is filled with; None where the plan was not stressed."""
    return {"breaks": breaks(plan) if has_stress(plan) else None}


def breaks(plan: Plan) -> Row:
    """Return sentences, charts and tables of stress."""
    priority = first_priority(plan) or 1
    single, double, shares = alone(plan, priority), pairs(plan, priority), shapley_of(plan, priority)
    lost = "What is left without each nation alone, at once and after the best reaction. " + " ".join(
        f"{names_in(plan, row['nations'])}: {percent(row['no_reaction'])}, {percent(row['best_reaction'])}." for row in single
    )
    worth = "Share of each nation in what is held. " + " ".join(
        f"{nation_name(plan, row['nation'])}: {percent(row['value'])}." for row in shares
    )
    both = "What is left without each pair of nations. " + " ".join(
        f"{names_in(plan, row['nations'])}: {percent(row['best_reaction'])}." for row in double[:10]
    )
    told = _case_rows(plan)
    return {
        "priority": priority,
        "sentences": stress_sentences(plan),
        "tornado": drawn(lambda size: loss_tornado(plan, priority, size=size), lost) if single else None,
        "pairs": drawn(lambda size: pair_matrix(plan, priority, size=size), both) if double else None,
        "shapley": drawn(lambda size: shapley_dots(plan, priority, size=size), worth) if shares else None,
        "orders": grouped(max((row["orders"] for row in shares), default=0)),
        "worst": [_worst_row(plan, row) for row in worst_sets(plan, priority)],
        "smallest": [_smallest_row(plan, row) for row in plan.stress_smallest.iter_rows(named=True)],
        "participation": [_participation_row(row) for row in plan.participation.sort("priority").iter_rows(named=True)],
        "named": [row for row in told if row["is_named"]],
        "cases": told[:MOST_CASES],
        "cases_left_out": max(0, len(told) - MOST_CASES),
    }


def interval(best: float | None, bound: float | None) -> str:
    """Return what the best reaction keeps, and what no plan can exceed where that is more.

    >>> interval(0.594, 0.612).replace(chr(8239), " "), interval(0.5, 0.5).replace(chr(8239), " ")
    ('59 %, at most 61 %', '50 %')
    """
    if best is None:
        return "–"
    if bound is None or bound - best <= 1e-9:
        return percent(best)
    return f"{percent(best)}, at most {percent(bound)}"


def _worst_row(plan: Plan, row: Row) -> Row:
    return {
        "together": row["together"],
        "who": names_in(plan, row["nations"]),
        "no_reaction": percent(row["no_reaction"]),
        "kept": interval(row["best_reaction"], row["bound"]),
        "proof": floor_words(row),
        "examined": examined_words(row),
    }


def _smallest_row(plan: Plan, row: Row) -> Row:
    found = row["count"] is not None or row["status"] in PROVEN
    return {
        "priority": row["priority"],
        "threshold": percent(row["threshold"]),
        "count": "none found" if row["count"] is None else grouped(row["count"]),
        "who": names_in(plan, row["nations"]) or "–",
        "no_reaction": "–" if row["no_reaction"] is None else percent(row["no_reaction"]),
        "kept": interval(row["best_reaction"], row["bound"]),
        "proof": proof_label(row["status"]) if found else "not proven that there is none",
    }


def _participation_row(row: Row) -> Row:
    return {
        "priority": row["priority"],
        "planned": percent(row["planned"]),
        "mean": percent(row["mean"]),
        "between": between(row["p05"], row["p95"]),
        "draws": grouped(row["draws"]),
    }


def _case_rows(plan: Plan) -> list[Row]:
    """Named what-ifs first, then nations alone and pairs, each by priority."""
    battery = plan.stress.to_dicts()
    ordered = [*cases(plan), *(row for kind in (NATION, PAIR) for row in battery if row["kind"] == kind)]
    return [
        {
            "case": row["case"],
            "is_named": row["kind"] not in (NATION, PAIR),
            "title": row["title"],
            "kind": kind_words(row["kind"]),
            "from_day": d_day(row["from_day"]),
            "priority": row["priority"],
            "sign": sign_of_loss(row["planned"], row["best_reaction"]),
            "planned": percent(row["planned"]),
            "no_reaction": percent(row["no_reaction"]),
            "kept": interval(row["best_reaction"], row["bound"]),
            "tours_lost": grouped(row["tours_lost"]),
            "tours_changed": grouped(row["tours_changed"]),
            "proof": proof_label(row["status"]),
        }
        for row in ordered
    ]


def sign_of_loss(planned: float, kept: float) -> str:
    """Return the sign of what a case costs: next to nothing, some, a tenth of the requirement or more.

    >>> sign_of_loss(0.9, 0.899), sign_of_loss(0.9, 0.85), sign_of_loss(0.9, 0.8)
    ('●', '◐', '○')
    """
    lost = planned - kept
    return "●" if lost < 0.005 else "◐" if lost < 0.1 - 1e-9 else "○"
