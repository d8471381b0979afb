"""Re-subordination laid on the order of battle: by hand, and held against a graph library for any attachments."""

import networkx as nx
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.structure.small_force import frames, scenario

from contingent.errors import BadScenario
from contingent.model.structure import Attachment
from contingent.structure import Node, Orbat, as_text, build_orbat, differences, faults_of_attachments, orbat_at, read_orbat


def built(*attachments: Attachment, **changes) -> Orbat:
    case = scenario(attachments=attachments, **changes)
    tours, coverage = frames(case)
    return build_orbat(case, named(tours), coverage, None)


def named(tours: pl.DataFrame) -> pl.DataFrame:
    """Tours of units that are named as plans name them: FRA-battlegroup#1."""
    return tours.with_columns(unit=pl.col("offer") + "#" + pl.col("unit").str.split("-").list.last())


def nodes_of(orbat: Orbat, day: int) -> dict[str, Node]:
    return {node.key: node for node in orbat_at(orbat, day).walk()}


def parents_of(tree: Node) -> dict[str, str]:
    return {child.key: node.key for node in tree.walk() for child in node.children if node.kind == "formation"}


FRENCH = "FRA-battlegroup#1"
"""A French battlegroup of 800 that serves L1 under 2 Brigade from day 0 to day 180."""


def move(name: str = "A1", **cells) -> Attachment:
    return Attachment(attachment=name, **cells)


# ------------------------------------------------------------------------------------------------------------------- by hand


def test_a_unit_stands_under_its_new_headquarters_on_the_days_of_its_row_and_no_others():
    orbat = built(move(offer="FRA-battlegroup", number=1, under="1 Brigade", relation="TACON", from_day=30, until_day=120))
    plain = built()
    assert parents_of(orbat_at(plain, 60))[FRENCH] == "2 Brigade"
    for day, under in ((29, "2 Brigade"), (30, "1 Brigade"), (119, "1 Brigade"), (120, "2 Brigade")):
        assert parents_of(orbat_at(orbat, day))[FRENCH] == under, day
    assert orbat_at(orbat, 29) == orbat_at(plain, 29)
    bond = nodes_of(orbat, 30)[FRENCH].bond
    assert bond is not None
    assert (bond.attachment, bond.relation, bond.organic, bond.from_day, bond.until_day) == ("A1", "TACON", "2 Brigade", 30, 120)


def test_both_formations_count_the_unit_and_tell_their_organic_strength():
    """2 Brigade: staff 200, two battlegroups of 800, four companies of 150; one battlegroup goes to 1 Brigade, which has two."""
    nodes = nodes_of(built(move(offer="FRA-battlegroup", number=1, under="1 Brigade")), 0)
    first, second = nodes["1 Brigade"], nodes["2 Brigade"]
    assert (second.people, second.attached, second.detached, second.organic_people) == (1600, 0, 800, 2400)
    assert (first.people, first.attached, first.detached, first.organic_people) == (2600, 800, 0, 1800)
    assert (first.filled, second.filled) == (1 + 3, 1 + 2 - 1 + 1)
    for above in ("Division", "Force"):
        assert (nodes[above].attached, nodes[above].detached) == (0, 0)
        assert nodes[above].people == nodes_of(built(), 0)[above].people
    (away,) = second.away
    assert (away.key, away.people, away.under, away.bond.relation) == (FRENCH, 800, "1 Brigade", "OPCON")


def test_a_brigade_under_another_headquarters_takes_all_below_it_along():
    orbat = built(move(formation="2 Brigade", under="Force", relation="TACON", from_day=10))
    tree, plain = orbat_at(orbat, 10), orbat_at(built(), 10)
    assert parents_of(tree)["2 Brigade"] == "Force"
    nodes, before = {node.key: node for node in tree.walk()}, {node.key: node for node in plain.walk()}
    moved = nodes["2 Brigade"]
    assert (moved.people, moved.relation, moved.nation) == (before["2 Brigade"].people, "TACON", "FRA")
    division = nodes["Division"]
    assert (division.people, division.detached) == (before["Division"].people - moved.people, moved.people)
    assert [away.key for away in division.away] == ["2 Brigade"]
    assert (nodes["Force"].attached, nodes["Force"].detached, tree.people) == (0, 0, plain.people)
    assert {node.key: node.people for node in moved.walk()} == {node.key: node.people for node in before["2 Brigade"].walk()}


def test_a_line_takes_its_empty_posts_along():
    """On day 200 L1 lacks one battlegroup; with the line all of it stands under the air component, each post once."""
    tree = orbat_at(built(move(line="L1", under="Air", from_day=180)), 200)
    air = next(node for node in tree.walk() if node.key == "Air")
    assert [node.key for node in air.children if node.kind == "gap"] == ["L3/gap 1", "L1/gap 1"]
    assert (air.filled, air.gap, air.attached) == (3.0, 1.0 + 1.0, 3 * 800)  # its own line of fighters is empty too
    plain = orbat_at(built(), 200)
    assert (tree.filled, tree.gap, tree.people) == (plain.filled, plain.gap, plain.people)
    assert not [node for node in tree.walk() if node.line == "L1" and parents_of(tree).get(node.key) != "Air"]


def test_the_row_of_a_unit_goes_before_that_of_its_offer_and_that_of_its_line():
    orbat = built(
        move("A1", line="L1", under="Air"), move("A2", offer="FRA-battlegroup", under="Division"),
        move("A3", offer="FRA-battlegroup", number=2, under="Force"),
    )  # fmt: skip
    under = parents_of(orbat_at(orbat, 0))
    assert under["GBR-battlegroup#1"] == under["GBR-battlegroup#2"] == "Air"
    assert (under["FRA-battlegroup#1"], under["FRA-battlegroup#2"]) == ("Division", "Force")


def test_tacon_goes_before_opcon_and_adcon_moves_nobody():
    orbat = built(
        move("A1", offer="FRA-battlegroup", number=1, under="1 Brigade", relation="OPCON"),
        move("A2", offer="FRA-battlegroup", number=1, under="Division", relation="TACON", from_day=20, until_day=40),
        move("A3", offer="FRA-battlegroup", number=2, under="Force", relation="ADCON"),
        move("A4", formation="1 Brigade", under="Force", relation="ADCON"),
    )  # fmt: skip
    for day, under, relation in ((19, "1 Brigade", "OPCON"), (20, "Division", "TACON"), (40, "1 Brigade", "OPCON")):
        node = nodes_of(orbat, day)[FRENCH]
        assert (parents_of(orbat_at(orbat, day))[FRENCH], node.relation) == (under, relation)
    nodes, under = nodes_of(orbat, 0), parents_of(orbat_at(orbat, 0))
    assert (under["FRA-battlegroup#2"], nodes["FRA-battlegroup#2"].administered) == ("2 Brigade", "Force")
    assert (under["1 Brigade"], nodes["1 Brigade"].administered) == ("Division", "Force")


def test_a_headquarters_is_not_moved_without_its_formation():
    rows = (move("A1", line="HQ1", under="Air"), move("A2", offer="GBR-staff", under="Air"))
    orbat = built(*rows)
    assert orbat_at(orbat, 0) == orbat_at(built(), 0)
    (fault,) = faults_of_attachments(scenario(attachments=rows))
    assert (fault.severity, fault.maybe) == ("warning", "move '1 Brigade'")


def test_companies_that_are_parted_make_two_battlegroups_and_no_two_have_one_key():
    tree = orbat_at(built(move(line="L1", under="2 Brigade"), move("A2", offer="DNK-company", number=1, under="1 Brigade")), 0)
    second = next(node for node in tree.walk() if node.key == "2 Brigade")
    keys = [child.key for child in second.children]
    assert len(keys) == len(set(keys))
    assert parents_of(tree)["DNK-company#1"] == "1 Brigade"


def test_companies_that_go_together_are_one_battlegroup_there_each_with_its_relation():
    tree = orbat_at(built(move(line="L2", under="1 Brigade", relation="TACON")), 0)
    (battlegroup,) = (node for node in tree.walk() if node.kind == "battlegroup")
    assert parents_of(tree)[battlegroup.key] == "1 Brigade"
    assert {node.relation for node in battlegroup.walk()} == {"TACON"}


def test_the_tree_as_text_tells_who_came_and_who_went():
    text = as_text(orbat_at(built(move(offer="FRA-battlegroup", number=1, under="1 Brigade", until_day=120)), 0))
    assert "      Battlegroup, FRA, 800 people, line L1, OPCON from 2 Brigade until D+120" in text.splitlines()
    assert "      [detached] Battlegroup, OPCON to 1 Brigade until D+120" in text.splitlines()
    assert "2,400 organic, 0 attached, 800 detached" in text


def test_what_moves_between_two_days_is_told():
    orbat = built(
        move(offer="FRA-battlegroup", number=1, under="1 Brigade", from_day=50), move("A2", formation="Air", under="Division",
        from_day=60))  # fmt: skip
    found = differences(orbat, 40, 70).select("formation", "unit", "change", "other").rows()
    assert found == [("Air", None, "moved", "Force"), ("1 Brigade", FRENCH, "moved", "2 Brigade")]
    assert differences(orbat, 60, 70).is_empty()


def test_the_frames_of_the_plan_and_what_is_read_back_stay_as_they_were_worked_out():
    rows = (move(formation="2 Brigade", under="Force"), move("A2", line="L1", under="Air"))
    moved, plain = built(*rows), built()
    assert moved.formations.equals(plain.formations)
    assert moved.orbat.equals(plain.orbat)
    case = scenario(attachments=rows)
    tours, coverage = frames(case)
    assert orbat_at(read_orbat(case, moved.orbat, named(tours), coverage, None), 0) == orbat_at(moved, 0)


def test_a_plan_without_attachments_has_the_fingerprint_that_it_had():
    case = scenario()
    assert case.fingerprint() == case.model_copy(update={"attachments": ()}).fingerprint()
    assert scenario(attachments=(move(line="L1", under="Air"),)).fingerprint() != case.fingerprint()


def test_attachments_of_another_option_are_passed_over():
    rows = tuple(
        row.model_copy(update={"option": ("large",)}) if row.formation == "Air" else row for row in scenario().formations
    )
    case = scenario(formations=rows, attachments=(move(line="L1", under="Air"),))
    tours, coverage = frames(case, option="small")
    assert build_orbat(case, tours, coverage, "small").attachments == ()


# ------------------------------------------------------------------------------------------------------------------- faults


def test_unknown_names_and_circles_are_refused_in_one_go():
    rows = (
        move("A1", formation="1 Brigde", under="Air"), move("A2", line="L1", under="Aer"), move("A3", offer="FRA", under="Air"),
        move("A4", formation="Division", under="1 Brigade", from_day=30),
    )  # fmt: skip
    with pytest.raises(BadScenario) as refused:
        built(*rows)
    found = [(finding.what, finding.nearest) for finding in refused.value.findings]
    assert found == [
        ("'1 Brigde', which 'A1' names, is not a formation of this scenario.", "1 Brigade"),
        ("'Aer', which 'A2' names, is not a formation of this scenario.", "Air"),
        ("'FRA', which 'A3' names, is not an offer of this scenario.", None),
        ("from day 30 on formations would stand under one another in a circle: Division under 1 Brigade under Division (A4).",
         None),
    ]  # fmt: skip


def test_two_brigades_may_change_places_on_one_day_but_not_stand_under_each_other():
    swapped = (move("A1", formation="1 Brigade", under="Force"), move("A2", formation="Division", under="1 Brigade"))
    assert faults_of_attachments(scenario(attachments=swapped)) == ()
    assert parents_of(orbat_at(built(*swapped), 0))["Division"] == "1 Brigade"
    crossed = (move("A1", formation="1 Brigade", under="2 Brigade", until_day=50), move("A2", formation="2 Brigade",
               under="1 Brigade", from_day=40))  # fmt: skip
    (fault,) = faults_of_attachments(scenario(attachments=crossed))
    assert fault.what.startswith("from day 40 on formations would stand under one another in a circle")
    assert fault.what.endswith("(A1, A2).")
    apart = (crossed[0], crossed[1].model_copy(update={"from_day": 50}))
    assert faults_of_attachments(scenario(attachments=apart)) == ()


def test_a_unit_that_the_offer_does_not_have_is_told():
    (fault,) = faults_of_attachments(scenario(attachments=(move(offer="FRA-battlegroup", number=5, under="Air"),)))
    assert (fault.severity, fault.column) == ("warning", "number")


# ----------------------------------------------------------------------------------------------------------- what must hold

NAMES = ("Force", "Division", "1 Brigade", "2 Brigade", "Air")
days = st.tuples(st.integers(0, 40), st.integers(1, 30) | st.none())
relations = st.sampled_from(["OPCON", "TACON", "ADCON"])
moves_of_formations = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), relations, days)
moves_of_others = st.tuples(
    st.sampled_from([("line", "L1"), ("line", "L2"), ("offer", "FRA-battlegroup"), ("offer", "DNK-company")]),
    st.sampled_from(NAMES), st.sampled_from(["OPCON", "TACON"]), days)  # fmt: skip


def rows_from(formations, others) -> tuple[Attachment, ...]:
    """Rows of which no two move the same by the same relation: that is refused before."""
    rows: dict[object, Attachment] = {}
    for name, under, relation, (start, length) in formations:
        until = None if length is None else start + length
        rows.setdefault(
            (name, relation),
            Attachment(
                attachment=f"A{len(rows)}", formation=name, under=under, relation=relation, from_day=start, until_day=until
            ),
        )
    for (kind, name), under, relation, (start, length) in others:
        until = None if length is None else start + length
        rows.setdefault(
            (kind, name, relation),
            Attachment.model_validate(
                {
                    "attachment": f"A{len(rows)}",
                    kind: name,
                    "under": under,
                    "relation": relation,
                    "from_day": start,
                    "until_day": until,
                }
            ),
        )
    return tuple(rows.values())


def circles_by_graph(rows: tuple[Attachment, ...], parents: dict[str, str], day: int) -> set[frozenset[str]]:
    """Circles of who stands under whom on a day, as networkx finds them."""
    graph = nx.DiGraph(parents.items())
    for relation in ("OPCON", "TACON"):  # the closer one goes last, in place of the other
        for row in rows:
            if row.formation is not None and row.relation == relation and row.holds_on(day):
                graph.remove_edges_from(list(graph.out_edges(row.formation)))
                graph.add_edge(row.formation, row.under)
    return {frozenset(circle) for circle in nx.simple_cycles(graph)}


PLAIN = built()


@given(st.lists(moves_of_formations, max_size=4))
@settings(max_examples=25, deadline=None)
def test_circles_are_told_on_exactly_the_days_on_which_a_graph_has_them(moves):
    rows = rows_from(moves, [])
    told = {
        frozenset(words.split(" under ")): finding
        for finding in faults_of_attachments(scenario(attachments=rows))
        for words in [finding.what.partition("circle: ")[2].partition(" (")[0]]
    }
    expected = (
        {circle: day for day in reversed(range(71)) for circle in circles_by_graph(rows, PLAIN.parents, day)}
        if any(row.relation != "ADCON" for row in rows)
        else {}
    )
    # A circle that shows once another is cut is told too; each that the graph has is told, for its first day.
    assert {circle: day for circle, day in expected.items() if circle in told} == expected
    assert bool(told) == bool(expected)
    for circle, day in expected.items():
        assert told[circle].what.startswith(f"from day {day} on ")


@given(st.lists(moves_of_formations, max_size=3), st.lists(moves_of_others, max_size=4), st.integers(0, 60))
@settings(max_examples=40, deadline=None)
def test_everybody_stands_somewhere_once_and_strengths_add_up(formations, others, day):
    """Nobody is lost or counted twice, whatever is moved; organic strength is that of the tree without attachments."""
    rows = rows_from(formations, others)
    case = scenario(attachments=rows)
    moved = Orbat(PLAIN.formations, PLAIN.orbat, PLAIN.units, PLAIN.posts, PLAIN.coverage, (), rows)
    tree, plain = orbat_at(moved, day), orbat_at(PLAIN, day)
    for kind in ("unit", "formation"):
        assert sorted(node.key for node in tree.walk() if node.kind == kind) == sorted(
            node.key for node in plain.walk() if node.kind == kind
        )
    assert (tree.people, tree.filled, tree.gap) == (plain.people, plain.filled, plain.gap)
    organic = {node.key: node.people for node in plain.walk() if node.kind == "formation"}
    for node in tree.walk():
        if node.kind == "formation":
            assert node.organic_people == organic[node.key], node.key
            assert node.attached >= 0
            assert node.detached >= 0
            assert len({child.key for child in node.children}) == len(node.children)
        if node.children:
            assert node.people == sum(child.people for child in node.children)
    if not any(finding.severity == "error" for finding in faults_of_attachments(case)):
        under = parents_of(tree)
        for row in rows:
            closer = [other for other in rows if other.moved == row.moved and other.relation == "TACON" and other.holds_on(day)]
            if row.formation is not None and row.holds_on(day) and row.relation != "ADCON" and (not closer or row in closer):
                assert under[row.formation] == row.under
