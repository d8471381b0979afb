"""Survival estimates against scikit-survival's, on simulated delays of three shapes, none to four in five censored, with ties."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sksurv.compare import compare_survival
from sksurv.nonparametric import kaplan_meier_estimator
from sksurv.util import Surv
from tests.aid.ledgers import START, day
from tests.aid.simulated import MEANS, TYPES, delay_of, ledger

from contingent.aid.delays import delays
from contingent.aid.portions import portions
from contingent.aid.survival import ROUNDING, Everybody, kaplan_meier


@st.composite
def censored(draw, least: int = 2):
    """Days, whether it came, of pledges whose delay has a known shape; a coarse step makes many of them the same."""
    number = draw(st.integers(least, 120))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    delay = delay_of(random, draw(st.sampled_from(sorted(MEANS))), np.full(number, 150.0)).astype(float)
    share, step = draw(st.floats(0.0, 0.8)), draw(st.sampled_from([1, 7, 60]))
    stopped = random.random(number) < share
    watched = np.where(stopped, random.uniform(0.0, delay), delay)
    return np.ceil(watched / step) * step, ~stopped


def library(days, arrived):
    """Times at which something arrived, the curve after each, and the ends of its 95% interval by log(-log)."""
    times, awaited, (low, high) = kaplan_meier_estimator(arrived, days, conf_type="log-log")
    kept = np.isin(times, days[arrived])
    return times[kept], awaited[kept], low[kept], high[kept]


def check(curve, days, arrived):
    times, awaited, low, high = library(days, arrived)
    assert curve.times.tolist() == times.tolist()
    assert curve.awaited == pytest.approx(awaited, abs=1e-9)
    inner = (awaited > ROUNDING) & (awaited < 1.0)
    assert curve.low[inner] == pytest.approx(low[inner], abs=1e-9)
    assert curve.high[inner] == pytest.approx(high[inner], abs=1e-9)
    reached = [values <= 0.5 + ROUNDING for values in (awaited, curve.low, curve.high)]
    assert curve.quantile(0.5) == tuple(float(times[where][0]) if where.any() else None for where in reached)


@given(censored())
def test_curve_interval_and_median_are_the_librarys(rows):
    days, arrived = rows
    if arrived.any():
        check(kaplan_meier(days, arrived), days, arrived)


@given(censored(), st.integers(0, 2**32 - 1))
def test_whole_weights_are_as_many_rows(rows, seed):
    days, arrived = rows
    weights = np.random.default_rng(seed).integers(1, 6, len(days))
    if arrived.any():
        check(kaplan_meier(days, arrived, weights.astype(float)), np.repeat(days, weights), np.repeat(arrived, weights))


@given(censored(least=6), st.integers(0, 2**32 - 1))
def test_log_rank_is_the_librarys(rows, seed):
    days, arrived = rows
    mine = np.random.default_rng(seed).random(len(days)) < 0.4
    mine[:2] = True, False
    ones = np.ones(len(days))
    _, statistic, probability = Everybody.of(days, arrived, ones).log_rank(days[mine], arrived[mine], ones[mine])
    assume(statistic > 0.0 or probability < 1.0)  # one group only is ever at risk: the library divides by nothing
    found, chance = compare_survival(Surv.from_arrays(arrived, days), mine)
    assert statistic == pytest.approx(found, rel=1e-7, abs=1e-9)
    assert probability == pytest.approx(chance, rel=1e-7, abs=1e-9)


def test_a_ledger_gives_the_librarys_curve_and_log_rank():
    """From tables to frames: watched up to the close, and up to the last look."""
    for complete, looks in ((True, None), (False, 100.0)):
        pledges, rows, _ = ledger(250, seed=3, looks=looks, never=0.2, differ=0.5)
        summary, curve = delays(pledges, rows, TYPES, as_of=day(900), complete=complete)
        cut = portions(pledges, rows, TYPES, as_of=day(900), complete=complete).filter("seen")
        days, arrived = cut["days"].to_numpy(), cut["arrived"].to_numpy()
        for row in summary.iter_rows(named=True):
            if row["family"] is not None:
                continue
            mine = np.ones(len(cut), bool) if row["donor"] is None else (cut["donor"] == row["donor"]).to_numpy()
            shown = curve.filter(curve["family"].is_null() & curve["donor"].eq_missing(row["donor"]))
            times, awaited, _, _ = library(days[mine], arrived[mine])
            assert shown["days"].to_list() == times.tolist()
            assert shown["awaited"].to_numpy() == pytest.approx(awaited, abs=1e-9)
            if row["donor"] is not None:
                assert row["statistic"] == pytest.approx(compare_survival(Surv.from_arrays(arrived, days), mine)[0])


def test_days_watched_are_those_of_the_tables_themselves():
    """What a spreadsheet would make of the same tables: days to the arrival, or to the last row about the pledge."""
    pledges, rows, _ = ledger(80, seed=5, looks=120.0, never=0.3)
    told = dict(pledges.select("pledge", "announced").iter_rows())
    expected = {}
    for name, quantity, came, seen in rows.select("pledge", "quantity", "date", "as_of").iter_rows():
        if (seen - START).days <= 900:
            known = ((came if quantity else seen) - told[name]).days, bool(quantity)
            expected[name] = max(expected.get(name, (0, False)), known) if not known[1] else known
    cut = portions(pledges, rows, TYPES, as_of=day(900)).filter("seen")
    assert {name: (days, arrived) for name, days, arrived in cut.select("pledge", "days", "arrived").iter_rows()} == expected
