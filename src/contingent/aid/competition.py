r"""Where the aid to the host and the force draw on the same thing: air defence, instructors, ways in.

    air_defence   what a donor has promised and not delivered, beside the units of that type that the plan takes of it
    trainers      crews in training for what is given, beside the recruits whom the mandate trains
    transport     the weight of what arrives, beside what the force and its supply take of terminals, crossings and links

Each row says what both draw, what there is, and what is missing for both:

.. math:: short = \max(0,\; aid + force - have)

Blank is what no table says. A row without shortage says that the two meet, and that there is enough for both.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from contingent.aid.way_in import Crossing, crossings
from contingent.model.columns import Confidence
from contingent.model.scenario import Scenario
from contingent.plan.columns import frame

AIR_DEFENCE_FAMILY = "air_defence"
"""Family of equipment whose pieces are fire units of air defence."""

TRAINING_METHOD = "training"
"""Method of sizing whose lines train the host's troops."""

MONTH = 30
"""Length of a month of the frame. [days]"""

DAYS_A_YEAR = 365
"""As sizing counts those who are trained at once. [days]"""

TRAINING_FACTORS = ("course_days", "trainees_per_instructor", "instructor_share")

KINDS = ("air_defence", "trainers", "transport")
NO_BATTERY = 1e-9

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a plan draws: frames of `contingent.plan.COLUMNS`.

    Parameters
    ----------
    tours, coverage, sizing : polars.DataFrame
        Who goes when; which lines are held; how lines were sized.
    utilisation : polars.DataFrame or None
        What force and supply take of the network; None or empty = not worked out.
    option : str or None
        Course of action.
    """

    tours: pl.DataFrame
    coverage: pl.DataFrame
    sizing: pl.DataFrame
    utilisation: pl.DataFrame | None
    option: str | None


def competition(scenario: Scenario, aid: Mapping[str, pl.DataFrame], drawn: Drawn) -> pl.DataFrame:
    """Return where the aid and the force draw on the same thing.

    Parameters
    ----------
    scenario : Scenario
        With the offers of its pool and the lines of its mandate derived.
    aid : mapping of str to polars.DataFrame
        Of the status of aid; ``ledger``, ``given`` and ``expected_arrivals`` are read.
    drawn : Drawn
        What the plan draws.

    Returns
    -------
    polars.DataFrame
        Frame ``aid_competition`` of `contingent.plan.COLUMNS`, by kind, the greatest shortage first.
    """
    rows = [
        *air_defence(scenario, aid["ledger"], drawn.tours),
        *trainers(scenario, aid["given"], drawn),
        *(transport_row(scenario, one) for one in crossings(scenario, aid["expected_arrivals"], drawn.utilisation)),
    ]
    return frame("aid_competition", sorted(rows, key=_order))


def _order(row: Row) -> tuple[object, ...]:
    short, from_day = row["short"], row["from_day"]
    missing = -short if isinstance(short, float) else 1.0
    return KINDS.index(str(row["kind"])), missing, str(row["what"]), str(row["nation"]), from_day if from_day is not None else -1


def short_of(aid: float | None, force: float | None, have: float | None) -> float | None:
    """Return what is missing for both; None where one of the three is not known.

    >>> short_of(6, 4, 9), short_of(1, 1, 9), short_of(1, 1, None)
    (1.0, 0.0, None)
    """
    if aid is None or force is None or have is None:
        return None
    return float(max(0.0, round(aid + force - have, 9)))


# --------------------------------------------------------------------------------------------------------------- air defence


def air_defence(scenario: Scenario, ledger: pl.DataFrame, tours: pl.DataFrame) -> Iterator[Row]:
    """Yield a row for each donor and unit type of air defence: what it has promised, what the plan takes, what it has.

    A unit counts for the force from the first day of a tour until it is rested: as long as it is away or in dwell, it cannot be
    given away.
    """
    types = {
        row.equipment: row.unit_type for row in scenario.equipment
        if row.family == AIR_DEFENCE_FAMILY and row.unit_type is not None
    }  # fmt: skip
    promised: dict[tuple[str, str], list[tuple[str, str, int, str | None]]] = {}
    columns = ("donor", "equipment", "pledge", "open", "confidence")
    yield from _without_number(scenario, ledger, tours, tuple(dict.fromkeys(types.values())))
    still = ledger.filter("counts_things", pl.col("open") > 0, pl.col("equipment").is_in(list(types)))
    for donor, equipment, pledge, left, confidence in still.select(columns).iter_rows():
        promised.setdefault((donor, types[equipment]), []).append((equipment, pledge, left, confidence))
    for (donor, unit_type), pledges in sorted(promised.items()):
        mine = tours.filter(nation=donor, unit_type=unit_type)
        given, held = float(sum(left for _, _, left, _ in pledges)), float(most_at_once(mine, until="rested_day"))
        peak, have = most_at_once(mine, until="until_day"), has(scenario, donor, unit_type)
        short = short_of(given, held, have)
        named = ", ".join(dict.fromkeys(equipment for equipment, _, _, _ in pledges))
        yield {
            "kind": "air_defence", "nation": donor, "what": unit_type,
            "from_day": mine["from_day"].min(), "until_day": mine["rested_day"].max(),
            "aid": given, "force": held, "have": have, "short": short, "unit": "units",
            "sentence": _of_batteries(scenario, donor, unit_type, named, (given, held, peak, have, short)),
            "status": "derived",
            "source": f"pledges {', '.join(pledge for _, pledge, _, _ in pledges)}; tours of the plan; pool.csv and yields.csv",
            "confidence": lowest(confidence for _, _, _, confidence in pledges),
        }  # fmt: skip


def _without_number(scenario: Scenario, ledger: pl.DataFrame, tours: pl.DataFrame, unit_types: tuple[str, ...]) -> Iterator[Row]:
    """Yield a row for each donor that promises air defence in no number, where the plan takes such units of it."""
    vague = ledger.filter("counted", pl.col("equipment").is_null(), family=AIR_DEFENCE_FAMILY)
    for donor in vague["donor"].unique().sort():
        pledges = vague.filter(donor=donor)
        for unit_type in unit_types:
            mine = tours.filter(nation=donor, unit_type=unit_type)
            if mine.is_empty():
                continue
            held, have = float(most_at_once(mine, until="rested_day")), has(scenario, donor, unit_type)
            known = "" if have is None else f" of the {figure(have)} that it has"
            said = f"{name_of(scenario, donor)}: air defence is promised, but no number; the plan takes {figure(held)}{known}. "
            said += f"Whether there is enough for both is not known ({scenario.unit_type_by_name[unit_type].name})."
            yield {
                "kind": "air_defence", "nation": donor, "what": unit_type,
                "from_day": mine["from_day"].min(), "until_day": mine["rested_day"].max(),
                "aid": None, "force": held, "have": have, "short": None, "unit": "units",
                "sentence": said, "status": "derived", "confidence": lowest(pledges["confidence"]),
                "source": f"pledges {', '.join(pledges['pledge'])}; tours of the plan; pool.csv and yields.csv",
            }  # fmt: skip


def most_at_once(tours: pl.DataFrame, *, until: str) -> int:
    """Return the most tours that run at once, each from its first day until the day of a column. [units]"""
    if tours.is_empty():
        return 0
    steps = pl.concat([
        tours.select(day="from_day", step=pl.lit(1)), tours.select(day=until, step=pl.lit(-1)),
    ])  # fmt: skip
    running = steps.group_by("day").agg(pl.col("step").sum()).sort("day")["step"].cum_sum().max()
    return int(running) if isinstance(running, int) else 0


def has(scenario: Scenario, nation: str, unit_type: str) -> float | None:
    """Return how many units of a type a nation has: by its pool, else by what it offers; None where no table says. [units]"""
    rules = [row for row in scenario.yields if row.unit_type == unit_type]
    found = [
        entry.quantity * rule.quantity * (1 if rule.per == "formation" else entry.platforms or 0)
        for entry in scenario.pool if entry.nation == nation
        for rule in rules if rule.formation_type == entry.formation_type
    ]  # fmt: skip
    if found:
        return round(sum(found), 9)
    offered = [offer.quantity for offer in scenario.offers if (offer.nation, offer.unit_type) == (nation, unit_type)]
    return float(sum(offered)) if offered else None


def _of_batteries(
    scenario: Scenario, donor: str, unit_type: str, named: str, found: tuple[float, float, int, float | None, float | None]
) -> str:
    given, held, peak, have, short = found
    who, what = name_of(scenario, donor), scenario.unit_type_by_name[unit_type].name
    said = f"{who}: {figure(given)} promised and not there yet ({named}); "
    said += f"the plan sends {peak} at its peak and holds {figure(held)} with those at home between tours" if held else (
        "the plan sends none")  # fmt: skip
    if have is None or short is None:
        return f"{said}. How many it has is not known ({what})."
    verdict = f"{figure(short)} short for both, unless what is given is made anew" if short > NO_BATTERY else "enough for both"
    return f"{said}. It has {figure(have)}: {verdict} ({what})."


# ------------------------------------------------------------------------------------------------------------------ trainers


def trainers(scenario: Scenario, given: pl.DataFrame, drawn: Drawn) -> Iterator[Row]:
    """Yield a row for each month in which crews are in training for what is given.

    Places are those of the teams that hold the lines of the mandate's training, by the factors of sizing; recruits are those whom
    the mandate has in training at once, as far as its lines are asked for in that month.
    """
    crews = {row.equipment: row.crew for row in scenario.equipment}
    training = [
        (day, ready, quantity * crews.get(equipment, 0))
        for equipment, day, ready, quantity in given.select("equipment", "day", "ready_day", "quantity").iter_rows()
        if ready > day and crews.get(equipment, 0) > 0
    ]
    lines = list(_training_lines(scenario, drawn))
    columns = ("from_day", "until_day", "required", "filled")
    held = {line: drawn.coverage.filter(line=line).select(columns).rows() for line, *_ in lines}
    for first in sorted({month for day, ready, _ in training for month in range(day // MONTH, (ready - 1) // MONTH + 1)}):
        month = (first * MONTH, (first + 1) * MONTH)
        people = sum(number * overlap(month, (day, ready)) for day, ready, number in training)
        places = sum(each * overlap(month, row[:2]) * row[3] for line, each, _ in lines for row in held[line])
        recruits = sum(load * overlap(month, row[:2]) * row[2] for line, _, load in lines for row in held[line])
        aid, have = round(people, 9), round(places, 9) if lines else None
        force = round(recruits, 9) if lines else None
        yield {
            "kind": "trainers", "nation": None, "what": "training places", "from_day": month[0], "until_day": month[1],
            "aid": aid, "force": force, "have": have, "short": short_of(aid, force, have), "unit": "people in training",
            "sentence": _of_trainers(month, aid, force, have), "status": "assumption",
            "source": f"equipment.csv: crews and days of training; factors {', '.join(TRAINING_FACTORS)}; tasks.csv",
            "confidence": "low",
        }  # fmt: skip


def overlap(window: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the share of a window of days that another covers. [-]"""
    return max(0, min(window[1], other[1]) - max(window[0], other[0])) / (window[1] - window[0])


def _training_lines(scenario: Scenario, drawn: Drawn) -> Iterator[tuple[str, float, float]]:
    """Yield each line of training with the places of one team of it, and the recruits that one team asked for stands for."""
    tasks = {row.task: row for row in scenario.tasks}
    sized = drawn.sizing.filter(pl.col("method") == TRAINING_METHOD)
    teams = dict(sized.group_by("mandate").agg(pl.col("quantity").sum()).iter_rows())
    for line, task, quantity, people in sized.select("line", "mandate", "quantity", "people").iter_rows():
        factors = [_factor(scenario, name, task, drawn.option) for name in TRAINING_FACTORS]
        if quantity == 0 or task not in tasks or None in factors:
            continue
        course, ratio, share = (factor or 0.0 for factor in factors)
        at_once = (tasks[task].amount or 0.0) * course / DAYS_A_YEAR
        yield line, people / quantity * share * ratio, at_once / teams[task]


def _factor(scenario: Scenario, name: str, task: str, option: str | None) -> float | None:
    """A factor as sizing reads it: of the task, of its demand, of the option, general."""
    values = {row.scope: row.value for row in scenario.factors if row.factor == name}
    demand = next((row.demand for row in scenario.tasks if row.task == task), None)
    return next((values[scope] for scope in (task, demand, option, "all") if scope is not None and scope in values), None)


def _of_trainers(month: tuple[int, int], aid: float, force: float | None, have: float | None) -> str:
    said = f"D+{month[0]} to D+{month[1]}: {figure(aid)} people train on what is given"
    short = short_of(aid, force, have)
    if force is None or have is None or short is None:
        return f"{said}. The plan has no lines that train the host's troops, so who trains them is not known."
    said += f"; the force's teams have places for {figure(have)}, and the mandate's recruits are {figure(force)}"
    if not short:
        return f"{said}: enough for both."
    alone = short_of(0.0, force, have)
    return f"{said}: {figure(short)} places short if donors train nobody elsewhere, {figure(alone or 0.0)} without the aid."


# ----------------------------------------------------------------------------------------------------------------- transport


def transport_row(scenario: Scenario, one: Crossing) -> Row:
    """Return the row of a place or link that aid passes in a week."""
    short = short_of(one.aid, one.force, one.have)
    return {
        "kind": "transport", "nation": ";".join(one.donors) or None, "what": one.resource, "from_day": one.from_day,
        "until_day": one.until_day, "aid": one.aid, "force": one.force, "have": one.have, "short": short, "unit": one.counts,
        "sentence": _of_crossing(scenario, one, short), "status": "assumption",
        "source": f"arrivals {', '.join(one.pledges)}; weights of equipment.csv; handling.csv and links.csv; quickest way in",
        "confidence": "low",
    }  # fmt: skip


def _of_crossing(scenario: Scenario, one: Crossing, short: float | None) -> str:
    donors = ", ".join(name_of(scenario, donor) for donor in one.donors)
    if one.why is not None:
        return f"Aid of {donors}: {one.why}."
    said = f"Week from D+{one.from_day}, {one.resource}: aid of {donors} takes {figure(one.aid or 0.0)} {one.counts}"
    if one.force is None or one.have is None or short is None:
        return f"{said} of {figure(one.have or 0.0)}; what the force takes was not worked out."
    said += f", the force and its supply {figure(one.force)}, of {figure(one.have)}"
    return f"{said}: {figure(short)} short." if short else f"{said}: room for both."


# --------------------------------------------------------------------------------------------------------------------- words


def name_of(scenario: Scenario, nation: str) -> str:
    """Return a nation's name; its code where the scenario does not have it."""
    row = scenario.nation_by_name.get(nation)
    return row.name if row is not None else nation


def figure(value: float) -> str:
    """Return a number as it is told: whole where it is, else with one decimal, small ones with two digits.

    >>> figure(6.0), figure(1932.04), figure(0.0432)
    ('6', '1,932', '0.043')
    """
    if value == round(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 1 else f"{value:.2g}"


def lowest(given: Iterable[str | None]) -> Confidence | None:
    """Return the lowest of several confidences; None where none is given."""
    found = set(given)
    return next((level for level in _LEVELS if level in found), None)


_LEVELS: tuple[Confidence, ...] = ("low", "medium", "high")
