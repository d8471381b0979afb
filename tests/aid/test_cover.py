"""Cover of ammunition and of coalitions' targets, by hand."""

import polars as pl
from tests.aid.ledgers import ARRIVALS, DELIVERIES, EQUIPMENT, PLEDGES, arrival, day, delivery, kind, pledge, table

from contingent.aid.cover import ammunition_cover, coalition_cover

HELD = {"equipment": pl.String, "quantity": pl.Int64, "day": pl.Int64}
COALITIONS = {"coalition": pl.String, "name": pl.String, "families": pl.List(pl.String), "target_quantity": pl.Float64,
              "target_value_m": pl.Float64, "currency": pl.String}  # fmt: skip


def test_days_of_ammunition_by_hand():
    """Two guns of ten rounds a day from day 0, two more from day 30; 900 rounds in hand, 600 more on day 40."""
    kinds = table(EQUIPMENT, kind("G1", ammunition="shell 155", rounds_per_day=10.0), kind("R1", name="shell 155"))
    held = pl.DataFrame([("G1", 2, 0), ("G1", 2, 30)], schema=HELD, orient="row")
    stock = pl.DataFrame({"equipment": ["R1"], "quantity": [900]})
    found = ammunition_cover(kinds, held, stock, table(ARRIVALS, arrival("a", "R1", 600, 40)), horizon_days=90)
    assert found.select("day", "rounds_per_day", "stock", "arrived", "cover_days").rows() == [
        (0, 20.0, 900.0, 0.0, 45.0), (30, 40.0, 300.0, 0.0, 7.5), (60, 40.0, 0.0, 600.0, 0.0), (90, 40.0, 0.0, 0.0, 0.0),
    ]  # fmt: skip


def test_a_stock_that_nothing_uses_has_no_days():
    kinds = table(EQUIPMENT, kind("G1", ammunition="R1", rounds_per_day=10.0), kind("R1"))
    found = ammunition_cover(kinds, pl.DataFrame(schema=HELD), pl.DataFrame({"equipment": ["R1"], "quantity": [5]}),
                             table(ARRIVALS), horizon_days=0)  # fmt: skip
    assert found.select("stock", "cover_days").rows() == [(5.0, None)]


def test_a_coalition_against_its_target_by_hand():
    pledges = table(PLEDGES, pledge("A", coalition="armour", value_m=20.0, value_eur_m=20.0), pledge("B", coalition="armour"),
                    pledge("C", coalition="armour", quantity=None, value_m=5.0, currency="USD", value_eur_m=4.5),
                    pledge("D", coalition="armour", counted="no"), pledge("E"))  # fmt: skip
    deliveries = table(DELIVERIES, delivery("1", "A", 10, 4.0))
    targets = pl.DataFrame([("armour", "Armour", ["tanks"], 40.0, 49.0, "EUR"), ("sea", "Sea", [], None, None, "EUR")],
                           schema=COALITIONS, orient="row")  # fmt: skip
    found = coalition_cover(targets, pledges, deliveries, table(EQUIPMENT, kind("T1")), as_of=day(30))
    row = found.row(0, named=True)
    assert (row["promised"], row["delivered"], row["promised_share"], row["delivered_share"]) == (20.0, 4.0, 0.5, 0.1)
    assert (row["promised_value_m"], row["promised_value_share"], row["left_out"]) == (24.5, 0.5, 1)
    assert found.row(1, named=True)["promised_share"] is None


def test_where_no_pledge_names_a_coalition_its_families_count_by_its_members_where_they_are_known():
    """Two drones of a member, one of somebody else, three tanks: drones have two of ten; armour, without members, three."""
    pledges = table(PLEDGES, pledge("A", donor="AAA", equipment="D1", quantity=2),
                    pledge("B", donor="BBB", equipment="D1", quantity=1),
                    pledge("C", donor="BBB", equipment="T1", quantity=3))  # fmt: skip
    wide = COALITIONS | {"leads": pl.List(pl.String), "members": pl.List(pl.String)}
    targets = pl.DataFrame([("drones", "Drones", ["uav"], 10.0, None, None, ["AAA"], ["CCC"]),
                            ("armour", "Armour", ["tanks"], 6.0, None, None, ["AAA"], [])],
                           schema=wide, orient="row")  # fmt: skip
    kinds = table(EQUIPMENT, kind("T1"), kind("D1", family="uav"))
    found = coalition_cover(targets, pledges, table(DELIVERIES), kinds, as_of=day(30))
    assert found.select("basis", "pledges", "came", "promised", "promised_share").rows() == [
        ("family", 1, 0, 2.0, 0.2), ("family", 1, 0, 3.0, 0.5),
    ]  # fmt: skip
