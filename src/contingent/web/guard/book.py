"""What the guard asks of whoever keeps accounts, sessions, invitations and tokens. It knows no database.

Nothing that lets anybody in is kept as it is: passwords as Argon2 hashes, all else as SHA-256 of 256 random bits.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from contingent.web.guard.viewer import Role


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in.

    Parameters
    ----------
    id : int
        Its number.
    name : str
        What is typed to sign in, and shown.
    role, nation : str, str or None
        What it may do, and for whom it speaks.
    password_hash : str or None
        Argon2 hash; None = the organisation's sign-in only.
    subject : str or None
        Who it is at the organisation's sign-in: issuer and subject.
    failures : int
        Wrong passwords since the last right one.
    locked_until : datetime or None
        Until then no password is looked at. UTC
    is_disabled : bool
        Whether it may not sign in any more.
    """

    id: int
    name: str
    role: Role
    nation: str | None = None
    password_hash: str | None = None
    subject: str | None = None
    failures: int = 0
    locked_until: datetime | None = None
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts. Times are UTC."""

    mark: str
    account: Account
    begun_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one account can be made. Times are UTC."""

    mark: str
    role: Role
    nation: str | None
    made_by: str
    expires_at: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """A program's way in. Times are UTC."""

    id: int
    mark: str
    name: str
    account: Account
    scopes: frozenset[str]
    expires_at: datetime | None


class NameTaken(Exception):
    """A name that another account has."""


class Book(Protocol):
    """The book of accounts. Each call is one transaction."""

    def account_named(self, name: str) -> Account | None:
        """Return an account by its name, upper and lower case alike."""

    def account(self, account: int) -> Account | None:
        """Return an account by its number."""

    def account_of_subject(self, subject: str) -> Account | None:
        """Return the account of somebody known to the organisation's sign-in."""

    def accounts(self) -> Sequence[Account]:
        """Return all accounts by name."""

    def add_account(
        self, name: str, *, role: Role, nation: str | None, password_hash: str | None = None, subject: str | None = None
    ) -> Account:
        """Make an account. Raises `NameTaken` where the name or the subject is."""

    def set_password(self, account: int, password_hash: str) -> None:
        """Give an account a password, end all its sessions, forget wrong ones."""

    def set_password_hash(self, account: int, password_hash: str) -> None:
        """Keep the same password under a stronger hash; sessions go on."""

    def set_terms(self, account: int, *, role: Role, nation: str | None, is_disabled: bool) -> None:
        """Change what an account may do, and end its sessions."""

    def note_failure(self, account: int, *, locked_until: Callable[[int], datetime | None]) -> None:
        """Count one wrong password more, and lock the account until what its number of failures asks for."""

    def forget_failures(self, account: int) -> None:
        """Begin counting wrong passwords anew."""

    def add_session(self, mark: str, account: int, at: datetime) -> None:
        """Begin a session."""

    def session(self, mark: str) -> Session | None:
        """Return a session with its account as it is now."""

    def touch_session(self, mark: str, at: datetime) -> None:
        """Note that a session was used."""

    def end_session(self, mark: str) -> None:
        """End a session."""

    def end_sessions(self, account: int) -> None:
        """End all sessions of an account."""

    def add_invitation(self, invitation: Invitation) -> None:
        """Keep an invitation."""

    def invitation(self, mark: str, at: datetime) -> Invitation | None:
        """Return an invitation that still holds."""

    def accept(self, mark: str, at: datetime, *, name: str, password_hash: str) -> Account | None:
        """Make the account of an invitation and use the invitation up, in one; None where it no longer holds.

        Raises `NameTaken` where the name is; the invitation still holds then.
        """

    def invitations(self, at: datetime) -> Sequence[Invitation]:
        """Return the invitations that still hold."""

    def withdraw_invitation(self, invitation: int) -> None:
        """Take an invitation back."""

    def add_token(self, token: Token) -> None:
        """Keep a program's token."""

    def token(self, mark: str, at: datetime) -> Token | None:
        """Return a token that still holds, with its account as it is now."""

    def tokens(self, account: int) -> Sequence[Token]:
        """Return the tokens of an account."""

    def withdraw_token(self, account: int, token: int) -> None:
        """Take a token of an account back."""
