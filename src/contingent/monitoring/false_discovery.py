"""Many tests at once: the share of discoveries that are false.

References
----------
.. [1] Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. Royal Statistical Society B 57 (1), 1995. It holds
   for tests that are independent, or that depend on each other positively, as neighbours on a map do.
"""

import numpy as np

from contingent.monitoring.series import Floats


def adjusted(probabilities: Floats) -> Floats:
    """Return the least false discovery rate at which each test is a discovery, by Benjamini and Hochberg's steps.

    Examples
    --------
    >>> [round(float(value), 3) for value in adjusted(np.array([0.01, 0.04, 0.03, 0.5]))]
    [0.04, 0.053, 0.053, 0.5]
    """
    number = len(probabilities)
    order = np.argsort(-probabilities, kind="stable")
    stepped = probabilities[order] * number / np.arange(number, 0, -1)
    found = np.empty(number)
    found[order] = np.minimum(1.0, np.minimum.accumulate(stepped)) if number else stepped
    return found
