"""Budget in, force out: by hand, against enumeration, and what must hold whatever the budget."""

import dataclasses
from collections.abc import Sequence
from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cost.instances import LINKS, PERSONNEL, WAY_RATES, frame, leg, movement, rate, scenario, tours

from contingent.cost import Affordable, afford, cost, with_afford
from contingent.cost.afford import priced, within
from contingent.cost.choices import choose, filled_by, next_step_of, order_of
from contingent.cost.posts import Posts, Stretch, dealt_into_posts
from contingent.errors import BadInput, BadPlan
from contingent.model.rows import Requirement
from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, Plan
from contingent.plan.columns import empty_frame

LINES = (("L", 1, 2.0), ("S", 2, 1.0), ("H", 3, 1.0))
"""Lines of the costed scenario with their priority and the units that they ask for, all for the twenty days."""

SENT = pl.concat([
    tours(("AAA", "battlegroup", 0, 20), ("BBB", "depot", 0, 20), line="L"),
    tours(("AAA", "frigate", 0, 10), ("BBB", "frigate", 10, 20), line="S"),
    tours(("XMN", "corps", 5, 20), line="H"),
])  # fmt: skip
"""At 3 a person and day: a battlegroup 6000, a depot 1200, a post of two frigates 3000, a corps 1350."""


Asked = Sequence[tuple[str, int, float]]


def asked_for(lines: Asked = LINES, **changes: object) -> Scenario:
    rows = [Requirement(line=line, capability="x", quantity=int(units), priority=priority) for line, priority, units in lines]
    return scenario(requirements=tuple(rows), formations=(), **changes)


def plan_of(sent: pl.DataFrame = SENT, lines: Asked = LINES, **frames: pl.DataFrame) -> Plan:
    coverage = [
        {"line": line, "capability": "x", "location": "Camp", "priority": priority, "from_day": 0, "until_day": 20,
         "required": units, "filled": 0.0, "gap": 0.0, "units": 0, "nations": None}
        for line, priority, units in lines
    ]  # fmt: skip
    empty = {name: empty_frame(name) for name in ("gaps", "nations", "unused", "remedies", "worth")}
    whole = {"tours": sent, "coverage": pl.DataFrame(coverage, schema=COLUMNS["coverage"]), **empty, **frames}
    return Plan("Cost", None, "", (), {}, {}, 0, 0.0, provenance={}, **whole)  # type: ignore[arg-type]


def held(found: Affordable, column: str = "held") -> set[str]:
    return set(found.budget_posts.filter(pl.col(column))["post"])


def fills(found: Affordable, prices: str = "likely") -> list[float]:
    return found.budget_fill.filter(prices=prices).sort("priority")["held"].to_list()


def level(found: Affordable, prices: str = "likely") -> dict[str, object]:
    return found.budget_levels.row(by_predicate=pl.col("prices") == prices, named=True)


# ------------------------------------------------------------------------------------------------------------------- by hand


def test_the_first_priority_comes_first_and_the_cheapest_way_to_it():
    """L/1 is the battlegroup, L/2 the depot, each of which fills half of the line. For 6000 it is the depot."""
    found = afford(asked_for(), plan_of(), 6000)
    assert held(found) == {"L/2", "S/1", "H/1"}
    assert fills(found) == [20, 20, 15]
    assert (level(found)["cost"], level(found)["people"]) == (1200 + 3000 + 1350, 20 + 50 + 30 * 15 / 20)
    assert level(found)["status"] == "optimal"


def test_all_of_the_first_priority_leaves_nothing_for_the_second():
    found = afford(asked_for(), plan_of(), 7200)
    assert held(found) == {"L/1", "L/2"}
    assert fills(found) == [40, 0, 0]


def test_the_next_step_is_the_smallest_further_sum_that_fills_more():
    """For 6000 the next is the battlegroup, at 1200 more; for 7200 the frigates. For all of it there is none."""
    step = level(afford(asked_for(), plan_of(), 6000))
    assert (step["next_money"], step["next_priority"], step["next_posts"]) == (pytest.approx(1200), 1, "L/1")
    step = level(afford(asked_for(), plan_of(), 7200))
    assert (step["next_money"], step["next_unit_days"], step["next_posts"]) == (pytest.approx(1350), 15, "H/1")
    assert level(afford(asked_for(), plan_of(), 11550))["next_money"] is None


def test_a_budget_that_holds_at_the_likely_figure_may_fail_at_the_high_one():
    """A person and day is 2 to 5. For 10200 all but the corps at 3; the depot, the frigates and the corps at 5; all at 2."""
    found = afford(asked_for(), plan_of(), 10200)
    assert held(found) == {"L/1", "L/2", "S/1"}
    assert held(found, "held_high") == {"L/2", "S/1", "H/1"}
    assert held(found, "held_low") == {"L/1", "L/2", "S/1", "H/1"}
    assert (level(found)["value"], level(found)["high"]) == (10200, 17000)
    assert level(found, "high")["cost"] == 2000 + 5000 + 2250


def test_a_year_has_its_own_days_and_prices():
    """Ten days lie in each year. In 2030 the corps fills 5, and the second frigate is not there yet."""
    found = afford(asked_for(), plan_of(), 3600, year=2030)
    assert held(found) == {"L/1", "L/2"}
    assert (fills(found), found.days, found.whole.value) == ([20, 0, 0], (0, 10), 3000 + 600 + 1500 + 450)


def test_what_a_year_pays_for_other_years_is_taken_off_first():
    """Camps are built for all who ever come: the depot that comes in 2031 pays for its part of the places built in 2030."""
    sent = pl.concat([tours(("AAA", "battlegroup", 0, 10), line="L"), tours(("BBB", "depot", 10, 20), line="M")])
    rates, lines = (PERSONNEL, rate("places", "base_build", "person", 12)), (("L", 1, 1.0), ("M", 2, 1.0))
    found = afford(asked_for(lines, rates=rates), plan_of(sent, lines), 3000, year=2030)
    assert found.fixed.value == pytest.approx(100 * 12 * 200 / 1200)
    assert (held(found), found.budget_posts["post"].to_list()) == (set(), ["L/1"])  # 3000 and 1000 for places, of 3000 less 200
    assert any("such as camps for who comes later: M/1" in note for note in found.notes)


def test_one_nations_own_bill():
    """BBB pays a quarter by key of the corps that is owned together, 337.5; then its depot, then its frigate."""
    own = {"L/1": 1200, "S/1": 1500}
    found = afford(asked_for(), plan_of(), 2000, nation="BBB")
    assert dict(found.budget_posts.select("post", "value").iter_rows()) == own
    assert found.fixed.value == pytest.approx(1350 / 4)
    assert held(found) == {"L/1"}
    assert found.budget_fill.filter(prices="likely")["others"].to_list() == [20, 10, 15]
    assert held(afford(asked_for(), plan_of(), 1200 + 1500 + 337.5, nation="BBB")) == set(own)


def test_what_moves_for_no_tour_is_fixed():
    """A part of the depot's way and one of nobody's: 100 km with a wagon each."""
    rates = (PERSONNEL, *WAY_RATES)
    out = movement("BBB-depot#1@0 out 1", "BBB", unit_type="depot", wagons=1)
    moves = frame("movements", out, movement("gone@3 out 1", wagons=2))
    legs = frame("legs", leg("BBB-depot#1@0 out 1", 1, "rail", "r1"), leg("gone@3 out 1", 1, "rail", "r1"))
    found = afford(asked_for(rates=rates, links=LINKS), plan_of(movements=moves, legs=legs), 1500)
    assert found.fixed.value == 200
    assert held(found) == {"L/2"}
    assert found.budget_posts.filter(post="L/2")["value"].item() == 1300
    nothing = afford(asked_for(rates=rates, links=LINKS), plan_of(movements=moves, legs=legs), 100)
    assert (held(nothing), level(nothing)["next_money"]) == (set(), pytest.approx(1400))
    assert "The budget does not cover what is fixed: nothing can be held." in nothing.notes


def test_two_that_serve_at_once_fill_one_place_once():
    """One unit is asked for and two are there; the cheaper one fills as much. The other comes last, where money is left."""
    lines = (("L", 1, 1.0), ("S", 2, 1.0))
    plan = plan_of(SENT.filter(pl.col("line") != "H"), lines)
    assert held(afford(asked_for(lines), plan, 7199)) == {"L/2", "S/1"}
    found = afford(asked_for(lines), plan, 10200)
    assert held(found) == {"L/1", "L/2", "S/1"}
    assert found.budget_posts["post"].to_list() == ["L/2", "S/1", "L/1"]
    assert found.budget_posts["unit_days"].to_list() == [20, 20, 0]


def test_a_post_is_relieved_by_who_comes_when_it_ends():
    """Of two posts that are free, the one that was left last is taken up: gaps within a post are short."""
    sent = tours(("AAA", "depot", 0, 4), ("AAA", "depot", 0, 8), ("BBB", "depot", 8, 20), ("BBB", "depot", 9, 20))
    assert dealt_into_posts(sent)["post"].to_list() == [0, 1, 1, 0]
    assert dealt_into_posts(sent, nation="BBB")["post"].to_list() == [-1, -1, 0, 1]


def test_without_a_budget_there_is_the_order_alone():
    found = afford(asked_for(), plan_of())
    assert found.budget_posts["post"].to_list() == ["L/2", "L/1", "S/1", "H/1"]
    assert found.budget_posts["budget"].to_list() == [1200, 7200, 10200, 11550]
    assert found.budget_posts["fill"].to_list() == [0.5, 1.0, 1.0, 0.75]
    assert found.budget_posts["held"].to_list() == [None] * 4
    assert found.budget_levels.is_empty()


def test_every_fault_is_told_at_once():
    with pytest.raises(BadInput) as told:
        afford(asked_for(rates=()), plan_of(), float("nan"), year=2040, nation="AAB")
    assert [each.table for each in told.value.findings] == ["rates.csv", "budget", "year", "nation"]
    assert told.value.findings[-1].nearest == "AAA"
    with pytest.raises(BadInput, match="1 problem"):
        afford(asked_for(), plan_of(), 1.0, nation="XMN")


def test_costs_that_are_not_those_of_the_tours_are_refused():
    plan = plan_of(costs=cost(asked_for(), tours(("AAA", "depot", 0, 3)), None).costs)
    with pytest.raises(BadPlan):
        afford(asked_for(), plan, 1.0)
    with pytest.raises(BadPlan) as told:
        afford(asked_for(), plan_of(SENT, LINES[:1]), 1.0)
    assert "'H' is a line" in told.value.findings[0].what


# ---------------------------------------------------------------------------------------------------------------- identities


def test_prices_add_up_to_the_costs_and_the_frames_to_their_columns():
    rates = (PERSONNEL, *WAY_RATES, rate("places", "base_build", "person", 30), rate("b", "base_running", "person_day", 2))
    given = asked_for(rates=rates, links=LINKS)
    moves = frame("movements", movement("AAA-battlegroup#0@0 out 1", wagons=7))
    plan = plan_of(movements=moves, legs=frame("legs", leg("AAA-battlegroup#0@0 out 1", 1, "rail", "r1;r2")))
    paid = cost(given, plan.tours, None, movements=plan.movements, legs=plan.legs)
    found = afford(given, dataclasses.replace(plan, costs=paid.costs), 9000)
    assert found.budget_posts["value"].sum() + found.fixed.value == pytest.approx(paid.costs["value"].sum())
    whole = with_afford(plan, found)
    assert {name: dict(getattr(whole, name).schema) for name in found.frames} == {name: COLUMNS[name] for name in found.frames}
    assert whole.provenance["budget"]["budget"] == 9000


def test_nothing_holds_nothing_all_holds_all_and_more_is_never_worse():
    given, plan = asked_for(), plan_of()
    with_prices, whole = priced(given, plan), afford(given, plan).whole.value
    assert held(within(given, with_prices, 0)) == set()
    assert len(held(within(given, with_prices, whole))) == 4
    before = [0.0, 0.0, 0.0]
    for budget in np.linspace(0, whole, 12):
        found = within(given, with_prices, float(budget))
        assert level(found)["cost"] <= budget * (1 + 1e-12)
        assert fills(found) >= before
        before = fills(found)


# -------------------------------------------------------------------------------------------------------- against enumeration


def posts_from(kinds: list[tuple[int, int]], shared: list[tuple[int, int, float, int]]) -> Posts:
    """Posts of (priority, unit-days); stretches of (priority, days, room, which posts as bits), a unit each."""
    priorities = [priority for priority, _ in kinds]
    stretches = []
    for priority, days, room, bits in shared:
        own = [at for at, each in enumerate(priorities) if each == priority and bits >> at & 1]
        if len(own) > room:
            stretches.append(Stretch(priority, days, room, np.array(own), np.ones(len(own))))
    names = [str(at) for at in range(len(kinds))]
    frame = pl.DataFrame({"post": names, "priority": priorities}, schema={"post": pl.String, "priority": pl.Int64})
    alone = np.array([float(days) for _, days in kinds])
    return Posts(pl.DataFrame(), frame, alone, tuple(stretches), dict.fromkeys(sorted(set(priorities)), 1.0), {})


def every_choice(posts: Posts, price: np.ndarray) -> list[tuple[tuple[float, ...], float]]:
    """Fills by priority, and price, of every set of posts; added up here anew."""
    found = []
    for chosen in product((False, True), repeat=len(price)):
        fill = dict.fromkeys(posts.required, 0.0)
        for at, priority in enumerate(posts.frame["priority"]):
            fill[priority] += posts.alone[at] * chosen[at]
        for each in posts.shared:
            fill[each.priority] += each.days * min(each.room, sum(chosen[at] for at in each.posts))
        found.append((tuple(fill.values()), float(sum(cost for cost, one in zip(price, chosen, strict=True) if one))))
    return found


KINDS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 12)), min_size=1, max_size=7)
ROOMS = st.sampled_from([1.0, 1.5, 2.0])
SHARED = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 9), ROOMS, st.integers(0, 127)), max_size=3)
PRICES = st.lists(st.integers(1, 20), min_size=7, max_size=7)


@settings(max_examples=60, deadline=None)
@given(KINDS, SHARED, PRICES, st.integers(0, 80))
def test_no_choice_within_the_budget_fills_more_nor_as_much_for_less(
    kinds: list[tuple[int, int]], shared: list[tuple[int, int, float, int]], prices: list[int], money: int
):
    posts, price = posts_from(kinds, shared), np.array(prices[: len(kinds)], dtype=float)
    choices = every_choice(posts, price)
    best = max(fill for fill, spent in choices if spent <= money)
    found = choose(posts, price, money)
    assert tuple(filled_by(posts, found.held).values()) == pytest.approx(best)
    assert price[found.held].sum() <= money
    assert found.proven
    assert list(found.bound.values()) == pytest.approx(best)
    if not shared:
        assert price[found.held].sum() == min(spent for fill, spent in choices if fill == best)
    step = next_step_of(posts, price, money, found)
    more = [spent for fill, spent in choices if fill > best]
    assert (step and step.money) == (pytest.approx(min(more) - money) if more else None)


@settings(max_examples=40, deadline=None)
@given(KINDS, PRICES)
def test_the_order_is_exact_at_each_of_its_steps_and_short_by_less_than_a_post_between_them(
    kinds: list[tuple[int, int]], prices: list[int]
):
    posts, price = posts_from(kinds, []), np.array(prices[: len(kinds)], dtype=float)
    choices = every_choice(posts, price)
    chosen, spent = np.zeros(len(price), dtype=bool), 0.0
    for post, adds in order_of(posts, price):
        between = max(fill for fill, each in choices if each < spent + price[post])
        now = tuple(filled_by(posts, chosen).values())
        at = list(posts.required).index(posts.frame["priority"][post])
        assert now[:at] == between[:at]
        assert now[at] <= between[at] < now[at] + adds or between[at] == now[at]
        chosen[post] = True
        spent += price[post]
        assert tuple(filled_by(posts, chosen).values()) == max(fill for fill, each in choices if each <= spent)
