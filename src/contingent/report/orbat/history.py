"""The ORBAT over the whole horizon: who is where from when to when, who relieves whom, and when each post is empty."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from contingent.model.scenario import Scenario
from contingent.quantities import SMALLEST_SHARE

if TYPE_CHECKING:
    from contingent.structure.orbat import Orbat

NAMES = UUID("5f1d2b7e-6a43-5c0b-9d53-0c4e0f2f7a11")
"""Space of names from which the identifiers of exports are made: the same plan gives the same identifiers."""

Tour = Mapping[str, Any]
"""A row of `contingent.structure.Orbat.units`."""


def identifier(*names: str) -> str:
    """Return an identifier made of names, in small letters: the same names give the same identifier.

    >>> identifier("unit", "A") == identifier("unit", "A") != identifier("formation", "A")
    True
    """
    return str(uuid5(NAMES, "\x1f".join(names)))


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which so much of a post is empty, half open.

    Parameters
    ----------
    from_day, until_day : int
        [days from D-day]
    missing : float
        [units]
    """

    from_day: int
    until_day: int
    missing: float


@dataclass(frozen=True, slots=True)
class EmptyPost:
    """A post of a line in a formation that is empty for some time.

    Parameters
    ----------
    formation, key : str
        The formation, and the post among its empty ones.
    name, line : str
        In words; the line.
    symbol : str or None
        With the status planned.
    location : str or None
        Where.
    spans : tuple of Span
        When, in order of time.
    """

    formation: str
    key: str
    name: str
    line: str
    symbol: str | None
    location: str | None
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Lack:
    """How far a formation was filled from a day on.

    Parameters
    ----------
    day : int
        [days from D-day]
    filled, gap : float
        At and under it. [units]
    """

    day: int
    filled: float
    gap: float


def days_of_change(orbat: "Orbat", horizon_days: int) -> list[int]:
    """Return the days on which anything changes, D-day first, within the horizon. [days from D-day]"""
    days: set[Any] = {0}
    for column in ("from_day", "serves_until_day", "until_day"):
        days.update(orbat.units[column].to_list())
    for column in ("from_day", "until_day"):
        days.update(orbat.coverage[column].to_list())
    for row in orbat.attachments:
        days.update({row.from_day, row.until_day} - {None})
    return sorted(day for day in days if 0 <= day < horizon_days)


def over_time(orbat: "Orbat", horizon_days: int) -> tuple[tuple[EmptyPost, ...], dict[str, tuple[Lack, ...]]]:
    """Return every post that is empty at some time, and how far each formation is filled from day to day."""
    from contingent.structure.at_day import orbat_at

    days = days_of_change(orbat, horizon_days)
    spans: dict[tuple[str, str], list[Span]] = {}
    looks: dict[tuple[str, str], Any] = {}
    fill: dict[str, list[Lack]] = {}
    for day, until in zip(days, [*days[1:], horizon_days], strict=True):
        for node in orbat_at(orbat, day).walk():
            if node.kind == "formation":
                series = fill.setdefault(node.key, [])
                if not series or (series[-1].filled, series[-1].gap) != (node.filled, node.gap):
                    series.append(Lack(day, node.filled, node.gap))
            for child in node.children:
                if child.kind == "gap":
                    at = spans.setdefault((node.key, child.key), [])
                    looks.setdefault((node.key, child.key), child)
                    if at and at[-1].until_day == day and abs(at[-1].missing - child.gap) <= SMALLEST_SHARE:
                        at[-1] = Span(at[-1].from_day, until, child.gap)
                    else:
                        at.append(Span(day, until, child.gap))
    posts = tuple(
        EmptyPost(formation, key, looks[formation, key].name, looks[formation, key].line, looks[formation, key].symbol,
                  looks[formation, key].location, tuple(found))
        for (formation, key), found in sorted(spans.items())
    )  # fmt: skip
    return posts, {name: tuple(series) for name, series in fill.items()}


def reliefs(orbat: "Orbat") -> dict[tuple[str, int], Tour]:
    """Return who takes over from whom, by the unit and the first day of the tour that ends.

    The unit that relieves has come to the same line in the same formation by the day on which the other leaves, and not before
    the other began to hand over. Of several, one of the same nation; then the first that came.
    """
    posts: dict[tuple[str, str], list[Tour]] = {}
    for row in orbat.units.iter_rows(named=True):
        posts.setdefault((row["formation"], row["line"]), []).append(row)
    found: dict[tuple[str, int], Tour] = {}
    for tours in posts.values():
        taken: set[tuple[str, int]] = set()
        for tour in sorted(tours, key=lambda tour: (tour["until_day"], tour["unit"])):
            ready = [other for other in tours if _may_relieve(other, tour) and (other["unit"], other["from_day"]) not in taken]
            if ready:
                best = min(ready, key=lambda other: (other["nation"] != tour["nation"], other["from_day"], other["unit"]))
                taken.add((best["unit"], best["from_day"]))
                found[tour["unit"], tour["from_day"]] = best
    return found


def _may_relieve(other: Tour, tour: Tour) -> bool:
    comes_in_time = tour["serves_until_day"] <= other["from_day"] <= tour["until_day"] < other["until_day"]
    return bool(other["unit"] != tour["unit"] and comes_in_time)


def unit_name(tour: Tour) -> str:
    """Return what a unit is called: its kind, its number, its nation.

    >>> unit_name({"name": "Mechanised battlegroup", "unit": "FRA-mech#3", "nation": "FRA"})
    'Mechanised battlegroup 3 (FRA)'
    """
    _, hash_, number = str(tour["unit"]).rpartition("#")
    return f"{tour['name']}{' ' if hash_ else ''}{number if hash_ else ''} ({tour['nation']})"


def position(scenario: Scenario, location: str | None) -> tuple[float, float] | None:
    """Return longitude and latitude of a place, or of the first place around it that has any. WGS 84. [deg]"""
    passed: set[str] = set()
    while location is not None and location not in passed:
        passed.add(location)
        row = scenario.location_by_name.get(location)
        if row is None:
            return None
        if row.longitude is not None and row.latitude is not None:
            return row.longitude, row.latitude
        location = row.within
    return None
