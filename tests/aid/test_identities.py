"""Identities of the status of aid: nothing is found in what the stages make, and each planted fault is."""

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from tests.aid.whole import QUICK, delivery, need, past, pledge, random_scenarios, scenario

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.assess import assess
from contingent.aid.identities import IDENTITIES, faults_of
from contingent.io import read_scenario


def test_nothing_is_found_in_the_bundled_ledger():
    bundled = read_scenario("reassurance")
    assert faults_of(assess(bundled), bundled) == ()


@settings(max_examples=12, deadline=None)
@given(random_scenarios())
def test_nothing_is_found_in_random_books(case):
    made, options = case
    assert faults_of(assess(made, options), made) == ()


MADE = scenario(
    *past(), pledge("open"), pledge("t", "t72", 6, donor="NOR"), delivery("more", "open", 3),
    delivery("gift", None, 2, equipment="t72"),
    pledge("money", None, None, family="maintenance", value_m=5, currency="EUR", value_eur_m=5),
    need("n1", "One", 5), need("n2", "Two", 9, priority=2), need("n3", "Two", 4, family="artillery", priority=2))  # fmt: skip
SHAPE = AllocationOptions(training_places=60, maintenance_hours_per_month=900.0)
STATUS = assess(MADE, replace(QUICK, allocation=SHAPE))


def found_in(**frames):
    changed = replace(STATUS, frames={**STATUS.frames, **frames})
    return [(finding.table, finding.what) for finding in faults_of(changed, MADE)]


def first_row(name, **cells):
    """A frame with some cells of its first row changed."""
    frame = STATUS.frames[name].with_row_index("place")
    changed = [pl.when(pl.col("place") == 0).then(pl.lit(value)).otherwise(pl.col(column)).alias(column)
               for column, value in cells.items()]  # fmt: skip
    return {name: frame.with_columns(changed).drop("place").cast(dict(STATUS.frames[name].schema))}


def twice(name):
    frame = STATUS.frames[name]
    return {name: pl.concat([frame, frame.head(1)])}


def test_the_base_of_the_planted_faults_is_sound_and_not_empty():
    assert found_in() == []
    assert STATUS.frames["given"].height > 1
    assert STATUS.frames["stops"].height == 2


@pytest.mark.parametrize(("fault", "table", "words"), [
    (lambda: first_row("given", quantity=20), "given", "have arrived"),
    (lambda: first_row("given", quantity=90), "given", "asks for"),
    (lambda: first_row("given", equipment="howitzer"), "given", "did not ask for"),
    (lambda: first_row("given", ready_day=1), "given", "is not ready on day 1"),
    (lambda: first_row("given", quantity=20), "given", "hours of upkeep"),
    (lambda: first_row("given", quantity=40, equipment="leopard", day=0), "given", "with 60 places"),
    (lambda: first_row("readiness", share=0.77), "readiness", "has share"),
    (lambda: {"readiness": STATUS.frames["readiness"].with_columns(~pl.col("at_standard"))}, "readiness", "its standard"),
    (lambda: first_row("equipped", given=77), "equipped", "given"),
    (lambda: first_row("equipped", equipped_day=7), "equipped", "is equipped"),
    (lambda: first_row("gaps", gap=77), "gaps", "are missing"),
    (lambda: first_row("gaps", by_then=3), "gaps", "in time"),
    (lambda: {"gaps": STATUS.frames["gaps"].with_columns(reason=pl.lit(None, dtype=pl.String))}, "gaps", "no reason"),
    (lambda: first_row("left_over", left=77), "left_over", "arrive"),
    (lambda: first_row("goals", value=77.0), "goals", "not 77"),
    (lambda: first_row("goals", bound=-1.0), "goals", "beyond its bound"),
    (lambda: first_row("stops", formations=77), "stops", "held against 77"),
    (lambda: {"stops": STATUS.frames["stops"].head(1)}, "stops", "not those whose pledges are open"),
    (lambda: twice("expected_arrivals"), "expected_arrivals", "more than once"),
    (lambda: first_row("expected_arrivals", quantity=77), "expected_arrivals", "which owes 7"),
    (lambda: first_row("expected_arrivals", pledge="nobody's"), "expected_arrivals", "does not count"),
    (lambda: first_row("ledger", open=77), "ledger", "77 open are not 10"),
    (lambda: {"ledger": STATUS.frames["ledger"].with_columns(pl.col("open_eur_m") + 1.0)}, "ledger", "million euro are open"),
    (lambda: first_row("ledger", delivered=9, open=1), "ledger", "is credited 10, not 9"),
    (lambda: {"entries": pl.concat([STATUS.frames["entries"], STATUS.frames["entries"].tail(1)])}, "entries", "more than once"),
    (lambda: {"entries": STATUS.frames["entries"].head(-1)}, "entries", "booked and no entry"),
    (lambda: {"booked": STATUS.frames["booked"].head(-1)}, "booked", "not those that had come"),
    (lambda: first_row("by_month", promised=10_000), "by_month", "promised comes to"),
    (lambda: first_row("ledger", promised_eur_m=99.0), "ledger", "promised_eur_m comes to"),
])  # fmt: skip
def test_each_planted_fault_is_found(fault, table, words):
    assert [what for where, what in found_in(**fault()) if where == table and words in what]


def test_every_identity_says_what_it_is():
    assert all(identity.__doc__ for identity in IDENTITIES)
