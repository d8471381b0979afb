"""Incidents as they come in, one or a batch, kept in a file to which only is added.

One line of the file is one report as JSON. A report counts as kept once `add` or `sync` has returned: its line is then on the
disk. A crash may leave the last line torn; it was never said to be kept, and is cut off when the file is opened again. A report
whose id and content are there already is not written again; one with a new content for an id that is there is added, and the
last stands.
Nothing is joined here: what came in stays, and `merge_incidents` takes it whole.

One program writes at a time; any number may read meanwhile.
"""

import io
import json
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Annotated, Any, Literal, Self

import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from contingent.errors import BadIncidents
from contingent.findings import Finding, nearest_name
from contingent.monitoring.columns import CONFIDENCES, INCIDENT_COLUMNS, KINDS, LOCATION_COLUMNS

log = logging.getLogger(__name__)

Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Count = Annotated[int, Field(ge=0, le=10**9)]
KEPT = tuple(name for name in INCIDENT_COLUMNS if name not in LOCATION_COLUMNS or name == "sector")
"""Columns that a report may have; where it lies is worked out, not reported."""
DAY_TEXT = len("2027-01-05")


class Report(BaseModel):
    """One report as it comes in. Only `time` and `source` are needed; see `INCIDENT_COLUMNS` for what each means."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, allow_inf_nan=False)

    incident: Text | None = None
    time: datetime
    precision_h: Annotated[float, Field(ge=0)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    precision_km: Annotated[float, Field(ge=0)] | None = None
    place: Text | None = None
    region: Text | None = None
    kind: Literal[
        "shelling", "small_arms", "drone", "mine", "heavy_weapons", "airspace", "maritime", "obstruction", "casualty", "other"
    ] = "other"
    count: Annotated[float, Field(ge=0, le=1e9)] = 1.0
    party: Text | None = None
    alleged_by: Text | None = None
    killed: Count | None = None
    wounded: Count | None = None
    source: Text
    sources: Text | None = None
    confidence: Literal["high", "medium", "low"] | None = None
    note: Text | None = None
    sector: Text | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of reports that were added.

    Parameters
    ----------
    kept : int
        Written.
    again : int
        There already with the same content; not written again.
    refused : tuple of Finding
        What is wrong with those that were not taken; `line` is the number of the report in the batch, from 1.
    refused_count : int
        How many were not taken.
    """

    kept: int
    again: int
    refused: tuple[Finding, ...] = ()
    refused_count: int = 0


class Intake:
    """A file of reports that is added to. Use it in a ``with`` block, or close it.

    Parameters
    ----------
    path : Path
        The file; it is made if it is not there, its folder must be.

    Raises
    ------
    BadIncidents
        If the file cannot be opened, is being written by another program, or holds a line that is no report.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._guard = threading.Lock()
        try:
            fresh = not path.exists()
            self._file = path.open("a+b", buffering=0)
        except OSError as problem:
            raise _bad(path, f"cannot be opened: {(problem.strerror or str(problem)).lower()}.") from problem
        try:
            _lock(self._file, path)
            if fresh:
                _sync_folder(path.parent)
            self._seen = self._recover()
        except BaseException:
            self._file.close()
            raise
        self._waiting: list[bytes] = []

    def __enter__(self) -> Self:
        """Return the intake itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Write what is waiting and close the file."""
        self.close()

    def __len__(self) -> int:
        """How many ids there are."""
        return len(self._seen)

    def close(self) -> None:
        """Write what is waiting to the disk and let the file go."""
        if not self._file.closed:
            self.sync()
            self._file.close()

    def add(self, reports: Mapping[str, Any] | Iterable[Mapping[str, Any]], *, sync: bool = True) -> Taken:
        """Take one report or a batch.

        Parameters
        ----------
        reports : mapping or iterable of mappings
            Columns of a report and their values. Times are `datetime` or ISO 8601 text; without an offset they are UTC; a date
            alone is a day.
        sync : bool
            Whether they are on the disk when this returns; if not, they are once `sync` has returned.

        Returns
        -------
        Taken
            How many were kept, were there already, were refused and why. One that is refused hinders no other.

        Raises
        ------
        BadIncidents
            If the disk takes no more.
        """
        batch = [reports] if isinstance(reports, Mapping) else reports
        kept = again = refused = 0
        findings: list[Finding] = []
        with self._guard:
            for number, given in enumerate(batch, start=1):
                try:
                    row = _checked(given)
                except ValidationError as problem:
                    refused += 1
                    findings += _told(problem, self.path.name, number)
                    continue
                name, line = row["incident"], _line(row)
                mark = _mark(line)
                if self._seen.get(name) == mark:
                    again += 1
                    continue
                self._seen[name] = mark
                self._waiting.append(line)
                kept += 1
            if sync:
                self._write()
        return Taken(kept, again, tuple(findings), refused)

    def sync(self) -> None:
        """Write what is waiting to the disk.

        Raises
        ------
        BadIncidents
            If the disk takes no more.
        """
        with self._guard:
            self._write()

    def _write(self) -> None:
        if not self._waiting:
            return
        whole = b"".join(self._waiting)
        end = os.fstat(self._file.fileno()).st_size
        try:
            written = 0
            while written < len(whole):
                written += self._file.write(whole[written:]) or 0
            os.fsync(self._file.fileno())
        except OSError as problem:
            self._file.truncate(end)
            raise _bad(self.path, f"cannot be written: {(problem.strerror or str(problem)).lower()}.") from problem
        self._waiting.clear()

    def _recover(self) -> dict[str, bytes]:
        """Cut off a torn last line, and return the mark of the last content of each id."""
        self._file.seek(0)
        seen: dict[str, bytes] = {}
        good, number = 0, 0
        with io.BufferedReader(io.FileIO(self._file.fileno(), "rb", closefd=False), 1 << 20) as lines:
            for line in lines:
                number += 1
                if not line.endswith(b"\n"):
                    log.warning("%s: its last line was torn and is cut off: %d bytes", self.path.name, len(line))
                    break
                try:
                    seen[json.loads(line)["incident"]] = _mark(line)
                except (ValueError, KeyError, TypeError) as problem:
                    what = "is not a report: the file was changed by something else, or is of another kind."
                    raise _bad(self.path, what, number) from problem
                good += len(line)
        if os.fstat(self._file.fileno()).st_size > good:
            self._file.truncate(good)
            os.fsync(self._file.fileno())
        return seen


def read_intake(path: Path) -> pl.DataFrame:
    """Return what an intake holds: `INCIDENT_COLUMNS`, the last content of each id, in the order in which ids first came.

    Another program may be writing meanwhile: a last line that is not complete is left out.

    Raises
    ------
    BadIncidents
        If the file cannot be read.
    """
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise _bad(path, f"cannot be read: {(problem.strerror or str(problem)).lower()}.") from problem
    content = content[: content.rfind(b"\n") + 1]
    if not content:
        return pl.DataFrame(schema=INCIDENT_COLUMNS)
    schema = {name: pl.String() if name == "time" else INCIDENT_COLUMNS[name] for name in KEPT}
    try:
        rows = pl.read_ndjson(content, schema=schema)
    except pl.exceptions.PolarsError as problem:
        raise _bad(path, "holds a line that is not a report.") from problem
    time = pl.col("time").str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", time_unit="us")
    rows = rows.with_row_index("first").with_columns(time, pl.col("first").min().over("incident"))
    rows = rows.unique("incident", keep="last", maintain_order=True).sort("first", maintain_order=True)
    blank = [pl.lit(None, dtype=INCIDENT_COLUMNS[name]).alias(name) for name in LOCATION_COLUMNS if name not in KEPT]
    return rows.with_columns(blank).select(list(INCIDENT_COLUMNS))


def _checked(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report with what it leaves blank filled in.

    Raises
    ------
    ValidationError
        If it is none.
    """
    report = Report.model_validate(dict(given))
    row = dict(report)
    _check_together(report)
    if row["precision_h"] is None:
        told = given["time"]
        is_day = len(told.strip()) <= DAY_TEXT if isinstance(told, str) else not isinstance(told, datetime)
        row["precision_h"] = 24.0 if is_day else 0.0
    time = report.time
    row["time"] = (time.astimezone(UTC).replace(tzinfo=None) if time.tzinfo else time).isoformat()
    row["sources"] = report.sources or report.source
    if report.incident is None:
        row["incident"] = f"{report.source}:{_mark(_line(row)).hex()}"
    return row


def _check_together(report: Report) -> None:
    """Refuse half a position, and that at which positions end up that are missing."""
    wrong = None
    if (report.latitude is None) != (report.longitude is None):
        wrong = "latitude and longitude come together, or neither does"
    elif report.latitude == 0 and report.longitude == 0:
        wrong = "0 north, 0 east is where a position that is missing ends up; leave both blank"
    if wrong:
        line: Any = {"type": "value_error", "loc": ("latitude",), "input": report.latitude, "ctx": {"error": wrong}}
        raise ValidationError.from_exception_data("Report", [line])


def _told(problem: ValidationError, label: str, number: int) -> list[Finding]:
    findings = []
    for error in problem.errors(include_url=False, include_context=False):
        column = str(error["loc"][0]) if error["loc"] else None
        words = {"kind": KINDS, "confidence": CONFIDENCES}.get(column or "")
        known = words or (KEPT if error["type"] == "extra_forbidden" else None)
        wrong = str(error["input"])[:60] if words else column or ""
        nearest = nearest_name(wrong, known) if known else None
        findings.append(Finding(label, f"{error['msg']}.", number, column, nearest))
    return findings


def _line(row: Mapping[str, Any]) -> bytes:
    present = {name: row[name] for name in KEPT if row[name] is not None}
    return json.dumps(present, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _mark(line: bytes) -> bytes:
    return blake2b(line, digest_size=12).digest()


def _lock(file: io.FileIO, path: Path) -> None:
    """Keep other programs from writing. Where the system has no such lock, that is up to its users."""
    try:
        import fcntl
    except ImportError:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as problem:
        raise _bad(path, "is being written by another program.") from problem


def _sync_folder(folder: Path) -> None:
    """Make a new file's name last through a crash, where the system lets folders be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _bad(path: Path, what: str, line: int | None = None) -> BadIncidents:
    return BadIncidents(str(path), [Finding(path.name, what, line)])
