"""Invitations: links by which one account each can be made, with a role and a nation that are fixed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from contingent.errors import ContingentError
from contingent.store.accounts import Accounts
from contingent.store.records import Actor
from contingent.web.guard.passwords import new_mark
from contingent.web.guard.viewer import Role

ROLES: tuple[Role, ...] = ("delegate", "planner", "observer", "administrator")
"""Roles that somebody can be invited as."""


class BadTerms(ContingentError):
    """A role and a nation that do not fit each other."""


def terms_of(role: str, nation: str | None, *, nations: Iterable[str]) -> tuple[Role, str | None]:
    """Return role and nation as they were chosen.

    Parameters
    ----------
    role, nation : str, str or None
        As chosen; the nation of all but delegates is passed over.
    nations : iterable of str
        Nations of the scenario.

    Raises
    ------
    BadTerms
        If there is no such role, or a delegate's nation is none of the scenario.
    """
    known = next((each for each in ROLES if each == role), None)
    if known is None:
        raise BadTerms(f"'{role}' is not a role. Maybe choose one of {', '.join(ROLES)}.")
    if known != "delegate":
        return known, None
    if nation is None or nation not in set(nations):
        raise BadTerms("A delegate speaks for a nation of the scenario. Maybe choose one.")
    return known, nation


def new_invitation(book: Accounts, *, role: Role, nation: str | None, by: Actor, at: datetime, lasts: float) -> str:
    """Make an invitation and return the path of its link.

    Parameters
    ----------
    book : Accounts
        The book of accounts.
    role, nation : str, str or None
        What the account will be.
    by : Actor
        Who invites.
    at : datetime
        Now. UTC
    lasts : float
        How long the link is good. [s]
    """
    text, mark = new_mark()
    expires = at + timedelta(seconds=lasts)
    book.add_invitation(mark, role=role, nation=nation, made_by=by.name, expires_at=expires, by=by)
    return f"/invitation/{text}"
