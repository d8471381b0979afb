"""Why a requirement line is there, and what becomes of it: its chain in plain sentences, from the mandate to the force.

The chain runs from the line over the task of the mandate, the method and the arithmetic to each factor; where there is a plan,
on to who fills the line and when, each gap with its reason, and the formations above it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from contingent.errors import UnknownName
from contingent.findings import nearest_name
from contingent.model.mandate import Factor, Method, Task
from contingent.model.rows import Requirement
from contingent.model.rules import line_until, reference_type
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.mandate import STATUS_WORDS, Row, arithmetic_alone, factor_meanings
from contingent.report.words import (
    SMALLEST_GAP,
    amount,
    counted,
    factor_words,
    grouped,
    leading_capital,
    line_title,
    listed,
    percent,
    place_name,
    plain,
    quantity_words,
    reason_words,
    sentence,
    why_alone,
    window,
)

MOST_TOURS = 24
"""Tours that are told one by one; of more, each nation is told in one sentence."""

METHOD_WORDS: dict[Method, str] = {
    "stated": "the mandate itself says how many",
    "line_monitoring": "posts and patrols along the line, in shifts, with a reserve",
    "sector_security": "battalions by length of line and by area, whichever asks for more",
    "population_security": "people who secure a thousand inhabitants, less those of the host",
    "site_protection": "people along the perimeter of each site, in shifts",
    "mobile_reserve": "the fewest bases from which every point is reached in time by road",
    "air_policing": "aircraft that keep a station filled, by their endurance, turnaround and availability",
    "air_defence": "batteries for each asset, more for those that reload or are mended",
    "maritime_patrol": "ships that keep a station filled, by passage and availability",
    "mine_countermeasures": "vessels that clear the area in the days wanted",
    "training": "instructors for the trainees of a course",
    "isr": "aircraft that keep an orbit filled, or sensors along the line",
    "supporting_units": "units that serve so many battalions each",
    "engineering": "units by length of route and by the battalions that they serve",
    "ordnance_disposal": "companies that clear the area in the days wanted",
    "medical": "beds by people at risk, and surgery within reach of each sector",
    "command_control": "headquarters by span of control",
    "logistics": "transport and stores by the tonnes that all other lines use up",
}
"""Each method of sizing in a few words; the manual has its formula."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the chain.

    Parameters
    ----------
    heading : str
        What it answers.
    sentences : tuple of str
        The answer.
    """

    heading: str
    sentences: tuple[str, ...]


def explain(scenario: Scenario, line: str, plan: Plan | None = None) -> tuple[str, ...]:
    """Return the chain of a requirement line in plain sentences.

    Parameters
    ----------
    scenario : Scenario
        With its requirement derived from the mandate.
    line : str
        The line's serial.
    plan : Plan, optional
        A plan of it; without one, nothing is said of who fills the line.

    Raises
    ------
    UnknownName
        If the scenario has no such line.
    """
    return tuple(said for chapter in chapters(scenario, line, plan) for said in chapter.sentences)


def chapters(scenario: Scenario, line: str, plan: Plan | None = None) -> tuple[Chapter, ...]:
    """Return the chain of a requirement line under headings; arguments and errors as for `explain`."""
    row = scenario.requirement_by_line.get(line)
    if row is None:
        nearest = nearest_name(line, scenario.requirement_by_line)
        hint = f" Nearest: '{nearest}'." if nearest else ""
        raise UnknownName(f"'{line}' is not a line of this scenario.{hint}")
    found = [
        Chapter("What it asks for", tuple(_the_line(scenario, row))),
        Chapter("Where it comes from", tuple(_the_task(scenario, row))),
        Chapter("How it was worked out", tuple(_the_arithmetic(scenario, row, plan))),
    ]
    if plan is not None:
        found += [
            Chapter("Who fills it", tuple(_holders(scenario, row, plan))),
            Chapter("What stays empty, and why", tuple(_gaps(row, plan))),
            Chapter("Under whom it stands", tuple(_formations(scenario, row, plan))),
        ]
    return tuple(chapter for chapter in found if chapter.sentences)


def _the_line(scenario: Scenario, row: Requirement) -> Iterator[str]:
    place = place_name(scenario, row.location)
    kind = reference_type(scenario, row.capability)
    what = f"{row.quantity} × {plain(row.capability)}{f' at {place}' if place else ''}"
    people = f", some {grouped(row.quantity * kind.personnel)} people by the strength of its type ({kind.name})" if kind else ""
    yield (
        f"{row.line}, {line_title(scenario, row)}: {what}, {window(row.from_day, line_until(scenario, row))}, "
        f"priority {row.priority}{people}."
    )
    if row.option:
        options = listed([plain(option) for option in row.option])
        yield f"It belongs only to the option{'s' if len(row.option) > 1 else ''} {options}."
    if row.hold == "one_nation":
        yield "One nation must hold it throughout."


def _the_task(scenario: Scenario, row: Requirement) -> Iterator[str]:
    task = scenario.task_by_name.get(row.mandate or "")
    if task is None:
        source = f" Source: {sentence(row.source)}" if row.source else ""
        yield f"It was typed in, not sized from a task of the mandate.{source}"
        return
    yield f"It follows from the task {task.task} of the mandate: {sentence(task.title)}"
    yield _grounds("The task", task.status, task.source, task.confidence)
    yield f"Method: {plain(task.method)}, that is {METHOD_WORDS[task.method]}."


def _grounds(what: str, status: str, source: str | None, confidence: str | None) -> str:
    """Whether a row is a fact, derived or an assumption, how sure it is, and its source."""
    word = STATUS_WORDS.get(status, status)
    said = {"fact": "a fact", "assumption": "an assumption"}.get(word, word)
    sure = f", of {confidence} confidence" if confidence else ""
    ground = f": {sentence(_unprefixed(source))}" if source else "; no source is given."
    return f"{what} is {said}{sure}{ground}"


def _unprefixed(source: str) -> str:
    """The source without the word of its status at the head, which has been said."""
    head, colon, rest = source.partition(":")
    return rest.strip() if colon and head.casefold() in ("assumption", "sourced", "derived") and rest.strip() else source


def _the_arithmetic(scenario: Scenario, row: Requirement, plan: Plan | None) -> Iterator[str]:
    if row.arithmetic:
        yield f"Arithmetic: {sentence(arithmetic_alone(row.arithmetic))}"
    task = scenario.task_by_name.get(row.mandate or "")
    meanings = factor_meanings(scenario)
    for factor in _factors(scenario, row, task, plan):
        yield _factor_sentence(factor, meanings.get((factor["factor"], factor["scope"])))


def _factors(scenario: Scenario, row: Requirement, task: Task | None, plan: Plan | None) -> list[Row]:
    """The factors that the line's task read: as the plan has them, else as the line's own sentence names them."""
    if task is None:
        return []
    told = (row.arithmetic or "").partition("; factor")[2]
    planned = plan.factors.filter(pl.col("mandate") == task.task).to_dicts() if plan is not None else []
    if planned:
        return [factor for factor in planned if factor["factor"] in told] or planned
    scopes = (task.task, *row.option, task.demand, "all")
    found: dict[str, Factor] = {}
    for scope in scopes:
        for factor in scenario.factors:
            if factor.scope == scope and f"{factor.factor} " in f"{told} " and factor.factor not in found:
                found[factor.factor] = factor
    order = sorted(found, key=told.index)
    return [found[name].model_dump() for name in order]


def _factor_sentence(row: Row, known: Factor | None) -> str:
    scope = "" if row["scope"] == "all" else f", for {row['scope']}"
    head = f"Factor {row['factor']} ({factor_words(row['factor'])}{scope}): {quantity_words(row['value'], row['unit'])}"
    meaning = f", {known.meaning[:1].lower()}{known.meaning[1:].rstrip('.')}" if known is not None else ""
    ends = ""
    if known is not None and known.low is not None and known.high is not None and known.low != known.high:
        ends = f" Credible from {quantity_words(known.low, row['unit'])} to {quantity_words(known.high, row['unit'])}."
    return f"{head}{meaning}. {_grounds('It', row['status'], row['source'], row['confidence'])}{ends}"


def _holders(scenario: Scenario, row: Requirement, plan: Plan) -> Iterator[str]:
    rows = plan.coverage.filter(pl.col("line") == row.line).to_dicts()
    required = sum(each["required"] * (each["until_day"] - each["from_day"]) for each in rows)
    filled = sum(each["filled"] * (each["until_day"] - each["from_day"]) for each in rows)
    if required <= 0:
        yield f"Nothing is asked for by it in this plan{f', of the option {plan.option}' if plan.option else ''}."
        return
    tours = plan.tours.filter(pl.col("line") == row.line).sort("from_day", "nation", "unit").to_dicts()
    yield f"{percent(filled / required)} of its unit-days are filled, by {counted(len(tours), 'tour')}."
    yield from (_tours_by_nation if len(tours) > MOST_TOURS else _tours_in_time)(scenario, tours)


def _tours_in_time(scenario: Scenario, tours: Sequence[Row]) -> Iterator[str]:
    for tour in tours:
        share = f", which gives {amount(tour['effectiveness'])} of a unit" if tour["effectiveness"] < 1 else ""
        pinned = ", fixed by the planner" if tour["pinned"] else ""
        yield (
            f"{_nation(scenario, tour['nation'])}: {tour['unit']} ({plain(tour['unit_type'])}) serves "
            f"{window(tour['from_day'], tour['serves_until_day'])} and leaves on D+{grouped(tour['until_day'])}{share}{pinned}."
        )


def _tours_by_nation(scenario: Scenario, tours: Sequence[Row]) -> Iterator[str]:
    """A sentence a nation, the one that serves most days first."""
    by_nation: dict[str, list[Row]] = {}
    for tour in tours:
        by_nation.setdefault(tour["nation"], []).append(tour)
    served = {name: sum(tour["serves_until_day"] - tour["from_day"] for tour in own) for name, own in by_nation.items()}
    for name in sorted(by_nation, key=lambda name: (-served[name], name)):
        own = by_nation[name]
        units = counted(len({tour["unit"] for tour in own}), "unit")
        kinds = listed([plain(kind) for kind in dict.fromkeys(tour["unit_type"] for tour in own)])
        when = window(min(tour["from_day"] for tour in own), max(tour["serves_until_day"] for tour in own))
        told = f"{counted(len(own), 'tour')} of {units} ({kinds})"
        yield f"{_nation(scenario, name)}: {told} between {when.replace(' to ', ' and ')}."


def _nation(scenario: Scenario, name: str) -> str:
    row = scenario.nation_by_name.get(name)
    return row.name if row is not None else name


def _gaps(row: Requirement, plan: Plan) -> Iterator[str]:
    """Each gap; those with one reason and one finding are said together."""
    together: dict[tuple[str, str], list[Row]] = {}
    for gap in plan.gaps.filter(pl.col("line") == row.line).sort("from_day", "reason").iter_rows(named=True):
        together.setdefault((gap["reason"], why_alone(row.line, gap["detail"])), []).append(gap)
    for (reason, detail), gaps in together.items():
        when = listed([f"{window(gap['from_day'], gap['until_day'])} ({amount(gap['quantity'])} short)" for gap in gaps])
        days = f"{grouped(sum(gap['unit_days'] for gap in gaps))} unit-days"
        yield f"{leading_capital(reason_words(reason))}, {days}: {when}.{f' {sentence(detail)}' if detail else ''}"
    covered = plan.coverage.filter(pl.col("line") == row.line)
    if not together and covered.height:
        short = covered.filter(pl.col("gap") > SMALLEST_GAP).height
        yield "It is short at times; why was not worked out." if short else "It is never short."


def _formations(scenario: Scenario, row: Requirement, plan: Plan) -> Iterator[str]:
    by_name = {each["formation"]: each for each in plan.formations.iter_rows(named=True)}
    hung = plan.orbat.filter(pl.col("line") == row.line)["formation"].unique().sort().to_list()
    led = [name for name, each in by_name.items() if row.line in (each["headquarters"] or "").split(";")]
    starts = list(dict.fromkeys([*led, *hung])) or ([row.formation] if row.formation else [])
    for start in starts:
        path, seen = [], set()
        name: str | None = start
        while name is not None and name not in seen:
            seen.add(name)
            each = by_name.get(name)
            declared = scenario.formation_by_name.get(name)
            if each is None:
                path.append(declared.name or name if declared is not None else name)
                name = declared.parent if declared is not None else None
                continue
            framework = f" (framework nation {each['framework_nation']})" if each["framework_nation"] else ""
            path.append(f"{each['name']}{framework}")
            name = each["parent"]
        role = "It is a headquarters of" if start in led else "It stands under"
        yield f"{role} {leading_capital(path[0])}" + (f", under {', under '.join(path[1:])}." if len(path) > 1 else ".")
