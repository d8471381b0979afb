"""From the mandate to the requirement: tasks and planning factors made into lines and formations, each with its arithmetic.

    tasks.csv     what the peace deal asks
    factors.csv   planning factors, each with its source or marked as an assumption
    sectors.csv, traces.csv, locations.csv, links.csv, consumption.csv     the ground, and what is used up

`size` works out every option; `derive_requirement` puts the result beside what is typed in. One function is one method, with
its formula.
"""

from contingent.sizing.backcast import backcast
from contingent.sizing.requirement import Sizing, derive_requirement, size
from contingent.sizing.sensitivity import sensitivity

__all__ = ["Sizing", "backcast", "derive_requirement", "sensitivity", "size"]
