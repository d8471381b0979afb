"""What is paid for, counted by hand: people, activities, bases, headquarters, movements, supply."""

import polars as pl
import pytest
from tests.cost.instances import (
    ACTIVITIES,
    CONSUMPTION,
    FLEETS,
    LINKS,
    PERSONNEL,
    STOCKS,
    WAY_RATES,
    frame,
    leg,
    movement,
    rate,
    scenario,
    tours,
)

from contingent.cost import Cost, cost, moving
from contingent.errors import BadPlan
from contingent.model.chance import Phase
from contingent.model.supply import Activity, Season


def paid(found: Cost, item: str, *by: str) -> dict[object, float]:
    """Quantities of an item, by nation or by other columns."""
    keys = by or ("nation",)
    rows = found.costs.filter(item=item).group_by(keys).agg(pl.col("quantity").sum()).rows()
    return {key[0] if len(key) == 1 else tuple(key): pytest.approx(quantity) for *key, quantity in rows}


def test_people_are_paid_for_each_day_on_tour_by_calendar_year():
    """Ten days lie in 2030. From day 5 to 18: five of them, and eight of 2031. Days after the horizon are not paid."""
    sent = tours(("AAA", "battlegroup", 5, 18), ("BBB", "depot", 15, 100))
    found = cost(scenario(), sent, None)
    assert paid(found, "personnel", "nation", "year") == {("AAA", 2030): 500, ("AAA", 2031): 800, ("BBB", 2031): 100}
    [row] = found.costs.filter(nation="AAA", year=2030).rows(named=True)
    assert (row["low"], row["value"], row["high"], row["rates"], row["unit"]) == (1000, 1500, 2500, "people", "person_day")


def test_the_most_specific_rate_holds():
    rates = (
        PERSONNEL,
        rate("land", "personnel", "person_day", 1, domain="land"),
        rate("A", "personnel", "person_day", 1, nation="AAA"),
        rate("depot", "personnel", "person_day", 1, unit_type="depot"),
        rate("A again", "personnel", "person_day", 1, nation="AAA"),
    )  # fmt: skip
    sent = tours(("AAA", "battlegroup", 0, 1), ("BBB", "battlegroup", 0, 1), ("AAA", "depot", 0, 1), ("BBB", "jets", 0, 1))
    found = cost(scenario(rates=rates), sent, None)
    assert dict(found.costs.select("rates", "quantity").iter_rows()) == {"A again": 100, "land": 100, "depot": 20, "people": 10}


def test_a_rate_may_be_by_the_month_or_by_the_unit():
    rates = (rate("m", "personnel", "person_month", 100), rate("u", "operations", "unit_day", 7))
    found = cost(scenario(rates=rates), tours(("AAA", "battlegroup", 0, 10)), None)
    assert paid(found, "personnel") == {"AAA": 1000 * 12 / 365.25}
    assert paid(found, "operations") == {"AAA": 10}


def test_components_are_those_of_sizing():
    """Joint units count as land, and what logistics asks for as support."""
    sent = pl.concat([
        tours(("AAA", "battlegroup", 0, 1), ("AAA", "jets", 0, 1), ("AAA", "frigate", 0, 1), ("AAA", "corps", 0, 1)),
        tours(("AAA", "depot", 0, 1), line="S"),
    ])
    assert paid(cost(scenario(), sent, None), "personnel", "component") == {"land": 130, "air": 10, "maritime": 50, "support": 20}


def test_phases_cut_what_is_paid():
    phases = (Phase(phase="build-up", from_day=0, until_day=4), Phase(phase="later", from_day=6))
    found = cost(scenario(phases=phases), tours(("AAA", "depot", 0, 10)), None)
    assert paid(found, "personnel", "phase") == {"build-up": 80, None: 40, "later": 80}


def test_activities_times_tours():
    """Each cell is that of the most specific row that has it: jets drive as anything does, ships are half of the days at sea."""
    rates = (rate("h", "flying_hour", "hour", 1), rate("s", "ship_day", "ship_day", 1), rate("k", "vehicle_km", "km", 1))
    sent = tours(("AAA", "battlegroup", 0, 2), ("AAA", "jets", 0, 2), ("BBB", "frigate", 0, 4))
    types = tuple(row.model_copy(update={"vehicles": 3}) if row.unit_type == "jets" else row for row in scenario().unit_types)
    found = cost(scenario(rates=rates, activities=ACTIVITIES, unit_types=types), sent, None)
    assert paid(found, "flying_hour", "nation", "component") == {("AAA", "air"): 12, ("AAA", "land"): 2, ("BBB", "maritime"): 4}
    assert paid(found, "ship_day") == {"BBB": 2}
    assert paid(found, "vehicle_km", "component") == {"land": 2 * 10 * 30, "air": 2 * 3 * 7}


def test_an_activity_of_a_phase_holds_in_it():
    rates = (rate("h", "flying_hour", "hour", 1),)
    busy = Activity(activity="busy", unit_type="jets", phase="build-up", flying_hours=10)
    found = cost(
        scenario(rates=rates, activities=(busy, *ACTIVITIES), phases=(Phase(phase="build-up", from_day=0, until_day=3),)),
        tours(("AAA", "jets", 0, 5)), None)  # fmt: skip
    assert paid(found, "flying_hour", "phase") == {"build-up": 30, None: 12}


def test_places_are_built_as_the_force_grows_and_paid_by_all_who_live_there():
    """100 people from day 0, 120 from day 12 on: 100 places are built in 2030 and 20 in 2031. Ships bring their own."""
    rates = (rate("b", "base_build", "person", 1), rate("r", "base_running", "person_day", 1))
    sent = tours(("AAA", "battlegroup", 0, 20), ("BBB", "depot", 12, 20), ("BBB", "frigate", 0, 20))
    found = cost(scenario(rates=rates), sent, None)
    assert paid(found, "base_build", "year") == {2030: 100, 2031: 20}
    share = 2000 / (2000 + 160)
    assert paid(found, "base_build") == {"AAA": 120 * share, "BBB": 120 * (1 - share)}
    assert paid(found, "base_running") == {"AAA": 2000, "BBB": 160}


def test_headquarters_above_brigade_are_paid_once_while_they_are_handed_over():
    rates = (rate("c", "command", "headquarters_day", 1),)
    sent = pl.concat([
        tours(("AAA", "corps", 0, 10), line="H", handover=2), tours(("BBB", "corps", 8, 20), line="H"),
        tours(("AAA", "brigade", 0, 20), line="B"),
    ])
    assert paid(cost(scenario(rates=rates), sent, None), "command") == {"AAA": 8, "BBB": 12}


@pytest.mark.parametrize("at_once", [1_000, 3, 1])
def test_movements_by_mode(at_once: int, monkeypatch: pytest.MonkeyPatch):
    """Kilometres of the links times what is carried; people fill buses and trains, stores trucks; what never leaves is free.

    Millions of legs are added up lot by lot; here they are few, and so are the lots.
    """
    monkeypatch.setattr(moving, "LEGS_AT_ONCE", at_once)
    moves = frame(
        "movements",
        movement("train", wagons=30, vehicles=60, tonnes=900.0, lane_m=500.0), movement("march", vehicles=10, people=20),
        movement("bus", nation="BBB", people=75), movement("flight", people=100, tonnes=5.0), movement("freight", tonnes=20.0),
        movement("never", wagons=99), movement("trucks", nation="BBB", tonnes=20.0),
        movement("troops", nation="BBB", people=250), movement("ferry", people=30),
    )  # fmt: skip
    legs = frame(
        "legs",
        leg("train", 0, "rail", "r1; r2", fleet="trains"), leg("train", 1, "handling", None), leg("train", 2, "sea", "s"),
        leg("march", 0, "road", "d"), leg("bus", 0, "road", "d", fleet="buses"), leg("flight", 0, "air", "a"),
        leg("trucks", 0, "road", "d", fleet="trucks"), leg("troops", 0, "rail", "r1", fleet="troops"),
        leg("troops", 1, "rail", "r2"), leg("ferry", 0, "sea", "s"),
        leg("freight", 0, "air", "a", leaves_day=30.0), leg("never", 0, "rail", "r1", leaves_day=None),
    )  # fmt: skip
    given = scenario(rates=WAY_RATES, links=LINKS, fleets=FLEETS)
    found = cost(given, tours(("AAA", "battlegroup", 0, 1)), None, movements=moves, legs=legs)
    assert paid(found, "rail_wagon_km") == {"AAA": 30 * 150, "BBB": 0.5 * 10 * 100 + 250 / 50 * 50}
    assert paid(found, "sea_lane_m_km") == {"AAA": 500 * 1000}
    assert paid(found, "road_vehicle_km") == {"AAA": 10 * 40, "BBB": (1.5 + 2.5) * 40}
    assert paid(found, "air_person_km") == {"AAA": 100 * 500}
    assert paid(found, "air_t_km", "year") == {2031: 20 * 500}
    assert "People who go by sea (30,000 person-km) are not paid for: its rate is by the lane metre." in found.notes
    assert found.basis["movements"]
    assert not any("No movements" in note for note in found.notes)


def test_without_movements_nothing_is_paid_for_them_and_that_is_said():
    found = cost(scenario(rates=WAY_RATES), tours(("AAA", "battlegroup", 0, 1)), None)
    assert found.costs.is_empty()
    assert "No movements were worked out, so nothing is paid for them." in found.notes


SUPPLY_RATES = (rate("w", "supply_t", "t", 100, supply="water"), rate("s", "supply_t", "t", 7))


def test_supply_by_consumption_where_the_stage_was_not_run():
    """Battlegroup: 100 people x 10 kg water, 20 kg fuel; half as much fuel again in January. Activity doubles fuel alone."""
    given = scenario(
        rates=SUPPLY_RATES, consumption=CONSUMPTION, activities=(Activity(activity="x", domain="land", factor=2),),
        seasons=(Season(season="winter", supply="fuel", months=("1", "2"), factor=1.5),))  # fmt: skip
    found = cost(given, tours(("AAA", "battlegroup", 9, 12), ("BBB", "depot", 0, 1)), None)
    assert paid(found, "supply_t", "nation", "year", "rates") == {
        ("AAA", 2030, "w"): 1, ("AAA", 2031, "w"): 2, ("AAA", 2030, "s"): 4, ("AAA", 2031, "s"): 12, ("BBB", 2030, "w"): 0.2,
    }  # fmt: skip
    assert any("consumption times people" in note for note in found.notes)


def test_supply_falls_to_those_who_live_on_the_stock():
    """Camp lives on the depot; Town on its own water and the depot's fuel. A week over the turn of the year is cut by days."""
    sent = pl.concat([
        tours(("AAA", "battlegroup", 7, 14)), tours(("BBB", "depot", 7, 14), place="Town"),
        tours(("AAA", "jets", 7, 14), place="Port"),
    ])

    def stock(place: str, supply: str, used: float) -> dict[str, object]:
        return {"location": place, "supply": supply, "supply_class": "I", "from_day": 7, "until_day": 14, "used_t": used}

    weeks = frame("supply", stock("Depot", "fuel", 12.0), stock("Depot", "water", 10.0), stock("Town", "water", 3.0))
    given = scenario(rates=SUPPLY_RATES, stocks=STOCKS)
    found = cost(given, sent, None, supply=weeks)
    assert paid(found, "supply_t", "nation", "rates") == {("AAA", "s"): 10, ("BBB", "s"): 2, ("AAA", "w"): 10, ("BBB", "w"): 3}
    assert paid(found, "supply_t", "year") == {2030: 25 * 3 / 7, 2031: 25 * 4 / 7}
    lonely = frame("supply", stock("Port", "fuel", 13.0))
    assert paid(cost(given, sent, None, supply=lonely), "supply_t") == {"AAA": 11, "BBB": 2}


def test_what_has_no_rate_is_said():
    found = cost(scenario(activities=ACTIVITIES), tours(("AAA", "jets", 0, 1)), None)
    assert "No rate fits hours flown of jets: not paid for." in found.notes
    assert "No rate fits people of jets: not paid for." not in found.notes


def test_tours_of_another_scenario_are_refused():
    sent = tours(("AAA", "jets", 0, 1)).with_columns(unit_type=pl.lit("jet"))
    with pytest.raises(BadPlan) as refused:
        cost(scenario(), sent, None)
    assert refused.value.findings[0].nearest == "jets"
