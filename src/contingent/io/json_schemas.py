"""JSON Schema of every table, of the settings, of a whole scenario, of plan.json and of each frame of a plan.

Made from the row classes and from the columns of frames: nothing is said twice. A schema of a table is that of one row as JSON
has it (`contingent show SCENARIO --table T --json`); that of a scenario holds the settings and an array a table. Beside the words
of the standard a column may have ``unit`` and ``refers_to``, the table whose key its values are; a table has ``key``.

References
----------
.. [1] JSON Schema, draft 2020-12.
"""

from collections.abc import Mapping
from typing import Any, get_args

import polars as pl

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.io.plan_content import GOAL_COLUMNS, STATUSES
from contingent.model.columns import Row
from contingent.model.rows import REQUIRED_TABLES, TABLE_BY_NAME
from contingent.model.scenario import Settings
from contingent.plan.columns import COLUMNS
from contingent.plan.plan import Reason
from contingent.plan.verify.frames import MAY_BE_BLANK

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCENARIO, SETTINGS, PLAN = "scenario", "settings", "plan"
_TYPES: Mapping[Any, str] = {pl.String: "string", pl.Int64: "integer", pl.Float64: "number", pl.Boolean: "boolean"}

Schema = dict[str, Any]


def schema_names() -> tuple[str, ...]:
    """Return what there is a schema of: scenario, settings, each table, plan, and each frame of a plan as ``plan.tours``."""
    return (SCENARIO, SETTINGS, *TABLE_BY_NAME, PLAN, *(f"{PLAN}.{name}" for name in COLUMNS))


def json_schema(name: str = SCENARIO) -> Schema:
    """Return a JSON Schema.

    Parameters
    ----------
    name : str
        A table (``offers``: one row), ``settings``, ``scenario`` (all of it), ``plan`` (what plan.json holds) or a frame of a
        plan (``plan.tours``: one row).

    Raises
    ------
    UnknownName
        If there is nothing of this name.

    Examples
    --------
    >>> json_schema("capabilities")["properties"]["effectiveness"]["exclusiveMinimum"]
    0
    """
    if name not in schema_names():
        nearest = nearest_name(name[:100], schema_names())
        hint = f" Nearest: '{nearest}'." if nearest else ""
        raise UnknownName(f"There is no schema of '{name[:100]}'.{hint} Schemas: {', '.join(schema_names())}.")
    if name == SCENARIO:
        body = _scenario()
    elif name == SETTINGS:
        body = _settings()
    elif name == PLAN:
        body = _plan()
    elif name in TABLE_BY_NAME:
        body = _row(TABLE_BY_NAME[name])
    else:
        body = _frame(name.removeprefix(f"{PLAN}."))
    return {"$schema": DIALECT, "$id": f"urn:contingent:{name.replace('.', ':')}", **body}


def _row(row_class: type[Row]) -> Schema:
    body = row_class.model_json_schema()
    body.pop("description", None)
    return {"title": row_class.table, "description": row_class.about, "key": list(row_class.key), **_without_title(body)}


def _settings() -> Schema:
    return {"title": SETTINGS, **_without_title(Settings.model_json_schema())}


def _without_title(body: Schema) -> Schema:
    """A schema without the titles that pydantic makes of names: they say nothing."""
    properties = {name: _bare(entry) for name, entry in body["properties"].items()}
    return _bare(body) | {"properties": properties}


def _bare(entry: Schema) -> Schema:
    return {key: value for key, value in entry.items() if key != "title"}


def _scenario() -> Schema:
    definitions: Schema = {}
    for name, schema in {SETTINGS: _settings(), **{table: _row(row_class) for table, row_class in TABLE_BY_NAME.items()}}.items():
        definitions |= schema.pop("$defs", {})
        definitions[name] = schema
    arrays = {table: {"type": "array", "items": {"$ref": f"#/$defs/{table}"}, "default": []} for table in TABLE_BY_NAME}
    return {
        "title": SCENARIO,
        "type": "object",
        "properties": {SETTINGS: {"$ref": f"#/$defs/{SETTINGS}"}, **arrays},
        "required": [SETTINGS, *REQUIRED_TABLES],
        "additionalProperties": False,
        "$defs": definitions,
    }


def _plan() -> Schema:
    unit_days = {
        "type": "object", "propertyNames": {"pattern": "^[0-9]+$"}, "additionalProperties": {"type": "number", "minimum": 0},
        "description": "By priority.", "unit": "unit-days",
    }  # fmt: skip
    goal = _table(GOAL_COLUMNS, frozenset())
    goal["properties"]["status"]["enum"] = list(STATUSES)
    properties: Schema = {
        "title": {"type": "string"},
        "option": {"type": ["string", "null"], "description": "Course of action; null where all lines were planned."},
        "marking": {"type": "string"},
        "fill": {"type": "number", "minimum": 0, "maximum": 1, "description": "Share of the required unit-days that is filled."},
        "required_unit_days": unit_days,
        "filled_unit_days": unit_days,
        "people_deployed_peak": {"type": "integer", "minimum": 0, "unit": "people"},
        "low_confidence_share": {"type": "number", "minimum": 0, "maximum": 1},
        "goals": {"type": "array", "items": goal, "description": "In their order; each was locked before the next."},
        "provenance": {"type": "object", "description": "Fingerprint of the scenario, versions, seed, options."},
    }
    return {
        "title": "plan.json",
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _frame(name: str) -> Schema:
    body = {"title": f"{name} of a plan", **_table(COLUMNS[name], MAY_BE_BLANK[name])}
    if name == "gaps":
        one = "|".join(get_args(Reason))
        body["properties"]["reason"]["pattern"] = f"^({one})(;({one}))*$"
    return body


def _table(columns: Mapping[str, Any], may_be_blank: frozenset[str]) -> Schema:
    properties: Schema = {
        name: {"type": [_TYPES[kind], "null"] if name in may_be_blank else _TYPES[kind]} for name, kind in columns.items()
    }
    return {"type": "object", "properties": properties, "required": list(columns), "additionalProperties": False}
