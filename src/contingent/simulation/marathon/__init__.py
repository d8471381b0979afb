"""MARATHON's projects: read, run as MARATHON runs them, written in its own columns.

MARATHON (fsdonks/m4) is the US Army's simulator of force generation. What is reproduced here, and what is not, stands in
``docs/marathon.md``; it was written from a description of MARATHON's behaviour and holds none of its code.

    write_run(run(read_project("project.xlsx")), "results")
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contingent.simulation.marathon.engine import random_runs, run
    from contingent.simulation.marathon.files import write_project, write_run
    from contingent.simulation.marathon.project import MarathonProject
    from contingent.simulation.marathon.reader import read_project
    from contingent.simulation.marathon.results import MarathonRun

_HOMES = {
    "MarathonProject": "project",
    "MarathonRun": "results",
    "random_runs": "engine",
    "read_project": "reader",
    "run": "engine",
    "write_project": "files",
    "write_run": "files",
}

__all__ = ["MarathonProject", "MarathonRun", "random_runs", "read_project", "run", "write_project", "write_run"]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first asked for."""
    from importlib import import_module

    if name not in _HOMES:
        raise AttributeError(f"module 'contingent.simulation.marathon' has no attribute '{name}'")
    return getattr(import_module(f"contingent.simulation.marathon.{_HOMES[name]}"), name)
