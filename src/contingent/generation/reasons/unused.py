"""Why units that were offered never go: contributors who never hear why are the classic complaint.

A unit that never goes is free on every day. So each tour that it could make towards closing a gap is looked at, with what stands
against it; the tour with the least against it gives the reason:

    caveat       the offer rules the line out
    not_ready    the day lies outside the offer's window, or a whole tour does not fit into it
    ceiling      the nation has no room under its ceiling
    one_nation   another nation holds the line
    in_dwell     the offer allows its units no tour
    overlooked   nothing: the search ended before it sent the unit

and where there is no gap that it could help to close while it is ready:

    no_line      no line asks for what it gives
    caveat       it rules out every line that asks for it
    not_ready    no tour of it fits into the window of any line that asks for it
    not_needed   every line that it may serve is filled without it whenever it could go
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.generation.exact import Counts
from contingent.generation.problem import Problem
from contingent.generation.reasons.sentences import listed
from contingent.generation.reasons.standing import Standing
from contingent.generation.reasons.stopgaps import CLOSED
from contingent.model.rules import caveat_against
from contingent.model.scenario import Scenario
from contingent.plan import frame

Flags = npt.NDArray[np.bool_]

AGAINST = ("caveat", "not_ready", "ceiling", "one_nation", "in_dwell")
"""What can stand against a tour, in the order in which reasons are named."""


@dataclass(frozen=True)
class Prospect:
    """A line that asks for what an offer gives.

    Parameters
    ----------
    line : int
        Index of the line.
    caveat : str or None
        What the offer rules out of it.
    held_by_another : bool
        Whether one nation must hold it, and another does.
    may_begin : ndarray of bool
        Starts of the line. Shape (starts,)
    closes : ndarray of bool
        Whether a tour that begins there would close a part of a gap. Shape (starts,)
    """

    line: int
    caveat: str | None
    held_by_another: bool
    may_begin: Flags
    closes: Flags


def explain_unused(scenario: Scenario, problem: Problem, counts: Counts) -> pl.DataFrame:
    """Return the frame ``unused``: the offers with units that never go, and why.

    Parameters
    ----------
    scenario : Scenario
        With all offers in place.
    problem : Problem
        The same as arrays.
    counts : Counts
        The plan: (arc, start) to units, pins included.

    Notes
    -----
    Tours are dealt to units in turn (`contingent.generation.deal`), so as many units go as there are tours, up to the quantity.
    """
    standing = Standing(scenario, problem, counts)
    board = _Board(standing)
    begun = np.bincount(standing.tour_offer, standing.tours[:, 2], len(problem.offers)).astype(int).tolist()
    rows = []
    for k, offer in enumerate(problem.offers):
        idle = offer.quantity - min(offer.quantity, begun[k])
        if idle > 0:
            reason, detail = board.reason_of(k)
            rows.append(
                {
                    "offer": offer.offer,
                    "nation": offer.nation,
                    "unit_type": offer.unit_type,
                    "offered": offer.quantity,
                    "unused": idle,
                    "reason": reason,
                    "detail": detail,
                }
            )
    return frame("unused", rows)


class _Board:
    """What every idle unit is held against: lines by capability, gaps, rooms under ceilings."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.problem = standing.problem
        self.allowed = [standing.starts_allowed(line) for line in range(len(self.problem.lines))]
        self._rooms: dict[tuple[int, int, int], Flags] = {}
        self._closing: dict[tuple[int, float, int], Flags] = {}

    @cached_property
    def _asking(self) -> dict[str, list[tuple[int, float]]]:
        """Lines that ask for what each unit type gives, with its effectiveness on them."""
        lines: dict[str, list[int]] = {}
        for r, line in enumerate(self.problem.lines):
            lines.setdefault(line.capability, []).append(r)
        asking: dict[str, list[tuple[int, float]]] = {}
        for row in self.standing.scenario.capabilities:
            asking.setdefault(row.unit_type, []).extend((r, row.effectiveness) for r in lines.get(row.capability, []))
        return asking

    def reason_of(self, k: int) -> tuple[str, str]:
        """Return the reason why units of an offer stay at home, and a sentence about it."""
        problem, offer = self.problem, self.problem.offers[k]
        prospects = [self._prospect(k, line, share) for line, share in sorted(self._asking.get(offer.unit_type, []))]
        if not prospects:
            return "no_line", f"No line asks for what a unit of type {offer.unit_type} gives."
        ready, room = self.standing.starts_ready(k), self._room(k)
        least: tuple[int, tuple[str, ...]] | None = None
        short: list[Prospect] = []
        for prospect in prospects:
            against = self._least_against(k, prospect, ready, room)
            if against is not None and (least is None or (len(against), against) <= least):
                short = [*short, prospect] if least == (len(against), against) else [prospect]
                least = (len(against), against)
        if least is None:
            return self._not_needed(k, prospects, ready, ())
        kinds = least[1]
        if kinds == ("not_ready",) and any((p.may_begin & ready).any() for p in prospects if p.caveat is None):
            return self._not_needed(k, prospects, ready, short)
        lines = listed(problem.lines[prospect.line].line for prospect in short)
        are = f"line {lines} is" if len(short) == 1 else f"lines {lines} are"
        if not kinds:
            return "overlooked", f"Nothing stands against it and {are} short: the search ended before it sent this unit."
        why = ", and ".join(self._clause(kind, k, short) for kind in kinds)
        return ";".join(kinds), f"{are[0].upper()}{are[1:]} short, but {why}."

    def _prospect(self, k: int, line: int, share: float) -> Prospect:
        nation, holders = int(self.problem.offer_nation[k]), self.standing.holders(line)
        return Prospect(
            line=line,
            caveat=caveat_against(self.standing.scenario, self.problem.offers[k], self.problem.lines[line]),
            held_by_another=bool(self.problem.line_one_nation[line]) and bool(holders) and nation not in holders,
            may_begin=self.allowed[line],
            closes=self._closes(line, share, int(self.problem.offer_tempo[k])),
        )

    def _least_against(self, k: int, prospect: Prospect, ready: Flags, room: Flags) -> tuple[str, ...] | None:
        """Return what stands against the tour on a line with the least against it; None where no tour closes anything."""
        useful = prospect.may_begin & prospect.closes
        if not useful.any():
            return None
        always = [
            kind
            for kind, stands in (
                ("caveat", prospect.caveat is not None),
                ("one_nation", prospect.held_by_another),
                ("in_dwell", self.problem.terms[k].max_tours == 0),
            )
            if stands
        ]
        choices = (
            (useful & ready & room, ()),
            (useful & ready, ("ceiling",)),
            (useful & room, ("not_ready",)),
            (useful, ("not_ready", "ceiling")),
        )
        sometimes = next(kinds for starts, kinds in choices if starts.any())
        return tuple(kind for kind in AGAINST if kind in (*always, *sometimes))

    def _closes(self, line: int, share: float, tempo: int) -> Flags:
        """Whether a tour that begins on each start would close a part of a line's gap. Shape (starts,)"""
        key = (line, share, tempo)
        if key not in self._closing:
            problem = self.problem
            missing = np.minimum(self.standing.gap[line], share) * problem.slot_days
            total = np.concatenate([[0.0], np.cumsum(missing)])
            end = np.minimum(problem.tempo_serve[tempo], problem.line_last[line])
            begin = problem.start_slot[:-1]
            self._closing[key] = total[np.maximum(end, begin)] - total[begin] > CLOSED
        return self._closing[key]

    def _room(self, k: int) -> Flags:
        """Whether the nation has room for one unit more over a tour that begins on each start. Shape (starts,)"""
        problem = self.problem
        nation, people, tempo = int(problem.offer_nation[k]), int(problem.offer_people[k]), int(problem.offer_tempo[k])
        starts = len(problem.start_day) - 1
        if not np.isfinite(problem.ceiling[nation]):
            return np.ones(starts, dtype=np.bool_)
        key = (nation, people, tempo)
        if key not in self._rooms:
            full = self.standing.people[nation] + people > problem.ceiling[nation] + CLOSED
            before = np.concatenate([[0], np.cumsum(full)])
            self._rooms[key] = before[problem.tempo_tour[tempo]] == before[problem.start_slot[:-1]]
        return self._rooms[key]

    def _not_needed(
        self, k: int, prospects: Sequence[Prospect], ready: Flags, short_otherwise: Sequence[Prospect]
    ) -> tuple[str, str]:
        """No gap could be closed: the offer fits no line, or the lines that it fits are filled whenever it is ready."""
        problem = self.problem
        open_lines = [prospect for prospect in prospects if prospect.caveat is None]
        if not open_lines:
            why = self._clause("caveat", k, prospects)
            return "caveat", f"{why}, and with it every line that asks for such a unit."
        fitting = [prospect for prospect in open_lines if (prospect.may_begin & ready).any()]
        if not fitting:
            why = self._clause("not_ready", k, open_lines)
            return "not_ready", f"{why[0].upper()}{why[1:]} while a line asks for such a unit."
        lines = listed(problem.lines[prospect.line].line for prospect in fitting)
        subject = f"Line {lines} is" if len(fitting) == 1 else f"Lines {lines} are"
        when = ""
        if short_otherwise and problem.terms[k].until_day >= problem.horizon_days:
            begin = np.flatnonzero(np.any([prospect.may_begin & ready for prospect in fitting], axis=0))[0]
            when = f", from D+{problem.start_day[begin]}"
        elif short_otherwise:
            short = listed(problem.lines[prospect.line].line for prospect in short_otherwise)
            when = f"; {short} {'is' if len(short_otherwise) == 1 else 'are'} short, but {self._clause('not_ready', k, ())} then"
        return "not_needed", f"{subject} filled without it whenever it could go{when}."

    def _caveats(self, prospects: Sequence[Prospect]) -> str:
        return listed(sorted({prospect.caveat for prospect in prospects if prospect.caveat is not None}))

    def _clause(self, kind: str, k: int, prospects: Sequence[Prospect]) -> str:
        """What stands against an offer, in words."""
        problem, terms = self.problem, self.problem.terms[k]
        nation = int(problem.offer_nation[k])
        if kind == "caveat":
            return f"{problem.nations[nation]} rules out {self._caveats(prospects)}"
        if kind == "not_ready":
            if terms.until_day >= problem.horizon_days:
                return f"no unit is ready before D+{terms.ready_day}"
            return f"no tour of {terms.tour_days} days fits between D+{terms.ready_day} and D+{terms.until_day}"
        if kind == "ceiling":
            return f"{problem.nations[nation]} would pass its ceiling of {problem.ceiling[nation]:.0f} people deployed"
        if kind == "one_nation":
            held = [problem.nations[self.standing.holders(p.line)[0]] for p in prospects if p.held_by_another]
            return f"{listed(held)} must hold {'it' if len(held) == 1 else 'them'} alone"
        return "the offer allows its units no tour"
