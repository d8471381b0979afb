"""A plan of a past mission against what happened: strength by day, contributions by nation, how late it was, misses included.

    planned     people of the plan's tours that are there on a day                                     [people]
    expected    the same, each tour weighted by the probability that its offer comes about             [people]
    came        people who were there, as ``history.csv`` tells it, from `low` to `high`               [people]
    error       planned - came; nothing where planned lies within low and high widened by `ROUNDED`    [people]

The plan is made from what was known beforehand; the table of history is read here and nowhere else.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import polars as pl

from contingent.errors import ContingentError
from contingent.model.history import HistoryRow
from contingent.model.scenario import Scenario
from contingent.plan.plan import Plan

NEAR = 0.15
"""A strength within this share of what came is called near. [-]"""

ROUNDED = 0.02
"""Strengths are told in round numbers: within this share of its ends, a range holds a figure. [-]"""

MET = ("within", "near")
"""Verdicts of what came about as planned."""

REACHED = (0.25, 0.5, 0.75, 0.9)
"""Shares of the last strength that came, at which the days of plan and history are compared. [-]"""

AT_SEA = "maritime"
"""Domain of unit types that are at sea."""

COLUMNS: dict[str, dict[str, Any]] = {
    "strength": {
        "record": pl.String, "date": pl.Date, "day": pl.Int64, "told": pl.String, "part": pl.String, "came": pl.Int64,
        "low": pl.Int64, "high": pl.Int64, "planned": pl.Int64, "expected": pl.Int64, "error": pl.Int64,
        "error_share": pl.Float64, "expected_error_share": pl.Float64, "verdict": pl.String, "source": pl.String,
        "confidence": pl.String,
    },
    "nations": {
        "nation": pl.String, "name": pl.String, "announced": pl.Int64, "planned": pl.Int64, "expected": pl.Int64,
        "came": pl.Int64, "low": pl.Int64, "high": pl.Int64, "date": pl.Date, "told": pl.String, "error": pl.Int64,
        "verdict": pl.String, "source": pl.String, "confidence": pl.String,
    },
    "asked": {
        "record": pl.String, "date": pl.Date, "day": pl.Int64, "asked": pl.Int64, "planned": pl.Int64, "expected": pl.Int64,
        "came": pl.Int64, "planned_share": pl.Float64, "came_share": pl.Float64, "source": pl.String, "confidence": pl.String,
    },
    "build_up": {
        "share": pl.Float64, "people": pl.Int64, "planned_day": pl.Int64, "expected_day": pl.Int64, "came_day": pl.Int64,
        "days_late": pl.Int64,
    },
}  # fmt: skip
"""Columns of each frame and their types.

strength   one row a record of the whole force that tells how many were there, or the most that there were
nations    one row a nation that offered, was planned or came; of several records the last
           (``not needed``: announced, and left at home by the plan)
asked      one row a strength that was asked for by a day; ``came`` is between the records about that day
build_up   one row a share of the last strength: the day on which plan and history reached it; ``days_late`` is came - planned
"""


class NoHistory(ContingentError):
    """A scenario that tells nothing of what happened."""


@dataclass(frozen=True)
class Hindsight:
    """A plan against what happened. Frozen; frames as in `COLUMNS`.

    Parameters
    ----------
    title : str
        Title of the plan.
    strength, nations, asked, build_up : polars.DataFrame
        As in `COLUMNS`.
    summary : mapping of str to float or None
        ``records``, ``within`` (of them within what was told), ``near``, ``mean_error``, ``mean_absolute_error`` [people],
        ``mean_absolute_error_share``, ``expected_mean_absolute_error_share``, ``worst_error_share`` [-], ``nations_told``,
        ``nations_near``, ``mean_days_late`` [days].
    """

    title: str
    strength: pl.DataFrame
    nations: pl.DataFrame
    asked: pl.DataFrame
    build_up: pl.DataFrame
    summary: Mapping[str, float | None]

    @property
    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by name."""
        return {name: getattr(self, name) for name in COLUMNS}


def look_back(scenario: Scenario, plan: Plan) -> Hindsight:
    """Hold a plan of a past mission against what happened.

    Parameters
    ----------
    scenario : Scenario
        With a table of history.
    plan : Plan
        A plan of it.

    Raises
    ------
    NoHistory
        If the table of history is empty.
    """
    if not scenario.history:
        raise NoHistory(f"{scenario.settings.title} tells nothing of what happened. Maybe add history.csv.")
    deployed = _Deployed(scenario, plan)
    strength = _strength(scenario, deployed)
    nations = _nations(scenario, deployed)
    build_up = _build_up(scenario, deployed)
    return Hindsight(
        title=plan.title, strength=strength, nations=nations, asked=_asked(scenario, deployed), build_up=build_up,
        summary=_summary(strength, nations, build_up),
    )  # fmt: skip


def strength_by_day(scenario: Scenario, plan: Plan) -> pl.DataFrame:
    """Return the people there as planned, and as expected, from each day on which either changes.

    Returns
    -------
    polars.DataFrame
        Columns ``day`` [days from D-day], ``planned`` and ``expected`` [people]; D-day first.
    """
    deployed = _Deployed(scenario, plan)
    days = sorted({0, *deployed.tours["from_day"].to_list(), *deployed.tours["until_day"].to_list()})
    kinds = {"day": pl.Int64, "planned": pl.Int64, "expected": pl.Int64}
    return pl.DataFrame([(day, *deployed.on(day)) for day in days], schema=kinds, orient="row")


class _Deployed:
    """People of a plan's tours on any day, as planned and as expected."""

    def __init__(self, scenario: Scenario, plan: Plan) -> None:
        likely = {row.offer: row.probability for row in scenario.offers}
        domain = {row.unit_type: row.domain for row in scenario.unit_types}
        self.horizon = scenario.horizon
        self.tours = plan.tours.select(
            "nation", "from_day", "until_day", "people",
            weight=pl.col("offer").replace_strict(likely, default=1.0, return_dtype=pl.Float64),
            part=pl.when(pl.col("unit_type").replace_strict(domain, default="land", return_dtype=pl.String) == AT_SEA)
            .then(pl.lit("at_sea")).otherwise(pl.lit("ashore")),
        )  # fmt: skip

    def on(self, day: int, *, nation: str | None = None, part: str | None = None) -> tuple[int, int]:
        """People there on a day: planned, expected. [people]"""
        there = self._of(nation, part).filter((pl.col("from_day") <= day) & (pl.col("until_day") > day))
        return _both(there)

    def most(self, *, nation: str | None = None, part: str | None = None) -> tuple[int, int]:
        """Most people who are there on any day: planned, expected. [people]"""
        days = sorted(set(self._of(nation, part)["from_day"].to_list()))
        return max((self.on(day, nation=nation, part=part) for day in days), default=(0, 0))

    def first_with(self, people: float) -> tuple[int | None, int | None]:
        """First day on which so many are there: planned, expected; None if never. [days from D-day]"""
        days = sorted(set(self.tours["from_day"].to_list()))
        found = [(day, *self.on(day)) for day in days]
        planned = next((day for day, there, _ in found if there >= people), None)
        return planned, next((day for day, _, there in found if there >= people), None)

    def _of(self, nation: str | None, part: str | None) -> pl.DataFrame:
        tours = self.tours if nation is None else self.tours.filter(pl.col("nation") == nation)
        return tours if part is None else tours.filter(pl.col("part") == part)


def _both(tours: pl.DataFrame) -> tuple[int, int]:
    return int(tours["people"].sum()), round(float((tours["people"] * tours["weight"]).sum()))


def _frame(name: str, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=COLUMNS[name], orient="row")


def _ends(row: HistoryRow) -> tuple[int, int]:
    """Least and most that it can have been. [people]"""
    return (row.personnel if row.low is None else row.low), (row.personnel if row.high is None else row.high)


def _planned_for(row: HistoryRow, deployed: _Deployed) -> tuple[int, int]:
    """What the plan has where a record tells what came: on its day, or at most. [people]"""
    if row.told == "peak":
        return deployed.most(nation=row.nation, part=row.part)
    return deployed.on(deployed.horizon.day_of(row.date), nation=row.nation, part=row.part)


def verdict_of(planned: int, came: int, *, low: int, high: int) -> str:
    """Return in words what a planned strength was, held against what came.

    >>> verdict_of(5_100, 5_000, low=4_900, high=5_100), verdict_of(5_600, 5_000, low=4_900, high=5_100)
    ('within', 'near')
    >>> verdict_of(8_000, 5_000, low=4_900, high=5_100), verdict_of(0, 707, low=700, high=707)
    ('fewer came', 'not foreseen')
    """
    if low * (1 - ROUNDED) <= planned <= high * (1 + ROUNDED):
        return "within"
    if planned == 0:
        return "not foreseen"
    if high == 0:
        return "did not come"
    if abs(planned - came) <= NEAR * came:
        return "near"
    return "fewer came" if planned > came else "more came"


def _strength(scenario: Scenario, deployed: _Deployed) -> pl.DataFrame:
    rows = [row for row in scenario.history if row.nation is None and row.told != "asked"]
    return _frame("strength", (_strength_row(row, deployed) for row in sorted(rows, key=lambda row: row.date)))


def _strength_row(row: HistoryRow, deployed: _Deployed) -> dict[str, Any]:
    planned, expected = _planned_for(row, deployed)
    low, high = _ends(row)
    return {
        "record": row.record, "date": row.date, "day": deployed.horizon.day_of(row.date), "told": row.told, "part": row.part,
        "came": row.personnel, "low": low, "high": high, "planned": planned, "expected": expected,
        "error": planned - row.personnel, "error_share": _share(planned - row.personnel, row.personnel),
        "expected_error_share": _share(expected - row.personnel, row.personnel),
        "verdict": verdict_of(planned, row.personnel, low=low, high=high), "source": row.source, "confidence": row.confidence,
    }  # fmt: skip


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _nations(scenario: Scenario, deployed: _Deployed) -> pl.DataFrame:
    last: dict[str, HistoryRow] = {}
    for row in sorted(scenario.history, key=lambda row: row.date):
        if row.nation is not None and row.told != "asked" and row.part is None:
            last[row.nation] = row
    rows = [_nation_row(scenario, deployed, row.nation, last.get(row.nation)) for row in scenario.nations]
    return _frame("nations", (row for row in rows if row["announced"] or row["planned"] or row["came"] is not None))


def _nation_row(scenario: Scenario, deployed: _Deployed, nation: str, told: HistoryRow | None) -> dict[str, Any]:
    by_type = scenario.unit_type_by_name
    announced = sum(
        row.quantity * (by_type[row.unit_type].personnel if row.personnel is None else row.personnel)
        for row in scenario.offers if row.nation == nation
    )  # fmt: skip
    row: dict[str, Any] = {"nation": nation, "name": scenario.nation_by_name[nation].name, "announced": announced}
    if told is None:
        planned, expected = deployed.most(nation=nation)
        return dict.fromkeys(COLUMNS["nations"]) | row | {"planned": planned, "expected": expected, "verdict": "not found"}
    planned, expected = _planned_for(told, deployed)
    low, high = _ends(told)
    verdict = verdict_of(planned, told.personnel, low=low, high=high)
    return row | {
        "planned": planned, "expected": expected, "came": told.personnel, "low": low, "high": high, "date": told.date,
        "told": told.told, "error": planned - told.personnel,
        "verdict": "not needed" if verdict == "not foreseen" and announced else verdict, "source": told.source,
        "confidence": told.confidence,
    }  # fmt: skip


def _asked(scenario: Scenario, deployed: _Deployed) -> pl.DataFrame:
    known = _curve(scenario)
    rows = []
    for row in sorted((row for row in scenario.history if row.told == "asked"), key=lambda row: row.date):
        day = deployed.horizon.day_of(row.date)
        planned, expected = deployed.on(day, nation=row.nation, part=row.part)
        came = _between(known, day) if row.nation is None and row.part is None else None
        rows.append({
            "record": row.record, "date": row.date, "day": day, "asked": row.personnel, "planned": planned,
            "expected": expected, "came": None if came is None else round(came),
            "planned_share": _share(planned, row.personnel),
            "came_share": None if came is None else _share(came, row.personnel), "source": row.source,
            "confidence": row.confidence,
        })  # fmt: skip
    return _frame("asked", rows)


def _curve(scenario: Scenario) -> list[tuple[int, int]]:
    """Days and strengths of the whole force, as told. [days from D-day], [people]"""
    rows = [row for row in scenario.history if row.nation is None and row.part is None and row.told == "present"]
    return sorted((scenario.horizon.day_of(row.date), row.personnel) for row in rows)


def _between(known: Sequence[tuple[int, int]], day: int) -> float | None:
    """Strength on a day, on a straight line between the records about it; None outside of them. [people]"""
    for (earlier, before), (later, after) in pairwise(known):
        if earlier <= day <= later:
            return before if later == earlier else before + (after - before) * (day - earlier) / (later - earlier)
    return None


def _build_up(scenario: Scenario, deployed: _Deployed) -> pl.DataFrame:
    known = _curve(scenario)
    rows = []
    for share in REACHED if known else ():
        people = share * known[-1][1]
        came = _first_day(known, people)
        planned, expected = deployed.first_with(people)
        late = None if came is None or planned is None else came - planned
        rows.append({
            "share": share, "people": round(people), "planned_day": planned, "expected_day": expected, "came_day": came,
            "days_late": late,
        })  # fmt: skip
    return _frame("build_up", rows)


def _first_day(known: Sequence[tuple[int, int]], people: float) -> int | None:
    """First day of so many, on straight lines between records; None where more were there from the first record on."""
    for (earlier, before), (later, after) in pairwise(known):
        if before < people <= after:
            return round(earlier + (later - earlier) * (people - before) / (after - before))
    return None


def _summary(strength: pl.DataFrame, nations: pl.DataFrame, build_up: pl.DataFrame) -> dict[str, float | None]:
    whole = strength.filter(pl.col("part").is_null())
    told = nations.filter(pl.col("came").is_not_null())
    shares = whole["error_share"].abs()
    return {
        "records": whole.height,
        "within": whole.filter(pl.col("verdict") == "within").height,
        "near": whole.filter(pl.col("verdict").is_in(MET)).height,
        "mean_error": _mean(whole["error"]),
        "mean_absolute_error": _mean(whole["error"].abs()),
        "mean_absolute_error_share": _mean(shares),
        "expected_mean_absolute_error_share": _mean(whole["expected_error_share"].abs()),
        "worst_error_share": None if shares.drop_nulls().is_empty() else float(shares.max()),  # type: ignore[arg-type]
        "nations_told": told.height,
        "nations_near": told.filter(pl.col("verdict").is_in(MET)).height,
        "mean_days_late": _mean(build_up["days_late"]),
    }


def _mean(values: pl.Series) -> float | None:
    known = values.drop_nulls()
    return None if known.is_empty() else float(known.mean())  # type: ignore[arg-type]
