"""A past mission in report, briefing and article: the figures are those of the look back, hits and misses told apart."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.plan.test_hindsight import folder
from tests.report.sample_plan import sample_plan

from contingent import look_back, make_plan, read_scenario
from contingent.model.scenario import Scenario
from contingent.plan import Plan
from contingent.plan.hindsight import strength_by_day
from contingent.report.briefing.article import article
from contingent.report.briefing.deck import deck_of
from contingent.report.briefing.parts import Chart, Table
from contingent.report.charts import NARROW, WIDE
from contingent.report.history_charts import history_chart
from contingent.report.html.report import report_html
from contingent.report.outlook import outlook

Mission = tuple[Scenario, Plan]


@pytest.fixture(scope="module")
def mission(tmp_path_factory: pytest.TempPathFactory) -> Mission:
    scenario = read_scenario(folder(tmp_path_factory.mktemp("by-hand") / "mission"))
    return scenario, make_plan(scenario)


def section(html: str) -> str:
    found = re.search(r'<section id="history">.*?</section>', html, re.DOTALL)
    return found[0] if found else ""


def test_strength_by_day_by_hand(mission: Mission):
    """500 and a ship of 100 from D-day; from day 40 the 600 more, with a chance of one in two; nobody after the horizon."""
    rows = strength_by_day(*mission)
    assert rows.rows()[:2] == [(0, 600, 600), (40, 1200, 900)]
    assert rows.row(-1)[0] >= 100
    assert rows.row(-1)[1:] == (0, 0)


def test_the_report_shows_planned_against_came_with_hits_and_misses(mission: Mission):
    shown = section(report_html(*mission))
    assert shown.count('class="chart" role="img"') == 2
    assert "the plan is near 2 of 3 strengths of the force and 0 of 2 nations" in shown
    table = re.search(r'id="history-strength">.*?</table>', shown, re.DOTALL)
    assert table
    rows = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)]
        for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", table[0])
    ]
    told = {row[0]: row[1:-1] for row in rows}
    assert told["first"] == ["1 Jan 2030", "600", "600", "600", "+0 %", "● within"]
    assert told["last"] == ["2 Mar 2030", "1 200", "900", "800", "+50 %", "○ fewer came"]
    assert told["ashore ashore"][-1] == "○ fewer came"
    assert "not foreseen" in shown
    assert "did not come" in shown


def test_a_report_without_history_has_no_such_section():
    scenario, plan = sample_plan("small")
    html = report_html(scenario, plan)
    assert section(html) == ""
    assert "#history" not in html
    assert "history" not in {section for _, section in outlook(scenario, plan)}


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_chart_stands_on_the_figures_of_the_look_back(mission: Mission, size):
    scenario, plan = mission
    chart = history_chart(look_back(scenario, plan), strength_by_day(scenario, plan), scenario.horizon, size=size)
    layers = [layer["data"]["values"] for layer in chart["layer"]]
    steps = [(row["day"], row["planned"], row["expected"]) for row in layers[0]]
    assert steps == [(0, 600, 600), (40, 1200, 900), (67, 1200, 900)]
    marked = {(row["record"], layer["mark"]["shape"], layer["mark"]["filled"]) for layer in chart["layer"]
              if layer["mark"]["type"] == "point" for row in layer["data"]["values"]}  # fmt: skip
    assert marked == {("first", "circle", True), ("last", "circle", False), ("most", "triangle-up", True)}
    wanted = layers[-1]
    assert [(row["people"], row["day"] < 30 < row["until"]) for row in wanted] == [(1000, True)]
    assert json.loads(json.dumps(chart)) == chart


def test_the_briefing_has_one_page_more_and_the_article_a_section(mission: Mission):
    scenario, plan = mission
    deck = deck_of(scenario, plan)
    assert [page.topic for page in deck.pages][-3:] == ["Risk", "What came", "Sources"]
    page = deck.pages[-2]
    chart = next(part for part in page.parts if isinstance(part, Chart))
    came = next(series for series in chart.series if series.name == "came")
    assert (came.values[0], came.values[30], came.values[60], came.values[-1]) == (600.0, 700.0, 800.0, None)
    table = next(part for part in page.parts if isinstance(part, Table))
    assert [(row[1], row[2], row[3]) for row in table.rows][:2] == [("600", "600", "within"), ("1\u202f200", "800", "fewer came")]
    text = article(scenario, plan, deck, {"history": "x-history.png"})
    came_told = text.partition("## What came")[2].partition("\n## ")[0]
    assert "![People planned, and people who came](x-history.png)" in came_told
    assert "fewer came" in came_told
    assert len(deck_of(*sample_plan("small")).pages) == 10


def test_a_drawing_as_pdf_is_the_same_bytes_in_every_process(tmp_path: Path):
    """The renderer's own bytes differ from process to process where a page has several fonts; so the pages are put in order."""
    letters = "".join(
        f'<text x="9" y="{20 + 14 * at}" font-size="12" font-family="{family}" {style}>Ünit {at} Ж</text>'
        for at, (family, style) in enumerate(
            (family, style)
            for family in ("Liberation Sans", "Liberation Mono", "serif")
            for style in ("", 'font-weight="bold"', 'font-style="italic"')
        )
    )
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" width="400" height="200">{letters}</svg>'
    (tmp_path / "x.svg").write_text(drawing, encoding="utf-8")
    ask = "import sys; from contingent.report.orbat import pdf_of; sys.stdout.buffer.write(pdf_of(open(sys.argv[1]).read()))"
    made = {
        subprocess.run([sys.executable, "-c", ask, str(tmp_path / "x.svg")], check=True, capture_output=True).stdout
        for _ in range(4)
    }
    assert len(made) == 1
    (pdf,) = made
    assert pdf.startswith(b"%PDF-")
    assert b"CreationDate" not in pdf
