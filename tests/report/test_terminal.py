"""The terminal summary as a user sees it: in a pipe, on a narrow screen, without colours, without signs."""

import dataclasses
import io
import re

import polars as pl
import pytest
from rich.console import Console
from tests.report.sample_mandate import hostile_mandate, mandated_plan
from tests.report.sample_plan import hostile_scenario, plan_of, sample_plan, sample_scenario
from tests.report.sample_risk import risky_plan

from contingent.model.scenario import Scenario
from contingent.plan import REASONS, Plan
from contingent.report.outlook import outlook
from contingent.report.terminal import BAR_WIDTH, MOST_NATIONS, WORST_GAPS, bar, print_summary
from contingent.report.words import headline


def printed(scenario: Scenario, plan: Plan, *, width: int = 80, encoding: str = "utf-8", colour: bool = False) -> str:
    """What a console of this width and encoding receives."""
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="\n")
    console = Console(
        file=stream, width=width, force_terminal=colour, color_system="truecolor" if colour else None, legacy_windows=False
    )
    print_summary(scenario, plan, console)
    stream.flush()
    assert isinstance(stream.buffer, io.BytesIO)
    return stream.buffer.getvalue().decode(encoding)


def squeezed(text: str) -> str:
    """Text with all blanks alike, so that line ends do not matter."""
    return " ".join(text.split())


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_line_is_wider_than_the_screen(width: int) -> None:
    scenario, plan = sample_plan()
    assert max(len(line) for line in printed(scenario, plan, width=width).splitlines()) <= width


def test_a_pipe_receives_text_without_colour_codes() -> None:
    scenario, plan = sample_plan()
    assert "\x1b" not in printed(scenario, plan)
    assert "\x1b[" in printed(scenario, plan, colour=True)


def test_headline_goals_and_marking_are_said_in_full() -> None:
    """Every sentence of the headline, every goal, the marking at head and foot."""
    scenario, plan = sample_plan()
    text = printed(scenario, plan)
    for sentence in headline(scenario, plan):
        assert squeezed(sentence) in squeezed(text)
    assert text.splitlines()[0] == scenario.settings.marking == text.splitlines()[-1]
    wide = printed(scenario, plan, width=160)
    for goal in plan.goals:
        figure = f"{goal.value:,.3f}" if goal.name == "burden" else f"{goal.value:,.0f}".replace(",", "\u202f")
        assert figure in wide
    assert len(re.findall("proven best", wide)) == sum(goal.status == "optimal" for goal in plan.goals)


def test_worst_gaps_come_by_priority_and_size_with_their_reason() -> None:
    """The lines named are those with the highest priority and, within it, the most unit-days missing."""
    scenario, plan = sample_plan()
    sums = plan.gaps.group_by("line").agg(pl.col("unit_days").sum(), pl.col("priority").min())
    worst = sums.sort(["priority", "unit_days", "line"], descending=[False, True, False])["line"].to_list()
    chapter = printed(scenario, plan, width=160).split("Worst gaps")[1].split("Nations by burden")[0]
    assert re.findall(r"L-\d+", chapter) == worst[:WORST_GAPS]
    assert f"{WORST_GAPS} of {len(worst)}" in chapter
    assert chapter.count("in dwell") == WORST_GAPS


def test_nations_come_by_burden() -> None:
    scenario, plan = sample_plan()
    chapter = printed(scenario, plan, width=160).split("Nations by burden")[1]
    by_burden = plan.nations.filter(pl.col("tours") > 0).sort("burden", descending=True)["nation"].to_list()
    assert re.findall(r"^([A-Z]{3}) ", chapter, flags=re.MULTILINE) == by_burden[:MOST_NATIONS]


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp437"])
def test_a_terminal_without_our_signs_still_says_everything(encoding: str) -> None:
    """No error, no question marks: plain characters stand for signs, and the numbers stay."""
    scenario, plan = sample_plan()
    text = printed(scenario, plan, encoding=encoding)
    assert "?" not in text
    assert "75 % of the medium force" in squeezed(text.replace("\xa0", " "))
    assert all(reason in REASONS for reason in plan.gaps["reason"])
    assert "L-007" in text


def test_markup_in_names_is_text_and_control_characters_are_not_sent() -> None:
    """A name cannot colour the screen, nor clear it."""
    scenario, plan = hostile_scenario()
    assert "<script>" in printed(scenario, plan, width=300)
    loud = dataclasses.replace(plan, title="[bold red]Plan[/bold red]\x1b[2J", marking="[link=http://example.org]M[/link]")
    text = printed(scenario, loud, width=300, colour=True)
    assert "[bold red]Plan[/bold red]" in text
    assert "[link=http://example.org]M[/link]" in text
    assert "\x1b[2J" not in text
    assert "\x1b]8" not in text


def test_nothing_required_and_nobody_there_are_summaries_too() -> None:
    scenario = sample_scenario()
    nothing = scenario.model_copy(update={"requirements": ()})
    assert "nothing was planned" in printed(nothing, plan_of(nothing, []))
    nobody = scenario.model_copy(update={"offers": ()})
    text = printed(nobody, plan_of(nobody, []))
    assert "Worst gaps" in text
    assert "○" in text


@pytest.mark.parametrize(
    ("share", "blocks"), [(0.0, 0), (1.0, BAR_WIDTH), (1e-6, 1), (1 - 1e-6, BAR_WIDTH - 1), (0.5, BAR_WIDTH // 2)]
)
def test_a_bar_is_full_or_empty_only_when_the_share_is(share: float, blocks: int) -> None:
    assert bar(share) == "█" * blocks + "░" * (BAR_WIDTH - blocks)


def test_a_mandate_is_told_with_its_structure_and_whether_it_is_enough() -> None:
    text = squeezed(printed(*mandated_plan()).replace("\u202f", " "))
    assert "The mandate of the medium force asks for some 23 900 people" in text
    assert "What moves it most is “Length of line that one battalion holds”" in text
    assert "Framework nations: Force headquarters ALD." in text
    assert "Headquarters that nobody can hold: Brigade South." in text
    assert "Enough battalions: Thrust from the east yes, within 72 h; Landing in the south no, 10 short after 10 days." in text


def test_chance_stress_and_ceilings_are_told_in_a_sentence_each() -> None:
    scenario, plan = risky_plan()
    text = printed(scenario, plan)
    told = [sentence for sentence, _ in outlook(scenario, plan)]
    assert len(told) == 3
    for sentence in told:
        assert squeezed(sentence) in squeezed(text)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "In 19 of 20 runs" not in printed(*mandated_plan())


def test_without_structure_nothing_is_told_of_it() -> None:
    text = printed(*sample_plan())
    assert "Framework" not in text
    assert "Enough" not in text


@pytest.mark.parametrize("encoding", ["ascii", "cp437"])
def test_a_mandate_is_told_where_signs_are_not_known(encoding: str) -> None:
    text = printed(*mandated_plan(), encoding=encoding)
    assert "?" not in text
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "<script>" in printed(*hostile_mandate(), width=300)
