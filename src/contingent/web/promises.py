"""Whether a plan keeps its promises, as pages and programs are told.

Whoever computes a plan recomputes every promise of it with no solver, and says with the job what came of it. A plan that came
otherwise, from a file or the command line, is recomputed here where that takes a moment, and else by a job.
"""

from contingent.store import Job, StoredPlan, UnknownNumber
from contingent.web.view import View
from contingent.web.work.proof import Promises, read_from

MOST_TOURS = 2_500
"""Tours of a plan that is recomputed within a request: some seconds. [tours]"""

JOBS_LOOKED_AT = 20
"""Verifications that are looked at for that of a plan, the newest first."""

WAITS, UNKNOWN = Promises("waits"), Promises("unknown")


def promises_of(view: View, stored: StoredPlan) -> Promises:
    """Return what of a plan of the archive does not hold for what was planned: which, is for who sees everything alone."""
    made_by = _job(view, stored.job)
    if made_by is not None and not made_by.is_over:
        return WAITS
    verifications = [job for job in view.conference.jobs(kind="verify", limit=JOBS_LOOKED_AT) if _is_about(job, stored)]
    for job, name in ((made_by, "plan"), *((job, "of") for job in verifications)):
        if job is not None and job.result is not None and job.result.get(name) == stored.id:
            said = read_from(job.result)
            if said is not None:
                return said
    if any(not job.is_over for job in verifications):
        return WAITS
    if stored.plan.tours.height > MOST_TOURS:
        return UNKNOWN
    findings = view.broken_promises(stored)
    return UNKNOWN if findings is None else Promises("known", len(findings), findings)


def _is_about(job: Job, stored: StoredPlan) -> bool:
    """Whether a verification is, or was, of a plan."""
    of = (job.result or {}).get("of", job.arguments.get("plan"))
    return of is None or of == stored.id


def _job(view: View, number: int | None) -> Job | None:
    if number is None:
        return None
    try:
        return view.conference.job(number)
    except UnknownNumber:
        return None
