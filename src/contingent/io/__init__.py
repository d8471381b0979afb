"""Reading and writing: scenarios as folders of tables, workbooks or SQLite files, plans as folders or SQLite files.

Nothing is worked out here. What is read becomes a frozen `Scenario` or `Plan`, or a list of every finding at once; what is
written is complete or absent. The public functions are loaded when they are first used.
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.io.conversion import convert
    from contingent.io.json_schemas import json_schema
    from contingent.io.places import bundled_scenarios
    from contingent.io.plan_folder import read_plan, write_plan
    from contingent.io.scenario_reader import check_scenario, read_and_check, read_scenario
    from contingent.io.scenario_writer import write_scenario
    from contingent.io.template import new_scenario

__all__ = [
    "bundled_scenarios", "check_scenario", "convert", "json_schema", "new_scenario", "read_and_check", "read_plan",
    "read_scenario", "write_plan", "write_scenario",
]  # fmt: skip

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "conversion": ("convert",),
        "json_schemas": ("json_schema",),
        "places": ("bundled_scenarios",),
        "plan_folder": ("read_plan", "write_plan"),
        "scenario_reader": ("check_scenario", "read_and_check", "read_scenario"),
        "scenario_writer": ("write_scenario",),
        "template": ("new_scenario",),
    },
)
