"""What a conference under load left in its database: whether what was acknowledged is there, and what pages heard of it.

Asked once the servers have ended, of the database alone.
"""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contingent.store import AuditEntry, Conference

PIECE = 1000
"""Entries of the history that are read at once."""


ENOUGH = 15.0
"""Time in which every page hears of a change. [s]"""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A change that a server has acknowledged: what was written into which row."""

    table: str
    key: str
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """A change that a page heard of from a server. `at` is the time since the epoch. [s]"""

    seq: int
    server: int
    at: float


def proven(place: str, jobs: Sequence[int], acknowledged: Sequence[Acknowledged], heard: Sequence[Heard], *, servers: int) -> str:
    """Return in words what stands in the database, and how long it took until others heard of it."""
    conference = Conference.open(place)
    try:
        entries = history(conference)
        lost = lost_of(acknowledged, entries)
        findings = conference.verify()
        done = [conference.job(number) for number in jobs]
    finally:
        conference.close()
    at = {entry.seq: entry.at.timestamp() for entry in entries if entry.kind == "change"}
    delays = [each.at - at[each.seq] for each in heard if each.seq in at]
    cuts = statistics.quantiles(delays, n=20) if len(delays) > 1 else [0.0] * 19
    ended = [sum(entry.details == {"job": job.id, "kind": job.kind, "status": "done"} for entry in entries) for job in done]
    once = sum(job.status == "done" and job.attempt == 1 and times == 1 for job, times in zip(done, ended, strict=True))
    return (
        f"In the database: {len(at)} changes; of {len(acknowledged)} that were acknowledged {len(lost)} are lost; the chain of "
        f"the history has {len(findings)} faults; of {len(jobs)} jobs {once} were done, each once. Pages heard of a change "
        f"{len(delays)} times, {cuts[9]:.2f} s after it was drawn up (median; 95 %: {cuts[18]:.2f} s); servers whose pages did "
        f"not hear of the last changes: {deaf(heard, at, servers=servers)}.\n")


def deaf(heard: Sequence[Heard], at: Mapping[int, float], *, servers: int) -> int:
    """Return how many servers there are whose pages did not hear of the last change that they had time to hear of.

    A page that is told of several changes of one kind at once is told the number of the last.
    """
    end = max((each.at for each in heard), default=0.0)
    last = max((seq for seq, moment in at.items() if moment < end - ENOUGH), default=0)
    return sum(max((each.seq for each in heard if each.server == server), default=0) < last for server in range(servers))


def history(conference: Conference) -> list[AuditEntry]:
    """Return all entries of the history."""
    found: list[AuditEntry] = []
    while len(piece := conference.history(before=found[-1].seq if found else None, limit=PIECE)) > 0:
        found += piece
    return found


def lost_of(acknowledged: Sequence[Acknowledged], entries: Sequence[AuditEntry]) -> list[Acknowledged]:
    """Return the changes that were acknowledged and that no entry of the history has."""
    written: dict[tuple[str | None, str | None], list[Mapping[str, str]]] = {}
    for entry in entries:
        if entry.after is not None:
            written.setdefault((entry.table, entry.key), []).append(entry.after)
    return [
        change
        for change in acknowledged
        if not any(
            all(cells.get(name) == value for name, value in change.cells.items())
            for cells in written.get((change.table, change.key), ())
        )
    ]
