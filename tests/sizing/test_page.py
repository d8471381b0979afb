"""The manual's page on sizing: every method and every factor that a method reads stands on it, and nothing that none reads."""

import re
from pathlib import Path
from typing import get_args

import pytest
from tests.sizing.small_mandates import sized, task, typed_line, used_up

from contingent.errors import BadScenario
from contingent.io import read_scenario
from contingent.model.ground import Sector
from contingent.model.mandate import Method
from contingent.model.rows import Location

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "sizing.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### (\w+)\n(.*?)(?=^##)", PAGE, flags=re.MULTILINE | re.DOTALL))

GROUND = {"line_km": 100, "area_km2": 50_000, "population": 1_000_000, "capability": "infantry_battlegroup"}


def factors_read(method: str) -> set[str]:
    """Names of the factors that a method misses where there are none at all, with an amount and without."""
    tables = {
        "sectors": (Sector(sector="S", location="Base"),),
        "locations": (Location(location="Base", kind="base", latitude=0, longitude=30),),
        "requirements": (typed_line("R1", "infantry_battlegroup", 9, location="Base"), typed_line("R2", "air_superiority", 1)),
        "consumption": (used_up("all", 20),),
    }
    found: set[str] = set()
    for amount in (None, 3.0):
        columns = GROUND if method not in ("isr", "logistics") else {"line_km": 100}
        with pytest.raises(BadScenario) as bad:
            sized(task(method, sector="S", amount=amount, **columns), {}, **tables)
        found |= {name for finding in bad.value.findings for name in re.findall(r"reads the factor '(\w+)'", finding.what)}
    return found


def test_every_method_has_its_section_in_the_order_in_which_it_is_worked_out():
    assert list(SECTIONS) == list(get_args(Method))


@pytest.mark.parametrize("method", [method for method in get_args(Method) if method != "stated"])
def test_a_method_names_every_factor_that_it_reads_and_no_other(method):
    known = {row.factor for row in read_scenario("doctrine").factors}
    named = set(re.findall(r"`(\w+)`", SECTIONS[method]))
    assert factors_read(method) <= named
    assert named & known == factors_read(method)


@pytest.mark.parametrize("method", get_args(Method))
def test_a_method_has_an_example(method):
    assert "*Example.*" in SECTIONS[method]
