"""What if: a few changes that are tried without being written, as the edits that would make them.

The edits are those of the tables as they stand. They are laid over the tables to be planned, and are the same that are written
where somebody decides to adopt them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from contingent.pool.offers import is_named_for
from contingent.store import Edit, State, StoredRow
from contingent.web.guard.viewer import Viewer

MOST_NAMED = 40
"""Nations and offers that may be taken away at once."""

OF_NATION = ("offers", "pool")
"""Tables from which a nation's rows are taken out where it withdraws."""

TOUR_SETTING = "defaults.tour_days"
"""Setting that holds where an offer says nothing of the length of its tours."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What is to be tried.

    Parameters
    ----------
    nations : tuple of str
        Nations that withdraw with all they offer.
    offers : tuple of str
        Offers that are withdrawn.
    tour_days : int or None
        Length of every tour. [days]
    of_nation : str
        Only of this nation's tours; blank = of all.
    line, quantity : str, int or None
        A line, and how many units it asks for instead. [units]
    """

    nations: tuple[str, ...] = ()
    offers: tuple[str, ...] = ()
    tour_days: int | None = None
    of_nation: str = ""
    line: str = ""
    quantity: int | None = None

    @property
    def is_nothing(self) -> bool:
        """Whether nothing would change."""
        return not (self.nations or self.offers or self.tour_days is not None or (self.line and self.quantity is not None))

    @property
    def words(self) -> list[str]:
        """The changes, one by one."""
        told = [f"{nation} withdraws" for nation in self.nations]
        told += [f"{offer} is withdrawn" for offer in self.offers]
        if self.tour_days is not None:
            told.append(f"tours{f' of {self.of_nation}' if self.of_nation else ''} take {self.tour_days} days")
        if self.line and self.quantity is not None:
            told.append(f"{self.line} asks for {self.quantity}")
        return told


def edits_of(state: State, tried: Tried, viewer: Viewer) -> list[Edit]:
    """Return the edits that make what is tried of the tables as they stand.

    Parameters
    ----------
    state : State
        The conference as it stands.
    tried : Tried
        What is tried.
    viewer : Viewer
        Who tries: the length of tours is changed of rows that the viewer may write.
    """
    gone = {row.id: row for row in _taken_out(state, tried)}
    edits = [Edit(row.table, None, row.id, row.version) for row in gone.values()]
    for row, cells in _changed(state, tried, viewer):
        if row.id not in gone and dict(row.cells) != cells:
            edits.append(Edit(row.table, cells, row.id, row.version))
    return edits


def _taken_out(state: State, tried: Tried) -> Iterator[StoredRow]:
    offers = set(tried.offers)
    for table in OF_NATION:
        for row in state.rows.get(table, ()):
            if row.cells.get("nation") in tried.nations or (table == "offers" and row.key in offers):
                offers |= {row.key} if table == "offers" else set()
                yield row
    # A tour that was fixed by hand cannot be kept where nobody goes any more; an offer that the pool makes is no row of its own.
    named = {row.key for row in state.rows.get("offers", ())}
    for row in state.rows.get("pins", ()):
        offer = row.cells.get("offer", "")
        if offer in offers or (offer not in named and is_named_for(offer, tried.nations)):
            yield row


def _changed(state: State, tried: Tried, viewer: Viewer) -> Iterator[tuple[StoredRow, dict[str, str]]]:
    if tried.tour_days is not None:
        days = str(tried.tour_days)
        whose: Callable[[str | None], bool] = lambda nation: (
            (not tried.of_nation or nation == tried.of_nation) and (viewer.sees_all or viewer.owns(nation)))  # fmt: skip
        for row in state.rows.get("offers", ()):
            if whose(row.cells.get("nation")) and (row.cells.get("tour_days") or tried.of_nation or not viewer.sees_all):
                yield row, {**row.cells, "tour_days": days}
        if viewer.sees_all:
            for row in state.rows.get("terms", ()):
                if row.cells.get("tour_days") and whose(row.cells.get("nation")):
                    yield row, {**row.cells, "tour_days": days}
            for row in state.rows.get("scenario", ()):
                if row.cells.get("setting") == TOUR_SETTING and not tried.of_nation:
                    yield row, {**row.cells, "value": days}
    if tried.line and tried.quantity is not None:
        for row in state.rows.get("requirements", ()):
            if row.key == tried.line:
                yield row, {**row.cells, "quantity": str(tried.quantity)}


def as_arguments(edits: list[Edit], tried: Tried) -> dict[str, Any]:
    """Return edits as the arguments of a job."""
    return {
        "edits": [
            {"table": edit.table, "cells": None if edit.cells is None else dict(edit.cells), "row": edit.row,
             "version": edit.version}
            for edit in edits
        ],
        "words": tried.words,
        "tried": {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(tried).items()},
    }


def edits_from(arguments: Mapping[str, Any]) -> list[Edit]:
    """Return the edits of a job's arguments."""
    return [Edit(each["table"], each["cells"], each["row"], each["version"]) for each in arguments.get("edits", ())]


def tried_from(fields: Mapping[str, list[str]]) -> Tried:
    """Return what a form asks to try.

    Raises
    ------
    ValueError
        If a number is none; the message says which.
    """
    def text(name: str) -> str:
        return (fields.get(name) or [""])[0].strip()[:200]

    def number(name: str, words: str, most: int) -> int | None:
        if not text(name):
            return None
        if not text(name).isascii() or not text(name).isdecimal() or not 0 < int(text(name)[:9]) <= most:
            raise ValueError(f"{words} is a whole number from 1 to {most:,}.")
        return int(text(name)[:9])

    def names(name: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.strip()[:200] for each in fields.get(name, ()) if each.strip()))[:MOST_NAMED]

    return Tried(
        names("nation"), names("offer"), number("tour_days", "The length of tours", 10_000), text("of_nation"), text("line"),
        number("quantity", "The number of units", 100_000),
    )  # fmt: skip
