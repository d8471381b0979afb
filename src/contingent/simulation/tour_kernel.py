"""Tours of a running replication: those that were planned, what keeps them from beginning, who stays until relief comes."""

import numpy as np
from numba import njit

from contingent.simulation.chance_kernel import happens, whole_days
from contingent.simulation.layout import (
    A_EXPECTED,
    A_HELD,
    A_LAST_NATION,
    A_TOUCHED,
    AT_HOME,
    B_FAILED,
    B_LATE,
    DUE,
    E_ARRIVAL,
    E_LATEST,
    E_PLANNED,
    E_WAKE,
    EXTENDED,
    G_GONE,
    H_BATCH,
    H_COUNT,
    H_LINE_WIDTH,
    H_LINES,
    H_LINES_END,
    H_SPECIAL,
    IN_HANDOVER,
    IS_TRAINING,
    K_FAIL,
    K_LATE,
    M_ELSEWHERE,
    M_IN_DWELL,
    M_LATE,
    M_NOT_OFFERED,
    M_NOT_READY,
    M_WITHDRAWN,
    O_LATE_DAYS,
    O_MOST,
    ON_ITS_WAY,
    P_FAIL,
    P_LATE,
    P_LEAST,
    P_RATIO,
    R_ARRIVES,
    R_AWAY,
    R_BEGAN,
    R_HANDOVER,
    R_HOME_SINCE,
    R_LEAVE,
    R_LINE,
    R_MAY,
    R_NEXT_TOUR,
    R_PRESENT,
    R_READY_AGAIN,
    R_SERVICE_END,
    R_STAGE,
    R_STAND_IN,
    R_TOUR,
    R_TOURS_MADE,
    R_WEIGHT,
    R_WHERE,
    T_DAYS,
    T_FROM,
    T_LINE,
    T_SERVES,
    T_UNTIL,
    T_WEIGHT,
    TOUR_COLUMNS,
    U_KEY,
    U_LAST_TOUR,
    U_MISSED,
    U_MOST_TOURS,
    U_NATION,
    Z_SPECIAL,
)
from contingent.simulation.line_kernel import ask, is_needed
from contingent.simulation.memory_kernel import clear, odds_on, set_due, terms_on
from contingent.simulation.unit_kernel import (
    begin_tour,
    end_service,
    go_off_duty,
    go_on_duty,
    least_of,
    note_special,
    training_days,
)


@njit(cache=True, nogil=True)
def strike(m, unit, tour, cause, days):
    """Strike days of a planned tour: the post is looked after by whoever can be found."""
    line = m[tour + T_LINE]
    m[m[unit + U_MISSED] + cause] += days
    m[line + A_LAST_NATION] = m[unit + U_NATION]
    ask(m, line)


@njit(cache=True, nogil=True)
def wake_today(m, unit, day):
    """Let a unit at home that has lost a planned tour be looked at for other posts."""
    if m[unit + R_WHERE] == AT_HOME:
        set_due(m, E_WAKE, unit, day)


@njit(cache=True, nogil=True)
def plan_next(m, unit, tour):
    """Note which planned tour a unit is to begin next."""
    m[unit + R_NEXT_TOUR] = tour
    if tour < m[unit + U_LAST_TOUR]:
        set_due(m, E_PLANNED, unit, m[tour + T_FROM])
    else:
        clear(m, E_PLANNED, unit)


@njit(cache=True, nogil=True)
def fails_check(m, f, replication, unit, day):
    """Whether a unit fails its readiness check; if so, it trains again."""
    chance = f[odds_on(m, unit, day) + P_FAIL]
    if chance <= 0.0 or happens(m, m[unit + U_KEY] + 2 * K_FAIL, replication, day)[0] >= chance:
        return False
    m[m[H_COUNT] + B_FAILED] += 1
    m[unit + R_READY_AGAIN] = day + training_days(m, f, unit, day)
    m[unit + R_STAGE], m[unit + R_MAY] = IS_TRAINING, 0
    set_due(m, E_WAKE, unit, m[unit + R_READY_AGAIN])
    return True


@njit(cache=True, nogil=True)
def delay_of(m, f, replication, unit, day):
    """Return by how many days a tour that is to begin on a day is late. [days]"""
    chance = f[odds_on(m, unit, day) + P_LATE]
    if chance <= 0.0:
        return np.int64(0)
    first, second = happens(m, m[unit + U_KEY] + 2 * K_LATE, replication, day)
    return whole_days(second, m[terms_on(m, unit, day) + O_LATE_DAYS]) if first < chance else np.int64(0)


@njit(cache=True, nogil=True)
def set_off(m, f, replication, unit, day, arrives):
    """Send a unit whose tour is noted on it: it begins at once, or is expected."""
    if arrives <= day:
        begin_tour(m, f, replication, unit, day)
        return
    m[unit + R_WHERE], m[unit + R_ARRIVES] = ON_ITS_WAY, arrives
    m[m[H_COUNT] + B_LATE] += 1
    m[m[unit + R_LINE] + A_EXPECTED] += m[unit + R_WEIGHT]
    clear(m, E_WAKE, unit)
    set_due(m, E_ARRIVAL, unit, arrives)


@njit(cache=True, nogil=True)
def arrive(m, f, replication, unit, day):
    """Let a unit that was on its way begin its tour."""
    m[m[unit + R_LINE] + A_EXPECTED] -= m[unit + R_WEIGHT]
    begin_tour(m, f, replication, unit, day)


@njit(cache=True, nogil=True)
def may_go_again(m, f, unit, day):
    """Whether a unit that only waits for its relief, or hands over, may begin its next tour without any dwell."""
    if m[unit + R_WHERE] not in (DUE, EXTENDED, IN_HANDOVER):
        return False
    return min(f[odds_on(m, unit, day) + P_RATIO], f[odds_on(m, unit, day) + P_LEAST]) == 0.0


@njit(cache=True, nogil=True)
def begin_planned(m, f, replication, unit, day):
    """Begin the tour that is planned for a unit and a day, or say why not.

    In this order: the offer did not come about; the nation has withdrawn; the unit is away, or has made all its tours; it fails
    its check; it is late, by chance or because its least dwell is not over. A tour that begins late ends as planned.
    """
    tour = m[unit + R_NEXT_TOUR]
    plan_next(m, unit, tour + TOUR_COLUMNS)
    days = m[tour + T_DAYS]
    if not m[unit + R_PRESENT]:
        strike(m, unit, tour, M_NOT_OFFERED, days)
        return
    if day >= m[m[unit + U_NATION] + G_GONE]:
        strike(m, unit, tour, M_WITHDRAWN, days)
        return
    if may_go_again(m, f, unit, day):
        if m[unit + R_WHERE] == EXTENDED:
            go_off_duty(m, unit, day)
        end_service(m, unit, day, day)
    if m[unit + R_WHERE] != AT_HOME or m[unit + R_TOURS_MADE] >= m[unit + U_MOST_TOURS]:
        strike(m, unit, tour, M_ELSEWHERE, days)
        wake_today(m, unit, day)
        return
    if fails_check(m, f, replication, unit, day):
        strike(m, unit, tour, M_NOT_READY, days)
        return
    delay = delay_of(m, f, replication, unit, day)
    arrives, cause = day + delay, M_LATE
    rested = m[unit + R_READY_AGAIN]
    if m[unit + R_AWAY] > 0:
        rested = max(rested, m[unit + R_HOME_SINCE] + least_of(m, f, unit, day))
    if rested > arrives:
        arrives, cause = rested, M_IN_DWELL
    if arrives >= day + days:
        strike(m, unit, tour, cause, days)
        wake_today(m, unit, day)
        return
    if arrives > day:
        m[m[unit + U_MISSED] + cause] += arrives - day
    m[unit + R_LINE], m[unit + R_WEIGHT], m[unit + R_TOUR] = m[tour + T_LINE], m[tour + T_WEIGHT], tour
    m[unit + R_SERVICE_END], m[unit + R_LEAVE] = m[tour + T_SERVES], m[tour + T_UNTIL]
    m[unit + R_HANDOVER], m[unit + R_STAND_IN] = m[tour + T_UNTIL] - m[tour + T_SERVES], 0
    set_off(m, f, replication, unit, day, arrives)


@njit(cache=True, nogil=True)
def latest_of(m, unit, day):
    """Return the day on which a unit must leave at the latest where no relief comes, by the policy of the day."""
    most = m[terms_on(m, unit, day) + O_MOST]
    return m[unit + R_BEGAN] + most


@njit(cache=True, nogil=True)
def come_due(m, unit, day):
    """Take a unit whose service ends off its post, until it is known whether relief has come."""
    go_off_duty(m, unit, day)
    m[unit + R_WHERE] = DUE


@njit(cache=True, nogil=True)
def stay_or_hand_over(m, unit, day):
    """Keep a unit whose service ends on its post if nobody has relieved it and it may stay; else let it hand over."""
    if m[unit + R_WHERE] != DUE:
        return
    latest = latest_of(m, unit, day)
    stays = is_needed(m, m[unit + R_LINE], m[unit + R_WEIGHT]) and latest > day
    if stays and day < m[m[unit + U_NATION] + G_GONE]:
        m[unit + R_WHERE] = EXTENDED
        note_special(m, unit)
        go_on_duty(m, unit, day)
        set_due(m, E_LATEST, unit, latest)
    else:
        end_service(m, unit, day, m[unit + R_LEAVE])


@njit(cache=True, nogil=True)
def leave_at_last(m, unit, day):
    """Send home a unit that has stayed as long as it may."""
    go_off_duty(m, unit, day)
    end_service(m, unit, day, day)


@njit(cache=True, nogil=True)
def relieve_those_not_needed(m, day):
    """Relieve extended units and stand-ins on lines that would not be short without them: the first to have been due first."""
    number = 0
    for place in range(m[Z_SPECIAL]):
        unit = m[m[H_SPECIAL] + place]
        if m[m[unit + R_LINE] + A_TOUCHED] == 1:
            m[m[H_BATCH] + number] = unit
            number += 1
    sort_by_service(m, number)
    for place in range(number):
        unit = m[m[H_BATCH] + place]
        line, weight = m[unit + R_LINE], m[unit + R_WEIGHT]
        m[line + A_HELD] -= weight
        needed = is_needed(m, line, weight)
        m[line + A_HELD] += weight
        if not needed:
            latest = m[unit + R_LEAVE]
            if m[unit + R_WHERE] == EXTENDED:
                latest = max(latest, latest_of(m, unit, day))
            go_off_duty(m, unit, day)
            end_service(m, unit, day, min(day + m[unit + R_HANDOVER], latest))
    for line in range(m[H_LINES], m[H_LINES_END], m[H_LINE_WIDTH]):
        m[line + A_TOUCHED] = 0


@njit(cache=True, nogil=True)
def sort_by_service(m, number):
    """Sort a batch of units by the day on which their service was to end, then by their order."""
    for place in range(1, number):
        unit = m[m[H_BATCH] + place]
        end, at = m[unit + R_SERVICE_END], place
        while at > 0:
            other = m[m[H_BATCH] + at - 1]
            if m[other + R_SERVICE_END] < end or (m[other + R_SERVICE_END] == end and other < unit):
                break
            m[m[H_BATCH] + at] = other
            at -= 1
        m[m[H_BATCH] + at] = unit


@njit(cache=True, nogil=True)
def withdraw_unit(m, unit, day):
    """Let a unit of a nation that withdraws go no more: what runs ends as planned, what was extended ends today."""
    clear(m, E_WAKE, unit)
    if m[unit + R_WHERE] == ON_ITS_WAY:
        line = m[unit + R_LINE]
        m[line + A_EXPECTED] -= m[unit + R_WEIGHT]
        clear(m, E_ARRIVAL, unit)
        if m[unit + R_TOUR] >= 0:
            tour = m[unit + R_TOUR]
            after = m[tour + T_FROM] + m[tour + T_DAYS]
            strike(m, unit, tour, M_WITHDRAWN, after - m[unit + R_ARRIVES])
        m[unit + R_WHERE], m[unit + R_TOUR] = AT_HOME, -1
        ask(m, line)
    elif m[unit + R_WHERE] == EXTENDED:
        leave_at_last(m, unit, day)
