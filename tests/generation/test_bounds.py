"""What a line pays at given prices, against every purchase there is; what a ceiling takes away, by hand."""

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.generation.test_reasons import line, offer, small_scenario

from contingent.generation import generate
from contingent.generation.bound_kernels import Cells, cheapest_purchase
from contingent.generation.bounds import MOST_STEPS, _in_steps
from contingent.generation.clock import Clock
from contingent.generation.families import families, nations_over_their_ceiling, restrict, within_ceilings
from contingent.generation.fill import Family
from contingent.generation.fill_bounds import FillBound
from contingent.generation.problem import build_problem
from contingent.generation.search import Charges, Search
from contingent.model.rows import Nation, Pin
from contingent.plan import PlanOptions, verify

SHARES = (0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 1.0)
WEIGHT = 3.0


def bought(quantity: int, shares: list[float], prices: list[float]) -> tuple[float, list[float]]:
    """Return what the kernel says that a line pays, and the units that it buys."""
    need, steps = _in_steps(Fraction(quantity), [Fraction(str(share)) for share in shares])
    cells = Cells(
        np.zeros(1, dtype=np.int32), np.array([0, len(shares)], dtype=np.int32), np.array([need], dtype=np.int64),
        np.zeros(len(shares), dtype=np.int32), np.array(shares), np.array(steps, dtype=np.int64), np.zeros(0, dtype=np.int32))
    wanted = np.zeros((len(shares), 1))
    rows = np.array(prices).reshape(-1, 1)
    table, choice = np.zeros(max(1, need) + 1), np.zeros(max(1, need) + 1, dtype=np.int64)
    pays = cheapest_purchase(cells, 0, 0, WEIGHT, float(quantity), rows, wanted, table, choice)
    return float(pays), wanted[:, 0].tolist()


def cost(quantity: int, shares: list[float], prices: list[float], units: tuple[float, ...]) -> float:
    """What some units cost, and what is missed beside them."""
    missed = max(0.0, quantity - sum(share * count for share, count in zip(shares, units, strict=True)))
    return sum(price * count for price, count in zip(prices, units, strict=True)) + WEIGHT * missed


@given(
    quantity=st.integers(1, 3),
    offered=st.dictionaries(st.sampled_from(SHARES), st.floats(0.0, 1.0), min_size=1, max_size=3),
)
def test_a_line_buys_the_cheapest_whole_units_of_all_there_are(quantity: int, offered: dict[float, float]) -> None:
    shares = sorted(offered)
    prices = [offered[share] * WEIGHT * share for share in shares]
    most = [range(math.ceil(quantity / share) + 1) for share in shares]
    least = min(cost(quantity, shares, prices, units) for units in itertools.product(*most))
    pays, units = bought(quantity, shares, prices)
    if _in_steps(Fraction(quantity), [Fraction(str(share)) for share in shares])[0] == 0:
        assert pays <= least + 1e-9  # many steps: parts of units may be bought, which is cheaper at most
        return
    assert pays == pytest.approx(least, abs=1e-9)
    assert all(count == round(count) for count in units)
    assert cost(quantity, shares, prices, tuple(units)) == pytest.approx(pays, abs=1e-9)


def test_two_thirds_of_a_unit_cannot_be_bought() -> None:
    """A unit of 0.6 for 1.2 leaves 0.4 missing at 3 each: 2.4; two cost as much and leave nothing; the relaxation says 2."""
    pays, _ = bought(1, [0.6], [1.2])
    assert pays == pytest.approx(2.4)


def test_a_quantity_of_very_many_steps_is_bought_by_fractions() -> None:
    need, _ = _in_steps(Fraction(50), [Fraction(1, 7), Fraction(1, 3)])
    assert need == 0
    assert MOST_STEPS < 50 * 21
    assert bought(50, [0.7, 0.3], [0.7, 0.6])[0] == pytest.approx(50.0)


def test_a_ceiling_takes_away_the_lowest_priority_and_leaves_pins() -> None:
    """A ceiling of 200 leaves room for two units of 100: the pinned one, of priority 3, and the one of priority 1."""
    scenario = small_scenario(
        offers=(offer("FRA", 3, dwell_ratio=0), offer("GBR", 1, dwell_ratio=0)),
        lines=(line("1", priority=1), line("2", priority=2), line("3", priority=3)),
        days=180,
        nations=(Nation(nation="FRA", name="France", personnel_ceiling=200), Nation(nation="GBR", name="Britain")),
        pins=(Pin(offer="FRA-guard", line="3", from_day=0, quantity=1),),
    )
    problem = build_problem(scenario, None)
    arcs = {(problem.offers[k].nation, problem.lines[r].line): arc
            for arc, (k, r) in enumerate(zip(problem.arc_offer.tolist(), problem.arc_line.tolist(), strict=True))}
    counts = {(arcs["FRA", name], 0): 1 for name in "123"} | {(arcs["GBR", "2"], 0): 1}
    assert nations_over_their_ceiling(problem, counts) == {0}
    kept = within_ceilings(problem, counts)
    assert kept == {(arcs["FRA", "1"], 0): 1, (arcs["FRA", "3"], 0): 1, (arcs["GBR", "2"], 0): 1}
    assert nations_over_their_ceiling(problem, kept) == frozenset()


def test_families_part_only_what_no_unit_and_no_tied_nation_joins() -> None:
    scenario = small_scenario(
        offers=(offer("FRA"), offer("FRA", offer="FRA-medic", unit_type="medic"), offer("GBR", unit_type="medic")),
        lines=(line("1"), line("2", capability="care")),
    )
    problem = build_problem(scenario, None)
    assert [lines.tolist() for lines in families(problem, frozenset())] == [[0], [1]]
    assert [lines.tolist() for lines in families(problem, frozenset({problem.nations.index("FRA")}))] == [[0, 1]]
    part, arcs = restrict(problem, families(problem, frozenset())[1])
    assert [row.line for row in part.lines] == ["2"]
    assert {problem.offers[k].unit_type for k in problem.arc_offer[arcs]} == {"medic"}


def test_a_problem_too_large_to_bound_as_a_whole_is_planned_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The ceiling ties two families; their own bounds hold for both together, and no others are looked for."""
    scenario = small_scenario(
        offers=(offer("FRA", 2), offer("FRA", 3, offer="FRA-medic", unit_type="medic")),
        lines=(line("1"), line("2", capability="care")),
        nations=(Nation(nation="FRA", name="France", personnel_ceiling=150),),
    )
    whole = generate(scenario, PlanOptions(method="search", remedies=False))
    for module in ("decide", "fill_bounds", "locked_bounds"):
        monkeypatch.setattr(f"contingent.generation.{module}.MOST_PRICES", 0)
    plan = generate(scenario, PlanOptions(method="search", remedies=False))
    assert verify(scenario, plan) == ()
    assert plan.goals[0].value == whole.goals[0].value
    assert all(0 <= goal.bound <= other.value + 1e-6 for goal, other in zip(plan.goals, whole.goals, strict=True))


def test_a_search_that_counts_no_takeovers_comes_to_the_same_gaps() -> None:
    scenario = small_scenario(offers=(offer("FRA", 2), offer("GBR", 1)), lines=(line("1"), line("2", priority=2)))
    problem = build_problem(scenario, None)
    counted, plain = Search(problem, 7), Search(problem, 7, takeovers=False)
    for search in (counted, plain):
        search.fill_up(Charges(np.array([1.0, 1e-4]), np.zeros(len(problem.nations)), 0.0, 0.0))
    assert counted.starts() == plain.starts()
    assert counted.goals()[:2].tolist() == plain.goals()[:2].tolist()
    assert counted.goals()[3] > 0 == plain.goals()[3]


def test_posts_that_nobody_can_reach_prove_themselves() -> None:
    """Two posts from day 0 and one unit, there from day 60: 2 x 60 unit-days before it comes, 120 for want of a second one."""
    scenario = small_scenario(offers=(offer("FRA", notice_days=60, dwell_ratio=0),), lines=(line("1", quantity=2),), days=180)
    bounds = FillBound(build_problem(scenario, None), keeps_prices=True)
    bounds.bound_by_reach(0, np.array([240.0]))
    assert bounds.best(0, np.array([240.0])) == pytest.approx(240.0)
    assert set(bounds.prices) == {(0, 1.0)}


def test_what_is_proven_at_once_needs_no_relaxation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FillBound, "_relax", lambda *_: pytest.fail("the posts out of reach were proof enough"))
    scenario = small_scenario(offers=(offer("FRA", notice_days=60, dwell_ratio=0),), lines=(line("1", quantity=2),), days=180)
    family = Family(build_problem(scenario, None), seed=0, method="search")
    family.first_plan()
    family.settle(Clock(None), gap=0.0)
    assert [(result.value, result.bound) for result in family.levels] == [(240.0, 240.0)]


@given(seed=st.integers(0, 50), notice=st.sampled_from([0, 30, 60]), quantity=st.integers(1, 3), units=st.integers(1, 3))
def test_posts_out_of_reach_are_no_more_than_any_plan_leaves_empty(seed: int, notice: int, quantity: int, units: int) -> None:
    scenario = small_scenario(
        offers=(offer("FRA", units, notice_days=notice), offer("GBR", 1, notice_days=30)),
        lines=(line("1", quantity=quantity, priority=1), line("2", quantity=1, priority=2)),
        days=240,
    )
    problem = build_problem(scenario, None)
    plan = generate(scenario, PlanOptions(seed=seed, method="exact", remedies=False))
    best = np.array([goal.value for goal in plan.goals[: len(problem.priorities)]])
    bounds = FillBound(problem, keeps_prices=True)
    for level in range(len(best)):
        bounds.bound_by_reach(level, best)
        assert bounds.best(level, best) <= best[level] + 1e-6
