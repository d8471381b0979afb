"""The ledger by hand, then against a book-keeper who counts one row at a time, then by what must hold for any books."""

from datetime import date, timedelta
from itertools import combinations
from math import isclose

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.aid.books import DAY, TYPES, books, delivery, kept, pledge, row

from contingent.aid.ledger import CUTS, MEASURES, keep_ledger, totals
from contingent.aid.ledger_columns import (
    DELIVERY_STATE_COLUMNS,
    DOUBT_COLUMNS,
    ENTRY_COLUMNS,
    LEDGER_COLUMNS,
    MONTH_COLUMNS,
)
from contingent.aid.tables import TABLE_COLUMNS
from contingent.model.aid import Delivery, Pledge

# -------------------------------------------------------------------------------------------------------------------- by hand


def test_what_came_lessens_what_is_open():
    """A hundred tanks promised, ten and thirty came: sixty are open, and it is partly kept."""
    ledger = kept(pledge("A", equipment="leopard", quantity=100), delivery("d1", "A", 10), delivery("d2", "A", 30))
    found = row(ledger, "A")
    assert (found["promised"], found["delivered"], found["open"], found["over"], found["state"]) == (100, 40, 60, 0, "partly")
    assert (found["deliveries"], found["family"]) == (2, "tank")


def test_a_part_does_not_count_beside_its_whole_and_says_where_it_is():
    """Eleven thousand million through 2029, of which three in 2025: eleven count, not fourteen."""
    ledger = kept(pledge("whole", value_eur_m=11_000, contains="part"), pledge("part", value_eur_m=3_000))
    assert totals(ledger.entries)["promised_eur_m"].item() == 11_000
    found = row(ledger, "part")
    assert (found["counted"], found["within"], found["why_not"]) == (False, "whole", "money part of whole")
    assert found["state"] == "left out"


def test_a_ship_within_a_sum_counts_as_a_ship_and_not_as_money():
    """A package of 400 million with a ship in it: the money counts with the package, the ship with its own row."""
    ledger = kept(
        pledge("package", value_eur_m=400, contains="ship"), pledge("ship", equipment="leopard", quantity=1, value_eur_m=90))
    sums = totals(ledger.entries)
    assert (sums["promised"].item(), sums["promised_eur_m"].item()) == (1, 400)
    assert row(ledger, "ship")["why_not"] == "money part of package"
    assert row(ledger, "ship")["counted"]


def test_a_pledge_out_of_an_envelope_counts_among_pledges_and_the_envelope_in_finance():
    ledger = kept(pledge("year", kind="finance", value_eur_m=1_000, contains="drones"), pledge("drones", value_eur_m=150))
    by_kind = dict(totals(ledger.entries, "kind").select("kind", "promised_eur_m").iter_rows())
    assert by_kind == {"finance": 1_000, "pledge": 150}


def test_an_aggregate_and_what_is_left_out_never_count_but_what_they_contain_does():
    ledger = kept(
        pledge("all", kind="aggregate", value_eur_m=21_000, contains="one"),
        pledge("one", value_eur_m=5),
        pledge("two", value_eur_m=7, counted="no", why_not="said again in May"),
    )
    assert totals(ledger.entries)["promised_eur_m"].item() == 5
    assert [row(ledger, name)["why_not"] for name in ("all", "one", "two")] == ["a total of others", None, "said again in May"]


def test_an_allocation_within_its_pledge_is_shown_and_not_added():
    ledger = kept(
        pledge("A", equipment="leopard", quantity=100, contains="a1;a2"),
        pledge("a1", equipment="leopard", quantity=20, kind="allocation"),
        pledge("a2", equipment="leopard", quantity=15, kind="allocation"),
        pledge("alone", equipment="leopard", quantity=3, kind="allocation"),
    )
    assert (row(ledger, "A")["allocated"], row(ledger, "A")["promised"]) == (35, 100)
    assert totals(ledger.entries)["promised"].item() == 103


def test_a_delivery_against_a_part_is_credited_to_the_whole_that_counts():
    ledger = kept(
        pledge("A", equipment="leopard", quantity=100, contains="a"), pledge("a", equipment="leopard", quantity=20),
        delivery("d", "a", 12),
    )
    assert (row(ledger, "A")["delivered"], row(ledger, "a")["delivered"]) == (12, 0)
    assert ledger.deliveries["credited_to"].to_list() == ["A"]


def test_the_same_row_twice_counts_once_and_one_with_other_evidence_is_asked_about():
    same = [delivery(name, "A", 10, evidence="a photograph") for name in ("d1", "d2")]
    ledger = kept(pledge("A", equipment="leopard", quantity=30), *same, delivery("d3", "A", 10, evidence="a statement"))
    assert row(ledger, "A")["delivered"] == 20
    assert ledger.deliveries.select("counted", "why_not").rows() == [(True, None), (False, "the same row as d1"), (True, None)]
    assert ("delivered_alike", "d1", "d3") in ledger.doubts.select("doubt", "first", "second").rows()


def test_more_than_was_promised_is_told_and_not_cut_off():
    ledger = kept(pledge("A", equipment="leopard", quantity=10), delivery("d", "A", 14))
    found = row(ledger, "A")
    assert (found["delivered"], found["open"], found["over"], found["state"]) == (14, 0, 4, "delivered")
    assert ledger.doubts.select("doubt", "first").rows() == [("delivered_over", "A")]


def test_what_was_never_announced_counts_as_delivered_and_keeps_no_pledge():
    ledger = kept(pledge("A", equipment="leopard", quantity=10), delivery("d", None, 4, equipment="marder"))
    assert row(ledger, "A")["delivered"] == 0
    found = totals(ledger.entries, "side", "kind", "family").row(0, named=True)
    assert (found["kind"], found["family"], found["delivered"]) == ("unpledged", "ifv", 4)


@pytest.mark.parametrize(("rows", "doubt"), [
    ((pledge("A", equipment="leopard", quantity=9), pledge("B", equipment="leopard", quantity=9)), ("same_thing", "A", "B")),
    ((pledge("A", value_eur_m=9), pledge("B", value_eur_m=9)), ("same_thing", "A", "B")),
    ((pledge("A", event="E", value_eur_m=350), pledge("B", event="E", value_eur_m=160, family="maintenance")),
     ("maybe_part", "A", "B")),
    ((pledge("A", equipment="leopard", quantity=9), delivery("d", "A", 1, date=date(2025, 1, 1))), ("delivered_early", "A", "d")),
    ((pledge("A", equipment="leopard", quantity=9), delivery("d", "A", 1, equipment="t72")), ("delivered_other_type", "A", "d")),
    ((pledge("A", equipment="leopard", quantity=9, counted="no", why_not="x"), delivery("d", "A", 1)),
     ("delivered_left_out", "A", "d")),
])
def test_each_doubt_is_found_in_the_least_books_that_raise_it(rows, doubt):
    assert kept(*rows).doubts.select("doubt", "first", "second").rows() == [doubt]


def test_books_close_at_the_end_of_a_day():
    rows = (
        pledge("A", equipment="leopard", quantity=9), pledge("later", equipment="marder", quantity=5, announced=date(2025, 9, 1)),
        delivery("d1", "A", 2, date=date(2025, 6, 1)), delivery("d2", "A", 3, date=None, as_of=date(2025, 6, 2)),
    )
    ledger = kept(*rows, as_of=date(2025, 6, 1))
    assert ledger.ledger["pledge"].to_list() == ["A"]
    assert row(ledger, "A")["delivered"] == 2
    assert row(kept(*rows), "A")["delivered"] == 5


def test_an_arrival_known_by_a_day_only_says_so_and_a_look_that_found_nothing_is_no_arrival():
    ledger = kept(
        pledge("A", equipment="leopard", quantity=9), delivery("none", "A", 0, date=None, as_of=date(2025, 5, 1)),
        delivery("some", "A", 2, date=None, as_of=date(2025, 7, 9)))
    found = row(ledger, "A")
    assert (found["deliveries"], found["first_delivery"]) == (1, date(2025, 7, 9))
    assert set(ledger.entries.filter(pl.col("side") == "delivery")["day_basis"]) == {"as_of"}


def test_books_without_rows_are_kept_too_and_an_unknown_cut_is_named():
    ledger = kept()
    assert [ledger.ledger.height, ledger.entries.height, ledger.by_month.height, ledger.doubts.height] == [0, 0, 0, 0]
    with pytest.raises(ValueError, match="'nation' is none of"):
        totals(ledger.entries, "nation")


def test_frames_have_the_columns_that_are_documented():
    ledger = kept(pledge("A", equipment="leopard", quantity=9), delivery("d", "A", 1))
    assert dict(ledger.ledger.schema) == LEDGER_COLUMNS
    assert dict(ledger.entries.schema) == ENTRY_COLUMNS
    assert dict(ledger.by_month.schema) == MONTH_COLUMNS
    assert dict(ledger.deliveries.schema) == DELIVERY_STATE_COLUMNS
    assert dict(ledger.doubts.schema) == DOUBT_COLUMNS
    for row_class, columns in TABLE_COLUMNS.items():
        assert list(columns) == list(row_class.model_fields)


# ------------------------------------------------------------------------------------------------------------------ any books

KINDS = ("pledge", "allocation", "finance", "aggregate")
FAMILIES = {"leopard": "tank", "t72": "tank", "marder": "ifv"}


@st.composite
def any_books(draw: st.DrawFn) -> tuple[Pledge | Delivery, ...]:
    """Up to eight pledges, each within one that is listed earlier or in none, and up to eight deliveries."""
    count = draw(st.integers(0, 8))
    parts: dict[int, list[str]] = {}
    for number in range(1, count):
        if (above := draw(st.integers(-number, number - 1))) >= 0:
            parts.setdefault(above, []).append(f"P{number}")
    pledges = []
    for number in range(count):
        out = draw(st.booleans()) and draw(st.booleans())
        pledges.append(pledge(
            f"P{number}", donor=draw(st.sampled_from(["DEU", "GBR"])), equipment=draw(st.sampled_from([None, *FAMILIES])),
            quantity=draw(st.none() | st.integers(0, 40)), kind=draw(st.sampled_from(KINDS)),
            announced=DAY + timedelta(draw(st.integers(0, 90))), contains=tuple(parts.get(number, ())),
            counted="no" if out else "yes", why_not="said before" if out else None,
            **({"value_eur_m": float(draw(st.integers(0, 500)))} if draw(st.booleans()) else {}),
        ))  # fmt: skip
    arrivals = []
    for number in range(draw(st.integers(0, 8))):
        of = draw(st.sampled_from([None, *(row.pledge for row in pledges)]))
        types = [*FAMILIES] if of is None else [None, *FAMILIES]
        arrivals.append(delivery(
            f"D{number}", of, draw(st.integers(0, 20)), equipment=draw(st.sampled_from(types)),
            date=DAY + timedelta(draw(st.integers(0, 60))), value_m=draw(st.none() | st.integers(0, 30)),
        ))  # fmt: skip
    return (*pledges, *arrivals)


def promised_by_hand(rows: list[Pledge]) -> tuple[int, dict[str, float]]:
    """A book-keeper's count: walk down from what lies in nothing; in each branch the first row that names a number closes it."""
    by_name = {row.pledge: row for row in rows}
    inner = {part for row in rows for part in row.contains}
    money: dict[str, float] = {}

    def things(row: Pledge) -> int:
        if row.counted == "yes" and row.kind != "aggregate" and row.quantity is not None:
            return row.quantity
        return sum(things(by_name[part]) for part in row.contains)

    def walk(row: Pledge, closed: frozenset[bool]) -> None:
        envelope = row.kind == "finance"
        if row.counted == "yes" and row.kind != "aggregate" and row.value_eur_m is not None:
            if envelope not in closed:
                money[row.kind] = money.get(row.kind, 0) + row.value_eur_m
            closed |= {envelope}
        for part in row.contains:
            walk(by_name[part], closed)

    tops = [top for top in rows if top.pledge not in inner]
    for top in tops:
        walk(top, frozenset())
    return sum(things(top) for top in tops), money


@given(any_books())
def test_what_counts_is_what_a_book_keeper_counts(rows):
    ledger = kept(*rows)
    things, money = promised_by_hand([row for row in rows if isinstance(row, Pledge)])
    assert ledger.ledger["promised"].sum() == things
    sums = totals(ledger.entries.filter(pl.col("promised_eur_m").is_not_null()), "kind")
    assert dict(sums.select("kind", "promised_eur_m").rows()) == money


@given(any_books())
def test_sums_by_any_cut_agree_and_nothing_is_delivered_twice(rows):
    ledger = kept(*rows)
    whole = totals(ledger.entries).row(0, named=True)
    for cut in (*[(name,) for name in CUTS], *combinations(("donor", "family", "kind", "month"), 2)):
        parts = totals(ledger.entries, *cut)
        assert all(isclose(parts[name].sum(), whole[name]) for name in MEASURES), cut
    assert all(isclose(ledger.by_month[name].sum(), whole[name]) for name in MEASURES)
    told = {tuple(value for name, value in row if name != "delivery"): row.quantity for row in rows if isinstance(row, Delivery)}
    assert whole["delivered"] == sum(told.values())
    unpledged = ledger.entries.filter(pl.col("pledge").is_null())["delivered"].sum()
    assert ledger.ledger["delivered"].sum() + unpledged == whole["delivered"]
    assert ledger.entries["entry"].n_unique() == ledger.entries.height


@given(any_books())
def test_each_row_balances_and_whatever_is_left_out_says_why(rows):
    for found in kept(*rows).ledger.iter_rows(named=True):
        if found["promised"] is not None:
            assert found["promised"] + found["over"] == found["delivered"] + found["open"]
        assert found["counted"] or found["why_not"]
        assert found["counted"] or not (found["counts_things"] or found["counts_money"])
        assert (found["state"] == "left out") == (not found["counted"])


@given(any_books(), st.integers(0, 40))
def test_one_more_delivery_leaves_everything_else_as_it_was(rows, quantity):
    """A further arrival against no pledge adds itself to what came, and changes no promise."""
    before, after = kept(*rows), kept(*rows, delivery("further", None, quantity, equipment="leopard", evidence="new"))
    assert after.ledger.equals(before.ledger)
    assert totals(after.entries)["delivered"].item() == totals(before.entries)["delivered"].item() + quantity


@pytest.mark.slow
def test_a_hundred_thousand_rows_are_kept():
    """Sums of books too long to look through are what they were made to be."""
    count = 100_000
    tables = books(
        *[pledge(f"P{n}", equipment=TYPES[n % 3].equipment, quantity=n % 7, donor=f"N{n % 40}") for n in range(count)],
        *[delivery(f"D{n}", f"P{n}", n % 5, donor=f"N{n % 40}") for n in range(0, count, 2)])
    ledger = keep_ledger(tables)
    assert ledger.ledger["promised"].sum() == sum(n % 7 for n in range(count))
    assert ledger.ledger["delivered"].sum() == sum(n % 5 for n in range(0, count, 2))
