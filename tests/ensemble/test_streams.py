"""Random words against numpy's Philox and published ones; numbers made of them against exact distributions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contingent.ensemble.philox import block, high_word
from contingent.ensemble.streams import exponential, generator_of, integer, key_of, poisson, uniform, uniforms

WORDS = st.integers(0, 2**64 - 1)
DRAWS = 40_000
PER_MILLE = 3.29
"""Standard deviations beyond which one of a thousand falls. The seeds are fixed: a test that passes always passes."""
KEY = key_of(1, "tests")


def numpy_block(key: tuple[int, int], counter: list[int]) -> list[int]:
    """The same block from numpy, which counts on by one before it draws."""
    before = (sum(word << (64 * place) for place, word in enumerate(counter)) - 1) % 2**256
    words = np.array([(before >> (64 * place)) % 2**64 for place in range(4)], dtype=np.uint64)
    return np.random.Philox(key=np.array(key, dtype=np.uint64), counter=words).random_raw(4).tolist()


def words(*numbers: int) -> list[np.uint64]:
    return [np.uint64(number) for number in numbers]


@pytest.mark.parametrize(("key", "counter", "published"), [
    ((0, 0), [0, 0, 0, 0], [0x16554D9ECA36314C, 0xDB20FE9D672D0FDC, 0xD7E772CEE186176B, 0x7E68B68AEC7BA23B]),
    ((2**64 - 1,) * 2, [2**64 - 1] * 4, [0x87B092C3013FE90B, 0x438C3C67BE8D0224, 0x9CC7D7C69CD777B6, 0xA09CAEBF594F0BA0]),
])
def test_the_known_answers_of_its_authors(key: tuple[int, int], counter: list[int], published: list[int]):
    """Known-answer tests that Random123, the authors' library, carries for philox4x64-10."""
    assert list(block(*words(*key, *counter))) == published


@given(key=st.tuples(WORDS, WORDS), counter=st.lists(WORDS, min_size=4, max_size=4))
def test_words_are_those_of_numpy(key: tuple[int, int], counter: list[int]):
    assert list(block(*words(*key, *counter))) == numpy_block(key, counter)


@given(WORDS, WORDS)
def test_the_high_word_is_that_of_the_whole_product(a: int, b: int):
    assert high_word(np.uint64(a), np.uint64(b)) == (a * b) >> 64


def test_a_place_may_be_any_whole_number():
    """Below zero, of any width, or written out: the number is that of the place."""
    for a, b, c in [(0, 1, 2), (-1, 5, 2**40), (3, -(2**40), 0)]:
        expected = (numpy_block(KEY, [a % 2**64, b % 2**64, c % 2**64, 0])[0] >> 11) / 2**53
        assert uniform(*KEY, a, b, c) == expected
        assert uniform(*KEY, np.int64(a), np.int64(b), np.int64(c)) == expected
    assert uniform(*KEY, np.int32(3), np.uint8(1), np.int16(-1)) == uniform(*KEY, 3, 1, -1)


def test_four_for_one():
    assert uniforms(*KEY, 1, 2, 3) == tuple((word >> 11) / 2**53 for word in numpy_block(KEY, [1, 2, 3, 0]))
    assert uniforms(*KEY, 1, 2, 3)[0] == uniform(*KEY, 1, 2, 3)


# -------------------------------------------------------------------------------------------------------------------- names


def test_keys_stay_what_they_are():
    """A published seed gives the same numbers next year: SHA-256 of '[1, "a", "b"]', two words, lowest byte first."""
    assert [int(word) for word in key_of(1, "a", "b")] == [int(word) for word in np.frombuffer(
        bytes.fromhex("5aa56b50c0873e9f2fe036ccd49eff0821dabda069755f82a660dee8da7af86c")[:16], dtype="<u8")]


def test_each_seed_and_name_has_a_stream_of_its_own():
    names = [
        (1,), (2,), (-1,), (2**70,), (1, ""), (1, "a"), (1, "ä"), (1, "b"), (1, "ab"), (1, "a b"), (1, "a", "b"), (1, "b", "a")]
    assert len({key_of(*name) for name in names}) == len(names)
    assert len({uniform(*key_of(*name), 0, 0, 0) for name in names}) == len(names)


def test_a_generator_is_the_stream_drawn_in_order():
    drawn = generator_of(1, "tests").random(8)
    assert drawn.tolist() == [*uniforms(*KEY, 1, 0, 0), *uniforms(*KEY, 2, 0, 0)]


# ------------------------------------------------------------------------------------------------------------ distributions


def places(draw) -> np.ndarray:
    """Numbers at many places of a stream."""
    return np.array([draw(a, b) for a in range(200) for b in range(DRAWS // 200)])


def kolmogorov(sample: np.ndarray, below: np.ndarray) -> float:
    """Largest distance of the sample's distribution from the exact one, times the root of its size."""
    ranks = np.arange(1, sample.size + 1) / sample.size
    return float(np.maximum(np.abs(ranks - below), np.abs(ranks - 1 / sample.size - below)).max() * math.sqrt(sample.size))


def chi_square_is_usual(counts: np.ndarray, expected: np.ndarray) -> bool:
    """By Wilson and Hilferty's normal approximation, at one in a thousand."""
    statistic, freedom = float(((counts - expected) ** 2 / expected).sum()), counts.size - 1
    scaled = ((statistic / freedom) ** (1 / 3) - (1 - 2 / (9 * freedom))) / math.sqrt(2 / (9 * freedom))
    return scaled < PER_MILLE


KOLMOGOROV_PER_MILLE = 1.95


def test_uniform_numbers_are_uniform_and_neighbours_independent():
    sample = places(lambda a, b: uniform(*KEY, a, b, 7))
    ordered = np.sort(sample)
    assert ordered[0] >= 0.0
    assert ordered[-1] < 1.0
    assert kolmogorov(ordered, ordered) < KOLMOGOROV_PER_MILLE
    tenths = (sample * 10).astype(int).reshape(200, -1)
    for one, other in ((tenths[:, :-1], tenths[:, 1:]), (tenths[:-1], tenths[1:])):
        pairs = np.bincount((10 * one + other).ravel(), minlength=100)
        assert chi_square_is_usual(pairs, np.full(100, pairs.sum() / 100))


def test_exponential_times_are_exponential():
    sample = np.sort(places(lambda a, b: exponential(*KEY, a, b, 1, 30.0)))
    assert kolmogorov(sample, -np.expm1(-sample / 30.0)) < KOLMOGOROV_PER_MILLE
    assert exponential(*KEY, 1, 1, 1, 30.0) == 2 * exponential(*KEY, 1, 1, 1, 15.0)


@pytest.mark.parametrize("mean", [0.02, 0.7, 5.0, 16.0, 45.0])
def test_poisson_numbers_have_their_probabilities(mean: float):
    sample = places(lambda a, b: poisson(*KEY, a, b, 2, mean))
    exact = [math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(200)]
    kept = [k for k in range(200) if exact[k] * DRAWS >= 5]
    counts = np.array([np.count_nonzero(sample == k) for k in kept])
    expected = np.array([exact[k] * DRAWS for k in kept])
    rest = (DRAWS - counts.sum(), max(DRAWS - expected.sum(), 1e-9))
    if rest[1] >= 5:
        counts, expected = np.append(counts, rest[0]), np.append(expected, rest[1])
    assert chi_square_is_usual(counts, expected)


@given(place=st.integers(0, 10_000), means=st.tuples(*[st.floats(0, 16)] * 2))
def test_a_poisson_number_does_not_fall_where_the_mean_rises(place: int, means: tuple[float, float]):
    low, high = sorted(means)
    assert poisson(*KEY, place, 0, 0, low) <= poisson(*KEY, place, 0, 0, high)


def test_poisson_by_exact_inversion():
    """The smallest number whose cumulated probability is above the uniform number, in fractions."""
    exact = Fraction(math.exp(-2.0))
    for place in range(300):
        number, term, unit = 0, exact, Fraction(uniform(*KEY, place, 0, 0))
        below = term
        while unit >= below:
            number += 1
            term = term * 2 / number
            below += term
        assert poisson(*KEY, place, 0, 0, 2.0) == number
    assert [poisson(*KEY, 1, 1, 1, mean) for mean in (0.0, -1.0)] == [0, 0]


@pytest.mark.parametrize("number", [2, 3, 7, 10, 97])
def test_whole_numbers_come_equally_often(number: int):
    sample = places(lambda a, b: integer(*KEY, a, b, 3, number))
    counts = np.bincount(sample, minlength=number)
    assert counts.size == number
    assert chi_square_is_usual(counts, np.full(number, DRAWS / number))


@given(place=WORDS.map(lambda word: word % 2**63), number=st.integers(2, 2**63 - 1))
def test_no_whole_number_is_favoured(place: int, number: int):
    """As Lemire has it, in whole numbers of any length: draw again while the lower word is below 2 ** 64 mod n."""
    attempt = 0
    while ((word := numpy_block(KEY, [place, 0, 0, attempt])[0]) * number) % 2**64 < 2**64 % number:
        attempt += 1
    assert integer(*KEY, place, 0, 0, number) == word * number // 2**64


def test_of_nothing_or_one_there_is_no_choice():
    assert [integer(*KEY, 1, 2, 3, number) for number in (-5, 0, 1)] == [0, 0, 0]
