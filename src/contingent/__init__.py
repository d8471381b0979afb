"""Contingent: plan a multinational peace-support force.

The face of the package: public functions are reached from here and loaded when first used.
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_HOMES = {
    "AidOptions": "contingent.aid.status",
    "AidStatus": "contingent.aid.status",
    "BadIncidents": "contingent.errors",
    "BadScenario": "contingent.errors",
    "BadTracker": "contingent.errors",
    "ContingentError": "contingent.errors",
    "CostOptions": "contingent.cost",
    "DesignOptions": "contingent.monitoring.observation",
    "Finding": "contingent.findings",
    "MonitorOptions": "contingent.situation",
    "Plan": "contingent.plan",
    "PlanOptions": "contingent.plan",
    "Scenario": "contingent.model.scenario",
    "SimulationOptions": "contingent.simulation",
    "StressOptions": "contingent.stress",
    "SupplyOptions": "contingent.sustainment",
    "assess_aid": "contingent.contact_group",
    "build_orbat": "contingent.structure",
    "check": "contingent.pipeline",
    "compare": "contingent.comparison",
    "convert": "contingent.io",
    "cost": "contingent.cost",
    "design_observation": "contingent.monitoring.observation",
    "explain": "contingent.report.why",
    "export_tracker": "contingent.tracker",
    "find_ceiling": "contingent.ceiling",
    "import_orbat": "contingent.exchange",
    "import_tracker": "contingent.tracker",
    "json_schema": "contingent.io",
    "look_back": "contingent.plan.hindsight",
    "make_plan": "contingent.pipeline",
    "monitor": "contingent.situation",
    "new_scenario": "contingent.io",
    "read_plan": "contingent.io",
    "read_scenario": "contingent.io",
    "remedies": "contingent.pipeline",
    "simulate": "contingent.pipeline",
    "deploy": "contingent.pipeline",
    "DeployOptions": "contingent.deployment",
    "size": "contingent.pipeline",
    "stress": "contingent.stress",
    "sustain": "contingent.sustainment",
    "validate": "contingent.validation",
    "verify": "contingent.pipeline",
    "write_briefing": "contingent.report",
    "write_calendar": "contingent.exchange",
    "write_comparison": "contingent.report",
    "write_places": "contingent.exchange",
    "write_plan": "contingent.io",
    "write_report": "contingent.report",
    "write_scenario": "contingent.io",
    "write_situation": "contingent.report",
    "write_workbook": "contingent.report",
}

__all__ = [*_HOMES, "__version__"]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module 'contingent' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
