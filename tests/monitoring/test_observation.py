"""Observation: by hand on a straight line, against exhaustive search on small ones, and what a reader is told on the real one."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.monitoring.theatres import sectors, theatre, town

from contingent.errors import BadScenario
from contingent.io import read_scenario
from contingent.model.observation import Sensor
from contingent.monitoring.observation import DesignOptions, design
from contingent.monitoring.observation.ground import Steps, edges_of, lay_out, left_of
from contingent.monitoring.observation.search import Limits, least_cost, most_watched
from contingent.monitoring.observation.seeing import Candidates, candidates, looking, state_shares

CAMERA = Sensor(sensor="camera", kind="camera", range_km=5.2, uptime=0.8, people=1, cost_per_year=10)
ONE_ROW = Steps(segment_km=2.5, site_step_km=10.0, depths_km=(0.1,), behind_km=0.05)


def of(people: float, **more) -> DesignOptions:
    return DesignOptions(people=people, steps=more.pop("steps", ONE_ROW), marginal=more.pop("marginal", 0), **more)


# --------------------------------------------------------------------------------------------------------------------- by hand


def test_one_camera_of_four_watches_a_quarter_of_the_line_for_its_uptime():
    """40 km, sites at km 5, 15, 25, 35; each sees the four segments within 5.2 km of it."""
    found = design(theatre(sensors=(CAMERA,)), of(1))
    assert found.observation.height == 1
    assert found.observation["targets"][0] == 4
    assert found.value == pytest.approx(0.8 / 4)
    assert found.status == "optimal"
    assert found.line_km == pytest.approx(40.0, abs=1e-3)


def test_four_cameras_watch_all_of_it_and_none_of_it_twice():
    found = design(theatre(sensors=(CAMERA,)), of(9))
    assert (found.people, found.money) == (4, 40)
    assert found.value == pytest.approx(0.8)
    assert found.twice == 0
    assert found.redundancy["alone_km"].to_list() == pytest.approx([10.0] * 4, rel=1e-3)
    assert found.redundancy["lost"].to_list() == pytest.approx([0.2] * 4)


def test_two_independent_cameras_leave_a_fifth_of_a_fifth():
    two = (CAMERA, CAMERA.model_copy(update={"sensor": "other"}))
    found = design(theatre(sensors=two), of(8))
    assert found.value == pytest.approx(1 - 0.2**2)
    assert found.twice == 1


def test_fog_blinds_both_at_once():
    """In half of the time neither sees anything: 0.5 * (1 - 0.2 ** 2), and not 1 - (1 - 0.4) ** 2."""
    blind = CAMERA.model_copy(update={"bad_weather": 0.0})
    two = (blind, blind.model_copy(update={"sensor": "other"}))
    found = design(theatre(sensors=two), of(8, clear_share=0.5))
    assert found.value == pytest.approx(0.5 * (1 - 0.2**2))
    assert found.coverage["day_bad"].to_list() == [0.0] * 16


def test_the_own_side_is_where_the_host_is_and_sites_lie_on_it():
    ground = lay_out(theatre(), ONE_ROW)
    assert ground.own_side.startswith("left")
    assert all(site.point.latitude > 0 for site in ground.sites)
    assert [site.depth_km for site in ground.sites] == pytest.approx([0.1] * 4, abs=1e-3)


def test_a_place_behind_the_line_is_worth_what_is_said_and_nothing_beyond_it_is():
    places = (town("Near", km_east=20, km_north=12, kind="power plant"), town("Beyond", km_east=20, km_north=-12))
    steps = Steps(segment_km=2.5, depths_km=(0.1,), behind_km=30, behind_weight_km=7)
    ground = lay_out(theatre(places=places), steps)
    behind = [target for target in ground.targets if target.kind == "behind"]
    assert [(target.name, target.weight) for target in behind] == [("Near", 7)]


def test_what_keeps_off_stands_farther_back():
    off = CAMERA.model_copy(update={"stand_off_km": 3.0, "range_km": 9.0})
    steps = Steps(segment_km=2.5, depths_km=(0.1, 5.0), behind_km=0.05)
    found = design(theatre(sensors=(off,)), of(4, steps=steps))
    assert set(found.observation["depth_km"].round(1)) == {5.0}


def test_a_drone_needs_a_base_within_reach():
    drone = Sensor(sensor="uav", kind="uav", manner="orbits", range_km=10, reach_km=100, people=1)
    with pytest.raises(BadScenario, match="1 problem"):
        design(theatre(sensors=(drone,)), of(4))
    near = theatre(sensors=(drone,), places=(town("Strip", km_east=20, km_north=60, kind="air base"),))
    assert design(near, of(4)).observation["base"].to_list() == ["Strip"] * 4


def test_incidents_draw_the_camera():
    seen = pl.DataFrame({"latitude": [0.0], "longitude": [0.313], "count": [5.0]})
    found = design(theatre(sensors=(CAMERA,)), of(1, incident_weight=3.0, near_km=3.0), incidents=seen)
    assert found.observation["longitude"][0] == pytest.approx(0.3144, abs=1e-3)


def test_side_of_a_line_at_its_corners():
    """At a corner both edges are nearest; that one tells which sees the spot farther off as a line."""
    from shapely import LineString

    edges = edges_of([LineString([(0, 0), (10, 0), (10, 10)])])
    spots = np.array([[5.0, 2.0], [5.0, -2.0], [12.0, -1.0], [8.0, 8.0], [13.0, 5.0], [-3.0, 1.0]])
    assert left_of(edges, spots).round(6).tolist() == pytest.approx([2.0, -2.0, -(5**0.5), 2.0, -3.0, 10**0.5])


def test_ranges_at_their_ends():
    varied = CAMERA.model_copy(update={"range_low_km": 2.0, "range_high_km": 8.0})
    found = design(theatre(sensors=(varied,)), of(4))
    assert found.value_low == pytest.approx(0.4)
    assert found.value_low < found.value < found.value_high


# ------------------------------------------------------------------------------------------------- against exhaustive search


@st.composite
def small(draw) -> Candidates:
    count, targets = draw(st.integers(2, 8)), draw(st.integers(2, 6))
    numbers = st.integers(1, 9)
    sees = np.array(draw(st.lists(st.lists(st.booleans(), min_size=targets, max_size=targets), min_size=count, max_size=count)))
    clear = np.array(draw(st.lists(st.sampled_from([0.2, 0.5, 0.9, 0.9999]), min_size=count, max_size=count)))
    night = np.array(draw(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=count, max_size=count)))
    weights = np.array(draw(st.lists(numbers, min_size=targets, max_size=targets)), dtype=float)
    money = np.array(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=float)
    people = np.array(draw(st.lists(numbers, min_size=count, max_size=count)), dtype=float)
    kind = np.array(draw(st.lists(st.integers(0, 1), min_size=count, max_size=count)))
    looks = clear[:, None] * np.stack([np.ones(count), np.ones(count) * 0.5, night, night * 0.5], axis=1)
    most = np.array(draw(st.lists(st.sampled_from([1.0, 2.0, float("inf")]), min_size=2, max_size=2)))
    shares = state_shares(0.5, 0.75)
    return Candidates(np.arange(count), kind, [None] * count, sees, looks, shares, weights / weights.sum(), money, people, most)


def choices(of: Candidates):
    """Every choice that the numbers of means allow."""
    count = len(of.site)
    for size in range(count + 1):
        for chosen in itertools.combinations(range(count), size):
            used = np.bincount(of.sensor[list(chosen)], minlength=len(of.most))
            if (used <= of.most).all():
                yield list(chosen)


@settings(max_examples=25, deadline=None)
@given(small(), st.integers(3, 25), st.integers(3, 25))
def test_no_choice_within_the_limits_watches_more(of, money, people):
    found = most_watched(of, Limits(money, people), gap=1e-6)
    fitting = [one for one in choices(of) if of.money[one].sum() <= money and of.people[one].sum() <= people]
    best = max(of.value(one) for one in fitting)
    assert list(found.chosen) in fitting
    assert found.value == pytest.approx(best, abs=1e-6)
    assert found.bound >= best - 1e-9
    assert found.greedy <= best + 1e-9


@settings(max_examples=15, deadline=None)
@given(small(), st.integers(1, 5))
def test_greedy_reaches_its_share_where_all_take_the_same_and_the_relaxed_bound_holds(of, number):
    from dataclasses import replace

    same = replace(of, people=np.ones(len(of.site)), most=np.full(2, np.inf))
    best = max(same.value(one) for one in choices(same) if len(one) <= number)
    found = most_watched(same, Limits(people=number), whole=False)
    assert found.greedy >= (1 - np.exp(-1)) * best - 1e-9
    assert found.greedy - 1e-9 <= found.value <= best + 1e-9
    assert found.bound >= best - 1e-7


@settings(max_examples=20, deadline=None)
@given(small(), st.sampled_from([0.1, 0.25, 0.4]))
def test_nothing_cheaper_reaches_the_wanted_share(of, wanted):
    found = least_cost(of, wanted, gap=1e-6)
    reaching = [float(of.money[one].sum()) for one in choices(of) if of.value(one) >= wanted - 1e-9]
    if not reaching:
        assert found.status == "infeasible" or found.value < wanted
        return
    if found.status == "infeasible":  # greedy is stopped by the numbers of means; only then may it miss what is there
        assert np.isfinite(of.most).any()
        return
    assert of.value(found.chosen) >= wanted - 1e-9
    assert found.bound <= min(reaching) + 1e-6
    assert of.money[list(found.chosen)].sum() >= min(reaching) - 1e-9
    if found.status == "optimal":
        assert of.money[list(found.chosen)].sum() == pytest.approx(min(reaching), rel=1e-5)


# ------------------------------------------------------------------------------------------------------------ what is told


def test_hours_of_what_is_blind_by_night_are_taken_by_day():
    by_day = Sensor(sensor="p", kind="post", range_km=3, hours_per_day=8, night=0, bad_weather=0.5)
    assert looking(by_day, 0.5).tolist() == pytest.approx([2 / 3, 1 / 3, 0, 0])
    always = Sensor(sensor="p", kind="post", range_km=3, hours_per_day=12, night=0.5, bad_weather=0)
    assert looking(always, 0.5).tolist() == pytest.approx([0.5, 0, 0.25, 0])


def test_what_only_hears_guns_is_used_for_shelling_alone():
    ears = Sensor(sensor="ears", kind="acoustic", range_km=8, detects=("shelling",), people=1)
    with pytest.raises(BadScenario):
        design(theatre(sensors=(ears,)), of(2))
    assert design(theatre(sensors=(ears,)), of(2, kind="shelling")).observation.height == 2


def test_what_cannot_be_reached_is_no_error():
    """Four cameras watch 0.8 at the most; with nobody nothing is put up."""
    found = design(theatre(sensors=(CAMERA,)), DesignOptions(wanted=0.9, steps=ONE_ROW))
    assert (found.status, found.value, found.observation.height, found.marginal.height) == ("infeasible", 0.0, 0, 0)
    none = design(theatre(sensors=(CAMERA,)), of(0, marginal=2))
    assert (none.value, none.bound, none.observation.height) == (0.0, 0.0, 0)
    reached = design(theatre(sensors=(CAMERA,)), DesignOptions(wanted=0.4, steps=ONE_ROW, marginal=2))
    assert (reached.money, reached.status, reached.marginal["watched"].to_list()) == (20, "optimal", pytest.approx([0.2, 0.4]))


def test_every_fault_of_the_question_is_told_at_once():
    scenario = theatre(sensors=(CAMERA,), sectors=sectors("West", "East"))
    with pytest.raises(BadScenario) as caught:
        design(scenario, DesignOptions(sensors=("camra",), sectors=("Eastt",), day_share=50))
    told = [(finding.table, finding.nearest) for finding in caught.value.findings]
    assert ("sensors.csv", "camera") in told
    assert ("sectors.csv", "East") in told
    assert sum(table == "options" for table, _ in told) == 2


def test_a_sector_of_the_reference_scenario_is_designed_and_twice_the_same():
    scenario = read_scenario("reassurance")
    asked = DesignOptions(people=40, sectors=("South-east",), marginal=4)
    one, two = design(scenario, asked), design(scenario, asked)
    for name in ("observation", "coverage", "marginal", "redundancy"):
        assert getattr(one, name).equals(getattr(two, name))
    assert one.people <= 40
    assert one.greedy <= one.value <= one.bound
    assert one.marginal["watched"].is_sorted()
    assert set(one.by_sector()["sector"]) == {"South-east"}
    ground = one.coverage.filter(pl.col("kind") == "line")
    assert ground["km"].sum() == pytest.approx(one.line_km, rel=1e-6)


def test_what_is_lost_with_each_is_what_the_rest_no_longer_watches():
    """Recomputed from the frames alone: positions, ranges and the shares of each state."""
    scenario = theatre(sensors=(CAMERA, Sensor(sensor="far", kind="radar", range_km=12, uptime=0.5, people=1)))
    found = design(scenario, of(4))
    ground = lay_out(scenario, ONE_ROW)
    among = candidates(ground, scenario.sensors, day_share=0.5, clear_share=0.75)
    pairs = zip(among.site, among.sensor, strict=True)
    places = {(ground.sites[at].name, scenario.sensors[kind].sensor): row for row, (at, kind) in enumerate(pairs)}
    chosen = [places[row["site"], row["sensor"]] for row in found.observation.iter_rows(named=True)]
    for row in found.redundancy.iter_rows(named=True):
        gone = places[row["site"], row["sensor"]]
        rest = [j for j in chosen if j != gone]
        unseen = np.ones(16)
        for j in rest:
            unseen *= 1 - among.sees[j] * among.looks[j, 0]
        assert row["lost"] == pytest.approx(found.value - (1 - unseen.mean()), abs=1e-9)
