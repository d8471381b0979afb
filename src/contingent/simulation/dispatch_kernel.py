"""Dispatch of a running replication: who is sent to a post that has fallen empty.

Lines are looked after in the order of their priority, then of their table. Sent is, of the units that may go,

1. who keeps the dwell promised, before and after, rather than who breaks it;
2. then who gives most;
3. then whom the line's rule of dispatch prefers: `planned` whoever is planned for this line next, `own_nation` the nation that
   held the post last; `longest_dwell` nobody;
4. then who has been at home longest;
5. then who stands first in the table of offers.
"""

import numpy as np
from numba import njit

from contingent.simulation.layout import (
    A_ASKED,
    A_HOLDER,
    A_LAST_NATION,
    AT_HOME,
    B_UNPLANNED,
    BY_NATION,
    BY_PLAN,
    G_GONE,
    G_PEOPLE,
    H_COUNT,
    H_GREEDY,
    H_HORIZON,
    H_LINE_WIDTH,
    H_LINES,
    H_LINES_END,
    H_ORDER,
    IS_READY,
    L_FROM,
    L_ONE_NATION,
    L_PLACE,
    L_PRIORITY,
    L_SERVES,
    L_SERVES_END,
    L_UNTIL,
    N_CEILING,
    O_HANDOVER,
    O_TOUR,
    P_LEAST,
    P_RATIO,
    R_HANDOVER,
    R_HOME_SINCE,
    R_KEPT,
    R_LEAVE,
    R_LINE,
    R_MAY,
    R_NEXT_TOUR,
    R_PRESENT,
    R_RESTED,
    R_SERVICE_END,
    R_STAGE,
    R_STAND_IN,
    R_TOUR,
    R_TOURS_MADE,
    R_WEIGHT,
    R_WHERE,
    T_FROM,
    T_LINE,
    TOUR_COLUMNS,
    U_LAST_TOUR,
    U_MOST_TOURS,
    U_NATION,
    U_PEOPLE,
    U_UNTIL,
    U_WEIGHTS,
    UNIT_WIDTH,
    Z_ASKED,
    Z_WOKEN,
    Z_WOKEN_END,
)
from contingent.simulation.line_kernel import short_of
from contingent.simulation.memory_kernel import odds_on, rule_of, terms_on
from contingent.simulation.tour_kernel import delay_of, fails_check, plan_next, set_off
from contingent.simulation.unit_kernel import dwell_of

CANNOT, BREAKS, KEEPS = 0, 1, 2
"""Whether a unit may be sent, and whether it keeps the dwell promised."""

KEPT_BIT, WEIGHT_BIT, LIKED_BIT = 61, 41, 40
"""Where in one number each comparison has its place: what is looked at first stands highest, days at home lowest."""


@njit(cache=True, nogil=True)
def fill_empty_posts(m, f, replication, day):
    """Look for somebody for each line that is short, the most important first."""
    if m[Z_ASKED] == 0 and m[Z_WOKEN] == m[Z_WOKEN_END]:
        return
    lines = (m[H_LINES_END] - m[H_LINES]) // m[H_LINE_WIDTH]
    for place in range(m[H_ORDER], m[H_ORDER] + lines):
        line = m[place]
        if m[line + A_ASKED] == 0 and m[Z_WOKEN] == m[Z_WOKEN_END]:
            continue
        while short_of(m, line) > 0 and m[line + L_FROM] <= day < m[line + L_UNTIL]:
            unit = best_for(m, f, line, day)
            if unit < 0:
                break
            if not fails_check(m, f, replication, unit, day):
                send(m, f, replication, unit, line, day)
        m[line + A_ASKED] = 0
    m[Z_ASKED] = 0


@njit(cache=True, nogil=True)
def best_for(m, f, line, day):
    """Return the unit that is sent to a line, -1 if there is none.

    A line that is no shorter than when somebody was last looked for can only be helped by those who have become ready since.
    """
    best, most = np.int64(-1), np.int64(0)
    if m[line + A_ASKED] == 0:
        for place in range(m[Z_WOKEN], m[Z_WOKEN_END]):
            worth = worth_of(m, f, line, day, m[place])
            if worth > most:
                best, most = m[place], worth
        return best
    for span in range(m[line + L_SERVES], m[line + L_SERVES_END], 2):
        for unit in range(m[span], m[span + 1], UNIT_WIDTH):
            if m[unit + R_WHERE] == AT_HOME and m[unit + R_MAY] == 1:
                worth = worth_of(m, f, line, day, unit)
                if worth > most:
                    best, most = np.int64(unit), worth
    return best


@njit(cache=True, nogil=True)
def worth_of(m, f, line, day, unit):
    """Return by how much a unit is rather sent than others, as one number; 0 if it may not be sent."""
    kept = may_be_sent(m, f, line, day, unit)
    if kept == CANNOT:
        return np.int64(0)
    liked = np.int64(1) if preferred(m, line, day, unit) else np.int64(0)
    kept, weight = np.int64(kept), weight_of(m, unit, line)
    return (kept << KEPT_BIT) + (weight << WEIGHT_BIT) + (liked << LIKED_BIT) + day - m[unit + R_HOME_SINCE]


@njit(cache=True, nogil=True)
def weight_of(m, unit, line):
    """Return what a unit gives a line; 0 where it may not serve it. [millionths of a unit]"""
    return m[m[unit + U_WEIGHTS] + m[line + L_PLACE]]


@njit(cache=True, nogil=True)
def may_be_sent(m, f, line, day, unit):
    """Return whether a unit may be sent to a line, and whether it keeps the dwell promised."""
    weight = weight_of(m, unit, line)
    if m[unit + R_WHERE] != AT_HOME or weight == 0 or not m[unit + R_PRESENT] or 2 * short_of(m, line) < weight:
        return CANNOT
    if m[unit + R_MAY] == 0 or day < m[unit + R_RESTED]:
        return CANNOT
    nation = m[unit + U_NATION]
    tour_days = m[terms_on(m, unit, day) + O_TOUR]
    if day >= m[nation + G_GONE]:
        return CANNOT
    if min(day + tour_days, m[H_HORIZON]) > m[unit + U_UNTIL]:
        return CANNOT
    ceiling = m[nation + N_CEILING]
    if ceiling >= 0 and m[nation + G_PEOPLE] + m[unit + U_PEOPLE] > ceiling:
        return CANNOT
    if m[line + L_ONE_NATION] == 1 and m[line + A_HOLDER] not in (-1, nation):
        return CANNOT
    return class_of(m, f, line, day, unit, m[unit + R_STAGE] == IS_READY and day >= m[unit + R_KEPT])


@njit(cache=True, nogil=True)
def class_of(m, f, line, day, unit, keeps):
    """Return whether a unit that is ready may be taken from what it is planned for, and whether dwell is kept before and after.

    A unit that is to begin a planned tour before it would be back and have had its dwell is taken only for a line that is more
    important, or where the rule is `planned` and the tour is one on the same line, which then begins early.
    """
    tour, last = m[unit + R_NEXT_TOUR], m[unit + U_LAST_TOUR]
    left, most = (last - tour) // TOUR_COLUMNS, m[unit + U_MOST_TOURS]
    if left == 0:
        return CANNOT if m[unit + R_TOURS_MADE] >= most else KEEPS if keeps else BREAKS
    days = m[terms_on(m, unit, day) + O_TOUR]
    begins, ratio = m[tour + T_FROM], f[odds_on(m, unit, day) + P_RATIO]
    least = min(ratio, f[odds_on(m, unit, day) + P_LEAST])
    if begins >= day + days + dwell_of(days, least):
        if m[unit + R_TOURS_MADE] + left >= most:
            return CANNOT
        return KEEPS if keeps and begins >= day + days + dwell_of(days, ratio) else BREAKS
    planned_for = m[tour + T_LINE]
    more_important = m[planned_for + L_PRIORITY] > m[line + L_PRIORITY]
    if not (more_important or (planned_for == line and rule_of(m, line, day) == BY_PLAN)):
        return CANNOT
    if m[unit + R_TOURS_MADE] + left > most:
        return CANNOT
    return KEEPS if keeps else BREAKS


@njit(cache=True, nogil=True)
def preferred(m, line, day, unit):
    """Whether the rule of dispatch of a line prefers a unit."""
    rule = rule_of(m, line, day)
    if rule == BY_NATION:
        return m[unit + U_NATION] == m[line + A_LAST_NATION]
    tour = m[unit + R_NEXT_TOUR]
    return rule == BY_PLAN and tour < m[unit + U_LAST_TOUR] and m[tour + T_LINE] == line


@njit(cache=True, nogil=True)
def send(m, f, replication, unit, line, day):
    """Send a unit to a line on which it is not planned now; a tour that is planned for it on the line begins early instead."""
    days, handover = m[terms_on(m, unit, day) + O_TOUR], m[terms_on(m, unit, day) + O_HANDOVER]
    arrives = day + delay_of(m, f, replication, unit, day)
    m[unit + R_LINE], m[unit + R_WEIGHT], m[unit + R_TOUR] = line, weight_of(m, unit, line), -1
    m[unit + R_SERVICE_END], m[unit + R_LEAVE], m[unit + R_HANDOVER] = arrives + days - handover, arrives + days, handover
    m[unit + R_STAND_IN] = 1 - m[H_GREEDY]
    m[m[H_COUNT] + B_UNPLANNED] += 1
    if m[line + A_HOLDER] < 0:
        m[line + A_HOLDER] = m[unit + U_NATION]
    if begins_early(m, f, unit, line, day):
        m[unit + R_STAND_IN] = 0
        plan_next(m, unit, m[unit + R_NEXT_TOUR] + TOUR_COLUMNS)
    set_off(m, f, replication, unit, day, arrives)


@njit(cache=True, nogil=True)
def begins_early(m, f, unit, line, day):
    """Whether a unit that is sent to a line begins a tour early that is planned for it there and could not be made as planned."""
    tour = m[unit + R_NEXT_TOUR]
    if tour >= m[unit + U_LAST_TOUR] or m[tour + T_LINE] != line or rule_of(m, line, day) != BY_PLAN:
        return False
    days = m[terms_on(m, unit, day) + O_TOUR]
    least = min(f[odds_on(m, unit, day) + P_RATIO], f[odds_on(m, unit, day) + P_LEAST])
    return m[tour + T_FROM] < day + days + dwell_of(days, least)
