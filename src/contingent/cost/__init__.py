"""Cost: what the tours of a plan cost, whom, and what the same would be under other schemes of funding.

`cost` is the stage: a derived scenario, tours, and the frames of movement and supply in; costs, bills and published costs
beside them out. `afford` turns it round: a sum of money in, the force that it holds out. Arithmetic, bundled figures and what is
assumed: docs/cost.md.
"""

from contingent.cost.afford import Affordable, afford, with_afford
from contingent.cost.options import COMMON_ITEMS, ITEMS, Cost, CostOptions
from contingent.cost.run import cost, with_cost
from contingent.loading import call_as_function

__all__ = ["COMMON_ITEMS", "ITEMS", "Affordable", "Cost", "CostOptions", "afford", "cost", "with_afford", "with_cost"]

call_as_function(__name__)
