"""Questions and their points: what each changes, what follows from neighbours, and the same answer whatever the engine."""

from pathlib import Path

import pytest
from tests.ceiling import one_type

from contingent.ceiling import CeilingOptions, find_ceiling
from contingent.ceiling.answer import bounded_by_neighbours
from contingent.ceiling.questions import NoBackstop, backstop_of, changed, nations_in_order, strength
from contingent.errors import UnknownName
from contingent.io.scenario_reader import read_scenario
from contingent.pipeline import derive

FULL = {1: 1.0}


def held(scenario, question: str, fill=FULL) -> dict[str, float]:
    found = find_ceiling(scenario, CeilingOptions(questions=(question,), fill=fill))
    return {row["label"]: row["held"] for row in found.ceilings.iter_rows(named=True) if row["question"] == question}


def test_dwell_follows_the_rotation_base():
    """Twelve units: 6, 4, 3, 2 and 2 posts at 1:1 to 1:5."""
    assert list(held(one_type.scenario(units=12), "dwell").values()) == pytest.approx([6, 4, 3, 2, 2], rel=2e-2)


def test_years_make_no_difference_to_a_steady_state():
    ten = held(one_type.scenario(units=6), "years")
    assert list(ten) == ["1 year", *(f"{years} years" for years in range(2, 11))]
    assert list(ten.values())[1:] == pytest.approx([2.0] * 9, rel=2e-2)


def test_nations_join_largest_first():
    scenario = one_type.scenario(units=3, nations=3)
    larger = scenario.offers[1].model_copy(update={"quantity": 6})
    scenario = scenario.model_copy(update={"offers": (scenario.offers[0], larger, scenario.offers[2])})
    assert nations_in_order(scenario, None) == ["N2", "N1", "N3"]
    assert held(scenario, "nations") == pytest.approx({"1 nation": 2.0, "2 nations": 3.0, "all 3": 4.0}, rel=2e-2)


def test_release_scales_the_pool():
    found = held(one_type.scenario(units=12), "release")
    assert found == pytest.approx({"25 %": 1.0, "50 %": 2.0, "75 %": 3.0, "100 %": 4.0, "150 %": 6.0, "200 %": 8.0}, rel=2e-2)


def test_all_at_once_is_the_whole_pool():
    assert held(one_type.scenario(units=12), "surge") == pytest.approx({"all at once": 12.0}, rel=2e-2)


def test_less_to_be_filled_holds_more():
    found = held(one_type.scenario(units=12, horizon_days=810), "fill", {1: 0.8})
    assert list(found) == ["95 %", "90 %", "85 %", "80 %", "75 %", "70 %", "60 %", "50 %"]
    assert sorted(found.values()) == list(found.values())
    assert found["80 %"] == pytest.approx(5.0, rel=3e-2)
    assert found["50 %"] == pytest.approx(8.0, rel=3e-2)


def test_a_backstop_is_asked_about_where_there_is_one():
    scenario = one_type.scenario(units=3, nations=2)
    with pytest.raises(NoBackstop):
        held(scenario, "backstop")
    backstop = scenario.nations[1].model_copy(update={"role": "backstop"})
    scenario = scenario.model_copy(update={"nations": (scenario.nations[0], backstop)})
    by_hand = pytest.approx({"without the backstop": 1.0, "with the backstop": 2.0}, rel=2e-2)
    assert held(scenario, "backstop") == by_hand
    left_out = scenario.settings.model_copy(update={"backstop": "left_out"})
    assert held(scenario.model_copy(update={"settings": left_out}), "backstop") == by_hand


def test_the_backstop_of_the_reference_scenario_brings_its_forces():
    given = read_scenario("reassurance")
    derived, backstop = derive(given), backstop_of(given)
    assert backstop.pool
    assert not any(offer.nation == "USA" for offer in derived.offers)
    comes = changed(derived, "small", {"backstop": "counts"}, backstop)
    assert any(offer.nation == "USA" for offer in comes.offers)
    assert {offer.offer for offer in derived.offers} < {offer.offer for offer in comes.offers}


def test_a_row_says_whom_it_counts_what_binds_and_whether_it_is_proven():
    row = find_ceiling(one_type.scenario(units=6), CeilingOptions(questions=("base",), fill=FULL)).base
    assert row is not None
    assert (row["binds"], row["binds_name"], row["status"]) == ("bg", "Battlegroup", "optimal")
    assert row["people_held"] == pytest.approx(200, rel=2e-2)
    assert row["held"] < row["bound"]


def test_what_follows_from_neighbours():
    rows = [
        {"question": "dwell", "label": "1:1", "held": 1.0, "bound": 2.0},
        {"question": "dwell", "label": "1:2", "held": 1.2, "bound": 2.5},
        {"question": "years", "label": "1 year", "held": 1.0, "bound": 2.0},
        {"question": "years", "label": "2 years", "held": 1.5, "bound": None},
    ]
    found = [(row["held"], row["bound"]) for row in bounded_by_neighbours(rows)]
    assert found == [(1.2, 2.0), (1.2, 2.0), (1.0, 2.0), (1.5, None)]
    with pytest.raises(AssertionError, match="above its bound"):
        bounded_by_neighbours([{"question": "base", "label": "as it stands", "held": 2.0, "bound": 1.0}])


def test_the_requirement_and_its_strength_stay_the_same_whatever_is_changed():
    scenario = derive(read_scenario("reassurance"))
    whole = strength(scenario, "small")
    for change in ({"release": 0.5}, {"dwell_ratio": 4}, {"horizon_days": 730}, {"nations": ["FRA"]}, {"backstop": "counts"}):
        other = changed(scenario, "small", change)
        assert other.requirements == scenario.requirements
        assert strength(other, "small") == whole
    again = changed(scenario, "small", {"release": 1.0})
    assert [(row.offer, row.quantity) for row in again.offers] == [(row.offer, row.quantity) for row in scenario.offers]
    fewer, more = (
        {row.offer: row.quantity for row in changed(scenario, "small", {"release": factor}).offers} for factor in (0.5, 2.0)
    )
    assert all(fewer.get(row.offer, 0) <= row.quantity <= more[row.offer] for row in scenario.offers)


def test_headquarters_that_relieve_their_own_people_keep_doing_so():
    scenario = derive(read_scenario("reassurance"))
    ratios = {row.unit_type: row.dwell_ratio for row in changed(scenario, "small", {"dwell_ratio": 3}).offers}
    assert ratios["air_headquarters"] == 0
    assert ratios["infantry_battlegroup" if "infantry_battlegroup" in ratios else "corps_headquarters"] == 3


def test_strength_is_that_of_the_mandate():
    from contingent.pipeline import size

    scenario = derive(read_scenario("reassurance"))
    for option in ("small", "medium"):
        assert strength(scenario, option) == size(scenario).people(option)["force"]


def test_the_engine_makes_no_difference(tmp_path: Path):
    scenario = one_type.scenario(units=5, nations=2)
    options = {"questions": ("dwell", "nations"), "fill": {1: 0.9}}
    here = find_ceiling(scenario, CeilingOptions(**options))
    elsewhere = find_ceiling(scenario, CeilingOptions(**options, engine="processes:2", journal=tmp_path / "journal"))
    assert here.ceilings.equals(elsewhere.ceilings)
    again = find_ceiling(scenario, CeilingOptions(**options, journal=tmp_path / "journal"))
    assert again.ceilings.equals(here.ceilings)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"questions": ("dwells",)}, ValueError, "no question"),
        ({"questions": ()}, ValueError, "no question was asked"),
        ({"gap": 0.0}, ValueError, "gap is 0.0"),
        ({"fill": {1: 1.5}}, ValueError, "fill is 1.5"),
        ({"fill": {7: 0.5}}, UnknownName, "Priorities of this option: 1"),
        ({"option": "large"}, UnknownName, "has none"),
        ({"engine": "moon"}, ValueError, "no engine"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(options, error, words):
    with pytest.raises(error, match=words):
        find_ceiling(one_type.scenario(), CeilingOptions(**options))
