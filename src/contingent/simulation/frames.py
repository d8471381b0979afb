"""The frames of a plan under chance, made from what was counted over replications.

Means are of exact sums. Percentiles are read from histograms: the smallest value that at least so many replications do not
exceed. Fill by month has bins of half a percent, fill over the whole time of a tenth; whole numbers have bins of one where they
are few enough, days and units too.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from contingent.plan.columns import frame
from contingent.simulation import layout as at
from contingent.simulation.layout import UNIT, Tally
from contingent.simulation.tally_kernel import BILLION
from contingent.simulation.world import World

LOW, HIGH = 5, 95
"""Percentiles that are told. [%]"""

NORMAL_95 = 1.959963984540054
"""Half-width of a 95 % interval in standard errors."""

Row = dict[str, Any]

WORDS_OF_COUNTED = {
    "tours": "tours", "unplanned_tours": "tours", "extended_tours": "tours", "late_tours": "tours", "failed_checks": "units",
    "withdrawals": "nations", "offers_not_come": "offers", "calls": "calls", "calls_lost": "units", "dwell_broken": "tours",
}  # fmt: skip
"""What each whole number counts."""


def percentile(bins: NDArray[Any], percent: int) -> int:
    """Return the bin at a percentile.

    >>> percentile(np.array([5, 90, 5]), 5), percentile(np.array([4, 91, 5]), 5), percentile(np.array([1, 1, 1]), 95)
    (0, 1, 2)
    """
    counted = np.cumsum(bins.astype(np.int64))
    return int(np.searchsorted(100 * counted, percent * counted[-1]))


def _interval(bins: NDArray[Any], *, width: float) -> Row:
    return {"p05": percentile(bins, LOW) * width, "p95": percentile(bins, HIGH) * width}


def _share(bins: NDArray[Any]) -> Row:
    """5th and 95th percentile of shares, whose last bin stands for one. The division is last, so that 0.7 reads 0.7."""
    last = bins.shape[-1] - 1
    return {"p05": percentile(bins, LOW) / last, "p95": percentile(bins, HIGH) / last}


def frames_of(world: World, tally: Tally, calm: Tally, replications: int) -> dict[str, pl.DataFrame]:
    """Return the frames ``risk_*``.

    Parameters
    ----------
    tally, calm : Tally
        Counted over the replications; and of one in which nothing is left to chance, from which ``planned`` is taken.
    """
    return {
        "risk_summary": frame("risk_summary", list(_summary(world, tally, calm, replications))),
        "risk_fill": frame("risk_fill", list(_fill(world, tally, calm, replications))),
        "risk_lines": frame("risk_lines", list(_lines(world, tally, calm, replications))),
        "risk_dwell": frame("risk_dwell", list(_dwell(world, tally, replications))),
        "risk_dwell_histogram": frame("risk_dwell_histogram", list(_multiples(tally, replications))),
        "risk_states": frame("risk_states", list(_states(world, tally, calm, replications))),
        "risk_missed": frame("risk_missed", list(_missed(world, tally, replications))),
        "risk_calls": frame("risk_calls", list(_calls(world, tally, replications))),
    }


def first_months(world: World, calm: Tally) -> list[int]:
    """Return the month from which on the worst is looked for, by priority and for all: once the force has built up.

    That is the first month in which as much is filled on paper as on average over the whole time.
    """
    required = world.given.required
    first = []
    for row in range(len(world.lines), len(required)):
        asked = required[row] > 0
        planned = np.divide(calm.month_sum[row] / UNIT, required[row], out=np.zeros(len(asked)), where=asked)
        whole = required[row].sum()
        average = calm.month_sum[row].sum() / UNIT / whole if whole else 0.0
        built = np.flatnonzero(asked & (planned >= average - 1e-9))
        first.append(int(built[0]) if len(built) else 0)
    return first


def _summary(world: World, tally: Tally, calm: Tally, replications: int) -> Iterator[Row]:
    lines, groups = len(world.lines), [*world.priorities, None]
    for measure in ("fill", "worst_month"):
        for place, priority in enumerate(groups):
            row = lines + place
            if world.given.required[row].sum() == 0:
                continue
            total, unit = (tally.total_sum[row], BILLION) if measure == "fill" else (tally.worst_sum[place], UNIT)
            planned = calm.total_sum[row] / BILLION if measure == "fill" else calm.worst_sum[place] / UNIT
            bins = tally.total_bins[row] if measure == "fill" else tally.worst_bins[place]
            yield {"measure": measure, "priority": priority, "unit": "share", "planned": planned} | {
                "mean": int(total) / unit / replications} | _share(bins)
    for place, name in enumerate(at.COUNTED):
        if name.startswith("calls") and not world.calls:
            continue
        width = int(world.given.width[2 + place])
        planned = float(calm.count_sum[place]) if name in ("tours", "dwell_broken") else None
        yield {"measure": name, "priority": None, "unit": WORDS_OF_COUNTED[name], "planned": planned} | {
            "mean": int(tally.count_sum[place]) / replications} | _interval(tally.count_bins[place], width=float(width))


def _fill(world: World, tally: Tally, calm: Tally, replications: int) -> Iterator[Row]:
    required, months = world.given.required, world.given.month_first
    lines = len(world.lines)
    rows: list[tuple[int, str | None, int]] = [(lines + place, None, priority) for place, priority in enumerate(world.priorities)]
    rows += [(place, line.line, line.priority) for place, line in enumerate(world.lines)]
    for row, line, priority in rows:
        for month in np.flatnonzero(required[row]):
            whole = int(required[row, month]) * UNIT
            yield {
                "line": line, "priority": priority, "from_day": int(months[month]), "until_day": int(months[month + 1]),
                "required": float(required[row, month]), "planned": int(calm.month_sum[row, month]) / whole,
                "mean": int(tally.month_sum[row, month]) / whole / replications,
            } | _share(tally.month_bins[row, month])  # fmt: skip


def _lines(world: World, tally: Tally, calm: Tally, replications: int) -> Iterator[Row]:
    given = world.given
    width = int(given.width[1])
    for place, line in enumerate(world.lines):
        asked = np.flatnonzero(given.required[place])
        if len(asked) == 0:
            continue
        counts_from = given.line[place, at.L_COUNTS_FROM]
        held_from = [month for month in asked if given.month_first[month + 1] > counts_from] or list(asked)
        means = {month: int(tally.month_sum[place, month]) / (int(given.required[place, month]) * UNIT) for month in held_from}
        worst = min(means, key=lambda month: (means[month], month))
        longest = tally.longest_bins[place]
        yield {
            "line": line.line, "capability": line.capability, "location": line.location, "priority": line.priority,
            "required": float(given.required[place].sum()), "planned": int(calm.total_sum[place]) / BILLION,
            "mean": int(tally.total_sum[place]) / BILLION / replications, **_share(tally.total_bins[place]),
            "empty_days": int(given.setting[at.X_EMPTY_DAYS]), "held": int(tally.held[place]) / replications,
            "longest_empty_mean": int(tally.longest_sum[place]) / replications,
            "longest_empty_p95": float(percentile(longest, HIGH) * width),
            "worst_from_day": int(given.month_first[worst]), "worst_until_day": int(given.month_first[worst + 1]),
            "worst_mean": means[worst] / replications,
        }  # fmt: skip


def _dwell(world: World, tally: Tally, replications: int) -> Iterator[Row]:
    for place, (nation, unit_type) in enumerate(world.groups):
        tours, broken, ratio, promised = (int(value) for value in tally.dwell_sum[place])
        if tours:
            yield {
                "nation": nation, "unit_type": unit_type, "tours": tours / replications, "promised": promised / UNIT / tours,
                "mean": ratio / UNIT / tours, **_interval(tally.dwell_bins[place], width=at.RATIO_WIDTH / UNIT),
                "broken": broken / tours,
            }  # fmt: skip


def _multiples(tally: Tally, replications: int) -> Iterator[Row]:
    whole = int(tally.multiple_bins.sum())
    used = np.flatnonzero(tally.multiple_bins)
    for place in range(int(used[-1]) + 1 if len(used) else 0):
        tours = int(tally.multiple_bins[place])
        until = None if place == at.MULTIPLE_BINS - 1 else (place + 1) / 10
        yield {"from_ratio": place / 10, "until_ratio": until, "tours": tours / replications, "share": tours / whole}


def _states(world: World, tally: Tally, calm: Tally, replications: int) -> Iterator[Row]:
    width = float(world.given.width[0])
    seen = [place for place in range(len(at.STATES)) if tally.state_sum[:, place].any() or calm.state_sum[:, place].any()]
    for month, day in enumerate(world.given.month_first[:-1]):
        for place in seen:
            yield {
                "day": int(day), "state": at.STATES[place], "planned": float(calm.state_sum[month, place]),
                "mean": int(tally.state_sum[month, place]) / replications,
            } | _interval(tally.state_bins[month, place], width=width)  # fmt: skip


def _missed(world: World, tally: Tally, replications: int) -> Iterator[Row]:
    given = world.given
    planned = np.zeros(len(world.offers), dtype=np.int64)
    np.add.at(planned, given.unit[given.tour[:, at.T_UNIT], at.U_OFFER], given.tour[:, at.T_DAYS])
    rows: list[Row] = []
    for place, offer in enumerate(world.offers):
        if planned[place]:
            missed = int(tally.missed[place].sum())
            cause = at.CAUSES[int(tally.missed[place].argmax())] if missed else None
            rows.append({
                "offer": offer.offer, "nation": offer.nation, "unit_type": offer.unit_type, "planned_days": float(planned[place]),
                "missed_days": missed / replications, "share": missed / replications / int(planned[place]), "cause": cause,
            })  # fmt: skip
    yield from sorted(rows, key=lambda row: (-row["missed_days"], row["offer"]))


def _calls(world: World, tally: Tally, replications: int) -> Iterator[Row]:
    for place, call in enumerate(world.calls):
        calls, units, lost, unit_days, *_ = (int(value) for value in tally.calls[place])
        share = lost / units if units else None
        low, high = lost_interval(tally.calls[place], replications)
        yield {
            "call": call.call, "title": call.title, "calls": calls / replications,
            "answered": calls / replications * (1.0 - share) if share is not None else 0.0,
            "lost": share, "lost_low": low, "lost_high": high, "unit_days": unit_days / replications,
        }  # fmt: skip


def lost_interval(sums: NDArray[np.int64], replications: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of the share of units called that nobody could send, from sums over replications.

    By the delta method for a ratio of means; where none or all were lost, by the rule of three.
    """
    _, units, lost, _, units_squared, lost_squared, product = (int(value) for value in sums)
    if units == 0:
        return None, None
    share = lost / units
    if lost in (0, units):
        beyond = 1.0 - 0.05 ** (1.0 / units)
        return (0.0, beyond) if lost == 0 else (1.0 - beyond, 1.0)
    if replications == 1:
        return 0.0, 1.0
    residual = lost_squared - 2.0 * share * product + share * share * units_squared
    half = NORMAL_95 * np.sqrt(max(0.0, residual) * replications / (replications - 1)) / units
    return max(0.0, float(share - half)), min(1.0, float(share + half))
