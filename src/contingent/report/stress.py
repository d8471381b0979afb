"""What breaks a plan, counted and said for every output.

Reads the frames ``stress``, ``stress_worst``, ``stress_smallest``, ``shapley`` and ``participation`` of a plan, which stress
tests fill; each answer is empty where its frame is. Plans nothing anew.

    stress_sentences   without whom the force keeps how much
    alone              each nation alone, the worst first
    pairs              each pair of nations
    cases              named what-ifs and all other cases
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from contingent.plan import Plan
from contingent.report.chance import between
from contingent.report.words import STATUS_LABELS, counted, grouped, leading_capital, listed, percent, plain

Row = dict[str, Any]

NATION, PAIR = "nation", "pair"
"""Kinds of case of the standard battery; every other kind is a named what-if."""

KIND_LABELS: Mapping[str, str] = {
    NATION: "a nation alone",
    PAIR: "a pair of nations",
    "nation_withdraws": "a nation withdraws",
    "offer_late": "offers come late",
    "offer_gone": "offers are gone",
    "requirement_grows": "the requirement grows",
    "backstop_comes": "the backstop comes",
    "backstop_gone": "the backstop is gone",
    "dwell_relaxed": "dwell is relaxed",
    "tours_extended": "tours are extended",
    "link_closes": "a link closes",
}
"""Kinds of case in words."""

PROOF_LABELS: Mapping[str, str] = dict(STATUS_LABELS) | {"proven": "proven", "within": "proven within the bound"}
"""Statuses of a case, of a worst set and of a smallest set in words."""

ARTICLED = frozenset({"Bahamas", "Czech Republic", "Dominican Republic", "Gambia", "Netherlands", "Philippines"})
"""Names of nations that stand with an article in a sentence, beside those that begin with United."""

PROVEN = frozenset({"optimal", "proven"})


def has_stress(plan: Plan) -> bool:
    """Return whether the plan was stressed."""
    return plan.stress.height + plan.stress_worst.height + plan.shapley.height > 0


def kind_words(kind: str) -> str:
    """Return the kind of a case in words; several that come together are joined.

    >>> kind_words("pair"), kind_words("offer_late;link_closes")
    ('a pair of nations', 'offers come late; a link closes')
    """
    return "; ".join(KIND_LABELS.get(part, plain(part)) for part in kind.split(";"))


def proof_label(status: str) -> str:
    """Return how far a result is proven, in words."""
    return PROOF_LABELS.get(status, plain(status))


def nations_in(text: str | None) -> tuple[str, ...]:
    """Return the nations of a cell.

    >>> nations_in("FRA;GBR"), nations_in(None)
    (('FRA', 'GBR'), ())
    """
    return tuple(part.strip() for part in (text or "").split(";") if part.strip())


def nation_name(plan: Plan, nation: str) -> str:
    """Return a nation's name as the plan has it, or its letters."""
    found = plan.nations.filter(pl.col("nation") == nation)["name"]
    return str(found[0]) if found.len() else nation


def names_in(plan: Plan, text: str | None) -> str:
    """Return the nations of a cell by name, as a list in a sentence."""
    return listed([with_article(nation_name(plan, nation)) for nation in nations_in(text)])


def with_article(name: str) -> str:
    """Return a nation's name as it stands in a sentence.

    >>> with_article("United Kingdom"), with_article("France")
    ('the United Kingdom', 'France')
    """
    return f"the {name}" if name in ARTICLED or name.startswith("United ") else name


def first_priority(plan: Plan) -> int | None:
    """Return the highest priority that was stressed; None where none was."""
    found = [plan.stress["priority"].min(), plan.stress_worst["priority"].min(), plan.shapley["priority"].min()]
    return min((int(str(each)) for each in found if each is not None), default=None)


def alone(plan: Plan, priority: int) -> list[Row]:
    """Return each nation alone, that whose loss leaves least first."""
    return _cases(plan, priority, kind=NATION)


def pairs(plan: Plan, priority: int) -> list[Row]:
    """Return each pair of nations, that whose loss leaves least first."""
    return _cases(plan, priority, kind=PAIR)


def _cases(plan: Plan, priority: int, *, kind: str) -> list[Row]:
    found = plan.stress.filter((pl.col("kind") == kind) & (pl.col("priority") == priority))
    return found.sort("best_reaction", "no_reaction", "case").to_dicts()


def cases(plan: Plan) -> list[Row]:
    """Return named what-ifs in their order, by priority."""
    return plan.stress.filter(~pl.col("kind").is_in([NATION, PAIR])).to_dicts()


def shapley_of(plan: Plan, priority: int) -> list[Row]:
    """Return each nation's share in the fill of a priority, the largest first."""
    return plan.shapley.filter(pl.col("priority") == priority).sort("value", "nation", descending=[True, False]).to_dicts()


def worst_sets(plan: Plan, priority: int) -> list[Row]:
    """Return the worst so many together, by how many they are."""
    return plan.stress_worst.filter(pl.col("priority") == priority).sort("together").to_dicts()


def floor_words(row: Row) -> str:
    """Return what is proven of a worst set."""
    together = row["together"]
    if row["status"] in PROVEN:
        return f"proven: no other {'nation leaves' if together == 1 else counted(together, 'nation') + ' leave'} less"
    if row["floor"] is None:
        return "the worst that was found; not proven"
    others = "no other nation leaves" if together == 1 else f"no other {counted(together, 'nation')} leave"
    return f"{others} less than {percent(row['floor'])}, which is proven"


def examined_words(row: Row) -> str:
    """Return how many sets were planned anew, and how many were ruled out by bounds."""
    return f"{grouped(row['examined'])} of {grouped(row['of'])} sets planned anew, the others ruled out by bounds"


def stress_sentences(plan: Plan, *, most: int | None = None) -> list[str]:
    """Return what breaks the plan, the answer first; nothing where it was not stressed."""
    priority = first_priority(plan)
    if priority is None:
        return []
    told = [
        *_of_one_and_two(plan, priority),
        *_of_the_worst(plan, priority),
        *_of_the_smallest(plan),
        *_of_shapley(plan, priority),
        *_of_participation(plan),
        *_of_cases(plan),
    ]
    return told if most is None else told[:most]


def _of_one_and_two(plan: Plan, priority: int) -> list[str]:
    single, double = alone(plan, priority), pairs(plan, priority)
    parts = []
    if single:
        parts.append(f"without {names_in(plan, single[0]['nations'])} the force keeps {percent(single[0]['best_reaction'])}")
    if double:
        who = names_in(plan, double[0]["nations"])
        parts.append(f"without {who} {'it' if parts else 'the force'} keeps {percent(double[0]['best_reaction'])}")
    if not parts:
        return []
    parts[0] += f" of priority {priority}"
    paper = (single or double)[0]["planned"]
    return [f"{leading_capital('; '.join(parts))}. With all of them it holds {percent(paper)}."]


def _of_the_worst(plan: Plan, priority: int) -> list[str]:
    rows = [row for row in worst_sets(plan, priority) if row["together"] > 2]
    if not rows:
        return []
    row = rows[-1]
    who = f"The {counted(row['together'], 'nation')} whose loss together costs most are {names_in(plan, row['nations'])}"
    return [f"{who}: they leave {percent(row['best_reaction'])} of priority {priority} ({floor_words(row)})."]


def _of_the_smallest(plan: Plan) -> list[str]:
    told = []
    for row in plan.stress_smallest.iter_rows(named=True):
        if row["priority"] is None:
            continue
        below = f"drops priority {row['priority']} below {percent(row['threshold'])}"
        if row["count"] is None:
            looked = "" if row["status"] in PROVEN else " that was looked at"
            told.append(f"No set of nations{looked} {below}.")
            continue
        if row["count"] == 0:
            told.append(f"Priority {row['priority']} is below {percent(row['threshold'])} with every nation there.")
            continue
        fewer = "; no fewer do" if row["status"] in PROVEN else ""
        who = f"the loss of {names_in(plan, row['nations'])}" if row["nations"] else "their loss"
        told.append(f"It takes {counted(row['count'], 'nation')}: {who} {below}{fewer}.")
    return told


def _of_shapley(plan: Plan, priority: int) -> list[str]:
    rows = [row for row in shapley_of(plan, priority) if row["value"] > 0]
    whole = sum(row["value"] for row in rows)
    if len(rows) < 3 or whole <= 0:
        return []
    top = rows[:3]
    part = sum(row["value"] for row in top) / whole
    who = names_in(plan, ";".join(row["nation"] for row in top))
    owed = f"{percent(part)} of what is held of priority {priority} is owed to {who}"
    return [f"{owed}, averaged over the orders in which nations may join."]


def _of_participation(plan: Plan) -> list[str]:
    rows = plan.participation.sort("priority").to_dicts()
    if not rows:
        return []
    row = rows[0]
    span = f"{percent(row['mean'])} on average ({between(row['p05'], row['p95'])} in nine of ten draws)"
    filled = f"priority {row['priority']} is filled to {span}, on paper {percent(row['planned'])}"
    return [f"If every offer comes only with its probability, {filled}."]


def _of_cases(plan: Plan) -> list[str]:
    rows = [row for row in cases(plan) if row["priority"] == first_priority(plan)]
    if not rows:
        return []
    row = min(rows, key=lambda row: (row["best_reaction"], row["case"]))
    if row["best_reaction"] >= row["planned"] - 5e-4:
        return [
            f"None of {counted(len(rows), 'named case')} costs priority {row['priority']} anything once the plan has reacted."
        ]
    at_once, after = percent(row["no_reaction"]), percent(row["best_reaction"])
    left = f"{at_once} of priority {row['priority']} at once, {after} after the best reaction"
    return [f"Of {counted(len(rows), 'named case')} the worst is “{row['title']}”: {left}."]


def nations_that_matter(plan: Plan, priority: int, *, most: int) -> list[str]:
    """Return the nations whose loss costs most, in pairs or alone, the worst first."""
    single = [nation for row in alone(plan, priority) for nation in nations_in(row["nations"])]
    double: Sequence[str] = [nation for row in pairs(plan, priority) for nation in nations_in(row["nations"])]
    return list(dict.fromkeys([*single, *double]))[:most]
