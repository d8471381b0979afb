"""Survival of what was promised: how long it stays undelivered, from portions that came and portions that are still awaited.

    t    days from announcement                                   [days]
    w    weight: the share of its pledge that a portion is        [pledges]
    n    weight at risk just before t                             [pledges]
    d    weight that arrived at t                                 [pledges]

    S(t) = prod (1 - d / n)                                       share not yet delivered (Kaplan-Meier) [1]_
    V(t) = S(t)^2 sum d / (n (n - d))                             its variance (Greenwood) [2]_

What is still awaited leaves the count on the day up to which it was watched, and counts until then. Intervals are of
log(-log S), so that they stay within 0 and 1. A pledge has the weight of one however many items it holds, since items of one
pledge come together: a thousand rifles in one box are one observation, not a thousand.

References
----------
.. [1] E. L. Kaplan, P. Meier, "Nonparametric estimation from incomplete observations", JASA 53, 1958.
.. [2] M. Greenwood, "The natural duration of cancer", Reports on Public Health and Medical Subjects 33, 1926.
.. [3] N. Mantel, "Evaluation of survival data and two new rank order statistics", Cancer Chemotherapy Reports 50, 1966.
.. [4] R. Brookmeyer, J. Crowley, "A confidence interval for the median survival time", Biometrics 38, 1982.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

ROUNDING = 1e-9
"""Weights below this are rounding. [pledges]"""


@dataclass(frozen=True, eq=False)
class Curve:
    """The share not yet delivered, at each time at which something arrived.

    Parameters
    ----------
    times : ndarray of float
        [days], shape (times,)
    at_risk, arrived : ndarray of float
        Weight just before, and at, each time. [pledges], shape (times,)
    awaited, error, low, high : ndarray of float
        Share not yet delivered after that time, its standard error, its interval. [-], shape (times,)
    """

    times: Floats
    at_risk: Floats
    arrived: Floats
    awaited: Floats
    error: Floats
    low: Floats
    high: Floats

    def quantile(self, share: float) -> tuple[float | None, float | None, float | None]:
        """Return the days by which a share was delivered, and the interval's ends [4]_; None where it was not reached. [days]"""
        level = 1.0 - share
        return self._first_below(self.awaited, level), self._first_below(self.low, level), self._first_below(self.high, level)

    def after(self, day: float, *, watched: float) -> float | None:
        """Return the share not yet delivered after a day; None where nothing was watched so long and something is awaited. [-]

        Parameters
        ----------
        day, watched : float
            The day asked for; the last day up to which anything was watched. [days]
        """
        before = int(np.searchsorted(self.times, day, side="right"))
        awaited = float(self.awaited[before - 1]) if before else 1.0
        return None if watched < day and awaited > 0 else awaited

    def _first_below(self, curve: Floats, level: float) -> float | None:
        reached = np.flatnonzero(curve <= level + ROUNDING)
        return float(self.times[reached[0]]) if len(reached) else None


def kaplan_meier(days: Floats, arrived: Flags, weights: Floats | None = None, *, confidence: float = 0.95) -> Curve:
    """Return the share not yet delivered over time.

    Parameters
    ----------
    days : ndarray of float
        From announcement to arrival, or to the day up to which it was watched. [days], shape (portions,)
    arrived : ndarray of bool
        False = still awaited. Shape (portions,)
    weights : ndarray of float, optional
        Blank = 1 each. [pledges], shape (portions,)
    confidence : float
        Of the interval. [-]

    Examples
    --------
    One of four arrives on day 10, another is watched until day 20 only, a third arrives on day 30:

    >>> curve = kaplan_meier(np.array([10.0, 20.0, 30.0, 40.0]), np.array([True, False, True, False]))
    >>> curve.awaited.tolist()
    [0.75, 0.375]
    """
    weight = np.ones(len(days)) if weights is None else np.asarray(weights, dtype=np.float64)
    times = np.unique(days[arrived])
    at_risk, came = _at_risk(times, days, weight), _arrived(times, days[arrived], weight[arrived])
    left = np.maximum(at_risk - came, 0.0)
    left[left < ROUNDING] = 0.0
    awaited = np.cumprod(left / at_risk).astype(np.float64)
    part = np.divide(came, at_risk * left, out=np.full(len(times), np.inf), where=left > 0)
    total = np.cumsum(part).astype(np.float64)
    error = np.where(awaited > 0, awaited * np.sqrt(np.where(np.isfinite(total), total, 0.0)), 0.0)
    low, high = _interval(awaited, total, NormalDist().inv_cdf(0.5 + confidence / 2.0))
    return Curve(times, at_risk, came, awaited, error, low, high)


def _interval(awaited: Floats, total: Floats, width: float) -> tuple[Floats, Floats]:
    """Ends of the interval by log(-log); where nothing is left, the curve itself."""
    inner = (awaited > 0) & (awaited < 1)
    safe = np.where(inner, awaited, 0.5)
    spread = width * np.sqrt(np.where(inner, total, 0.0)) / np.abs(np.log(safe))
    return np.where(inner, safe ** np.exp(spread), awaited), np.where(inner, safe ** np.exp(-spread), awaited)


def _at_risk(times: Floats, days: Floats, weight: Floats) -> Floats:
    """Weight of all that lasts until each time or longer."""
    order = np.argsort(days, kind="stable")
    after = np.concatenate([np.cumsum(weight[order][::-1])[::-1], np.zeros(1)])
    return after[np.searchsorted(days[order], times)]


def _arrived(times: Floats, days: Floats, weight: Floats) -> Floats:
    """Weight that arrives at each time."""
    return np.bincount(np.searchsorted(times, days), weights=weight, minlength=len(times)).astype(np.float64)


@dataclass(frozen=True, eq=False)
class Everybody:
    """All portions together, that groups are held against.

    Parameters
    ----------
    times, at_risk, arrived : ndarray of float
        Times of arrival; weight at risk and arrived at each. [days], [pledges], shape (times,)
    """

    times: Floats
    at_risk: Floats
    arrived: Floats

    @classmethod
    def of(cls, days: Floats, arrived: Flags, weights: Floats) -> "Everybody":
        """Return all portions together. Arguments as of `kaplan_meier`."""
        times = np.unique(days[arrived])
        return cls(times, _at_risk(times, days, weights), _arrived(times, days[arrived], weights[arrived]))

    def log_rank(self, days: Floats, arrived: Flags, weights: Floats) -> tuple[float, float, float]:
        r"""Return arrivals expected of a group like all others, the log-rank statistic, its probability by chance [3]_.

        .. math:: \chi^2 = \Big(\sum d_{1t} - \sum d_t n_{1t}/n_t\Big)^2 \Big/
            \sum d_t \frac{n_{1t}}{n_t}\Big(1 - \frac{n_{1t}}{n_t}\Big)\frac{n_t - d_t}{n_t - 1}

        Parameters
        ----------
        days, arrived, weights : ndarray
            Of the group, as of `kaplan_meier`. Shape (portions,)
        """
        share = _at_risk(self.times, days, weights) / self.at_risk
        expected = float((self.arrived * share).sum())
        several = self.at_risk > 1.0 + ROUNDING
        factor = np.divide(self.at_risk - self.arrived, self.at_risk - 1.0, out=np.zeros(len(share)), where=several)
        variance = float((self.arrived * share * (1.0 - share) * np.clip(factor, 0.0, 1.0)).sum())
        if variance <= ROUNDING:
            return expected, 0.0, 1.0
        statistic = (float(weights[arrived].sum()) - expected) ** 2 / variance
        return expected, statistic, math.erfc(math.sqrt(statistic / 2.0))


def adjusted_by_holm(probabilities: Floats) -> Floats:
    """Return probabilities adjusted for all that were looked at (Holm): of any false alarm among them. Shape as given.

    Examples
    --------
    >>> adjusted_by_holm(np.array([0.01, 0.5, 0.04])).round(3).tolist()
    [0.03, 0.5, 0.08]
    """
    order = np.argsort(probabilities, kind="stable")
    raised = probabilities[order] * np.arange(len(probabilities), 0, -1)
    result = np.empty(len(probabilities))
    result[order] = np.minimum(1.0, np.maximum.accumulate(raised)) if len(raised) else raised
    return result
