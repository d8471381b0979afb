"""The network by hand: what each way takes and how long it is, what is closed, whose fleets carry whom."""

import pytest
from tests.network import small_ways

from contingent.model.movement import Handling
from contingent.network import build_network
from contingent.network.kinds import KINDS, counted_as, share_of_one

ENDS = ("Home", "Field")


def fastest(kind, *, nation=None, closed=(), **changes):
    network = build_network(small_ways.scenario(**changes), ENDS, closed=closed)
    ways = network.ways(kind, "Home", "Field", nation=nation)
    return (network, ways[0]) if ways else (network, None)


def load_of(network, way):
    return {network.resources[at].name: pytest.approx(amount) for at, amount in way.load.items()}


def test_a_heavy_piece_goes_by_rail_and_its_bogies_are_changed():
    network, way = fastest("carried")
    assert way.days == pytest.approx(3.75)
    assert way.modes == ("rail",)
    assert way.links == ("west rail", "near rail", "east rail")
    assert way.places == ("Yard", "Border")
    assert way.km == 1200
    # A twentieth of a western train: half a day to load, and a day there and a day back.
    assert load_of(network, way) == {
        "west trains": 2.5 / 20, "Yard: gauge_change": 1, "east trains": (2 * 1.0 + 0.5) / 40, "Border: border_rail": 1
    }  # fmt: skip


def test_a_convoy_marches_and_is_counted_at_the_crossing():
    network, way = fastest("marching")
    assert way.days == pytest.approx(3.5)
    assert way.modes == ("road",)
    assert load_of(network, way) == {"Crossing: border_road": 1}


def test_people_go_by_bus_of_which_there_are_ten_from_day_three():
    network, way = fastest("people")
    # 1,200 km at 50 km/h for 16 hours a day and half a day at the crossing.
    assert way.days == pytest.approx(1.5 + 0.5)
    assert load_of(network, way) == {"buses": 2 * 1.5 / 50, "Crossing: border_road": 1 / 50}
    buses = [resource.name for resource in network.resources].index("buses")
    assert list(network.capacity(5)[buses]) == [0, 0, 0, 10, 10]


def test_the_ship_of_one_nation_carries_that_nation_only():
    changes = {"handling": tuple(row for row in small_ways.HANDLING if row.activity != "gauge_change")}
    assert fastest("carried", **changes)[1] is None
    by_others = fastest("marching", closed=("west road",), nation="BRV", **changes)[1]
    by_alfa = fastest("marching", closed=("west road",), nation="ALF", **changes)[1]
    assert by_others is None
    # A tenth of a day to Port, half a day aboard, a day at sea, a day to land at Beach, a tenth to Field.
    assert by_alfa.days == pytest.approx(0.1 + 0.5 + 1.0 + 1.0 + 0.1)
    assert by_alfa.modes == ("road", "sea")


@pytest.mark.parametrize(("closed", "days"), [("Border", None), ("near rail", None), ("Crossing", 3.75), ("Beach", 3.75)])
def test_what_is_closed_is_not_there(closed, days):
    way = fastest("carried", closed=(closed,))[1]
    assert (way and way.days) == (days and pytest.approx(days))


def test_two_gauges_do_not_meet_where_nothing_changes():
    kept = tuple(row for row in small_ways.HANDLING if row.activity != "gauge_change")
    assert fastest("carried", handling=kept)[1] is None
    moved = Handling(location="Yard", activity="transshipment", counts="wagons", per_day=100, hours=24)
    assert fastest("carried", handling=(*kept, moved))[1].days == pytest.approx(4.25)


def test_where_there_are_terminals_only_they_and_the_ends_load():
    network = build_network(small_ways.scenario(), ENDS)
    graph = network.graphs["carried"]
    loading = {network.places[graph.node_place[graph.tail[arc]]] for arc in range(len(graph.tail)) if graph.does[arc] == 0}
    assert loading == {"Home", "Field", "Port", "Beach"}


def test_places_that_are_only_passed_are_no_stops():
    network = build_network(small_ways.scenario(handling=small_ways.HANDLING[:1]), ENDS)
    assert "Border" not in network.places
    assert network.ways("carried", "Home", "Field")[0].links == ("west rail", "near rail", "east rail")


def test_a_fleet_without_vehicles_is_no_fleet():
    none_left = tuple(row.model_copy(update={"quantity": 0}) for row in small_ways.FLEETS)
    assert fastest("carried", fleets=none_left)[1] is None
    assert fastest("marching", fleets=none_left)[1].days == pytest.approx(3.5)


def test_who_is_there_need_not_go():
    network = build_network(small_ways.scenario(), ENDS)
    assert [way.days for way in network.ways("carried", "Home", "Home")] == [0.0]
    assert network.ways("carried", "Home", "Atlantis") == ()


@pytest.mark.parametrize(
    ("counts", "kind", "fleet", "amount"),
    [
        ("wagons", "carried", 0, 1), ("wagons", "marching", 0, 0.4), ("wagons", "stores", 0, 1 / 3),
        ("wagons", "people", None, 0),
        ("trains", "carried", 0, 1 / 20), ("lane_m", "stores", 2, 6.5), ("vehicles", "marching", None, 1),
        ("vehicles", "people", 3, 1 / 50), ("tonnes", "carried", 0, 45), ("people", "people", 3, 1), ("people", "carried", 0, 0),
    ],
)  # fmt: skip
def test_what_one_of_a_kind_is_counted_as(counts, kind, fleet, amount):
    carried_by = None if fleet is None else small_ways.FLEETS[fleet]
    assert counted_as(counts, KINDS[kind], carried_by) == pytest.approx(amount)


def test_freight_trains_carry_no_people_and_buses_no_freight():
    assert share_of_one(KINDS["people"], small_ways.FLEETS[0]) is None
    assert share_of_one(KINDS["stores"], small_ways.FLEETS[3]) is None
    assert share_of_one(KINDS["people"], small_ways.FLEETS[2]) is None
