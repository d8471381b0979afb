"""Named streams of random numbers from one seed.

A stream has a key, made of the seed and a name such as "withdrawal"; a number in it is found by its place, such as replication,
nation and day. The number at a place is the same whatever was drawn before, by whom and in which order: replications run on any
engine, and two cases that ask at the same place get the same number (common random numbers), though one of them ask for less.

    key0, key1    of the stream, by `key_of`
    a, b, c       place in the stream: any whole numbers, such as replication, unit, day

Give each decision a stream or a place of its own: functions that are asked at the same place answer from the same random words.
"""

import hashlib
import json
import math

import numpy as np
from numba import njit

from contingent.ensemble.philox import block, high_word

DISCARDED = np.uint64(11)
"""Bits of a word beyond the 53 that a float holds. [bits]"""
STEP = 2.0**-53

LARGEST_MEAN = 16.0
"""Poisson numbers of a larger mean are sums of those of smaller ones."""

ZERO, ONE = np.uint64(0), np.uint64(1)


def key_of(seed: int, *names: str) -> tuple[np.uint64, np.uint64]:
    """Return the key of a stream.

    Parameters
    ----------
    seed : int
        Of the whole run.
    *names : str
        Name of the stream, from the whole to the part.

    Examples
    --------
    >>> key_of(1, "simulation", "withdrawal") == key_of(1, "simulation", "withdrawal")
    True
    >>> key_of(1, "simulation", "withdrawal") == key_of(1, "simulationwithdrawal")
    False
    """
    digest = hashlib.sha256(json.dumps([int(seed), *names]).encode()).digest()
    return np.uint64(int.from_bytes(digest[:8], "little")), np.uint64(int.from_bytes(digest[8:16], "little"))


def generator_of(seed: int, *names: str) -> np.random.Generator:
    """Return numpy's generator on a stream, for code that draws in order: the place is then how much was drawn before."""
    return np.random.Generator(np.random.Philox(key=np.array(key_of(seed, *names), dtype=np.uint64)))


@njit(cache=True, nogil=True)
def unit_of(word):
    """Return a random word as a number in [0, 1), a multiple of 2 ** -53."""
    return np.float64(word >> DISCARDED) * STEP


@njit(cache=True, nogil=True)
def uniform(key0, key1, a, b, c):
    """Return a number in [0, 1), each multiple of 2 ** -53 with the same probability."""
    return unit_of(block(key0, key1, a, b, c, ZERO)[0])


@njit(cache=True, nogil=True)
def uniforms(key0, key1, a, b, c):
    """Return four numbers in [0, 1) for the price of one; the first is `uniform` of the same place."""
    w0, w1, w2, w3 = block(key0, key1, a, b, c, ZERO)
    return unit_of(w0), unit_of(w1), unit_of(w2), unit_of(w3)


@njit(cache=True, nogil=True)
def exponential(key0, key1, a, b, c, mean):
    """Return an exponential waiting time of the mean that is given. It grows with `uniform` of the same place."""
    return -mean * math.log1p(-uniform(key0, key1, a, b, c))


@njit(cache=True, nogil=True)
def poisson(key0, key1, a, b, c, mean):
    """Return a Poisson number of the mean that is given, zero if that is not positive.

    By inversion of a uniform number, so that it does not fall where the mean rises and all else stays (up to a mean of 16; larger
    ones are sums of parts, each of a uniform number of its own). It takes time in proportion to the mean.
    """
    parts = np.int64(math.ceil(mean / LARGEST_MEAN)) if mean > LARGEST_MEAN else np.int64(1)
    total = np.int64(0)
    for part in range(parts):
        total += _inverse_poisson(unit_of(block(key0, key1, a, b, c, np.uint64(part))[0]), mean / parts)
    return total


@njit(cache=True, nogil=True)
def _inverse_poisson(unit, mean):
    if mean <= 0.0:
        return np.int64(0)
    number = np.int64(0)
    probability = math.exp(-mean)
    below = probability
    while unit >= below:
        number += 1
        probability *= mean / number
        if below + probability == below:  # the sum has come as near to one as it can
            break
        below += probability
    return number


@njit(cache=True, nogil=True)
def integer(key0, key1, a, b, c, number):
    """Return a whole number from 0 to `number` less one, each with the same probability; 0 if `number` is less than two.

    By the upper word of a product, with a further draw in the rare case that would favour some numbers [1]_.

    References
    ----------
    .. [1] D. Lemire, "Fast random integer generation in an interval", ACM Trans. Model. Comput. Simul. 29 (1), 2019.
    """
    if number < 2:
        return np.int64(0)
    size = np.uint64(number)
    favoured = (ZERO - size) % size
    attempt = ZERO
    word = block(key0, key1, a, b, c, attempt)[0]
    while word * size < favoured:
        attempt += ONE
        word = block(key0, key1, a, b, c, attempt)[0]
    return np.int64(high_word(word, size))
