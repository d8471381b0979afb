"""An order of battle taken in: by hand, from what the program itself writes, and from files that are none."""

import json
import re
import string
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.sample_orbat import BATTLEGROUP, hand_orbat, large_orbat

from contingent.errors import BadScenario, UnknownName
from contingent.exchange import import_orbat, read_orbat_file
from contingent.exchange.orbat import scenario_of_orbat
from contingent.exchange.orbat.found import FoundOrbat, FoundUnit
from contingent.io import check_scenario, read_scenario
from contingent.model.scenario import Scenario
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.report.orbat import msdl_xml, orbat_mapper_json
from contingent.report.orbat.letters import digits_of, letters_of
from contingent.structure import Node, orbat_at

SAMPLES = next(
    (folder / "shared" / "samples" for folder in Path(__file__).parents if (folder / "shared" / "samples").is_dir()), None
)
MAPPER: dict[str, Any] = {
    "type": "ORBAT-mapper",
    "version": "3.3.0",
    "name": "Guard",
    "startTime": "2028-02-03T00:00:00Z",
    "description": "**NATO UNCLASSIFIED**\n\nMade up.",
    "events": [],
    "layerStack": [
        {
            "id": "l",
            "kind": "overlay",
            "items": [
                {
                    "kind": "geometry",
                    "name": "North",
                    "geometry": {"type": "Polygon", "coordinates": [[[30, 50], [31, 50], [31, 51], [30, 50]]]},
                }
            ],
        }
    ],
    "sides": [
        {
            "id": "f",
            "name": "Force",
            "standardIdentity": "3",
            "groups": [
                {
                    "id": "g",
                    "name": "Land component",
                    "subUnits": [
                        {
                            "id": "b",
                            "name": "Brigade North",
                            "shortName": "BN",
                            "sidc": "10031000181211000000",
                            "location": [30.5, 50.5],
                            "subUnits": [
                                {
                                    "id": "1",
                                    "name": "1st Mech Bn (FRA)",
                                    "sidc": "10031000161211020000",
                                    "personnel": [{"name": "P", "count": 720}],
                                    "textAmplifiers": {"additionalInformation": "FRA"},
                                    "equipment": [{"name": "VBCI", "count": 40}],
                                    "subUnits": [{"id": "1a", "name": "A Coy", "sidc": "10031000151211020000", "subUnits": []}],
                                },
                                {
                                    "id": "2",
                                    "name": "2nd Mech Bn (FRA)",
                                    "sidc": "10031000161211020000",
                                    "personnel": [{"name": "P", "count": 720}],
                                    "textAmplifiers": {"additionalInformation": "FRA"},
                                    "subUnits": [],
                                },
                                {
                                    "id": "3",
                                    "name": "3rd Mech Bn (POL)",
                                    "sidc": "10031000161211020000",
                                    "textAmplifiers": {"additionalInformation": "POL"},
                                    "subUnits": [],
                                },
                                {
                                    "id": "4",
                                    "name": "Role 2 (gap)",
                                    "sidc": "10031010151613000000",
                                    "status": "Gap",
                                    "subUnits": [],
                                },
                            ],
                        }
                    ],
                }
            ],
        },
        {
            "id": "h",
            "name": "Others",
            "standardIdentity": "6",
            "groups": [
                {"id": "x", "name": "g", "subUnits": [{"id": "9", "name": "Foe", "sidc": "10061000161211020000", "subUnits": []}]}
            ],
        },
    ],
}


def put(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    path.write_bytes(
        content if isinstance(content, bytes) else (content if isinstance(content, str) else json.dumps(content)).encode()
    )
    return path


def told(findings: Any) -> str:
    return "\n".join(str(finding) for finding in findings)


# ------------------------------------------------------------------------------------------------------------------ by hand


def test_a_brigade_by_hand_becomes_a_scenario_that_can_be_planned(tmp_path):
    done = import_orbat(put(tmp_path, "guard.json", MAPPER), tmp_path / "guard")
    scenario = read_scenario(tmp_path / "guard")
    assert scenario == done.scenario
    assert (scenario.settings.title, scenario.settings.marking, scenario.settings.start_date) == (
        "Guard",
        "NATO UNCLASSIFIED",
        date(2028, 2, 3),
    )
    (brigade,) = scenario.formations
    assert (brigade.formation, brigade.name, brigade.echelon, brigade.component) == ("BN", "Brigade North", "brigade", "land")
    assert {row.offer: row.quantity for row in scenario.offers} == {"FRA-mech_bn": 2, "POL-mech_bn": 1}
    assert {row.unit_type: row.personnel for row in scenario.unit_types} == {"mech_bn": 720, "role_2": 120}
    assert [(row.capability, row.quantity, row.formation, row.location) for row in scenario.requirements] == [
        ("mech_bn", 3, "BN", "Brigade North"),
        ("role_2", 1, "BN", "Brigade North"),
    ]
    assert [row.sector for row in scenario.sectors] == ["North"]
    assert check_scenario(tmp_path / "guard") == ()
    assert make_plan(scenario, PlanOptions(replications=0)).tours.height > 0


def test_what_the_file_does_not_say_is_told_and_marked(tmp_path):
    done = import_orbat(put(tmp_path, "guard.json", MAPPER), tmp_path / "guard.xlsx")
    said = told(done.findings)
    assert all(finding.severity == "warning" for finding in done.findings)
    for words in (
        "1 other side not taken: Others",
        "1 unit has equipment, which is not taken",
        "1 is part of a larger one",
        "does not say from when",
        "no strength is given for 1 of 2 kinds",
        "names no horizon",
    ):
        assert words in said
    (guessed,) = [row for row in done.scenario.unit_types if row.unit_type == "role_2"]
    assert guessed.source == "Assumption: 120 people, as guard.json names no strength"
    assert guessed.confidence == "low"


def test_the_level_and_the_nation_can_be_said(tmp_path):
    file = put(tmp_path, "guard.json", MAPPER)
    by_company = import_orbat(file, tmp_path / "a", down_to="company", nation="DEU").scenario
    assert {row.offer for row in by_company.offers} >= {"DEU-coy"}
    assert {row.formation: row.parent for row in by_company.formations}["1st Mech Bn (FRA)"] == "BN"
    others = import_orbat(file, tmp_path / "b", side="Others", start_date=date(2030, 1, 1)).scenario
    assert (others.settings.start_date, others.offers) == (date(2030, 1, 1), ())
    with pytest.raises(BadScenario) as bad:
        import_orbat(file, tmp_path / "c", side="Forces")
    assert bad.value.findings[0].nearest == "Force"
    with pytest.raises(UnknownName, match="Nearest: 'battalion'"):
        import_orbat(file, tmp_path / "c", down_to="batalion")
    assert not (tmp_path / "c").exists()


@pytest.mark.parametrize(
    "digits",
    ["10031000161211020000", "10031002181211000000", "10031000151613000000", "10033000001202040000", "10030100001101040000"],
)
def test_letters_and_digits_say_the_same(digits):
    assert digits_of(letters_of(digits).code).code == digits


# ---------------------------------------------------------------------------------------- what the program writes comes back


def of_formation(node: Node) -> list[Node]:
    return [child for child in node.children if child.kind == "formation"]


def units_under(node: Node) -> list[Node]:
    """Units of a formation, those of battlegroups too."""
    found = []
    for child in node.children:
        if child.kind == "unit":
            found.append(child)
        elif child.kind == "battlegroup":
            found += units_under(child)
    return found


def posts(scenario: Scenario) -> Counter:
    """Units by formation and kind."""
    names = {row.formation: row.name for row in scenario.formations}
    kinds = {row.unit_type: row.name for row in scenario.unit_types}
    found: Counter = Counter()
    for row in scenario.requirements:
        found[names.get(row.formation or ""), kinds[row.capability]] += row.quantity
    return found


def plain(text: str) -> str:
    return re.sub(r" \d+$", "", text)


@pytest.mark.parametrize("day", [0, 170, 400])
def test_an_order_of_battle_through_msdl_is_the_same(tmp_path, day):
    """Formations under their superiors, and how many units of each kind and nation stand where."""
    scenario, plan, orbat = large_orbat()
    tree = orbat_at(orbat, day)
    again = import_orbat(
        put(tmp_path, "o.msdl", msdl_xml(scenario, plan, orbat, day=day).text), tmp_path / "again", down_to="regiment"
    )
    names = {row.formation: row.name for row in again.scenario.formations}
    assert {(row.name, names.get(row.parent or "")) for row in again.scenario.formations} == {
        (node.name, above) for node, above in ((node, None if parent is None else parent.name) for node, parent in _pairs(tree))
    }
    wanted = Counter((node.name, plain(unit.name)) for node, _ in _pairs(tree) for unit in units_under(node))
    assert posts(again.scenario) == wanted
    nations = Counter(unit.nation for node, _ in _pairs(tree) for unit in units_under(node))
    assert (
        Counter({nation: sum(row.quantity for row in again.scenario.offers if row.nation == nation) for nation in nations})
        == nations
    )


def _pairs(node: Node, above: Node | None = None) -> list[tuple[Node, Node | None]]:
    return [(node, above), *(pair for child in of_formation(node) for pair in _pairs(child, node))]


def test_an_order_of_battle_through_orbat_mapper_is_the_same(tmp_path):
    """All units of the plan, with people and nation; formations stand under those of their component, as the program has them."""
    scenario, plan, orbat = hand_orbat()
    file = put(tmp_path, "o.json", orbat_mapper_json(scenario, plan, orbat))
    done = import_orbat(file, tmp_path / "again")
    again = done.scenario
    assert again.settings.start_date == scenario.settings.start_date
    assert again.settings.marking == "EXERCISE {TEST}"
    assert {row.name for row in again.formations} == {"Force", "1 Brigade", "Air"} | {
        row.name or row.formation for row in scenario.formations
    }
    assert {(row.nation, row.unit_type, row.quantity) for row in again.offers} == {
        ("FRA", "mechanised_battlegroup", 2),
        ("GBR", "mechanised_battlegroup", 1),
        ("FRA", "staff", 1),
    }
    assert {row.unit_type: row.personnel for row in again.unit_types}["mechanised_battlegroup"] == 800
    assert "have what changes over time" in told(done.findings)
    sector, trace = again.sectors[0], again.traces[0]
    assert (sector.sector, trace.trace) == ("Sector Land", "Line of contact")


# --------------------------------------------------------------------------------------------------------- files of others


@pytest.mark.parametrize("name", ["msdl_sample.xml", "orbat_mapper_sample.json"])
def test_samples_of_others(tmp_path, name):
    if SAMPLES is None:
        pytest.skip("the samples are not at hand")
    done = import_orbat(SAMPLES / name, tmp_path / "scenario")
    assert "mech_bn" in {row.unit_type for row in done.scenario.unit_types}
    assert [finding for finding in check_scenario(tmp_path / "scenario") if finding.severity == "error"] == []


MSDL = """<MilitaryScenario><ForceSides>
<ForceSide><ObjectHandle>A</ObjectHandle><ForceSideName>Blue</ForceSideName></ForceSide>
<ForceSide><ObjectHandle>B</ObjectHandle><ForceSideName>Red</ForceSideName><AllegianceHandle>b</AllegianceHandle></ForceSide></ForceSides>
<Organizations><Units>{units}</Units></Organizations></MilitaryScenario>"""
UNIT = """<Unit><ObjectHandle>{handle}</ObjectHandle><SymbolIdentifier>SFGPUCI----F---</SymbolIdentifier><Name>{name}</Name>
<Relations><ForceRelation><ForceRelationData>{relation}</ForceRelationData></ForceRelation></Relations></Unit>"""


def under(handle: str) -> str:
    return f"<CommandRelation><CommandingSuperiorHandle>{handle}</CommandingSuperiorHandle></CommandRelation>"


def test_msdl_is_read_leniently(tmp_path):
    """No name space, capitals in handles, no echelon but in the symbol, units in a circle, one of another side."""
    units = [
        UNIT.format(handle="U1", name="First", relation="<ForceSideHandle>a</ForceSideHandle>"),
        UNIT.format(handle="U2", name="Second", relation=under("u1")),
        UNIT.format(handle="U3", name="Third", relation=under("u4")),
        UNIT.format(handle="U4", name="Fourth", relation=under("u3")),
        UNIT.format(handle="U5", name="Foe", relation="<ForceSideHandle>b</ForceSideHandle>"),
    ]
    found = read_orbat_file(put(tmp_path, "o.xml", MSDL.format(units="".join(units))), side="Blue")
    assert [(unit.name, unit.size) for unit in found.units] == [("First", "battalion"), ("Second", "battalion")]
    assert "3 units are of other sides" in told(found.findings)


BAD = {
    "nothing": (b"", "is neither"),
    "text": (b"hello", "is neither"),
    "JSON, cut": (b'{"sides": [', "is not JSON"),
    "other JSON": (b'{"a": 1}', "no sides"),
    "a side without units": (b'{"sides": [{"name": "x"}]}', "has no units"),
    "no friend": (
        b'{"sides": [{"name": "x", "standardIdentity": "6"}, {"name": "y", "standardIdentity": "6"}]}',
        "no side is friendly",
    ),
    "XML, cut": (b"<MilitaryScenario>", "is not XML"),
    "other XML": (b"<svg/>", "no MSDL"),
    "no units": (b"<MilitaryScenario/>", "has no units"),
    "entities": (b'<!DOCTYPE x [<!ENTITY a "b">]><MilitaryScenario>&a;</MilitaryScenario>', "entities"),
    "a file of the machine": (b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><MilitaryScenario/>', "entities"),
    "UTF-16": ('{"sides": []}'.encode("utf-16"), "UTF-16"),
}


@pytest.mark.parametrize("fault", BAD)
def test_each_file_that_is_none_is_a_finding(tmp_path, fault):
    content, words = BAD[fault]
    with pytest.raises(BadScenario) as bad:
        import_orbat(put(tmp_path, "o.json", content), tmp_path / "out")
    assert words in told(bad.value.findings)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(BadScenario, match="1 problem"):
        read_orbat_file(tmp_path / "none.json")


def ends_well(path: Path) -> bool:
    """Whether reading a file ends in a scenario with lines, or in findings."""
    try:
        found = read_orbat_file(path)
    except BadScenario as bad:
        return len(bad.findings) > 0
    return len(scenario_of_orbat(found, path.name)[0].requirements) > 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False, width=16) | st.text(string.printable, max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["name", "sidc", "subUnits", "location", "personnel", "state", "status", "textAmplifiers", "count", "groups"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=settings().max_examples // 2)
@given(st.lists(JSON, max_size=3), JSON, JSON)
def test_whatever_the_json_holds_it_ends_in_a_scenario_or_findings(tmp_path_factory, units, extra, layers):
    whole = {
        "sides": [{"name": extra, "standardIdentity": "3", "groups": [{"subUnits": units}]}],
        "layerStack": [layers],
        "name": extra,
    }
    folder = tmp_path_factory.mktemp("fuzzed")
    assert ends_well(put(folder, "o.json", whole))


@settings(max_examples=settings().max_examples // 2)
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=20))
def test_damaged_msdl_ends_in_a_scenario_or_findings(tmp_path_factory, at, junk):
    scenario, plan, orbat = hand_orbat()
    content = msdl_xml(scenario, plan, orbat, day=0).text.encode()
    at %= len(content)
    damaged = content[:at] + junk + content[at + len(junk) :]
    assert ends_well(put(tmp_path_factory.mktemp("damaged"), "o.msdl", damaged))


def test_units_are_alike_by_symbol_and_kind_and_a_gap_is_of_the_only_kind_there():
    unit = FoundUnit("1", "1 Mech Bn", "1 Mech", symbol=BATTLEGROUP, nation="FRA", people=700)
    gap = replace(unit, handle="2", name="Hold the bridge (gap)", nation=None, people=None, is_planned=True)
    scenario, _ = scenario_of_orbat(FoundOrbat("Guard", [unit, gap], start_date=date(2027, 1, 1)), "o.json")
    assert [(row.capability, row.quantity) for row in scenario.requirements] == [("mech_bn", 2)]
    assert [(row.unit_type, row.quantity) for row in scenario.offers] == [("mech_bn", 1)]
