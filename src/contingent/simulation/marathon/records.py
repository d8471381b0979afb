"""Records of the compiled engine: what it is given, what changes, and what its numbers mean.

World   what is given: policies, calendar, demands, units
State   what changes: one record per unit, demand, unit type or day
"""

from collections import namedtuple

import numpy as np

HOME, DEPLOYED, OVERLAP, DEMOBILISING, WAITING, CANNIBALISED, IN_POOL = range(7)
"""What a unit does."""

NORMAL, NON_BOG, CANNIBALISATION, WITH_CANNIBALS, WITH_HALF_CANNIBALS, FORWARD = range(6)
UNIFORM, COMPONENT, NOT_COMPONENT, MODERNISATION, CANNIBALISED_NOT_AC = range(5)
"""As in `contingent.simulation.marathon.rules`."""

NEVER_ENDS = 36_500
"""Waits of this length or longer are never scheduled to end. [days]"""

LONGEST_SCALED = 7_300
"""Units come into cycles longer than this on the day of the cycle that they had. [days]"""

MILLION = 1e6
"""The readiness ratio, and the place in a cycle, are cut to millionths."""

AC = 0
MOST_PREFERENCE, PREFERENCE_BITS, RATIO_BITS = 63, 6, 44

TOUCHED, POOLED, LOGGED, SENT, FREE_EVENT, LOST_EVENTS, COUNTERS = range(7)
"""Places in `State.count`."""

LOG_COLUMNS = ("t", "unit", "demand", "what", "segment", "cycletime", "bog_budget", "bog", "dwell", "policy")
"""What is written down of a unit at the end of a day on which it was touched."""

SENT_COLUMNS = (
    "t", "unit", "demand", "rank", "follow_on", "cycletime", "bog_budget", "dwell", "policy", "deployment_count",
    "follow_on_count",
)  # fmt: skip
"""What is written down of a deployment."""


def _record(**fields: str) -> np.dtype[np.void]:
    """A record of whole numbers, but for the fields that are named as something else."""
    kinds = {"int": np.int64, "bool": np.bool_, "real": np.float64}
    return np.dtype([(name, kinds[kind]) for kind, names in fields.items() for name in names.split()], align=True)


POLICY = _record(
    int="first_segment after_segment length max_bog overlap overlap_wait demobilisation recovery expected_dwell from_day to_day"
)
SEGMENT = _record(int="begins ends", bool="is_deployable is_reset")
CALENDAR = _record(int="period_old period_new first_begin after_begin first_end after_end", bool="is_eventful")
DEMAND = _record(int="kind quantity group category preference parameter region", bool="shortest_first")
KIND = _record(int="first_demand after_demand first_feasible after_feasible first_unit after_unit")
UNIT = _record(int="kind component schedule first_policy aligned modernisation", real="tie_weight")
PHASE = _record(int="begins ends")
"""Records of what is given: a policy, a segment of a cycle, a day, a demand, a unit type, a unit, a stretch of days to count
apart."""

UNIT_STATE = _record(
    int="what policy deferred segment due demand cycletime dwell bog budget updated prefill deployments follow_ons "
    "place_at_home stamp group tally_class tally_since",
    bool="is_home is_available",
)
KIND_STATE = _record(int="number_at_home number_available number_short")
DEMAND_STATE = _record(int="assigned", bool="is_active")
DAY_STATE = _record(int="head", bool="is_processed")
EVENT = _record(int="next unit")
CANDIDATE = _record(int="key unit", real="tie")
"""Records of what changes: a unit, a unit type, a demand, a day, a request to look at a unit, a unit that may be sent."""

World = namedtuple(
    "World",
    ["policy", "segment", "schedule", "day", "demand", "begins", "ends", "type_order", "kind", "demands", "feasible", "rank",
     "unit", "units", "phase"],
)  # fmt: skip
"""What is given. `schedule` is a policy by schedule and period, `rank` a rank by type demanded and type held; -1 = none."""

State = namedtuple(
    "State",
    ["unit", "kind", "demand", "day", "event", "candidate", "at_home", "touched", "pool", "count", "log", "sent", "tally"],
)  # fmt: skip
"""What changes. `tally` are unit-days by phase, unit type, component and class."""
