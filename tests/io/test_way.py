"""The way: what is counted fits what handles it, fleets carry, gauges change where they meet, stocks are filled from outside."""

import pytest
from tests.io.small_folder import places, write_files

from contingent.io import check_scenario

LOCATIONS = "location,kind\nKyiv,base\nOdesa,base\nHub,hub\nPort,port\n"
HANDLING = "location,activity,counts,per_day,low,high\n"
FLEETS = "fleet,name,kind,mode,quantity,gauge_mm,people,wagons,lane_m,tonnes,vehicles,speed_kmh\n"
LINKS = "link,from_location,to_location,mode,km,gauge_mm\n"
STOCKS = "location,supply,target_days,supplied_from\n"
CONSUMPTION = "profile,supply,supply_class,kg_per_day\nall,fuel,III,3\nall,water,water,14\n"


def found(folder, **tables):
    files = {f"{name}.csv": text for name, text in {"locations": LOCATIONS, **tables}.items()}
    return list(check_scenario(write_files(folder, files)))


def test_a_sound_way_has_no_findings(tmp_path):
    assert found(
        tmp_path,
        handling=HANDLING + "Hub,gauge_change,wagons,75,60,75\nPort,seaport,lane_m,2600,,\n",
        fleets=FLEETS + "t,Trains,train,rail,8,1435,,38,,,,35\ns,Ships,ship,sea,4,,,,2606,,,33\n",
        links=LINKS + "a,Port,Hub,rail,100,1435\nb,Hub,Kyiv,rail,100,1520\n",
        consumption=CONSUMPTION,
        stocks=STOCKS + "Hub,all,30,Port\nKyiv,all,10,Hub;Port\n",
        seasons="season,supply,months,factor\nwinter,fuel,11;12;1,1.3\n",
        rates="rate,item,per,value,low,high,supply\nfuel,supply_t,t,1400,1000,2500,fuel\n",
        funding="funding_key,nation,share\ngdp,GBR,0.6\ngdp,FRA,0.4\n",
    ) == []


@pytest.mark.parametrize(
    ("activity", "counts", "nearest"),
    [("gauge_change", "vehicles", "wagons"), ("seaport", "aircraft", "ships"), ("strait", "trains", "ships")],
)
def test_a_place_counts_what_it_handles(tmp_path, activity, counts, nearest):
    [finding] = found(tmp_path, handling=f"{HANDLING}Hub,{activity},{counts},5,,\n")
    assert (finding.table, finding.line, finding.column, finding.nearest) == ("handling.csv", 2, "counts", nearest)


def test_a_value_lies_in_its_range(tmp_path):
    findings = found(
        tmp_path,
        handling=HANDLING + "Hub,staging,vehicles,100,120,90\n",
        rates="rate,item,per,value,low,high\nr,road_vehicle_km,vehicle_km,1.5,1.1,1.2\n",
    )
    assert places(findings) == [("handling.csv", 2, "low"), ("handling.csv", 2, "high"), ("rates.csv", 2, "high")]


def test_a_fleet_that_carries_nothing(tmp_path):
    [finding] = found(tmp_path, fleets=FLEETS + "b,Buses,bus,road,10,,,,,,,60\n")
    assert finding.what == "the fleet 'b' carries nothing."


def test_a_ship_does_not_move_by_rail_and_a_train_needs_a_gauge(tmp_path):
    findings = found(tmp_path, fleets=FLEETS + "s,Ships,ship,rail,1,,,,100,,,33\nt,Trains,train,rail,1,,,38,,,,35\n")
    assert places(findings) == [("fleets.csv", 2, "mode")]
    assert places(findings, "warning") == [("fleets.csv", 3, "gauge_mm")]


def test_gauges_meet_where_nothing_changes(tmp_path):
    links = LINKS + "a,Port,Hub,rail,100,1435\nb,Hub,Kyiv,rail,100,1520\nc,Hub,Odesa,road,90,\n"
    findings = found(tmp_path, links=links, handling=HANDLING + "Hub,border_rail,wagons,100,,\n")
    assert places(findings, "warning") == [("links.csv", 3, "from_location")]
    assert "1520 mm and 1435 mm meet at 'Hub'" in findings[0].what
    assert found(tmp_path / "changed", links=links, handling=HANDLING + "Hub,transshipment,wagons,100,,\n") == []


def test_stocks_that_fill_up_one_another(tmp_path):
    stocks = STOCKS + "Hub,all,30,Odesa\nKyiv,all,10,Hub\nOdesa,all,10,Kyiv\nPort,all,5,Port\n"
    findings = found(tmp_path, stocks=stocks)
    assert [(finding.line, finding.what) for finding in findings] == [
        (2, "the stocks of 'Hub', 'Kyiv', 'Odesa' fill up one another."),
        (5, "the stock of 'Port' is filled up from itself."),
    ]


def test_supplies_may_go_opposite_ways(tmp_path):
    stocks = STOCKS + "Hub,fuel,30,Port\nKyiv,fuel,10,Hub\nKyiv,water,10,Port\nHub,water,10,Kyiv\n"
    assert found(tmp_path, stocks=stocks) == []


def test_a_circle_by_way_of_the_row_for_every_supply(tmp_path):
    findings = found(tmp_path, stocks=STOCKS + "Hub,all,30,Kyiv\nKyiv,all,10,Port\nKyiv,fuel,10,Hub\n")
    assert [finding.line for finding in findings] == [2]


def test_there_is_no_thirteenth_month(tmp_path):
    [finding] = found(tmp_path, seasons="season,supply,months,factor\nwinter,fuel,12;13,1.3\n")
    assert (finding.column, finding.what) == ("months", "'13' is not a month.")


def test_shares_that_do_not_add_up(tmp_path):
    [finding] = found(tmp_path, funding="funding_key,nation,share\ngdp,GBR,0.6\ngdp,FRA,0.3\n")
    assert (finding.severity, finding.line) == ("warning", 3)
    assert "add up to 0.9" in finding.what


def test_a_supply_that_nobody_uses(tmp_path):
    findings = found(
        tmp_path, consumption=CONSUMPTION, stocks=STOCKS + "Hub,feul,30,\n", seasons="season,supply,months,factor\ns,wather,1,2\n"
    )
    assert [(finding.table, finding.nearest) for finding in findings] == [("seasons.csv", "water"), ("stocks.csv", "fuel")]


def test_places_in_a_list_are_looked_up_one_by_one(tmp_path):
    findings = found(tmp_path, stocks="location,supply,serves,target_days,supplied_from\nHub,all,Kiev;Odesa,30,Prot\n")
    assert [(finding.column, finding.nearest) for finding in findings] == [("serves", "Kyiv"), ("supplied_from", "Port")]


def test_places_of_a_row_that_cannot_be_read_are_looked_up_too(tmp_path):
    findings = found(tmp_path, stocks="location,supply,serves,target_days,supplied_from\nHub,all,Kyiv;Odessa,many,Port\n")
    assert places(findings) == [("stocks.csv", 2, "target_days"), ("stocks.csv", 2, "serves")]
