"""Checks of attachments: each moves one thing, for some days, and no two move the same thing by the same relation at once.

One function is one check, as in `contingent.io.check_names`. Whether formations would come to stand under one another in a circle
is seen once they are derived (`contingent.structure.faults_of_attachments`).
"""

from typing import cast

from contingent.io.check_names import DERIVED_FROM, rows_of
from contingent.io.collected import Collected
from contingent.io.layers import Layer
from contingent.io.table_rows import Placed
from contingent.io.wording import shown
from contingent.model.rows import Offer
from contingent.model.structure import Attachment

Moved = tuple[str, str, int | None]


def attachments_move_one_thing(layer: Layer, findings: Collected) -> None:
    """A row names a formation, a line or an offer, and one of them alone; the number of a unit goes with its offer."""
    for placed in rows_of(layer, "attachments"):
        row = _row(placed)
        named = [kind for kind in ("formation", "line", "offer") if getattr(row, kind) is not None]
        if len(named) != 1:
            what = "names nothing that is moved." if not named else f"names {' and '.join(named)}: it moves one thing."
            maybe = "fill formation, line or offer" if not named else "write a row for each"
            findings.add("moves_one", placed.sheet, what, line=placed.line, column=named[-1] if named else "offer", maybe=maybe)
        elif row.number is not None and row.offer is None:
            what = f"{row.number} is the number of a unit, but the row names no offer."
            findings.add("moves_one", placed.sheet, what, line=placed.line, column="number", maybe="leave it blank")
        if row.formation is not None and row.formation == row.under:
            what = f"{shown(row.under)} would stand under itself."
            findings.add("circle", placed.sheet, what, line=placed.line, column="under")


def attachments_end_after_they_begin(layer: Layer, findings: Collected) -> None:
    """An attachment holds on some day."""
    for placed in rows_of(layer, "attachments"):
        row = _row(placed)
        if row.until_day is not None and row.until_day <= row.from_day:
            what = f"{row.until_day} is not after from_day ({row.from_day}): it would hold on no day."
            findings.add("window", placed.sheet, what, line=placed.line, column="until_day", maybe="the columns were swapped")


def attachments_do_not_overlap(layer: Layer, findings: Collected) -> None:
    """On no day is the same thing under two formations by the same relation."""
    alike: dict[tuple[Moved, str], list[Placed]] = {}
    for placed in rows_of(layer, "attachments"):
        row = _row(placed)
        if row.moved is not None:
            alike.setdefault((row.moved, row.relation), []).append(placed)
    for rows in alike.values():
        rows.sort(key=lambda placed: (_row(placed).from_day, placed.line))
        longest = _row(rows[0])
        for placed in rows[1:]:
            row = _row(placed)
            if longest.until_day is None or row.from_day < longest.until_day:
                holds = "without end" if longest.until_day is None else f"until day {longest.until_day}"
                what = f"it is {row.relation} to {shown(longest.under)} already, {holds} ({shown(longest.attachment)})."
                maybe = f"end {shown(longest.attachment)} on day {row.from_day}"
                findings.add("overlap", placed.sheet, what, line=placed.line, column="from_day", maybe=maybe)
            if longest.until_day is not None and (row.until_day is None or row.until_day > longest.until_day):
                longest = row


def units_of_attachments_are_offered(layer: Layer, findings: Collected) -> None:
    """The number of a unit is not above the number of units that the offer has."""
    if rows_of(layer, DERIVED_FROM["offers"]):
        return
    quantity = {placed.row.key_text(): cast(Offer, placed.row).quantity for placed in rows_of(layer, "offers")}
    for placed in rows_of(layer, "attachments"):
        row = _row(placed)
        most = quantity.get(row.offer or "")
        if row.number is not None and most is not None and row.number > most:
            what = f"{row.number} is more than the units that {shown(str(row.offer))} has ({most}): the row moves nobody."
            findings.add("no_unit", placed.sheet, what, line=placed.line, column="number", severity="warning")


def _row(placed: Placed) -> Attachment:
    return cast(Attachment, placed.row)
