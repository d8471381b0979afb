"""Kinds of jobs: what each is called, and who may ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass

from contingent.store import Job
from contingent.web.guard.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of job.

    Parameters
    ----------
    name : str
        As the database has it.
    title : str
        As pages have it.
    doing : str
        What it does while it runs.
    permission : str
        What asking for it needs.
    is_shared : bool
        Whether everybody hears of it; else only who asked, and those who see everything.
    """

    name: str
    title: str
    doing: str
    permission: str
    is_shared: bool = False


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("plan", "Plan", "Planning", "jobs.write", is_shared=True),
        Kind("verify", "Verify", "Recomputing every promise", "jobs.write"),
        Kind("what_if", "What if", "Planning what if", "jobs.try"),
        Kind("remedies", "Remedies", "Looking for what would close the gaps", "jobs.write"),
        Kind("simulate", "Play through under chance", "Playing it through", "jobs.write"),
        Kind("stress", "Stress test", "Taking nations away, alone and together", "jobs.write"),
        Kind("ceiling", "Ceiling", "Working out how much could be sustained", "jobs.write"),
        Kind("situation", "Situation", "Assessing the ceasefire", "jobs.write"),
    )
}
"""Kinds by their names."""


def hears_of(viewer: Viewer, job: Job) -> bool:
    """Return whether a viewer may know of a job."""
    kind = KINDS.get(job.kind)
    return viewer.sees_all or (kind is not None and kind.is_shared) or is_own(viewer, job)


def is_own(viewer: Viewer, job: Job) -> bool:
    """Return whether a viewer asked for a job."""
    return job.account == viewer.account and job.asked_by == viewer.name


def may_cancel(viewer: Viewer, job: Job) -> bool:
    """Return whether a viewer may stop a job: one's own, and for those who see everything any."""
    return not job.is_over and (viewer.sees_all or is_own(viewer, job))


def title_of(job: Job) -> str:
    """Return what a job is called."""
    return KINDS[job.kind].title if job.kind in KINDS else job.kind
