"""Hot spots on maps of which the truth is known."""

from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest
from tests.monitoring.made_up import FIRST, INCIDENTS, negative_binomial

from contingent.monitoring.hotspots import KM_PER_DEGREE, grid_of, hotspots
from contingent.monitoring.series import daily_series
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS
from contingent.monitoring.signal_options import SignalOptions

ROWS, COLUMNS, DAYS, LAST = 8, 30, 252, 28
SOUTH, WEST, WIDE = 48.0, 30.0, 0.138
HIGH = 10 / KM_PER_DEGREE


def map_of(rate, generator, *, size=1.5):
    """Incidents of a rate by row, column and day, each in the middle of its cell."""
    counts = negative_binomial(generator, np.broadcast_to(rate, (ROWS, COLUMNS, DAYS)), size)
    row, column, number = np.nonzero(counts)
    begin = np.datetime64(datetime.combine(FIRST, datetime.min.time()) + timedelta(hours=12))
    south = np.ceil(SOUTH / HIGH) * HIGH
    frame = pl.DataFrame({
        "time": (begin + number.astype("timedelta64[D]")).astype("datetime64[us]"), "latitude": south + (row + 0.5) * HIGH,
        "longitude": WEST + (column + 0.5) * WIDE, "sector": ["S0"] * len(row), "kind": ["shelling"] * len(row),
        "count": counts[row, column, number].astype(float), "precision_h": np.full(len(row), 24.0),
        "precision_km": np.ones(len(row)),
    })  # fmt: skip
    return frame.select(
        pl.col(name) if name in frame.columns else pl.lit(None, type_).alias(name) for name, type_ in INCIDENTS.items()
    )


def places(found):
    """Row and column of each hot cell, as broken numbers: cells of the map and of the grid do not quite agree."""
    south = np.ceil(SOUTH / HIGH) * HIGH
    return (found["latitude"].to_numpy() - south) / HIGH - 0.5, (found["longitude"].to_numpy() - WEST) / WIDE - 0.5


def test_a_quiet_map_has_no_hot_spot():
    """Ten maps of like cells, ten of cells that differ without order: at 5 %, three of twenty would be too many."""
    generator = np.random.default_rng(1)
    hot = {"standing": 0, "emerging": 0}
    for number in range(10):
        uneven = generator.gamma(1.0, 1.0, (ROWS, COLUMNS, 1)) if number % 2 else 1.0
        frame = map_of(0.3 * uneven, generator)
        for measure in hotspots(frame, daily_series(frame, None))["measure"].unique():
            hot[measure] += 1
    assert max(hot.values()) <= 2


def test_what_frays_is_found_where_it_is_and_when():
    """Nine cells at three times their rate in the last four weeks: found by both measures, and hardly anything far from them."""
    generator = np.random.default_rng(2)
    rate = np.full((ROWS, COLUMNS, DAYS), 0.3)
    rate[2:5, 10:13, -LAST:] *= 3
    frame = map_of(rate, generator)
    found = hotspots(frame, daily_series(frame, None))
    for measure in ("standing", "emerging"):
        row, column = places(found.filter(pl.col("measure") == measure))
        inside = (np.abs(row - 3) < 1.6) & (np.abs(column - 11) < 1.6)
        assert inside.sum() >= 6
        far = (np.abs(row - 3) > 3.1) | (np.abs(column - 11) > 3.1)
        assert far.mean() <= 0.1
    assert dict(found.schema) == SIGNAL_COLUMNS["hotspots"]


def test_what_was_always_busy_stands_and_does_not_emerge():
    generator = np.random.default_rng(3)
    rate = np.full((ROWS, COLUMNS, DAYS), 0.3)
    rate[2:5, 10:13] *= 4
    frame = map_of(rate, generator)
    assert hotspots(frame, daily_series(frame, None))["measure"].unique().to_list() == ["standing"]


def test_the_score_is_getis_and_ords():
    """The standing score against the formula, cell by cell, with its sums written out."""
    frame = map_of(np.full((ROWS, COLUMNS, DAYS), 0.2), np.random.default_rng(4))
    daily = daily_series(frame, None)
    options = SignalOptions(false_discovery_rate=0.999)
    grid = grid_of(frame, daily, options)
    values = grid.counts[:, -LAST:].sum(axis=1) / LAST
    number = len(values)
    spots = hotspots(frame, daily, options).filter(pl.col("measure") == "standing")
    scores = {(row["latitude"], row["longitude"]): row["score"] for row in spots.iter_rows(named=True)}
    checked = 0
    for place, cell in enumerate(grid.cells.iter_rows(named=True)):
        near = [other for other, there in enumerate(grid.cells.iter_rows(named=True))
                if abs(there["row"] - cell["row"]) <= 1 and abs(there["column"] - cell["column"]) <= 1]  # fmt: skip
        weight = len(near)
        spread = np.sqrt((values**2).mean() - values.mean() ** 2)
        score = (values[near].sum() - values.mean() * weight) / (spread * np.sqrt((number * weight - weight**2) / (number - 1)))
        if (cell["latitude"], cell["longitude"]) in scores:
            assert scores[cell["latitude"], cell["longitude"]] == pytest.approx(score)
            checked += 1
        assert sorted(near) == sorted(grid.neighbours[place][grid.neighbours[place] < number])
    assert checked > 10


def test_places_that_are_not_known_well_are_left_out_and_a_seed_gives_the_same():
    frame = map_of(np.full((ROWS, COLUMNS, DAYS), 0.1), np.random.default_rng(5))
    daily = daily_series(frame, None)
    assert hotspots(frame, daily).equals(hotspots(frame.reverse(), daily))
    assert hotspots(frame.with_columns(precision_km=pl.lit(50.0)), daily).is_empty()
    assert hotspots(frame.with_columns(latitude=pl.lit(None, pl.Float64)), daily).is_empty()
