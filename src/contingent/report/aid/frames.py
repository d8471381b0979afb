"""Frames of the status of aid as outputs read them: one that is not there is empty, a column that is not there is blank.

Nothing is worked out here but names and words that every output of aid shares.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from contingent.aid.status import STATUS_FRAMES, AidStatus
from contingent.model.scenario import Scenario
from contingent.report.words import grouped, leading_capital, plain

Row = dict[str, Any]

FAMILY_WORDS: Mapping[str, str] = {
    "ifv": "infantry fighting vehicles",
    "isr": "reconnaissance",
    "mcmv": "mine-clearing ships",
    "mixed": "mixed packages",
    "uav": "drones",
}
"""Families whose keys say too little."""

FINANCE = "finance"
UNKNOWN = "not said"


def frame_of(status: AidStatus, name: str) -> pl.DataFrame:
    """Return a frame of the status; an empty one where it was not worked out."""
    found = status.frames.get(name)
    return pl.DataFrame(schema=STATUS_FRAMES.get(name, {})) if found is None else found


def rows_of(status: AidStatus, name: str) -> Iterator[Row]:
    """Yield the rows of a frame."""
    return frame_of(status, name).iter_rows(named=True)


def family_name(family: str | None) -> str:
    """Return a family in words.

    >>> family_name("uav"), family_name("air_defence"), family_name(None)
    ('drones', 'air defence', 'not said')
    """
    return UNKNOWN if family is None else FAMILY_WORDS.get(family) or plain(family)


def type_names(scenario: Scenario) -> dict[str, str]:
    """Return each type of equipment by its name in reports."""
    return {row.equipment: row.name or plain(row.equipment) for row in scenario.equipment}


def donor_names(scenario: Scenario) -> dict[str, str]:
    """Return each nation by its name."""
    return {row.nation: row.name or row.nation for row in scenario.nations}


def millions(amount: float | None) -> str:
    """Return a sum for a table. [million EUR]

    >>> millions(13800.7).replace("\u202f", " "), millions(8.455), millions(None), millions(0)
    ('13 801', '8.5', '–', '0')
    """
    if amount is None:
        return "–"
    return grouped(amount, places=1 if 0 < abs(amount) < 100 and round(amount, 1) != round(amount) else 0)


def money(amount: float) -> str:
    """Return a sum for a sentence, from millions of euro.

    >>> money(13800.7).replace("\u202f", " "), money(408.2).replace("\u202f", " "), money(8.455)
    ('EUR 13.8 billion', 'EUR 408 million', 'EUR 8.5 million')
    """
    if abs(amount) >= 1000:
        return f"EUR {grouped(amount / 1000, places=1)} billion"
    return f"EUR {millions(amount)} million"


def wanted_words(scenario: Scenario, row: Row) -> str:
    """Return what a need or a pledge is about: its type, or its family."""
    kind = row.get("equipment")
    return leading_capital(type_names(scenario).get(kind, plain(kind)) if kind else family_name(row.get("family")))


def count(number: float | None) -> str:
    """Return a number of things for a table; a blank as a dash."""
    return "–" if number is None else grouped(number)
