"""Who pays: keys, three schemes by hand, intervals, and that what there is to pay is paid."""

import math
from collections import defaultdict
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.cost.instances import (
    ACTIVITIES,
    CONSUMPTION,
    FUNDING,
    LINKS,
    PERSONNEL,
    TYPES,
    frame,
    leg,
    movement,
    rate,
    scenario,
    tours,
)

from contingent.cost import ITEMS, Cost, CostOptions, cost
from contingent.cost.funding import shares_of
from contingent.errors import UnknownName
from contingent.model.money import PER_OF_ITEM
from contingent.model.rows import Nation
from contingent.plan.money import COMMON, FALL, REIMBURSED, SCHEMES, combined


def bills(found: Cost, scheme: str) -> dict[str, float]:
    """Each nation's bill, all years together."""
    rows = found.bills.filter(scheme=scheme).group_by("nation").agg(pl.col("value").sum()).rows()
    return {nation: pytest.approx(value) for nation, value in rows}


def test_keys():
    """By product 3 to 1; a key is taken as parts of what it adds up to; a backstop that is left out has no share."""
    assert shares_of(scenario(), CostOptions()) == {"AAA": 0.75, "BBB": 0.25}
    assert shares_of(scenario(funding=FUNDING), CostOptions(key="mine")) == pytest.approx({"AAA": 0.25, "BBB": 0.75})
    unknown = tuple(row.model_copy(update={"gdp": None}) for row in scenario().nations)
    assert shares_of(scenario(nations=unknown), CostOptions()) == {"AAA": 0.5, "BBB": 0.5}
    counting = scenario()
    counting = counting.model_copy(update={"settings": counting.settings.model_copy(update={"backstop": "counts"})})
    assert shares_of(counting, CostOptions())["USA"] == 900 / 940


def test_a_key_that_is_not_there_is_refused():
    with pytest.raises(UnknownName, match="Nearest: 'mine'"):
        cost(scenario(funding=FUNDING), tours(), None, options=CostOptions(key="mime"))


def test_an_item_that_nothing_is_paid_for_is_refused():
    with pytest.raises(ValueError, match="'fuel' is not an item"):
        CostOptions(common=("fuel",))


RATES = (
    PERSONNEL, rate("c", "command", "headquarters_day", 8, low=4, high=16), rate("un", "reimbursement", "person_day", 2),
)  # fmt: skip


def test_three_schemes_by_hand():
    """AAA: 100 people for a day, 300; and the headquarters of 30 people, 90 + 8. BBB: 20 people, 60. XMN: 10 people, 30, by key.

    Common: the headquarters' 8, of which AAA pays 6 and BBB 2. Reimbursed: 2 x 150 people = 300 in all, of which AAA gets 260 and
    pays 225, BBB gets 40 and pays 75.
    """
    sent = pl.concat([
        tours(("AAA", "battlegroup", 0, 1), ("BBB", "depot", 0, 1), ("XMN", "jets", 0, 1)),
        tours(("AAA", "corps", 0, 1), line="H"),
    ])  # fmt: skip
    found = cost(scenario(rates=RATES), sent, None)
    assert bills(found, FALL) == {"AAA": 398 + 22.5, "BBB": 60 + 7.5}
    assert bills(found, COMMON) == {"AAA": 390 + 22.5 + 6, "BBB": 60 + 7.5 + 2}
    assert bills(found, REIMBURSED) == {"AAA": 420.5 - 260 + 225, "BBB": 67.5 - 40 + 75}


def test_all_in_common_is_by_key():
    sent = tours(("AAA", "battlegroup", 0, 1), ("BBB", "depot", 0, 1))
    found = cost(scenario(rates=RATES), sent, None, options=CostOptions(common="all"))
    assert bills(found, COMMON) == {"AAA": 270, "BBB": 90}


def test_a_nation_that_is_paid_more_than_it_spends_has_a_bill_below_nothing():
    cheap = rate("cheap", "personnel", "person_day", 1, nation="BBB")
    rates = (PERSONNEL, cheap, rate("un", "reimbursement", "person_day", 4, high=6))
    found = cost(scenario(rates=rates), tours(("BBB", "depot", 0, 1)), None)
    assert bills(found, REIMBURSED) == {"AAA": 60, "BBB": 20 - 80 + 20}
    low, high = found.bills.filter(scheme=REIMBURSED, nation="BBB").select("low", "high").row(0)
    assert (low, high) == (pytest.approx(-40 - 30), pytest.approx(-40)), "a higher rate of reimbursement lowers the bill"


def test_independent_rates_are_combined_by_root_sum_square_and_like_ones_move_together():
    """Two nations at one rate: 100 + 20 people, 2 high. Another rate of 40, 30 high: sqrt(240^2 + 30^2)."""
    rates = (PERSONNEL, rate("o", "operations", "unit_day", 40, high=70, unit_type="depot"))
    found = cost(scenario(rates=rates), tours(("AAA", "battlegroup", 0, 1), ("BBB", "depot", 0, 1)), None)
    [whole] = combined(found.costs, []).rows(named=True)
    assert whole["value"] == 400
    assert whole["high"] == pytest.approx(400 + math.hypot(240, 30))
    assert (whole["plain_low"], whole["plain_high"]) == (280, 670)


def test_without_reimbursement_that_scheme_is_as_the_first():
    found = cost(scenario(), tours(("AAA", "depot", 0, 1)), None)
    assert bills(found, REIMBURSED) == bills(found, FALL)
    assert any("no rate of reimbursement" in note for note in found.notes)


def test_every_item_has_its_counts():
    assert set(PER_OF_ITEM) == {*ITEMS, "reimbursement"}


# -------------------------------------------------------------------------------------------- nothing is lost, whatever is asked

amounts = st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)).map(sorted)
kinds = st.sampled_from(sorted(TYPES))


@st.composite
def problems(draw: Any) -> dict[str, Any]:
    """A scenario with rates for some items, tours, movements, and how they are shared."""
    rates = []
    for item, pers in PER_OF_ITEM.items():
        for nation in draw(st.lists(st.sampled_from([None, "AAA", "BBB", "XMN"]), max_size=2, unique=True)):
            low, value, high = draw(amounts)
            rates.append(rate(f"{item}-{nation}", item, draw(st.sampled_from(pers)), value, low=low, high=high, nation=nation))
    spans = st.tuples(st.sampled_from(["AAA", "BBB", "XMN"]), kinds, st.integers(0, 19), st.integers(1, 30))
    sent = [(nation, kind, start, start + days) for nation, kind, start, days in draw(st.lists(spans, max_size=6))]
    gdp = draw(st.sampled_from([(30, 10), (None, 5), (None, None)]))
    nations = tuple(
        row.model_copy(update={"gdp": dict(zip(("AAA", "BBB"), gdp, strict=True)).get(row.nation, row.gdp)})
        for row in scenario().nations if row.role != "backstop"
    )  # fmt: skip
    moved = draw(st.lists(st.tuples(st.sampled_from(["AAA", "BBB"]), st.integers(0, 9), st.integers(0, 9)), max_size=3))
    moves = [movement(str(at), nation=nation, wagons=wagons, vehicles=cars) for at, (nation, wagons, cars) in enumerate(moved)]
    legs = [leg(str(at), part, *by) for at in range(len(moved)) for part, by in enumerate([("rail", "r1"), ("road", "d")])]
    common = draw(st.one_of(st.just("all"), st.lists(st.sampled_from(ITEMS), unique=True).map(tuple)))
    world = scenario(
        rates=tuple(rates), nations=nations, links=LINKS, activities=ACTIVITIES, consumption=CONSUMPTION, funding=FUNDING)
    return {"scenario": world, "tours": tours(*sent, line=draw(st.sampled_from(["L", "S", "H"]))),
            "movements": frame("movements", *moves), "legs": frame("legs", *legs),
            "options": CostOptions(key=draw(st.sampled_from([None, "mine"])), common=common)}  # fmt: skip


def costed(problem: dict[str, Any]) -> Cost:
    rest = {name: problem[name] for name in ("movements", "legs", "options")}
    return cost(problem["scenario"], problem["tours"], None, **rest)


@settings(max_examples=20, deadline=None)
@given(problems())
def test_bills_add_up_to_the_same_under_each_scheme(problem):
    found = costed(problem)
    total = defaultdict(float, found.costs.group_by("year").agg(pl.col("value").sum()).rows())
    for scheme in SCHEMES:
        paid = defaultdict(float, found.bills.filter(scheme=scheme).group_by("year").agg(pl.col("value").sum()).rows())
        for year in (2030, 2031):
            assert paid[year] == pytest.approx(total[year], abs=1e-6)
    assert "XMN" not in found.bills["nation"]


@settings(max_examples=20, deadline=None)
@given(problems())
def test_intervals_hold_their_values_and_lie_in_the_plain_range(problem):
    found = costed(problem)
    for table in (found.costs, found.bills):
        assert table.filter((pl.col("low") > pl.col("value") + 1e-6) | (pl.col("value") > pl.col("high") + 1e-6)).is_empty()
    whole = combined(found.costs, ["nation"])
    assert whole.filter((pl.col("low") < pl.col("plain_low") - 1e-6) | (pl.col("high") > pl.col("plain_high") + 1e-6)).is_empty()


@settings(max_examples=8, deadline=None)
@given(problems())
def test_twice_gives_the_same_and_the_order_of_tours_changes_nothing_but_rounding(problem):
    once, again = costed(problem), costed(problem)
    assert once.costs.equals(again.costs)
    assert once.bills.equals(again.bills)
    turned = costed(problem | {"tours": problem["tours"].reverse()})
    assert turned.costs.drop("quantity", "low", "value", "high").equals(once.costs.drop("quantity", "low", "value", "high"))
    assert turned.costs["value"].to_list() == pytest.approx(once.costs["value"].to_list())


@settings(max_examples=20, deadline=None)
@given(problems())
def test_people_as_counted_one_by_one(problem):
    """Each day of each tour, added up in plain Python."""
    found, world = costed(problem), problem["scenario"]
    expected: dict[tuple[str, int], float] = defaultdict(float)
    for row in problem["tours"].iter_rows(named=True):
        fits = [r for r in world.rates if r.item == "personnel" and r.nation in (None, row["nation"])]
        named = [r for r in fits if r.nation is not None] or fits
        for day in range(row["from_day"], min(20, row["until_day"])):
            if named:
                each = {"person_day": row["people"], "person_month": row["people"] * 12 / 365.25, "unit_day": 1}[named[-1].per]
                expected[row["nation"], 2030 if day < 10 else 2031] += each * named[-1].value
    rows = found.costs.filter(item="personnel").group_by("nation", "year").agg(pl.col("value").sum()).rows()
    got = {(nation, year): value for nation, year, value in rows}
    for key in set(expected) | set(got):
        assert got.get(key, 0.0) == pytest.approx(expected.get(key, 0.0))


def test_multinational_units_without_anybody_to_share_them_keep_their_bill():
    nations = (Nation(nation="XMN", name="Together", kind="multinational"),)
    found = cost(scenario(nations=nations), tours(("XMN", "depot", 0, 1)), None)
    assert bills(found, COMMON) == {"XMN": 60}
