"""The host's army in the report of a plan and in a terminal: figures of the frames, force and host in one picture."""

import io
from dataclasses import replace

import polars as pl
import pytest
from rich.console import Console
from tests.report.sample_aid import BAD, plan_with_aid
from tests.report.sample_mandate import mandated_plan
from tests.report.test_html import Page

from contingent.comparison import compare_many
from contingent.plan import Plan, empty_frame
from contingent.report.host import host_sentences
from contingent.report.html import report_html
from contingent.report.mandate import incursions
from contingent.report.size_charts import WIDE, adequacy_bars, is_cut
from contingent.report.terminal import print_summary


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(report_html(*plan_with_aid()))


def test_the_sentences_hold_the_figures_of_the_frames():
    scenario, plan = plan_with_aid()
    told = " ".join(host_sentences(scenario, plan))
    assert "One of two formations of the host reaches its standard" in told
    assert "First brigade on D+120" in told
    assert "EUR 2.0 billion promised" in told, "envelopes are not added to pledges"
    assert "EUR 500 million" in told
    assert "1 of 1 needs" in told
    assert "17 × leopard" in told
    assert "Germany has 9 batteries; one is missing" in told


def test_formations_needs_and_pledges_stand_in_tables(page: Page):
    first, second = page.rows["host-formations"][1:]
    assert first[0].startswith("First brigade")
    assert (first[1], first[3]) == ("3", "● D+120")
    assert second[3] == "○ not foreseen"
    assert page.rows["host-missing"][1] == ["Tank", "23", "31", "Too few promised"]
    assert page.rows["host-next"][1][1:] == ["17 × leopard", "+1", "+10"]
    assert [row[1:] for row in page.rows["host-competition"][1:]] == [["6", "4", "9"], ["450", "2\u202f301", "not known"]]


def test_the_picture_in_figures_adds_up(page: Page):
    _, plan = plan_with_aid()
    rows = page.rows["host-table"][1:]
    assert len(rows) == plan.adequacy.height
    for row in rows:
        host, by_aid, coalition, together = (float(cell.replace("\u202f", "")) for cell in row[3:7])
        assert host + by_aid + coalition == pytest.approx(together, abs=0.2)


def test_what_waits_stands_above_what_counts_and_is_not_counted():
    _, plan = plan_with_aid()
    cases = incursions(plan)
    for panel, rows in zip(adequacy_bars(cases, form=WIDE, aid=True)["vconcat"][0]["hconcat"], cases, strict=False):
        if is_cut(rows, aid=True):
            continue
        parts = panel["layer"][0]["data"]["values"]
        for at, row in enumerate(rows):
            tops = [part["high"] for part in parts if part["x"] == pytest.approx(at - 0.36)]
            assert max(tops) == pytest.approx(row["total"] + row["host_awaiting"], abs=0.01)
    told = Page(report_html(*plan_with_aid())).rows["host-table"][1]
    assert told[8] == "2"


def test_a_plan_without_aid_has_no_such_section():
    scenario, plan = mandated_plan()
    bare = replace(plan, **{name: empty_frame(name) for name in ("aid_formations", "aid_promises", "aid_gaps")})
    page = Page(report_html(scenario, bare))
    assert not any(attributes.get("id") == "host" for _, attributes in page.elements)
    assert "The host’s army" not in page.words


@pytest.mark.parametrize("left", ["aid_formations", "aid_promises", "aid_gaps"])
def test_one_frame_is_enough(left: str):
    scenario, plan = plan_with_aid()
    names = ("aid_formations", "aid_promises", "aid_gaps", "aid_next", "aid_competition", "adequacy")
    alone = replace(plan, **{name: empty_frame(name) for name in names if name != left})
    assert "The host’s army" in Page(report_html(scenario, alone)).words


def test_no_text_breaks_out_of_its_place(page: Page):
    spoilt = Page(report_html(*plan_with_aid(hostile=True)))
    assert {tag for tag, _ in spoilt.elements} <= {tag for tag, _ in page.elements}
    for start in ("First brigade", "leopard", "one is missing"):
        assert f"{start}{BAD}" in "".join(spoilt.texts), start


def said(plan_of: tuple[object, Plan]) -> str:
    screen = io.StringIO()
    print_summary(*plan_of, Console(file=screen, width=300))  # type: ignore[arg-type]
    return screen.getvalue()


def test_the_terminal_says_it_in_a_few_lines():
    told = said(plan_with_aid())
    assert "The host's army" in told
    assert "First brigade on D+120" in told
    scenario, plan = plan_with_aid()
    names = ("aid_formations", "aid_promises", "aid_gaps")
    assert "The host's army" not in said((scenario, replace(plan, **{name: empty_frame(name) for name in names})))


def test_host_by_aid_is_part_of_the_host_in_the_sample():
    """The sample is one that a plan could be: what aid equips is part of what the host has."""
    _, plan = plan_with_aid()
    assert plan.adequacy.filter(pl.col("host_by_aid") > pl.col("host")).is_empty()


def test_plans_side_by_side_say_how_many_formations_are_equipped():
    _, plan = plan_with_aid()
    bare = replace(plan, **{name: empty_frame(name) for name in ("aid_formations", "aid_gaps")})
    rows = {row[0]: row[2:] for row in compare_many([plan, bare]).iter_rows()}
    assert rows["formations of the host brought to their standard by aid"] == (1.0, None)
    assert rows["needs of the host that aid does not meet"] == (1.0, None)
    assert "needs of the host that aid does not meet" not in compare_many([bare])["measure"].to_list()
