"""Random words by counting: the Philox 4x64-10 of Salmon, Moraes, Dror and Shaw, compiled.

A block of four random words is a function of a key (two words) and a counter (four words), and of nothing else: any block is
reached at once, in any order, on any machine. numpy's `Philox` is the same function.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC11, 2011.
"""

import numpy as np
from numba import njit

ROUNDS = 10

MULTIPLIER_0, MULTIPLIER_1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
WEYL_0, WEYL_1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
"""What a key grows by from round to round: the golden ratio and the square root of three less one, of 64 bits."""

LOW, HALF = np.uint64(0xFFFFFFFF), np.uint64(32)


@njit(cache=True, nogil=True)
def high_word(a, b):
    """Return the upper 64 of the 128 bits of a product of two words."""
    a_low, a_high = a & LOW, a >> HALF
    b_low, b_high = b & LOW, b >> HALF
    low = a_low * b_low
    middle = a_high * b_low + (low >> HALF)
    other = a_low * b_high + (middle & LOW)
    return a_high * b_high + (middle >> HALF) + (other >> HALF)


@njit(cache=True, nogil=True)
def block(key0, key1, c0, c1, c2, c3):
    """Return the four words of a counter.

    Parameters
    ----------
    key0, key1 : uint64
        The key.
    c0, c1, c2, c3 : int
        The counter, lowest word first.
    """
    k0, k1 = np.uint64(key0), np.uint64(key1)
    x0, x1, x2, x3 = np.uint64(c0), np.uint64(c1), np.uint64(c2), np.uint64(c3)
    for _ in range(ROUNDS):
        high0, low0 = high_word(MULTIPLIER_0, x0), MULTIPLIER_0 * x0
        high1, low1 = high_word(MULTIPLIER_1, x2), MULTIPLIER_1 * x2
        x0, x1, x2, x3 = high1 ^ x1 ^ k0, low1, high0 ^ x3 ^ k1, low0
        k0 += WEYL_0
        k1 += WEYL_1
    return x0, x1, x2, x3
