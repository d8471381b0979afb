"""Hours by road: shortest times over the links of a scenario, and the last stretch to a point off the roads.

    hours    km of a link / its speed of march, or the speed given for all
    last     geodesic distance to the place from which the point is reached soonest, times a detour factor, at the speed for all

A place is anything with a position in locations.csv. A place that no road reaches is joined to the nearest one that a road does
reach, in the same way as a point.
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
        import networkx as nx

        if location in self._graph:
            found: dict[str, float] = dict(nx.single_source_dijkstra_path_length(self._graph, location, weight="hours"))
        elif location in self.position and self._road_places:
            nearest, hours = self._nearest_road(self.position[location])
            reached = nx.single_source_dijkstra_path_length(self._graph, nearest, weight="hours")
            found = {place: hours + more for place, more in reached.items()} | {location: 0.0}
        else:
            found = {location: 0.0}
        if location in self.position:
            for place in self.position:  # places off the roads
                if place not in self._graph and place != location:
                    found[place] = self._off_road(location, place, found)
        return found

    def _off_road(self, location: str, place: str, found: dict[str, float]) -> float:
        direct = self._cross([self.position[location]], [self.position[place]])[0][0]
        if not self._road_places:
            return float(direct)
        nearest, hours = self._nearest_road(self.position[place])
        return float(min(direct, found.get(nearest, float("inf")) + hours))

    def _nearest_road(self, point: Point) -> tuple[str, float]:
        hours = self._cross([point], [self.position[place] for place in self._road_places])[0]
        at = int(hours.argmin())
        return self._road_places[at], float(hours[at])

    def _cross(self, origins: list[Point], ends: list[Point]) -> Any:
        return distances_km(origins, ends) * (self.detour / self.speed_kmh)

    def hours_to_points(self, locations: Sequence[str], points: Sequence[Point]) -> Any:
        """Return the hours from each place to each point: by road, then off it, or straight across if that is sooner.

        Returns
        -------
        ndarray of float
            [h], shape (locations, points); infinite where a point cannot be reached.
        """
        import numpy as np

        hours = np.full((len(locations), len(points)), np.inf)
        if not points:
            return hours
        roads = self._road_places
        last = self._cross([self.position[place] for place in roads], list(points))
        for row, location in enumerate(locations):
            if location in self.position:
                hours[row] = self._cross([self.position[location]], list(points))[0]
            if roads:
                by_road = self.hours_from(location)
                ahead = np.array([by_road.get(place, np.inf) for place in roads])
                hours[row] = np.minimum(hours[row], (ahead[:, None] + last).min(axis=0))
        return hours
