r"""What each nation is worth to the force: its Shapley value for fill.

Let nations join one after the other in any order; what the fill gains when a nation joins is its worth in that order. Its Shapley
value is the mean over all orders [1]_. The values of all nations add up to the fill of the plan.

.. math:: \phi_n = \frac{1}{|N|!} \sum_{\pi} \bigl( v(P^\pi_n \cup \{n\}) - v(P^\pi_n) \bigr)

Values of families add up, so each is taken by itself: over all coalitions where a family has few nations, else over a sample of
orders, each with its reverse (antithetic), the same for all families. The value of a coalition is the plan made anew without the
others, so all of it is what plans were found to hold; the interval is that of the sample of orders.

References
----------
.. [1] L. S. Shapley, "A value for n-person games", Contributions to the Theory of Games II, 1953, 307-317.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from contingent.ensemble.streams import generator_of
from contingent.generation.problem import Floats
from contingent.stress.answers import Answers, Key, Nations
from contingent.stress.game import Part

FEW_NATIONS = 6
"""Families with no more nations than this are valued over all coalitions."""

LIKELY = 1.959964
"""Quantile of the normal distribution for an interval of 95 %. [-]"""


@dataclass(frozen=True)
class Shares:
    """Worth of each nation. [unit-days], shape (nations, levels)

    Parameters
    ----------
    value, low, high : ndarray of float
        Shapley value, and its interval of 95 %.
    orders : int
        Orders that were sampled; 0 = every value is exact.
    """

    value: Floats
    low: Floats
    high: Floats
    orders: int


def keys_to_value(answers: Answers, joined: Sequence[Nations]) -> tuple[list[Key], list[Key]]:
    """Return the sets of offers that have to be looked at to value all nations: those at full length, and those lightly."""
    full: list[Key] = []
    light: list[Key] = []
    for number, part in enumerate(answers.game.parts):
        if len(part.nations) > FEW_NATIONS:
            light += [key for order in joined for key in _prefixes(answers, number, order)]
        elif part.is_small:
            full += _coalitions(answers, number)
        else:
            light += _coalitions(answers, number)
    return full, light


def shapley(answers: Answers, joined: Sequence[Nations]) -> Shares:
    """Value all nations.

    Parameters
    ----------
    joined : sequence of tuple of int
        From `orders_of`.
    """
    full, light = keys_to_value(answers, joined)
    answers.ask(full=full, light=light)
    parts = answers.game.parts
    few = [number for number, part in enumerate(parts) if len(part.nations) <= FEW_NATIONS]
    many = [number for number, part in enumerate(parts) if len(part.nations) > FEW_NATIONS]
    shape = (len(answers.game.problem.nations), answers.levels)
    exact = np.zeros(shape)
    for number in few:
        exact += _over_coalitions(answers, number, shape)
    if not many:
        return Shares(exact, exact, exact, 0)
    sample = np.array([sum((_along(answers, number, order, shape) for number in many), np.zeros(shape)) for order in joined])
    pairs = (sample[0::2] + sample[1::2]) / 2.0
    value = exact + pairs.mean(axis=0)
    if len(pairs) < 2:
        return Shares(value, np.zeros(shape), answers.game.problem.required[None, :] + np.zeros(shape), len(joined))
    error = quantile(len(pairs) - 1) * pairs.std(axis=0, ddof=1) / math.sqrt(len(pairs))
    return Shares(value, value - error, value + error, len(joined))


def quantile(freedom: int) -> float:
    """Return the quantile of Student's distribution for an interval of 95 %, by its series in 1 / `freedom`. [-]

    Examples
    --------
    >>> round(quantile(20), 2)
    2.09
    """
    z, v = LIKELY, float(freedom)
    first = (z**3 + z) / 4.0
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96.0
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384.0
    return z + first / v + second / v**2 + third / v**3


def orders_of(seed: int, nations: Nations, orders: int) -> list[Nations]:
    """Return orders of joining, each followed by its reverse; an odd number is made even."""
    generator = generator_of(seed, "stress", "orders")
    found: list[Nations] = []
    for _ in range((orders + 1) // 2):
        order = tuple(nations[place] for place in generator.permutation(len(nations)))
        found += [order, order[::-1]]
    return found


def _without(answers: Answers, number: int, joined: Sequence[int]) -> Key:
    """Return the key of a family where only some nations have joined."""
    part: Part = answers.game.parts[number]
    return answers.key(number, (nation for nation in part.nations if nation not in set(joined)))


def _coalitions(answers: Answers, number: int) -> Iterator[Key]:
    nations = answers.game.parts[number].nations
    for size in range(len(nations) + 1):
        for joined in combinations(nations, size):
            yield _without(answers, number, joined)


def _prefixes(answers: Answers, number: int, order: Nations) -> Iterator[Key]:
    mine = [nation for nation in order if nation in answers.game.parts[number].nations]
    for size in range(len(mine) + 1):
        yield _without(answers, number, mine[:size])


def _unfilled(answers: Answers, key: Key) -> Floats:
    return answers.full[key].value if key in answers.full else answers.light[key].value


def _over_coalitions(answers: Answers, number: int, shape: tuple[int, int]) -> Floats:
    """Return the exact values of a family's game. Shape (nations, levels)"""
    worth, nations = np.zeros(shape), answers.game.parts[number].nations
    n = len(nations)
    for size in range(n):
        weight = math.factorial(size) * math.factorial(n - size - 1) / math.factorial(n)
        for joined in combinations(nations, size):
            before = _unfilled(answers, _without(answers, number, joined))
            for nation in nations:
                if nation not in joined:
                    worth[nation] += weight * (before - _unfilled(answers, _without(answers, number, (*joined, nation))))
    return worth


def _along(answers: Answers, number: int, order: Nations, shape: tuple[int, int]) -> Floats:
    """Return what each nation adds in one order. Shape (nations, levels)"""
    worth = np.zeros(shape)
    mine = [nation for nation in order if nation in answers.game.parts[number].nations]
    values = [_unfilled(answers, key) for key in _prefixes(answers, number, order)]
    for place, nation in enumerate(mine):
        worth[nation] = values[place] - values[place + 1]
    return worth
