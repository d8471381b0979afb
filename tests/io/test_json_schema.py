"""JSON Schemas are schemas; what a scenario or a plan holds is valid by them; what it must not hold is not."""

import json
from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from tests.plan import hand_made

from contingent.errors import UnknownName
from contingent.io import bundled_scenarios, json_schema, read_scenario
from contingent.io.json_schemas import schema_names
from contingent.io.plan_content import summary
from contingent.model.rows import TABLES
from contingent.plan.columns import COLUMNS


def faults(name: str, value: Any) -> list[str]:
    return [error.message for error in Draft202012Validator(json_schema(name)).iter_errors(value)]


@pytest.mark.parametrize("name", schema_names())
def test_each_is_a_schema_of_its_draft(name):
    schema = json_schema(name)
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema, allow_nan=False)) == schema


@pytest.mark.parametrize("place", bundled_scenarios())
def test_every_bundled_scenario_is_valid(place):
    scenario = read_scenario(place)
    assert faults("scenario", scenario.model_dump(mode="json")) == []
    for row_class in TABLES:
        validator = Draft202012Validator(json_schema(row_class.table))
        assert [
            error.message
            for row in scenario.rows(row_class.table)
            for error in validator.iter_errors(row.model_dump(mode="json"))
        ] == []


WRONG = {
    "quantity": -1,
    "nation": None,
    "dwell_ratio": "two",
    "tour_days": 0.5,
    "excluded_locations": "Odesa",
    "probability": 1.5,
    "confidence": "very high",
    "offer": "a;b",
}


@pytest.mark.parametrize("column", WRONG)
def test_each_planted_fault_of_a_row_is_found(column):
    row = read_scenario("tiny").offers[0].model_dump(mode="json")
    assert faults("offers", row) == []
    assert faults("offers", row | {column: WRONG[column]}) != []
    assert faults("offers", row | {"colour": "red"}) != []
    assert faults("offers", {name: value for name, value in row.items() if name != "unit_type"}) != []


def test_a_table_that_must_be_there_is_missed():
    whole = read_scenario("tiny").model_dump(mode="json")
    del whole["nations"]
    assert len(faults("scenario", whole)) == 1


def test_a_plan_is_valid_frame_by_frame_and_as_a_whole():
    plan = hand_made.plan()
    content = json.loads(json.dumps(summary(plan)))
    assert faults("plan", content) == []
    for name in COLUMNS:
        validator = Draft202012Validator(json_schema(f"plan.{name}"))
        assert [error.message for row in getattr(plan, name).to_dicts() for error in validator.iter_errors(row)] == [], name
    for name, value in {"fill": 2, "title": None, "people_deployed_peak": 1.5, "required_unit_days": {"one": 3}}.items():
        assert faults("plan", content | {name: value}) != [], name
    wrong = deepcopy(content)
    wrong["goals"][0]["status"] = "best"
    assert faults("plan", wrong) != []
    gap = plan.gaps.to_dicts()[0]
    assert faults("plan.gaps", gap | {"reason": "in_dwell;outranked"}) == []
    assert faults("plan.gaps", gap | {"reason": "bad luck"}) != []


def test_what_a_schema_says_beside_the_standard():
    schema = json_schema("offers")
    assert schema["key"] == ["offer"]
    assert schema["properties"]["nation"]["refers_to"] == "nations"
    assert schema["properties"]["notice_days"]["unit"] == "days"


def test_a_name_that_is_none():
    with pytest.raises(UnknownName, match="Nearest: 'offers'"):
        json_schema("offer")
