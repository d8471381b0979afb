"""Who is behind a request: the user of this machine, a session by its cookie, or a program by its token."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from fastapi import Request
from starlette.responses import Response

from contingent.store.accounts import Account, Accounts, Session
from contingent.web.guard.limits import Buckets
from contingent.web.guard.passwords import mark_of, new_mark
from contingent.web.guard.viewer import NOBODY, ON_THIS_MACHINE, Viewer
from contingent.web.settings import WebSettings

Clock = Callable[[], datetime]

TOUCHED_EVERY = timedelta(minutes=5)
"""A session's last use is noted no more often than this."""

FORM_COOKIE_LASTS = 3600
"""How long the page to sign in is good for. [s]"""

LONGEST_TEXT = 200
"""Longest token or cookie that is looked at. [characters]"""


def utc_now() -> datetime:
    """Return the time, UTC."""
    return datetime.now(UTC)


class Identity:
    """Find out who asks, begin and end sessions.

    Parameters
    ----------
    settings : WebSettings
        Whether there are accounts, and how long sessions last.
    book : Accounts
        The book of accounts.
    clock : callable
        Time, UTC.
    """

    def __init__(self, settings: WebSettings, book: Accounts, clock: Clock = utc_now) -> None:
        self.settings, self.book, self.clock = settings, book, clock
        self.writes, self.asked = Buckets(settings.limits.writes), Buckets(settings.limits.asked)
        self.logins = Buckets(settings.limits.logins)
        prefix = "__Host-" if settings.https else ""
        self.session_cookie, self.form_cookie = f"{prefix}contingent", f"{prefix}contingent-form"

    def of(self, request: Request) -> Viewer:
        """Return who is behind a request."""
        if not self.settings.accounts:
            return ON_THIS_MACHINE
        if "authorization" in request.headers:
            return self._program(request.headers["authorization"])
        session = self.session_of(request)
        return viewer_from(session.account, session=session.mark) if session is not None else NOBODY

    def _program(self, header: str) -> Viewer:
        kind, _, text = header.partition(" ")
        if kind.lower() != "bearer" or not 0 < len(text) <= LONGEST_TEXT:
            return NOBODY
        token = self.book.token(mark_of(text), self.clock())
        if token is None or token.account.is_disabled:
            return NOBODY
        viewer = viewer_from(token.account)
        return replace(viewer, name=f"{viewer.name} ({token.name})", scopes=token.scopes)

    def session_of(self, request: Request) -> Session | None:
        """Return the session whose cookie a request brings, if it still holds."""
        text = request.cookies.get(self.session_cookie, "")
        if not 0 < len(text) <= LONGEST_TEXT:
            return None
        mark, now = mark_of(text), self.clock()
        session = self.book.session(mark)
        if session is None:
            return None
        if self._is_over(session, now):
            self.book.end_session(mark)
            return None
        if now - session.seen_at > TOUCHED_EVERY:
            self.book.touch_session(mark, now)
        return session

    def _is_over(self, session: Session, now: datetime) -> bool:
        idle, whole = timedelta(seconds=self.settings.lasting.idle), timedelta(seconds=self.settings.lasting.absolute)
        # Where the clock was put back, a session from the time to come lasts no longer than any other.
        return abs(now - session.seen_at) > idle or abs(now - session.begun_at) > whole or session.account.is_disabled

    def holds(self, viewer: Viewer) -> bool:
        """Whether who once asked may go on listening: the session holds, with the same role. It does not count as used."""
        return viewer in self.holding([viewer])

    def holding(self, viewers: Collection[Viewer]) -> frozenset[Viewer]:
        """Return those of whom `holds` is true, however many, by two statements at most."""
        if not self.settings.accounts:
            return frozenset(viewers)
        sessions = self.book.sessions({viewer.session for viewer in viewers if viewer.session is not None})
        accounts = self.book.accounts_by(
            {viewer.account for viewer in viewers if viewer.session is None and viewer.account is not None})
        now = self.clock()

        def holds(viewer: Viewer) -> bool:
            if viewer.session is None:
                account = accounts.get(viewer.account) if viewer.account is not None else None
                return account is not None and not account.is_disabled and account.role == viewer.role
            session = sessions.get(viewer.session)
            if session is None or self._is_over(session, now):
                return False
            return viewer_from(session.account, session=viewer.session) == viewer

        return frozenset(viewer for viewer in viewers if holds(viewer))

    def begin(self, request: Request, response: Response, account: Account) -> None:
        """Begin a session, and end the one that the browser had: no mark from before signing in holds after it."""
        if before := request.cookies.get(self.session_cookie):
            self.book.end_session(mark_of(before[:LONGEST_TEXT]))
        text, mark = new_mark()
        self.book.add_session(mark, account.id, self.clock())
        self.set_cookie(response, self.session_cookie, text, lasts=self.settings.lasting.absolute)

    def end(self, request: Request, response: Response) -> None:
        """End the session of a request."""
        if text := request.cookies.get(self.session_cookie):
            self.book.end_session(mark_of(text[:LONGEST_TEXT]))
        response.delete_cookie(self.session_cookie, path="/", secure=self.settings.https, httponly=True, samesite="lax")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'

    def set_cookie(self, response: Response, name: str, value: str, *, lasts: int) -> None:
        """Set a cookie that no script can read and that other sites' requests do not bring. `lasts` in seconds."""
        response.set_cookie(name, value, max_age=lasts, path="/", secure=self.settings.https, httponly=True, samesite="lax")


def viewer_from(account: Account, *, session: str | None = None) -> Viewer:
    """Return an account as the pages know it. Only a delegate speaks for a nation."""
    nation = account.nation if account.role == "delegate" else None
    return Viewer(account.name, account.role, nation, account.id, session)
