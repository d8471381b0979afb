"""How often the detector calls what is there, and what is not: streams drawn by a seed."""

import numpy as np
from tests.monitoring.made_up import negative_binomial

from contingent.monitoring.change import PRIOR, RATES, SIZES, SMALLEST, WIDTH, threshold_for
from contingent.monitoring.change_kernel import follow

YEAR, BEFORE, AFTER = 365, 90, 28
PROBABILITY = 0.05


def followed(counts, *, threshold, exposure=None, whole=None):
    """Days of call, first guesses of the change, and evidence of one stream."""
    days = len(counts)
    seen = np.ones(days) if exposure is None else exposure
    calls = np.zeros((2, days), dtype=np.int64)
    evidence, level, expected = (np.zeros(days) for _ in range(3))
    number = follow(
        np.asarray(counts, dtype=float), seen, np.ones(days) if whole is None else whole,
        RATES, SIZES, PRIOR, threshold, SMALLEST, WIDTH,
        calls[0], calls[1], evidence, level, expected,
    )  # fmt: skip
    return calls[0, :number], calls[1, :number], evidence


def false_share(rate, size, *, runs, seed):
    """Share of quiet years with a call."""
    generator = np.random.default_rng(seed)
    threshold = threshold_for(PROBABILITY)
    return np.mean(
        [len(followed(negative_binomial(generator, rate, size, YEAR), threshold=threshold)[0]) > 0 for _ in range(runs)]
    )


def found_share(rate, size, factor, *, runs, seed, series=1):
    """Shares of changes called within 7 and within 28 days, after 90 days at the level before."""
    generator = np.random.default_rng(seed)
    mean = np.concatenate([np.full(BEFORE, float(rate)), np.full(AFTER, float(rate) * factor)])
    threshold = threshold_for(PROBABILITY, series=series)
    delays = []
    for _ in range(runs):
        flags = followed(negative_binomial(generator, mean, size), threshold=threshold)[0]
        after = flags[flags >= BEFORE]
        delays.append(after[0] - BEFORE + 1 if len(after) else np.inf)
    return tuple(float(np.mean(np.array(delays) <= days)) for days in (7, AFTER))
