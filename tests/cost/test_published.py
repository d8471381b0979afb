"""Published costs beside ours: the table itself, conversions and verdicts by hand."""

import csv
from dataclasses import replace

import polars as pl
import pytest
from tests.cost.instances import PERSONNEL, rate, scenario, tours

from contingent.cost import ITEMS, cost
from contingent.cost.published import UNITS, items_of, published
from contingent.model.columns import Status
from contingent.model.scenario import Scenario


def in_euros(**changes: object) -> Scenario:
    made = scenario(rates=(PERSONNEL, rate("b", "base_build", "person", 30_000, low=20_000, high=40_000)))
    return made.model_copy(update={"settings": made.settings.model_copy(update=changes)})


@pytest.mark.parametrize("row", published(), ids=lambda row: row["check"])
def test_every_row_says_where_it_is_from_and_how_it_is_converted(row):
    assert float(row["low"]) <= float(row["high"])
    assert row["measure"] in UNITS
    assert row["component"] in ("", "land", "air", "maritime", "support")
    assert set(items_of(row["items"])) <= set(ITEMS)
    assert row["status"] in Status.__args__
    assert "" not in (row["source"], row["includes"], row["difference"])
    if float(row["euros"]) != 1 or float(row["prices"]) != 1:
        assert "assumption" in row["conversion"]


def test_a_person_year_and_a_place_by_hand():
    """100 people for 10 days at 3 a day; 100 places at 30,000."""
    found = cost(in_euros(), tours(("AAA", "battlegroup", 0, 10)), None)
    checks = {row["check"]: row for row in found.cost_checks.rows(named=True)}
    pay = next(row for name, row in checks.items() if name.startswith("Rate of the United Nations"))
    assert (pay["ours_low"], pay["ours"], pay["ours_high"]) == pytest.approx((2 * 365.25, 3 * 365.25, 5 * 365.25))
    assert pay["published_low"] == pytest.approx(1428 * 12 * 0.9 * 1.28)
    assert pay["verdict"] == "we find less"
    assert "17,100 USD of 2018" in pay["why"]
    assert "0.9 euros a dollar, an assumption" in pay["why"]
    built = next(row for name, row in checks.items() if name.startswith("British preparation"))
    assert (built["ours"], built["unit"], built["verdict"]) == (30_000, "EUR a person, once", "ranges overlap")


def test_what_is_not_there_is_not_compared():
    found = cost(in_euros(), tours(("AAA", "battlegroup", 0, 10)), None)
    zone = found.cost_checks.filter(pl.col("check").str.contains("no-fly")).row(0, named=True)
    assert (zone["ours"], zone["verdict"]) == (0, "cannot be compared")


def test_no_rate_of_exchange_is_made_up():
    found = cost(in_euros(currency="PLN"), tours(("AAA", "battlegroup", 0, 10)), None)
    assert set(found.cost_checks["verdict"]) == {"cannot be compared"}
    assert found.cost_checks["published_low"].null_count() == found.cost_checks.height


def test_figures_are_those_of_the_facts(request):
    """Where the collected facts are at hand, rows that are taken from them have their figures."""
    facts = request.config.rootpath.parent / "shared" / "data" / "planning" / "facts_ratios.csv"
    if not facts.is_file():
        pytest.skip("the collected facts are not here")
    ratios = {row["id"]: row for row in csv.DictReader(facts.read_text(encoding="utf-8").splitlines())}
    rows = {row["check"]: row for row in published()}
    afghanistan = rows["United States in Afghanistan, a soldier and year"]
    assert float(afghanistan["low"]) == float(ratios["us_rule"]["low"])
    assert float(rows["United States, 55,000 who fight, as estimated in 2007, a soldier and year"]["low"]) == float(
        ratios["cbo2007_combat"]["low"])  # fmt: skip
    assert float(rows["Rate of the United Nations for a soldier, a year"]["low"]) == 12 * float(ratios["un_rate_2018"]["low"])


def test_nothing_costed_nothing_checked():
    found = cost(scenario(rates=()), tours(("AAA", "depot", 0, 1)), None)
    assert found.cost_checks.is_empty()
    assert replace(found).notes == ("The scenario has no rates, so nothing is costed.",)
