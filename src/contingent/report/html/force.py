"""Who stands under whom, who reaches what, and whether it is enough."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.report.charts import svg_of
from contingent.report.drawings.theatre import Reached, Theatre, theatre_map
from contingent.report.mandate import enough_from, formation_order, incursions, not_held
from contingent.report.months import people_by_day
from contingent.report.size_charts import NARROW, WIDE, adequacy_bars, is_cut
from contingent.report.words import (
    amount,
    counted,
    d_day,
    grouped,
    hours_words,
    listed,
    option_title,
    percent,
    place_name,
    plain,
    short_date,
)

if TYPE_CHECKING:
    from contingent.structure.orbat import Orbat

Row = dict[str, Any]

MOST_NAMED = 6
"""Nations of a formation, and formations without a headquarters, that are named one by one."""

DEEPEST = 6
"""Deepest step of the tree that is set further in."""

DAY_TO_DRAW = 180
"""Day whose order of battle is drawn. [days from D-day]"""

PAGE_SHAPE = 0.8
"""Width by height for which the order of battle is laid out: that of a page. [-]"""

REACH_HOURS = "reserve_hours"
"""Planning factor that says how soon a reserve must be there."""


def contents(scenario: Scenario, plan: Plan) -> dict[str, Any]:
    """Return what the page's sections on structure, reach and adequacy are filled with; None for what is not there."""
    return {"structure": structure(scenario, plan), "reach": reach(scenario, plan), "adequacy": adequacy(scenario, plan)}


def structure(scenario: Scenario, plan: Plan) -> Row | None:
    """Return the formations as a tree is read, what is to be said of them, and the order of battle on one day, drawn."""
    formed = formed_as(scenario, plan)
    if formed is None:
        return None
    day = day_to_draw(scenario, plan)
    orbat = _orbat(scenario, plan)
    return {
        **formed,
        "drawing": _drawing(scenario, plan, orbat, day) if orbat is not None else None,
        "day_words": f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}",
        "attachments": _attachments(orbat) if orbat is not None else [],
    }


def formed_as(scenario: Scenario, plan: Plan) -> Row | None:
    """Return the formations as a tree is read, and what is to be said of them; None where the plan has none."""
    if plan.formations.height == 0:
        return None
    rows = [_formation_row(scenario, row, depth) for row, depth in formation_order(plan)]
    return {"rows": rows, "sentences": structure_sentences(plan)}


def day_to_draw(scenario: Scenario, plan: Plan) -> int:
    """Return the day whose order of battle is drawn: D+180; the fullest day where nobody is there then. [days from D-day]"""
    by_day = people_by_day(plan, days=scenario.horizon.days)
    return DAY_TO_DRAW if len(by_day) > DAY_TO_DRAW and by_day[DAY_TO_DRAW] > 0 else int(by_day.argmax())


def _orbat(scenario: Scenario, plan: Plan) -> "Orbat | None":
    """The order of battle; None where the plan does not say under which formation each of its tours is."""
    if plan.orbat.height != plan.tours.height or plan.orbat.height == 0:
        return None
    from contingent.structure.orbat import read_orbat

    return read_orbat(scenario, plan.orbat, plan.tours, plan.coverage, plan.option)


def _attachments(orbat: "Orbat") -> list[Row]:
    from contingent.report.orbat.attachments import attachment_rows

    return attachment_rows(orbat)


def _drawing(scenario: Scenario, plan: Plan, orbat: "Orbat", day: int) -> Markup:
    from contingent.report.orbat import orbat_svg
    from contingent.structure.at_day import orbat_at

    when = f"{d_day(day)}, {short_date(scenario.horizon.date_of(day))}"
    drawing: Markup = orbat_svg(orbat_at(orbat, day), title=option_title(scenario, plan.option), when=when, shape=PAGE_SHAPE)
    return drawing


def structure_sentences(plan: Plan) -> list[str]:
    """Return what is to be said of the structure: headquarters that nobody holds, framework nations, nations in a brigade."""
    rows = [row for row, _ in formation_order(plan)]
    with_headquarters = [row for row in rows if row["headquarters_fill"] is not None]
    said = []
    if with_headquarters:
        empty = not_held(plan)
        said.append(
            f"Nobody can hold the headquarters of {_named([row['name'] for row in empty])}."
            if empty
            else "Every headquarters is held by somebody, at least for a time."
        )
        led = sum(bool(row["framework_nation"]) for row in with_headquarters)
        leaderless = [row["name"] for row in with_headquarters if not row["framework_nation"]]
        without = f"; {_named(leaderless)} {'has' if len(leaderless) == 1 else 'have'} none" if leaderless else ""
        said.append(f"{led} of {len(with_headquarters)} formations with a headquarters have a framework nation{without}.")
    brigades = [row for row in rows if row["echelon"] == "brigade" and row["nations"]]
    if brigades:
        mean = sum(row["nations"] for row in brigades) / len(brigades)
        most = max(row["nations"] for row in brigades)
        told = f"A brigade has {amount(mean)} nations on average over the whole time, at most {most}"
        mixed = [row for row in brigades if row["nations_per_battlegroup"] is not None]
        whole = sum(row["battlegroups"] for row in mixed)
        if whole:
            each = sum(row["nations_per_battlegroup"] * row["battlegroups"] for row in mixed) / whole
            told += f"; a battlegroup has {each:.1f} at a time"
        said.append(f"{told}.")
    return said


def _named(names: Sequence[str]) -> str:
    """Names in a sentence: the first few, and how many more."""
    if len(names) <= MOST_NAMED:
        return listed(names)
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"


def _formation_row(scenario: Scenario, row: Row, depth: int) -> Row:
    fill = row["headquarters_fill"]
    share = row["framework_share"]
    nations = [part.split(":")[0] for part in (row["nation_list"] or "").split(";") if part]
    return row | {
        "depth": min(depth, DEEPEST),
        "echelon_words": plain(row["echelon"]),
        "place": place_name(scenario, row["location"]),
        "sign": "–" if fill is None else "●" if fill >= 0.9995 else "○" if fill <= 0.0005 else "◐",
        "held": "no headquarters of its own" if fill is None else "nobody holds it" if fill <= 0.0005 else percent(fill),
        "empty": fill is not None and fill <= 0.0005,
        "holds": percent(share) if share is not None else None,
        "named": nations[:MOST_NAMED],
        "more": max(0, len(nations) - MOST_NAMED),
    }


def reach(scenario: Scenario, plan: Plan) -> Row | None:
    """Return who reaches what: the map, and its twin in figures."""
    if plan.reach.height == 0:
        return None
    rows = plan.reach.to_dicts()
    limits = {row["mandate"]: row["value"] for row in plan.factors.to_dicts() if row["factor"] == REACH_HOURS}
    letters = letters_of(dict.fromkeys(row["base"] for row in rows if row["base"]))
    banded = [row | {"band": band_of(row["hours"], limits.get(row["mandate"]))} for row in rows]
    in_time = sum(row["band"] in ("soon", "in time") for row in banded)
    tasks = listed(
        [
            f"{_task_title(scenario, task)} ({amount(limit)} h)"
            for task, limit in limits.items()
            if task in {row["mandate"] for row in rows}
        ]
    )
    sentence = (
        f"{grouped(in_time)} of {grouped(len(rows))} points are reached in the time allowed, "
        f"from {counted(len(letters), 'base')}."
    )
    located = [row for row in banded if row["latitude"] is not None and row["longitude"] is not None]
    theatre = _theatre(scenario, located, letters)
    return {
        "map": theatre_map(theatre, label=f"Map of who reaches what. {sentence} The tables below have the same figures.")
        if located
        else Markup(""),
        "sentence": sentence,
        "tasks": tasks,
        "bases": _base_rows(scenario, banded, letters),
        "points": [
            row
            | {
                "base_name": place_name(scenario, row["base"]),
                "letter": letters.get(row["base"], ""),
                "sign": SIGNS[row["band"]],
                "hours_words": "never" if row["hours"] is None else f"{row['hours']:.1f} h",
            }
            for row in banded
        ],
        "accuracy": max((trace.accuracy_km for trace in scenario.traces if trace.accuracy_km is not None), default=None),
    }


SIGNS = {"soon": "●", "in time": "■", "late": "▲", "never": "✕"}
"""Signs of the bands, as they are drawn on the map."""


def band_of(hours: float | None, limit: float | None) -> str:
    """Return how soon a point is reached, held against the time allowed.

    >>> [band_of(hours, 8.0) for hours in (4.0, 8.0, 8.1, None)]
    ['soon', 'in time', 'late', 'never']
    """
    if hours is None:
        return "never"
    if limit is None or hours <= limit / 2 + 1e-9:
        return "soon"
    return "in time" if hours <= limit + 1e-9 else "late"


def letters_of(bases: Sequence[str] | dict[str, None]) -> dict[str, str]:
    """Return a letter for each base: A to Z, then A2, B2 and so on."""
    return {base: f"{chr(ord('A') + at % 26)}{at // 26 + 1 if at >= 26 else ''}" for at, base in enumerate(bases)}


def _task_title(scenario: Scenario, task: str) -> str:
    row = scenario.task_by_name.get(task)
    return row.title if row is not None else plain(task)


def _base_rows(scenario: Scenario, rows: Sequence[Row], letters: dict[str, str]) -> list[Row]:
    found = []
    for base, letter in letters.items():
        own = [row for row in rows if row["base"] == base]
        farthest = max(own, key=lambda row: row["hours"])
        found.append(
            {
                "letter": letter,
                "name": place_name(scenario, base),
                "points": len(own),
                "farthest": farthest["point"],
                "hours": farthest["hours"],
                "tasks": listed(list(dict.fromkeys(_task_title(scenario, row["mandate"]) for row in own))),
                "bands": {band: sum(row["band"] == band for row in own) for band in SIGNS},
            }
        )
    return found


def _theatre(scenario: Scenario, rows: Sequence[Row], letters: dict[str, str]) -> Theatre:
    """What the map shows; a base is drawn where its location has a position."""
    places = {
        row.location: (row.longitude, row.latitude)
        for row in scenario.locations
        if row.latitude is not None and row.longitude is not None
    }
    return Theatre(
        sectors=tuple((row.name or row.sector, row.geometry) for row in scenario.sectors if row.geometry is not None),
        traces=tuple((row.name or row.trace, row.geometry) for row in scenario.traces),
        roads=tuple(
            (places[row.from_location], places[row.to_location])
            for row in scenario.links
            if row.mode == "road" and row.from_location in places and row.to_location in places
        ),
        bases=tuple((letter, place_name(scenario, base), places[base]) for base, letter in letters.items() if base in places),
        points=tuple(
            Reached(
                row["point"],
                (row["longitude"], row["latitude"]),
                row["band"],
                letters.get(row["base"], ""),
                f"{row['point']}: "
                + (
                    f"{row['hours']:.1f} h from {place_name(scenario, row['base'])}"
                    if row["base"]
                    else "no base reaches it by road"
                ),
            )
            for row in rows
        ),
    )


def adequacy(scenario: Scenario, plan: Plan) -> Row | None:
    """Return battalions within hours of each incursion against what is needed: the chart, its twin, what is assumed."""
    cases = incursions(plan)
    if not cases:
        return None
    told = [_case(scenario, rows) for rows in cases]
    label = "Battalions within hours of each incursion, coalition on host, against what is needed. " + " ".join(
        case["sentence"] for case in told
    )
    return {
        "wide": svg_of(adequacy_bars(cases, form=WIDE), label=label),
        "narrow": svg_of(adequacy_bars(cases, form=NARROW), label=label),
        "cases": told,
        "few": len(cases) == 1,
        "assumptions": list(
            dict.fromkeys((row["title"], row["assumption"]) for rows in cases for row in rows if row["assumption"])
        ),
        "cut": any(is_cut(rows) for rows in cases),
        "rows": [
            row
            | {
                "within": hours_words(row["hours"]),
                "place": _sector_name(scenario, row["sector"]),
                "short": max(0.0, row["needed"] - row["total"]),
            }
            for rows in cases
            for row in rows
        ],
    }


def _case(scenario: Scenario, rows: Sequence[Row]) -> Row:
    first, last = rows[0], rows[-1]
    against = (
        f"{first['title']} ({_sector_name(scenario, first['sector'])}, {d_day(first['day'])}): "
        f"{amount(first['incursion_battalions'])} battalions come, one in defence is taken to hold up {amount(first['ratio'])}, "
        f"so {amount(first['needed'])} are needed."
    )
    hours = enough_from(rows)
    if hours is None:
        short = amount(last["needed"] - last["total"])
        answer = f"Not enough, even after {hours_words(last['hours'])}: {amount(last['total'])} are there, {short} short."
    elif hours == 0:
        answer = f"Enough from the first hour: {amount(first['total'])} are there."
    else:
        answer = f"Enough within {hours_words(hours)}, not before."
    alone = last["host"] >= last["needed"]
    share = f" Within {hours_words(last['hours'])} the host alone has {amount(last['host'])}" + (
        ", which is enough." if alone else f"; the coalition adds {amount(last['coalition'])}."
    )
    return {"sentence": f"{against} {answer}{share}", "enough": hours is not None, "hours": hours, "title": first["title"]}


def _sector_name(scenario: Scenario, sector: str) -> str:
    row = scenario.sector_by_name.get(sector)
    return row.name if row is not None and row.name else sector
