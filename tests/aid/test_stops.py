"""What a donor that stops costs: by hand, and against allocating all from scratch."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.aid.ledgers import ARRIVALS, EQUIPMENT, NEEDS, arrival, kind, need, table
from tests.aid.test_allocate import TWO_PERIODS, best_of_all, keeps_bounds, small_cases

from contingent.aid.allocate import solve
from contingent.aid.allocation_problem import AllocationOptions, allocation_problem
from contingent.aid.allocation_rules import cut_to, rank_of
from contingent.aid.gap_reasons import PROMISE_COLUMNS
from contingent.aid.share_out import share_out
from contingent.aid.stops import donor_stops

OPEN = {"donor": pl.String, "quantity": pl.Float64, "value_eur_m": pl.Float64}
SENT = ARRIVALS | {"donor": pl.String}


def sent(name, equipment, quantity, donor, on=0):
    return arrival(name, equipment, quantity, on) | {"donor": donor}


def stops_of(needs, kinds, arrivals, options, owed):
    problem = allocation_problem(needs, kinds, arrivals, options)
    given, _ = solve(problem, options)
    return donor_stops(problem, given, arrivals, table(OPEN, *owed), options)


def test_without_the_donor_of_the_guns_no_brigade_stands():
    """Tanks of AAA and guns of BBB equip one brigade; what CCC owes is money, DDD's tanks are more than anybody needs."""
    needs = table(NEEDS, need("n1", "One", 4), need("n2", "One", 3, family="guns", by_day=30))
    kinds = table(EQUIPMENT, kind("T1"), kind("G1", family="guns"))
    arrivals = table(SENT, sent("a", "T1", 4, "AAA"), sent("b", "G1", 3, "BBB"), sent("c", "T1", 4, "DDD", 30))
    owed = [{"donor": "AAA", "quantity": 4.0}, {"donor": "BBB", "quantity": 3.0}, {"donor": "CCC", "value_eur_m": 7.0},
            {"donor": "DDD", "quantity": 4.0}]  # fmt: skip
    found, best = stops_of(needs, kinds, arrivals, AllocationOptions(standard=1.0, **TWO_PERIODS), owed)
    rows = {row["donor"]: row for row in found.iter_rows(named=True)}
    assert found["donor"].to_list() == ["BBB", "AAA", "CCC", "DDD"]
    assert (rows["BBB"]["formations"], rows["BBB"]["formations_without"], rows["BBB"]["brigade_periods_lost"]) == (1, 0, 2)
    assert rows["BBB"]["needs"] == "n2"
    assert rows["BBB"]["sentence"] == (
        "1 fewer formation at standard at the end; one need has less, or has it later, first n2.")
    assert (rows["AAA"]["formations_without"], rows["AAA"]["later"], rows["AAA"]["share_periods_lost"]) == (1, 1, 1.0)
    assert rows["AAA"]["sentence"].startswith("1 formation at standard later")
    assert (rows["CCC"]["items_open"], rows["CCC"]["value_open_eur_m"]) == (None, 7.0)
    assert rows["DDD"]["sentence"] == "Nothing that is allocated within the horizon is lost."
    assert best is not None


@settings(max_examples=15, deadline=None)
@given(small_cases(), st.integers(0, 1))
def test_what_a_donor_costs_is_what_the_best_of_all_allocations_loses(case, who):
    needs, kinds, arrivals, options = case
    arrivals = arrivals.with_columns(donor=pl.Series(["AAA", "BBB"]))
    donor = ["AAA", "BBB"][who]
    found, _ = stops_of(needs, kinds, arrivals, options, [{"donor": donor, "quantity": 1.0}])
    before = best_of_all(needs, kinds, arrivals, options)
    after = best_of_all(needs, kinds, arrivals.filter(pl.col("donor") != donor), options)
    steps = needs["priority"].n_unique()
    row = found.row(0, named=True)
    assert row["brigade_periods_lost"] == sum(before[:steps]) - sum(after[:steps])
    assert row["share_periods_lost"] == pytest.approx(sum(before[steps:-1]) - sum(after[steps:-1]), abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(small_cases())
def test_what_is_cut_to_a_smaller_supply_can_be_carried_out_and_takes_from_the_last_first(case):
    needs, kinds, arrivals, options = case
    problem = allocation_problem(needs, kinds, arrivals, options)
    given_all, _ = solve(problem, options)
    every_second = (np.arange(problem.supply.size) % 2).reshape(problem.supply.shape)
    fewer = problem.with_supply(np.maximum(0, problem.supply - every_second))
    cut = cut_to(fewer, given_all)
    assert (cut <= given_all).all()
    left = table(ARRIVALS, *(
        arrival(f"{row}-{period}", fewer.types[row], int(items), period * 30)
        for (row, period), items in np.ndenumerate(fewer.supply)))  # fmt: skip
    handed = {(fewer.needs[fewer.pair_need[p]], fewer.types[fewer.pair_type[p]], int(t)): int(cut[p, t])
              for p, t in zip(*np.nonzero(cut), strict=True)}  # fmt: skip
    assert keeps_bounds(needs, kinds, left, handed, options)
    for row in range(len(fewer.types)):
        lost = given_all[problem.pair_type == row].sum() - cut[problem.pair_type == row].sum()
        assert lost <= (problem.supply - fewer.supply)[row].sum()


@settings(max_examples=15, deadline=None)
@given(small_cases())
def test_no_donor_stopping_is_a_gain_where_allocation_is_by_rules(case):
    """A better allocation met with on the way becomes the base."""
    needs, kinds, arrivals, options = case
    arrivals = arrivals.with_columns(pledge="arrival", donor=pl.Series(["AAA", "BBB"]))
    owed = table(OPEN, {"donor": "AAA", "quantity": 1.0}, {"donor": "BBB", "quantity": 1.0})
    ruled = replace(options, exact_columns=0)
    frames, _ = share_out(needs, kinds, arrivals, owed, table(PROMISE_COLUMNS), ruled)
    problem = allocation_problem(needs, kinds, arrivals, ruled)
    steps = needs["priority"].n_unique()
    base = tuple(frames["goals"]["value"].to_list())
    for donor in ("AAA", "BBB"):
        fewer = allocation_problem(needs, kinds, arrivals.filter(pl.col("donor") != donor), ruled)
        found = solve(fewer, ruled)[0]
        assert rank_of(problem, found)[: 2 * steps] <= tuple(round(value, 6) for value in base[: 2 * steps])
