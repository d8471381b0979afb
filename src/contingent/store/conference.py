"""A conference: the one door to its database.

Whatever changes goes through it in one transaction, with its entries in the audit.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select

from contingent.errors import BadScenario
from contingent.findings import Finding, errors_only
from contingent.io.collected import Collected
from contingent.io.scenario_reader import read_and_check
from contingent.io.written import KEYS, rows_of_place
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan
from contingent.store import exchange, incidents, versions
from contingent.store.accounts import Accounts
from contingent.store.audit import START, Head, Ledger, change_of, entry_of, head_of, plain_text, verify_audit
from contingent.store.book import Book, Step, rows_after, steps_of
from contingent.store.changes import drawn_up, store_rows, undoing
from contingent.store.database import PATIENCE, Database
from contingent.store.faults import Conflict, NoConference, NotOneself, Refused, UnknownNumber
from contingent.store.jobs import JOB_PATIENCE, JobQueue
from contingent.store.looking import Look, Looker, head_in
from contingent.store.plans import PlanArchive, StoredPlan
from contingent.store.records import (
    SERVER,
    Actor,
    AuditEntry,
    Change,
    Differences,
    Edit,
    Incident,
    Job,
    Preview,
    State,
    StoredRow,
    Version,
)
from contingent.store.remarks import Remarks
from contingent.store.retention import Retention
from contingent.store.schema import nothing_there, refuse_other_schema, upgrade
from contingent.store.tables import AUDIT, CONFERENCE, SCENARIO_ROW, SETTING

MOST_ENTRIES = 1000
"""Most entries of the history, or changes, that are given at once."""



def utc_now() -> datetime:
    """Return what time it is. UTC"""
    return datetime.now(UTC)


class Conference:
    """A conference in a database. Open it with `Conference.open`; several processes may.

    Parameters
    ----------
    database : Database
        Its tables must be up to date.
    clock : callable
        What time it is. UTC
    job_patience : float
        How long a worker may give no sign of life. [s]

    Attributes
    ----------
    accounts : Accounts
        Who may enter.
    remarks : Remarks
        Notes on lines, and gaps whose risk is accepted.
    retention : Retention
        What is kept of plans and results.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime] = utc_now, job_patience: float = JOB_PATIENCE
    ) -> None:
        self._database, self._clock = database, clock
        self._plans = PlanArchive(database, clock)
        self._looker = Looker(database, self._plans)
        self._jobs = JobQueue(database, clock, patience=job_patience)
        self.accounts, self.retention = Accounts(database, clock), Retention(database, clock)
        self.remarks = Remarks(database, clock)

    @classmethod
    def open(
        cls,
        place: str | Path,
        *,
        create_from: str | Path | None = None,
        clock: Callable[[], datetime] = utc_now,
        job_patience: float = JOB_PATIENCE,
        patience: float = PATIENCE,
    ) -> "Conference":
        """Open a conference.

        Parameters
        ----------
        place : str or Path
            Address of a PostgreSQL database, or path of an SQLite file.
        create_from : str or Path, optional
            Scenario (folder, workbook or bundled name) that a conference is made from where there is none yet; what lies in the
            database already is left as it is.
        clock : callable
            What time it is. UTC
        job_patience : float
            How long a worker may give no sign of life. [s]
        patience : float
            How long a database that cannot be reached is asked again. [s]

        Raises
        ------
        NoConference, OtherSchema
            If there is none, or its tables are of another version; the message says what to do.
        BadScenario
            If the scenario cannot be read.
        Unusable
            If the database is out of reach.
        """
        database = Database(place, patience=patience)
        try:
            if create_from is not None and not (database.is_there() and database.read(_has_tables)):
                rows = _rows_to_create(create_from)
                upgrade(database)
                conference = cls(database, clock=clock, job_patience=job_patience)
                conference._create(rows, str(create_from))
                return conference
            refuse_other_schema(database)
            conference = cls(database, clock=clock, job_patience=job_patience)
            if database.read(head_of) is None:
                if create_from is None:
                    raise NoConference(nothing_there(database))
                conference._create(_rows_to_create(create_from), str(create_from))
            return conference
        except BaseException:
            database.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._database.close()

    @property
    def database(self) -> Database:
        """Where it lies."""
        return self._database

    def head(self) -> Head:
        """Return the last entry of the audit: its number, and its hash to be noted elsewhere."""
        return self._looker.head()

    # ---------------------------------------------------------------------------------------------------------------- rows

    def look(self) -> Look:
        """Return the rows, the plans and where the history ends, all at one moment: one statement where nothing has changed."""
        return self._looker.now()

    def state(self) -> State:
        """Return the conference as it stands. Cheap where nothing has changed since it was last asked for."""
        return self.look().state

    def change(self, actor: Actor, edits: Sequence[Edit], *, why: str = "") -> State:
        """Change rows, all or none of them, and return what stands then.

        Parameters
        ----------
        actor : Actor
            Who.
        edits : sequence of Edit
            What.
        why : str
            Reason, for the history.

        Raises
        ------
        Conflict
            If a row is no longer what the editor saw.
        Refused
            If the rows would make an error that was not there before.
        """
        return self._write_rows(actor, "change", why, ahead=lambda book: _without_conflict(book, edits))

    def tried(self, edits: Sequence[Edit]) -> State:
        """Return what would stand after edits; nothing is written.

        Raises
        ------
        Conflict, Refused
            As of `change`.
        """
        look = self.look()
        steps = _without_conflict(look.book, edits)
        return drawn_up(steps, look.book, look.head, actor=SERVER, at=self._clock()).after.state

    def undo(self, actor: Actor, seq: int) -> State:
        """Undo a change, of which `seq` is an entry, as a new one: every row of it is again what it was before.

        Raises
        ------
        UnknownNumber
            If there is no such entry, or it changed no row.
        NotOneself
            If somebody else made it, and the actor is no administrator.
        Conflict
            If one of its rows was changed since.
        Refused
            If the rows would make an error.
        """

        def steps(connection: Connection, book: Book) -> list[Step]:
            batch = connection.execute(select(AUDIT.c.batch).where(AUDIT.c.seq == seq)).scalar()
            found = connection.execute(select(AUDIT).where(AUDIT.c.batch == batch).order_by(AUDIT.c.seq.desc())).all()
            entries = [entry for entry in map(entry_of, found) if entry.row is not None]
            if not entries or entries[0].kind == "create":
                raise UnknownNumber(f"Entry {seq} is no change of rows that could be undone.")
            if (entries[0].account, entries[0].actor) != (actor.account, actor.name) and actor.role != "administrator":
                raise NotOneself(f"Entry {seq} is a change by {entries[0].actor}, who may undo it.")
            return undoing(entries, book)

        return self._write_rows(actor, "undo", f"undoes entry {seq}", steps=steps, details={"undoes": seq})

    def _write_rows(
        self,
        actor: Actor,
        kind: str,
        why: str,
        *,
        steps: Callable[[Connection, Book], list[Step]] | None = None,
        ahead: Callable[[Book], list[Step]] | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> State:
        """Write what `steps` finds in the transaction; or what `ahead` finds before it, so that nobody waits for the checks."""
        with self._database.turn():
            look, drawn = self.look(), None
            if ahead is not None:
                drawn = drawn_up(ahead(look.book), look.book, look.head, actor=actor, at=self._clock())
                if not drawn.steps:
                    return look.state

            def work(connection: Connection) -> tuple[Head, Head, Book]:
                head = head_in(connection)
                made = drawn
                if made is None or not made.fits(head):
                    book = self._looker.book_in(connection, head)
                    found = ahead(book) if ahead is not None else steps(connection, book) if steps is not None else []
                    made = drawn_up(found, book, head, actor=actor, at=self._clock())
                if not made.steps:
                    return head, head, made.after
                ledger = Ledger(connection, actor, made.at, why, known=head)
                store_rows(connection, ledger, kind, made.steps, made.rows, details)
                added = sum(step.number is None for step in made.steps)
                ledger.close(next_row=head.next_row + added if added else None)
                return head, ledger.head, made.after.as_of(ledger.head.rows_seq)

            before, after, book = self._database.write(work)
            self._looker.changed(before, after, book)
        return book.state

    def _create(self, tables: Mapping[str, Sequence[Mapping[str, str]]], origin: str) -> None:
        def work(connection: Connection) -> None:
            if head_of(connection) is not None:  # another process was quicker
                return
            at = self._clock()
            head = {"id": 1, "conference": uuid.uuid4().hex, "made_at": at, "seq": 0, "hash": START, "rows_seq": 0, "next_row": 1}
            connection.execute(insert(CONFERENCE).values(**head))
            ledger = Ledger(connection, SERVER, at, f"made from {origin}")
            ledger.add("create", details={"conference": head["conference"], "from": origin})
            steps = [Step(name, None, None, cells) for name in KEYS for cells in tables.get(name, ())]
            rows = rows_after(steps, actor=SERVER, at=at, next_row=1)
            store_rows(connection, ledger, "create", steps, rows, None)
            ledger.close(next_row=len(rows) + 1)

        self._database.write(work)

    # ------------------------------------------------------------------------------------------------------------- history

    def history(
        self,
        table: str | None = None,
        key: str | None = None,
        actor: str | None = None,
        since: datetime | None = None,
        *,
        before: int | None = None,
        limit: int = 100,
    ) -> list[AuditEntry]:
        """Return entries of the audit, the newest first.

        Parameters
        ----------
        table, key : str, optional
            Only those of a table; of the row with this key, whatever it was called before or after, or of the line remarked on.
        actor : str, optional
            Only what this person did.
        since : datetime, optional
            Only from this moment on. UTC
        before : int, optional
            Only those before this entry, to go on from a page.
        """
        asked = select(AUDIT).order_by(AUDIT.c.seq.desc()).limit(min(limit, MOST_ENTRIES))
        if table is not None:
            asked = asked.where(AUDIT.c.table_name == table)
        if key is not None:
            named = select(AUDIT.c.row_id).where(AUDIT.c.row_key == key)
            of_row = AUDIT.c.row_id.in_(named if table is None else named.where(AUDIT.c.table_name == table))
            asked = asked.where(or_(of_row, and_(AUDIT.c.row_id.is_(None), AUDIT.c.row_key == key)))
        if actor is not None:
            asked = asked.where(AUDIT.c.actor == actor)
        if since is not None:
            asked = asked.where(AUDIT.c.at >= since)
        if before is not None:
            asked = asked.where(AUDIT.c.seq < before)
        return [entry_of(row) for row in self._database.ask(asked)]

    def changes_since(self, seq: int, *, limit: int = MOST_ENTRIES) -> list[Change]:
        """Return what happened after an entry, in order, without content: edits, plans, jobs."""
        asked = select(AUDIT).where(AUDIT.c.seq > seq).order_by(AUDIT.c.seq).limit(min(limit, MOST_ENTRIES))
        return [change_of(entry_of(row)) for row in self._database.ask(asked)]

    def verify(self, *, expected: tuple[int, str] | None = None) -> tuple[Finding, ...]:
        """Return what is wrong with the audit, and with rows, remarks, plans and incidents that it vouches for.

        Parameters
        ----------
        expected : tuple of (int, str), optional
            Number and hash of an entry that were noted elsewhere (`head`).
        """
        return self._database.read(lambda connection: tuple(verify_audit(connection, expected=expected)))

    # ------------------------------------------------------------------------------------------------------------ versions

    def name_version(self, actor: Actor, name: str) -> Version:
        """Give the scenario as it stands a name, to come back to."""
        return versions.name_version(self._database, actor, plain_text(name), self._clock)

    def versions(self) -> list[Version]:
        """Return the versions with a name, the newest first."""
        return versions.all_versions(self._database)

    def read_version(self, version: int) -> Scenario:
        """Return the scenario of a version by its number."""
        return versions.scenario_at(self._database, versions.version(self._database, version).of_seq)

    def rows_at(self, seq: int) -> dict[str, list[StoredRow]]:
        """Return the rows as they stood after an entry, by table."""
        return self._database.read(lambda connection: versions.rows_at(connection, seq))

    def restore_version(self, actor: Actor, version: int, *, of_seq: int) -> State:
        """Make the rows again what they were in a version with a name, as one change, which can be undone like any other.

        Parameters
        ----------
        of_seq : int
            `State.seq` that the actor saw.

        Raises
        ------
        UnknownNumber
            If there is no such version.
        Conflict
            If a row that differs was changed since the actor looked.
        Refused
            If the rows would make an error.
        """
        known = versions.version(self._database, version)

        def steps(connection: Connection, book: Book) -> list[Step]:
            return versions.steps_back(connection, book, to=known.of_seq, seen=of_seq)

        return self._write_rows(actor, "change", f"restores the version “{known.name}”", steps=steps)

    def compare_with(self, since: int | Version) -> Differences:
        """Return what differs between an entry, or a version with a name, and now."""
        seq = since.of_seq if isinstance(since, Version) else since
        return versions.differences(self.rows_at(seq), self.state())

    # --------------------------------------------------------------------------------------------------------------- plans

    def add_plan(
        self, actor: Actor, plan: Plan, of_seq: int, *, scenario: Scenario | None = None, job: int | None = None
    ) -> int:
        """Store a plan and return its number.

        Parameters
        ----------
        of_seq : int
            `State.seq` of what was planned.
        scenario : Scenario, optional
            What was planned, with the offers of its pool derived, for `verify`.
        job : int, optional
            Job that made it.
        """
        return self._plans.add(actor, plan, of_seq, scenario=scenario, job=job)

    def plan(self, number: int) -> Plan:
        """Return a plan by its number. Read once, then kept in memory."""
        return self._plans.content(number)[0]

    def stored_plan(self, number: int) -> StoredPlan | None:
        """Return a plan with who made it when; None where there is none of this number."""
        return self.look().plan(number)

    def latest_plan(self, option: str | None = None) -> StoredPlan | None:
        """Return the newest plan, of an option where one is named, or None."""
        return next(iter(self.plans(option=option, limit=1)), None)

    def plans(self, *, option: str | None = None, limit: int | None = None) -> list[StoredPlan]:
        """Return plans, the newest first. None of them is unpacked before its `plan` is asked for."""
        return [each for each in self.look().plans if option is None or each.option == option][:limit]

    def plan_archive(self, number: int) -> bytes:
        """Return a plan as a packed folder, to be handed out."""
        return self._plans.archive(number)

    # ---------------------------------------------------------------------------------------------------------------- jobs

    def enqueue(self, actor: Actor, kind: str, arguments: Mapping[str, Any]) -> int:
        """Add a job and return its number."""
        return self._jobs.enqueue(actor, kind, arguments)

    def claim(self, worker: str) -> Job | None:
        """Take the oldest job that waits, or return None. A job whose worker died is queued again once, then failed."""
        return self._jobs.claim(worker)

    def progress(
        self, number: int, share: float, message: str = "", *, attempt: int | None = None, so_far: Mapping[str, Any] | None = None
    ) -> bool:
        """Say how far a job is, and what it has so far: a sign of life too. Return whether to go on: nobody cancelled it."""
        return self._jobs.progress(number, share, message, attempt=attempt, so_far=so_far)

    def finish(
        self, number: int, result: Mapping[str, Any] | None = None, *, archive: bytes | None = None, attempt: int | None = None
    ) -> None:
        """Say that a job is done, with what came of it."""
        self._jobs.finish(number, result, archive=archive, attempt=attempt)

    def fail(self, number: int, message: str, *, attempt: int | None = None) -> None:
        """Say that a job came to nothing, and why. One that was to be cancelled is cancelled."""
        self._jobs.fail(number, message, attempt=attempt)

    def give_back(self, number: int, *, attempt: int) -> None:
        """Queue a job again, because its worker was told to end."""
        self._jobs.give_back(number, attempt=attempt)

    def cancel(self, actor: Actor, number: int) -> Job:
        """Stop a job: at once where it waits; where it runs its worker hears of it by `progress`."""
        return self._jobs.cancel(actor, number)

    def enough(self, actor: Actor, number: int) -> Job:
        """Ask a job that runs to end with what it has so far."""
        return self._jobs.enough(actor, number)

    def job(self, number: int) -> Job:
        """Return a job by its number."""
        return self._jobs.job(number)

    def jobs(self, *, limit: int = 50, are_open: bool = False, kind: str | None = None) -> list[Job]:
        """Return jobs, the newest first; with `are_open` only those that wait or run, with `kind` only of that."""
        return self._jobs.jobs(limit=limit, are_open=are_open, kind=kind)

    def job_archive(self, number: int) -> bytes | None:
        """Return the archive that came of a job, or None."""
        return self._jobs.archive(number)

    # ------------------------------------------------------------------------------------------------- in and out, the rest

    def export_folder(self, path: str | Path) -> Path:
        """Write the scenario as a folder: its own tables, and ``extends`` where it has it."""
        return exchange.export_folder(self.state(), Path(path))

    def export_workbook(self, path: str | Path) -> Path:
        """Write the scenario as a workbook: its own tables, and ``extends`` where it has it."""
        return exchange.export_workbook(self.state(), Path(path))

    def import_preview(self, path: str | Path) -> Preview:
        """Return what it would change to bring in a folder or a workbook; nothing is changed.

        Rows are matched by key. A table that is not there is left alone; of one that is, rows that are missing are taken out.
        """
        return exchange.preview(self.look().book, path)

    def import_apply(self, actor: Actor, preview: Preview, *, why: str = "") -> State:
        """Do what a preview says.

        Raises
        ------
        Conflict
            If a row was changed since the preview.
        Refused
            If the preview has findings, or the rows would make an error.
        """
        if preview.findings:
            raise Refused(preview.findings)

        return self._write_rows(actor, "import", why, ahead=lambda book: _without_conflict(book, preview.edits))

    def add_incidents(self, actor: Actor, rows: Sequence[Mapping[str, str]]) -> int:
        """Add incidents as they are reported and return how many are new: known ones, by ``incident``, are passed over."""
        return incidents.add_incidents(self._database, actor, rows, self._clock)

    def incidents(self, since: int = 0, *, limit: int | None = None) -> list[Incident]:
        """Return incidents that arrived after a number, in the order of arrival."""
        return incidents.incidents_since(self._database, since, limit)

    def setting(self, name: str) -> Any:
        """Return what the server keeps under a name; None where there is nothing."""
        asked = select(SETTING.c.value).where(SETTING.c.name == name)
        return self._database.value(asked)

    def set_setting(self, actor: Actor, name: str, value: Any) -> None:
        """Keep a value, as JSON, under a name. The audit says that it was set, not to what."""

        def work(connection: Connection) -> None:
            ledger = Ledger(connection, actor, self._clock())
            connection.execute(delete(SETTING).where(SETTING.c.name == name))
            connection.execute(insert(SETTING).values(name=name, value=value))
            ledger.add("setting", details={"setting": name})
            ledger.close()

        self._database.write(work)

    def count(self) -> dict[str, int]:
        """Return how many rows, entries, plans, jobs, incidents and accounts there are."""
        from contingent.store.tables import ACCOUNT, INCIDENT, JOB, PLAN

        tables = {"rows": SCENARIO_ROW, "entries": AUDIT, "plans": PLAN, "jobs": JOB, "incidents": INCIDENT, "accounts": ACCOUNT}

        def work(connection: Connection) -> dict[str, int]:
            asked = {name: select(func.count()).select_from(table) for name, table in tables.items()}
            return {name: int(connection.execute(each).scalar_one()) for name, each in asked.items()}

        return self._database.read(work)


def _has_tables(connection: Connection) -> bool:
    from contingent.store.schema import version_of

    return version_of(connection) is not None


def _without_conflict(book: Book, edits: Sequence[Edit]) -> list[Step]:
    steps, conflicts = steps_of(book, edits)
    if conflicts:
        raise Conflict(conflicts)
    return steps


def _rows_to_create(place: str | Path) -> dict[str, list[dict[str, str]]]:
    scenario, told = read_and_check(place)
    if scenario is None:
        raise BadScenario(str(place), told)
    findings = Collected()
    rows = rows_of_place(place, findings)
    if rows is None or errors_only(findings.in_order()):
        raise BadScenario(str(place), findings.in_order())
    return rows
