"""Which calls an option has, and from which lines they are answered."""

from collections.abc import Iterator, Sequence

from contingent.findings import Finding, nearest_name
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


def faults_of_calls(scenario: Scenario) -> Iterator[Finding]:
    """Yield what keeps a call from being answered, once lines are sized.

    A name that is neither a line nor a task is an error; a call of which an option has no line is a warning.
    """
    lines = scenario.requirements
    known = dict.fromkeys(name for row in lines for name in (row.line, row.mandate, row.task) if name is not None)
    for call in scenario.calls:
        unknown = [name for name in call.reserve if name not in known]
        for name in unknown:
            what = f"'{name}', from which '{call.call}' is to be answered, is neither a line nor a task of this scenario."
            yield Finding(
                "calls.csv", what,
                column="reserve", nearest=nearest_name(name, known),
                maybe="look at the serials of all lines: contingent show SCENARIO --table requirements",
            )  # fmt: skip
        for option in scenario.option_names:
            asked = (not call.option or option in call.option) and call.per_year > 0
            if asked and not unknown and not reserve_of(call, lines_of_option(scenario, option)):
                what = f"option '{option}' has no line from which '{call.call}' could be answered: there it never comes."
                maybe = "name the options that have the reserve"
                yield Finding("calls.csv", what, column="option", maybe=maybe, severity="warning")
