"""Chance, stress and ceilings as a reader gets them: figures of the page held against the frames, hostile text shown as text."""

import dataclasses
import re

import polars as pl
import pytest
from markupsafe import Markup
from tests.report.sample_plan import BREAKOUT, hostile_scenario, sample_plan
from tests.report.sample_risk import CLAIMS, POINTS, hostile_risk, risky_plan, with_risk
from tests.report.test_html import Page, squeezed, table_of

from contingent.model.scenario import Scenario
from contingent.plan import Plan, empty_frame
from contingent.plan.risk_columns import RISK_COLUMNS
from contingent.report.ceilings import ceiling_sentences
from contingent.report.chance import risk_sentences
from contingent.report.html import comparison_html, force, lasts, mandate, over_time, report_html, side_by_side, write_comparison
from contingent.report.html.side_by_side import TooManyPlans
from contingent.report.stress import nation_name, stress_sentences
from contingent.report.words import percent

SECTIONS = {"lasts", "breaks", "sustained", "said"}


def hundredths(share: float) -> str:
    return squeezed(percent(share))


@pytest.fixture(scope="module")
def risky() -> tuple[Scenario, Plan, Page]:
    scenario, plan = risky_plan()
    return scenario, plan, Page(report_html(scenario, plan))


@pytest.fixture(scope="module")
def compared() -> tuple[Plan, Plan, Page]:
    scenario, medium = risky_plan()
    small = with_risk(scenario, sample_plan("small")[1], people_of_one=11_000)
    return small, medium, Page(comparison_html([small, medium], scenarios=[scenario, scenario]))


def test_sections_are_there_where_their_frames_are_and_nowhere_else(risky):
    there = {attributes["id"] for tag, attributes in risky[2].elements if tag == "section"}
    assert there >= SECTIONS
    links = {attributes["href"] for tag, attributes in risky[2].elements if tag == "a"}
    assert links >= {f"#{name}" for name in SECTIONS}
    scenario, plan = sample_plan()
    page = Page(report_html(scenario, plan))
    assert not SECTIONS & {attributes.get("id") for _, attributes in page.elements}
    assert not {f"#{name}" for name in SECTIONS} & {attributes.get("href") for tag, attributes in page.elements if tag == "a"}
    for command in ("contingent simulate PLAN", "contingent stress PLAN", "contingent ceiling PLAN"):
        assert command in page.words
        assert command not in risky[2].words


def test_every_sentence_stands_on_the_page(risky):
    scenario, plan, page = risky
    words = squeezed(page.words)
    for told in (risk_sentences(scenario, plan), stress_sentences(plan), ceiling_sentences(plan)):
        for said in told:
            assert squeezed(said) in words
        assert words.count(squeezed(told[0])) >= 2, "in the section and at the head"


def test_every_line_has_its_probability_and_its_fill(risky):
    _, plan, page = risky
    rows = {row[0].split(" ")[0]: row for row in table_of(page, "held-table")[1:]}
    assert len(rows) == plan.risk_lines.height
    for row in plan.risk_lines.to_dicts():
        cells = rows[row["line"]]
        sign = "●" if row["held"] >= 0.95 else "◐" if row["held"] >= 0.5 else "○"
        assert cells[2] == f"{sign} {hundredths(row['held'])}"
        assert cells[3:5] == [hundredths(row["planned"]), hundredths(row["mean"])]


def test_dwell_missed_and_calls_are_those_of_the_frames(risky):
    _, plan, page = risky
    dwell = {row[0].split(" ")[0]: row for row in table_of(page, "dwell-table")[1:]}
    assert set(dwell) == set(plan.risk_dwell["nation"])
    tours = plan.risk_dwell.filter(pl.col("nation") == "ALD")["tours"].sum()
    assert dwell["ALD"][1] == f"{tours:.0f}"
    missed = table_of(page, "missed-table")[1:]
    worst = plan.risk_missed.sort("missed_days", descending=True)["missed_days"].to_list()
    assert [float(row[3].replace(" ", "")) for row in missed] == pytest.approx(worst[: len(missed)], abs=0.5)
    assert [row[3] for row in table_of(page, "calls-table")[1:]] == [f"◐ {hundredths(0.098)}", "● 0 %"]


def test_worst_smallest_and_cases_say_how_sure_they_are(risky):
    _, plan, page = risky
    worst = table_of(page, "worst-table")[1:]
    for cells, row in zip(worst, plan.stress_worst.to_dicts(), strict=True):
        assert cells[0] == str(row["together"])
        assert cells[2] == hundredths(row["no_reaction"])
        assert cells[3] == f"{hundredths(row['best_reaction'])}, at most {hundredths(row['bound'])}"
        assert ("proven:" in cells[4]) == (row["status"] == "proven")
        assert f"of {row['of']} sets" in cells[4]
    smallest = table_of(page, "smallest-table")[1:]
    assert smallest[0][2:4] == ["2", "Alderland and Brennia"]
    assert smallest[1][2] == "none found"
    assert len(table_of(page, "named-cases")) - 1 == 9
    assert len(table_of(page, "case-table")) - 1 == plan.stress.height


def test_ceilings_and_claims_have_a_row_each(risky):
    _, _, page = risky
    rows = [row for row in table_of(page, "ceiling-table")[1:] if len(row) > 1]
    assert [(row[0], row[1]) for row in rows] == [
        (label, f"{held:.2f}".rstrip("0").rstrip(".") + " ×") for _, label, _, held, *_ in POINTS
    ]
    assert [row[2] for row in rows if row[0] == "1:5"] == ["not proven"]
    claims = table_of(page, "claims-table")[1:]
    assert len(claims) == len(CLAIMS)
    for cells in claims:
        claim = next(claim for claim in CLAIMS if cells[0].startswith(claim[1]))
        assert claim[3] in cells[1]
        assert claim[-2] in cells[5]
        assert claim[-1] in cells[5]


def test_every_chart_has_words_for_those_who_do_not_see_it(risky):
    _, plan, page = risky
    drawn = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("class") == "chart"]
    labels = [attributes["aria-label"] for attributes in drawn]
    for start in ("Fill by priority, month by month, on paper", "The lines least likely", "Tours by the dwell",
                  "Units by what they do", "What is left without each nation", "What is left without each pair",
                  "Share of each nation", "Largest multiple", "What has been said"):  # fmt: skip
        assert sum(label.startswith(start) for label in labels) == 2, start
    lost = next(label for label in labels if label.startswith("What is left without each nation"))
    for row in plan.stress.filter((pl.col("kind") == "nation") & (pl.col("priority") == 1)).to_dicts():
        assert f"{percent(row['no_reaction'])}, {percent(row['best_reaction'])}." in lost


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Charts are made but not drawn, which takes most of the time; that each can be drawn is tested beside them."""
    for module in (over_time, force, mandate, lasts, side_by_side):
        if hasattr(module, "svg_of"):
            monkeypatch.setattr(module, "svg_of", lambda *_, **__: Markup("<svg></svg>"))
    monkeypatch.setattr(over_time, "svgs_of", lambda charts: [Markup("<svg></svg>")] * len(charts))
    monkeypatch.setattr(force, "_drawing", lambda *_: None)


@pytest.mark.usefixtures("undrawn")
@pytest.mark.parametrize("name", ["risk_summary", "risk_fill", "risk_lines", "stress", "stress_worst", "shapley", "ceilings"])
def test_the_page_does_without_any_frame(name: str):
    scenario, plan = risky_plan()
    page = Page(report_html(scenario, dataclasses.replace(plan, **{name: empty_frame(name)})))
    assert "None" not in re.findall(r"\bNone\b", page.words)
    assert "nan" not in page.words.lower().split()


@pytest.mark.usefixtures("undrawn")
def test_each_frame_alone_is_a_page_too():
    scenario, plan = sample_plan()
    _, whole = risky_plan()
    for name in RISK_COLUMNS:
        Page(report_html(scenario, dataclasses.replace(plan, **{name: getattr(whole, name)})))


def test_hostile_texts_are_texts():
    """Drawn and all: a text that breaks out of a chart breaks out of the page."""
    scenario, plan = hostile_risk()
    bad = BREAKOUT.replace(";", "")
    for text in (report_html(scenario, plan), comparison_html([plan, plan], scenarios=[scenario, None])):
        page = Page(text)
        assert not [tag for tag, _ in page.elements if tag == "script"]
        assert "<script" not in text
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on") or name == "style"]
        assert "alert('out')" in page.words or "alert(&#39;out&#39;)" in text
        assert bad not in text


def test_the_same_plans_give_the_same_bytes(tmp_path):
    scenario, plan = risky_plan()
    one = write_comparison([plan, plan], tmp_path / "one" / "a.html", scenarios=[scenario, scenario])
    other = write_comparison([plan, plan], tmp_path / "b.html", scenarios=[scenario, scenario])
    assert one.read_bytes() == other.read_bytes()


def test_what_is_asked_comes_first_then_what_comes_of_it_then_what_breaks_it(compared):
    order = [attributes["id"] for tag, attributes in compared[2].elements if tag == "section"]
    assert order == ["answers", "asked", "comes", "breaks", "sustained", "said"]


def test_every_measure_of_every_plan_stands_in_its_column(compared):
    small, medium, page = compared
    rows = {row[0]: row[1:] for row in table_of(page, "comes-table")[1:]}
    assert rows["Fill of priority 1"] == [hundredths(plan.fill_of(1)) for plan in (small, medium)]
    assert rows["Fill of priority 3"] == ["–", hundredths(medium.fill_of(3))]
    assert rows["Tours"] == [f"{plan.tours.height} tours" for plan in (small, medium)]
    of_fill = (pl.col("measure") == "fill") & (pl.col("priority") == 1)
    means = [plan.risk_summary.filter(of_fill)["mean"][0] for plan in (small, medium)]
    assert rows["Mean fill of priority 1 under chance"] == [hundredths(mean) for mean in means]
    breaks = {row[0]: row[1:] for row in table_of(page, "breaks-table")[1:]}
    for together, name in ((1, "nation"), (2, "pair"), (3, "three nations")):
        left = [plan.stress_worst.filter(pl.col("together") == together)["best_reaction"][0] for plan in (small, medium)]
        assert breaks[f"Fill of priority 1 without the worst {name}"] == [hundredths(share) for share in left]
    sustained = {row[0]: row[1:] for row in table_of(page, "sustained-table")[1:]}
    assert sustained["People sustained"] == ["some 6 800 people", "some 14 900 people"]


def test_what_binds_and_what_was_said_stand_side_by_side(compared):
    _, medium, page = compared
    points = [row for row in table_of(page, "binding-table")[1:] if len(row) == 3]
    assert len(points) == len(POINTS)
    claims = table_of(page, "claims-table")[1:]
    assert len(claims) == len(CLAIMS)
    assert all(cells[2] == cells[3] for cells in claims), "both samples say the same"
    assert nation_name(medium, "ALD") == "Alderland"


def test_plans_alike_are_grey_throughout():
    scenario, plan = risky_plan()
    text = comparison_html([plan, plan], scenarios=[scenario, scenario])
    body = text.split('id="comes-table"')[1].split("</table>")[0]
    assert body.count('<tr class="alike">') == body.count("<tr") - 1
    assert "Medium: a division (2)" in text


def test_plans_without_scenario_and_without_chance_are_compared_too():
    _, plan = sample_plan()
    page = Page(comparison_html([plan, hostile_scenario()[1]]))
    assert "Of at least one plan the scenario is not kept" in page.words
    assert [attributes["id"] for tag, attributes in page.elements if tag == "section"] == ["answers", "asked", "comes"]


@pytest.mark.parametrize("number", [0, 1, 5])
def test_a_page_holds_two_to_four_plans(number: int, tmp_path):
    _, plan = sample_plan()
    with pytest.raises(TooManyPlans, match="two to 4"):
        write_comparison([plan] * number, tmp_path / "page.html")
    assert not list(tmp_path.iterdir())
