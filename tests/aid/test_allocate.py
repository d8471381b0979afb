"""The allocation: by hand, and against every allocation there is on small cases."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.aid.ledgers import ARRIVALS, EQUIPMENT, NEEDS, arrival, kind, need, table

from contingent.aid.allocate import allocate, next_pledges, solve
from contingent.aid.allocation_bounds import family_bounds
from contingent.aid.allocation_problem import AllocationOptions, allocation_problem
from contingent.aid.allocation_rules import allocate_by_rules

TWO_PERIODS = {"horizon_days": 60, "period_days": 30}


def keeps_bounds(needs, kinds, arrivals, handed, options) -> bool:
    """Whether rows of hand-over can be carried out: told from the tables alone, not from the model."""
    periods = options.horizon_days // options.period_days
    by_name = {row["equipment"]: row for row in kinds.iter_rows(named=True)}
    formation = {row["need"]: row for row in needs.iter_rows(named=True)}
    for period in range(periods):
        end = (period + 1) * options.period_days
        for name in by_name:
            come = sum(row["quantity"] for row in arrivals.iter_rows(named=True) if row["equipment"] == name and row["day"] < end)
            if sum(n for (_, e, t), n in handed.items() if e == name and t <= period) > come:
                return False
        training = sum(n * by_name[e]["crew"] for (_, e, t), n in handed.items()
                       if t < period <= t - (-by_name[e]["training_days"] // options.period_days))  # fmt: skip
        if options.training_places is not None and training > options.training_places:
            return False
    for key, row in formation.items():
        if sum(n for (k, _, _), n in handed.items() if k == key) > row["quantity"]:
            return False
        if len({e for (k, e, _), n in handed.items() if k == key and n}) > options.most_types:
            return False
    for name in {row["formation"] for row in formation.values()}:
        hours = sum(n * by_name[e]["maintenance_hours_per_month"] for (k, e, _), n in handed.items()
                    if formation[k]["formation"] == name)  # fmt: skip
        if options.maintenance_hours_per_month is not None and hours > options.maintenance_hours_per_month + 1e-9:
            return False
    return True


def worth(needs, kinds, handed, options) -> tuple:
    """What an allocation reaches, goals in order, told from the tables alone; types negative, so that more is better."""
    periods = options.horizon_days // options.period_days
    lead = {row["equipment"]: -(-row["training_days"] // options.period_days) for row in kinds.iter_rows(named=True)}
    rows = list(needs.iter_rows(named=True))
    first = {f: min(r["priority"] for r in rows if r["formation"] == f) for f in {r["formation"] for r in rows}}
    steps = sorted(set(first.values()))
    standing, share = dict.fromkeys(steps, 0), dict.fromkeys(steps, 0.0)
    for period in range(periods):
        ready = {r["need"]: sum(n for (k, e, t), n in handed.items() if k == r["need"] and t + lead[e] <= period) for r in rows}
        for name, step in first.items():
            mine = [r for r in rows if r["formation"] == name]
            standing[step] += all(ready[r["need"]] >= options.standard * r["quantity"] - 1e-9 for r in mine)
        for r in rows:
            share[first[r["formation"]]] += ready[r["need"]] / r["quantity"]
    types = len({(k, e) for (k, e, _), n in handed.items() if n})
    return (*standing.values(), *(round(part, 6) for part in share.values()), -types)


def best_of_all(needs, kinds, arrivals, options) -> tuple:
    """Try every allocation."""
    periods = options.horizon_days // options.period_days
    cells = [
        (r["need"], e["equipment"], t) for r in needs.iter_rows(named=True) for e in kinds.iter_rows(named=True)
        if e["equipment"] == r["equipment"] or e["family"] == r["family"]
        for t in range(periods + (e["training_days"] // -options.period_days))
    ]  # fmt: skip
    come = {e: arrivals.filter(pl.col("equipment") == e)["quantity"].sum() for e in kinds["equipment"]}
    asked = dict(needs.select("need", "quantity").rows())
    best = None
    for amounts in itertools.product(*(range(min(come[e], asked[k]) + 1) for k, e, _ in cells)):
        handed = {cell: n for cell, n in zip(cells, amounts, strict=True) if n}
        if keeps_bounds(needs, kinds, arrivals, handed, options):
            value = worth(needs, kinds, handed, options)
            best = value if best is None or value > best else best
    return best


def handed_of(allocation, options):
    rows = allocation.given.iter_rows(named=True)
    return {(row["need"], row["equipment"], row["day"] // options.period_days): row["quantity"] for row in rows}


def test_two_brigades_by_hand():
    """Four tanks now, four later; the first brigade asks for five, the second for two. Of the same priority: the second stands at
    once, the first from the second period; with the first ahead, the second waits."""
    kinds = table(EQUIPMENT, kind("T1"))
    arrivals = table(ARRIVALS, arrival("a", "T1", 4), arrival("b", "T1", 3, 30))
    options = AllocationOptions(standard=1.0, **TWO_PERIODS)
    equal = allocate(table(NEEDS, need("n1", "One", 5), need("n2", "Two", 2)), kinds, arrivals, options)
    assert dict(equal.equipped.select("formation", "equipped_day").rows()) == {"One": 60, "Two": 30}
    assert equal.goals["status"].to_list() == ["optimal"] * 3
    assert equal.gaps["gap"].to_list() == [0, 0]
    ahead = allocate(table(NEEDS, need("n1", "One", 5), need("n2", "Two", 3, priority=2)), kinds, arrivals, options)
    assert dict(ahead.equipped.select("formation", "equipped_day").rows()) == {"One": 60, "Two": None}
    assert ahead.gaps.select("need", "given", "gap", "by_then").rows() == [("n1", 5, 0, 5), ("n2", 2, 1, 2)]


def test_training_delays_and_places_bound():
    """Ten days of training take a period; with places for three crews of two, three tanks a period can be trained for."""
    kinds = table(EQUIPMENT, kind("T1", crew=2, training_days=10))
    options = AllocationOptions(standard=1.0, horizon_days=90, period_days=30, training_places=7)
    found = allocate(table(NEEDS, need("n1", "One", 6)), kinds, table(ARRIVALS, arrival("a", "T1", 9)), options)
    assert found.given.select("day", "ready_day", "quantity").rows() == [(0, 60, 3), (30, 90, 3)]
    assert found.equipped["equipped_day"].to_list() == [90]
    assert found.left_over.rows() == [("T1", 9, 6, 3)]


def test_a_type_without_end_of_training_is_not_handed_over():
    kinds = table(EQUIPMENT, kind("T1", training_days=400))
    found = allocate(table(NEEDS, need("n1", "One", 1)), kinds, table(ARRIVALS, arrival("a", "T1", 1)),
                     AllocationOptions(**TWO_PERIODS))  # fmt: skip
    assert found.given.is_empty()
    assert found.gaps["gap"].to_list() == [1]


@st.composite
def small_cases(draw):
    kinds = table(EQUIPMENT, *(
        kind(f"T{n}", crew=draw(st.integers(0, 2)), training_days=draw(st.sampled_from([0, 20])),
             maintenance_hours_per_month=float(draw(st.integers(0, 3)))) for n in range(2)))  # fmt: skip
    needs = table(NEEDS, *(
        need(f"n{n}", f"B{n}", draw(st.integers(1, 3)), priority=draw(st.integers(1, 2))) for n in range(2)))
    arrivals = table(ARRIVALS, *(
        arrival(f"a{n}", f"T{n}", draw(st.integers(0, 2)), draw(st.sampled_from([0, 40]))) for n in range(2)))
    options = AllocationOptions(
        standard=draw(st.sampled_from([0.5, 1.0])), most_types=draw(st.integers(1, 2)),
        training_places=draw(st.sampled_from([None, 2])),
        maintenance_hours_per_month=draw(st.sampled_from([None, 3.0])), **TWO_PERIODS)  # fmt: skip
    return needs, kinds, arrivals, options


@settings(max_examples=40, deadline=None)
@given(small_cases())
def test_no_allocation_is_better_than_the_one_found(case):
    needs, kinds, arrivals, options = case
    found = allocate(needs, kinds, arrivals, options)
    handed = handed_of(found, options)
    assert keeps_bounds(needs, kinds, arrivals, handed, options)
    assert worth(needs, kinds, handed, options) == pytest.approx(best_of_all(needs, kinds, arrivals, options), rel=1e-4)
    assert set(found.goals["status"]) == {"optimal"}


@st.composite
def mixed_cases(draw):
    """One formation that needs two families, or one type by name, and one of a later priority that draws on the same."""
    kinds = table(EQUIPMENT, *(
        kind(f"T{n}", family=["tanks", "guns"][n], crew=draw(st.integers(0, 2)), training_days=draw(st.sampled_from([0, 20])),
             maintenance_hours_per_month=float(draw(st.integers(0, 2)))) for n in range(2)))  # fmt: skip
    named = {"equipment": "T0", "family": None} if draw(st.booleans()) else {}
    needs = table(NEEDS, need("n0", "B0", draw(st.integers(1, 2)), priority=draw(st.integers(1, 3)), **named),
                  need("n1", "B0", draw(st.integers(1, 2)), family="guns", priority=draw(st.integers(1, 3))),
                  need("n2", "B1", draw(st.integers(1, 2)), priority=draw(st.integers(1, 3))))  # fmt: skip
    arrivals = table(ARRIVALS, *(
        arrival(f"a{n}", f"T{n}", draw(st.integers(0, 3)), draw(st.sampled_from([0, 40]))) for n in range(2)))
    options = AllocationOptions(
        standard=draw(st.sampled_from([0.5, 1.0])), training_places=draw(st.sampled_from([None, 3])),
        maintenance_hours_per_month=draw(st.sampled_from([None, 3.0])), **TWO_PERIODS)  # fmt: skip
    return needs, kinds, arrivals, options


@settings(max_examples=25, deadline=None)
@given(mixed_cases())
def test_no_allocation_of_several_families_is_better_than_the_one_found(case):
    needs, kinds, arrivals, options = case
    found = allocate(needs, kinds, arrivals, options)
    handed = handed_of(found, options)
    assert keeps_bounds(needs, kinds, arrivals, handed, options)
    assert worth(needs, kinds, handed, options) == pytest.approx(best_of_all(needs, kinds, arrivals, options), rel=1e-4)


@settings(max_examples=40, deadline=None)
@given(small_cases())
def test_rules_keep_all_bounds_and_are_no_better_than_their_bound(case):
    needs, kinds, arrivals, options = case
    exact = allocate(needs, kinds, arrivals, options).goals["value"].to_list()
    problem = allocation_problem(needs, kinds, arrivals, options)
    given = allocate_by_rules(problem)
    handed = {(problem.needs[problem.pair_need[p]], problem.types[problem.pair_type[p]], int(t)): int(given[p, t])
              for p, t in zip(*np.nonzero(given), strict=True)}  # fmt: skip
    assert keeps_bounds(needs, kinds, arrivals, handed, options)
    ruled = allocate(needs, kinds, arrivals, AllocationOptions(**(vars(options) | {"exact_columns": 0}))).goals
    steps = needs["priority"].n_unique()
    for bounds in (ruled["bound"].to_list(), family_bounds(problem, ruled["value"].to_list())[0]):
        assert exact[0] <= bounds[0] + 1e-6
        assert all(value <= bound + 1e-6 for value, bound in zip(exact[: 2 * steps], bounds[: 2 * steps], strict=True))
    assert all(row["value"] <= row["bound"] + 1e-6 for row in ruled.iter_rows(named=True) if row["goal"] != "types")


@settings(max_examples=15, deadline=None)
@given(small_cases())
def test_the_worth_of_a_pledge_is_what_allocating_anew_gains(case):
    needs, kinds, arrivals, options = case
    steps = needs["priority"].n_unique()
    before = best_of_all(needs, kinds, arrivals, options)
    for row in next_pledges(needs, kinds, arrivals, options).iter_rows(named=True):
        more = pl.concat([arrivals, table(ARRIVALS, arrival("more", row["equipment"], row["quantity"]))])
        after = solve(allocation_problem(needs, kinds, more, options), options)[1]
        assert row["brigade_periods"] == pytest.approx(sum(g.value for g in after[:steps]) - sum(before[:steps]))
        assert row["share_periods"] == pytest.approx(
            sum(g.value for g in after[steps:-1]) - sum(before[steps:-1]), rel=1e-3, abs=1e-3)


def test_the_pledge_that_brings_a_brigade_to_its_standard_is_worth_most():
    """Two brigades lack guns alone; tanks would only fill up: guns come first, and just as many as are missing."""
    kinds = table(EQUIPMENT, kind("T1", value_m=3.0), kind("G1", family="guns", value_m=1.5))
    needs = table(NEEDS, need("n1", "One", 4), need("n2", "One", 3, family="guns"), need("n3", "Two", 6, priority=2))
    found = next_pledges(needs, kinds, table(ARRIVALS, arrival("a", "T1", 4)), AllocationOptions(standard=1.0, **TWO_PERIODS))
    assert found.select("rank", "equipment", "quantity", "value_m", "brigades", "brigade_periods", "priority").rows() == [
        (1, "G1", 3, 4.5, 1, 2, 1), (2, "T1", 6, 18.0, 1, 2, 2)]  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(small_cases())
def test_a_pledge_never_loses_anything_where_the_allocation_is_kept(case):
    needs, kinds, arrivals, options = case
    ruled = AllocationOptions(**(vars(options) | {"exact_columns": 0}))
    found = next_pledges(needs, kinds, arrivals, ruled)
    assert (found["brigade_periods"] >= 0).all()
    assert (found["share_periods"] >= 0).all()
    problem = allocation_problem(needs, kinds, arrivals, options)
    kept = allocate_by_rules(problem)
    assert (allocate_by_rules(problem.with_more(0, 2), kept=kept) >= kept).all()


def test_no_needs_and_no_arrivals_are_no_error():
    kinds = table(EQUIPMENT, kind("T1"))
    for needs in (table(NEEDS), table(NEEDS, need("n1", "One", 2))):
        found = allocate(needs, kinds, table(ARRIVALS), AllocationOptions(**TWO_PERIODS))
        assert found.given.is_empty()
        assert found.gaps["gap"].sum() == needs["quantity"].sum()
