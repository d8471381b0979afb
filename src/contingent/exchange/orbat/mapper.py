"""Reads a scenario of ORBAT Mapper: one side of it, its units at the beginning, what is drawn on its map.

The form has no published definition; files of any version are read for what they hold, and what is not understood is counted.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from contingent.errors import BadScenario
from contingent.exchange.orbat.found import DEEPEST, MOST_UNITS, FoundOrbat, FoundUnit, nation_in, one_line
from contingent.findings import Finding, nearest_name
from contingent.io.drawn import shape_of_geojson
from contingent.model.structure import Component
from contingent.report.symbols.codes import IDENTITY, PLANNED, STATUS, is_code, with_digits

KIND = "ORBAT-mapper"
FRIEND, ASSUMED_FRIEND = "3", "2"
GAP = "gap"
COMPONENTS: Mapping[str, Component] = {
    "force": "force", "land": "land", "air": "air", "maritime": "maritime", "support": "support", "naval": "maritime",
}  # fmt: skip
NOT_TAKEN = {
    "equipment": "equipment", "supplies": "supplies", "state": "what changes over time (states)", "rangeRings": "range rings",
    "properties": "properties such as speed", "reinforcedStatus": "whether it is reinforced or reduced",
}  # fmt: skip
"""What units may have that a scenario has no place for."""

Json = dict[str, Any]


def read_mapper(text: str, place: str, *, side: str | None = None) -> FoundOrbat:
    """Return what a scenario of ORBAT Mapper says of one side.

    Parameters
    ----------
    text : str
        The file.
    place : str
        What it is called, for findings.
    side : str, optional
        Name of the side; else the friendly one with most units.

    Raises
    ------
    BadScenario
        If it is no such scenario, or has no such side.
    """
    try:
        whole = json.loads(text)
    except json.JSONDecodeError as problem:
        raise BadScenario(place, [Finding(place, f"is not JSON: {problem.msg}.", line=problem.lineno)]) from problem
    except (ValueError, RecursionError) as problem:
        raise BadScenario(place, [Finding(place, "is not JSON that can be read.")]) from problem
    if not isinstance(whole, dict) or not isinstance(whole.get("sides"), list):
        what, maybe = "is JSON, but no scenario of ORBAT Mapper: it has no sides.", "download the scenario in ORBAT Mapper again"
        raise BadScenario(place, [Finding(place, what, maybe=maybe)])
    return _Reading(whole, place).of(side)


class _Reading:
    """One file while it is read."""

    def __init__(self, whole: Json, place: str) -> None:
        self._whole, self._place = whole, place
        self._not_taken: Counter[str] = Counter()
        self._findings: list[Finding] = []

    def of(self, side: str | None) -> FoundOrbat:
        """What it says of a side."""
        chosen = self._side(side)
        units = list(self._units(chosen))
        if not units:
            raise BadScenario(self._place, [Finding(self._place, f"side '{_name(chosen)}' has no units.", column="sides")])
        for key, number in sorted(self._not_taken.items()):
            what = f"{number} unit{' has' if number == 1 else 's have'} {NOT_TAKEN[key]}, which is not taken."
            self._findings.append(Finding(self._place, what, column=key, severity="warning"))
        description = self._whole.get("description")
        said = description if isinstance(description, str) else ""
        bold = said.split("**")
        marking = bold[1] if len(bold) > 2 and not bold[0].strip() else ""
        return FoundOrbat(
            title=one_line(self._whole.get("name")) or _name(chosen), units=units, marking=one_line(marking),
            description=" ".join(said.replace(f"**{marking}**", "", 1).split())[:2000], start_date=self._start(),
            shapes=list(self._shapes()), findings=self._findings,
        )  # fmt: skip

    def _side(self, asked: str | None) -> Json:
        sides = [side for side in self._whole["sides"] if isinstance(side, dict)]
        names = {_name(side): side for side in sides}
        if asked is not None:
            if asked in names:
                return names[asked]
            what = f"there is no side '{asked[:100]}'; sides: {', '.join(names)[:500]}."
            raise BadScenario(self._place, [Finding(self._place, what, column="sides", nearest=nearest_name(asked[:100], names))])
        friends = [side for side in sides if str(side.get("standardIdentity")) in (FRIEND, ASSUMED_FRIEND)]
        if not friends and len(sides) != 1:
            what = "no side is friendly, so nobody can tell which is meant." if sides else "it has no side."
            raise BadScenario(self._place, [Finding(self._place, what, column="sides", maybe="name one: --side NAME")])
        chosen = max(friends or sides, key=lambda side: sum(1 for _ in _all_units(side)))
        others = [_name(side) for side in sides if side is not chosen]
        if others:
            what = f"{len(others)} other side{'' if len(others) == 1 else 's'} not taken: {', '.join(others)[:500]}."
            self._findings.append(Finding(self._place, what, column="sides", severity="warning"))
        return chosen

    def _units(self, side: Json) -> Iterator[FoundUnit]:
        taken: set[str] = set()
        for unit, parent, component in _all_units(side):
            if len(taken) >= MOST_UNITS:
                what = f"has more than {MOST_UNITS:,} units; no more are read."
                self._findings.append(Finding(self._place, what, severity="warning"))
                return
            handle = str(unit["_handle"])
            taken.add(handle)
            self._not_taken.update(key for key in NOT_TAKEN if unit.get(key) and unit.get(key) != "None")
            yield self._unit(unit, handle, parent, component)

    def _unit(self, unit: Json, handle: str, parent: str | None, component: Component | None) -> FoundUnit:
        name = one_line(unit.get("name")) or one_line(unit.get("shortName")) or "unit"
        code = unit.get("sidc")
        symbol = with_digits(code[:20], IDENTITY, FRIEND) if isinstance(code, str) and is_code(code) else None
        is_planned = symbol is not None and symbol[STATUS] == PLANNED
        amplifiers = unit.get("textAmplifiers")
        said = amplifiers if isinstance(amplifiers, dict) else {}
        nation = next(filter(None, (nation_in(said.get(key)) for key in ("additionalInformation", "country"))), None)
        status = str(unit.get("status", "")).casefold()
        return FoundUnit(
            handle, name, one_line(unit.get("shortName")) or name, parent,
            None if symbol is None else with_digits(symbol, STATUS, "0"), None, nation, _people(unit), _position(unit),
            is_planned or status == GAP, component,
        )  # fmt: skip

    def _start(self) -> date | None:
        start = self._whole.get("startTime")
        if isinstance(start, (int, float)):
            return None
        try:
            return date.fromisoformat(str(start)[:10])
        except ValueError:
            return None

    def _shapes(self) -> Iterator[tuple[str, str]]:
        """Areas and lines of its map, in files of today's form and of the one before."""
        stack = self._whole.get("layerStack")
        layers = [*_dicts(stack), *_dicts(self._whole.get("layers"))]
        for layer in layers:
            for item in [*_dicts(layer.get("items")), *_dicts(layer.get("features"))]:
                properties = item.get("properties")
                shape = shape_of_geojson(item.get("geometry"))
                if shape is not None and shape.geom_type in ("Polygon", "MultiPolygon", "LineString", "MultiLineString"):
                    named = item.get("name") or (properties.get("name") if isinstance(properties, dict) else None)
                    yield one_line(named), str(shape.wkt)


def _dicts(value: Any) -> list[Json]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _name(side: Json) -> str:
    return one_line(side.get("name")) or "side"


def _all_units(side: Json) -> Iterator[tuple[Json, str | None, Component | None]]:
    """Units of a side, each after the one that it stands under: the unit, its superior's handle, its component."""
    waiting: list[tuple[Json, str | None, Component | None, int]] = []
    for group in _dicts(side.get("groups")):
        words = one_line(group.get("name")).casefold().split()
        component = next((COMPONENTS[word] for word in words if word in COMPONENTS), None)
        waiting += [(unit, None, component, 0) for unit in _dicts(group.get("subUnits"))]
    waiting += [(unit, None, None, 0) for unit in _dicts(side.get("subUnits"))]
    waiting.reverse()
    number = 0
    while waiting:
        unit, parent, component, depth = waiting.pop()
        number += 1
        handle = str(number)
        yield {**unit, "_handle": handle}, parent, component
        if depth < DEEPEST:
            waiting += [(below, handle, component, depth + 1) for below in reversed(_dicts(unit.get("subUnits")))]


def _people(unit: Json) -> int | None:
    counts = [held.get("count") for held in _dicts(unit.get("personnel"))]
    whole = [int(count) for count in counts if isinstance(count, (int, float)) and 0 <= count <= 1_000_000]
    return sum(whole) if whole else None


def _position(unit: Json) -> tuple[float, float] | None:
    """Where it stands at the beginning, else where it first comes to stand."""
    places = [unit.get("location"), *(state.get("location") for state in _dicts(unit.get("state")))]
    for place in places:
        if isinstance(place, list) and len(place) >= 2 and all(isinstance(part, (int, float)) for part in place[:2]):
            longitude, latitude = float(place[0]), float(place[1])
            if -180 <= longitude <= 180 and -90 <= latitude <= 90:
                return longitude, latitude
    return None
