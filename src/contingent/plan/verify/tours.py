"""The rules of docs/formulation.md, held against each tour: who may go, where, when, how often, and under which ceiling."""

from collections.abc import Callable, Iterator
from typing import Any

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.model.rules import caveat_against, lines_of_option, tour_fits_window, tour_may_begin
from contingent.model.rules import readiness as terms_of
from contingent.plan.measures import days_over_ceiling
from contingent.plan.verify.facts import TOLERANCE, Facts, days, line_of_file, told, units

FILE = "tours.csv"


def _at(row: int, column: str, what: str, *, nearest: str | None = None, maybe: str | None = None) -> Finding:
    return Finding(FILE, what, line=line_of_file(row), column=column, nearest=nearest, maybe=maybe)


def known_names(facts: Facts) -> Iterator[Finding]:
    """A tour is of an offer and on a line of the scenario, and the line is one of the option planned."""
    scenario = facts.scenario
    for row, offer, line, nation, capability in facts.done.select("row", "offer", "line", "nation", "capability").iter_rows():
        if nation is None:
            yield _at(
                row, "offer", f"'{offer}' is not an offer of this scenario", nearest=nearest_name(offer, scenario.offer_by_name)
            )
        if capability is None and line in scenario.requirement_by_line:
            yield _at(row, "line", f"line '{line}' is not part of option '{facts.plan.option}'")
        elif capability is None:
            yield _at(
                row, "line", f"'{line}' is not a line of this scenario", nearest=nearest_name(line, scenario.requirement_by_line)
            )


def capability(facts: Facts) -> Iterator[Finding]:
    """The unit type gives the line's capability."""
    wrong = facts.sound.filter(pl.col("effectiveness").is_null())
    for row, unit_type, line, wanted in wrong.select("row", "unit_type", "line", "capability").iter_rows():
        yield _at(row, "line", f"unit type '{unit_type}' does not give '{wanted}', which line '{line}' asks for")


def caveat(facts: Facts) -> Iterator[Finding]:
    """No nation is sent where, or for what, it has ruled out."""
    scenario = facts.scenario
    against: dict[tuple[str, str], str | None] = {}
    for row, offer, line in facts.sound.select("row", "offer", "line").iter_rows():
        if (offer, line) not in against:
            against[offer, line] = caveat_against(scenario, scenario.offer_by_name[offer], scenario.requirement_by_line[line])
        ruled_out = against[offer, line]
        if ruled_out is not None:
            yield _at(row, "line", f"offer '{offer}' rules out '{ruled_out}', and line '{line}' is there or serves it")


def start_day(facts: Facts) -> Iterator[Finding]:
    """A tour begins on the first day of a period, or on the day the line opens, within the line's window."""
    scenario = facts.scenario
    for row, line, day in facts.sound.select("row", "line", "from_day").iter_rows():
        if not tour_may_begin(scenario, scenario.requirement_by_line[line], day):
            yield _at(row, "from_day", f"no tour on line '{line}' may begin on D+{day}")


def offer_window(facts: Facts) -> Iterator[Finding]:
    """A tour begins when the unit is ready and lies inside the offer's window, as far as the horizon reaches."""
    scenario = facts.scenario
    terms = {name: terms_of(scenario, scenario.offer_by_name[name]) for name in facts.sound["offer"].unique().sort()}
    for row, offer, day in facts.sound.select("row", "offer", "from_day").iter_rows():
        term = terms[offer]
        if not tour_fits_window(day, term, horizon_days=facts.horizon_days):
            yield _at(
                row,
                "from_day",
                f"a tour of {term.tour_days} days from D+{day} does not lie in the window of offer '{offer}', "
                f"{days(term.ready_day, term.until_day)}",
            )


DERIVED = (
    "nation",
    "unit_type",
    "capability",
    "location",
    "until_day",
    "serves_until_day",
    "rested_day",
    "people",
    "effectiveness",
    "confidence",
)


def derived_columns(facts: Facts) -> Iterator[Finding]:
    """What a tour says of itself is what the scenario's terms make of it."""
    for column in DERIVED:
        claimed, true = facts.plan.tours[column], facts.done[column]
        unlike = (claimed - true).abs() > TOLERANCE if column == "effectiveness" else claimed.ne_missing(true)
        wrong = (
            pl.DataFrame({"row": facts.done["row"], "claimed": claimed, "true": true, "unlike": unlike})
            .join(facts.sound.filter(pl.col("effectiveness").is_not_null()).select("row"), on="row", how="semi")
            .filter("unlike")
        )
        for row, said, should in wrong.select("row", "claimed", "true").iter_rows():
            yield _at(row, column, f"{_cell(said)} is not what the scenario makes of this tour: {_cell(should)}")


def _cell(value: Any) -> str:
    return "blank" if value is None else f"'{value}'" if isinstance(value, str) else told(value)


def units_within_offer(facts: Facts) -> Iterator[Finding]:
    """A named unit belongs to one offer, and an offer has no more units than its quantity."""
    named = facts.done.select("row", "offer", "units_offered").with_columns(facts.plan.tours["unit"])
    shared = (
        named.group_by("unit").agg(pl.col("row").min(), pl.col("offer").unique().sort()).filter(pl.col("offer").list.len() > 1)
    )
    for row, unit, offers in shared.sort("row").select("row", "unit", "offer").iter_rows():
        yield _at(row, "unit", f"unit '{unit}' stands under more than one offer: {', '.join(offers)}")
    counts = named.group_by("offer", "units_offered").agg(pl.col("row").min(), units=pl.col("unit").n_unique())
    for row, offer, offered, sent in (
        counts.filter(pl.col("units") > pl.col("units_offered"))
        .sort("row")
        .select("row", "offer", "units_offered", "units")
        .iter_rows()
    ):
        yield _at(row, "unit", f"offer '{offer}' has {units(offered)}, and {sent} of them are sent")


def rest_between_tours(facts: Facts) -> Iterator[Finding]:
    """A named unit goes again only when it is rested."""
    named = facts.sound.select("row", "from_day", "rested_day").with_columns(facts.plan.tours["unit"].gather(facts.sound["row"]))
    following = named.sort("unit", "from_day", "row").with_columns(rested=pl.col("rested_day").cum_max().shift(1).over("unit"))
    early = following.filter(pl.col("from_day") < pl.col("rested")).sort("row")
    for row, unit, day, rested in early.select("row", "unit", "from_day", "rested").iter_rows():
        yield _at(row, "from_day", f"unit '{unit}' is sent again on D+{day}, before it is rested on D+{rested}")


def rotation_base(facts: Facts) -> Iterator[Finding]:
    """At any day at most `quantity` units of an offer are on tour or in dwell, however they are named."""
    for offer, day, away, offered in _most_at_once(facts.sound, "rested_day"):
        if away > offered:
            yield Finding(
                FILE, f"offer '{offer}' has {units(offered)}, and {away} are on tour or in dwell on D+{day}", column="offer"
            )


def _most_at_once(done: pl.DataFrame, until: str) -> Iterator[tuple[str, int, int, int]]:
    """The first day on which most units of each offer are taken: offer, day, taken, offered."""
    steps = (
        pl.concat(
            [
                done.select("offer", "units_offered", day="from_day", step=pl.lit(1, dtype=pl.Int64)),
                done.select("offer", "units_offered", day=until, step=pl.lit(-1, dtype=pl.Int64)),
            ]
        )
        .group_by("offer", "units_offered", "day")
        .agg(pl.col("step").sum())
        .sort("offer", "day")
    )
    taken = steps.with_columns(taken=pl.col("step").cum_sum().over("offer"))
    worst = taken.sort(["offer", "taken", "day"], descending=[False, True, False]).group_by("offer", maintain_order=True).first()
    yield from worst.select("offer", "day", "taken", "units_offered").iter_rows()


def tours_of_a_unit(facts: Facts) -> Iterator[Finding]:
    """No unit does more than `max_tours`, and no offer more than `quantity` times that."""
    limited = (
        facts.sound.select("row", "offer", "units_offered", "max_tours")
        .with_columns(facts.plan.tours["unit"].gather(facts.sound["row"]))
        .filter(pl.col("max_tours").is_not_null())
    )
    by_unit = limited.group_by("unit", "offer", "max_tours").agg(pl.col("row").max(), tours=pl.len())
    for row, unit, tours, most in (
        by_unit.filter(pl.col("tours") > pl.col("max_tours")).sort("row").select("row", "unit", "tours", "max_tours").iter_rows()
    ):
        yield _at(row, "unit", f"unit '{unit}' does {tours} tours; its offer allows {most}")
    by_offer = limited.group_by("offer", "units_offered", "max_tours").agg(tours=pl.len())
    over = by_offer.filter(pl.col("tours") > pl.col("units_offered") * pl.col("max_tours")).sort("offer")
    for offer, offered, most, tours in over.iter_rows():
        yield Finding(
            FILE,
            f"offer '{offer}' does {tours} tours; {units(offered)} with at most {most} each allow {offered * most}",
            column="offer",
        )


def ceiling(facts: Facts) -> Iterator[Finding]:
    """On no day has a nation more people on tour than its ceiling."""
    ceilings = {row.nation: row.personnel_ceiling for row in facts.scenario.nations if row.personnel_ceiling is not None}
    over = days_over_ceiling(facts.sound, facts.horizon_days, ceilings).group_by("nation", maintain_order=True).first()
    for nation, day, people, most in over.iter_rows():
        yield Finding(FILE, f"{nation} has {people} people on tour on D+{day}; its ceiling is {most}", column="nation")


def one_nation(facts: Facts) -> Iterator[Finding]:
    """A line held by one nation is served by units of one nation only."""
    held = (
        facts.sound.filter(pl.col("hold") == "one_nation")
        .group_by("line", maintain_order=True)
        .agg(pl.col("row").min(), pl.col("nation").unique().sort())
    )
    for line, row, nations in held.filter(pl.col("nation").list.len() > 1).iter_rows():
        yield _at(row, "line", f"line '{line}' is to be held by one nation, and {', '.join(nations)} serve it")


def pins_kept(facts: Facts) -> Iterator[Finding]:
    """Every tour that the planner fixed is there and marked, and no other tour is marked."""
    key = ["offer", "line", "from_day"]
    cells = facts.plan.tours.group_by(key).agg(tours=pl.len(), marked=pl.col("pinned").sum())
    counted = {(offer, line, day): (tours, marked) for offer, line, day, tours, marked in cells.iter_rows()}
    lines = {row.line for row in lines_of_option(facts.scenario, facts.plan.option)}
    pinned = set()
    for pin in facts.scenario.pins:
        pinned.add((pin.offer, pin.line, pin.from_day))
        tours, marked = counted.get((pin.offer, pin.line, pin.from_day), (0, 0))
        if tours < pin.quantity and pin.line in lines:
            yield Finding(
                FILE,
                f"the planner fixed {pin.quantity} tours of offer '{pin.offer}' on line '{pin.line}' from D+{pin.from_day}; "
                f"the plan has {tours}",
                column="pinned",
            )
        elif marked < min(tours, pin.quantity):
            yield Finding(
                FILE,
                f"{marked} tours of offer '{pin.offer}' on line '{pin.line}' from D+{pin.from_day} are marked as pinned, "
                f"not {pin.quantity}",
                column="pinned",
            )
    marked_rows = facts.plan.tours.with_row_index("row").filter("pinned")
    for row, offer, line, day in marked_rows.select("row", *key).iter_rows():
        if (offer, line, day) not in pinned:
            yield _at(row, "pinned", "the tour is marked as pinned, and no pin of the scenario fixes it")


PROMISES: tuple[Callable[[Facts], Iterator[Finding]], ...] = (
    known_names,
    capability,
    caveat,
    start_day,
    offer_window,
    derived_columns,
    units_within_offer,
    rest_between_tours,
    rotation_base,
    tours_of_a_unit,
    ceiling,
    one_nation,
    pins_kept,
)
"""The rules on tours, in the order in which findings are told."""
