"""What every route names: the permission that it needs. Who asks is found out here, and what changes something is checked.

    @router.get("/gaps", dependencies=[Depends(needs("gaps.read"))])

`seal` refuses an application in which a route names none.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from anyio import to_thread
from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts

from contingent.web.guard.doors import SAFE_METHODS
from contingent.web.guard.faults import Denied, NotSignedIn
from contingent.web.guard.forgery import is_forged
from contingent.web.guard.identity import Identity
from contingent.web.guard.permissions import OPEN, PERMISSIONS, may
from contingent.web.guard.viewer import NOBODY, Viewer

AT_THE_DOOR = 4
"""Threads that make no pages: who asks is found out while they are made, and nobody stands in line for that as well."""

T = TypeVar("T")


async def at_the_door(app: FastAPI, call: Callable[..., T], *arguments: Any) -> T:
    """Return what a short call returns, on a thread of those that make no pages."""
    return await to_thread.run_sync(call, *arguments, limiter=app.state.door)


class Unguarded(RuntimeError):
    """A route that names no permission: a fault of the program, found when the application is made."""


class Needs:
    """A permission that a route needs, as a dependency.

    Parameters
    ----------
    permission : str
        One of `contingent.web.guard.permissions.PERMISSIONS`.
    """

    def __init__(self, permission: str) -> None:
        if permission not in PERMISSIONS:
            raise Unguarded(f"'{permission}' is not a permission: add it to contingent.web.guard.permissions")
        self.permission = permission

    async def __call__(self, request: Request) -> Viewer:
        """Return who asks, or refuse.

        Raises
        ------
        NotSignedIn
            If nobody has signed in.
        Denied
            If the role or the token does not have the permission, the form was not ours, or it is too often.
        """
        identity: Identity = request.app.state.identity
        viewer = NOBODY if self.permission == OPEN else await at_the_door(request.app, identity.of, request)
        request.state.viewer = viewer
        if not may(viewer, self.permission):
            if viewer is NOBODY:
                raise NotSignedIn
            raise Denied("You may not do that.", maybe="ask an administrator of the conference")
        if request.method not in SAFE_METHODS:
            await self._check_change(request, viewer, identity)
        elif viewer.scopes is not None:
            identity.asked.take((viewer.account, request.headers.get("authorization", "")[-8:]))
        return viewer

    async def _check_change(self, request: Request, viewer: Viewer, identity: Identity) -> None:
        mark = None
        if self.permission == OPEN:
            mark = request.cookies.get(identity.form_cookie)
        else:
            identity.writes.take(viewer.session or ("token", viewer.account))
        if await is_forged(request, viewer, mark):
            raise Denied("The form was too old, or not ours, and nothing was changed.", maybe="load the page again")


def needs(permission: str) -> Needs:
    """Return the dependency by which a route names its permission.

    Parameters
    ----------
    permission : str
        One of `contingent.web.guard.permissions.PERMISSIONS`.
    """
    return Needs(permission)


def permissions_of(dependant: Dependant) -> tuple[str, ...]:
    """Return the permissions that a route's dependencies name."""
    return tuple(found.permission for found in _calls(dependant) if isinstance(found, Needs))


def _calls(dependant: Dependant) -> Iterator[object]:
    for each in dependant.dependencies:
        yield each.call
        yield from _calls(each)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A route as the guard knows it.

    Parameters
    ----------
    method, path : str
        What it answers to.
    permissions : tuple of str
        What it names.
    """

    method: str
    path: str
    permissions: tuple[str, ...]


def guarded_routes(app: FastAPI) -> Iterator[Guarded]:
    """Yield every route of an application with the permissions that it names."""
    for route in iter_route_contexts(app.routes):
        dependant = getattr(route.original_route, "dependant", None) and route.dependant
        named = permissions_of(dependant) if dependant is not None else ()
        for method in sorted(route.methods or {"ANY"}):
            yield Guarded(method, str(route.path), named)


def seal(app: FastAPI) -> None:
    """Refuse an application with a route that does not name exactly one permission.

    Raises
    ------
    Unguarded
        With the routes that do not.
    """
    wrong = [f"{route.method} {route.path}" for route in guarded_routes(app) if len(route.permissions) != 1]
    if wrong:
        raise Unguarded(f"each route names exactly one permission, and these do not: {', '.join(wrong)}")
