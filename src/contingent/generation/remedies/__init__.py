"""What would close the gaps: the cheapest further offers, and the worth of one more unit of each type.

A further unit is of no nation and rules nothing out; it is ready on D-day and comes on the scenario's default terms. The
plan's own tours stay as they are.

    shortfall   what the plan leaves missing, laid out for tours on default terms
    answers     further units and their tours, and what they cost
    covering    the rows that an answer must keep, made tight
    further     the cheapest set of further units that closes it, by MILP, family after family
    worth       what one unit alone would close, by dynamic programming
    of_plan     the same for a plan that is there already
"""

from contingent.generation.remedies.further import beyond_remedy, further_offers
from contingent.generation.remedies.of_plan import remedies_of_plan
from contingent.generation.remedies.worth import worth_of_one_more

__all__ = ["beyond_remedy", "further_offers", "remedies_of_plan", "worth_of_one_more"]
