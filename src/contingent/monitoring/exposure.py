"""How long monitors watched, from a file: `exposure.csv` with the columns of `EXPOSURE_COLUMNS`.

A wrong row of exposure bends every rate of its day, so that nothing is set aside here: the file is read whole or not at all.
"""

from collections.abc import Collection
from pathlib import Path

import polars as pl

from contingent.errors import BadIncidents
from contingent.findings import Finding, nearest_name
from contingent.monitoring.columns import EXPOSURE_COLUMNS
from contingent.monitoring.readers.cells import LINE, Table, Unreadable, read_cells
from contingent.monitoring.readers.values import Values

HOURS_A_DAY = 24.0
NEEDED = ("date", "observed_h")
MOST_FINDINGS = 50
"""Findings of one file that are told; how many more there are is said. [-]"""


def read_exposure(path: Path, *, sectors: Collection[str] = ()) -> pl.DataFrame:
    """Read how long was watched, by sector and day.

    Parameters
    ----------
    path : Path
        CSV or Parquet: ``date`` and ``observed_h``; ``sector`` (blank = all), ``monitors`` and ``weather`` may be left out.
    sectors : collection of str, optional
        Sectors that are known; none = any name will do.

    Returns
    -------
    polars.DataFrame
        `EXPOSURE_COLUMNS`, by date and sector.

    Raises
    ------
    BadIncidents
        With every finding at once: a column that is missing, a cell that cannot be read, a sector that is not there, the same
        sector and day twice.
    """
    try:
        table = read_cells(path, known=EXPOSURE_COLUMNS)
        missing = [name for name in NEEDED if name not in table.cells.columns]
        if missing:
            raise BadIncidents(str(path), [_missing(path, name, table) for name in missing])
        values = Values(path.name, table, zone="UTC", slash=None)
        frame = pl.DataFrame({
            "line": table.cells[LINE], "sector": values.text("sector"),
            "date": values.time(values.text("date")).time.cast(pl.Date),
            "observed_h": values.number("observed_h", least=0.0, most=HOURS_A_DAY),
            "monitors": values.number("monitors", least=0.0),
            "weather": values.number("weather", least=0.0, most=1.0),
        })  # fmt: skip
    except Unreadable as problem:
        raise BadIncidents(str(path), [problem.finding]) from problem
    blank = frame["observed_h"].is_null() & values.text("observed_h").is_null()
    values.reject(blank, values.text("observed_h"), "is blank: write 0 where nothing was observed")
    findings = [
        Finding(path.name, f"{_shown(row['value'])}{row['reason']}.", row["line"], row["column"])
        for row in values.set_aside().iter_rows(named=True)
    ]
    findings += _strange(path, frame, sectors) + _twice(path, frame)
    if findings:
        findings.sort(key=lambda finding: finding.line or 0)
        raise BadIncidents(str(path), _at_most(path, findings))
    return frame.select(list(EXPOSURE_COLUMNS)).sort("date", "sector", nulls_last=True)


def _shown(value: str | None) -> str:
    return "" if value is None else f"'{value}' "


def _missing(path: Path, name: str, table: Table) -> Finding:
    nearest = nearest_name(name, [column for column in table.cells.columns if column != LINE])
    return Finding(path.name, f"there is no column {name}, without which hours watched are not known.", None, name, nearest)


def _strange(path: Path, frame: pl.DataFrame, sectors: Collection[str]) -> list[Finding]:
    if not sectors:
        return []
    known = list(sectors)
    strange = frame.filter(pl.col("sector").is_not_null() & ~pl.col("sector").is_in(known))
    return [
        Finding(path.name, f"'{row['sector']}' is not a sector of this scenario.", row["line"], "sector",
                nearest_name(row["sector"], known))
        for row in strange.iter_rows(named=True)
    ]  # fmt: skip


def _twice(path: Path, frame: pl.DataFrame) -> list[Finding]:
    again = frame.drop_nulls("date").filter(~pl.struct("sector", "date").is_first_distinct())
    return [
        Finding(path.name, f"{row['sector'] or 'all sectors'} on {row['date']} stands there twice.", row["line"], "date")
        for row in again.iter_rows(named=True)
    ]


def _at_most(path: Path, findings: list[Finding]) -> list[Finding]:
    more = len(findings) - MOST_FINDINGS
    if more <= 0:
        return findings
    return [*findings[:MOST_FINDINGS], Finding(path.name, f"and {more:,} more of the kind.")]
