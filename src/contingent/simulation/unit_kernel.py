"""Units of a running replication: their days at home, how a tour begins and ends, and what each is due for on which day."""

import math

import numpy as np
from numba import njit

from contingent.simulation.chance_kernel import outage
from contingent.simulation.layout import (
    AT_HOME,
    B_BROKEN,
    B_EXTENDED,
    B_TOURS,
    C_SUMS,
    D_BROKEN,
    D_PROMISED,
    D_RATIO,
    D_TOURS,
    DWELL_SUMS,
    E_CALL,
    E_HOME,
    E_LATEST,
    E_OUTAGE,
    E_RELIEF,
    E_WAKE,
    EXTENDED,
    G_GONE,
    G_PEOPLE,
    H_COUNT,
    H_DWELL_BINS,
    H_DWELL_SUMS,
    H_MULTIPLES,
    H_ORPHANS,
    H_SPECIAL,
    IN_HANDOVER,
    IS_CALLED,
    IS_EXTENDED,
    IS_HANDOVER,
    IS_NOT_OFFERED,
    IS_OUT,
    IS_READY,
    IS_RECOVERING,
    IS_SERVING,
    IS_TRAINING,
    IS_UNAVAILABLE,
    IS_WITHDRAWN,
    K_OUTAGE,
    M_CALLED,
    M_OUTAGE,
    MULTIPLE_BINS,
    N_CEILING,
    NEVER,
    O_CYCLE,
    O_OUTAGE_DAYS,
    O_RECOVERY,
    ON_ITS_WAY,
    P_LEAST,
    P_OUTAGES,
    P_RATIO,
    R_AWAY,
    R_BEGAN,
    R_CALL,
    R_CALL_END,
    R_CALL_SINCE,
    R_HOME_SINCE,
    R_KEPT,
    R_LEAVE,
    R_LINE,
    R_MAY,
    R_OUT_SINCE,
    R_OUTAGES,
    R_PRESENT,
    R_READY_AGAIN,
    R_RESTED,
    R_SERVICE_END,
    R_SPECIAL,
    R_STAGE,
    R_STAND_IN,
    R_TOUR,
    R_TOURS_MADE,
    R_WEIGHT,
    R_WHERE,
    RATIO_BINS,
    RATIO_WIDTH,
    S_DAYS,
    S_MAY,
    S_SHARE,
    S_STATE,
    SERVING,
    T_DAYS,
    T_FROM,
    U_GROUP,
    U_KEY,
    U_MISSED,
    U_NATION,
    U_PEOPLE,
    U_READY,
    U_UNTIL,
    UNIT,
    W_UNIT_DAYS,
    Z_ORPHANS,
    Z_SPECIAL,
)
from contingent.simulation.line_kernel import ask_all, hold, let_go, serve
from contingent.simulation.memory_kernel import clear, odds_on, set_due, steps_of, terms_on


@njit(cache=True, nogil=True)
def dwell_of(away, ratio):
    """Return the days at home that days away earn, rounded up as `contingent.quantities.dwell_days` does. [days]"""
    return np.int64(math.ceil(away * ratio - 5e-7))


@njit(cache=True, nogil=True)
def promised_of(m, f, unit, day):
    """Return the dwell that a unit at home was promised, by the policy of the day. [days]"""
    return dwell_of(m[unit + R_AWAY], f[odds_on(m, unit, day) + P_RATIO])


@njit(cache=True, nogil=True)
def least_of(m, f, unit, day):
    """Return the dwell without which a unit at home is not sent, by the policy of the day; never more than promised. [days]"""
    away = m[unit + R_AWAY]
    return dwell_of(away, min(f[odds_on(m, unit, day) + P_RATIO], f[odds_on(m, unit, day) + P_LEAST]))


@njit(cache=True, nogil=True)
def stage_of(m, f, unit, day):
    """Return the state of a unit at home, whether it may be sent in it, and the day on which that changes."""
    if day < m[unit + U_READY]:
        return IS_UNAVAILABLE, False, m[unit + U_READY]
    if day >= m[unit + U_UNTIL]:
        return IS_UNAVAILABLE, False, np.int64(NEVER)
    if day < m[unit + R_READY_AGAIN]:
        return IS_TRAINING, False, m[unit + R_READY_AGAIN]
    if m[unit + R_AWAY] == 0:
        return IS_READY, True, np.int64(NEVER)
    begins = m[unit + R_HOME_SINCE] + m[terms_on(m, unit, day) + O_RECOVERY]
    if day < begins:
        return IS_RECOVERING, False, begins
    cycle, promised = m[terms_on(m, unit, day) + O_CYCLE], promised_of(m, f, unit, day)
    at, passed = day - begins, np.int64(0)
    whole = cycle_days(m, f, cycle, promised)
    if 0 < whole <= at:  # the cycle begins anew
        passed = at // whole * whole
    end = 0.0
    for step in steps_of(m, cycle):
        days = days_of_step(m, f, step, promised)
        end += days
        if days < 0.0 or at - passed < math.floor(end + 0.5):
            changes = np.int64(NEVER) if days < 0.0 else begins + passed + np.int64(math.floor(end + 0.5))
            return m[step + S_STATE], m[step + S_MAY] == 1, changes
    return IS_READY, True, np.int64(NEVER)


@njit(cache=True, nogil=True)
def days_of_step(m, f, step, promised):
    """Return how long a step of a cycle lasts, -1 where it lasts until the next tour. [days]"""
    if m[step + S_DAYS] >= 0:
        return float(m[step + S_DAYS])
    share = f[m[step + S_SHARE]]
    return share * promised if share >= 0.0 else -1.0


@njit(cache=True, nogil=True)
def cycle_days(m, f, cycle, promised):
    """Return how long a cycle lasts until it begins anew, -1 where it never does. [days]"""
    whole = 0.0
    for step in steps_of(m, cycle):
        days = days_of_step(m, f, step, promised)
        if days < 0.0:
            return np.int64(-1)
        whole += days
    return np.int64(math.floor(whole + 0.5))


@njit(cache=True, nogil=True)
def training_days(m, f, unit, day):
    """Return how long a unit that has failed its check trains until it may try again: at least a day. [days]"""
    cycle = m[terms_on(m, unit, day) + O_CYCLE]
    promised, days = promised_of(m, f, unit, day), 0.0
    for step in steps_of(m, cycle):
        if m[step + S_STATE] == IS_TRAINING:
            days += max(0.0, days_of_step(m, f, step, promised))
    return max(np.int64(1), np.int64(math.floor(days + 0.5)))


@njit(cache=True, nogil=True)
def wake_next(m, f, unit, day):
    """Note what a unit at home is, from which day on its dwell is long enough, and when it is to be looked at again."""
    stage, may, following = stage_of(m, f, unit, day)
    home = m[unit + R_HOME_SINCE]
    rested = home + least_of(m, f, unit, day)
    m[unit + R_STAGE], m[unit + R_MAY] = stage, 1 if may or stage == IS_READY else 0
    m[unit + R_RESTED], m[unit + R_KEPT] = rested, home + promised_of(m, f, unit, day)
    if rested > day:
        following = min(following, rested)
    if m[unit + U_UNTIL] > day:
        following = min(following, m[unit + U_UNTIL])
    set_due(m, E_WAKE, unit, following)


@njit(cache=True, nogil=True)
def state_of(m, unit, day):
    """Return what a unit is seen as at the end of a day."""
    where = m[unit + R_WHERE]
    if where == IN_HANDOVER:
        return np.int64(IS_HANDOVER)
    if where in (SERVING, EXTENDED):
        if m[unit + R_OUT_SINCE] >= 0:
            return np.int64(IS_OUT)
        if m[unit + R_CALL] >= 0:
            return np.int64(IS_CALLED)
        return np.int64(IS_EXTENDED if day >= m[unit + R_LEAVE] else IS_SERVING)
    if not m[unit + R_PRESENT]:
        return np.int64(IS_NOT_OFFERED)
    if day >= m[m[unit + U_NATION] + G_GONE]:
        return np.int64(IS_WITHDRAWN)
    return np.int64(IS_READY) if where == ON_ITS_WAY else m[unit + R_STAGE]


# -------------------------------------------------------------------------------------------------------------- on tour


@njit(cache=True, nogil=True)
def miss(m, unit, first, after, cause):
    """Note days of planned service, within the tour that a unit is on, that did not come about."""
    tour = m[unit + R_TOUR]
    if tour >= 0:
        begins = m[tour + T_FROM]
        days = min(after, begins + m[tour + T_DAYS]) - max(first, begins)
        if days > 0:
            m[m[unit + U_MISSED] + cause] += days


@njit(cache=True, nogil=True)
def counts_now(m, unit):
    """Whether a unit that holds a post counts for its line: not out of action, not called forward."""
    return m[unit + R_OUT_SINCE] < 0 and m[unit + R_CALL] < 0


@njit(cache=True, nogil=True)
def go_on_duty(m, unit, day):
    """Let a unit hold its post, and count where it can."""
    line, weight = m[unit + R_LINE], m[unit + R_WEIGHT]
    hold(m, line, weight)
    if counts_now(m, unit):
        serve(m, line, day, weight, 1)


@njit(cache=True, nogil=True)
def go_off_duty(m, unit, day):
    """Take a unit off its post; whether it is out of action or called stays as it is."""
    line, weight = m[unit + R_LINE], m[unit + R_WEIGHT]
    if counts_now(m, unit):
        serve(m, line, day, weight, -1)
    let_go(m, line, weight, m[unit + U_NATION])


@njit(cache=True, nogil=True)
def begin_tour(m, f, replication, unit, day):
    """Begin a tour: line, weight, handover, tour and ends are noted on the unit already."""
    note_dwell(m, f, unit, day)
    m[unit + R_WHERE], m[unit + R_BEGAN] = SERVING, day
    m[unit + R_OUT_SINCE], m[unit + R_CALL], m[unit + R_OUTAGES] = -1, -1, 0
    m[unit + R_TOURS_MADE] += 1
    if m[unit + R_STAND_IN] == 1:
        note_special(m, unit)
    m[m[H_COUNT] + B_TOURS] += 1
    m[m[unit + U_NATION] + G_PEOPLE] += m[unit + U_PEOPLE]
    clear(m, E_WAKE, unit)
    set_due(m, E_RELIEF, unit, m[unit + R_SERVICE_END])
    go_on_duty(m, unit, day)
    rate = f[odds_on(m, unit, day) + P_OUTAGES]
    if rate > 0.0:
        until, _ = outage(m, m[unit + U_KEY] + 2 * K_OUTAGE, replication, day, 0, rate, m[terms_on(m, unit, day) + O_OUTAGE_DAYS])
        set_due(m, E_OUTAGE, unit, day + until)


@njit(cache=True, nogil=True)
def note_dwell(m, f, unit, day):
    """Count the dwell that a tour follows on, against what was promised."""
    away = m[unit + R_AWAY]
    if away == 0:
        return
    days, promised = day - m[unit + R_HOME_SINCE], promised_of(m, f, unit, day)
    ratio, group = days * UNIT // away, m[unit + U_GROUP]
    broken = 1 if days < promised else 0
    m[m[H_DWELL_BINS] + group * RATIO_BINS + min(RATIO_BINS - 1, ratio // RATIO_WIDTH)] += 1
    sums = m[H_DWELL_SUMS] + group * DWELL_SUMS
    m[sums + D_TOURS] += 1
    m[sums + D_BROKEN] += broken
    m[sums + D_RATIO] += ratio
    m[sums + D_PROMISED] += np.int64(f[odds_on(m, unit, day) + P_RATIO] * UNIT + 0.5)
    m[m[H_COUNT] + B_BROKEN] += broken
    if promised > 0:
        m[m[H_MULTIPLES] + min(MULTIPLE_BINS - 1, 10 * days // promised)] += 1


@njit(cache=True, nogil=True)
def note_special(m, unit):
    """Put a unit among those that go home as soon as they are not needed: extended ones and stand-ins."""
    if m[unit + R_SPECIAL] < 0:
        number = m[Z_SPECIAL]
        m[m[H_SPECIAL] + number], m[unit + R_SPECIAL] = unit, number
        m[Z_SPECIAL] = number + 1


@njit(cache=True, nogil=True)
def strike_special(m, unit):
    """Take a unit from among those."""
    place = m[unit + R_SPECIAL]
    if place >= 0:
        last = m[m[H_SPECIAL] + m[Z_SPECIAL] - 1]
        m[m[H_SPECIAL] + place], m[last + R_SPECIAL] = last, place
        m[unit + R_SPECIAL] = -1
        m[Z_SPECIAL] -= 1


@njit(cache=True, nogil=True)
def end_outage(m, unit, day):
    """End an outage, or cut it short where the tour is over."""
    miss(m, unit, m[unit + R_OUT_SINCE], day, M_OUTAGE)
    m[unit + R_OUT_SINCE] = -1


@njit(cache=True, nogil=True)
def end_call(m, unit, day):
    """End what a unit does for a call."""
    miss(m, unit, m[unit + R_CALL_SINCE], day, M_CALLED)
    m[m[unit + R_CALL] + C_SUMS + W_UNIT_DAYS] += day - m[unit + R_CALL_SINCE]
    m[unit + R_CALL] = -1
    clear(m, E_CALL, unit)


@njit(cache=True, nogil=True)
def pass_on_call(m, unit, day):
    """End what a unit does for a call and leave the rest of it to whoever is free."""
    number = m[Z_ORPHANS]
    place = m[H_ORPHANS] + 2 * number
    m[place], m[place + 1] = m[unit + R_CALL], m[unit + R_CALL_END]
    m[Z_ORPHANS] = number + 1
    end_call(m, unit, day)


@njit(cache=True, nogil=True)
def end_service(m, unit, day, leave):
    """Relieve a unit that is off its post: it hands over until it leaves, or leaves at once."""
    if m[unit + R_OUT_SINCE] >= 0:
        end_outage(m, unit, day)
    if m[unit + R_CALL] >= 0:
        pass_on_call(m, unit, day)
    for kind in (E_OUTAGE, E_RELIEF, E_LATEST):
        clear(m, kind, unit)
    m[unit + R_STAND_IN] = 0
    strike_special(m, unit)
    if leave > day:
        m[unit + R_WHERE] = IN_HANDOVER
        set_due(m, E_HOME, unit, leave)
    else:
        come_home(m, unit, day)


@njit(cache=True, nogil=True)
def come_home(m, unit, day):
    """End a tour: the unit's dwell begins."""
    nation = m[unit + U_NATION]
    clear(m, E_HOME, unit)
    if day > m[unit + R_LEAVE]:
        m[m[H_COUNT] + B_EXTENDED] += 1
    m[unit + R_WHERE], m[unit + R_TOUR] = AT_HOME, -1
    m[unit + R_AWAY], m[unit + R_HOME_SINCE] = day - m[unit + R_BEGAN], day
    m[nation + G_PEOPLE] -= m[unit + U_PEOPLE]
    if m[nation + N_CEILING] >= 0:
        ask_all(m)
    if day < m[nation + G_GONE]:
        set_due(m, E_WAKE, unit, day)
