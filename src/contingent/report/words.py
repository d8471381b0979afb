"""Numbers and sentences of every output: how a plan is said, whatever it is printed on.

Thin spaces group thousands, one thin space stands before the per cent sign, and both do not break at a line's end. A
share below one is never rounded up to 100 %, nor one above nothing down to 0 %. Days are said as D+90 and as dates.

    headline(scenario, plan)            the answer in some five sentences
    shortfalls(scenario, plan)          what stays empty, by capability, worst first
    goal_sentence(plan, goal)           what a goal reaches and how far that is proven
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from contingent.model.rows import Requirement
from contingent.model.rules import COMPONENTS, line_until, lines_of_option
from contingent.model.scenario import Scenario
from contingent.plan import REASONS, Goal, Plan
from contingent.report.mandate import (
    NEAR,
    STATUS_WORDS,
    UNIT_WORDS,
    Row,
    assumed_people,
    factor_meanings,
    force_size,
    hits,
    past_missions,
    widest_factors,
)

THIN_SPACE = "\u202f"
"""Narrow space that does not break at the end of a line."""

DAYS_IN_YEAR = 365.25
"""Mean length of a calendar year. [days]"""

DAYS_IN_MONTH = DAYS_IN_YEAR / 12
"""Mean length of a calendar month. [days]"""

SMALLEST_GAP = 1e-6
"""Unit-days below this are rounding, not a gap. [unit-days]"""

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COUNTED = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

REASON_LABELS = {
    "not_offered": "not offered",
    "caveat": "caveat",
    "not_ready": "not ready",
    "in_dwell": "in dwell",
    "outranked": "needed elsewhere",
    "ceiling": "at its ceiling",
    "one_nation": "one-nation line",
    "no_line": "no line asks for it",
    "not_needed": "not needed",
    "overlooked": "search ended before",
}
"""Each reason of a gap, or of an offer that stays at home, in a few words."""

REASON_PHRASES = {
    "not_offered": "not enough is offered",
    "caveat": "ruled out by caveats",
    "not_ready": "units are not ready in time",
    "in_dwell": "too few units to rotate",
    "outranked": "units are needed elsewhere",
    "ceiling": "nations are at their ceilings",
    "one_nation": "no one nation can hold it",
}
"""Each reason as a reader says it who has never planned a force."""

ACRONYMS = frozenset({"aew", "c2", "cbrn", "cis", "eod", "hq", "isr", "mcm", "mpa", "sof", "uas", "uav"})
"""Words of keys that are written in capitals."""

ALWAYS_PLURAL = frozenset({"headquarters"})
"""Units whose name is the same for one and for many."""

STATUS_LABELS = {
    "optimal": "proven best",
    "feasible": "proven within the bound",
    "time_limit": "best found in the time given",
    "empty": "nothing to decide",
}
"""Each status of a goal in words."""

GOAL_LABELS = {
    "burden": "Balance of burden",
    "continuity": "Continuity on posts",
    "cost": "Cost",
}


def grouped(number: float, *, places: int = 0) -> str:
    """Return a number with its thousands apart by thin spaces.

    Examples
    --------
    >>> grouped(1234567).replace(THIN_SPACE, "_")
    '1_234_567'
    >>> grouped(-0.25, places=1)
    '−0.2'
    """
    text = f"{abs(number):,.{places}f}".replace(",", THIN_SPACE)
    return f"−{text}" if number < 0 and float(f"{abs(number):.{places}f}") else text


def amount(number: float) -> str:
    """Return a count of units: whole where it is whole, else with one decimal.

    >>> amount(2.0), amount(0.5), amount(0.01)
    ('2', '0.5', 'under 0.1')
    """
    if 0 < number < 0.05:
        return "under 0.1"
    rounded = round(number, 1)
    return grouped(rounded) if rounded == int(rounded) and abs(number - rounded) < 1e-9 else grouped(number, places=1)


def percent(share: float) -> str:
    """Return a share as a percentage that claims neither all nor nothing unless it is so.

    >>> [percent(share).replace(THIN_SPACE, " ") for share in (0.843, 0.999, 0.9999, 1.0, 0.0004, 0.0)]
    ['84 %', '99.9 %', 'over 99.9 %', '100 %', 'under 0.1 %', '0 %']
    """
    hundredths = share * 100
    if abs(share - 1) < 1e-9 or share == 0 or 1 <= hundredths < 99:
        return f"{grouped(hundredths)}{THIN_SPACE}%"
    if 99.95 <= hundredths < 100:
        return f"over 99.9{THIN_SPACE}%"
    if 0 < hundredths < 0.1:
        return f"under 0.1{THIN_SPACE}%"
    return f"{grouped(hundredths, places=1 if hundredths < 100 else 0)}{THIN_SPACE}%"


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return a small number in words with its noun, a larger one in figures.

    >>> counted(1, "nation"), counted(31, "nation"), counted(2, "battery", "batteries")
    ('one nation', '31 nations', 'two batteries')
    """
    noun = one if number == 1 else (f"{one}s" if many is None else many)
    return f"{COUNTED[number] if 0 <= number < len(COUNTED) else grouped(number)} {noun}"


def plain(name: str) -> str:
    """Return a key as words: ``air_defence`` as air defence, ``isr_aircraft`` as ISR aircraft."""
    return " ".join(word.upper() if word in ACRONYMS else word for word in name.split("_"))


def factor_words(name: str) -> str:
    """Return a planning factor's name as words, without the unit that stands beside its value.

    >>> factor_words("frontage_km"), factor_words("eod_clearance_km2_per_day"), factor_words("shifts")
    ('frontage', 'EOD clearance km² per day', 'shifts')
    """
    words = name.replace("km2", "km²").split("_")
    return plain("_".join(words[:-1] if len(words) > 1 and words[-1] in UNIT_WORDS else words))


def quantity_words(value: float, unit: str, *, short: bool = False) -> str:
    """Return a value with its unit, a share as a percentage; in short the unit without what it counts for.

    >>> [quantity_words(24, "km per battalion", short=short) for short in (False, True)]
    ['24 km per battalion', '24 km']
    >>> quantity_words(1.3, "-"), quantity_words(0.25, "people per 1,000"), quantity_words(1, "batteries per site")
    ('1.3', '0.25 people per 1,000', '1 battery per site')
    """
    if unit == "share":
        return percent(value)
    unit = unit.replace("km2", "km²")
    text = grouped(value) if abs(value) >= 1000 and value == int(value) else f"{value:.4g}".replace("-", "−")
    counted_in, per, rest = unit.partition(" per ")
    if value == 1 and counted_in.endswith("s") and counted_in not in ALWAYS_PLURAL:
        counted_in = counted_in[:-3] + "y" if counted_in.endswith("ies") else counted_in[:-1]
    return text if unit in ("-", "") else f"{text} {counted_in if short else counted_in + per + rest}"


def leading_capital(text: str) -> str:
    """Return the text with a capital at its head, the rest as it is."""
    return f"{text[:1].upper()}{text[1:]}"


def listed(words: Sequence[str]) -> str:
    """Return words as a list in a sentence: a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def sentence(text: str) -> str:
    """Return the text with a capital at its head and a full stop at its end."""
    return f"{leading_capital(text)}{'' if text.endswith(('.', '?', '!')) else '.'}"


def short_date(when: date) -> str:
    """Return a date as 15 Jan 2027, in English on every machine."""
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def date_time_group(when: date) -> str:
    """Return the military date-time group of a day's first minute, UTC.

    >>> date_time_group(date(2026, 11, 22))
    '220000ZNOV26'
    """
    return f"{when.day:02d}0000Z{MONTHS[when.month - 1].upper()}{when.year % 100:02d}"


def d_day(day: int) -> str:
    """Return a day as D+90; D-day itself as D-day."""
    return "D-day" if day == 0 else f"D+{grouped(day)}"


def window(from_day: int, until_day: int) -> str:
    """Return a half-open window as D+0 to D+180 (the last day is the one before)."""
    return f"D+{grouped(from_day)} to D+{grouped(until_day)}"


def duration(days: int) -> str:
    """Return a length of time in words, as near as it is true.

    >>> duration(1826), duration(1800), duration(360), duration(45)
    ('five years', 'about five years', 'about one year', '45 days')
    """
    years = days / DAYS_IN_YEAR
    whole = round(years)
    if whole >= 1 and abs(years - whole) / whole <= 0.05:
        return f"{'' if abs(years - whole) / whole <= 0.005 else 'about '}{counted(whole, 'year')}"
    if days >= 60:
        return f"about {counted(round(days / DAYS_IN_MONTH), 'month')}"
    return counted(days, "day") if days < 13 else f"{days} days"


def hours_words(hours: int) -> str:
    """Return hours until battalions are there, in words: there, 24 h, 10 days."""
    return "there" if hours == 0 else f"{hours} h" if hours < 96 else f"{hours // 24} days"


def reason_words(reason: str) -> str:
    """Return the reasons of a gap in a few words; several at once are joined by a plus."""
    return " + ".join(REASON_LABELS.get(part.strip(), plain(part.strip())) for part in reason.split(";"))


def reason_phrase(reason: str) -> str:
    """Return the reasons of a gap as a clause that needs no glossary."""
    return " and ".join(REASON_PHRASES.get(part.strip(), plain(part.strip())) for part in reason.split(";"))


def reason_sentence(reason: str) -> str:
    """Return what the reasons of a gap mean, as a sentence."""
    return sentence("; ".join(REASONS.get(part.strip(), plain(part.strip())) for part in reason.split(";")))


def why_alone(line: str, detail: str | None) -> str:
    """Return a gap's detail without the line and the number short, which are said beside it."""
    said = detail or ""
    return sentence(said.split(": ", 1)[1]) if said.startswith(f"Line {line} is ") and ": " in said else said


def force_name(plan: Plan) -> str:
    """Return what the planned force is called: its option where it has one."""
    return "force" if plan.option is None else f"{plain(plan.option)} force"


def option_title(scenario: Scenario, option: str | None) -> str:
    """Return an option's title as options.csv has it, or its name."""
    if option is None:
        return "All lines"
    return next((row.title for row in scenario.options if row.option == option), plain(option))


def nations_among(scenario: Scenario, names: Iterable[str]) -> int:
    """Return how many of some contributors are nations: units that nations own together are none."""
    states = {row.nation for row in scenario.nations if row.kind == "state"}
    return len(states & set(names))


def nations_deployed(scenario: Scenario, plan: Plan) -> int:
    """Return how many nations have at least one tour."""
    return nations_among(scenario, plan.tours["nation"].unique())


def lines_held_throughout(scenario: Scenario, plan: Plan) -> tuple[int, int]:
    """Return how many lines never have a gap, and how many lines there are."""
    lines = [
        line
        for line in lines_of_option(scenario, plan.option)
        if line.quantity > 0 and line_until(scenario, line) > line.from_day
    ]
    short = set(plan.coverage.filter(pl.col("gap") > SMALLEST_GAP)["line"])
    return sum(line.line not in short for line in lines), len(lines)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What one capability lacks.

    Parameters
    ----------
    capability : str
        As requirement lines ask for it.
    priority : int
        The highest priority among its lines with a gap.
    missing, required : float
        Unit-days unfilled and asked for. [unit-days]
    lines : tuple of str
        Serials of its lines with a gap.
    reasons : tuple of (str, float)
        Each tested reason and the unit-days that it explains, largest first.
    """

    capability: str
    priority: int
    missing: float
    required: float
    lines: tuple[str, ...]
    reasons: tuple[tuple[str, float], ...]

    @property
    def share(self) -> float:
        """Share of what was asked for that stays empty. [-]"""
        return self.missing / self.required if self.required else 0.0


def shortfalls(plan: Plan, *, priority: int | None = None) -> tuple[Shortfall, ...]:
    """Return what stays empty by capability, by priority and then by the unit-days missing, worst first."""
    days = pl.col("until_day") - pl.col("from_day")
    coverage = plan.coverage if priority is None else plan.coverage.filter(pl.col("priority") == priority)
    gaps = plan.gaps if priority is None else plan.gaps.filter(pl.col("priority") == priority)
    totals = coverage.group_by("capability").agg(
        missing=(pl.col("gap") * days).sum(),
        required=(pl.col("required") * days).sum(),
        priority=pl.col("priority").filter(pl.col("gap") > SMALLEST_GAP).min(),
        lines=pl.col("line").filter(pl.col("gap") > SMALLEST_GAP).unique().sort(),
    )
    explained = (
        gaps.group_by("capability", "reason").agg(pl.col("unit_days").sum()).sort("unit_days", "reason", descending=[True, False])
    )
    reasons: dict[str, list[tuple[str, float]]] = {}
    for capability, reason, unit_days in explained.iter_rows():
        reasons.setdefault(capability, []).append((reason, unit_days))
    found = [
        Shortfall(
            row["capability"],
            row["priority"],
            row["missing"],
            row["required"],
            tuple(row["lines"]),
            tuple(reasons.get(row["capability"], ())),
        )
        for row in totals.iter_rows(named=True)
        if row["missing"] > SMALLEST_GAP
    ]
    return tuple(sorted(found, key=lambda short: (short.priority, -short.missing, short.capability)))


def headline(scenario: Scenario, plan: Plan) -> list[str]:
    """Return the answer in some five sentences: what is held, how sure that is, who goes, what stays empty, what it rests on.

    Where the requirement was sized from a mandate, how large that says the force must be comes first, and what one must believe
    for it after what is held.
    """
    if not plan.required_unit_days or sum(plan.required_unit_days.values()) == 0:
        return ["This requirement asks for nothing, so nothing was planned."]
    sentences = what_is_asked(scenario, plan)
    sentences.append(what_is_held(scenario, plan))
    sentences += what_to_believe(scenario, plan)
    sentences += lower_priorities(plan)
    if plan.tours.height:
        tours, units = counted(plan.tours.height, "tour"), counted(plan.tours["unit"].n_unique(), "unit")
        sentences.append(
            f"At the peak {grouped(plan.people_deployed_peak)} people are deployed at once; in all, {tours} of {units}."
        )
    sentences.append(what_stays_empty(plan))
    if plan.tours.height:
        sentences.append(what_it_rests_on(plan))
    return sentences


COMPONENT_PHRASES = {"land": "on land", "air": "in the air", "maritime": "at sea", "support": "in support"}


def what_is_asked(scenario: Scenario, plan: Plan) -> list[str]:
    """Return how large the mandate says the force must be, by component; nothing where no line was sized from one."""
    size = force_size(scenario, plan)
    if size is None:
        return []
    parts = [f"{about(size.by_component[name])} {COMPONENT_PHRASES[name]}" for name in COMPONENTS if size.by_component[name]]
    split = f": {listed(parts)}" if len(parts) > 1 else ""
    return [f"The mandate of the {force_name(plan)} asks for some {about(size.people)} people on its fullest day{split}."]


def what_to_believe(scenario: Scenario, plan: Plan) -> list[str]:
    """Return what one must believe to arrive at that size: what of it is assumed, what moves it most, how the methods fare."""
    size = force_size(scenario, plan)
    if size is None:
        return []
    _, assumed = assumed_people(scenario, plan, size.lines)
    share = percent(assumed / size.people if size.people else 0.0)
    told = f"To believe that size is to believe its assumptions: {share} of those people rest on one."
    widest = widest_factors(plan, 1)
    if widest:
        told += f" {what_moves_it_most(scenario, widest[0])}"
    past = past_missions(plan)
    if past:
        near = hits(past, NEAR)
        many = COUNTED[near] if near < len(COUNTED) else grouped(near)
        told += (
            f" Sized by the same methods, {many} of {counted(len(past), 'past mission')} "
            f"{'comes' if near == 1 else 'come'} within a factor of two of what was sent."
        )
    return [told]


def what_moves_it_most(scenario: Scenario, row: Row) -> str:
    """Return which factor moves the size most, at its value and at the ends of its range."""
    known = factor_meanings(scenario).get((row["factor"], row["scope"]))
    meaning = known.meaning.rstrip(".") if known is not None else factor_words(row["factor"])
    ends = [
        f"at {quantity_words(row[kind], row['unit'])} it would be some {about(row[f'people_{kind}'])}"
        for kind in ("low", "high")
        if row[kind] != row["value"]
    ]
    now = f"{quantity_words(row['value'], row['unit'])}, {STATUS_WORDS.get(row['status'], row['status'])}"
    return f"What moves it most is “{meaning}” ({now}): {', '.join(ends)}."


def about(people: int) -> str:
    """Return a number of people as exact as an estimate can be: to the hundred, below a thousand to the ten.

    >>> about(26437).replace(THIN_SPACE, " "), about(515)
    ('26 400', '520')
    """
    return grouped(round(people, -2 if people >= 1000 else -1 if people >= 100 else 0))


def what_is_held(scenario: Scenario, plan: Plan) -> str:
    """Return how much of the first priority is held over which time by how many nations, and how far that is proven."""
    first = min(plan.required_unit_days)
    fill = plan.fill_of(first)
    over = duration(scenario.settings.horizon_days)
    if fill == 0:
        return f"Over {over}, no post of priority {first} of the {force_name(plan)} is held by anyone."
    who = counted(nations_deployed(scenario, plan), "nation")
    posts = f"the {force_name(plan)}’s priority-{first} posts"
    goal = next((goal for goal in plan.goals if goal.name == f"unfilled_priority_{first}"), None)
    if abs(fill - 1) < 1e-9:
        return f"Over {over}, {who} can hold every one of {posts}, every day."
    return f"Over {over}, {who} can hold {percent(fill)} of {posts}{_proof_of_fill(plan, goal, first)}."


def _proof_of_fill(plan: Plan, goal: Goal | None, priority: int) -> str:
    required = plan.required_unit_days[priority]
    if goal is None or not required:
        return ""
    if _is_proven(goal):
        return "; from these offers, no plan can hold more"
    best = min(1.0, (required - goal.bound) / required)
    if percent(best) == percent(plan.fill_of(priority)):
        return "; no plan from these offers can hold one percentage point more"
    return f"; no plan from these offers can hold more than {percent(best)}"


def lower_priorities(plan: Plan) -> list[str]:
    """Return how much of the other priorities is held; nothing where there are none."""
    first = min(plan.required_unit_days)
    lower = [priority for priority, required in sorted(plan.required_unit_days.items()) if priority != first and required > 0]
    parts = [f"{percent(plan.fill_of(priority))} of priority {priority}" for priority in lower]
    return [f"Once those are served, it holds {listed(parts)}."] if parts else []


def what_stays_empty(plan: Plan) -> str:
    """Return what stays empty most, and why."""
    first = min(plan.required_unit_days)
    worst = shortfalls(plan, priority=first) or shortfalls(plan)
    if not worst:
        return "No post stays empty on any day."
    named = [_empty_words(short) for short in worst[:3]]
    of_what = f"Of priority {worst[0].priority}, what" if worst[0].priority == first else "What"
    return f"{of_what} stays empty most is {listed(named)}."


def _empty_words(short: Shortfall) -> str:
    main = _main_reasons(short)
    phrases = [reason_phrase(reason) for reason in main]
    why = f": {phrases[0]}" if len(phrases) == 1 else f": partly {', partly '.join(phrases)}" if phrases else ""
    return f"{plain(short.capability)} ({percent(short.share)} empty{why})"


def _main_reasons(short: Shortfall) -> list[str]:
    """The reason that explains most of a shortfall; the two that do, where none explains half of it."""
    whole = sum(unit_days for _, unit_days in short.reasons)
    most = 1 if short.reasons and short.reasons[0][1] >= whole / 2 else 2
    return [reason for reason, _ in short.reasons[:most]]


def what_it_rests_on(plan: Plan) -> str:
    """Return how much of what is filled rests on offers of low confidence."""
    part = percent(plan.low_confidence_share) if plan.low_confidence_share else "Nothing"
    return f"{part} of what is filled rests on offers of low confidence. All of it is an estimate, not a pledge by any nation."


def goal_label(name: str) -> str:
    """Return a goal's name in words."""
    if name.startswith("unfilled_priority_"):
        return f"Posts of priority {name.rsplit('_', 1)[1]} left empty"
    return GOAL_LABELS.get(name, leading_capital(plain(name)))


def goal_value(goal: Goal, value: float, *, currency: str) -> str:
    """Return a goal's value or bound with its unit."""
    if goal.name == "burden":
        return f"{value:.2f} × fair share"
    if goal.name == "cost":
        return f"{grouped(value)} {currency}"
    return f"{grouped(value)} {goal.unit}"


def goal_sentence(plan: Plan, goal: Goal) -> str:
    """Return what a goal reaches and how far that is proven, in plain words."""
    if goal.status == "empty":
        return "There was nothing to decide."
    if goal.name == "cost" and goal.value == 0:
        return "Nothing that goes is costed."
    if goal.name.startswith("unfilled_priority_"):
        priority = int(goal.name.rsplit("_", 1)[1])
        reached = f"{percent(plan.fill_of(priority))} of the unit-days asked for are filled."
        required = plan.required_unit_days.get(priority, 0.0)
        if required and not _is_proven(goal):
            best = percent(min(1.0, (required - goal.bound) / required))
            others = "no plan" if goal is plan.goals[0] else "no plan that keeps the goals above"
            return f"{reached} Perhaps not the best plan, but {others} fills more than {best}."
        return f"{reached} {_proof(goal)}"
    if goal.name == "burden":
        return f"No nation carries more than {goal.value:.2f} times its fair share of the whole requirement. {_proof(goal)}"
    if goal.name == "continuity":
        times = leading_capital(counted(round(goal.value), "time"))
        return f"{times} a nation takes up a post that it did not hold the day before. {_proof(goal)}"
    return _proof(goal)


def _is_proven(goal: Goal) -> bool:
    return goal.status == "optimal" or goal.value - goal.bound <= 1e-9 * max(1.0, abs(goal.value))


def _proof(goal: Goal) -> str:
    """How far a goal is proven."""
    if _is_proven(goal):
        return "Proven: no plan that keeps the goals above does better."
    if goal.bound <= 0:
        return "How much lower it could be was not proven."
    return f"Perhaps not the best plan: it could be lower, by at most {percent((goal.value - goal.bound) / goal.value)}."


def line_title(scenario: Scenario, line: Requirement) -> str:
    """Return a line in words: its title, or else its capability and place."""
    return line.title or joined((leading_capital(plain(line.capability)), place_name(scenario, line.location)), ", ")


def place_name(scenario: Scenario, location: str | None) -> str:
    """Return a location's name in reports; nothing where the line has none."""
    if location is None:
        return ""
    row = scenario.location_by_name.get(location)
    return row.name if row is not None and row.name else location


def lines_closed(scenario: Scenario, closes: str | None) -> tuple[tuple[str, ...], str]:
    """Return the lines that a remedy closes, and what else stands beside them: that no cheaper set was ruled out."""
    parts = [part.strip() for part in (closes or "").split(";") if part.strip()]
    lines = tuple(part for part in parts if part in scenario.requirement_by_line)
    return lines, "; ".join(part for part in parts if part not in scenario.requirement_by_line)


def joined(parts: Iterable[str | None], separator: str = " · ") -> str:
    """Return the parts that are there, joined."""
    return separator.join(part for part in parts if part)
