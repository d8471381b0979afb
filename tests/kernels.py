"""Each kernel is compiled by one worker of the tests; the others wait for it, and load what it has kept.

In a fresh clone nothing is compiled yet, and to compile all of it takes minutes: as long again for each further worker, unless
they take turns. A worker that waits has nothing else to do, but then the other one has the processor to itself.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 120.0
"""Longest that one worker waits for another; after that it compiles for itself. [s]"""

LOOKS = 0.05
"""How often it is looked whether the other is done. [s]"""


@contextmanager
def compiled_by_one(folder: Path) -> Iterator[None]:
    """Have the processes that name the same folder take turns, kernel by kernel, for as long as it lasts.

    A kernel waits only for those that it calls, never the other way round, so that no two workers wait for each other.
    """
    try:
        import fcntl
    except ImportError:  # not on POSIX: each compiles for itself
        yield
        return
    from numba.core.caching import Cache

    load, save, held = Cache.load_overload, Cache.save_overload, dict[str, int]()

    def load_or_wait(cache: Any, signature: Any, target: Any) -> Any:
        found, name = load(cache, signature, target), name_of(cache)
        if found is not None or name in held:
            return found
        lock = os.open(folder / name, os.O_CREAT | os.O_RDWR, 0o600)
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(LOOKS)
            else:
                break
        found = load(cache, signature, target)
        if found is None:
            held[name] = lock  # kept until it is compiled
        else:
            os.close(lock)
        return found

    def save_and_let_go(cache: Any, signature: Any, compiled: Any) -> None:
        try:
            save(cache, signature, compiled)
        finally:
            if (lock := held.pop(name_of(cache), None)) is not None:
                os.close(lock)

    folder.mkdir(parents=True, exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Cache, "load_overload", load_or_wait)
        patch.setattr(Cache, "save_overload", save_and_let_go)
        yield


def name_of(cache: Any) -> str:
    """Return a name of a kernel's file on disk."""
    return sha256(f"{cache.cache_path}/{cache._impl.filename_base}".encode()).hexdigest()
