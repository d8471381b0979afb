"""Fastest ways against networkx, on a graph that is drawn link by link and leaves nothing out."""

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.network import small_ways
from tests.network.small_ways import NAMES

from contingent import read_scenario
from contingent.network import build_network
from contingent.network.kinds import KINDS, counted_as, share_of_one

TERMINALS = {"rail": "rail_terminal", "sea": "seaport", "river": "seaport", "air": "airport"}
GATES = {"rail": "border_rail", "road": "border_road", "sea": "strait"}


def plain_graph(scenario, kind, ends, closed=()):
    """Places on the ground and on board of each fleet, link by link. [days]"""
    kind, graph = KINDS[kind], nx.DiGraph()
    handling = {(row.location, row.activity): row for row in scenario.handling if row.location not in closed}
    vehicles = [fleet for fleet in scenario.fleets if fleet.quantity and fleet.availability and share_of_one(kind, fleet)]
    for vehicle in [*vehicles, *([None] if kind.name == "marching" else [])]:
        mode = vehicle.mode if vehicle else "road"
        stops = set()
        for link in scenario.links:
            if link.mode != mode or {link.link, link.from_location, link.to_location} & set(closed):
                continue
            if mode == "rail" and vehicle.gauge_mm not in (None, link.gauge_mm):
                continue
            speed = min(link.speed_kmh or 1e9, vehicle.speed_kmh) if vehicle else link.speed_kmh or 40.0
            days = link.km / speed / (vehicle.hours_per_day if vehicle else 10.0)
            for a, b in ((link.from_location, link.to_location), (link.to_location, link.from_location)):
                stops |= {a, b}
                row = handling.get((b, GATES.get(mode)))
                counted = row and counted_as(row.counts, kind, vehicle) > 0
                shorter(graph, (a, name_of(vehicle)), (b, name_of(vehicle)), days + (row.hours or 0) / 24 if counted else days)
        for place in stops:
            terminal = handling.get((place, TERMINALS.get(mode)))
            if mode != "road" and not terminal and place not in ends:
                continue
            hours = terminal.hours or 0 if terminal and counted_as(terminal.counts, kind, vehicle) > 0 else 0
            days = max(hours, vehicle.load_hours if vehicle else 0) / 24
            staged = handling.get((place, "staging")) if mode != "road" else None
            stays = (staged.hours or 0) / 24 if staged and counted_as(staged.counts, kind, None) > 0 else 0
            shorter(graph, (place, None), (place, name_of(vehicle)), days)
            shorter(graph, (place, name_of(vehicle)), (place, None), days + stays)
    for one in vehicles:
        for other in vehicles:
            if one.mode == other.mode == "rail" and one.gauge_mm != other.gauge_mm:
                for (place, activity), row in handling.items():
                    if activity in ("gauge_change", "transshipment"):
                        shorter(graph, (place, one.fleet), (place, other.fleet), (row.hours or 0) / 24)
    return graph


def name_of(vehicle):
    return vehicle.fleet if vehicle else "convoy"


def shorter(graph, tail, head, days):
    if not graph.has_edge(tail, head) or graph[tail][head]["days"] > days:
        graph.add_edge(tail, head, days=days)


@settings(max_examples=120, deadline=None)
@given(
    small_ways.networks(capacities=True), st.sampled_from(["carried", "marching"]), st.sampled_from(NAMES),
    st.lists(st.sampled_from(NAMES), max_size=2),
)  # fmt: skip
def test_contraction_keeps_the_fastest_way_between_all_ends(scenario, kind, origin, closed):
    ends = {"A", origin} - set(closed)
    network = build_network(scenario, {"A", origin}, closed=closed)
    plain = plain_graph(scenario, kind, ends, closed)
    for destination in ends:
        found = network.ways(kind, origin, destination, nation="ALF", at_most=1)
        try:
            days = nx.shortest_path_length(plain, (origin, None), (destination, None), weight="days")
        except (nx.NetworkXNoPath, nx.NodeNotFound):
            days = 0.0 if origin == destination and (origin, None) in plain else None
        if origin != destination:
            assert (found[0].days if found else None) == (days if days is None else pytest.approx(days, abs=1e-9))


@settings(max_examples=40, deadline=None)
@given(small_ways.networks(capacities=True), st.sampled_from(["carried", "marching"]))
def test_days_to_go_are_those_of_the_fastest_way(scenario, kind):
    network = build_network(scenario, NAMES)
    graph = network.graphs[kind]
    everything = nx.MultiDiGraph()
    everything.add_nodes_from(range(len(graph.node_place)))
    for arc in range(len(graph.tail)):
        everything.add_edge(int(graph.tail[arc]), int(graph.head[arc]), days=float(graph.least_days[arc]))
    goal = graph.ground[network.place_index["A"]]
    expected = nx.single_source_dijkstra_path_length(everything.reverse(), goal, weight="days")
    found = graph.days_to(network.place_index["A"])
    assert {node: pytest.approx(days, abs=1e-9) for node, days in expected.items()} == {
        node: days for node, days in enumerate(found) if days < float("inf")
    }


@pytest.mark.parametrize("kind", ["people", "marching", "carried", "stores", "supply"])
def test_the_reference_scenario_is_contracted_without_loss(kind):
    whole = read_scenario("reassurance")
    anybodys = tuple(fleet for fleet in whole.fleets if fleet.nation is None)
    scenario = whole.model_copy(update={"fleets": anybodys})
    ends = {"Bila Tserkva", "Marseille", "Bydgoszcz", "Oslo", "Zaragoza", "Alexandroupolis"}
    network = build_network(scenario, ends)
    stocked = {place for row in scenario.stocks for place in (row.location, *row.supplied_from, *row.serves)}
    plain = plain_graph(scenario, kind, ends | stocked)
    for origin in sorted(ends - {"Bila Tserkva"}):
        days = nx.shortest_path_length(plain, (origin, None), ("Bila Tserkva", None), weight="days")
        assert network.ways(kind, origin, "Bila Tserkva", at_most=1)[0].days == pytest.approx(days)
