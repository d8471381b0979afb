"""What a plan says of the aid to the host, recounted from the scenario's tables and the plan's own frames.

A plan without frames of aid promises nothing of it; host forces that await equipment do not count in it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.plan.verify.facts import Facts, line_of_file, same, told

ADEQUACY, PROMISED, FORMATIONS, GAPS, COMPETITION = (
    "adequacy.csv", "aid_promises.csv", "aid_formations.csv", "aid_gaps.csv", "aid_competition.csv",
)  # fmt: skip
ROUNDING = 1e-6
"""Below this, quantities are the same. [what the column counts]"""


def host_waits_for_its_equipment(facts: Facts) -> Iterator[Finding]:
    """Battalions by aid are of formations that aid has equipped by the day, those that wait of formations that it has not."""
    equipped = dict(facts.plan.aid_formations.select("formation", "equipped_day").iter_rows())
    for number, row in enumerate(facts.plan.adequacy.iter_rows(named=True)):
        there = [
            force for force in facts.scenario.host_forces
            if force.formation is not None and force.from_day <= row["day"]
            and (force.until_day is None or row["day"] < force.until_day)
        ]  # fmt: skip
        ready = [force for force in there if (day := equipped.get(force.formation)) is not None and day <= row["day"]]
        most = {
            "host_by_aid": sum(force.battalions for force in ready),
            "host_awaiting": sum(force.battalions for force in there if force not in ready),
        }
        most["host_by_aid"] = min(most["host_by_aid"], row["host"])
        for column, limit in most.items():
            if not -ROUNDING <= row[column] <= limit + ROUNDING:
                what = f"is {told(row[column])}, but at most {told(limit)} can be by D+{row['day']}"
                yield Finding(ADEQUACY, what, line_of_file(number), column)


def promises_are_those_of_the_tables(facts: Facts) -> Iterator[Finding]:
    """Things promised and delivered, by donor, family and kind, are those that count of the pledges and deliveries."""
    table = facts.plan.aid_promises
    if table.is_empty():
        return
    counted = promised_things(facts)
    for number, row in enumerate(table.iter_rows(named=True)):
        place, cut = line_of_file(number), (row["donor"], row["family"], row["kind"])
        if row["promised"] != (found := counted.pop(cut, 0)):
            yield Finding(PROMISED, f"is {row['promised']}, but pledges that count come to {found}", place, "promised")
        for left, promised, arrived in (("open", "promised", "delivered"), ("open_eur_m", "promised_eur_m", "delivered_eur_m")):
            low = max(0.0, row[promised] - row[arrived])
            if not low - ROUNDING <= row[left] <= row[promised] + ROUNDING:
                what = f"is {told(row[left])}: not between {told(low)} and the {told(row[promised])} promised"
                yield Finding(PROMISED, what, place, left)
    for (donor, family, kind), quantity in counted.items():
        if quantity:
            yield Finding(PROMISED, f"{quantity} promised by {donor} ({family}, {kind}) have no row", column="promised")
    came = sum({_told(row): row.quantity or 0 for row in facts.scenario.deliveries}.values())
    if table["delivered"].sum() != came:
        yield Finding(PROMISED, f"sums to {table['delivered'].sum()}, but {came} came", column="delivered")


def _told(delivery: Any) -> tuple[tuple[str, Any], ...]:
    """What a delivery says, but for its key and confidence: the same row twice counts once."""
    return tuple((name, value) for name, value in delivery if name not in ("delivery", "confidence"))


def promised_things(facts: Facts) -> dict[tuple[str, str | None, str], int]:
    """Return things that count of the scenario's pledges, by donor, family and kind: counting down from the widest pledge."""
    pledges = {row.pledge: row for row in facts.scenario.pledges}
    families = {row.equipment: row.family for row in facts.scenario.equipment}
    parts = {part for row in pledges.values() for part in row.contains}
    found: dict[tuple[str, str | None, str], int] = defaultdict(int)
    left, seen = [name for name in pledges if name not in parts], set[str]()
    while left:
        row = pledges.get(left.pop())
        if row is None or row.pledge in seen:
            continue
        seen.add(row.pledge)
        if row.counted == "yes" and row.kind != "aggregate" and row.quantity is not None:
            found[row.donor, families.get(row.equipment or "", row.family), row.kind] += row.quantity
        else:
            left += row.contains
    return dict(found)


def gaps_are_what_needs_lack(facts: Facts) -> Iterator[Finding]:
    """Each need has a row; what is missing is the need less what was given; no more is given than is needed."""
    needs, gaps = {row.need: row for row in facts.scenario.needs}, facts.plan.aid_gaps
    for number, row in enumerate(gaps.iter_rows(named=True)):
        place, need = line_of_file(number), needs.get(row["need"])
        if need is None:
            yield Finding(GAPS, f"'{row['need']}' is no need of the scenario", place, "need", nearest_name(row["need"], needs))
            continue
        for column in ("formation", "quantity", "by_day", "priority"):
            if row[column] != getattr(need, column):
                yield Finding(GAPS, f"is {row[column]}; the scenario says {getattr(need, column)}", place, column)
        if not 0 <= row["by_then"] <= row["given"] <= row["quantity"]:
            yield Finding(GAPS, f"{row['given']} of {row['quantity']} given, {row['by_then']} in time", place, "given")
        if row["gap"] != row["quantity"] - row["given"]:
            yield Finding(GAPS, f"is {row['gap']}, but comes to {row['quantity'] - row['given']}", place, "gap")
        if not 0 <= row["to_standard"] <= row["gap"]:
            yield Finding(GAPS, f"is {row['to_standard']}, with {row['gap']} missing in all", place, "to_standard")
    if not gaps.is_empty():
        for name in sorted(set(needs) - set(gaps["need"])):
            yield Finding(GAPS, f"'{name}' has no row", column="need")


def formations_are_what_needs_make_them(facts: Facts) -> Iterator[Finding]:
    """A formation's quantities are sums of its needs; one that is equipped lacks nothing to its standard."""
    sums = pl.col("quantity", "given", "to_standard").sum(), pl.col("priority").min()
    needs = {row["formation"]: row for row in facts.plan.aid_gaps.group_by("formation").agg(sums).iter_rows(named=True)}
    battalions: dict[str, float] = defaultdict(float)
    for force in facts.scenario.host_forces:
        if force.formation is not None:
            battalions[force.formation] += force.battalions
    for number, row in enumerate(facts.plan.aid_formations.iter_rows(named=True)):
        place, found = line_of_file(number), needs.get(row["formation"])
        if found is None:
            what = f"'{row['formation']}' is no formation of needs.csv"
            yield Finding(FORMATIONS, what, place, "formation", nearest_name(row["formation"], needs))
            continue
        share = found["given"] / found["quantity"] if found["quantity"] else 1.0
        awaited = battalions.get(row["formation"], 0.0)
        for column, claimed, comes_to in (
            ("quantity", row["quantity"], found["quantity"]), ("given", row["given"], found["given"]),
            ("priority", row["priority"], found["priority"]), ("battalions", row["battalions"] or 0.0, awaited),
        ):  # fmt: skip
            if not same(claimed, comes_to):
                yield Finding(FORMATIONS, f"is {told(claimed)}, but comes to {told(comes_to)}", place, column)
        if abs(row["share"] - share) > ROUNDING:
            yield Finding(FORMATIONS, f"is {told(row['share'])}, but comes to {told(share)}", place, "share")
        if row["equipped_day"] is not None and found["to_standard"]:
            yield Finding(FORMATIONS, f"{found['to_standard']} are missing to its standard", place, "equipped_day")


def aid_and_force_are_held_against_what_there_is(facts: Facts) -> Iterator[Finding]:
    """What is short is what both draw beyond what there is; what the force draws is that of the plan's tours and utilisation."""
    plan = facts.plan
    used = {(name, day): (much, of) for name, day, much, of in
            plan.utilisation.select("resource", "from_day", "used", "capacity").iter_rows()}  # fmt: skip
    for number, row in enumerate(plan.aid_competition.iter_rows(named=True)):
        place, drawn = line_of_file(number), (row["aid"], row["force"], row["have"])
        short = None if None in drawn else max(0.0, drawn[0] + drawn[1] - drawn[2])
        if (row["short"] is None) != (short is None) or (short is not None and not same(row["short"], short)):
            what = f"is {row['short']}, but what both draw beyond what there is comes to {short}"
            yield Finding(COMPETITION, what, place, "short")
        if row["kind"] == "air_defence" and (held := _held(facts, row["nation"], row["what"])) != row["force"]:
            yield Finding(COMPETITION, f"is {row['force']}, but the tours hold {held}", place, "force")
        if row["kind"] == "transport" and (row["what"], row["from_day"]) in used and row["have"] is not None:
            for column, found in zip(("force", "have"), used[row["what"], row["from_day"]], strict=True):
                if row[column] is None or not same(row[column], found):
                    yield Finding(COMPETITION, f"is {row[column]}; utilisation says {told(found)}", place, column)


def _held(facts: Facts, nation: str, unit_type: str) -> int:
    """Most units of a nation and type that are away or in dwell on one day: looked at on each day on which one goes."""
    tours = facts.plan.tours.filter(nation=nation, unit_type=unit_type).select("from_day", "rested_day").rows()
    return max((sum(begins <= day < ends for begins, ends in tours) for day, _ in tours), default=0)


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    host_waits_for_its_equipment, promises_are_those_of_the_tables, gaps_are_what_needs_lack, formations_are_what_needs_make_them,
    aid_and_force_are_held_against_what_there_is,
)  # fmt: skip
