"""What a case must say, whatever the scenario: one place for whoever reads cases and for whoever lays them over a plan."""

from collections.abc import Iterator, Mapping

from contingent.model.chance import Case, CaseKind

NEEDS: Mapping[CaseKind, tuple[str, ...]] = {
    "nation_withdraws": ("nations",),
    "offer_late": ("days",),
    "offer_gone": (),
    "requirement_grows": ("factor",),
    "backstop_comes": (),
    "backstop_gone": (),
    "dwell_relaxed": ("factor",),
    "tours_extended": ("days",),
    "link_closes": ("links",),
}
"""Columns that a kind of case cannot do without."""

READS: Mapping[CaseKind, tuple[str, ...]] = {
    "nation_withdraws": ("nations", "unit_types", "offers", "until_day"),
    "offer_late": ("nations", "unit_types", "offers", "days"),
    "offer_gone": ("nations", "unit_types", "offers", "until_day"),
    "requirement_grows": ("lines", "factor", "until_day"),
    "backstop_comes": (),
    "backstop_gone": ("unit_types", "offers", "until_day"),
    "dwell_relaxed": ("nations", "unit_types", "offers", "factor"),
    "tours_extended": ("nations", "unit_types", "offers", "days"),
    "link_closes": ("links", "until_day"),
}
"""Columns that a kind of case looks at, beside its day. What it does not look at must not be written: it would change nothing."""


def faults_of_case(case: Case) -> Iterator[tuple[str, str, str]]:
    """Yield what is wrong with a case in itself: column, what, and what to do."""
    for column in NEEDS[case.kind]:
        if getattr(case, column) in (None, ()):
            yield column, f"a case of kind {case.kind} says nothing without it.", f"write {column}, or choose another kind"
    for column in ("nations", "unit_types", "offers", "lines", "links", "until_day", "days", "factor"):
        if column not in READS[case.kind] and getattr(case, column) not in (None, ()):
            yield column, f"a case of kind {case.kind} does not read it.", "leave it blank"
    if case.until_day is not None and case.until_day <= case.from_day:
        yield "until_day", f"{case.until_day} is not after from_day ({case.from_day}).", "the columns were swapped"
    if case.kind == "requirement_grows" and case.factor is not None and case.factor < 1.0:
        yield "factor", f"{case.factor:g} would let the requirement shrink.", "write how many times as much is asked for: 1.5"
