"""The HTML report as a reader gets it: every promise of the page held against the plan, counted here by other means."""

import base64
import dataclasses
import hashlib
import itertools
import os
import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
from tests.report.sample_mandate import FACTORS, MISSIONS, SENSITIVITY, SIZED, TASKS, hostile_mandate, mandated_plan
from tests.report.sample_plan import BREAKOUT, greedy_tours, hostile_scenario, plan_of, sample_plan, sample_scenario

from contingent.model.rows import Requirement
from contingent.model.scenario import Scenario
from contingent.plan import Plan, empty_frame, frame
from contingent.report.html import report_html, write_report
from contingent.report.html.over_time import MOST_LINES, rows_for_each
from contingent.report.words import d_day, headline, nations_deployed, percent, plain, short_date, shortfalls

VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """What a browser would make of a page: its elements with their attributes, its texts, its tables."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.styles: list[str] = []
        self.rows: dict[str, list[list[str]]] = {}
        self._path: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append((tag, attributes))
        if tag not in VOID:
            self._path.append((tag, attributes.get("id", "")))
        if tag == "tr":
            self.rows.setdefault(self._inside("table"), []).append([])
        if tag in ("td", "th"):
            self.rows[self._inside("table")][-1].append("")

    def handle_endtag(self, tag: str) -> None:
        while self._path and self._path.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._path and self._path[-1][0] == "style":
            self.styles.append(data)
            return
        self.texts.append(data)
        cells = [tag for tag, _ in self._path if tag in ("td", "th")]
        if cells and not any(tag == "title" for tag, _ in self._path):
            self.rows[self._inside("table")][-1][-1] += data

    def _inside(self, tag: str) -> str:
        return next((name or "" for found, name in reversed(self._path) if found == tag), "")

    @property
    def words(self) -> str:
        """All text, white space folded."""
        return re.sub(r"\s+", " ", " ".join(self.texts))


@pytest.fixture(scope="module")
def medium() -> tuple[Scenario, Plan, Page]:
    scenario, plan = sample_plan()
    return scenario, plan, Page(report_html(scenario, plan))


def filled_share_by_day(scenario: Scenario, plan: Plan, priority: int) -> float:
    """Share filled, counted day by day from the tours."""
    asked = held = 0.0
    tours = plan.tours.to_dicts()
    for line in scenario.requirements:
        if line.priority != priority or (line.option and plan.option not in line.option):
            continue
        own = [tour for tour in tours if tour["line"] == line.line]
        for day in range(line.from_day, line.until_day or scenario.settings.horizon_days):
            serving = sum(tour["effectiveness"] for tour in own if tour["from_day"] <= day < tour["serves_until_day"])
            asked += line.quantity
            held += min(line.quantity, serving)
    return held / asked


def test_headline_says_what_is_held_of_the_first_priority(medium):
    scenario, plan, page = medium
    share = filled_share_by_day(scenario, plan, 1)
    nations = len({tour["nation"] for tour in plan.tours.to_dicts()})
    assert nations == 11
    assert f"eleven nations can hold {percent(share)} of the medium force’s priority-1 posts" in "".join(page.texts)


@pytest.mark.parametrize(
    ("further", "said"),
    [
        (0.002, "; no plan from these offers can hold one percentage point more."),
        (0.05, "; no plan from these offers can hold more than {best}."),
    ],
)
def test_headline_says_how_much_better_a_plan_could_be(further: float, said: str):
    """A bound that rounds to the share that is held is not said as the same number twice."""
    scenario, plan = sample_plan()
    required, filled = plan.required_unit_days[1], 0.7 * plan.required_unit_days[1]
    goal = dataclasses.replace(
        plan.goals[0], value=required - filled, bound=required - filled - further * required, status="time_limit"
    )
    other = dataclasses.replace(plan, goals=(goal, *plan.goals[1:]), filled_unit_days={**plan.filled_unit_days, 1: filled})
    assert headline(scenario, other)[0].endswith(said.format(best=percent(0.7 + further)))


@pytest.mark.parametrize(
    ("unit_days", "said"),
    [
        ((60.0, 40.0), "empty: ruled out by caveats)"),
        ((40.0, 35.0, 25.0), "empty: partly ruled out by caveats, partly too few units to rotate)"),
    ],
)
def test_headline_names_a_second_reason_where_the_first_explains_less_than_half(unit_days: tuple[float, ...], said: str):
    scenario, plan = sample_plan()
    worst = shortfalls(plan, priority=1)[0]
    gap = plan.gaps.filter(plan.gaps["capability"] == worst.capability).head(1).to_dicts()[0]
    reasons = ("caveat", "in_dwell", "not_ready")
    rows = [gap | {"reason": reason, "unit_days": days} for reason, days in zip(reasons, unit_days, strict=False)]
    others = plan.gaps.filter(plan.gaps["capability"] != worst.capability)
    told = " ".join(headline(scenario, dataclasses.replace(plan, gaps=pl.concat([others, frame("gaps", rows)]))))
    assert f"{plain(worst.capability)} ({percent(worst.share)} {said}" in told


def test_remedies_name_their_lines_and_say_where_a_cheaper_set_was_not_ruled_out(medium):
    """The sample's second remedy closes two lines and was not proven cheapest; units and people are added up by hand."""
    _, _, page = medium
    cells = [[cell.strip() for cell in row] for rows in page.rows.values() for row in rows]
    (battery,) = [row for row in cells if row[0] == "Medium-range air-defence battery" and len(row) == 6]
    assert battery[-1] == "L-011, L-013 not proven cheapest"
    assert "In all 15 units of 2\u202f280 people." in "".join(page.texts)
    assert "What is not costed is counted in people." in page.words


def test_remedies_without_any_cost_have_no_column_of_costs():
    scenario, plan = sample_plan()
    free = plan.remedies.with_columns(cost=pl.lit(None, dtype=pl.Float64))
    page = Page(report_html(scenario, dataclasses.replace(plan, remedies=free)))
    assert "Nothing is costed, so the cheapest set is the one of fewest people." in page.words
    assert "not costed" not in page.words


def test_peak_is_dated(medium):
    scenario, plan, page = medium
    by_day = [
        sum(tour["people"] for tour in plan.tours.to_dicts() if tour["from_day"] <= day < tour["until_day"])
        for day in range(scenario.settings.horizon_days)
    ]
    peak = by_day.index(max(by_day))
    assert f"on {short_date(scenario.horizon.date_of(peak))} ({d_day(peak)})" in "".join(page.texts)


def test_marking_stands_at_head_and_foot_and_on_each_printed_page(medium):
    _, plan, page = medium
    asides = [attributes for tag, attributes in page.elements if tag == "aside"]
    assert len(asides) == 2
    assert page.texts.count(plan.marking) == 2
    assert "@top-center" in page.styles[0]
    assert "@bottom-center" in page.styles[0]


def test_gap_table_has_one_row_a_gap_worst_first(medium):
    _, plan, page = medium
    head, *rows = page.rows["gap-table"]
    assert len(rows) == plan.gaps.height
    assert Counter(row[0] for row in rows) == Counter(plan.gaps["line"].to_list())
    at = head.index("Unit-days")
    figures = [(int(row[head.index("Priority")]), -float(re.sub(r"\s", "", row[at]))) for row in rows]
    assert figures == sorted(figures)


def test_each_line_and_each_nation_that_goes_is_named(medium):
    _, plan, page = medium
    calendar = {attributes["data-nation"] for tag, attributes in page.elements if "data-nation" in attributes}
    assert calendar == set(plan.tours["nation"])
    labels = [attributes["aria-label"] for tag, attributes in page.elements if tag == "svg" and "aria-label" in attributes]
    for line in plan.coverage["line"].unique():
        assert any(label.startswith(f"{line}: ") for label in labels), line


def test_unused_offers_are_all_listed_with_their_reason(medium):
    _, plan, page = medium
    rows = [row for table in page.rows.values() for row in table]
    for offer in plan.unused.to_dicts():
        row = next(row for row in rows if len(row) == 5 and row[1] == offer["offer"])
        assert row[3] == f"{offer['unused']} of {offer['offered']}"
        assert offer["detail"] in row[4]


def test_page_lets_nothing_in_or_out(medium):
    """No script, no frame, no form, no picture or style from elsewhere; the policy names the one style sheet by its hash."""
    *_, page = medium
    tags = {tag for tag, _ in page.elements}
    assert not tags & {
        "script",
        "iframe",
        "object",
        "embed",
        "form",
        "link",
        "base",
        "img",
        "image",
        "foreignobject",
        "audio",
        "video",
    }
    digest = base64.b64encode(hashlib.sha256("".join(page.styles).encode()).digest()).decode()
    policy = next(
        attributes["content"] for tag, attributes in page.elements if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policy
    assert "script-src" not in policy
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "srcset", "xlink:href")], tag
    assert re.findall(r"url\(([^)]*)\)", "".join(page.styles)) == ["#gap-hatch", "#handover-hatch", "#host-dots"]


def test_links_lead_to_places_of_the_page_or_to_named_sources(medium):
    scenario, _, page = medium
    ids = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    links = [attributes["href"] for tag, attributes in page.elements if tag == "a"]
    assert links
    for link in links:
        assert link.removeprefix("#") in ids if link.startswith("#") else link in {row.address for row in scenario.references}


def test_a_source_named_in_brackets_leads_to_it():
    """Only a key between brackets that the scenario has becomes a link; other brackets stay as they are."""
    base = sample_scenario()
    offer = base.offers[0].model_copy(update={"source": "Strength after [REF-2]; rest guessed [by hand] <b>."})
    scenario = base.model_copy(update={"offers": (offer, *base.offers[1:])})
    text = report_html(scenario, plan_of(scenario, []))
    assert 'Strength after [<a href="#source-2">REF-2</a>]; rest guessed [by hand] &lt;b&gt;.' in text
    assert '<tr id="source-2"><th scope="row">REF-2</th>' in text


def test_ids_are_unique_and_headings_descend_by_one(medium):
    *_, page = medium
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_no_text_of_a_scenario_breaks_out_of_its_place():
    scenario, plan = hostile_scenario()
    page = Page(report_html(scenario, plan, compared=[(f"C{BREAKOUT}", plan), (f"D{BREAKOUT}", plan)]))
    ordinary = Page(report_html(*sample_plan()))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in ordinary.elements}
    assert {name for _, attributes in page.elements for name in attributes} <= {
        name for _, attributes in ordinary.elements for name in attributes
    }
    words = "".join(page.texts)
    bad = BREAKOUT.replace(";", "")
    for start in ("T", "M", "S", "NN", "UN", "PN", "O", "OS", "L", "F", "LT", "R", "RT", "C", "D"):
        assert f"{start}{bad}" in words or f"{start}{BREAKOUT}" in words, start
    assert not [attributes["href"] for tag, attributes in page.elements if attributes.get("href", "").startswith("javascript")]


def test_marking_cannot_break_out_of_the_style_sheet():
    scenario, plan = sample_plan()
    evil = '"; } body { background: url(https://example.org/x) } </style><script>alert(1)</script>'
    page = Page(report_html(scenario, dataclasses.replace(plan, marking=evil)))
    assert "example.org" not in page.styles[0]
    assert len(page.styles) == 1
    assert page.texts.count(evil) == 2


def test_same_plan_gives_the_same_bytes_on_every_machine(tmp_path: Path):
    """Neither the clock, nor the time zone, nor the order of sets, nor the seconds that planning took leave a trace."""
    scenario, plan = sample_plan()
    here = write_report(scenario, plan, tmp_path / "here.html").read_bytes()
    slower = dataclasses.replace(
        plan, seconds={"generation": 99.0}, goals=tuple(dataclasses.replace(goal, seconds=99.0) for goal in plan.goals)
    )
    assert write_report(scenario, slower, tmp_path / "slower.html").read_bytes() == here
    script = (
        "import sys; from contingent.report import write_report; from tests.report.sample_plan import sample_plan; "
        "write_report(*sample_plan(), sys.argv[1])"
    )
    there = tmp_path / "there.html"
    root = Path(__file__).resolve().parents[2]
    elsewhere = {**os.environ, "TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", script, str(there)], check=True, cwd=root, env=elsewhere)
    assert there.read_bytes() == here


def test_options_stand_side_by_side():
    scenario, medium_plan = sample_plan()
    _, small = sample_plan("small")
    page = Page(report_html(scenario, medium_plan, compared=[("small", small), ("medium", medium_plan)]))
    rows = {row[0]: row[1:] for table in page.rows.values() for row in table if len(row) == 3}
    assert rows["Measure"] == ["small", "medium (this report)"]
    share = [percent(filled_share_by_day(scenario, plan, 1)) for plan in (small, medium_plan)]
    assert [cell.strip() for cell in rows["Priority 1 filled"]] == share
    assert rows["Priority 3 filled"][0] == "–"


def test_goals_say_in_plain_words_how_far_they_are_proven(medium):
    """The sample proves priority 1 and leaves priority 2 with a bound of nine tenths of what is unfilled."""
    scenario, plan, page = medium
    assert "Proven: no plan that keeps the goals above does better." in page.words
    bound = 0.9 * (1 - filled_share_by_day(scenario, plan, 2))
    assert f"no plan that keeps the goals above fills more than {percent(1 - bound)}." in "".join(page.texts)


def test_plan_without_requirement_says_so():
    scenario = sample_scenario().model_copy(update={"requirements": ()})
    page = Page(report_html(scenario, plan_of(scenario, [])))
    assert "This requirement asks for nothing" in page.words
    assert "There is no gap." in page.words


def test_plan_without_offers_says_that_nobody_holds_anything():
    scenario = sample_scenario().model_copy(update={"offers": ()})
    page = Page(report_html(scenario, plan_of(scenario, [], option="medium")))
    assert "no post of priority 1 of the medium force is held by anyone" in page.words
    assert "Nobody goes" in page.words


def test_plan_that_fills_everything_has_nothing_empty():
    base = sample_scenario()
    offer = next(row for row in base.offers if row.offer == "BRE-light_battlegroup")
    line = Requirement(line="X-1", capability="infantry", quantity=1, from_day=30, until_day=150, location="North")
    scenario = base.model_copy(update={"requirements": (line,), "offers": (offer,)})
    page = Page(report_html(scenario, plan_of(scenario, greedy_tours(scenario, None))))
    assert "one nation can hold every one of the force’s priority-1 posts, every day" in page.words
    assert "No post stays empty on any day." in page.words


def many_lines(copies: int) -> Scenario:
    """The sample's requirement and offers, several times over."""
    base = sample_scenario()
    return base.model_copy(
        update={
            "requirements": tuple(
                row.model_copy(update={"line": f"{row.line}-{copy}"}) for copy in range(copies) for row in base.requirements
            ),
            "offers": tuple(
                row.model_copy(update={"offer": f"{row.offer}-{copy}"}) for copy in range(copies) for row in base.offers
            ),
            "nations": tuple(row.model_copy(update={"personnel_ceiling": None}) for row in base.nations),
        }
    )


def test_hundred_and_fifty_lines_over_sixty_months_stay_under_three_megabytes(tmp_path: Path):
    scenario = many_lines(5)
    plan = plan_of(scenario, greedy_tours(scenario, None))
    assert plan.coverage["line"].n_unique() == 150
    assert write_report(scenario, plan, tmp_path / "big.html").stat().st_size < 3_000_000


def test_lines_beyond_what_can_be_read_are_counted():
    scenario = many_lines(9)
    plan = plan_of(scenario, [])
    page = Page(report_html(scenario, plan))
    assert f"{270 - MOST_LINES} more stand in coverage.csv" in page.words


@pytest.mark.parametrize(
    ("wanted", "room", "each"), [([3, 5, 1], 9, 5), ([3, 5, 1], 8, 4), ([3, 5, 1], 7, 3), ([10, 10], 1, 1), ([], 5, 0)]
)
def test_rows_are_shared_so_that_those_who_want_fewer_leave_theirs(wanted, room, each):
    assert rows_for_each(wanted, room=room) == each


def test_units_that_nations_own_together_are_not_counted_as_a_nation() -> None:
    scenario, plan = sample_plan()
    first = plan.tours["nation"][0]
    nations = tuple(row.model_copy(update={"kind": "multinational"}) if row.nation == first else row for row in scenario.nations)
    shared = scenario.model_copy(update={"nations": nations})
    assert plan.tours["nation"].n_unique() == nations_deployed(scenario, plan) == nations_deployed(shared, plan) + 1


# ---------------------------------------------------------------------------------------- mandate, structure, ground, adequacy

OF_MANDATE = ("mandate", "moves", "missions", "structure", "reach", "enough")


@pytest.fixture(scope="module")
def mandated() -> tuple[Scenario, Plan, Page]:
    scenario, plan = mandated_plan()
    return scenario, plan, Page(report_html(scenario, plan))


def squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u202f", " ")).strip()


def table_of(page: Page, name: str) -> list[list[str]]:
    return [[squeezed(cell) for cell in row] for row in page.rows[name]]


def test_sections_of_what_is_not_there_leave_no_trace(medium, mandated):
    """Neither a section, nor an entry of the contents, nor an empty table."""
    plain_ids = {attributes["id"] for tag, attributes in medium[2].elements if tag == "section"}
    mandated_ids = {attributes["id"] for tag, attributes in mandated[2].elements if tag == "section"}
    assert mandated_ids - plain_ids == set(OF_MANDATE)
    links = {attributes["href"] for tag, attributes in medium[2].elements if tag == "a"}
    assert not links & {f"#{name}" for name in OF_MANDATE}


@pytest.mark.parametrize(
    ("frame_name", "section"),
    [
        ("sizing", "mandate"),
        ("sensitivity", "moves"),
        ("backcast", "missions"),
        ("formations", "structure"),
        ("reach", "reach"),
        ("adequacy", "enough"),
    ],
)
def test_each_section_goes_with_its_own_frame(frame_name: str, section: str):
    scenario, plan = mandated_plan()
    page = Page(report_html(scenario, dataclasses.replace(plan, **{frame_name: empty_frame(frame_name)})))
    there = {attributes["id"] for tag, attributes in page.elements if tag == "section"}
    assert set(OF_MANDATE) - there == {section}


def test_each_task_has_a_row_with_what_it_asks_for_and_why(mandated):
    _, _, page = mandated
    rows = {row[0]: row for row in table_of(page, "mandate-tasks") if len(row) == 4}
    for line, task, _, _, _, quantity, _, people, sentence in SIZED:
        (row,) = [row for head, row in rows.items() if f"{task} ·" in head]
        assert f"{quantity} ×" in row[1]
        assert line in row[1]
        assert row[2] == f"{people:,}".replace(",", " ")
        start = sentence.split(" -> ")[0].replace(",", " ").replace("km2", "km²").replace(" x ", " × ")
        assert start in row[3]
    assert len(rows) == len(TASKS) + 1


def test_status_is_a_letter_with_a_word_for_those_who_do_not_see_it(mandated):
    _, _, page = mandated
    marks = Counter(
        (attributes["class"], attributes["aria-label"])
        for tag, attributes in page.elements
        if tag == "span" and attributes.get("class", "").startswith("status ")
    )
    assert set(marks) == {("status sourced", "fact"), ("status derived", "derived"), ("status assumption", "assumption")}


def test_every_factor_that_was_read_stands_once_with_its_source(mandated):
    _, plan, page = mandated
    rows = table_of(page, "mandate-factors")[1:]
    assert len(rows) == plan.factors.select("factor", "scope").n_unique()
    (frontage,) = [row for row in rows if row[0].startswith("Frontage")]
    assert frontage == ["FrontageLength of line that one battalion holds.", "24 km per battalion", "15 km to 40 km",
                        "A assumption, low confidenceAssumption: after [REF-2].", "NORTH"]  # fmt: skip
    assert len(FACTORS) == len(rows)


def test_tornado_has_a_twin_in_figures(mandated):
    _, _, page = mandated
    rows = table_of(page, "moves-table")[1:]
    told = [(int(row[2].replace(" ", "")), int(row[5].replace(" ", ""))) for row in rows]
    assert told == [(row[6], row[8]) for row in SENSITIVITY[:-1]]
    assert "Of 7 factors that were varied, one moves nothing." in page.words


def test_missions_have_their_errors_and_misses_in_a_twin(mandated):
    _, _, page = mandated
    rows = table_of(page, "missions-table")[1:]
    errors = {row[0]: (row[3], row[5]) for row in rows}
    by_hand = {name: sized / sent - 1 for name, _, sent, sized, *_ in MISSIONS}
    for name, error in by_hand.items():
        (head,) = [head for head in errors if head.startswith(name)]
        assert errors[head][0] == f"{'+' if error > 0 else '−'}{abs(error) * 100:.0f} %"
        assert ("missed" in errors[head][1]) == (max(1 + error, 1 / (1 + error)) > 2)
    assert rows[-1][0].startswith("This plan")
    assert "three are sized within a factor of 1.5 of what was sent and three within a factor of 2" in page.words


def test_headquarters_that_nobody_holds_stand_out(mandated):
    _, _, page = mandated
    assert "Nobody can hold the headquarters of Brigade South." in page.words
    assert [attributes.get("class") for tag, attributes in page.elements if tag == "tr"].count("vacant") == 1
    (row,) = [row for row in table_of(page, "formations-table") if row[0].startswith("Brigade South")]
    assert row[1] == "○ nobody holds it"
    assert row[2].startswith("none")


def test_map_and_its_twin_name_the_same_points(mandated):
    """Of eight hours allowed: four points within half, three within, one later, one never; each has its shape."""
    _, plan, page = mandated
    shapes = Counter(
        attributes["class"] for tag, attributes in page.elements if attributes.get("class", "").startswith("reach ")
    )
    in_legend = 1
    assert {kind: number - in_legend for kind, number in shapes.items()} == {
        "reach soon": 4, "reach in-time": 3, "reach late": 1, "reach never": 1,
    }  # fmt: skip
    rows = table_of(page, "reach-table")[1:]
    assert [row[0] for row in rows] == plan.reach["point"].to_list()
    assert [row[3] for row in rows].count("✕ never") == 1
    bases = table_of(page, "bases-table")[1:]
    assert [(row[0][0], row[1], row[6]) for row in bases] == [("A", "4", "4.9"), ("B", "4", "9.3")]


def test_adequacy_says_yes_or_how_many_are_short_with_every_assumption(mandated):
    _, plan, page = mandated
    rows = table_of(page, "adequacy-table")[1:]
    assert [row[8] for row in rows[:5]] == ["○ 11 short", "○ 7 short", "○ 1 short", "● yes", "● yes"]
    assert "Enough within 72 h, not before." in page.words
    assert "Not enough, even after 10 days: 10 are there, 10 short." in page.words
    for assumption in plan.adequacy["assumption"].unique():
        assert squeezed(assumption.split("[")[0]) in squeezed(page.words)


def test_pictures_say_in_words_what_they_show(mandated):
    *_, page = mandated
    labels = [attributes["aria-label"] for tag, attributes in page.elements if tag == "svg" and "aria-label" in attributes]
    for start in ("The six factors that move", "Past missions: people sent", "Map of who reaches what", "Battalions within"):
        assert any(label.startswith(start) for label in labels), start


def test_no_text_of_a_mandate_breaks_out_of_its_place(mandated):
    page = Page(report_html(*hostile_mandate()))
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in mandated[2].elements}
    assert {name for _, attributes in page.elements for name in attributes} <= {
        name for _, attributes in mandated[2].elements for name in attributes
    }
    there = {attributes["id"] for tag, attributes in page.elements if tag == "section"}
    assert set(OF_MANDATE) <= there


def test_mandate_pages_are_alike_each_time():
    scenario, plan = mandated_plan()
    assert report_html(scenario, plan) == report_html(scenario, plan)


def test_ids_of_a_mandate_are_unique_and_its_headings_descend_by_one(mandated):
    test_ids_are_unique_and_headings_descend_by_one(mandated)
    test_page_lets_nothing_in_or_out(mandated)
