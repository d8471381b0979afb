"""The reference scenario's rows of chance: sourced or marked, consistent with the plan, and told on the page as they stand."""

import math
import re
from collections import Counter
from pathlib import Path

import pytest

from contingent import PlanOptions, make_plan, read_scenario
from contingent.model.chance import Policy
from contingent.model.rows import Offer
from contingent.model.rules import lines_of_option, places_of, readiness
from contingent.model.scenario import Scenario
from contingent.pipeline import derive
from contingent.plan.plan import Plan

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reassurance.md"

DECLARED, WILLING, OUTSIDE, CONDITION, UNSPECIFIED, HESITANT = 0.9, 0.8, 0.7, 0.6, 0.4, 0.3
STANCES = {
    DECLARED: ("FRA", "GBR"),
    WILLING: ("BEL", "DNK", "EST", "LTU", "LVA", "NLD", "NOR"),
    OUTSIDE: ("BGR", "DEU", "GRC", "HRV", "ITA", "POL", "ROU", "TUR", "XMN"),
    CONDITION: ("AUS", "CAN", "ESP", "PRT", "SWE"),
    HESITANT: ("FIN", "IRL"),
}

FORCES = {"Iraq, 2004 to 2007": (11, 123), "ISAF, July 2006 to 2012": (3, 280), "KFOR, 1999 to 2009": (1, 340)}
"""Departures before the time, and nation-years."""

IRAQ = (36, 31, 29, 27, 25)
"""Nations beside the United States, 2004 to 2008."""


@pytest.fixture(scope="module")
def given_scenario() -> Scenario:
    return read_scenario("reassurance")


@pytest.fixture(scope="module")
def scenario(given_scenario: Scenario) -> Scenario:
    return derive(given_scenario)


@pytest.fixture(scope="module")
def backed(given_scenario: Scenario) -> Scenario:
    """The scenario with the backstop asked for."""
    return derive(with_backstop(given_scenario))


@pytest.fixture(scope="module")
def page() -> str:
    return " ".join(PAGE.read_text(encoding="utf-8").split())


def with_backstop(scenario: Scenario) -> Scenario:
    return scenario.model_copy(update={"settings": scenario.settings.model_copy(update={"backstop": "counts"})})


def said(policies: tuple[Policy, ...], offer: Offer, domain: str, column: str) -> float | None:
    """What the most specific policy says outside any phase: a unit type before a nation before a domain."""
    fitting = [
        row for row in policies
        if getattr(row, column) is not None and row.phase is None and row.nation in (None, offer.nation)
        and row.unit_type in (None, offer.unit_type) and row.domain in (None, domain)
    ]  # fmt: skip
    rank = [(row.unit_type is not None, row.nation is not None, row.domain is not None) for row in fitting]
    return getattr(fitting[rank.index(max(rank))], column) if fitting else None


# -------------------------------------------------------------------------------------------- would they come, would they stay

def test_the_probability_of_an_offer_is_that_of_what_its_nation_has_said(scenario: Scenario):
    by_nation = {nation: probability for probability, nations in STANCES.items() for nation in nations}
    for offer in scenario.offers:
        assert offer.probability == by_nation.get(offer.nation, UNSPECIFIED), offer.offer


def test_who_sends_none_inside_is_put_down_as_helping_from_outside(given_scenario: Scenario):
    """The caveat and the stance say the same: whatever nation of the coalition bars all of Ukraine to its land units."""
    barred = {
        row.nation for row in given_scenario.terms
        if row.excluded_locations == ("UKR",) and row.nation not in (None, "JPN", "USA", "XMN")
    }  # fmt: skip
    assert barred == set(STANCES[OUTSIDE]) - {"XMN"}


def test_every_probability_is_an_assumption_of_low_confidence(given_scenario: Scenario):
    rows = [row for row in given_scenario.terms if row.probability is not None]
    assert len(rows) > 20
    assert {(row.status, row.confidence, row.term.split(",")[0]) for row in rows} == {("assumption", "low", "chance")}


def test_the_page_says_how_many_units_would_come(scenario: Scenario, page: str):
    units = sum(offer.quantity for offer in scenario.offers)
    come = math.fsum(offer.quantity * (offer.probability or 0) for offer in scenario.offers)
    told = f"Of {units} units in the pool's offers, {come:.0f} would come on average, {100 * come / units:.0f} in a hundred"
    assert told in page


def test_the_rate_of_withdrawal_is_that_of_two_forces_in_danger(given_scenario: Scenario, page: str):
    """36 - 25 nations in 36 + 31 + 29 + 27 nation-years; (36 + 50) / 2 nations for six and a half years."""
    iraq, isaf, _ = FORCES.values()
    assert iraq == (IRAQ[0] - IRAQ[-1], sum(IRAQ[:-1]))
    assert isaf[1] == pytest.approx((36 + 50) / 2 * 6.5, abs=1)
    rate = (iraq[0] + isaf[0]) / (iraq[1] + isaf[1])
    (taken,) = {row.withdrawal_probability for row in given_scenario.nations if row.kind == "state"}
    assert taken == pytest.approx(rate, abs=0.0005)
    for name, (departures, years) in FORCES.items():
        assert f"| {name} | {departures} | {years} | {departures / years:.3f} |" in page
    assert f"| {iraq[0] + isaf[0]} | {iraq[1] + isaf[1]} | {rate:.3f} |" in page
    assert 1 - (1 - rate) ** 5 == pytest.approx(1 / 6, abs=0.01)


def test_units_that_nations_own_together_do_not_leave_as_one(given_scenario: Scenario):
    assert [row.nation for row in given_scenario.nations if row.withdrawal_probability is None] == ["XMN"]


# ---------------------------------------------------------------------------------------------- cycles, policies, phases, calls

def test_every_unit_has_a_cycle_and_is_ready_before_its_dwell_is_over(scenario: Scenario):
    shares = Counter[str]()
    for step in scenario.cycles:
        shares[step.cycle] += step.share or 0  # type: ignore[assignment]
        assert step.state != "reset" or step.may_deploy == "no", step
    assert {row.cycle for row in scenario.policies if row.cycle} == set(shares)
    assert all(share < 1 for share in shares.values())
    domains = {row.domain for row in scenario.policies if row.cycle}
    assert domains == {row.domain for row in scenario.unit_types}


def test_no_promise_is_bent_before_it_is_made_and_no_tour_is_shortened(backed: Scenario):
    """For every offer the least dwell is no longer than the one promised, and the longest tour a quarter longer than usual."""
    for offer in backed.offers:
        domain, terms = backed.unit_type_by_name[offer.unit_type].domain, readiness(backed, offer)
        least, most = (said(backed.policies, offer, domain, name) for name in ("least_dwell_ratio", "most_tour_days"))
        assert least is not None
        assert least * terms.tour_days <= terms.dwell_days + 0.5, offer.offer
        assert most == pytest.approx(terms.tour_days * 15 / 12), offer.offer


def test_the_british_army_keeps_what_it_came_down_to(scenario: Scenario):
    """Fifteen months at home for six away."""
    offer = scenario.offer_by_name["GBR-light_battlegroup"]
    assert said(scenario.policies, offer, "land", "least_dwell_ratio") == 15 / 6


def test_whoever_may_be_late_or_out_of_action_is_so_for_some_days(given_scenario: Scenario):
    for row in given_scenario.policies:
        assert (row.late_probability is None) == (row.late_days is None), row
        assert (row.outages_per_year is None) == (row.outage_days is None), row


def test_phases_follow_one_another_and_policies_name_them(given_scenario: Scenario):
    phases = given_scenario.phases
    assert [row.from_day for row in phases] == [0, *(row.until_day for row in phases[:-1])]
    assert phases[-1].until_day is None
    assert {row.phase for row in given_scenario.policies if row.phase} <= {row.phase for row in phases}
    assert phases[0].until_day == 180 > max(row.from_day for row in given_scenario.tasks)


@pytest.mark.parametrize(("option", "rate"), [("small", 2), ("medium", 4), ("large", 6.5)])
def test_every_option_has_calls_upon_a_reserve_that_could_answer(scenario: Scenario, option: str, rate: float):
    calls = [call for call in scenario.calls if option in call.option]
    assert sum(call.per_year for call in calls) == rate
    lines = list(lines_of_option(scenario, option))
    for call in calls:
        reserve = [line for line in lines if {line.line, line.mandate} & set(call.reserve)]
        assert sum(line.quantity for line in reserve) >= call.quantity, call.call
        assert min(line.from_day for line in reserve) <= call.from_day
        assert {line.task for line in reserve} == {"reserve"}
        assert "UKR" in places_of(scenario, call.location)


# ------------------------------------------------------------------------------------------------------------------ the backstop

def test_the_backstop_is_left_out_until_it_is_asked_for(given_scenario: Scenario, scenario: Scenario):
    (backstop,) = [row.nation for row in given_scenario.nations if row.role == "backstop"]
    assert backstop == "USA"
    assert given_scenario.settings.backstop == "left_out"
    assert not [offer for offer in scenario.offers if offer.nation == backstop]
    assert [entry for entry in scenario.pool if entry.nation == backstop], "so that it can be counted in later"


def test_what_the_backstop_offers_is_what_the_page_says(backed: Scenario, scenario: Scenario, page: str):
    offers = {offer.unit_type: offer.quantity for offer in backed.offers if offer.nation == "USA"}
    for words, unit_type, noun in (
        ("reconnaissance aircraft", "isr_aircraft_detachment", "detachment"), ("tankers", "tanker_detachment", "detachment"),
        ("tactical airlift", "tactical_transport_detachment", "detachment"), ("fighters", "fighter_detachment", "detachment"),
        ("long-range air defence", "long_range_sam_battery", "battery"), ("signals", "signals_battalion", "battalion"),
    ):  # fmt: skip
        quantity = offers.pop(unit_type)
        assert f"| {words} | {quantity} {noun}{'s' if quantity > 1 else ''} |" in page
    assert offers == {}
    assert [offer for offer in backed.offers if offer.nation != "USA"] == list(scenario.offers)


def test_the_backstop_sends_nothing_into_ukraine(backed: Scenario):
    offers = [offer for offer in backed.offers if offer.nation == "USA"]
    assert all("UKR" in offer.excluded_locations for offer in offers)


def missing(plan: Plan, capability: str) -> float:
    """Unit-days missing on the lines of a capability."""
    return sum(row["unit_days"] for row in plan.gaps.iter_rows(named=True) if row["capability"] == capability)


@pytest.mark.slow
def test_the_backstop_sees_more_and_defends_no_more(given_scenario: Scenario, page: str):
    """What the page says of the small force with the backstop and without."""
    scenarios = (given_scenario, with_backstop(given_scenario))
    without, with_it = (make_plan(each, PlanOptions(option="small")) for each in scenarios)
    days = 1825
    assert "85 % empty without, is 56 % empty with it" in page
    shares = [missing(plan, "isr_aircraft") / (2 * days) for plan in (without, with_it)]
    assert shares == [pytest.approx(0.85, abs=0.005), pytest.approx(0.56, abs=0.005)]
    for capability in ("long_range_air_defence", "medium_range_air_defence"):
        assert missing(without, capability) == missing(with_it, capability) > 0


# ------------------------------------------------------------------------------------------------------------- cases and claims

def test_every_case_names_a_reason_and_each_kind_of_change_is_tried(given_scenario: Scenario):
    kinds = {case.kind for case in given_scenario.cases}
    assert kinds == {
        "nation_withdraws", "offer_late", "offer_gone", "requirement_grows", "backstop_comes", "dwell_relaxed", "tours_extended",
        "link_closes",
    }  # fmt: skip
    steps: dict[str, list[int]] = {}
    for case in given_scenario.cases:
        steps.setdefault(case.case, []).append(case.step)
        assert re.match(r"Assumption: |Derived: .*\[", case.source or ""), case
        assert case.step > 1 or case.title, case
    assert all(each == list(range(1, len(each) + 1)) for each in steps.values())


def test_what_a_case_strikes_is_there(scenario: Scenario):
    offered = {offer.nation for offer in scenario.offers}
    types = {offer.unit_type for offer in scenario.offers}
    links = {link.link for link in scenario.links}
    for case in scenario.cases:
        assert set(case.nations) <= offered, case
        assert set(case.unit_types) <= types, case
        assert set(case.links) <= links, case


def test_every_claim_says_who_and_where_it_was_read(given_scenario: Scenario, page: str):
    assert f"`claims.csv` has {len(given_scenario.claims)} figures" in page
    for claim in given_scenario.claims:
        assert re.search(r"\[[a-z0-9-]+\]", claim.source or ""), claim
        assert claim.confidence
        assert claim.high is None or claim.high > claim.low, claim
        assert (claim.force is not None) == (claim.measure == "people_in_all"), claim


def test_claims_of_a_whole_are_a_multiple_of_the_force_that_could_be_meant(given_scenario: Scenario):
    """Between two and a half turns and four."""
    multiples = [claim.low / claim.force for claim in given_scenario.claims if claim.force]
    assert sorted(multiples) == [2.5, 3.0, 4.0]


def test_rules_of_thumb_are_what_tour_and_dwell_make_of_them(given_scenario: Scenario):
    claims = {claim.claim: claim.low for claim in given_scenario.claims if claim.measure == "pool_multiple"}
    counted = pytest.approx(49 / 17, abs=0.005)
    assert claims == {"webb-three": 3, "uk-five": (6 + 24) / 6, "germany-six": (4 + 20) / 4, "us-2007": counted}
