"""Asking for a job: who may, and once where two ask for the same."""

from collections.abc import Mapping
from typing import Any

from contingent.store import Actor, Conference, Job

BY_ITSELF = "plan_by_itself"
"""Setting of the conference: whether the plan is made anew after edits without anybody asking."""

MOST_OPEN = 8
"""Jobs of one person that wait or run at once."""


class TooMany(Exception):
    """More jobs than one person may have at once."""


def ask(conference: Conference, actor: Actor, kind: str, arguments: Mapping[str, Any] | None = None) -> int:
    """Ask for a job and return its number; where the same one waits already, that one's.

    Raises
    ------
    TooMany
        If the person has too many that wait or run.
    """
    given = {name: value for name, value in (arguments or {}).items() if value is not None}
    given |= {"role": actor.role} | ({"nation": actor.nation} if actor.nation else {})
    open_jobs = conference.jobs(are_open=True, limit=200)
    for job in open_jobs:
        if job.status == "queued" and job.kind == kind and _alike(job, given, actor):
            return job.id
    if sum((job.account, job.asked_by) == (actor.account, actor.name) for job in open_jobs) >= MOST_OPEN:
        raise TooMany
    return conference.enqueue(actor, kind, given)


def _alike(job: Job, given: Mapping[str, Any], actor: Actor) -> bool:
    if job.kind == "plan":  # a plan is everybody's, whoever asked for it
        return all(job.arguments.get(name) == given.get(name) for name in ("option", "time_limit", "seed"))
    return (job.account, job.asked_by) == (actor.account, actor.name) and dict(job.arguments) == dict(given)
