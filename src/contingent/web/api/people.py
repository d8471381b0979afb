"""Who asks; accounts and invitations, for administrators."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field

from contingent.store.accounts import Account
from contingent.web.api.answers import Given, Number
from contingent.web.api.problems import READS, ProblemRoute, refusals
from contingent.web.guard import PERMISSIONS, may, needs, viewer_of
from contingent.web.guard.faults import Denied
from contingent.web.guard.invitations import BadTerms, new_invitation, terms_of
from contingent.web.guard.pages import identity_of
from contingent.web.guard.viewer import Role
from contingent.web.guard.writing import actor_of

router = APIRouter(prefix="/api/v1", route_class=ProblemRoute)

RoleName = Literal["administrator", "planner", "delegate", "observer"]
Nation = Annotated[str, Field(max_length=20, description="Nation that a delegate speaks for; left out for others.")]


class MeAnswer(BaseModel):
    """Who asks, as the server knows it."""

    name: str
    role: str
    nation: str | None
    permissions: list[str] = Field(description="What the asker may do: permissions of its role that its token was given.")


class AccountAnswer(BaseModel):
    """An account."""

    id: int
    name: str
    role: str
    nation: str | None
    is_disabled: bool
    signs_in_by: Literal["password", "organisation"]


class TermsGiven(Given):
    """What an account may do."""

    role: RoleName
    nation: Nation = ""
    is_disabled: bool = False


class InvitationGiven(Given):
    """For whom an invitation is."""

    role: RoleName
    nation: Nation = ""


class InvitationAnswer(BaseModel):
    """An invitation that still holds."""

    id: int
    role: str
    nation: str | None
    made_by: str
    expires_at: datetime


class LinkAnswer(BaseModel):
    """The link of an invitation. It is told this once."""

    link: str


@router.get(
    "/me", tags=["people"], summary="Who asks", responses=READS, dependencies=[Depends(needs("about.read"))],
)  # fmt: skip
def me(request: Request) -> MeAnswer:
    """Name, role, nation, and what may be done: to see whether a token has what a program needs."""
    viewer = viewer_of(request)
    return MeAnswer(
        name=viewer.name, role=viewer.role, nation=viewer.nation,
        permissions=[name for name in PERMISSIONS if may(viewer, name)],
    )  # fmt: skip


@router.get(
    "/accounts", tags=["people"], summary="Accounts", responses=READS, dependencies=[Depends(needs("accounts.read"))],
)  # fmt: skip
def accounts(request: Request) -> list[AccountAnswer]:
    """All accounts by name."""
    return [_account(each) for each in identity_of(request).book.accounts()]


def _account(account: Account) -> AccountAnswer:
    return AccountAnswer(
        id=account.id, name=account.name, role=account.role, nation=account.nation, is_disabled=account.is_disabled,
        signs_in_by="organisation" if account.subject is not None else "password",
    )  # fmt: skip


def _terms(request: Request, role: str, nation: str) -> tuple[Role, str | None]:
    scenario = request.app.state.conference.state().scenario
    try:
        return terms_of(role, nation, nations=[row.nation for row in scenario.nations] if scenario is not None else [])
    except BadTerms as bad:
        raise Denied(str(bad), status=422) from None


@router.put(
    "/accounts/{account}", tags=["people"], summary="Change what an account may do", responses=refusals(413, 415),
    dependencies=[Depends(needs("accounts.write"))],
)  # fmt: skip
def change_account(
    request: Request, account: Annotated[Number, Path(description="Number of the account.")], given: TermsGiven
) -> AccountAnswer:
    """Change role, nation and whether it may sign in; its sessions end. Administrators cannot lock themselves out."""
    viewer, book = viewer_of(request), identity_of(request).book
    role, nation = _terms(request, given.role, given.nation)
    if account == viewer.account and (role != "administrator" or given.is_disabled):
        raise Denied("You cannot take your own account's rights away.", maybe="let another administrator do it")
    if book.account(account) is None:
        raise Denied("There is no such account.", status=404)
    book.set_terms(account, role=role, nation=nation, is_disabled=given.is_disabled, by=actor_of(viewer))
    found = book.account(account)
    assert found is not None
    return _account(found)


@router.get(
    "/invitations", tags=["people"], summary="Invitations", responses=READS, dependencies=[Depends(needs("accounts.read"))],
)  # fmt: skip
def invitations(request: Request) -> list[InvitationAnswer]:
    """Invitations that still hold. Their links are not told again."""
    identity = identity_of(request)
    found = identity.book.invitations(identity.clock())
    return [InvitationAnswer(**{name: getattr(each, name) for name in InvitationAnswer.model_fields}) for each in found]


@router.post(
    "/invitations", tags=["people"], summary="Invite somebody", responses=refusals(413, 415), status_code=201,
    dependencies=[Depends(needs("accounts.write"))],
)  # fmt: skip
def invite(request: Request, given: InvitationGiven) -> LinkAnswer:
    """Make an invitation: a link by which one account can be made, within a week."""
    identity = identity_of(request)
    role, nation = _terms(request, given.role, given.nation)
    path = new_invitation(
        identity.book, role=role, nation=nation, by=actor_of(viewer_of(request)), at=identity.clock(),
        lasts=identity.settings.lasting.invitation,
    )  # fmt: skip
    return LinkAnswer(link=f"{(identity.settings.address or str(request.base_url)).rstrip('/')}{path}")


@router.delete(
    "/invitations/{invitation}", tags=["people"], summary="Take an invitation back", responses=READS, status_code=204,
    dependencies=[Depends(needs("accounts.write"))],
)  # fmt: skip
def withdraw_invitation(request: Request, invitation: Annotated[Number, Path(description="Number of the invitation.")]) -> None:
    """Take an invitation back; one that is not there stays so."""
    identity_of(request).book.withdraw_invitation(invitation, by=actor_of(viewer_of(request)))
