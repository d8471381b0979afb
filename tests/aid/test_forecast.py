"""The forecast: closed forms, what donors who stop take away, and calibration on pledges whose delays are known."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest
from tests.aid.ledgers import DELIVERIES, EQUIPMENT, PLEDGES, day, delivery, kind, pledge, table

from contingent.aid.calibration import calibration
from contingent.aid.forecast import ForecastOptions, expected_arrivals, forecast
from contingent.aid.hazard import best_strength, cumulative, days_at, fit, in_bands
from contingent.aid.portions import portions

TYPES = table(EQUIPMENT, kind("T1"), kind("G1", family="guns"))


def simulated(number: int, *, seed: int = 3, mean: float = 150.0, days: int = 900):
    """Pledges of two donors, one slow, and what came of them by the last day."""
    random = np.random.default_rng(seed)
    announced = random.integers(0, days, number)
    slow = random.random(number) < 0.5
    came = announced + np.ceil(random.exponential(np.where(slow, 2.0 * mean, mean)))
    pledges = table(PLEDGES, *(
        pledge(f"P{n:04d}", int(announced[n]), donor="SLO" if slow[n] else "FST", equipment="T1" if n % 2 else "G1",
               value_eur_m=1.0)
        for n in range(number)))  # fmt: skip
    deliveries = table(DELIVERIES, *(delivery(f"D{n}", f"P{n:04d}", int(came[n])) for n in range(number)))
    return pledges, deliveries


def test_days_in_bands_by_hand():
    assert in_bands(np.array([100.0])).tolist() == [[30.0, 60.0, 10.0, 0.0, 0.0, 0.0]]


def test_cumulative_rate_and_its_inverse_by_hand():
    rate = np.array([0.01, 0.02, 0.0, 0.01, 0.01, 0.001])
    assert cumulative(rate, np.array([10.0, 50.0, 100.0, 180.0, 280.0])) == pytest.approx([0.1, 0.7, 1.5, 1.5, 2.5])
    assert days_at(rate, np.array([0.1, 0.7, 2.5])) == pytest.approx([10.0, 50.0, 280.0])
    assert np.isinf(days_at(np.zeros(6), np.array([0.1])))[0]


def test_rates_are_arrivals_over_days_watched():
    """One came after 20 days, one is awaited since 60: (1 + 1/2) / (20 + 30) a day in the first band, but for the multiple."""
    pledges = table(PLEDGES, pledge("A"), pledge("B"))
    rates = fit(portions(pledges, table(DELIVERIES, delivery("1", "A", 20)), TYPES, as_of=day(60), complete=True))
    shape, rate = rates.shapes()
    assert shape[:2].tolist() == [1.5, 0.5]
    assert rate[:3] == pytest.approx([50.0, 30.0, 30.0], rel=0.01)  # nobody was watched in the third band: as the second


def test_known_rates_and_multiples_are_found():
    """Two donors at daily rates of 1/100 and 1/400; half are still awaited. Old pledges are nearly all of the slow one."""
    random = np.random.default_rng(5)
    delay, watched = random.exponential(np.repeat([100.0, 400.0], 3000)), random.uniform(10, 600, 6000)
    rows = pl.DataFrame({"donor": ["FST"] * 3000 + ["SLO"] * 3000, "family": "tanks", "weight": 1.0, "seen": True,
                         "days": np.minimum(delay, watched), "arrived": delay <= watched})  # fmt: skip
    rates = fit(rows)
    shape, rate = rates.shapes()
    times = dict(rates.donors.select("donor", pl.col("shape") / pl.col("rate")).iter_rows())
    assert times["FST"] * (shape / rate)[:4] == pytest.approx(np.full(4, 1 / 100), rel=0.12)
    assert times["SLO"] * (shape / rate)[:4] == pytest.approx(np.full(4, 1 / 400), rel=0.12)


def test_groups_that_do_not_differ_are_drawn_together_and_others_told_apart():
    assert best_strength(np.array([10.0, 10.0]), np.array([10.0, 10.0])) == 1024.0
    assert best_strength(np.array([40.0, 2.0]), np.array([10.0, 30.0])) <= 2.0


def test_a_constant_rate_gives_the_exponential_chance():
    """With many pledges at a rate of 1/150, an open one arrives within 100 days with 1 - exp(-100/150), whatever its age."""
    random = np.random.default_rng(11)
    announced, delay = random.integers(0, 900, 3000), np.ceil(random.exponential(150.0, 3000))
    pledges = table(PLEDGES, *(pledge(f"P{n}", int(announced[n])) for n in range(3000)))
    deliveries = table(DELIVERIES, *(delivery(f"D{n}", f"P{n}", int(announced[n] + delay[n])) for n in range(3000)))
    asked = ForecastOptions(horizon_days=100, step_days=100)
    made = forecast(pledges, deliveries, TYPES, as_of=day(900), complete=True, options=asked)
    assert made.open_pledges["chance"].mean() == pytest.approx(1 - np.exp(-100 / 150), abs=0.04)
    total = made.arrivals.filter((pl.col("cut") == "all") & (pl.col("measure") == "items")).row(-1, named=True)
    came = ((announced <= 900) & (announced + delay > 900) & (announced + delay <= 1000)).sum() * 10.0
    assert total["low"] * 0.9 <= came <= total["high"] * 1.1
    assert total["open"] == made.open_pledges["quantity"].sum()


def test_cuts_agree_and_never_exceed_what_is_open():
    made = forecast(*simulated(200), TYPES, as_of=day(900), complete=True)
    for measure in ("items", "value_eur_m"):
        mine = made.arrivals.filter(pl.col("measure") == measure)
        whole = mine.filter(pl.col("cut") == "all").sort("day")
        for cut in ("family", "donor"):
            parts = mine.filter(pl.col("cut") == cut).group_by("day").agg(pl.col("mean").sum(), pl.col("open").sum()).sort("day")
            assert parts["mean"].to_list() == pytest.approx(whole["mean"].to_list())
            assert parts["open"].to_list() == pytest.approx(whole["open"].to_list())
    assert made.arrivals.filter((pl.col("low") > pl.col("median")) | (pl.col("median") > pl.col("high"))).is_empty()
    assert made.arrivals.filter(pl.col("high") > pl.col("open") + 1e-9).is_empty()


def test_a_donor_who_stops_takes_exactly_what_was_his():
    ledger = simulated(120)
    whole = forecast(*ledger, TYPES, as_of=day(900), complete=True).arrivals
    made = forecast(*ledger, TYPES, as_of=day(900), complete=True, options=ForecastOptions(stopped=("SLO",)))
    his, others = (whole.filter((pl.col("cut") == "donor") & (pl.col("name") == name)) for name in ("SLO", "FST"))
    left = made.arrivals.filter(pl.col("cut") == "all")
    assert left["mean"].to_list() == others["mean"].to_list()
    assert (whole.filter(pl.col("cut") == "all")["mean"] - left["mean"]).to_list() == pytest.approx(his["mean"].to_list())
    assert "SLO" not in made.open_pledges["donor"]


def test_the_same_seed_gives_the_same_frame_whatever_the_order_of_rows():
    pledges, deliveries = simulated(60)
    first = forecast(pledges, deliveries, TYPES, as_of=day(900), complete=True)
    again = forecast(pledges.reverse(), deliveries.reverse(), TYPES, as_of=day(900), complete=True)
    assert first.arrivals.equals(again.arrivals)
    assert first.open_pledges.equals(again.open_pledges)


def test_forecasts_of_the_past_hold_as_often_as_they_say():
    """Of pledges with known delays, some eight in ten of the 80% intervals hold what came; the mean is not off."""
    rows = calibration(*simulated(600), TYPES, as_of=day(900), complete=True, horizon_days=120, every_days=60)
    assert len(rows) >= 40
    assert 0.65 <= rows["inside"].mean() <= 0.95
    items = rows.filter(pl.col("measure") == "items")
    assert items["mean"].sum() == pytest.approx(items["actual"].sum(), rel=0.15)
    assert items["origin"].max() == day(900) - timedelta(days=120)


def test_expected_arrivals_are_open_items_of_a_known_type_within_the_horizon():
    made = forecast(*simulated(100), TYPES, as_of=day(900), complete=True)
    rows = expected_arrivals(made.open_pledges, horizon_days=150)
    assert 0 < len(rows) < len(made.open_pledges)
    assert rows["day"].is_between(0, 149).all()
    assert rows["arrival"].n_unique() == len(rows)


def test_nothing_open_is_an_empty_forecast():
    made = forecast(table(PLEDGES, pledge("A")), table(DELIVERIES, delivery("1", "A", 5)), TYPES, as_of=day(50), complete=True)
    assert made.arrivals.is_empty()
    assert made.open_pledges.is_empty()
