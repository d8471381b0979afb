"""The random numbers of `java.util.Random`: a linear congruential generator of 48 bits.

MARATHON draws its tie weights and its random starts from it, so whoever wants its answers needs the same numbers.

References
----------
.. [1] Java Platform SE, class `java.util.Random`: seed, `next`, `nextDouble` and `nextLong` are specified to the bit.
"""

_MULTIPLIER, _INCREMENT, _MASK = 0x5DEECE66D, 0xB, (1 << 48) - 1
_DOUBLE_UNIT = 2.0**-53


class JavaRandom:
    """A generator that gives what `java.util.Random` gives for the same seed.

    Parameters
    ----------
    seed : int
        Any whole number; its lowest 48 bits count.

    Examples
    --------
    >>> JavaRandom(0).next_double()
    0.730967787376657
    >>> JavaRandom(42).next_long()
    -5025562857975149833
    """

    def __init__(self, seed: int) -> None:
        self._state = (seed ^ _MULTIPLIER) & _MASK

    def _next(self, bits: int) -> int:
        """Return the next `bits` bits, not signed."""
        self._state = (self._state * _MULTIPLIER + _INCREMENT) & _MASK
        return self._state >> (48 - bits)

    def next_double(self) -> float:
        """Return a number in [0, 1). [-]"""
        high = self._next(26)
        return ((high << 27) + self._next(27)) * _DOUBLE_UNIT

    def next_long(self) -> int:
        """Return a signed whole number of 64 bits."""
        high, low = _signed(self._next(32)), _signed(self._next(32))
        total = (high * 2**32 + low) & (2**64 - 1)
        return total - 2**64 if total >= 2**63 else total


def _signed(bits: int) -> int:
    """Return 32 bits as the signed number that they stand for."""
    return bits - 2**32 if bits >= 2**31 else bits
