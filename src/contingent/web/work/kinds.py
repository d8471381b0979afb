"""Kinds of jobs: what each is called, and who may ask for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


PROVEN = 0.0005
"""Shares nearer than this are the same as they are written. [-]"""

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
        Kind("aid", "Contact group", "Working out what comes to the host", "jobs.write"),
        Kind("observe", "Watching the line", "Placing means of observation", "jobs.write", is_shared=True),
    )
}
"""Kinds by their names."""


LEAVE_FILES = ("situation", "aid", "observe")
"""Kinds of which files come that are handed out."""


USUAL_WATCHERS, MOST_WATCHERS = 200, 100_000
"""People who watch the line where nobody says how many (an assumption), and most that may be asked for. [people]"""


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


def words_so_far(so_far: Mapping[str, Any]) -> str:
    """Return in words what the best plan so far reaches: what is filled of each priority, and the most that any plan could.

    >>> one = {"priority": 1, "filled": 0.613, "most": 0.85}
    >>> words_so_far({"priorities": [one, {"priority": 2, "filled": 1.0, "most": 1.0}], "seconds": 8.2, "keeps_ceilings": True})
    'P1 61.3 % (85.0 % at most), P2 100.0 % (proven), 8 s'
    """
    told = []
    for each in so_far["priorities"]:
        limit = "proven" if each["most"] - each["filled"] < PROVEN else f"{100 * each['most']:.1f} % at most"
        told.append(f"P{each['priority']} {100 * each['filled']:.1f} % ({limit})")
    before = "" if so_far["keeps_ceilings"] else " before ceilings"
    return f"{', '.join(told)}{before}, {so_far['seconds']:.0f} s"


def may_keep(viewer: Viewer, job: Job) -> bool:
    """Return whether a viewer may end a job now and keep what it has so far."""
    return job.so_far is not None and job.so_far["step"] != "reasons" and not job.is_enough and may_cancel(viewer, job)


def title_of(job: Job) -> str:
    """Return what a job is called."""
    return KINDS[job.kind].title if job.kind in KINDS else job.kind
