"""Well-known binary is gone through before a library reads it: shapes within shapes without end would bring the library down.

The readers of shapes descend into each collection by calling themselves. A file of some kilobytes can hold a hundred thousand
collections, each inside the other, and the process that reads them ends without a word. Nobody draws more than a few.

References
----------
.. [1] Open Geospatial Consortium, OGC 06-103r4, Simple Feature Access, part 1, section 8.2 (well-known binary).
"""

import struct

DEEPEST_SHAPE = 8
"""Most collections inside one another. A collection of areas of several parts is three deep."""

_POINT, _LINES, _POLYGON = 1, (2, 8), 3
_OF_SHAPES = (4, 5, 6, 7, 9, 10, 11, 12, 15, 16)
"""Numbers of the kinds that hold shapes: several points, lines or areas, collections, curves and surfaces of parts."""

_WITH_HEIGHT, _WITH_MEASURE, _WITH_SYSTEM = 0x80000000, 0x40000000, 0x20000000
_NUMBER = 8


def is_too_deep(content: bytes) -> bool:
    """Whether shapes of well-known binary lie too deep inside one another, or do not lie in it as their counts say.

    >>> is_too_deep(struct.pack("<BIdd", 1, 1, 30.5, 50.4))
    False
    >>> is_too_deep(struct.pack("<BII", 1, 7, 1) * 100_000)
    True
    """
    waiting = [1]
    at = 0
    try:
        while waiting:
            if not waiting[-1]:
                waiting.pop()
                continue
            waiting[-1] -= 1
            order = "<" if content[at] else ">"
            kind, at = _kind(content, at, order)
            number, dimensions = kind
            if number in _OF_SHAPES:
                if len(waiting) >= DEEPEST_SHAPE:
                    return True
                (count,) = struct.unpack_from(f"{order}I", content, at)
                at += 4
                waiting.append(count)
            else:
                at = _behind(content, at, order, number, dimensions * _NUMBER)
    except (struct.error, IndexError):
        return True
    return at > len(content)


def _kind(content: bytes, at: int, order: str) -> tuple[tuple[int, int], int]:
    """The kind of a shape, its numbers a point, and where it goes on."""
    (written,) = struct.unpack_from(f"{order}I", content, at + 1)
    plain = written & 0xFFFF
    further = plain // 1000
    has_height = bool(written & _WITH_HEIGHT) or further in (1, 3)
    has_measure = bool(written & _WITH_MEASURE) or further in (2, 3)
    return (plain % 1000, 2 + has_height + has_measure), at + (9 if written & _WITH_SYSTEM else 5)


def _behind(content: bytes, at: int, order: str, number: int, point: int) -> int:
    """Where the content of a shape without parts ends."""
    if number == _POINT:
        return at + point
    (count,) = struct.unpack_from(f"{order}I", content, at)
    at += 4
    if number in _LINES:
        return at + int(count) * point
    if number != _POLYGON:
        raise struct.error("a kind that nobody knows")
    for _ in range(count):
        (points,) = struct.unpack_from(f"{order}I", content, at)
        at += 4 + int(points) * point
    return at
