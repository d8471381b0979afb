"""Offers derived from a pool, held against figures worked out by hand."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contingent.errors import BadScenario
from contingent.io import read_scenario
from contingent.model.rows import Commitment, Nation, Offer, PoolEntry, Release, Term, UnitType, Yield
from contingent.model.rules import fair_weights
from contingent.model.scenario import Scenario, Settings
from contingent.pool import derive_offers

NATIONS = (Nation(nation="AAA", name="Arden"), Nation(nation="BBB", name="Bohun"))
TYPES = (
    UnitType(unit_type="battlegroup", name="Battlegroup", domain="land", echelon="battlegroup", personnel=800),
    UnitType(unit_type="headquarters", name="Headquarters", domain="joint", echelon="headquarters", personnel=250),
    UnitType(unit_type="fighter_detachment", name="Fighters", domain="air", echelon="detachment", personnel=110),
)
BRIGADE_GIVES_THREE = Yield(formation_type="brigade", unit_type="battlegroup", quantity=3, confidence="medium")
HALF = Release(release="general", share=0.5, confidence="medium")


def brigade(entry: str = "AAA-1", nation: str = "AAA", **more: Any) -> PoolEntry:
    return PoolEntry(entry=entry, nation=nation, name=entry, formation_type="brigade", domain="land", **more)


def scenario(**tables: Any) -> Scenario:
    settings = Settings(title="Test", start_date=date(2030, 1, 1), horizon_days=360)
    usual: dict[str, Any] = {"nations": NATIONS, "unit_types": TYPES, "yields": (BRIGADE_GIVES_THREE,), "releases": (HALF,)}
    return Scenario(settings=settings, **(usual | tables))


def quantities(given_scenario: Scenario) -> dict[str, int]:
    return {offer.offer: offer.quantity for offer in derive_offers(given_scenario).offers}


def test_two_brigades_of_three_battlegroups_released_by_half_give_three():
    pool = (brigade("AAA-1"), brigade("AAA-2"))
    assert quantities(scenario(pool=pool)) == {"AAA-battlegroup": 3}


def test_an_entry_may_stand_for_several_formations():
    assert quantities(scenario(pool=(brigade(quantity=4),))) == {"AAA-battlegroup": 6}


def test_each_nation_has_its_own_offer_in_the_order_of_nations():
    pool = (brigade("BBB-1", "BBB", quantity=2), brigade("AAA-1", "AAA", quantity=4))
    assert list(quantities(scenario(pool=pool)).items()) == [("AAA-battlegroup", 6), ("BBB-battlegroup", 3)]


def test_a_yield_by_platform_counts_aircraft():
    """Forty aircraft at a tenth of a detachment each are four detachments; half of them two."""
    wing = PoolEntry(entry="AAA-9", nation="AAA", name="Wing", formation_type="wing", domain="air", platforms=20, quantity=2)
    tenth = Yield(formation_type="wing", unit_type="fighter_detachment", quantity=0.1, per="platform")
    assert quantities(scenario(pool=(wing,), yields=(tenth,))) == {"AAA-fighter_detachment": 2}


def test_a_yield_by_platform_of_an_entry_without_platforms_is_nothing():
    wing = PoolEntry(entry="AAA-9", nation="AAA", name="Wing", formation_type="wing", domain="air")
    tenth = Yield(formation_type="wing", unit_type="fighter_detachment", quantity=1, per="platform")
    assert quantities(scenario(pool=(wing,), yields=(tenth,))) == {}


def test_what_is_committed_for_good_is_not_released():
    """Four brigades, half of them committed: two brigades, six battlegroups, three released."""
    assert quantities(scenario(pool=(brigade(quantity=4, committed=0.5),))) == {"AAA-battlegroup": 3}


@pytest.mark.parametrize(
    ("people_elsewhere", "battlegroups"),
    [
        (0, 6),     # 4 brigades x 3 x 0.5 = 6 battlegroups of 800: 4,800 people released
        (1200, 5),  # a quarter is away: 6 x 0.75 = 4.5, halves up
        (2400, 3),  # half is away
        (4800, 0),  # all are away
        (9000, 0),  # more than all: nothing, not less than nothing
    ])
def test_people_elsewhere_are_taken_from_the_released_units(people_elsewhere: int, battlegroups: int):
    away = (Commitment(commitment="1", nation="AAA", place="Elsewhere", personnel=people_elsewhere),)
    found = quantities(scenario(pool=(brigade(quantity=4),), commitments=away))
    assert found == ({"AAA-battlegroup": battlegroups} if battlegroups else {})


def test_people_elsewhere_touch_their_own_nation_and_domain_only():
    """Bohun's land forces are all away; its headquarters is joint, and Arden is Arden."""
    pool = (brigade("AAA-1", "AAA", quantity=2), brigade("BBB-1", "BBB", quantity=2))
    yields = (BRIGADE_GIVES_THREE, Yield(formation_type="brigade", unit_type="headquarters", quantity=1))
    away = (Commitment(commitment="1", nation="BBB", place="Elsewhere", personnel=5000),)
    found = quantities(scenario(pool=pool, yields=yields, commitments=away))
    assert found == {"AAA-battlegroup": 3, "AAA-headquarters": 1, "BBB-headquarters": 1}


@pytest.mark.parametrize(("share", "headquarters"), [(0.49, 0), (0.5, 1), (1.0, 1)])
def test_a_single_unit_is_offered_from_half_a_share(share: float, headquarters: int):
    yields = (Yield(formation_type="brigade", unit_type="headquarters", quantity=1),)
    releases = (Release(release="general", share=share),)
    found = quantities(scenario(pool=(brigade(),), yields=yields, releases=releases))
    assert found == ({"AAA-headquarters": headquarters} if headquarters else {})


def test_nothing_is_released_where_no_row_says_so():
    other = (Release(release="other", nation="BBB", share=1),)
    assert quantities(scenario(pool=(brigade(),), releases=other)) == {}


FROM_MOST_SPECIFIC = (
    Release(release="nation and type", nation="AAA", unit_type="battlegroup", share=0.6),
    Release(release="type", unit_type="battlegroup", share=0.5),
    Release(release="nation and domain", nation="AAA", domain="land", share=0.4),
    Release(release="nation", nation="AAA", share=0.3),
    Release(release="domain", domain="land", share=0.2),
    Release(release="general", share=0.1),
)


@pytest.mark.parametrize("first", range(6))
@pytest.mark.parametrize("backwards", [False, True])
def test_the_most_specific_release_holds_wherever_it_stands(first: int, *, backwards: bool):
    """Of ten battlegroups the shares 0.6, 0.5 ... 0.1 release six, five ... one, as rows are taken away from the front."""
    rows = FROM_MOST_SPECIFIC[first:]
    ten = (Yield(formation_type="brigade", unit_type="battlegroup", quantity=10),)
    found = quantities(scenario(pool=(brigade(),), yields=ten, releases=rows[::-1] if backwards else rows))
    assert found == {"AAA-battlegroup": 6 - first}


def test_a_release_for_others_is_passed_over():
    rows = (Release(release="theirs", nation="BBB", domain="land", share=1), Release(release="air", domain="air", share=1), HALF)
    assert quantities(scenario(pool=(brigade(quantity=2),), releases=rows)) == {"AAA-battlegroup": 3}


def test_of_two_equally_specific_rows_the_later_holds():
    rows = (Release(release="first", nation="AAA", share=0.2), Release(release="second", nation="AAA", share=1))
    assert quantities(scenario(pool=(brigade(),), releases=rows)) == {"AAA-battlegroup": 3}


def only_offer(given_scenario: Scenario) -> Offer:
    (offer,) = derive_offers(given_scenario).offers
    return offer


def test_terms_are_looked_up_column_by_column():
    """The general row's notice stands although the nation's own row, which is silent on notice, sets tour and dwell."""
    terms = (
        Term(term="Arden", nation="AAA", tour_days=120, dwell_ratio=5),
        Term(term="general", notice_days=30, tour_days=180, handover_days=15, probability=0.9),
        Term(term="Bohun", nation="BBB", notice_days=1),
    )
    offer = only_offer(scenario(pool=(brigade(),), terms=terms))
    assert (offer.notice_days, offer.tour_days, offer.dwell_ratio, offer.handover_days) == (30, 120, 5, 15)
    assert offer.probability == 0.9


def test_a_term_of_nought_is_a_term():
    terms = (Term(term="general", notice_days=30), Term(term="Arden", nation="AAA", notice_days=0, dwell_ratio=0))
    offer = only_offer(scenario(pool=(brigade(),), terms=terms))
    assert (offer.notice_days, offer.dwell_ratio) == (0, 0)


def test_without_terms_the_scenario_defaults_are_left_to_hold():
    offer = only_offer(scenario(pool=(brigade(),)))
    assert (offer.tour_days, offer.dwell_ratio, offer.handover_days, offer.until_day) == (None, None, None, None)


def test_caveats_of_all_rows_add_up():
    terms = (
        Term(term="general", excluded_tasks=("patrol",)),
        Term(term="Arden", nation="AAA", excluded_locations=("South", "North")),
        Term(term="Arden, land", nation="AAA", domain="land", excluded_locations=("North",), excluded_tasks=("reserve",)),
        Term(term="Arden, air", nation="AAA", domain="air", excluded_locations=("East",)),
    )
    offer = only_offer(scenario(pool=(brigade(),), terms=terms))
    assert offer.excluded_locations == ("North", "South")
    assert offer.excluded_tasks == ("patrol", "reserve")


def test_what_a_nation_has_said_goes_before_what_is_derived():
    said = Offer(offer="AAA-battlegroup", nation="AAA", unit_type="battlegroup", quantity=1)
    own = Offer(offer="Arden's own", nation="AAA", unit_type="headquarters", quantity=2)
    before = scenario(pool=(brigade(quantity=4), brigade("BBB-1", "BBB", quantity=2)), offers=(said, own))
    after = derive_offers(before)
    assert after.offers[:2] == (said, own)
    assert [offer.offer for offer in after.offers[2:]] == ["BBB-battlegroup"]


def test_deriving_twice_changes_nothing():
    once = derive_offers(scenario(pool=(brigade(quantity=4),)))
    assert derive_offers(once) == once


def test_deriving_leaves_the_given_scenario_as_it_was():
    before = scenario(pool=(brigade(quantity=4),))
    derive_offers(before)
    assert before.offers == ()


def test_a_scenario_without_a_pool_is_returned_as_it_is():
    before = scenario(offers=(Offer(offer="1", nation="AAA", unit_type="battlegroup", quantity=1),))
    assert derive_offers(before) == before


@pytest.mark.parametrize(
    ("entries", "rule", "release", "expected"),
    [
        (("high", "high"), "high", "high", "high"),
        (("high", "low"), "high", "high", "low"),
        (("high", "high"), "medium", "high", "medium"),
        (("high", None), None, "low", "low"),
        ((None, None), None, None, None),
    ])
def test_confidence_is_the_lowest_that_the_quantity_rests_on(entries: Any, rule: Any, release: Any, expected: Any):
    pool = tuple(brigade(f"AAA-{index}", confidence=confidence) for index, confidence in enumerate(entries))
    yields = (Yield(formation_type="brigade", unit_type="battlegroup", quantity=3, confidence=rule),)
    releases = (Release(release="general", share=0.5, confidence=release),)
    assert only_offer(scenario(pool=pool, yields=yields, releases=releases)).confidence == expected


def test_the_source_says_how_the_quantity_came_about():
    pool = tuple(brigade(f"AAA-{index}") for index in range(1, 5))
    away = (Commitment(commitment="1", nation="AAA", place="Elsewhere", personnel=1200),)
    source = only_offer(scenario(pool=pool, commitments=away)).source
    assert source == (
        "Derived from the pool: AAA-1, AAA-2, AAA-3 and 1 more give 12; share 0.5 (release general); 1200 people elsewhere of"
        " 4800 released in the domain leave 75%; 4.5 rounded to 5.")


def test_home_is_that_of_the_entry_that_gives_most():
    pool = (brigade("AAA-1", home="Small"), brigade("AAA-2", home="Large", quantity=3), brigade("AAA-3"))
    assert only_offer(scenario(pool=pool)).home == "Large"


@given(
    brigades=st.integers(1, 40), shares=st.tuples(st.floats(0, 1), st.floats(0, 1)), away=st.integers(0, 50_000))
def test_releasing_more_never_offers_less(brigades: int, shares: tuple[float, float], away: int):
    def offered(share: float) -> int:
        rows = scenario(
            pool=(brigade(quantity=brigades),), releases=(Release(release="general", share=share),),
            commitments=(Commitment(commitment="1", nation="AAA", place="Elsewhere", personnel=away),))
        return quantities(rows).get("AAA-battlegroup", 0)

    less, more = (offered(share) for share in sorted(shares))
    assert 0 <= less <= more <= 3 * brigades


@pytest.mark.parametrize(
    ("tables", "place", "says"),
    [
        (
            {"yields": (BRIGADE_GIVES_THREE.model_copy(update={"quantity": 1e12}),)},
            "yields.csv, quantity",
            "500,000,000,000 units of 'AAA-battlegroup' would be offered; at most 100,000 are taken.",
        ),
        (
            {"terms": (Term(term="general", handover_days=50), Term(term="short", nation="AAA", tour_days=40))},
            "terms.csv, handover_days",
            "'AAA-battlegroup' would have a handover of 50 days in a tour of 40: no unit would ever be relieved.",
        ),
        (
            {"nations": (Nation(nation="A" * 195, name="Arden"),), "pool": (brigade(nation="A" * 195),)},
            "unit_types.csv, unit_type",
            "is 207 characters long; at most 200 are taken.",
        ),
    ],
    ids=["too many", "no relief", "too long a name"],
)
def test_tables_that_are_right_alone_and_wrong_together_are_findings(tables, place, says):
    with pytest.raises(BadScenario) as caught:
        derive_offers(scenario(**({"pool": (brigade(),)} | tables)))
    (finding,) = caught.value.findings
    assert finding.where == place
    assert says in finding.what


def test_an_offer_that_a_nation_has_made_takes_the_place_of_one_that_could_not_be_derived():
    too_many = BRIGADE_GIVES_THREE.model_copy(update={"quantity": 1e12})
    said = Offer(offer="AAA-battlegroup", nation="AAA", unit_type="battlegroup", quantity=2)
    assert quantities(scenario(pool=(brigade(),), yields=(too_many,), offers=(said,))) == {"AAA-battlegroup": 2}


def test_a_backstop_that_is_left_out_offers_nothing_and_bears_nothing_but_is_still_named() -> None:
    given = read_scenario("reassurance")
    assert given.settings.backstop == "left_out"
    without = derive_offers(given)
    counted = derive_offers(given.model_copy(update={"settings": given.settings.model_copy(update={"backstop": "counts"})}))
    assert "USA" not in {offer.nation for offer in without.offers}
    assert "USA" in {offer.nation for offer in counted.offers}
    assert [offer for offer in counted.offers if offer.nation != "USA"] == list(without.offers)
    own = next(offer.offer for offer in counted.offers if offer.nation == "USA")
    pinned = given.model_copy(update={"pins": (*given.pins, given.pins[0].model_copy(update={"offer": own}))})
    assert own not in {offer.offer for offer in given.offers}  # it comes from the pool
    assert derive_offers(pinned).pins == given.pins
    assert fair_weights(without)["USA"] == 0.0
    assert "USA" not in {nation.nation for nation in without.contributors}
    assert "USA" in {nation.nation for nation in without.nations}
