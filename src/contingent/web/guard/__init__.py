"""Who may do what: the guard at every door of the application.

`viewer` is who looks, `permissions` what each role may do as one table, `entry` what every route names: `needs`. `headers`,
`journal` and `doors` stand before every route; `identity` finds out who asks; `writing` says which rows may be written.
"""

from contingent.web.guard.entry import needs
from contingent.web.guard.forgery import token_of
from contingent.web.guard.permissions import PERMISSIONS, may
from contingent.web.guard.viewer import NOBODY, ON_THIS_MACHINE, Role, Viewer, viewer_of

__all__ = ["NOBODY", "ON_THIS_MACHINE", "PERMISSIONS", "Role", "Viewer", "may", "needs", "token_of", "viewer_of"]
