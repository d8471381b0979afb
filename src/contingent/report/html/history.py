"""A plan of a past mission held against what came: one chart, hits and misses."""

from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.hindsight import look_back, strength_by_day
from contingent.report.history import PARTS, has_history, is_met, range_words, sentences_of, signed_share
from contingent.report.history_charts import history_chart
from contingent.report.html.lasts import drawn
from contingent.report.words import grouped

Row = dict[str, Any]

TOLD = {"present": "", "peak": "at most"}
"""What a record says of its day."""


def contents(scenario: Scenario, plan: Plan) -> Row:
    """Return what the page's section on history is filled with; None where the scenario tells of none."""
    return {"history": _held_against(scenario, plan) if has_history(scenario) else None}


def _held_against(scenario: Scenario, plan: Plan) -> Row:
    found = look_back(scenario, plan)
    sentences = sentences_of(found)
    steps = strength_by_day(scenario, plan)
    label = f"People planned, and people who came, by day. {' '.join(sentences)}"
    strength = found.strength.to_dicts()
    return {
        "sentences": sentences,
        "chart": drawn(lambda size: history_chart(found, steps, scenario.horizon, size=size), label) if strength else None,
        "has_peak": any(row["told"] == "peak" and row["part"] is None for row in strength),
        "strength": [
            {
                "record": row["record"], "date": row["date"], "part": PARTS[row["part"]], "told": TOLD[row["told"]],
                "planned": grouped(row["planned"]), "expected": grouped(row["expected"]), "came": range_words(row),
                "error": signed_share(row["error_share"]).replace("-", "−"), "verdict": row["verdict"],
                "sign": _sign(row["verdict"]), "source": row["source"], "confidence": row["confidence"],
            }
            for row in strength
        ],
        "asked": [
            {
                "record": row["record"], "date": row["date"], "asked": grouped(row["asked"]), "planned": grouped(row["planned"]),
                "came": "–" if row["came"] is None else grouped(row["came"]), "source": row["source"],
            }
            for row in found.asked.to_dicts()
        ],
        "nations": [
            {
                "nation": row["nation"], "name": row["name"], "announced": grouped(row["announced"]),
                "planned": grouped(row["planned"]), "expected": grouped(row["expected"]),
                "came": "–" if row["came"] is None else range_words(row), "date": row["date"],
                "told": "" if row["told"] is None else TOLD[row["told"]], "verdict": row["verdict"],
                "sign": _sign(row["verdict"]), "source": row["source"],
            }
            for row in found.nations.sort("planned", "nation", descending=[True, False]).to_dicts()
        ],
    }  # fmt: skip


def _sign(verdict: str) -> str:
    """A sign of a verdict: met, missed, nothing told."""
    return "●" if is_met(verdict) else "–" if verdict in ("not found", "not needed") else "○"
