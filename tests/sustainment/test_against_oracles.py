"""Deliveries against the largest flow, days to stock-out against closed forms, balances by property."""

from dataclasses import replace
from types import SimpleNamespace

import networkx as nx
import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sustainment.instances import (
    CHAIN,
    RATIONS,
    SPARES,
    TRUCK_T,
    by_road,
    crossing,
    everybody,
    road,
    scenario,
    tours,
    trucks,
)  # fmt: skip

from contingent.model.rows import Location
from contingent.model.supply import Season, Stock
from contingent.network import build_network
from contingent.plan.measures import performed
from contingent.plan.verify import supply as promises
from contingent.plan.verify.facts import Facts
from contingent.sustainment import SupplyOptions, sustain

# ------------------------------------------------------------------------------------------------------- the largest flow


@pytest.mark.parametrize("seed", range(12))
def test_what_gets_through_in_a_week_is_the_largest_flow(seed):
    """Two ports, two layers of crossings, two depots that take whatever comes: no more and no less than max-flow says."""
    random = np.random.default_rng(seed)
    layers = (("A1", "A2"), ("B1", "B2"))
    limits = {place: int(random.integers(1, 9)) for layer in layers for place in layer}
    pairs = [(a, b) for a in ("P1", "P2") for b in layers[0]] + [(a, b) for a in layers[0] for b in layers[1]]
    pairs += [(a, b) for a in layers[1] for b in ("D1", "D2")]
    kept = [pair for pair in pairs if random.random() < 0.85]
    capacity = {pair: int(random.integers(1, 9)) for pair in kept}
    links = tuple(road(f"{a}-{b}", a, b, capacity[a, b], km=float(random.integers(50, 150))) for a, b in kept)
    stocks = tuple(Stock(location=depot, supply="all", target_days=0, supplied_from=("P1", "P2")) for depot in ("D1", "D2"))
    locations = tuple(Location(location=name) for name in ("P1", "P2", "D1", "D2", *limits))
    given = scenario(
        7, links=links, fleets=(trucks(),), stocks=stocks, locations=locations,
        handling=tuple(crossing(place, limit) for place, limit in limits.items()),
    )  # fmt: skip
    units = tours(("company", "D1", 1_000_000, 0, 7), ("company", "D2", 1_000_000, 0, 7))
    found = sustain(given, units, None, options=SupplyOptions(ways=40, survival=False))
    graph = nx.DiGraph()
    for (a, b), trucks_a_day in capacity.items():
        graph.add_edge((a, "out"), (b, "in"), capacity=trucks_a_day)
    for place, limit in limits.items():
        graph.add_edge((place, "in"), (place, "out"), capacity=limit)
    for port in ("P1", "P2"):
        graph.add_edge("source", (port, "out"))
    for depot in ("D1", "D2"):
        graph.add_edge((depot, "in"), "sink")
    most = nx.maximum_flow_value(graph, "source", "sink") * TRUCK_T * 7 if "source" in graph else 0.0
    assert found.supply["delivered_t"].sum() == pytest.approx(most, abs=0.02)


# ----------------------------------------------------------------------------------------------------------- closed forms


@pytest.mark.parametrize("target", [3, 10, 17])
def test_a_stock_that_is_cut_off_lasts_its_days_of_supply(target):
    stocks = (CHAIN[0], CHAIN[1].model_copy(update={"target_days": target}))
    found = sustain(by_road(stocks=stocks), everybody(), None, options=SupplyOptions(close=("HD",)))
    together = found.survival.filter(kind="together").to_dicts()[0]
    assert (together["closed"], together["location"], together["supply"]) == ("HD", "Depot", "rations")
    assert together["days"] == pytest.approx(target, abs=0.01)
    assert together["lost_t"] == pytest.approx((91 - target) * 0.6, abs=0.01)
    assert found.stockouts["day"].to_list() == [target]


def test_two_stages_last_as_long_as_both_together():
    """Without the port 18 t at Hub and 6 t at Depot feed 0.6 t a day for forty days."""
    given = by_road(handling=(crossing("Port", 1000),))
    found = sustain(given, everybody(), None)
    days = {row["closed"]: row["days"] for row in found.survival.to_dicts()}
    assert days == {"Port": pytest.approx(40, abs=0.01), "Hub": pytest.approx(10, abs=0.01), "Depot": 0.0}


def test_a_trickle_makes_a_stock_last_longer():
    """0.2 t a day get through the other road of the 0.6 that are used: 6 t last 6 / 0.4 = 15 days."""
    links = (road("PH", "Port", "Hub"), road("HD", "Hub", "Depot"), road("HD2", "Hub", "Depot", 0.01, km=300))
    options = SupplyOptions(close=("HD",), from_day=14)
    found = sustain(scenario(35, links=links, fleets=(trucks(),)), everybody(35), None, options=options)
    row = found.survival.filter(kind="together").to_dicts()[0]
    assert row["days"] == pytest.approx(15, abs=0.02)
    assert found.stockouts["day"].to_list() == [14 + 15]


def test_a_way_round_lets_nothing_run_out():
    links = (
        road("PH", "Port", "Hub"), road("HX", "Hub", "X"), road("XD", "X", "Depot"), road("HY", "Hub", "Y", km=200),
        road("YD", "Y", "Depot"),
    )  # fmt: skip
    locations = tuple(Location(location=name) for name in ("Port", "Hub", "Depot", "Post", "X", "Y"))
    given = scenario(links=links, fleets=(trucks(),), locations=locations, handling=(crossing("X", 5), crossing("Y", 5)))
    found = sustain(given, everybody(), None)
    assert found.survival.filter(closed="X")["days"].to_list() == [None]
    assert "Y" not in found.survival["closed"].to_list()  # nothing goes by Y as long as X is open


def test_what_is_closed_is_closed_from_its_day_on():
    plain = sustain(by_road(), everybody(), None)
    shut = sustain(by_road(), everybody(), None, options=SupplyOptions(close=("PH",), from_day=14))
    before = pl.col("from_day") < 14
    assert shut.supply.filter(before).equals(plain.supply.filter(before))
    assert shut.supply.filter(~before, location="Hub")["delivered_t"].to_list() == [0.0, 0.0]


def test_a_closed_depot_keeps_what_it_has():
    shut = sustain(scenario(), everybody(), None, options=SupplyOptions(close=("Depot",), from_day=7))
    row = shut.supply.filter(location="Depot", from_day=14).to_dicts()[0]
    assert (row["before_t"], row["used_t"], row["stock_t"], row["delivered_t"]) == (6.0, 0.0, 6.0, 0.0)
    assert shut.stockouts.to_dicts()[0]["why"] == "Depot is closed"


# -------------------------------------------------------------------------------------------------------------- by property

amounts = st.floats(0, 40).map(lambda value: round(value, 1))


@st.composite
def small_supplies(draw):
    """Two stages, roads of any width, stocks with any policy, units that come and go, a season, perhaps something closed."""

    def stock(place, sources, serves):
        return Stock(
            location=place, supply="all", target_days=draw(amounts), start_days=draw(st.none() | amounts), serves=serves,
            reorder_days=draw(st.none() | amounts), capacity_t=draw(st.none() | st.floats(0, 60)), supplied_from=sources,
        )  # fmt: skip

    sources = draw(st.sampled_from([("Hub",), ("Hub", "Port"), ("Port", "Hub")]))
    stocks = (stock("Hub", ("Port",), ()), stock("Depot", sources, ("Post",)))
    width = st.none() | st.floats(0.001, 0.2)
    given = by_road(
        draw(width), draw(width), days=draw(st.integers(8, 40)), stocks=stocks, consumption=(RATIONS, SPARES),
        seasons=(Season(season="s", supply="rations", months=("3",), factor=draw(st.floats(0, 2))),),
    )  # fmt: skip
    units = tours(*draw(st.lists(
        st.tuples(st.sampled_from(["company", "platoon"]), st.sampled_from(["Hub", "Depot", "Post", "Port"]),
                  st.integers(0, 400), st.integers(0, 20), st.integers(21, 50)), min_size=1, max_size=5)))  # fmt: skip
    close = draw(st.sampled_from([(), ("PH",), ("Hub",), ("HD", "PH")]))
    return given, units, SupplyOptions(close=close, from_day=draw(st.integers(0, 20)) if close else 0)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_supplies())
def test_nothing_is_made_or_lost_and_verify_finds_nothing(case):
    given, units, options = case
    network = build_network(given)
    found = sustain(given, units, None, network=network, options=options)
    done = performed(given, None, units).with_columns(units["people"], units["location"], units["until_day"])
    facts = Facts(given, SimpleNamespace(**found.frames), done, done)
    findings = [finding for promise in promises.PROMISES for finding in promise(facts)]
    assert findings == []
    capacity = network.capacity(given.settings.horizon_days)
    assert (found.loads <= capacity * (1 + 1e-6) + 1e-3).all()
    table = found.supply
    assert (table["used_t"] <= table["needed_t"]).all()
    assert table["stock_t"].min() is None or table["stock_t"].min() >= 0


@settings(max_examples=15, deadline=None)
@given(small_supplies())
def test_two_runs_give_the_same(case):
    given, units, options = case
    one, other = (sustain(given, units, None, options=options) for _ in range(2))
    assert all(table.equals(other.frames[name]) for name, table in one.frames.items())
    assert np.array_equal(one.loads, other.loads)


@settings(max_examples=20, deadline=None)
@given(small_supplies(), st.floats(1.0, 3.0))
def test_wider_roads_never_leave_more_people_short_of_rations_in_the_first_week(case, wider):
    """In the first week, before stocks differ, more capacity can only help who comes first."""
    given, units, options = case
    options = replace(options, survival=False)
    links = tuple(
        link if link.capacity_per_day is None else link.model_copy(update={"capacity_per_day": link.capacity_per_day * wider})
        for link in given.links
    )
    short = []
    for each in (given, given.model_copy(update={"links": links})):
        week = sustain(each, units, None, options=options).supply.filter(from_day=0, supply="rations")
        short.append((week["needed_t"] - week["used_t"]).sum())
    assert short[1] <= short[0] + 0.02
