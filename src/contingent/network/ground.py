"""Places and links of a scenario as tracks: what runs on each, where something may happen, and the shortest ways in between."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from heapq import heappop, heappush

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.model.ground import Link
from contingent.model.movement import CHANGES, Activity, Handling
from contingent.model.scenario import Scenario

Track = tuple[str, int | None]
"""A mode and, for rail, a gauge."""

TERMINALS: dict[str, Activity] = {"rail": "rail_terminal", "sea": "seaport", "river": "seaport", "air": "airport"}
"""Where loads are put on board, by mode."""
GATES: dict[str, Activity] = {"rail": "border_rail", "road": "border_road", "sea": "strait"}
"""What is passed on the way, by mode."""
PASSED_THROUGH = frozenset({"sea area", "strait", "junction", "rail crossing", "crossing", "country", "sector"})
"""Kinds of place from which nobody and nothing sets out."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The shortest way between two places where something may happen.

    Parameters
    ----------
    to : str
        Where it leads.
    km : float
        Length. [km]
    links : tuple of Link
        Its links, in order.
    """

    to: str
    km: float
    links: tuple[Link, ...]


@dataclass(frozen=True)
class Ground:
    """The places and links of a scenario, less what is closed.

    Parameters
    ----------
    handling : dict
        Rows of handling.csv by place and activity.
    tracks : dict
        Neighbours of each place with the link between, by track.
    ends : frozenset of str
        Where movements and supply begin and end.
    """

    handling: dict[tuple[str, str], Handling]
    tracks: dict[Track, dict[str, list[tuple[str, Link]]]]
    ends: frozenset[str]

    def loads(self, place: str, mode: str) -> bool:
        """Whether loads may be put on board at a place: a terminal, an end, anywhere on a road."""
        return mode == "road" or place in self.ends or (place, TERMINALS[mode]) in self.handling

    @cached_property
    def on_ground(self) -> tuple[str, ...]:
        """Places where loads stand on the ground: ends, and terminals of any mode."""
        terminals = {place for place, activity in self.handling if activity in (*TERMINALS.values(), "staging")}
        reached = {place for neighbours in self.tracks.values() for place in neighbours}
        return tuple(sorted(self.ends | (terminals & reached)))

    def stops(self, track: Track) -> list[str]:
        """Return the places of a track where something may happen, in order."""
        mode, neighbours = track[0], self.tracks[track]
        happens = (GATES.get(mode), *CHANGES) if mode == "rail" else (GATES.get(mode),)
        ground = set(self.on_ground)
        ends_of_limited = {
            end for ways in neighbours.values() for _, link in ways if link.capacity_per_day is not None
            for end in (link.from_location, link.to_location)
        }  # fmt: skip
        return sorted(
            place for place in neighbours
            if (place in ground and self.loads(place, mode)) or any((place, activity) in self.handling for activity in happens)
            or place in ends_of_limited
        )  # fmt: skip

    def stretches(self, track: Track) -> dict[str, list[Stretch]]:
        """Return the shortest ways from each stop of a track to those that lie next to it.

        Aircraft do not stop on the way: their stretches are links.
        """
        stops = self.stops(track)
        if track[0] == "air":
            return {stop: self._flights(track, stop, set(stops)) for stop in stops}
        return {stop: self._from(track, stop, set(stops)) for stop in stops}

    def _flights(self, track: Track, origin: str, stops: set[str]) -> list[Stretch]:
        return [Stretch(to, link.km, (link,)) for to, link in self.tracks[track][origin] if to in stops]

    def _from(self, track: Track, origin: str, stops: set[str]) -> list[Stretch]:
        neighbours = self.tracks[track]
        best: dict[str, float] = {origin: 0.0}
        came: dict[str, tuple[str, Link]] = {}
        heap, found, done = [(0.0, origin)], [], set()
        while heap:
            km, place = heappop(heap)
            if place in done:
                continue
            done.add(place)
            if place in stops and place != origin:
                found.append(Stretch(place, km, _links(came, origin, place)))
                continue
            for to, link in neighbours[place]:
                if km + link.km < best.get(to, float("inf")):
                    best[to] = km + link.km
                    came[to] = (place, link)
                    heappush(heap, (km + link.km, to))
        return found


def _links(came: dict[str, tuple[str, Link]], origin: str, place: str) -> tuple[Link, ...]:
    links = []
    while place != origin:
        place, link = came[place]
        links.append(link)
    return tuple(reversed(links))


def refuse_unknown(scenario: Scenario, names: Iterable[str]) -> None:
    """Raise `UnknownName` where a name is neither a place nor a link of the scenario."""
    known = {*scenario.location_by_name, *(link.link for link in scenario.links)}
    for name in names:
        if name not in known:
            nearest = nearest_name(name, known)
            hint = f" Nearest: '{nearest}'." if nearest else ""
            raise UnknownName(f"'{name}' is neither a place nor a link of this scenario.{hint}")


def ground_of(scenario: Scenario, ends: Iterable[str], closed: Iterable[str]) -> Ground:
    """Return the ground of a scenario, less what is closed.

    Parameters
    ----------
    ends, closed : iterable of str
        Where movements begin and end; names of places and links.
    """
    shut = frozenset(closed)
    tracks: dict[Track, dict[str, list[tuple[str, Link]]]] = defaultdict(lambda: defaultdict(list))
    for link in scenario.links:
        a, b = link.from_location, link.to_location
        if link.link in shut or a in shut or b in shut:
            continue
        track = (link.mode, link.gauge_mm if link.mode == "rail" else None)
        tracks[track][a].append((b, link))
        tracks[track][b].append((a, link))
    handling: dict[tuple[str, str], Handling] = {
        (row.location, row.activity): row for row in scenario.handling if row.location not in shut
    }
    ordered = {track: dict(tracks[track]) for track in sorted(tracks, key=str)}
    return Ground(handling, ordered, frozenset(ends) - shut)
