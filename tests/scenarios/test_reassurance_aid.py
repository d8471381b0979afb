"""The bundled ledger: the collected facts and nothing else, what is flagged is not counted, what is assumed says so."""

import csv
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from contingent import read_scenario
from contingent.aid.ledger import Ledger, keep_ledger, totals
from contingent.aid.support_tracker import read_tracker, write_tracker
from contingent.aid.tables import aid_tables, delivery_frame, pledge_frame
from contingent.model.scenario import Scenario

FACTS = Path(__file__).resolve().parents[3] / "shared" / "data" / "aid" / "pledges_udcg.csv"
DONORS = {"XX": "multiple", "DE": "DEU", "GB": "GBR", "NL": "NLD", "NO": "NOR", "BE": "BEL", "CA": "CAN", "SE": "SWE",
          "DK": "DNK", "PL": "POL"}


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return read_scenario("reassurance")


@pytest.fixture(scope="module")
def ledger(scenario: Scenario) -> Ledger:
    return keep_ledger(aid_tables(scenario))


def number(text: str) -> float | None:
    return float(text) if text else None


def test_every_fact_is_a_row_and_every_row_a_fact(scenario: Scenario, ledger: Ledger):
    if not FACTS.exists():
        pytest.skip("the collected facts are not here")
    with FACTS.open(encoding="utf-8", newline="") as file:
        facts = {row["pledge_id"]: row for row in csv.DictReader(file)}
    ours = {row.pledge: row for row in scenario.pledges}
    assert list(ours) == list(facts)
    for key, fact in facts.items():
        row = ours[key]
        assert (row.donor, row.announced.isoformat(), row.confidence) == (
            DONORS[fact["donor"]], fact["committed_date"], fact["confidence"])
        assert (row.quantity, row.value_m, row.value_eur_m) == (
            number(fact["quantity"]), number(fact["value_m"]), number(fact["value_eur_m"]))
        assert (row.counted == "no") == bool(fact["double_count_flag"]), key
    counted = dict(ledger.ledger.select("pledge", "counted").iter_rows())
    assert {key for key in facts if not counted[key]} == {key for key, fact in facts.items() if fact["double_count_flag"]}
    came = {row.pledge: row for row in scenario.deliveries}
    told = {key: fact for key, fact in facts.items() if fact["delivered_quantity"]}
    assert {key: (row.quantity, str(row.as_of)) for key, row in came.items()} == {
        key: (int(fact["delivered_quantity"]), fact["delivered_as_of"]) for key, fact in told.items()}


def test_money_of_what_counts_is_what_a_column_sum_of_the_facts_gives(ledger: Ledger):
    """Worked out apart, from the collected file: finance 24,627.3 and pledges 13,800.7 million euro."""
    sums = dict(totals(ledger.entries, "kind").select("kind", "promised_eur_m").iter_rows())
    assert sums == {"finance": pytest.approx(24_627.3), "pledge": pytest.approx(13_800.7)}


def test_german_leopards_of_may_2023(ledger: Ledger):
    """A hundred and ten promised, ten counted by mid-July: a hundred open."""
    found = ledger.ledger.filter(ledger.ledger["pledge"] == "PL034").row(0, named=True)
    assert (found["promised"], found["delivered"], found["open"], found["state"]) == (110, 10, 100, "partly")


def test_the_share_of_a_package_that_nobody_flagged_is_asked_about(ledger: Ledger):
    assert ("maybe_part", "PL009", "PL011") in ledger.doubts.select("doubt", "first", "second").rows()


def test_the_books_are_the_same_after_a_way_through_the_trackers_form(scenario: Scenario, ledger: Ledger, tmp_path: Path):
    write_tracker(scenario.pledges, scenario.deliveries, tmp_path / "out.xlsx")
    found = read_tracker(tmp_path / "out.xlsx", as_of=date(2025, 12, 31))
    given = aid_tables(scenario)
    again = keep_ledger(replace(given, pledges=pledge_frame(found.pledges), deliveries=delivery_frame(found.deliveries)))
    assert found.findings == ()
    assert_frame_equal(totals(again.entries, "donor", "kind"), totals(ledger.entries, "donor", "kind"))


def test_what_is_assumed_says_so_and_what_is_told_names_its_source(scenario: Scenario):
    for row in (*scenario.equipment, *scenario.needs):
        assert row.status == "assumption"
        assert (row.source or "").startswith("Assumption: "), row
        assert row.confidence == "low"
    for row in (*scenario.pledges, *scenario.deliveries, *scenario.coalitions):
        assert re.search(r"\[[a-z0-9-]+\]", row.source or ""), row


def test_each_coalition_is_led_and_each_need_can_be_met_by_some_type(scenario: Scenario):
    families = {row.family for row in scenario.equipment}
    assert len(scenario.coalitions) == 8
    assert all(len(row.leads) >= 2 for row in scenario.coalitions)
    wanted = {row.family for row in scenario.needs if row.family}
    assert wanted <= families
