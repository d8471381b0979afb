"""From the mandate to the requirement, and what it makes: ``Mandate``, ``Factors``, ``Missions``, ``Structure``, ``Adequacy``.

Each sheet is left out where the plan says nothing of it.
"""

from contingent.report.mandate import (
    COMPONENT_NAMES,
    STATUS_WORDS,
    factor_meanings,
    factor_off,
    force_size,
    formation_order,
    incursions,
    own_row,
    past_missions,
    sized_lines,
    verdict_on,
)
from contingent.report.words import factor_words, grouped, line_title, percent, place_name, plain, what_is_asked
from contingent.report.workbook.book import Book, Column, Page
from contingent.report.workbook.brief import Brief
from contingent.report.workbook.gaps import spaced

MANDATE_COLOUR, STRUCTURE_COLOUR = "#5B9BC8", "#1B3A57"

MANDATE = Page(
    "Mandate",
    "What each task of the mandate asks for, and how the figure was worked out.",
    (
        Column("Task", "text", 14, "Task of the mandate; blank = the line was typed in, not sized."),
        Column("Title", "wrapped", 36, "The task, or the line, in words."),
        Column("Status", "text", 11, "Whether the task is a fact, derived, or an assumption."),
        Column("Method", "text", 20, "Method by which it was sized."),
        Column("Serial", "text", 16, "The line's serial."),
        Column("Component", "text", 10, "Land, air, sea or support; joint units count as land, logistics as support."),
        Column("Unit type", "wrapped", 30, "Type by whose strength people are counted."),
        Column("Place", "wrapped", 18, "Where."),
        Column("Units", "count", 7, "Units asked for. [units]"),
        Column("People", "count", 9, "People of those units. [people]"),
        Column("From", "day", 7.5, "First day of the need."),
        Column("Until", "day", 7.5, "Day on which it ends."),
        Column("Fullest day", "yes", 8, "yes = open on the day on which the mandate asks for most people."),
        Column(
            "How it was worked out", "wrapped", 90, "The arithmetic in one sentence, with each factor, its source and its status."
        ),
        Column("Source", "wrapped", 50, "Where the task comes from, or why it was chosen."),
    ),
)

FACTORS = Page(
    "Factors",
    "Every planning factor that sizing read, once; where it has a range, what its ends do to the total.",
    (
        Column("Factor", "wrapped", 30, "The factor, as the tables name it."),
        Column("Scope", "text", 14, "What the row holds for: all, or a task, an option or a demand."),
        Column("In words", "wrapped", 44, "What the factor says."),
        Column("Value", "figure", 9, "The value taken."),
        Column("Low", "figure", 9, "Least credible value; blank = not varied."),
        Column("High", "figure", 9, "Greatest credible value; blank = not varied."),
        Column("Unit", "wrapped", 16, "Unit of the three values."),
        Column("Status", "text", 11, "fact, derived or assumption."),
        Column("Confidence", "text", 11, "How far it can be trusted."),
        Column("People at low", "count", 9, "People that the mandate asks for on its fullest day at the low value."),
        Column("People as taken", "count", 9, "The same at the value taken."),
        Column("People at high", "count", 9, "The same at the high value."),
        Column("Between", "count", 9, "People between the least and the most of the three."),
        Column("Read by", "wrapped", 30, "Tasks that read it."),
        Column("Source or reason", "wrapped", 70, "Where the figure comes from, or why it was chosen."),
    ),
)

MISSIONS = Page(
    "Missions",
    "Past missions, sized by the same methods and factors, against what was sent, misses included; this plan is the last row.",
    (
        Column("Mission", "text", 16, "Short name of the mission."),
        Column("Name", "wrapped", 40, "The mission in words."),
        Column("Sent", "count", 9, "People sent. [people]"),
        Column("Sized", "count", 9, "People that the methods ask for. [people]"),
        Column("Error", "share", 9, "Sized less sent, as a share of sent."),
        Column("Factor off", "ratio", 9, "By which factor it is too large or too small; 1.00 = as it was sent."),
        Column("Verdict", "wrapped", 18, "within 1.5, within 2, or missed."),
        Column("Line [km]", "amount", 9, "Length of its line."),
        Column("Area [km²]", "amount", 10, "Its area."),
        Column("Inhabitants", "count", 12, "People who live there."),
        Column("Sent per km", "ratio", 9, "People sent per km of line."),
        Column("Sized per km", "ratio", 9, "People sized per km of line."),
        Column("Sent per 1,000", "ratio", 9, "People sent per 1,000 inhabitants."),
        Column("Sized per 1,000", "ratio", 9, "People sized per 1,000 inhabitants."),
        Column("Confidence", "text", 11, "How far the figures can be trusted."),
        Column("Source", "wrapped", 60, "Where the figures come from."),
    ),
)

STRUCTURE = Page(
    "Structure",
    "Who stands under whom: each formation with all that stand under it, over the whole time.",
    (
        Column("Formation", "wrapped", 36, "The formation, set in by its step of the tree."),
        Column("Echelon", "text", 18, "Size of the formation."),
        Column("Component", "text", 10, "force, land, air, maritime or support."),
        Column("Under", "wrapped", 24, "Formation that it stands under."),
        Column("Place", "wrapped", 18, "Where its headquarters stands."),
        Column("Headquarters", "wrapped", 20, "Lines that are its headquarters."),
        Column("From", "day", 7.5, "First day of its window."),
        Column("Until", "day", 7.5, "Day on which the window ends."),
        Column("HQ held", "share", 9, "Share of the window in which its headquarters is held; blank = it has none of its own."),
        Column("Framework nation", "text", 11, "Nation that holds the formation together; blank = none."),
        Column("It holds", "share", 9, "Share of the window in which that nation holds the headquarters."),
        Column("Rule", "wrapped", 44, "Why it is that nation, or why there is none."),
        Column("Nations", "count", 8, "Nations with a unit in it on any day."),
        Column("Nations and unit-days", "wrapped", 44, "Unit-days of each nation, the most first."),
        Column("Battlegroups", "count", 10, "Most battlegroups in it on one day."),
        Column("Nations per battlegroup", "ratio", 11, "Nations in a battlegroup, on average over battlegroups and days."),
        Column("People, most on one day", "count", 11, "Most people in it on one day. [people]"),
    ),
)

ADEQUACY = Page(
    "Adequacy",
    "Battalion equivalents there within hours, against each incursion that the planner has named. A count, not a fight.",
    (
        Column("Incursion", "wrapped", 34, "The incursion in words."),
        Column("Sector", "wrapped", 20, "Sector that it enters."),
        Column("Day", "day", 7.5, "Day on which it is looked at."),
        Column("Within [h]", "count", 8, "Hours within which battalions are counted; 0 = those in the sector."),
        Column("Coalition", "amount", 9, "Battalion equivalents of the force."),
        Column("Host", "amount", 9, "Battalion equivalents of the host."),
        Column("Both", "amount", 9, "Both together."),
        Column("Come", "amount", 9, "Battalion equivalents that come."),
        Column("One against", "amount", 9, "Battalions that one in defence is judged to hold up."),
        Column("Needed", "amount", 9, "Battalions that come, divided by that."),
        Column("Short", "amount", 9, "Needed less both; 0 = enough."),
        Column("Enough", "text", 8, "yes or no."),
        Column("What is assumed", "wrapped", 90, "Each assumption behind the row."),
    ),
)


def mandate_sheet(book: Book, brief: Brief) -> None:
    """Write what each task asks for, one row a line, with its arithmetic."""
    scenario, plan = brief.scenario, brief.plan
    size = force_size(scenario, plan)
    if size is None:
        return
    there = {line.line for line in size.lines}
    methods = dict(plan.sizing.select("mandate", "method").iter_rows())
    rows = []
    for line in sized_lines(scenario, plan):
        task = scenario.task_by_name.get(line.task or "")
        typed = scenario.requirement_by_line.get(line.line)
        title = task.title if task is not None else line_title(scenario, typed) if typed is not None else plain(line.capability)
        source = task.source if task is not None else typed.source if typed is not None else None
        rows.append(
            (
                line.task,
                title,
                STATUS_WORDS.get(task.status, task.status) if task is not None else None,
                plain(methods[line.task]) if line.task is not None else "typed in",
                line.line,
                COMPONENT_NAMES[line.component],
                line.unit_type.name if line.unit_type is not None else plain(line.capability),
                place_name(scenario, line.location),
                line.quantity,
                line.people,
                line.from_day,
                line.until_day,
                line.line in there,
                line.sentence,
                source,
            )
        )
    book.table(MANDATE, rows, freeze_columns=2, tab=MANDATE_COLOUR, note=" ".join(what_is_asked(scenario, plan)))


def factors_sheet(book: Book, brief: Brief) -> None:
    """Write every planning factor once, with what its ends do to the total; those that move it most first."""
    plan = brief.plan
    if plan.factors.height == 0:
        return
    meanings = factor_meanings(brief.scenario)
    moved = {(row["factor"], row["scope"]): row for row in plan.sensitivity.iter_rows(named=True)}
    read: dict[tuple[str, str], list[str]] = {}
    first: dict[tuple[str, str], dict[str, object]] = {}
    for row in plan.factors.iter_rows(named=True):
        key = (row["factor"], row["scope"])
        read.setdefault(key, []).append(row["mandate"])
        first.setdefault(key, row)
    rows = []
    for key, row in first.items():
        known, ends = meanings.get(key), moved.get(key)
        people = [ends[name] for name in ("people_low", "people", "people_high")] if ends is not None else [None] * 3
        numbers = [number for number in people if number is not None]
        rows.append(
            (
                row["factor"],
                row["scope"],
                known.meaning if known is not None else factor_words(key[0]),
                row["value"],
                known.low if known is not None else None,
                known.high if known is not None else None,
                row["unit"],
                STATUS_WORDS.get(str(row["status"]), row["status"]),
                row["confidence"],
                *people,
                max(numbers) - min(numbers) if numbers else None,
                "; ".join(dict.fromkeys(read[key])),
                row["source"],
            )
        )
    rows.sort(key=lambda row: (-float(str(row[12] or 0)), str(row[0]), str(row[1])))
    book.table(FACTORS, rows, freeze_columns=2, tab=MANDATE_COLOUR)


def missions_sheet(book: Book, brief: Brief) -> None:
    """Write past missions against what the methods ask for, misses included, and this plan as the last row."""
    past, own = past_missions(brief.plan), own_row(brief.plan)
    if not past:
        return
    ordered = sorted(past, key=lambda row: (-row["sent"], row["mission"])) + ([own] if own is not None else [])
    measures = ("line_km", "area_km2", "population", "sent_per_km", "sized_per_km", "sent_per_1000", "sized_per_1000")
    rows = [
        (
            row["mission"],
            row["title"],
            row["sent"],
            row["sized"],
            row["sized"] / row["sent"] - 1 if row["sent"] else None,
            factor_off(row) if row["sent"] else None,
            verdict_on(row) if row["sent"] else "not sent yet",
            *(row[name] for name in measures),
            row["confidence"],
            row["source"],
        )
        for row in ordered
    ]
    book.table(MISSIONS, rows, tab=MANDATE_COLOUR)


def structure_sheet(book: Book, brief: Brief) -> None:
    """Write the formations as a tree is read."""
    scenario = brief.scenario
    names = {row["formation"]: row["name"] for row in brief.plan.formations.iter_rows(named=True)}
    rows = []
    for row, depth in formation_order(brief.plan):
        shares = (part.rpartition(":") for part in (row["nation_list"] or "").split(";") if part)
        rows.append(
            (
                f"{'    ' * depth}{row['name']}",
                plain(row["echelon"]),
                row["component"],
                names.get(row["parent"], row["parent"]),
                place_name(scenario, row["location"]),
                spaced(row["headquarters"]),
                row["from_day"],
                row["until_day"],
                row["headquarters_fill"],
                row["framework_nation"],
                row["framework_share"],
                row["framework_rule"],
                row["nations"],
                "; ".join(f"{nation} {days}" for nation, _, days in shares),
                row["battlegroups"],
                row["nations_per_battlegroup"],
                row["people_peak"],
            )
        )
    if rows:
        held = [row["headquarters_fill"] for row, _ in formation_order(brief.plan) if row["headquarters_fill"] is not None]
        whole = sum(fill >= 1 - 1e-9 for fill in held)
        note = (
            f"{grouped(whole)} of {grouped(len(held))} headquarters are held throughout ({percent(whole / len(held))})."
            if held
            else ""
        )
        book.table(STRUCTURE, rows, tab=STRUCTURE_COLOUR, note=note)


def adequacy_sheet(book: Book, brief: Brief) -> None:
    """Write battalions within hours of each incursion against what is needed, with what is assumed."""
    sectors = brief.scenario.sector_by_name
    rows = []
    for case in incursions(brief.plan):
        for row in case:
            sector = sectors.get(row["sector"])
            rows.append(
                (
                    row["title"],
                    sector.name if sector is not None and sector.name else row["sector"],
                    row["day"],
                    row["hours"],
                    row["coalition"],
                    row["host"],
                    row["total"],
                    row["incursion_battalions"],
                    row["ratio"],
                    row["needed"],
                    max(0.0, row["needed"] - row["total"]),
                    "yes" if row["enough"] else "no",
                    row["assumption"],
                )
            )
    if rows:
        book.table(ADEQUACY, rows, tab=STRUCTURE_COLOUR)
