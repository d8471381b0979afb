"""Passwords and random marks: how they are kept, and that looking one up tells nothing by the time that it takes."""

import hashlib
import secrets
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 200
"""Characters of a password. Length is what counts; no kinds of character are asked for."""

FEWEST_DIFFERENT = 5
"""Different characters of a password."""

AT_ONCE = 4
"""Hashes worked out at once: each takes 64 MiB, so a rush of tries waits rather than filling the memory."""

RANDOM_BYTES = 32
"""Bytes of a session, an invitation and a token: 256 bits."""

_hasher = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=1)
_turn = threading.BoundedSemaphore(AT_ONCE)
_nobodys: str | None = None


def hash_password(password: str) -> str:
    """Return the Argon2id hash of a password, with its salt and parameters."""
    with _turn:
        return _hasher.hash(password)


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether a password is that of a hash. Without a hash it is not, and that takes as long to say.

    Parameters
    ----------
    password : str
        What was typed.
    password_hash : str or None
        What is kept; None where there is no such account, or one without a password.
    """
    global _nobodys  # noqa: PLW0603 (worked out once, when it is first needed)
    if password_hash is None and _nobodys is None:
        _nobodys = hash_password(secrets.token_urlsafe(RANDOM_BYTES))
    with _turn:
        try:
            _hasher.verify(password_hash or _nobodys or "", password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def fault_of(password: str, name: str) -> str | None:
    """Return what is wrong with a new password, in words; None if nothing is.

    >>> fault_of("too short", "anna")
    'The password needs 12 characters at least: four plain words make a good one.'
    >>> fault_of("three grey herons", "anna") is None
    True
    """
    if len(password) < SHORTEST:
        return f"The password needs {SHORTEST} characters at least: four plain words make a good one."
    if len(password) > LONGEST:
        return f"The password has more than {LONGEST} characters."
    if len(set(password)) < FEWEST_DIFFERENT or (name and name.casefold() in password.casefold()):
        return "The password is too easy to guess: it repeats itself, or holds the name."
    return None


def new_mark() -> tuple[str, str]:
    """Return a random text that lets somebody in, and the mark that is kept of it."""
    text = secrets.token_urlsafe(RANDOM_BYTES)
    return text, mark_of(text)


def mark_of(text: str) -> str:
    """Return what is kept of a random text: its SHA-256."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
