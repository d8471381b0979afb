"""The ORBAT of a day on one page: a box for each formation with its symbol, who leads it, its people and how far it is held.

The force stands on top; what commands formations of its own has a column for each of them, and those without stand below
their headquarters in a column, hung on a rail.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from contingent.report.briefing.metrics import LINE, cut
from contingent.report.briefing.parts import INK, PALE, SOFT, Box, Paragraph, Part, Place, Stroke, Symbol, Words
from contingent.report.orbat.node import FORMATION, Node, attached_name, formations_of, grouped_troops
from contingent.report.words import amount, grouped, percent

MOST_COLUMNS = 5
HEIGHTS = (60.0, 54.0, 48.0, 43.0, 39.0)
"""Heights of a box, the largest that lets all of them stand. [pt]"""

BETWEEN, RAIL = 12.0, 12.0
LEAST_GAP, LEVEL_GAP = 6.0, 18.0

WIDEST, BESIDE = 230.0, 60.0
"""A box is no wider; so much of it is its symbol. [pt]"""


@dataclass(slots=True)
class Branch:
    """A formation with the columns of what stands under it."""

    node: Node
    columns: list["Branch | list[Node]"] = field(default_factory=list)

    @property
    def breadth(self) -> int:
        """Columns that it takes."""
        return max(1, sum(part.breadth if isinstance(part, Branch) else 1 for part in self.columns))


def branch_of(node: Node, *, at_top: int, below: int) -> Branch:
    """Return a formation with its columns: one for each that commands formations, the others shared out over a few.

    Parameters
    ----------
    node : Node
        The formation.
    at_top, below : int
        Most columns of formations without any under them: directly under this one, and further below.
    """
    wide = [branch_of(child, at_top=below, below=below) for child in formations_of(node) if formations_of(child)]
    single = [child for child in formations_of(node) if not formations_of(child)]
    columns: list[Branch | list[Node]] = []
    if single:
        high = -(-len(single) // at_top)
        columns += [single[first : first + high] for first in range(0, len(single), high)]
    return Branch(node, [*columns, *wide])


def depth_of(branch: Branch, height: float, gap: float) -> float:
    """Return how high a branch is at a height of its boxes. [pt]"""
    below = [
        depth_of(part, height, gap) if isinstance(part, Branch) else len(part) * height + (len(part) - 1) * gap
        for part in branch.columns
    ]
    return height + (LEVEL_GAP + max(below) if below else 0.0)


def tree(top: Node, place: Place) -> list[Part]:
    """Return the ORBAT of a day as boxes, lines and symbols, its boxes as large as can be."""
    ways = [
        _way(branch_of(top, at_top=a, below=b), place) for a in range(1, MOST_COLUMNS + 1) for b in range(1, MOST_COLUMNS + 1)
    ]
    _, branch, width, height, gap = max(ways, key=lambda way: way[0])
    whole = width * branch.breadth + BETWEEN * (branch.breadth - 1)
    left = place.x + (place.width - whole) / 2
    sheet = Sheet(width, height, gap, place.foot)
    sheet.put(branch, left, place.y + max(0.0, (place.height - depth_of(branch, height, gap)) / 3))
    return [*sheet.lines, *sheet.boxes]


def _way(branch: Branch, place: Place) -> tuple[float, Branch, float, float, float]:
    """How large boxes can be in an arrangement: what it is worth, the arrangement, width, height and gap of its boxes."""
    height, gap = next(
        ((height, gap) for height in HEIGHTS for gap in (12.0, LEAST_GAP) if depth_of(branch, height, gap) <= place.height),
        (HEIGHTS[-1], LEAST_GAP),
    )
    width = min(WIDEST, (place.width - BETWEEN * (branch.breadth - 1)) / branch.breadth)
    overrun = min(1.0, place.height / depth_of(branch, height, gap))
    return min((width - BESIDE) / (WIDEST - BESIDE), height / HEIGHTS[0]) * overrun, branch, width, height, gap


@dataclass(slots=True)
class Sheet:
    """Where boxes are put."""

    width: float
    height: float
    gap: float
    foot: float
    lines: list[Part] = field(default_factory=list)
    boxes: list[Part] = field(default_factory=list)

    def put(self, branch: Branch, left: float, y: float) -> float:
        """Put a branch and return the middle of its head."""
        whole = self.width * branch.breadth + BETWEEN * (branch.breadth - 1)
        middle = left + whole / 2
        if not branch.columns:
            self.box(branch.node, Place(middle - self.width / 2, y, self.width, self.height))
            return middle
        below, bus = y + self.height + LEVEL_GAP, y + self.height + LEVEL_GAP / 2
        x, ends = left, []
        for part in branch.columns:
            if isinstance(part, Branch):
                ends.append(self.put(part, x, below))
                self.lines.append(Stroke((ends[-1], bus), (ends[-1], below)))
                x += self.width * part.breadth + BETWEEN * part.breadth
            else:
                ends.append(self.column(part, x, below, bus))
                x += self.width + BETWEEN
        if len(branch.columns) == 1:
            middle = ends[0] if isinstance(branch.columns[0], Branch) or len(branch.columns[0]) == 1 else left + self.width / 2
        ends.append(middle)
        self.lines.append(Stroke((middle, y + self.height), (middle, bus)))
        if max(ends) > min(ends):
            self.lines.append(Stroke((min(ends), bus), (max(ends), bus)))
        self.box(branch.node, Place(middle - self.width / 2, y, self.width, self.height))
        return middle

    def column(self, nodes: Sequence[Node], x: float, y: float, bus: float) -> float:
        """Put formations one below the other, hung on a rail; those for which there is no room are counted."""
        room = max(1, int((self.foot - y + self.gap) // (self.height + self.gap)))
        shown = nodes if len(nodes) <= room else nodes[: room - 1] if room > 1 else nodes[:1]
        single = len(nodes) == 1
        rail = x + self.width / 2 if single else x + RAIL / 2
        inset = 0.0 if single else RAIL
        for at, node in enumerate(shown):
            top = y + at * (self.height + self.gap)
            self.box(node, Place(x + inset, top, self.width - inset, self.height))
            if not single:
                self.lines.append(Stroke((rail, top + self.height / 2), (x + inset, top + self.height / 2)))
        last = y if single else y + (len(shown) - 1) * (self.height + self.gap) + self.height / 2
        self.lines.append(Stroke((rail, bus), (rail, last)))
        if len(shown) < len(nodes):
            top = y + len(shown) * (self.height + self.gap)
            people = sum(node.people for node in nodes[len(shown) :])
            said = f"and {len(nodes) - len(shown)} more formations, {grouped(people)} people"
            place = Place(x + inset, top, self.width - inset, self.height)
            self.boxes.append(Words(place, (Paragraph(cut(said, place.width, 12.0, lines=2), 12.0, colour=SOFT),)))
        return rail

    def box(self, node: Node, place: Place) -> None:
        """Draw a formation."""
        large = place.height >= HEIGHTS[1]
        name_size, size = (14.0, 12.5) if large else (12.5, 12.0)
        is_gap = node.filled <= 0 and node.gap > 0
        self.boxes.append(Box(place, PALE, edge=SOFT, edge_width=0.75, dashed=is_gap))
        tall = min(place.height - 8, 44.0)
        left = place.x + 6
        if node.symbol:
            symbol = Place(left, place.y + (place.height - tall) / 2, tall * 158 / 148, tall)
            self.boxes.append(Symbol(symbol, node.symbol, f"Symbol of {node.name}", is_planned=is_gap))
            left = symbol.right + 6
        room = place.right - left - 4
        two = large and place.height >= (2 * name_size + size) * LINE + 4
        called = cut(attached_name(node.name, node.relation), room, name_size, bold=True, lines=2 if two else 1)
        name = Paragraph(called, name_size, bold=True, colour=INK)
        long, short = summary_of(node), summary_of(node, people="")
        said = Paragraph(cut(long if cut(long, room, size) == long else short, room, size), size, colour=INK)
        self.boxes.append(Words(Place(left, place.y + 2, room, place.height - 4), (name, said), "middle"))


def summary_of(node: Node, *, people: str = " people") -> str:
    """Return who leads a formation, its people, and how far what it asks for is held."""
    asked = node.filled + node.gap
    held = f"{percent(node.filled / asked)} held" if asked > 0 else ""
    return " · ".join(part for part in (node.nation, f"{grouped(node.people)}{people}", held) if part)


@dataclass(frozen=True, slots=True)
class Standing:
    """Like units under the one formation that there is, shown as if they were formations."""

    kind: str
    name: str
    symbol: str | None
    nation: str | None
    people: int
    filled: float
    gap: float
    children: tuple["Standing", ...] = ()
    relation: str | None = None


def with_units(node: Node) -> Standing:
    """Return a formation that has none under it with its units, like ones together."""
    below = []
    for group in grouped_troops(node):
        senders = "/".join(f"{nation}\u00a0{number}" if number > 1 else nation for nation, number in group.nations) or None
        filled, gap = (0.0, group.number) if group.is_gap else (group.number, 0.0)
        name = f"{amount(group.number)} × {group.title}" + (" missing" if group.is_gap else "")
        below.append(Standing(FORMATION, name, group.symbol, senders, group.people, filled, gap))
    return Standing(FORMATION, node.name, node.symbol, node.nation, node.people, node.filled, node.gap, tuple(below))
