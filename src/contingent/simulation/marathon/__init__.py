"""MARATHON's projects: read, run as MARATHON runs them, written in its own columns.

MARATHON (fsdonks/m4) is the US Army's simulator of force generation. What is reproduced here, and what is not, stands in
``docs/marathon.md``; it was written from a description of MARATHON's behaviour and holds none of its code.

    write_run(run(read_project("project.xlsx")), "results")
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.simulation.marathon.engine import random_runs, run
    from contingent.simulation.marathon.files import write_project, write_run
    from contingent.simulation.marathon.project import MarathonProject
    from contingent.simulation.marathon.reader import read_project
    from contingent.simulation.marathon.results import MarathonRun

__all__ = ["MarathonProject", "MarathonRun", "random_runs", "read_project", "run", "write_project", "write_run"]

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "engine": ("random_runs", "run"),
        "files": ("write_project", "write_run"),
        "project": ("MarathonProject",),
        "reader": ("read_project",),
        "results": ("MarathonRun",),
    },
)
