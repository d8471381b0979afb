"""Where a plan came from: enough to make it again."""

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from contingent.model.scenario import Scenario
from contingent.plan import PlanOptions

NAMED = ("highspy", "numba", "numpy", "polars", "pydantic")
"""Packages whose version can change a plan."""


def provenance_of(scenario: Scenario, options: PlanOptions) -> dict[str, Any]:
    """Return the scenario's fingerprint, the options and the versions that a plan was made with."""
    return {
        "scenario": scenario.fingerprint(),
        "option": options.option,
        "time_limit": options.time_limit,
        "gap": options.gap,
        "seed": options.seed,
        "method": options.method,
        "version": _version("contingent"),
        "python": platform.python_version(),
        "versions": {name: _version(name) for name in NAMED},
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
