"""The detector of changes, compiled: Shiryaev and Roberts' sum of likelihood ratios over negative binomial counts.

A series has one rate and one size (dispersion) before a change, and others after it. None of them is known: they run over a
lattice, whose points are numbered size by size. For each day on which a change may have come, a table holds the
weight of every point, given what was counted since:

    null[p]        weight of point p if there was no change                                 sums to 1
    table[c, p]    of candidate c: what was known before it, times the likelihood since, over the likelihood without a change
    ratio[c]       sum over p of table[c, p]: how much likelier the counts are if the change came on the candidate's day
    R              sum of ratio[c]: a change is called where it passes a threshold
"""

import math

import numpy as np
from numba import njit

CANDIDATES = 12
"""Days that are followed at once as the possible beginning of a change; beyond that the least likely is forgotten."""
FORGOTTEN = 1e-3
"""A candidate is forgotten when its ratio falls below this: that only lowers the sum, never raises it. [-]"""
KEPT = 64
"""Days whose likelihood is kept for others with the same count and exposure: a power of two."""
NEGLIGIBLE = 1e-300
FLOOR = 1e-200
"""What no point of the lattice falls below, so that a day that nothing explained leaves something to go on from. [-]"""
AS_KNOWN = 0.5
"""Prior share of changes that leave the dispersion as it was. An assumption. [-]"""
LARGEST = 1e200
"""What no weight of a candidate exceeds: a change is called long before."""


@njit(cache=True, nogil=True)
def day_spread(exposure, whole, rates, sizes, out):
    """Write log(1 + mean / size) at every point, which all days of one exposure share.

    Parameters
    ----------
    exposure, whole : float
        Days observed, and days that the row covers: the size of a sum of days is the sum of their sizes.
    rates, sizes : ndarray of float
        The lattice. shape (rates,), (sizes,)
    out : ndarray of float
        shape (sizes * rates,)
    """
    for k in range(len(sizes)):
        per_size = exposure / (sizes[k] * whole)
        for g in range(len(rates)):
            out[k * len(rates) + g] = math.log1p(rates[g] * per_size)


@njit(cache=True, nogil=True)
def day_likelihood(count, exposure, whole, spread, logs, sizes, out):
    """Write the likelihood of one day's count at every point, scaled to at most 1.

    Parameters
    ----------
    count, exposure, whole : float
        Violations, days observed, days that the row covers.
    spread : ndarray of float
        As of `day_spread`. shape (sizes * rates,)
    logs, sizes : ndarray of float
        Logarithms of the lattice's rates, and its sizes. shape (rates,), (sizes,)
    out : ndarray of float
        shape (sizes * rates,)
    """
    rates_n = len(logs)
    best = -np.inf
    for k in range(len(sizes)):
        size = sizes[k] * whole
        constant = math.lgamma(count + size) - math.lgamma(size) - math.lgamma(count + 1.0)
        constant += count * math.log(exposure / size)
        for g in range(rates_n):
            value = constant + count * logs[g] - (size + count) * spread[k * rates_n + g]
            out[k * rates_n + g] = value
            best = max(best, value)
    for p in range(len(out)):
        out[p] = math.exp(out[p] - best)


@njit(cache=True, nogil=True)
def change_shapes(logs, smallest, width):
    """Return what rates may follow each: falling off with the distance, none nearer than the smallest. shape (rates, rates)"""
    shapes = np.zeros((len(logs), len(logs)))
    for level in range(len(logs)):
        for g in range(len(logs)):
            distance = abs(logs[g] - logs[level])
            shapes[level, g] = math.exp(-distance / width) if distance >= smallest else 0.0
        shapes[level] /= shapes[level].sum()
    return shapes


@njit(cache=True, nogil=True)
def total_of(table):
    """Return the sum of a table, always in the same order: eight sums side by side, then these in pairs."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = len(table) - len(table) % 8
    for p in range(0, whole, 8):
        s0 += table[p]
        s1 += table[p + 1]
        s2 += table[p + 2]
        s3 += table[p + 3]
        s4 += table[p + 4]
        s5 += table[p + 5]
        s6 += table[p + 6]
        s7 += table[p + 7]
    for p in range(whole, len(table)):
        s0 += table[p]
    return ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))


@njit(cache=True, nogil=True)
def multiplied(table, likelihood, share):
    """Multiply a table by a likelihood and by one number, and return its sum."""
    for p in range(len(table)):
        table[p] = table[p] * likelihood[p] * share
    return total_of(table)


@njit(cache=True, nogil=True)
def marginals(null, by_rate, by_size):
    """Write what each rate and each size weigh."""
    rates_n = len(by_rate)
    by_rate[:] = 0.0
    for k in range(len(by_size)):
        part = null[k * rates_n : (k + 1) * rates_n]
        by_size[k] = total_of(part)
        for g in range(rates_n):
            by_rate[g] += part[g]


@njit(cache=True, nogil=True)
def change_prior(by_rate, by_size, logs, shapes, out):
    """Write what may follow what is known: rates by the point nearest to the known level, sizes half as known and half any."""
    rates_n, sizes_n = len(by_rate), len(by_size)
    weight = total_of(by_rate)
    level = 0.0
    for g in range(rates_n):
        level += by_rate[g] * logs[g]
    shape = shapes[int((level / weight - logs[0]) / (logs[1] - logs[0]) + 0.5)]
    for k in range(sizes_n):
        share = AS_KNOWN * by_size[k] / weight + (1.0 - AS_KNOWN) / sizes_n
        for g in range(rates_n):
            out[k * rates_n + g] = share * shape[g]


@njit(cache=True, nogil=True)
def mean_rate(by_rate, rates):
    """Return the mean rate of a table whose rates weigh so."""
    mean = 0.0
    for g in range(len(rates)):
        mean += by_rate[g] * rates[g]
    return mean / total_of(by_rate)


@njit(cache=True, nogil=True)
def follow(counts, exposure, whole, rates, sizes, prior, threshold, smallest, width, flags, starts, evidence, level, expected):
    """Follow one series day by day, write what is known at the end of each, and return the number of changes called.

    Parameters
    ----------
    counts, exposure, whole : ndarray of float
        Of each day: violations; days observed, times the weekday's factor; days that the row covers. shape (days,)
    rates, sizes : ndarray of float
        The lattice. shape (rates,), (sizes,)
    prior : ndarray of float
        Of the first level; sums to 1. shape (sizes * rates,)
    threshold : float
        Of the statistic.
    smallest, width : float
        Least change looked for, and mean size of a change, as logarithms of the ratio.
    flags, starts : ndarray of int
        Written: days of call, and most probable first day of the new level. shape (days,)
    evidence, level, expected : ndarray of float
        Written, of each day: logarithm of the statistic, rate, count that was expected. shape (days,)
    """
    logs = np.log(rates)
    shapes = change_shapes(logs, smallest, width)
    null = prior.copy()
    by_rate, by_size = np.empty(len(rates)), np.empty(len(sizes))
    marginals(null, by_rate, by_size)
    mean = mean_rate(by_rate, rates)
    kept = np.empty((2, KEPT, len(prior)))
    kept_of = np.full((KEPT, 5), -1.0)
    table = np.empty((CANDIDATES, len(prior)))
    ratio = np.zeros(CANDIDATES)
    start = np.full(CANDIDATES, -1)
    calls = 0
    begun = False
    for day in range(len(counts)):
        seen = exposure[day]
        expected[day] = mean * seen
        if seen > 0.0:
            likelihood = _likelihood_of(counts[day], seen, whole[day], (rates, logs, sizes), kept, kept_of)
            if begun:
                place = _free_place(start, ratio)
                change_prior(by_rate, by_size, logs, shapes, table[place])
                start[place] = day
            begun = True
            fit = max(multiplied(null, likelihood, 1.0), NEGLIGIBLE)
            share = 1.0 / fit
            for p in range(len(null)):
                null[p] = max(null[p] * share, FLOOR)
            for c in range(CANDIDATES):
                if start[c] >= 0:
                    ratio[c] = min(multiplied(table[c], likelihood, share), LARGEST)
            marginals(null, by_rate, by_size)
            mean = mean_rate(by_rate, rates)
        total = 0.0
        for c in range(CANDIDATES):
            if start[c] >= 0:
                total += ratio[c]
                if ratio[c] < FORGOTTEN:
                    start[c] = -1
        evidence[day] = math.log(max(total, NEGLIGIBLE))
        if total >= threshold:
            best = _best(start, ratio)
            flags[calls], starts[calls] = day, start[best]
            calls += 1
            for p in range(len(null)):
                null[p] = max(table[best, p] / ratio[best], FLOOR)
            marginals(null, by_rate, by_size)
            mean = mean_rate(by_rate, rates)
            start[:] = -1
        level[day] = mean
    return calls


@njit(cache=True, nogil=True)
def _place_of(first, second, third):
    """Where what belongs to three numbers is kept: any place would do, if it is always the same."""
    mixed = np.int64(first * 64.0) * np.int64(2654435761) + np.int64(second * 4096.0) * np.int64(40503) + np.int64(third * 13.0)
    return (mixed ^ (mixed >> np.int64(15))) & np.int64(KEPT - 1)


@njit(cache=True, nogil=True)
def _likelihood_of(count, seen, whole, lattice, kept, kept_of):
    """The likelihood of a day, computed anew only where no day like it was kept."""
    rates, logs, sizes = lattice
    place = _place_of(count, seen, whole)
    if kept_of[place, 0] != count or kept_of[place, 1] != seen or kept_of[place, 2] != whole:
        kept_of[place, 0], kept_of[place, 1], kept_of[place, 2] = count, seen, whole
        spread = _place_of(0.0, seen, whole)
        if kept_of[spread, 3] != seen or kept_of[spread, 4] != whole:
            kept_of[spread, 3], kept_of[spread, 4] = seen, whole
            day_spread(seen, whole, rates, sizes, kept[1, spread])
        day_likelihood(count, seen, whole, kept[1, spread], logs, sizes, kept[0, place])
    return kept[0, place]


@njit(cache=True, nogil=True)
def _free_place(start, ratio):
    """A place for a new candidate: a free one, else that of the least likely."""
    worst = 0
    for c in range(len(start)):
        if start[c] < 0:
            return c
        if ratio[c] < ratio[worst]:
            worst = c
    return worst


@njit(cache=True, nogil=True)
def _best(start, ratio):
    best = -1
    for c in range(len(start)):
        if start[c] >= 0 and (best < 0 or ratio[c] > ratio[best] or (ratio[c] == ratio[best] and start[c] < start[best])):
            best = c
    return best


@njit(cache=True, nogil=True)
def date_change(counts, exposure, whole, rates, sizes, prior, smallest, width, weights):
    """Write the probability of each day as the first at a new level, given that there was exactly one change in the days given.

    Parameters
    ----------
    counts, exposure, whole : ndarray of float
        As of `follow`, from the change before to the next. shape (days,)
    weights : ndarray of float
        Written: probability of each day; 0 of the first, and of days without observation. shape (days,)
    """
    days = len(counts)
    logs = np.log(rates)
    after = np.empty((days + 1, len(prior)))
    shift = np.zeros(days + 1)
    likelihood, spread = np.ones((days, len(prior))), np.empty(len(prior))
    after[days] = 1.0
    for day in range(days - 1, -1, -1):
        if exposure[day] > 0.0:
            day_spread(exposure[day], whole[day], rates, sizes, spread)
            day_likelihood(counts[day], exposure[day], whole[day], spread, logs, sizes, likelihood[day])
        after[day] = after[day + 1] * likelihood[day]
        top = after[day].max()
        after[day] /= top
        shift[day] = shift[day + 1] + math.log(top)
    shapes = change_shapes(logs, smallest, width)
    null = prior.copy()
    by_rate, by_size = np.empty(len(rates)), np.empty(len(sizes))
    prior_after = np.empty(len(prior))
    passed = 0.0
    begun = False
    logged = np.full(days, -np.inf)
    for day in range(days):
        if exposure[day] <= 0.0:
            continue
        if begun:
            marginals(null, by_rate, by_size)
            change_prior(by_rate, by_size, logs, shapes, prior_after)
            logged[day] = math.log(max((prior_after * after[day]).sum(), NEGLIGIBLE)) + shift[day] + passed
        begun = True
        fit = max(multiplied(null, likelihood[day], 1.0), NEGLIGIBLE)
        null = np.maximum(null / fit, FLOOR)
        passed += math.log(fit)
    top = logged.max() if days else -np.inf
    for day in range(days):
        weights[day] = math.exp(logged[day] - top) if top > -np.inf else 0.0
    if weights.sum() > 0.0:
        weights /= weights.sum()
