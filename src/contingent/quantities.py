"""Arithmetic of tours and days that every floor shares. Days are whole days from D-day; windows are half open."""

import math

SMALLEST_SHARE = 1e-9
"""Differences of effectiveness below this are rounding, not capability. [units]"""


def dwell_days(tour_days: int, dwell_ratio: float) -> int:
    """Return the days at home that a tour earns, rounded up to a whole day.

    Parameters
    ----------
    tour_days : int
        From arrival in theatre to departure. [days]
    dwell_ratio : float
        Days at home for each day away; 2.0 is a dwell of 1:2. [-]

    Examples
    --------
    >>> dwell_days(180, 2.0)
    360
    >>> dwell_days(100, 1.1)
    110
    """
    return math.ceil(round(tour_days * dwell_ratio, 6))
