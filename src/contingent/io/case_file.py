"""A file of cases by itself, for what-ifs that stand in no scenario."""

from pathlib import Path

from contingent.errors import BadScenario
from contingent.findings import errors_only
from contingent.io.check_cases import cases_say_enough
from contingent.io.collected import Collected, Sheet
from contingent.io.columns import columns_of
from contingent.io.csv_grid import read_csv_grid
from contingent.io.table_rows import read_table
from contingent.io.toml_grid import CASES, read_toml_grid
from contingent.model.chance import Case


def read_cases(path: str | Path) -> tuple[Case, ...]:
    """Read cases from a TOML or CSV file, as cases.toml and cases.csv have them.

    Raises
    ------
    BadScenario
        With every finding at once, where any of them is an error.
    """
    place, findings = Path(path).expanduser(), Collected()
    sheet = Sheet("cases", place.name)
    columns = columns_of(Case)
    if place.suffix.lower() == ".csv":
        grid = read_csv_grid(place, sheet, findings, columns=columns)
    else:
        grid = read_toml_grid(place, sheet, findings, columns=columns, table=CASES)
    rows: tuple[Case, ...] = ()
    if grid is not None:
        table = read_table(grid, Case, findings, start_date=None)
        cases_say_enough(table.rows, findings)
        rows = tuple(placed.row for placed in table.rows if isinstance(placed.row, Case))
    told = findings.in_order()
    if errors_only(told):
        raise BadScenario(str(path), told)
    return rows
