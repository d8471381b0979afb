"""Gamma and negative binomial distributions, compiled: what intervals of counts are made from.

    gamma_share(shape, x)                share of a gamma of that shape and scale 1 that lies below x
    gamma_quantile(shape, share)         its inverse
    count_share(count, mean, size)       share of a negative binomial that is at most `count`
    count_quantile(share, mean, size)    least count that at least that share does not exceed

A negative binomial of mean m and size k has the variance m + m * m / k; a Poisson number is one of size infinity.

References
----------
.. [1] A. R. DiDonato, A. H. Morris, "Computation of the incomplete gamma function ratios", ACM Trans. Math. Softw. 12 (4), 1986.
.. [2] W. J. Lentz, "Generating Bessel functions in Mie scattering calculations using continued fractions", Applied Optics 15,
   1976.
.. [3] E. B. Wilson, M. M. Hilferty, "The distribution of chi-square", PNAS 17 (12), 1931 (where the search begins).
"""

import math

import numpy as np
from numba import njit, vectorize

STEPS = 10_000
"""Terms of a series or a continued fraction at most: some five times the root of the largest argument is enough."""
PRECISE = 1e-14
TINY = 1e-300
NEARLY_POISSON = 1e9
"""A size above which a negative binomial is taken as a Poisson number. [-]"""


@njit(cache=True, nogil=True)
def gamma_share(shape, x):
    """Return the share of a gamma distribution of scale 1 that lies below x: by a series below the mean, a fraction above."""
    if x <= 0.0:
        return 0.0
    front = math.exp(-x + shape * math.log(x) - math.lgamma(shape))
    if x < shape + 1.0:
        term = total = 1.0 / shape
        for step in range(1, STEPS):
            term *= x / (shape + step)
            total += term
            if term < total * PRECISE:
                break
        return min(1.0, front * total)
    return max(0.0, 1.0 - front * _upper_fraction(shape, x))


@njit(cache=True, nogil=True)
def _upper_fraction(shape, x):
    b = x + 1.0 - shape
    c = 1.0 / TINY
    d = 1.0 / b
    value = d
    for step in range(1, STEPS):
        a = -step * (step - shape)
        b += 2.0
        d = a * d + b
        d = TINY if abs(d) < TINY else d
        c = b + a / c
        c = TINY if abs(c) < TINY else c
        d = 1.0 / d
        change = d * c
        value *= change
        if abs(change - 1.0) < PRECISE:
            break
    return value


@njit(cache=True, nogil=True)
def normal_quantile(share):
    """Return the quantile of the standard normal, by halving: precise rather than fast."""
    low, high = -40.0, 40.0
    for _ in range(90):
        middle = 0.5 * (low + high)
        if 0.5 * math.erfc(-middle / math.sqrt(2.0)) < share:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@vectorize(["float64(float64, float64)"], cache=True)
def gamma_quantile(shape, share):
    """Return the quantile of a gamma distribution of scale 1; 0 where shape or share is 0, infinity where the share is 1."""
    if not (shape > 0.0 and share > 0.0):
        return 0.0
    if share >= 1.0:
        return np.inf
    z = normal_quantile(share)
    cube = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * math.sqrt(shape))
    guess = shape * cube * cube * cube
    if cube <= 0.0 or guess < 0.1 * shape:  # small x: the share is x ** shape / gamma(shape + 1)
        guess = math.exp((math.log(share) + math.lgamma(shape + 1.0)) / shape)
    low, high = 0.0, max(guess, TINY)
    while gamma_share(shape, high) < share:
        low, high = high, 2.0 * high
    x = min(max(guess, low), high)
    for _ in range(200):
        found = gamma_share(shape, x)
        if found < share:
            low = x
        else:
            high = x
        slope = math.exp(-x + (shape - 1.0) * math.log(x) - math.lgamma(shape)) if x > 0.0 else 0.0
        step = x - (found - share) / slope if slope > 0.0 else low
        following = step if low < step < high else 0.5 * (low + high)
        if abs(following - x) <= 1e-13 * x:
            break
        x = following
    return x


@njit(cache=True, nogil=True)
def _beta_fraction(a, b, x):
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (TINY if abs(d) < TINY else d)
    value = d
    for step in range(1, STEPS):
        even = step * (b - step) * x / ((a + 2 * step - 1.0) * (a + 2 * step))
        odd = -(a + step) * (a + b + step) * x / ((a + 2 * step) * (a + 2 * step + 1.0))
        for part in (even, odd):
            d = 1.0 + part * d
            d = 1.0 / (TINY if abs(d) < TINY else d)
            c = 1.0 + part / c
            c = TINY if abs(c) < TINY else c
            value *= d * c
        if abs(d * c - 1.0) < PRECISE:
            break
    return value


@njit(cache=True, nogil=True)
def beta_share(a, b, x):
    """Return the share of a beta distribution below x."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _beta_fraction(a, b, x) / a
    return 1.0 - front * _beta_fraction(b, a, 1.0 - x) / b


@njit(cache=True, nogil=True)
def _count_share(count, mean, size):
    if count < 0.0:
        return 0.0
    if not mean > 0.0:
        return 1.0
    if size >= NEARLY_POISSON:
        return 1.0 - gamma_share(count + 1.0, mean)
    return beta_share(size, count + 1.0, size / (size + mean))


@vectorize(["float64(float64, float64, float64)"], cache=True)
def count_share(count, mean, size):
    """Return the share of a negative binomial that is at most `count`."""
    return _count_share(math.floor(count), mean, size)


@vectorize(["float64(float64, float64, float64)"], cache=True)
def count_quantile(share, mean, size):
    """Return the least count that at least a share of a negative binomial does not exceed."""
    if not mean > 0.0:
        return 0.0
    spread = math.sqrt(mean + mean * mean / size)
    low, high = -1.0, math.floor(mean + spread) + 1.0
    while _count_share(high, mean, size) < share:
        low, high = high, 2.0 * high + 1.0
    while high - low > 1.0:
        middle = math.floor(0.5 * (low + high))
        if _count_share(middle, mean, size) < share:
            low = middle
        else:
            high = middle
    return high


@vectorize(["float64(float64)"], cache=True)
def normal_share(z):
    """Return the share of the standard normal below z."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


@vectorize(["float64(float64, float64)"], cache=True)
def student_quantile(share, freedom):
    """Return the quantile of Student's t, by expansion about the normal: right to 1 % from three degrees of freedom on [4]_.

    References
    ----------
    .. [4] M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions, 1964, formula 26.7.5.
    """
    z = normal_quantile(share)
    square = z * z
    first = z * (square + 1.0) / 4.0
    second = z * (5.0 * square * square + 16.0 * square + 3.0) / 96.0
    third = z * (3.0 * square**3 + 19.0 * square * square + 17.0 * square - 15.0) / 384.0
    return z + first / freedom + second / freedom**2 + third / freedom**3


@vectorize(["float64(float64)"], cache=True)
def digamma(x):
    """Return the derivative of the logarithm of the gamma function, for positive x."""
    total = 0.0
    while x < 8.0:
        total -= 1.0 / x
        x += 1.0
    inverse = 1.0 / (x * x)
    return total + math.log(x) - 0.5 / x - inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))


@vectorize(["float64(float64)"], cache=True)
def trigamma(x):
    """Return the second derivative of the logarithm of the gamma function, for positive x."""
    total = 0.0
    while x < 8.0:
        total += 1.0 / (x * x)
        x += 1.0
    inverse = 1.0 / (x * x)
    return total + 1.0 / x + inverse / 2.0 + inverse / x * (1 / 6 - inverse * (1 / 30 - inverse * (1 / 42 - inverse / 30)))


@vectorize(["float64(float64, float64, float64)"], cache=True)
def beta_tail(count, total, share):
    """Return the probability that a binomial of a share is `count` or more of `total`; both may be broken numbers."""
    if count <= 0.0:
        return 1.0
    return beta_share(count, max(total - count, 0.0) + 1.0, share)
