"""The engine and a plain model of the same words agree on projects drawn at random, with every rule in them."""

import polars as pl
import pytest
from tests.simulation.marathon.plain_model import Plain
from tests.simulation.marathon.random_projects import SRCS, project

from contingent.simulation.marathon import run
from contingent.simulation.marathon.scope import scope_of

ORDER = tuple(reversed(SRCS))
SEEN_IN_ALL = (
    "follow-on",
    "substitution",
    "waiting",
    "cannibalized",
    "used at the start",
    "second tour",
    "period change",
    "overlap",
)


def compared(seed: int) -> set[str]:
    """Compare one project; return which rules were met in it."""
    drawn = project(seed)
    wanted = {demand.src for demand in scope_of(drawn).demands}
    found = run(drawn, src_order=[src for src in ORDER if src in wanted])
    plain = Plain(drawn, ORDER).run()
    assert found.deployments.rows() == plain.deployments, seed
    assert found.demand_fill.rows() == plain.fills, seed
    assert found.days.tolist() == plain.days, seed
    trace = found.trace()
    most = {policy.name: policy.max_bog for policy in drawn.policies}
    if trace.is_empty():
        return set()
    met = {
        "follow-on": found.deployments["follow_on"].any(),
        "substitution": (found.deployments["fill_type"] == "Substitution").any(),
        "waiting": (trace["state"] == "waiting").any(),
        "cannibalized": (trace["state"] == "cannibalized").any(),
        "used at the start": drawn.parameters.prefill and any(row[0] <= 1 and row[7] < most[row[9]] for row in plain.deployments),
        "second tour": (found.deployments["deployment_count"] > 1).any(),
        "period change": trace.group_by("unit").agg(pl.col("atomic_policy").n_unique())["atomic_policy"].max() > 1,
        "overlap": (found.demand_fill["overlapping"] != "").any(),
    }
    return {name for name, is_met in met.items() if is_met}


@pytest.mark.parametrize("block", range(4))
def test_a_hundred_projects_agree(block: int) -> None:
    met = [compared(seed) for seed in range(100 * block, 100 * block + 100)]
    for name in SEEN_IN_ALL:
        assert sum(name in rules for rules in met) >= 5, name


@pytest.mark.slow
def test_thousands_of_projects_agree() -> None:
    for seed in range(10_000, 14_000):
        compared(seed)
