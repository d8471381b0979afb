"""What supply takes, beside what was sized: by hand, and that the sum comes to rest."""

import math

import pytest
from tests.sustainment.instances import by_road, cell, everybody, scenario, tours

from contingent.model.mandate import Factor
from contingent.model.rows import Capability, Requirement, UnitType
from contingent.sustainment import sustain

FACTORS = {
    "truck_km_per_day": 100.0, "trucks_per_company": 2.0, "truck_payload_t": 1.0, "truck_availability": 0.5,
    "tonnes_per_battalion_day": 0.5, "supply_distance_km": 250.0,
}  # fmt: skip


def with_logistics(people: int = 10, sized: int = 1, **factors: float):
    """The small chain with units of ten people that carry and hand out; one of each is asked for."""
    kinds = tuple(
        UnitType(unit_type=name, name=name, domain="land", echelon="company", personnel=people) for name in ("carriers", "stores")
    )
    base = by_road()
    changes = {
        "unit_types": (*base.unit_types, *kinds),
        "capabilities": (*base.capabilities, Capability(capability="transport", unit_type="carriers", effectiveness=1),
                         Capability(capability="logistics", unit_type="stores", effectiveness=1)),
        "requirements": (*base.requirements, Requirement(line="T", capability="transport", quantity=sized, location="Hub"),
                         Requirement(line="S", capability="logistics", quantity=sized, location="Hub")),
        "factors": tuple(
            Factor(factor=name, value=value, unit="-", meaning=name) for name, value in (FACTORS | factors).items()),
    }  # fmt: skip
    return base.model_copy(update=changes)


def test_companies_and_battalions_by_hand():
    """0.4 t a day come to Depot and 0.2 t to Post, each over 100 km: 0.6 x 2 x 100 / 100 / 1 t lifted = 1.2 companies.

    0.6 t a day pass Hub, which alone fills up others: 0.6 / 0.5 = 1.2 battalions. That is one more of each than was sized; those
    two use up 2 x 0.04 t: 1.36 companies and battalions, still two.
    """
    found = sustain(with_logistics(), everybody(), None)
    totals = found.logistics.filter(location="all places")
    for measure in ("transport companies", "logistics battalions"):
        assert totals.filter(measure=measure)["needed"].to_list() == pytest.approx([1.2, 1.36], abs=1e-3)
        assert totals.filter(measure=measure)["pass"].to_list() == [1, 2]
    assert [(line.capability, line.quantity, line.location) for line in found.lines] == [
        ("transport", 1, "Hub"), ("logistics", 1, "Hub")]  # fmt: skip
    assert "With 2 more units the sum stays the same after 2 passes." in found.sentences


def test_tonnes_are_held_against_those_of_sizing_by_place():
    """The lines ask for a company and two units of ten people: 0.4 t at Depot, 0.08 t at Hub."""
    table = sustain(with_logistics(), everybody(), None).logistics.filter(measure="tonnes a day")
    assert {row["location"]: (row["sized"], round(row["needed"], 6)) for row in table.to_dicts()} == {
        "Depot": (0.4, 0.4), "Hub": (0.08, 0.0), "Post": (0.0, 0.2), "all places": (0.48, 0.6)}  # fmt: skip
    assert cell(table, "status", location="all places") == "more is needed"


def test_enough_is_enough():
    found = sustain(with_logistics(sized=5), everybody(), None)
    assert found.lines == ()
    assert found.logistics.filter(location="all places", measure="logistics battalions")["pass"].to_list() == [1]


def test_a_sum_that_does_not_come_to_rest_says_so():
    """Stores of a thousand people eat 4 t a day and hand out half a tonne."""
    found = sustain(with_logistics(people=1000), everybody(), None)
    assert found.logistics["pass"].max() == 3
    assert any("still grows" in sentence for sentence in found.sentences)


def test_ships_are_counted_apart():
    found = sustain(with_logistics(), tours(("frigate", "Depot", 200, 0, 28), ("company", "Depot", 100, 0, 28)), None)
    assert cell(found.logistics, "needed", measure="tonnes a day", location="all places") == pytest.approx(0.4)
    assert cell(found.logistics, "needed", measure="tonnes a day of ships") == pytest.approx(0.8)


def test_storage_is_the_largest_target():
    found = sustain(scenario(), everybody(), None)
    assert cell(found.logistics, "needed", measure="storage", location="Hub") == 18.0
    assert cell(found.logistics, "needed", measure="storage", location="Depot") == 6.0


def test_without_hauliers_every_tonne_kilometre_is_theirs():
    """0.6 t a day over 100 km to Hub and as far to Depot, 0.2 t to Post: 140 t km, there and back, 100 km a day, 1 t."""
    found = sustain(with_logistics(), everybody(), None)
    assert cell(found.logistics, "needed", measure="transport companies for all roads") == pytest.approx(2.8, abs=0.01)
    assert math.isclose(cell(found.logistics, "needed", measure="way by road", location="Post"), 100)
