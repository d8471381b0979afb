r"""Battalion equivalents in, and within so many hours of, a sector.

    u in U    units that serve on the day of the incursion     tours of the plan
    f in F    host forces that are there on that day           host_forces.csv; one whose formation awaits its equipment, from
                                                               the day on which aid has equipped it
    H         0 (in place), 6, 24, 72, 240 hours after the order

    in the sector   its place is the sector's, lies within it, or has its position inside the sector's polygon
    hours           in the sector 0, else notice_to_march_h + hours by road to the sector's place; of the host its own
                    notice_hours + hours by road, also in the sector: a force at notice stands ready only after it

.. math::

    total(H) = \sum_{u : hours_u \le H} battalions_u + \sum_{f : hours_f \le H} battalions_f, \qquad
    needed = \frac{battalions_{incursion}}{ratio}, \qquad enough = total \ge needed

Hours by road are the shortest over links of mode road (`contingent.geography.roads`). A unit of a nation that rules the sector's
place out does not come, nor does a host force that holds another sector. A unit that is handing over is not counted beside
the one that relieves it.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from contingent.errors import BadScenario
from contingent.findings import Finding, errors_only
from contingent.geography.roads import RoadNetwork
from contingent.geography.shapes import Point, centroid, shape_of
from contingent.model.ground import Sector
from contingent.model.mandate import Factor
from contingent.model.rules import places_of, places_upwards
from contingent.model.scenario import Scenario
from contingent.model.structure import Incursion
from contingent.plan.columns import frame
from contingent.quantities import SMALLEST_SHARE

HOURS = (0, 6, 24, 72, 240)
"""Times after the order at which battalions are counted: in place, 6, 24, 72 hours, 10 days. [h]"""

MARCH, DETOUR, NOTICE = "march_speed_kmh", "road_detour", "notice_to_march_h"
FACTORS = {
    MARCH: "speed of march by road",
    DETOUR: "length of a way off the roads against the distance",
    NOTICE: "hours from order to march off",
}
"""Planning factors that it reads, each with what it says. Scope: the option, else all."""

GENERAL = "all"


@dataclass(frozen=True, slots=True)
class Body:
    """Battalions at a place, and when they are in the sector.

    Parameters
    ----------
    owner : str
        Nation of a unit; name of a host force.
    place : str or None
        Where it stands.
    battalions : float
        Battalion equivalents. [battalions]
    hours : float
        From the order until it is in the sector; infinite where it does not come. [h]
    why_not : str or None
        Why it does not come.
    formation : str or None
        Formation of the host whose equipment it awaits, or had to.
    waits : bool
        Whether it still does: it is there, but does not count.
    """

    owner: str
    place: str | None
    battalions: float
    hours: float
    why_not: str | None = None
    formation: str | None = None
    waits: bool = False


def equipped_days(aid_formations: pl.DataFrame) -> dict[str, int | None]:
    """Return the day on which each formation of the host is at its standard, from a plan's frame ``aid_formations``.

    None = not within the time that aid is foreseen for.
    """
    return dict(aid_formations.select("formation", "equipped_day").iter_rows())


def measure(
    scenario: Scenario, tours: pl.DataFrame, option: str | None, equipped: Mapping[str, int | None] | None = None
) -> pl.DataFrame:
    """Hold the force of a plan against every incursion that is named for its option.

    Parameters
    ----------
    scenario : Scenario
        With its offers and requirement derived.
    tours : polars.DataFrame
        Of the plan; ``offer``, ``nation``, ``unit_type``, ``location``, ``from_day`` and ``serves_until_day`` are read.
    option : str or None
        Option that was planned; None = all lines.
    equipped : mapping of str to int or None, optional
        Day on which each formation of needs.csv is equipped; None, or a formation that is not in it, = not foreseen, so that
        host forces that await it do not count. [days from D-day]

    Returns
    -------
    polars.DataFrame
        Frame ``adequacy`` of `contingent.plan.COLUMNS`: for each incursion one row for each of `HOURS`. [battalions]

    Raises
    ------
    BadScenario
        If an incursion is named and a planning factor that it needs is missing.
    """
    incursions = [row for row in scenario.incursions if option is None or not row.option or option in row.option]
    if not incursions:
        return frame("adequacy", [])
    if errors := errors_only(faults_of_adequacy(scenario, (option,))):
        raise BadScenario(scenario.settings.title, errors)
    factors = {name: found for name in FACTORS if (found := factor_of(scenario, name, option)) is not None}
    network = RoadNetwork(
        scenario.links, scenario.locations, speed_kmh=factors[MARCH].value, detour=factors[DETOUR].value
    )
    rows: list[dict[str, object]] = []
    for incursion in incursions:
        ground = Ground(scenario, scenario.sector_by_name[incursion.sector], network)
        rows += _rows(scenario, tours, incursion, factors, ground, equipped or {})
    return frame("adequacy", rows)


def factor_of(scenario: Scenario, name: str, option: str | None) -> Factor | None:
    """Return the row of a planning factor: that of the option before the general one."""
    rows = {row.scope: row for row in scenario.factors if row.factor == name}
    return rows.get(option, rows.get(GENERAL)) if option is not None else rows.get(GENERAL)


def faults_of_adequacy(scenario: Scenario, options: Sequence[str | None] | None = None) -> tuple[Finding, ...]:
    """Return what keeps incursions from being measured; nothing where none is named.

    Parameters
    ----------
    options : sequence of str or None, optional
        Options to look at; blank = all that the scenario has, or all lines together.
    """
    if not scenario.incursions:
        return ()
    asked = options if options is not None else (scenario.option_names or (None,))
    found: dict[Finding, None] = {}
    for option in asked:
        for name, meaning in FACTORS.items():
            row = factor_of(scenario, name, option)
            if row is None:
                found[Finding(
                    "factors.csv", f"'{name}' ({meaning}) is missing: incursions.csv cannot be answered without it.",
                    column="factor", maybe=f"add a row '{name}' with scope all",
                )] = None  # fmt: skip
            elif row.value < 0 or (row.value == 0 and name == MARCH):
                found[Finding("factors.csv", f"'{name}' is {row.value:g}; it must be above 0.", column="value")] = None
    for incursion in scenario.incursions:
        if incursion.day >= scenario.settings.horizon_days:
            found[Finding(
                "incursions.csv", f"'{incursion.incursion}' is on day {incursion.day}, beyond the horizon: no unit is there.",
                column="day", severity="warning",
            )] = None  # fmt: skip
    return tuple(found)


def _rows(
    scenario: Scenario, tours: pl.DataFrame, incursion: Incursion, factors: Mapping[str, Factor], ground: "Ground",
    equipped: Mapping[str, int | None],
) -> Iterator[dict[str, object]]:  # fmt: skip
    units = list(_units(scenario, tours, incursion, ground, notice=factors[NOTICE].value))
    there = list(_hosts(scenario, incursion, ground, equipped))
    hosts, waiting = [body for body in there if not body.waits], [body for body in there if body.waits]
    by_aid = [body for body in hosts if body.formation is not None]
    needed = incursion.battalions / incursion.ratio
    assumption = _assumption(scenario, incursion, factors, ground, [*units, *there], equipped)
    for hours in HOURS:
        coalition, host = _within(units, hours), _within(hosts, hours)
        total = round(coalition + host, 9)
        yield {
            "incursion": incursion.incursion,
            "title": incursion.title,
            "sector": incursion.sector,
            "day": incursion.day,
            "hours": hours,
            "coalition": coalition,
            "host": host,
            "host_by_aid": _within(by_aid, hours),
            "host_awaiting": _within(waiting, hours),
            "total": total,
            "incursion_battalions": incursion.battalions,
            "ratio": incursion.ratio,
            "needed": needed,
            "enough": total >= needed - SMALLEST_SHARE,
            "assumption": assumption,
        }


def _within(bodies: Sequence[Body], hours: int) -> float:
    return round(math.fsum(body.battalions for body in bodies if body.hours <= hours + SMALLEST_SHARE), 9)


class Ground:
    """How far it is to a sector.

    Parameters
    ----------
    sector : Sector
        The sector to be reached.
    network : RoadNetwork
        Roads of the scenario.
    """

    def __init__(self, scenario: Scenario, sector: Sector, network: RoadNetwork) -> None:
        self.scenario, self.sector, self.network = scenario, sector, network
        self.middle = centroid(sector.geometry) if sector.geometry is not None else None

    @property
    def place(self) -> str:
        """What is marched to, in words."""
        return self.sector.location or "the middle of the sector"

    def has(self, location: str | None) -> bool:
        """Whether a place is in the sector: it is the sector's own, lies within it, or has its position inside the polygon."""
        if location is None:
            return False
        if self.sector.location is not None and self.sector.location in places_upwards(self.scenario, location):
            return True
        position = self.network.position.get(location)
        if position is None or self.sector.geometry is None:
            return False
        from shapely.geometry import Point as PlanePoint

        inside: bool = shape_of(self.sector.geometry).covers(PlanePoint(position.longitude, position.latitude))
        return inside

    def hours(self, location: str | None) -> float:
        """Return the hours by road from a place into the sector: 0 in it, infinite where no way is known. [h]

        A place without a position that no road touches counts as being where the place is that it lies within.
        """
        if location is None:
            return math.inf
        if self.has(location):
            return 0.0
        for place in places_upwards(self.scenario, location):
            hours = self._hours_from(place)
            if math.isfinite(hours):
                return hours
        return math.inf

    def _hours_from(self, place: str) -> float:
        from_sector = self.network.hours_from(self.sector.location) if self.sector.location is not None else {}
        if len(from_sector) > 1:
            return from_sector.get(place, math.inf)
        # The sector has no place, or one that is neither on a road nor on the map.
        ends: list[Point] = [self.middle] if self.middle is not None else []
        return float(self.network.hours_to_points([place], ends)[0][0]) if ends else math.inf


def _units(scenario: Scenario, tours: pl.DataFrame, incursion: Incursion, ground: Ground, *, notice: float) -> Iterator[Body]:
    """Yield the units that serve on the day and count as battalions."""
    serving = tours.filter((pl.col("from_day") <= incursion.day) & (pl.col("serves_until_day") > incursion.day))
    columns = ("nation", "offer", "unit_type", "location")
    for nation, offer, unit_type, location in serving.select(columns).sort(columns, nulls_last=True).iter_rows():
        battalions = scenario.unit_type_by_name[unit_type].battalions or 0.0
        if battalions == 0:
            continue
        way = ground.hours(location)
        ruled_out = places_of(scenario, ground.sector.location).intersection(scenario.offer_by_name[offer].excluded_locations)
        if way == 0 and ground.has(location):
            yield Body(nation, location, battalions, 0.0)
        elif ruled_out:
            yield Body(nation, location, battalions, math.inf, f"{nation} rules out {min(ruled_out)}")
        elif math.isinf(way):
            yield Body(nation, location, battalions, math.inf, f"no way by road from {location or 'a line without a place'}")
        else:
            yield Body(nation, location, battalions, notice + way)


def _hosts(
    scenario: Scenario, incursion: Incursion, ground: Ground, equipped: Mapping[str, int | None]
) -> Iterator[Body]:
    """Yield the host forces that are there on the day, those that still wait for their equipment marked."""
    for row in scenario.host_forces:
        if row.from_day <= incursion.day and (row.until_day is None or incursion.day < row.until_day):
            way = ground.hours(row.location)
            why_not = f"no way by road from {row.location} ({row.host_force})" if math.isinf(way) else None
            if row.role == "holds" and way > 0:
                way, why_not = math.inf, f"{row.host_force} holds its own sector"
            day = None if row.formation is None else equipped.get(row.formation)
            waits = row.formation is not None and (day is None or day > incursion.day)
            yield Body(row.host_force, row.location, row.battalions, row.notice_hours + way, why_not, row.formation, waits)


def _assumption(
    scenario: Scenario, incursion: Incursion, factors: Mapping[str, Factor], ground: Ground, bodies: Sequence[Body],
    equipped: Mapping[str, int | None],
) -> str:  # fmt: skip
    """Say in words what the numbers rest on, sources included."""
    source = _standing(incursion.status, incursion.source)
    said = [
        f"{incursion.battalions:g} battalions, one in defence against {incursion.ratio:g} ({source})",
        f"units that serve on day {incursion.day}, to {ground.place} by the shortest road",
        f"march {factors[MARCH].value:g} km/h where a link has no speed of its own ({_status(factors[MARCH])})",
        f"off the roads {factors[DETOUR].value:g} times the distance ({_status(factors[DETOUR])})",
        f"{factors[NOTICE].value:g} h from order to march off ({_status(factors[NOTICE])})",
    ]
    hosts = [row.host_force for row in scenario.host_forces]
    if hosts:
        statuses = ", ".join(sorted({row.status for row in scenario.host_forces}))
        said.append(f"host forces as given in host_forces.csv ({statuses}), at their own notice")
    else:
        said.append("no host forces are given")
    said += _of_aid(incursion, bodies, equipped)
    left_out: dict[str, float] = {}
    for body in bodies:
        if body.why_not is not None and not body.waits:
            left_out[body.why_not] = left_out.get(body.why_not, 0.0) + body.battalions
    said += [f"{_battalions(battalions)} not come: {why_not}" for why_not, battalions in sorted(left_out.items())]
    said.append("no fight, no losses and no air are modelled")
    return "; ".join(said) + "."


def _of_aid(incursion: Incursion, bodies: Sequence[Body], equipped: Mapping[str, int | None]) -> Iterator[str]:
    """Say which host forces count because aid has equipped their formation, and which do not yet."""
    counts, later = "by aid", f"still waiting for equipment on D+{incursion.day}"
    said: dict[str, list[tuple[float, str]]] = {counts: [], later: [], "not equipped on any day that is foreseen": []}
    for body in bodies:
        if body.formation is None:
            continue
        day = equipped.get(body.formation)
        words = counts if not body.waits else list(said)[-1] if day is None else later
        said[words].append((body.battalions, body.formation if day is None else f"{body.formation} on D+{day}"))
    for words, found in said.items():
        if found:
            named = ", ".join(dict.fromkeys(name for _, name in found))
            yield f"{_counted(math.fsum(number for number, _ in found))} of the host {words} ({named})"


def _counted(amount: float) -> str:
    amount = round(amount, 9)
    return "1 battalion" if amount == 1 else f"{amount:g} battalions"


def _battalions(amount: float) -> str:
    amount = round(amount, 9)
    return "1 battalion does" if amount == 1 else f"{amount:g} battalions do"


def _status(factor: Factor) -> str:
    return f"factor {factor.factor}, {_standing(factor.status, factor.source)}"


def _standing(status: str, source: str | None) -> str:
    """Status and source; a source that begins with its status says it once."""
    if source is None:
        return status
    said = source.rstrip(".")
    return said if said.casefold().startswith(status) else f"{status}: {said}"
