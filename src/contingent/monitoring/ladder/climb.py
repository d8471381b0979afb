"""When a level of the ladder is reached and left.

Day by day, with s the level in force and least[l] the longest `least_days` of the rungs of level l:

    up        a rung of a higher level is at or above its `up`: that level, at once
    down      every rung of level s is at or below its `down`: the highest lower level of which some rung is above its `down`,
    or 0
    stands    a change between two levels stands for least[the higher of them] days: it is not undone earlier, nor is a step down
              followed by another; going up further is always allowed, and so is going up again where `urgent` is reached

So nothing flaps: what is at the threshold and wavers between `down` and `up` moves nothing, and what swings wider moves it once
in `least_days`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Levels = npt.NDArray[np.int64]
Held = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Change:
    """A change of level.

    Parameters
    ----------
    day : int
        On which it happens. [days from the first]
    before, after : int
        Levels.
    urgent : bool
        Whether it undoes a step down earlier than that would have stood.
    """

    day: int
    before: int
    after: int
    urgent: bool = False


def climb(up: Levels, urgent: Levels, held: Held, least: Levels) -> tuple[list[Change], Levels]:
    """Return the changes of level of one series, and the level in force on each day.

    Parameters
    ----------
    up, urgent : ndarray of int
        Highest level of which a rung is at or above its `up`, its `urgent`, on each day; 0 = none. Shape (days,)
    held : ndarray of bool
        Whether some rung of the level is above its `down`. Shape (levels + 1, days)
    least : ndarray of int
        Days for which a change to or from a level stands. [days], shape (levels + 1,)
    """
    level, stands, fell = 0, 0, False
    changes: list[Change] = []
    levels = np.zeros(len(up), dtype=np.int64)
    for day in range(len(up)):
        bound = fell and day < stands
        top = int(urgent[day] if bound else up[day])
        if top > level:
            changes.append(Change(day, level, top, urgent=bound))
            level, stands, fell = top, day + int(least[top]), False
        elif level > 0 and day >= stands and not held[level, day]:
            lower = [below for below in range(1, level) if held[below, day]]
            changes.append(Change(day, level, max(lower, default=0)))
            level, stands, fell = max(lower, default=0), day + int(least[level]), True
        levels[day] = level
    return changes, levels
