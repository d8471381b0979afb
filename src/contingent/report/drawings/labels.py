"""Where names stand beside points so that they hide neither a point nor each other."""

from collections.abc import Collection, Iterable, Sequence

Box = tuple[float, float, float, float]
"""Left, top, right, bottom. [px]"""

BESIDE = 8.0
"""From a point to the name beside it. [px]"""

OUTSIDE = 1000.0
"""What a pixel outside the drawing weighs against a hidden square pixel. [px]"""

AWAY = 3.0
"""What a pixel further up or down weighs against a hidden square pixel. [px]"""

HEIGHTS = (0.0, -0.75, 0.75, -1.4, 1.4, -2.1, 2.1, -2.8, 2.8, -3.5, 3.5)
"""Where a name may stand above or below its point, the nearest first. [heights of a name]"""


def placed_labels(
    spots: Sequence[tuple[float, float]],
    widths: Sequence[float],
    *,
    height: float,
    room: tuple[float, float],
    taken: Iterable[Box] = (),
    beside: float = BESIDE,
    across: Collection[int] = (),
) -> list[tuple[float, float, str]]:
    """Return where the name of each point stands: x, middle y and text anchor (start, end or middle), the earlier points first.

    Parameters
    ----------
    spots : sequence of (float, float)
        Points. [px]
    widths : sequence of float
        Width of each name. [px]
    height : float
        Height of a name. [px]
    room : (float, float)
        Width and height of the drawing. [px]
    taken : iterable of Box, optional
        What must not be hidden beside the points themselves.
    beside : float
        From a point to its name. [px]
    across : collection of int, optional
        Places of those names that stand across their points, because those are the middle of something and not drawn.

    Examples
    --------
    A point at the right edge has its name on the left:

    >>> placed_labels([(10.0, 50.0), (95.0, 50.0)], [20.0, 20.0], height=10, room=(100.0, 100.0))
    [(18.0, 50.0, 'start'), (87.0, 50.0, 'end')]
    """
    half = beside * 0.6
    hidden = [*taken, *((x - half, y - half, x + half, y + half) for at, (x, y) in enumerate(spots) if at not in across)]
    found = []
    for at, ((x, y), width) in enumerate(zip(spots, widths, strict=True)):
        sides = (("middle", x - width / 2),) if at in across else (("start", x + beside), ("end", x - beside - width))
        places = [(left, y + up * height, anchor) for up in HEIGHTS for anchor, left in sides]
        boxes = [(left, middle - height / 2, left + width, middle + height / 2) for left, middle, _ in places]
        costs = [_cost(box, hidden, room) + AWAY * abs(middle - y) for box, (_, middle, _) in zip(boxes, places, strict=True)]
        best = costs.index(min(costs))
        left, middle, anchor = places[best]
        hidden.append(boxes[best])
        found.append((left + {"start": 0.0, "end": width, "middle": width / 2}[anchor], middle, anchor))
    return found


def _cost(box: Box, hidden: Iterable[Box], room: tuple[float, float]) -> float:
    left, top, right, bottom = box
    over = sum(max(0.0, min(right, x2) - max(left, x1)) * max(0.0, min(bottom, y2) - max(top, y1)) for x1, y1, x2, y2 in hidden)
    outside = max(0.0, -left) + max(0.0, right - room[0]) + max(0.0, -top) + max(0.0, bottom - room[1])
    return round(over + OUTSIDE * outside, 6)
