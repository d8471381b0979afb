"""Signing in and out, invitations, one's own account, and accounts for administrators."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from contingent.store import NameTaken
from contingent.store.accounts import Account
from contingent.web.guard.entry import needs
from contingent.web.guard.faults import SIGN_IN, Denied, safe_next
from contingent.web.guard.identity import FORM_COOKIE_LASTS, Identity
from contingent.web.guard.invitations import ROLES, BadTerms, new_invitation, terms_of
from contingent.web.guard.open_id import COOKIE_LASTS, NotLetIn, OrganisationSignIn, account_claimed
from contingent.web.guard.passwords import fault_of, hash_password, is_right, mark_of, new_mark
from contingent.web.guard.permissions import OPEN, PERMISSIONS, may
from contingent.web.guard.sign_in import LONGEST_NAME, NOT_RIGHT, sign_in
from contingent.web.guard.viewer import Viewer, viewer_of
from contingent.web.guard.writing import actor_of

SAID = ("fault", "shown_token", "shown_link")
"""What a page of this module may have to say."""

entrance = APIRouter(include_in_schema=False)
"""For whoever has not signed in yet."""

own = APIRouter(include_in_schema=False)
"""One's own account."""

desk = APIRouter(include_in_schema=False)
"""Accounts, for administrators."""

Field = Annotated[str, Form(max_length=1000)]
Given = Annotated[str, Form(max_length=10_000)]


def routers() -> tuple[APIRouter, ...]:
    """Return the routers of this module."""
    return entrance, own, desk


def identity_of(request: Request) -> Identity:
    """Return who finds out who asks, where there are accounts.

    Raises
    ------
    Denied
        If the server has no accounts.
    """
    identity: Identity = request.app.state.identity
    if not identity.settings.accounts:
        raise Denied("This server has no accounts: whoever uses this machine is its planner.", status=404)
    return identity


def _shown(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    from contingent.web.frame import page
    from contingent.web.view import view_of

    view = view_of(request) if viewer_of(request).role != "nobody" else None
    return page(request, template, status=status, view=view, **{**dict.fromkeys(SAID), **values})


def _with_form_cookie(request: Request, template: str, *, status: int = 200, **values: Any) -> Response:
    """Return a page with a form for somebody without a session: a random cookie stands in for one."""
    identity = identity_of(request)
    mark = request.cookies.get(identity.form_cookie) or new_mark()[0]
    request.state.form_mark = mark
    response = _shown(request, template, status=status, **values)
    identity.set_cookie(response, identity.form_cookie, mark, lasts=FORM_COOKIE_LASTS)
    return response


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


# ------------------------------------------------------------------------------------------------------------- the entrance


def _sign_in_page(request: Request, onward: str, *, name: str = "", fault: str | None = None) -> Response:
    organisation: OrganisationSignIn | None = request.app.state.organisation
    return _with_form_cookie(
        request, "sign-in.html", status=401 if fault else 200, onward=safe_next(onward), name=name, fault=fault,
        organisation=organisation.terms.name if organisation else None,
    )  # fmt: skip


@entrance.get(SIGN_IN, dependencies=[Depends(needs(OPEN))])
def show_sign_in(request: Request, next: str = "/") -> Response:  # noqa: A002 (the address's name)
    """Show the form to sign in."""
    return _sign_in_page(request, next)


@entrance.post(SIGN_IN, dependencies=[Depends(needs(OPEN))])
def do_sign_in(request: Request, name: Field = "", password: Given = "", next: Field = "/") -> Response:  # noqa: A002
    """Sign in."""
    identity = identity_of(request)
    identity.logins.take(_address(request))
    account = sign_in(identity.book, name, password, lasting=identity.settings.lasting, clock=identity.clock)
    if account is None:
        return _sign_in_page(request, next, name=name[:LONGEST_NAME], fault=NOT_RIGHT)
    return _let_in(request, account, next)


def _let_in(request: Request, account: Account, onward: str) -> Response:
    identity = identity_of(request)
    response = RedirectResponse(safe_next(onward), status_code=303)
    identity.begin(request, response, account)
    response.delete_cookie(identity.form_cookie, path="/", secure=identity.settings.https, httponly=True, samesite="lax")
    return response


@entrance.get("/sign-in/organisation", dependencies=[Depends(needs(OPEN))])
def leave_for_organisation(request: Request, next: str = "/") -> Response:  # noqa: A002
    """Send the browser to the organisation's sign-in."""
    identity, organisation = identity_of(request), _organisation(request)
    identity.logins.take(_address(request))
    departure = organisation.begin(safe_next(next))
    response = RedirectResponse(departure.address, status_code=303)
    identity.set_cookie(response, f"{identity.form_cookie}-away", departure.cookie, lasts=COOKIE_LASTS)
    return response


@entrance.get("/sign-in/organisation/back", dependencies=[Depends(needs(OPEN))])
def back_from_organisation(request: Request, code: str = "", state: str = "") -> Response:
    """Let in who comes back from the organisation's sign-in."""
    identity, organisation = identity_of(request), _organisation(request)
    identity.logins.take(_address(request))
    cookie = f"{identity.form_cookie}-away"
    try:
        claims, onward = organisation.finish(request.cookies.get(cookie, ""), state=state, code=code)
        account = account_claimed(identity.book, organisation.terms, claims)
    except NotLetIn as refused:
        response = _sign_in_page(request, "/", fault=str(refused))
    else:
        response = _let_in(request, account, onward)
    response.delete_cookie(cookie, path="/", secure=identity.settings.https, httponly=True, samesite="lax")
    return response


def _organisation(request: Request) -> OrganisationSignIn:
    organisation: OrganisationSignIn | None = request.app.state.organisation
    if organisation is None:
        raise Denied("No organisation's sign-in is set up here.", status=404)
    return organisation


@entrance.get("/invitation/{code}", dependencies=[Depends(needs(OPEN))])
def show_invitation(request: Request, code: str) -> Response:
    """Show what an invitation is for, and the form to accept it."""
    return _invitation_page(request, code)


def _invitation_page(request: Request, code: str, *, name: str = "", fault: str | None = None) -> Response:
    identity = identity_of(request)
    identity.logins.take(_address(request))
    found = identity.book.invitation(mark_of(code), identity.clock())
    status = 404 if found is None else 422 if fault else 200
    return _with_form_cookie(
        request, "invitation.html", status=status, invitation=found, name=name, fault=fault, action=request.url.path,
        expires=found.expires_at.strftime("%d %b %Y %H:%M UTC") if found else "",
    )  # fmt: skip


@entrance.post("/invitation/{code}", dependencies=[Depends(needs(OPEN))])
def accept_invitation(request: Request, code: str, name: Field = "", password: Given = "") -> Response:
    """Make the account of an invitation."""
    identity, name = identity_of(request), " ".join(name.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        return _invitation_page(request, code, fault=f"The name needs 1 to {LONGEST_NAME} characters.")
    if fault := fault_of(password, name):
        return _invitation_page(request, code, name=name, fault=fault)
    if identity.book.invitation(mark_of(code), identity.clock()) is None:
        return _invitation_page(request, code)
    try:
        account = identity.book.accept(mark_of(code), identity.clock(), name=name, password_hash=hash_password(password))
    except NameTaken:
        return _invitation_page(request, code, name=name, fault="That name is taken. Choose another.")
    return _let_in(request, account, "/") if account is not None else _invitation_page(request, code)


# ------------------------------------------------------------------------------------------------------------ one's own account


def _own_account(request: Request) -> tuple[Identity, Account]:
    identity, viewer = identity_of(request), viewer_of(request)
    account = identity.book.account(viewer.account) if viewer.account is not None else None
    if account is None or viewer.scopes is not None:
        raise Denied("A program cannot do that: sign in.")
    return identity, account


def _account_page(request: Request, *, status: int = 200, **values: Any) -> Response:
    identity, account = _own_account(request)
    return _shown(
        request, "account.html", status=status, has_password=account.password_hash is not None,
        tokens=identity.book.tokens(account.id), scopes=scopes_of(viewer_of(request)), **values,
    )  # fmt: skip


def scopes_of(viewer: Viewer) -> list[str]:
    """Return the permissions that a viewer's program can be given: those of its role, but for what belongs to people."""
    return [name for name in PERMISSIONS if name not in (OPEN, "account.own", "tokens.own") and may(viewer, name)]


@own.get("/account", dependencies=[Depends(needs("account.own"))])
def show_account(request: Request) -> Response:
    """Show one's own account."""
    return _account_page(request)


@own.post("/account/password", dependencies=[Depends(needs("account.own"))])
def change_password(request: Request, old: Given = "", new: Given = "") -> Response:
    """Change one's own password: all sessions end, and a new one begins."""
    identity, account = _own_account(request)
    identity.logins.take(_address(request))
    if not is_right(old, account.password_hash):
        return _account_page(request, status=422, fault="The password now is not right.")
    if fault := fault_of(new, account.name):
        return _account_page(request, status=422, fault=fault)
    identity.book.set_password(account.id, hash_password(new), by=actor_of(viewer_of(request)))
    response = RedirectResponse("/account?done=password", status_code=303)
    identity.begin(request, response, account)
    return response


@own.post("/sign-out", dependencies=[Depends(needs("account.own"))])
def sign_out(request: Request) -> Response:
    """End the session."""
    response = RedirectResponse(SIGN_IN, status_code=303)
    identity_of(request).end(request, response)
    return response


@own.post("/account/tokens", dependencies=[Depends(needs("tokens.own"))])
def make_token(
    request: Request,
    name: Annotated[str, Form(min_length=1, max_length=80)],
    days: Annotated[int, Form(ge=1, le=365)],
    scope: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """Make a token for a program; it is shown once."""
    identity, account = _own_account(request)
    wanted = frozenset(scope or ())
    if not wanted or not wanted <= set(scopes_of(viewer_of(request))):
        return _account_page(request, status=422, fault="Choose what the program may do, from the list.")
    text, mark = new_mark()
    expires = identity.clock() + timedelta(days=days)
    identity.book.add_token(
        mark, name=name, account=account.id, scopes=wanted, expires_at=expires, by=actor_of(viewer_of(request)))
    return _account_page(request, shown_token=text)


@own.post("/account/tokens/{token_id}/withdraw", dependencies=[Depends(needs("tokens.own"))])
def withdraw_token(request: Request, token_id: int) -> Response:
    """Take a token back."""
    identity, account = _own_account(request)
    identity.book.withdraw_token(account.id, token_id, by=actor_of(viewer_of(request)))
    return RedirectResponse("/account", status_code=303)


# ---------------------------------------------------------------------------------------------- accounts, for administrators


def _nations(request: Request) -> list[str]:
    scenario = request.app.state.conference.state().scenario
    return [row.nation for row in scenario.nations] if scenario is not None else []


def _accounts_page(request: Request, *, status: int = 200, **values: Any) -> Response:
    identity = identity_of(request)
    return _shown(
        request, "accounts.html", status=status, roles=ROLES, nations=_nations(request), accounts=identity.book.accounts(),
        invitations=identity.book.invitations(identity.clock()), **values,
    )  # fmt: skip


@desk.get("/accounts", dependencies=[Depends(needs("accounts.read"))])
def show_accounts(request: Request) -> Response:
    """Show accounts and invitations."""
    return _accounts_page(request)


@desk.post("/accounts/invite", dependencies=[Depends(needs("accounts.write"))])
def invite(request: Request, role: Field = "", nation: Field = "") -> Response:
    """Make an invitation; its link is shown once."""
    identity = identity_of(request)
    try:
        chosen, country = terms_of(role, nation, nations=_nations(request))
    except BadTerms as bad:
        return _accounts_page(request, status=422, fault=str(bad))
    by, lasts = actor_of(viewer_of(request)), identity.settings.lasting.invitation
    link = new_invitation(identity.book, role=chosen, nation=country, by=by, at=identity.clock(), lasts=lasts)
    return _accounts_page(request, shown_link=f"{(identity.settings.address or str(request.base_url)).rstrip('/')}{link}")


@desk.post("/accounts/invitations/{invitation_id}/withdraw", dependencies=[Depends(needs("accounts.write"))])
def withdraw_invitation(request: Request, invitation_id: int) -> Response:
    """Take an invitation back."""
    identity_of(request).book.withdraw_invitation(invitation_id, by=actor_of(viewer_of(request)))
    return RedirectResponse("/accounts", status_code=303)


@desk.post("/accounts/{account_id}", dependencies=[Depends(needs("accounts.write"))])
def change_account(request: Request, account_id: int, role: Field = "", nation: Field = "", disabled: Field = "") -> Response:
    """Change what an account may do. Administrators cannot lock themselves out."""
    book = identity_of(request).book
    try:
        chosen, country = terms_of(role, nation, nations=_nations(request))
        if account_id == viewer_of(request).account and (chosen != "administrator" or disabled):
            raise BadTerms("You cannot take your own account's rights away: let another administrator do it.")
    except BadTerms as bad:
        return _accounts_page(request, status=422, fault=str(bad))
    if book.account(account_id) is None:
        raise Denied("There is no such account.", status=404)
    book.set_terms(account_id, role=chosen, nation=country, is_disabled=bool(disabled), by=actor_of(viewer_of(request)))
    return RedirectResponse("/accounts", status_code=303)
