"""What a spreadsheet does: the lines in order of priority, on each day the first unit in the list that is free.

A unit is free if it is neither away nor at home between tours, now or on what has been planned for it already. Ceilings,
one-nation lines and most tours are kept. Nothing that was once decided is changed.
"""

import numpy as np

from columns import Columns, Ints

ROUNDING = 1e-9


def plan(columns: Columns) -> Ints:
    """Return how many units begin each column. [units], shape (columns,)"""
    units = np.zeros(columns.count, dtype=np.int32)
    by_line = np.argsort(columns.line, kind="stable")
    edges = np.searchsorted(columns.line[by_line], np.arange(len(columns.required) + 1))
    priorities = np.array([row.priority for row in columns.scenario.requirements])
    diary = _Diary(columns)
    for line in np.argsort(priorities, kind="stable"):
        _fill_line(columns, int(line), by_line[edges[line] : edges[line + 1]], diary=diary, units=units)
    return units.astype(np.int64)


class _Diary:
    """What is decided already: who is busy when, and how many people each nation has out."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.days = np.unique(columns.day)
        self.busy = np.zeros((len(columns.quantity), len(self.days)), dtype=np.int16)
        self.out = np.zeros((len(columns.ceiling), columns.scenario.settings.horizon_days), dtype=np.int32)
        most = [row.quantity * row.max_tours if row.max_tours is not None else None for row in columns.scenario.offers]
        self.tours_left = np.array([np.iinfo(np.int64).max if tours is None else tours for tours in most], dtype=np.int64)

    def at_home(self, offers: Ints, here: int) -> Ints:
        """Return the places in `offers` of those with a unit at home and rested on a day, and tours left."""
        return np.flatnonzero((self.busy[offers, here] < self.columns.quantity[offers]) & (self.tours_left[offers] > 0))

    def can_go(self, offer: int, day: int, here: int) -> bool:
        """Whether a unit stays free for tour and dwell, and its nation below its ceiling."""
        rested = int(np.searchsorted(self.days, day + self.columns.cycle_days[offer]))
        if self.busy[offer, here:rested].max() >= self.columns.quantity[offer]:
            return False
        nation = self.columns.nation[offer]
        ceiling = self.columns.ceiling[nation]
        until = day + self.columns.tour_days[offer]
        return bool(ceiling < 0 or self.out[nation, day:until].max() + self.columns.people[offer] <= ceiling)

    def send(self, offer: int, day: int, here: int) -> None:
        """Write one more tour into the diary."""
        rested = int(np.searchsorted(self.days, day + self.columns.cycle_days[offer]))
        self.busy[offer, here:rested] += 1
        self.tours_left[offer] -= 1
        self.out[self.columns.nation[offer], day : day + self.columns.tour_days[offer]] += self.columns.people[offer]


def _fill_line(columns: Columns, line: int, of_line: Ints, *, diary: _Diary, units: Ints) -> None:
    if not len(of_line):
        return
    row = columns.scenario.requirements[line]
    of_line = of_line[np.lexsort((columns.offer[of_line], columns.day[of_line]))]
    days, first = np.unique(columns.day[of_line], return_index=True)
    served = np.zeros(columns.scenario.settings.horizon_days)
    holder = -1
    places = np.searchsorted(diary.days, days).tolist()
    for day, here, today in zip(days.tolist(), places, np.split(of_line, first[1:]), strict=True):
        if served[day] >= row.quantity - ROUNDING:
            continue
        for column in today[diary.at_home(columns.offer[today], here)].tolist():
            offer = int(columns.offer[column])
            if row.hold == "one_nation" and holder not in (-1, columns.nation[offer]):
                continue
            while served[day] < row.quantity - ROUNDING and diary.tours_left[offer] > 0 and diary.can_go(offer, day, here):
                holder = int(columns.nation[offer])
                diary.send(offer, day, here)
                units[column] += 1
                served[day : day + columns.serving_days[offer]] += columns.effectiveness[column]
            if served[day] >= row.quantity - ROUNDING:
                break
