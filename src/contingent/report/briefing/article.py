"""What a plan says as an article in Markdown, with small tables and its charts beside it as files.

Every sentence holds a number, and a mark behind it says what the number is: [F] read from a source, [C] computed by the plan,
[A] rests on an assumption. A sentence for which the plan has no figures is left out; what is not worked out is said once, with
the command that works it out.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.briefing.deck import deck_of
from contingent.report.briefing.drawing import chart_svg
from contingent.report.briefing.judgement import cited_most, made, outlook_of, rests_on_offers, statuses
from contingent.report.briefing.metrics import shown
from contingent.report.briefing.parts import Box, Chart, Deck, Page, Table, Words
from contingent.report.briefing.past import history_table
from contingent.report.ceilings import ceiling_sentences, claim_sentences
from contingent.report.chance import has_risk, risk_sentences
from contingent.report.getting import way_sentences
from contingent.report.history import has_history, history_sentences
from contingent.report.host import host_sentences
from contingent.report.living import living_sentences
from contingent.report.mandate import NEAR, assumed_people, force_size, hits, past_missions, widest_factors
from contingent.report.outlook import not_worked_out
from contingent.report.paying import cost_sentences, rates_used
from contingent.report.stress import stress_sentences
from contingent.report.words import (
    COUNTED,
    counted,
    duration,
    grouped,
    leading_capital,
    lines_held_throughout,
    listed,
    lower_priorities,
    option_title,
    percent,
    plain,
    reason_phrase,
    short_date,
    shortfalls,
    what_is_asked,
    what_is_held,
    what_it_rests_on,
    what_moves_it_most,
)

FACT, COMPUTED, ASSUMED = "[F]", "[C]", "[A]"
LEGEND = (
    "Marks: **[F]** a fact from a source, **[C]** computed by this plan from what nations might offer, "
    "**[A]** rests on an assumption."
)

MOST_ROWS, MOST_CITED, MOST_GAPS = 5, 6, 4
PICTURE_WIDTH = 1200
"""Width of a chart as PNG. [px]"""

NUMBER = re.compile(rf"\d|\b({'|'.join(COUNTED)}|none|nothing|every|all|nobody)\b", re.IGNORECASE)
"""What makes a sentence a claim with a number: a figure, a number word, or all and nothing."""

ADDRESS = re.compile(r"https?://[^\s<>()\"']+")
"""What may stand as a link."""

Marked = tuple[str, str]
"""A sentence and its mark."""


def write_article(scenario: Scenario, plan: Plan, path: Path, *, dated: date | None = None) -> list[Path]:
    """Write an article and its charts beside it, as SVG and as PNG; return what was written, the article first.

    Parameters
    ----------
    scenario, plan : Scenario, Plan
        What was planned, and the plan.
    path : Path
        The article; charts are called as it is, with what they show.
    dated : date, optional
        Date of the article; None = D-day alone.
    """
    import vl_convert

    deck = deck_of(scenario, plan, dated=dated)
    written = []
    pictures: dict[str, str] = {}
    for page in deck.pages:
        for chart in page.parts:
            if isinstance(chart, Chart) and chart.name in PICTURES:
                drawn = chart_svg(chart, key_above(chart, page))
                vector, pixels = (path.with_name(f"{path.stem}-{chart.name}{end}") for end in (".svg", ".png"))
                vector.write_text(drawn, encoding="utf-8", newline="\n")
                pixels.write_bytes(vl_convert.svg_to_png(drawn, scale=PICTURE_WIDTH / (chart.place.width + 20)))
                written += [vector, pixels]
                pictures[chart.name] = pixels.name
    path.write_text(article(scenario, plan, deck, pictures), encoding="utf-8", newline="\n")
    return [path, *written]


PICTURES = {
    "held": "What is held, and what stays empty",
    "people": "People deployed, by nation",
    "cost": "Cost a year, by nation",
    "risk": "What is held on paper, under chance and without nations",
    "history": "People planned, and people who came",
}
"""Charts that stand in an article, with their titles."""


def key_above(chart: Chart, page: Page) -> list[Words | Box]:
    """Return the heading and the key of a chart: what stands right above it."""
    return [
        part
        for part in page.parts
        if isinstance(part, Words | Box)
        and chart.place.y - 52 <= part.place.y < chart.place.y
        and chart.place.x - 1 <= part.place.x < chart.place.right
    ]


def article(scenario: Scenario, plan: Plan, deck: Deck, pictures: dict[str, str]) -> str:
    """Return the article as Markdown.

    Parameters
    ----------
    scenario, plan : Scenario, Plan
        What was planned, and the plan.
    deck : Deck
        Its pages, whose tables are used.
    pictures : dict of str to str
        File of each chart, by its name.
    """
    if not sum(plan.required_unit_days.values()):
        marking = f"*{escaped(plan.marking)}*"
        return f"{marking}\n\n# {escaped(deck.title)}\n\n{deck.pages[0].title}. {COMPUTED}\n\n{marking}\n"
    asked, takes, gives, missing = (
        _asked(scenario, plan),
        _takes(scenario, plan),
        _gives(plan),
        _missing(scenario, plan),
    )
    parts = [
        f"*{escaped(plan.marking)}*",
        f"# {escaped(deck.title)}: what it takes, who could give it, what is missing",
        f"{escaped(leading_capital(option_title(scenario, plan.option)))}. {deck.dated}. {LEGEND}",
        _section("In short", _short(scenario, plan)),
        _section("What was asked", asked),
        _section("What it takes", takes, _picture("held", pictures)),
        _section("Who could give it", gives, _picture("people", pictures), _table(deck, "Rotation")),
        _section("What is missing, and why", missing),
        _section("Getting there and living there", _means(scenario, plan)),
        _section("What it costs", _costs(scenario, plan), _picture("cost", pictures), _table(deck, "Cost")),
        _section("What would break it", _breaks(scenario, plan), _picture("risk", pictures)),
        _section("What came", _came(scenario, plan), _picture("history", pictures), _came_table(scenario, plan)),
        _section("How sure this is", _sure(scenario, plan)),
        _sources(scenario),
        f"*{escaped(plan.marking)}*",
    ]
    return shown("\n\n".join(part for part in parts if part)) + "\n"


def with_number(sentences: Iterable[Marked]) -> list[Marked]:
    """Return the sentences that hold a number: no claim without one."""
    return [(said, mark) for said, mark in sentences if said and NUMBER.search(said)]


def escaped(text: str) -> str:
    r"""Return a text that Markdown leaves as it is, commands between backticks apart.

    >>> print(escaped("<b>[1]* of `contingent stress PLAN`"))
    &lt;b&gt;\[1\]\* of `contingent stress PLAN`
    """
    parts = re.split(r"(`contingent [a-z]+ [A-Z]+`)", " ".join(text.split(" ")))
    return "".join(part if at % 2 else _without_marks(part) for at, part in enumerate(parts))


def _without_marks(text: str) -> str:
    plain_ = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")
    return re.sub(r"([\\`*_\[\]|])", r"\\\1", plain_)


def _section(title: str, sentences: Sequence[Marked], *further: str) -> str:
    told = " ".join(f"{escaped(said)} {mark}" for said, mark in with_number(sentences))
    if not told and not any(further):
        return ""
    return "\n\n".join(part for part in (f"## {title}", told, *further) if part)


def _picture(name: str, pictures: dict[str, str]) -> str:
    return f"![{PICTURES[name]}]({pictures[name]})" if name in pictures else ""


def _table(deck: Deck, topic: str) -> str:
    """The first table of a page, in Markdown."""
    page = next(page for page in deck.pages if page.topic == topic)
    table = next((part for part in page.parts if isinstance(part, Table)), None)
    if table is None:
        return ""
    aligned = {"left": ":--", "right": "--:", "centre": ":-:"}
    rows = [
        [column.head for column in table.columns],
        [aligned[column.align] for column in table.columns],
        *([escaped(cell) for cell in row] for row in table.rows[:MOST_ROWS]),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


# -------------------------------------------------------------------------------------------------------------- the sections


def _short(scenario: Scenario, plan: Plan) -> list[Marked]:
    told = [what_is_held(scenario, plan), *cost_sentences(scenario, plan, most=1)]
    return [(said, COMPUTED) for said in told]


def _asked(scenario: Scenario, plan: Plan) -> list[Marked]:
    lines = plan.coverage["line"].n_unique()
    asked = sum(plan.required_unit_days.values())
    over, start = duration(scenario.settings.horizon_days), short_date(scenario.settings.start_date)
    has = f"The statement of requirements has {counted(lines, 'line')}"
    whole = f"{has} and asks for {grouped(asked)} unit-days over {over}, from {start} on."
    return [*((said, ASSUMED) for said in what_is_asked(scenario, plan)), (whole, ASSUMED if plan.sizing.height else FACT)]


def _takes(scenario: Scenario, plan: Plan) -> list[Marked]:
    told: list[Marked] = []
    size = force_size(scenario, plan)
    if size is not None:
        _, assumed = assumed_people(scenario, plan, size.lines)
        told.append((f"{percent(assumed / size.people if size.people else 0)} of those people rest on an assumption.", COMPUTED))
        told += [(what_moves_it_most(scenario, row), ASSUMED) for row in widest_factors(plan, 1)]
        past = past_missions(plan)
        if past:
            near = (
                f"{grouped(hits(past, NEAR))} of {grouped(len(past))} past missions come within a factor of two of what was sent"
            )
            told.append((f"Sized by the same methods, {near}.", COMPUTED))
    first = min(plan.required_unit_days)
    held = f"{percent(plan.fill_of(first))} of the unit-days of priority {first} are held"
    told.append((f"On paper {held} ({grouped(plan.filled_unit_days.get(first, 0.0))}).", COMPUTED))
    return told + [(said, COMPUTED) for said in lower_priorities(plan)]


def _gives(plan: Plan) -> list[Marked]:
    if plan.tours.height == 0:
        return [("Nobody goes: none of the offers fits the requirement.", COMPUTED)]
    tours, units = counted(plan.tours.height, "tour"), counted(plan.tours["unit"].n_unique(), "unit")
    peak = grouped(plan.people_deployed_peak)
    offered, used = int(plan.nations["units_offered"].sum()), int(plan.nations["units_used"].sum())
    rows = plan.nations.sort("person_days", "nation", descending=[True, False]).head(3).to_dicts()
    largest = [f"{row['name'] or row['nation']} ({percent(row['share'])})" for row in rows if row["tours"]]
    return [
        (f"In all there are {tours} of {units}; at the peak {peak} people are there at once, handovers included.", COMPUTED),
        (f"Most of the person-days asked for would be carried by {listed(largest)}.", COMPUTED),
        (f"{grouped(used)} of {grouped(offered)} units offered go at least once.", COMPUTED),
        (what_it_rests_on(plan), ASSUMED),
    ]


def _missing(scenario: Scenario, plan: Plan) -> list[Marked]:
    short = shortfalls(plan)
    held, lines = lines_held_throughout(scenario, plan)
    told: list[Marked] = [(f"Of {counted(lines, 'line')}, {grouped(held)} are held on every day.", COMPUTED)]
    for each in short[:MOST_GAPS]:
        why = f": {reason_phrase(each.reasons[0][0])}" if each.reasons else ""
        what = leading_capital(plain(each.capability))
        told.append(
            (f"{what} (priority {each.priority}) stands empty for {percent(each.share)} of the time asked for{why}.", COMPUTED)
        )
    if len(short) > MOST_GAPS:
        told.append((f"There are gaps in {counted(len(short) - MOST_GAPS, 'more capability', 'more capabilities')}.", COMPUTED))
    if plan.remedies.height:
        units, people = int(plan.remedies["units"].sum()), int(plan.remedies["people"].sum())
        told.append(
            (
                f"{grouped(units)} further units of {grouped(people)} people would close all gaps; no nation has offered them.",
                COMPUTED,
            )
        )
    return told


def _means(scenario: Scenario, plan: Plan) -> list[Marked]:
    told = [*way_sentences(scenario, plan, most=2), *living_sentences(scenario, plan, most=2)]
    return [(said, COMPUTED) for said in [*told, *host_sentences(scenario, plan, most=1)]]


def _costs(scenario: Scenario, plan: Plan) -> list[Marked]:
    told: list[Marked] = [(said, COMPUTED) for said in cost_sentences(scenario, plan, most=3)[1:]]
    used = rates_used(scenario, plan) if plan.costs.height else []
    if used:
        assumed = sum(rate.status == "assumption" for rate in used)
        told.append((f"{grouped(assumed)} of the {grouped(len(used))} rates behind it are assumptions.", ASSUMED))
    return told


def _breaks(scenario: Scenario, plan: Plan) -> list[Marked]:
    chance = risk_sentences(scenario, plan)
    told = [
        *chance[:1],
        *chance[2:4],
        *stress_sentences(plan, most=2),
        *ceiling_sentences(plan, most=1),
        *claim_sentences(plan, most=1),
    ]
    marked: list[Marked] = [(said, ASSUMED if has_risk(plan) and said in chance else COMPUTED) for said in told]
    marked += [(said, COMPUTED) for lead, said in outlook_of(scenario, plan) if lead == "An incursion."]
    missing = [f"{what} (`{command}`)" for what, command in not_worked_out(plan)]
    if missing:
        marked.append((f"Not worked out here, so nothing is claimed: {listed(missing)}.", COMPUTED))
    return marked


def _came(scenario: Scenario, plan: Plan) -> list[Marked]:
    return [(said, COMPUTED) for said in history_sentences(scenario, plan)]


def _came_table(scenario: Scenario, plan: Plan) -> str:
    """Hits and misses, each with its source, in Markdown."""
    if not has_history(scenario):
        return ""
    head, *rows = history_table(scenario, plan)
    aligned = (":--", "--:", "--:", "--:", ":--", ":--")
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, aligned, *([escaped(cell) for cell in row] for row in rows)))


def _sure(scenario: Scenario, plan: Plan) -> list[Marked]:
    rows = statuses(scenario, plan)
    facts, derived, assumed = (sum(row[at] for _, row in rows) for at in range(3))
    whole = facts + derived + assumed
    split = f"{grouped(facts)} are facts, {grouped(derived)} are derived from facts and {grouped(assumed)}"
    told = [f"Of {grouped(whole)} rows that it rests on, {split} ({percent(assumed / whole)}) are assumptions."] if whole else []
    return [(said, COMPUTED) for said in [*told, rests_on_offers(plan), made(plan)]]


def _sources(scenario: Scenario) -> str:
    rows = cited_most(scenario)
    if not rows:
        return ""
    items = []
    for name, times, address in rows[:MOST_CITED]:
        link = f", <{address}>" if address and ADDRESS.fullmatch(address) else ""
        items.append(f"- {escaped(name)}{link}; cited {grouped(times)} times {FACT}")
    more = f"- {grouped(len(rows) - MOST_CITED)} further sources stand in `references.csv`." if len(rows) > MOST_CITED else ""
    return "\n".join(["## Sources", "", *items, *([more] if more else [])])
