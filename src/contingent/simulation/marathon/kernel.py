"""The compiled engine: one run from day 0 to its last day, from event to event.

A day on which anything is due goes in MARATHON's order: units whose state ends are brought forward; a period that begins changes
policies; demands that begin are activated, then demands that end release their units; follow-ons, then everybody else, fill what
is open; at the end of the day what changed is written down.
"""

import numpy as np
from numba import njit

from contingent.simulation.marathon.records import (
    AC,
    CANNIBALISATION,
    CANNIBALISED,
    CANNIBALISED_NOT_AC,
    COMPONENT,
    DEPLOYED,
    FORWARD,
    FREE_EVENT,
    HOME,
    IN_POOL,
    LOGGED,
    MODERNISATION,
    MOST_PREFERENCE,
    NORMAL,
    NOT_COMPONENT,
    OVERLAP,
    POOLED,
    PREFERENCE_BITS,
    RATIO_BITS,
    SENT,
    TOUCHED,
    WAITING,
    WITH_CANNIBALS,
    WITH_HALF_CANNIBALS,
)
from contingent.simulation.marathon.unit_kernels import (
    begin_period,
    count_assigned,
    cut,
    go_home,
    is_open,
    return_home,
    settle,
    touch,
    wait_for,
    withdraw,
)


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
def goes_first(candidates, one, other):
    """Whether one candidate goes before another."""
    if candidates[one].key != candidates[other].key:
        return candidates[one].key < candidates[other].key
    if candidates[one].tie != candidates[other].tie:
        return candidates[one].tie < candidates[other].tie
    return candidates[one].unit < candidates[other].unit


@njit(cache=True, nogil=True)
def swap(candidates, one, other):
    """Let two candidates change places."""
    key, unit, tie = candidates[one].key, candidates[one].unit, candidates[one].tie
    candidates[one].key = candidates[other].key
    candidates[one].unit = candidates[other].unit
    candidates[one].tie = candidates[other].tie
    candidates[other].key = key
    candidates[other].unit = unit
    candidates[other].tie = tie


@njit(cache=True, nogil=True)
def sink(candidates, at, number):
    """Restore the heap of candidates below a place."""
    while True:
        child = 2 * at + 1
        if child >= number:
            return
        if child + 1 < number and goes_first(candidates, child + 1, child):
            child += 1
        if not goes_first(candidates, child, at):
            return
        swap(candidates, at, child)
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
        sink(state.candidate, at, number)
    while missing > 0 and number > 0:
        unit = state.candidate[0].unit
        number -= 1
        swap(state.candidate, 0, number)
        sink(state.candidate, 0, number)
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
                if group < 0 or not is_open(state.demand[demand], world.demand[demand]):
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
            if is_open(state.demand[demand], world.demand[demand]):
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
