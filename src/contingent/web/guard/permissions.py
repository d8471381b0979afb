"""Who may do what: one table of permissions by roles. Every route names one permission, and no route is without.

A page is read with ``page.read``; what it changes is written with the permission of the table that it changes. A program that
writes rows needs ``rows.write`` and that of the table. Whether a delegate
may write *this* row of a table is decided by `contingent.web.guard.writing`, what it sees of a page by `contingent.web.seen`.
"""

from collections.abc import Mapping

from contingent.web.guard.viewer import Role, Viewer

OPEN = "open"
"""The permission of what anybody may ask for: how to sign in, styles, whether the server is alive."""

EVERYONE: frozenset[Role] = frozenset({"administrator", "planner", "delegate", "observer"})
CONTRIBUTORS: frozenset[Role] = frozenset({"administrator", "planner", "delegate"})
PLANNERS: frozenset[Role] = frozenset({"administrator", "planner"})
ADMINISTRATORS: frozenset[Role] = frozenset({"administrator"})

PAGES_READ = (
    "overview", "requirements", "offers", "gaps", "rotation", "orbat", "map", "movement", "supply", "cost", "risk", "compare",
    "ceasefire", "aid", "sources", "history", "about", "plans", "scenario", "jobs", "events", "exports", "snapshots",
)  # fmt: skip
"""What every role may read, as far as `contingent.web.seen` shows it."""

PERMISSIONS: Mapping[str, frozenset[Role]] = {
    OPEN: EVERYONE | {"nobody"},
    **{f"{page}.read": EVERYONE for page in PAGES_READ},
    "account.own": EVERYONE,
    "tokens.own": EVERYONE,
    "rows.write": CONTRIBUTORS,
    "requirements.write": PLANNERS,
    "offers.write": CONTRIBUTORS,
    "aid.write": CONTRIBUTORS,
    "imports.write": CONTRIBUTORS,
    "scenario.write": PLANNERS,
    "pins.write": PLANNERS,
    "attachments.write": PLANNERS,
    "history.undo": CONTRIBUTORS,
    "incidents.write": PLANNERS,
    "notes.write": CONTRIBUTORS,
    "risks.write": PLANNERS,
    "jobs.try": CONTRIBUTORS,
    "jobs.write": PLANNERS,
    "plans.write": PLANNERS,
    "snapshots.write": PLANNERS,
    "settings.read": PLANNERS,
    "settings.write": PLANNERS,
    "accounts.read": ADMINISTRATORS,
    "accounts.write": ADMINISTRATORS,
    "metrics.read": ADMINISTRATORS,
}
"""Permission -> roles that have it."""


def may(viewer: Viewer, permission: str) -> bool:
    """Whether a viewer has a permission: its role has it, and its token, if it came with one, is not held to others.

    Raises
    ------
    KeyError
        If there is no such permission: a misspelt one must not pass for one that nobody has.
    """
    by_role = viewer.role in PERMISSIONS[permission]
    return by_role and (permission == OPEN or viewer.scopes is None or permission in viewer.scopes)
