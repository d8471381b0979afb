"""MARATHON's rules, each on a project that can be worked by hand."""

from dataclasses import replace

import polars as pl
import pytest
from tests.simulation.marathon.hand_made import ONE_TO_TWO, demand, project, unit

from contingent.errors import BadScenario, UnknownName
from contingent.simulation.marathon import MarathonProject, MarathonRun, run
from contingent.simulation.marathon.cycles import cycle_of
from contingent.simulation.marathon.hash_order import hash_of, hash_order
from contingent.simulation.marathon.java_random import JavaRandom
from contingent.simulation.marathon.project import INFINITE, Parameters, Period, Policy, Relation, Schedule, Supply
from contingent.simulation.marathon.scope import feasible_types
from contingent.simulation.marathon.summary import caveats, fill_by_type


def sent(found: MarathonRun, *columns: str) -> list[tuple[object, ...]]:
    return found.deployments.select("t", "unit", *columns).rows()


# ------------------------------------------------------------------------------------------------------ cycle and rotation


def test_one_unit_leaves_on_day_730_overlaps_45_days_and_comes_again_after_1095() -> None:
    found = run(project(unit(0), demand(1, 2400)))
    assert sent(found) == [(730, "1_A_AC"), (1825, "1_A_AC")]
    fill = found.demand_fill.filter(pl.col("assigned") != "")["t"].to_list()
    over = found.demand_fill.filter(pl.col("overlapping") != "")["t"].to_list()
    assert (fill, over) == ([730, 1825], [1050, 2145])
    assert fill_by_type(found).select("required", "filled", "overlapping").row(0) == (2400, 640, 90)


def test_the_relief_comes_on_the_first_day_of_overlap() -> None:
    """The post counts as empty while the old unit overlaps, so it is filled on the very day on which the overlap begins."""
    found = run(project(unit(729), unit(729), demand(1, 600)))
    assert [row[0] for row in sent(found)] == [1, 321]


def test_the_longest_at_home_goes_first_and_the_smaller_tie_weight_among_equals() -> None:
    rows = (unit(800), unit(900), unit(900), demand(1, 10))
    first, second = (run(project(*rows), tie_weights={"2_A_AC": weight, "3_A_AC": 5.0}) for weight in (1.0, 9.0))
    assert sent(first) == [(1, "2_A_AC")]
    assert sent(second) == [(1, "3_A_AC")]


def test_a_cut_within_a_position_opens_the_window_on_that_very_day() -> None:
    policy = replace(ONE_TO_TWO, start_deployable=500, stop_deployable=600)
    assert sent(run(project(unit(0), demand(1, 700), policies=(policy,)))) == [(500, "1_A_AC")]
    assert sent(run(project(unit(599), demand(1, 700), policies=(policy,)))) == []  # on day 1 it stands on cycle day 600
    assert sent(run(project(unit(598), demand(1, 700), policies=(policy,)))) == [(1, "1_A_AC")]


def test_only_reserve_templates_demobilise() -> None:
    policy = Policy("R", "RC12", 1095, 0, 270, 730, 1095, 45, 0)
    found = run(project(unit(730, component="AC", policy="R"), demand(1, 1500), policies=(policy,)))
    trace = found.trace().filter(pl.col("state") == "demobilizing")
    assert trace["t"].min() == 1 + 270  # 225 days on task, 45 in overlap, then 95 days of demobilisation
    assert found.trace().filter((pl.col("position") == "Reset") & (pl.col("cycletime") == 0))["t"].min() == 1 + 270 + 95


# ------------------------------------------------------------------------------------------------ ends of demands, periods


@pytest.mark.parametrize(("recovery", "again"), [(0, True), (84, True), (85, False)])
def test_recovery_takes_no_time_but_may_end_the_cycle(recovery: int, *, again: bool) -> None:
    """Withdrawn on day 11 with cycle day 1010: it returns at once where 1010 + recovery is less than 1095."""
    policy = replace(ONE_TO_TWO, recovery=recovery)
    found = run(project(unit(999), demand(1, 10), demand(11, 10, vignette="W"), policies=(policy,)))
    assert sent(found) == [(1, "1_A_AC"), (11, "1_A_AC")][: 1 + again]


def test_a_follow_on_goes_to_its_group_before_anybody_else() -> None:
    """The unit that comes out of G on day 11 is taken before one that is longer at home, and has 355 days left."""
    rows = (unit(760), unit(750), demand(1, 10, demand_group="G"), demand(11, 10, vignette="W", demand_group="G"))
    assert sent(run(project(*rows)), "follow_on", "bog_budget", "deployment_count") == [
        (1, "1_A_AC", False, 365, 1), (11, "1_A_AC", True, 355, 2),
    ]  # fmt: skip


def test_units_ungrouped_are_at_once_at_home_and_may_go_again() -> None:
    rows = (unit(760), demand(1, 10), demand(11, 10, vignette="W"))
    assert sent(run(project(*rows)), "follow_on") == [(1, "1_A_AC", False), (11, "1_A_AC", False)]


def test_a_period_takes_a_unit_to_the_same_share_of_its_new_cycle() -> None:
    """On cycle day 365 of 1,095, a third: 333,333 millionths of 1,825 are day 608 of the new cycle, not 608.33."""
    other = Policy("AC14", "AC14", 1825, 0, 365, 1460, 1825, 45, 90)
    schedule = Schedule("S", (("PreSurge", "AC12"), ("Surge", "AC14")))
    periods = (Period("Initialization", 0, 0), Period("PreSurge", 1, 364), Period("Surge", 365))
    made = project(unit(0, policy="S"), demand(1, 900), policies=(ONE_TO_TWO, other), schedules=(schedule,), periods=periods)
    found = run(made)
    changed = found.trace().filter(pl.col("t") == 365).row(0, named=True)
    assert (changed["cycletime"], changed["position"], changed["dwell"], changed["atomic_policy"]) == (608, "Train", 365, "AC14")
    assert 365 + 122 in found.days.tolist()  # 730 - 608 = 122 days are left of Train


# --------------------------------------------------------------------------------------------------------- start and scope


def test_like_units_are_spread_over_the_cycle_and_single_ones_stay_where_they_are() -> None:
    found = run(project(Supply("A", "AC", 3, "AC12"), unit(300), demand(1, 10)))
    assert found.units["cycletime"].to_list() == [0, 365, 730, 300]
    assert found.units["unit"].to_list() == ["1_A_AC", "2_A_AC", "3_A_AC", "4_A_AC"]


def test_cycles_without_end_are_spread_over_the_expected_dwell_or_1095_days() -> None:
    for dwell, starts in ((1000, [0, 500]), (INFINITE, [0, 547])):
        policy = Policy("M", "MaxUtilization", dwell, 0, 365, 0, INFINITE, 45, 0)
        found = run(project(Supply("A", "AC", 2, "M"), demand(1, 10), policies=(policy,)))
        assert found.units["cycletime"].to_list() == starts


def test_prefill_counts_days_as_used() -> None:
    """A unit on day 973 of 1,095: 365 - (1095 - (973 - 46)) = 197 days are used, so 168 are left and 123 of them before its
    overlap."""
    found = run(project(unit(973), demand(1, 400), parameters=Parameters(5001, prefill=True)))
    assert sent(found, "bog_budget") == [(1, "1_A_AC", 168)]
    assert found.demand_fill.filter(pl.col("overlapping") != "")["t"].min() == 1 + 123


def test_what_nobody_can_serve_is_not_missed() -> None:
    found = run(project(unit(800), unit(800, src="Z"), demand(1, 10), demand(1, 10, src="Q")))
    assert found.scope.filter(~pl.col("in_scope")).select("src", "kind").rows() == [("Z", "supply"), ("Q", "demand")]
    assert found.units["unit"].to_list() == ["1_A_AC"]
    assert found.demand_fill["demand"].unique().to_list() == ["1_V_A_[1...11]"]


def test_a_second_demand_of_the_same_name_is_dropped() -> None:
    found = run(project(unit(800), unit(801), demand(1, 10), demand(1, 10, quantity=2)))
    assert sent(found) == [(1, "2_A_AC")]
    (note,) = found.prepared.project.notes
    assert note.severity == "warning"
    assert "1_V_A_[1...11]" in note.what


def test_donors_are_ranked_by_the_cheapest_path() -> None:
    costs = (("B", "A", 5.0), ("C", "A", 1.0), ("B", "C", 3.0))
    relations = [*(Relation("sub", *way) for way in costs), Relation("equivalence", "D", "A")]
    assert feasible_types(["A"], ["B", "C", "D"], relations) == {"A": (("D", 0), ("C", 1), ("B", 2))}


def test_a_run_without_anything_in_scope_is_empty() -> None:
    found = run(project(unit(800, src="Z"), demand(1, 10)))
    assert (found.deployments.height, found.demand_fill.height, found.units.height, found.trace().height) == (0, 0, 0, 0)
    assert found.trends.height == found.locations.height == fill_by_type(found).height == 0


# ---------------------------------------------------------------------------------------------------- order and exceptions


def test_types_are_served_in_the_order_given() -> None:
    """The one unit of B goes to whichever type is served first."""
    rows = (unit(800, src="B"), demand(1, 10), demand(1, 10, src="B"))
    relation = (Relation("sub", "B", "A"),)
    for order, name in ((("A", "B"), "1_V_A_[1...11]"), (("B", "A"), "1_V_B_[1...11]"), (None, "1_V_B_[1...11]")):
        found = run(project(*rows, relations=relation), src_order=order)
        assert found.deployments["demand"].to_list() == [name]
        assert "src_order" in caveats(found)[0]
    with pytest.raises(UnknownName, match="Nearest"):
        run(project(*rows, relations=relation), src_order=["b"])


def test_hashes_are_those_of_murmur3_and_java() -> None:
    """MurmurHash3 of four bytes has published values; Java's hash of these two texts is famously the same."""
    from contingent.simulation.marathon.hash_order import _mixed

    assert _mixed(int.from_bytes(b"test", "little")) == 0xBA6BD213
    assert hash_of("Aa") == hash_of("BB")
    assert hash_order(["Aa", "BB"]) == ["Aa", "BB"]
    assert hash_order(["BB", "Aa"]) == ["BB", "Aa"]


def test_random_numbers_are_javas() -> None:
    """Values of java.util.Random as its users know them."""
    chance = JavaRandom(42)
    assert [chance.next_long() for _ in range(2)] == [-5025562857975149833, -5843495416241995736]
    assert JavaRandom(0).next_double() == 0.730967787376657
    assert JavaRandom(42).next_double() == 0.7275636800328681


def test_segments_cover_the_cycle_without_gaps() -> None:
    for start, stop in ((0, 1095), (182, 500), (500, 501), (730, 1095), (1095, 2000), (300, 300)):
        cycle = cycle_of(replace(ONE_TO_TWO, start_deployable=start, stop_deployable=stop))
        ends = [0, *(segment.ends for segment in cycle.segments)]
        assert [segment.begins for segment in cycle.segments] == ends[:-1]
        assert ends[-1] == cycle.length
        open_days = sum(segment.ends - segment.begins for segment in cycle.segments if segment.is_deployable)
        assert open_days == max(min(stop, 1095) - min(start, 1095), 0)


def test_a_negative_last_day_is_refused() -> None:
    with pytest.raises(ValueError, match="at least day 0"):
        run(project(unit(0), demand(1, 10)), days=-1)


def test_the_last_day_ends_a_run_early() -> None:
    found = run(project(unit(0), demand(1, 2400)), days=731)
    assert found.days.tolist() == [0, 1, 182, 365, 730, 731]


def test_hand_made_projects_are_checked_too() -> None:
    with pytest.raises(BadScenario) as caught:
        run(project(unit(0, policy="AC21"), demand(1, 10, source_first="Unifrom")))
    assert {finding.nearest for finding in caught.value.findings} == {"AC12", "uniform"}


# ------------------------------------------------------------------------------------- how many units hold a post: the table


def holds(posts: int, units: int, *, prefill: bool) -> bool:
    """Whether every post has a unit assigned to it on every day of 5,001: one in overlap does not hold it."""
    made: MarathonProject = project(
        Supply("A", "AC", units, "AC12"), demand(1, 5000, quantity=posts), parameters=Parameters(5001, prefill)
    )
    found = fill_by_type(run(made))
    return bool((found["filled"] == found["required"]).all())


@pytest.mark.parametrize(
    ("posts", "prefill", "needed"),
    [(1, False, 4), (4, False, 24), (10, False, 58), (1, True, 4), (4, True, 14), (10, True, 35)],
)
def test_units_needed_to_hold_posts_without_a_hole(posts: int, needed: int, *, prefill: bool) -> None:
    """Greedy filling makes cohorts that leave and come back together: 58 units hold what 35 would, staggered from the start."""
    assert holds(posts, needed, prefill=prefill)
    assert not any(holds(posts, units, prefill=prefill) for units in range(posts, needed))
