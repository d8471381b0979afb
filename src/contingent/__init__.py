"""Contingent: plan a multinational peace-support force.

The face of the package: public functions are reached from here and loaded when first used.
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.aid.status import AidOptions, AidStatus
    from contingent.ceiling import find_ceiling
    from contingent.comparison import compare
    from contingent.contact_group import assess_aid
    from contingent.cost import CostOptions, afford, cost
    from contingent.deployment import DeployOptions
    from contingent.errors import BadIncidents, BadScenario, BadTracker, ContingentError
    from contingent.exchange import import_orbat, write_calendar, write_places
    from contingent.findings import Finding
    from contingent.io import convert, json_schema, new_scenario, read_plan, read_scenario, write_plan, write_scenario
    from contingent.model.scenario import Scenario
    from contingent.monitoring.observation import DesignOptions, design_observation
    from contingent.pipeline import check, deploy, make_plan, remedies, simulate, size, verify
    from contingent.plan import Plan, PlanOptions
    from contingent.plan.hindsight import look_back
    from contingent.report import write_briefing, write_comparison, write_report, write_situation, write_workbook
    from contingent.report.why import explain
    from contingent.simulation import SimulationOptions
    from contingent.situation import MonitorOptions, monitor
    from contingent.stress import StressOptions, stress
    from contingent.structure import build_orbat
    from contingent.sustainment import SupplyOptions, sustain
    from contingent.tracker import export_tracker, import_tracker
    from contingent.validation import validate

__version__ = "0.1.0"

__all__ = [
    "AidOptions",
    "AidStatus",
    "BadIncidents",
    "BadScenario",
    "BadTracker",
    "ContingentError",
    "CostOptions",
    "DeployOptions",
    "DesignOptions",
    "Finding",
    "MonitorOptions",
    "Plan",
    "PlanOptions",
    "Scenario",
    "SimulationOptions",
    "StressOptions",
    "SupplyOptions",
    "__version__",
    "afford",
    "assess_aid",
    "build_orbat",
    "check",
    "compare",
    "convert",
    "cost",
    "deploy",
    "design_observation",
    "explain",
    "export_tracker",
    "find_ceiling",
    "import_orbat",
    "import_tracker",
    "json_schema",
    "look_back",
    "make_plan",
    "monitor",
    "new_scenario",
    "read_plan",
    "read_scenario",
    "remedies",
    "simulate",
    "size",
    "stress",
    "sustain",
    "validate",
    "verify",
    "write_briefing",
    "write_calendar",
    "write_comparison",
    "write_places",
    "write_plan",
    "write_report",
    "write_scenario",
    "write_situation",
    "write_workbook",
]  # fmt: skip

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "aid.status": ("AidOptions", "AidStatus"),
        "ceiling": ("find_ceiling",),
        "comparison": ("compare",),
        "contact_group": ("assess_aid",),
        "cost": ("CostOptions", "afford", "cost"),
        "deployment": ("DeployOptions",),
        "errors": ("BadIncidents", "BadScenario", "BadTracker", "ContingentError"),
        "exchange": ("import_orbat", "write_calendar", "write_places"),
        "findings": ("Finding",),
        "io": ("convert", "json_schema", "new_scenario", "read_plan", "read_scenario", "write_plan", "write_scenario"),
        "model.scenario": ("Scenario",),
        "monitoring.observation": ("DesignOptions", "design_observation"),
        "pipeline": ("check", "deploy", "make_plan", "remedies", "simulate", "size", "verify"),
        "plan": ("Plan", "PlanOptions"),
        "plan.hindsight": ("look_back",),
        "report": ("write_briefing", "write_comparison", "write_report", "write_situation", "write_workbook"),
        "report.why": ("explain",),
        "simulation": ("SimulationOptions",),
        "situation": ("MonitorOptions", "monitor"),
        "stress": ("StressOptions", "stress"),
        "structure": ("build_orbat",),
        "sustainment": ("SupplyOptions", "sustain"),
        "tracker": ("export_tracker", "import_tracker"),
        "validation": ("validate",),
    },
)
