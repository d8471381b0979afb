"""Past missions as mandates: what was sent is what the facts say, the rule is kept, and the page states what comes out."""

import csv
import re
from pathlib import Path

import pytest

from contingent import read_scenario
from contingent.model.scenario import Scenario
from contingent.sizing import backcast

REPOSITORY = Path(__file__).resolve().parents[2]
FACTS = REPOSITORY.parent / "shared" / "data" / "planning" / "facts_missions.csv"
PAGE = REPOSITORY / "docs" / "missions.md"

PERIODS = {
    "UNFICYP-2014": "2014", "UNDOF-2005": "2005", "UNMEE-2000": "2000-2005 (authorised)", "UNMEE-2005": "Feb 2005",
    "UNIKOM-1991": "1991", "UNIKOM-1995": "Feb 1995 (maximum)", "UNIKOM-2000": "Mar 2000", "UNIFIL-2005": "before Aug 2006",
    "UNIFIL-2006": "6 Nov 2006", "SFOR-1999": "1999", "SFOR-2002": "2002", "SFOR-2004": "Jun 2004", "IFOR-1995": "1995-96",
    "KFOR-1999": "1999", "KFOR-2002": "2002", "KFOR-2010": "Jan 2010", "INTERFET-1999": "1999-2000",
    "UNTAET-1999": "1999 (authorised)", "UNAMSIL-1999": "Oct 1999 (authorised)", "UNAMSIL-2001": "Mar 2001 (authorised)",
}
"""Each option's row in the facts, by mission and period."""

KINDS = {
    "2014": "interposition", "buffer zone (interposition)": "interposition",
    "area of separation + limitation zones": "interposition", "temporary security zone": "interposition",
    "DMZ with infantry": "interposition", "DMZ observation": "observation", "area + line": "interposition",
    "area + line (robust)": "robust interposition", "stabilisation, country": "stabilisation",
    "peacekeeping, country": "stabilisation", "transitional administration": "stabilisation",
    "peace enforcement, country": "enforcement", "peace enforcement, province": "enforcement",
    "peace enforcement, territory": "enforcement",
}
"""Kind of mandate in the facts, and the kind that the page makes of it."""

METHODS = {
    "observation": {("line_monitoring", "observation")},
    "interposition": {("line_monitoring", None)},
    "robust interposition": {("line_monitoring", None), ("sector_security", "robust")},
    "stabilisation": {("population_security", None)},
    "enforcement": {("population_security", "enforcement")},
}
SERVING = {"medical", "engineering", "logistics", "command_control"}
BY_LINE = {"observation", "interposition", "robust interposition"}


@pytest.fixture(scope="module")
def missions() -> Scenario:
    return read_scenario("missions")


def kind_of(missions: Scenario, option: str) -> str:
    row = next(row for row in missions.options if row.option == option)
    return (row.description or "").removeprefix("Kind of mandate: ").rstrip(".")


def fact(option: str) -> dict[str, str]:
    if not FACTS.is_file():
        pytest.skip("facts_missions.csv is not on this machine")
    with FACTS.open(encoding="utf-8", newline="") as file:
        rows = {(row["mission"], row["period"]): row for row in csv.DictReader(file)}
    return rows[option.rpartition("-")[0], PERIODS[option]]


def test_every_mission_has_a_row_of_the_facts(missions: Scenario):
    assert tuple(PERIODS) == missions.option_names


@pytest.mark.parametrize("option", PERIODS)
def test_what_was_sent_and_where_are_those_of_the_facts(missions: Scenario, option: str):
    known, row = fact(option), next(row for row in missions.options if row.option == option)
    assert row.published_strength == int(known["military_personnel"])
    assert kind_of(missions, option) == KINDS[known["kind"]]
    for task in missions.tasks:
        if task.option == (option,):
            for column in ("line_km", "area_km2", "population"):
                told, given = known[column], getattr(task, column)
                if given is not None and (told or column != "population"):  # blank there: as in another row of the mission
                    assert float(told) == given, (task.task, column)


@pytest.mark.parametrize("option", PERIODS)
def test_the_kind_of_mandate_decides_the_methods(missions: Scenario, option: str):
    kind = kind_of(missions, option)
    asked = {(task.method, task.demand) for task in missions.tasks if option in task.option}
    serving = {(method, None) for method in SERVING} if kind in BY_LINE else set()
    assert asked == METHODS[kind] | serving


def test_no_factor_is_tuned_to_a_mission(missions: Scenario):
    assert missions.factors == read_scenario("doctrine").factors


def test_what_is_recalled_is_never_of_high_confidence(missions: Scenario):
    for row in missions.options:
        assert re.search(r"\[[a-z0-9-]+\]", row.source or ""), row.option
        if "recalled" in (row.source or ""):
            assert row.confidence in ("medium", "low"), row.option


def test_every_reference_is_cited(missions: Scenario):
    own = {row.reference for row in missions.references} - {row.reference for row in read_scenario("doctrine").references}
    cited = {key for row in missions.options for key in re.findall(r"\[([a-z0-9-]+)\]", row.source or "")}
    assert own == cited


@pytest.mark.parametrize(("option", "people"), [("KFOR-1999", 40_000), ("UNAMSIL-2001", 35_000), ("INTERFET-1999", 18_940)])
def test_people_by_inhabitants_are_multiplied_by_hand(missions: Scenario, option: str, people: int):
    """Two million at 20 in 1,000; five million at 7; 947,000 at 20."""
    sized = {row["mission"]: row["sized"] for row in backcast(missions).iter_rows(named=True)}
    assert sized[option] == people


def test_the_page_states_what_comes_out_misses_and_all(missions: Scenario):
    page = PAGE.read_text(encoding="utf-8")
    for row in backcast(missions).iter_rows(named=True):
        kind = kind_of(missions, row["mission"])
        assert f"| {row['title']} | {kind} | {row['sent']:,} | {row['sized']:,} | {row['ratio']:.2f} |" in page


def test_the_page_counts_how_many_missions_come_near(missions: Scenario):
    page = " ".join(PAGE.read_text(encoding="utf-8").split())
    ratios = backcast(missions)["ratio"].to_list()
    two, three = (sum(1 / most <= ratio <= most for ratio in ratios) for most in (2, 3))
    told = f"Of {len(ratios)} missions, {two} come within a factor of two of what was sent, and {three} within a factor of three"
    assert told in page
