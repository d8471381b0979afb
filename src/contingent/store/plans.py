"""Plans in the database: each a plan folder, packed, with the scenario that was planned."""

import hashlib
import io
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from contingent.io.packing import packed_folder
from contingent.io.plan_folder import SCENARIO, read_plan, write_plan
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.store.audit import Ledger
from contingent.store.database import Database
from contingent.store.faults import UnknownNumber
from contingent.store.records import Actor
from contingent.store.retention import prune
from contingent.store.tables import PLAN

MOST_KEPT = 12
"""Plans that are kept in memory, unpacked."""

_COLUMNS = [column for column in PLAN.columns if column.name != "archive"]


@dataclass(frozen=True)
class StoredPlan:
    """A plan of the archive.

    Parameters
    ----------
    id : int
        Its number.
    option, title : str or None, str
        Course of action, and title.
    of_seq : int
        State of the scenario that was planned.
    made_at, made_by : datetime, str
        When, and for whom. UTC
    fill : float
        Share of the required unit-days that is filled. [-]
    people_deployed_peak : int
        Most people deployed at once. [people]
    job : int or None
        Job that made it.
    """

    id: int
    option: str | None
    title: str
    of_seq: int
    made_at: datetime
    made_by: str
    fill: float
    people_deployed_peak: int
    job: int | None
    _archive: "PlanArchive" = field(repr=False, compare=False)

    @property
    def plan(self) -> Plan:
        """The plan itself, read when it is first asked for."""
        return self._archive.content(self.id)[0]

    @property
    def scenario(self) -> Scenario | None:
        """The scenario that was planned, offers of its pool included; None where it was not stored."""
        return self._archive.content(self.id)[1]


class PlanArchive:
    """All plans of a conference.

    Parameters
    ----------
    database : Database
        Where they lie.
    clock : callable
        What time it is. UTC
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock
        self._kept: OrderedDict[int, tuple[Plan, Scenario | None]] = OrderedDict()
        self._lock, self._reading = Lock(), Lock()

    def add(self, actor: Actor, plan: Plan, of_seq: int, *, scenario: Scenario | None, job: int | None) -> int:
        """Store a plan and return its number."""
        archive = packed(plan, scenario)
        digest = hashlib.sha256(archive).hexdigest()

        def work(connection: Connection) -> int:
            ledger = Ledger(connection, actor, self._clock())
            values = {
                "made_at": ledger.at, "made_by": ledger.actor.name, "of_seq": of_seq, "option": plan.option, "title": plan.title,
                "fill": plan.fill, "people_deployed_peak": plan.people_deployed_peak, "job": job, "digest": digest,
                "archive": archive,
            }  # fmt: skip
            number = int(connection.execute(insert(PLAN).values(**values).returning(PLAN.c.id)).scalar_one())
            ledger.add("plan", details={"plan": number, "option": plan.option, "of_seq": of_seq, "digest": digest, "job": job})
            prune(connection, ledger)
            ledger.close()
            return number

        number = self._database.write(work)
        self._keep(number, (plan, scenario))
        return number

    def entries_in(self, connection: Connection) -> tuple[StoredPlan, ...]:
        """Return all plans, the newest first, in a transaction, without unpacking any."""
        asked = select(*_COLUMNS).order_by(PLAN.c.id.desc())
        return tuple(self._entry(row) for row in connection.execute(asked))

    def archive(self, number: int) -> bytes:
        """Return a plan as a packed folder."""
        asked = select(PLAN.c.archive).where(PLAN.c.id == number)
        found = self._database.value(asked)
        if found is None:
            raise UnknownNumber(f"There is no plan {number}.")
        return bytes(found)

    def content(self, number: int) -> tuple[Plan, Scenario | None]:
        """Return a plan and the scenario that was planned. Where many ask at once for one that is not in memory, one reads it."""
        if (found := self._known(number)) is not None:
            return found
        with self._reading:
            if (found := self._known(number)) is not None:
                return found
            found = unpacked(self.archive(number))
            self._keep(number, found)
            return found

    def _known(self, number: int) -> tuple[Plan, Scenario | None] | None:
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
            return self._kept.get(number)

    def _keep(self, number: int, content: tuple[Plan, Scenario | None]) -> None:
        with self._lock:
            self._kept[number] = content
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)

    def _entry(self, row: Row[Any]) -> StoredPlan:
        return StoredPlan(
            row.id, row.option, row.title, row.of_seq, row.made_at, row.made_by, row.fill, row.people_deployed_peak, row.job, self
        )


def packed(plan: Plan, scenario: Scenario | None) -> bytes:
    """Return a plan's folder as one archive; the same plan gives the same bytes."""
    with tempfile.TemporaryDirectory(prefix="plan-") as work:
        folder = write_plan(plan, Path(work) / "plan", scenario=scenario)
        return packed_folder(folder)


def unpacked(archive: bytes) -> tuple[Plan, Scenario | None]:
    """Return the plan of an archive, and its scenario where it holds one."""
    with tempfile.TemporaryDirectory(prefix="plan-") as work:
        with zipfile.ZipFile(io.BytesIO(archive)) as content:
            content.extractall(work)
        has_scenario = (Path(work) / SCENARIO).is_dir()
        return read_plan(work), read_scenario(Path(work) / SCENARIO) if has_scenario else None
