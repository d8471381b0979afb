"""The order of battle: worked out by hand, and what must hold for any."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.structure.small_force import HORIZON, TOURS, frames, scenario

from contingent.errors import BadScenario
from contingent.model.mandate import Task
from contingent.model.rows import Offer, Requirement
from contingent.model.structure import Formation
from contingent.plan.columns import COLUMNS, frame
from contingent.plan.measures import people_by_day, performed
from contingent.structure import Orbat, as_text, build_orbat, differences, faults_of_formations, orbat_at, read_orbat


def built(chosen=TOURS, **changes) -> Orbat:
    case = scenario(**changes)
    return build_orbat(case, *frames(case, chosen), None)


def formation(orbat: Orbat, name: str) -> dict:
    return orbat.formations.row(by_predicate=pl.col("formation") == name, named=True)


def nations_of(orbat: Orbat, name: str, line: str, day: int) -> list[str]:
    rows = orbat.orbat.filter((pl.col("formation") == name) & (pl.col("line") == line))
    return sorted(rows.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))["nation"])


# ------------------------------------------------------------------------------------------------------------------- by hand


def test_frames_have_the_columns_of_a_plan():
    orbat = built()
    assert dict(orbat.formations.schema) == COLUMNS["formations"]
    assert dict(orbat.orbat.schema) == COLUMNS["orbat"]


def test_each_brigade_takes_the_battlegroups_of_the_nation_that_holds_its_headquarters():
    """The French pair joins 2 Brigade, which the French lead; then the British pair stays in 1 Brigade, the French one in 2."""
    orbat = built()
    assert nations_of(orbat, "1 Brigade", "L1", 0) == ["GBR", "GBR"]
    assert nations_of(orbat, "2 Brigade", "L1", 0) == ["FRA", "FRA"]
    assert nations_of(orbat, "1 Brigade", "L1", 180) == ["GBR", "GBR"]
    assert nations_of(orbat, "2 Brigade", "L1", 180) == ["FRA"]
    (spread,) = orbat.spreads
    assert (spread.method, spread.status, spread.uneven) == ("exact", "optimal", 1.0)
    # 2 Brigade is French throughout; 1 Brigade is British throughout, and has a French staff in the second half.
    assert spread.nation_days == spread.nation_days_bound == 360 + 360 + 180


def test_lines_hang_by_headquarters_by_name_by_component_and_at_the_top():
    case = scenario()
    orbat = built(requirements=(*case.requirements, Requirement(line="L4", capability="guns", quantity=1, location="Base")))
    rule = {(row["formation"], row["line"]): row["rule"] for row in orbat.posts.iter_rows(named=True)}
    assert rule["Force", "HQ0"] == rule["Division", "HQ3"] == rule["1 Brigade", "HQ1"] == "headquarters"
    assert rule["1 Brigade", "L1"] == rule["2 Brigade", "L1"] == rule["2 Brigade", "L2"] == "named"
    assert rule["Air", "L3"] == "component"
    assert rule["Division", "L4"] == "component"


def test_a_line_that_names_no_formation_goes_to_the_sector_in_which_it_lies():
    case = scenario()
    lines = tuple(
        line.model_copy(update={"formation": "Nowhere"}) if line.line in ("L1", "L2") else line for line in case.requirements)
    orbat = built(requirements=lines)
    rule = {(row["formation"], row["line"]): row["rule"] for row in orbat.posts.iter_rows(named=True)}
    assert rule["1 Brigade", "L1"] == rule["2 Brigade", "L1"] == rule["2 Brigade", "L2"] == "place"
    assert [fault.severity for fault in faults_of_formations(scenario(requirements=lines))] == ["warning", "warning"]


def test_a_line_of_logistics_goes_to_the_support_command():
    case = scenario()
    line = Requirement(line="L4", capability="guns", quantity=1, location="Town", mandate="SUPPLY")
    task = Task(task="SUPPLY", title="Supply", method="logistics")
    support = Formation(formation="Support", parent="Force", echelon="component command", component="support")
    orbat = built(requirements=(*case.requirements, line), tasks=(task,), formations=(*case.formations, support))
    assert orbat.posts.filter(pl.col("line") == "L4").select("formation", "rule").rows() == [("Support", "support")]
    without = built(requirements=(*case.requirements, line), tasks=(task,))
    assert without.posts.filter(pl.col("line") == "L4").select("formation", "rule").rows() == [("Division", "place")]


def test_one_battery_stays_with_the_division_and_two_go_to_its_brigades():
    case = scenario()
    for quantity, where in ((1, ["Division"]), (2, ["2 Brigade", "1 Brigade"])):
        line = Requirement(line="L4", capability="guns", quantity=quantity, location="Town", formation="Division")
        orbat = built(requirements=(*case.requirements, line))
        assert orbat.posts.filter(pl.col("line") == "L4")["formation"].to_list() == where


def test_brigades_under_divisions_share_the_lines_of_what_stands_above_both():
    case = scenario()
    rows = [row.model_copy(update={"parent": "Second"}) if row.formation == "2 Brigade" else row for row in case.formations]
    rows.append(Formation(formation="Second", parent="Force", echelon="division"))
    lines = tuple(line.model_copy(update={"formation": "Force"}) if line.line == "L1" else line for line in case.requirements)
    orbat = built(formations=tuple(rows), requirements=lines)
    assert set(orbat.posts.filter(pl.col("line") == "L1")["formation"]) == {"1 Brigade", "2 Brigade"}
    assert nations_of(orbat, "1 Brigade", "L1", 0) == ["GBR", "GBR"]


def test_framework_nation_is_the_largest_contributor_that_may_hold_the_headquarters():
    orbat = built()
    # 1 Brigade: British 200 * 180 + 4 * 800 * 180, French 200 * 180.
    first = formation(orbat, "1 Brigade")
    assert (first["framework_nation"], first["framework_share"], first["headquarters_fill"]) == ("GBR", 0.5, 1.0)
    assert first["framework_rule"] == (
        "largest contributor of those that may hold its headquarters throughout: 612,000 person-days")
    assert formation(orbat, "2 Brigade")["framework_nation"] == "FRA"
    assert formation(orbat, "Division")["framework_nation"] == "FRA"  # the British hold nothing of its headquarters


def test_a_caveat_against_the_place_keeps_a_nation_from_being_framework():
    offers = tuple(
        offer.model_copy(update={"excluded_locations": ("North",)}) if offer.offer == "GBR-staff" else offer
        for offer in scenario().offers)
    first = formation(built(offers=offers), "1 Brigade")
    assert first["framework_nation"] == "FRA"
    assert first["framework_rule"].endswith("36,000 person-days; not GBR, which rules out North (HQ1)")


def test_nobody_is_framework_where_nobody_can_be():
    offers = tuple(
        offer.model_copy(update={"until_day": 340}) if offer.unit_type == "staff" else offer for offer in scenario().offers)
    first = formation(built(offers=offers), "1 Brigade")
    assert (first["framework_nation"], first["framework_share"]) == (None, None)
    assert first["framework_rule"] == (
        "no nation that holds its headquarters may hold it throughout; not GBR, whose offer ends on day 340 (HQ1); "
        "not FRA, whose offer ends on day 340 (HQ1)")
    top = formation(built(), "Force")
    assert (top["framework_nation"], top["framework_rule"], top["headquarters_fill"]) == (
        None, "no nation holds its headquarters", 0.0)
    assert formation(built(), "Air")["framework_rule"] == "it has no headquarters line"
    assert formation(built(), "Air")["headquarters_fill"] is None


def test_the_planner_pins_a_framework_nation():
    rows = tuple(
        row.model_copy(update={"framework_nation": "FRA"}) if row.formation == "1 Brigade" else row
        for row in scenario().formations)
    first = formation(built(formations=rows), "1 Brigade")
    assert (first["framework_nation"], first["framework_rule"], first["framework_share"]) == ("FRA", "pinned by the planner", 0.5)


def test_nations_battlegroups_and_people():
    orbat = built()
    second = formation(orbat, "2 Brigade")
    # Two French battlegroups and one of three Danish and one Estonian company; later one French and half a Danish one.
    assert (second["nations"], second["battlegroups"]) == (3, 3)
    assert second["nations_per_battlegroup"] == pytest.approx((180 * 4 + 180 * 2) / (180 * 3 + 180 * 2))
    assert second["nation_list"] == "DNK:900;FRA:900;EST:180"
    assert second["people_peak"] == 200 + 2 * 800 + 4 * 150
    assert formation(orbat, "Force")["people_peak"] == 3 * 200 + 4 * 800 + 4 * 150 + 100
    assert formation(orbat, "1 Brigade")["nations_per_battlegroup"] == 1.0


def test_units_that_states_own_together_are_no_nation():
    case = scenario()
    line = Requirement(line="L4", capability="guns", quantity=1, location="Base", formation="Air")
    orbat = built((*TOURS, ("NAT-battery", "L4", 0)), requirements=(*case.requirements, line))
    assert formation(orbat, "Air")["nations"] == 1
    assert formation(orbat, "Air")["nation_list"] == "NAT:180;POL:180"


def test_a_headquarters_line_of_several_brigades_is_shared_by_them():
    case = scenario()
    rows = tuple(
        row.model_copy(update={"headquarters": ("HQ1",)}) if row.echelon == "brigade" else row for row in case.formations)
    lines = tuple(line.model_copy(update={"quantity": 2}) if line.line == "HQ1" else line for line in case.requirements)
    tours = (("FRA-staff", "HQ1", 0), ("GBR-staff", "HQ1", 0), ("FRA-staff", "HQ1", 180))
    orbat = built(tours, formations=rows, requirements=lines)
    fills = {name: formation(orbat, name)["headquarters_fill"] for name in ("1 Brigade", "2 Brigade")}
    assert sorted(fills.values()) == [0.5, 1.0]
    held = max(fills, key=lambda name: fills[name])
    assert (formation(orbat, held)["framework_nation"], formation(orbat, held)["framework_share"]) == ("FRA", 1.0)


def test_symbols_are_made_where_there_is_none():
    orbat = built()
    assert formation(orbat, "1 Brigade")["symbol"] == "10031000181210000000"
    assert formation(orbat, "Division")["symbol"] == "10031000211210000000"


def test_without_formations_all_hangs_under_one_force():
    orbat = built(formations=())
    assert orbat.formations["formation"].to_list() == ["Force"]
    assert set(orbat.orbat["formation"]) == {"Force"}
    assert orbat.orbat.height == len(TOURS)


def test_several_tops_get_one_above_them():
    rows = tuple(row.model_copy(update={"parent": None}) for row in scenario().formations if row.formation != "Force")
    lines = tuple(line for line in scenario().requirements if line.line != "HQ0")
    orbat = built(formations=rows, requirements=lines)
    assert orbat.formations["formation"][0] == "Force"
    assert set(orbat.formations["parent"]) == {None, "Force"}


def test_formations_of_another_option_are_passed_over():
    rows = tuple(
        row.model_copy(update={"option": ("large",)}) if row.formation == "Division" else row for row in scenario().formations)
    case = scenario(formations=rows)
    orbat = build_orbat(case, *frames(case, option="small"), "small")
    assert "Division" not in orbat.formations["formation"].to_list()
    assert formation(orbat, "1 Brigade")["parent"] == "Force"


def test_circles_and_unknown_names_are_refused_in_one_go():
    rows = (
        Formation(formation="A", parent="B", echelon="division"),
        Formation(formation="B", parent="A", echelon="brigade"),
        Formation(formation="C", parent="Forse", echelon="brigade", headquarters=("HQ9",)),
    )
    case = scenario(formations=rows)
    with pytest.raises(BadScenario) as refused:
        build_orbat(case, *frames(case), None)
    assert [finding.what for finding in refused.value.findings] == [
        "'C' stands under 'Forse', which is not a formation of this scenario.",
        "the formations stand under one another in a circle: A under B under A.",
        "'HQ9', headquarters of 'C', is not a line of this scenario.",
    ]


def test_a_pin_that_cannot_be_kept_is_a_warning():
    rows = tuple(
        row.model_copy(update={"framework_nation": "POL"}) if row.formation == "1 Brigade" else row
        for row in scenario().formations)
    (fault,) = faults_of_formations(scenario(formations=rows))
    assert (fault.severity, fault.column) == ("warning", "framework_nation")


# ------------------------------------------------------------------------------------------------------------- on a day


def test_the_tree_on_a_day_shows_units_and_unfilled_posts():
    tree = orbat_at(built(), 200)
    nodes = {node.key: node for node in tree.walk()}
    second = nodes["2 Brigade"]
    assert (second.nation, second.people) == ("FRA", 200 + 800 + 2 * 150)
    # L1 lacks one battlegroup, in the brigade that has one; L2 lacks half of one; the force headquarters is nobody's.
    assert [(node.key, node.gap) for node in second.walk() if node.kind == "gap"] == [("L1/gap 1", 1.0), ("L2/gap 1", 0.5)]
    assert nodes["HQ0/gap 1"].headquarters
    assert nodes["L1/gap 1"].symbol == "10031010161211020000"
    assert nodes["L2/1"].nation == "DNK"
    assert (tree.filled, tree.gap) == (3 + 3 + 0.5, 1 + 1 + 0.5 + 1)


def test_companies_of_two_nations_make_one_battlegroup():
    nodes = {node.key: node for node in orbat_at(built(), 0).walk()}
    assert nodes["L2/1"].nation == "DNK/EST"
    assert (nodes["L2/1"].people, nodes["L2/1"].filled, len(nodes["L2/1"].children)) == (600, 1.0, 4)


def test_the_tree_as_text():
    text = as_text(orbat_at(built(), 200))
    assert text.splitlines()[:3] == [
        "Force, force, framework nation none, 3,300 people, 3.5 units missing",
        "  [gap] Staff (HQ0)",
        "  Division, division, framework nation FRA, 3,300 people, 1.5 units missing",
    ]
    assert "      Battlegroup of Battlegroup, DNK, 300 people, line L2" in text.splitlines()


def test_what_differs_between_two_days():
    found = differences(built(), 0, 200).select("formation", "unit", "change", "other").rows()
    assert ("1 Brigade", "GBR-staff-1", "relieved by", "FRA-staff-4") in found or any(
        row[:1] + row[2:3] == ("1 Brigade", "relieved by") and row[1] == "GBR-staff-1" for row in found)
    assert ("Air", "POL-fighters-1", "left", None) in found
    left = [row for row in found if row[2] == "left"]
    # One French battlegroup, two companies and the fighters leave without relief; nobody comes but to relieve.
    assert len(left) == 1 + 2 + 1
    assert not [row for row in found if row[2] in ("arrived", "moved")]
    same = {row[1].split("-")[0] == row[3].split("-")[0] for row in found if row[2] == "relieved by" and "battlegroup" in row[1]}
    assert same == {True}


def test_backwards_what_left_has_arrived():
    orbat = built()
    assert differences(orbat, 0, 0).is_empty()
    assert "arrived" in set(differences(orbat, 200, 0)["change"])


def test_a_unit_that_serves_elsewhere_has_moved():
    case = scenario()
    tours, coverage = frames(case, (("GBR-battlegroup", "L2", 0), ("GBR-battlegroup", "L1", 180)))
    tours = tours.with_columns(unit=pl.lit("GBR-battlegroup-1"))
    moved = differences(build_orbat(case, tours, coverage, None), 0, 200).row(0, named=True)
    assert (moved["unit"], moved["change"], moved["other"]) == ("GBR-battlegroup-1", "moved", "2 Brigade")


# ----------------------------------------------------------------------------------------------------------- what must hold

starts = st.lists(
    st.tuples(
        st.sampled_from([("FRA-staff", "HQ1"), ("GBR-staff", "HQ3"), ("FRA-battlegroup", "L1"), ("GBR-battlegroup", "L1"),
                         ("DNK-company", "L1"), ("EST-company", "L2"), ("POL-fighters", "L3")]),
        st.sampled_from([0, 90, 180, 270])),
    max_size=12).map(lambda rows: tuple((offer, line, day) for (offer, line), day in rows))


@given(starts)
@settings(max_examples=40)
def test_every_tour_hangs_in_one_formation_and_people_add_up(chosen):
    case = scenario()
    tours, coverage = frames(case, chosen)
    orbat = build_orbat(case, tours, coverage, None)
    keys = ["unit", "offer", "line", "from_day", "until_day"]
    assert orbat.orbat.select(keys).sort(keys).equals(tours.select(keys).sort(keys))
    done = performed(case, None, tours)
    expected = people_by_day(done, HORIZON)
    assert formation(orbat, "Force")["people_peak"] == int(expected.max(initial=0))
    for day in (0, 95, 200, 359):
        tree = orbat_at(orbat, day)
        assert tree.people == int(expected[day])
        there = tours.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
        assert sorted(node.key for node in tree.walk() if node.kind == "unit") == sorted(there["unit"])
        serving = there.filter(pl.col("serves_until_day") > day)
        assert tree.filled == pytest.approx(serving["effectiveness"].sum())
        gaps = coverage.filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))["gap"].sum()
        assert tree.gap == pytest.approx(gaps)
        for node in tree.walk():
            if node.children:
                assert node.people == sum(child.people for child in node.children)


@given(starts)
@settings(max_examples=30)
def test_the_brigades_share_evenly(chosen):
    orbat = built(chosen)
    if not any(line == "L1" for _, line, _ in chosen):
        return
    for day in range(0, HORIZON, 45):
        rows = orbat.units.filter(
            (pl.col("line") == "L1") & (pl.col("from_day") <= day) & (pl.col("serves_until_day") > day))
        sums = [rows.filter(pl.col("formation") == name)["effectiveness"].sum() for name in ("1 Brigade", "2 Brigade")]
        (spread,) = orbat.spreads
        assert abs(sums[0] - sums[1]) <= max(1.0, spread.uneven) + 1e-9


@given(starts)
@settings(max_examples=20)
def test_the_same_plan_in_any_order_gives_the_same_and_reading_it_back_too(chosen):
    case = scenario()
    tours, coverage = frames(case, chosen)
    orbat = build_orbat(case, tours, coverage, None)
    again = build_orbat(case, tours.reverse(), coverage, None)
    assert orbat.formations.equals(again.formations)
    assert orbat.orbat.equals(again.orbat)
    read = read_orbat(case, orbat.orbat, tours, coverage, None)
    assert read.formations.equals(orbat.formations)
    assert read.units.equals(orbat.units)
    assert orbat_at(read, 100) == orbat_at(orbat, 100)


def test_an_offer_that_never_goes_changes_nothing():
    offers = (*scenario().offers, Offer(offer="POL-battery", nation="POL", unit_type="battery", quantity=3))
    one, other = built(), built(offers=offers)
    assert one.formations.equals(other.formations)
    assert one.orbat.equals(other.orbat)


def test_an_order_of_battle_of_another_plan_is_refused():
    case = scenario()
    with pytest.raises(ValueError, match="of another plan"):
        read_orbat(case, frame("orbat", []), *frames(case), None)
