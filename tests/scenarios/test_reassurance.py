"""The reference scenario: complete, sourced, consistent, and of the strength that the published options name."""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import contingent
from contingent import read_scenario
from contingent.model.columns import Row
from contingent.model.rows import TABLES, Offer, Requirement
from contingent.model.rules import caveat_against, line_until, lines_of_option, places_of, readiness
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.pool.amounts import amounts
from contingent.sizing import sensitivity

REPOSITORY = Path(__file__).resolve().parents[2]
FACTS = REPOSITORY.parent / "shared" / "data"
FOLDER = Path(contingent.__file__).parent / "scenarios" / "reassurance"
PAGE = REPOSITORY / "docs" / "reassurance.md"

COALITION = [
    "ALB", "AUS", "AUT", "BEL", "BGR", "CAN", "CYP", "CZE", "DEU", "DNK", "ESP", "EST", "FIN", "FRA", "GBR", "GRC", "HRV", "IRL",
    "ISL", "ITA", "JPN", "LTU", "LUX", "LVA", "MNE", "NLD", "NOR", "NZL", "POL", "PRT", "ROU", "SVN", "SWE", "TUR",
]
BEHIND = ("USA", "XMN")
"""The backstop, and the units that several nations own."""

NONE_INSIDE_UKRAINE = ("BGR", "DEU", "GRC", "HRV", "ITA", "POL", "ROU")
LITTORAL = ("BGR", "ROU", "TUR")
BANDS = {"small": (9_000, 11_000), "medium": (22_500, 27_500), "large": (60_000, 100_000)}
"""Published strength of the land component, ten per cent either way; the corps as published. [people]"""

SETTLED_DAY = 365
SHORTFALLS = {
    "isr": ("isr_aircraft", "unmanned_reconnaissance"),
    "air defence": ("long_range_air_defence", "medium_range_air_defence", "short_range_air_defence"),
    "long-range artillery": ("long_range_fires",),
    "logistics": ("logistics",),
    "medical": ("medical_role_2", "field_hospital"),
}


@pytest.fixture(scope="module")
def given_scenario() -> Scenario:
    return read_scenario("reassurance")


@pytest.fixture(scope="module")
def scenario(given_scenario: Scenario) -> Scenario:
    return derive(given_scenario)


def rows_of(scenario: Scenario) -> Iterator[Row]:
    for table in TABLES:
        yield from scenario.rows(table.table)


def texts_of(row: Row) -> Iterator[str]:
    for value in row.model_dump().values():
        if isinstance(value, str):
            yield value


def facts(name: str) -> list[dict[str, str]]:
    path = FACTS / name
    if not path.is_file():
        pytest.skip(f"{name} is not on this machine")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def alpha_3() -> dict[str, str]:
    return {row["iso2"]: row["iso3"] for row in facts("nations/nations.csv")} | {"XM": "XMN"}


# ------------------------------------------------------------------------------------------------------------- who is in it

def test_every_nation_of_the_coalition_is_there_with_its_position(given_scenario: Scenario):
    assert [row.nation for row in given_scenario.nations] == [*COALITION, *BEHIND]
    assert all(row.position for row in given_scenario.nations)


def test_every_state_of_the_coalition_but_one_without_forces_has_a_share_of_the_burden(given_scenario: Scenario):
    without = [row.nation for row in given_scenario.nations if not row.defence_spending]
    assert without == ["ISL", *BEHIND]


def test_figures_of_nations_are_those_of_the_factbook(given_scenario: Scenario):
    known = {row["iso3"]: row for row in facts("nations/nations.csv")}
    columns = {
        "active_personnel": "active_personnel", "gdp": "gdp_usd_bn", "defence_spending": "defence_expenditure_usd_bn_est",
        "population": "population"}
    for nation in given_scenario.nations:
        if nation.nation in known:
            for ours, theirs in columns.items():
                blank = nation.role == "backstop" and ours == "defence_spending"  # no fair share of the burden
                expected = 0.0 if blank else float(known[nation.nation][theirs] or 0)
                assert float(getattr(nation, ours) or 0) == pytest.approx(expected), (nation.nation, ours)


def test_who_takes_part_is_who_is_listed(given_scenario: Scenario):
    codes = alpha_3()
    listed = {codes[row["nation"]] for row in facts("nations/coalition_positions.csv") if row["coalition_participant"] == "True"}
    assert {row.nation for row in given_scenario.nations} == listed | set(BEHIND)


# --------------------------------------------------------------------------------------------------------- where it is from

def test_every_row_says_where_it_comes_from(given_scenario: Scenario):
    sourced = [row for row in rows_of(given_scenario) if "source" in type(row).model_fields]
    assert [f"{row.table}: {row.key_text()}" for row in sourced if not getattr(row, "source", None)] == []


def test_what_is_marked_as_sourced_names_its_source_and_an_assumption_says_so(given_scenario: Scenario):
    tables = ("yields", "releases", "terms", "tasks", "policies", "cycles", "calls")
    for row in (row for table in tables for row in given_scenario.rows(table)):
        source, status = getattr(row, "source", "") or "", getattr(row, "status")  # noqa: B009
        if status == "assumption":
            assert source.startswith("Assumption"), row
        else:
            assert re.search(r"\[[a-z0-9-]+\]", source), row


def test_every_requirement_is_sourced_or_an_assumption(given_scenario: Scenario):
    for row in given_scenario.requirements:
        assert "ssumption" in (row.source or "") or re.search(r"\[[a-z0-9-]+\]", row.source or ""), row


def test_every_reference_resolves_and_is_used(given_scenario: Scenario):
    keys = {row.reference for row in given_scenario.references}
    cited = {key for row in rows_of(given_scenario) for text in texts_of(row) for key in re.findall(r"\[([a-z0-9-]+)\]", text)}
    prose = re.sub(r"`[^`]*`", "", PAGE.read_text(encoding="utf-8"))
    page = set(re.findall(r"\[([a-z0-9-]+)\](?!\()", prose))
    assert cited - keys == set()
    assert page - keys == set()
    assert keys - cited == set()


def test_nothing_comes_from_a_share_alike_source(given_scenario: Scenario):
    for row in rows_of(given_scenario):
        for text in texts_of(row):
            assert not re.search(r"ODbL|OpenStreetMap|VIINA|scgraph", text, re.IGNORECASE), row


def test_the_pool_keeps_count_and_confidence_of_the_collection(given_scenario: Scenario):
    """All entries but those of nations outside the coalition, and one battalion that is part of a listed brigade."""
    codes, nations = alpha_3(), {row.nation for row in given_scenario.nations}
    collected = {
        f"{codes[row['nation']]}-{row['unit_id'][3:]}": (int(row["count"]), row["confidence"])
        for row in facts("forces/force_pool.csv") if codes[row["nation"]] in nations}
    ours = {row.entry: (row.quantity, row.confidence) for row in given_scenario.pool}
    added = {entry: ours.pop(entry) for entry in list(ours) if "-A" in entry}
    assert set(collected) - set(ours) == {"NOR-223"}
    assert {entry: collected[entry] for entry in ours} == ours
    assert all(confidence == "low" for _, confidence in added.values())


def test_people_elsewhere_are_those_of_the_factbook(given_scenario: Scenario):
    """Without the brigade in Lithuania, which the pool itself counts as committed."""
    codes, nations = alpha_3(), {row.nation for row in given_scenario.nations}
    known: Counter[str] = Counter()
    for row in facts("forces/existing_commitments.csv"):
        if codes[row["nation"]] in nations and (row["nation"], row["location"]) != ("DE", "Lithuania"):
            known[codes[row["nation"]]] += int(row["personnel"])
    ours: Counter[str] = Counter()
    for commitment in given_scenario.commitments:
        ours[commitment.nation] += commitment.personnel
    assert ours == known
    assert [row.entry for row in given_scenario.pool if row.committed] == ["DEU-079"]


# ----------------------------------------------------------------------------------------------------------- what it asks for

def strength(scenario: Scenario, option: str, day: int) -> float:
    """People that the land and joint lines open on a day ask for, by the leanest unit of each."""
    types = scenario.unit_type_by_name
    leanest: dict[str, tuple[float, str]] = {}
    for row in scenario.capabilities:
        people = types[row.unit_type].personnel / row.effectiveness
        leanest[row.capability] = min(leanest.get(row.capability, (people, row.unit_type)), (people, row.unit_type))
    total = 0.0
    for line in lines_of_option(scenario, option):
        people, unit_type = leanest[line.capability]
        if line.from_day <= day < line_until(scenario, line) and types[unit_type].domain in ("land", "joint"):
            total += line.quantity * people
    return total


@pytest.mark.parametrize("option", BANDS)
def test_the_land_component_has_the_published_strength(scenario: Scenario, option: str):
    least, most = BANDS[option]
    assert least <= strength(scenario, option, SETTLED_DAY) <= most


def test_the_page_states_the_strength_that_the_tables_add_up_to(scenario: Scenario):
    page = PAGE.read_text(encoding="utf-8")
    for option in BANDS:
        lines = list(lines_of_option(scenario, option))
        tasks = sum(not task.option or option in task.option for task in scenario.tasks)
        battlegroups = sum(line.quantity for line in lines if line.capability.endswith("battlegroup"))
        counted = f"| {tasks} | {len(lines)} | {battlegroups} | {strength(scenario, option, SETTLED_DAY):,.0f} |"
        assert re.search(rf"^\| {option} \|.*{re.escape(counted)}$", page, flags=re.MULTILINE), counted


def test_the_page_states_what_the_pool_adds_up_to(given_scenario: Scenario):
    backstop = {row.nation for row in given_scenario.nations if row.role == "backstop"}
    page, found = PAGE.read_text(encoding="utf-8"), [row for row in amounts(given_scenario) if row.kind.nation not in backstop]
    exact = sum(amount.yielded * amount.share * amount.left for amount in found)
    assert f"{exact:.0f} units before rounding, {sum(amount.offered for amount in found)} after" in page
    for nation in ("FRA", "GBR"):
        land = next(amount for amount in found if (amount.kind.nation, amount.kind.domain) == (nation, "land"))
        people = "French" if nation == "FRA" else "British"
        released = f"of {land.released_people:,.0f}" + (" released" if nation == "GBR" else "")
        assert f"{land.committed_people:,.0f} {people} {released} leave {100 * land.left:.0f} %" in page
    tables = {name: len(given_scenario.rows(name)) for name in ("releases", "yields", "tasks", "pool")}
    assert f"`releases.csv` ({tables['releases']} rows)" in page
    assert f"`yields.csv` ({tables['yields']} rows" in page
    assert f"`tasks.csv` ({tables['tasks']} tasks)" in page
    assert f"`pool.csv` has {tables['pool']} formations" in page


def test_the_page_says_what_the_area_of_a_battlegroup_moves(given_scenario: Scenario):
    """Nine thousand more people at an hour and a half, six thousand fewer at three hours."""
    rows = sensitivity(given_scenario, "medium").iter_rows(named=True)
    row = next(row for row in rows if (row["factor"], row["scope"]) == ("battalion_area_km2", "all"))
    assert round((row["people_low"] - row["people"]) / 1_000) == 9
    assert round((row["people"] - row["people_high"]) / 1_000) == 6
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    assert "nine thousand more are needed, at three hours six thousand fewer" in page


def test_each_option_asks_for_more_than_the_smaller_one(scenario: Scenario):
    people = [strength(scenario, option, SETTLED_DAY) for option in BANDS]
    assert people == sorted(people)
    assert scenario.settings.default_option == "medium"
    assert tuple(BANDS) == scenario.option_names


def test_every_line_is_political_or_follows_from_the_mandate(scenario: Scenario):
    typed = [row.line for row in scenario.requirements if row.mandate is None]
    assert typed == ["C01", "C02", "C03", "C04", "C05", "C06"]
    for row in scenario.requirements:
        if row.mandate is not None:
            assert row.mandate in scenario.task_by_name
            assert f"-> {row.quantity} x " in (row.arithmetic or ""), row.line


def test_every_factor_is_ranged_or_says_why_not_and_is_sourced_or_says_that_it_is_not(given_scenario: Scenario):
    for row in given_scenario.factors:
        source = row.source or ""
        if row.status == "assumption":
            assert source.startswith("Assumption"), row
        elif row.status == "sourced":
            assert re.search(r"\[[a-z0-9-]+\]", source), row
        if row.low is not None and row.high is not None:
            assert row.low <= row.value <= row.high, row


@pytest.mark.parametrize("option", BANDS)
@pytest.mark.parametrize("shortfall", SHORTFALLS)
def test_the_published_shortfalls_are_asked_for(scenario: Scenario, option: str, shortfall: str):
    asked = {line.capability for line in lines_of_option(scenario, option)}
    assert asked.issuperset(SHORTFALLS[shortfall])


@pytest.mark.parametrize("option", BANDS)
def test_every_option_has_land_air_and_sea(scenario: Scenario, option: str):
    capabilities = {line.capability for line in lines_of_option(scenario, option)}
    types = scenario.unit_type_by_name
    domains = {types[row.unit_type].domain for row in scenario.capabilities if row.capability in capabilities}
    assert domains == {"land", "joint", "air", "maritime"}


def test_some_unit_type_of_the_pool_could_fill_every_line(scenario: Scenario):
    yielded = {row.unit_type for row in scenario.yields}
    for line in scenario.requirements:
        assert any((line.capability, unit_type) in scenario.effectiveness for unit_type in yielded), line.line


def test_every_formation_of_the_pool_yields_something(given_scenario: Scenario):
    assert {row.formation_type for row in given_scenario.pool} == {row.formation_type for row in given_scenario.yields}


def test_tours_end_on_the_first_day_of_a_period(scenario: Scenario):
    """Else a relief would wait for the next period, and every tour leave a hole."""
    period = scenario.settings.period_days
    for offer in scenario.offers:
        assert readiness(scenario, offer).serving_days % period == 0, offer.offer
    assert all(line.from_day % period == 0 for line in scenario.requirements)


# ----------------------------------------------------------------------------------------------------- what nations rule out

def inside(scenario: Scenario) -> list[Requirement]:
    return [line for line in scenario.requirements if "UKR" in places_of(scenario, line.location)]


def allowed(scenario: Scenario, offer: Offer, lines: list[Requirement]) -> bool:
    return any(caveat_against(scenario, offer, line) is None for line in lines)


def test_most_battlegroups_stand_inside_ukraine_and_some_behind_it(scenario: Scenario):
    asked = sum(row.quantity for row in scenario.requirements if row.capability.endswith("battlegroup"))
    within = sum(row.quantity for row in inside(scenario) if row.capability.endswith("battlegroup"))
    assert 0.75 * asked < within < asked


def test_nations_that_said_so_send_none_inside_ukraine(scenario: Scenario):
    lines = inside(scenario)
    for nation in NONE_INSIDE_UKRAINE:
        offers = [offer for offer in scenario.offers if offer.nation == nation]
        assert offers
        assert not any(allowed(scenario, offer, lines) for offer in offers)


def test_nations_that_declared_troops_may_go_inside(scenario: Scenario):
    lines = inside(scenario)
    for nation in ("FRA", "GBR"):
        battlegroups = [offer for offer in scenario.offers if offer.nation == nation and offer.unit_type.endswith("battlegroup")]
        assert battlegroups
        assert all(allowed(scenario, offer, lines) for offer in battlegroups)


def test_only_ships_of_its_coast_stay_in_the_black_sea(scenario: Scenario):
    lines = [line for line in scenario.requirements if "Black Sea" in places_of(scenario, line.location)]
    warships = ("frigate", "destroyer", "corvette", "mine_countermeasures_vessel")
    by_nation = {offer.nation for offer in scenario.offers if offer.unit_type in warships and allowed(scenario, offer, lines)}
    assert len(lines) >= 5
    assert by_nation == set(LITTORAL)


def test_turkey_serves_at_sea_and_nowhere_in_ukraine_or_above_it(scenario: Scenario):
    lines = [line for line in inside(scenario) if line.task != "mine countermeasures"]
    for offer in scenario.offers:
        if offer.nation == "TUR" and scenario.unit_type_by_name[offer.unit_type].domain != "maritime":
            assert not allowed(scenario, offer, lines), offer.offer


@pytest.mark.parametrize(
    ("offer", "tour_days", "dwell_days"),
    [
        ("GBR-light_battlegroup", 180, 720),       # six months, then 24 at home
        ("GBR-fighter_detachment", 120, 480),      # four months, then 16 at home
        ("DEU-mechanised_battlegroup", 120, 600),  # four months, then twenty at home
        ("FRA-mountain_battlegroup", 180, 360),    # the scenario's default
        ("FRA-frigate", 120, 240),                 # a third of a fleet
        ("FRA-corps_headquarters", 360, 360),
    ])
def test_tour_and_dwell_are_those_of_the_sources(scenario: Scenario, offer: str, tour_days: int, dwell_days: int):
    terms = readiness(scenario, scenario.offer_by_name[offer])
    assert (terms.tour_days, terms.dwell_days) == (tour_days, dwell_days)


def test_estonia_offers_its_company_and_no_other_land_unit(scenario: Scenario):
    types = scenario.unit_type_by_name
    land = [offer.offer for offer in scenario.offers if offer.nation == "EST" and types[offer.unit_type].domain == "land"]
    assert land == ["EST-infantry_company"]


def test_some_of_each_priority_is_asked_and_some_lines_stay_with_one_nation(scenario: Scenario):
    assert {line.priority for line in scenario.requirements} == {1, 2, 3}
    assert sum(line.hold == "one_nation" for line in scenario.requirements) >= 5


# ------------------------------------------------------------------------------------------- the changes that the page shows

def laid_over(folder: Path, settings: str = "", **tables: str) -> Scenario:
    """The scenario with a layer of a few cells over it."""
    (folder / "scenario.toml").write_text(f'extends = "reassurance"\ntitle = "Changed"\n{settings}\n', encoding="utf-8")
    for table, text in tables.items():
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    return derive(read_scenario(folder))


def units(scenario: Scenario) -> int:
    return sum(offer.quantity for offer in scenario.offers)


def test_releasing_half_offers_more(scenario: Scenario, tmp_path: Path):
    row = "general,0.5,assumption,What if every nation released half?"
    changed = laid_over(tmp_path, releases=f"release,share,status,source\n{row}\n")
    assert units(changed) > 1.3 * units(scenario)
    poland = "POL-mechanised_battlegroup"
    assert changed.offer_by_name[poland].quantity > scenario.offer_by_name[poland].quantity
    for name in ("FRA-mountain_battlegroup", "GBR-light_battlegroup"):  # rows of their own say otherwise
        assert changed.offer_by_name[name].quantity == scenario.offer_by_name[name].quantity


def test_poland_goes_in_when_its_caveat_is_removed(scenario: Scenario, tmp_path: Path):
    changed = laid_over(tmp_path, 'remove = { terms = ["caveat: Poland"] }')
    name = "POL-mechanised_battlegroup"
    assert not allowed(scenario, scenario.offer_by_name[name], inside(scenario))
    assert allowed(changed, changed.offer_by_name[name], inside(changed))


def test_france_leaves_after_two_years(tmp_path: Path):
    changed = laid_over(tmp_path, terms="term,nation,until_day\nFrance leaves,FRA,720\n")
    ends = {offer.nation == "FRA": readiness(changed, offer).until_day for offer in changed.offers}
    assert ends == {True: 720, False: 1825}


def test_a_longer_dwell_for_all_leaves_the_sourced_ones(tmp_path: Path):
    changed = laid_over(tmp_path, "[defaults]\ndwell_ratio = 3")
    names = ("FRA-mountain_battlegroup", "GBR-light_battlegroup")
    dwell = {name: readiness(changed, changed.offer_by_name[name]).dwell_days for name in names}
    assert dwell == {"FRA-mountain_battlegroup": 540, "GBR-light_battlegroup": 720}


def test_more_air_defence_in_a_brigade_is_one_cell(scenario: Scenario, tmp_path: Path):
    row = "mechanised_brigade,shorad_battery,1,assumption,Assumption: a battery in each."
    changed = laid_over(tmp_path, yields=f"formation_type,unit_type,quantity,status,source\n{row}\n")
    batteries = [sum(o.quantity for o in each.offers if o.unit_type == "shorad_battery") for each in (scenario, changed)]
    assert batteries[1] > batteries[0]


def test_a_real_offer_replaces_the_derived_one(tmp_path: Path):
    row = "FRA-long_range_sam_battery,FRA,long_range_sam_battery,4,A statement."
    changed = laid_over(tmp_path, offers=f"offer,nation,unit_type,quantity,source\n{row}\n")
    of_france = [o.quantity for o in changed.offers if (o.nation, o.unit_type) == ("FRA", "long_range_sam_battery")]
    assert of_france == [4]


# ------------------------------------------------------------------------------------------------------------------ the files

def test_every_symbol_is_a_code_of_twenty_digits(given_scenario: Scenario):
    """Version 10, reality, friend; land unit, air or sea surface; present; headquarters or not; echelon; entity; modifiers."""
    for row in (*given_scenario.unit_types, *read_scenario("tiny").unit_types):
        assert re.fullmatch(r"1003(10|01|30)0[02](00|1[1-8]|2[1-4])\d{10}", row.symbol or ""), row.unit_type


def test_files_are_neat():
    for path in sorted(FOLDER.glob("*.csv")):
        content = path.read_bytes()
        assert content.endswith(b"\n"), path.name
        assert b"\r" not in content, path.name
        assert not content.startswith(b"\xef\xbb\xbf"), path.name
        with path.open(encoding="utf-8", newline="") as file:
            grid: list[list[Any]] = list(csv.reader(file))
        assert {len(line) for line in grid} == {len(grid[0])}, path.name
        assert all(cell == cell.strip() for line in grid for cell in line), path.name
