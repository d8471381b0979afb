"""What follows from movements, by hand."""

import polars as pl

from contingent.deployment.frames import closure, first_occupation
from contingent.model.rows import Requirement
from contingent.model.scenario import Scenario
from contingent.plan.columns import empty_frame

TOURS = pl.DataFrame(
    {
        "line": ["A", "A", "A", "B", "B"], "unit": ["one", "two", "three", "four", "five"],
        "from_day": [0, 10, 95, 0, 60], "serves_until_day": [90, 95, 180, 90, 150],
    }
)  # fmt: skip
"""On A the third relieves the first; on B the fifth opens a second place before anybody is relieved."""


def moved(*rows: tuple[str, str, int, int | None]) -> pl.DataFrame:
    """Parts on their way out: line, unit, day required, day of arrival."""
    columns = {"line": pl.String, "unit": pl.String, "required_day": pl.Int64, "arrives_day": pl.Int64}
    return pl.DataFrame(list(rows), schema=columns, orient="row").with_columns(direction=pl.lit("out"))


def lines() -> Scenario:
    given = [Requirement(line=name, capability="move", quantity=2, priority=1) for name in ("A", "B")]
    return Scenario.model_construct(requirements=tuple(given))


def test_the_first_occupation_is_who_opens_a_place_before_the_first_relief():
    assert first_occupation(TOURS) == [True, True, False, True, True]


def test_a_line_is_complete_when_its_last_part_is_there_and_not_before_it_is_due():
    of_a = [("A", "one", 0, 2), ("A", "one", 0, 5), ("A", "two", 10, 9), ("A", "three", 95, 300)]
    told = closure(lines(), TOURS, moved(*of_a, ("B", "four", 0, 1), ("B", "five", 60, 64)), None)
    rows = told.select("line", "required_day", "planned_units", "closure_day", "late_days", "late_units")
    assert rows.rows() == [("A", 10, 2, 10, 0, 1), ("B", 60, 2, 64, 4, 2)]


def test_a_part_that_never_comes_leaves_its_line_open():
    parts = moved(("A", "one", 0, 2), ("A", "two", 10, None), ("B", "four", 0, 0), ("B", "five", 60, 60))
    rows = closure(lines(), TOURS, parts, None).select("line", "closure_day", "late_days")
    assert rows.rows() == [("A", None, None), ("B", 60, 0)]


def test_lines_of_which_a_part_is_due_after_what_was_moved_are_left_out():
    parts = moved(("A", "one", 0, 2), ("A", "two", 10, 12), ("B", "four", 0, 1))
    assert closure(lines(), TOURS, parts, None)["line"].to_list() == ["A"]


def test_nothing_moved_closes_nothing():
    assert closure(lines(), TOURS, moved(), None).equals(empty_frame("closure"))
