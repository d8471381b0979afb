"""Units on the map: each is counted once at each level, with the formation that it stands under or the place where it stands."""

import polars as pl
import pytest
from tests.report.sample_orbat import hand_orbat, large_orbat
from tests.web.hall import with_positions

from contingent.structure.at_day import orbat_at
from contingent.web.map_layers import located
from contingent.web.map_units import formation_marks, place_marks, unit_levels


def placed(made):
    """An order of battle, with a position for each place."""
    scenario, plan, orbat = made()
    return with_positions(scenario), plan, orbat


@pytest.mark.parametrize("made", [hand_orbat, large_orbat])
def test_each_level_holds_every_unit_once(made):
    """Counted beside: tours that are there on the day, and posts held and missing of the plan's coverage."""
    scenario, plan, orbat = placed(made)
    where = located(scenario)
    for day in (0, 50, 120, 200):
        there = plan.tours.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
        drawn = there.filter(pl.col("location").is_in(list(where)))
        levels = unit_levels(scenario, plan, orbat_at(orbat, day), day)
        for level in levels:
            told = there if level is not levels[-1] else drawn
            assert sum(mark.units for mark in level["marks"]) == told.height
            assert sum(mark.people for mark in level["marks"]) == told["people"].sum()
        asked = plan.coverage.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
        need = asked.filter(pl.col("location").is_in(list(where)))
        assert {mark.key for mark in levels[-1]["marks"]} == set(drawn["location"]) | set(need["location"])


def test_formations_far_out_and_places_near_by_hand():
    """On day 50 Stadt has the staff and both battlegroups: one symbol with a three, and one for the formation above."""
    scenario, plan, orbat = placed(hand_orbat)
    root = orbat_at(orbat, 50)
    (place,) = place_marks(scenario, plan, 50)
    assert (place.name, place.units, place.people, place.state, place.held) == ("Stadt", 3, 1800, "filled", "3 of 3")
    top = formation_marks(scenario, root, 0)
    assert [(mark.key, mark.units, mark.people, mark.place) for mark in top] == [(root.key, 3, 1800, "Stadt")]
    assert "● 3 of 3 posts held (all posts held)" in place.words


def test_without_an_order_of_battle_there_are_places_alone():
    scenario, plan, _ = hand_orbat()
    (level,) = unit_levels(scenario, plan, None, 200)
    empty = next(mark for mark in level["marks"] if mark.units == 0)
    assert (empty.name, empty.state) == ("Hafen", "gap")
    assert empty.symbol[6] == "1"  # dashed: planned, nobody is there
