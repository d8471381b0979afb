"""Past missions beside what was sent, on two missions whose numbers a pencil can follow."""

import pytest
from tests.sizing.small_mandates import factor, mandate, task

from contingent.errors import BadScenario
from contingent.model.rows import OptionRow
from contingent.sizing import backcast

MISSIONS = (
    OptionRow(option="LINE", title="A line", published_strength=1500, source="A book.", confidence="high"),
    OptionRow(option="TOWN", title="A town", published_strength=3000),
)
TASKS = (
    task("sector_security", "LINE hold", option=("LINE",), line_km=100.0),
    task("population_security", "TOWN calm", option=("TOWN",), population=500_000.0, area_km2=200.0),
)
FACTORS = (factor("frontage_km", 40), factor("security_per_1000", 6))


def rows(*, plan=None):
    return {row["mission"]: row for row in backcast(mandate(TASKS, FACTORS, options=MISSIONS), plan).iter_rows(named=True)}


def test_missions_are_counted_before_rounding():
    """100 / 40 = 2.5 battlegroups of 600 = 1,500 people, as sent; 500,000 at 6 in 1,000 = 3,000."""
    found = rows()
    assert {name: (row["sent"], row["sized"], row["ratio"]) for name, row in found.items()} == {
        "LINE": (1500, 1500, 1.0),
        "TOWN": (3000, 3000, 1.0),
    }
    assert (found["LINE"]["line_km"], found["LINE"]["sent_per_km"], found["LINE"]["sized_per_km"]) == (100.0, 15.0, 15.0)
    assert (found["TOWN"]["population"], found["TOWN"]["sent_per_1000"], found["TOWN"]["sized_per_1000"]) == (500_000.0, 6.0, 6.0)
    assert (found["LINE"]["sent_per_1000"], found["TOWN"]["sent_per_km"]) == (None, None)
    assert (found["LINE"]["source"], found["LINE"]["confidence"]) == ("A book.", "high")


def test_the_plan_is_the_last_row_and_its_factors_are_those_of_history_too():
    """The plan holds 120 km at 20 km a battlegroup: 6 of 600 = 3,600. By its factor the first mission asks for 5: 3,000."""
    plan = mandate((task("sector_security", line_km=120.0),), (factor("frontage_km", 20),))
    found = rows(plan=plan)
    assert list(found) == ["LINE", "TOWN", "this plan"]
    assert (found["LINE"]["sized"], found["LINE"]["ratio"], found["TOWN"]["sized"]) == (3000, 2.0, 3000)
    assert (found["this plan"]["sent"], found["this plan"]["sized"], found["this plan"]["sized_per_km"]) == (None, 3600, 30.0)


def test_a_mission_that_cannot_be_sized_is_said():
    with pytest.raises(BadScenario) as bad:
        backcast(mandate(TASKS, FACTORS[:1], options=MISSIONS))
    assert ["'security_per_1000'" in finding.what for finding in bad.value.findings] == [True]
