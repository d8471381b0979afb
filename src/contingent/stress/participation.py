"""What the force holds when it is left to chance who takes part.

An offer materialises by its own probability, and only where its nation takes part at all, which it does but for its probability
of withdrawal. Each draw plans anew with what is there. Numbers come from streams named by nation and offer: two scenarios that
differ in one offer draw the same for all others.
"""

import numpy as np
import numpy.typing as npt

from contingent.ensemble.streams import key_of, uniform
from contingent.generation.problem import Floats, Problem
from contingent.model.scenario import Scenario
from contingent.stress.answers import Answers, Key

Flags = npt.NDArray[np.bool_]


def has_chances(scenario: Scenario) -> bool:
    """Whether anything is left to chance."""
    offers = any(offer.probability is not None and offer.probability < 1.0 for offer in scenario.offers)
    return offers or any((nation.withdrawal_probability or 0.0) > 0.0 for nation in scenario.nations)


def keys_of_draws(scenario: Scenario, answers: Answers, *, draws: int) -> list[list[Key]]:
    """Return the sets of offers that are gone in each draw, by family."""
    absent = absences(scenario, answers.game.problem, answers.game.seed, draws)
    return [_keys(answers, gone) for gone in absent]


def participation(answers: Answers, keys: list[list[Key]]) -> tuple[Floats, Floats]:
    """Return what is unfilled in each draw, without a reaction and planned anew. [unit-days], shape (draws, levels) each"""
    answers.ask(light=[key for row in keys for key in row])
    found = [answers.unfilled(row) for row in keys]
    shape = (len(keys), answers.levels)
    return np.array([left for left, _ in found]).reshape(shape), np.array([value for _, value in found]).reshape(shape)


def absences(scenario: Scenario, problem: Problem, seed: int, draws: int) -> Flags:
    """Return which offers do not materialise in each draw. Shape (draws, offers), of bool"""
    stays = {row.nation: 1.0 - (row.withdrawal_probability or 0.0) for row in scenario.nations}
    absent = np.zeros((draws, len(problem.offers)), dtype=np.bool_)
    nation_key = {nation: key_of(seed, "participation", "nation", nation) for nation in problem.nations}
    for k, offer in enumerate(problem.offers):
        chance = 1.0 if offer.probability is None else offer.probability
        own, of_nation = key_of(seed, "participation", "offer", offer.offer), nation_key[offer.nation]
        for draw in range(draws):
            place = np.uint64(draw), np.uint64(0), np.uint64(0)
            gone = uniform(*of_nation, *place) >= stays[offer.nation] or uniform(*own, *place) >= chance
            absent[draw, k] = gone
    return absent


def _keys(answers: Answers, absent: Flags) -> list[Key]:
    return [
        (number, tuple(place for place, k in enumerate(part.offers.tolist()) if absent[k]))
        for number, part in enumerate(answers.game.parts)
    ]
