"""From where units set out: the place of the network that is nearest to their home."""

import numpy as np

from contingent.geography.shapes import Point, distances_km
from contingent.model.rows import Location, Offer
from contingent.model.scenario import Scenario
from contingent.network.ground import PASSED_THROUGH


class Homes:
    """Homes of offers on the network.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool derived.
    """

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.position: dict[tuple[str, str], Point] = {}
        self.of_nation: dict[str, Point] = {}
        for entry in scenario.pool:
            if entry.latitude is not None and entry.longitude is not None:
                point = Point(entry.latitude, entry.longitude)
                self.of_nation.setdefault(entry.nation, point)
                if entry.home:
                    self.position.setdefault((entry.nation, entry.home), point)
        links = [link for link in scenario.links if link.mode in ("road", "rail")]
        joined = {end for link in links for end in (link.from_location, link.to_location)}
        self.places: list[Location] = [
            row for row in scenario.locations
            if row.location in joined and row.kind not in PASSED_THROUGH and None not in (row.latitude, row.longitude)
        ]  # fmt: skip
        self.points = [Point(row.latitude or 0.0, row.longitude or 0.0) for row in self.places]
        self._nearest: dict[Point, str] = {}

    def of(self, offer: Offer) -> str | None:
        """Return the place from which an offer's units set out; None where nothing says where they live.

        The offer's own place; else the place nearest to its home station, as the pool or a place of that name has it; else that
        nearest to the nation's first home station in the pool.
        """
        if offer.home_location:
            return offer.home_location
        if offer.home and offer.home in self.scenario.location_by_name:
            row = self.scenario.location_by_name[offer.home]
            if any(place is row for place in self.places):
                return offer.home
        point = self.position.get((offer.nation, offer.home or "")) or self.of_nation.get(offer.nation)
        return None if point is None or not self.places else self.nearest(point)

    def nearest(self, point: Point) -> str:
        """Return the place of the network from which one may set out that is nearest to a point."""
        if point not in self._nearest:
            distances = distances_km([point], self.points)[0]
            self._nearest[point] = self.places[int(np.argmin(distances))].location
        return self._nearest[point]
