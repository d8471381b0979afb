r"""A plain force without a scenario: so many units of each component, their tour, dwell and handover, and what they sustain.

For a component of N units of which a share d can be sent, a tour of T days of which the last H are shared with the relief, and a
dwell of D days:

.. math::
    base &= \frac{T + D}{T - H} \\
    sustained &= \lfloor d N / base \rfloor \qquad surge = \lfloor d N \rfloor

Whole units: with their tours begun at even distances, d N units cover every moment at least that often, and no roster covers
every moment more often, since they serve d N (T - H) days of each T + D. What is asked for beyond `sustained` lasts until the
first unit would have to go again, d N / asked tours of T - H days.
"""

import math
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from contingent.errors import BadScenario
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import grid_of_text, read_csv_grid
from contingent.io.table_rows import Table, read_table
from contingent.model.chance import DwellRatio
from contingent.model.columns import Amount, Confidence, Count, Day, Days, Name, Row, Share, Status, Text, column
from contingent.quantities import dwell_days

ROUNDING = 1e-9
DAYS_A_YEAR = 365.0

SUSTAINED_COLUMNS: dict[str, Any] = {
    "component": pl.String, "unit": pl.String, "units": pl.Float64, "rotation_base": pl.Float64, "sustained": pl.Int64,
    "sustained_exact": pl.Float64, "surge": pl.Int64, "surge_days": pl.Int64, "people_sustained": pl.Float64,
    "people_surge": pl.Float64, "asked": pl.Float64, "needed": pl.Int64, "years_held": pl.Float64,
}  # fmt: skip
"""Columns of what a plain force sustains.

rotation_base     units that keep one on task without end. [-]
sustained         whole units on task at every moment, and the same before it is rounded down. [units]
surge             units that could be there at once, and for how many days before they must be relieved. [units], [days]
asked, needed     units to be kept on task, where that is given, and the whole units that this takes. [units]
years_held        how long what is asked for lasts before a unit goes too soon; blank = without end, or nothing asked. [years]
"""

STUDY_COLUMNS: dict[str, Any] = {
    "study": pl.String, "title": pl.String, "measure": pl.String, "theirs_low": pl.Float64, "theirs_high": pl.Float64,
    "ours": pl.Float64, "difference": pl.Float64, "why": pl.String, "source": pl.String, "status": pl.String,
    "confidence": pl.String,
}  # fmt: skip
"""Columns of published figures beside the same from their own inputs; ``difference`` is of theirs, 0 within their range. [-]"""


class Component(Row):
    """Like units of a force, and how they rotate."""

    table: ClassVar[str] = "force"
    key: ClassVar[tuple[str, ...]] = ("component",)
    about: ClassVar[str] = "A plain force: so many units of each component, their tour, dwell and handover."

    component: Name = column("The component's own name: a nation, an army, a kind of brigade.")
    units: Amount = column("Units that there are.", unit="units")
    unit: Name = column("What a unit is.", default="brigade")
    people: Count | None = column(
        "Strength of one unit, with what supports it on task; blank = not counted.", unit="people", default=None)
    tour_days: Days = column("Days deployed.", unit="days", default=180)
    dwell_ratio: DwellRatio = column("Days at home for each day away.", unit="-", default=2.0)
    handover_days: Day = column("Last days of a tour that the relieving unit shares.", unit="days", default=0)
    share_deployable: Share = column("Share of the units that can be sent at all.", unit="-", default=1.0)
    deployed: Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)] | None = column(
        "Units that are to be kept on task; blank = as many as can be.", unit="units", default=None)
    status: Status = column("sourced, derived or assumption.", default="assumption")
    source: Text | None = column("Where the row comes from.", default=None)
    confidence: Confidence | None = column("How far the row can be trusted.", default=None)


class Study(Component):
    """A published figure with the inputs that it was made from."""

    table: ClassVar[str] = "studies"
    about: ClassVar[str] = "Published steady-state figures, each with its own inputs."

    title: Text = column("What was published, in our words.")
    measure: Annotated[str, Field(pattern="^(sustained|people_sustained|needed|rotation_base)$")] = column(
        "Column of the answer that was published.")
    low: Amount = column("The published figure, or its lower end.")
    high: Amount | None = column("Its upper end; blank = the same.", default=None)
    why: Text = column("What the comparison says.")


def read_force(place: str | Path) -> tuple[Component, ...]:
    """Return the components of a plain force from a CSV file.

    Raises
    ------
    BadScenario
        With every finding, if a cell cannot be read, a handover is not shorter than its tour, or there is no row.
    """
    path = Path(place).expanduser()
    sheet, findings = Sheet("force", path.name), Collected()
    grid = read_csv_grid(path, sheet, findings, columns=columns_of(Component))
    table = Table() if grid is None else read_table(grid, Component, findings, start_date=None)
    for placed in table.rows:
        row = placed.row
        assert isinstance(row, Component)
        if row.handover_days >= row.tour_days:
            what = f"{row.handover_days} is not less than tour_days ({row.tour_days}): no unit would ever be relieved."
            findings.add("handover", sheet, what, line=placed.line, column="handover_days", maybe="swap the two columns")
    if grid is not None and not table.rows and not findings.error_count:
        findings.add("no_rows", sheet, "has a header and no row.", maybe="write a row for each component of the force")
    if findings.error_count:
        raise BadScenario(str(place), findings.in_order())
    return tuple(placed.row for placed in table.rows if isinstance(placed.row, Component))


def rotation_base(row: Component) -> float:
    """Return the units that keep one of them on task without end. [-]

    Raises
    ------
    ValueError
        If the handover is not shorter than the tour: no unit would ever be relieved.

    Examples
    --------
    >>> rotation_base(Component(component="army", units=58, tour_days=270, dwell_ratio=2, handover_days=45))
    3.6
    """
    if row.handover_days >= row.tour_days:
        raise ValueError(f"handover of {row.handover_days} days in a tour of {row.tour_days}: no unit would ever be relieved.")
    return (row.tour_days + dwell_days(row.tour_days, row.dwell_ratio)) / (row.tour_days - row.handover_days)


def sustainable(force: Sequence[Component]) -> pl.DataFrame:
    """Return what each component of a plain force sustains, and all together (columns: `SUSTAINED_COLUMNS`).

    Parameters
    ----------
    force : sequence of Component
        From `read_force`.

    Examples
    --------
    A pool of 180,000 of whom a third is deployed at any time:

    >>> sustainable([Component(component="pool", units=180_000, unit="person", people=1)])["people_sustained"].to_list()
    [60000.0]
    """
    rows = [_sustained(row) for row in force]
    if len(rows) > 1:
        summed = ("sustained", "surge", "people_sustained", "people_surge")
        alike = len({row["unit"] for row in rows}) == 1
        total = {
            name: sum(row[name] for row in rows)
            for name in summed
            if all(row[name] is not None for row in rows) and (alike or name.startswith("people"))
        }
        rows.append({"component": "all", "unit": rows[0]["unit"] if alike else None} | total)
    return pl.DataFrame(rows, schema=SUSTAINED_COLUMNS, orient="row")


def _sustained(row: Component) -> dict[str, Any]:
    base, deployable = rotation_base(row), row.units * row.share_deployable
    exact = deployable / base
    sustained, surge = math.floor(exact + ROUNDING), math.floor(deployable + ROUNDING)
    serving = row.tour_days - row.handover_days
    held = None
    if row.deployed is not None and row.deployed > exact + ROUNDING:
        held = deployable / row.deployed * serving / DAYS_A_YEAR
    return {
        "component": row.component, "unit": row.unit, "units": row.units, "rotation_base": base, "sustained": sustained,
        "sustained_exact": exact, "surge": surge, "surge_days": row.tour_days,
        "people_sustained": None if row.people is None else float(sustained * row.people),
        "people_surge": None if row.people is None else float(surge * row.people), "asked": row.deployed,
        "needed": None if row.deployed is None or row.share_deployable == 0
        else math.ceil(row.deployed * base / row.share_deployable - ROUNDING),
        "years_held": held,
    }  # fmt: skip


def published_studies() -> pl.DataFrame:
    """Return published figures beside the same computed here from their own inputs (columns: `STUDY_COLUMNS`)."""
    text = files("contingent.ceiling").joinpath("studies.csv").read_text(encoding="utf-8")
    sheet, findings = Sheet("studies", "studies.csv"), Collected()
    grid = grid_of_text(text, sheet, findings, columns=columns_of(Study))
    table = Table() if grid is None else read_table(grid, Study, findings, start_date=None)
    if findings.error_count:
        raise BadScenario("studies.csv", findings.in_order())
    return pl.DataFrame([_compared(row) for row in _studies(table)], schema=STUDY_COLUMNS, orient="row")


def _studies(table: Table) -> list[Study]:
    return [placed.row for placed in table.rows if isinstance(placed.row, Study)]


def _compared(row: Study) -> dict[str, Any]:
    ours = float(_sustained(row)[row.measure])
    high = row.low if row.high is None else row.high
    nearest = min(max(ours, row.low), high)
    return {
        "study": row.component, "title": row.title, "measure": row.measure, "theirs_low": row.low, "theirs_high": high,
        "ours": ours, "difference": (ours - nearest) / nearest if nearest else 0.0, "why": row.why, "source": row.source,
        "status": row.status, "confidence": row.confidence,
    }  # fmt: skip
