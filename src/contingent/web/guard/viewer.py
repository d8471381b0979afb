"""Who looks: the person or program behind a request, as every page and every check knows it."""

from dataclasses import dataclass
from typing import Literal

from fastapi import Request

Role = Literal["administrator", "planner", "delegate", "observer", "nobody"]
"""`nobody` is whoever has not signed in: no permission but what is open to the world names it."""

SEES_ALL: frozenset[Role] = frozenset({"administrator", "planner"})
"""Roles from which nothing of a scenario is kept."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks.

    Parameters
    ----------
    name : str
        As pages and the history show it.
    role : {"administrator", "planner", "delegate", "observer", "nobody"}
        What decides on permissions.
    nation : str or None
        Nation that a delegate speaks for; None for all others.
    account : int or None
        Number of the account; None on a machine without accounts.
    session : str or None
        Mark of the session, which its form token is made from; None for programs with a token.
    scopes : frozenset of str or None
        Permissions that a program's token is held to; None = all of the role.
    """

    name: str
    role: Role
    nation: str | None = None
    account: int | None = None
    session: str | None = None
    scopes: frozenset[str] | None = None

    @property
    def sees_all(self) -> bool:
        """Whether nothing of a scenario is kept from this viewer."""
        return self.role in SEES_ALL

    def owns(self, nation: str | None) -> bool:
        """Whether a nation is the one that the viewer speaks for."""
        return self.role == "delegate" and nation is not None and nation == self.nation


NOBODY = Viewer("", "nobody")
"""Whoever has not signed in."""

ON_THIS_MACHINE = Viewer("Planner on this machine", "administrator", session="this machine")
"""The one user of a server without accounts, which listens on this machine only."""


def viewer_of(request: Request) -> Viewer:
    """Return who looks; `NOBODY` before anyone has signed in."""
    found: Viewer = getattr(request.state, "viewer", NOBODY)
    return found
