"""Calls that come by chance and take units from the lines of a reserve for a while."""

import numpy as np
from numba import njit

from contingent.simulation.chance_kernel import call_length, waiting_time
from contingent.simulation.layout import (
    B_CALLS,
    B_LOST,
    C_DAYS,
    C_EXPONENTIAL,
    C_FROM,
    C_KEY,
    C_NEXT,
    C_NUMBER,
    C_QUANTITY,
    C_RATE,
    C_RESERVE,
    C_RESERVE_END,
    C_SUMS,
    C_UNTIL,
    CALL_WIDTH,
    E_CALL,
    EXTENDED,
    H_CALLS,
    H_CALLS_END,
    H_COUNT,
    H_ORPHANS,
    L_SERVES,
    L_SERVES_END,
    R_CALL,
    R_CALL_END,
    R_CALL_SINCE,
    R_LINE,
    R_SERVICE_END,
    R_WEIGHT,
    R_WHERE,
    SERVING,
    UNIT_WIDTH,
    W_CALLS,
    W_LOST,
    W_UNITS,
    Z_ORPHANS,
)
from contingent.simulation.line_kernel import serve
from contingent.simulation.memory_kernel import set_due
from contingent.simulation.unit_kernel import counts_now, end_call


@njit(cache=True, nogil=True)
def wait_for_call(m, f, replication, call):
    """Draw when the next call of a kind comes, counted from the last."""
    f[m[call + C_NEXT]] += waiting_time(m, m[call + C_KEY], replication, m[call + C_NUMBER], f[m[call + C_RATE]])
    m[call + C_NUMBER] += 1


@njit(cache=True, nogil=True)
def free_unit(m, call):
    """Return the unit that answers a call: on the first line of its reserve with a free one, who stays longest; else -1."""
    for place in range(m[call + C_RESERVE], m[call + C_RESERVE_END]):
        line, best = m[place], np.int64(-1)
        for span in range(m[line + L_SERVES], m[line + L_SERVES_END], 2):
            for unit in range(m[span], m[span + 1], UNIT_WIDTH):
                if m[unit + R_WHERE] not in (SERVING, EXTENDED) or m[unit + R_LINE] != line or not counts_now(m, unit):
                    continue
                longer = best < 0 or m[unit + R_SERVICE_END] > m[best + R_SERVICE_END]
                if longer or (m[unit + R_SERVICE_END] == m[best + R_SERVICE_END] and unit < best):
                    best = np.int64(unit)
        if best >= 0:
            return best
    return np.int64(-1)


@njit(cache=True, nogil=True)
def call_forward(m, unit, call, day, end):
    """Take a unit from its line for a call."""
    serve(m, m[unit + R_LINE], day, m[unit + R_WEIGHT], -1)
    m[unit + R_CALL], m[unit + R_CALL_SINCE], m[unit + R_CALL_END] = call, day, end
    set_due(m, E_CALL, unit, end)


@njit(cache=True, nogil=True)
def call_is_over(m, unit, day):
    """Let a unit that was called forward count for its line again."""
    end_call(m, unit, day)
    serve(m, m[unit + R_LINE], day, m[unit + R_WEIGHT], 1)


@njit(cache=True, nogil=True)
def pass_on_calls(m, day):
    """Give what is left of calls, whose units were relieved or have fallen out, to units that are free; else it is broken off."""
    number = m[Z_ORPHANS]
    for first in range(number):  # in the order of calls, then of their ends
        one = m[H_ORPHANS] + 2 * first
        for other in range(one + 2, m[H_ORPHANS] + 2 * number, 2):
            if m[other] < m[one] or (m[other] == m[one] and m[other + 1] < m[one + 1]):
                m[one], m[other] = m[other], m[one]
                m[one + 1], m[other + 1] = m[other + 1], m[one + 1]
        call, end = m[one], m[one + 1]
        unit = free_unit(m, call) if end > day else np.int64(-1)
        if unit >= 0:
            call_forward(m, unit, call, day, end)
    m[Z_ORPHANS] = 0


@njit(cache=True, nogil=True)
def answer_calls(m, f, replication, day):
    """Answer the calls of a day, each by as many units as it asks for and are free."""
    for call in range(m[H_CALLS], m[H_CALLS_END], CALL_WIDTH):
        while m[call + C_FROM] + f[m[call + C_NEXT]] < day + 1:
            number = m[call + C_NUMBER]
            wait_for_call(m, f, replication, call)
            if day >= m[call + C_UNTIL]:
                continue
            length = call_length(m, m[call + C_KEY] + 2, replication, number, m[call + C_DAYS], m[call + C_EXPONENTIAL] == 1)
            m[call + C_SUMS + W_CALLS] += 1
            m[m[H_COUNT] + B_CALLS] += 1
            for _ in range(m[call + C_QUANTITY]):
                m[call + C_SUMS + W_UNITS] += 1
                unit = free_unit(m, call)
                if unit >= 0:
                    call_forward(m, unit, call, day, day + length)
                else:
                    m[call + C_SUMS + W_LOST] += 1
                    m[m[H_COUNT] + B_LOST] += 1
