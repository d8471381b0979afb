"""Signing in with a password: the same answer and the same time whatever was wrong, and longer waits the more often it was."""

from datetime import datetime, timedelta

from contingent.store.accounts import Account, Accounts
from contingent.web.guard.identity import Clock, utc_now
from contingent.web.guard.passwords import hash_password, is_outdated, is_right
from contingent.web.settings import Lasting

NOT_RIGHT = "Name or password is not right, or was wrong too often just now."
"""The one answer to every try that fails."""

LONGEST_NAME = 100


def locked_until(failures: int, lasting: Lasting, now: datetime) -> datetime | None:
    """Return until when an account is locked after so many wrong passwords; None while it is not.

    >>> from datetime import UTC
    >>> noon = datetime(2027, 1, 1, 12, tzinfo=UTC)
    >>> [str(locked_until(count, Lasting(), noon) - noon) for count in (5, 6, 8, 40)]
    ['0:00:05', '0:00:10', '0:00:40', '0:15:00']
    >>> locked_until(4, Lasting(), noon) is None
    True
    """
    over = failures - lasting.free_tries
    if over < 0:
        return None
    seconds = min(float(lasting.longest_lockout), lasting.lockout * 2.0 ** min(over, 30))
    return now + timedelta(seconds=seconds)


def is_locked(account: Account, lasting: Lasting, now: datetime) -> bool:
    """Whether an account is locked. A lock that ends later than any could was set by a clock that has been put back since."""
    until = account.locked_until
    return until is not None and now < until <= now + timedelta(seconds=lasting.longest_lockout)


def sign_in(book: Accounts, name: str, password: str, *, lasting: Lasting, clock: Clock = utc_now) -> Account | None:
    """Return the account of a name and its password; None where anything is wrong.

    Parameters
    ----------
    book : Accounts
        The book of accounts.
    name : str
        Name as typed.
    password : str
        Password as typed.
    lasting : Lasting
        How lockouts grow.
    clock : callable
        Time, UTC.

    Notes
    -----
    A hash is worked out for each try, also where there is no such account or it is locked. A locked account stays so for the
    right password too, so a try during the wait tells nothing.
    """
    account = book.account_named(name.strip()[:LONGEST_NAME])
    now = clock()
    is_open = account is not None and not account.is_disabled and not is_locked(account, lasting, now)
    right = is_right(password, account.password_hash if account is not None and is_open else None)
    if account is None or not is_open:
        return None
    if not right:
        book.note_failure(account.id, locked_until=lambda failures: locked_until(failures, lasting, now))
        return None
    if account.failures:
        book.forget_failures(account.id)
    if account.password_hash is not None and is_outdated(account.password_hash):
        book.set_password_hash(account.id, hash_password(password))
    return account
