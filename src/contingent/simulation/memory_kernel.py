"""Where things stand in the memory that kernels work in (`contingent.simulation.memory`)."""

import numpy as np
from numba import njit

from contingent.simulation.layout import (
    A_RULE,
    DAY_WIDTH,
    H_COLLECTED,
    H_DAYS,
    H_HORIZON,
    H_UNITS,
    H_UNITS_END,
    ODDS_COLUMNS,
    Q_BEFORE,
    Q_DAY,
    Q_NEXT,
    STEP_WIDTH,
    TERM_COLUMNS,
    U_ODDS,
    U_TERM,
    UNIT_WIDTH,
    Y_DUE,
    Y_MONTH,
    Y_STRETCH,
)


@njit(cache=True, nogil=True)
def stretch_of(m, day):
    """Return the stretch of time, in which one phase holds, that a day lies in."""
    return m[m[H_DAYS] + day * DAY_WIDTH + Y_STRETCH]


@njit(cache=True, nogil=True)
def month_of(m, day):
    """Return the month that a day lies in."""
    return m[m[H_DAYS] + day * DAY_WIDTH + Y_MONTH]


@njit(cache=True, nogil=True)
def terms_on(m, unit, day):
    """Return where the terms of a unit on a day stand in `m`."""
    return m[unit + U_TERM] + stretch_of(m, day) * TERM_COLUMNS


@njit(cache=True, nogil=True)
def odds_on(m, unit, day):
    """Return where the chances of a unit on a day stand in `f`."""
    return m[unit + U_ODDS] + stretch_of(m, day) * ODDS_COLUMNS


@njit(cache=True, nogil=True)
def rule_of(m, line, day):
    """Return the rule of dispatch of a line on a day."""
    return m[line + A_RULE + stretch_of(m, day)]


@njit(cache=True, nogil=True)
def steps_of(m, cycle):
    """Return the places of the steps of a cycle."""
    return range(cycle + 1, cycle + 1 + m[cycle] * STEP_WIDTH, STEP_WIDTH)


@njit(cache=True, nogil=True)
def clear(m, kind, unit):
    """Strike what a unit is due for."""
    day = m[unit + Q_DAY + kind]
    if day < 0:
        return
    following, before = m[unit + Q_NEXT + kind], m[unit + Q_BEFORE + kind]
    if before >= 0:
        m[before + Q_NEXT + kind] = following
    else:
        m[m[H_DAYS] + day * DAY_WIDTH + Y_DUE + kind] = following
    if following >= 0:
        m[following + Q_BEFORE + kind] = before
    m[unit + Q_DAY + kind] = -1


@njit(cache=True, nogil=True)
def set_due(m, kind, unit, day):
    """Note for which day a unit is due; days beyond the horizon are not kept."""
    clear(m, kind, unit)
    if day >= m[H_HORIZON]:
        return
    head = m[H_DAYS] + day * DAY_WIDTH + Y_DUE + kind
    first = m[head]
    m[unit + Q_NEXT + kind], m[unit + Q_BEFORE + kind] = first, -1
    if first >= 0:
        m[first + Q_BEFORE + kind] = unit
    m[head] = unit
    m[unit + Q_DAY + kind] = day


@njit(cache=True, nogil=True)
def collect(m, kind, day):
    """Gather the units that are due on a day, in their order, and strike them from the list; return where they begin and end."""
    head = m[H_DAYS] + day * DAY_WIDTH + Y_DUE + kind
    unit = m[head]
    after = m[H_COLLECTED] + (kind + 1) * ((m[H_UNITS_END] - m[H_UNITS]) // UNIT_WIDTH)
    first = after
    if unit < 0:
        return first, after
    m[head] = -1
    while unit >= 0:  # last come, first in the list: it is nearly sorted from the back
        m[unit + Q_DAY + kind] = -1
        first -= 1
        place = first
        while place + 1 < after and m[place + 1] < unit:
            m[place] = m[place + 1]
            place += 1
        m[place] = unit
        unit = m[unit + Q_NEXT + kind]
    return first, after


@njit(cache=True, nogil=True)
def words_at(m, place):
    """Return the two words of a key."""
    return np.uint64(m[place]), np.uint64(m[place + 1])
