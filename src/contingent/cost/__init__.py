"""Cost: what the tours of a plan cost, whom, and what the same would be under other schemes of funding.

`cost` is the stage: a derived scenario, tours, and the frames of movement and supply in; costs, bills and published costs
beside them out. Arithmetic, bundled figures and what is assumed: docs/cost.md.
"""

import sys
from types import ModuleType
from typing import Any

from contingent.cost.options import COMMON_ITEMS, ITEMS, Cost, CostOptions
from contingent.cost.run import cost, with_cost

__all__ = ["COMMON_ITEMS", "ITEMS", "Cost", "CostOptions", "cost", "with_cost"]


class _Callable(ModuleType):
    """The package, named as its function is on the face: `contingent.cost(...)` works however it was loaded."""

    def __call__(self, *arguments: Any, **named: Any) -> Cost:
        return cost(*arguments, **named)


sys.modules[__name__].__class__ = _Callable
