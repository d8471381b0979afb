"""A book of accounts in memory, for tests of the guard: what `contingent.web.guard.book` promises, and nothing more."""

import dataclasses
from datetime import datetime

from contingent.web.guard.book import Account, Invitation, NameTaken, Session, Token


class BookInMemory:
    def __init__(self):
        self.kept: dict[int, Account] = {}
        self.sessions: dict[str, Session] = {}
        self.invited: dict[str, Invitation] = {}
        self.given: dict[str, Token] = {}

    def account_named(self, name):
        return next((each for each in self.kept.values() if each.name.casefold() == name.casefold()), None)

    def account(self, account):
        return self.kept.get(account)

    def account_of_subject(self, subject):
        return next((each for each in self.kept.values() if each.subject == subject), None)

    def accounts(self):
        return sorted(self.kept.values(), key=lambda each: each.name)

    def add_account(self, name, *, role, nation, password_hash=None, subject=None):
        if self.account_named(name) or (subject and self.account_of_subject(subject)):
            raise NameTaken
        number = len(self.kept) + 1
        self.kept[number] = Account(number, name, role, nation, password_hash, subject)
        return self.kept[number]

    def _set(self, account, **changes):
        self.kept[account] = dataclasses.replace(self.kept[account], **changes)

    def set_password(self, account, password_hash):
        self._set(account, password_hash=password_hash, failures=0, locked_until=None)
        self.end_sessions(account)

    def set_password_hash(self, account, password_hash):
        self._set(account, password_hash=password_hash)

    def set_terms(self, account, *, role, nation, is_disabled):
        self._set(account, role=role, nation=nation, is_disabled=is_disabled)
        self.end_sessions(account)

    def note_failure(self, account, *, locked_until):
        failures = self.kept[account].failures + 1
        self._set(account, failures=failures, locked_until=locked_until(failures))

    def forget_failures(self, account):
        self._set(account, failures=0, locked_until=None)

    def add_session(self, mark, account, at):
        self.sessions[mark] = Session(mark, self.kept[account], at, at)

    def session(self, mark):
        found = self.sessions.get(mark)
        return dataclasses.replace(found, account=self.kept[found.account.id]) if found else None

    def touch_session(self, mark, at):
        self.sessions[mark] = dataclasses.replace(self.sessions[mark], seen_at=at)

    def end_session(self, mark):
        self.sessions.pop(mark, None)

    def end_sessions(self, account):
        self.sessions = {mark: each for mark, each in self.sessions.items() if each.account.id != account}

    def add_invitation(self, invitation):
        self.invited[invitation.mark] = dataclasses.replace(invitation, id=len(self.invited) + 1)

    def invitation(self, mark: str, at: datetime):
        found = self.invited.get(mark)
        return found if found and found.expires_at > at else None

    def accept(self, mark, at, *, name, password_hash):
        found = self.invitation(mark, at)
        if found is None:
            return None
        made = self.add_account(name, role=found.role, nation=found.nation, password_hash=password_hash)
        del self.invited[mark]
        return made

    def invitations(self, at):
        return [each for each in self.invited.values() if each.expires_at > at]

    def withdraw_invitation(self, invitation):
        self.invited = {mark: each for mark, each in self.invited.items() if each.id != invitation}

    def add_token(self, token):
        self.given[token.mark] = dataclasses.replace(token, id=len(self.given) + 1)

    def token(self, mark, at):
        found = self.given.get(mark)
        if found is None or (found.expires_at and found.expires_at <= at):
            return None
        return dataclasses.replace(found, account=self.kept[found.account.id])

    def tokens(self, account):
        return [each for each in self.given.values() if each.account.id == account]

    def withdraw_token(self, account, token):
        self.given = {mark: each for mark, each in self.given.items() if (each.account.id, each.id) != (account, token)}
