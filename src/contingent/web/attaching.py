"""Re-subordination by hand on the order of battle: what is moved, where it may go, and the edits that an order comes to.

    element      a formation, a unit, or the posts of a line, as it stands on the day shown
    order        put it under a formation by a relation, from a day until a day
    edits        one new row of attachments.csv; earlier rows of the same element and relation give way to it from that day on

An order to go where the element belongs anyway is no row: its earlier rows end. Nothing is decided here; what would make no sense
is told by `contingent.structure.faults_of_attachments` and by the checks of the tables before anything is written.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.model.structure import COMMANDING, Attachment
from contingent.report.orbat.history import unit_name
from contingent.store import Edit, StoredRow
from contingent.structure import faults_of_attachments
from contingent.structure.at_day import Node, orbat_at
from contingent.structure.attached import number_of
from contingent.structure.orbat import Orbat

TABLE = "attachments"

Moved = tuple[str, str, int | None]
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Element:
    """What can be put under another formation.

    Parameters
    ----------
    kind, key : str
        As of the node on the page: formation, unit or gap; its key.
    moved : tuple of str, str and int or None
        As `Attachment.moved`.
    name : str
        In words.
    under, organic : str
        Formation under which it stands on the day, and under which it stands otherwise.
    by : str or None
        Row by which it stands elsewhere.
    """

    kind: str
    key: str
    moved: Moved
    name: str
    under: str
    organic: str
    by: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """A re-subordination that is asked for; days from D-day, None = to the horizon."""

    under: str
    relation: str
    from_day: int
    until_day: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A formation under which an element may go, and how deep it stands in the tree."""

    formation: str
    name: str
    depth: int


def can_move(node: Node, *, is_top: bool = False) -> bool:
    """Whether an element can be put under another formation: a headquarters goes with its formation, the top nowhere."""
    return not (is_top or node.headquarters or node.kind == "battlegroup")


def element_of(orbat: Orbat, day: int, *, kind: str, key: str) -> Element | None:
    """Return an element of the order of battle on a day by its key; None where there is no such, or it cannot be moved."""
    root = orbat_at(orbat, day)
    for above, node in _pairs(root):
        if (node.kind, node.key) == (kind, key) and above is not None and can_move(node):
            return _element(orbat, node, above)
    return None


def _pairs(node: Node, formation: Node | None = None) -> Iterable[tuple[Node | None, Node]]:
    """Each node with the formation that it stands under."""
    yield formation, node
    for child in node.children:
        yield from _pairs(child, node if node.kind == "formation" else formation)


def _element(orbat: Orbat, node: Node, above: Node) -> Element:
    organic, by = (node.bond.organic, node.bond.attachment) if node.bond is not None else (above.key, None)
    if node.kind == "formation":
        return Element("formation", node.key, ("formation", node.key, None), node.name, above.key, organic, by)
    if node.kind == "gap":
        name = f"Posts of {node.line}, {node.name}"
        return Element("gap", node.key, ("line", str(node.line), None), name, above.key, organic, by)
    row = next(row for row in orbat.units.iter_rows(named=True) if row["unit"] == node.key)
    number = number_of(node.key)
    name = unit_name(row) if number is not None else f"{row['offer']}, all its units"
    return Element("unit", node.key, ("offer", str(row["offer"]), number), name, above.key, organic, by)


def targets_of(root: Node, element: Element) -> list[Target]:
    """Return the formations under which an element may go on the day: not itself, nor what stands under it."""
    found: list[Target] = []

    def walk(node: Node, depth: int) -> None:
        if node.kind != "formation" or (element.kind == "formation" and node.key == element.key):
            return
        found.append(Target(node.key, node.name, depth))
        for child in node.children:
            walk(child, depth + 1)

    walk(root, 0)
    return found


# ----------------------------------------------------------------------------------------------------------------- the edits


def moved_by(cells: Cells) -> Moved | None:
    """Return what a row as it is written moves; None where it does not say it in one way."""
    named = [(kind, name) for kind in ("formation", "line", "offer") if (name := cells.get(kind, "").strip())]
    number = cells.get("number", "").strip()
    return (*named[0], int(number) if number.isdecimal() else None) if len(named) == 1 else None


def rows_of_element(rows: Iterable[StoredRow], element: Element) -> list[StoredRow]:
    """Return the rows of the table that move an element itself, in the order of their days."""
    own = [row for row in rows if moved_by(row.cells) == element.moved]
    return sorted(own, key=lambda row: (_day(row.cells, "from_day") or 0, row.id))


def edits_of(
    rows: Sequence[StoredRow], element: Element, order: Order, *, seen: Mapping[int, int], taken: Iterable[str]
) -> list[Edit]:
    """Return the edits that an order comes to.

    Parameters
    ----------
    rows : sequence of StoredRow
        Attachments as they stand in the database.
    element : Element
        What is moved.
    order : Order
        Where to.
    seen : mapping of int to int
        Rows of the element that the planner saw, and their versions: these give way to the order. Others stand against it.
    taken : iterable of str
        Names of attachments that there are.
    """
    goes_home = order.under == element.organic
    relations = COMMANDING if goes_home and order.relation in COMMANDING else (order.relation,)
    names = {*taken, *(row.key for row in rows)}
    edits: list[Edit] = []
    own: set[str] = set()
    for row in rows_of_element(rows, element):
        if row.id in seen and row.cells.get("relation", "").strip() in relations:
            own.add(row.key)
            edits += _giving_way(row, order, seen[row.id], names)
    moved_by_another = element.by is not None and element.by not in own
    if not goes_home or (moved_by_another and order.relation in COMMANDING):
        edits.append(Edit(TABLE, _cells(element, order, names)))
    return edits


def _giving_way(row: StoredRow, order: Order, version: int, names: set[str]) -> list[Edit]:
    """The edits by which an earlier row gives way on the days of an order, and goes on after them where it lasts longer."""
    start, end = _day(row.cells, "from_day") or 0, _day(row.cells, "until_day")
    last = order.until_day
    if (last is not None and start >= last) or (end is not None and end <= order.from_day):
        return []
    goes_on = last is not None and (end is None or end > last)
    if start < order.from_day:
        edits = [Edit(TABLE, {**row.cells, "until_day": str(order.from_day)}, row.id, version)]
        if goes_on:
            edits.append(Edit(TABLE, {**row.cells, "attachment": _free(names), "from_day": str(last)}))
        return edits
    return [Edit(TABLE, {**row.cells, "from_day": str(last)} if goes_on else None, row.id, version)]


def edits_to_end(row: StoredRow, day: int, *, version: int) -> list[Edit]:
    """Return the edit that ends an attachment on a day; one that has not begun by then is taken out."""
    start, end = _day(row.cells, "from_day") or 0, _day(row.cells, "until_day")
    if end is not None and end <= day:
        return []
    return [Edit(TABLE, {**row.cells, "until_day": str(day)} if start < day else None, row.id, version)]


def _cells(element: Element, order: Order, names: set[str]) -> dict[str, str]:
    kind, name, number = element.moved
    cells = {
        "attachment": _free(names), kind: name, "number": "" if number is None else str(number), "under": order.under,
        "relation": order.relation, "from_day": str(order.from_day),
        "until_day": "" if order.until_day is None else str(order.until_day), "note": order.note, "status": "assumption",
    }  # fmt: skip
    return {column: text for column, text in cells.items() if text}


def _free(names: set[str]) -> str:
    """A name that no attachment has yet; it is taken then."""
    number = 1
    while f"A{number}" in names:
        number += 1
    names.add(f"A{number}")
    return f"A{number}"


def _day(cells: Cells, column: str) -> int | None:
    text = cells.get(column, "").strip()
    return int(text) if text.isdecimal() else None


# ------------------------------------------------------------------------------------------------------------ what they break


def faults_after(scenario: Scenario, rows: Sequence[StoredRow], edits: Sequence[Edit]) -> tuple[Finding, ...]:
    """Return what would be wrong with the attachments after edits that is not wrong already.

    Parameters
    ----------
    scenario : Scenario
        The whole, with lines and formations derived.
    rows : sequence of StoredRow
        Attachments as they stand in the database.
    edits : sequence of Edit
        What is to be changed.
    """
    keys = {row.id: row.key for row in rows}
    gone = {keys[edit.row] for edit in edits if edit.row in keys}
    kept = [row for row in scenario.attachments if row.attachment not in gone]
    cells = [edit.cells for edit in edits if edit.cells is not None]
    written = [Attachment.model_validate({name: text for name, text in each.items() if text}) for each in cells]
    after = scenario.model_copy(update={"attachments": (*kept, *written)})
    now = set(faults_of_attachments(scenario))
    return tuple(fault for fault in faults_of_attachments(after) if fault not in now)
