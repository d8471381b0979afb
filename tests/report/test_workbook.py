"""The workbook as a reader opens it: every promise of a sheet held against the plan's tours, counted day by day here."""

import dataclasses
import io
import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from tests.report.sample_mandate import MISSIONS, SIZED, mandated_plan
from tests.report.sample_plan import greedy_tours, hostile_scenario, plan_of, sample_plan, sample_scenario
from tests.report.sample_risk import POINTS, hostile_risk, risky_plan
from tests.report.sample_way import with_way

from contingent.model.rows import Nation
from contingent.model.scenario import Scenario
from contingent.plan import COLUMNS, Plan, empty_frame
from contingent.plan.risk_columns import RISK_COLUMNS
from contingent.report.outlook import outlook
from contingent.report.workbook import PAGES, write_workbook
from contingent.report.workbook.book import MOST_CHARACTERS, header_text, safe_text

MATRIX_HEAD, MATRIX_TOP = 6, 7
TABLE_HEAD, TABLE_TOP = 5, 6
FORMULA_STARTS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://example.org")')


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The workbook of the sample plan, read back with its values."""
    scenario, plan = sample_plan()
    return load(write_workbook(scenario, plan, tmp_path_factory.mktemp("book") / "plan.xlsx"), data_only=True)


def load(path: Path, *, data_only: bool = False) -> Workbook:
    """The workbook read back by a library that is not the one that wrote it; its file is closed."""
    return openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=data_only)


def heads(sheet: Worksheet, row: int) -> list[str]:
    """The heads of a sheet, blanks left out."""
    return [str(cell.value) for cell in sheet[row] if cell.value is not None]


def table(sheet: Worksheet) -> list[dict[str, object]]:
    """The rows of a flat sheet by the heads of their columns, down to the first blank row."""
    names = heads(sheet, TABLE_HEAD)
    rows = []
    for row in sheet.iter_rows(min_row=TABLE_TOP, max_col=len(names), values_only=True):
        if not any(value is not None for value in row):
            break
        rows.append(dict(zip(names, row, strict=True)))
    return rows


def month_columns(sheet: Worksheet) -> dict[tuple[int, str], int]:
    """The column of each month, by year and name."""
    columns: dict[tuple[int, str], int] = {}
    year = None
    for column in range(1, sheet.max_column + 1):
        year = sheet.cell(MATRIX_HEAD - 1, column).value or year
        name = sheet.cell(MATRIX_HEAD, column).value
        if year is not None and name in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"):
            columns[int(year), str(name)] = column
    return columns


def filled_by_month(scenario: Scenario, plan: Plan, line_name: str) -> dict[tuple[int, str], list[float]]:
    """What a line has filled on each day of its window, by calendar month, counted from the tours alone."""
    line = next(row for row in scenario.requirements if row.line == line_name)
    tours = plan.tours.filter(pl.col("line") == line_name).to_dicts()
    by_month: dict[tuple[int, str], list[float]] = {}
    horizon = scenario.settings.horizon_days
    for day in range(line.from_day, min(horizon if line.until_day is None else line.until_day, horizon)):
        when = scenario.settings.start_date + timedelta(days=day)
        served = sum(tour["effectiveness"] for tour in tours if tour["from_day"] <= day < tour["serves_until_day"])
        by_month.setdefault((when.year, when.strftime("%b")), []).append(min(float(line.quantity), served))
    return by_month


@pytest.fixture(scope="module")
def mandated(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    """The workbook of the sample plan that has a mandate."""
    scenario, plan = risky_plan()
    plan = with_way(scenario, plan)
    return load(write_workbook(scenario, plan, tmp_path_factory.mktemp("mandated") / "plan.xlsx"), data_only=True)


def test_sheets_stand_in_the_promised_order(book: Workbook, mandated: Workbook) -> None:
    """The names are what users and the manual refer to; those of the mandate are not there without one."""
    assert mandated.sheetnames == [
        "Summary",
        "Mandate",
        "Factors",
        "Missions",
        "CJSOR",
        "Holders",
        "Gaps",
        "Structure",
        "Adequacy",
        "Movement",
        "Supply",
        "Cost",
        "Risk",
        "Stress",
        "Ceiling",
        "Nations",
        "Nation x line",
        "Rotation",
        "Tours",
        "Unused offers",
        "Remedies",
        "Worth",
        "Sources",
        "About",
    ]
    assert [page.name for page in PAGES] == mandated.sheetnames
    left_out = {"Mandate", "Factors", "Missions", "Structure", "Adequacy"}
    left_out |= {"Movement", "Supply", "Cost", "Risk", "Stress", "Ceiling"}
    assert book.sheetnames == [name for name in mandated.sheetnames if name not in left_out]


def test_matrix_has_one_row_a_line_of_the_option(tmp_path: Path) -> None:
    """Lines of other options are not in it."""
    scenario, plan = sample_plan("small")
    small = load(write_workbook(scenario, plan, tmp_path / "small.xlsx"))["CJSOR"]
    wanted = [line.line for line in scenario.requirements if not line.option or "small" in line.option]
    assert 0 < len(wanted) < len(scenario.requirements)
    assert [small.cell(MATRIX_TOP + at, 1).value for at in range(len(wanted))] == wanted
    assert small.cell(MATRIX_TOP + len(wanted), 1).value is None


def test_month_cells_are_the_mean_of_the_days_on_which_the_line_is_open(book: Workbook) -> None:
    """Every cell of the matrix, counted again by a loop over days; a month in which a line is not open is blank."""
    scenario, plan = sample_plan()
    sheet = book["CJSOR"]
    columns = month_columns(sheet)
    assert len(columns) == 60
    for row in range(MATRIX_TOP, MATRIX_TOP + 30):
        expected = filled_by_month(scenario, plan, str(sheet.cell(row, 1).value))
        for month, column in columns.items():
            days = expected.get(month)
            value = sheet.cell(row, column).value
            assert value == (None if days is None else pytest.approx(sum(days) / len(days), abs=1e-5)), (row, month)


def test_every_state_has_a_sign_of_its_own(book: Workbook) -> None:
    """Readable without colour: the sign is in the number's format, and tells filled, in part and empty apart."""
    sheet = book["CJSOR"]
    seen = set()
    for row in range(MATRIX_TOP, MATRIX_TOP + 30):
        needed = sheet.cell(row, 3).value
        for column in month_columns(sheet).values():
            cell = sheet.cell(row, column)
            if cell.value is None:
                continue
            sign = re.match(r'"(.) "', cell.number_format)
            assert sign is not None, cell.number_format
            full, none = cell.value >= needed - 1e-6, cell.value <= 1e-6
            assert sign[1] in ("●▲" if full else "○" if none else "◐"), (row, column)
            assert cell.fill.fgColor.rgb not in ("FFFFFFFF", "00000000")
            seen.add(sign[1])
    assert seen >= {"●", "◐", "○"}


def test_the_foot_sums_what_the_lines_show(book: Workbook, tmp_path: Path) -> None:
    """The formulas at the foot carry the value that a viewer without a calculator shows."""
    scenario, plan = sample_plan()
    formulas = load(write_workbook(scenario, plan, tmp_path / "plan.xlsx"))["CJSOR"]
    sheet = book["CJSOR"]
    labels = {sheet.cell(row, 4).value: row for row in range(MATRIX_TOP + 30, sheet.max_row + 1)}
    for column in month_columns(sheet).values():
        shown = [(sheet.cell(row, 3).value, sheet.cell(row, column).value) for row in range(MATRIX_TOP, MATRIX_TOP + 30)]
        needed = sum(quantity for quantity, value in shown if value is not None)
        filled = sum(value for _, value in shown if value is not None)
        assert sheet.cell(labels["Units needed"], column).value == needed
        assert sheet.cell(labels["Units filled"], column).value == pytest.approx(filled, abs=1e-4)
        assert sheet.cell(labels["Fill"], column).value == pytest.approx(filled / needed, abs=1e-4)
        assert formulas.cell(labels["Units filled"], column).data_type == "f"


def test_people_deployed_at_the_foot_are_counted_by_day(book: Workbook) -> None:
    """The most on one day of each month, handover included."""
    scenario, plan = sample_plan()
    sheet = book["CJSOR"]
    row = next(
        row for row in range(MATRIX_TOP + 30, sheet.max_row + 1) if sheet.cell(row, 4).value == "People deployed, most on one day"
    )
    most: dict[tuple[int, str], int] = {}
    tours = plan.tours.select("from_day", "until_day", "people").rows()
    for day in range(scenario.settings.horizon_days):
        when = scenario.settings.start_date + timedelta(days=day)
        month = (when.year, when.strftime("%b"))
        most[month] = max(most.get(month, 0), sum(people for start, end, people in tours if start <= day < end))
    assert {month: sheet.cell(row, column).value for month, column in month_columns(sheet).items()} == most


def test_holders_are_named_in_the_months_that_they_serve(book: Workbook) -> None:
    """Each nation that serves a line on a day of the month, and no other."""
    scenario, plan = sample_plan()
    sheet = book["Holders"]
    for row in range(MATRIX_TOP, MATRIX_TOP + 30):
        line = scenario.requirement_by_line[str(sheet.cell(row, 1).value)]
        closes = scenario.settings.horizon_days if line.until_day is None else line.until_day
        tours = plan.tours.filter(pl.col("line") == line.line).to_dicts()
        serving: dict[tuple[int, str], set[str]] = {}
        for day in range(line.from_day, closes):
            when = scenario.settings.start_date + timedelta(days=day)
            names = {tour["nation"] for tour in tours if tour["from_day"] <= day < tour["serves_until_day"]}
            serving.setdefault((when.year, when.strftime("%b")), set()).update(names)
        for month, column in month_columns(sheet).items():
            shown = set(re.findall(r"[A-Z]{3}", str(sheet.cell(row, column).value or "")))
            assert shown == serving.get(month, set()), (line.line, month)


def test_rotation_calendar_shows_each_unit_where_it_is(book: Workbook) -> None:
    """A month's cell names the line that the unit is on tour for; a month without a tour names none."""
    scenario, plan = sample_plan()
    sheet = book["Rotation"]
    columns = month_columns(sheet)
    units = [str(sheet.cell(row, 3).value) for row in range(MATRIX_TOP, sheet.max_row + 1)]
    assert sorted(units) == sorted(plan.tours["unit"].unique())
    for at, unit in enumerate(units):
        away: dict[tuple[int, str], set[str]] = {}
        for tour in plan.tours.filter(pl.col("unit") == unit).to_dicts():
            for day in range(tour["from_day"], min(tour["until_day"], scenario.settings.horizon_days)):
                when = scenario.settings.start_date + timedelta(days=day)
                away.setdefault((when.year, when.strftime("%b")), set()).add(tour["line"])
        for month, column in columns.items():
            shown = set(re.findall(r"L-\d+", str(sheet.cell(MATRIX_TOP + at, column).value or "")))
            assert shown == away.get(month, set()), (unit, month)


def test_handover_is_marked_in_the_month_of_relief(book: Workbook) -> None:
    """A unit's first tour ends with ten days of handover, which fall in one month or two."""
    scenario, plan = sample_plan()
    sheet = book["Rotation"]
    tour = plan.tours.row(0, named=True)
    row = next(row for row in range(MATRIX_TOP, sheet.max_row + 1) if sheet.cell(row, 3).value == tour["unit"])
    marked = {month for month, column in month_columns(sheet).items() if f"{tour['line']}⇄" in str(sheet.cell(row, column).value)}
    first_tour = [
        scenario.settings.start_date + timedelta(days=day) for day in range(tour["serves_until_day"], tour["until_day"])
    ]
    assert first_tour
    assert {(when.year, when.strftime("%b")) for when in first_tour} <= marked


def test_tours_gaps_nations_and_offers_are_all_there(book: Workbook) -> None:
    """Flat sheets have one row for each row of the plan, with the plan's own figures."""
    scenario, plan = sample_plan()
    tours = table(book["Tours"])
    assert [(row["Unit"], row["Serial"], row["From"], row["Until"], row["People"]) for row in tours] == (
        plan.tours.select("unit", "line", "from_day", "until_day", "people").rows()
    )
    assert all(row["Until date"].date() == scenario.settings.start_date + timedelta(days=int(row["Until"])) for row in tours)
    gaps = table(book["Gaps"])
    assert sorted((row["Serial"], row["From"], row["Unit-days"]) for row in gaps) == sorted(
        plan.gaps.select("line", "from_day", "unit_days").rows()
    )
    assert {row["Detail"] for row in gaps} == set(plan.gaps["detail"])
    assert all(row["Remedy"] == "3 × Airborne early-warning detachment" for row in gaps if row["Serial"] == "L-025")
    nations = {row["Nation"]: (row["Person-days"], row["People, peak"], row["Ceiling"]) for row in table(book["Nations"])}
    assert nations == {row["nation"]: (row["person_days"], row["people_peak"], row["ceiling"]) for row in plan.nations.to_dicts()}
    assert [row["Detail"] for row in table(book["Unused offers"])] == plan.unused.sort("nation", "offer")["detail"].to_list()
    remedies = table(book["Remedies"])
    assert [row["Units"] for row in remedies] == plan.remedies["units"].to_list()
    told = [(row["Closes lines"], row["Remark"]) for row in remedies]
    assert told == [("L-025", None), ("L-011; L-013", "not proven cheapest")]
    assert len(table(book["Worth"])) == len(plan.worth)


def test_nation_by_line_adds_up_to_the_nation(book: Workbook) -> None:
    """The column of a nation sums to its person-days over the horizon, by the formula's own value."""
    scenario, plan = sample_plan()
    sheet = book["Nation x line"]
    row = next(row for row in range(TABLE_TOP, sheet.max_row + 1) if sheet.cell(row, 3).value == "Sum of means")
    sums = {sheet.cell(TABLE_HEAD, column).value: sheet.cell(row, column).value for column in range(5, sheet.max_column + 1)}
    for nation in plan.nations.filter(pl.col("tours") > 0).to_dicts():
        assert sums.pop(nation["nation"]) == pytest.approx(nation["person_days"] / scenario.settings.horizon_days, rel=1e-9)
    assert not sums


def test_summary_says_fill_goals_and_confidence(book: Workbook) -> None:
    """The numbers of the plan, and each goal with its status in words."""
    _, plan = sample_plan()
    values = [cell for row in book["Summary"].iter_rows(values_only=True) for cell in row if cell is not None]
    assert plan.people_deployed_peak in values
    assert pytest.approx(plan.fill) in values
    assert pytest.approx(plan.low_confidence_share) in values
    for priority in plan.required_unit_days:
        assert pytest.approx(plan.fill_of(priority)) in values
    assert values.count("proven best") == sum(goal.status == "optimal" for goal in plan.goals)
    assert "Posts of priority 1 left empty" in values


def test_sheets_are_set_up_for_reading_and_printing(book: Workbook) -> None:
    """Head and serial stay in view; A3 landscape, head repeated, marking above and below on every page."""
    scenario, _ = sample_plan()
    for sheet in book:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.page_setup.paperSize == 8
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.page_setup.fitToHeight == 0
        assert scenario.settings.marking in sheet.oddHeader.center.text
        assert scenario.settings.marking in sheet.oddFooter.center.text
        assert sheet["A1"].value == scenario.settings.marking
    matrix = book["CJSOR"]
    assert matrix.freeze_panes == "E7"
    assert matrix.print_title_rows == "$5:$6"
    assert matrix.print_title_cols == "$A:$D"
    assert matrix.auto_filter.ref is not None
    assert book["Tours"].freeze_panes == "B6"
    assert book["Tours"].print_title_rows == "$5:$5"


def test_every_column_is_explained_in_the_workbook_and_in_the_manual(book: Workbook, mandated: Workbook) -> None:
    """The heads of each sheet are the columns that its page declares; the manual names every sheet and column."""
    manual = (Path(__file__).parents[2] / "docs" / "outputs.md").read_text(encoding="utf-8")
    glossary = {(row[1], row[2]) for row in mandated["About"].iter_rows(min_row=TABLE_TOP, values_only=True)}
    for page in PAGES:
        assert f"`{page.name}`" in manual, page.name
        for column in page.columns:
            assert (column.head, column.meaning) in glossary
            assert f"| {column.head} | {column.meaning} |" in manual, (page.name, column.head)
    for name, columns in COLUMNS.items():
        chapter = manual.split(f"### `{name}.csv`")[1].split("###")[0]
        assert re.findall(r"^\| `(\w+)` \|", chapter, flags=re.MULTILINE) == list(columns)
    assert heads(book["Tours"], TABLE_HEAD) == [column.head for page in PAGES if page.name == "Tours" for column in page.columns]


def test_mandate_names_each_sized_line_and_adds_up(mandated: Workbook) -> None:
    """Each line that was sized has its task, units, people and whole sentence; typed lines are said to be typed."""
    rows = table(mandated["Mandate"])
    sized = {row["Serial"]: row for row in rows if row["Task"] is not None}
    assert {line: (row["Task"], row["Units"], row["People"], row["How it was worked out"]) for line, row in sized.items()} == {
        row[0]: (row[1], row[5], row[7], row[8]) for row in SIZED
    }
    assert {row["Method"] for row in rows if row["Task"] is None} == {"typed in"}
    assert sized["L-017"]["Component"] == "Support"
    assert sized["L-022"]["Status"] == "fact"


def test_factors_come_widest_first_with_the_people_at_their_ends(mandated: Workbook) -> None:
    rows = table(mandated["Factors"])
    assert [row["Factor"] for row in rows][:2] == ["frontage_km", "battalion_area_km2"]
    first = rows[0]
    assert [first[name] for name in ("Low", "Value", "High")] == [15, 24, 40]
    assert first["Between"] == first["People at low"] - first["People at high"] == 26_860 - 21_610
    assert first["In words"] == "Length of line that one battalion holds."


def test_missions_say_each_error_and_miss(mandated: Workbook) -> None:
    """Errors by hand: 26,000 for 60,000 is 57 % too small, a factor of 2.31; this plan is last and has none."""
    rows = table(mandated["Missions"])
    assert [row["Mission"] for row in rows] == [
        *(row[0] for row in sorted(MISSIONS, key=lambda row: -row[2])),
        "this plan",
    ]
    delta = rows[0]
    assert delta["Error"] == pytest.approx(-0.5667, abs=1e-4)
    assert delta["Factor off"] == pytest.approx(60 / 26)
    assert delta["Verdict"] == "missed: too small"
    assert rows[-1]["Sent"] is None
    assert rows[-1]["Verdict"] == "not sent yet"


def test_structure_sets_in_what_stands_under_and_adequacy_says_what_is_short(mandated: Workbook) -> None:
    formations = table(mandated["Structure"])
    assert [row["Formation"] for row in formations] == [
        "Force headquarters",
        "    Brigade North",
        "    Brigade South",
        "    Air component",
    ]
    assert formations[2]["HQ held"] == 0
    assert formations[2]["Framework nation"] is None
    assert formations[3]["HQ held"] is None
    cases = table(mandated["Adequacy"])
    assert [(row["Within [h]"], row["Both"], row["Short"], row["Enough"]) for row in cases[:5]] == [
        (0, 4, 11, "no"),
        (6, 8, 7, "no"),
        (24, 14, 1, "no"),
        (72, 17, 0, "yes"),
        (240, 17, 0, "yes"),
    ]


def rows_under(sheet: Worksheet, head: str) -> list[tuple[object, ...]]:
    """The rows of the table whose first head is this, down to the first blank row."""
    rows = list(sheet.iter_rows(values_only=True))
    top = next(at for at, row in enumerate(rows) if row[0] == head) + 1
    end = next(at for at in range(top, len(rows)) if rows[at][0] is None)
    return rows[top:end]


def test_risk_stress_and_ceiling_say_their_state_with_a_sign_and_a_word(mandated: Workbook) -> None:
    """A light that is read without its colour; figures are those of the frames, the weakest lines first."""
    _, plan = risky_plan()
    held = rows_under(mandated["Risk"], "Serial")
    order = plan.risk_lines.select((pl.col("planned") < 1.0).alias("open"), "held").sort("open", "held")
    assert [row[3] for row in held] == pytest.approx(order["held"].to_list())
    for row in held:
        share = float(str(row[3]))
        assert row[4] == ("● held" if share >= 0.95 else "◐ doubtful" if share >= 0.5 else "○ not held")
    cases = rows_under(mandated["Stress"], "Case")
    assert len(cases) == plan.stress.height
    for row in cases:
        lost = float(str(row[4])) - float(str(row[6]))
        assert row[8] == ("● nothing" if lost < 0.005 else "◐ some" if lost < 0.1 - 1e-9 else "○ much")
    points = rows_under(mandated["Ceiling"], "Question")
    assert [row[3] for row in points] == [point[3] for point in POINTS]
    assert rows_under(mandated["Ceiling"], "Said by")[0][2] == "– cannot be compared"


def test_what_chance_says_stands_on_the_summary(mandated: Workbook) -> None:
    said = {str(cell) for row in mandated["Summary"].iter_rows(max_row=30, values_only=True) for cell in row if cell}
    assert {sentence for sentence, _ in outlook(*risky_plan())} <= said


def test_same_plan_gives_the_same_bytes_whatever_the_clock(tmp_path: Path) -> None:
    """Two writings of one plan, timed differently, do not differ by a byte."""
    scenario, plan = sample_plan()
    slower = dataclasses.replace(
        plan, seconds={"generation": 99.0}, goals=tuple(dataclasses.replace(goal, seconds=7.0) for goal in plan.goals)
    )
    first = write_workbook(scenario, plan, tmp_path / "first.xlsx").read_bytes()
    assert write_workbook(scenario, slower, tmp_path / "second.xlsx").read_bytes() == first


def tainted(text: str) -> tuple[Scenario, Plan]:
    """The sample with a text at the head of every free text and of a nation's and a line's name."""
    base = sample_scenario()
    scenario = base.model_copy(
        update={
            "settings": base.settings.model_copy(
                update={"title": f"{text} title", "marking": f"{text} marking", "description": f"{text} words"}
            ),
            "nations": tuple(
                Nation.model_construct(**(row.model_dump() | {"name": f"{text} {row.name}", "source": f"{text} source"}))
                for row in base.nations
            ),
            "requirements": tuple(
                row.model_copy(update={"title": f"{text} line", "formation": f"{text} formation"}) for row in base.requirements
            ),
            "unit_types": tuple(row.model_copy(update={"name": f"{text} type"}) for row in base.unit_types),
            "locations": tuple(row.model_copy(update={"name": f"{text} place"}) for row in base.locations),
            "references": tuple(
                row.model_copy(update={"title": f"{text} title", "address": f"{text} address"}) for row in base.references
            ),
        }
    )
    plan = plan_of(scenario, greedy_tours(scenario, "small"), option="small")
    gaps = plan.gaps.with_columns(detail=pl.lit(f"{text} detail"))
    return scenario, dataclasses.replace(plan, gaps=gaps)


@pytest.mark.parametrize("text", FORMULA_STARTS)
def test_text_never_becomes_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    """Whatever a scenario's text begins with, the only formulas are the sums of the workbook's own."""
    scenario, plan = tainted(text)
    frames = {
        name: getattr(mandated_plan()[1], name).with_columns(
            pl.when(pl.col(pl.String).is_not_null()).then(pl.lit(f"{text} ") + pl.col(pl.String)).name.keep()
        )
        for name in ("sizing", "factors", "backcast", "formations", "adequacy")
    }
    frames |= {name: getattr(hostile_risk()[1], name).with_columns(
        pl.when(pl.col(pl.String).is_not_null()).then(pl.lit(f"{text} ") + pl.col(pl.String)).name.keep()
    ) for name in RISK_COLUMNS}  # fmt: skip
    book = load(write_workbook(scenario, dataclasses.replace(plan, **frames), tmp_path / "plan.xlsx"))
    assert {"Mandate", "Factors", "Missions", "Structure", "Adequacy", "Risk", "Stress", "Ceiling"} <= set(book.sheetnames)
    own = re.compile(r"=(SUM|SUMPRODUCT|IF)\([A-Z0-9$:,/()*<>\"=]*\)")
    texts = 0
    for sheet in book:
        assert not sheet._hyperlinks  # openpyxl tells of links nowhere else
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    assert own.fullmatch(str(cell.value)), (sheet.title, cell.coordinate, cell.value)
                elif isinstance(cell.value, str) and text.strip()[:2] in cell.value:
                    texts += 1
    assert texts > 100


def test_unlawful_characters_and_endless_texts_do_not_break_the_file(tmp_path: Path) -> None:
    """Control characters are left out, a text beyond the cell's limit is cut and says so."""
    scenario, plan = sample_plan()
    gaps = plan.gaps.with_columns(detail=pl.lit("bell\x07, escape\x1b, nothing\x00; " + "x" * 40_000))
    path = write_workbook(scenario, dataclasses.replace(plan, gaps=gaps, marking="&D R&D\x0b " * 100), tmp_path / "plan.xlsx")
    book = load(path)
    detail = str(table(book["Gaps"])[0]["Detail"])
    assert detail.startswith("bell, escape, nothing; xxx")
    assert detail.endswith("[cut]")
    assert len(detail) == MOST_CHARACTERS
    for name in zipfile.ZipFile(path).namelist():
        assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", zipfile.ZipFile(path).read(name)) or not name.endswith(".xml")


def test_characters_beyond_the_basic_plane_count_as_two() -> None:
    """The format's limit is one of UTF-16 units; half a character is never left over."""
    cut = safe_text("\U0001f600" * 20_000)
    assert len(cut.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert cut.endswith("\U0001f600 ... [cut]")
    assert safe_text("x" * MOST_CHARACTERS) == "x" * MOST_CHARACTERS


def test_a_marking_is_never_a_command_of_the_header() -> None:
    """An ampersand begins a command in headers; doubled, it is itself. Long markings are cut."""
    assert header_text("NATO & partners\n&P") == "NATO && partners &&P"
    assert len(header_text("&" * 400)) <= 120


def test_names_that_try_to_break_out_are_shown_as_they_are(tmp_path: Path) -> None:
    """Markup in names is text in the workbook."""
    scenario, plan = hostile_scenario()
    book = load(write_workbook(scenario, plan, tmp_path / "plan.xlsx"))
    assert book["CJSOR"].cell(MATRIX_TOP, 1).value == scenario.requirements[0].line
    assert "<script>" in str(book["Nations"].cell(TABLE_TOP, 1).value)


def test_an_empty_requirement_and_an_empty_pool_are_workbooks_too(tmp_path: Path) -> None:
    """Nothing to hold, and nobody to hold it: every sheet is there and says so."""
    base = sample_scenario()
    nothing = base.model_copy(update={"requirements": (), "references": (), "yields": (), "releases": (), "terms": ()})
    nobody = base.model_copy(update={"offers": ()})
    for name, scenario in (("nothing", nothing), ("nobody", nobody)):
        plan = plan_of(scenario, [])
        assert plan.tours.equals(empty_frame("tours"))
        book = load(write_workbook(scenario, plan, tmp_path / f"{name}.xlsx"))
        assert len(book.sheetnames) == len(PAGES) - 11
        assert book["Tours"].cell(TABLE_TOP, 1).value == "None."
        assert set(heads(book["Gaps"], TABLE_HEAD)) >= {"Serial", "Detail"}


def test_a_file_that_cannot_be_written_is_an_ordinary_error(tmp_path: Path) -> None:
    """The command line tells of it as of any other file."""
    scenario, plan = sample_plan()
    with pytest.raises(OSError, match="missing"):
        write_workbook(scenario, plan, tmp_path / "missing" / "plan.xlsx")


def test_what_does_not_fit_is_counted_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A table or calendar that is cut says by how much, and where the rest is."""
    monkeypatch.setattr("contingent.report.workbook.book.MOST_ROWS", 10)
    monkeypatch.setattr("contingent.report.workbook.rotation.MOST_UNITS", 5)
    scenario, plan = sample_plan()
    book = load(write_workbook(scenario, plan, tmp_path / "plan.xlsx"))
    assert len(table(book["Tours"])) == 10
    last = str(book["Tours"].cell(book["Tours"].max_row, 1).value)
    assert f"{len(plan.tours) - 10} more rows" in last
    rotation = book["Rotation"]
    assert f"{plan.tours['unit'].n_unique() - 5} more units" in str(rotation.cell(rotation.max_row, 1).value)


def test_a_past_force_is_written_with_its_dates(tmp_path: Path) -> None:
    """Dates that a spreadsheet does not know stand as text."""
    base = sample_scenario()
    past = base.model_copy(update={"settings": base.settings.model_copy(update={"start_date": date(1897, 3, 1)})})
    plan = plan_of(past, greedy_tours(past, "small"), option="small")
    sheet = load(write_workbook(past, plan, tmp_path / "crete.xlsx"))["CJSOR"]
    head = heads(sheet, MATRIX_HEAD)
    assert sheet.cell(MATRIX_TOP, head.index("From date") + 1).value == "1897-03-01"
