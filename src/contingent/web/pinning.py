"""Pins made by hand on the calendar: a tour fixed, moved or let go, held against the rules before anything is written.

The rules are those of `contingent.model.pins`, which need no solver; beside them stands what the move would do to the rest of the
unit in the plan as it is, which is no fault: the plan made next may send another unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contingent.model.pins import PinFault, faults_of_pins
from contingent.model.rows import Pin
from contingent.model.rules import line_until, tour_may_begin
from contingent.model.scenario import Scenario
from contingent.report.words import d_day
from contingent.store import Edit, StoredRow
from contingent.web.rotation_strip import Tour, ratio_words, rest_ratio

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Move:
    """A tour that is to be fixed.

    Parameters
    ----------
    was : int or None
        Day on which it is fixed now; None where it is not. [days from D-day]
    from_day : int
        Day on which it is to begin. [days from D-day]
    """

    offer: str
    line: str
    from_day: int
    was: int | None = None


def pins_after(scenario: Scenario, move: Move) -> tuple[Pin, ...]:
    """Return the pins as they would be: one unit less where the tour is fixed now, one more where it is to be."""
    pins = list(scenario.pins)
    if move.was is not None:
        pins = [each for pin in pins if (each := _one_less(pin, move)) is not None]
    for at, pin in enumerate(pins):
        if (pin.offer, pin.line, pin.from_day) == (move.offer, move.line, move.from_day):
            pins[at] = pin.model_copy(update={"quantity": pin.quantity + 1})
            return tuple(pins)
    return (*pins, Pin(offer=move.offer, line=move.line, from_day=move.from_day))


def _one_less(pin: Pin, move: Move) -> Pin | None:
    if (pin.offer, pin.line, pin.from_day) != (move.offer, move.line, move.was):
        return pin
    return pin.model_copy(update={"quantity": pin.quantity - 1}) if pin.quantity > 1 else None


def faults_after(scenario: Scenario, move: Move, option: str | None) -> tuple[PinFault, ...]:
    """Return what would keep the pins from being kept that does not keep them already.

    Parameters
    ----------
    scenario : Scenario
        The whole, with the offers of its pool and the lines of its mandate.
    option : str or None
        Option whose lines are looked at; None = all.
    """
    now = {(fault.kind, fault.what) for fault in faults_of_pins(scenario, option)}
    after = scenario.model_copy(update={"pins": pins_after(scenario, move)})
    found = dict.fromkeys(faults_of_pins(after, option))
    return tuple(fault for fault in found if (fault.kind, fault.what) not in now)


def starts_of(scenario: Scenario, line: str) -> tuple[int, ...]:
    """Return the days on which a tour on a line may begin. [days from D-day]"""
    row = scenario.requirement_by_line.get(line)
    if row is None:
        return ()
    period = scenario.settings.period_days
    days = {row.from_day, *range(0, line_until(scenario, row), period)}
    return tuple(day for day in sorted(days) if tour_may_begin(scenario, row, day))


def rest_notes(tour: Tour, to: int) -> list[str]:
    """Return what a move would do to the rest of the unit, if it kept its other tours of this plan.

    Parameters
    ----------
    to : int
        Day on which the tour would begin. [days from D-day]
    """
    row = tour.row
    length, rest = row["until_day"] - row["from_day"], row["rested_day"] - row["until_day"]
    moved = {"from_day": to, "until_day": to + length}
    notes = []
    if tour.before is not None and to < tour.before:
        lost = f"{tour.before - to} days of it would be lost"
        notes.append(f"The unit is at rest from its tour before until {d_day(tour.before)}: {lost}.")
    if tour.after is not None and tour.after < to + length + rest:
        had = ratio_words(rest_ratio(moved, tour.after)) if tour.after > to + length else "none"
        needed = ratio_words(rest / max(1, length))
        notes.append(f"Its next tour begins {d_day(tour.after)}: the rest between would be {had} where {needed} is needed.")
    return notes


def stored_pin(rows: Sequence[StoredRow], *, offer: str, line: str, from_day: int) -> StoredRow | None:
    """Return the row of the database that fixes a tour; None where none does."""
    for row in rows:
        cells = row.cells
        if cells.get("offer") == offer and cells.get("line") == line and cells.get("from_day", "").strip() == str(from_day):
            return row
    return None


def edits_of(rows: Sequence[StoredRow], move: Move, *, version: int | None) -> list[Edit]:
    """Return the edits that a move comes to.

    Parameters
    ----------
    rows : sequence of StoredRow
        Pins as they stand in the database.
    version : int or None
        Version of the pin that the planner saw; None where the tour was not fixed then.
    """
    edits = []
    if move.was is not None:
        edits += edits_to_let_go(rows, offer=move.offer, line=move.line, from_day=move.was, version=version, units=1)
    there = stored_pin(rows, offer=move.offer, line=move.line, from_day=move.from_day)
    if there is not None and move.from_day != move.was:
        cells = {**there.cells, "quantity": str(int(there.cells.get("quantity") or 1) + 1)}
        edits.append(Edit("pins", cells, there.id, there.version))
    elif move.from_day != move.was:
        edits.append(Edit("pins", {"offer": move.offer, "line": move.line, "from_day": str(move.from_day), "quantity": "1"}))
    return edits


def edits_to_let_go(
    rows: Sequence[StoredRow], *, offer: str, line: str, from_day: int, version: int | None, units: int | None = None
) -> list[Edit]:
    """Return the edits that take units out of a pin, or all of it; none where it is no row of the database."""
    row = stored_pin(rows, offer=offer, line=line, from_day=from_day)
    if row is None:
        return []
    held = int(row.cells.get("quantity") or 1)
    cells = {**row.cells, "quantity": str(held - units)} if units is not None and held > units else None
    return [Edit("pins", cells, row.id, version if version is not None else row.version)]
