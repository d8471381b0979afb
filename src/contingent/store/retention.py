"""Which plans and results of jobs are kept, and which are taken out of the database when newer ones come.

Kept are the newest so many plans, and beyond them every plan that something names: the newest of each option, those made of the
tables of a version with a name, those kept by hand, and those that a result which is kept is about or is held against. Of the
results of jobs that hold files (what-ifs, situations, results about older plans) the newest so many, and those kept by hand.

What is taken out leaves an entry in the history. The jobs themselves stay, without their files.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from contingent.store.audit import Ledger
from contingent.store.database import Database
from contingent.store.records import Actor
from contingent.store.tables import JOB, PLAN, SETTING, SNAPSHOT

USUALLY_KEPT = 100
"""Plans, and results with files, that are kept beside those that something names, where a conference says nothing else."""

MOST_KEPT = 100_000
"""Most that a conference can say."""

HOW_MANY, BY_HAND = "plans_kept", "kept_by_hand"
"""Settings: how many are kept, 0 = all; and what is kept by hand: ``p`` and the number of a plan, ``w`` and that of a job."""

_ABOUT = ("plan", "against", "of")
"""Names under which a job's arguments or result name a plan."""

_PIECE = 500


@dataclass(frozen=True, slots=True)
class Pruned:
    """What is taken out.

    Parameters
    ----------
    plans : tuple of int
        Plans.
    jobs : tuple of int
        Jobs whose files go.
    size : int
        What they take up, packed. [bytes]
    """

    plans: tuple[int, ...] = ()
    jobs: tuple[int, ...] = ()
    size: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is taken out."""
        return not (self.plans or self.jobs)


class Retention:
    """What is kept of a conference's plans and results.

    Parameters
    ----------
    database : Database
        Where they lie.
    clock : callable
        What time it is. UTC
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    def how_many(self) -> int:
        """Return how many are kept beside those that something names; 0 = all."""
        return _as_number(self._database.value(_setting(HOW_MANY)))

    def by_hand(self) -> tuple[str, ...]:
        """Return what is kept by hand: ``p`` and the number of a plan, ``w`` and that of a job."""
        return _as_keys(self._database.value(_setting(BY_HAND)))

    def set_how_many(self, actor: Actor, number: int) -> None:
        """Say how many are kept; 0 = all. What is too many then goes with the next that comes, or by `prune`."""
        if not 0 <= number <= MOST_KEPT:
            raise ValueError(f"{number} is not between 0 and {MOST_KEPT:,}.")
        self._set(actor, HOW_MANY, lambda _: number)

    def keep(self, actor: Actor, keys: Iterable[str], *, kept: bool = True) -> None:
        """Keep plans and results by hand, whatever their age, or do so no longer."""
        named = set(keys)
        self._set(actor, BY_HAND, lambda before: sorted({*before, *named} if kept else {*before} - named, key=_in_order))

    def prune(self, actor: Actor, *, how_many: int | None = None, is_dry: bool = False) -> Pruned:
        """Take out what is kept no longer, and return what that is.

        Parameters
        ----------
        how_many : int, optional
            So many are kept; None = as the conference says. 0 = all
        is_dry : bool
            Only say what would be taken out.
        """
        if is_dry:
            return self._database.read(lambda connection: what_goes(connection, how_many))

        def work(connection: Connection) -> Pruned:
            ledger = Ledger(connection, actor, self._clock())
            found = prune(connection, ledger, how_many)
            ledger.close()
            return found

        return self._database.write(work)

    def _set(self, actor: Actor, name: str, value: Callable[[tuple[str, ...]], Any]) -> None:
        def work(connection: Connection) -> None:
            ledger = Ledger(connection, actor, self._clock())
            given = value(_by_hand(connection))
            connection.execute(delete(SETTING).where(SETTING.c.name == name))
            connection.execute(insert(SETTING).values(name=name, value=given))
            ledger.add("setting", details={"setting": name})
            ledger.close()

        self._database.write(work)


def prune(connection: Connection, ledger: Ledger, how_many: int | None = None) -> Pruned:
    """Take out what is kept no longer, in a transaction that somebody else has begun, with an entry in its ledger."""
    found = what_goes(connection, how_many)
    if found.is_nothing:
        return found
    for numbers in _pieces(found.plans):
        connection.execute(delete(PLAN).where(PLAN.c.id.in_(numbers)))
    for numbers in _pieces(found.jobs):
        connection.execute(update(JOB).where(JOB.c.id.in_(numbers)).values(archive=None))
    ledger.add("prune", details={"plans": list(found.plans), "jobs": list(found.jobs), "size": found.size})
    return found


def what_goes(connection: Connection, how_many: int | None = None) -> Pruned:
    """Return what is kept no longer. Nothing is changed."""
    newest = _how_many(connection) if how_many is None else how_many
    if not newest:
        return Pruned()
    plans = connection.execute(
        select(PLAN.c.id, PLAN.c.option, PLAN.c.of_seq, func.length(PLAN.c.archive).label("size")).order_by(PLAN.c.id.desc())
    ).all()
    asked = select(JOB.c.id, JOB.c.arguments, JOB.c.result, JOB.c.status, func.length(JOB.c.archive).label("size"))
    held = JOB.c.archive.is_not(None) | JOB.c.status.in_(("queued", "running"))
    jobs = connection.execute(asked.where(held).order_by(JOB.c.id.desc())).all()
    by_hand = set(_by_hand(connection))
    filed = [job for job in jobs if job.size is not None]
    jobs_gone = [job for job in filed[newest:] if by_hand.isdisjoint(_keys_of(job.id, job.result))]
    gone = {job.id for job in jobs_gone}
    named = {number for job in jobs if job.id not in gone for number in _plans_named(job.arguments, job.result)}
    named |= {plan.id for plan in plans if f"p{plan.id}" in by_hand}
    of_versions = set(connection.execute(select(SNAPSHOT.c.of_seq)).scalars())
    options: set[str | None] = set()
    plans_gone = []
    for at, plan in enumerate(plans):
        is_newest_of_option = plan.option not in options
        options.add(plan.option)
        if not (at < newest or is_newest_of_option or plan.id in named or plan.of_seq in of_versions):
            plans_gone.append(plan)
    return Pruned(
        tuple(sorted(plan.id for plan in plans_gone)), tuple(sorted(gone)),
        sum(each.size for each in [*plans_gone, *jobs_gone]),
    )  # fmt: skip


def _plans_named(arguments: Mapping[str, Any], result: Mapping[str, Any] | None) -> set[int]:
    found = [given.get(name) for given in (arguments, result or {}) for name in _ABOUT]
    return {number for number in found if isinstance(number, int)}


def _keys_of(job: int, result: Mapping[str, Any] | None) -> set[str]:
    """What of a job may be kept by hand: itself, and what its result is about."""
    told = result or {}
    return {f"w{job}", f"w{told.get('of_what_if')}", f"p{told.get('of')}"}


def _setting(name: str) -> Select[Any]:
    return select(SETTING.c.value).where(SETTING.c.name == name)


def _how_many(connection: Connection) -> int:
    return _as_number(connection.execute(_setting(HOW_MANY)).scalar())


def _by_hand(connection: Connection) -> tuple[str, ...]:
    return _as_keys(connection.execute(_setting(BY_HAND)).scalar())


def _as_number(found: Any) -> int:
    return found if isinstance(found, int) else USUALLY_KEPT


def _as_keys(found: Any) -> tuple[str, ...]:
    return tuple(str(each) for each in found) if isinstance(found, list) else ()


def _in_order(key: str) -> tuple[str, int]:
    return key[:1], int(key[1:]) if key[1:].isdecimal() else 0


def _pieces(numbers: Sequence[int]) -> Iterable[Sequence[int]]:
    return (numbers[start : start + _PIECE] for start in range(0, len(numbers), _PIECE))
