"""Categories of demand, and SourceFirst: who may fill a demand, and whom it takes first.

Names are compared without their case, and an underline is a hyphen.
"""

from dataclasses import dataclass
from types import MappingProxyType

NORMAL, NON_BOG, CANNIBALISATION, WITH_CANNIBALS, WITH_HALF_CANNIBALS, FORWARD = range(6)
"""Kinds of category, as the kernel counts them."""

CATEGORIES = MappingProxyType({
    "nonbog": NON_BOG,
    "rc-cannibalization": CANNIBALISATION,
    "nonbog-rc-only": CANNIBALISATION,
    "nonbog-with-cannibals": WITH_CANNIBALS,
    "nonbog-with-0.5-cannibals": WITH_HALF_CANNIBALS,
    "forward": FORWARD,
})  # fmt: skip
"""Categories with a rule of their own; every other text is the normal one."""

CATEGORIES_NOT_REPRODUCED = ("fenced", "modernization", "modernization-ac", "srm")
"""Categories that MARATHON has and whose rules are not known here well enough."""

READ_ONLY_RULES = MappingProxyType({
    WITH_HALF_CANNIBALS: "nonbog_with_0.5_cannibals: at most half, rounded down, of the cannibalised units that stand there",
    FORWARD: "Forward: NonBOG, for units whose :aligned is the demand's :region",
})  # fmt: skip
"""Rules that follow a description that nobody has compared with MARATHON's own answers, by category."""

UNIFORM, COMPONENT, NOT_COMPONENT, MODERNISATION, CANNIBALISED_NOT_AC = range(5)
"""Kinds of preference, as the kernel counts them."""

COMPONENT_CODES = MappingProxyType({"AC": 0, "RC": 1, "NG": 2, "Ghost": 3})
OTHER_COMPONENT = 4


@dataclass(frozen=True, slots=True)
class Preference:
    """A SourceFirst rule: whom to take first, and whether the longest or the shortest dwell goes first among equals.

    Parameters
    ----------
    kind : int
        One of `UNIFORM`, `COMPONENT`, `NOT_COMPONENT`, `MODERNISATION`, `CANNIBALISED_NOT_AC`.
    parameter : int
        Code of the component, or level of modernisation.
    shortest_first : bool
        Whether the smaller readiness ratio goes first.
    """

    kind: int = UNIFORM
    parameter: int = 0
    shortest_first: bool = False


def _preferences() -> dict[str, Preference]:
    found = {"uniform": Preference(), "min-dwell": Preference(shortest_first=True)}
    for component in ("AC", "RC", "NG"):
        for name in (component.lower(), f"{component.lower()}-first"):
            found[name] = Preference(COMPONENT, COMPONENT_CODES[component])
    found["not-ac"] = Preference(NOT_COMPONENT, COMPONENT_CODES["AC"])
    found["not-rc"] = Preference(COMPONENT, COMPONENT_CODES["AC"])
    found |= {f"{name}-min": Preference(rule.kind, rule.parameter, shortest_first=True)
              for name, rule in found.items() if name != "min-dwell"}  # fmt: skip
    for level in (1, 2, 3):
        # The names with <= are wired to the plain rules in MARATHON itself.
        found[f"mod{level}"] = found[f"<=mod{level}"] = Preference(MODERNISATION, level)
    found["cannibalized-not-ac-min"] = Preference(CANNIBALISED_NOT_AC, shortest_first=True)
    return found


PREFERENCES = MappingProxyType(_preferences())
"""SourceFirst rules by their folded names."""


def folded_rule(name: str) -> str:
    """Return the name of a rule or category as it is compared.

    >>> folded_rule("NOT_AC-MIN")
    'not-ac-min'
    """
    return name.strip().casefold().replace("_", "-")


def category_code(name: str) -> int:
    """Return the kind of a category; a text that no rule knows is the normal one."""
    return CATEGORIES.get(folded_rule(name), NORMAL)


def component_code(component: str) -> int:
    """Return the code of a component."""
    return COMPONENT_CODES.get(component, OTHER_COMPONENT)
