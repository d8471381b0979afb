"""Measures against a day-by-day count with plain loops, on random tours, and against the plan worked out by hand."""

from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plan import hand_made
from tests.plan.hand_made import scenario

from contingent.model.rows import Offer, Requirement
from contingent.plan import measures

offers = st.builds(
    Offer,
    offer=st.just("-"),
    nation=st.sampled_from(["ALF", "BRV", "CHL"]),
    unit_type=st.sampled_from(["guard", "drone"]),
    quantity=st.just(3),
    tour_days=st.integers(1, 200),
    handover_days=st.just(0),
    personnel=st.none() | st.integers(0, 500),
    confidence=st.sampled_from([None, "low", "high"]),
)
lines = st.builds(
    Requirement,
    line=st.just("-"),
    capability=st.sampled_from(["guard_duty", "watch"]),
    quantity=st.integers(0, 3),
    from_day=st.integers(0, 300),
    until_day=st.none() | st.integers(301, 500),
    priority=st.integers(1, 3),
)


@st.composite
def problems(draw: st.DrawFn) -> tuple[Any, list[tuple[str, str, int]]]:
    """A scenario with random offers and lines, and random tours, allowed or not."""
    some_offers = [
        row.model_copy(update={"offer": f"O{number}"})
        for number, row in enumerate(draw(st.lists(offers, min_size=1, max_size=4)))
    ]
    some_offers = [row.model_copy(update={"handover_days": draw(st.integers(0, row.tour_days - 1))}) for row in some_offers]
    some_lines = [
        row.model_copy(update={"line": f"L{number}"}) for number, row in enumerate(draw(st.lists(lines, min_size=1, max_size=3)))
    ]
    tour = st.tuples(
        st.sampled_from([row.offer for row in some_offers]),
        st.sampled_from([row.line for row in some_lines]),
        st.integers(0, 359),
    )
    given_scenario = scenario(offers=tuple(some_offers), requirements=tuple(some_lines), pins=())
    return given_scenario, draw(st.lists(tour, max_size=8))


def frame_of(tours: list[tuple[str, str, int]]) -> pl.DataFrame:
    return pl.DataFrame(tours, schema={"offer": pl.String, "line": pl.String, "from_day": pl.Int64}, orient="row")


@settings(max_examples=60, deadline=None)
@given(problems())
def test_measures_equal_a_count_day_by_day(problem: tuple[Any, list[tuple[str, str, int]]]) -> None:
    given_scenario, tours = problem
    people_of = {"guard": 100, "drone": 20}
    share = {("guard_duty", "guard"): 1.0, ("guard_duty", "drone"): 0.5, ("watch", "drone"): 1.0}
    rows = {row.offer: row for row in given_scenario.offers}
    done = measures.performed(given_scenario, None, frame_of(tours))

    people, person_days, cost = [0] * 360, {}, 0.0
    for name, _, start in tours:
        offer = rows[name]
        each = offer.personnel if offer.personnel is not None else people_of[offer.unit_type]
        days = range(start, min(start + offer.tour_days, 360))
        for day in days:
            people[day] += each
        person_days[offer.nation] = person_days.get(offer.nation, 0) + each * len(days)
        cost += 1000 + 10 * len(days) if offer.unit_type == "guard" else 0
    assert measures.people_by_day(done, 360).tolist() == people
    assert measures.person_days_by_nation(done, 360) == person_days
    assert measures.cost(done, 360) == cost

    services = {service.line.line: service for service in measures.service_of_lines(given_scenario, None, done)}
    for line in given_scenario.requirements:
        service, takeovers, before = services[line.line], 0, {}
        low_unit_days = 0.0
        for day in range(line.from_day, min(line.until_day or 360, 360)):
            serving = [
                rows[name]
                for name, of, start in tours
                if of == line.line
                and start <= day < start + rows[name].tour_days - rows[name].handover_days
                and (line.capability, rows[name].unit_type) in share
            ]
            served = sum(share[line.capability, row.unit_type] for row in serving)
            low = sum(share[line.capability, row.unit_type] for row in serving if row.confidence == "low")
            on = {nation: sum(row.nation == nation for row in serving) for nation in ("ALF", "BRV", "CHL")}
            takeovers += sum(max(0, on[nation] - before.get(nation, 0)) for nation in on)
            before = on
            low_unit_days += min(line.quantity, served) * low / served if served else 0
            assert service.served[day - line.from_day] == served
            assert service.filled[day - line.from_day] == min(line.quantity, served)
            assert service.units[day - line.from_day] == len(serving)
        assert service.takeovers == takeovers
        assert service.low_unit_days == pytest.approx(low_unit_days)
        assert service.days == min(line.until_day or 360, 360) - line.from_day


@settings(max_examples=30, deadline=None)
@given(problems())
def test_coverage_tells_every_day_once_and_breaks_only_where_something_changes(
    problem: tuple[Any, list[tuple[str, str, int]]],
) -> None:
    given_scenario, tours = problem
    table = measures.coverage(given_scenario, None, frame_of(tours))
    for line in given_scenario.requirements:
        rows = table.filter(pl.col("line") == line.line).to_dicts()
        days = [day for row in rows for day in range(row["from_day"], row["until_day"])]
        assert days == list(range(line.from_day, min(line.until_day or 360, 360)))
        states = [(row["filled"], row["nations"]) for row in rows]
        assert all(before != after for before, after in pairwise(states))
        assert all(row["gap"] == row["required"] - row["filled"] for row in rows)


def test_coverage_is_the_one_worked_out_by_hand() -> None:
    assert measures.coverage(scenario(), "small", hand_made.plan().tours).equals(hand_made.plan().coverage)


def test_the_requirement_in_person_days_takes_the_leanest_type() -> None:
    """A drone flight gives half a guard with 20 people: 40 people for a whole one, against 100."""
    assert measures.requirement_person_days(scenario(), "small") == 33000
    assert measures.required_unit_days(scenario(), "small") == {1: 720.0, 2: 210.0}


def test_many_small_shares_add_up_without_drift() -> None:
    """Ten units of a tenth fill one post on every day, not 0.9999999."""
    capabilities = tuple(
        row.model_copy(update={"effectiveness": 0.1}) if row.unit_type == "drone" else row for row in scenario().capabilities
    )
    given_scenario = scenario(capabilities=capabilities)
    done = measures.performed(given_scenario, "small", frame_of([("CHL-drone", "L2", 90)] * 10))
    service = {row.line.line: row for row in measures.service_of_lines(given_scenario, "small", done)}["L2"]
    assert service.filled[:150].tolist() == [1.0] * 150
