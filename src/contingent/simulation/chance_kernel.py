"""Draws of a replication, each from a stream of its own: the same place in a stream gives the same number, whoever asks.

A stream is keyed by what it is for and by the name of the unit, nation or call; its place by replication and day. So taking a
nation out of a scenario, or a line, changes no draw of anybody else.
"""

import math

import numpy as np
from numba import njit

from contingent.ensemble.streams import uniform, uniforms
from contingent.simulation.memory_kernel import words_at

YEAR = 365.0
"""Days of a year, where a rate is by year. [days]"""

ZERO, ONE = np.uint64(0), np.uint64(1)


@njit(cache=True, nogil=True)
def whole_days(unit, mean):
    """Return a geometric number of days, at least one, of the mean that is given: the exponential in whole days."""
    if mean <= 1:
        return np.int64(1)
    return np.int64(1) + np.int64(math.floor(math.log1p(-unit) / math.log1p(-1.0 / mean)))


@njit(cache=True, nogil=True)
def withdrawal_day(m, key, replication, hazard):
    """Return the day on which a nation withdraws: each day has the same hazard, and a year of them the yearly probability."""
    key0, key1 = words_at(m, key)
    unit = uniform(key0, key1, replication, ZERO, ZERO)
    if hazard >= 1.0:
        return np.int64(0)
    days = math.log1p(-unit) / math.log1p(-hazard)
    return np.int64(min(days, 1e12))


@njit(cache=True, nogil=True)
def takes_part(m, key, replication):
    """Return the draw of a nation that decides which of its offers materialise: those of a larger probability."""
    key0, key1 = words_at(m, key)
    return uniform(key0, key1, replication, ZERO, ZERO)


@njit(cache=True, nogil=True)
def happens(m, key, replication, day):
    """Return two draws for what may happen on a day: whether it does, and how much of it."""
    key0, key1 = words_at(m, key)
    first, second, _, _ = uniforms(key0, key1, replication, np.uint64(day), ZERO)
    return first, second


@njit(cache=True, nogil=True)
def outage(m, key, replication, began, number, rate, mean):
    """Return the days until the next outage of a tour, and how long it lasts."""
    key0, key1 = words_at(m, key)
    first, second, _, _ = uniforms(key0, key1, replication, np.uint64(began), np.uint64(number))
    until = -math.log1p(-first) * YEAR / rate
    return np.int64(max(1.0, math.ceil(min(until, 1e12)))), whole_days(second, mean)


@njit(cache=True, nogil=True)
def waiting_time(m, key, replication, number, rate):
    """Return the days between two calls of a Poisson stream. [days]"""
    key0, key1 = words_at(m, key)
    return -math.log1p(-uniform(key0, key1, replication, np.uint64(number), ZERO)) * YEAR / rate


@njit(cache=True, nogil=True)
def call_length(m, key, replication, number, mean, exponential):
    """Return how long a call lasts. [days]"""
    key0, key1 = words_at(m, key)
    if not exponential:
        return np.int64(mean)
    return whole_days(uniform(key0, key1, replication, np.uint64(number), ONE), mean)
