"""The tables of aid: each slip of the pen has its finding, and what is sound has none; the tables come back as they were."""

import pytest
from tests.io.small_folder import places, write_files

from contingent.io import check_scenario, read_scenario, write_scenario

EQUIPMENT = "equipment,family,ammunition,rounds_per_day,value_m,currency\nshell,ammunition,,0,,\nleopard,tank,shell,10,4.5,EUR\n"
PLEDGES = (
    "pledge,donor,equipment,family,item,quantity,value_m,currency,value_eur_m,fx_basis,kind,announced,due,contains,counted,"
    "why_not\n"
)
SOUND = (
    "whole,GBR,,finance,Support,,100,GBP,116.5,1.165 on 11 April 2025,finance,2025-04-11,,tanks,yes,\n"
    "tanks,GBR,leopard,,Tanks,14,,,,,pledge,2025-04-11,2025-09-01,,yes,\n"
    "again,GBR,leopard,tank,Tanks,14,,,,,pledge,2025-05-11,,,no,said again\n"
)
DELIVERIES = "delivery,pledge,donor,equipment,quantity,value_m,date,as_of\n"
CAME = "d1,tanks,GBR,,4,,2025-06-01,2025-07-01\nd2,,DEU,leopard,1,,,2025-07-01\n"
NEEDS = "need,formation,equipment,family,quantity,by_day,priority\n"
COALITIONS = "coalition,families,leads,members,target_value_m,currency\narmour,tank,DEU;POL,,1000,EUR\n"


def folder(tmp_path, **tables):
    given = {"equipment": EQUIPMENT, "pledges": PLEDGES + SOUND, "deliveries": DELIVERIES + CAME, "coalitions": COALITIONS,
             "needs": NEEDS + "n1,A,,tank,31,0,1\nn2,A,leopard,,3,0,1\n"}
    return write_files(tmp_path / "given", {f"{name}.csv": text for name, text in (given | tables).items()})


def test_sound_books_have_no_findings_and_come_back_the_same(tmp_path):
    assert list(check_scenario(folder(tmp_path))) == []
    scenario = read_scenario(tmp_path / "given")
    for target in (tmp_path / "again", tmp_path / "again.xlsx"):
        write_scenario(scenario, target)
        back = read_scenario(target)
        assert (back.pledges, back.deliveries, back.equipment) == (scenario.pledges, scenario.deliveries, scenario.equipment)
        assert (back.needs, back.coalitions) == (scenario.needs, scenario.coalitions)


def test_a_host_force_awaits_a_formation_that_needs_something(tmp_path):
    head = "host_force,location,battalions,formation\n"
    assert list(check_scenario(folder(tmp_path / "sound", host_forces=head + "1st,Odesa,3,A\n2nd,Odesa,3,\n"))) == []
    (found,) = check_scenario(folder(tmp_path / "unsound", host_forces=head + "1st,Odesa,3,B\n"))
    assert (found.table, found.line, found.column) == ("host_forces.csv", 2, "formation")
    assert "'B' is no formation of needs.csv" in found.what


@pytest.mark.parametrize(("table", "text", "where"), [
    ("needs", NEEDS + "n,A,,,3,0,1\n", ("needs.csv", 2, "equipment")),
    ("needs", NEEDS + "n,A,leopard,ifv,3,0,1\n", ("needs.csv", 2, "family")),
    ("needs", NEEDS + "n,A,leopart,,3,0,1\n", ("needs.csv", 2, "equipment")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,,Things,3,,,,,pledge,2025-04-11,,,yes,\n", ("pledges.csv", 5, "family")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,,,,pledge,2025-04-11,,,yes,\n", ("pledges.csv", 5, "currency")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,,EUR,,,pledge,2025-04-11,,,yes,\n", ("pledges.csv", 5, "value_m")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,USD,2.7,,pledge,2025-04-11,,,yes,\n", ("pledges.csv", 5, "fx_basis")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,2.7,,pledge,2025-04-11,,,yes,\n", ("pledges.csv", 5, "value_eur_m")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,2025-04-11,2025-01-01,,yes,\n", ("pledges.csv", 5, "due")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,2025-04-11,,tanks,yes,\n", ("pledges.csv", 5, "contains")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,2025-04-11,,x,yes,\n", ("pledges.csv", 5, "contains")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,2025-04-11,,,no,\n", ("pledges.csv", 5, "why_not")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,2025-04-11,,,yes,why\n", ("pledges.csv", 5, "why_not")),
    ("pledges", PLEDGES + SOUND + "x,DEU,,mixed,Money,,3,EUR,3,,pledge,11 April,,,yes,\n", ("pledges.csv", 5, "announced")),
    ("deliveries", DELIVERIES + "d,tanks,DEU,,4,,2025-06-01,\n", ("deliveries.csv", 2, "donor")),
    ("deliveries", DELIVERIES + "d,tankz,GBR,,4,,2025-06-01,\n", ("deliveries.csv", 2, "pledge")),
    ("deliveries", DELIVERIES + "d,,GBR,,4,,2025-06-01,\n", ("deliveries.csv", 2, "equipment")),
    ("deliveries", DELIVERIES + "d,tanks,GBR,,4,,,\n", ("deliveries.csv", 2, "date")),
    ("deliveries", DELIVERIES + "d,tanks,GBR,,4,,2025-06-01,2025-05-01\n", ("deliveries.csv", 2, "as_of")),
    ("deliveries", DELIVERIES + "d,tanks,GBR,,,,2025-06-01,\n", ("deliveries.csv", 2, "quantity")),
    ("coalitions", COALITIONS + "drone,uav,LVA,,,EUR\n", ("coalitions.csv", 3, "currency")),
    ("equipment", EQUIPMENT + "gun,artillery,,40,,\n", ("equipment.csv", 4, "ammunition")),
])
def test_each_slip_has_its_one_finding(tmp_path, table, text, where):
    findings = check_scenario(folder(tmp_path, **{table: text}))
    assert places(findings) == [where], "\n".join(map(str, findings))
