"""Upkeep and spare parts, by hand."""

import polars as pl
import pytest
from tests.aid.ledgers import EQUIPMENT, NEEDS, kind, need, table

from contingent.aid.allocation_problem import AllocationOptions
from contingent.aid.spares import hours_there, spares_cover

HELD = {"equipment": pl.String, "quantity": pl.Int64, "day": pl.Int64}
OPEN = {"family": pl.String, "value_eur_m": pl.Float64, "expected_day": pl.Float64}
PRICED = EQUIPMENT | {"parts_eur_per_month": pl.Float64}


def cover(kinds, held, owed, **more):
    given = {"lead_days": 10, "horizon_days": 90} | more
    pieces, money = (pl.DataFrame(rows, schema=schema, orient="row") for rows, schema in ((held, HELD), (owed, OPEN)))
    return spares_cover(kinds, pieces, money, **given)


def test_days_of_spare_parts_by_hand():
    """Two tanks of 10,000 euro a month from day 0, one gun of 20,000 from day 30; 0.1 million come on day 0, 0.05 on day 60."""
    kinds = table(PRICED, kind("T1", maintenance_hours_per_month=80.0, parts_eur_per_month=10_000.0),
                  kind("G1", family="guns", maintenance_hours_per_month=60.0, parts_eur_per_month=20_000.0))  # fmt: skip
    owed = [("maintenance", 0.1, 9.5), ("maintenance", 0.05, 70.0), ("tanks", 9.0, 0.0), ("maintenance", 5.0, None)]
    found = cover(kinds, [("T1", 2, 0), ("G1", 1, 30)], owed, hours_there=500.0)
    whole = found.filter(pl.col("equipment").is_null())
    assert whole.select("day", "pieces", "hours_per_month", "hours_there", "parts_eur_per_month", "unpriced").rows() == [
        (0, 2.0, 160.0, 500.0, 20_000.0, 0.0), (30, 3.0, 220.0, 500.0, 40_000.0, 0.0), (60, 3.0, 220.0, 500.0, 40_000.0, 0.0),
        (90, 3.0, 220.0, 500.0, 40_000.0, 0.0)]  # fmt: skip
    assert whole["money_arrived_eur_m"].to_list() == pytest.approx([0.1, 0.1, 0.15, 0.15])
    assert whole["money_left_eur_m"].to_list() == pytest.approx([0.1, 0.08, 0.09, 0.05])
    assert whole["cover_days"].to_list() == pytest.approx([150.0, 60.0, 67.5, 37.5])
    guns = found.filter(pl.col("equipment") == "G1")
    assert guns["cover_days"].to_list() == pytest.approx([None, 60.0, 67.5, 37.5])
    assert guns["money_left_eur_m"].to_list() == pytest.approx([0.0, 0.04, 0.045, 0.025])
    assert guns["hours_there"].to_list() == [None] * 4


def test_a_type_whose_parts_are_not_known_is_told_and_gives_no_days():
    for schema in (PRICED, EQUIPMENT):
        kinds = table(schema, kind("T1", maintenance_hours_per_month=80.0))
        found = cover(kinds, [("T1", 2, 0)], [("maintenance", 0.1, 0.0)], horizon_days=0)
        assert found.select("pieces", "hours_per_month", "unpriced", "cover_days").rows() == [(2.0, 160.0, 2.0, None)] * 2


def test_nothing_held_has_a_row_a_day_and_no_days_of_cover():
    found = cover(table(PRICED, kind("T1")), [], [("maintenance", 0.1, 0.0)], horizon_days=30)
    assert found.select("day", "pieces", "money_left_eur_m", "cover_days").rows() == [(0, 0.0, 0.1, None), (30, 0.0, 0.1, None)]


def test_hours_that_formations_can_do_are_known_where_each_has_a_bound():
    needs = table(NEEDS, need("n1", "One", 1), need("n2", "One", 1), need("n3", "Two", 1))
    assert hours_there(needs, AllocationOptions()) is None
    assert hours_there(needs, AllocationOptions(maintenance_hours_per_month=40.0)) == 80.0
    assert hours_there(needs, AllocationOptions(maintenance={"One": 10.0})) is None
    assert hours_there(needs, AllocationOptions(maintenance_hours_per_month=40.0, maintenance={"One": 10.0})) == 50.0
