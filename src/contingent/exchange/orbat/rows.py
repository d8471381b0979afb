"""The rows that an order of battle becomes: a scenario that can be planned, and a warning for whatever the file did not say.

    formation    what has units under it, or is larger than a unit may be
    unit         what has nothing under it; and what is of the level that is asked for or smaller, with all under it
    offer        so many like units of one nation
    line         so many like units under one formation, whether anybody holds them or not

Units are alike where their symbols and what their names say of their kind are the same. What is under a unit is folded into it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Literal

from shapely import from_wkt

from contingent.exchange.orbat.found import ECHELONS, FoundOrbat, FoundUnit
from contingent.exchange.orbat.naming import key_of, kind_in
from contingent.findings import Finding
from contingent.model.ground import Sector, Trace
from contingent.model.rows import Capability, Location, Nation, Offer, Requirement, UnitType
from contingent.model.scenario import Scenario, Settings
from contingent.model.structure import Component, Formation
from contingent.report.symbols.codes import SYMBOL_SET

STRENGTHS = {
    "team": 5, "squad": 10, "section": 20, "platoon": 35, "company": 120, "battalion": 600, "regiment": 1500, "brigade": 3500,
}  # fmt: skip
"""Strength of a unit of which the file says none, by echelon: an assumption, and told as one. [people]"""

STRENGTH_OF_STAFF = 200
"""The same of a headquarters that is a unit of its own. [people]"""

STRENGTH_OF_OTHERS = 100
"""The same where no echelon is shown: a ship, a detachment of aircraft. [people]"""

UNKNOWN_TERMS = (
    "the file does not say from when and for how long units are available, their notice, tours, dwell and caveats: each is "
    "offered from D-day to the horizon, on the defaults of scenario.toml."
)

HORIZON_DAYS, DAY_UNKNOWN = 720, date(2027, 1, 1)
UNMARKED = "MARKING NOT GIVEN"
DIGITS = 5
MOST_ASSUMED = 40
"""Kinds without a strength that are named."""

DOMAINS: Mapping[str, Literal["air", "maritime"]] = {
    "01": "air", "02": "air", "05": "air", "06": "air", "30": "maritime", "35": "maritime", "36": "maritime",
}  # fmt: skip
"""Domain by symbol set; others are of the land."""


@dataclass(frozen=True)
class _Kind:
    """Units that are alike."""

    symbol: str | None
    name: str
    echelon: str | None


Kinds = Mapping[_Kind, tuple[str, list[FoundUnit]]]
"""Units that are alike, with the key of their kind."""


@dataclass
class _Tree:
    """An order of battle, cut at the level that is asked for."""

    orbat: FoundOrbat
    formations: list[FoundUnit] = field(default_factory=list)
    units: list[tuple[FoundUnit, str | None]] = field(default_factory=list)
    folded: int = 0


def rows_of(orbat: FoundOrbat, place: str, *, down_to: str, start_date: date | None = None) -> tuple[Scenario, list[Finding]]:
    """Return a scenario made of an order of battle, and what the file did not say.

    Parameters
    ----------
    orbat : FoundOrbat
        What was read.
    place : str
        Where it was read, for sources and findings.
    down_to : str
        The largest echelon that is a unit; one of `ECHELONS`.
    start_date : date, optional
        D-day; else as the file says.
    """
    tree = _cut(orbat, down_to)
    return _Rows(orbat, tree, place, start_date).whole()


def _cut(orbat: FoundOrbat, down_to: str) -> _Tree:
    """Formations and units; what is under a unit is folded into it."""
    tree = _Tree(orbat)
    above = {unit.parent for unit in orbat.units if unit.parent is not None}
    level = ECHELONS.index(down_to)
    kept: set[str] = set()
    inside: set[str] = set()
    for unit in orbat.units:
        size = unit.size
        if unit.parent in inside:
            inside.add(unit.handle)
            tree.folded += 1
        elif size is not None and ECHELONS.index(size) <= level:
            inside.add(unit.handle)
            tree.units.append((unit, unit.parent if unit.parent in kept else None))
        elif unit.handle in above or _is_bare_headquarters(unit, level):
            kept.add(unit.handle)
            tree.formations.append(unit)
        else:
            inside.add(unit.handle)
            tree.units.append((unit, unit.parent if unit.parent in kept else None))
    return tree


def _is_bare_headquarters(unit: FoundUnit, level: int) -> bool:
    """A formation without units: larger than a unit may be and nobody's, or a headquarters of no nation."""
    large = unit.size is not None and ECHELONS.index(unit.size) > level
    return unit.nation is None and not unit.is_planned and (large or unit.is_headquarters)


class _Rows:
    """Rows while they are made."""

    def __init__(self, orbat: FoundOrbat, tree: _Tree, place: str, start_date: date | None) -> None:
        self._orbat, self._tree, self._place = orbat, tree, place
        self._start = start_date or orbat.start_date
        self._noted: Mapping[str, Any] = {"source": f"{place}"[:500], "confidence": "low"}
        self._findings: list[Finding] = list(orbat.findings)
        self._places: dict[tuple[float, float], Location] = {}
        self._names_of_places: set[str] = set()
        self._assumed: list[str] = []

    def whole(self) -> tuple[Scenario, list[Finding]]:
        """The scenario, and what the file did not say."""
        self._say_what_is_unknown()
        nations = self._nations()
        formations = self._formations({row.nation for row in nations})
        kinds = self._kinds()
        types = {kind: self._unit_type(kind, key, units) for kind, (key, units) in kinds.items()}
        if self._assumed:
            named = _some(self._assumed, MOST_ASSUMED)
            what = f"no strength is given for {len(self._assumed)} of {len(types)} kinds; assumed by echelon: {named}."
            self._warn("unit_types.csv", what, "personnel", "write what you know; each such row says that it is an assumption")
        offers = list(self._offers(kinds))
        lines = list(self._lines(kinds, types, formations))
        sectors, traces = self._drawn()
        scenario = Scenario(
            settings=self._settings(), nations=tuple(nations), unit_types=tuple(types.values()),
            capabilities=tuple(
                Capability(capability=key, unit_type=key, effectiveness=1.0, source="A unit gives what it is.")
                for key in (row.unit_type for row in types.values())
            ),
            locations=tuple(self._places.values()), offers=tuple(offers), requirements=tuple(lines),
            formations=tuple(formations.values()), sectors=tuple(sectors), traces=tuple(traces),
        )  # fmt: skip
        return scenario, self._findings

    def _warn(self, table: str, what: str, column: str | None = None, maybe: str | None = None) -> None:
        self._findings.append(Finding(table, what, column=column, maybe=maybe, severity="warning"))

    def _say_what_is_unknown(self) -> None:
        units, folded = self._tree.units, self._tree.folded
        if folded:
            what = f"of its units, {folded} {'is' if folded == 1 else 'are'} part of a larger one and counted within it."
            self._warn(self._place, what, maybe="choose another level: --down-to company")
        without = [unit.name for unit, _ in units if unit.nation is None and not unit.is_planned]
        if without:
            what = f"no nation is given for {len(without)} of its units, so nobody offers them: {_some(without)}."
            self._warn(self._place, what, "nation", "name a nation for them: --nation XXX")
        if self._start is None:
            what = f"the file names no day; D-day is set to {DAY_UNKNOWN}."
            self._warn("scenario.toml", what, "start_date", "set it: --start-date DATE")
        self._warn("scenario.toml", f"the file names no horizon; it is set to {HORIZON_DAYS} days.", "horizon_days")
        if any(unit.nation is not None for unit, _ in units):
            columns = "available_day, until_day, notice_days, tour_days, excluded_locations"
            self._warn("offers.csv", UNKNOWN_TERMS, maybe=f"fill in {columns}")
        what = "the file does not say how important lines are: all have priority 1 and last to the horizon."
        self._warn("requirements.csv", what, "priority")

    # ---------------------------------------------------------------------------------------------------------------- tables

    def _settings(self) -> Settings:
        orbat = self._orbat
        description = f"Made of the order of battle in {self._place}. {orbat.description}".strip()[:4000]
        return Settings(
            title=orbat.title, start_date=self._start or DAY_UNKNOWN, horizon_days=HORIZON_DAYS,
            marking=orbat.marking or UNMARKED, description=description,
        )  # fmt: skip

    def _nations(self) -> list[Nation]:
        found = dict.fromkeys(unit.nation for unit, _ in self._tree.units if unit.nation is not None)
        found.update(dict.fromkeys(unit.nation for unit in self._tree.formations if unit.nation is not None))
        names = self._orbat.nations
        return [Nation(nation=code, name=names.get(code, code).removesuffix(" contingent"), **self._noted) for code in found]

    def _location(self, at: tuple[float, float] | None, name: str) -> str | None:
        if at is None:
            return None
        place = (round(at[0], DIGITS), round(at[1], DIGITS))
        if place not in self._places:
            key = key_of(name, self._names_of_places)
            self._places[place] = Location(location=key, longitude=place[0], latitude=place[1], **self._noted)
        return self._places[place].location

    def _formations(self, nations: set[str]) -> dict[str, Formation]:
        taken: set[str] = set()
        keys = {unit.handle: key_of(unit.short, taken) for unit in self._tree.formations}
        found: dict[str, Formation] = {}
        for unit in self._tree.formations:
            above = found.get(unit.parent or "")
            found[unit.handle] = Formation(
                formation=keys[unit.handle], name=unit.name, parent=None if above is None else above.formation,
                echelon=unit.size or ("headquarters" if unit.is_headquarters else "formation"), component=_component(unit, above),
                location=self._location(unit.at, unit.name), symbol=unit.symbol,
                framework_nation=unit.nation if unit.nation in nations else None, **self._noted,
            )  # fmt: skip
        empty = [row.formation for handle, row in found.items() if not self._holds(handle)]
        if empty:
            self._warn("formations.csv", f"{len(empty)} formation(s) have no units: nothing is asked for there ({_some(empty)}).")
        return found

    def _holds(self, handle: str) -> bool:
        return any(parent == handle for _, parent in self._tree.units) or any(
            unit.parent == handle for unit in self._tree.formations)  # fmt: skip

    def _kinds(self) -> Kinds:
        """Units that are alike, with the key of their kind."""
        found: dict[_Kind, list[FoundUnit]] = {}
        for unit, _ in self._tree.units:
            found.setdefault(self._kind(unit), []).append(unit)
        taken: set[str] = set()
        return {kind: (key_of(kind.name, taken, lower=True), units) for kind, units in found.items()}

    def _kind(self, unit: FoundUnit) -> _Kind:
        """Its kind; a post that nobody holds is of the only kind that has its symbol, where there is one."""
        own = _Kind(unit.symbol, kind_in(unit.name), unit.size)
        alike = self._held.get(unit.symbol or "", {own})
        return next(iter(alike)) if unit.is_planned and len(alike) == 1 else own

    @cached_property
    def _held(self) -> dict[str, set[_Kind]]:
        """Kinds of the units that are there, by their symbols."""
        found: dict[str, set[_Kind]] = {}
        for unit, _ in self._tree.units:
            if not unit.is_planned and unit.symbol is not None:
                found.setdefault(unit.symbol, set()).add(_Kind(unit.symbol, kind_in(unit.name), unit.size))
        return found

    def _unit_type(self, kind: _Kind, key: str, units: Sequence[FoundUnit]) -> UnitType:
        strengths = Counter(unit.people for unit in units if unit.people)
        known = max(strengths, key=lambda people: (strengths[people], people)) if strengths else None
        assumed = STRENGTH_OF_STAFF if units[0].is_headquarters else STRENGTHS.get(kind.echelon or "", STRENGTH_OF_OTHERS)
        people = known if known is not None else assumed
        domain = DOMAINS.get(kind.symbol[SYMBOL_SET], "land") if kind.symbol is not None else "land"
        noted = dict(self._noted)
        if known is None:
            noted["source"] = f"Assumption: {people} people, as {self._place} names no strength"
            self._assumed.append(f"{key} {people}")
        return UnitType.model_validate({
            "unit_type": key, "name": kind.name, "domain": domain, "echelon": kind.echelon or "unit", "personnel": people,
            "symbol": kind.symbol, **noted,
        })  # fmt: skip

    def _offers(self, kinds: Kinds) -> Iterator[Offer]:
        taken: set[str] = set()
        for key, units in kinds.values():
            held = Counter(unit.nation for unit in units if unit.nation is not None and not unit.is_planned)
            for nation, number in held.items():
                name = key_of(f"{nation}-{key}", taken)
                yield Offer(offer=name, nation=str(nation), unit_type=key, quantity=number, **self._noted)

    def _lines(
        self, kinds: Kinds, types: Mapping[_Kind, UnitType], formations: Mapping[str, Formation]
    ) -> Iterator[Requirement]:
        """A line for each kind under each formation."""
        posts: dict[tuple[str | None, _Kind], list[FoundUnit]] = {}
        for unit, parent in self._tree.units:
            posts.setdefault((parent, self._kind(unit)), []).append(unit)
        for number, ((parent, kind), units) in enumerate(posts.items(), 1):
            above = formations.get(parent or "")
            at = next((unit for unit in units if unit.at is not None), None)
            where = self._location(at.at, at.name) if at is not None else above.location if above is not None else None
            under = f", {above.name or above.formation}" if above is not None else ""
            yield Requirement(
                line=f"L{number}", capability=kinds[kind][0], quantity=len(units), location=where,
                formation=None if above is None else above.formation, title=f"{len(units)} x {types[kind].name}{under}"[:400],
                **self._noted,
            )  # fmt: skip

    def _drawn(self) -> tuple[list[Sector], list[Trace]]:
        sectors: list[Sector] = []
        traces: list[Trace] = []
        taken: set[str] = set()
        for name, text in self._orbat.shapes:
            shape = from_wkt(text)
            if not shape.is_valid or len(text) > 32_000:
                self._warn(self._place, f"the shape {name or 'without a name'} of its map cannot be measured, and is not taken.")
            elif "Polygon" in shape.geom_type:
                sectors.append(Sector(sector=key_of(name or "sector", taken), geometry=text, **self._noted))
            else:
                traces.append(Trace(trace=key_of(name or "line", taken), geometry=text, **self._noted))
        return sectors, traces


def _component(unit: FoundUnit, above: Formation | None) -> Component:
    """Component of a formation: as the file says, else that of the one above, else by its symbol."""
    if unit.component is not None:
        return unit.component
    if above is not None and above.component != "force":
        return above.component
    if above is None:
        return "force"
    return DOMAINS.get(unit.symbol[SYMBOL_SET], "land") if unit.symbol is not None else "land"


def _some(names: Sequence[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


def with_nation(orbat: FoundOrbat, nation: str) -> FoundOrbat:
    """Return an order of battle whose units that name no nation are of one."""
    units = [unit if unit.nation is not None or unit.is_planned else replace(unit, nation=nation) for unit in orbat.units]
    return replace(orbat, units=units)
