"""The clock of one call of generation."""

import math
import time


class Clock:
    """Seconds since it was made, against a limit.

    Parameters
    ----------
    limit : float or None
        Longest time; None = no limit. [s]
    """

    def __init__(self, limit: float | None) -> None:
        self.limit = math.inf if limit is None else limit
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Seconds since the clock was made. [s]"""
        return time.perf_counter() - self._began

    @property
    def out(self) -> bool:
        """Whether the limit is reached."""
        return self.seconds >= self.limit

    def left(self, *, of: float) -> float:
        """Return the seconds that a step may take: what is left, or `of` where no limit is set. [s]"""
        return of if math.isinf(self.limit) else max(0.05, self.limit - self.seconds)

    @property
    def share(self) -> float:
        """Share of the limit that is used; 0 where none is set. [-]"""
        return 0.0 if math.isinf(self.limit) else min(1.0, self.seconds / max(1e-9, self.limit))

    def until(self, share: float) -> "Clock":
        """Return a clock that runs out when this share of the whole limit is used. [-]"""
        part = Clock(None)
        part._began = self._began
        part.limit = self.limit * share
        return part

    def part(self, share: float) -> "Clock":
        """Return a clock that begins now and runs out when this share of what is left is used. [-]"""
        return Clock(None if math.isinf(self.limit) else share * max(0.0, self.limit - self.seconds))


NO_HURRY = Clock(None)
"""The clock of work without a limit."""
