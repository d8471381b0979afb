"""Use, stocks and resupply, worked out by hand."""

import pytest
from tests.sustainment.instances import (
    CHAIN,
    RATIONS,
    SPARES,
    by_road,
    cell,
    crossing,
    everybody,
    names,
    road,
    scenario,
    tours,
    trucks,
    week,
)  # fmt: skip

from contingent.errors import BadPlan, BadScenario, UnknownName
from contingent.model.chance import Phase
from contingent.model.mandate import Factor
from contingent.model.rows import Location
from contingent.model.supply import Activity, Consumption, Season, Stock
from contingent.sustainment import SupplyOptions, sustain

# ------------------------------------------------------------------------------------------------------------------------- use


def needed(given, units, **where):
    table = sustain(given, units, None).supply.filter(**where)
    return [round(value, 3) for value in table["needed_t"]]


def test_a_hundred_people_use_four_kilograms_each():
    """100 x 4 kg x 7 days = 2.8 t; the tour ends on day 10, so three days of the second week; then nobody."""
    assert needed(scenario(21), tours(("company", "Depot", 100, 0, 10)), location="Depot") == [2.8, 1.2, 0.0]


def test_losses_come_on_top():
    lost = Factor(factor="supply_losses", value=0.05, unit="share", meaning="Lost.")
    assert needed(scenario(7, factors=(lost,)), tours(("company", "Depot", 100, 0, 7)), location="Depot") == [2.94]


def test_seasons_go_by_the_month_of_the_day():
    """D-day is the 1st of March, so the 29th, 30th and 31st are days 28 to 30, and April begins on day 31."""
    spring = Season(season="spring", supply="rations", months=("4",), factor=2)
    cold = Season(season="cold", supply="rations", months=("4", "5"), factor=1.5)
    found = needed(scenario(35, seasons=(spring, cold)), tours(("company", "Depot", 100, 0, 35)), location="Depot")
    assert found == [2.8, 2.8, 2.8, 2.8, round(0.4 * 3 + 0.4 * 4 * 3, 3)]


USED_BY = (
    Consumption(profile="wheels", supply="fuel", supply_class="III", per="vehicle_km", kg_per_day=0.5),
    Consumption(profile="wheels", supply="fuel", supply_class="III", per="unit", kg_per_day=100),
    Consumption(profile="ships", supply="fuel", supply_class="III", per="ship_day", kg_per_day=10_000),
    Consumption(profile="feet", supply="fuel", supply_class="III", per="flying_hour", kg_per_day=50),
    Consumption(profile="all", supply="fuel", supply_class="III", per="person", kg_per_day=1),
)
ACTIVITIES = (
    Activity(activity="everybody", vehicle_km=10),
    Activity(activity="land", domain="land", vehicle_km=20, flying_hours=3),
    Activity(activity="land later", domain="land", phase="later", factor=2),
    Activity(activity="company", unit_type="company", vehicle_km=40),
    Activity(activity="sea", domain="maritime", sea_share=0.5),
)


@pytest.mark.parametrize(
    ("kind", "people", "kilograms"),
    [
        ("company", 100, 10 * 40 * 0.5 + 100 + 100),  # its own kilometres before those of the domain
        ("platoon", 50, 3 * 50 + 50),
        ("frigate", 200, 0.5 * 10_000 + 200),
    ],
)
def test_what_units_do_makes_what_they_use(kind, people, kilograms):
    given = scenario(7, consumption=USED_BY, activities=ACTIVITIES)
    assert needed(given, tours((kind, "Depot", people, 0, 7)), location="Depot") == [kilograms * 7 / 1000]


def test_a_phase_goes_before_none_and_its_factor_acts_on_the_unit_s_own_fuel():
    """From day 7 on the phase says twice: 2 x (10 x 40 x 0.5 + 100), and the hundred of everybody stay."""
    given = scenario(14, consumption=USED_BY, activities=ACTIVITIES, phases=(Phase(phase="later", from_day=7),))
    assert needed(given, tours(("company", "Depot", 100, 0, 14)), location="Depot") == [2.8, 4.9]


# ----------------------------------------------------------------------------------------------------------------------- stocks


def test_stocks_of_two_stages_hold_days_of_the_full_force():
    """150 people use 0.6 t a day: 6 t lie at Depot, 18 t at Hub, and each week brings 4.2 t to both."""
    found = sustain(scenario(), everybody(), None)
    assert names(found.supply) == ["Hub", "Depot"]
    assert week(found.supply, "Depot", 0) == {
        "location": "Depot", "supply": "rations", "supply_class": "I", "from_day": 0, "until_day": 7, "before_t": 6.0,
        "needed_t": 4.2, "used_t": 4.2, "sent_t": 0.0, "delivered_t": 4.2, "stock_t": 6.0, "daily_t": 0.6,
        "days_of_supply": 10.0, "target_days": 10.0,
    }  # fmt: skip
    hub = week(found.supply, "Hub", 2)
    assert (hub["before_t"], hub["needed_t"], hub["sent_t"], hub["delivered_t"], hub["stock_t"]) == (18.0, 0.0, 4.2, 4.2, 18.0)
    assert (hub["daily_t"], hub["days_of_supply"]) == (0.6, 30.0)
    assert found.stockouts.is_empty()
    assert found.resupply.filter(from_day=7).select("from_location", "to_location", "tonnes").rows() == [
        ("Port", "Hub", 4.2), ("Hub", "Depot", 4.2)]


def test_a_stock_is_filled_up_only_at_its_reorder_level():
    """10 days, reorder at 2: of 6 t 1.8 are left, 3 days, so nothing comes; the next week would end at -2.4: up to 6 again."""
    stocks = (CHAIN[1].model_copy(update={"reorder_days": 2.0, "supplied_from": ("Port",)}),)
    table = sustain(scenario(stocks=stocks), everybody(), None).supply
    assert table["delivered_t"].to_list() == [0.0, 8.4, 0.0, 8.4]
    assert [round(value, 3) for value in table["stock_t"]] == [1.8, 6.0, 1.8, 6.0]


def test_the_start_is_as_said_and_no_more_than_fits():
    stocks = (CHAIN[1].model_copy(update={"start_days": 3.0, "capacity_t": 4.0, "supplied_from": ("Port",)}),)
    given = scenario(stocks=stocks, consumption=(RATIONS, SPARES))
    table = sustain(given, everybody(), None).supply
    assert table.filter(from_day=0)["before_t"].sum() == pytest.approx(4.0, abs=0.01)  # 3 days of 2.1 t would be 6.3
    for day in (0, 7, 14, 21):
        assert table.filter(from_day=day)["stock_t"].sum() <= 4.0
    assert table["used_t"].to_list() == table["needed_t"].to_list()


def test_units_live_on_their_own_place_s_stock_then_on_who_serves_it_then_on_that_of_the_larger_place():
    stocks = (
        Stock(location="Hub", supply="all", target_days=1, serves=("Post", "Camp")),
        Stock(location="Depot", supply="all", target_days=1, serves=("Post", "Region")),
        Stock(location="Depot", supply="spare parts", target_days=1),
    )
    locations = tuple(Location(location=name) for name in ("Port", "Hub", "Depot", "Post", "Camp", "Region", "Nowhere"))
    locations += (Location(location="Village", within="Region"),)
    units = tours(*(("platoon", place, 50, 0, 7) for place in ("Depot", "Post", "Camp", "Village", "Nowhere")))
    given = scenario(7, stocks=stocks, locations=locations, consumption=(RATIONS, SPARES))
    table = sustain(given, units, None).supply
    eaten = {row["location"]: row["needed_t"] / 1.4 for row in table.filter(supply="rations").to_dicts()}
    assert {place: round(times) for place, times in eaten.items()} == {"Hub": 2, "Depot": 2, "Nowhere": 1}
    spares = {row["location"]: round(row["needed_t"] / 3.5) for row in table.filter(supply="spare parts").to_dicts()}
    assert spares == {"Hub": 2, "Depot": 1, "Village": 1, "Nowhere": 1}  # the row for spare parts serves its own place alone
    spot = table.filter(location="Nowhere", supply="rations").to_dicts()[0]
    assert (spot["delivered_t"], spot["stock_t"], spot["days_of_supply"], spot["target_days"]) == (1.4, 0.0, None, None)


def test_the_second_place_of_the_list_is_taken_where_the_first_has_no_way():
    links = (road("XD", "Hub", "Depot"),)
    stocks = (Stock(location="Depot", supply="all", target_days=5, supplied_from=("Port", "Hub")),)
    found = sustain(scenario(links=links, fleets=(trucks(),), stocks=stocks), everybody(), None)
    assert set(found.resupply["from_location"]) == {"Hub"}


# --------------------------------------------------------------------------------------------------------------------- shortage


def test_a_road_that_is_too_narrow_starves_the_depot_and_is_named():
    """One truck of 20 t a hundred days apart: 0.01 a day is 0.2 t a day of the 0.6 that are used; 6 t last 15 days."""
    found = sustain(by_road(hub_depot=0.01), everybody(), None)
    assert week(found.supply, "Depot", 0)["delivered_t"] == pytest.approx(1.4, abs=0.002)
    row = found.stockouts.to_dicts()[0]
    assert (row["location"], row["supply"], row["day"]) == ("Depot", "rations", 15)
    assert row["why"] == "full: HD"
    assert row["short_t"] == pytest.approx(28 * 0.4 - 6, abs=0.01)
    assert found.loads.shape == (len(found.loads), 28)
    assert found.loads.max(axis=1).tolist()[0] == pytest.approx(0.01, rel=1e-6)


def test_what_others_have_taken_is_not_there():
    from contingent.network import build_network

    given = by_road(port_hub=1, hub_depot=1)
    network = build_network(given)
    taken = network.capacity(28).copy()
    found = sustain(given, everybody(), None, network=network, taken=taken)
    assert found.supply["delivered_t"].sum() == 0
    free = sustain(given, everybody(), None, network=network)
    assert (free.loads <= network.capacity(28) + 1e-9).all()
    assert free.stockouts.is_empty()


def test_water_and_rations_go_before_spare_parts():
    """20 t a week for 2.8 of rations and 7 of spares each day: all rations, and spares of the rest."""
    spares = SPARES.model_copy(update={"kg_per_day": 100})
    stocks = (Stock(location="Depot", supply="all", target_days=0, supplied_from=("Hub",)),)
    given = by_road(hub_depot=1 / 7, stocks=stocks, consumption=(spares, RATIONS))
    table = sustain(given, tours(("company", "Depot", 100, 0, 28)), None).supply
    assert table.filter(supply="rations")["used_t"].to_list() == [2.8] * 4
    assert table.filter(supply="spare parts")["used_t"].to_list() == pytest.approx([17.2] * 4, abs=0.002)


def test_what_is_used_goes_before_what_is_stored():
    """Both need 2.8 t a week; one wants 30 days more of rations in stock: nobody is short of spare parts for it."""
    stocks = (
        Stock(location="Depot", supply="rations", target_days=30, start_days=0, supplied_from=("Hub",)),
        Stock(location="Depot", supply="spare parts", target_days=0, start_days=0, supplied_from=("Hub",)),
    )
    spares = SPARES.model_copy(update={"kg_per_day": 4})
    given = by_road(hub_depot=0.3 / 7, stocks=stocks, consumption=(RATIONS, spares))  # 6 t a week
    found = sustain(given, tours(("company", "Depot", 100, 0, 28)), None)
    assert found.stockouts.is_empty()
    assert week(found.supply, "Depot", 3)["stock_t"] == pytest.approx(1.6, abs=0.01)


def test_a_place_that_is_filled_up_from_nowhere_says_so():
    stocks = (Stock(location="Depot", supply="all", target_days=10, serves=("Depot", "Post")),)
    found = sustain(scenario(stocks=stocks), everybody(), None)
    assert cell(found.stockouts, "day", supply="rations") == 10  # 6 t over 0.6 t a day
    assert cell(found.stockouts, "why", supply="rations") == "it is filled up from nowhere"


def test_a_port_without_a_road_says_so():
    given = scenario(links=(road("HD", "Hub", "Depot"),), fleets=(trucks(),), stocks=CHAIN[1:])
    closed = sustain(given, everybody(), None, options=SupplyOptions(close=("HD",), from_day=7))
    row = closed.stockouts.to_dicts()[0]
    assert row["day"] == 17
    assert row["why"] == "no way from Hub; closed: HD"


# ------------------------------------------------------------------------------------------------------------------- what is said


def test_without_links_resupply_has_no_limit_and_that_is_said():
    found = sustain(scenario(), everybody(), None)
    assert any("no limit" in sentence for sentence in found.sentences)
    assert "no network" in cell(found.logistics, "status", measure="tonnes a day", location="all places")
    assert found.loads.shape == (0, 28)


def test_unknown_names_are_refused():
    with pytest.raises(UnknownName, match="Nearest: 'Depot'"):
        sustain(scenario(), everybody(), None, options=SupplyOptions(close=("Depo",)))
    with pytest.raises(BadPlan):
        sustain(scenario(), tours(("compani", "Depot", 1, 0, 7)), None)
    with pytest.raises(ValueError, match="from_day"):
        SupplyOptions(from_day=-1)


def test_stocks_that_fill_up_one_another_are_refused_but_not_of_different_supplies():
    circle = (
        Stock(location="Hub", supply="rations", target_days=1, supplied_from=("Depot",)),
        Stock(location="Depot", supply="rations", target_days=1, supplied_from=("Hub",)),
    )
    with pytest.raises(BadScenario):
        sustain(scenario(stocks=circle), everybody(), None)
    crossed = (circle[0], circle[1].model_copy(update={"supply": "spare parts"}))
    given = scenario(stocks=crossed, consumption=(RATIONS, SPARES))
    units = tours(("company", "Depot", 100, 0, 28), ("platoon", "Hub", 50, 0, 28))
    assert sustain(given, units, None).stockouts.is_empty()


def test_nobody_anywhere_is_no_supply():
    found = sustain(scenario(), tours(), None)
    assert found.supply.is_empty()
    assert found.survival.is_empty()
    assert found.sentences[0].startswith("Nothing is used up")


def test_a_crossing_on_the_way_is_a_resource():
    given = by_road(handling=(crossing("Hub", 0.005),), stocks=(CHAIN[1].model_copy(update={"supplied_from": ("Port",)}),))
    found = sustain(given, everybody(), None)
    assert cell(found.stockouts, "why", supply="rations") == "full: Hub: border_road"
