"""Whatever is sent over a random network, its tables keep the promises of `contingent.plan.verify.way`."""

from hypothesis import given, settings
from tests.deployment.test_sending import everybody, problems
from tests.plan import hand_made

from contingent.deployment.frames import flows, utilisation
from contingent.deployment.legs import movement_frames
from contingent.deployment.schedule import orders_of
from contingent.plan.verify import way, way_counted
from contingent.plan.verify.facts import facts_of

OF_TOURS = {
    way.every_tour_moves, way.parts_add_up, way.nobody_sets_out_early, way_counted.closure_told, way_counted.arrivals_told
}  # fmt: skip
"""What is held against tours and offers, which parts of a test do not have."""


@settings(max_examples=60)
@given(problems())
def test_tables_of_random_schedules_keep_their_promises(problem):
    schedule, among = everybody(problem)
    if len(among):
        schedule.best_list(among, orders_of(problem, among))
        schedule.improve(among, rounds=20, seed=0)
    sent = schedule.sent()
    frames = movement_frames(sent)
    frames |= {
        "utilisation": utilisation(sent), "flows": flows(problem.scenario, frames["movements"], frames["legs"])
    }
    facts = facts_of(problem.scenario, hand_made.plan(**frames, tours=hand_made.plan().tours.clear()))
    for promise in (*way.PROMISES, *way_counted.PROMISES):
        if promise not in OF_TOURS:
            assert [finding.what for finding in promise(facts)] == []
