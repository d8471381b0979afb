"""A plan of a past mission and what came, in words: how near, how far off, and how each figure is told."""

from collections.abc import Mapping
from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.hindsight import MET, Hindsight, look_back
from contingent.report.words import grouped, percent

PARTS = {None: "", "ashore": "ashore", "at_sea": "at sea"}
"""What a part of the force is called."""


def has_history(scenario: Scenario | None) -> bool:
    """Whether a scenario tells what happened."""
    return scenario is not None and bool(scenario.history)


def history_sentences(scenario: Scenario | None, plan: Plan, *, most: int | None = None) -> list[str]:
    """Return how near the plan is to what came, in sentences; none where nobody tells what came.

    Parameters
    ----------
    most : int, optional
        Most sentences that are returned.
    """
    if scenario is None or not has_history(scenario):
        return []
    return sentences_of(look_back(scenario, plan))[:most]


def sentences_of(found: Hindsight) -> list[str]:
    """Return what a look back says in sentences."""
    told = found.summary
    said = []
    counts = ("near", "records", "nations_near", "nations_told")
    near, records, nations, nations_told = (round(told[name] or 0) for name in counts)
    parts = [f"{near} of {records} strengths of the force"] if records else []
    parts += [f"{nations} of {nations_told} nations"] if nations_told else []
    if parts:
        said.append(f"Of what came, the plan is near {' and '.join(parts)}.")
    if told["mean_absolute_error_share"] is not None and told["worst_error_share"] is not None:
        off, worst = percent(told["mean_absolute_error_share"]), percent(told["worst_error_share"])
        said.append(f"On average it is off by {off} of the strength that came, at worst by {worst}.")
    if told["expected_mean_absolute_error_share"] is not None:
        share = percent(told["expected_mean_absolute_error_share"])
        said.append(f"With each offer weighted by its probability it is off by {share} on average.")
    if (late := told["mean_days_late"]) is not None and round(late):
        said.append(f"The force came {abs(round(late))} days {'later' if late > 0 else 'sooner'} than planned, on average.")
    return said


def range_words(row: Mapping[str, Any]) -> str:
    """Return what came, with its range where that says more.

    >>> range_words({"came": 9, "low": 9, "high": 9}), range_words({"came": 9, "low": 8, "high": 9})
    ('9', '9 (8 to 9)')
    """
    came, low, high = (grouped(row[name]) for name in ("came", "low", "high"))
    return came if row["low"] == row["high"] else f"{came} ({low} to {high})"


def signed_share(share: float | None) -> str:
    """Return a share with its sign: what was planned beyond what came.

    >>> signed_share(0.284), signed_share(-0.1), signed_share(None)
    ('+28 %', '-10 %', '')
    """
    return "" if share is None else f"{share * 100:+.0f} %"


def is_met(verdict: str) -> bool:
    """Whether a verdict says that it came about as planned.

    >>> is_met("near"), is_met("fewer came")
    (True, False)
    """
    return verdict in MET
