"""Why needs stay short: each reason by hand, and all of them against every allocation of the need alone."""

import itertools

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.aid.ledgers import ARRIVALS, EQUIPMENT, NEEDS, arrival, kind, need, table
from tests.aid.test_allocate import TWO_PERIODS, handed_of

from contingent.aid.allocate import allocate
from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.gap_reasons import PROMISE_COLUMNS, RELAXED

NEVER = 10**6


def promise(name, equipment=None, quantity=None, day=None, family="tanks"):
    return {"pledge": name, "equipment": equipment, "family": family, "quantity": quantity, "day": day}


def gaps_of(needs, kinds, arrivals=(), promises=(), **options):
    asked = AllocationOptions(**({"standard": 1.0, **TWO_PERIODS} | options))
    found = allocate(table(NEEDS, *needs), table(EQUIPMENT, *kinds), table(ARRIVALS, *arrivals), asked,
                     promises=table(PROMISE_COLUMNS, *promises)).gaps  # fmt: skip
    return {row["need"]: (row["reason"], row["detail"]) for row in found.iter_rows(named=True)}


def test_a_need_that_is_met_in_time_has_no_reason():
    assert gaps_of([need("n", "One", 2, by_day=30)], [kind("T1")], [arrival("a", "T1", 2)])["n"] == (None, None)


def test_nothing_is_promised():
    reason, detail = gaps_of([need("n", "One", 2)], [kind("T1")])["n"]
    assert reason == "nothing_promised"
    assert detail == ("2 (tanks) needed by day 90, 0 in trained hands by then, 0 by day 60; nothing that fits is promised.")
    packages = [promise("P1", family="mixed"), promise("P2", family="guns")]
    assert gaps_of([need("n", "One", 2)], [kind("T1")], promises=packages)["n"][1].endswith(
        "nothing that fits is promised, unless in one of 1 package whose contents nobody named.")  # fmt: skip


def test_what_nobody_numbered_is_not_counted():
    promises = [promise("P1"), promise("P2", "T1"), promise("P3", quantity=4)]
    reason, detail = gaps_of([need("n", "One", 2)], [kind("T1")], promises=promises)["n"]
    assert reason == "not_counted"
    assert detail.endswith("promised only without a number or a type, in P1, P2 and 1 more pledge.")
    by_type = gaps_of([need("n", "One", 2, equipment="T1", family=None)], [kind("T1")], promises=[promise("P2", "T2")])
    assert by_type["n"][0] == "nothing_promised"


def test_too_few_and_too_late_with_their_figures():
    reason, detail = gaps_of([need("n", "One", 9, by_day=30)], [kind("T1")], [arrival("a", "T1", 2, 40)],
                             [promise("P1", "T1", 3, 200), promise("P2", "T1", 1)])["n"]  # fmt: skip
    assert reason == "too_few;too_late"
    assert detail == (
        "9 (tanks) needed by day 30, 0 in trained hands by then, 2 by day 60; 6 are promised in all; "
        "6 T1 expected from day 40 to 200.")  # fmt: skip


def test_a_need_of_day_nought_is_met_too_late_by_whatever_comes():
    assert gaps_of([need("n", "One", 2, by_day=0)], [kind("T1")], [arrival("a", "T1", 2)])["n"][0] == "too_late"


def test_another_formation_went_before():
    needs = [need("n1", "One", 3, by_day=60), need("n2", "Two", 3, by_day=60, priority=2)]
    found = gaps_of(needs, [kind("T1")], [arrival("a", "T1", 4)])
    assert found["n1"] == (None, None)
    assert found["n2"][0] == "went_before"
    assert found["n2"][1].endswith("1 in trained hands by then, 1 by day 60; 3 went to One.")


def test_training_upkeep_and_types_are_told_apart():
    one = [need("n", "One", 4, by_day=60)]
    slow = gaps_of(one, [kind("T1", crew=2, training_days=70)], [arrival("a", "T1", 4)])
    assert slow["n"][0] == "training"
    assert slow["n"][1].endswith("crews of T1 train for 90 days in whole periods.")
    places = gaps_of(one, [kind("T1", crew=2, training_days=20)], [arrival("a", "T1", 4)], training_places=4)
    assert places["n"][0] == "training"
    assert places["n"][1].endswith("at most 4 people at a time.")
    heavy = kind("T1", maintenance_hours_per_month=10.0)
    upkeep = gaps_of(one, [heavy], [arrival("a", "T1", 4)], maintenance_hours_per_month=35.0)
    assert upkeep["n"][0] == "upkeep"
    assert upkeep["n"][1].endswith("its formation keeps up no more than 35 hours of maintenance a month.")
    types = gaps_of(one, [kind("T1"), kind("T2")], [arrival("a", "T1", 3), arrival("b", "T2", 2)], most_types=1)
    assert types["n"][0] == "too_many_types"


def test_two_rules_that_bind_together_are_both_named():
    """Two types may be had, but not both, and the formation keeps up three: neither rule alone is in the way of a fourth."""
    found = gaps_of([need("n", "One", 6, by_day=60)], [kind("T1", maintenance_hours_per_month=10.0),
                    kind("T2", maintenance_hours_per_month=10.0)], [arrival("a", "T1", 3), arrival("b", "T2", 3)], most_types=1,
                    maintenance_hours_per_month=30.0)  # fmt: skip
    assert found["n"][0] == "upkeep;too_many_types"


@st.composite
def small_cases(draw):
    placed = draw(st.booleans())
    types = 1 if placed else 2
    kinds = table(EQUIPMENT, *(
        kind(f"T{n}", crew=draw(st.integers(0, 2)), training_days=draw(st.sampled_from([0, 20, 50])),
             maintenance_hours_per_month=float(draw(st.integers(0, 3)))) for n in range(types)))  # fmt: skip
    needs = table(NEEDS, *(
        need(f"n{n}", f"B{n}", draw(st.integers(1, 3)), priority=draw(st.integers(1, 2)), by_day=draw(st.sampled_from([30, 60])))
        for n in range(1 if placed else 2)))  # fmt: skip
    arrivals = table(ARRIVALS, *(
        arrival(f"a{n}", f"T{n % types}", draw(st.integers(0, 2)), draw(st.sampled_from([0, 40]))) for n in range(2)))
    later = table(PROMISE_COLUMNS, *(promise(f"L{n}", f"T{n}", draw(st.integers(0, 2)), 400) for n in range(types)))
    options = AllocationOptions(
        standard=draw(st.sampled_from([0.5, 1.0])), most_types=draw(st.integers(1, 2)), training_places=2 if placed else None,
        maintenance_hours_per_month=draw(st.sampled_from([None, 3.0])), **TWO_PERIODS)  # fmt: skip
    return needs, kinds, arrivals, later, options


def for_one(name, case, handed, relaxed):
    """The tables of one need alone, with what the others leave and some rules relaxed."""
    needs, kinds, arrivals, later, options = case
    rows = []
    for row in kinds.iter_rows(named=True):
        e = row["equipment"]
        mine = arrivals.filter(pl.col("equipment") == e)
        held = {} if "went_before" in relaxed else handed
        others = [sum(n for (k, x, t), n in held.items() if k != name and x == e and t <= period) for period in range(2)]
        left = [int(mine.filter(pl.col("day") < 30)["quantity"].sum()) - others[0], int(mine["quantity"].sum()) - others[1]]
        left[0] = min(left)
        if "too_late" in relaxed:
            left[0] = left[1] = left[1] + int(later.filter(pl.col("equipment") == e)["quantity"].sum())
        rows += [arrival(f"{e}0", e, left[0]), arrival(f"{e}1", e, left[1] - left[0], 30)]
    if "training" in relaxed:
        kinds = kinds.with_columns(training_days=pl.lit(0, dtype=pl.Int64))
    changed = vars(options) | ({"training_places": None} if "training" in relaxed else {})
    changed |= {"maintenance_hours_per_month": None} if "upkeep" in relaxed else {}
    changed |= {"most_types": 9} if "too_many_types" in relaxed else {}
    return needs.filter(pl.col("need") == name), kinds, table(ARRIVALS, *rows), AllocationOptions(**changed)


def most_of_all(tables, last):
    """The most in trained hands at the end of a period, by trying everything."""
    needs, kinds, arrivals, options = tables
    quantity = needs["quantity"][0]
    types = {row["equipment"]: row for row in kinds.iter_rows(named=True)}
    lead = {e: -(-row["training_days"] // 30) for e, row in types.items()}
    come = {e: [0, 0] for e in types}
    for e, items, day in arrivals.select("equipment", "quantity", "day").iter_rows():
        come[e] = [come[e][0] + items * (day < 30), come[e][1] + items]
    cells = [(e, t) for e in types for t in range(2)]
    best = 0
    for amounts in itertools.product(*(range(min(come[e][1], quantity) + 1) for e, _ in cells)):
        handed = dict(zip(cells, amounts, strict=True))
        ready = sum(n for (e, t), n in handed.items() if t + lead[e] <= last)
        training = sum(handed[e, 0] * types[e]["crew"] for e in types if lead[e])  # in the second and last period
        hours = sum(n * types[e]["maintenance_hours_per_month"] for (e, _), n in handed.items())
        if (
            ready > best and sum(amounts) <= quantity
            and all(handed[e, 0] <= come[e][0] and handed[e, 0] + handed[e, 1] <= come[e][1] for e in types)
            and sum(1 for e in types if handed[e, 0] + handed[e, 1]) <= options.most_types
            and training <= (NEVER if options.training_places is None else options.training_places)
            and hours <= (NEVER if options.maintenance_hours_per_month is None else options.maintenance_hours_per_month)
        ):  # fmt: skip
            best = ready
    return best


def relaxing(name, case, handed, last, now):
    """The reasons, by definition."""
    def could(relaxed):
        return most_of_all(for_one(name, case, handed, relaxed), last)

    now = max(now, could(()))
    singles = {code for code in RELAXED if could((code,)) > now}
    if singles or could(RELAXED) <= now:
        return singles
    together = list(RELAXED)
    for code in reversed(RELAXED):
        if could([other for other in together if other != code]) > now:
            together.remove(code)
    return set(together)


@settings(max_examples=40, deadline=None)
@given(small_cases())
def test_reasons_are_those_that_every_allocation_of_the_need_alone_tells(case):
    needs, kinds, arrivals, later, options = case
    found = allocate(needs, kinds, arrivals, options, promises=later)
    handed = handed_of(found, options)
    for row in found.gaps.iter_rows(named=True):
        codes = set((row["reason"] or "").split(";")) - {""}
        standard = -(-row["quantity"] * options.standard // 1)
        everything = arrivals["quantity"].sum() + later["quantity"].sum()
        expected = set()
        if everything:
            if row["gap"] > 0:
                expected |= relaxing(row["need"], case, handed, 1, row["given"])
            if row["by_then"] < standard:
                expected |= relaxing(row["need"], case, handed, row["by_day"] // 30 - 1, row["by_then"])
        assert codes & set(RELAXED) == expected
        assert bool(codes) == (row["gap"] > 0 or row["by_then"] < standard)
        assert ("too_few" in codes) == (bool(codes) and 0 < everything < row["quantity"])


@pytest.mark.parametrize("name", ["nothing_promised", "not_counted", "too_few", *RELAXED, "unproven"])
def test_every_reason_is_described(name):
    import contingent.aid.gap_reasons as module

    assert f"    {name} " in module.__doc__
