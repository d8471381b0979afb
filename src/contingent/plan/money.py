r"""Sums of money with their intervals: rows that share a rate move together, rates move independently of each other.

    r in R      rates                                                                  rates.csv
    q[r]        quantity that is paid at rate r, of all rows that are summed           [unit of the rate]
    v[r]        the rate, with low[r] <= v[r] <= high[r]                               [currency]

.. math::

    total = \sum_r q_r v_r, \qquad high = total + \sqrt{\sum_r (q_r (high_r - v_r))^2}, \qquad
    low = total - \sqrt{\sum_r (q_r (v_r - low_r))^2}

Where a quantity is below nothing (a nation is paid), the rate's high value lowers the sum and its low value raises it. The
plain range, beside it, takes every rate at its low, or every rate at its high value at once.
"""

from collections.abc import Sequence

import polars as pl

FALL, COMMON, REIMBURSED = "costs lie where they fall", "common funding", "reimbursement"
SCHEMES = (FALL, COMMON, REIMBURSED)
"""Schemes of funding, in the order in which they are told."""

DAYS_A_YEAR, DAYS_A_MONTH = 365.25, 365.25 / 12
"""Days of a mean year, and of a twelfth of it. [days]"""



def summed(frame: pl.DataFrame, by: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """Return the sums of columns by groups, in the order of the groups' keys.

    Each sum is added up in the order of the rows, so that it has the same bytes however many threads there are.
    """
    gathered = frame.group_by(list(by), maintain_order=True).agg(pl.col(list(columns)))
    return gathered.with_columns(pl.col(list(columns)).list.sum()).sort(list(by))


def combined(costs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return what costs add up to by groups, with their interval.

    Parameters
    ----------
    costs : polars.DataFrame
        Rows of the frame ``costs``: each is paid at one rate, which ``rates`` names.
    by : sequence of str
        Columns of it to sum by; none = one row for all.

    Returns
    -------
    polars.DataFrame
        `by`, then ``value``, ``low``, ``high`` (rates independent of each other), and ``plain_low``, ``plain_high`` (every rate
        at its low, or its high value at once). [currency]

    Examples
    --------
    One rate twice, 10 and 20 with 2 and 2 below them, and another that may be 3 less: 4 and 3 make 5.

    >>> rows = [("r", 7.0, 10.0, 10.0), ("s", 8.0, 10.0, 10.0), ("s", 18.0, 20.0, 20.0)]
    >>> combined(pl.DataFrame(rows, schema=["rates", "low", "value", "high"], orient="row"), []).row(0)
    (40.0, 35.0, 40.0, 33.0, 40.0)
    """
    return intervals(costs.with_columns(rise=pl.col("high") - pl.col("value"), fall=pl.col("value") - pl.col("low")), by)


def intervals(moved: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return sums with their intervals, as `combined`, of rows that may be below nothing.

    Parameters
    ----------
    moved : polars.DataFrame
        ``rates``, ``value``, and by how much the row changes with its rate: ``rise`` = quantity x (high - value), ``fall`` =
        quantity x (value - low). [currency]
    """
    keys = [*by] or ["all"]
    rows = moved if by else moved.with_columns(all=pl.lit(0))
    each = summed(rows, [*keys, "rates"], ["value", "rise", "fall"]).with_columns(
        up=pl.max_horizontal("rise", -pl.col("fall")), down=pl.max_horizontal("fall", -pl.col("rise")),
    ).with_columns(up_squared=pl.col("up") ** 2, down_squared=pl.col("down") ** 2)  # fmt: skip
    whole = summed(each, keys, ["value", "up", "down", "up_squared", "down_squared"])
    return whole.select(
        *by, "value",
        low=pl.col("value") - pl.col("down_squared").sqrt(), high=pl.col("value") + pl.col("up_squared").sqrt(),
        plain_low=pl.col("value") - pl.col("down"), plain_high=pl.col("value") + pl.col("up"),
    )  # fmt: skip
