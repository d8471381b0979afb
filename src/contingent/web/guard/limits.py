"""How often: buckets that fill again with time, one for each session, address or account. Each process has its own.

A bucket holds so many tokens, each request takes one, and so many a second come back. Whoever finds it empty waits.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from http import HTTPStatus

from contingent.web.guard.faults import Denied

MOST_BUCKETS = 20_000
"""Buckets that are kept; the one not asked for longest goes first. It was full again long before."""


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something may be done.

    Parameters
    ----------
    burst : float
        So many at once.
    per_second : float
        So many a second in the long run. [1/s]
    """

    burst: float
    per_second: float


class Buckets:
    """Buckets of one rate.

    Parameters
    ----------
    rate : Rate
        How often.
    clock : callable, optional
        Time that never goes back. [s]
    """

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self._clock = rate, clock
        self._kept: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def wait(self, key: Hashable) -> float:
        """Take a token and return 0, or return how long it is until there is one. [s]"""
        with self._lock:
            now = self._clock()
            tokens, since = self._kept.pop(key, (self.rate.burst, now))
            tokens = min(self.rate.burst, tokens + (now - since) * self.rate.per_second)
            missing = max(0.0, 1.0 - tokens)
            self._kept[key] = (tokens if missing else tokens - 1.0, now)
            while len(self._kept) > MOST_BUCKETS:
                self._kept.popitem(last=False)
            return missing / self.rate.per_second

    def take(self, key: Hashable) -> None:
        """Take a token.

        Raises
        ------
        Denied
            If there is none: 429, with the time to wait.
        """
        wait = self.wait(key)
        if wait > 0:
            maybe = f"wait {max(1, round(wait))} s and try again"
            raise Denied("That is too often.", status=HTTPStatus.TOO_MANY_REQUESTS, maybe=maybe, wait_s=wait)
