"""Tours of four, six and nine months by arithmetic: by hand, and against the closed form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_orbat import hand_scenario

from contingent.model.rows import Offer
from contingent.web.tempo import asked_by_component, tempo_rows, tempos


def offered(*, quantity: int, handover: int, ratio: float = 2.0, people: int = 100):
    """The scenario of two brigades with one offer."""
    offer = Offer(
        offer="GBR-battlegroup", nation="GBR", unit_type="battlegroup", quantity=quantity, personnel=people, dwell_ratio=ratio,
        handover_days=handover,
    )  # fmt: skip
    return hand_scenario().model_copy(update={"offers": (offer,)})


def test_twelve_units_without_handover_keep_four_there_whatever_the_tour():
    """Dwell 1:2 without handover is a base of three: 12 / 3 = 4 units of 100 people."""
    assert [each.people for each in tempos(offered(quantity=12, handover=0))] == [{"land": 400.0}] * 3


def test_a_handover_of_thirty_days_costs_short_tours_most():
    """Base = 3 T / (T - 30): 4, 3.6 and 3.375 for tours of 120, 180 and 270 days; of 36 units 9, 10 and 10 are kept there."""
    found = tempos(offered(quantity=36, handover=30))
    assert [each.people["land"] for each in found] == [900.0, 1_000.0, 1_000.0]
    # Everybody there is relieved every T - 30 days: 900 x 365 / 90, 1,000 x 365 / 150, 1,000 x 365 / 240.
    assert [each.travel for each in found] == pytest.approx([3_650.0, 2_433.3, 1_520.8], abs=0.1)


@given(
    quantity=st.integers(1, 400), handover=st.integers(0, 60), ratio=st.floats(0, 6, allow_nan=False), people=st.integers(1, 900))
def test_what_is_kept_there_is_the_closed_form_in_whole_units(quantity: int, handover: int, ratio: float, people: int):
    for each in tempos(offered(quantity=quantity, handover=handover, ratio=ratio, people=people)):
        tour, kept = each.months * 30, each.people["land"] / people
        assert kept == int(kept)
        # So many can be relieved for ever, and one more could not: units x days served of each cycle, within a day of rounding.
        assert kept * (tour + tour * ratio) <= quantity * (tour - handover) + 1e-6
        assert (kept + 1) * (tour + tour * ratio + 1) > quantity * (tour - handover)


def test_what_is_asked_for_is_counted_by_component():
    """Stadt asks for headquarters and two battlegroups; the air line of a capability that no unit gives asks for nobody."""
    scenario = hand_scenario()
    strength = {row.unit_type: row.personnel for row in scenario.unit_types}
    asked = asked_by_component(scenario, None)
    assert asked["land"] + asked.get("joint", 0.0) == strength["staff"] + 2 * strength["battlegroup"]


def test_the_page_marks_what_is_enough_without_colour():
    shown = tempo_rows(offered(quantity=36, handover=30), None)
    land = next(row for row in shown["rows"] if row["name"] == "land")
    assert [cell["state"] for cell in land["cells"]] == ["gap", "gap", "gap"]
    assert shown["columns"][0].drawn.count("<title>") >= 9
