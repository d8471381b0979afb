"""The design of an observation: what stands where, what is watched how much of the time, what one more adds, what each is worth.

>>> from contingent.io import read_scenario
>>> found = design(read_scenario("reassurance"), DesignOptions(people=40, sectors=("South-east",), marginal=0))
>>> found.people <= 40 and found.value <= found.bound
True
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from contingent.errors import BadScenario
from contingent.findings import Finding, nearest_name
from contingent.model.observation import Sensor
from contingent.model.scenario import Scenario
from contingent.monitoring.observation import search
from contingent.monitoring.observation.ground import Ground, Steps, lay_out
from contingent.monitoring.observation.search import Choice, Limits, least_cost, most_watched
from contingent.monitoring.observation.seeing import STATES, Candidates, candidates

Floats = npt.NDArray[np.float64]

OBSERVATION_COLUMNS: dict[str, dict[str, Any]] = {
    "observation": {
        "site": pl.String, "sector": pl.String, "latitude": pl.Float64, "longitude": pl.Float64, "depth_km": pl.Float64,
        "sensor": pl.String, "title": pl.String, "kind": pl.String, "base": pl.String, "range_km": pl.Float64,
        "targets": pl.Int64, "people": pl.Float64, "cost_per_year": pl.Float64,
    },
    "coverage": {
        "target": pl.String, "kind": pl.String, "sector": pl.String, "latitude": pl.Float64, "longitude": pl.Float64,
        "km": pl.Float64, "weight": pl.Float64, "watched": pl.Float64, "day_clear": pl.Float64, "day_bad": pl.Float64,
        "night_clear": pl.Float64, "night_bad": pl.Float64, "seen_by": pl.Int64,
    },
    "marginal": {
        "share_of_limit": pl.Float64, "people": pl.Float64, "cost_per_year": pl.Float64, "posts": pl.Int64, "watched": pl.Float64,
        "bound": pl.Float64, "method": pl.String,
    },
    "redundancy": {
        "site": pl.String, "sensor": pl.String, "sector": pl.String, "lost": pl.Float64, "lost_km": pl.Float64,
        "alone_km": pl.Float64, "worst_target": pl.String, "worst_before": pl.Float64, "worst_after": pl.Float64,
    },
}  # fmt: skip
"""Columns of each frame of a design and their types.

observation  one row for each means that is put up: where, what, from which base a drone is flown, how many targets it sees.
coverage     one row for each segment of the line and each place behind it: share of time watched, in all and by state of day and
             weather [-]; how many of those put up see it.
marginal     the most watched at shares of the limit; ``bound`` is null where only the last row is bounded.
redundancy   what is lost where one of them fails: share of all that is watched [-], in kilometres of line watched without a
             break [km]; kilometres that nobody else sees; the target that loses most.
"""


@dataclass(frozen=True, slots=True)
class DesignOptions:
    """What is wanted, and how the ground is laid out.

    Parameters
    ----------
    people, money : float, optional
        Most people; most money a year in the scenario's currency. None = no limit. [people], [currency]
    wanted : float, optional
        Share to be watched at the least cost, instead of the most for a limit. [-]
    kind : str, optional
        Kind of incident that is to be noticed; None = all kinds, and means that notice only some are left out.
    sensors : tuple of str
        Means that may be used; none = all.
    steps : Steps
        How finely the ground is laid out, what counts how much.
    sectors : tuple of str
        Sectors whose part of the line is watched; none = the whole line. Stands in the place of that of `steps`.
    day_share, clear_share : float
        Share of time that is day, and that has clear weather; assumptions. [-]
    incident_weight : float
        How much more a segment is worth where incidents are: a segment with its fair share of them is worth 1 + this. [-]
    near_km : float
        How near an incident must be to count for a target. [km]
    marginal : int
        Points of the marginal curve; 0 = none.
    gap : float
        Relative distance of value and bound at which the choice counts as optimal. [-]
    proof : bool, optional
        Whether the bound is found with whole means (nearer, slower) or with shares of them; None = by the size of the problem.
    """

    people: float | None = None
    money: float | None = None
    wanted: float | None = None
    kind: str | None = None
    sensors: tuple[str, ...] = ()
    steps: Steps = field(default_factory=Steps)
    sectors: tuple[str, ...] = ()
    day_share: float = 0.5
    clear_share: float = 0.75
    incident_weight: float = 0.0
    near_km: float = 10.0
    marginal: int = 8
    gap: float = 0.01
    proof: bool | None = None


@dataclass(frozen=True)
class ObservationDesign:
    """What was chosen. Frozen.

    Parameters
    ----------
    observation, coverage, marginal, redundancy : polars.DataFrame
        See `OBSERVATION_COLUMNS`.
    value : float
        Weighted share of line, places and time that is watched. [-]
    bound : float
        With limits: no choice watches more [-]. With a wanted share: no choice that reaches it costs less [currency, or people].
    greedy : float
        What a plain greedy choice came to, in the same measure.
    status : {"optimal", "feasible", "infeasible"}
        optimal: value within the gap of the bound. infeasible: the wanted share cannot be reached, nothing is put up.
    method : str
        How value and bound were found.
    people, money : float
        What it takes. [people], [currency a year]
    twice : float
        Share of the line that at least two see. [-]
    value_low, value_high : float
        The same choice with every range at its low, at its high value. [-]
    line_km : float
        Length of the line. [km]
    assumptions : tuple of str
        What it rests on.
    seconds : float
        Time it took; the only part that differs between two runs. [s]
    """

    observation: pl.DataFrame
    coverage: pl.DataFrame
    marginal: pl.DataFrame
    redundancy: pl.DataFrame
    value: float
    bound: float
    greedy: float
    status: search.Status
    method: str
    people: float
    money: float
    twice: float
    value_low: float
    value_high: float
    line_km: float
    assumptions: tuple[str, ...]
    seconds: float

    def by_sector(self) -> pl.DataFrame:
        """Kilometres of line, share watched and share seen by two, for each sector."""
        line = self.coverage.filter(pl.col("kind") == "line")
        return line.group_by("sector").agg(
            pl.col("km").sum(),
            ((pl.col("watched") * pl.col("km")).sum() / pl.col("km").sum()).alias("watched"),
            ((pl.col("seen_by") >= 2).cast(pl.Float64) * pl.col("km")).sum().truediv(pl.col("km").sum()).alias("twice"),
        ).sort("sector", nulls_last=True)  # fmt: skip


def design(
    scenario: Scenario, options: DesignOptions, *, incidents: pl.DataFrame | None = None
) -> ObservationDesign:
    """Place means of observation so that they watch the most of the line and of what matters behind it.

    Parameters
    ----------
    scenario : Scenario
        With traces, sensors, locations and, if it has them, sectors.
    options : DesignOptions
        A limit (people, money or both) or a wanted share.
    incidents : polars.DataFrame, optional
        With ``latitude``, ``longitude`` and ``count``: where these are, watching is worth more (`incident_weight`).

    Raises
    ------
    BadScenario
        With every finding at once: no line, no means, a name that is not there, a share that is none.
    """
    began = time.perf_counter()
    sensors = _checked(scenario, options)
    steps = options.steps if not options.sectors else _in_sectors(options.steps, options.sectors)
    ground = lay_out(scenario, steps)
    ground = _weighed(ground, options, incidents)
    among = candidates(ground, sensors, day_share=options.day_share, clear_share=options.clear_share)
    if not len(among.site):
        raise _refused("sensors.csv", "no means sees the line from any site.", "give a longer range, or sites nearer to the line")
    limits = Limits(*(float("inf") if most is None else most for most in (options.money, options.people)))
    if options.wanted is not None:
        choice = least_cost(among, options.wanted, gap=options.gap, whole=options.proof)
    else:
        choice = most_watched(among, limits, gap=options.gap, whole=options.proof)
    chosen = list(choice.chosen)
    low, high = (
        _value_with(ground, sensors, among, chosen, [getattr(row, name) or row.range_km for row in sensors], options)
        for name in ("range_low_km", "range_high_km")
    )
    coverage = _coverage(ground, among, chosen)
    seen = among.sees[chosen].sum(axis=0)
    km = np.array([target.km for target in ground.targets])
    return ObservationDesign(
        observation=_observation(ground, sensors, among, chosen),
        coverage=coverage,
        marginal=_marginal(among, limits, choice, options),
        redundancy=_redundancy(ground, sensors, among, chosen),
        value=among.value(chosen),
        bound=choice.bound,
        greedy=choice.greedy,
        status=choice.status,
        method=choice.method,
        people=float(among.people[chosen].sum()),
        money=float(among.money[chosen].sum()),
        twice=float(km[seen >= 2].sum() / km.sum()),
        value_low=low,
        value_high=high,
        line_km=ground.line_km,
        assumptions=_assumptions(ground, sensors, steps, options),
        seconds=time.perf_counter() - began,
    )


def _refused(table: str, what: str, maybe: str | None = None, *, nearest: str | None = None) -> BadScenario:
    return BadScenario("observation", [Finding(table, what, nearest=nearest, maybe=maybe)])


def _checked(scenario: Scenario, options: DesignOptions) -> list[Sensor]:
    """Return the means that may be used, or raise what is wrong with what was asked."""
    found: list[Finding] = []
    if not scenario.traces:
        found.append(Finding("traces.csv", "the scenario has no line that could be watched.", maybe="draw one in traces.csv"))
    if not scenario.sensors:
        maybe = 'write extends = "doctrine", or a table sensors.csv'
        found.append(Finding("sensors.csv", "the scenario has no means of observation.", maybe=maybe))
    names = {row.sensor for row in scenario.sensors}
    for name in options.sensors:
        if name not in names:
            what = f"'{name}' is not a means of observation of this scenario."
            found.append(Finding("sensors.csv", what, column="sensor", nearest=nearest_name(name, names)))
    sectors = {row.sector for row in scenario.sectors if row.geometry is not None}
    for name in (*options.sectors, *options.steps.sectors, *(name for name, _ in options.steps.sector_weights)):
        if name not in sectors:
            what = f"'{name}' is not a sector with a polygon in this scenario."
            found.append(Finding("sectors.csv", what, column="sector", nearest=nearest_name(name, sectors)))
    if options.people is None and options.money is None and options.wanted is None:
        maybe = "say how many people, how much money, or the share that is wanted"
        found.append(Finding("options", "there is no limit and no wanted share.", maybe=maybe))
    for name in ("wanted", "day_share", "clear_share"):
        value = getattr(options, name)
        if value is not None and not 0.0 <= value <= 1.0:
            what = f"{name} is {value:g}, but must be a share from 0 to 1."
            found.append(Finding("options", what, maybe=f"write {value / 100:g}"))
    for name, value in (("segment_km", options.steps.segment_km), ("site_step_km", options.steps.site_step_km)):
        if not value > 0.0:
            found.append(Finding("options", f"{name} is {value:g}, but must be above 0."))
    if not found:
        inside = [row for row in scenario.sensors if not options.sensors or row.sensor in options.sensors]
        usable = [row for row in inside if not row.detects or options.kind in row.detects]
        if usable:
            return usable
        found.append(Finding("sensors.csv", "none of the means notices what is asked for.", maybe="ask for a kind of incident"))
    raise BadScenario(scenario.settings.title, found)


def _in_sectors(steps: Steps, sectors: tuple[str, ...]) -> Steps:
    from dataclasses import replace

    return replace(steps, sectors=sectors)


def _weighed(ground: Ground, options: DesignOptions, incidents: pl.DataFrame | None) -> Ground:
    """Return the ground with targets worth more where incidents are."""
    from dataclasses import replace

    from contingent.geography.shapes import Point, distances_km

    if not ground.targets:
        raise _refused("traces.csv", "no part of the line lies in the sectors that were asked for.")
    if incidents is None or options.incident_weight <= 0.0:
        return ground
    known = incidents.drop_nulls(["latitude", "longitude"])
    spots = known.group_by("latitude", "longitude").agg(pl.col("count").sum()).sort("latitude", "longitude")
    points = [Point(row["latitude"], row["longitude"]) for row in spots.iter_rows(named=True)]
    far = distances_km([target.point for target in ground.targets], points)
    near = (far <= options.near_km) @ spots["count"].to_numpy().astype(np.float64) if points else np.zeros(len(ground.targets))
    fair = near / near.mean() if near.any() else near
    more = 1.0 + options.incident_weight * fair
    return replace(ground, targets=tuple(
        replace(target, weight=target.weight * float(by)) for target, by in zip(ground.targets, more, strict=True)
    ))  # fmt: skip


def _value_with(
    ground: Ground,
    sensors: Sequence[Sensor],
    among: Candidates,
    chosen: Sequence[int],
    ranges: Sequence[float],
    options: DesignOptions,
) -> float:
    """What the same choice watches with other ranges. [-]"""
    other = candidates(
        ground, sensors, day_share=options.day_share, clear_share=options.clear_share, ranges=ranges
    )
    places = {pair: row for row, pair in enumerate(zip(other.site.tolist(), other.sensor.tolist(), strict=True))}
    rows = [places.get((int(among.site[j]), int(among.sensor[j]))) for j in chosen]
    return other.value([row for row in rows if row is not None])


def _observation(ground: Ground, sensors: Sequence[Sensor], among: Candidates, chosen: Sequence[int]) -> pl.DataFrame:
    rows = []
    for j in chosen:
        site, sensor = ground.sites[int(among.site[j])], sensors[int(among.sensor[j])]
        rows.append({
            "site": site.name, "sector": site.sector, "latitude": site.point.latitude, "longitude": site.point.longitude,
            "depth_km": round(site.depth_km, 2), "sensor": sensor.sensor, "title": sensor.title or sensor.sensor,
            "kind": sensor.kind, "base": among.base[j], "range_km": sensor.range_km, "targets": int(among.sees[j].sum()),
            "people": sensor.people, "cost_per_year": sensor.cost_per_year,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=OBSERVATION_COLUMNS["observation"])


def _coverage(ground: Ground, among: Candidates, chosen: Sequence[int]) -> pl.DataFrame:
    watched = among.watched(chosen)
    seen = among.sees[list(chosen)].sum(axis=0)
    return pl.DataFrame({
        "target": [target.name for target in ground.targets],
        "kind": [target.kind for target in ground.targets],
        "sector": [target.sector for target in ground.targets],
        "latitude": [target.point.latitude for target in ground.targets],
        "longitude": [target.point.longitude for target in ground.targets],
        "km": [target.km for target in ground.targets],
        "weight": [target.weight for target in ground.targets],
        "watched": watched @ among.shares,
        **{name: watched[:, state] for state, name in enumerate(("day_clear", "day_bad", "night_clear", "night_bad"))},
        "seen_by": seen.astype(np.int64),
    }, schema=OBSERVATION_COLUMNS["coverage"])  # fmt: skip


def _marginal(among: Candidates, limits: Limits, choice: Choice, options: DesignOptions) -> pl.DataFrame:
    """The most watched at shares of the limit, or, for a wanted share, of what the choice takes."""
    chosen = list(choice.chosen)
    whole = limits
    if options.wanted is not None:
        spent = float(among.money[chosen].sum())
        whole = Limits(money=spent) if spent > 0.0 else Limits(people=float(among.people[chosen].sum()))
    rows = []
    for number in range(1, (options.marginal if chosen else 0) + 1):
        share = number / options.marginal
        if number == options.marginal:
            found, bound, method = chosen, choice.bound if options.wanted is None else None, choice.method
        else:
            found, method = search.quick(among, Limits(whole.money * share, whole.people * share)), "greedy and exchange"
            bound = None
        rows.append({
            "share_of_limit": share, "people": float(among.people[found].sum()), "cost_per_year": float(among.money[found].sum()),
            "posts": len(found), "watched": among.value(found), "bound": bound, "method": method,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=OBSERVATION_COLUMNS["marginal"])


def _redundancy(ground: Ground, sensors: Sequence[Sensor], among: Candidates, chosen: Sequence[int]) -> pl.DataFrame:
    rows = []
    before = among.watched(chosen) @ among.shares
    seen = among.sees[list(chosen)].sum(axis=0)
    km = np.array([target.km for target in ground.targets])
    for j in chosen:
        after = among.watched([other for other in chosen if other != j]) @ among.shares
        gone = before - after
        worst = int(gone.argmax())
        site = ground.sites[int(among.site[j])]
        rows.append({
            "site": site.name, "sensor": sensors[int(among.sensor[j])].sensor, "sector": site.sector,
            "lost": float(among.weights @ gone), "lost_km": float(km @ gone),
            "alone_km": float(km[among.sees[j] & (seen == 1)].sum()), "worst_target": ground.targets[worst].name,
            "worst_before": float(before[worst]), "worst_after": float(after[worst]),
        })  # fmt: skip
    frame = pl.DataFrame(rows, schema=OBSERVATION_COLUMNS["redundancy"])
    return frame.sort("lost", "site", "sensor", descending=[True, False, False])


def _assumptions(ground: Ground, sensors: Sequence[Sensor], steps: Steps, options: DesignOptions) -> tuple[str, ...]:
    states = ", ".join(STATES)
    guessed = sum(row.status == "assumption" for row in sensors)
    return (
        f"The own side is {ground.own_side}. Only sites on it are used.",
        "Terrain, woods and houses are left out; a means sees all that lies within its range. Its low range stands for them.",
        f"{options.day_share:.0%} of the time is day, {options.clear_share:.0%} clear weather (assumptions); states: {states}.",
        "Given day and weather, two means look independently of each other.",
        f"A place within {steps.behind_km:g} km behind the line is worth {steps.behind_weight_km:g} km of line (assumption).",
        f"The figures of {guessed} of {len(sensors)} means are assumptions; sensors.csv says where each is from.",
    )
