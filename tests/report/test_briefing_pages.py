"""The ten pages of a briefing as values: each number recomputed from the plan's frames, and nothing that could not be read."""

from functools import lru_cache
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.report.sample_mandate import hostile_mandate, mandated_plan
from tests.report.sample_plan import hostile_scenario, sample_plan
from tests.report.sample_risk import hostile_risk, risky_plan
from tests.report.sample_way import hostile_way, way_plan

from contingent import PlanOptions, make_plan, read_scenario
from contingent.pipeline import derive
from contingent.report.briefing.deck import deck_of
from contingent.report.briefing.frame import all_parts, told
from contingent.report.briefing.metrics import cut, fits, lines_of, width_of
from contingent.report.briefing.outlines import contours_of, outlines_of
from contingent.report.briefing.parts import (
    ACCENT,
    CELL_ACROSS,
    HEIGHT,
    INK,
    NAVY,
    PALE,
    PAPER,
    SOFT,
    WIDTH,
    Box,
    Chart,
    Deck,
    Page,
    Place,
    Stroke,
    Symbol,
    Table,
    Words,
)
from contingent.report.briefing.tree import branch_of
from contingent.report.words import grouped, percent

TOPICS = ["Headline", "Force", "Order of battle", "Gaps", "Rotation", "Movement", "Supply", "Cost", "Risk", "Sources"]
SMALLEST = 12.0
"""Letters of a page are no smaller. [pt]"""

LIBERATION = Path("/usr/share/fonts/truetype/liberation")


@lru_cache
def tiny():
    scenario = derive(read_scenario("tiny"))
    return scenario, make_plan(scenario, PlanOptions(replications=0))


PLANS = {
    "tiny": tiny, "sample": sample_plan, "small": lambda: sample_plan("small"), "mandate": mandated_plan, "way": way_plan,
    "risk": risky_plan, "hostile": hostile_scenario, "hostile mandate": hostile_mandate, "hostile way": hostile_way,
    "hostile risk": hostile_risk,
}  # fmt: skip


@lru_cache
def deck(name: str) -> Deck:
    return deck_of(*PLANS[name]())


def page(name: str, topic: str) -> Page:
    return deck(name).pages[TOPICS.index(topic)]


def texts(page: Page) -> str:
    found = [page.title]
    for part in page.parts:
        if isinstance(part, Words):
            found += [paragraph.whole for paragraph in part.paragraphs]
        if isinstance(part, Table):
            found += [cell for row in part.rows for cell in row]
    return "\n".join(found)


def chart_of(page: Page, name: str) -> Chart:
    return next(part for part in page.parts if isinstance(part, Chart) and part.name == name)


def table_of(page: Page) -> Table:
    return next(part for part in page.parts if isinstance(part, Table))


# --------------------------------------------------------------------------------------------------------------- what it says


@pytest.mark.parametrize("name", PLANS)
def test_there_are_ten_pages_each_with_a_title_what_it_rests_on_and_notes(name: str):
    assert [page.topic for page in deck(name).pages] == TOPICS
    for each in deck(name).pages:
        assert each.title
        assert each.rests_on
        assert all(note.startswith("• ") and note.endswith("]") for note in each.notes)
        assert each.notes


def test_the_headline_has_the_numbers_of_the_frames():
    scenario, plan = way_plan()
    said = texts(page("way", "Headline"))
    days = pl.col("until_day") - pl.col("from_day")
    first = plan.coverage.filter(pl.col("priority") == 1)
    required, filled = (float(first.select((pl.col(name) * days).sum()).item()) for name in ("required", "filled"))
    assert percent(filled / required) in said
    ends = range(scenario.settings.horizon_days)
    rows = plan.tours.select("from_day", "until_day", "people").rows()
    peak = max(sum(people for start, end, people in rows if start <= day < end) for day in ends)
    assert grouped(peak) in said
    years = float(plan.coverage["until_day"].max()) / 365.25
    billions = float(plan.costs["value"].sum()) / years / 1e9
    shown = f"{billions:.2f}" if billions >= 1 else f"{billions * 1000:.0f}"
    assert shown[:3] in said


def test_gaps_are_added_up_from_coverage():
    _, plan = sample_plan()
    days = pl.col("until_day") - pl.col("from_day")
    empty = {
        capability.replace("_", " ").lower(): unit_days
        for capability, unit_days in plan.coverage.group_by("capability").agg((pl.col("gap") * days).sum()).iter_rows()
    }
    table = table_of(page("sample", "Gaps"))
    assert table.rows
    for capability, _, _, missing, *_ in table.rows:
        assert missing == grouped(empty[capability.lower()])


def test_columns_of_people_are_means_over_the_days_of_their_span():
    scenario, plan = sample_plan()
    chart = chart_of(page("sample", "Rotation"), "people")
    by_day = [0.0] * scenario.settings.horizon_days
    for start, end, people in plan.tours.select("from_day", "until_day", "people").iter_rows():
        for day in range(max(0, start), min(end, len(by_day))):
            by_day[day] += people
    spans: dict[str, list[float]] = {}
    for day, people in enumerate(by_day):
        when = scenario.horizon.date_of(day)
        spans.setdefault(f"Q{(when.month - 1) // 3 + 1} {when.year % 100:02d}", []).append(people)
    assert list(chart.categories) == list(spans)
    for at, people in enumerate(spans.values()):
        drawn = sum(series.values[at] or 0.0 for series in chart.series)
        assert drawn == pytest.approx(sum(people) / len(people), abs=1)


def test_bars_of_cost_add_up_to_all_bills_of_the_first_scheme():
    _, plan = way_plan()
    chart = chart_of(page("way", "Cost"), "cost")
    scheme = plan.bills["scheme"][0]
    years = float(plan.coverage["until_day"].max()) / 365.25
    whole = float(plan.bills.filter(pl.col("scheme") == scheme)["value"].sum()) / years / 1e6
    drawn = sum(value or 0.0 for value in chart.series[0].values)
    assert drawn == pytest.approx(whole, rel=0.02, abs=len(chart.categories))


def test_tonnes_of_supply_are_those_of_the_frame():
    scenario, plan = way_plan()
    chart = chart_of(page("way", "Supply"), "supply")
    used = float(plan.supply.filter(pl.col("until_day") <= scenario.settings.horizon_days)["used_t"].sum())
    days = scenario.settings.horizon_days / len(chart.categories)
    drawn = sum(value or 0.0 for series in chart.series for value in series.values) * days
    assert drawn == pytest.approx(used, rel=0.03)


def test_the_force_is_sized_as_the_frame_says():
    _, plan = mandated_plan()
    chart = chart_of(page("mandate", "Force"), "force")
    own = next(row for row in reversed(plan.backcast.to_dicts()) if row["sent"] is None)
    assert sum(value or 0.0 for value in chart.series[0].values) == pytest.approx(own["sized"], rel=0.35)
    assert set(chart.categories) <= {"Land", "Air", "Sea", "Support"}


def test_risk_is_told_on_paper_under_chance_and_without_nations():
    _, plan = risky_plan()
    chart = chart_of(page("risk", "Risk"), "risk")
    shares = dict(zip(chart.categories, chart.series[0].values, strict=True))
    row = plan.risk_summary.filter((pl.col("measure") == "fill") & (pl.col("priority") == 1)).row(0, named=True)
    assert shares["On paper"] == pytest.approx(plan.fill_of(1), abs=1e-4)
    assert shares["In 19 of 20 runs, at least"] == pytest.approx(row["p05"], abs=1e-4)
    worst = plan.stress.filter((pl.col("kind") == "nation") & (pl.col("priority") == 1))["best_reaction"].min()
    assert worst in [pytest.approx(value, abs=1e-4) for value in shares.values()]


def test_a_stage_that_is_not_there_says_what_to_run():
    for topic, command in (
        ("Movement", "contingent plan SCENARIO"), ("Supply", "contingent plan SCENARIO"), ("Cost", "contingent plan SCENARIO"),
        ("Risk", "contingent simulate PLAN"),
    ):  # fmt: skip
        found = page("tiny", topic)
        assert found.title.startswith("Not worked out yet")
        assert command in texts(found)
        assert "no figure" in found.rests_on.lower() or "Nothing on this page is a figure" in found.rests_on


def test_a_requirement_that_asks_for_nothing_is_told_so():
    scenario = derive(read_scenario("tiny"))
    nothing = scenario.model_copy(
        update={"requirements": tuple(row.model_copy(update={"quantity": 0}) for row in scenario.requirements)}
    )
    found = deck_of(nothing, make_plan(nothing, PlanOptions(replications=0)))
    assert "nothing" in found.pages[0].title


# ------------------------------------------------------------------------------------------------------------- how it looks


@pytest.mark.parametrize("name", PLANS)
def test_nothing_leaves_the_page_and_every_text_fits_its_place(name: str):
    for number, each in enumerate(deck(name).pages, start=1):
        for part in all_parts(deck(name), each, number):
            if isinstance(part, Stroke):
                assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in (part.start, part.end))
                continue
            height = part.height if isinstance(part, Table) else part.place.height
            assert part.place.x >= 0, part
            assert part.place.right <= WIDTH + 0.01, part
            assert part.place.y >= 0, part
            assert part.place.y + height <= HEIGHT + 0.01, part
            if isinstance(part, Words):
                assert part.height <= part.place.height + 0.5, (each.topic, part)
                for paragraph in part.paragraphs:
                    bold = paragraph.bold or bool(paragraph.lead)
                    for line in paragraph.lines(part.place.width):
                        assert width_of(line, paragraph.size, bold=bold) <= part.place.width + 0.5, (each.topic, line)
            if isinstance(part, Table):
                _fits(part)


def _fits(table: Table) -> None:
    for column, width in zip(table.columns, table.widths, strict=True):
        for word in column.head.split(" "):
            assert width_of(word, table.size, bold=True) * 1.012 <= width - 2 * CELL_ACROSS, column
    for row in table.rows:
        for cell, width, column in zip(row, table.widths, table.columns, strict=True):
            for line in lines_of(cell, width - 2 * CELL_ACROSS, table.size, bold=column.bold):
                assert width_of(line, table.size, bold=column.bold) <= width - 2 * CELL_ACROSS + 0.5, line


@pytest.mark.parametrize("name", PLANS)
def test_parts_of_a_page_do_not_lie_on_one_another(name: str):
    """Charts, tables and sentences; boxes lie under their words."""
    for each in deck(name).pages:
        solid = [part for part in each.parts if isinstance(part, Chart | Table) or (isinstance(part, Words) and part.paragraphs)]
        places = [
            (Place(part.place.x, part.place.y, part.place.width, part.height), part)
            for part in solid
            if not isinstance(part, Chart)
        ]
        places += [(part.place, part) for part in solid if isinstance(part, Chart)]
        for (one, first), (other, second) in product(places, places):
            if (
                first is second
                or (isinstance(first, Words) and first.anchor == "middle")
                or (isinstance(second, Words) and second.anchor == "middle")
            ):
                continue
            apart = one.right <= other.x + 1 or other.right <= one.x + 1 or one.foot <= other.y + 1 or other.foot <= one.y + 1
            assert apart, (each.topic, first, second)


@pytest.mark.parametrize("name", PLANS)
def test_letters_can_be_read_from_the_back_of_a_room(name: str):
    for number, each in enumerate(deck(name).pages, start=1):
        for part in all_parts(deck(name), each, number):
            if isinstance(part, Words):
                assert all(paragraph.size >= SMALLEST for paragraph in part.paragraphs)
            if isinstance(part, Table | Chart):
                assert part.size >= 13


def _light(colour: str) -> float:
    def linear(value: int) -> float:
        share = value / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[at : at + 2], 16)) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(("ink", "ground"), list(product((INK, SOFT, ACCENT, NAVY), (PAPER, PALE))))
def test_letters_stand_out_from_their_ground(ink: str, ground: str):
    """Contrast as WCAG counts it, of which 4.5 is enough for small letters."""
    light, dark = sorted((_light(ink), _light(ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_colours_of_the_page_are_those_that_were_checked():
    grounds = {part.fill for each in deck("way").pages for part in each.parts if isinstance(part, Box)} - {None}
    inks = {p.colour for each in deck("way").pages for part in each.parts if isinstance(part, Words) for p in part.paragraphs}
    assert inks <= {INK, SOFT, ACCENT, NAVY}
    under_words = {
        part.fill for each in deck("way").pages for part in each.parts if isinstance(part, Box) and part.place.height > 20
    }
    assert under_words <= {PALE, PAPER, None}
    assert grounds


# ----------------------------------------------------------------------------------------------------------------- its tools


@pytest.mark.skipif(not LIBERATION.is_dir(), reason="the face is not installed here")
@pytest.mark.parametrize("bold", [False, True])
def test_widths_are_those_of_the_face(bold: bool):
    from PIL import ImageFont

    face = ImageFont.truetype(LIBERATION / f"LiberationSans-{'Bold' if bold else 'Regular'}.ttf", 1000)
    for text in ("The mandate asks for 29 300 people", "Łódź, Rzeszów – 61 % × 2²", "“quoted”, it’s"):
        kerned = face.getlength(text)
        assert width_of(text, 1000, bold=bold) == pytest.approx(kerned, rel=0.04)


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="abc MWil é·", min_size=1, max_size=80), st.floats(30, 400), st.integers(1, 3))
def test_what_is_cut_fits_and_what_fits_is_not_cut(text: str, room: float, lines: int):
    done = cut(text, room, 12, lines=lines)
    assert done == "…" or fits(done, room, 12, lines=lines)
    if fits(text, room, 12, lines=lines):
        assert done == text
    else:
        assert done.endswith("…")


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(alphabet="abc de", min_size=1, max_size=200), max_size=6), st.floats(80, 500), st.floats(30, 300))
def test_sentences_stay_within_their_place(sentences: list[str], width: float, height: float):
    """Where not even the first fits at the smallest size it is cut; a word wider than the place has nowhere to go."""
    words = told(sentences, Place(0, 0, width, height))
    longest = max((width_of(word, 15) for each in sentences for word in each.split(" ")), default=0)
    if longest < width * 0.9:
        assert words.height <= max(height, 15 * 1.18) + 0.5


def test_curves_of_symbols_end_where_the_path_says():
    """By hand: a quarter circle by one Bézier curve, then back along a line."""
    (contour,) = contours_of("M0,0 C0,5.5 4.5,10 10,10 L0,0")
    assert contour[0] == (0.0, 0.0)
    assert contour[-2] == pytest.approx((10.0, 10.0))
    middle = contour[5]
    assert ((middle[0] - 10) ** 2 + middle[1] ** 2) ** 0.5 == pytest.approx(10, rel=0.01)


@pytest.mark.parametrize("code", ["10031000181210000000", "10031000261600000000", "10031000261100004600"])
def test_a_symbol_stays_in_its_place(code: str):
    place = Place(100, 50, 60, 40)
    outlines, letters = outlines_of(code, place)
    points = [point for outline in outlines for contour in outline.contours for point in contour]
    assert outlines
    assert all(place.x - 0.5 <= x <= place.right + 0.5 and place.y - 0.5 <= y <= place.foot + 0.5 for x, y in points)
    assert all(place.x <= each.x <= place.right for each in letters)


def test_every_formation_has_its_box():
    scenario, plan = tiny()
    found = page("tiny", "Order of battle")
    symbols = [part for part in found.parts if isinstance(part, Symbol)]
    assert len(symbols) >= plan.formations.height
    assert scenario.settings.title == plan.title


def test_columns_share_out_formations_evenly():
    from contingent.report.briefing.tree import Standing

    leaf = [Standing("formation", str(at), None, None, 0, 0.0, 0.0) for at in range(4)]
    branch = branch_of(Standing("formation", "top", None, None, 0, 0.0, 0.0, tuple(leaf)), at_top=3, below=1)
    assert [len(column) for column in branch.columns] == [2, 2]
