"""Hours by road: shortest times over the links of a scenario, and the last stretch to a point off the roads.

    hours    km of a link / its speed of march, or the speed given for all
    last     geodesic distance from the nearest place that the roads reach, times a detour factor, at the speed for all

A place is anything with a position in locations.csv. A place off the roads is joined to the nearest one on them, in the same way
as a point. Nobody goes straight across where a road leads nearer: what lies between may be a lake. Only a point that lies nearer
to the place from which one sets out than to any place on the roads is reached from there directly.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from contingent.geography.shapes import Point, distances_km
from contingent.model.ground import Link
from contingent.model.rows import Location


class RoadNetwork:
    """The roads of a scenario.

    Parameters
    ----------
    links : iterable of Link
        Only those of mode road are used, both ways.
    locations : iterable of Location
        Places; those with a position can be reached off the roads.
    speed_kmh : float
        Speed of march where a link has none, and off the roads. [km/h]
    detour : float
        Length of the way off the roads as a multiple of the distance. [-]
    """

    def __init__(self, links: Iterable[Link], locations: Iterable[Location], *, speed_kmh: float, detour: float = 1.0) -> None:
        if not speed_kmh > 0:
            raise ValueError(f"speed_kmh is {speed_kmh}; it must be above 0.")
        self.speed_kmh, self.detour = speed_kmh, detour
        self.links = tuple(link for link in links if link.mode == "road")
        self.position = {
            row.location: Point(row.latitude, row.longitude)
            for row in locations
            if row.latitude is not None and row.longitude is not None
        }
        self._hours: dict[str, dict[str, float]] = {}
        self._roads: dict[str, dict[str, float]] = {}
        self._measured: dict[tuple[tuple[str, ...], tuple[Point, ...]], tuple[Any, Any]] = {}

    @cached_property
    def _graph(self) -> Any:
        import networkx as nx

        graph = nx.Graph()
        for link in self.links:
            hours = link.km / (link.speed_kmh or self.speed_kmh)
            a, b = link.from_location, link.to_location
            if not graph.has_edge(a, b) or graph[a][b]["hours"] > hours:
                graph.add_edge(a, b, hours=hours)
        return graph

    @cached_property
    def _road_places(self) -> list[str]:
        """Places on a road that have a position, in order."""
        return sorted(place for place in self._graph if place in self.position)

    def hours_from(self, location: str) -> dict[str, float]:
        """Return the hours by road from a place to every place that can be reached. [h]"""
        if location not in self._hours:
            self._hours[location] = self._from(location)
        return self._hours[location]

    def _from(self, location: str) -> dict[str, float]:
        found = dict(self._by_road(location))
        off = [place for place in self.position if place not in self._graph and place != location]
        if location in self.position and off:
            hours = self._last_stretch(location, tuple(self.position[place] for place in off))
            found |= {place: float(reached) for place, reached in zip(off, hours, strict=True) if reached < float("inf")}
        return found

    def _by_road(self, location: str) -> dict[str, float]:
        """Hours to the places on the roads, and to the place itself. [h]"""
        import networkx as nx

        if location in self._roads:
            return self._roads[location]
        if location in self._graph:
            start, more = location, 0.0
        elif location in self.position and self._road_places:
            start, more = self._nearest_road(self.position[location])
        else:
            start, more = None, 0.0
        found: dict[str, float] = {}
        if start is not None:
            lengths = nx.single_source_dijkstra_path_length(self._graph, start, weight="hours")
            found = {place: more + hours for place, hours in lengths.items()}
        found[location] = 0.0
        self._roads[location] = found
        return found

    def _last_stretch(self, location: str, points: tuple[Point, ...]) -> Any:
        """Hours to points off the roads. [h], shape (points,)"""
        import numpy as np

        found = self._by_road(location)
        reached = tuple(place for place in self._road_places if place in found)
        hours, last = np.full(len(points), np.inf), np.full(len(points), np.inf)
        if reached:
            nearest, last = self._nearest(reached, points)
            hours = np.array([found[place] for place in reached])[nearest] + last
        if location in self.position:
            direct = self._across([self.position[location]], points)[0]
            hours = np.where(direct <= last, np.minimum(direct, hours), hours)
        return hours

    def _nearest(self, places: tuple[str, ...], points: tuple[Point, ...]) -> tuple[Any, Any]:
        """Which of the places is nearest to each point, and the hours from there; measured once. [h], two of shape (points,)"""
        key = (places, points)
        if key not in self._measured:
            across = self._across([self.position[place] for place in places], points)
            self._measured[key] = across.argmin(axis=0), across.min(axis=0)
        return self._measured[key]

    def _nearest_road(self, point: Point) -> tuple[str, float]:
        hours = self._across([point], [self.position[place] for place in self._road_places])[0]
        at = int(hours.argmin())
        return self._road_places[at], float(hours[at])

    def _across(self, origins: Sequence[Point], ends: Sequence[Point]) -> Any:
        """Hours off the roads from each origin to each end. [h], shape (origins, ends)"""
        return distances_km(origins, ends) * (self.detour / self.speed_kmh)

    def hours_to_points(self, locations: Sequence[str], points: Sequence[Point]) -> Any:
        """Return the hours from each place to each point: by road to the place on it that is nearest to the point, then across.

        Returns
        -------
        ndarray of float
            [h], shape (locations, points); infinite where a point cannot be reached.
        """
        import numpy as np

        hours = np.full((len(locations), len(points)), np.inf)
        if not points:
            return hours
        for row, location in enumerate(locations):
            hours[row] = self._last_stretch(location, tuple(points))
        return hours
