"""The Ukraine Support Tracker's workbook into a scenario folder, and a scenario's ledger out as such a workbook.

`import_tracker` reads the workbook as it is downloaded, puts to each row the type of equipment that the scenario knows by the
same name, tries the scenario with the new ledger, and only then writes. `export_tracker` writes back, and says what has no place
there.
"""

import logging
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from contingent.aid.support_tracker import TrackerRows, read_tracker, write_tracker
from contingent.errors import BadScenario, BadTracker
from contingent.findings import Finding, errors_only, nearest_name
from contingent.io.atomic import CannotWrite, write_file, write_folder
from contingent.io.cell_text import unwritable_cells
from contingent.io.places import SETTINGS_FILE, bundled_scenarios
from contingent.io.scenario_reader import read_and_check
from contingent.io.scenario_text import write_table
from contingent.model.aid import Delivery, Equipment, Pledge
from contingent.model.scenario import Scenario

log = logging.getLogger(__name__)

PLEDGES, DELIVERIES = "pledges.csv", "deliveries.csv"
READ_KINDS = frozenset({".csv", ".toml", ".geojson"})
"""Endings of the files that a scenario is read from."""
MOST_FAMILIES = 12
"""Families that one sentence names. [families]"""


@dataclass(frozen=True, slots=True)
class ImportedAid:
    """What was taken over from a workbook.

    Parameters
    ----------
    pledges, deliveries : tuple
        Rows as they were written.
    typed : int
        Pledges whose type of equipment the scenario knows. [pledges]
    as_of : date or None
        Day by which deliveries had come; None where the workbook has no rows.
    findings : tuple of Finding
        Warnings: cells and rows that were left out, families that nothing needs, pledges that lie below.
    written : tuple of Path
        Files that were written.
    """

    pledges: tuple[Pledge, ...]
    deliveries: tuple[Delivery, ...]
    typed: int
    as_of: date | None
    findings: tuple[Finding, ...]
    written: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class ExportedAid:
    """What was written to a workbook, and what has no place in one.

    Parameters
    ----------
    path : Path
        The workbook.
    rows : int
        Pledges written. [pledges]
    left_out : int
        Totals of others, and pledges that do not count. [pledges]
    unpledged : int
        Deliveries that no written pledge stands for. [deliveries]
    """

    path: Path
    rows: int
    left_out: int
    unpledged: int


def import_tracker(
    workbook: str | Path, folder: str | Path, *, as_of: date | None = None, overwrite: bool = False
) -> ImportedAid:
    """Write the pledges and deliveries of the tracker's workbook into the folder of a scenario.

    Parameters
    ----------
    workbook : str or Path
        The workbook as it is downloaded.
    folder : str or Path
        Folder of a scenario. Its `pledges.csv` and `deliveries.csv` are written, nothing else is touched.
    as_of : date, optional
        State of the release: what it says is delivered had come by then. Left out = the last day that the workbook knows of.
    overwrite : bool
        Whether a ledger that is there is replaced.

    Raises
    ------
    BadTracker
        If the workbook cannot be read, or holds no pledge.
    BadScenario
        If the scenario cannot be read, or could not be with this ledger.
    CannotWrite
        If the folder is none, holds a ledger already, or cannot be written.

    Examples
    --------
    >>> import_tracker("nowhere.xlsx", "my-force")
    Traceback (most recent call last):
    contingent.io.atomic.CannotWrite: my-force is not the folder of a scenario. Maybe make one with `contingent new my-force`.
    """
    target = Path(folder).expanduser()
    _refuse(target, overwrite=overwrite)
    scenario, told = read_and_check(target)
    if scenario is None:
        raise BadScenario(str(folder), told)
    book = Path(workbook).expanduser()
    read, day = _read(book, as_of)
    pledges = with_known_types(read.pledges, scenario.equipment)
    odd = [*unwritable_cells(Pledge.table, pledges), *unwritable_cells(Delivery.table, read.deliveries)]
    if odd:
        raise CannotWrite(f"{book.name} holds what no file can carry. {odd[0]}")
    whole = _tried(target, pledges, read.deliveries, place=str(folder))
    typed = sum(row.equipment is not None for row in pledges)
    findings = (*read.findings, *_families_unknown(pledges, scenario), *_below(whole, pledges))
    write_folder(target, lambda draft: _write(draft, pledges, read.deliveries), overwrite=True, stale=(DELIVERIES,))
    written = (target / PLEDGES, *((target / DELIVERIES,) if read.deliveries else ()))
    return ImportedAid(pledges, read.deliveries, typed, day, findings, written)


def export_tracker(scenario: Scenario, path: str | Path, *, overwrite: bool = False) -> ExportedAid:
    """Write a scenario's pledges and deliveries as a workbook of the tracker's form.

    Parameters
    ----------
    scenario : Scenario
        With pledges.
    path : str or Path
        Workbook to write; its name ends in ``.xlsx``. The same ledger gives the same bytes.
    overwrite : bool
        Whether a file that is there is replaced.

    Raises
    ------
    CannotWrite
        If there is no pledge to write, or the file cannot be written.
    """
    target = Path(path).expanduser()
    if target.suffix.lower() != ".xlsx":
        raise CannotWrite(f"{target}: the tracker's form is a workbook. Maybe write '{target.with_suffix('.xlsx')}'.")
    kept = {row.pledge for row in scenario.pledges if row.counted == "yes" and row.kind != "aggregate"}
    if not kept:
        raise CannotWrite(f"{scenario.settings.title} has no pledge that counts, so there is nothing to export.")
    write_file(target, lambda draft: write_tracker(scenario.pledges, scenario.deliveries, draft), overwrite=overwrite)
    unpledged = sum(row.pledge not in kept for row in scenario.deliveries)
    return ExportedAid(target, len(kept), len(scenario.pledges) - len(kept), unpledged)


def with_known_types(pledges: Iterable[Pledge], equipment: Iterable[Equipment]) -> tuple[Pledge, ...]:
    """Return pledges with the type that the scenario knows by their item or family; the family is then that of the type.

    Only the very name counts, with signs and capitals left aside: what is nearly alike may be another thing.

    Examples
    --------
    >>> tank = Equipment(equipment="leopard_1", name="Leopard 1", family="tank")
    >>> row = Pledge(pledge="P", donor="DEU", item="LEOPARD-1", family="heavy_weapon", announced=date(2025, 4, 11))
    >>> [(found.equipment, found.family) for found in with_known_types([row], [tank])]
    [('leopard_1', None)]
    """
    named: dict[str, str] = {}
    for kind in equipment:
        for name in (kind.name, kind.equipment):
            named.setdefault(_bare(name), kind.equipment)
    named.pop("", None)
    found = []
    for row in pledges:
        known = named.get(_bare(row.item)) or named.get(_bare(row.family))
        found.append(row if known is None else row.model_copy(update={"equipment": known, "family": None}))
    return tuple(found)


def _bare(name: str | None) -> str:
    return "".join(sign for sign in (name or "").casefold() if sign.isalnum())


def _refuse(target: Path, *, overwrite: bool) -> None:
    """Raise `CannotWrite` where no ledger may be written."""
    written_out = f"Maybe write it out first with `contingent convert {target} my-force`."
    if str(target) in bundled_scenarios() and not target.exists():
        raise CannotWrite(f"{target} ships with the package and stays as it is. {written_out}")
    if target.is_file():
        raise CannotWrite(f"{target} is a file; a ledger is imported into a folder. {written_out}")
    if not (target / SETTINGS_FILE).is_file():
        raise CannotWrite(f"{target} is not the folder of a scenario. Maybe make one with `contingent new {target}`.")
    there = [name for name in (PLEDGES, DELIVERIES) if (target / name).exists()]
    if there and not overwrite:
        raise CannotWrite(f"{target} has {' and '.join(there)} already. Maybe replace the ledger: --overwrite.")


def _read(book: Path, as_of: date | None) -> tuple[TrackerRows, date | None]:
    """Return what the workbook holds, and the day by which its deliveries had come."""
    if not book.is_file():
        raise BadTracker(str(book), [Finding(book.name, "is not there, or is no file.")])
    read = read_tracker(book, as_of=as_of or date.min)
    if errors_only(read.findings):
        raise BadTracker(str(book), read.findings)
    if not read.pledges:
        what = "no commitment or allocation could be read of it."
        raise BadTracker(str(book), [*read.findings, Finding(book.name, what)])
    last = max(row.announced for row in read.pledges)
    if as_of is None:
        read = TrackerRows(
            read.pledges, tuple(row.model_copy(update={"as_of": last}) for row in read.deliveries), read.findings)
    elif as_of < last:
        what = f"announces until {last}, which is after --as-of {as_of}: its release cannot be of that day."
        raise BadTracker(str(book), [Finding(book.name, what, maybe="name the day of the release, or leave --as-of out")])
    return read, as_of or last


def _write(folder: Path, pledges: tuple[Pledge, ...], deliveries: tuple[Delivery, ...]) -> None:
    write_table(Pledge, pledges, folder / PLEDGES)
    if deliveries:
        write_table(Delivery, deliveries, folder / DELIVERIES)


def _tried(folder: Path, pledges: tuple[Pledge, ...], deliveries: tuple[Delivery, ...], *, place: str) -> Scenario:
    """Return the scenario as it would be with this ledger.

    Raises
    ------
    BadScenario
        If it could not be read then.
    """
    try:
        # Beside the folder itself, so that a scenario that it is laid over is found from there.
        with tempfile.TemporaryDirectory(prefix=".writing-", dir=folder.resolve().parent) as work:
            draft = Path(work)
            for file in sorted(folder.iterdir()):
                if file.is_file() and file.suffix.lower() in READ_KINDS and file.name not in (PLEDGES, DELIVERIES):
                    shutil.copyfile(file, draft / file.name)
            _write(draft, pledges, deliveries)
            scenario, told = read_and_check(draft)
    except OSError as problem:
        raise CannotWrite(f"{folder} cannot be written: {problem.strerror or problem}.") from problem
    if scenario is None:
        raise BadScenario(place, errors_only(told))
    return scenario


def _families_unknown(pledges: tuple[Pledge, ...], scenario: Scenario) -> tuple[Finding, ...]:
    """Say which families no type of equipment, need or coalition of the scenario has: they count, and meet no need."""
    known = {row.family for row in scenario.equipment} | {row.family for row in scenario.needs if row.family}
    known |= {family for row in scenario.coalitions for family in row.families}
    things = (row for row in pledges if row.kind != "finance" and row.family and row.family not in known)
    unknown = Counter(row.family or "" for row in things)
    if not known or not unknown:
        return ()
    most = unknown.most_common()
    named = ", ".join(f"{family} ({number})" for family, number in most[:MOST_FAMILIES])
    more = f" and {len(most) - MOST_FAMILIES} more" if len(most) > MOST_FAMILIES else ""
    what = f"these families are not of equipment.csv or needs.csv, so their pledges count and meet no need: {named}{more}."
    nearest = nearest_name(most[0][0], known)
    maybe = "write the scenario's own families, or types, into family and equipment of pledges.csv"
    return (Finding(PLEDGES, what, column="family", nearest=nearest, maybe=maybe, severity="warning"),)


def _below(whole: Scenario, pledges: tuple[Pledge, ...]) -> tuple[Finding, ...]:
    """Say that the scenario below has pledges of its own: they stay, and the tracker may know the same ones."""
    more = len(whole.pledges) - len(pledges)
    if more <= 0:
        return ()
    what = f"{more} pledges of the scenario that this one is laid over stay beside the imported ones and may be the same."
    maybe = "take them out: name their keys under [remove] in scenario.toml"
    return (Finding(PLEDGES, what, maybe=maybe, severity="warning"),)
