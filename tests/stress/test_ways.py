"""What closed links do: by hand, on a road and a detour."""

from contingent import make_plan, read_scenario
from contingent.model.ground import Link
from contingent.model.movement import Fleet
from contingent.model.rows import Location
from contingent.model.scenario import Scenario
from contingent.stress.ways import closures, later_lines, runs_out

OPTION = None


def tiny_on_roads() -> Scenario:
    """`tiny`, each unit of it 600 km from its post by the road and 1,800 km by the detour; buses make 600 km a day."""
    scenario = read_scenario("tiny")
    links = (
        Link(link="road", from_location="home", to_location="post", mode="road", km=600),
        Link(link="detour", from_location="home", to_location="post", mode="road", km=1_800),
    )
    bus = {"kind": "bus", "mode": "road", "people": 50, "speed_kmh": 60, "hours_per_day": 10}
    buses = Fleet(fleet="buses", name="Buses", quantity=10_000, **bus)
    return scenario.model_copy(
        update={
            "locations": (*scenario.locations, Location(location="home"), Location(location="post")),
            "links": links, "fleets": (buses,),
            "offers": tuple(offer.model_copy(update={"home_location": "home"}) for offer in scenario.offers),
            "requirements": tuple(line.model_copy(update={"location": "post"}) for line in scenario.requirements),
            "unit_types": tuple(
                row.model_copy(update={"vehicles": None, "marching": None, "outsized": None, "containers": None})
                for row in scenario.unit_types
            ),
        }
    )  # fmt: skip


def test_the_detour_takes_two_days_more_and_no_road_takes_for_ever():
    scenario = tiny_on_roads()
    tours = make_plan(scenario).tours
    by_road, round_about = closures(scenario, tours, OPTION), closures(scenario, tours, OPTION, ("road",))
    assert by_road.keys() == round_about.keys() != set()
    ready = {line: min(tours.filter(line=line)["from_day"].to_list()) for line in by_road}
    at_once = [line for line in by_road if ready[line] == 0]
    assert at_once
    assert [round_about[line] - by_road[line] for line in at_once] == [2] * len(at_once)
    nowhere = closures(scenario, tours, OPTION, ("road", "detour"))
    assert set(nowhere.values()) == {None}
    assert later_lines(by_road, nowhere)[0].endswith("never")


def test_what_is_not_there_is_not_told():
    scenario = read_scenario("tiny")
    tours = make_plan(scenario).tours
    assert closures(scenario, tours, OPTION) == {}
    assert runs_out(scenario, tours, OPTION, ("road",), 0) == []
