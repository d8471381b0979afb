"""What was observed of the ceasefire, between the database and the stages of monitoring.

Incidents are kept as rows of text in the columns of the project's own form, so that whatever reads `incidents.csv` reads them.
How long was watched is kept whole, under a setting: a file of it takes the place of the one before.
"""

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock

import polars as pl

from contingent.errors import BadIncidents, ContingentError
from contingent.findings import Finding
from contingent.monitoring.columns import EXPOSURE_COLUMNS, INCIDENT_COLUMNS, LOCATION_COLUMNS
from contingent.monitoring.exposure import read_exposure
from contingent.monitoring.gather import Gathered, gather_incidents
from contingent.monitoring.intake import Intake, read_intake
from contingent.monitoring.readers.read import FormatName
from contingent.monitoring.situation import Situation
from contingent.plan import Plan
from contingent.situation import MonitorOptions, monitor
from contingent.store import Actor, Conference
from contingent.web.view import View

WRITTEN = tuple(name for name in INCIDENT_COLUMNS if name not in LOCATION_COLUMNS or name == "sector")
"""Columns of an incident that are kept; where it lies is worked out anew."""

EXPOSURE, EXPOSURE_MARK = "exposure", "exposure_mark"
"""Settings under which it is kept how long was watched, and the short name of that content."""

LENGTHS = {1: "day", 7: "week"}
"""Lengths of a period that is told of. [days]"""

FILE = "incidents.csv"


def cells_of_incidents(frame: pl.DataFrame) -> list[dict[str, str]]:
    """Return incidents as rows of text, blanks left out.

    Parameters
    ----------
    frame : polars.DataFrame
        `INCIDENT_COLUMNS`.
    """
    text = frame.select(
        pl.col(name).dt.to_string("%Y-%m-%dT%H:%M:%S")
        if frame.schema[name] == pl.Datetime("us")
        else pl.col(name).cast(pl.String)
        for name in WRITTEN
    )
    return [{name: value for name, value in row.items() if value} for row in text.iter_rows(named=True)]


def read_upload(content: bytes, *, name: str, form: FormatName | None, zone: str) -> Gathered:
    """Return what a file of incidents holds.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What it is called; only its end says how it is read, and rows without a source name it as theirs.
    form : str, optional
        Its format; None = as its columns tell.
    zone : str
        Time zone of times that are written without an offset.

    Raises
    ------
    BadIncidents
        If it cannot be read.
    ValueError
        If there is no such time zone.
    """
    with tempfile.TemporaryDirectory(prefix="incidents-") as folder:
        file = Path(folder) / plain_name(name)
        file.write_bytes(content)
        return gather_incidents([file], format=form, zone=zone)


def plain_name(name: str) -> str:
    """Return the name of an uploaded file with nothing in it that leads anywhere.

    >>> plain_name("../../etc/passwd"), plain_name("week 3.CSV"), plain_name(""), plain_name("..")
    ('passwd', 'week 3.csv', 'file', 'file')
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(char if char.isalnum() or char in " ._-" else "_" for char in last).strip(" .")[-80:]
    stem, dot, end = kept.rpartition(".")
    return (f"{stem}{dot}{end.lower()}" if dot else kept) or "file"


def read_report(cells: Mapping[str, str]) -> tuple[list[dict[str, str]], tuple[Finding, ...]]:
    """Return one report as it was typed into a form, as rows to keep, and what is wrong with it."""
    with tempfile.TemporaryDirectory(prefix="report-") as folder:
        file = Path(folder) / "report.jsonl"
        with Intake(file) as intake:
            taken = intake.add(dict(cells))
        findings = tuple(replace(each, table="report", line=None) for each in taken.refused)
        return ([], findings) if findings else (cells_of_incidents(read_intake(file)), ())


def keep_exposure(conference: Conference, actor: Actor, content: bytes, *, name: str, sectors: Sequence[str]) -> int:
    """Keep how long was watched, in place of what was kept before, and return how many rows it has.

    Raises
    ------
    BadIncidents
        If the file cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="exposure-") as folder:
        file = Path(folder) / plain_name(name)
        file.write_bytes(content)
        frame = read_exposure(file, sectors=sectors)
    rows = frame.with_columns(pl.col("date").cast(pl.String)).to_dicts()
    conference.set_setting(actor, EXPOSURE, rows)
    conference.set_setting(actor, EXPOSURE_MARK, sha256(content).hexdigest()[:16])
    return frame.height


class Arrived:
    """The incidents of a conference as far as this process knows them; each is read from the database once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._rows: list[Mapping[str, str]] = []
        self._last = 0
        self._read: tuple[int, Gathered] | None = None

    def caught_up(self, conference: Conference) -> tuple[int, Gathered]:
        """Return all that arrived, and the number of the last."""
        with self._lock:
            for incident in conference.incidents(self._last):
                self._rows.append(incident.cells)
                self._last = incident.number
            if self._read is None or self._read[0] != self._last:
                self._read = (self._last, gathered(self._rows))
            return self._read


def gathered(rows: Sequence[Mapping[str, str]]) -> Gathered:
    """Return incidents that are kept as rows of text as the stages of monitoring take them."""
    if not rows:
        return Gathered(pl.DataFrame(schema=INCIDENT_COLUMNS))
    names = [
        "incident",
        "time",
        *(name for name in WRITTEN if name not in ("incident", "time") and any(name in row for row in rows)),
    ]
    with tempfile.TemporaryDirectory(prefix="incidents-") as folder:
        file = Path(folder) / FILE
        pl.DataFrame({name: [row.get(name, "") for row in rows] for name in names}).write_csv(file)
        return gather_incidents([file], format="own")


@dataclass(frozen=True)
class Observed:
    """What is known of the ceasefire, to be told of a day or a week.

    Parameters
    ----------
    last : int
        Number of the last incident that arrived; 0 = none.
    gathered : Gathered
        Incidents.
    mark : str or None
        Short name of what is known of how long was watched; None = nothing is.
    """

    last: int
    gathered: Gathered
    mark: str | None

    @property
    def days(self) -> tuple[date, date] | None:
        """First and last day of a report; None where there is none."""
        days = self.gathered.incidents["time"].dt.date().drop_nulls()
        first, last = days.min(), days.max()
        return (first, last) if isinstance(first, date) and isinstance(last, date) else None


def observed(view: View) -> Observed:
    """Return what is known of the ceasefire."""
    arrived = view.shelf.get(("incidents",), Arrived)
    last, found = arrived.caught_up(view.conference)
    mark = view.conference.setting(EXPOSURE_MARK)
    return Observed(last, found, mark if isinstance(mark, str) else None)


def situation_of(view: View, known: Observed, *, until: date | None, days: int) -> Situation:
    """Return the situation at the end of a day or a week, made once while nothing new is known.

    Whoever does not see everything is told without the plan: who answers a call, and what it costs, rests on nations' terms.

    Raises
    ------
    ContingentError
        If nothing is known up to that day.
    """
    assert view.whole is not None
    whole = view.whole
    stored = view.stored if view.viewer.sees_all else None
    end = until or (known.days[1] if known.days else None)
    since = end - timedelta(days=days - 1) if end is not None else None
    key = ("situation", known.mark, since, end, None if stored is None else stored.id)

    def make(plan: Plan | None) -> Situation:
        exposure = view.shelf.get(("exposure", known.mark), lambda: _exposure(view.conference)) if known.mark else None
        asked = MonitorOptions(weekly=days in LENGTHS and days > 1)
        return monitor(whole, known.gathered, exposure, plan=plan, since=since, until=end, options=asked)

    def made() -> Situation:
        if stored is None:
            return make(None)
        try:
            return make(stored.plan)
        except BadIncidents:
            raise
        except ContingentError:  # the plan no longer fits the tables
            return make(None)

    return view.shelf.get(key, made, version=(known.last, view.state.seq))


def _exposure(conference: Conference) -> pl.DataFrame:
    rows = conference.setting(EXPOSURE) or []
    text = {name: pl.String() if name == "date" else kind for name, kind in EXPOSURE_COLUMNS.items()}
    return pl.DataFrame(rows, schema=text).with_columns(pl.col("date").str.to_date())
