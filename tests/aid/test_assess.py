"""The whole status of aid: ledger, forecast and allocation joined."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from tests.aid.whole import CLOSE, D_DAY, QUICK, TANK, delivery, need, past, pledge, scenario

from contingent.aid.assess import assess
from contingent.aid.identities import faults_of
from contingent.aid.status import STATUS_FRAMES
from contingent.model.aid import Equipment


def pledges_of(status, frame):
    return set(status.frames[frame]["pledge"].to_list())


def test_days_of_needs_and_allocation_count_from_d_day():
    """Two scenarios that differ in their D-day alone: what is open is the same, what arrives moves by as many days."""
    rows = [*past(), pledge("open", days_ago=30), need("n", "One", 10, by_day=300)]
    far = replace(QUICK, horizon_days=400)
    soon, later = (assess(scenario(*rows, start=D_DAY + timedelta(days=shift)), far) for shift in (0, 20))
    assert soon.frames["open"].equals(later.frames["open"].select(soon.frames["open"].columns))
    (first,), (second,) = (made.frames["expected_arrivals"]["day"].to_list() for made in (soon, later))
    expected = soon.frames["open"]["expected_day"][0]
    assert first == -int(-expected // 1) - (D_DAY - CLOSE).days
    assert second == first - 20
    assert later.lead_days == 50


def test_what_is_expected_before_d_day_is_there_on_day_nought():
    made = assess(scenario(*past(), pledge("open"), need("n", "One", 10), start=D_DAY + timedelta(days=900)), QUICK)
    assert made.frames["expected_arrivals"]["day"].to_list() == [0]
    assert made.frames["given"].select("day", "ready_day", "quantity").rows() == [(0, 60, 10)]


def test_nothing_comes_of_a_donor_that_stopped():
    rows = [*past(), pledge("of DEU"), pledge("of NOR", donor="NOR"), need("n", "One", 20)]
    base, without = assess(scenario(*rows), QUICK), assess(scenario(*rows), replace(QUICK, stopped=("NOR",)))
    assert pledges_of(base, "open") == {"of DEU", "of NOR"}
    assert pledges_of(without, "open") == {"of DEU"}
    assert pledges_of(without, "expected_arrivals") == {"of DEU"}
    assert without.frames["stops"]["donor"].to_list() == ["DEU"]
    told = base.frames["stops"].filter(pl.col("donor") == "NOR").row(0, named=True)
    assert told["share_periods_lost"] == pytest.approx(
        base.frames["goals"].filter(pl.col("goal") == "share")["value"].sum()
        - without.frames["goals"].filter(pl.col("goal") == "share")["value"].sum())  # fmt: skip


def test_a_pledge_that_does_not_count_is_in_no_forecast():
    rows = [
        *past(), pledge("whole", contains=["part"]), pledge("part", quantity=4),
        pledge("out", counted="no", why_not="said twice"), pledge("total", kind="aggregate"), need("n", "One", 30),
    ]  # fmt: skip
    made = assess(scenario(*rows), QUICK)
    assert pledges_of(made, "open") == {"whole"}
    assert made.frames["given"]["quantity"].sum() == 10


def test_a_delivery_of_a_part_is_taken_from_the_pledge_that_contains_it():
    rows = [*past(), pledge("whole", contains=["part"]), pledge("part", quantity=4), delivery("came", "part", 3),
            need("n", "One", 30)]  # fmt: skip
    made = assess(scenario(*rows), QUICK)
    assert dict(made.frames["open"].select("pledge", "quantity").rows()) == {"whole": pytest.approx(7.0)}
    assert made.frames["expected_arrivals"].select("pledge", "quantity").rows() == [("whole", 7)]
    assert faults_of(made, scenario(*rows)) == ()


def test_what_is_left_of_a_pledge_that_came_in_part_is_still_to_come():
    """The count of what came, in the ledger, is not taken for the share that came."""
    rows = [*past(), pledge("open"), delivery("first", "open", 2), delivery("second", "open", 3), need("n", "One", 30)]
    made = assess(scenario(*rows), QUICK)
    assert made.frames["open"].select("pledge", "quantity", "share").rows() == [("open", pytest.approx(5.0), pytest.approx(0.5))]
    assert made.frames["left_over"].select("arriving", "given").rows() == [(5, 5)]


def test_what_is_promised_in_words_is_a_reason_and_no_arrival():
    rows = [*past(), pledge("words", None, None, family="artillery"), need("n", "One", 3, family="artillery"), TANK,
            Equipment(equipment="howitzer", family="artillery")]  # fmt: skip
    gap = assess(scenario(*rows), QUICK).frames["gaps"].row(0, named=True)
    assert gap["reason"] == "not_counted"
    assert gap["detail"].endswith("promised only without a number or a type, in words.")


def test_every_frame_is_there_with_its_columns_even_of_nothing():
    for made in (assess(scenario(), QUICK), assess(scenario(*past(), pledge("open"), need("n", "One", 3)), QUICK)):
        assert set(made.frames) == set(STATUS_FRAMES)
        for name, columns in STATUS_FRAMES.items():
            assert dict(made.frames[name].schema) == columns, name


def test_two_runs_with_one_seed_give_the_same_frames():
    rows = [*past(), pledge("open"), pledge("more", "t72", 4, donor="NOR"), need("n", "One", 8), need("m", "Two", 9, priority=2)]
    first, second = assess(scenario(*rows), QUICK), assess(scenario(*rows), QUICK)
    assert all(first.frames[name].equals(second.frames[name]) for name in first.frames)
