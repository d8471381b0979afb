"""Small networks for tests: one by hand, and random ones.

By hand: trains make 25 km/h for 24 hours, 600 km a day; convoys 40 km/h for 10 hours, 400 km a day.

    Home --rail 1435, 600 km-- Yard --rail 1520, 300 km-- Border --rail 1520, 300 km-- Field     10 wagons change a day at Yard
    Home --road, 800 km-- Crossing --road, 400 km-- Field                                        50 vehicles cross a day
    Home --road, 40 km-- Port --sea, 672 km-- Beach --road, 40 km-- Field                        1,000 lane metres at Port

    a heavy piece    loads 0.5, 1 day to Yard, changes 0.5, 0.5 to Border, waits 0.25 there, 0.5 to Field, unloads 0.5   3.75 days
    a convoy         2 days to Crossing, waits 0.5 there, 1 day to Field                                                3.5 days
"""

from datetime import date
from typing import Any

from hypothesis import strategies as st

from contingent.model.ground import Link
from contingent.model.movement import Fleet, Handling
from contingent.model.rows import Defaults, Location
from contingent.model.scenario import Scenario, Settings

PLACES = ("Home", "Yard", "Border", "Field", "Crossing", "Port", "Beach")
LINKS = (
    Link(link="west rail", from_location="Home", to_location="Yard", mode="rail", km=600, gauge_mm=1435),
    Link(link="near rail", from_location="Yard", to_location="Border", mode="rail", km=300, gauge_mm=1520),
    Link(link="east rail", from_location="Border", to_location="Field", mode="rail", km=300, gauge_mm=1520),
    Link(link="west road", from_location="Home", to_location="Crossing", mode="road", km=800),
    Link(link="east road", from_location="Crossing", to_location="Field", mode="road", km=400),
    Link(link="port road", from_location="Home", to_location="Port", mode="road", km=40),
    Link(link="sea leg", from_location="Port", to_location="Beach", mode="sea", km=672),
    Link(link="beach road", from_location="Beach", to_location="Field", mode="road", km=40),
)
HANDLING = (
    Handling(location="Yard", activity="gauge_change", counts="wagons", per_day=10, hours=12),
    Handling(location="Border", activity="border_rail", counts="wagons", per_day=40, hours=6),
    Handling(location="Crossing", activity="border_road", counts="vehicles", per_day=50, hours=12),
    Handling(location="Port", activity="seaport", counts="lane_m", per_day=1000, hours=6),
    Handling(location="Beach", activity="seaport", counts="lane_m", per_day=500, hours=24),
)
FLEETS = (
    Fleet(
        fleet="west trains", name="Western trains", kind="train", mode="rail", quantity=2, gauge_mm=1435, wagons=20, speed_kmh=25,
        load_hours=12,
    ),
    Fleet(
        fleet="east trains", name="Eastern trains", kind="train", mode="rail", quantity=4, availability=0.5, gauge_mm=1520,
        wagons=40, speed_kmh=25, load_hours=12,
    ),
    Fleet(
        fleet="ships", name="Ships", kind="ship", mode="sea", nation="ALF", quantity=1, lane_m=1000, speed_kmh=28, load_hours=12
    ),
    Fleet(
        fleet="buses", name="Buses", kind="bus", mode="road", quantity=10, people=50, speed_kmh=50, hours_per_day=16, from_day=3
    ),
)  # fmt: skip


def settings(horizon_days: int = 60) -> Settings:
    """Settings of a small scenario."""
    return Settings(
        title="Small ways", start_date=date(2027, 1, 1), horizon_days=horizon_days, period_days=30,
        defaults=Defaults(tour_days=180, dwell_ratio=1.0, handover_days=0),
    )  # fmt: skip


def scenario(**changes: Any) -> Scenario:
    """The network by hand; `changes` replace whole tables."""
    tables: dict[str, Any] = {
        "locations": tuple(Location(location=name) for name in PLACES), "links": LINKS, "handling": HANDLING, "fleets": FLEETS,
    }  # fmt: skip
    return Scenario(settings=settings(), **(tables | changes))


NAMES = ("A", "B", "C", "D", "E", "F")
ACTIVITIES = (
    ("rail_terminal", "trains"), ("gauge_change", "wagons"), ("transshipment", "wagons"), ("border_rail", "wagons"),
    ("border_road", "vehicles"), ("seaport", "lane_m"),
)  # fmt: skip


@st.composite
def networks(draw: st.DrawFn, *, capacities: bool = False) -> Scenario:
    """Random networks of six places, joined by road, by rails of two gauges and by sea, with few things at each place."""
    pairs = [(a, b) for at, a in enumerate(NAMES) for b in NAMES[at + 1 :]]
    links = []
    for mode, gauge in (("road", None), ("rail", 1435), ("rail", 1520), ("sea", None)):
        for a, b in draw(st.lists(st.sampled_from(pairs), unique=True, max_size=6)):
            links.append(
                Link(
                    link=f"{mode} {gauge or ''} {a}{b}", from_location=a, to_location=b, mode=mode, gauge_mm=gauge,
                    km=draw(st.integers(1, 12)) * 100,
                    capacity_per_day=draw(st.sampled_from([None, None, 1.0, 5.0])) if capacities else None,
                )
            )  # fmt: skip
    places = draw(st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(ACTIVITIES)), unique=True, max_size=10))
    handling = tuple(
        Handling(
            location=place, activity=activity, counts=counts, hours=draw(st.sampled_from([None, 6.0, 12.0, 36.0])),
            per_day=draw(st.sampled_from([1.0, 2.0, 5.0, 30.0])),
        )
        for place, (activity, counts) in places
    )  # fmt: skip
    fleets = (
        Fleet(fleet="west", name="West", kind="train", mode="rail", quantity=draw(st.integers(0, 2)), gauge_mm=1435, wagons=10,
              speed_kmh=30, load_hours=6, from_day=draw(st.integers(0, 3))),
        Fleet(fleet="east", name="East", kind="train", mode="rail", quantity=draw(st.integers(0, 2)), gauge_mm=1520, wagons=20,
              speed_kmh=20, load_hours=12, availability=0.8),
        Fleet(fleet="ship", name="Ship", kind="ship", mode="sea", quantity=draw(st.integers(0, 1)), lane_m=200, speed_kmh=25,
              load_hours=24),
        Fleet(fleet="low loaders", name="Low loaders", kind="heavy_transporter", mode="road", quantity=draw(st.integers(0, 4)),
              vehicles=1, speed_kmh=30, hours_per_day=10, load_hours=2, nation=draw(st.sampled_from([None, "ALF"]))),
    )  # fmt: skip
    return Scenario(
        settings=settings(), locations=tuple(Location(location=name) for name in NAMES), links=tuple(links), handling=handling,
        fleets=fleets,
    )  # fmt: skip
