"""A tree of formations typed or pasted as indented lines, as rows of formations.csv.

    Force                         one line a formation; what is set further in stands under what is above it
        1 Bde                     tabs or spaces, as many as one likes; a bullet before the name is passed over
            11 Mech Bn
        Air component, command    the echelon may follow a comma; else it is read from the name (Bde: brigade)

Only the tree is read. Which units fill it, from which nation, when, is said by lines and offers: a name alone does not tell it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from contingent.findings import Finding
from contingent.model.columns import LONGEST_NAME
from contingent.model.scenario import Scenario
from contingent.model.structure import Formation

PLACE = "pasted text"
MOST_LINES = 2_000
TAB = 8
"""Columns from one tab stop to the next."""

UNKNOWN_ECHELON, COMPONENT = "formation", "component command"

ECHELONS: Mapping[str, str] = {
    "force": "force", "corps": "corps", "division": "division", "div": "division", "brigade": "brigade", "bde": "brigade",
    "brig": "brigade", "regiment": "regiment", "regt": "regiment", "rgt": "regiment", "battlegroup": "battlegroup",
    "bg": "battlegroup", "battalion": "battalion", "bn": "battalion", "btn": "battalion", "company": "company", "coy": "company",
    "co": "company", "battery": "battery", "bty": "battery", "btry": "battery", "squadron": "squadron", "sqn": "squadron",
    "platoon": "platoon", "plt": "platoon", "pl": "platoon", "group": "group", "gp": "group", "detachment": "detachment",
    "det": "detachment", "command": "command", "comd": "command", "component": COMPONENT,
    "cc": COMPONENT, "lcc": COMPONENT, "acc": COMPONENT, "mcc": COMPONENT, "headquarters": "headquarters", "hq": "headquarters",
}  # fmt: skip
"""Echelon by a word of a name; of several words the last that says one holds."""

COMPONENTS: Mapping[str, str] = {
    "air": "air", "acc": "air", "maritime": "maritime", "naval": "maritime", "navy": "maritime", "mcc": "maritime",
    "support": "support", "logistics": "support", "log": "support", "sustainment": "support", "land": "land", "lcc": "land",
}  # fmt: skip
"""Component by a word of a name; else that of the formation above."""

_BULLET = re.compile(r"^(?:[-–—*•◦▪]|\d+[.)])\s+")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class IndentedFormation:
    """A line of the text.

    Parameters
    ----------
    name : str
        Its name.
    echelon : str or None
        As it says, or as its name tells; None = neither.
    parent : str or None
        Name of the line that it stands under.
    line : int
        Line of the text, from 1.
    """

    name: str
    echelon: str | None
    parent: str | None
    line: int


def read_indented(text: str) -> tuple[tuple[IndentedFormation, ...], tuple[Finding, ...]]:
    r"""Return the formations of indented lines, each after the one that it stands under, and what cannot be read.

    Examples
    --------
    >>> found, _ = read_indented("Force\n  1 Bde\n  - Air, component command\n")
    >>> [(each.name, each.echelon, each.parent) for each in found]
    [('Force', 'force', None), ('1 Bde', 'brigade', 'Force'), ('Air', 'component command', 'Force')]
    """
    found: list[IndentedFormation] = []
    findings: list[Finding] = []
    above: list[tuple[int, str]] = []
    lines = text.expandtabs(TAB).splitlines()
    if len(lines) > MOST_LINES:
        findings.append(Finding(PLACE, f"has {len(lines):,} lines; at most {MOST_LINES:,} are read."))
    named: dict[str, int] = {}
    for number, whole in enumerate(lines[:MOST_LINES], start=1):
        said = "".join(letter if letter.isprintable() else " " for letter in whole).rstrip().replace(";", ",")
        plain = _BULLET.sub("", said.lstrip())
        if not plain:
            continue
        depth = len(said) - len(said.lstrip())
        while above and above[-1][0] >= depth:
            above.pop()
        name, _, rest = (part.strip() for part in plain.partition(","))
        if fault := _fault(name, named):
            findings.append(Finding(PLACE, fault, line=number))
            continue
        named[name.casefold()] = number
        echelon = echelon_in(rest.partition(",")[0]) or echelon_in(name)
        found.append(IndentedFormation(name, echelon, above[-1][1] if above else None, number))
        above.append((depth, name))
    if not found and not findings:
        findings.append(Finding(PLACE, "has no lines.", maybe="write one formation a line, those under it set further in"))
    return tuple(found), tuple(findings)


def _fault(name: str, named: Mapping[str, int]) -> str | None:
    if not name:
        return "the line has no name before its comma."
    if len(name) > LONGEST_NAME:
        return f"the name has more than {LONGEST_NAME} letters."
    if (before := named.get(name.casefold())) is not None:
        return f"'{name}' stands on line {before} already: a formation has one place in the tree."
    return None


def echelon_in(words: str) -> str | None:
    """Return the echelon that words tell; None where they tell none.

    >>> echelon_in("11 Mech Bn"), echelon_in("Air component command"), echelon_in("Kosovo")
    ('battalion', 'component command', None)
    """
    found = [ECHELONS[word] for word in _WORDS.findall(words.casefold()) if word in ECHELONS]
    return COMPONENT if COMPONENT in found else found[-1] if found else None


def rows_of_indented(
    found: tuple[IndentedFormation, ...], scenario: Scenario, *, typed: frozenset[str]
) -> tuple[list[dict[str, str]], tuple[Finding, ...]]:
    """Return the rows of formations.csv that a text adds or moves; formations that stand where it says are left out.

    Parameters
    ----------
    found : tuple of IndentedFormation
        From `read_indented`.
    scenario : Scenario
        With its formations, derived ones included.
    typed : frozenset of str
        Formations that stand in the table itself, and not below it or worked out: only these can be moved.
    """
    known = {name.casefold(): row for row in scenario.formations for name in (row.name or row.formation, row.formation)}
    component: dict[str, str] = {}
    keys: dict[str, str] = {}
    rows: list[dict[str, str]] = []
    findings: list[Finding] = []
    for each in found:
        row = known.get(each.name.casefold())
        keys[each.name] = row.formation if row is not None else each.name
        parent = keys.get(each.parent) if each.parent is not None else None
        component[each.name] = row.component if row is not None else _component(each, component.get(each.parent or ""))
        if row is None:
            rows.append(_new_row(each, parent, component[each.name]))
        elif parent is not None and parent != row.parent:
            if row.formation in typed:
                rows.append(_moved_row(row, parent))
            else:
                what = f"'{row.formation}' is not typed in: it is worked out, or stands in the scenario below this one."
                maybe = "put it under another formation for a time instead, or type it in"
                findings.append(Finding(PLACE, what, line=each.line, maybe=maybe))
    return rows, tuple(findings)


def _new_row(each: IndentedFormation, parent: str | None, component: str) -> dict[str, str]:
    return {
        "formation": each.name, "parent": parent or "", "echelon": each.echelon or UNKNOWN_ECHELON, "component": component,
    }  # fmt: skip


def _moved_row(row: Formation, parent: str) -> dict[str, str]:
    return {"formation": row.formation, "parent": parent, "echelon": row.echelon, "component": row.component}


def _component(each: IndentedFormation, above: str | None) -> str:
    told = [COMPONENTS[word] for word in _WORDS.findall(each.name.casefold()) if word in COMPONENTS]
    if told:
        return told[-1]
    if each.parent is None:
        return "force"
    return above if above is not None and above != "force" else "land"
