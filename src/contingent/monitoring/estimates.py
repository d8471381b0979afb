r"""Rates of counts with intervals that know overdispersion, and are right where nothing was counted.

    x[d], e[d]    violations and days observed of each day; X, E their sums; n days observed
    rate          X / E                                                                            [violations / day observed]
    D             overdispersion: variance of X as a multiple of a Poisson number's                [-]

D of one series is Pearson's chi-square over its degrees of freedom, drawn towards what like series show by `DOUBT` degrees more:
one size of the negative binomial for all of a kind. The interval of a rate ends where the count would be as far out as the
confidence allows: at the quantiles of gammas of X / D and X / D + 1 events in E / D days, which for Poisson counts is
exact [3]_. D grows with the rate, so each end takes that of its own rate; the tails are as wide as Student's t where D
rests on few days. Where nothing was counted
the interval begins at 0 and ends at the rate by which as many days without a violation would come with one less
confidence only; for Poisson counts and 95 %, at the "rule of three", 3 / E [1]_.

References
----------
.. [1] J. A. Hanley, A. Lippman-Hand, "If nothing goes wrong, is everything all right?", JAMA 249 (13), 1983.
.. [2] P. McCullagh, J. A. Nelder, Generalized Linear Models, 1989, 9.2 (overdispersion by Pearson's statistic).
.. [3] F. Garwood, "Fiducial limits for the Poisson distribution", Biometrika 28, 1936.
"""

from dataclasses import dataclass

import numpy as np

from contingent.monitoring.distributions_kernel import digamma, gamma_quantile, normal_share, student_quantile, trigamma
from contingent.monitoring.series import Floats

DOUBT = 8.0
"""Degrees of freedom that speak for the overdispersion of like series. [-]"""
LEAST_FREEDOM = 4.0
ROUNDS = 4
"""In which the overdispersion at each end of an interval is brought in line with the end."""
JEFFREYS = 0.5


@dataclass(frozen=True, eq=False)
class Estimate:
    """Totals of series, and how sure they are.

    Parameters
    ----------
    total, exposure : ndarray of float
        [violations], [days observed]
    days : ndarray of float
        Days with any observation.
    inverse_size : ndarray of float
        Of one day's count, by like series: 0 = Poisson. [-]
    inflation : ndarray of float
        D. [-]
    freedom : ndarray of float
        Degrees of freedom that D rests on. [-]
    """

    total: Floats
    exposure: Floats
    days: Floats
    inverse_size: Floats
    inflation: Floats
    freedom: Floats

    @property
    def rate(self) -> Floats:
        """Violations per day observed; NaN where nothing was observed."""
        return np.divide(self.total, self.exposure, out=np.full_like(self.total, np.nan), where=self.exposure > 0)


def inverse_size(counts: Floats, observed: Floats) -> float:
    """Return the inverse size of one day's count that all rows share, by moments; 0 where they are no more spread than
    Poisson's. [-]

    Parameters
    ----------
    counts, observed : ndarray of float
        shape (series, days)
    """
    exposure = observed.sum(axis=1, keepdims=True)
    mean = counts.sum(axis=1, keepdims=True) / np.maximum(exposure, 1e-12) * observed
    days = (observed > 0).sum(axis=1, keepdims=True)
    of_one_mean = np.where(days > 1, days / np.maximum(days - 1, 1), 0.0)
    over = (((counts - mean) ** 2) * of_one_mean - mean).sum()
    square = (mean**2).sum()
    return max(0.0, float(over / square)) if square > 0 else 0.0


def estimate(counts: Floats, observed: Floats, *, like: float | Floats | None = None) -> Estimate:
    """Return the estimate of each row's rate.

    Parameters
    ----------
    counts, observed : ndarray of float
        Violations, and days observed. shape (..., days)
    like : float or ndarray, optional
        Inverse size that like series show; None = these rows'. [-], shape (...)
    """
    total, exposure = counts.sum(axis=-1), observed.sum(axis=-1)
    days = (observed > 0).sum(axis=-1).astype(float)
    rows = (np.atleast_2d(counts.reshape(-1, counts.shape[-1])), np.atleast_2d(observed.reshape(-1, observed.shape[-1])))
    alpha = np.broadcast_to(np.asarray(inverse_size(*rows) if like is None else like, dtype=float), total.shape)
    mean = (total / np.maximum(exposure, 1e-12))[..., None] * observed
    pearson = np.divide((counts - mean) ** 2, mean, out=np.zeros_like(mean), where=mean > 0).sum(axis=-1)
    freedom = np.maximum(days - 1.0, 0.0)
    by_size = _inflation_by_size(total, exposure, (observed**2).sum(axis=-1), alpha)
    inflation = np.maximum(1.0, (DOUBT * by_size + pearson) / (DOUBT + freedom))
    return Estimate(total, exposure, days, alpha, np.where(total > 0, inflation, 1.0), DOUBT + freedom)


def estimate_of_totals(total: Floats, observed: Floats, like: Floats) -> Estimate:
    """Return the estimate where only the total of each row is known, and the inverse size that like series show.

    Parameters
    ----------
    total, like : ndarray of float
        shape (rows,)
    observed : ndarray of float
        shape (rows, days)
    """
    exposure = observed.sum(axis=-1)
    inflation = _inflation_by_size(total, exposure, (observed**2).sum(axis=-1), like)
    days = (observed > 0).sum(axis=-1).astype(float)
    return Estimate(total, exposure, days, like, inflation, DOUBT + np.maximum(days - 1.0, 0.0))


def _inflation_by_size(total: Floats, exposure: Floats, squares: Floats, alpha: Floats) -> Floats:
    safe = np.maximum(exposure, 1e-12)
    return np.asarray(1.0 + alpha * total / safe * squares / safe)


def interval(of: Estimate, confidence: float) -> tuple[Floats, Floats]:
    """Return the interval of each rate; NaN where nothing was observed. [violations / day observed]"""
    tail = _tail(of, confidence)
    seen = of.exposure > 0
    some = seen & (of.total > 0)
    exposure = np.where(seen, of.exposure, 1.0)
    rate = np.where(some, of.total, 1.0) / exposure
    growth = np.maximum(of.inflation - 1.0, 0.0) / rate
    low, high = rate, rate
    for _ in range(ROUNDS):
        low_inflation, high_inflation = 1.0 + growth * low, 1.0 + growth * high
        low = gamma_quantile(of.total / low_inflation, tail) * low_inflation / exposure
        high = gamma_quantile(of.total / high_inflation + 1.0, 1.0 - tail) * high_inflation / exposure
    nothing = np.where(seen, 0.0, np.nan)
    return np.where(some, low, nothing), np.where(some, high, _highest_of_nothing(of, confidence))


def _tail(of: Estimate, confidence: float) -> Floats:
    """Share beyond each end: the normal's share beyond Student's quantile."""
    far = student_quantile(0.5 + 0.5 * confidence, np.maximum(of.freedom, LEAST_FREEDOM))
    return np.asarray(normal_share(-far))


def _highest_of_nothing(of: Estimate, confidence: float) -> Floats:
    """The rate at which all days empty have the probability 1 - confidence: (1 + rate e / k) ** (-k n)."""
    wanted = -np.log1p(-confidence)
    seen = of.exposure > 0
    exposure, days = np.where(seen, of.exposure, 1.0), np.maximum(of.days, 1.0)
    alpha = of.inverse_size
    spread = alpha * wanted / days
    stretch = np.divide(np.expm1(np.minimum(spread, 700.0)), spread, out=np.ones_like(spread), where=spread > 1e-12)
    return np.where(seen, wanted / exposure * stretch, np.nan)


def ratio_interval(after: Estimate, before: Estimate, confidence: float) -> tuple[Floats, Floats, Floats]:
    """Return the ratio of two rates and its interval, by the logarithms of their gammas. [-]

    After something came nothing: the ratio and its lower end are 0. After nothing came something: the ratio is not a number, and
    its upper end infinite; the lower end still says by how much at least it rose.
    """
    logs, variances, freedom = [], [], []
    for part in (after, before):
        seen = part.exposure > 0
        inflation = np.where(part.total > 0, part.inflation, 1.0 + part.inverse_size)
        shape = part.total / inflation + JEFFREYS
        logs.append(np.where(seen, digamma(shape) - np.log(np.where(seen, part.exposure, 1.0) / inflation), np.nan))
        variances.append(trigamma(shape))
        freedom.append(part.freedom)
    width = np.sqrt(variances[0] + variances[1])
    far = student_quantile(0.5 + 0.5 * confidence, np.maximum(np.minimum(*freedom), LEAST_FREEDOM))
    middle = logs[0] - logs[1]
    plain = np.divide(after.rate, before.rate, out=np.full_like(middle, np.nan), where=before.total > 0)
    low = np.where(after.total > 0, np.exp(middle - far * width), 0.0)
    return plain, low, np.where(before.total > 0, np.exp(middle + far * width), np.inf)


def known(number: float) -> float | None:
    """Return a number, or None for what is not a number or infinite: a frame holds neither."""
    return float(number) if np.isfinite(number) else None
