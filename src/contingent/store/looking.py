"""What a conference looks like at one moment: read once for all that ask between two entries of its history.

    where does the history end?     one statement, each time
    as it was last time             what was seen then is given again: rows as they were parsed, plans, whether a job is open
    further                         what has come since is read at one moment, and parsed once it is read; others wait for it

Rows, plans and whether any job waits or runs change only together with an entry of the history, so its end stands for all of
them. How far a job is does not, and is asked of the queue.
"""

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Lock

from sqlalchemy import Connection, select

from contingent.store.audit import HEAD, Head, entry_of, head_from, head_of
from contingent.store.book import Book, book_of, with_rows
from contingent.store.changes import row_after, stored_row
from contingent.store.database import Database
from contingent.store.faults import NoConference
from contingent.store.jobs import are_any_open
from contingent.store.plans import PlanArchive, StoredPlan
from contingent.store.records import State
from contingent.store.tables import AUDIT, SCENARIO_ROW


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A conference at one moment.

    Parameters
    ----------
    head : Head
        Where its history ended.
    book : Book
        Its rows.
    plans : tuple of StoredPlan
        Its plans, the newest first.
    has_open_jobs : bool
        Whether a job waited or ran.
    """

    head: Head
    book: Book
    plans: tuple[StoredPlan, ...]
    has_open_jobs: bool

    @property
    def seq(self) -> int:
        """Last entry of the history."""
        return self.head.seq

    @property
    def state(self) -> State:
        """The rows, and the scenario that they make."""
        return self.book.state

    def plan(self, number: int) -> StoredPlan | None:
        """Return a plan by its number; None where there is none."""
        return next((each for each in self.plans if each.id == number), None)

    def is_as_late_as(self, head: Head) -> bool:
        """Whether an end of the history was reached when it was looked."""
        return self.head.conference == head.conference and self.head.seq >= head.seq


class Looker:
    """Looks at a conference, and keeps the last look.

    Parameters
    ----------
    database : Database
        Where it lies.
    plans : PlanArchive
        Its plans.
    """

    def __init__(self, database: Database, plans: PlanArchive) -> None:
        self._database, self._plans = database, plans
        self._lock = Lock()
        self._book: tuple[str, Book] | None = None
        self._look: Look | None = None
        self._looking: Future[Look] | None = None

    def head(self) -> Head:
        """Return where the history ends.

        Raises
        ------
        NoConference
            If there is none.
        """
        row = self._database.row(HEAD)
        if row is None:
            raise NoConference("The database holds no conference.")
        return head_from(row)

    def now(self) -> Look:
        """Return the conference as it stands. Whoever asks while somebody looks waits for what is seen."""
        head = self.head()
        while True:
            with self._lock:
                if self._look is not None and self._look.head == head:
                    return self._look
                others = self._looking
                if others is None:
                    own = self._looking = Future()
            if others is None:
                return self._look_for_all(own)
            if (found := others.result()).is_as_late_as(head):
                return found

    def _look_for_all(self, waited_for: "Future[Look]") -> Look:
        try:
            found = self._looked()
        except BaseException as problem:
            with self._lock:
                self._looking = None
            waited_for.set_exception(problem)
            raise
        with self._lock:
            self._look, self._looking = found, None
        waited_for.set_result(found)
        return found

    def _looked(self) -> Look:
        def work(connection: Connection) -> tuple[Head, Callable[[], Book], tuple[StoredPlan, ...], bool]:
            head = head_in(connection)
            return head, self._read(connection, head), self._plans.entries_in(connection), are_any_open(connection)

        head, parsed, plans, has_open_jobs = self._database.read(work)
        book = parsed()  # when nothing is held any more: it takes its time
        self._keep(head, book)
        return Look(head, book, plans, has_open_jobs)

    def book_in(self, connection: Connection, head: Head) -> Book:
        """Return the rows as they are in a transaction that has read where the history ends."""
        book = self._read(connection, head)()
        self._keep(head, book)
        return book

    def changed(self, before: Head, after: Head, book: Book) -> None:
        """Take note of a change of rows alone that this process has made.

        Parameters
        ----------
        before, after : Head
            Where the history ended when the transaction began, and ends now.
        book : Book
            The rows as they stand now.
        """
        self._keep(after, book)
        with self._lock:
            look = self._look
            if look is not None and look.head == before:
                self._look = Look(after, book, look.plans, look.has_open_jobs)

    def _read(self, connection: Connection, head: Head) -> Callable[[], Book]:
        """Read the rows, as far as they have changed since they were last read, and return what parses them."""
        kept = self._book
        if kept is None or kept[0] != head.conference or kept[1].seq > head.rows_seq:
            asked = select(SCENARIO_ROW).order_by(SCENARIO_ROW.c.id)
            rows = [stored_row(row) for row in connection.execute(asked)]
            return lambda: book_of(head.rows_seq, rows)
        before = kept[1]
        if before.seq == head.rows_seq:
            return lambda: before
        since = select(AUDIT).where(AUDIT.c.seq > before.seq, AUDIT.c.row_id.is_not(None)).order_by(AUDIT.c.seq)
        entries = [entry_of(row) for row in connection.execute(since)]
        changes = {(entry.table or "", entry.row or 0): row_after(entry) for entry in entries}
        return lambda: with_rows(before, head.rows_seq, changes)

    def _keep(self, head: Head, book: Book) -> None:
        with self._lock:
            if self._book is None or self._book[0] != head.conference or self._book[1].seq <= book.seq:
                self._book = (head.conference, book)


def head_in(connection: Connection) -> Head:
    """Return where the history ends, in a transaction.

    Raises
    ------
    NoConference
        If there is none.
    """
    head = head_of(connection)
    if head is None:
        raise NoConference("The database holds no conference.")
    return head
