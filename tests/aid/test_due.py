"""Delay past the due day, by hand and against delays that are known."""

import numpy as np
import polars as pl
import pytest
from tests.aid.ledgers import DELIVERIES, PLEDGES, day, delivery, pledge, table
from tests.aid.simulated import TYPES, days_of, ledger

from contingent.aid.delays import delays
from contingent.aid.due import lateness
from contingent.aid.forecast import forecast
from contingent.aid.portions import followed, portions


def due_of(pledges: pl.DataFrame, rows: pl.DataFrame, on: int, *, complete: bool = True, donor: str | None = None) -> tuple:
    summary = delays(pledges, rows, TYPES, as_of=day(on), complete=complete)[0].filter(pl.col("family").is_null())
    chosen = summary.filter(pl.col("donor").is_null() if donor is None else pl.col("donor") == donor)
    return chosen.select("due_pledges", "late", "median_late_days").row(0)


def four():
    """Due on day 50: A came on day 40, B on 60 and in part before, C has not come; D named no day."""
    parts = delivery("2", "B", 30, 5.0), delivery("3", "B", 60, 5.0)
    return table(PLEDGES, *(pledge(name, due=day(50)) for name in "ABC"), pledge("D", donor="BBB")), table(
        DELIVERIES, delivery("1", "A", 40), *parts, delivery("4", "D", 5))  # fmt: skip


def test_two_of_three_are_late_and_half_had_come_ten_days_past_due():
    assert due_of(*four(), 100) == (3.0, pytest.approx(2 / 3), 10.0)


def test_each_is_late_from_its_own_due_day_by_its_last_part():
    cut = portions(*four(), TYPES, as_of=day(100), complete=True)
    late = lateness(cut, followed(four()[0], TYPES, as_of=day(100)))
    assert late.select("pledge", "days", "arrived").rows() == [("A", -10.0, True), ("B", 10.0, True), ("C", 50.0, False)]


def test_where_no_due_day_is_named_there_is_nothing_to_say():
    assert due_of(*four(), 100, donor="BBB") == (None, None, None)


def test_before_the_due_day_nobody_is_known_to_be_late():
    pledges, rows = table(PLEDGES, pledge("A", due=day(90)), pledge("B", due=day(90))), table(DELIVERIES, delivery("1", "A", 20))
    assert due_of(pledges, rows, 50) == (2.0, None, -70.0)
    assert due_of(pledges, rows, 95) == (2.0, 0.5, -70.0)


def test_what_nobody_looked_at_since_it_was_due_is_not_called_late():
    """Due on day 50. A was last looked at on day 30, B on day 60, both in vain; nobody looked at C."""
    pledges = table(PLEDGES, *(pledge(name, due=day(50)) for name in "ABC"))
    rows = table(DELIVERIES, *(delivery(name, name, 0, 0.0, date=None, as_of=day(on)) for name, on in (("A", 30), ("B", 60))))
    assert due_of(pledges, rows, 100, complete=False) == (2.0, 1.0, None)
    only = rows.filter(pl.col("pledge") == "A")
    assert due_of(pledges, only, 100, complete=False) == (1.0, None, None)


def test_the_forecast_shows_the_due_day_beside_the_expected_one():
    shown = forecast(*four(), TYPES, as_of=day(80), complete=True).open_pledges
    assert shown.select("pledge", "due_day").rows() == [("C", -30)]


@pytest.mark.parametrize(("looks", "apart"), [(None, 0.03), (60.0, 0.05)])
def test_known_lateness_is_found_though_many_are_still_awaited(looks, apart):
    """Delays of 150 days promised within 100: exp(-100/150) are late, by a median of 150 ln 2 - 100 days."""
    pledges, rows, delay = ledger(4000, seed=6, looks=looks, never=0.2)
    announced = (pledges["announced"] - day(0)).dt.total_days().to_numpy()
    count, late, median = due_of(pledges.with_columns(due=days_of(announced + 100)), rows, 900, complete=looks is None)
    assert count == 4000 if looks is None else 2500 < count < 3300
    assert late == pytest.approx((delay > 100).mean(), abs=apart)
    assert median == pytest.approx(np.median(delay) - 100, abs=8.0)
