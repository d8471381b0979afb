"""The compiled engine: one run from day 0 to its last day, from event to event.

A day on which anything is due goes in MARATHON's order: units whose state ends are brought forward; a period that begins changes
policies; demands that begin are activated, then demands that end release their units; follow-ons, then everybody else, fill what
is open; at the end of the day what changed is written down.

A unit is brought up to date only on days on which something touches it. A request to be looked at is never taken back: one that has
become pointless brings the unit's counters forward and nothing else, as in MARATHON.

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
    "t", "unit", "demand", "rank", "follow_on", "cycletime", "bog_budget", "dwell", "policy", "deployment_count", "follow_on_count",
)  # fmt: skip
"""What is written down of a deployment."""

World = namedtuple(
    "World",
    [
        "segment_of", "segment_begins", "segment_ends", "segment_deployable", "segment_is_reset",
        "length", "max_bog", "overlap", "overlap_wait", "demobilisation", "recovery", "expected_dwell", "from_day", "to_day",
        "schedule", "is_eventful", "period_old", "period_new",
        "demand_type", "quantity", "group", "category", "preference", "parameter", "shortest_first", "region",
        "begins_of", "begins", "ends_of", "ends", "type_order", "demands_of", "demands", "feasible_of", "feasible", "rank",
        "unit_type", "component", "unit_schedule", "first_policy", "tie_weight", "aligned", "modernisation", "units_of", "units",
        "phase_from", "phase_to",
    ],
)  # fmt: skip

State = namedtuple(
    "State",
    [
        "what", "policy", "deferred", "segment", "due", "demand", "cycletime", "dwell", "bog", "budget", "updated",
        "prefill", "deployments", "follow_ons", "is_home", "is_available",
        "at_home", "place_at_home", "number_at_home", "number_available",
        "is_active", "assigned", "number_short",
        "is_processed", "stamp", "touched", "pool", "heads", "next_event", "event_unit",
        "key", "tie", "candidate", "count", "log", "sent", "tally_class", "tally_since", "tally",
    ],
)  # fmt: skip


@njit(cache=True, nogil=True)
def request(state, unit, day):
    """Have a unit looked at on a day."""
    if day >= state.heads.size:
        return
    event = state.count[FREE_EVENT]
    if event < 0:
        state.count[LOST_EVENTS] += 1
        return
    state.count[FREE_EVENT] = state.next_event[event]
    state.event_unit[event] = unit
    state.next_event[event] = state.heads[day]
    state.heads[day] = event


@njit(cache=True, nogil=True)
def wait_for(state, unit, day, days):
    """Let the state that a unit is in end after so many days, or never."""
    if days >= NEVER_ENDS:
        state.due[unit] = -1
        return
    state.due[unit] = day + max(days, 0)
    if days > 0:
        request(state, unit, day + days)


@njit(cache=True, nogil=True)
def touch(state, unit, day):
    """Bring the counters of a unit to a day."""
    days = day - state.updated[unit]
    what = state.what[unit]
    if what != WAITING and what != CANNIBALISED:
        state.cycletime[unit] += days
        if what == DEPLOYED:
            state.bog[unit] += days
            state.budget[unit] -= days
        elif what != OVERLAP:
            state.dwell[unit] += days
    state.updated[unit] = day
    if state.stamp[unit] != day:
        state.stamp[unit] = day
        state.touched[state.count[TOUCHED]] = unit
        state.count[TOUCHED] += 1


@njit(cache=True, nogil=True)
def begin_segment(world, state, unit, day, segment):
    """Let a unit begin a segment of its cycle."""
    state.what[unit] = HOME
    state.segment[unit] = segment
    wait_for(state, unit, day, world.segment_ends[segment] - world.segment_begins[segment])


@njit(cache=True, nogil=True)
def new_cycle(world, state, unit, day):
    """Let a unit enter Reset with nothing behind it; a policy that was put off comes into force."""
    if state.deferred[unit] >= 0:
        state.policy[unit] = state.deferred[unit]
        state.deferred[unit] = -1
    policy = state.policy[unit]
    state.cycletime[unit] = state.dwell[unit] = state.bog[unit] = 0
    state.deployments[unit] = state.follow_ons[unit] = 0
    state.budget[unit] = world.max_bog[policy]
    begin_segment(world, state, unit, day, world.segment_of[policy])


@njit(cache=True, nogil=True)
def go_home(world, state, unit, day):
    """Let a unit stand where its day of the cycle belongs; beyond the end of the cycle a new one begins."""
    policy = state.policy[unit]
    for segment in range(world.segment_of[policy], world.segment_of[policy + 1]):
        if world.segment_ends[segment] > state.cycletime[unit]:
            state.what[unit] = HOME
            state.segment[unit] = segment
            wait_for(state, unit, day, world.segment_ends[segment] - state.cycletime[unit])
            return
    new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def count_assigned(world, state, demand, change):
    """Count a unit in or out of a demand, and whether the demand is short."""
    kind = world.demand_type[demand]
    was_short = state.is_active[demand] and state.assigned[demand] < world.quantity[demand]
    state.assigned[demand] += change
    is_short = state.is_active[demand] and state.assigned[demand] < world.quantity[demand]
    state.number_short[kind] += np.int64(is_short) - np.int64(was_short)


@njit(cache=True, nogil=True)
def advance(world, state, unit, day):
    """Bring a unit whose state ends today into the next one."""
    what, policy = state.what[unit], state.policy[unit]
    if what == HOME:
        segment = state.segment[unit] + 1
        if segment < world.segment_of[policy + 1]:
            begin_segment(world, state, unit, day, segment)
        else:
            new_cycle(world, state, unit, day)
    elif what == DEPLOYED:
        count_assigned(world, state, state.demand[unit], -1)
        state.what[unit] = OVERLAP
        wait_for(state, unit, day, world.overlap_wait[policy])
    elif what == OVERLAP:
        state.demand[unit] = -1
        if world.demobilisation[policy] > 0:
            state.what[unit] = DEMOBILISING
            wait_for(state, unit, day, world.demobilisation[policy])
        else:
            new_cycle(world, state, unit, day)
    else:
        new_cycle(world, state, unit, day)


@njit(cache=True, nogil=True)
def settle(world, state, unit, day):
    """Go through whatever ends today, and count the unit where it then stands."""
    while state.due[unit] == day:
        advance(world, state, unit, day)
    kind = world.unit_type[unit]
    is_home = state.what[unit] == HOME
    is_available = is_home and world.segment_deployable[state.segment[unit]] and state.budget[unit] > 0
    state.number_available[kind] += np.int64(is_available) - np.int64(state.is_available[unit])
    state.is_available[unit] = is_available
    if is_home == state.is_home[unit]:
        return
    state.is_home[unit] = is_home
    first = world.units_of[kind]
    if is_home:
        place = first + state.number_at_home[kind]
        state.number_at_home[kind] += 1
        state.at_home[place] = unit
        state.place_at_home[unit] = place
    else:
        state.number_at_home[kind] -= 1
        other = state.at_home[first + state.number_at_home[kind]]
        state.at_home[state.place_at_home[unit]] = other
        state.place_at_home[other] = state.place_at_home[unit]


@njit(cache=True, nogil=True)
def cut(number):
    """A number cut to whole millionths. [1/1,000,000]"""
    return np.int64(number * MILLION)


@njit(cache=True, nogil=True)
def start_over(world, state, unit, day):
    """Send a unit to Reset with a fresh budget, its day of the cycle and its days deployed running on.

    Where its day of the cycle is one of Reset already it stays for what is left of it. Requests are made for both ends: of the place
    where its day of the cycle would put it, and of a whole Reset.
    """
    policy = state.policy[unit]
    state.budget[unit] = world.max_bog[policy]
    first = world.segment_of[policy]
    for segment in range(first, world.segment_of[policy + 1]):
        rest = world.segment_ends[segment] - state.cycletime[unit]
        if rest >= 0 and not world.segment_is_reset[segment]:
            if 0 < rest < NEVER_ENDS:
                request(state, unit, day + rest)
            begin_segment(world, state, unit, day, first)
            return
        if rest >= 0:
            full = world.segment_ends[first] - world.segment_begins[first]
            if full < NEVER_ENDS:
                request(state, unit, day + full)
            break
    go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def change_policy(world, state, unit, day, policy):
    """Give a unit at home another policy, at the place in the new cycle that it had in the old one."""
    old, new = world.length[state.policy[unit]], world.length[policy]
    days = state.cycletime[unit]
    if new <= LONGEST_SCALED:
        part = (days % new) / new if old >= NEVER_ENDS else days / old
        state.cycletime[unit] = np.int64(np.floor(cut(part) / MILLION * new))
    state.policy[unit] = policy
    state.deferred[unit] = -1
    state.budget[unit] = max(world.max_bog[policy] - state.bog[unit], 0)
    if state.budget[unit] - world.overlap[policy] <= 0:
        start_over(world, state, unit, day)
    else:
        go_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def begin_period(world, state, day):
    """Change the policies of units whose schedule names both the period that ends and the one that begins."""
    old, new = world.period_old[day], world.period_new[day]
    if old < 0 or new < 0:
        return
    for unit in range(world.unit_type.size):
        schedule = world.unit_schedule[unit]
        if schedule < 0 or world.schedule[schedule, old] < 0 or world.schedule[schedule, new] < 0:
            continue
        touch(state, unit, day)
        if state.what[unit] == HOME:
            change_policy(world, state, unit, day, world.schedule[schedule, new])
            settle(world, state, unit, day)
        else:
            state.deferred[unit] = world.schedule[schedule, new]


@njit(cache=True, nogil=True)
def return_home(world, state, unit, day):
    """Let a unit that was withdrawn go on with its cycle where that still makes sense, else begin a new one."""
    policy = state.policy[unit]
    if state.budget[unit] > 0 and state.cycletime[unit] + world.recovery[policy] < world.length[policy]:
        go_home(world, state, unit, day)
        if state.bog[unit] == 0 and state.deferred[unit] >= 0:
            change_policy(world, state, unit, day, state.deferred[unit])
    else:
        new_cycle(world, state, unit, day)
    settle(world, state, unit, day)


@njit(cache=True, nogil=True)
def withdraw(world, state, unit, day, group):
    """Take a unit out of a demand that ends: to a new cycle, into the pool of follow-ons, or home."""
    touch(state, unit, day)
    state.demand[unit] = -1
    state.due[unit] = -1
    if state.budget[unit] - world.overlap[state.policy[unit]] <= 0:
        new_cycle(world, state, unit, day)
        settle(world, state, unit, day)
    elif group >= 0:
        state.what[unit] = IN_POOL
        state.pool[state.count[POOLED]] = unit
        state.count[POOLED] += 1
        settle(world, state, unit, day)
    else:
        return_home(world, state, unit, day)


@njit(cache=True, nogil=True)
def change_demands(world, state, day, pool_group):
    """Activate the demands that begin today, then end those that end today."""
    for at in range(world.begins_of[day], world.begins_of[day + 1]):
        demand = world.begins[at]
        state.is_active[demand] = True
        state.number_short[world.demand_type[demand]] += 1
    for at in range(world.ends_of[day], world.ends_of[day + 1]):
        demand = world.ends[at]
        kind = world.demand_type[demand]
        if state.assigned[demand] < world.quantity[demand]:
            state.number_short[kind] -= 1
        state.is_active[demand] = False
        state.assigned[demand] = 0
        for feasible in range(world.feasible_of[kind], world.feasible_of[kind + 1]):
            donor = world.feasible[feasible]
            for place in range(world.units_of[donor], world.units_of[donor + 1]):
                unit = world.units[place]
                if state.demand[unit] == demand:
                    pool_group[unit] = world.group[demand]
                    withdraw(world, state, unit, day, world.group[demand])


@njit(cache=True, nogil=True)
def send(world, state, unit, demand, day, follows_on):
    """Deploy a unit, or let it wait where a category asks for no boots on the ground."""
    touch(state, unit, day)
    if state.what[unit] == CANNIBALISED:
        count_assigned(world, state, state.demand[unit], -1)
    category = world.category[demand]
    state.demand[unit] = demand
    state.deployments[unit] += 1
    state.follow_ons[unit] += np.int64(follows_on)
    if category == NORMAL:
        if day <= 1 and state.prefill[unit] > 0:
            state.budget[unit] -= state.prefill[unit]
            state.bog[unit] += state.prefill[unit]
            state.prefill[unit] = 0
        state.what[unit] = DEPLOYED
        wait_for(state, unit, day, state.budget[unit] - world.overlap[state.policy[unit]])
    else:
        state.what[unit] = CANNIBALISED if category == CANNIBALISATION else WAITING
        state.due[unit] = -1
    at = state.count[SENT]
    state.count[SENT] += 1
    if at < state.sent.shape[0]:
        row = state.sent[at]
        row[0], row[1], row[2] = day, unit, demand
        row[3] = world.rank[world.demand_type[demand], world.unit_type[unit]]
        row[4], row[5], row[6], row[7] = follows_on, state.cycletime[unit], state.budget[unit], state.dwell[unit]
        row[8], row[9], row[10] = state.policy[unit], state.deployments[unit], state.follow_ons[unit]
    count_assigned(world, state, demand, 1)
    settle(world, state, unit, day)


@njit(cache=True, nogil=True)
def preference_of(world, state, unit, demand):
    """How far down a SourceFirst rule puts a unit; 0 goes first."""
    kind, parameter, component = world.preference[demand], world.parameter[demand], world.component[unit]
    if kind == COMPONENT:
        return np.int64(component != parameter)
    if kind == NOT_COMPONENT:
        return np.int64(component == parameter)
    if kind == MODERNISATION:
        return min(abs(world.modernisation[unit] - parameter), MOST_PREFERENCE)
    if kind == CANNIBALISED_NOT_AC:
        return np.int64(0) if state.what[unit] == CANNIBALISED else np.int64(1 + (component == AC))
    return np.int64(0)


@njit(cache=True, nogil=True)
def add_candidate(world, state, unit, demand, day, number):
    """Note a unit with what it is sorted by: rank, preference, readiness ratio; then tie weight."""
    policy = state.policy[unit]
    ratio = cut((state.cycletime[unit] + day - state.updated[unit]) / world.expected_dwell[policy])
    ratio = min(ratio, (np.int64(1) << (RATIO_BITS - 1)) - 1)
    if not world.shortest_first[demand]:
        ratio = (np.int64(1) << (RATIO_BITS - 1)) - ratio
    order = np.int64(world.rank[world.demand_type[demand], world.unit_type[unit]])
    order = (order << PREFERENCE_BITS) + preference_of(world, state, unit, demand)
    state.candidate[number] = unit
    state.key[number] = (order << RATIO_BITS) + ratio
    state.tie[number] = world.tie_weight[unit]


@njit(cache=True, nogil=True)
def goes_first(state, one, other):
    """Whether one candidate goes before another."""
    if state.key[one] != state.key[other]:
        return state.key[one] < state.key[other]
    if state.tie[one] != state.tie[other]:
        return state.tie[one] < state.tie[other]
    return state.candidate[one] < state.candidate[other]


@njit(cache=True, nogil=True)
def swap(state, one, other):
    """Let two candidates change places."""
    state.key[one], state.key[other] = state.key[other], state.key[one]
    state.tie[one], state.tie[other] = state.tie[other], state.tie[one]
    state.candidate[one], state.candidate[other] = state.candidate[other], state.candidate[one]


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
    kind, category = world.demand_type[demand], world.category[demand]
    for feasible in range(world.feasible_of[kind], world.feasible_of[kind + 1]):
        donor = world.feasible[feasible]
        first = world.units_of[donor]
        if category == NORMAL and state.number_available[donor] == 0:
            continue
        for place in range(first, first + state.number_at_home[donor]):
            unit = state.at_home[place]
            if category == NORMAL:
                fits = state.is_available[unit]
            elif category == CANNIBALISATION:
                fits = world.component[unit] != AC
            elif category == FORWARD:
                fits = world.region[demand] >= 0 and world.aligned[unit] == world.region[demand]
            else:
                fits = True
            if fits:
                add_candidate(world, state, unit, demand, day, number)
                number += 1
        if category == WITH_CANNIBALS or category == WITH_HALF_CANNIBALS:
            for place in range(first, world.units_of[donor + 1]):
                unit = world.units[place]
                if state.what[unit] == CANNIBALISED:
                    add_candidate(world, state, unit, demand, day, number)
                    number += 1
                    cannibals += 1
    return number, cannibals


@njit(cache=True, nogil=True)
def take_first(world, state, demand, day, number, cannibals, follows_on):
    """Send as many candidates as a demand is short of, in their order."""
    missing = world.quantity[demand] - state.assigned[demand]
    may_take = cannibals // 2 if world.category[demand] == WITH_HALF_CANNIBALS else cannibals
    for at in range(number // 2 - 1, -1, -1):
        sink(state, at, number)
    while missing > 0 and number > 0:
        unit = state.candidate[0]
        number -= 1
        swap(state, 0, number)
        sink(state, 0, number)
        if state.what[unit] == CANNIBALISED:
            if may_take == 0:
                continue
            may_take -= 1
        send(world, state, unit, demand, day, follows_on)
        missing -= 1


@njit(cache=True, nogil=True)
def fill(world, state, day, pool_group):
    """Fill what is open: from the pool of follow-ons, then from everybody."""
    if state.count[POOLED] > 0:
        for at in range(world.type_order.size):
            kind = world.type_order[at]
            if state.number_short[kind] == 0:
                continue
            for place in range(world.demands_of[kind], world.demands_of[kind + 1]):
                demand = world.demands[place]
                group = world.group[demand]
                if group < 0 or not state.is_active[demand] or state.assigned[demand] >= world.quantity[demand]:
                    continue
                number = 0
                for pooled in range(state.count[POOLED]):
                    unit = state.pool[pooled]
                    is_fit = pool_group[unit] == group and world.rank[kind, world.unit_type[unit]] >= 0
                    if is_fit and state.what[unit] == IN_POOL:
                        add_candidate(world, state, unit, demand, day, number)
                        number += 1
                take_first(world, state, demand, day, number, 0, True)
        for pooled in range(state.count[POOLED]):
            if state.what[state.pool[pooled]] == IN_POOL:
                return_home(world, state, state.pool[pooled], day)
        state.count[POOLED] = 0
    for at in range(world.type_order.size):
        kind = world.type_order[at]
        if state.number_short[kind] == 0:
            continue
        for place in range(world.demands_of[kind], world.demands_of[kind + 1]):
            demand = world.demands[place]
            if state.is_active[demand] and state.assigned[demand] < world.quantity[demand]:
                number, cannibals = gather(world, state, demand, day)
                take_first(world, state, demand, day, number, cannibals, False)


@njit(cache=True, nogil=True)
def class_of(world, state, unit):
    """Whether a unit fills, overlaps, is deployable, or is not ready."""
    what = state.what[unit]
    if what == DEPLOYED or what == WAITING or what == CANNIBALISED:
        return 0
    if what == OVERLAP:
        return 1
    return 2 if what == HOME and world.segment_deployable[state.segment[unit]] else 3


@njit(cache=True, nogil=True)
def tally_days(world, state, unit, day):
    """Count the days that a unit spent in its class up to, and without, a day."""
    for phase in range(world.phase_from.size):
        begins = max(state.tally_since[unit], world.phase_from[phase])
        days = min(day, world.phase_to[phase] + 1) - begins
        if days > 0:
            state.tally[phase, world.unit_type[unit], world.component[unit], state.tally_class[unit]] += days
    state.tally_since[unit] = day


@njit(cache=True, nogil=True)
def end_day(world, state, day):
    """Write down what became of the units that were touched."""
    for at in range(state.count[TOUCHED]):
        unit = state.touched[at]
        now = class_of(world, state, unit)
        if now != state.tally_class[unit]:
            tally_days(world, state, unit, day)
            state.tally_class[unit] = now
        line = state.count[LOGGED]
        state.count[LOGGED] += 1
        if line < state.log.shape[0]:
            row = state.log[line]
            row[0], row[1], row[2], row[3] = day, unit, state.demand[unit], state.what[unit]
            row[4], row[5], row[6] = state.segment[unit], state.cycletime[unit], state.budget[unit]
            row[7], row[8], row[9] = state.bog[unit], state.dwell[unit], state.policy[unit]
    state.count[TOUCHED] = 0


@njit(cache=True, nogil=True)
def spawn(world, state, starts, with_prefill):
    """Put every unit where it starts."""
    for unit in range(world.unit_type.size):
        policy = world.first_policy[unit]
        days = max(starts[unit], 0)
        if days > world.length[policy]:
            days %= world.length[policy]
        state.policy[unit] = policy
        state.cycletime[unit] = state.dwell[unit] = days
        state.budget[unit] = world.max_bog[policy]
        opens = world.from_day[policy]
        closes = min(world.to_day[policy], world.expected_dwell[policy], world.length[policy])
        if with_prefill and opens <= days < closes:
            used = world.max_bog[policy] - (closes - max(days - (world.overlap[policy] + 1), opens))
            most = world.max_bog[policy] - (world.overlap[policy] + 1)
            if used < 0:
                used = most - (-used) % most if most > 0 else 0
            state.prefill[unit] = used
        touch(state, unit, 0)
        go_home(world, state, unit, 0)
        settle(world, state, unit, 0)
        state.tally_class[unit] = class_of(world, state, unit)


@njit(cache=True, nogil=True)
def simulate(world, state, starts, with_prefill, last_day):
    """Run from day 0 to the last day; return nothing, everything stands in the state."""
    spawn(world, state, starts, with_prefill)
    pool_group = np.full(world.unit_type.size, -1, dtype=np.int64)
    for day in range(last_day + 1):
        if state.heads[day] < 0 and not world.is_eventful[day]:
            continue
        state.is_processed[day] = True
        while state.heads[day] >= 0:
            event = state.heads[day]
            state.heads[day] = state.next_event[event]
            state.next_event[event] = state.count[FREE_EVENT]
            state.count[FREE_EVENT] = event
            touch(state, state.event_unit[event], day)
            settle(world, state, state.event_unit[event], day)
        if world.period_new[day] >= 0:
            begin_period(world, state, day)
        change_demands(world, state, day, pool_group)
        fill(world, state, day, pool_group)
        end_day(world, state, day)
    for unit in range(world.unit_type.size):
        tally_days(world, state, unit, last_day + 1)
