"""A plain force: closed forms by hand, by a roster counted day by day, and against published figures."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contingent.ceiling import Component, published_studies, read_force, sustainable
from contingent.ceiling.plain_force import rotation_base
from contingent.errors import BadScenario


def test_the_published_cases_by_hand():
    """(6 + 24) / 6 = 5; (4 + 20) / 4 = 6; with 45 of 270 days shared at 1:2, 36 keep ten."""
    assert rotation_base(Component(component="uk", units=1, tour_days=180, dwell_ratio=4)) == 5
    assert rotation_base(Component(component="de", units=1, tour_days=120, dwell_ratio=5)) == 6
    marathon = Component(component="a", units=36, tour_days=270, dwell_ratio=2, handover_days=45, deployed=10)
    row = sustainable([marathon]).row(0, named=True)
    assert (row["sustained"], row["needed"], row["years_held"]) == (10, 36, None)


@given(st.integers(1, 40), st.integers(2, 30), st.integers(0, 90), st.data())
def test_a_staggered_roster_keeps_so_many_and_no_roster_keeps_more(units, tour, dwell, data):
    """Tours begun at even distances, counted day by day over a cycle; unit-days forbid one more."""
    handover = data.draw(st.integers(0, tour - 1))
    row = Component(component="a", units=units, tour_days=tour, dwell_ratio=dwell / tour, handover_days=handover)
    sustained = sustainable([row]).row(0, named=True)["sustained"]
    cycle, serving = tour + math.ceil(round(dwell / tour * tour, 6)), tour - handover
    moments = np.arange(cycle * units)  # parts of a day, so that starts at even distances are whole
    on_task = sum(((moments - unit * cycle) % (cycle * units) < serving * units).astype(int) for unit in range(units))
    assert sustained == on_task.min()
    assert (sustained + 1) * cycle > units * serving


def test_a_surge_lasts_a_tour_and_what_is_beyond_the_base_a_while():
    half = Component(component="a", units=12, people=1000, tour_days=180, share_deployable=0.5, deployed=4)
    row = sustainable([half]).row(0, named=True)
    assert (row["sustained"], row["surge"], row["surge_days"], row["people_surge"]) == (2, 6, 180, 6000)
    assert row["years_held"] == pytest.approx(6 / 4 * 180 / 365)
    assert row["needed"] == 24


def test_components_add_up():
    force = [Component(component="a", units=6, people=10), Component(component="b", units=3, people=100)]
    total = sustainable(force).row(2, named=True)
    assert (total["component"], total["sustained"], total["people_sustained"]) == ("all", 3, 120)
    mixed = sustainable([force[0], force[1].model_copy(update={"unit": "ship"})]).row(2, named=True)
    assert (mixed["sustained"], mixed["people_sustained"]) == (None, 120)


def test_published_figures_are_met_or_it_is_said_why_not():
    frame = published_studies()
    rows = {row["study"]: row for row in frame.iter_rows(named=True)}
    for study in ("helsinki", "uk-interval", "uk-2010", "de-4-20", "us-third", "times-2025", "nato-usability", "navy-third"):
        assert rows[study]["difference"] == 0.0, study
    assert rows["us-2008"]["ours"] == 16
    assert rows["gady-2024"]["ours"] == 120_000
    assert rows["eda-2010"]["difference"] == pytest.approx(-0.0556, abs=1e-3)
    assert all(row["why"] and row["source"] and row["confidence"] for row in rows.values())
    assert all(row["why"].count(" ") > 3 for row in rows.values() if row["difference"])


def test_the_validation_table_of_the_manual_is_that_of_the_package():
    page = (Path(__file__).parents[2] / "docs" / "ceiling.md").read_text()
    for row in published_studies().iter_rows(named=True):
        assert row["title"] in page, row["study"]
        assert row["why"] in page, row["study"]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "force.csv"
    path.write_text(text)
    return path


def test_a_force_is_read_with_its_defaults(tmp_path: Path):
    (row,) = read_force(write(tmp_path, "component;units;dwell_ratio\narmy;12;1,5\n"))
    assert (row.units, row.dwell_ratio, row.tour_days, row.unit) == (12, 1.5, 180, "brigade")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not even a header"),
        ("component,units\n", "no row"),
        ("component,unit\na,b\n", "units"),
        ("component,units\na,many\n", "line 2, units"),
        ("component,units,tour_days,handover_days\na,3,30,30\n", "no unit would ever be relieved"),
        ("component,units\na,3\na,4\n", "stands on line 2 already"),
        ("component,units,share_deployable\na,3,1.5\n", "share_deployable"),
        ("component,units,=cmd\na,3,x\n", "is not a column"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_force_is_found(tmp_path: Path, text: str, words: str):
    with pytest.raises(BadScenario) as bad:
        read_force(write(tmp_path, text))
    assert any(words in str(finding) for finding in bad.value.findings), bad.value.findings


def test_a_force_that_is_not_there_is_a_finding(tmp_path: Path):
    with pytest.raises(BadScenario, match="1 problem"):
        read_force(tmp_path / "nosuch.csv")
