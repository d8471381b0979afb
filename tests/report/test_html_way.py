"""Movement, supply and cost as a reader gets them: figures of the page held against the frames, hostile text shown as text."""

import base64
import dataclasses
import hashlib
import itertools
import re

import polars as pl
import pytest
from rich.console import Console
from tests.report.sample_plan import BREAKOUT, sample_plan
from tests.report.sample_way import CHECKS, NEVER, PLACES, SCHEMES, TARGET, days_left, hostile_way, way_plan, with_way
from tests.report.test_html import Page, squeezed, table_of

from contingent.model.scenario import Scenario
from contingent.plan import Plan, empty_frame
from contingent.plan.way_columns import WAY_COLUMNS
from contingent.report.getting import way_sentences
from contingent.report.html import answer, comparison_html, getting, living, paying, report_html
from contingent.report.html.evidence import citations
from contingent.report.html.report import content_policy, environment, script_of
from contingent.report.living import living_sentences
from contingent.report.paying import cost_sentences
from contingent.report.terminal import Speech, print_summary
from contingent.report.words import percent

SECTIONS = {"getting", "living", "paying"}
YEARS = 1800 / 365.25


@pytest.fixture(scope="module")
def moving() -> tuple[Scenario, Plan, Page, str]:
    scenario, plan = way_plan()
    text = report_html(scenario, plan)
    return scenario, plan, Page(text), text


def sections_of(page: Page) -> set[str]:
    return SECTIONS & {attributes.get("id") for tag, attributes in page.elements if tag == "section"}


def links_of(page: Page) -> set[str]:
    return {attributes["href"].removeprefix("#") for tag, attributes in page.elements if tag == "a" and "href" in attributes}


def test_sections_are_there_where_their_frames_are_and_nowhere_else(moving):
    scenario, plan, page, _ = moving
    assert sections_of(page) == SECTIONS
    assert links_of(page) >= SECTIONS
    bare = Page(report_html(*sample_plan()))
    assert sections_of(bare) == set()
    assert not links_of(bare) & SECTIONS
    names = {"getting": ("closure", "movements", "flows"), "living": ("supply", "survival"), "paying": ("costs", "bills")}
    for section, frames in names.items():
        without = dataclasses.replace(plan, **{name: empty_frame(name) for name in frames})
        assert {name for name, text in alone(scenario, without).items() if text} == SECTIONS - {section}


def alone(scenario: Scenario, plan: Plan) -> dict[str, str]:
    """The three sections by themselves; nothing where there is none."""
    cited = citations(scenario)
    filled = {**getting.contents(scenario, plan), **living.contents(scenario, plan), **paying.contents(scenario, plan)}
    pages = environment()
    said = {name: pages.get_template(f"sections/{name}.html") for name in SECTIONS if filled[name]}
    return dict.fromkeys(SECTIONS, "") | {name: page.render(**filled, cited=cited) for name, page in said.items()}


@pytest.mark.parametrize("name", sorted(WAY_COLUMNS))
def test_a_plan_with_one_frame_alone_is_a_page_too(name: str):
    scenario, plan = sample_plan()
    for text in alone(scenario, dataclasses.replace(plan, **{name: getattr(way_plan()[1], name)})).values():
        Page(text)


def test_every_sentence_stands_on_the_page(moving):
    scenario, plan, page, _ = moving
    words = squeezed(page.words)
    for told in (way_sentences(scenario, plan), living_sentences(scenario, plan), cost_sentences(scenario, plan)):
        assert len(told) >= 3
        for said in told:
            assert squeezed(said) in words
        assert words.count(squeezed(told[0])) >= 2, "in the section and at the head"


def test_each_line_closes_on_its_day(moving):
    _, plan, page, _ = moving
    rows = {row[0].split(" ")[0]: row for row in table_of(page, "closure-table")[1:]}
    assert set(rows) == set(plan.closure["line"])
    for row in plan.closure.to_dicts():
        cells = [squeezed(cell) for cell in rows[row["line"]]]
        day = row["closure_day"]
        sign = "○" if day is None else "◐" if row["late_days"] else "●"
        said = "never" if day is None else f"D+{day:,}".replace(",", " ")
        assert cells[3].startswith(f"{sign} {said}")
        assert cells[5] == f"{row['late_units']} of {row['planned_units']}"
    assert rows[NEVER][3] == "○ never"


def test_the_latest_units_stand_first_with_what_held_them_up(moving):
    _, plan, page, _ = moving
    rows = table_of(page, "late-table")[1:]
    late = plan.movements.filter((pl.col("late_days") > 0) | pl.col("arrives_day").is_null())
    assert len(rows) == min(15, late.height)
    gone = late["arrives_day"].null_count()
    assert [row[4] for row in rows[:gone]] == ["never"] * gone
    assert [int(row[5]) for row in rows[gone:]] == sorted(late["late_days"].drop_nulls(), reverse=True)[: len(rows) - gone]
    held = [row for row in rows if "transshipment from gauge to gauge" in row[6]]
    assert held
    assert all(row[6].startswith("Trains of the German contract") and row[7] == "37.5" for row in held)


def test_the_fullest_resources_have_their_share_week_by_week_and_a_source(moving):
    scenario, plan, page, _ = moving
    rows = table_of(page, "full-heat")[2:]
    assert rows[0][0] == "Medyka - Shehyni: transshipment from gauge to gauge"
    first = plan.utilisation.filter(resource="Medyka - Shehyni: transshipment")["share"].to_list()
    assert [int(cell) for cell in rows[0][1:14]] == [int(round(share * 100, 6) + 1e-9) for share in first[:13]]
    assert int(rows[0][14]) == round(max(first[13:17]) * 100), "a column of four weeks has the fullest"
    sources = {row[0].split("transshipment")[0]: row for row in table_of(page, "resource-table")[1:]}
    row = next(row for row in scenario.handling if (row.location, row.activity) == ("Medyka - Shehyni", "transshipment"))
    said = sources["Medyka - Shehyni: "]
    assert row.status in said[5]
    assert "handling.csv" in said[5]
    assert squeezed(re.sub(r"\[[^]]*\]", "", row.source or ""))[:30] in squeezed(said[6])


def test_days_of_supply_are_those_of_the_scarcest(moving):
    *_, page, _ = moving
    rows = {row[0]: row[1:] for row in table_of(page, "days-heat")[2:]}
    assert set(rows) == set(PLACES)
    for at, place in enumerate(PLACES):
        assert float(rows[place][0]) == TARGET
        for week in range(13):
            said, true = float(rows[place][1 + week]), days_left(at, week)
            assert 0 <= true - said < (0.1 if true < 10 else 1) + 1e-9, "cut, never rounded up"
    assert list(rows) == ["Uman", *sorted(place for place in PLACES if place != "Uman")], "the thinnest first"


def test_what_runs_out_and_what_hurts_is_that_of_the_frames(moving):
    *_, page, _ = moving
    out = table_of(page, "out-table")[1:]
    assert [(row[0], row[1], row[3], row[4], row[5]) for row in out] == [
        ("Uman", "diesel", "D+77", "53.5", "Vicșani: change of bogies was full"),
        ("Kyiv", "rations", "D+98", "3.0", "not said"),
    ]
    closed = table_of(page, "survival-table")[1:]
    assert [(row[0], row[2], row[3], row[4], row[5], row[6]) for row in closed] == [
        ("Uman", "○ 0.5 days", "diesel", "Uman", "1", "600"),
        ("Medyka - Shehyni", "○ 4.5 days", "diesel", "Lviv", "2", "300"),
        ("Constanța", "◐ 7.2 days", "rations", "Odesa", "1", "44"),
        ("Gdańsk", "● does not run out", "–", "–", "0", "0"),
    ]


def test_what_supply_takes_is_that_of_the_last_pass(moving):
    *_, page, _ = moving
    rows = table_of(page, "logistics-table")[1:]
    assert [(row[0], row[2], row[4], row[6]) for row in rows] == [
        ("Storage", "–", "2 600.0", "– was not sized"),
        ("Transport companies", "5.0", "7.2", "◐ more is needed"),
    ]


def test_costs_bills_and_checks_are_those_of_the_frames(moving):
    _, plan, page, _ = moving
    whole = plan.costs["value"].sum()
    items = {row[0]: row for row in table_of(page, "item-table")[1:]}
    assert squeezed(items["All"][3]) == f"{whole / YEARS / 1e9:.2f} bn"
    for item, name in (("personnel", "Pay"), ("rail_wagon_km", "Movement by rail")):
        value = plan.costs.filter(item=item)["value"].sum()
        assert squeezed(items[name][3]) in (f"{value / YEARS / 1e6:.0f} m", f"{value / YEARS / 1e9:.2f} bn")
        assert squeezed(items[name][2]) == squeezed(percent(value / whole))
    heads, *bills = table_of(page, "bill-table")
    assert [head.split(" ", 1)[1] for head in heads[1:]] == [f"{scheme[0].upper()}{scheme[1:]}" for scheme in SCHEMES]
    assert len(bills) - 1 == plan.bills["nation"].n_unique()
    assert len({squeezed(cell) for cell in bills[-1][1:]}) == 1, "every scheme adds up to the same"
    checks = table_of(page, "check-table")[1:]
    assert [row[4].split(".")[0] for row in checks] == ["○ we find more", "● agrees"]
    assert [row[0] for row in checks] == [check["check"] for check in CHECKS]


def test_a_rate_that_is_named_leads_to_its_row(moving):
    scenario, plan, page, _ = moving
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a" and attributes["href"].startswith("#rate-")]
    assert links
    assert {link.removeprefix("#") for link in links} <= ids
    known = {rate.rate: rate for rate in scenario.rates}
    rows = {row[0]: row for row in table_of(page, "rate-table")[1:]}
    assert set(rows) == set(plan.costs["rates"].unique()) & set(known)
    for name, row in rows.items():
        assert float(squeezed(row[4]).replace(" ", "")) == pytest.approx(known[name].value, rel=0.005)
        assert row[7] == known[name].status


def test_only_the_map_has_a_script_and_the_policy_knows_it(moving):
    scenario, plan, page, text = moving
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", text, flags=re.DOTALL)
    assert [attributes.strip() for attributes, _ in scripts] == ['type="application/json" id="flow-data"', ""]
    digest = base64.b64encode(hashlib.sha256(scripts[1][1].encode()).digest()).decode()
    policy = next(attributes["content"] for _, attributes in page.elements if attributes.get("http-equiv"))
    assert f"script-src 'sha256-{digest}';" in policy
    assert "unsafe" not in policy
    assert not re.findall(r"https?://", scripts[1][1].replace("http://www.w3.org/2000/svg", "")), "no outside address"
    assert not [word for word in ("fetch(", "XMLHttp", "eval(", "innerHTML", "import(") if word in scripts[1][1]]
    bare = dataclasses.replace(plan, flows=empty_frame("flows"), resupply=empty_frame("resupply"))
    assert "<script" not in alone(scenario, bare)["getting"]
    assert script_of(getting.contents(scenario, bare)) is None
    assert "script-src" not in content_policy("", script=None)


def test_every_picture_has_words_for_those_who_do_not_see_it(moving):
    _, _, page, _ = moving
    pictures = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("role") == "img"]
    assert all(len(attributes["aria-label"]) > 10 for attributes in pictures)
    flows = next(attributes for attributes in pictures if attributes["class"] == "map flows")
    assert "Most:" in flows["aria-label"]


def test_ids_are_unique_and_headings_descend_by_one(moving):
    *_, page, _ = moving
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_hostile_texts_are_texts():
    """Drawn, in tables and in the figures of the script: a text that breaks out of one of them breaks out of the page."""
    scenario, plan = hostile_way()
    bad = BREAKOUT.replace(";", "")
    whole = report_html(scenario, plan)
    for text, scripts in ((whole, 2), (comparison_html([plan, plan], scenarios=[scenario, None]), 0)):
        page = Page(text)
        assert len([tag for tag, _ in page.elements if tag == "script"]) == scripts
        assert bad not in text
        assert not [name for _, attributes in page.elements for name in attributes if name.startswith("on") or name == "style"]
    assert sections_of(Page(whole)) == SECTIONS


def test_two_plans_are_compared_by_day_tonnes_and_cost_of_each_nation(moving):
    scenario, medium, _, _ = moving
    small = with_way(scenario, sample_plan("small")[1], scale=0.5)
    page = Page(comparison_html([small, medium], scenarios=[scenario, scenario]))
    rows = {row[0]: [squeezed(cell) for cell in row[1:]] for row in table_of(page, "way-table")[1:]}
    first = medium.closure.filter((pl.col("priority") == 1) & (pl.col("required_day") < 180))
    assert rows["Day on which the first force is in place"][1] == f"D+{first['closure_day'].max()}"
    tonnes = [plan.supply["used_t"].sum() / (plan.supply["until_day"].max()) for plan in (small, medium)]
    assert [float(cell.split(" ")[0]) for cell in rows["Tonnes used a day"]] == pytest.approx(tonnes, abs=0.06)
    costs = {row[0].split(" ")[0]: [squeezed(cell) for cell in row[1:]] for row in table_of(page, "nation-cost-table")[1:]}
    assert set(costs) == set(small.costs["nation"]) | set(medium.costs["nation"])
    for nation, cells in costs.items():
        for plan, cell in zip((small, medium), cells, strict=True):
            value = plan.costs.filter(nation=nation)["value"].sum() / YEARS
            assert (cell == "–") == (value == 0)
            assert value == 0 or float(cell.split(" ")[0].rstrip("m")) * 1e6 == pytest.approx(value, rel=0.01)


def test_the_options_side_by_side_say_it_in_the_report(moving):
    scenario, medium, _, _ = moving
    small = with_way(scenario, sample_plan("small")[1])
    told = answer.comparison(scenario, medium, [("small", small), ("medium", medium)])
    rows = {row["name"]: row["cells"] for row in told["rows"]}
    assert rows["First force in place on"][1] == "D+36"
    assert [squeezed(cell) for cell in rows["Cost a year"]][1] == f"{medium.costs['value'].sum() / YEARS / 1e9:.2f} bn"
    assert {"Units that come late, or never", "Tonnes used a day"} <= set(rows)
    bare = answer.comparison(*sample_plan(), [("small", sample_plan("small")[1])])
    assert "Cost a year" not in {row["name"] for row in bare["rows"]}


def test_terminal_says_the_first_sentence_of_each():
    scenario, plan = way_plan()
    console = Console(width=80, record=True)
    print_summary(scenario, plan, console)
    printed = squeezed(" ".join(console.export_text().split()))
    for told in (way_sentences(scenario, plan), living_sentences(scenario, plan), cost_sentences(scenario, plan)):
        assert squeezed(Speech(console).said(told[0]).plain) in printed
