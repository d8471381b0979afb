"""The ORBAT on a day as MSDL (SISO-STD-007, Military Scenario Definition Language 1.0.0), written strictly.

    force            a ForceSide; it is its own allegiance
    contingent       a ForceSide for each nation, whose allegiance is the force
    formation        a Unit of the force; its ForceRelation is OPCON to the headquarters above
    unit             a Unit; its OrganicRelation is to the contingent, its ForceRelation OPCON to the multinational headquarters
    attachment       what is attached on the day has the relation of its row, OPCON or TACON, to where it stands; the
                     OrganicRelation of a formation is then to the one that has it otherwise

The pair of relations of a unit is exactly the transfer of authority: the nation keeps its unit, the force commands it.

What trips readers of such files is kept out: handles are in small letters; words are of the letters from the blank to z; no
container is empty; there is no Environment, for the schema lets no value of its time be valid; every position has a height.
A post that nobody holds is no unit and is left out, with a warning.

References
----------
.. [1] Simulation Interoperability Standards Organization, SISO-STD-007-2008, Standard for Military Scenario Definition Language.
"""

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from contingent.findings import Finding
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.orbat.attachments import adcon_left_out
from contingent.report.orbat.history import identifier, position
from contingent.report.orbat.letters import letters_of
from contingent.report.orbat.node import GAP, walk
from contingent.report.symbols.codes import echelon_of

if TYPE_CHECKING:
    from contingent.structure.at_day import Node as Element
    from contingent.structure.orbat import Orbat

SPACE = "urn:sisostds:scenario:military:data:draft:msdl:1"
MODEL_SPACE = "http://www.sisostds.org/schemas/modelID"
TABLE = "MSDL"
"""Where findings say that they are."""

DESIGNATION_LENGTH, NAME_LENGTH = 21, 255
"""Longest designation and name. [letters]"""

LAST_LETTER = "z"
PLACES = 5
"""Decimals of a degree."""

NO_ADDRESS = "not-given@example.invalid"
"""An address is asked for, and a plan has none."""

ECHELONS = {
    "team": "TEAM", "squad": "SQUAD", "section": "SECTION", "platoon": "PLATOON", "company": "COMPANY", "battalion": "BATTALION",
    "regiment": "REGIMENT", "brigade": "BRIGADE", "division": "DIVISION", "corps": "CORPS", "army": "ARMY",
    "army group": "ARMYGROUP", "region": "REGION",
}  # fmt: skip
"""Echelons by what a code shows; MSDL has no command."""

SPELT = str.maketrans(
    {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE",
     "þ": "th", "Þ": "Th", "ð": "d", "–": "-", "—": "-", "−": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "×": "x",
     "{": "(", "}": ")", "|": "/", "~": "-"}
)  # fmt: skip
"""Letters that do not fall apart into one of ASCII and an accent, and those after z."""


@dataclass(frozen=True, slots=True)
class MsdlDocument:
    """An MSDL file and what it could not say.

    Parameters
    ----------
    text : str
        The XML.
    findings : tuple of Finding
        Warnings: posts left out, symbols that letters know less well.
    """

    text: str
    findings: tuple[Finding, ...]


def msdl_xml(scenario: Scenario, plan: Plan, orbat: "Orbat", *, day: int) -> MsdlDocument:
    """Return the ORBAT on a day as an MSDL document.

    Parameters
    ----------
    scenario : Scenario
        What was planned, derived.
    plan : Plan
        What was decided.
    orbat : Orbat
        Its order of battle, from `contingent.structure.build_orbat` or `read_orbat`.
    day : int
        Day shown. [days from D-day]

    Notes
    -----
    The same plan and day give the same bytes: handles are made of names, and the date is that of the day shown.
    """
    from contingent.structure.at_day import orbat_at

    return _Document(scenario, plan, orbat, day).of(orbat_at(orbat, day))


class _Document:
    """One document while it is written."""

    def __init__(self, scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> None:
        self._scenario, self._plan, self._orbat, self._day = scenario, plan, orbat, day
        self._lost: dict[tuple[str, str], int] = {}

    def of(self, tree: "Element") -> MsdlDocument:
        """The document of a tree."""
        root = ET.Element("MilitaryScenario", {"xmlns": SPACE, "xmlns:modelID": MODEL_SPACE})
        self._identification(_under(root, "ScenarioID"))
        _options(_under(root, "Options"))
        nations = sorted({node.nation for node in walk(tree) if node.kind == "unit" and node.nation})
        sides = _under(root, "ForceSides")
        self._side(sides, self._plan.title, handle=self._force, country=None)
        kinds = {nation.nation: nation for nation in self._scenario.nations}
        for nation in nations:
            row = kinds.get(nation)
            name = f"{row.name if row is not None else nation} contingent"
            is_state = row is None or row.kind == "state"
            self._side(sides, name, handle=self._contingent(nation), country=nation if is_state else None)
        self._units(_under(_under(root, "Organizations"), "Units"), tree, above=None)
        ET.indent(root)
        text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
        return MsdlDocument(text, self._findings(tree))

    # ------------------------------------------------------------------------------------------------------------- handles

    def _handle(self, *names: str) -> str:
        return identifier("msdl", self._plan.title, self._plan.option or "", *names)

    @property
    def _force(self) -> str:
        return self._handle("force")

    def _contingent(self, nation: str) -> str:
        return self._handle("contingent", nation)

    # ---------------------------------------------------------------------------------------------------------------- head

    def _identification(self, into: ET.Element) -> None:
        from contingent.horizon import Horizon

        settings = self._scenario.settings
        shown = Horizon(settings.start_date, settings.horizon_days, settings.period_days).date_of(self._day)
        option = f", option {self._plan.option}" if self._plan.option else ""
        for name, text in (
            ("name", ncname(f"{self._plan.title} {self._plan.option or ''} D{self._day}")),
            ("type", "BOM"),
            ("version", "1"),
            ("modificationDate", shown.isoformat()),
            ("securityClassification", plain(self._plan.marking) or "Unclassified"),
            ("description", plain(f"{self._plan.title}{option}: order of battle on D+{self._day}, {shown.isoformat()}")),
        ):
            _under(into, f"modelID:{name}", text)
        contact = _under(into, "modelID:poc")
        _under(contact, "modelID:pocType", "Primary author")
        _under(contact, "modelID:pocEmail", NO_ADDRESS)

    def _side(self, into: ET.Element, name: str, *, handle: str, country: str | None) -> None:
        side = _under(into, "ForceSide")
        _under(side, "ObjectHandle", handle)
        _under(side, "ForceSideName", plain(name)[:NAME_LENGTH])
        _under(side, "AllegianceHandle", self._force)
        if country is not None:
            _under(side, "CountryCode", country)

    # --------------------------------------------------------------------------------------------------------------- units

    def _units(self, into: ET.Element, node: "Element", above: "Element | None") -> None:
        """Write a node and all under it, headquarters first; what smaller units make together is no unit of its own."""
        if node.kind == GAP:
            return
        if node.kind != "battlegroup":
            self._unit(into, node, above)
        superior = above if node.kind == "battlegroup" else node
        for child in node.children:
            self._units(into, child, superior)

    def _unit(self, into: ET.Element, node: "Element", above: "Element | None") -> None:
        unit = _under(into, "Unit")
        letters = letters_of(node.symbol)
        if letters.lost is not None:
            key = (str(node.symbol), letters.lost)
            self._lost[key] = self._lost.get(key, 0) + 1
        _under(unit, "ObjectHandle", self._handle(node.kind, node.key))
        _under(unit, "SymbolIdentifier", letters.code)
        _under(unit, "Name", plain(node.name if node.kind == "formation" else f"{node.name} ({node.key})")[:NAME_LENGTH])
        modifiers = _under(unit, "UnitSymbolModifiers")
        echelon = ECHELONS.get(echelon_of(node.symbol or "") or "")
        if echelon is not None:
            _under(modifiers, "Echelon", echelon)
        if node.nation:
            _under(modifiers, "AdditionalInfo", plain(node.nation)[: DESIGNATION_LENGTH - 1])
        if above is not None:
            _under(modifiers, "HigherFormation", designation(above.key))
        _under(modifiers, "UniqueDesignation", designation(node.key))
        self._place(unit, node)
        self._relations(_under(unit, "Relations"), node, above)
        model = _under(unit, "Model")
        _under(model, "Resolution", "STANDARD")
        _under(model, "AggregateBased", "true")

    def _place(self, unit: ET.Element, node: "Element") -> None:
        at = position(self._scenario, node.location)
        if at is None:
            return
        location = _under(_under(unit, "Disposition"), "Location")
        _under(location, "CoordinateChoice", "GDC")
        point = _under(_under(location, "CoordinateData"), "GDC")
        _under(point, "Latitude", f"{at[1]:.{PLACES}f}")
        _under(point, "Longitude", f"{at[0]:.{PLACES}f}")
        _under(point, "ElevationAGL", "0")

    def _relations(self, into: ET.Element, node: "Element", above: "Element | None") -> None:
        """Who commands it, and whose it is."""
        force = _under(into, "ForceRelation")
        if above is None:
            _under(force, "ForceRelationChoice", "FORCE_SIDE")
            _under(_under(force, "ForceRelationData"), "ForceSideHandle", self._force)
        else:
            _under(force, "ForceRelationChoice", "UNIT")
            command = _under(_under(force, "ForceRelationData"), "CommandRelation")
            _under(command, "CommandingSuperiorHandle", self._handle(above.kind, above.key))
            _under(command, "CommandRelationshipType", node.relation or "OPCON")
        organic = _under(into, "OrganicRelation")
        if node.kind == "formation" and node.bond is not None:
            _under(organic, "OrganicRelationChoice", "UNIT")
            superior = self._handle("formation", node.bond.organic)
            _under(_under(organic, "OrganicRelationData"), "OrganicSuperiorHandle", superior)
            return
        side = self._contingent(node.nation) if node.kind == "unit" and node.nation else self._force
        _under(organic, "OrganicRelationChoice", "FORCE_SIDE")
        _under(_under(organic, "OrganicRelationData"), "OrganicForceSideHandle", side)

    # ------------------------------------------------------------------------------------------------------------ findings

    def _findings(self, tree: "Element") -> tuple[Finding, ...]:
        found = [
            Finding(
                table=TABLE, column="SymbolIdentifier", severity="warning",
                what=f"Symbol {code} of {number} unit{'' if number == 1 else 's'}: {lost}.",
            )
            for (code, lost), number in sorted(self._lost.items())
        ]  # fmt: skip
        gaps = [node for node in walk(tree) if node.kind == GAP]
        if gaps:
            found.append(
                Finding(
                    table=TABLE, severity="warning",
                    what=f"{len(gaps)} post{'' if len(gaps) == 1 else 's'} that nobody holds on D+{self._day} "
                    f"{'is' if len(gaps) == 1 else 'are'} left out: MSDL names forces that are there.",
                )
            )  # fmt: skip
        administered = sum(node.administered is not None for node in tree.walk())
        return (*found, *adcon_left_out(TABLE, administered, counts="time"))


def _options(into: ET.Element) -> None:
    _under(into, "MSDLVersion", "1.0.0")
    detail = _under(into, "OrganizationDetail")
    _under(detail, "AggregateBased", "true")
    _under(detail, "AggregateEchelon", "BATTALION")
    standards = _under(into, "ScenarioDataStandards")
    symbols = _under(standards, "SymbologyDataStandard")
    for name, text in (("StandardName", "NATO_APP-6"), ("MajorVersion", "B"), ("MinorVersion", "0")):
        _under(symbols, name, text)
    coordinates = _under(standards, "CoordinateDataStandard")
    _under(coordinates, "CoordinateSystemType", "GDC")
    _under(coordinates, "CoordinateSystemDatum", "WGS84")


def _under(parent: ET.Element, name: str, text: Any = None) -> ET.Element:
    child = ET.SubElement(parent, name)
    if text is not None:
        child.text = str(text)
    return child


def plain(text: str) -> str:
    """Return a text in the letters that MSDL has: from the blank to z, accents dropped, what is left of others a question mark.

    >>> plain("Łask – Câmpia Turzii {1}")
    'Lask - Campia Turzii (1)'
    """
    apart = unicodedata.normalize("NFKD", text.translate(SPELT))
    kept = (letter for letter in apart if not unicodedata.combining(letter))
    return "".join(letter if " " <= letter <= LAST_LETTER else " " if letter.isspace() else "?" for letter in kept).strip()


def designation(name: str) -> str:
    """Return a name as a designation of at most 21 letters: its end tells like units apart, so the middle goes.

    >>> designation("FRA-mechanised_battlegroup#12")
    'FRA-mechanised_..p#12'
    """
    text = plain(name)
    return text if len(text) <= DESIGNATION_LENGTH else f"{text[:15]}..{text[-4:]}"


def ncname(text: str) -> str:
    """Return a text as a name of XML without colon and blanks.

    >>> ncname("Reassurance force: option (medium)")
    'Reassurance_force_option_medium'
    """
    words = "".join(letter if letter.isalnum() else " " for letter in plain(text)).split()
    name = "_".join(words)
    return name if name[:1].isalpha() else f"_{name}"
