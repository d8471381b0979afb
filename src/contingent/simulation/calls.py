"""Which calls an option has, and from which lines they are answered."""

from collections.abc import Sequence

from contingent.model.chance import Call
from contingent.model.rows import Requirement
from contingent.model.rules import lines_of_option
from contingent.model.scenario import Scenario


def reserve_of(call: Call, lines: Sequence[Requirement]) -> tuple[str, ...]:
    """Return the lines from whose units a call is answered, in order, each once.

    A name is a line's serial; else a task of the mandate, and stands for all lines that were sized from it or serve it.
    """
    found: dict[str, None] = {}
    serials = {row.line for row in lines}
    for name in call.reserve:
        if name in serials:
            found[name] = None
        else:
            found.update(dict.fromkeys(row.line for row in lines if name in (row.mandate, row.task)))
    return tuple(found)


def calls_of(scenario: Scenario, option: str | None) -> tuple[Call, ...]:
    """Return the calls of an option that may come and have a line to be answered from."""
    lines = lines_of_option(scenario, option)
    return tuple(
        row for row in scenario.calls
        if row.per_year > 0 and (option is None or not row.option or option in row.option) and reserve_of(row, lines)
    )  # fmt: skip
