"""What a plan reaches while it is still being made: for those who wait for it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

Step = Literal["posts", "later goals", "reasons"]


@dataclass(frozen=True, slots=True)
class SoFar:
    """The best plan so far, in short.

    Parameters
    ----------
    step : {"posts", "later goals", "reasons"}
        What is worked on: who fills which post; burden, continuity and cost with the posts settled; why what is empty is empty.
    required, unfilled, bound : mapping of int to float
        By priority: what is asked for; what the best plan so far leaves empty; what every plan leaves empty that keeps the
        earlier priorities where they are. [unit-days]
    keeps_ceilings : bool
        Whether nations' ceilings were held against it. Until then some of what is filled may have to be given up.
    seconds : float
        Since generation began. [s]
    """

    step: Step
    required: Mapping[int, float]
    unfilled: Mapping[int, float]
    bound: Mapping[int, float]
    keeps_ceilings: bool
    seconds: float

    def fill_of(self, priority: int) -> float:
        """Share of what a priority asks for that is filled. [-]"""
        return self._share(priority, self.unfilled)

    def most_of(self, priority: int) -> float:
        """Share of what a priority asks for that is not proven to be out of reach. [-]"""
        return self._share(priority, self.bound)

    def _share(self, priority: int, missing: Mapping[int, float]) -> float:
        required = self.required[priority]
        return 1.0 - missing[priority] / required if required else 1.0


Watch = Callable[[SoFar], bool]
"""Told of the best plan so far. Where it answers False that is enough: the search ends, and the best so far is the plan."""
