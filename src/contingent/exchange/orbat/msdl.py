"""Reads MSDL (SISO-STD-007), leniently: any name space, handles in any letters, containers that are empty or missing.

    ForceSide   the force is the side whose allegiance is its own and that most units belong to; sides with allegiance to it are
                contingents of nations
    Unit        stands under its commanding superior, else its organic one; its nation is that of its organic side

References
----------
.. [1] Simulation Interoperability Standards Organization, SISO-STD-007-2008, Standard for Military Scenario Definition Language.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from xml.etree import ElementTree as ET

from contingent.errors import BadScenario
from contingent.exchange.orbat.found import ECHELONS, MOST_UNITS, FoundOrbat, FoundUnit, nation_in, one_line
from contingent.exchange.orbat.grids import geocentric_point, mgrs_point, utm_point
from contingent.findings import Finding, nearest_name
from contingent.report.orbat.letters import digits_of

NOT_TAKEN = {
    "Equipment": "pieces of equipment", "TacticalGraphic": "tactical graphics", "Installation": "installations",
    "Overlay": "overlays", "MOOTWGraphic": "graphics", "Holding": "holdings",
}  # fmt: skip
"""What a document may have that a scenario has no place for."""

POSITIONS = ("GDC", "MGRS", "UTM", "GCC")
"""Forms of a position that are read: latitude and longitude, military grid, UTM, from the centre of the earth."""

ARMY_GROUP = {"ARMYGROUP": "army group"}


@dataclass(frozen=True, slots=True)
class _Side:
    handle: str
    name: str
    allegiance: str
    country: str | None


def read_msdl(content: bytes, place: str, *, side: str | None = None) -> FoundOrbat:
    """Return what an MSDL document says of one force.

    Parameters
    ----------
    content : bytes
        The file.
    place : str
        What it is called, for findings.
    side : str, optional
        Name of the force's side; else the one to which most units belong.

    Raises
    ------
    BadScenario
        If it is no MSDL, or has no such side.
    """
    import defusedxml
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(content)
    except ET.ParseError as problem:
        line = problem.position[0] if getattr(problem, "position", None) else None
        raise BadScenario(place, [Finding(place, f"is not XML: {problem}.", line=line)]) from problem
    except (defusedxml.DefusedXmlException, ValueError, LookupError) as problem:
        what = "holds entities or references to other files, which are not read."
        raise BadScenario(place, [Finding(place, what, maybe="export it from its program again")]) from problem
    if _tag(root) != "MilitaryScenario":
        what = f"is XML, but no MSDL: its root is {_tag(root)[:60]}, not MilitaryScenario."
        raise BadScenario(place, [Finding(place, what, nearest="MilitaryScenario")])
    return _Reading(root, place).of(side)


class _Reading:
    """One document while it is read."""

    def __init__(self, root: ET.Element, place: str) -> None:
        self._root, self._place = root, place
        self._findings: list[Finding] = []
        self._lost: Counter[str] = Counter()

    def of(self, asked: str | None) -> FoundOrbat:
        """What it says of a force."""
        elements = {_handle(unit, "ObjectHandle"): unit for unit in self._root.iter() if _tag(unit) == "Unit"}
        elements.pop("", None)
        if not elements:
            raise BadScenario(self._place, [Finding(self._place, "has no units.", column="Organizations")])
        sides = self._sides()
        above = {handle: _superior(unit) for handle, unit in elements.items()}
        side_of = {handle: _side_of(handle, elements, above) for handle in elements}
        force = self._force(sides, side_of, asked)
        belong = {handle for handle in elements if self._root_side(sides, side_of[handle]) == force or not sides}
        if left := len(elements) - len(belong):
            self._warn(f"{left} unit{' is' if left == 1 else 's are'} of other sides, and not taken.", "ForceSides")
        ordered = list(_in_order(belong, above))[:MOST_UNITS]
        under = {handle: superior if (superior := above[handle]) in belong else None for handle in ordered}
        units = [self._unit(handle, elements[handle], under[handle], sides) for handle in ordered]
        for lost, number in sorted(self._lost.items()):
            self._warn(f"{number} unit{'' if number == 1 else 's'}: {lost}.", "Unit")
        counts = Counter(_tag(element) for element in self._root.iter())
        for tag, named in NOT_TAKEN.items():
            if counts[tag]:
                self._warn(f"{counts[tag]} {named} are not taken.", tag)
        head = {_tag(each): one_line(each.text, 2000) for each in self._root.iter()}
        nations = {each.country: each.name for each in sides.values() if each.country is not None}
        title = sides[force].name if force in sides else head.get("name", "").replace("_", " ")
        return FoundOrbat(
            title=title or "Order of battle", units=units, marking=head.get("securityClassification", "")[:180],
            description=head.get("description", ""), start_date=self._start(head), nations=nations, findings=self._findings,
        )  # fmt: skip

    def _warn(self, what: str, column: str) -> None:
        self._findings.append(Finding(self._place, what, column=column, severity="warning"))

    def _sides(self) -> dict[str, _Side]:
        found = {}
        for element in self._root.iter():
            if _tag(element) == "ForceSide":
                handle = _handle(element, "ObjectHandle")
                allegiance = _handle(element, "AllegianceHandle") or handle
                name = one_line(_text(element, "ForceSideName")) or "side"
                found[handle] = _Side(handle, name, allegiance, nation_in(_text(element, "CountryCode")))
        return found

    def _root_side(self, sides: Mapping[str, _Side], handle: str | None) -> str | None:
        """The side that a side has its allegiance to in the end."""
        passed: set[str] = set()
        while handle is not None and handle in sides and handle not in passed:
            passed.add(handle)
            if sides[handle].allegiance == handle or sides[handle].allegiance not in sides:
                return handle
            handle = sides[handle].allegiance
        return handle

    def _force(self, sides: Mapping[str, _Side], side_of: Mapping[str, str | None], asked: str | None) -> str | None:
        if asked is not None:
            named = {each.name: handle for handle, each in sides.items()}
            if asked not in named:
                what = f"there is no side '{asked[:100]}'; sides: {', '.join(named)[:500]}."
                nearest = nearest_name(asked[:100], named)
                raise BadScenario(self._place, [Finding(self._place, what, column="ForceSides", nearest=nearest)])
            return self._root_side(sides, named[asked])
        counts = Counter(self._root_side(sides, side) for side in side_of.values())
        return max(counts, key=lambda side: (counts[side], side is not None, str(side)))

    def _unit(self, handle: str, element: ET.Element, parent: str | None, sides: Mapping[str, _Side]) -> FoundUnit:
        found = digits_of(_text(element, "SymbolIdentifier"))
        if found.lost is not None:
            self._lost[found.lost] += 1
        written = _text(element, "Echelon").strip().upper()
        echelon = ARMY_GROUP.get(written, written.casefold())
        organic = sides.get(_handle(element, "OrganicForceSideHandle"))
        nation = organic.country if organic is not None else None
        name = one_line(_text(element, "Name")) or one_line(_text(element, "UniqueDesignation")) or "unit"
        return FoundUnit(
            handle, name, one_line(_text(element, "UniqueDesignation")) or name, parent, found.code,
            echelon if echelon in ECHELONS else None, nation or nation_in(_text(element, "AdditionalInfo")), None,
            self._position(element), found.is_planned,
        )  # fmt: skip

    def _position(self, element: ET.Element) -> tuple[float, float] | None:
        disposition = next((each for each in element.iter() if _tag(each) == "Disposition"), None)
        if disposition is None:
            return None
        point = _point_of(disposition)
        if point is None:
            choice = one_line(_text(disposition, "CoordinateChoice"), 20)
            if choice in POSITIONS:
                self._lost[f"the position cannot be read as {choice}"] += 1
            elif choice:
                self._lost[f"the position is given as {choice}; {', '.join(POSITIONS)} are read"] += 1
            return None
        longitude, latitude = point
        return point if -180 <= longitude <= 180 and -90 <= latitude <= 90 else None

    def _start(self, head: Mapping[str, str]) -> date | None:
        """The day of the scenario; where it names none, that of the document, with a warning."""
        for name in ("ScenarioTime", "modificationDate"):
            try:
                found = date.fromisoformat(head.get(name, "")[:10])
            except ValueError:
                continue
            if name == "modificationDate":
                self._warn(f"it names no day; D-day is the day of the document, {found}.", name)
            return found
        return None


def _point_of(disposition: ET.Element) -> tuple[float, float] | None:
    """Longitude and latitude of a unit, in whichever form they are given; None where they cannot be read."""
    there = {_tag(element): (element.text or "").strip() for element in disposition.iter()}
    try:
        if "Latitude" in there:
            return float(there["Longitude"]), float(there["Latitude"])
        if "MGRSGridSquare" in there:
            precision = there.get("MGRSPrecision")
            return mgrs_point(
                there["MGRSGridZone"], square=there["MGRSGridSquare"], easting=there["MGRSEasting"],
                northing=there["MGRSNorthing"], precision=int(precision) if precision else None,
            )  # fmt: skip
        if "UTMEasting" in there:
            easting, northing = float(there["UTMEasting"]), float(there["UTMNorthing"])
            return utm_point(there["UTMGridZone"], easting=easting, northing=northing)
        if {"X", "Y", "Z"} <= set(there):
            return geocentric_point(float(there["X"]), float(there["Y"]), z=float(there["Z"]))
    except (KeyError, ValueError, OverflowError):
        return None
    return None


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: ET.Element, tag: str) -> str:
    """Text of the first element of a name within another; blank where there is none."""
    return next((each.text or "" for each in element.iter() if _tag(each) == tag), "")


def _handle(element: ET.Element, tag: str) -> str:
    return _text(element, tag).strip().lower()


def _superior(unit: ET.Element) -> str | None:
    for tag in ("CommandingSuperiorHandle", "OrganicSuperiorHandle"):
        if handle := _handle(unit, tag):
            return handle
    return None


def _side_of(handle: str, units: Mapping[str, ET.Element], above: Mapping[str, str | None]) -> str | None:
    """The side of the topmost unit above, or of the unit itself."""
    passed: set[str] = set()
    at = handle
    while (superior := above[at]) in units and superior is not None and superior not in passed:
        passed.add(superior)
        at = superior
    tags = ("ForceSideHandle", "OrganicForceSideHandle")
    return next(filter(None, (_handle(units[each], tag) for each in (at, handle) for tag in tags)), None)


def _in_order(handles: set[str], above: Mapping[str, Any]) -> Iterator[str]:
    """Handles in the order of the document, each after the one above it; a circle is cut where it begins."""
    given: set[str] = set()
    for handle in above:
        chain: list[str] = []
        at: Any = handle
        while at in handles and at not in given and at not in chain:
            chain.append(at)
            at = above.get(at)
        for each in reversed(chain):
            given.add(each)
            yield each
