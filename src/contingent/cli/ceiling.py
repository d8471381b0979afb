"""The command `ceiling`: how much could be sustained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import polars as pl

from contingent.ceiling import Ceiling, CeilingOptions, find_ceiling, read_force, sustainable
from contingent.ceiling.claims import within_a_sentence
from contingent.ceiling.questions import QUESTIONS, backstop_of
from contingent.cli.endings import BadCall, told_of
from contingent.cli.engines import engine_named
from contingent.cli.plan_given import PlanGiven, folder_of_plan, keep, plan_in
from contingent.cli.screen import console, say, tell, write_json
from contingent.cli.tables import in_words, print_frame, print_rows
from contingent.cli.wait import progress_of
from contingent.io.atomic import write_folder
from contingent.io.scenario_reader import read_scenario
from contingent.model.scenario import Scenario
from contingent.report.words import grouped

TITLES = {
    "base": "As it stands",
    "fill": "If less, or more, of the first priority must be filled",
    "dwell": "If every unit rested so long between tours (days at home for each day away)",
    "years": "If it lasts so many years",
    "nations": "If only the nations take part that could keep most people on task",
    "release": "If more, or less, of the pool is released",
    "backstop": "The backstop",
    "surge": "If all go at once, and nobody relieves them",
}
"""What stands over the table of a question."""


COLUMNS = ("", "held", "at most", "people", "at most ", "what fails first", "status")


@dataclass(frozen=True)
class Asked:
    """What was asked for on the command line."""

    option: str | None
    questions: Sequence[str]
    fill: Sequence[str]
    gap: float
    seed: int
    engine: str | None
    journal: Path | None


def ceiling_command(place: str | None, asked: Asked, *, force: Path | None, out: Path | None, as_json: bool) -> None:
    """Print how much could be sustained: of a scenario, of a plan, or of a plain force."""
    if force is not None:
        if place is not None:
            raise BadCall("Name a scenario or --force FILE, not both.")
        _plain_force(force, as_json=as_json)
        return
    if place is None:
        raise BadCall("Name a scenario or a plan. Maybe: contingent ceiling reassurance. For a plain force: --force FILE.")
    folder = folder_of_plan(place)
    if folder is not None:
        _of_plan(folder, plan_in(folder, option=asked.option), asked, out=out, as_json=as_json)
        return
    with told_of(place):
        found = _found(read_scenario(place), _options(asked, asked.option))
    written = [] if out is None else _write_frames(found, out)
    _print(found, as_json=as_json, written=written)


def _of_plan(folder: Path, given: PlanGiven, asked: Asked, *, out: Path | None, as_json: bool) -> None:
    """The ceiling of a plan's scenario and option; the frames go into its folder, and its report is written again."""
    scenario = given.scenario
    if any(row.role == "backstop" for row in scenario.nations) and not backstop_of(scenario) and not asked.questions:
        tell(f"{folder} keeps what counted, and so not the backstop's forces: for that question name the scenario.")
    found = _found(scenario, _options(asked, given.plan.option))
    whole = replace(given.plan, ceilings=found.ceilings, claims=found.claims)
    written = keep(given, whole, folder) if out is None else _write_frames(found, out)
    _print(found, as_json=as_json, written=written)


def _write_frames(found: Ceiling, out: Path) -> list[Path]:
    def write(folder: Path) -> None:
        found.ceilings.write_csv(folder / "ceilings.csv")
        if not found.claims.is_empty():
            found.claims.write_csv(folder / "claims.csv")

    write_folder(out, write, overwrite=True)
    return [out]


def _options(asked: Asked, option: str | None) -> CeilingOptions:
    engine = engine_named(asked.engine)
    unknown = [question for question in asked.questions if question not in QUESTIONS]
    if unknown:
        raise BadCall(f"--question: '{unknown[0]}' is no question. Questions: {', '.join(QUESTIONS)}.")
    return CeilingOptions(
        option=option, questions=tuple(asked.questions) or QUESTIONS, fill=fill_asked(asked.fill), gap=asked.gap, seed=asked.seed,
        engine=engine, journal=asked.journal,
    )  # fmt: skip


def fill_asked(texts: Sequence[str]) -> dict[int, float] | float | None:
    """Return the shares that must be filled, by priority; one for all; None where nothing was said.

    Raises
    ------
    BadCall
        If a text is neither a share nor a priority and a share.

    Examples
    --------
    >>> fill_asked(["1=0.95", "2=0.9"]), fill_asked(["0.9"]), fill_asked([])
    ({1: 0.95, 2: 0.9}, 0.9, None)
    """
    if not texts:
        return None
    named: dict[int, float] = {}
    for text in texts:
        priority, given, share = text.partition("=") if "=" in text else ("", "", text)
        try:
            value, level = float(share), int(priority) if given else 0
        except ValueError:
            raise BadCall(f"--fill: '{text}' is neither a share nor PRIORITY=SHARE. Maybe --fill 1=0.95.") from None
        if not 0.0 < value <= 1.0:
            raise BadCall(f"--fill: {share} is not a share above 0 and at most 1.")
        if not given and len(texts) > 1:
            raise BadCall("--fill: give one share for all priorities, or PRIORITY=SHARE for each.")
        if not given:
            return value
        named[level] = value
    return named


def _found(scenario: Scenario, options: CeilingOptions) -> Ceiling:
    with progress_of("Looking for the ceiling") as told:
        try:
            return find_ceiling(scenario, replace(options, progress=told))
        except ValueError as error:
            raise BadCall(str(error)) from error


def _print(found: Ceiling, *, as_json: bool, written: Sequence[Path]) -> None:
    if as_json:
        content: dict[str, Any] = {
            "option": found.option, "fill": {str(key): share for key, share in found.fill.items()}, "strength": found.strength,
            "ceilings": found.ceilings.to_dicts(), "claims": found.claims.to_dicts(), "seconds": found.seconds,
        }  # fmt: skip
        write_json(content | ({"out": str(written[0])} if written else {}))
        return
    say(sentence(found))
    screen = console()
    for question in QUESTIONS:
        rows = [row for row in found.ceilings.iter_rows(named=True) if row["question"] == question]
        if rows and question != "base":
            say()
            print_rows(screen, TITLES[question], COLUMNS, map(_shown, rows))
    if not found.claims.is_empty() and "surge" in found.ceilings["question"]:
        say()
        rounded = found.claims.with_columns(pl.col("ours_low", "ours_high").round(2))
        claims = rounded.select("said_by", "date", "measure", "low", "high", "ours_low", "ours_high", "verdict", "why")
        print_frame(screen, "What has been said, and what is computed", claims)
    for path in written:
        say(f"Written: {path}")


def _shown(row: Mapping[str, Any]) -> tuple[Any, ...]:
    people = [None if row[name] is None else _round_people(row[name]) for name in ("people_held", "people_bound")]
    bound = None if row["bound"] is None else f"{row['bound']:.3g}"
    proven = "proven" if row["status"] == "optimal" else "best found"
    return row["label"], f"{row['held']:.3g}", bound, in_words(people[0]), in_words(people[1]), row["binds_name"], proven


def _round_people(people: float) -> int:
    return round(people / 10.0) * 10


def sentence(found: Ceiling) -> str:
    """Return the answer in one sentence."""
    row = found.base
    if row is None:
        return "The ceiling of the scenario as it stands was not asked for."
    filled = ", ".join(f"{100 * share:g} % of priority {priority}" for priority, share in sorted(found.fill.items()))
    what = "the requirement" if found.option is None else f"the {found.option} force"
    binds = "" if row["binds_name"] is None else f" What fails first is {within_a_sentence(row['binds_name'])}."
    if row["held"] <= 0:
        no = "no part of" if row["status"] == "optimal" else "no part that was found of"
        return f"With {filled} filled, {no} {what} can be held for the whole time, however small it is made.{binds}"
    bound = "no larger one is ruled out" if row["bound"] is None else f"{row['bound']:.3g} times is proven to be too much"
    return (
        f"With {filled} filled, the pool holds {row['held']:.3g} times {what} for the whole time, some "
        f"{grouped(_round_people(row['people_held']))} of {grouped(found.strength)} people; {bound}.{binds}"
    )


def _plain_force(path: Path, *, as_json: bool) -> None:
    frame = sustainable(read_force(path))
    if as_json:
        write_json({"force": frame.to_dicts()})
        return
    total = frame.row(frame.height - 1, named=True)
    unit = total["unit"] or "unit"
    if total["sustained"] is not None:
        many = "" if total["people_sustained"] is None else f", {grouped(round(total['people_sustained']))} people"
        say(f"Sustained without end: {grouped(total['sustained'])} x {unit}{many}. At once: {grouped(total['surge'])}.")
    print_frame(console(), "What each component sustains", _without_blanks(frame))
    tell("Published figures from their own inputs: docs/ceiling.md, or contingent.ceiling.published_studies().")


def _without_blanks(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(name for name in frame.columns if frame[name].count())

