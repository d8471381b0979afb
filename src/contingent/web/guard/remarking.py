"""Who may remark on a line: the one way from a page or a program to notes and accepted risks.

A planner writes notes for planners or for everybody, takes any note out, accepts risks and withdraws that. A delegate writes
notes of its own nation, which planners and its own delegates read, and takes those out. Whoever else asks is refused.
"""

from dataclasses import dataclass
from datetime import date

from contingent.store import AcceptedRisk, Conference, Note
from contingent.store.records import Audience
from contingent.web.guard.faults import Denied
from contingent.web.guard.viewer import Viewer
from contingent.web.guard.writing import actor_of


@dataclass(frozen=True, slots=True)
class RiskGiven:
    """What is to be written down of an accepted risk.

    Parameters
    ----------
    accepted_by : str
        Who answers for it.
    until : date
        Last day on which it holds.
    audience : {"all", "planners"}
        Who reads the reason.
    version : int or None
        Version that was seen; None where none was there.
    """

    accepted_by: str
    until: date
    reason: str
    audience: Audience = "all"
    version: int | None = None


def write_note(conference: Conference, viewer: Viewer, line: str, text: str, *, audience: Audience) -> Note:
    """Write a note on a line; a delegate's is its nation's, whatever audience is asked for.

    Raises
    ------
    Denied
        If the viewer may not, or asks for an audience that is none.
    Refused
        If the text is blank or too long.
    """
    if viewer.sees_all:
        if audience not in ("all", "planners"):
            raise Denied("A note of a planner is for planners or for all.", status=422)
        return conference.remarks.write_note(actor_of(viewer), line, text, audience=audience)
    if viewer.role != "delegate" or not viewer.nation:
        raise Denied("You may not write notes.", maybe="ask a planner of the conference")
    return conference.remarks.write_note(actor_of(viewer), line, text, audience="nation", nation=viewer.nation)


def take_out_note(conference: Conference, viewer: Viewer, number: int) -> None:
    """Take a note out.

    Raises
    ------
    Denied
        If it is not the viewer's to take out.
    UnknownNumber
        If there is none.
    """
    if not viewer.sees_all and not viewer.owns(conference.remarks.note(number).nation):
        raise Denied("There is no such note of yours.", status=404)
    conference.remarks.take_out_note(actor_of(viewer), number)


def accept_risk(conference: Conference, viewer: Viewer, line: str, given: RiskGiven) -> AcceptedRisk:
    """Write down that a line's risk is accepted.

    Raises
    ------
    Denied
        If the viewer may not.
    Conflict, Refused
        As of `contingent.store.remarks.Remarks.accept_risk`.
    """
    _check_sees_all(viewer)
    return conference.remarks.accept_risk(
        actor_of(viewer), line, accepted_by=given.accepted_by, until=given.until, reason=given.reason, audience=given.audience,
        version=given.version,
    )  # fmt: skip


def withdraw_risk(conference: Conference, viewer: Viewer, line: str, *, version: int) -> None:
    """Write down that a line's risk is accepted no longer.

    Raises
    ------
    Denied
        If the viewer may not.
    Conflict, UnknownNumber
        As of `contingent.store.remarks.Remarks.withdraw_risk`.
    """
    _check_sees_all(viewer)
    conference.remarks.withdraw_risk(actor_of(viewer), line, version=version)


def _check_sees_all(viewer: Viewer) -> None:
    if not viewer.sees_all:
        raise Denied("You may not accept risks.", maybe="ask a planner of the conference")
