"""Who may enter: accounts, sessions, invitations and tokens, as they are kept. Whether somebody may is decided elsewhere.

Nothing here knows a password or a token: what is kept are hashes that whoever asks has made. The audit hears of accounts, never
of hashes; signing in and out leaves no entry.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, insert, or_, select, update

from contingent.store.audit import Ledger
from contingent.store.database import Database
from contingent.store.faults import NameTaken, UnknownNumber
from contingent.store.records import SERVER, Actor, Role
from contingent.store.tables import ACCOUNT, API_TOKEN, INVITATION, SESSION


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in. `subject` is who it is at an organisation's sign-in; `failures` are wrong passwords in a row."""

    id: int
    name: str
    role: Role
    nation: str | None
    password_hash: str | None
    subject: str | None
    failures: int
    locked_until: datetime | None
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that lasts. `mark` is the hash of what the browser holds."""

    mark: str
    account: Account
    begun_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link by which one account can be made."""

    id: int
    mark: str
    role: Role
    nation: str | None
    made_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Token:
    """A program's way in."""

    id: int
    mark: str
    name: str
    account: Account
    scopes: frozenset[str]
    expires_at: datetime | None


class Accounts:
    """The book of accounts. Each call is one transaction.

    Parameters
    ----------
    database : Database
        Where they lie.
    clock : callable
        What time it is. UTC
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database, self._clock = database, clock

    # ------------------------------------------------------------------------------------------------------------ accounts

    def account_named(self, name: str) -> Account | None:
        """Return an account by its name, upper and lower case alike."""
        return self._account(select(ACCOUNT).where(ACCOUNT.c.folded_name == folded(name)))

    def account(self, account: int) -> Account | None:
        """Return an account by its number."""
        return self._account(select(ACCOUNT).where(ACCOUNT.c.id == account))

    def accounts_by(self, numbers: Collection[int]) -> dict[int, Account]:
        """Return accounts by their numbers; those that are not there are not among them."""
        rows = self._database.ask(select(ACCOUNT).where(ACCOUNT.c.id.in_(sorted(numbers)))) if numbers else ()
        return {row.id: _account(row) for row in rows}

    def account_of_subject(self, subject: str) -> Account | None:
        """Return the account of somebody known to an organisation's sign-in."""
        return self._account(select(ACCOUNT).where(ACCOUNT.c.subject == subject))

    def accounts(self) -> list[Account]:
        """Return all accounts by name."""
        asked = select(ACCOUNT).order_by(ACCOUNT.c.folded_name)
        return [_account(row) for row in self._database.ask(asked)]

    def add_account(
        self, name: str, *, role: Role, nation: str | None = None, password_hash: str | None = None, subject: str | None = None,
        by: Actor = SERVER,
    ) -> Account:  # fmt: skip
        """Make an account.

        Raises
        ------
        NameTaken
            If the name or the subject is that of another account.
        """

        def work(connection: Connection) -> Account:
            values = {"name": name, "role": role, "nation": nation, "password_hash": password_hash, "subject": subject}
            return self._add_account(connection, values, by)

        return self._database.write(work)

    def _add_account(self, connection: Connection, values: dict[str, Any], by: Actor) -> Account:
        taken = [ACCOUNT.c.folded_name == folded(values["name"])]
        if values.get("subject") is not None:
            taken.append(ACCOUNT.c.subject == values["subject"])
        if connection.execute(select(ACCOUNT.c.id).where(or_(*taken))).first() is not None:
            raise NameTaken(f"There is an account '{values['name']}' already.")
        ledger = Ledger(connection, by, self._clock())
        defaults = {"folded_name": folded(values["name"]), "failures": 0, "is_disabled": 0, "made_at": ledger.at}
        row = connection.execute(insert(ACCOUNT).values(**values, **defaults).returning(ACCOUNT)).one()
        _note(ledger, "added", row.id, name=row.name, role=row.role, nation=row.nation)
        ledger.close()
        return _account(row)

    def set_password(self, account: int, password_hash: str, *, by: Actor = SERVER) -> None:
        """Give an account a password, end all its sessions, forget wrong ones."""
        values = {"password_hash": password_hash, "failures": 0, "locked_until": None}
        self._change(account, values, by, "password changed", ends_sessions=True)

    def set_password_hash(self, account: int, password_hash: str) -> None:
        """Keep the same password under a stronger hash; sessions go on."""
        self._quietly(update(ACCOUNT).where(ACCOUNT.c.id == account).values(password_hash=password_hash))

    def set_terms(self, account: int, *, role: Role, nation: str | None, is_disabled: bool, by: Actor = SERVER) -> None:
        """Change what an account may do, and end its sessions."""
        values = {"role": role, "nation": nation, "is_disabled": int(is_disabled)}
        self._change(account, values, by, "terms changed", ends_sessions=True, role=role, nation=nation, is_disabled=is_disabled)

    def note_failure(self, account: int, *, locked_until: Callable[[int], datetime | None]) -> None:
        """Count one wrong password more, and lock the account until what its number of failures asks for."""

        def work(connection: Connection) -> None:
            asked = select(ACCOUNT.c.failures).where(ACCOUNT.c.id == account).with_for_update()
            failures = int(connection.execute(asked).scalar() or 0) + 1
            values = {"failures": failures, "locked_until": locked_until(failures)}
            connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(**values))

        self._database.write(work, chained=False)

    def forget_failures(self, account: int) -> None:
        """Begin counting wrong passwords anew."""
        self._quietly(update(ACCOUNT).where(ACCOUNT.c.id == account).values(failures=0, locked_until=None))

    # ------------------------------------------------------------------------------------------------------------ sessions

    def add_session(self, mark: str, account: int, at: datetime) -> None:
        """Begin a session."""
        self._quietly(insert(SESSION).values(mark=mark, account=account, begun_at=at, seen_at=at))

    def session(self, mark: str) -> Session | None:
        """Return a session with its account as it is now."""
        return next(iter(self.sessions((mark,)).values()), None)

    def sessions(self, marks: Collection[str]) -> dict[str, Session]:
        """Return sessions with their accounts as they are now, by their marks; those that have ended are not among them."""
        rows = self._database.ask(_SESSIONS.where(SESSION.c.mark.in_(sorted(marks)))) if marks else ()
        return {row.mark: _session(row) for row in rows}

    def touch_session(self, mark: str, at: datetime) -> None:
        """Note that a session was used."""
        self._quietly(update(SESSION).where(SESSION.c.mark == mark).values(seen_at=at))

    def end_session(self, mark: str) -> None:
        """End a session."""
        self._quietly(delete(SESSION).where(SESSION.c.mark == mark))

    def end_sessions(self, account: int | None = None, *, before: datetime | None = None) -> None:
        """End all sessions of an account (None = of all), or those of them last used before a moment."""
        ended = delete(SESSION)
        if account is not None:
            ended = ended.where(SESSION.c.account == account)
        if before is not None:
            ended = ended.where(SESSION.c.seen_at < before)
        self._quietly(ended)

    # --------------------------------------------------------------------------------------------------------- invitations

    def add_invitation(
        self, mark: str, *, role: Role, nation: str | None, made_by: str, expires_at: datetime, by: Actor = SERVER
    ) -> int:
        """Keep an invitation and return its number."""

        def work(connection: Connection) -> int:
            ledger = Ledger(connection, by, self._clock())
            values = {"mark": mark, "role": role, "nation": nation, "made_by": made_by, "expires_at": expires_at}
            added = insert(INVITATION).values(**values, made_at=ledger.at).returning(INVITATION.c.id)
            number = int(connection.execute(added).scalar_one())
            ledger.add("account", details={"what": "invited", "invitation": number, "role": role, "nation": nation})
            ledger.close()
            return number

        return self._database.write(work)

    def invitation(self, mark: str, at: datetime) -> Invitation | None:
        """Return an invitation that still holds."""
        asked = select(INVITATION).where(INVITATION.c.mark == mark, INVITATION.c.expires_at > at)
        row = self._database.row(asked)
        return None if row is None else _invitation(row)

    def accept(self, mark: str, at: datetime, *, name: str, password_hash: str) -> Account | None:
        """Make the account of an invitation and use the invitation up, in one; None where it no longer holds.

        Raises
        ------
        NameTaken
            If the name is that of another account. The invitation still holds then.
        """

        def work(connection: Connection) -> Account | None:
            used = delete(INVITATION).where(INVITATION.c.mark == mark, INVITATION.c.expires_at > at).returning(INVITATION)
            row = connection.execute(used).one_or_none()
            if row is None:
                return None
            values = {"name": name, "role": row.role, "nation": row.nation, "password_hash": password_hash}
            return self._add_account(connection, values, Actor(name, row.role, row.nation))

        return self._database.write(work)

    def invitations(self, at: datetime) -> list[Invitation]:
        """Return the invitations that still hold."""
        asked = select(INVITATION).where(INVITATION.c.expires_at > at).order_by(INVITATION.c.id)
        return [_invitation(row) for row in self._database.ask(asked)]

    def withdraw_invitation(self, invitation: int, *, by: Actor = SERVER) -> None:
        """Take an invitation back."""

        def work(connection: Connection) -> None:
            if connection.execute(delete(INVITATION).where(INVITATION.c.id == invitation)).rowcount:
                ledger = Ledger(connection, by, self._clock())
                ledger.add("account", details={"what": "invitation withdrawn", "invitation": invitation})
                ledger.close()

        self._database.write(work)

    # -------------------------------------------------------------------------------------------------------------- tokens

    def add_token(
        self, mark: str, *, name: str, account: int, scopes: Iterable[str], expires_at: datetime | None, by: Actor = SERVER
    ) -> int:
        """Keep a program's token and return its number."""

        def work(connection: Connection) -> int:
            ledger = Ledger(connection, by, self._clock())
            values = {"mark": mark, "name": name, "account": account, "scopes": sorted(scopes), "expires_at": expires_at}
            added = insert(API_TOKEN).values(**values, made_at=ledger.at).returning(API_TOKEN.c.id)
            number = int(connection.execute(added).scalar_one())
            _note(ledger, "token added", account, token=number, scopes=sorted(scopes))
            ledger.close()
            return number

        return self._database.write(work)

    def token(self, mark: str, at: datetime) -> Token | None:
        """Return a token that still holds, with its account as it is now."""
        found = self._tokens(or_(API_TOKEN.c.expires_at.is_(None), API_TOKEN.c.expires_at > at), API_TOKEN.c.mark == mark)
        return next(iter(found), None)

    def tokens(self, account: int) -> list[Token]:
        """Return the tokens of an account."""
        return self._tokens(API_TOKEN.c.account == account)

    def _tokens(self, *which: Any) -> list[Token]:
        token = [API_TOKEN.c[name].label(f"token_{name}") for name in ("id", "mark", "name", "scopes", "expires_at")]
        asked = select(*token, ACCOUNT).join(ACCOUNT, ACCOUNT.c.id == API_TOKEN.c.account).where(*which).order_by(API_TOKEN.c.id)
        rows = self._database.ask(asked)
        return [
            Token(row.token_id, row.token_mark, row.token_name, _account(row), frozenset(row.token_scopes), row.token_expires_at)
            for row in rows
        ]

    def withdraw_token(self, account: int, token: int, *, by: Actor = SERVER) -> None:
        """Take a token of an account back."""

        def work(connection: Connection) -> None:
            which = delete(API_TOKEN).where(API_TOKEN.c.id == token, API_TOKEN.c.account == account)
            if connection.execute(which).rowcount:
                ledger = Ledger(connection, by, self._clock())
                _note(ledger, "token withdrawn", account, token=token)
                ledger.close()

        self._database.write(work)

    # ---------------------------------------------------------------------------------------------------------------------

    def _account(self, asked: Select[Any]) -> Account | None:
        row = self._database.row(asked)
        return None if row is None else _account(row)

    def _quietly(self, statement: Any) -> None:
        """Write what leaves no entry in the audit."""
        self._database.write(lambda connection: connection.execute(statement), chained=False)

    def _change(
        self, account: int, values: dict[str, Any], by: Actor, what: str, *, ends_sessions: bool, **told: Any
    ) -> None:
        def work(connection: Connection) -> None:
            if not connection.execute(update(ACCOUNT).where(ACCOUNT.c.id == account).values(**values)).rowcount:
                raise UnknownNumber(f"There is no account {account}.")
            if ends_sessions:
                connection.execute(delete(SESSION).where(SESSION.c.account == account))
            ledger = Ledger(connection, by, self._clock())
            _note(ledger, what, account, **told)
            ledger.close()

        self._database.write(work)


def folded(name: str) -> str:
    """Return a name as it is compared.

    >>> folded(" Anna Kowalska ") == folded("ANNA kowalska")
    True
    """
    return " ".join(name.split()).casefold()


def _note(ledger: Ledger, what: str, account: int, **told: Any) -> None:
    ledger.add("account", details={"what": what, "account": account, **told})


_SESSIONS = select(SESSION.c.mark, SESSION.c.begun_at, SESSION.c.seen_at, ACCOUNT).join_from(
    SESSION, ACCOUNT, ACCOUNT.c.id == SESSION.c.account)


def _session(row: Any) -> Session:
    return Session(row.mark, _account(row), row.begun_at, row.seen_at)


def _account(row: Any) -> Account:
    return Account(
        row.id, row.name, row.role, row.nation, row.password_hash, row.subject, row.failures, row.locked_until,
        bool(row.is_disabled),
    )  # fmt: skip


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(row.id, row.mark, row.role, row.nation, row.made_by, row.expires_at)
