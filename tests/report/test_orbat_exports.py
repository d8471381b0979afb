"""The ORBAT for other programs: held against the schema of a form, against what trips readers of it, and against the plan."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from jsonschema.validators import validator_for
from lxml import etree
from tests.report.sample_orbat import BATTLEGROUP, HORIZON, hand_orbat, large_orbat

from contingent.report.orbat import MsdlDocument, msdl_xml, orbat_mapper_json
from contingent.report.orbat.history import Span, days_of_change, over_time, position, reliefs, unit_name
from contingent.report.orbat.letters import letters_of
from contingent.report.orbat.msdl import designation, ncname, plain
from contingent.structure import orbat_at

ROOT = Path(__file__).resolve().parents[2]
SCHEMAS = [folder / "shared" / "samples" / "orbat_mapper_schema_derived.json" for folder in ROOT.parents]
DAY_ZERO = date(2027, 1, 1)
M = {"m": "urn:sisostds:scenario:military:data:draft:msdl:1", "i": "http://www.sisostds.org/schemas/modelID"}


def hand_json() -> dict[str, Any]:
    scenario, plan, orbat = hand_orbat()
    whole: dict[str, Any] = json.loads(orbat_mapper_json(scenario, plan, orbat))
    return whole


def all_units(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    waiting = [unit for side in whole["sides"] for group in side["groups"] for unit in group["subUnits"]]
    while waiting:
        unit = waiting.pop(0)
        yield unit
        waiting += unit["subUnits"]


def by_name(whole: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {unit.get("shortName") or unit["name"]: unit for unit in all_units(whole)}


def at(day: int) -> str:
    return f"{(DAY_ZERO + timedelta(days=day)).isoformat()}T00:00:00Z"


# --------------------------------------------------------------------------------------------------------------- over time


def test_empty_posts_and_reliefs_by_hand():
    scenario, _, orbat = hand_orbat()
    posts, fill = over_time(orbat, HORIZON)
    assert [(post.formation, post.line, post.spans) for post in posts] == [
        ("1 Brigade", "L1", (Span(100, 360, 1.0),)),
        ("Air", "L2", (Span(180, 360, 1.0),)),
    ]
    assert [(lack.day, lack.filled, lack.gap) for lack in fill["Force"]] == [(0, 3, 0), (100, 2, 1), (180, 2, 2)]
    assert days_of_change(orbat, HORIZON) == [0, 100, 165, 180]
    assert {key: row["unit"] for key, row in reliefs(orbat).items()} == {("FRA-battlegroup#1", 0): "GBR-battlegroup#1"}
    assert position(scenario, "Stadt") == (30.5, 48.5)      # the place around it has one
    assert position(scenario, "nowhere") is None


# ------------------------------------------------------------------------------------------------------------ ORBAT Mapper


@pytest.mark.parametrize("make", [hand_orbat, large_orbat], ids=["by hand", "large"])
def test_the_scenario_fits_the_schema_of_the_program(make: Any):
    schema_file = next((path for path in SCHEMAS if path.is_file()), None)
    if schema_file is None:
        pytest.skip("the schema derived from the program's types is not at hand")
    schema = json.loads(schema_file.read_text())
    validator = validator_for(schema)(schema)
    assert [error.message for error in validator.iter_errors(json.loads(orbat_mapper_json(*make())))] == []


def test_what_the_loader_asks_for_is_there():
    """Without these it throws, or loses units without a word."""
    whole = json.loads(orbat_mapper_json(*large_orbat()))
    assert (whole["type"], whole["version"]) == ("ORBAT-mapper", "3.3.0")
    assert isinstance(whole["events"], list)
    assert [side["standardIdentity"] for side in whole["sides"]] == ["3"]
    units = list(all_units(whole))
    assert all(isinstance(unit["subUnits"], list) and re.fullmatch(r"\d{3}3\d{16}", unit["sidc"]) for unit in units)
    identifiers = [unit["id"] for unit in units] + [state["id"] for unit in units for state in unit["state"]]
    assert len(identifiers) == len(set(identifiers))
    named = {status["name"] for status in whole["settings"]["statuses"]}
    used = {unit["status"] for unit in units if "status" in unit} | {state["status"] for unit in units for state in unit["state"]}
    assert used <= named
    assert {held["name"] for unit in units for held in unit.get("personnel", [])} <= {row["name"] for row in whole["personnel"]}


def test_every_component_is_a_group_and_every_unit_is_there_once():
    whole = json.loads(orbat_mapper_json(*large_orbat()))
    _, _, orbat = large_orbat()
    assert [group["name"] for group in whole["sides"][0]["groups"]] == [
        "Force", "Land component", "Air component", "Maritime component", "Support",
    ]  # fmt: skip
    units = [unit["shortName"] for unit in all_units(whole) if "personnel" in unit]
    assert sorted(units) == sorted(set(orbat.units.filter(orbat.units["from_day"] < 1800)["unit"].to_list()))


def test_arrival_handover_and_relief_by_hand():
    units = by_name(hand_json())
    france = units["FRA-battlegroup#1"]
    assert (france["name"], france["sidc"], france["textAmplifiers"]) == (
        "Mechanised battlegroup 1 (FRA)", BATTLEGROUP, {"additionalInformation": "FRA"})  # fmt: skip
    assert france["personnel"] == [{"name": "Personnel", "count": 800, "onHand": 800}]
    assert [(state["t"], state["title"], state["status"], state.get("location", "as before")) for state in france["state"]] == [
        (at(0), "Arrives: Hold Stadt", "Filled", [30.5, 48.5]),
        (at(165), "Begins to hand over", "Handing over", "as before"),
        (at(180), "Relieved by Mechanised battlegroup 1 (GBR)", "Not in theatre", None),
    ]
    assert [state["title"] for state in units["FRA-battlegroup#2"]["state"]][-1] == "Leaves, relieved by nobody"
    assert [state["title"] for state in units["GBR-battlegroup#1"]["state"]] == ["Arrives: Hold Stadt"]  # stays to the horizon


def test_an_empty_post_is_a_planned_unit_while_it_is_empty():
    gap = by_name(hand_json())["L2/gap 1"]
    assert gap["sidc"][6] == "1"
    assert gap["name"] == "Safe skies (gap)"
    assert gap["status"] == "Not in theatre"          # before D+180 nobody asks for it
    assert [(state["t"], state["status"], state["location"]) for state in gap["state"]] == [(at(180), "Gap", [30.73, 46.48])]


def test_the_fill_of_a_formation_changes_its_status():
    brigade = by_name(hand_json())["1 Brigade"]
    assert brigade["status"] == "Filled"
    assert [(state["t"], state["status"]) for state in brigade["state"]] == [(at(100), "Partial")]


def test_a_unit_that_serves_elsewhere_later_moves_there():
    scenario, plan, orbat = large_orbat()
    whole = json.loads(orbat_mapper_json(scenario, plan, orbat))
    formations = {unit["id"]: unit["name"] for unit in all_units(whole)}
    for unit in all_units(whole):
        if "personnel" in unit:
            rows = orbat.units.filter(orbat.units["unit"] == unit["shortName"]).sort("from_day")
            stays = [row for row in rows.iter_rows(named=True) if row["from_day"] < scenario.settings.horizon_days]
            told = [formations[state["hierarchy"]["targetId"]] for state in unit["state"] if "hierarchy" in state]
            served = [row["formation"] for row in stays]
            assert told == [after for before, after in pairwise(served) if after != before]


def test_events_and_the_map_by_hand():
    whole = hand_json()
    assert [(event["title"], event["startTime"]) for event in whole["events"]] == [
        ("D-day", at(0)), ("D+180: Safe skies begins", at(180)),
    ]  # fmt: skip
    (layer,) = whole["layerStack"]
    assert [(item["name"], item["geometry"]["type"], item["geometryMeta"]["geometryKind"]) for item in layer["items"]] == [
        ("Sector Land", "Polygon", "Polygon"), ("Line of contact", "LineString", "LineString"),
    ]  # fmt: skip
    assert layer["items"][1]["geometry"]["coordinates"] == [[31.0, 48.0], [31.5, 48.5], [31.12346, 49.0]]


def test_the_same_plan_gives_the_same_scenario():
    assert orbat_mapper_json(*large_orbat()) == orbat_mapper_json(*large_orbat())


def test_a_unit_is_called_by_kind_number_and_nation():
    assert unit_name({"name": "Frigate", "unit": "special", "nation": "FRA"}) == "Frigate (FRA)"


# -------------------------------------------------------------------------------------------------------------------- MSDL


def msdl(day: int, make: Any = hand_orbat) -> tuple[MsdlDocument, etree._Element]:
    scenario, plan, orbat = make()
    document = msdl_xml(scenario, plan, orbat, day=day)
    return document, etree.fromstring(document.text.encode())


def texts(root: etree._Element, path: str) -> list[str]:
    return [element.text for element in root.xpath(path, namespaces=M)]


def test_elements_stand_in_the_order_of_the_standard():
    _, root = msdl(170)
    assert etree.QName(root).localname == "MilitaryScenario"
    assert [etree.QName(child).localname for child in root] == ["ScenarioID", "Options", "ForceSides", "Organizations"]
    assert [etree.QName(child).localname for child in root[0]] == [
        "name", "type", "version", "modificationDate", "securityClassification", "description", "poc",
    ]  # fmt: skip
    assert {etree.QName(child).namespace for child in root[0]} == {M["i"]}
    assert not root.xpath("//m:Environment", namespaces=M)      # no value of its time could be valid
    assert [element for element in root.iter() if not len(element) and not element.text] == []


@pytest.mark.parametrize("make", [hand_orbat, large_orbat], ids=["by hand", "large"])
def test_what_trips_readers_is_kept_out(make: Any):
    _, root = msdl(170, make)
    handle = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    handles = texts(root, "//m:ObjectHandle")
    assert len(handles) == len(set(handles))
    kinds = ("AllegianceHandle", "ForceSideHandle", "CommandingSuperiorHandle", "OrganicForceSideHandle")
    references = [text for kind in kinds for text in texts(root, f"//m:{kind}")]
    assert all(re.fullmatch(handle, one) for one in handles)
    assert set(references) <= set(handles)
    assert all(re.fullmatch("[ -z]*", element.text) for element in root.iter() if not len(element))
    assert all(re.fullmatch(r"S-[AGSUF]-[A-Z-]{8}---", text) for text in texts(root, "//m:SymbolIdentifier"))
    assert all(0 < len(text) <= 21 for text in texts(root, "//m:UniqueDesignation"))
    assert len(texts(root, "//m:UniqueDesignation")) == len(texts(root, "//m:Unit/m:ObjectHandle"))
    assert all(len(text) <= 20 for text in texts(root, "//m:AdditionalInfo"))
    assert set(texts(root, "//m:ElevationAGL")) == {"0"} or not texts(root, "//m:GDC")
    assert re.fullmatch(r"[A-Za-z_][\w.-]*", texts(root, "//i:name")[0])


def test_transfer_of_authority_by_hand():
    """Each nation keeps its unit (organic), the multinational headquarters commands it (OPCON)."""
    _, root = msdl(170)
    sides = dict(zip(texts(root, "//m:ForceSideName"), texts(root, "//m:ForceSide/m:ObjectHandle"), strict=True))
    assert list(sides) == ["Land force", "France contingent", "United Kingdom contingent"]
    assert set(texts(root, "//m:ForceSide/m:AllegianceHandle")) == {sides["Land force"]}
    assert texts(root, "//m:CountryCode") == ["FRA", "GBR"]
    units = {texts(unit, "m:UnitSymbolModifiers/m:UniqueDesignation")[0]: unit for unit in root.xpath("//m:Unit", namespaces=M)}
    assert list(units) == ["Force", "FRA-staff#1", "1 Brigade", "FRA-battlegroup#1", "GBR-battlegroup#1", "Air"]
    handle = {name: texts(unit, "m:ObjectHandle")[0] for name, unit in units.items()}
    gbr = units["GBR-battlegroup#1"]
    assert texts(gbr, ".//m:CommandingSuperiorHandle") == [handle["1 Brigade"]]
    assert texts(gbr, ".//m:CommandRelationshipType") == ["OPCON"]
    assert texts(gbr, ".//m:OrganicForceSideHandle") == [sides["United Kingdom contingent"]]
    assert texts(gbr, "m:SymbolIdentifier") == ["S-G-UCIZ---F---"]
    assert texts(gbr, ".//m:Echelon | .//m:HigherFormation") == ["BATTALION", "1 Brigade"]
    assert texts(gbr, ".//m:Latitude | .//m:Longitude") == ["48.50000", "30.50000"]
    assert texts(units["1 Brigade"], ".//m:CommandingSuperiorHandle") == [handle["Force"]]
    assert texts(units["1 Brigade"], ".//m:OrganicForceSideHandle") == [sides["Land force"]]
    assert texts(units["Force"], ".//m:ForceRelation//m:ForceSideHandle") == [sides["Land force"]]


def test_every_unit_of_the_day_is_there_and_no_gap():
    _, root = msdl(400, large_orbat)
    _, _, orbat = large_orbat()
    nodes = list(orbat_at(orbat, 400).walk())
    assert len(root.xpath("//m:Unit", namespaces=M)) == sum(node.kind in ("formation", "unit") for node in nodes)
    gaps = sum(node.kind == "gap" for node in nodes)
    document, _ = msdl(400, large_orbat)
    assert gaps > 0
    assert any(finding.what.startswith(f"{gaps} posts that nobody holds on D+400") for finding in document.findings)


def test_what_letters_do_not_know_is_said_once():
    document, _ = msdl(170)
    assert {finding.severity for finding in document.findings} == {"warning"}
    said = [finding.what for finding in document.findings if finding.column == "SymbolIdentifier"]
    assert len(said) == len(set(said))


def test_units_that_states_own_together_have_no_country():
    from contingent.structure import build_orbat

    scenario, plan, _ = hand_orbat()
    tours = plan.tours.with_columns(nation=plan.tours["nation"].replace("GBR", "XMN"))
    document = msdl_xml(scenario, plan, build_orbat(scenario, tours, plan.coverage, None), day=200)
    root = etree.fromstring(document.text.encode())
    assert texts(root, "//m:ForceSide[m:ForceSideName='Common units contingent']/m:AllegianceHandle")
    assert texts(root, "//m:CountryCode") == ["FRA"]


def test_the_same_day_gives_the_same_document():
    assert msdl(170)[0].text == msdl(170)[0].text
    assert texts(msdl(170)[1], "//i:modificationDate") == ["2027-06-20"]


# codes of digits and of letters that stand side by side in MIL-STD-2525, editions D and B
@pytest.mark.parametrize(
    ("digits", "letters"),
    [
        ("10031000161211000000", "S-G-UCI----F---"), ("10031000161211020000", "S-G-UCIZ---F---"),
        ("10031000151205000000", "S-G-UCA----E---"), ("10031000181211020000", "S-G-UCIZ---H---"),
        ("10031002211100000000", "S-G-U-----AI---"), ("10031000151301000000", "S-G-UCD----E---"),
        ("10031000161303000000", "S-G-UCF----F---"), ("10031000161407000000", "S-G-UCE----F---"),
        ("10031000151408000000", "S-G-UUE----E---"), ("10031000151412000000", "S-G-UULM---E---"),
        ("10031000151613000000", "S-G-USM----E---"), ("10031000151636000000", "S-G-UST----E---"),
        ("10031000161110000000", "S-G-UUS----F---"), ("10031000151206000000", "S-G-UCVR---E---"),
        ("10030100001101040000", "S-A-MFF--------"), ("10030100001101090000", "S-A-MFK--------"),
        ("10033000001202040000", "S-S-CLFF-------"), ("10033000001204000000", "S-S-CM---------"),
    ],
)  # fmt: skip
def test_letters_of_codes_that_both_editions_know(digits: str, letters: str):
    assert letters_of(digits) == type(letters_of(digits))(letters, None)


@pytest.mark.parametrize(
    ("digits", "letters", "lost"),
    [
        ("10033000001202050000", "S-S-CL---------", "line combatant"),      # no corvette
        ("10031000181210000000", "S-G-UC-----H---", "combat"),              # no combined arms
        ("10031000161211990000", "S-G-UCI----F---", "infantry"),            # no such subtype
        ("10031000161211000100", "S-G-UCI----F---", "modifiers"),
        (None, "S-G-U----------", "no symbol code"),
        ("10036000161211000000", "S-G-U----------", "unit"),                # no such set
    ],
)  # fmt: skip
def test_what_has_no_letters_becomes_its_parent_and_is_said(digits: str | None, letters: str, lost: str):
    found = letters_of(digits)
    assert found.code == letters
    assert found.lost is not None
    assert lost in found.lost


def test_words_in_the_letters_of_msdl():
    assert plain("Łask – Câmpia Turzii, Türkiye ~ {x}|é") == "Lask - Campia Turzii, Turkiye - (x)/e"
    assert plain("日本\n") == "??"
    assert designation("FRA-mechanised_battlegroup#12")[-3:] == "#12"
    assert ncname("3 Division: Łódź") == "_3_Division_Lodz"
