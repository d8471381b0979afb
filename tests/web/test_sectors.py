"""Sectors of a day as a table, by hand: a square of one degree at the equator, a line through it, two places."""

import pytest
from tests.report.sample_orbat import hand_orbat

from contingent.model.ground import Sector, Trace
from contingent.web.sectors import sector_facts, sector_rows

SQUARE = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"


@pytest.fixture
def placed():
    scenario, plan, _ = hand_orbat()
    at = {"Stadt": (0.5, 0.5), "Hafen": (3.0, 0.5)}
    locations = tuple(
        row.model_copy(update=dict(zip(("longitude", "latitude"), at[row.location], strict=True)))
        for row in scenario.locations if row.location in at
    )  # fmt: skip
    sectors = (Sector(sector="S", name="The square", geometry=SQUARE), Sector(sector="T"))
    traces = (Trace(trace="L", geometry="LINESTRING (0.5 -1, 0.5 2)"),)
    return scenario.model_copy(update={"locations": locations, "sectors": sectors, "traces": traces}), plan


def test_a_degree_of_line_and_a_square_degree_of_ground(placed):
    """At the equator a degree of latitude is 110.57 km and a square degree 12 309 km2 (WGS 84)."""
    (facts,) = sector_facts(*placed)
    assert facts["area"] == pytest.approx(12_308.8, rel=1e-3)
    assert facts["line"] == pytest.approx(110.57, rel=1e-3)
    assert facts["places"] == {"Stadt"}
    assert facts["reached"] is None


def test_what_is_asked_for_and_held_in_the_sector_on_a_day(placed):
    """On day 50 Stadt has its headquarters and both battlegroups: 3 of 3 posts, 200 + 2 x 800 people. Hafen does not count."""
    scenario, plan = placed
    facts = sector_facts(scenario, plan)
    (full,) = sector_rows(facts, plan, 50)
    assert (full["held"], full["state"], full["people"]) == ("3 of 3", "filled", "1\u202f800")
    assert full["lines"] == [("filled", 2), ("partial", 0), ("gap", 0)]
    (short,) = sector_rows(facts, plan, 120)  # the second battlegroup went home on day 100
    assert (short["held"], short["state"]) == ("2 of 3", "partial")
    assert short["lines"] == [("filled", 1), ("partial", 1), ("gap", 0)]


def test_without_a_plan_nothing_is_asked_for(placed):
    (row,) = sector_rows(sector_facts(placed[0], None), None, 50)
    assert (row["held"], row["state"], row["people"]) == ("0 of 0", "none", "0")
