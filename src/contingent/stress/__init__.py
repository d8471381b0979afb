"""What breaks a plan: cases, the loss of nations alone and together, shares in the fill, and chances of taking part.

    cases       `cases.toml`: what-ifs laid over the scenario, and over the plan that runs
    battery     each nation alone, every pair, the worst together with proof, the fewest that are too many
    shares      the Shapley value of each nation
    chances     who takes part by probability

For each loss two answers: nobody reacts, and the plan is made anew with few changes to what runs; and a bound, above which no
plan can fill.
"""

from contingent.loading import call_as_function
from contingent.stress.cases import apply
from contingent.stress.options import Stress, StressOptions
from contingent.stress.run import stress

__all__ = ["Stress", "StressOptions", "apply", "stress"]

call_as_function(__name__)
