"""Aid beside the force: the same status, with what the two have to do with one another."""

import pytest

from contingent import AidOptions, StressOptions, assess_aid, read_scenario, stress
from contingent.aid.status import STATUS_FRAMES
from contingent.errors import BadPlan
from contingent.model.chance import Case
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan


@pytest.fixture(scope="module")
def made(small_force: tuple[Scenario, Plan]) -> tuple[Scenario, Plan]:
    return read_scenario("reassurance"), small_force[1]


def test_without_a_plan_nothing_is_said_of_the_force(made: tuple[Scenario, Plan]) -> None:
    status = assess_aid(made[0])
    assert {name: dict(frame.schema) for name, frame in status.frames.items()} == STATUS_FRAMES
    assert status.frames["competition"].is_empty()
    assert status.frames["adequacy"].is_empty()


def test_beside_the_plan_it_says_what_the_plan_says(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    status = assess_aid(scenario, plan)
    assert status.frames["competition"].equals(plan.aid_competition)
    assert status.frames["adequacy"].equals(plan.adequacy)


def test_where_donors_stop_the_host_waits_longer(made: tuple[Scenario, Plan]) -> None:
    scenario, plan = made
    late = scenario.incursions[0].model_copy(update={"day": 700})
    case = scenario.model_copy(update={"incursions": (late,)})
    donors = tuple(sorted({pledge.donor for pledge in scenario.pledges}))
    promised, stopped = assess_aid(case, plan), assess_aid(case, plan, AidOptions(stopped=donors))
    assert stopped.frames["adequacy"]["host_by_aid"].sum() == 0
    assert promised.frames["adequacy"]["host_by_aid"].sum() > 0
    assert stopped.frames["adequacy"]["total"].to_list()[-1] < promised.frames["adequacy"]["total"].to_list()[-1]


def test_a_donor_that_withdraws_may_take_its_aid_with_it(made: tuple[Scenario, Plan]) -> None:
    """Every tank and every infantry fighting vehicle that is open is German or Danish: without both nobody is equipped."""
    scenario, plan = made
    equipped = plan.aid_formations.filter(plan.aid_formations["equipped_day"].is_not_null())["formation"].to_list()
    assert equipped
    leaves = Case.model_validate({"case": "both", "kind": "nation_withdraws", "nations": ["DEU", "DNK"], "from_day": 0})
    french = Case.model_validate({"case": "french", "kind": "nation_withdraws", "nations": ["FRA"], "from_day": 0})
    found = stress(scenario.model_copy(update={"cases": (leaves, french)}), plan, StressOptions(battery=False)).sentences
    assert f"give no more aid either, no longer foreseen to be equipped: {', '.join(equipped)}." in found[-1]
    assert sum("no more aid" in sentence for sentence in found) == 1


def test_a_plan_of_another_force_is_refused(made: tuple[Scenario, Plan]) -> None:
    with pytest.raises(BadPlan) as refused:
        assess_aid(read_scenario("tiny"), made[1])
    assert refused.value.findings[0].column == "unit_type"
