"""Every kind of case, by hand: what is left where nobody reacts, what the best reaction fills, how many tours that changes."""

import dataclasses

import pytest
from tests.stress.small_force import case, force, line, offer, plan_of, two_and_one

from contingent.errors import BadScenario, UnknownName
from contingent.model.ground import Link
from contingent.model.rows import Location, Nation
from contingent.pipeline import verify
from contingent.plan import empty_frame
from contingent.stress import StressOptions, apply, stress

ONLY_CASES = StressOptions(battery=False)


def told(scenario, *cases, plan=None):
    """The rows of the first priority, by case."""
    stressed = scenario.model_copy(update={"cases": cases})
    found = stress(stressed, plan or plan_of(scenario), ONLY_CASES)
    return {row["case"]: row for row in found.stress.to_dicts() if row["priority"] == 1}


def one(scenario, *steps):
    (row,) = told(scenario, *steps).values()
    return row


def held(row, column):
    """Days held, of the required ones."""
    return round(row[column] * row["required"], 6)


def test_the_plan_that_runs_is_the_one_that_was_meant():
    plan = plan_of(two_and_one())
    assert plan.fill == 1.0
    assert set(plan.tours["nation"]) == {"ALD"}
    assert sorted(plan.tours["from_day"]) == [0, 90, 180, 270]


def test_a_nation_withdraws_and_the_units_that_are_out_come_home():
    """Alderland holds until day 100. Bernia comes on day 120, when tours begin again, for 90 days, and once more on 300."""
    row = one(two_and_one(), case("nation_withdraws", nations="ALD", from_day=100))
    assert held(row, "no_reaction") == 100
    assert held(row, "best_reaction") == 100 + 90 + 60
    assert (row["tours_lost"], row["tours_changed"]) == (3, 2)
    assert row["bound"] >= row["best_reaction"]


def test_a_nation_that_comes_back():
    """Gone from 90 to 270: the tour from 270 is made all the same, by the unit that is rested then."""
    row = one(two_and_one(), case("nation_withdraws", nations="ALD", from_day=90, until_day=270))
    assert held(row, "no_reaction") == 90 + 90
    assert held(row, "best_reaction") == 90 + 90 + 90
    assert row["tours_lost"] == 2


def test_a_nation_withdraws_from_the_start():
    row = one(two_and_one(), case("nation_withdraws", nations="ALD"))
    assert held(row, "no_reaction") == 0
    assert held(row, "best_reaction") == 330 - 150, "days 30 to 120 and 210 to 300"
    assert (row["status"], row["tours_lost"], row["tours_changed"]) == ("optimal", 4, 2)


def test_an_offer_comes_late():
    """Ready on day 60: the tour from day 0 is lost, the others stand; Bernia's unit is ready from day 1, so from day 30."""
    row = one(two_and_one(), case("offer_late", offers="A", days=60))
    assert held(row, "no_reaction") == 270
    assert held(row, "best_reaction") == 330
    assert (row["tours_lost"], row["status"]) == (1, "optimal")


def test_an_offer_is_gone_but_not_another_of_the_nation():
    scenario = force((offer("A", "ALD", 1), offer("A2", "ALD", 1)))
    row = one(scenario, case("offer_gone", offers="A2"))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 180


def test_a_unit_type_goes_home():
    row = one(two_and_one(), case("offer_gone", unit_types="battalion", from_day=200))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 200
    assert held(row, "bound") >= 200


def test_the_requirement_grows_from_a_day():
    """From day 180 two posts: Bernia holds the second for its 90 days, and is at home for the last 90."""
    row = one(two_and_one(), case("requirement_grows", lines="L1", factor=2, from_day=180))
    assert row["required"] == 360 + 180
    assert held(row, "no_reaction") == 360
    assert held(row, "best_reaction") == 360 + 90
    assert row["tours_lost"] == 0


def test_the_requirement_grows_from_the_start():
    row = one(two_and_one(), case("requirement_grows", factor=1.5))
    assert row["required"] == 720, "one and a half of one is two whole units"
    assert held(row, "no_reaction") == 360
    assert held(row, "best_reaction") == 360 + 180


def test_dwell_is_relaxed():
    """One unit at 1:1 holds half of the days; without dwell it holds them all."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("dwell_relaxed", factor=0))
    assert held(row, "no_reaction") == 180
    assert held(row, "best_reaction") == 360
    assert row["tours_lost"] == 0


def test_dwell_is_relaxed_on_a_day_on_which_the_unit_is_at_home():
    """The tour of day 0 is over on day 90; from day 120 it may be sent at once, and again without dwell."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("dwell_relaxed", factor=0, from_day=120))
    assert held(row, "best_reaction") == 90 + 240


def test_dwell_that_is_shorter_already_is_not_made_longer():
    scenario = force((offer("A", "ALD", 1),))
    assert apply(scenario, [case("dwell_relaxed", factor=3)]).offers[0].dwell_ratio == 1.0


def test_tours_are_extended_and_nobody_is_rested_for_the_next():
    """One unit: out for 180 days and home for 180; the tour of day 180 falls out."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("tours_extended", days=90))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 180
    assert row["tours_lost"] == 1


def test_tours_that_were_over_are_not_extended():
    """The tour of day 0 was over on day 90; that of day 180 lasts 180 days instead of 90."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("tours_extended", days=90, from_day=100))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 90 + 180
    assert row["tours_lost"] == 0


def test_a_tour_that_runs_is_extended():
    """On day 45 the tour of day 0 runs: it lasts until 180, and the unit is home until 360."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("tours_extended", days=90, from_day=45))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 180
    assert row["tours_lost"] == 1


def backed(**more):
    scenario = two_and_one(**more)
    usa = Nation(nation="USA", name="United States", weight=1.0, role="backstop")
    offers = (offer("A", "ALD", 1), offer("U", "USA", 1))
    return scenario.model_copy(update={"nations": (*scenario.nations[:1], usa), "offers": offers})


def test_the_backstop_is_gone():
    row = one(backed(), case("backstop_gone"))
    assert held(row, "no_reaction") == held(row, "best_reaction") == 180


def test_the_backstop_comes():
    scenario = backed()
    without = scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"backstop": "left_out"})})
    from contingent.pool import derive_offers

    plan = plan_of(derive_offers(without))
    assert plan.fill == 0.5
    row = told(without, case("backstop_comes"), plan=plan)["it"]
    assert (held(row, "no_reaction"), held(row, "best_reaction")) == (180, 360)
    late = told(without, case("backstop_comes", from_day=200), plan=plan)["it"]
    assert held(late, "best_reaction") == 180 + 90, "from day 270 on; from day 210 it would close no more"


def test_without_a_backstop_there_is_none_to_come():
    with pytest.raises(BadScenario) as bad:
        stress(
            two_and_one(cases=(case("backstop_comes"),)), plan_of(two_and_one()), StressOptions(battery=False, cases=("it",))
        )
    assert "role backstop" in str(bad.value.findings[0])


def test_a_backstop_that_is_not_there_is_no_reason_to_tell_nothing():
    found = stress(
        two_and_one(cases=(case("backstop_comes"), case("offer_gone", "gone", offers="A"))), plan_of(two_and_one()), ONLY_CASES
    )
    assert set(found.stress["case"]) == {"gone"}
    assert found.sentences[-1].startswith("The backstop comes: cannot be told")


def test_a_closed_link_changes_no_tour():
    places = tuple(Location(location=name) for name in ("a", "b"))
    road = Link(link="road", from_location="a", to_location="b", mode="road", km=10)
    scenario = two_and_one(locations=places, links=(road,))
    stressed = scenario.model_copy(update={"cases": (case("link_closes", links="road"),)})
    found = stress(stressed, plan_of(scenario), ONLY_CASES)
    row = found.stress.row(0, named=True)
    assert (row["no_reaction"], row["best_reaction"], row["tours_lost"], row["tours_changed"]) == (1.0, 1.0, 0, 0)
    assert any("no line is complete later" in sentence and "Tours stay as they are" in sentence for sentence in found.sentences)
    assert apply(scenario, [case("link_closes", links="road")]).links == ()


def test_steps_of_one_case_happen_one_after_the_other():
    """Dwell of nothing, but tours twice as long: the unit is always out."""
    scenario = force((offer("A", "ALD", 1),))
    row = one(scenario, case("dwell_relaxed", factor=0), case("tours_extended", step=2, days=90))
    assert held(row, "best_reaction") == 360
    assert row["kind"] == "dwell_relaxed;tours_extended"


def test_a_line_that_one_nation_holds_may_be_taken_over_when_it_leaves():
    scenario = force((offer("A", "ALD", 2), offer("B", "BRN", 2, available_day=1)), (line(hold="one_nation"),))
    row = one(scenario, case("nation_withdraws", nations="ALD", from_day=180))
    assert held(row, "no_reaction") == 180
    assert held(row, "best_reaction") == 360


def test_what_began_before_the_day_is_not_undone():
    """Bernia could have been out since day 30; from day 210 on nothing can be made of that."""
    row = one(two_and_one(), case("nation_withdraws", nations="ALD", from_day=205))
    assert held(row, "best_reaction") == 205 + 90


def test_a_case_is_a_scenario_whose_plan_can_be_verified():
    scenario = two_and_one()
    gone = apply(scenario, [case("nation_withdraws", nations="ALD", from_day=180)])
    plan = plan_of(gone)
    assert plan.fill_of(1) == (180 + 90) / 360, "Alderland until 180, then Bernia for its 90 days"
    assert verify(gone, plan) == ()
    assert scenario.offer_by_name["A"].until_day is None, "the scenario itself is as it was"


def test_a_misspelt_case_is_told_with_the_nearest():
    stressed = two_and_one(cases=(case("offer_gone", "winter"),))
    with pytest.raises(UnknownName, match="Nearest: 'winter'"):
        stress(stressed, plan_of(two_and_one()), StressOptions(cases=("wintr",)))


def test_everything_that_a_case_misnames_is_told_at_once():
    steps = case("offer_gone", offers="AA"), case("requirement_grows", step=2, lines="LL1", factor=2)
    with pytest.raises(BadScenario) as bad:
        told(two_and_one(), *steps)
    assert [finding.nearest for finding in bad.value.findings] == ["A", "L1"]


def test_without_cases_and_battery_there_is_nothing_to_tell():
    found = stress(two_and_one(), plan_of(two_and_one()), ONLY_CASES)
    assert all(frame.is_empty() for frame in found.frames.values())
    assert found.stress.schema == empty_frame("stress").schema
    assert found.sentences == ()


@pytest.mark.parametrize("wrong", [{"together": 0}, {"threshold": 0.0}, {"orders": 1}, {"draws": 0}])
def test_options_that_make_no_sense(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        StressOptions(**wrong)
    assert dataclasses.replace(ONLY_CASES, together=2).together == 2
