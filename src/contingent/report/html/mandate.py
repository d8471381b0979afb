"""From the mandate to the requirement: what each task asks for and why, what moves the total most, how past missions come out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from contingent.model.rules import COMPONENTS
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.charts import svg_of
from contingent.report.drawings.bars import part_bar
from contingent.report.mandate import (
    CLOSE,
    COMPONENT_NAMES,
    NEAR,
    STATUS_LETTERS,
    STATUS_WORDS,
    ForceSize,
    SizedLine,
    arithmetic_alone,
    assumed_lines,
    assumed_people,
    factor_meanings,
    factor_off,
    factors_of_task,
    force_size,
    hits,
    own_row,
    past_missions,
    sized_lines,
    verdict_on,
    widest_factors,
)
from contingent.report.size_charts import NARROW, WIDE, past_and_sized, tornado
from contingent.report.words import (
    COUNTED,
    about,
    counted,
    d_day,
    factor_words,
    grouped,
    leading_capital,
    percent,
    place_name,
    plain,
    quantity_words,
    short_date,
)

VERDICT_SIGNS = {"within 1.5": "●", "within 2": "◆", "missed": "▲"}
"""Signs of the verdicts, as they are drawn in the chart."""

Row = dict[str, Any]


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's sections on size are filled with; None for each that the plan says nothing of."""
    return {"mandate": mandate(scenario, plan), "moves": moves(scenario, plan), "missions": missions(plan)}


def mandate(scenario: Scenario, plan: Plan) -> Row | None:
    """Return how the requirement follows from the mandate: totals, one row a task, every factor with its source."""
    size = force_size(scenario, plan)
    if size is None:
        return None
    factors, anchors = factor_rows(scenario, plan)
    return {
        "sentences": _sentences(scenario, plan, size),
        "components": component_rows(scenario, plan, size),
        "groups": task_groups(scenario, plan, size, anchors),
        "tasks": plan.sizing["mandate"].n_unique(),
        "factors": factors,
    }


def _sentences(scenario: Scenario, plan: Plan, size: ForceSize) -> list[str]:
    by_task, by_any = assumed_people(scenario, plan, size.lines)
    typed = [line for line in size.lines if line.task is None]
    said = [
        (
            f"The mandate’s tasks, sized one by one, ask for {grouped(size.people)} people on their fullest day, "
            f"{d_day(size.day)} ({short_date(scenario.horizon.date_of(size.day))}), "
            "each unit at the strength of its type, one unit a post."
        )
    ]
    if typed:
        said.append(
            f"Of those, {grouped(sum(line.people for line in typed))} stand in {counted(len(typed), 'line')} "
            "that were typed in, not sized."
        )
    share = by_any / size.people if size.people else 0.0
    said.append(
        f"{grouped(by_any)} of them ({percent(share)}) rest on at least one assumption; "
        f"of {grouped(by_task)} the task itself is one."
    )
    option = next((row for row in scenario.options if row.option == plan.option), None)
    if option is not None and option.published_strength is not None:
        ground = size.by_component["land"] + size.by_component["support"]
        said.append(
            f"In public, {grouped(option.published_strength)} has been named for the land component; "
            f"land and support come to {grouped(ground)} here."
        )
    tooth = sum(line.people for line in size.lines if line.unit_type is not None and (line.unit_type.battalions or 0) > 0)
    if tooth:
        said.append(
            f"Units that fight or patrol have {about(tooth)} of those people, those that lead and support them "
            f"{about(size.people - tooth)}: {(size.people - tooth) / tooth:.1f} behind each one in front."
        )
    return said


def component_rows(scenario: Scenario, plan: Plan, size: ForceSize) -> list[Row]:
    """Return people, lines and what rests on assumptions by component on the fullest day, and in all."""
    _, assumed = assumed_lines(scenario, plan)
    rows: list[Row] = []
    for name in (*COMPONENTS, None):
        lines = [line for line in size.lines if name in (None, line.component)]
        people = sum(line.people for line in lines)
        if not lines:
            continue
        share = sum(line.people for line in lines if line.line in assumed) / people if people else 0.0
        rows.append(
            {
                "name": COMPONENT_NAMES[name] if name else "All",
                "people": people,
                "lines": len(lines),
                "assumed": share,
                "all": name is None,
                "share": people / size.people if size.people else 0.0,
                "bar": part_bar(people / size.people if size.people else 0.0, width=180, kind="held"),
            }
        )
    return rows


def factor_rows(scenario: Scenario, plan: Plan) -> tuple[list[Row], dict[tuple[str, str], int]]:
    """Return each factor that was read, once, with the tasks that read it, and the place of each among them, from 1."""
    meanings = factor_meanings(scenario)
    rows: dict[tuple[str, str], Row] = {}
    for row in plan.factors.iter_rows(named=True):
        key = (row["factor"], row["scope"])
        known = meanings.get(key)
        found = rows.setdefault(
            key,
            row
            | {
                "words": _scoped(row),
                "value_words": quantity_words(row["value"], row["unit"]),
                "meaning": known.meaning if known is not None else None,
                "range": _range(known.low, known.high, row["unit"]) if known is not None else "",
                "tasks": [],
            },
        )
        if row["mandate"] not in found["tasks"]:
            found["tasks"].append(row["mandate"])
    ordered = sorted(rows, key=lambda key: (factor_words(key[0]).casefold(), key[1] != "all", key[1]))
    return [rows[key] for key in ordered], {key: place for place, key in enumerate(ordered, start=1)}


def _range(low: float | None, high: float | None, unit: str) -> str:
    if low is None or high is None or low == high:
        return ""
    return f"{quantity_words(low, unit, short=True)} to {quantity_words(high, unit, short=True)}"


def _scoped(row: Row) -> str:
    return leading_capital(factor_words(row["factor"])) + ("" if row["scope"] == "all" else f" ({row['scope']})")


def task_groups(scenario: Scenario, plan: Plan, size: ForceSize, anchors: dict[tuple[str, str], int]) -> list[Row]:
    """Return the tasks by component, each with its lines, people, arithmetic and factors, those of most people first."""
    lines: dict[str, list[SizedLine]] = defaultdict(list)
    for line in sized_lines(scenario, plan):
        if line.task is not None:
            lines[line.task].append(line)
    read, there = factors_of_task(plan), {line.line for line in size.lines}
    methods = dict(plan.sizing.select("mandate", "method").iter_rows())
    largest = max((sum(line.people for line in own) for own in lines.values()), default=1) or 1
    groups: dict[str, list[Row]] = {name: [] for name in COMPONENTS}
    for task, own in lines.items():
        row = scenario.task_by_name.get(task)
        people = sum(line.people for line in own)
        groups[max(own, key=lambda line: line.people).component].append(
            {
                "task": task,
                "title": row.title if row is not None else leading_capital(plain(task)),
                "status": row.status if row is not None else "assumption",
                "source": row.source if row is not None else None,
                "method": plain(methods[task]),
                "people": people,
                "bar": part_bar(people / largest, width=70, kind="held"),
                "lines": [_line_row(scenario, line, line.line in there) for line in own],
                "arithmetic": list(dict.fromkeys(arithmetic_alone(line.sentence) for line in own)),
                "factors": [_factor_mention(found, anchors) for found in read.get(task, [])],
            }
        )
    return [
        {
            "name": COMPONENT_NAMES[name],
            "rows": sorted(groups[name], key=lambda row: (-row["people"], row["task"])),
            "people": sum(row["people"] for row in groups[name]),
            "count": counted(len(groups[name]), "task"),
        }
        for name in COMPONENTS
        if groups[name]
    ]


def _line_row(scenario: Scenario, line: SizedLine, there: bool) -> Row:
    kind = line.unit_type.name if line.unit_type is not None else plain(line.capability)
    return {
        "line": line.line,
        "quantity": line.quantity,
        "kind": kind,
        "place": place_name(scenario, line.location),
        "there": there,
    }


def _factor_mention(row: Row, anchors: dict[tuple[str, str], int]) -> Row:
    return {
        "words": factor_words(row["factor"]),
        "value": quantity_words(row["value"], row["unit"]),
        "status": row["status"],
        "anchor": anchors[row["factor"], row["scope"]],
    }


def moves(scenario: Scenario, plan: Plan) -> Row | None:
    """Return what moves the total most: the chart, and its twin in figures."""
    widest = widest_factors(plan)
    if not widest:
        return None
    meanings = factor_meanings(scenario)
    rows = []
    for row in widest:
        known = meanings.get((row["factor"], row["scope"]))
        said = {kind: quantity_words(row[kind], row["unit"], short=True) for kind in ("low", "high")}
        value = quantity_words(row["value"], row["unit"])
        rows.append(
            row
            | {"words": _scoped(row), "meaning": known.meaning if known is not None else "", "said": said, "value_words": value}
        )
    first, total = widest[0], widest[0]["people"]
    ends = sorted(end for end in (first["people_low"], first["people_high"]) if end is not None)
    label = (
        f"The {counted(len(widest), 'factor')} that move the total of {grouped(total)} people most; "
        f"{factor_words(first['factor'])} moves it between {grouped(ends[0])} and {grouped(ends[-1])}."
    )
    varied = plan.sensitivity.height
    return {
        "wide": svg_of(tornado(widest, form=WIDE), label=label),
        "narrow": svg_of(tornado(widest, form=NARROW), label=label),
        "rows": rows,
        "people": total,
        "varied": varied,
        "still": _so_many(varied - len(widest_factors(plan, None))),
    }


def missions(plan: Plan) -> Row | None:
    """Return past missions beside what the methods ask for: the chart, the table with each error, and how often they are near."""
    past, own = past_missions(plan), own_row(plan)
    if not past:
        return None
    rows = [
        row | {"off": factor_off(row), "verdict": _signed(verdict_on(row)), "error": row["sized"] / row["sent"] - 1}
        for row in sorted(past, key=lambda row: (-row["sent"], row["mission"]))
    ]
    close, near = hits(past, CLOSE), hits(past, NEAR)
    large = sum(row["sized"] > row["sent"] for row in past)
    small = sum(row["sized"] < row["sent"] for row in past)
    off = [row["off"] for row in rows]
    sentence = (
        f"Of {counted(len(past), 'past mission')}, {_so_many(close)} {'is' if close == 1 else 'are'} sized within a factor of "
        f"1.5 of what was sent and {_so_many(near)} within a factor of 2; {_so_many(large)} came out too large, "
        f"{_so_many(small)} too small. The typical error is a factor of {_middle(off):.1f}, the worst one of {max(off):.1f}."
    )
    label = f"Past missions: people sent, and people that the methods ask for. {sentence}"
    return {
        "wide": svg_of(past_and_sized(past, own, form=WIDE), label=label),
        "narrow": svg_of(past_and_sized(past, own, form=NARROW), label=label),
        "sentence": sentence,
        "rows": rows,
        "own": own,
        "unsized": [row for row in plan.backcast.to_dicts() if row["sent"] and not row["sized"]],
        "densities": any(row[f"sent_per_{what}"] for row in past for what in ("km", "1000")),
    }


def _signed(verdict: str) -> str:
    return f"{VERDICT_SIGNS[verdict.partition(':')[0]]} {verdict}"


def _so_many(number: int) -> str:
    return "none" if number == 0 else COUNTED[number] if number < len(COUNTED) else grouped(number)


def _middle(values: Sequence[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def status_letter(status: str) -> str:
    """Return the letter of a status: F for fact, D for derived, A for assumption."""
    return STATUS_LETTERS.get(status, "?")


def status_word(status: str) -> str:
    """Return the word of a status: fact, derived, assumption."""
    return STATUS_WORDS.get(status, status)
