"""The Ukraine Support Tracker's workbook, read as pledges and deliveries, and written again.

What is a commitment there is a pledge here, an allocation an allocation, and whatever is financial an envelope of finance.
Allocations of an activity whose commitment carries its sum lie within that commitment. What was delivered becomes one delivery a
row, known only by the day of the workbook. The tracker's own explanations are not taken over.
"""

import logging
import zipfile
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import xlsxwriter
from pydantic import ValidationError

from contingent.aid.tracker_columns import BLANKS, COLUMNS, DONORS, FIRST_MONTH, FIRST_SOURCES, NEEDED, SHEET
from contingent.findings import Finding, nearest_name
from contingent.model.aid import Delivery, Pledge
from contingent.model.columns import Row

log = logging.getLogger(__name__)

LARGEST_FILE, LARGEST_UNPACKED = 64 * 2**20, 512 * 2**20
"""Larger workbooks are not opened. [bytes]"""
MOST_FINDINGS = 50
"""Findings beyond are counted, not told one by one."""
HEADER_WITHIN = 20
"""Rows among which the header is looked for. [rows]"""
LONGEST_KEY = 150
"""Longer names are cut. [characters]"""
MILLION = 1e6
RowOf = TypeVar("RowOf", bound=Row)
_CREATED = datetime(2025, 1, 1, tzinfo=UTC)  # a fixed date: the same rows give the same bytes
_BY_TRACKER = "as converted by the tracker"


@dataclass(frozen=True, slots=True)
class TrackerRows:
    """What was read of a workbook.

    Parameters
    ----------
    pledges : tuple of Pledge
        One row a sub-activity, in the order of the sheet.
    deliveries : tuple of Delivery
        One row for each of them of which something was delivered.
    findings : tuple of Finding
        What could not be read: an error where nothing was, a warning where a row or a cell was left out.
    """

    pledges: tuple[Pledge, ...] = ()
    deliveries: tuple[Delivery, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the sheet."""

    number: int
    cells: dict[str, Any]

    def text(self, column: str) -> str | None:
        """The cell as text; None where nothing is known."""
        value = self.cells.get(column.casefold())
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        said = " ".join(str(value).split()) if value is not None else ""
        return None if said.casefold() in BLANKS else said


def read_tracker(path: str | Path, *, as_of: date) -> TrackerRows:
    """Read the workbook of the Ukraine Support Tracker.

    Parameters
    ----------
    path : str or Path
        The workbook as it is downloaded.
    as_of : date
        State of the release: what it says is delivered had come by then.
    """
    place = Path(path)
    findings: list[Finding] = []
    values = _sheet(place, findings)
    lines = _lines(values, place.name, findings) if values is not None else []
    if findings:
        return TrackerRows(findings=tuple(findings))
    keys = _keys(lines)
    pledges, deliveries = [], []
    for line, key in zip(lines, keys, strict=True):
        pledge = _pledge(line, key, place.name, findings)
        if pledge is None:
            continue
        pledges.append(pledge)
        if (delivery := _delivery(line, pledge, as_of, place.name, findings)) is not None:
            deliveries.append(delivery)
    log.info("%s: %d pledges, %d deliveries", place.name, len(pledges), len(deliveries))
    return TrackerRows(_with_parts(pledges, lines, keys), tuple(deliveries), _few(findings, place.name))


def write_tracker(pledges: tuple[Pledge, ...], deliveries: tuple[Delivery, ...], path: str | Path) -> None:
    """Write pledges and deliveries as a sheet of the tracker's form; the same rows give the same bytes.

    What the tracker has no column for (coalition, due, event, confidence) is not written, nor are totals of others and pledges
    that are left out of the sums. Deliveries of a pledge are added up; those without one are left out. Sums go to the cent.
    """
    names = {code: name for name, code in DONORS.items()}
    came: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        came[delivery.pledge or ""].append(delivery)
    parents = {part: pledge.pledge for pledge in pledges for part in pledge.contains}
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        book.set_properties({"created": _CREATED})
        sheet = book.add_worksheet(SHEET)
        sheet.write_row(0, 0, COLUMNS)
        counting = (pledge for pledge in pledges if pledge.counted == "yes" and pledge.kind != "aggregate")
        for number, pledge in enumerate(counting, start=1):
            donor = names.get(pledge.donor, pledge.donor)
            cells = _cells(pledge, donor, parents.get(pledge.pledge), came[pledge.pledge])
            for place, column in enumerate(COLUMNS):
                value = cells.get(column)
                sheet.write(number, place, "." if value is None else value)


def _sheet(path: Path, findings: list[Finding]) -> list[list[Any]] | None:
    import python_calamine

    try:
        if path.stat().st_size > LARGEST_FILE:
            findings.append(Finding(path.name, f"is larger than {LARGEST_FILE // 2**20} MiB and was not read."))
            return None
        with zipfile.ZipFile(path) as archive:
            if sum(part.file_size for part in archive.infolist()) > LARGEST_UNPACKED:
                findings.append(Finding(path.name, f"unpacks to more than {LARGEST_UNPACKED // 2**20} MiB and was not opened."))
                return None
        with python_calamine.CalamineWorkbook.from_path(str(path)) as book:
            name = next((name for name in book.sheet_names if name.strip().casefold() == SHEET.casefold()), None)
            if name is None:
                what, nearest = f"has no sheet {SHEET!r}.", nearest_name(SHEET, book.sheet_names)
                findings.append(Finding(path.name, what, nearest=nearest, maybe="download the whole workbook again"))
                return None
            return book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except BaseException as problem:
        # A fault inside the reader is the file's fault to the user; interrupts and the like are not ours to hold.
        if not (isinstance(problem, Exception) or type(problem).__name__ == "PanicException"):
            raise
        findings.append(Finding(path.name, "is no workbook that can be opened.", maybe="download it again as .xlsx"))
        return None


def _lines(values: list[list[Any]], place: str, findings: list[Finding]) -> list[_Line]:
    """Return the rows under the header, those without a donor left out."""
    headers = [[str(cell).strip().casefold() for cell in row] for row in values[:HEADER_WITHIN]]
    at = next((place for place, header in enumerate(headers) if {"donor", "measure"} <= set(header)), None)
    if at is None:
        what = f"has no header with {', '.join(NEEDED)} in its first {HEADER_WITHIN} rows."
        findings.append(Finding(f"{place}, sheet {SHEET}", what))
        return []
    header = headers[at]
    for missing in (name for name in NEEDED if name not in header):
        nearest = nearest_name(missing, header)
        findings.append(Finding(f"{place}, sheet {SHEET}", "is missing.", line=at + 1, column=missing, nearest=nearest))
    lines = [_Line(at + 2 + number, dict(zip(header, row, strict=False))) for number, row in enumerate(values[at + 1 :])]
    return [line for line in lines if line.text("donor") is not None]


def _keys(lines: list[_Line]) -> list[str]:
    """Return a name for each row: its sub-activity, else its activity; a name that comes again gets a number."""
    own = [line.text("sub_activity_id") or line.text("activity_id") or f"row {line.number}" for line in lines]
    given = [name.replace(";", ",")[:LONGEST_KEY] for name in own]
    seen: Counter[str] = Counter()
    used, keys = set(given), []
    for name in given:
        seen[name] += 1
        key, number = name, seen[name]
        while number > 1 and (key := f"{name} #{number}") in used:
            number += 1
        used.add(key)
        keys.append(key)
    return keys


def _pledge(line: _Line, key: str, place: str, findings: list[Finding]) -> Pledge | None:
    measure, general = (line.text("measure") or "").casefold(), line.text("aid_type_general") or "not said"
    announced = _announced(line, place, findings)
    if announced is None or measure not in ("commitment", "allocation"):
        what = "has neither a day nor a month." if announced is None else f"{measure!r} is neither Commitment nor Allocation."
        column = "announcement_date" if announced is None else "measure"
        _warn(findings, place, line, column, f"{what} The row was left out.")
        return None
    scope = "tot_sub_activity_value" if measure == "allocation" else "tot_activity_value"
    value, value_eur = (_number(line, name, place, findings) for name in (scope, f"{scope}_EUR"))
    currency = (line.text("reporting_currency") or "").upper()
    if value is None or not currency or (currency == "EUR" and value != value_eur):
        value, currency = value_eur, "EUR"
    kind = "finance" if general.casefold() == "financial" else "allocation" if measure == "allocation" else "pledge"
    item = line.text("item") or line.text("aid_type_specific") or general
    source = next((text for name in FIRST_SOURCES if (text := line.text(name))), None)
    quantity = _whole(line, "item_numb", place, findings)
    given = {
        "pledge": key, "donor": DONORS.get(line.text("donor") or "", line.text("donor")),
        "family": _family(line.text("item_type") or general), "item": item[:4000], "quantity": quantity,
        "value_m": value / MILLION if value is not None else None, "currency": currency if value is not None else None,
        "value_eur_m": value_eur / MILLION if value_eur is not None else None,
        "fx_basis": _BY_TRACKER if value_eur is not None and currency != "EUR" else None,
        "kind": kind, "announced": announced, "source": source[:4000] if source else None,
    }  # fmt: skip
    return _valid(Pledge, given, line, place, findings)


def _delivery(line: _Line, pledge: Pledge, as_of: date, place: str, findings: list[Finding]) -> Delivery | None:
    quantity, value = _whole(line, "item_numb_deliv", place, findings), _number(line, "tot_value_deliv_EUR", place, findings)
    if not quantity and not value:
        return None
    given = {
        "delivery": f"{pledge.pledge} came", "pledge": pledge.pledge, "donor": pledge.donor, "quantity": quantity,
        "value_m": value / MILLION if value is not None else None, "as_of": max(as_of, pledge.announced),
        "evidence": "as the tracker has it", "source": pledge.source,
    }  # fmt: skip
    return _valid(Delivery, given, line, place, findings)


def _valid(row_class: type[RowOf], given: dict[str, Any], line: _Line, place: str, findings: list[Finding]) -> RowOf | None:
    try:
        return row_class.model_validate(given)
    except ValidationError as problem:
        told = problem.errors(include_url=False)[0]
        _warn(findings, place, line, str(told["loc"][0]), f"{str(told['msg']).lower()}. The row was left out.")
        return None


def _with_parts(pledges: list[Pledge], lines: list[_Line], keys: list[str]) -> tuple[Pledge, ...]:
    """Let the first commitment of an activity that carries its sum contain the activity's allocations."""
    activity = {key: line.text("activity_id") for line, key in zip(lines, keys, strict=True)}
    parts: dict[str, list[str]] = defaultdict(list)
    for pledge in pledges:
        if pledge.kind == "allocation" and (name := activity[pledge.pledge]) is not None:
            parts[name].append(pledge.pledge)
    found = []
    for pledge in pledges:
        own = parts.pop(activity[pledge.pledge] or "", []) if pledge.kind == "pledge" and pledge.value_eur_m else []
        found.append(pledge.model_copy(update={"contains": tuple(own)}) if own else pledge)
    return tuple(found)


def _announced(line: _Line, place: str, findings: list[Finding]) -> date | None:
    value = line.cells.get("announcement_date")
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if (text := line.text("announcement_date")) is not None:
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            _warn(findings, place, line, "announcement_date", f"{text[:40]!r} is no date (YYYY-MM-DD); its month was taken.")
    month = _whole(line, "month", place, findings)
    if not month or month > 12 * 100:
        return None
    year, first = FIRST_MONTH
    return date(year + (first + month - 2) // 12, (first + month - 2) % 12 + 1, 1)


def _number(line: _Line, column: str, place: str, findings: list[Finding]) -> float | None:
    text = line.text(column)
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        _warn(findings, place, line, column, f"{text[:40]!r} is no number from 0; the cell was left out.")
        return None
    return value


def _whole(line: _Line, column: str, place: str, findings: list[Finding]) -> int | None:
    value = _number(line, column, place, findings)
    if value is not None and not value.is_integer():
        _warn(findings, place, line, column, f"{value:g} is not whole; the cell was left out.")
        return None
    return None if value is None else int(value)


def _family(words: str) -> str:
    """Return words as the name of a family.

    >>> _family("Heavy Weapon ")
    'heavy_weapon'
    """
    return "_".join(words.replace(";", " ").casefold().split())[:200]


def _warn(findings: list[Finding], place: str, line: _Line, column: str, what: str) -> None:
    findings.append(Finding(f"{place}, sheet {SHEET}", what, line=line.number, column=column, severity="warning"))


def _few(findings: list[Finding], place: str) -> tuple[Finding, ...]:
    if len(findings) <= MOST_FINDINGS:
        return tuple(findings)
    last = findings[MOST_FINDINGS - 1]
    more = f"{last.what} {len(findings) - MOST_FINDINGS:,} further cells of {place} were left out for like reasons."
    return (*findings[: MOST_FINDINGS - 1], replace(last, what=more))


def _cells(pledge: Pledge, donor: str, parent: str | None, came: list[Delivery]) -> dict[str, str | float | None]:
    scope = "tot_sub_activity_value" if pledge.kind == "allocation" else "tot_activity_value"
    year, month = FIRST_MONTH
    things = [row.quantity for row in came if row.quantity is not None]
    values = [row.value_m for row in came if row.value_m is not None]
    return {
        "activity_id": parent or pledge.pledge, "sub_activity_id": pledge.pledge, "donor": donor,
        "announcement_date": pledge.announced.isoformat(),
        "month": (pledge.announced.year - year) * 12 + pledge.announced.month - month + 1,
        "measure": "Allocation" if pledge.kind == "allocation" else "Commitment",
        "aid_type_general": "Financial" if pledge.kind == "finance" else "Military",
        "item_type": pledge.family or pledge.equipment, "item": pledge.item, "item_numb": pledge.quantity,
        "item_numb_deliv": sum(things) if things else None, "reporting_currency": pledge.currency,
        scope: _units(pledge.value_m), f"{scope}_EUR": _units(pledge.value_eur_m),
        "tot_value_deliv_EUR": _units(sum(values)) if values else None, "source_1": pledge.source,
    }  # fmt: skip


def _units(millions: float | None) -> float | None:
    return None if millions is None else round(millions * MILLION, 2)
