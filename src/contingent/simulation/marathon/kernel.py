"""The compiled engine: one run from day 0 to its last day, from event to event.

A day on which anything is due goes in MARATHON's order: units whose state ends are brought forward; a period that begins changes
policies; demands that begin are activated, then demands that end release their units; follow-ons, then everybody else, fill what
is open; at the end of the day what changed is written down.

A unit is brought up to date only on days on which something touches it. A request to be looked at is never taken back: one that
has become pointless brings the unit's counters forward and nothing else, as in MARATHON.

    World   what is given: policies, calendar, demands, units
    State   what changes: one array per quantity, by unit, demand, unit type or day
"""

from collections import namedtuple

import numpy as np
from numba import njit

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


@njit(cache=True, nogil=True)
def request(state, unit, day):
    """Have a unit looked at on a day."""
    if day >= state.day.size:
        return
    event = state.count[FREE_EVENT]
    if event < 0:
        state.count[LOST_EVENTS] += 1
        return
    state.count[FREE_EVENT] = state.event[event].next
    state.event[event].unit = unit
    state.event[event].next = state.day[day].head
    state.day[day].head = event


@njit(cache=True, nogil=True)
def wait_for(state, unit, day, days):
    """Let the state that a unit is in end after so many days, or never."""
    own = state.unit[unit]
    if days >= NEVER_ENDS:
        own.due = -1
        return
    own.due = day + max(days, 0)
    if days > 0:
        request(state, unit, day + days)


@njit(cache=True, nogil=True)
def touch(state, unit, day):
    """Bring the counters of a unit to a day."""
    own = state.unit[unit]
    days = day - own.updated
    what = own.what
    if what != WAITING and what != CANNIBALISED:
        own.cycletime += days
        if what == DEPLOYED:
            own.bog += days
            own.budget -= days
        elif what != OVERLAP:
            own.dwell += days
    own.updated = day
    if own.stamp != day:
        own.stamp = day
        state.touched[state.count[TOUCHED]] = unit
        state.count[TOUCHED] += 1


@njit(cache=True, nogil=True)
def begin_segment(world, state, unit, day, segment):
    """Let a unit begin a segment of its cycle."""
    own = state.unit[unit]
    own.what = HOME
    own.segment = segment
    wait_for(state, unit, day, world.segment[segment].ends - world.segment[segment].begins)


@njit(cache=True, nogil=True)
def new_cycle(world, state, unit, day):
    """Let a unit enter Reset with nothing behind it; a policy that was put off comes into force."""
    own = state.unit[unit]
    if own.deferred >= 0:
        own.policy = own.deferred
        own.deferred = -1
    policy = own.policy
    own.cycletime = 0
    own.dwell = 0
    own.bog = 0
    own.deployments = 0
    own.follow_ons = 0
    own.budget = world.policy[policy].max_bog
    begin_segment(world, state, unit, day, world.policy[policy].first_segment)


@njit(cache=True, nogil=True)
def go_home(world, state, unit, day):
    """Let a unit stand where its day of the cycle belongs; beyond the end of the cycle a new one begins."""
    own = state.unit[unit]
    policy = own.policy
    for segment in range(world.policy[policy].first_segment, world.policy[policy].after_segment):
        if world.segment[segment].ends > own.cycletime:
            own.what = HOME
            own.segment = segment
            wait_for(state, unit, day, world.segment[segment].ends - own.cycletime)
            return
    new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def is_open(world, state, demand):
    """Whether a demand is active and short of units."""
    return state.demand[demand].is_active and state.demand[demand].assigned < world.demand[demand].quantity


@njit(cache=True, nogil=True)
def count_assigned(world, state, demand, change):
    """Count a unit in or out of a demand, and whether the demand is short."""
    kind = world.demand[demand].kind
    was_short = is_open(world, state, demand)
    state.demand[demand].assigned += change
    is_short = is_open(world, state, demand)
    state.kind[kind].number_short += np.int64(is_short) - np.int64(was_short)


@njit(cache=True, nogil=True)
def advance(world, state, unit, day):
    """Bring a unit whose state ends today into the next one."""
    own = state.unit[unit]
    what, policy = own.what, own.policy
    if what == HOME:
        segment = own.segment + 1
        if segment < world.policy[policy].after_segment:
            begin_segment(world, state, unit, day, segment)
        else:
            new_cycle(world, state, unit, day)
    elif what == DEPLOYED:
        count_assigned(world, state, own.demand, -1)
        own.what = OVERLAP
        wait_for(state, unit, day, world.policy[policy].overlap_wait)
    elif what == OVERLAP:
        own.demand = -1
        if world.policy[policy].demobilisation > 0:
            own.what = DEMOBILISING
            wait_for(state, unit, day, world.policy[policy].demobilisation)
        else:
            new_cycle(world, state, unit, day)
    else:
        new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def settle(world, state, unit, day):
    """Go through whatever ends today, and count the unit where it then stands."""
    own = state.unit[unit]
    while own.due == day:
        advance(world, state, unit, day)
    kind = world.unit[unit].kind
    is_home = own.what == HOME
    is_available = is_home and world.segment[own.segment].is_deployable and own.budget > 0
    state.kind[kind].number_available += np.int64(is_available) - np.int64(own.is_available)
    own.is_available = is_available
    if is_home == own.is_home:
        return
    own.is_home = is_home
    first = world.kind[kind].first_unit
    if is_home:
        place = first + state.kind[kind].number_at_home
        state.kind[kind].number_at_home += 1
        state.at_home[place] = unit
        own.place_at_home = place
    else:
        state.kind[kind].number_at_home -= 1
        other = state.at_home[first + state.kind[kind].number_at_home]
        state.at_home[own.place_at_home] = other
        state.unit[other].place_at_home = own.place_at_home


@njit(cache=True, nogil=True)
def cut(number):
    """A number cut to whole millionths. [1/1,000,000]"""
    return np.int64(number * MILLION)


@njit(cache=True, nogil=True)
def request_end_of_place(world, state, unit, day):
    """Have a unit looked at when the place ends to which its day of the cycle belongs; return that segment, or -1 beyond the end.

    On the border of two segments the place is the earlier one, of which nothing is left.
    """
    own = state.unit[unit]
    for segment in range(world.policy[own.policy].first_segment, world.policy[own.policy].after_segment):
        rest = world.segment[segment].ends - own.cycletime
        if rest >= 0:
            if 0 < rest < NEVER_ENDS:
                request(state, unit, day + rest)
            return segment
    return -1


@njit(cache=True, nogil=True)
def start_over(world, state, unit, day):
    """Send a unit to Reset with a fresh budget, its day of the cycle and its days deployed running on.

    Where its day of the cycle is one of Reset already it stays for what is left of it. Requests are made for both ends: of the
    place where its day of the cycle would put it, and of a whole Reset.
    """
    own = state.unit[unit]
    own.budget = world.policy[own.policy].max_bog
    first = world.policy[own.policy].first_segment
    place = request_end_of_place(world, state, unit, day)
    if place >= 0 and not world.segment[place].is_reset:
        begin_segment(world, state, unit, day, first)
        return
    whole = world.segment[first].ends - world.segment[first].begins
    if whole < NEVER_ENDS:
        request(state, unit, day + whole)
    go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def change_policy(world, state, unit, day, policy):
    """Give a unit at home another policy, at the place in the new cycle that it had in the old one."""
    own = state.unit[unit]
    old, new = world.policy[own.policy].length, world.policy[policy].length
    days = own.cycletime
    if new <= LONGEST_SCALED:
        part = (days % new) / new if old >= NEVER_ENDS else days / old
        own.cycletime = np.int64(np.floor(cut(part) / MILLION * new))
    own.policy = policy
    own.deferred = -1
    own.budget = max(world.policy[policy].max_bog - own.bog, 0)
    if own.budget - world.policy[policy].overlap <= 0:
        start_over(world, state, unit, day)
    else:
        go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def begin_period(world, state, day):
    """Change the policies of units whose schedule names both the period that ends and the one that begins."""
    old, new = world.day[day].period_old, world.day[day].period_new
    if old < 0 or new < 0:
        return
    for unit in range(world.unit.size):
        schedule = world.unit[unit].schedule
        if schedule < 0 or world.schedule[schedule, old] < 0 or world.schedule[schedule, new] < 0:
            continue
        touch(state, unit, day)
        if state.unit[unit].what == HOME:
            change_policy(world, state, unit, day, world.schedule[schedule, new])
            settle(world, state, unit, day)
        else:
            state.unit[unit].deferred = world.schedule[schedule, new]


@njit(cache=True, nogil=True)
def return_home(world, state, unit, day):
    """Let a unit that was withdrawn go on with its cycle where that still makes sense, else begin a new one."""
    own = state.unit[unit]
    policy = own.policy
    if own.budget > 0 and own.cycletime + world.policy[policy].recovery < world.policy[policy].length:
        if own.bog == 0 and own.deferred >= 0:
            request_end_of_place(world, state, unit, day)
            change_policy(world, state, unit, day, own.deferred)
        else:
            go_home(world, state, unit, day)
    else:
        new_cycle(world, state, unit, day)
    settle(world, state, unit, day)


@njit(cache=True, nogil=True)
def withdraw(world, state, unit, day, group):
    """Take a unit out of a demand that ends: to a new cycle, into the pool of follow-ons, or home."""
    own = state.unit[unit]
    touch(state, unit, day)
    own.demand = -1
    own.due = -1
    if own.budget - world.policy[own.policy].overlap <= 0:
        new_cycle(world, state, unit, day)
        settle(world, state, unit, day)
    elif group >= 0:
        own.what = IN_POOL
        state.pool[state.count[POOLED]] = unit
        state.count[POOLED] += 1
        settle(world, state, unit, day)
    else:
        return_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def change_demands(world, state, day):
    """Activate the demands that begin today, then end those that end today."""
    for at in range(world.day[day].first_begin, world.day[day].after_begin):
        demand = world.begins[at]
        state.demand[demand].is_active = True
        state.kind[world.demand[demand].kind].number_short += 1
    for at in range(world.day[day].first_end, world.day[day].after_end):
        demand = world.ends[at]
        kind = world.demand[demand].kind
        if state.demand[demand].assigned < world.demand[demand].quantity:
            state.kind[kind].number_short -= 1
        state.demand[demand].is_active = False
        state.demand[demand].assigned = 0
        for feasible in range(world.kind[kind].first_feasible, world.kind[kind].after_feasible):
            donor = world.feasible[feasible]
            for place in range(world.kind[donor].first_unit, world.kind[donor].after_unit):
                unit = world.units[place]
                if state.unit[unit].demand == demand:
                    state.unit[unit].group = world.demand[demand].group
                    withdraw(world, state, unit, day, world.demand[demand].group)


@njit(cache=True, nogil=True)
def send(world, state, unit, demand, day, follows_on):
    """Deploy a unit, or let it wait where a category asks for no boots on the ground."""
    own = state.unit[unit]
    touch(state, unit, day)
    if own.what == CANNIBALISED:
        count_assigned(world, state, own.demand, -1)
    category = world.demand[demand].category
    own.demand = demand
    own.deployments += 1
    own.follow_ons += np.int64(follows_on)
    if category == NORMAL:
        if day <= 1 and own.prefill > 0:
            own.budget -= own.prefill
            own.bog += own.prefill
            own.prefill = 0
        own.what = DEPLOYED
        wait_for(state, unit, day, own.budget - world.policy[own.policy].overlap)
    else:
        own.what = CANNIBALISED if category == CANNIBALISATION else WAITING
        own.due = -1
    at = state.count[SENT]
    state.count[SENT] += 1
    if at < state.sent.shape[0]:
        row = state.sent[at]
        row[0], row[1], row[2] = day, unit, demand
        row[3] = world.rank[world.demand[demand].kind, world.unit[unit].kind]
        row[4], row[5], row[6], row[7] = follows_on, own.cycletime, own.budget, own.dwell
        row[8], row[9], row[10] = own.policy, own.deployments, own.follow_ons
    count_assigned(world, state, demand, 1)
    settle(world, state, unit, day)


@njit(cache=True, nogil=True)
def preference_of(world, state, unit, demand):
    """How far down a SourceFirst rule puts a unit; 0 goes first."""
    kind, parameter, component = world.demand[demand].preference, world.demand[demand].parameter, world.unit[unit].component
    if kind == COMPONENT:
        return np.int64(component != parameter)
    if kind == NOT_COMPONENT:
        return np.int64(component == parameter)
    if kind == MODERNISATION:
        return min(abs(world.unit[unit].modernisation - parameter), MOST_PREFERENCE)
    if kind == CANNIBALISED_NOT_AC:
        return np.int64(0) if state.unit[unit].what == CANNIBALISED else np.int64(1 + (component == AC))
    return np.int64(0)


@njit(cache=True, nogil=True)
def add_candidate(world, state, unit, demand, day, number):
    """Note a unit with what it is sorted by: rank, preference, readiness ratio; then tie weight."""
    own = state.unit[unit]
    policy = own.policy
    ratio = cut((own.cycletime + day - own.updated) / world.policy[policy].expected_dwell)
    ratio = min(ratio, (np.int64(1) << (RATIO_BITS - 1)) - 1)
    if not world.demand[demand].shortest_first:
        ratio = (np.int64(1) << (RATIO_BITS - 1)) - ratio
    order = np.int64(world.rank[world.demand[demand].kind, world.unit[unit].kind])
    order = (order << PREFERENCE_BITS) + preference_of(world, state, unit, demand)
    state.candidate[number].unit = unit
    state.candidate[number].key = (order << RATIO_BITS) + ratio
    state.candidate[number].tie = world.unit[unit].tie_weight


@njit(cache=True, nogil=True)
def goes_first(state, one, other):
    """Whether one candidate goes before another."""
    if state.candidate[one].key != state.candidate[other].key:
        return state.candidate[one].key < state.candidate[other].key
    if state.candidate[one].tie != state.candidate[other].tie:
        return state.candidate[one].tie < state.candidate[other].tie
    return state.candidate[one].unit < state.candidate[other].unit


@njit(cache=True, nogil=True)
def swap(state, one, other):
    """Let two candidates change places."""
    key, unit, tie = state.candidate[one].key, state.candidate[one].unit, state.candidate[one].tie
    state.candidate[one].key = state.candidate[other].key
    state.candidate[one].unit = state.candidate[other].unit
    state.candidate[one].tie = state.candidate[other].tie
    state.candidate[other].key = key
    state.candidate[other].unit = unit
    state.candidate[other].tie = tie


@njit(cache=True, nogil=True)
def sink(state, at, number):
    """Restore the heap of candidates below a place."""
    while True:
        child = 2 * at + 1
        if child >= number:
            return
        if child + 1 < number and goes_first(state, child + 1, child):
            child += 1
        if not goes_first(state, child, at):
            return
        swap(state, at, child)
        at = child


@njit(cache=True, nogil=True)
def gather(world, state, demand, day):
    """Note every unit that may fill a demand; return how many, and how many of them are cannibalised."""
    number, cannibals = 0, 0
    kind, category = world.demand[demand].kind, world.demand[demand].category
    for feasible in range(world.kind[kind].first_feasible, world.kind[kind].after_feasible):
        donor = world.feasible[feasible]
        first = world.kind[donor].first_unit
        if category == NORMAL and state.kind[donor].number_available == 0:
            continue
        for place in range(first, first + state.kind[donor].number_at_home):
            unit = state.at_home[place]
            if category == NORMAL:
                fits = state.unit[unit].is_available
            elif category == CANNIBALISATION:
                fits = world.unit[unit].component != AC
            elif category == FORWARD:
                fits = world.demand[demand].region >= 0 and world.unit[unit].aligned == world.demand[demand].region
            else:
                fits = True
            if fits:
                add_candidate(world, state, unit, demand, day, number)
                number += 1
        if category in (WITH_CANNIBALS, WITH_HALF_CANNIBALS):
            for place in range(first, world.kind[donor].after_unit):
                unit = world.units[place]
                if state.unit[unit].what == CANNIBALISED:
                    add_candidate(world, state, unit, demand, day, number)
                    number += 1
                    cannibals += 1
    return number, cannibals


@njit(cache=True, nogil=True)
def take_first(world, state, demand, day, number, cannibals, follows_on):
    """Send as many candidates as a demand is short of, in their order."""
    missing = world.demand[demand].quantity - state.demand[demand].assigned
    may_take = cannibals // 2 if world.demand[demand].category == WITH_HALF_CANNIBALS else cannibals
    for at in range(number // 2 - 1, -1, -1):
        sink(state, at, number)
    while missing > 0 and number > 0:
        unit = state.candidate[0].unit
        number -= 1
        swap(state, 0, number)
        sink(state, 0, number)
        if state.unit[unit].what == CANNIBALISED:
            if may_take == 0:
                continue
            may_take -= 1
        send(world, state, unit, demand, day, follows_on)
        missing -= 1


@njit(cache=True, nogil=True)
def fill(world, state, day):
    """Fill what is open: from the pool of follow-ons, then from everybody."""
    if state.count[POOLED] > 0:
        for at in range(world.type_order.size):
            kind = world.type_order[at]
            if state.kind[kind].number_short == 0:
                continue
            for place in range(world.kind[kind].first_demand, world.kind[kind].after_demand):
                demand = world.demands[place]
                group = world.demand[demand].group
                if group < 0 or not is_open(world, state, demand):
                    continue
                number = 0
                for pooled in range(state.count[POOLED]):
                    unit = state.pool[pooled]
                    is_fit = state.unit[unit].group == group and world.rank[kind, world.unit[unit].kind] >= 0
                    if is_fit and state.unit[unit].what == IN_POOL:
                        add_candidate(world, state, unit, demand, day, number)
                        number += 1
                take_first(world, state, demand, day, number, 0, True)
        for pooled in range(state.count[POOLED]):
            if state.unit[state.pool[pooled]].what == IN_POOL:
                return_home(world, state, state.pool[pooled], day)
        state.count[POOLED] = 0
    for at in range(world.type_order.size):
        kind = world.type_order[at]
        if state.kind[kind].number_short == 0:
            continue
        for place in range(world.kind[kind].first_demand, world.kind[kind].after_demand):
            demand = world.demands[place]
            if is_open(world, state, demand):
                number, cannibals = gather(world, state, demand, day)
                take_first(world, state, demand, day, number, cannibals, False)


@njit(cache=True, nogil=True)
def class_of(world, state, unit):
    """Whether a unit fills, overlaps, is deployable, or is not ready."""
    own = state.unit[unit]
    what = own.what
    if what in (DEPLOYED, WAITING, CANNIBALISED):
        return 0
    if what == OVERLAP:
        return 1
    return 2 if what == HOME and world.segment[own.segment].is_deployable else 3


@njit(cache=True, nogil=True)
def tally_days(world, state, unit, day):
    """Count the days that a unit spent in its class up to, and without, a day."""
    own = state.unit[unit]
    for phase in range(world.phase.size):
        begins = max(own.tally_since, world.phase[phase].begins)
        days = min(day, world.phase[phase].ends + 1) - begins
        if days > 0:
            state.tally[phase, world.unit[unit].kind, world.unit[unit].component, own.tally_class] += days
    own.tally_since = day


@njit(cache=True, nogil=True)
def end_day(world, state, day):
    """Write down what became of the units that were touched."""
    for at in range(state.count[TOUCHED]):
        unit = state.touched[at]
        now = class_of(world, state, unit)
        if now != state.unit[unit].tally_class:
            tally_days(world, state, unit, day)
            state.unit[unit].tally_class = now
        line = state.count[LOGGED]
        state.count[LOGGED] += 1
        if line < state.log.shape[0]:
            row = state.log[line]
            row[0], row[1], row[2], row[3] = day, unit, state.unit[unit].demand, state.unit[unit].what
            row[4], row[5], row[6] = state.unit[unit].segment, state.unit[unit].cycletime, state.unit[unit].budget
            row[7], row[8], row[9] = state.unit[unit].bog, state.unit[unit].dwell, state.unit[unit].policy
    state.count[TOUCHED] = 0


@njit(cache=True, nogil=True)
def spawn(world, state, starts, with_prefill):
    """Put every unit where it starts."""
    for unit in range(world.unit.size):
        policy = world.unit[unit].first_policy
        days = max(starts[unit], 0)
        if days > world.policy[policy].length:
            days %= world.policy[policy].length
        state.unit[unit].policy = policy
        state.unit[unit].cycletime = days
        state.unit[unit].dwell = days
        state.unit[unit].budget = world.policy[policy].max_bog
        opens = world.policy[policy].from_day
        closes = min(world.policy[policy].to_day, world.policy[policy].expected_dwell, world.policy[policy].length)
        if with_prefill and opens <= days < closes:
            used = world.policy[policy].max_bog - (closes - max(days - (world.policy[policy].overlap + 1), opens))
            most = world.policy[policy].max_bog - (world.policy[policy].overlap + 1)
            if used < 0:
                used = most - (-used) % most if most > 0 else 0
            state.unit[unit].prefill = used
        touch(state, unit, 0)
        go_home(world, state, unit, 0)
        settle(world, state, unit, 0)
        state.unit[unit].tally_class = class_of(world, state, unit)


@njit(cache=True, nogil=True)
def simulate(world, state, starts, with_prefill, last_day):
    """Run from day 0 to the last day; return nothing, everything stands in the state."""
    spawn(world, state, starts, with_prefill)
    for day in range(last_day + 1):
        if state.day[day].head < 0 and not world.day[day].is_eventful:
            continue
        state.day[day].is_processed = True
        while state.day[day].head >= 0:
            event = state.day[day].head
            state.day[day].head = state.event[event].next
            state.event[event].next = state.count[FREE_EVENT]
            state.count[FREE_EVENT] = event
            touch(state, state.event[event].unit, day)
            settle(world, state, state.event[event].unit, day)
        if world.day[day].period_new >= 0:
            begin_period(world, state, day)
        change_demands(world, state, day)
        fill(world, state, day)
        end_day(world, state, day)
    for unit in range(world.unit.size):
        tally_days(world, state, unit, last_day + 1)
