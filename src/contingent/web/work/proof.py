"""What a job says of the promises of the plan that it made, or was asked to verify."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.pipeline import verify
from contingent.plan import Plan

MOST_FINDINGS = 200
"""Findings that are kept with a job; of more, how many there are."""


@dataclass(frozen=True, slots=True)
class Promises:
    """What of a plan does not hold.

    Parameters
    ----------
    state : {"known", "waits", "unknown"}
        Whether that is known, is being recomputed, or nobody has asked for it.
    broken : int
        How many promises are broken.
    findings : tuple of Finding
        Which, up to `MOST_FINDINGS`.
    """

    state: Literal["known", "waits", "unknown"]
    broken: int = 0
    findings: tuple[Finding, ...] = ()


def verified(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Recompute every promise of a plan with no solver, and return what its job says of them."""
    findings = verify(scenario, plan)
    return {"broken": len(findings), "findings": [asdict(each) for each in findings[:MOST_FINDINGS]]}


def read_from(result: Mapping[str, Any]) -> Promises | None:
    """Return what a job said, from its result; None where it says nothing of promises."""
    if "broken" not in result:
        return None
    return Promises("known", int(result["broken"]), tuple(Finding(**each) for each in result["findings"]))
