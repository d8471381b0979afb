r"""Where it frays: hot spots on a grid, by two measures, each corrected for all the cells looked at.

standing
    Getis and Ord's :math:`G_i^*` [1]_: the sum of a cell and its neighbours, in standard deviations from what the mean of all
    cells leads to expect. The reference is the same map with its cells dealt out anew, `permutations` times; cells with as many
    neighbours share one reference, so that small probabilities can be told.
emerging
    A cell and its neighbours in the last days against their own past of eight times as long: given how many violations both
    hold, the last days' share is binomial if nothing changed [2]_; both numbers are divided by the neighbourhood's
    overdispersion first.

Cells are squares of `cell_km` on a plane that is true at the incidents' middle latitude. Only cells that had an incident are
looked at, since the sea and the rear would make every front line one hot spot. Both are adjusted for the false discovery rate
[3]_. A standing hot spot is a neighbourhood: one busy cell among quiet ones is none. Incidents whose place is known less well
than the size of a cell are left out.

References
----------
.. [1] J. K. Ord, A. Getis, "Local spatial autocorrelation statistics", Geographical Analysis 27 (4), 1995.
.. [2] J. Przyborowski, H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940.
.. [3] M. Caldas de Castro, B. H. Singer, "Controlling the false discovery rate: a new application to account for multiple and
   dependent tests in local statistics of spatial association", Geographical Analysis 38 (2), 2006.
"""

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.ensemble.streams import generator_of
from contingent.monitoring.distributions_kernel import beta_tail
from contingent.monitoring.estimates import estimate
from contingent.monitoring.false_discovery import adjusted
from contingent.monitoring.series import DailySeries, Floats
from contingent.monitoring.signal_columns import SIGNAL_COLUMNS, signal_frame
from contingent.monitoring.signal_options import OBSTRUCTION, SignalOptions

KM_PER_DEGREE = 111.195
"""Of latitude, on the sphere of the mean radius 6,371.0 km. [km]"""
PAST = 8
"""Length of the past as a multiple of the last days."""
LEAST_CELLS = 9
"""Below this there is no map to deal out anew."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells that had an incident.

    Parameters
    ----------
    cells : polars.DataFrame
        Columns row, column, latitude, longitude, sector; in the order of the arrays.
    counts : ndarray of float
        Violations by cell and day, past and last days. shape (cells, days)
    observed : ndarray of float
        Days observed of each cell's sector. shape (cells, days)
    neighbours : ndarray of int
        Places of each cell and its neighbours; the number of cells = none. shape (cells, 9)
    last : int
        How many of the days, at the end, are the last ones.
    """

    cells: pl.DataFrame
    counts: Floats
    observed: Floats
    neighbours: Ints
    last: int


def hotspots(incidents: pl.DataFrame, daily: DailySeries, options: SignalOptions | None = None) -> pl.DataFrame:
    """Return frame ``hotspots``: the cells that are hot, by both measures, hottest first.

    Parameters
    ----------
    incidents : polars.DataFrame
        Frame ``incidents``, located.
    daily : DailySeries
        Exposure by day, and the period.
    options : SignalOptions, optional
        Size of cells, days, permutations with their seed, and false discovery rate.
    """
    asked = options or SignalOptions()
    grid = grid_of(incidents, daily, asked)
    if grid is None:
        return signal_frame("hotspots")
    found = pl.concat([_standing(grid, asked), _emerging(grid)])
    hot = found.filter(pl.col("adjusted") <= asked.false_discovery_rate).with_columns(cell_km=pl.lit(float(asked.cell_km)))
    order = ["measure", "adjusted", "score", "latitude", "longitude"]
    ranked = hot.sort(order, descending=[True, False, True, False, False])
    return ranked.select(pl.col(name).cast(kind) for name, kind in SIGNAL_COLUMNS["hotspots"].items())


def grid_of(incidents: pl.DataFrame, daily: DailySeries, asked: SignalOptions) -> Grid | None:
    """Lay incidents on cells and days; None where none has a place that is known well enough."""
    last = min(asked.hotspot_days, daily.days)
    days = min(daily.days, last * (PAST + 1))
    first_date = daily.last - timedelta(days=days - 1)
    placed = incidents.filter(
        pl.col("latitude").is_not_null() & pl.col("longitude").is_not_null() & pl.col("time").is_not_null()
        & (pl.col("kind") != OBSTRUCTION) & (pl.col("precision_km").fill_null(0.0) <= asked.cell_km)
        & (pl.col("precision_h").fill_null(0.0) <= asked.day_precision_h)
    ).select(
        "latitude", "longitude", "sector", pl.col("count").fill_null(1.0),
        (pl.col("time").dt.date() - first_date).dt.total_days().alias("day"),
    ).filter(pl.col("day").is_between(0, days - 1))  # fmt: skip
    if placed.is_empty():
        return None
    latitudes = (float(placed["latitude"].min()), float(placed["latitude"].max()))  # type: ignore[arg-type]
    high = asked.cell_km / KM_PER_DEGREE
    wide = high / max(0.05, math.cos(math.radians(sum(latitudes) / 2)))
    on_grid = placed.with_columns(
        (pl.col("latitude") / high).floor().cast(pl.Int64).alias("row"),
        (pl.col("longitude") / wide).floor().cast(pl.Int64).alias("column"),
    )  # fmt: skip
    summed = on_grid.group_by("row", "column", "sector", "day").agg(pl.col("count").sum())
    by_sector = summed.group_by("row", "column", "sector").agg(pl.col("count").sum())
    most = by_sector.sort("row", "column", "count", "sector", descending=[False, False, True, False], nulls_last=True)
    cells = most.unique(["row", "column"], keep="first", maintain_order=True).select("row", "column", "sector").with_columns(
        latitude=(pl.col("row") + 0.5) * high, longitude=(pl.col("column") + 0.5) * wide)
    at = summed.join(cells.with_row_index("cell").select("row", "column", "cell"), on=["row", "column"], how="left")
    counts = np.zeros((len(cells), days))
    np.add.at(counts, (at["cell"].to_numpy(), at["day"].to_numpy()), at["count"].to_numpy())
    place = {name: index for index, name in enumerate(daily.sectors)}
    sector = cells["sector"].replace_strict(place, default=len(place), return_dtype=pl.Int64).to_numpy()
    observed = daily.observed[sector, daily.days - days :]
    counts = np.where(observed > 0, counts, 0.0)
    return Grid(cells, counts, observed, _neighbours(cells["row"].to_numpy(), cells["column"].to_numpy()), last)


def _neighbours(row: Ints, column: Ints) -> Ints:
    number = len(row)
    span = int(column.max() - column.min()) + 3
    code = (row - row.min() + 1) * span + (column - column.min() + 1)
    order = np.argsort(code)
    found = np.empty((number, 9), dtype=np.int64)
    for place, (up, right) in enumerate((a, b) for a in (-1, 0, 1) for b in (-1, 0, 1)):
        wanted = code + up * span + right
        at = np.minimum(np.searchsorted(code[order], wanted), number - 1)
        found[:, place] = np.where(code[order][at] == wanted, order[at], number)
    return found


def _around(values: Floats, neighbours: Ints) -> Floats:
    """Sum of each cell and its neighbours along the first axis."""
    padded = np.concatenate([values, np.zeros((1, *values.shape[1:]))])
    total = np.zeros_like(values)
    for place in range(neighbours.shape[1]):
        total += padded[neighbours[:, place]]
    return total


def _standing(grid: Grid, asked: SignalOptions) -> pl.DataFrame:
    """Getis and Ord's statistic of violations per day observed in the last days."""
    seen = grid.observed[:, -grid.last :].sum(axis=1)
    counted = grid.counts[:, -grid.last :].sum(axis=1)
    values = np.divide(counted, seen, out=np.zeros_like(counted), where=seen > 0)
    number = len(values)
    size = (grid.neighbours < number).sum(axis=1).astype(float)
    spread = values.std()
    if number < LEAST_CELLS or spread == 0:
        return _measured(grid, "standing", np.zeros(number), np.ones(number), np.full(number, counted.mean()) * size)
    deviation = spread * np.sqrt(np.maximum(size * (number - size), 1.0) / (number - 1))
    score = (_around(values, grid.neighbours) - values.mean() * size) / deviation
    generator = generator_of(asked.seed, "monitoring", "hotspots")
    dealt = np.stack([values[generator.permutation(number)] for _ in range(asked.permutations)], axis=1)
    reference = (_around(dealt, grid.neighbours) - (values.mean() * size)[:, None]) / deviation[:, None]
    probability = np.ones(number)
    for neighbours in np.unique(size):
        same = size == neighbours
        pool = np.sort(reference[same].ravel())
        above = len(pool) - np.searchsorted(pool, score[same] - 1e-9)
        probability[same] = (1.0 + above) / (1.0 + len(pool))
    return _measured(grid, "standing", score, probability, values.mean() * _around(seen, grid.neighbours))


def _emerging(grid: Grid) -> pl.DataFrame:
    """The last days of each neighbourhood against its own past."""
    number, days = grid.counts.shape
    past = slice(0, days - grid.last)
    counts = _around(grid.counts, grid.neighbours)
    observed = _around(grid.observed, grid.neighbours) / (grid.neighbours < number).sum(axis=1)[:, None]
    of = estimate(counts, observed)
    seen = observed[:, -grid.last :].sum(axis=1)
    share = np.divide(seen, of.exposure, out=np.zeros(number), where=of.exposure > 0)
    last = counts[:, -grid.last :].sum(axis=1)
    probability = beta_tail(last / of.inflation, of.total / of.inflation, share)
    before = observed[:, past].sum(axis=1)
    rate = np.divide(counts[:, past].sum(axis=1), before, out=np.zeros(number), where=before > 0)
    probability = np.where(before > 0, probability, 1.0)
    expected = of.total * share
    score = (last - expected) / np.sqrt(np.maximum(expected * (1.0 - share) * of.inflation, 1e-12))
    return _measured(grid, "emerging", np.where(before > 0, score, 0.0), probability, rate * seen)


def _measured(grid: Grid, measure: str, score: Floats, probability: Floats, expected: Floats) -> pl.DataFrame:
    last = grid.counts[:, -grid.last :].sum(axis=1)
    return grid.cells.select("latitude", "longitude", "sector").with_columns(
        pl.lit(measure).alias("measure"),
        pl.Series("violations", last),
        pl.Series("around", _around(last, grid.neighbours)),
        pl.Series("expected_around", expected),
        pl.Series("score", score),
        pl.Series("probability", probability),
        pl.Series("adjusted", adjusted(probability)),
    )  # fmt: skip
