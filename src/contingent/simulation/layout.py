"""How the compiled kernels see a scenario and a running replication: tables of whole numbers with named columns.

`Given` is what no replication changes, and `Tally` what is counted over all of them. For the kernels `Given` is laid out in
two arrays (`contingent.simulation.memory`): `m` for whole numbers, what changes in a replication among them, and `f` for real
ones. A unit, a line, a nation, a tour, a call is known to kernels by the place of its row in `m`: ``m[unit + R_WHERE]`` is where
a unit is, and ``m[unit + R_LINE]`` the line on which it is. Effectiveness is counted in millionths of a unit, so that sums are
exact in any order and the same bytes come out on any machine.

Compiled code is kept on disk with these numbers in it: whoever changes one runs `make clean`.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Words = NDArray[np.uint64]
Counts = NDArray[np.uint16]

UNIT = 1_000_000
"""A unit of full effectiveness. [millionths of a unit]"""

FRESH = -1_000_000
"""Day since which a unit is at home that has not been away for as long as anyone cares. [days from D-day]"""

NEVER = 1 << 40
"""A day that does not come. [days from D-day]"""

# ---- units: Given.unit, one row a unit; in memory followed by what is worked out for it
(U_OFFER, U_NATION, U_FIRST_TOUR, U_LAST_TOUR, U_READY, U_UNTIL, U_MOST_TOURS, U_PEOPLE, U_HOME_SINCE, U_GROUP) = range(10)
UNIT_COLUMNS = 10
(U_TERM, U_ODDS, U_WEIGHTS, U_MISSED, U_KEY) = range(10, 15)

# ---- planned tours: Given.tour, by unit and first day
(T_UNIT, T_LINE, T_FROM, T_SERVES, T_UNTIL, T_WEIGHT, T_DAYS) = range(7)
TOUR_COLUMNS = 7

# ---- terms of an offer in a stretch of time: Given.term (whole numbers) and Given.odds
(O_TOUR, O_HANDOVER, O_MOST, O_RECOVERY, O_LATE_DAYS, O_OUTAGE_DAYS, O_CYCLE) = range(7)
TERM_COLUMNS = 7
(P_RATIO, P_LEAST, P_LATE, P_FAIL, P_OUTAGES) = range(5)
ODDS_COLUMNS = 5

# ---- lines: Given.line; in memory followed by what is worked out for it
(L_QUANTITY, L_PRIORITY, L_FROM, L_UNTIL, L_ONE_NATION, L_HOLDER, L_COUNTS_FROM) = range(7)
LINE_COLUMNS = 7
(L_PLACE, L_SERVES, L_SERVES_END, L_FILLED) = range(7, 11)

# ---- nations, calls
(N_CEILING, N_FIRST_UNIT, N_LAST_UNIT) = range(3)
NATION_COLUMNS = 3
(N_KEY, N_HAZARD) = range(3, 5)
(C_QUANTITY, C_FROM, C_UNTIL, C_DAYS, C_EXPONENTIAL) = range(5)
CALL_COLUMNS = 5
(C_RESERVE, C_RESERVE_END, C_KEY, C_RATE) = range(5, 9)

# ---- steps of cycles: Given.step, shape (cycles, steps, columns)
(S_STATE, S_DAYS, S_MAY) = range(3)
STEP_COLUMNS = 3
S_SHARE, STEP_WIDTH = 3, 4

# ---- settings of the whole: Given.setting
(X_HORIZON, X_GREEDY, X_EMPTY_DAYS) = range(3)
SETTINGS = 3

# ---- streams of a unit: Given.key
(K_LATE, K_FAIL, K_OUTAGE) = range(3)
UNIT_STREAMS = ("late", "readiness", "outage")
NATION_STREAMS = ("takes part", "withdrawal")
CALL_STREAMS = ("arrival", "length")

# ---- where a unit is
(AT_HOME, ON_ITS_WAY, SERVING, DUE, EXTENDED, IN_HANDOVER) = range(6)

# ---- what a unit is seen as
STATES = (
    "serving", "handover", "extended", "called", "outage", "recovery", "reset", "train", "ready", "unavailable", "withdrawn",
    "not_offered",
)
(IS_SERVING, IS_HANDOVER, IS_EXTENDED, IS_CALLED, IS_OUT, IS_RECOVERING, IS_RESET, IS_TRAINING, IS_READY, IS_UNAVAILABLE,
 IS_WITHDRAWN, IS_NOT_OFFERED) = range(12)

# ---- a running unit, on its row
(R_WHERE, R_LINE, R_WEIGHT, R_BEGAN, R_SERVICE_END, R_LEAVE, R_HANDOVER, R_HOME_SINCE, R_AWAY, R_ARRIVES, R_READY_AGAIN,
 R_NEXT_TOUR, R_TOUR, R_TOURS_MADE, R_STAND_IN, R_PRESENT, R_OUT_SINCE, R_OUTAGES, R_CALL, R_CALL_SINCE, R_CALL_END,
 R_SPECIAL, R_STAGE, R_MAY, R_RESTED, R_KEPT) = range(15, 41)

# ---- a running line, on its row; its rule of dispatch in each stretch of time comes after
(A_TARGET, A_HELD, A_EXPECTED, A_SERVED, A_SERVERS, A_COUNTED, A_EMPTY_SINCE, A_LONGEST, A_ASKED, A_TOUCHED, A_HOLDER,
 A_LAST_NATION, A_SERVED_SINCE) = range(11, 24)
A_RULE = 24

# ---- a running nation, a running call
(G_GONE, G_PEOPLE) = range(5, 7)
NATION_WIDTH = 7
(C_NUMBER, C_NEXT, C_SUMS) = range(9, 12)

# ---- what is due on a day, by kind; a unit waits for at most one of each kind
(E_HOME, E_OUTAGE, E_CALL, E_LATEST, E_RELIEF, E_PLANNED, E_ARRIVAL, E_WAKE) = range(8)
KINDS = 8
Q_DAY, Q_NEXT, Q_BEFORE = 41, 41 + KINDS, 41 + 2 * KINDS
UNIT_WIDTH = 41 + 3 * KINDS
"""For which day a unit is due, and which units stand before and after it in the list of that day."""

# ---- a day: its stretch of time, its month, and the first unit that is due, by kind
(Y_STRETCH, Y_MONTH, Y_DUE) = range(3)
DAY_WIDTH = 2 + KINDS

# ---- the head of the memory: settings, how much of the working lists is used, where tables begin
(Z_ORPHANS, Z_SPECIAL, Z_ASKED, Z_WOKEN, Z_WOKEN_END, Z_NEXT_WITHDRAWAL) = range(6)
H_ZEROED, ZEROED = 0, 6
(H_HORIZON, H_GREEDY, H_EMPTY_DAYS, H_STRETCHES, H_MONTHS, H_LINE_WIDTH) = range(6, 12)
(H_UNITS, H_UNITS_END, H_LINES, H_LINES_END, H_NATIONS, H_NATIONS_END, H_CALLS, H_CALLS_END, H_OFFERS, H_OFFERS_END,
 H_ORDER, H_DAYS, H_MONTH_FIRST, H_CHANGES, H_CHANGES_END, H_FILLED, H_FILLED_END, H_COUNT, H_MISSED, H_MISSED_END, H_DWELL_BINS,
 H_DWELL_SUMS, H_MULTIPLES, H_SPECIAL, H_BATCH, H_ORPHANS, H_REQUIRED, H_WIDTHS, H_PRIORITY_ROWS,
 H_PROBABILITIES, H_COLLECTED, H_ROWS) = range(12, 44)
HEAD = 44

# ---- why service that was planned did not come about
CAUSES = ("not_offered", "withdrawn", "not_ready", "late", "in_dwell", "elsewhere", "outage", "called")
(M_NOT_OFFERED, M_WITHDRAWN, M_NOT_READY, M_LATE, M_IN_DWELL, M_ELSEWHERE, M_OUTAGE, M_CALLED) = range(8)

# ---- whole numbers counted in each replication
COUNTED = (
    "tours", "unplanned_tours", "extended_tours", "late_tours", "failed_checks", "withdrawals", "offers_not_come", "calls",
    "calls_lost", "dwell_broken",
)
(B_TOURS, B_UNPLANNED, B_EXTENDED, B_LATE, B_FAILED, B_WITHDRAWALS, B_NOT_COME, B_CALLS, B_LOST, B_BROKEN) = range(10)

# ---- rules of dispatch
RULES = ("planned", "longest_dwell", "own_nation")
(BY_PLAN, BY_DWELL, BY_NATION) = range(3)

# ---- resolution of histograms
MONTH_BINS = 201
"""Bins of half a percent for fill by month, the first around 0 and the last around 1."""
TOTAL_BINS = 1001
"""Bins of a tenth of a percent for fill over the whole time."""
COUNT_BINS = 2048
"""Bins for whole numbers; each is one wide as far as the largest that is foreseen is smaller."""
RATIO_BINS = 401
"""Bins of 0.05 for dwell achieved, the last open."""
RATIO_WIDTH = UNIT // 20
MULTIPLE_BINS = 31
"""Bins of a tenth for dwell achieved over dwell promised, the last open."""
STATE_BINS = 513
"""Most bins for units in a state."""

(W_CALLS, W_UNITS, W_LOST, W_UNIT_DAYS, W_UNITS_SQUARED, W_LOST_SQUARED, W_PRODUCT) = range(7)
CALL_SUMS = 7
CALL_WIDTH = C_SUMS + 4
(D_TOURS, D_BROKEN, D_RATIO, D_PROMISED) = range(4)
DWELL_SUMS = 4


class Given(NamedTuple):
    """What no replication changes. Shapes are given by the tables that the names of their columns belong to.

    ``weight`` is what a unit of an offer gives a line, 0 where it may not serve it; ``serves_first`` and ``serves_offer`` list
    for each line the offers that may. ``units_first`` says where the units of an offer begin. ``target_day``, ``target_line`` and
    ``target`` are the days on which a line is planned to be held by more or fewer; ``rule`` is the rule of dispatch of a line in
    a stretch of time, ``segment`` the stretch of each day. ``required`` is in unit-days, by line or priority and month.
    """

    setting: Ints
    unit: Ints
    key: Words
    tour: Ints
    term: Ints
    odds: Floats
    probability: Floats
    units_first: Ints
    nation: Ints
    nation_key: Words
    hazard: Floats
    line: Ints
    order: Ints
    rule: Ints
    weight: Ints
    serves_first: Ints
    serves_offer: Ints
    target_day: Ints
    target_line: Ints
    target: Ints
    segment: Ints
    month: Ints
    month_first: Ints
    required: Ints
    priority_row: Ints
    step: Ints
    step_share: Floats
    steps: Ints
    call: Ints
    call_rate: Floats
    call_key: Words
    reserve_first: Ints
    reserve_line: Ints
    width: Ints


class Tally(NamedTuple):
    """What is counted over replications, in whole numbers."""

    month_bins: Counts
    month_sum: Ints
    total_bins: Counts
    total_sum: Ints
    worst_bins: Counts
    worst_sum: Ints
    held: Ints
    longest_bins: Counts
    longest_sum: Ints
    count_bins: Counts
    count_sum: Ints
    dwell_bins: Ints
    dwell_sum: Ints
    multiple_bins: Ints
    state_bins: Counts
    state_sum: Ints
    missed: Ints
    calls: Ints
