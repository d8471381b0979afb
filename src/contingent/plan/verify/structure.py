"""What follows from the mandate and from the tours: sized lines, the order of battle, battalions counted against an incursion.

A plan that carries none of these frames, because its lines were typed in or it was made by hand, promises nothing of them.
"""

from collections.abc import Callable, Iterator

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.rules import lines_of_option
from contingent.plan.verify.facts import Facts, line_of_file, same, told

SIZING, ORBAT, FORMATIONS, ADEQUACY = "sizing.csv", "orbat.csv", "formations.csv", "adequacy.csv"
TOUR = ("unit", "offer", "nation", "unit_type", "line", "from_day", "until_day")
"""What a tour and its place in the order of battle have in common."""


def sized_lines(facts: Facts) -> Iterator[Finding]:
    """Every line that follows from the mandate is sized as it is asked for, and nothing else is."""
    if facts.plan.sizing.is_empty():
        return
    lines = {row.line: row for row in lines_of_option(facts.scenario, facts.plan.option) if row.mandate is not None}
    for number, row in enumerate(facts.plan.sizing.iter_rows(named=True)):
        line = lines.pop(row["line"], None)
        if line is None:
            what = f"'{row['line']}' is not a line that the option's mandate asks for"
            yield Finding(SIZING, what, line_of_file(number), "line", nearest_name(row["line"], lines))
            continue
        for column, claimed, given in (
            ("quantity", row["quantity"], line.quantity), ("mandate", row["mandate"], line.mandate),
            ("capability", row["capability"], line.capability), ("location", row["location"], line.location),
        ):  # fmt: skip
            if claimed != given:
                what = f"'{row['line']}' is sized as {claimed}; the scenario's line says {given}"
                yield Finding(SIZING, what, line_of_file(number), column)
        if f"-> {row['quantity']} x" not in row["sentence"]:
            yield Finding(SIZING, f"the sentence of '{row['line']}' ends in another quantity", line_of_file(number), "sentence")
    for name in lines:
        yield Finding(SIZING, f"'{name}' follows from the mandate, but has no row", column="line")


def every_tour_has_its_formation(facts: Facts) -> Iterator[Finding]:
    """The order of battle holds each tour once, under a formation that is there."""
    plan = facts.plan
    if plan.orbat.is_empty() and plan.formations.is_empty():
        return
    known = set(plan.formations["formation"])
    for number, name in enumerate(plan.orbat["formation"]):
        if name not in known:
            what = f"'{name}' is not a formation of the plan"
            yield Finding(ORBAT, what, line_of_file(number), "formation", nearest_name(name, known))
    for number, parent in enumerate(plan.formations["parent"]):
        if parent is not None and parent not in known:
            what = f"'{parent}' is not a formation of the plan"
            yield Finding(FORMATIONS, what, line_of_file(number), "parent", nearest_name(parent, known))
    tours, hung = plan.tours.select(TOUR), plan.orbat.select(TOUR)
    for row in tours.join(hung, on=TOUR, how="anti").iter_rows(named=True):
        yield Finding(ORBAT, f"the tour of {row['unit']} on '{row['line']}' from D+{row['from_day']} stands under no formation")
    for row in hung.join(tours, on=TOUR, how="anti").iter_rows(named=True):
        yield Finding(ORBAT, f"{row['unit']} on '{row['line']}' from D+{row['from_day']} is no tour of the plan")
    if hung.is_duplicated().any():
        yield Finding(ORBAT, "a tour stands under two formations")


def battalions_add_up(facts: Facts) -> Iterator[Finding]:
    """Coalition and host add up, the need is the incursion by its ratio, and the verdict is what the two say."""
    named = {row.incursion: row for row in facts.scenario.incursions}
    for number, row in enumerate(facts.plan.adequacy.iter_rows(named=True)):
        place = line_of_file(number)
        incursion = named.get(row["incursion"])
        if incursion is None:
            what = f"'{row['incursion']}' is not an incursion of the scenario"
            yield Finding(ADEQUACY, what, place, "incursion", nearest_name(row["incursion"], named))
            continue
        for column, claimed, found in (
            ("incursion_battalions", row["incursion_battalions"], incursion.battalions), ("ratio", row["ratio"], incursion.ratio),
            ("total", row["total"], row["coalition"] + row["host"]),
            ("needed", row["needed"], incursion.battalions / incursion.ratio),
        ):  # fmt: skip
            if not same(claimed, found):
                yield Finding(ADEQUACY, f"is {told(claimed)}, but comes to {told(found)}", place, column)
        if row["enough"] != (row["total"] >= row["needed"] - 1e-9):
            what = f"{told(row['total'])} of {told(row['needed'])} needed is not what it is called"
            yield Finding(ADEQUACY, what, place, "enough")
    grows = facts.plan.adequacy.with_columns(before=pl.col("total").shift(1).over("incursion"))
    if grows.filter(pl.col("total") < pl.col("before") - 1e-9).height:
        yield Finding(ADEQUACY, "fewer battalions are there later than earlier", column="total")


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (sized_lines, every_tour_has_its_formation, battalions_add_up)
