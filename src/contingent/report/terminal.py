"""The plan on one screen of a terminal: sentences, fill by priority, goals, the worst gaps, who carries how much; where there is
a mandate, its size, what one must believe for it, who leads, and whether it is enough; where it was played through, stressed or
multiplied, a sentence on each.

Written for 80 columns, for a pipe as for a screen, and for a reader without colours: colour only repeats what signs and
numbers say. Where the terminal's encoding cannot show a sign, its nearest plain character stands there instead.

    print_summary(scenario, plan, console)
"""

import unicodedata

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from contingent.model.scenario import Scenario
from contingent.plan import Goal, Plan
from contingent.report.host import has_aid, host_sentences
from contingent.report.mandate import Row, enough_from, frameworks, incursions, not_held
from contingent.report.outlook import outlook
from contingent.report.words import (
    STATUS_LABELS,
    amount,
    d_day,
    goal_label,
    grouped,
    headline,
    hours_words,
    line_title,
    option_title,
    percent,
    plain,
    reason_words,
)

WORST_GAPS = 8
"""Lines with a gap that are named; the rest are counted. [lines]"""

MOST_NATIONS = 10
"""Nations that are named; the rest are added up. [nations]"""

MOST_NAMED = 5
"""Formations, and incursions, that are named; the report has all."""

BAR_WIDTH = 30
"""A bar of full fill. [characters]"""

PLAIN_SIGNS = str.maketrans(
    {
        "●": "#",
        "◐": "+",
        "○": ".",
        "█": "#",
        "░": ".",
        "×": "x",
        "–": "-",
        "—": "-",
        "−": "-",
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "…": "...",
        "\u202f": " ",
        "\u00a0": " ",
        "·": "-",
        "²": "2",
    }
)
"""What stands for a sign in a terminal that knows only plain characters."""


def print_summary(scenario: Scenario, plan: Plan, console: Console) -> None:
    """Print the plan on one screen.

    Parameters
    ----------
    scenario : Scenario
        The scenario that was planned, with its offers derived.
    plan : Plan
        A plan of it.
    console : rich.console.Console
        Where to print; its width, colours and encoding are kept to.
    """
    say = Speech(console)
    option = f" · {option_title(scenario, plan.option)}" if plan.option is not None else ""
    say.line(plan.marking, style="bold red")
    say.line(f"{plan.title}{option}", style="bold")
    say.line()
    for said in headline(scenario, plan):
        say.line(said)
    for said in structure_lines(plan):
        say.line(said)
    for said, section in outlook(scenario, plan):
        if section != "host":
            say.line(said)
    if has_aid(plan):
        say.line()
        say.line("The host's army", style="bold")
        for said in host_sentences(scenario, plan):
            say.line(said)
    for table in (fill_table(plan), goals_table(scenario, plan), gaps_table(scenario, plan), nations_table(plan)):
        if table is not None:
            say.line()
            say.table(*table)
    say.line()
    say.line(plan.marking, style="bold red")


def structure_lines(plan: Plan) -> list[str]:
    """Return who leads, which headquarters are empty, whether it is enough: a line each, none where the plan says nothing."""
    said = []
    led = frameworks(plan)[:MOST_NAMED]
    if led:
        named = [f"{row['name']} {row['framework_nation']}" for row in led]
        said.append(f"Framework nations: {'; '.join(named)}.")
    empty = [row["name"] for row in not_held(plan)]
    if empty:
        more = f" and {len(empty) - MOST_NAMED} more" if len(empty) > MOST_NAMED else ""
        said.append(f"Headquarters that nobody can hold: {'; '.join(empty[:MOST_NAMED])}{more}.")
    elif plan.formations["headquarters_fill"].is_not_null().any():
        said.append("Headquarters that nobody can hold: none.")
    answers = [f"{rows[0]['title']} {_enough(rows)}" for rows in incursions(plan)[:MOST_NAMED]]
    if answers:
        said.append(f"Enough battalions: {'; '.join(answers)}.")
    return said


def _enough(rows: list[Row]) -> str:
    hours = enough_from(rows)
    if hours is None:
        last = rows[-1]
        return f"no, {amount(last['needed'] - last['total'])} short after {hours_words(last['hours'])}"
    return "yes, from the start" if hours == 0 else f"yes, within {hours_words(hours)}"


Rows = list[tuple[str, ...]]
Columns = tuple[tuple[str, str], ...]
"""Heads of columns, each with how it is set: left, right, or fold (the column that gives way when the screen is narrow)."""


class Speech:
    """Prints text and tables as the console can show them."""

    def __init__(self, console: Console) -> None:
        self.console = console

    def said(self, text: str) -> Text:
        """Return the text as it can be shown: never as markup, no control characters, plain signs where others fail."""
        clean = "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cs"))
        try:
            clean.encode(self.console.encoding)
        except (UnicodeEncodeError, LookupError):
            plainer = unicodedata.normalize("NFKD", clean.translate(PLAIN_SIGNS))
            clean = plainer.encode("ascii", errors="ignore").decode("ascii")
        return Text(clean)

    def line(self, text: str = "", *, style: str = "") -> None:
        """Print one paragraph."""
        said = self.said(text)
        said.stylize(style)
        self.console.print(said, soft_wrap=False)

    def table(self, title: str, columns: Columns, rows: Rows) -> None:
        """Print a table under its title, no wider than the console."""
        plain_box = box.ASCII2 if self.console.options.ascii_only else box.SIMPLE_HEAD
        table = Table(box=plain_box, pad_edge=False, show_edge=False, padding=(0, 1), header_style="bold")
        for head, how in columns:
            table.add_column(
                self.said(head), justify="right" if how == "right" else "left", no_wrap=how != "fold", overflow="fold"
            )
        for row in rows:
            table.add_row(*(self.said(cell) for cell in row))
        self.line(title, style="bold")
        self.console.print(table)


def bar(share: float) -> str:
    """Return a share as a bar that is full only when all is filled, and empty only when nothing is.

    >>> bar(0.999)[-2:], bar(0.001)[:2]
    ('█░', '█░')
    """
    blocks = round(share * BAR_WIDTH)
    if 0 < share < 1:
        blocks = min(max(blocks, 1), BAR_WIDTH - 1)
    return "█" * blocks + "░" * (BAR_WIDTH - blocks)


def sign_of(share: float) -> str:
    """Return the sign of a share filled: all, some, none."""
    return "●" if share >= 1 - 1e-9 else "○" if share <= 1e-9 else "◐"


def fill_table(plan: Plan) -> tuple[str, Columns, Rows] | None:
    """Return fill by priority: sign, bar, share, unit-days missing."""
    rows: Rows = []
    for priority, required in sorted(plan.required_unit_days.items()):
        fill = plan.fill_of(priority)
        missing = max(0.0, required - plan.filled_unit_days.get(priority, 0.0))
        rows.append((f"priority {priority}", f"{sign_of(fill)} {bar(fill)}", percent(fill), grouped(missing)))
    if not rows:
        return None
    return "Fill by priority", (("", "left"), ("", "left"), ("filled", "right"), ("unit-days missing", "right")), rows


FAR = 0.5
"""A bound further from its value than this share of it says nothing that is worth a figure. [-]"""


def proof_words(goal: Goal) -> str:
    """Return in a few words how near the value is known to be to the best.

    >>> proof_words(Goal("cost", 100.0, 90.0, "time_limit", "search", 1.0, "EUR")).replace("\u202f", " ")
    'within 10 %'
    """
    if goal.status in ("optimal", "empty"):
        return STATUS_LABELS[goal.status]
    open_share = (goal.value - goal.bound) / goal.value if goal.value > 0 else 1.0
    return "best found" if open_share > FAR else f"within {percent(open_share)}"


def goals_table(scenario: Scenario, plan: Plan) -> tuple[str, Columns, Rows] | None:
    """Return the goals in their order: value, bound, and the status in words."""
    rows: Rows = []
    for goal in plan.goals:
        places = 3 if goal.name == "burden" else 0
        unit = scenario.settings.currency if goal.name == "cost" else goal.unit
        figures = (grouped(number, places=places) for number in (goal.value, goal.bound))
        rows.append((goal_label(goal.name), *figures, unit, proof_words(goal)))
    if not rows:
        return None
    columns = (("Goal", "left"), ("Value", "right"), ("Bound", "right"), ("Unit", "left"), ("Status", "fold"))
    return "Goals, in their order; less is better; no plan can be below the bound", columns, rows


def gaps_table(scenario: Scenario, plan: Plan) -> tuple[str, Columns, Rows] | None:
    """Return the lines that lack most, by priority: unit-days missing, when, and the reason that explains most of it."""
    lines: dict[str, list[dict[str, object]]] = {}
    for gap in plan.gaps.iter_rows(named=True):
        lines.setdefault(gap["line"], []).append(gap)
    worst = sorted(lines.items(), key=lambda pair: (_priority(pair[1]), -_missing(pair[1]), pair[0]))
    rows: Rows = []
    for line, gaps in worst[:WORST_GAPS]:
        row = scenario.requirement_by_line.get(line)
        title = line_title(scenario, row) if row is not None else plain(str(gaps[0]["capability"]))
        first, last = min(_day(gap, "from_day") for gap in gaps), max(_day(gap, "until_day") for gap in gaps)
        rows.append(
            (f"{_priority(gaps)}", line, title, grouped(_missing(gaps)), f"{d_day(first)} to {d_day(last)}", _main_reason(gaps))
        )
    if not rows:
        return None
    columns = (
        ("Pri", "right"),
        ("Line", "fold"),
        ("Requirement", "fold"),
        ("Unit-days", "right"),
        ("Between", "fold"),
        ("Mostly", "fold"),
    )
    return f"Worst gaps (lines shown: {len(rows)} of {len(worst)})", columns, rows


def _priority(gaps: list[dict[str, object]]) -> int:
    return min(_day(gap, "priority") for gap in gaps)


def _missing(gaps: list[dict[str, object]]) -> float:
    return sum(float(str(gap["unit_days"])) for gap in gaps)


def _day(gap: dict[str, object], column: str) -> int:
    return int(str(gap[column]))


def _main_reason(gaps: list[dict[str, object]]) -> str:
    by_reason: dict[str, float] = {}
    for gap in gaps:
        by_reason[str(gap["reason"])] = by_reason.get(str(gap["reason"]), 0.0) + float(str(gap["unit_days"]))
    return reason_words(min(by_reason, key=lambda reason: (-by_reason[reason], reason)))


def nations_table(plan: Plan) -> tuple[str, Columns, Rows] | None:
    """Return the nations that carry the largest multiple of their fair share; those without one by person-days after them."""
    deployed = [row for row in plan.nations.iter_rows(named=True) if row["tours"]]
    deployed.sort(key=lambda row: (row["burden"] is None, -(row["burden"] or 0.0), -row["person_days"], row["nation"]))
    rows: Rows = [
        (
            row["nation"],
            row["name"],
            f"{row['units_used']} of {row['units_offered']}",
            f"{row['tours']}",
            grouped(row["people_peak"]),
            percent(row["share"]),
            percent(row["fair_share"]) if row["fair_share"] is not None else "",
            f"{row['burden']:.2f}" if row["burden"] is not None else "",
        )
        for row in deployed[:MOST_NATIONS]
    ]
    if not rows:
        return None
    columns = (
        ("", "fold"),
        ("Nation", "fold"),
        ("Units used", "right"),
        ("Tours", "right"),
        ("Peak", "right"),
        ("Share", "right"),
        ("Fair", "right"),
        ("Burden", "right"),
    )
    shown = f", {len(rows)} shown" if len(rows) < len(deployed) else ""
    who = f"{len(deployed)} of {plan.nations.height} contributors deploy{shown}"
    return f"Nations by burden (1.00 = fair share); {who}", columns, rows
