"""The clock of one call of generation."""

import math
import time
from threading import Event

LEAST = 0.05
"""Least that a step is given, however late it is. [s]"""


class Clock:
    """Seconds since it was made, against a limit.

    Parameters
    ----------
    limit : float or None
        Longest time; None = no limit. [s]
    enough : Event, optional
        Set by whoever does not want to wait any longer: then the clock has run out, whatever its limit.
    """

    def __init__(self, limit: float | None, *, enough: Event | None = None) -> None:
        self.limit = math.inf if limit is None else limit
        self._began = time.perf_counter()
        self._enough = enough

    @property
    def seconds(self) -> float:
        """Seconds since the clock was made. [s]"""
        return time.perf_counter() - self._began

    @property
    def out(self) -> bool:
        """Whether the limit is reached, or somebody said that it is enough."""
        return self.seconds >= self.limit or self.enough

    @property
    def enough(self) -> bool:
        """Whether somebody said that it is enough."""
        return self._enough is not None and self._enough.is_set()

    def left(self, *, of: float) -> float:
        """Return the seconds that a step may take: what is left, or `of` where no limit is set. [s]"""
        if self.enough:
            return LEAST
        return of if math.isinf(self.limit) else max(LEAST, self.limit - self.seconds)

    @property
    def share(self) -> float:
        """Share of the limit that is used; 0 where none is set, 1 where it is enough. [-]"""
        if self.enough:
            return 1.0
        return 0.0 if math.isinf(self.limit) else min(1.0, self.seconds / max(1e-9, self.limit))

    def until(self, share: float) -> "Clock":
        """Return a clock that runs out when this share of the whole limit is used. [-]"""
        part = Clock(None, enough=self._enough)
        part._began = self._began
        part.limit = self.limit * share
        return part

    def part(self, share: float) -> "Clock":
        """Return a clock that begins now and runs out when this share of what is left is used. [-]"""
        return Clock(None if math.isinf(self.limit) else share * max(0.0, self.limit - self.seconds), enough=self._enough)

    def without_limit(self) -> "Clock":
        """Return a clock that begins now and runs out only where somebody says that it is enough."""
        return Clock(None, enough=self._enough)

    def ended_by(self, enough: Event) -> "Clock":
        """Return this clock as one that has run out, too, once somebody says that it is enough."""
        same = Clock(None, enough=enough)
        same._began, same.limit = self._began, self.limit
        return same


NO_HURRY = Clock(None)
"""The clock of work without a limit."""
