"""What moves the total most: each planning factor at its low and at its high value, the whole option sized anew."""

from collections.abc import Mapping
from typing import Literal

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.mandate import Factor
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame
from contingent.sizing.option import Places, people_by_component, size_option


def sensitivity(scenario: Scenario, option: str | None) -> pl.DataFrame:
    """Return the frame ``sensitivity`` of an option: people asked for with each factor at its low and high value, widest first.

    One factor is varied at a time; a factor that several tasks read is varied for all of them together. Only factors that
    the option reads and that have a low or a high value are varied.

    Raises
    ------
    BadScenario
        With everything at once that keeps the option from being sized, as it stands or with a factor at one of its ends.
    """
    if not scenario.tasks:
        return frame("sensitivity", [])
    places = Places(scenario)
    given = size_option(scenario, option, places=places, with_reach=False)
    used: dict[tuple[str, str], Factor] = {(row.factor, row.scope): row for line in given.lines for row in line.read}
    people = people_by_component(scenario, given)["force"]
    findings = list(given.findings)

    def total(row: Factor, end: Literal["low", "high"]) -> int:
        value: float | None = getattr(row, end)
        if value is None or value == row.value:
            return people
        changed = size_option(scenario, option, overrides={(row.factor, row.scope): value}, places=places, with_reach=False)
        findings.extend(_at_an_end(finding, row, end) for finding in changed.findings if finding not in given.findings)
        return people_by_component(scenario, changed)["force"]

    rows = [
        {
            "factor": row.factor, "scope": row.scope, "unit": row.unit, "value": row.value,
            "low": row.value if row.low is None else row.low, "high": row.value if row.high is None else row.high,
            "people_low": total(row, "low"), "people": people, "people_high": total(row, "high"),
            "status": row.status, "source": row.source,
        }
        for row in used.values() if row.low is not None or row.high is not None
    ]  # fmt: skip
    if findings:
        raise BadScenario(scenario.settings.title, dict.fromkeys(findings))
    widest = sorted(rows, key=lambda row: (-_width(row), str(row["factor"]), str(row["scope"])))
    return frame("sensitivity", widest)


def _at_an_end(finding: Finding, row: Factor, end: str) -> Finding:
    """The finding as one of the factor's low or high value, which is what has to be mended."""
    what = f"{end} of '{row.factor}' (scope {row.scope}) is {getattr(row, end):g}, and with it {finding.what}"
    return Finding("factors.csv", what, column=end, maybe="choose a value with which every task can still be sized")


def _width(row: Mapping[str, object]) -> int:
    ends = [int(str(row[name])) for name in ("people_low", "people", "people_high")]
    return max(ends) - min(ends)
