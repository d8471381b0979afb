"""Where everything of an ORBAT stands on the sheet.

A formation without formations under it is a card: a head and one row for each kind of unit. Cards under one headquarters stand
in columns, hung on a rail at the left of each column; formations that have formations under them stand side by side, each
above its own. How many columns each block has follows from the height of the sheet: of all heights, that one is taken which
lets the whole drawing be largest on a sheet of the wanted shape.

All lengths in px.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from contingent.report.orbat.node import Group, Node, formations_of, grouped_troops

CARD_WIDTH = 238.0
HEAD_HEIGHT = 54.0
ROW_HEIGHT = 34.0
CARD_FOOT = 5.0

ROWS_UNDER_A_HEAD = 4
"""Rows of its own units that a formation with formations under it has in a column, where there is room beside: it stays flat."""

ROWS_OF_A_CARD = 13
"""Most rows of a card before it gets a second column. [rows]"""

COLUMN_GAP = 26.0
"""Between two columns: room for the rail."""

CARD_GAP = 14.0
BLOCK_GAP = 34.0
LEVEL_GAP = 30.0
"""Between a head and what stands under it: room for the lines."""

RAIL = 12.0
"""How far the rail stands left of its cards."""

SHEET_SHAPE = 420 / 297
"""Width of a sheet by its height: A3 and its kin, landscape. [-]"""

SMALL = 1e-9
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Card:
    """A formation's head with the rows of its own units.

    Parameters
    ----------
    node : Node
        The formation.
    rows : tuple of Group
        Its own units, like ones together.
    columns : int
        Columns in which the rows stand, filled from the top one after the other.
    x, y : float
        Its place.
    """

    node: Node
    rows: tuple[Group, ...]
    columns: int
    x: float = 0.0
    y: float = 0.0

    @property
    def rows_of_column(self) -> int:
        """Rows that stand in each column but the last."""
        return math.ceil(len(self.rows) / self.columns)

    @property
    def width(self) -> float:
        """From edge to edge."""
        return self.columns * CARD_WIDTH

    @property
    def height(self) -> float:
        """Head and rows."""
        return HEAD_HEIGHT + self.rows_of_column * ROW_HEIGHT + (CARD_FOOT if self.rows else 0.0)


@dataclass(frozen=True, slots=True)
class Layout:
    """Cards and lines of a drawing.

    Parameters
    ----------
    cards : tuple of Card
        Each before those under it.
    lines : tuple of (Point, Point)
        From above to below.
    width, height : float
        Size of it all.
    """

    cards: tuple[Card, ...]
    lines: tuple[tuple[Point, Point], ...]
    width: float
    height: float


def lay_out(top: Node, *, shape: float = SHEET_SHAPE) -> Layout:
    """Return where everything stands, for a sheet of a shape (width by height)."""
    best = min(_candidates(top), key=lambda block: (max(block.width / shape, block.height), block.width))
    placed = _Placed()
    best.place(0.0, 0.0, placed)
    return Layout(tuple(placed.cards), tuple(placed.lines), best.width, best.height)


def _candidates(top: Node) -> Iterator["_Block"]:
    """The drawing at heights from the least to the greatest that can be of use."""
    least, greatest = _Block.of(top, 0.0), _Block.of(top, math.inf)
    yield least
    limit = least.height
    while limit < greatest.height:
        yield _Block.of(top, limit)
        limit += ROW_HEIGHT
    yield greatest


@dataclass(slots=True)
class _Placed:
    cards: list[Card] = field(default_factory=list)
    lines: list[tuple[Point, Point]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Block:
    """A formation with all that stands under it, its size known and its place not yet."""

    card: Card
    parts: tuple["_Columns | _Block", ...]
    width: float
    height: float

    @classmethod
    def of(cls, node: Node, limit: float) -> "_Block":
        """Return the narrowest block that keeps within a height, or the lowest that there is.

        Formations without formations under them stand together, where the first of them has its place.
        """
        rows = grouped_troops(node)
        below = formations_of(node)
        single = [child for child in below if not formations_of(child)]
        # Its own rows take as many columns as what stands under it is wide, which is known once the rows' height is.
        columns = max(1, math.ceil(len(rows) / (ROWS_UNDER_A_HEAD if below else ROWS_OF_A_CARD)))
        while True:
            card = Card(node, rows, columns)
            left = limit - card.height - LEVEL_GAP
            parts = tuple(
                cls.of(child, left) if formations_of(child) else _Columns.of(single, left)
                for child in below
                if formations_of(child) or child is single[0]
            )
            inner = sum(part.width for part in parts) + BLOCK_GAP * max(0, len(parts) - 1)
            if columns == 1 or not parts or card.width <= inner:
                break
            columns -= 1
        height = card.height + (LEVEL_GAP + max(part.height for part in parts) if parts else 0.0)
        return cls(card, parts, max(inner, card.width), height)

    def attach(self, x: float) -> list[float]:
        """Where the line from above meets it."""
        return [self.head(x) + self.card.width / 2]

    def head(self, x: float) -> float:
        """Left edge of its own card: above the middle of what stands under it."""
        ends = self._ends(x)
        middle = (ends[0] + ends[-1]) / 2 if ends else x + self.width / 2
        return min(max(middle - self.card.width / 2, x), x + self.width - self.card.width)

    def _starts(self, x: float) -> list[float]:
        inner = sum(part.width for part in self.parts) + BLOCK_GAP * max(0, len(self.parts) - 1)
        at = x + (self.width - inner) / 2
        starts = []
        for part in self.parts:
            starts.append(at)
            at += part.width + BLOCK_GAP
        return starts

    def _ends(self, x: float) -> list[float]:
        return [end for part, start in zip(self.parts, self._starts(x), strict=True) for end in part.attach(start)]

    def place(self, x: float, y: float, placed: _Placed) -> None:
        """Put it at a place, and all that stands under it."""
        card = replace(self.card, x=self.head(x), y=y)
        placed.cards.append(card)
        if not self.parts:
            return
        middle, foot = card.x + card.width / 2, y + card.height
        bus = foot + LEVEL_GAP / 2
        ends = sorted({*self._ends(x), middle})
        placed.lines.append(((middle, foot), (middle, bus)))
        placed.lines.extend(((one, bus), (other, bus)) for one, other in pairwise(ends))
        for part, start in zip(self.parts, self._starts(x), strict=True):
            if isinstance(part, _Block):
                placed.lines.extend(((end, bus), (end, foot + LEVEL_GAP)) for end in part.attach(start))
            else:
                part.hang(start, bus, foot + LEVEL_GAP, placed)
            part.place(start, foot + LEVEL_GAP, placed)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Cards under one headquarters, in columns."""

    columns: tuple[tuple[Card, ...], ...]
    width: float
    height: float

    @classmethod
    def of(cls, nodes: Sequence[Node], limit: float) -> "_Columns":
        """Return the fewest columns that keep within a height, each card whole, in their order and as even as can be."""
        cards = [_card_alone(node) for node in nodes]
        heights = [card.height for card in cards]
        highest = max(limit, *heights)
        fewest = len(_filled(heights, highest))
        # As even as can be: the lowest height at which no more columns are needed.
        enough = [height for height in _sums(heights) if max(heights) <= height <= highest]
        even = min((height for height in enough if len(_filled(heights, height)) == fewest), default=highest)
        columns = tuple(tuple(cards[index] for index in column) for column in _filled(heights, even))
        widths = [max(card.width for card in column) for column in columns]
        height = max(_stacked([card.height for card in column]) for column in columns)
        return cls(columns, sum(widths) + RAIL * len(columns) + (COLUMN_GAP - RAIL) * (len(columns) - 1), height)

    def attach(self, x: float) -> list[float]:
        """The rails of the columns."""
        rails = []
        for column in self.columns:
            rails.append(x)
            x += max(card.width for card in column) + COLUMN_GAP
        return rails

    def hang(self, x: float, bus: float, top: float, placed: _Placed) -> None:
        """Draw the rail of each column, and from it a short line to each card."""
        for rail, column in zip(self.attach(x), self.columns, strict=True):
            heads = list(accumulate((card.height + CARD_GAP for card in column[:-1]), initial=top + HEAD_HEIGHT / 2))
            placed.lines.append(((rail, bus), (rail, heads[-1])))
            placed.lines.extend(((rail, y), (rail + RAIL, y)) for y in heads)

    def place(self, x: float, y: float, placed: _Placed) -> None:
        """Put the cards at their places."""
        for rail, column in zip(self.attach(x), self.columns, strict=True):
            at = y
            for card in column:
                placed.cards.append(replace(card, x=rail + RAIL, y=at))
                at += card.height + CARD_GAP


def _card_alone(node: Node) -> Card:
    rows = grouped_troops(node)
    return Card(node, rows, max(1, math.ceil(len(rows) / ROWS_OF_A_CARD)))


def _stacked(heights: Sequence[float]) -> float:
    return sum(heights) + CARD_GAP * (len(heights) - 1)


def _sums(heights: Sequence[float]) -> set[float]:
    """Heights that a column of neighbours can have."""
    return {_stacked(heights[first:last]) for first in range(len(heights)) for last in range(first + 1, len(heights) + 1)}


def _filled(heights: Sequence[float], limit: float) -> list[list[int]]:
    """Cards in columns, each filled up to a height before the next is begun."""
    columns: list[list[int]] = [[]]
    for index, height in enumerate(heights):
        if columns[-1] and _stacked([*(heights[one] for one in columns[-1]), height]) > limit + SMALL:
            columns.append([])
        columns[-1].append(index)
    return columns
