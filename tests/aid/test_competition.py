"""Where aid and force draw on the same thing, worked out by hand: batteries, instructors, a crossing."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contingent.aid.arrival_columns import arrival_frame
from contingent.aid.competition import Drawn, competition, has, most_at_once, overlap, short_of
from contingent.aid.ledger import keep_ledger
from contingent.aid.tables import aid_tables
from contingent.aid.way_in import home_of
from contingent.model.aid import Equipment, Pledge
from contingent.model.ground import Link
from contingent.model.mandate import Factor, Task
from contingent.model.movement import Fleet, Handling
from contingent.model.rows import Location, Nation, Offer, PoolEntry, UnitType, Yield
from contingent.model.scenario import Scenario, Settings
from contingent.model.supply import Stock
from contingent.plan.columns import COLUMNS, empty_frame, frame

FACTORS = {"course_days": 73.0, "trainees_per_instructor": 2.0, "instructor_share": 0.5}


def scenario(**changes: Any) -> Scenario:
    """AAA has six batteries and gives some away; its home Start is 100 km by rail from Gate, and Gate 100 km from Depot."""
    tables: dict[str, Any] = {
        "nations": (Nation(nation="AAA", name="Alfa"), Nation(nation="BBB", name="Bravo")),
        "unit_types": (
            UnitType(unit_type="battery", name="Battery", domain="land", echelon="battery", personnel=100),
            UnitType(unit_type="team", name="Training team", domain="land", echelon="team", personnel=60),
        ),
        "pool": (
            PoolEntry(entry="A", nation="AAA", name="Regiment", formation_type="regiment", domain="land", quantity=2, platforms=3,
                      latitude=50.0, longitude=10.0),
        ),
        "yields": (Yield(formation_type="regiment", unit_type="battery", quantity=1, per="platform"),),
        "equipment": (
            Equipment(
                equipment="missile_battery", family="air_defence", crew=90, training_days=60, weight_t=90, unit_type="battery"),
            Equipment(equipment="tank", family="tank", crew=4, training_days=30, weight_t=40),
            Equipment(equipment="shell", family="ammunition", weight_t=0.5),
            Equipment(equipment="riddle", family="mixed"),
        ),
        "pledges": (promise("P1", "missile_battery", 3), promise("P2", "tank", 10)),
        "tasks": (Task(task="T", title="Train", method="training", amount=500, priority=1),),
        "factors": tuple(
            Factor(factor=name, scope="all", value=value, unit="-", meaning="made up", source="made up")
            for name, value in FACTORS.items()
        ),
        "locations": (
            Location(location="Start", country="AAA", latitude=50.1, longitude=10.1),
            Location(location="Gate", country="AAA", kind="rail crossing", latitude=50.0, longitude=11.0),
            Location(location="Depot", country="HST", latitude=50.0, longitude=12.0),
        ),
        "links": (
            Link(link="1", from_location="Start", to_location="Gate", mode="rail", km=100),
            Link(link="2", from_location="Gate", to_location="Depot", mode="rail", km=100),
        ),
        "handling": (Handling(location="Gate", activity="border_rail", counts="wagons", per_day=5),),
        "fleets": (Fleet(fleet="trains", name="Trains", kind="train", mode="rail", quantity=9, wagons=30, speed_kmh=50),),
        "stocks": (Stock(location="Depot", supply="all", target_days=10),),
    }  # fmt: skip
    options = Settings(title="Both", start_date=date(2027, 1, 1), horizon_days=360, period_days=30, host="HST")
    return Scenario(settings=options, **(tables | changes))


def promise(name: str, equipment: str | None, quantity: int | None, **more: Any) -> Pledge:
    return Pledge(pledge=name, donor="AAA", equipment=equipment, quantity=quantity, item=name, announced=date(2025, 1, 1),
                  confidence="high", **more)  # fmt: skip


def tour(unit: str, begins: int, until: int, rested: int) -> dict[str, Any]:
    return {"unit": unit, "nation": "AAA", "unit_type": "battery", "line": "L", "from_day": begins, "until_day": until,
            "rested_day": rested}  # fmt: skip


TOURS = (tour("1", 0, 100, 300), tour("2", 100, 200, 400), tour("3", 150, 250, 450))
TEAMS = {"line": "T.1", "mandate": "T", "method": "training", "capability": "training", "quantity": 2, "unit_type": "team",
         "people": 120, "sentence": "-> 2 x training"}  # fmt: skip


def held(filled: float) -> dict[str, Any]:
    return {"line": "T.1", "capability": "training", "priority": 1, "from_day": 0, "until_day": 360, "required": 2.0,
            "filled": filled, "gap": 2 - filled, "units": 1}  # fmt: skip


def drawn(**changes: Any) -> Drawn:
    frames = {"tours": list(TOURS), "coverage": [held(1.5)], "sizing": [TEAMS]}
    given = {name: frame(name, rows) for name, rows in frames.items()}
    return Drawn(**({**given, "utilisation": None, "option": None} | changes))


def arrives(*rows: tuple[str, int, int]) -> pl.DataFrame:
    """What arrives: type, how many, day from D-day."""
    return arrival_frame("expected_arrivals", [
        {"arrival": f"P{at}", "pledge": f"P{at}", "donor": "AAA", "equipment": name, "family": "any", "quantity": number,
         "day": day}
        for at, (name, number, day) in enumerate(rows)
    ] or None)  # type: ignore[arg-type]  # fmt: skip


def gives(*rows: tuple[str, int, int, int]) -> pl.DataFrame:
    """What is given: type, how many, handed over and ready on which days."""
    return arrival_frame("given", [
        {"need": "N", "formation": "F", "equipment": name, "family": "any", "day": day, "ready_day": ready, "quantity": number}
        for name, number, day, ready in rows
    ] or None)  # type: ignore[arg-type]  # fmt: skip


def rows_of(kind: str, case: Scenario, *, given: pl.DataFrame | None = None, coming: pl.DataFrame | None = None,
            plan: Drawn | None = None) -> list[dict[str, Any]]:  # fmt: skip
    frames = {
        "ledger": keep_ledger(aid_tables(case)).ledger, "given": gives() if given is None else given,
        "expected_arrivals": arrives() if coming is None else coming,
    }
    found = competition(case, frames, plan or drawn())
    assert dict(found.schema) == COLUMNS["aid_competition"]
    return list(found.filter(kind=kind).iter_rows(named=True))


# --------------------------------------------------------------------------------------------------------------- air defence


def test_a_battery_at_home_between_tours_cannot_be_given_away():
    """Two regiments of three are six. Three are promised; two go at once, and three are away or in dwell: enough, just."""
    (row,) = rows_of("air_defence", scenario())
    assert (row["nation"], row["what"], row["from_day"], row["until_day"]) == ("AAA", "battery", 0, 450)
    assert (row["aid"], row["force"], row["have"], row["short"]) == (3, 3, 6, 0)
    assert row["sentence"].startswith(
        "Alfa: 3 promised and not there yet (missile_battery); the plan sends 2 at its peak and holds 3 with those at home "
        "between tours. It has 6: enough for both"
    )
    assert row["confidence"] == "high"
    assert "P1" in row["source"]


def test_what_both_want_beyond_what_there_is_is_short():
    (row,) = rows_of("air_defence", scenario(pledges=(promise("P1", "missile_battery", 5),)))
    assert row["short"] == 2
    assert "2 short for both" in row["sentence"]


def test_where_the_pool_is_silent_nothing_is_claimed():
    (row,) = rows_of("air_defence", scenario(pool=()))
    assert row["have"] is None
    assert row["short"] is None
    assert "not known" in row["sentence"]
    offered = scenario(pool=(), offers=(Offer(offer="A", nation="AAA", unit_type="battery", quantity=4),))
    assert has(offered, "AAA", "battery") == 4


def test_a_promise_without_a_number_is_told_where_the_force_takes_such_units():
    case = scenario(pledges=(promise("P1", None, None, family="air_defence", value_m=5.0, currency="EUR", value_eur_m=5.0),))
    (row,) = rows_of("air_defence", case)
    assert (row["aid"], row["force"], row["have"], row["short"]) == (None, 3, 6, None)
    assert rows_of("air_defence", case, plan=drawn(tours=empty_frame("tours"))) == []


def test_what_has_come_is_not_promised_any_more():
    assert rows_of("air_defence", scenario(pledges=(promise("P2", "tank", 10),))) == []


# ------------------------------------------------------------------------------------------------------------------ trainers


def test_crews_and_recruits_want_the_same_instructors():
    """A team has 60 x 0.5 x 2 = 60 places, one and a half are held: 90. Recruits at once: 500 x 73 / 365 = 100.

    Ten tanks of four from day 30 to 75: 40 people in the first month, half of it in the second.
    """
    first, second = rows_of("trainers", scenario(), given=gives(("tank", 10, 30, 75), ("shell", 9, 30, 90)))
    assert (first["from_day"], first["until_day"]) == (30, 60)
    assert (first["aid"], first["force"], first["have"], first["short"]) == (40, 100, 90, 50)
    assert (second["aid"], second["short"]) == (20, 30)
    assert "50 places short if donors train nobody elsewhere, 10 without the aid" in first["sentence"]


def test_without_training_lines_nobody_knows_who_trains():
    (row,) = rows_of("trainers", scenario(), given=gives(("tank", 10, 30, 60)), plan=drawn(sizing=empty_frame("sizing")))
    assert (row["aid"], row["force"], row["have"], row["short"]) == (40, None, None, None)


# ----------------------------------------------------------------------------------------------------------------- transport


def used(wagons: float, *, first: int = 14) -> pl.DataFrame:
    return frame("utilisation", [
        {"resource": "Gate: border_rail", "kind": "border_rail", "mode": None, "counts": "wagons", "from_day": first,
         "until_day": first + 7, "used": wagons, "capacity": 35.0, "share": wagons / 35},
    ])  # fmt: skip


def test_aid_passes_the_crossing_that_the_force_passes():
    """Ten tanks take ten wagons in the week from day 14, sixty shells of half a tonne one more; 30 of 35 are used: 6 short."""
    coming = arrives(("tank", 10, 15), ("shell", 60, 20))
    (row,) = rows_of("transport", scenario(), coming=coming, plan=drawn(utilisation=used(30.0)))
    assert (row["what"], row["nation"], row["from_day"], row["until_day"]) == ("Gate: border_rail", "AAA", 14, 21)
    assert (row["aid"], row["force"], row["have"], row["short"]) == pytest.approx((11, 30, 35, 6))
    assert row["unit"] == "wagons"


def test_a_heavier_thing_is_several_pieces():
    """A battery of 90 t is two pieces of 45 t."""
    before = drawn(utilisation=used(30.0, first=0))
    (row,) = rows_of("transport", scenario(), coming=arrives(("missile_battery", 3, 15)), plan=before)
    assert (row["aid"], row["force"], row["have"], row["short"]) == (6, 0, 35, 0)
    assert "room for both" in row["sentence"]


def test_what_came_before_d_day_or_comes_after_the_plan_does_not_meet_the_force():
    assert rows_of("transport", scenario(), coming=arrives(("tank", 10, 360))) == []
    (row,) = rows_of("transport", scenario(), coming=arrives(("tank", 10, 0), ("riddle", 1, 0)))
    assert (row["aid"], row["force"], row["have"], row["short"], row["unit"]) == (400, None, None, None, "t")
    assert row["sentence"].startswith("Aid of Alfa: 400 t are expected by D-day, before the force moves")


def test_where_movement_was_not_worked_out_nothing_is_claimed_of_the_force():
    (row,) = rows_of("transport", scenario(), coming=arrives(("tank", 10, 15)))
    assert (row["aid"], row["force"], row["have"], row["short"]) == (10, None, 35, None)


@pytest.mark.parametrize(("changes", "what", "words"), [
    ({}, "riddle", "the weight of riddle is not known"),
    ({"pool": ()}, "tank", "no place is known from which it sets out"),
    ({"stocks": ()}, "tank", "no way by land or sea is known from Start"),
    ({"handling": ()}, "tank", "no capacity is known of the way from Start"),
])  # fmt: skip
def test_what_is_not_known_of_the_way_is_said(changes: dict[str, Any], what: str, words: str):
    (row,) = rows_of("transport", scenario(**changes), coming=arrives((what, 10, 15)))
    assert words in row["sentence"]
    assert row["short"] is None


def test_home_is_a_place_and_no_crossing():
    assert home_of(scenario(), "AAA") == "Start"
    assert home_of(scenario(), "BBB") is None


# ---------------------------------------------------------------------------------------------------------------- properties


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 30)), max_size=8))
def test_most_at_once_is_what_counting_day_by_day_finds(spans: list[tuple[int, int]]):
    table = frame("tours", [tour(str(at), begins, begins + days, begins + days) for at, (begins, days) in enumerate(spans)])
    by_day = max((sum(begins <= day < begins + days for begins, days in spans) for day in range(80)), default=0)
    assert most_at_once(table, until="until_day") == by_day


def test_shares_of_a_window():
    assert [overlap((30, 60), other) for other in ((0, 45), (45, 50), (60, 90), (0, 90))] == [0.5, 5 / 30, 0, 1]
    assert short_of(None, 1, 1) is None
