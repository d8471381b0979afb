"""What is attached, for other programs and drawn: by hand, read back from the files themselves.

A French battlegroup of 1 Brigade is TACON to the air component from D+50 to D+120; the brigade itself comes under the air
component by OPCON from D+200 on; the air component's own line is empty from D+180.
"""

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from lxml import etree
from tests.report.sample_orbat import hand_orbat
from tests.report.test_orbat_exports import M, all_units, by_name, texts

from contingent.exchange.orbat import read_orbat_file
from contingent.model.structure import Attachment
from contingent.plan import Plan
from contingent.report.html.force import structure
from contingent.report.orbat import msdl_xml, orbat_mapper_json, orbat_svg, write_orbat
from contingent.report.orbat.drawing import described
from contingent.structure import Orbat, build_orbat, orbat_at

ROWS = (
    Attachment(attachment="A1", offer="FRA-battlegroup", number=1, under="Air", relation="TACON", from_day=50, until_day=120,
               note="Guards the airfield"),
    Attachment(attachment="A2", formation="1 Brigade", under="Air", from_day=200),
    Attachment(attachment="A3", offer="GBR-battlegroup", under="Force", relation="ADCON"),
)


@lru_cache
def attached() -> tuple[Any, Plan, Orbat]:
    scenario, plan, _ = hand_orbat()
    scenario = scenario.model_copy(update={"attachments": ROWS})
    return scenario, plan, build_orbat(scenario, plan.tours, plan.coverage, None)


def at(day: int) -> str:
    return f"{(date(2027, 1, 1) + timedelta(days=day)).isoformat()}T00:00:00Z"


def document(day: int) -> tuple[Any, dict[str, Any]]:
    scenario, plan, orbat = attached()
    made = msdl_xml(scenario, plan, orbat, day=day)
    root = etree.fromstring(made.text.encode())
    units = root.xpath("//m:Unit", namespaces=M)
    return made, {texts(unit, "m:UnitSymbolModifiers/m:UniqueDesignation")[0]: unit for unit in units}


def test_msdl_tells_the_relation_of_the_day_and_whose_a_formation_is_otherwise():
    _, units = document(60)
    handle = {name: texts(unit, "m:ObjectHandle")[0] for name, unit in units.items()}
    french = units["FRA-battlegroup#1"]
    assert texts(french, ".//m:CommandingSuperiorHandle") == [handle["Air"]]
    assert texts(french, ".//m:CommandRelationshipType") == ["TACON"]
    assert texts(french, ".//m:OrganicRelationChoice") == ["FORCE_SIDE"]
    assert texts(units["FRA-battlegroup#2"], ".//m:CommandRelationshipType") == ["OPCON"]
    made, units = document(210)
    assert texts(units["1 Brigade"], ".//m:CommandingSuperiorHandle") == [handle["Air"]]
    assert texts(units["1 Brigade"], ".//m:OrganicRelationChoice | .//m:OrganicSuperiorHandle") == ["UNIT", handle["Force"]]
    assert [finding.what for finding in made.findings if "ADCON" in finding.what] == [
        "ADCON to another formation is left out, 1 time: one relation is told of each."]


def test_msdl_read_back_has_everybody_where_they_stand_that_day(tmp_path):
    made, _ = document(60)
    (tmp_path / "force.msdl").write_text(made.text)
    found = {unit.handle: unit for unit in read_orbat_file(tmp_path / "force.msdl").units}
    above = {unit.short: found[unit.parent].short for unit in found.values() if unit.parent is not None}
    assert (above["FRA-battlegroup#1"], above["FRA-battlegroup#2"], above["1 Brigade"]) == ("Air", "1 Brigade", "Force")
    assert {unit.nation for unit in found.values() if unit.short.startswith("FRA")} == {"FRA"}


def test_orbat_mapper_moves_units_and_formations_in_time():
    scenario, plan, orbat = attached()
    whole = json.loads(orbat_mapper_json(scenario, plan, orbat))
    names = {unit["id"]: unit["name"] for unit in all_units(whole)} | {
        group["id"]: group["name"] for group in whole["sides"][0]["groups"]}
    moves = {
        name: [
            (state["t"], state["title"], names[state["hierarchy"]["targetId"]], state["hierarchy"]["placement"])
            for state in unit["state"] if "hierarchy" in state]
        for name, unit in by_name(whole).items()
    }
    assert moves["FRA-battlegroup#1"] == [
        (at(50), "TACON to Air", "Air", "on"), (at(120), "Back under 1 Brigade", "1 Brigade", "on")]
    assert moves["1 Brigade"] == [(at(200), "OPCON to Air", "Air", "on")]
    assert moves["GBR-battlegroup#1"] == moves["FRA-battlegroup#2"] == []
    for unit in all_units(whole):
        times = [state["t"] for state in unit["state"]]
        assert times == sorted(times)
        assert len({state["id"] for state in unit["state"]}) == len(times)
    statuses = [(state["t"], state["status"]) for state in by_name(whole)["Air"]["state"] if "status" in state]
    assert statuses[-1] == (at(200), "Partial")     # the brigade serves under it, its own line is empty


def test_orbat_mapper_says_that_adcon_is_left_out_and_only_where_it_is(tmp_path):
    """Of three rows one is ADCON: one warning; without it none."""
    scenario, plan, orbat = attached()
    found = write_orbat(scenario, plan, orbat, tmp_path / "orbat.json", day=60)
    assert [(each.severity, each.what) for each in found] == [
        ("warning", "ADCON to another formation is left out, 1 attachment: one relation is told of each.")]
    without = build_orbat(scenario.model_copy(update={"attachments": ROWS[:2]}), plan.tours, plan.coverage, None)
    assert write_orbat(scenario, plan, without, tmp_path / "orbat.json", day=60) == ()


def test_a_unit_that_arrives_while_its_row_holds_arrives_under_its_new_headquarters():
    scenario, plan, _ = hand_orbat()
    row = Attachment(attachment="A1", line="L1", under="Air", from_day=150, until_day=400)
    scenario = scenario.model_copy(update={"attachments": (row,)})
    orbat = build_orbat(scenario, plan.tours, plan.coverage, None)
    states = by_name(json.loads(orbat_mapper_json(scenario, plan, orbat)))["GBR-battlegroup#1"]["state"]
    assert [(state["t"], state["title"], "hierarchy" in state) for state in states] == [
        (at(165), "Arrives: Hold Stadt, OPCON to Air", True)]


def test_the_drawing_tells_the_relation_and_without_attachments_it_is_the_same():
    scenario, plan, orbat = attached()
    tree = orbat_at(orbat, 60)
    svg = str(orbat_svg(tree, title="By hand"))
    assert "Mechanised battlegroup (TACON)" in svg
    assert "1 Mechanised battlegroup (TACON) (FRA)" in described(tree)
    assert "1 Brigade (OPCON)" in str(orbat_svg(orbat_at(orbat, 210), title="By hand"))
    _, _, plain = hand_orbat()
    assert str(orbat_svg(orbat_at(orbat, 40), title="By hand")) == str(orbat_svg(orbat_at(plain, 40), title="By hand"))
    told = structure(scenario, replace(plan, formations=orbat.formations, orbat=orbat.orbat))
    assert told is not None
    assert "1 Brigade (OPCON)" not in str(told["drawing"])     # D+180
    assert [(row["what"], row["relation"], row["under"], row["home"], row["days"]) for row in told["attachments"]] == [
        ("GBR-battlegroup, all its units", "ADCON", "Force", "1 Brigade", "all the time"),
        ("Mechanised battlegroup 1 (FRA)", "TACON", "Air", "1 Brigade", "D+50 to D+120"),
        ("1 Brigade", "OPCON", "Air", "Force", "from D+200"),
    ]
