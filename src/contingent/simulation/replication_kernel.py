"""One replication: the days of the horizon on which something happens, in the order in which it happens on a day.

1. nations withdraw; 2. units come home; 3. calls and outages end, outages begin; 4. who may stay no longer leaves; 5. lines open
and close; 6. service ends; 7. planned tours begin, late units arrive; 8. who has not been relieved stays, who is not needed is
relieved; 9. calls come; 10. empty posts are filled. What holds then holds for the day.
"""

import numpy as np
from numba import njit

from contingent.simulation.call_kernel import answer_calls, call_is_over, pass_on_calls, wait_for_call
from contingent.simulation.chance_kernel import outage, takes_part, withdrawal_day
from contingent.simulation.dispatch_kernel import fill_empty_posts
from contingent.simulation.layout import (
    AT_HOME,
    B_NOT_COME,
    B_WITHDRAWALS,
    C_NEXT,
    C_NUMBER,
    C_SUMS,
    CALL_WIDTH,
    COUNTED,
    DAY_WIDTH,
    E_ARRIVAL,
    E_CALL,
    E_HOME,
    E_LATEST,
    E_OUTAGE,
    E_PLANNED,
    E_RELIEF,
    E_WAKE,
    FRESH,
    G_GONE,
    G_PEOPLE,
    H_CALLS,
    H_CALLS_END,
    H_CHANGES,
    H_CHANGES_END,
    H_COUNT,
    H_DAYS,
    H_FILLED,
    H_FILLED_END,
    H_HORIZON,
    H_LINE_WIDTH,
    H_LINES,
    H_LINES_END,
    H_MISSED,
    H_MISSED_END,
    H_MONTH_FIRST,
    H_NATIONS,
    H_NATIONS_END,
    H_OFFERS,
    H_OFFERS_END,
    H_PROBABILITIES,
    H_UNITS,
    H_UNITS_END,
    H_ZEROED,
    K_OUTAGE,
    KINDS,
    N_FIRST_UNIT,
    N_HAZARD,
    N_KEY,
    N_LAST_UNIT,
    NATION_WIDTH,
    NEVER,
    O_OUTAGE_DAYS,
    O_TOUR,
    P_OUTAGES,
    Q_DAY,
    R_AWAY,
    R_BEGAN,
    R_CALL,
    R_HOME_SINCE,
    R_LINE,
    R_OUT_SINCE,
    R_OUTAGES,
    R_PRESENT,
    R_SPECIAL,
    R_TOUR,
    R_WEIGHT,
    R_WHERE,
    U_FIRST_TOUR,
    U_HOME_SINCE,
    U_KEY,
    U_NATION,
    U_TERM,
    UNIT_WIDTH,
    Y_DUE,
    Z_NEXT_WITHDRAWAL,
    Z_ORPHANS,
    Z_SPECIAL,
    Z_WOKEN,
    Z_WOKEN_END,
    ZEROED,
)
from contingent.simulation.line_kernel import ask_all, begin_line, end_line, serve, set_target
from contingent.simulation.memory_kernel import collect, month_of, odds_on, set_due, stretch_of, terms_on
from contingent.simulation.tally_kernel import count_replication, count_states
from contingent.simulation.tour_kernel import (
    arrive,
    begin_planned,
    come_due,
    leave_at_last,
    plan_next,
    relieve_those_not_needed,
    stay_or_hand_over,
    withdraw_unit,
)
from contingent.simulation.unit_kernel import come_home, end_call, end_outage, pass_on_call, wake_next


@njit(cache=True, nogil=True)
def play(m, f, tally, first, after):
    """Play replications from `first` up to `after`, and count them."""
    for number in range(first, after):
        replication = np.uint64(number)
        begin(m, f, replication)
        change = m[H_CHANGES]
        for day in range(m[H_HORIZON]):
            change = play_day(m, f, replication, day, change)
            if m[m[H_MONTH_FIRST] + month_of(m, day)] == day:
                count_states(m, tally, day)
        finish(m)
        count_replication(m, tally)


@njit(cache=True, nogil=True)
def play_day(m, f, replication, day, change):
    """Play a day; `change` is the next change of what is planned, and is handed on."""
    if m[Z_NEXT_WITHDRAWAL] == day:
        withdraw(m, day)
    for kind in (E_HOME, E_CALL, E_OUTAGE, E_LATEST):
        first, after = collect(m, kind, day)
        for place in range(first, after):
            if kind == E_HOME:
                come_home(m, m[place], day)
            elif kind == E_CALL:
                call_is_over(m, m[place], day)
            elif kind == E_OUTAGE:
                fall_out_or_return(m, f, replication, m[place], day)
            else:
                leave_at_last(m, m[place], day)
    while change < m[H_CHANGES_END] and m[change] == day:
        set_target(m, m[change + 1], m[change + 2])
        change += 3
    relieve(m, f, replication, day)
    if m[Z_ORPHANS] > 0:
        pass_on_calls(m, day)
    if m[H_CALLS] < m[H_CALLS_END]:
        answer_calls(m, f, replication, day)
    if day > 0 and stretch_of(m, day) != stretch_of(m, day - 1):
        wake_all(m, day)
    first, after = collect(m, E_WAKE, day)
    m[Z_WOKEN], m[Z_WOKEN_END] = first, after
    for place in range(first, after):
        wake_next(m, f, m[place], day)
    fill_empty_posts(m, f, replication, day)
    return change


@njit(cache=True, nogil=True)
def relieve(m, f, replication, day):
    """Let service end, tours begin, and who is not relieved stay."""
    due, due_end = collect(m, E_RELIEF, day)
    for place in range(due, due_end):
        come_due(m, m[place], day)
    first, after = collect(m, E_PLANNED, day)
    for place in range(first, after):
        begin_planned(m, f, replication, m[place], day)
    first, after = collect(m, E_ARRIVAL, day)
    for place in range(first, after):
        arrive(m, f, replication, m[place], day)
    for place in range(due, due_end):
        stay_or_hand_over(m, m[place], day)
    if m[Z_SPECIAL] > 0:
        relieve_those_not_needed(m, day)


@njit(cache=True, nogil=True)
def begin(m, f, replication):
    """Put everything in the state in which a replication begins."""
    m[H_ZEROED : H_ZEROED + ZEROED] = 0
    for day in range(m[H_HORIZON]):
        place = m[H_DAYS] + day * DAY_WIDTH + Y_DUE
        m[place : place + KINDS] = -1
    m[m[H_FILLED] : m[H_FILLED_END]] = 0
    m[m[H_MISSED] : m[H_MISSED_END]] = 0
    m[m[H_COUNT] : m[H_COUNT] + len(COUNTED)] = 0
    for line in range(m[H_LINES], m[H_LINES_END], m[H_LINE_WIDTH]):
        begin_line(m, line)
    offer, probability = m[H_OFFERS], m[H_PROBABILITIES]
    m[Z_NEXT_WITHDRAWAL] = NEVER
    for nation in range(m[H_NATIONS], m[H_NATIONS_END], NATION_WIDTH):
        key, hazard = m[nation + N_KEY], f[m[nation + N_HAZARD]]
        m[nation + G_PEOPLE], m[nation + G_GONE] = 0, NEVER
        if hazard > 0.0:
            m[nation + G_GONE] = withdrawal_day(m, key + 2, replication, hazard)
        share, taking_part = takes_part(m, key, replication), 0
        while offer < m[H_OFFERS_END] and m[offer] < m[nation + N_LAST_UNIT]:
            present = 1 if share < f[probability] else 0
            m[m[H_COUNT] + B_NOT_COME] += 1 - present
            taking_part = max(taking_part, present)
            for unit in range(m[offer], m[offer + 1], UNIT_WIDTH):
                begin_unit(m, unit, present)
            offer, probability = offer + 2, probability + 1
        if taking_part == 1 and m[nation + G_GONE] < m[H_HORIZON]:
            m[m[H_COUNT] + B_WITHDRAWALS] += 1
        m[Z_NEXT_WITHDRAWAL] = min(m[Z_NEXT_WITHDRAWAL], m[nation + G_GONE])
    for call in range(m[H_CALLS], m[H_CALLS_END], CALL_WIDTH):
        m[call + C_NUMBER], f[m[call + C_NEXT]] = 0, 0.0
        m[call + C_SUMS : call + CALL_WIDTH] = 0
        wait_for_call(m, f, replication, call)


@njit(cache=True, nogil=True)
def begin_unit(m, unit, present):
    """Put a unit in the state in which a replication begins."""
    m[unit + R_WHERE : unit + Q_DAY] = 0
    m[unit + Q_DAY : unit + UNIT_WIDTH] = -1
    m[unit + R_WHERE], m[unit + R_PRESENT] = AT_HOME, present
    m[unit + R_TOUR], m[unit + R_CALL], m[unit + R_OUT_SINCE], m[unit + R_SPECIAL] = -1, -1, -1, -1
    m[unit + R_HOME_SINCE] = m[unit + U_HOME_SINCE]
    if m[unit + U_HOME_SINCE] > FRESH:
        m[unit + R_AWAY] = m[m[unit + U_TERM] + O_TOUR]
    plan_next(m, unit, m[unit + U_FIRST_TOUR])
    if present == 1:
        set_due(m, E_WAKE, unit, 0)


@njit(cache=True, nogil=True)
def withdraw(m, day):
    """Let the nations withdraw whose day it is: from today none of their tours begin."""
    m[Z_NEXT_WITHDRAWAL] = NEVER
    for nation in range(m[H_NATIONS], m[H_NATIONS_END], NATION_WIDTH):
        if m[nation + G_GONE] == day:
            for unit in range(m[nation + N_FIRST_UNIT], m[nation + N_LAST_UNIT], UNIT_WIDTH):
                withdraw_unit(m, unit, day)
        elif m[nation + G_GONE] > day:
            m[Z_NEXT_WITHDRAWAL] = min(m[Z_NEXT_WITHDRAWAL], m[nation + G_GONE])


@njit(cache=True, nogil=True)
def wake_all(m, day):
    """Look at everybody anew on the day on which policies change."""
    for unit in range(m[H_UNITS], m[H_UNITS_END], UNIT_WIDTH):
        if m[unit + R_WHERE] == AT_HOME and m[unit + R_PRESENT] == 1 and day < m[m[unit + U_NATION] + G_GONE]:
            set_due(m, E_WAKE, unit, day)
    ask_all(m)


@njit(cache=True, nogil=True)
def fall_out_or_return(m, f, replication, unit, day):
    """Begin an outage of a unit that holds a post, or end it and draw the next, by the policy of the tour's first day."""
    began = m[unit + R_BEGAN]
    key, rate = m[unit + U_KEY] + 2 * K_OUTAGE, f[odds_on(m, unit, began) + P_OUTAGES]
    mean, number = m[terms_on(m, unit, began) + O_OUTAGE_DAYS], m[unit + R_OUTAGES]
    if m[unit + R_OUT_SINCE] < 0:
        _, days = outage(m, key, replication, began, number, rate, mean)
        if m[unit + R_CALL] >= 0:
            pass_on_call(m, unit, day)
        else:
            serve(m, m[unit + R_LINE], day, m[unit + R_WEIGHT], -1)
        m[unit + R_OUT_SINCE] = day
        m[unit + R_OUTAGES] = number + 1
        set_due(m, E_OUTAGE, unit, day + days)
    else:
        end_outage(m, unit, day)
        serve(m, m[unit + R_LINE], day, m[unit + R_WEIGHT], 1)
        until, _ = outage(m, key, replication, began, number, rate, mean)
        set_due(m, E_OUTAGE, unit, day + until)


@njit(cache=True, nogil=True)
def finish(m):
    """Count what is under way at the end of the horizon."""
    for unit in range(m[H_UNITS], m[H_UNITS_END], UNIT_WIDTH):
        if m[unit + R_OUT_SINCE] >= 0:
            end_outage(m, unit, m[H_HORIZON])
        if m[unit + R_CALL] >= 0:
            end_call(m, unit, m[H_HORIZON])
    for line in range(m[H_LINES], m[H_LINES_END], m[H_LINE_WIDTH]):
        end_line(m, line, m[H_HORIZON])
