"""Reading and writing: scenarios as folders of tables, workbooks or SQLite files, plans as folders or SQLite files.

Nothing is worked out here. What is read becomes a frozen `Scenario` or `Plan`, or a list of every finding at once; what is
written is complete or absent. The public functions are loaded when they are first used.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "bundled_scenarios": "contingent.io.places",
    "check_scenario": "contingent.io.scenario_reader",
    "convert": "contingent.io.conversion",
    "new_scenario": "contingent.io.template",
    "json_schema": "contingent.io.json_schemas",
    "read_and_check": "contingent.io.scenario_reader",
    "read_plan": "contingent.io.plan_folder",
    "read_scenario": "contingent.io.scenario_reader",
    "write_plan": "contingent.io.plan_folder",
    "write_scenario": "contingent.io.scenario_writer",
}

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'contingent.io' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
