"""Spreading units over brigades: by hand, against exhaustive search, and its bound."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.structure.greedy import bound_of_nation_days, greedy
from contingent.structure.problem import Problem, Serving, measure
from contingent.structure.spread import bound_by_windows, exact, spread


def tour(line: str, nation: str | None, days: tuple[int, int], weight: float = 1.0) -> Serving:
    return Serving(line, nation, days[0], days[1], weight)


def two_brigades(
    *tours: Serving, given: tuple[tuple[int, Serving], ...] = (), battalions: frozenset[str] = frozenset()
) -> Problem:
    shares = {each.line: (0, 1) for each in tours}
    return Problem(("1 Bde", "2 Bde"), shares, battalions, tours, given)


def counted(problem: Problem, places: tuple[int, ...]) -> tuple[float, float, int, int]:
    """The goals counted day by day with sets, apart from the package's arrays."""
    days = range(problem.breaks[0], problem.breaks[-1])
    uneven = [0.0, 0.0]
    nation_days, entries = 0, 0
    spreadable = {each.nation for each in problem.tours if each.nation is not None}
    before: set[tuple[int, str]] = set()
    for day in days:
        on = [(place, each) for place, each in zip(places, problem.tours, strict=True) if each.from_day <= day < each.until_day]
        for line, shares in problem.shares.items():
            width = _width([(p, e.weight) for p, e in on if e.line == line], shares)
            uneven[0] = max(uneven[0], width - 1.0)
        by_shares: dict[tuple[int, ...], set[str]] = {}
        for line in problem.battalions:
            by_shares.setdefault(problem.shares[line], set()).add(line)
        for shares, lines in by_shares.items():
            if len(lines) > 1:
                uneven[1] = max(uneven[1], _width([(p, e.weight) for p, e in on if e.line in lines], shares) - 1.0)
        here = [*on, *((place, each) for place, each in problem.given if each.from_day <= day < each.until_day)]
        present = {(place, each.nation) for place, each in here if each.nation in spreadable}
        nation_days += len(present)
        entries += len(present - before)
        before = present
    return max(0.0, round(uneven[0], 9)), max(0.0, round(uneven[1], 9)), nation_days, entries


def _width(placed: list[tuple[int, float]], shares: tuple[int, ...]) -> float:
    sums = [sum(weight for place, weight in placed if place == share) for share in shares]
    return max(sums) - min(sums)


def best_of_all(problem: Problem) -> tuple[float, float, int, int]:
    return min(counted(problem, places) for places in product(*(problem.shares[each.line] for each in problem.tours)))


# ------------------------------------------------------------------------------------------------------------------- by hand


def test_two_nations_of_two_battalions_take_a_brigade_each():
    """Four battalions, two of each nation: one nation a brigade is the only good answer."""
    problem = two_brigades(*(tour("L1", nation, (0, 100)) for nation in ("FRA", "GBR", "FRA", "GBR")))
    places, result = spread(problem)
    assert places in ([0, 1, 0, 1], [1, 0, 1, 0])
    assert (result.nation_days, result.nation_days_bound, result.entries) == (200, 200, 2)
    assert (result.method, result.status, result.uneven) == ("exact", "optimal", 0.0)


def test_battalions_join_the_brigade_whose_headquarters_their_nation_holds():
    headquarters = (1, tour("HQ", "FRA", (0, 100)))
    problem = two_brigades(tour("L1", "FRA", (0, 100)), tour("L1", "GBR", (0, 100)), given=(headquarters,))
    places, result = spread(problem)
    assert places == [1, 0]
    assert result.nation_days == 200


def test_even_comes_before_few_nations():
    """Three French battalions and one British: two and two, so one brigade has both nations."""
    problem = two_brigades(*(tour("L1", nation, (0, 10)) for nation in ("FRA", "FRA", "FRA", "GBR")))
    places, result = spread(problem)
    assert sorted(places) == [0, 0, 1, 1]
    assert (result.nation_days, result.uneven) == (30, 0.0)


def test_a_relief_of_the_same_nation_goes_to_the_same_brigade():
    problem = two_brigades(
        tour("L1", "FRA", (0, 10)), tour("L1", "GBR", (0, 10)), tour("L1", "GBR", (10, 20)), tour("L1", "FRA", (10, 20)))
    places, result = spread(problem)
    assert places[0] == places[3] != places[1] == places[2]
    assert result.entries == 2


def test_battalions_of_several_lines_are_even_together():
    """Two lines of one battalion each: one brigade must not get both."""
    problem = two_brigades(tour("L1", "FRA", (0, 10)), tour("L2", "FRA", (0, 10)), battalions=frozenset({"L1", "L2"}))
    places, result = spread(problem)
    assert sorted(places) == [0, 1]
    assert result.nation_days == 20


def test_without_that_rule_one_brigade_would_have_both():
    problem = two_brigades(tour("L1", "FRA", (0, 10)), tour("L2", "FRA", (0, 10)))
    assert measure(problem, spread(problem)[0]).nation_days == 10


def test_companies_of_a_quarter_each_count_a_quarter():
    """Four quarter companies beside one whole battalion: they stay together, for a brigade of two nations has one too many."""
    companies = [tour("L1", "DNK", (0, 10), 0.25) for _ in range(4)]
    problem = two_brigades(tour("L1", "FRA", (0, 10)), *companies)
    places, result = spread(problem)
    assert places[1:] == [1 - places[0]] * 4
    assert result.nation_days == 20


def test_units_that_states_own_together_are_no_nation():
    problem = two_brigades(tour("L1", None, (0, 10)), tour("L1", None, (0, 10)))
    assert spread(problem)[1].nation_days == 0


# ----------------------------------------------------------------------------------------------------------------- by oracle

NATIONS = ("AAA", "BBB", "CCC", None)


@st.composite
def small_problems(draw: st.DrawFn) -> Problem:
    formations = draw(st.integers(2, 3))
    everywhere = tuple(range(formations))
    lines = draw(st.integers(1, 2))
    shares = {f"L{n}": everywhere if formations == 2 else draw(st.sampled_from([everywhere, (0, 1)])) for n in range(lines)}
    count = draw(st.integers(1, 7 if formations == 2 else 5))
    one = st.builds(
        lambda line, nation, begin, length, weight: Serving(line, nation, begin * 10, (begin + length) * 10, weight),
        st.sampled_from(sorted(shares)), st.sampled_from(NATIONS), st.integers(0, 2), st.integers(1, 2),
        st.sampled_from([1.0, 1.0, 0.5]))
    tours = tuple(draw(st.lists(one, min_size=count, max_size=count)))
    given_tours = draw(st.lists(st.tuples(st.integers(0, formations - 1), one), max_size=2))
    battalions = frozenset(draw(st.sets(st.sampled_from(sorted(shares)))))
    return Problem(tuple(f"{n} Bde" for n in everywhere), shares, battalions, tours, tuple(given_tours))


@given(small_problems())
@settings(max_examples=60)
def test_the_proof_finds_what_exhaustive_search_finds(problem):
    places, bound, proven = exact(problem, greedy(problem))
    assert proven
    best = best_of_all(problem)
    assert counted(problem, tuple(places)) == pytest.approx(best)
    assert bound <= best[2]


@given(small_problems())
@settings(max_examples=60)
def test_measures_are_what_a_count_day_by_day_gives(problem):
    places = greedy(problem)
    found = measure(problem, places)
    assert counted(problem, tuple(places)) == pytest.approx(
        (found.uneven_by_line, found.uneven_in_all, found.nation_days, found.entries))


@given(small_problems())
@settings(max_examples=60)
def test_the_bound_of_the_search_is_below_the_best(problem):
    places = greedy(problem)
    found = measure(problem, places)
    best = best_of_all(problem)
    bound = bound_of_nation_days(problem, beyond=(best[0], best[1]))
    assert bound <= best[2] + 1e-9
    assert bound - 1e-9 <= bound_by_windows(problem, beyond=(best[0], best[1])) <= best[2] + 1e-9
    assert bound_of_nation_days(problem, beyond=(found.uneven_by_line, found.uneven_in_all)) <= found.nation_days + 1e-9


@given(small_problems())
@settings(max_examples=30)
def test_every_tour_goes_to_a_formation_that_shares_its_line(problem):
    for places in (greedy(problem), spread(problem)[0]):
        assert all(place in problem.shares[each.line] for place, each in zip(places, problem.tours, strict=True))


@given(small_problems())
@settings(max_examples=15)
def test_twice_is_the_same(problem):
    assert spread(problem) == spread(problem)


def test_a_large_problem_is_searched_and_says_how_far_from_the_best_it_may_be():
    """Nine posts in three brigades, ten tours each, six nations in turn: 270 choices are too many for a proof."""
    names = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")
    tours = tuple(
        tour("L1", names[(post * 5 + number * 2) % 6], ((post % 3) * 6 + number * 18, (post % 3) * 6 + number * 18 + 18))
        for post in range(9) for number in range(10))
    _, result = spread(Problem(("1 Bde", "2 Bde", "3 Bde"), {"L1": (0, 1, 2)}, frozenset({"L1"}), tours))
    assert (result.method, result.status) == ("greedy", "feasible")
    assert result.uneven <= 1.0
    assert 0 < result.nation_days_bound <= result.nation_days
