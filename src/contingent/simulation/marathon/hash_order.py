"""The order in which a hash map of Clojure's holds text.

MARATHON serves unit types in the order in which a map happens to hold them. Maps of more than eight entries hold text in an order
that its characters decide; smaller ones hold it as it came. The order below is that of the larger maps, for any number of types,
so that the same project is always served in the same order, and for many types in MARATHON's own.

References
----------
.. [1] A. Appleby, MurmurHash3 (32 bits), public domain: the hash of one block of four bytes.
.. [2] Java Platform SE, `String.hashCode`: sum of the UTF-16 units times powers of 31.
.. [3] P. Bagwell, "Ideal hash trees", 2001: five bits of the hash choose the branch on each level, the lowest first.
"""

from collections.abc import Iterable

_WORD = 0xFFFFFFFF
_BITS, _BRANCHES, _LEVELS = 5, 31, 7


def hash_order(names: Iterable[str]) -> list[str]:
    """Return names in the order in which a hash map holds them; names of one hash keep their order.

    Examples
    --------
    >>> hash_order(["A", "B", "C"])
    ['C', 'B', 'A']
    """
    return sorted(names, key=_branches)


def _branches(name: str) -> tuple[int, ...]:
    """Branches from the root of the tree to a name."""
    code = hash_of(name)
    return tuple(code >> (_BITS * level) & _BRANCHES for level in range(_LEVELS))


def hash_of(text: str) -> int:
    """Return Clojure's hash of a text, not signed.

    Examples
    --------
    >>> hex(hash_of("A"))
    '0xd3b06b18'
    """
    units = text.encode("utf-16-le", "surrogatepass")
    code = 0
    for at in range(0, len(units), 2):
        code = (31 * code + units[at] + (units[at + 1] << 8)) & _WORD
    return _mixed(code) if code else 0


def _mixed(block: int) -> int:
    """Return the hash of one block of four bytes."""
    key = _turned(block * 0xCC9E2D51 & _WORD, 15) * 0x1B873593 & _WORD
    code = (_turned(key, 13) * 5 + 0xE6546B64) & _WORD
    code ^= 4
    code = (code ^ code >> 16) * 0x85EBCA6B & _WORD
    code = (code ^ code >> 13) * 0xC2B2AE35 & _WORD
    return code ^ code >> 16


def _turned(word: int, bits: int) -> int:
    """Return a word of 32 bits turned to the left."""
    return (word << bits | word >> (32 - bits)) & _WORD
