"""Lines of a running replication: who holds them, what of it counts, how long they stand empty."""

from numba import njit

from contingent.simulation.layout import (
    A_ASKED,
    A_COUNTED,
    A_EMPTY_SINCE,
    A_EXPECTED,
    A_HELD,
    A_HOLDER,
    A_LAST_NATION,
    A_LONGEST,
    A_RULE,
    A_SERVED,
    A_SERVED_SINCE,
    A_SERVERS,
    A_TARGET,
    A_TOUCHED,
    H_LINE_WIDTH,
    H_LINES,
    H_LINES_END,
    H_MONTH_FIRST,
    L_COUNTS_FROM,
    L_FILLED,
    L_FROM,
    L_HOLDER,
    L_QUANTITY,
    L_UNTIL,
    Z_ASKED,
)
from contingent.simulation.memory_kernel import month_of


@njit(cache=True, nogil=True)
def count_until(m, line, day):
    """Add up what served a line since it last changed, by month, as far as it was asked for."""
    low, high = max(m[line + A_COUNTED], m[line + L_FROM]), min(day, m[line + L_UNTIL])
    m[line + A_COUNTED] = day
    quantity = m[line + L_QUANTITY]
    # Effectiveness was rounded to a millionth for each unit: three thirds are a whole.
    filled = m[line + A_SERVED] if m[line + A_SERVED] + m[line + A_SERVERS] < quantity else quantity
    if high <= low or filled == 0:
        return
    month = month_of(m, low)
    while low < high:
        end = min(high, m[m[H_MONTH_FIRST] + month + 1])
        m[m[line + L_FILLED] + month] += filled * (end - low)
        low, month = end, month + 1


@njit(cache=True, nogil=True)
def empty_until(m, line, day):
    """Note a stretch of days on which nobody served, from the first day that counts."""
    first = max(m[line + A_EMPTY_SINCE], m[line + L_COUNTS_FROM])
    stretch = min(day, m[line + L_UNTIL]) - first
    m[line + A_LONGEST] = max(m[line + A_LONGEST], stretch)


@njit(cache=True, nogil=True)
def serve(m, line, day, weight, number):
    """Let a unit count for a line (`number` 1), or count no more (-1)."""
    count_until(m, line, day)
    if m[line + A_SERVERS] == 0:
        empty_until(m, line, day)
        m[line + A_SERVED_SINCE] = day
    m[line + A_SERVED] += number * weight
    m[line + A_SERVERS] += number
    if m[line + A_SERVERS] == 0 and m[line + A_SERVED_SINCE] < day:  # who comes and goes on one day has filled nothing
        m[line + A_EMPTY_SINCE] = day


@njit(cache=True, nogil=True)
def ask(m, line):
    """Have somebody looked for, today, for a line that has become shorter of units."""
    m[line + A_ASKED] = 1
    m[Z_ASKED] = 1


@njit(cache=True, nogil=True)
def short_of(m, line):
    """Return what a line lacks of what is planned, those on their way included. [millionths of a unit]"""
    return m[line + A_TARGET] - m[line + A_HELD] - m[line + A_EXPECTED]


@njit(cache=True, nogil=True)
def is_needed(m, line, weight):
    """Whether a line without these is short of at least half of what they give."""
    return 2 * (m[line + A_TARGET] - m[line + A_HELD]) >= weight


@njit(cache=True, nogil=True)
def hold(m, line, weight):
    """Let a unit hold its post on a line: nobody is sent in its place, also while it is out of action or called forward."""
    m[line + A_HELD] += weight
    m[line + A_TOUCHED] = 1


@njit(cache=True, nogil=True)
def let_go(m, line, weight, nation):
    """Let a unit hold its post no more."""
    m[line + A_HELD] -= weight
    m[line + A_LAST_NATION] = nation
    ask(m, line)


@njit(cache=True, nogil=True)
def set_target(m, line, target):
    """Change what is planned to hold a line."""
    if target > m[line + A_TARGET]:
        ask(m, line)
    elif target < m[line + A_TARGET]:
        m[line + A_TOUCHED] = 1
    m[line + A_TARGET] = target


@njit(cache=True, nogil=True)
def begin_line(m, line):
    """Put a line in the state in which a replication begins."""
    m[line + A_TARGET : line + A_RULE] = 0
    m[line + A_EMPTY_SINCE] = m[line + L_FROM]
    m[line + A_HOLDER], m[line + A_LAST_NATION] = m[line + L_HOLDER], -1


@njit(cache=True, nogil=True)
def end_line(m, line, day):
    """Count a line up to the end of the horizon."""
    count_until(m, line, day)
    if m[line + A_SERVERS] == 0:
        empty_until(m, line, day)


@njit(cache=True, nogil=True)
def ask_all(m):
    """Have somebody looked for, today, for every line: a rule that held units back has changed."""
    for line in range(m[H_LINES], m[H_LINES_END], m[H_LINE_WIDTH]):
        m[line + A_ASKED] = 1
    m[Z_ASKED] = 1
