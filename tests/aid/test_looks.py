"""Ledgers that know only what somebody looked at: by hand, by closed forms, and on looks that do not depend on what they find."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from tests.aid.ledgers import DELIVERIES, PLEDGES, day, delivery, pledge, table
from tests.aid.simulated import TYPES, ledger

from contingent.aid.assess import assess
from contingent.aid.calibration import calibration
from contingent.aid.delays import delays
from contingent.aid.draws import open_pledges
from contingent.aid.forecast import ForecastOptions, expected_arrivals, forecast
from contingent.aid.hazard import cumulative
from contingent.aid.portions import followed, portions
from contingent.aid.status import AidOptions
from contingent.io import read_scenario


def look(name: str, of: str, on: int, quantity: float = 0.0, came: int | None = None) -> dict:
    return delivery(name, of, 0, quantity, date=None if came is None else day(came), as_of=day(on))


def three():
    """A was looked at on days 30 and 80 and had come in part by 80; B on day 60; C never."""
    return table(PLEDGES, pledge("A"), pledge("B", 10), pledge("C", 20)), table(
        DELIVERIES, look("1", "A", 30), look("2", "A", 80, 4.0), look("3", "B", 60), look("4", "B", 300))  # fmt: skip


def test_a_pledge_is_followed_up_to_the_last_look_at_it():
    shown = ("pledge", "weight", "days", "arrived", "seen")
    found = portions(*three(), TYPES, as_of=day(200)).select(shown).rows()
    assert found == [("A", 0.6, 80.0, False, True), ("A", 0.4, 80.0, True, True), ("B", 1.0, 50.0, False, True),
                     ("C", 1.0, 0.0, False, False)]  # fmt: skip
    complete = portions(*three(), TYPES, as_of=day(200), complete=True).select(shown).rows()
    assert complete == [("A", 0.4, 80.0, True, True), ("A", 0.6, 200.0, False, True), ("B", 1.0, 190.0, False, True),
                        ("C", 1.0, 180.0, False, True)]  # fmt: skip


def test_the_day_of_arrival_is_no_look_where_the_source_was_read_later():
    """Six came on day 20, read on day 70: the other four were still awaited on day 70. After the close nothing is known."""
    pledges, rows = table(PLEDGES, pledge("A")), table(DELIVERIES, look("1", "A", 70, 6.0, came=20))
    awaited = pl.col("arrived").not_()
    assert portions(pledges, rows, TYPES, as_of=day(100)).filter(awaited)["days"].to_list() == [70.0]
    assert portions(pledges, rows, TYPES, as_of=day(50)).filter(awaited)["days"].to_list() == [20.0]


def test_a_look_before_the_announcement_is_none():
    pledges, rows = table(PLEDGES, pledge("A", 50)), table(DELIVERIES, look("1", "A", 30))
    assert portions(pledges, rows, TYPES, as_of=day(100))["seen"].to_list() == [False]


def test_what_nobody_looked_at_is_counted_and_teaches_nothing():
    pledges, rows = three()
    summary, curve = delays(pledges, rows, TYPES, as_of=day(200))
    whole = summary.row(0, named=True)
    assert (whole["pledges"], whole["arrived"], whole["awaited"], whole["unseen"]) == (3.0, 0.4, 1.6, 1.0)
    without, same = delays(pledges.filter(pl.col("pledge") != "C"), rows, TYPES, as_of=day(200))
    assert curve.equals(same)
    assert without.row(0, named=True)["unseen"] == 0.0


def test_a_donor_whom_nobody_looked_at_is_shown_without_a_judgement():
    pledges = table(PLEDGES, pledge("A"), pledge("B", donor="BBB"))
    row = delays(pledges, table(DELIVERIES, look("1", "A", 40, 10.0)), TYPES, as_of=day(99))[0].row(2, named=True)
    assert (row["donor"], row["pledges"], row["unseen"]) == ("BBB", 1.0, 1.0)
    assert [row[name] for name in ("median_days", "expected", "probability", "adjusted", "delivered_180")] == [None] * 5


def test_the_chance_of_being_there_unseen_is_that_of_having_come_since_the_last_look():
    """At a rate of 1/150, with looks long ago: 1 - exp(-days since the look / 150); none in a complete ledger."""
    pledges, rows, _ = ledger(3000, seed=4, looks=200.0, never=0.3)
    shown = forecast(pledges, rows, TYPES, as_of=day(900)).open_pledges
    since = shown["age_days"] - shown["seen_age_days"].fill_null(0.0)
    young = shown.with_columns(true=1.0 - (-since / 150.0).exp(), since=since).filter(pl.col("age_days") < 360)
    assert (young["chance_by_now"] - young["true"]).abs().max() < 0.12
    assert (young["chance_by_now"] - young["true"]).abs().mean() < 0.03
    assert shown["seen_age_days"].null_count() > 100
    complete = forecast(pledges, rows, TYPES, as_of=day(900), complete=True).open_pledges
    assert complete["chance_by_now"].max() == 0.0
    assert complete["seen_age_days"].equals(complete["age_days"].rename("seen_age_days"))


def test_the_expected_day_is_the_median_given_the_last_look():
    pledges, rows, _ = ledger(400, seed=9, looks=150.0, never=0.2)
    made = forecast(pledges, rows, TYPES, as_of=day(900))
    shape, rate = made.rates.shapes()
    for row in made.open_pledges.filter(pl.col("expected_day") > 0).iter_rows(named=True):
        ages = np.array([row["seen_age_days"] or 0.0, row["age_days"] + row["expected_day"]])
        multiple = made.rates.donors.filter(pl.col("donor") == row["donor"]).select(pl.col("shape") / pl.col("rate")).item()
        again = made.rates.families.filter((pl.col("donor") == row["donor"]) & (pl.col("family") == row["family"]))
        passed = np.diff(cumulative(shape / rate, ages))[0] * multiple * again.select(pl.col("shape") / pl.col("rate")).item()
        assert passed == pytest.approx(np.log(2.0))
        assert row["chance_by_now"] < 0.6


def test_what_is_there_unseen_arrives_on_day_0():
    pledges, rows, _ = ledger(300, seed=2, looks=200.0, never=0.3)
    made = forecast(pledges, rows, TYPES, as_of=day(900))
    items = made.arrivals.filter((pl.col("cut") == "all") & (pl.col("measure") == "items"))
    now = items.filter(pl.col("day") == 0).row(0, named=True)
    shown = made.open_pledges
    assert now["mean"] == pytest.approx((shown["chance_by_now"] * shown["quantity"]).sum())
    there = shown.filter(pl.col("expected_day") == 0)
    assert 0 < len(there) < len(shown)
    coming = expected_arrivals(shown, horizon_days=360)
    assert set(there["pledge"]) == set(coming.filter(pl.col("day") == 0)["pledge"])
    complete = forecast(pledges, rows, TYPES, as_of=day(900), complete=True).arrivals
    assert complete.filter(pl.col("day") == 0)["high"].max() == 0.0


@pytest.mark.parametrize("shape", ["exponential", "weibull", "lognormal"])
def test_where_looks_are_rare_the_last_look_is_nearer_the_truth_than_the_close(shape):
    """Four in ten are never looked at, the others every 300 days: shares still awaited after 90, 180 and 360 days."""
    wrong = {True: [], False: []}
    for seed in range(6):
        pledges, rows, delay = ledger(300, seed=seed, shape=shape, looks=300.0, never=0.4)
        true = np.array([(delay > limit).mean() for limit in (90, 180, 360)])
        for complete, found in wrong.items():
            curve = delays(pledges, rows, TYPES, as_of=day(900), complete=complete)[1].filter(pl.col("donor").is_null())
            curve = curve.filter(pl.col("family").is_null())
            before = curve["days"].search_sorted(pl.Series([90.0, 180.0, 360.0]), side="right").to_numpy() - 1
            found.append(np.abs(curve["awaited"].to_numpy()[before] - true).mean())
    assert np.mean(wrong[False]) < 0.06
    assert np.mean(wrong[True]) > 0.3


def test_arrivals_known_only_by_a_look_are_late_but_nearer_the_truth_than_the_close():
    for seed in range(4):
        pledges, rows, delay = ledger(300, seed=seed, looks=90.0, never=0.2, dated=False)
        medians = {complete: delays(pledges, rows, TYPES, as_of=day(900), complete=complete)[0]["median_days"][0]
                   for complete in (True, False)}  # fmt: skip
        assert np.median(delay) < medians[False] < medians[True]


def looks_after(origin: int):
    """Twelve pledges seen by the origin; then A is looked at within the horizon, B after it, C not at all."""
    seen = [f"P{n:02d}" for n in range(12)]
    pledges = table(PLEDGES, *(pledge(name) for name in (*seen, "A", "B", "C")))
    rows = table(DELIVERIES, *(look(name, name, 20, 10.0) for name in seen),
                 look("A1", "A", origin + 50, 6.0), look("A2", "A", origin + 90, 4.0), look("B1", "B", origin + 150, 10.0),
                 )  # fmt: skip
    return pledges, rows


def test_a_forecast_is_held_against_the_first_look_after_it():
    """Of A six had come on day 50 after the origin: that is compared, and neither the later rest nor B nor C."""
    rows = calibration(*looks_after(100), TYPES, as_of=day(200), horizon_days=100, every_days=400)
    assert rows.select("origin", "measure", "family", "pledges", "actual").rows() == [(day(100), "items", "tanks", 1, 6.0)]
    complete = calibration(*looks_after(100), TYPES, as_of=day(200), horizon_days=100, every_days=400, complete=True)
    assert complete.select("pledges", "actual").rows() == [(3, 10.0)]


def test_a_forecast_of_the_past_knows_nothing_that_was_read_later():
    """Six came before the origin and were read after it: at the origin, all ten were still to come as far as anybody knew."""
    pledges, rows = looks_after(100)
    rows = pl.concat([rows.filter(pl.col("pledge") != "A"), table(DELIVERIES, look("A1", "A", 150, 6.0, came=90))])
    found = calibration(pledges, rows, TYPES, as_of=day(200), horizon_days=100, every_days=400)
    assert found.select("pledges", "actual").rows() == [(1, 6.0)]


def test_where_nobody_looked_again_there_is_no_calibration():
    pledges, rows, _ = ledger(60, seed=1)
    once = rows.with_columns(quantity=pl.lit(0.0), date=pl.lit(None, pl.Date), as_of=pl.lit(day(300)))
    assert calibration(pledges, once, TYPES, as_of=day(900)).is_empty()


def held(ledgers: int, number: int, **how) -> pl.DataFrame:
    complete = how.get("looks") is None
    return pl.concat([
        calibration(*ledger(number, seed=seed, **how)[:2], TYPES, as_of=day(900), complete=complete, horizon_days=120,
                    every_days=120, options=ForecastOptions(replications=100))
        for seed in range(ledgers)])  # fmt: skip


def test_intervals_hold_eight_in_ten_also_where_looks_are_few():
    rows = held(6, 400, looks=90.0, never=0.3, differ=0.5)
    assert len(rows) > 100
    assert 0.72 <= rows["inside"].mean() <= 0.9
    assert rows["mean"].sum() == pytest.approx(rows["actual"].sum(), rel=0.1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "least"),
    [
        ({}, 0.76), ({"differ": 0.5}, 0.76), ({"shape": "lognormal"}, 0.74), ({"looks": 90.0}, 0.76), ({"looks": 300.0}, 0.75),
        ({"looks": 90.0, "never": 0.3, "differ": 0.5}, 0.76),
        ({"shape": "weibull"}, 0.66),  # a rate that doubles within a band
        ({"looks": 90.0, "dated": False}, 0.55),  # arrivals taken on the day of the look, the latest they can have been
    ],
)  # fmt: skip
def test_intervals_of_many_ledgers_hold_as_often_as_the_manual_says(how, least):
    rows = held(40, 600, **how)
    assert least <= rows["inside"].mean() <= 0.86


@pytest.mark.filterwarnings("ignore:Comparisons with None:UserWarning")  # of coalitions without a currency
def test_the_bundled_ledger_says_how_few_were_looked_at():
    """Ten of the 44 pledges with an amount were ever looked at, which leaves no forecast that the past could be held against."""
    status = assess(read_scenario("reassurance"), AidOptions(replications=50))
    whole = status.frames["delays"].row(0, named=True)
    assert whole["pledges"] == pytest.approx(44.0)
    assert whole["unseen"] == 34.0
    assert whole["arrived"] + whole["awaited"] == pytest.approx(10.0)
    assert status.frames["calibration"].is_empty()
    shown = status.frames["open"]
    assert shown["seen_age_days"].null_count() == 34
    assert shown["due_day"].null_count() == len(shown)


def test_books_that_carry_sums_of_their_own_change_nothing():
    """The ledger's frame has columns named delivered and open: portions are cut from deliveries alone."""
    pledges, rows = three()
    booked = pledges.with_columns(delivered=pl.lit(4.0), open=pl.lit(6.0), share=pl.lit(9.0), days=pl.lit(7.0))
    cut = portions(booked, rows, TYPES, as_of=day(200))
    assert cut.equals(portions(pledges, rows, TYPES, as_of=day(200)))
    still = [open_pledges(cut, followed(book, TYPES, as_of=day(200)), as_of=day(200)) for book in (booked, pledges)]
    assert still[0]["quantity"].equals(still[1]["quantity"])
    assert still[0].filter(pl.col("pledge") == "A")["quantity"].to_list() == [6.0]


def test_a_later_close_forgets_nothing_and_makes_all_older():
    pledges, rows, _ = ledger(200, seed=8, looks=100.0, never=0.2)
    early, late = (forecast(pledges, rows, TYPES, as_of=day(900) + timedelta(days=more)).open_pledges for more in (0, 365))
    assert early["pledge"].equals(late["pledge"])
    assert (late["age_days"] - early["age_days"]).unique().to_list() == [365.0]
    assert early["seen_age_days"].equals(late["seen_age_days"])
    assert (late["chance_by_now"] >= early["chance_by_now"]).all()
