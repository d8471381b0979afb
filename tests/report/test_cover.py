"""Cover by capability and sector: figures by hand on the tutorial's island, sums against the plan, holes against a plain scan."""

import random
from dataclasses import replace
from html import unescape

import numpy as np
import polars as pl
import pytest
from tests.report.sample_mandate import mandated_plan

from contingent.horizon import Horizon
from contingent.io import read_scenario
from contingent.model.ground import Sector
from contingent.model.rows import Location, Requirement
from contingent.pipeline import make_plan
from contingent.plan import PlanOptions
from contingent.report.cover import Pair, cover_by_sector, longest_holes, pairs_of, sector_of_place
from contingent.report.html import report
from contingent.report.html.cover import cell_of, contents, cover_table, foot_of
from contingent.report.months import months_of


@pytest.fixture(scope="module")
def island():
    scenario = read_scenario("tiny")
    return scenario, make_plan(scenario, PlanOptions(replications=0, onward=False))


def shares_of(cover: pl.DataFrame, capability: str) -> dict[str, float]:
    own = cover.filter(pl.col("capability") == capability)
    return {month.split()[0]: share for month, share in own.select("month", "share").iter_rows()}


def test_the_island_by_hand(island):
    """D-day is 1 Jan 2030: day 120 is 1 May, day 240 is 29 Aug, the horizon ends after 26 days of December.

    Mechanised, North: two are asked for, three are offered, each serves 120 days and rests 120. Two serve the first and the last
    120 days, the third those between: one of two from 1 May to 28 Aug. August: 28 days of one and 3 of two, 34 of 62 unit-days.
    Infantry, North: Corsia needs 120 days to be ready, then four battlegroups take turns: nothing until April, all from May.
    Infantry, South: only Corsia has infantry, and not for the South: nothing from 1 May, when it is first asked for.
    Air defence: nobody offers any. Headquarters and engineers are held throughout. Neither has a sector.
    """
    cover = cover_by_sector(*island)
    mechanised = shares_of(cover.filter(sector="North"), "mechanised")
    told = [round(mechanised[month], 4) for month in ("Jan", "Apr", "May", "Jul", "Aug", "Sep", "Dec")]
    assert told == [1, 1, 0.5, 0.5, 0.5484, 1, 1]
    assert mechanised["Aug"] == pytest.approx(34 / 62)
    infantry = cover.filter(capability="infantry").sort("sector", "from_day")
    assert infantry.filter(sector="North")["share"].to_list() == [0.0] * 4 + [1.0] * 8
    assert infantry.filter(sector="North")["required"].to_list() == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 26]
    assert infantry.filter(sector="South")["month"].to_list()[0] == "May 2030"
    assert set(infantry.filter(sector="South")["share"]) == {0.0}
    nowhere = cover.filter(pl.col("sector").is_null())
    assert dict(nowhere.group_by("capability").agg(pl.col("share").mean()).iter_rows()) == {
        "headquarters": 1.0, "engineers": 1.0, "air_defence": 0.0,
    }  # fmt: skip


def test_the_longest_holes_of_the_island_by_hand(island):
    """Under 80 %: air defence all 360 days; the South its 240; infantry North 120 with nothing, mechanised 120 with half."""
    scenario, plan = island
    holes = longest_holes(pairs_of(scenario, plan), under=0.8, span=(0, 360))
    assert [(hole.sector, hole.capability, hole.from_day, hole.until_day, hole.share, hole.lines) for hole in holes] == [
        (None, "air_defence", 0, 360, 0.0, ("5",)),
        ("South", "infantry", 120, 360, 0.0, ("3",)),
        ("North", "infantry", 0, 120, 0.0, ("6",)),
        ("North", "mechanised", 120, 240, 0.5, ("2",)),
    ]
    assert [hole.capability for hole in longest_holes(pairs_of(scenario, plan), under=0.5, span=(0, 360))].count(
        "mechanised"
    ) == 0
    assert foot_of(scenario, holes, under=80) == (
        "Longest hole under 80 %: Air defence, in no sector (Harbour), 360 days, from D-day, 1 Jan 2030, to D+360, 27 Dec 2030; "
        "0\u202f% is held in that time, asked for by 5."
    )
    assert "Nowhere" in foot_of(scenario, (), under=80)


def test_cells_say_their_figure_and_what_is_under_the_mark_by_more_than_colour(island):
    """August of the North: 54.8 %, rounded down, is under 55 and not under 54."""
    scenario, plan = island
    pair = next(each for each in pairs_of(scenario, plan) if each.capability == "mechanised")
    august = months_of(scenario.horizon)[7]
    marked, plain = cell_of(pair, august, under=55), cell_of(pair, august, under=54)
    assert (marked.text, marked.is_under, marked.level, marked.at) == ("▼54", True, 5, 212)
    assert marked.words == "Aug 2030: 54 %, 34 of 62 unit-days, under 55 %"
    assert (plain.text, plain.is_under) == ("54", False)
    assert (
        cell_of(
            next(each for each in pairs_of(scenario, plan) if each.sector == "South"), months_of(scenario.horizon)[0], under=55
        )
        is None
    )


def test_what_a_line_has_too_many_fills_no_other(island):
    """Two lines ask for one unit each for 10 days; one has two, the other none: half is held."""
    scenario, plan = island
    rows = [
        {"line": name, "capability": "infantry", "location": "South", "priority": 1, "from_day": 0, "until_day": 10,
         "required": 1.0, "filled": filled, "gap": 1.0 - min(1.0, filled), "units": int(filled), "nations": ""}
        for name, filled in (("a", 2.0), ("b", 0.0))
    ]  # fmt: skip
    lines = tuple(
        Requirement(line=row["line"], capability="infantry", quantity=1, from_day=0, until_day=10, location="South", priority=1)
        for row in rows
    )
    crowded = replace(plan, coverage=pl.DataFrame(rows, schema=plan.coverage.schema))
    (figures,) = cover_by_sector(scenario.model_copy(update={"requirements": lines}), crowded).iter_rows(named=True)
    assert (figures["required"], figures["filled"], figures["share"]) == (20.0, 10.0, 0.5)


def test_a_place_has_the_sector_that_it_is_or_stands_for_or_lies_in():
    """By name, by what stands there, by the place around it, by its position in the polygon; else none."""
    square = "POLYGON ((0 0, 1 0, 1 1, 0 1, 0 0))"
    scenario = read_scenario("tiny").model_copy(update={
        "sectors": (Sector(sector="S", geometry=square), Sector(sector="T", location="Post")),
        "locations": (
            Location(location="S"), Location(location="Post"), Location(location="Hill", within="Post"),
            Location(location="Mill", latitude=0.5, longitude=0.5), Location(location="Sea", latitude=5, longitude=5),
            Location(location="Kept", kind="sector"),
        ),
    })  # fmt: skip
    found = {name: sector_of_place(scenario, name) for name in ("S", "Post", "Hill", "Mill", "Sea", "Kept", None)}
    assert found == {"S": "S", "Post": "T", "Hill": "T", "Mill": "S", "Sea": None, "Kept": None, None: None}


def test_sums_over_sectors_are_the_unit_days_of_the_plan():
    scenario, plan = mandated_plan()
    cover = cover_by_sector(scenario, plan)
    assert cover["sector"].n_unique() > 2
    days = pl.col("until_day") - pl.col("from_day")
    asked, held = (plan.coverage.select((pl.col(name) * days).sum()).item() for name in ("required", "filled"))
    assert (cover["required"].sum(), cover["filled"].sum()) == (pytest.approx(asked), pytest.approx(held))
    by_capability = plan.coverage.group_by("capability").agg((pl.col("filled") * days).sum()).sort("capability")
    assert cover.group_by("capability").agg(pl.col("filled").sum()).sort("capability")["filled"].to_list() == pytest.approx(
        by_capability["filled"].to_list())  # fmt: skip
    some = cover_by_sector(scenario, plan, lines=["L-001"])
    assert some["required"].sum() == pytest.approx(
        plan.coverage.filter(line="L-001").select((pl.col("required") * days).sum()).item())  # fmt: skip


def plain_scan(asked: list[float], held: list[float], under: float, begin: int, end: int) -> int:
    """The longest hole by trying every beginning and every end. [days]"""
    best = 0
    for first in range(begin, end):
        for last in range(first, end):
            if all(asked[day] > 0 and held[day] < under * asked[day] for day in range(first, last + 1)):
                best = max(best, last + 1 - first)
    return best


def test_the_longest_hole_is_that_of_a_plain_scan():
    chance = random.Random(7)
    found = 0
    for _ in range(200):
        days = chance.randint(1, 14)
        asked = [float(chance.choice((0, 2, 2, 3))) for _ in range(days)]
        held = [float(chance.randint(0, int(each))) if each else 0.0 for each in asked]
        begin = chance.randint(0, days - 1)
        end = chance.randint(begin + 1, days)
        under = chance.choice((0.4, 0.7, 1.0))
        pair = Pair("S", "c", (("a", 0, days),), np.array(asked), np.array(held))
        holes = longest_holes([pair], under=under, span=(begin, end))
        assert (holes[0].days if holes else 0) == plain_scan(asked, held, under, begin, end)
        found += bool(holes)
        for hole in holes:
            assert hole.share == pytest.approx(
                sum(held[hole.from_day : hole.until_day]) / sum(asked[hole.from_day : hole.until_day])
            )
    assert found > 100


def test_the_report_has_the_table_and_its_longest_hole(island):
    scenario, plan = island
    text = report.report_html(scenario, plan)
    assert 'id="cover-table"' in text
    assert unescape(text).count("▼0") == 12 + 8 + 4
    assert "Longest hole under 80 %: Air defence" in text
    assert 'href="#cover"' in text
    flat = scenario.model_copy(update={"locations": ()})
    assert contents(flat, plan) == {"cover": None}


def test_a_year_shows_its_own_months_alone():
    scenario, plan = mandated_plan()
    horizon: Horizon = scenario.horizon
    pairs = pairs_of(scenario, plan)
    whole = cover_table(scenario, pairs, under=80, span=(0, horizon.days))
    part = cover_table(scenario, pairs, under=80, span=(0, 31))
    assert len(part.months) < len(whole.months) == sum(columns for _, columns in whole.years)
    assert all(told["hole"].until_day <= 31 for told in part.holes)
    assert all(len(row.cells) == len(whole.months) for group in whole.groups for row in group.rows)
