"""What a page shows: the scenario and the plan as the viewer may see them, each made once and kept while nothing changes.

state of the conference -> derived scenario -> as seen by a role and nation -> page
plan of the archive                         -> as seen by a role and nation -> page

What a page is made from decides for whom it is made once, and what makes it anew:

    kept            for a role and nation, from the tables of now and the plan     an edit of which they see something
    kept_of_plan    for a role and nation, from the plan as it was planned         nothing
    kept_alike      for all who do not see everything, from what is shared         an edit of what is shared
                    of the tables of now and of the plan
    kept_for_all    for everybody, from what is shared of the plan as it was       nothing
                    planned
"""

from collections import OrderedDict, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, TypeVar

from fastapi import Request

from contingent.errors import BadScenario
from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.pipeline import derive, verify
from contingent.plan import Plan
from contingent.report.words import percent, plain
from contingent.store import AuditEntry, Conference, Edit, Job, Look, State, StoredPlan, StoredRow
from contingent.web.entries import Entry, sees_whole, told_entries
from contingent.web.guard import Viewer, viewer_of
from contingent.web.guard.writing import change, undo
from contingent.web.seen import Owned, nations_of_offers, seen_history, seen_plan, seen_scenario
from contingent.web.wording import link, stamp

T = TypeVar("T")

Version = int | tuple[int, ...]
"""Goes up with what something is made from."""

EVERYBODY = Viewer("", "observer")
"""Whoever looks sees what an observer sees."""

MOST_KEPT = 64
"""Things of one kind that are kept at once, such as scenarios, plans, or the tables of a page: one for each nation and more."""


class Shelf:
    """Things that are dear to make, by what they are: of each the newest alone; the one not asked for longest goes first.

    Whoever asks for what is being made waits for it: a hundred pages that load again after one edit make each thing once.
    """

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._kept: defaultdict[str, OrderedDict[Hashable, tuple[Version, Any]]] = defaultdict(OrderedDict)
        self._making: dict[tuple[Hashable, Version], Future[Any]] = {}
        self._lock = Lock()

    def get(self, key: tuple[Hashable, ...], make: Callable[[], T], *, version: Version = 0) -> T:
        """Return what is kept under a key, made now where it is not there.

        Parameters
        ----------
        key : tuple of hashable
            What it is; first its kind.
        make : callable
            Makes it. What it raises is raised to all who wait for it, and nothing is kept.
        version : int or tuple of int
            Last entry of the history that it is made from: what was made from an earlier one gives way to it.
        """
        with self._lock:
            kind = self._kept[str(key[0])]
            found = kind.get(key)
            if found is not None and found[0] == version:
                kind.move_to_end(key)
                return found[1]  # type: ignore[no-any-return]
            others = self._making.get((key, version))
            if others is None:
                own = self._making[key, version] = Future()
        if others is not None:
            return others.result()  # type: ignore[no-any-return]
        try:
            made = make()
        except BaseException as problem:
            with self._lock:
                del self._making[key, version]
            own.set_exception(problem)
            raise
        with self._lock:
            del self._making[key, version]
            newest = kind.get(key)
            if newest is None or newest[0] <= version:  # type: ignore[operator]  # versions of one thing are of one kind
                kind[key] = (version, made)
                kind.move_to_end(key)
            while len(kind) > self._most:
                kind.popitem(last=False)
        own.set_result(made)
        return made

    def last(self, key: tuple[Hashable, ...]) -> Any:
        """Return what is kept under a key, whatever it was made from; None where nothing is."""
        with self._lock:
            found = self._kept[str(key[0])].get(key)
            return None if found is None else found[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """What those of one role and nation see of the tables.

    Parameters
    ----------
    owned : Owned
        The tables, with whose each row is.
    seen : Scenario
        What is seen of them.
    since : int
        Entry of the history since which they see this: edits of others that they do not see change nothing for them.
    """

    owned: Owned
    seen: Scenario
    since: int


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A plan of the archive as it stands in the list to choose from."""

    id: int
    label: str


@dataclass(frozen=True)
class View:
    """What one request may see.

    Parameters
    ----------
    viewer : Viewer
        Who looks.
    conference : Conference
        The door to the database.
    look : Look
        Where the history ended, all plans, and whether a job is open, when it was looked.
    state : State
        Settings and tables as they stood then.
    scenario : Scenario or None
        With offers of the pool and lines of the mandate, as this viewer may see it; None where the tables do not make one.
    findings : tuple of Finding
        What is wrong with the tables.
    stored : StoredPlan or None
        The plan chosen, in the archive; None where there is none yet.
    plan : Plan or None
        The same plan as this viewer may see it.
    plans : tuple of PlanEntry
        All plans, the newest first.
    asked : bool
        Whether the address asks for this plan by its number.
    whole : Scenario or None
        The scenario with nothing kept from the viewer: to compute with, never to show.
    shelf : Shelf
        What is kept.
    since : int
        Entry of the history since which this viewer sees the same of the tables.
    """

    viewer: Viewer
    conference: Conference
    look: Look
    state: State
    scenario: Scenario | None
    findings: tuple[Finding, ...]
    stored: StoredPlan | None
    plan: Plan | None
    plans: tuple[PlanEntry, ...]
    asked: bool
    whole: Scenario | None
    shelf: Shelf
    since: int = 0

    @property
    def heard(self) -> int:
        """Last entry of the history when it was looked: what comes later, the page hears of by itself."""
        return self.look.seq

    def open_jobs(self, *, kind: str | None = None) -> list[Job]:
        """Return jobs that wait or run, the newest first; they are asked for only where there are any."""
        return self.conference.jobs(are_open=True, kind=kind) if self.look.has_open_jobs else []

    @property
    def title(self) -> str:
        """Title of the conference."""
        return str(self.scenario.settings.title) if self.scenario is not None else "A scenario that cannot be read yet"

    @property
    def marking(self) -> str:
        """Marking of every page."""
        return self.scenario.settings.marking if self.scenario is not None else ""

    @property
    def start(self) -> date | None:
        """D-day."""
        return self.scenario.settings.start_date if self.scenario is not None else None

    @property
    def is_behind(self) -> bool:
        """Whether the tables have changed since the plan was made."""
        return self.stored is not None and self.stored.of_seq < self.state.seq

    @property
    def carried(self) -> dict[str, object]:
        """What every link takes along: the plan that was asked for by its number."""
        return {"plan": self.stored.id} if self.stored is not None and self.asked else {}

    def at(self, path: str, parameters: Mapping[str, object] | None = None) -> str:
        """Return an address with the parameters and with what every link takes along."""
        return link((path, {**self.carried, **(parameters or {})}))

    @property
    def scope(self) -> tuple[str, str | None]:
        """What all viewers who see the same have in common."""
        return (self.viewer.role, self.viewer.nation)

    @property
    def planned(self) -> Scenario | None:
        """What the chosen plan was made from, as this viewer may see it; the tables of now where the archive does not say."""
        return self.scenario if self.stored is None else self.planned_as_seen(self.stored)

    def planned_as_seen(self, stored: StoredPlan) -> Scenario | None:
        """Return what a plan of the archive was made from, as this viewer may see it; the tables of now where it does not say."""
        scenario = stored.scenario
        if scenario is None:
            return self.scenario
        return self.shelf.get(("planned", stored.id, self.scope), lambda: seen_scenario(scenario, self.viewer))

    def origin_of(self, stored: StoredPlan) -> tuple[Scenario | None, int]:
        """Return what a plan of the archive was made from, whole, and since which entry of the history: to compute with."""
        return origin_of(stored, self.whole, self.state.seq)

    def seen_plan_of(self, stored: StoredPlan) -> Plan:
        """Return another plan of the archive as this viewer may see it."""
        origin, _ = self.origin_of(stored)
        assert origin is not None
        return self.shelf.get(("plan", stored.id, self.scope), lambda: seen_plan(stored.plan, origin, self.viewer))

    def broken_promises(self, stored: StoredPlan) -> tuple[Finding, ...] | None:
        """Return what of a plan does not hold for what was planned, recomputed with no solver; None where that cannot be read."""
        origin, since = self.origin_of(stored)
        if origin is None:
            return None
        return self.shelf.get(("verified", stored.id), lambda: verify(origin, stored.plan), version=since)

    def row_of(self, table: str, key: str) -> StoredRow | None:
        """Return a row of the database by its table and key; None where there is none, or none that this viewer sees whole."""
        row = self.rows_by_key(table).get(key)
        if row is None or not sees_whole(table, row.cells, self.viewer, self.nations):
            return None
        return row

    def rows_by_key(self, table: str) -> dict[str, StoredRow]:
        """Return the rows of a table of the database by their keys, whoever may see them: to compute with, never to show."""
        rows = self.state.rows.get(table, ())
        return self.shelf.get(("rows", table), lambda: {row.key: row for row in rows}, version=self.state.seq)

    def stated(self, table: str) -> frozenset[str]:
        """Return the keys of a table that are written in it, and not derived."""
        return frozenset(self.rows_by_key(table))

    @property
    def nations(self) -> dict[str, str]:
        """Nation of each offer, derived ones included."""
        whole = self.whole
        found: dict[str, str] = {} if whole is None else {offer.offer: offer.nation for offer in whole.offers}
        return found

    def entries(
        self, *, since: datetime | None = None, table: str | None = None, key: str | None = None, limit: int = 50
    ) -> list[Entry]:
        """Return the last entries of the history that this viewer may see, the newest first.

        The rows with which the conference began are told only where one asks for a table or a row.
        """
        found = self.conference.history(table=table, key=key, since=since, limit=limit)
        if table is None and key is None:
            found = [entry for entry in found if entry.kind != "create" or entry.row is None]
        return told_entries(self.seen_entries(found, key=key), self.viewer)

    def seen_entries(self, found: Iterable[AuditEntry], *, key: str | None) -> list[AuditEntry]:
        """Return entries as this viewer may see them; asked for by its `key`, one that may not be seen looks like none."""
        seen = seen_history(found, self.viewer, {**nations_of_offers(self.state), **self.nations})
        return [entry for entry in seen if key is None or entry.key is not None]

    def change(self, edits: Sequence[Edit], *, why: str = "") -> State:
        """Change the tables, all or nothing, as far as this viewer may.

        Raises
        ------
        Denied
            If the viewer may not write one of the rows.
        Conflict
            If a row was changed meanwhile.
        Refused
            If the tables would no longer make sense.
        """
        return change(self.conference, self.viewer, edits, why=why)

    def undo(self, seq: int) -> State:
        """Undo an entry of the viewer's own; arguments and errors as of `Conference.undo`."""
        return undo(self.conference, self.viewer, seq)

    def kept(self, name: str, make: Callable[[], T], *further: Hashable, of: int | None = None) -> T:
        """Return what is made from this view and from what is further named, made now where it is not there.

        `of` is the last entry of the history that it is made from, where that is more than the tables.
        """
        plan = self.stored.id if self.stored is not None else None
        return self.shelf.get((name, plan, self.scope, *further), make, version=self.since if of is None else of)

    def kept_of_plan(self, name: str, make: Callable[[Scenario, Plan], T], *further: Hashable) -> T:
        """Return what is made from the plan, from what it was made from and from what is further named, as this viewer sees them.

        No edit of the tables makes it anew.
        """
        stored, planned, plan = self.stored, self.planned, self.plan
        assert stored is not None
        assert planned is not None
        assert plan is not None
        since = 0 if stored.scenario is not None else self.since
        return self.shelf.get((name, stored.id, self.scope, *further), lambda: make(planned, plan), version=since)

    def kept_alike(self, name: str, make: Callable[[Scenario, Plan | None], T], *further: Hashable) -> T:
        """Return what is made from what is shared of the tables of now and of the plan alone.

        Whoever does not see everything sees the same of it: it is made once for all of them, and no offer makes it anew.
        """
        scenario, whole, stored = self.scenario, self.whole, self.stored
        assert scenario is not None
        assert whole is not None
        if self.viewer.sees_all:
            return self.kept(name, lambda: make(scenario, self.plan), *further)
        seq, key = self.state.seq, ("scenario", (EVERYBODY.role, EVERYBODY.nation))
        told = self.shelf.get(key, lambda: seen_now(self.shelf, whole, EVERYBODY, seq=seq), version=seq)
        number, plan = (None, None) if stored is None else (stored.id, self._for_all(stored)[1])
        return self.shelf.get((name, number, "alike", *further), lambda: make(told.seen, plan), version=told.since)

    def _for_all(self, stored: StoredPlan) -> tuple[Scenario, Plan]:
        """What everybody sees of what a plan of the archive was made from, and of the plan."""
        origin, since = self.origin_of(stored)
        assert origin is not None

        def seen() -> tuple[Scenario, Plan]:
            return seen_scenario(origin, EVERYBODY), seen_plan(stored.plan, origin, EVERYBODY)

        return self.shelf.get(("for all", stored.id), seen, version=since)

    def kept_for_all(self, name: str, make: Callable[[Scenario, Plan], T], *further: Hashable) -> T:
        """Return what is made from what everybody sees of the plan and of what it was made from: once for all who look."""
        stored = self.stored
        assert stored is not None
        _, since = self.origin_of(stored)
        return self.shelf.get((name, stored.id, *further), lambda: make(*self._for_all(stored)), version=since)


def origin_of(stored: StoredPlan, whole: Scenario | None, seq: int) -> tuple[Scenario | None, int]:
    """Return what a plan of the archive was made from, whole, and since which entry of the history: 0 = for good.

    Where the archive does not say, it is the tables of now, `whole`, which are of the entry `seq`.
    """
    return (stored.scenario, 0) if stored.scenario is not None else (whole, seq)


def view_of(request: Request) -> View:
    """Return what a request may see, with the plan that its address asks for, or else the newest one; looked at once."""
    found: View | None = getattr(request.state, "view", None)
    return looked_at(request) if found is None else found


def looked_at(request: Request) -> View:
    """Return what a request may see as it stands now; `view_of` gives the same to whoever asks for the same request after."""
    conference: Conference = request.app.state.conference
    look, shelf, viewer = conference.look(), shelf_of(request), viewer_of(request)
    state = look.state
    scope = (viewer.role, viewer.nation)
    derived, findings = shelf.get(("derived",), lambda: derived_of(state), version=state.seq)
    seen = None
    if derived is not None:
        seen = shelf.get(("scenario", scope), lambda: seen_now(shelf, derived, viewer, seq=state.seq), version=state.seq)
    wanted = request.query_params.get("plan", "")
    chosen = look.plan(int(wanted)) if wanted.isdecimal() and len(wanted) < 10 else None
    stored = chosen or next(iter(look.plans), None)
    plan = None
    if stored is not None and derived is not None:
        plan = shelf.get(("plan", stored.id, scope), lambda: seen_plan(stored.plan, stored.scenario or derived, viewer))
    plans = shelf.get(("labels",), lambda: tuple(PlanEntry(each.id, label_of(each)) for each in look.plans), version=look.seq)
    scenario, since = (seen.seen, seen.since) if seen is not None else (None, state.seq)
    return View(
        viewer, conference, look, state, scenario, findings, stored, plan, plans, chosen is not None, derived, shelf, since)


def seen_now(shelf: Shelf, whole: Scenario, viewer: Viewer, *, seq: int) -> Seen:
    """Return what a viewer sees of the tables, made from what it saw of them before where that is kept."""
    known: Owned | None = shelf.last(("owned",))
    owned = shelf.get(("owned",), lambda: Owned.of(whole, before=known), version=seq)
    earlier: Seen | None = shelf.last(("scenario", (viewer.role, viewer.nation)))
    if earlier is None:
        return Seen(owned, owned.seen_by(viewer), seq)
    seen = owned.seen_by(viewer, before=(earlier.owned, earlier.seen))
    return Seen(owned, seen, earlier.since if seen is earlier.seen else seq)


def shelf_of(request: Request) -> Shelf:
    """Return the application's shelf, made with the first request."""
    if not hasattr(request.app.state, "shelf"):
        request.app.state.shelf = Shelf()
    shelf: Shelf = request.app.state.shelf
    return shelf


def derived_of(state: State) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """Return the scenario with the offers of its pool and the lines of its mandate, and what is wrong with it."""
    if state.scenario is None:
        return None, state.findings
    try:
        return derive(state.scenario), state.findings
    except BadScenario as bad:
        return state.scenario, (*state.findings, *bad.findings)


def label_of(stored: StoredPlan) -> str:
    """Return a plan as the list to choose from has it: number, option, how full, when it was made."""
    parts = (f"No {stored.id}", plain(stored.option or ""), f"{percent(stored.fill)} filled", stamp(stored.made_at))
    return " · ".join(part for part in parts if part)


async def form_of(request: Request) -> dict[str, str]:
    """Return what a form sent, each field once, as text; a file is no text and is left out."""
    sent = await request.form(max_files=0, max_fields=200)
    return {name: value for name, value in sent.items() if isinstance(value, str)}
