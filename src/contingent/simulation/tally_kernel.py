"""What is counted over replications: histograms and sums of whole numbers, in memory that does not grow with their number."""

import math

import numpy as np
from numba import njit

from contingent.simulation.layout import (
    A_LONGEST,
    C_SUMS,
    CALL_WIDTH,
    COUNT_BINS,
    COUNTED,
    H_CALLS,
    H_COUNT,
    H_EMPTY_DAYS,
    H_FILLED,
    H_LINE_WIDTH,
    H_LINES,
    H_LINES_END,
    H_MISSED,
    H_MONTHS,
    H_PRIORITY_ROWS,
    H_REQUIRED,
    H_ROWS,
    H_UNITS,
    H_UNITS_END,
    H_WIDTHS,
    MONTH_BINS,
    STATE_BINS,
    STATES,
    TOTAL_BINS,
    UNIT,
    UNIT_WIDTH,
    W_CALLS,
    W_LOST,
    W_LOST_SQUARED,
    W_PRODUCT,
    W_UNIT_DAYS,
    W_UNITS,
    W_UNITS_SQUARED,
)
from contingent.simulation.memory_kernel import month_of
from contingent.simulation.unit_kernel import state_of

BILLION = 1_000_000_000
"""Fill over the whole time is added up in billionths."""


@njit(cache=True, nogil=True)
def bin_of(part, whole, bins):
    """Return the bin of a share: the nearest of so many from 0 to 1."""
    return np.int64(math.floor(part / whole * (bins - 1) + 0.5))


@njit(cache=True, nogil=True)
def count_replication(m, tally):
    """Count a replication that is over."""
    lines, months = (m[H_LINES_END] - m[H_LINES]) // m[H_LINE_WIDTH], m[H_MONTHS]
    widths = m[H_WIDTHS]
    for number in range(lines):
        longest = m[m[H_LINES] + number * m[H_LINE_WIDTH] + A_LONGEST]
        tally.held[number] += 1 if longest <= m[H_EMPTY_DAYS] else 0
        tally.longest_bins[number, longest // m[widths + 1]] += 1
        tally.longest_sum[number] += longest
    filled = np.zeros((m[H_ROWS], months), dtype=np.int64)
    for number in range(lines):
        for month in range(months):
            days = m[m[H_FILLED] + number * months + month]
            filled[number, month] = days
            filled[m[m[H_PRIORITY_ROWS] + number], month] += days
            filled[m[H_ROWS] - 1, month] += days
    for row in range(m[H_ROWS]):
        count_fill(m, tally, row, filled[row], row - lines)
    for number in range(len(COUNTED)):
        counted = m[m[H_COUNT] + number]
        tally.count_sum[number] += counted
        tally.count_bins[number, min(COUNT_BINS - 1, counted // m[widths + 2 + number])] += 1
    offers, causes = tally.missed.shape
    for offer in range(offers):
        for cause in range(causes):
            tally.missed[offer, cause] += m[m[H_MISSED] + offer * causes + cause]
    for number in range(tally.calls.shape[0]):
        sums = m[H_CALLS] + number * CALL_WIDTH + C_SUMS
        units, lost = m[sums + W_UNITS], m[sums + W_LOST]
        for column in (W_CALLS, W_UNITS, W_LOST, W_UNIT_DAYS):
            tally.calls[number, column] += m[sums + column]
        tally.calls[number, W_UNITS_SQUARED] += units * units
        tally.calls[number, W_LOST_SQUARED] += lost * lost
        tally.calls[number, W_PRODUCT] += units * lost


@njit(cache=True, nogil=True)
def count_fill(m, tally, row, filled, group):
    """Count the fill of a line, of a priority or of all: by month, over the whole time, and in the worst month of a group."""
    part, whole, worst = np.int64(0), np.int64(0), np.int64(UNIT)
    first = m[m[H_WIDTHS] + 2 + len(COUNTED) + group] if group >= 0 else np.int64(0)
    for month in range(filled.shape[0]):
        required = m[m[H_REQUIRED] + row * filled.shape[0] + month]
        if required == 0:
            continue
        tally.month_sum[row, month] += filled[month]
        tally.month_bins[row, month, bin_of(filled[month], required * UNIT, MONTH_BINS)] += 1
        part, whole = part + filled[month], whole + required * UNIT
        if group >= 0 and month >= first:
            worst = min(worst, filled[month] // required)
    if whole == 0:
        return
    tally.total_sum[row] += np.int64(math.floor(part / whole * BILLION + 0.5))
    tally.total_bins[row, bin_of(part, whole, TOTAL_BINS)] += 1
    if group >= 0:
        tally.worst_sum[group] += worst
        tally.worst_bins[group, bin_of(worst, UNIT, TOTAL_BINS)] += 1


@njit(cache=True, nogil=True)
def count_states(m, tally, day):
    """Count the units by what they are seen as on a day."""
    numbers = np.zeros(len(STATES), dtype=np.int64)
    for unit in range(m[H_UNITS], m[H_UNITS_END], UNIT_WIDTH):
        numbers[state_of(m, unit, day)] += 1
    month = month_of(m, day)
    for state in range(len(STATES)):
        tally.state_sum[month, state] += numbers[state]
        tally.state_bins[month, state, min(STATE_BINS - 1, numbers[state] // m[m[H_WIDTHS]])] += 1
