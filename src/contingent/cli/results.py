"""Commands about what was decided: `verify` and `compare`."""

from collections.abc import Sequence
from pathlib import Path

import polars as pl
import typer

from contingent.cli.endings import FOUND, BadCall
from contingent.cli.screen import console, findings_told, say, tell, write_json
from contingent.cli.tables import print_frame, print_rows
from contingent.cli.wait import waiting
from contingent.comparison import Comparison, compare, compare_binding, compare_costs, compare_many
from contingent.io.plan_folder import read_plan, scenario_of
from contingent.io.scenario_reader import read_scenario
from contingent.pipeline import verify
from contingent.plan.plan import Plan
from contingent.report.words import percent


def verify_command(folder: Path, *, scenario: str | None, as_json: bool) -> None:
    """Print each promise that is not kept; end with 1 if there is one."""
    with waiting(f"Verifying {folder}"):
        plan = read_plan(folder)
        place = scenario if scenario is not None else scenario_of(folder)
        if place is None:
            raise BadCall(f"{folder} keeps no scenario to verify against. Maybe name it: --scenario SCENARIO.")
        findings = verify(read_scenario(place), plan)
    if as_json:
        keys = ("table", "line", "column", "what", "nearest", "maybe")
        write_json({"findings": [{key: getattr(finding, key) for key in keys} for finding in findings]})
    elif findings:
        promises = "1 promise is" if len(findings) == 1 else f"{len(findings)} promises are"
        say(f"{promises} not kept by {folder}.\n\n{findings_told(findings)}")
    else:
        recomputed = f"{plan.tours.height} tours, {len(plan.goals)} goals, {plan.gaps.height} gaps recomputed"
        say(f"Every promise of {folder} is kept: {recomputed}.")
    if findings:
        raise typer.Exit(FOUND)


def compare_command(folders: Sequence[Path], *, out: Path | None, as_json: bool) -> None:
    """Print what differs between two plans, or the headline numbers of more; write them side by side as a page."""
    if len(folders) < 2:
        raise BadCall("A comparison needs two plans. Maybe: contingent compare PLAN OTHER_PLAN.")
    if out is not None and out.suffix.lower() not in PAGES:
        raise BadCall(f"{out}: not a kind of file that a comparison is written as. Maybe: {out.with_suffix('.html')}.")
    with waiting("Comparing"):
        plans = [read_plan(folder) for folder in folders]
        headline = compare_many(plans)
        comparison = compare(plans[0], plans[1]) if len(plans) == 2 else None
        if out is not None:
            _write_page(folders, plans, out)
    if as_json:
        frames = {} if comparison is None else {name: frame.to_dicts() for name, frame in comparison.frames.items()}
        write_json({"headline": headline.to_dicts()} | frames | _binding(plans) | _costs(plans))
        return
    _print_headline(headline, plans, folders)
    _print_costs(plans)
    if comparison is not None:
        _print_differences(comparison)
    if out is not None:
        tell(f"Written: {out}")


PAGES = (".html", ".htm")
"""Kinds of file as which a comparison is written."""


def _write_page(folders: Sequence[Path], plans: Sequence[Plan], out: Path) -> None:
    from contingent.report import write_comparison

    kept = [scenario_of(folder) for folder in folders]
    write_comparison(plans, out, scenarios=[None if place is None else read_scenario(place) for place in kept])


def _binding(plans: Sequence[Plan]) -> dict[str, list[dict[str, object]]]:
    """What runs out first, side by side, where ceilings were worked out."""
    frame = compare_binding(plans)
    return {} if frame.is_empty() else {"binding": frame.to_dicts()}


def _costs(plans: Sequence[Plan]) -> dict[str, list[dict[str, object]]]:
    """What each nation costs a year, side by side, where plans are costed."""
    frame = compare_costs(plans)
    return {} if frame.is_empty() else {"costs": frame.to_dicts()}


def _print_costs(plans: Sequence[Plan]) -> None:
    frame = compare_costs(plans)
    if not frame.is_empty():
        rows = [(nation, name, *(_as_figure(value) for value in values)) for nation, name, *values in frame.iter_rows()]
        print_rows(console(), "Cost of each nation a year", ("nation", "name", *_letters(len(plans))), rows)


def _print_headline(headline: pl.DataFrame, plans: Sequence[Plan], folders: Sequence[Path]) -> None:
    for letter, folder, plan in zip(_letters(len(plans)), folders, plans, strict=True):
        option = f", {plan.option}" if plan.option is not None else ""
        say(f"{letter}  {folder}: {plan.title}{option}")
    say()
    rows = []
    for measure, unit, *values in headline.iter_rows():
        shown = _as_share if unit == "share" else _as_figure
        rows.append((measure, "" if unit == "share" else unit, *(shown(value) for value in values)))
    print_rows(console(), "Side by side", ("measure", "unit", *_letters(len(plans))), rows)


def _as_figure(value: float | None) -> float | None:
    """A number to the digits that say something: whole from a hundred on, two decimals below."""
    if value is None or value == int(value):
        return None if value is None else int(value)
    return round(value) if abs(value) >= WHOLE_FROM else round(value, 2)


WHOLE_FROM = 100
"""Numbers from here on are printed whole."""


def _as_share(value: float | None) -> str | None:
    return None if value is None else percent(value)


def _letters(number: int) -> list[str]:
    """A, B, C ... for plans, then numbers.

    >>> _letters(2)
    ['A', 'B']
    """
    return [chr(ord("A") + at) if at < 26 else str(at + 1) for at in range(number)]


TITLES = {
    "fill": "Fill by priority",
    "gaps": "Gaps, by line and interval",
    "nations": "What nations carry",
    "tours": "Tours added, removed and moved",
    "goals": "Goals",
}


def _print_differences(comparison: Comparison) -> None:
    if comparison.is_empty:
        say("The two plans decide and promise the same.")
        return
    screen = console()
    for name, frame in comparison.frames.items():
        if not frame.is_empty():
            print_frame(screen, TITLES[name], frame)
