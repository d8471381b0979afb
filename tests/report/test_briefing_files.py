"""A briefing as files: read back by programs that did not write them, alike byte for byte, and a danger to nobody."""

import io
import re
import zipfile
from datetime import date
from functools import lru_cache
from pathlib import Path

import polars as pl
import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Pt
from pypdf import PdfReader
from tests.report.sample_mandate import hostile_mandate
from tests.report.sample_plan import hostile_scenario, sample_plan
from tests.report.sample_risk import risky_plan, with_risk
from tests.report.sample_way import hostile_way, way_plan

from contingent.report.briefing import UnknownKind, write_briefing
from contingent.report.briefing.article import NUMBER, escaped, write_article
from contingent.report.briefing.deck import deck_of
from contingent.report.briefing.pdf import pdf_of_deck
from contingent.report.briefing.powerpoint import slides_of_deck

WIDTH, HEIGHT = Pt(960), Pt(540)


@lru_cache
def full_plan():
    """With movement, supply, cost, chance, stress and ceilings."""
    scenario, plan = way_plan()
    return scenario, with_risk(scenario, plan)


@lru_cache
def slides() -> bytes:
    return slides_of_deck(deck_of(*full_plan()))


@lru_cache
def sheets() -> bytes:
    return pdf_of_deck(deck_of(*full_plan()))


def opened(content: bytes):
    return Presentation(io.BytesIO(content))


def shapes_of(shapes):
    for shape in shapes:
        yield shape
        if shape.shape_type is not None and shape.shape_type.name == "GROUP":
            yield from shapes_of(shape.shapes)


def words_of(slide) -> str:
    found = []
    for shape in shapes_of(slide.shapes):
        if shape.has_text_frame:
            found += [paragraph.text for paragraph in shape.text_frame.paragraphs]
        if shape.has_table:
            found += [cell.text for row in shape.table.rows for cell in row.cells]
    return " ".join(text for text in found if text.strip())


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_slides_are_ten_wide_pages_with_titles_numbers_marking_and_notes():
    scenario, plan = full_plan()
    deck = opened(slides())
    assert (deck.slide_width, deck.slide_height) == (WIDTH, HEIGHT)
    assert len(deck.slides) == 10
    for number, slide in enumerate(deck.slides, start=1):
        said = words_of(slide)
        assert slide.shapes.title.text
        assert f"{number} / 10" in said
        assert said.count(plan.marking) == 2
        assert plan.title in said
        assert len(slide.notes_slide.notes_text_frame.text) > 40
    assert scenario.settings.title == plan.title


def test_charts_tables_and_symbols_are_native_and_hold_the_numbers():
    """Nothing is a picture: whoever gets the slides can change all of it."""
    _, plan = full_plan()
    deck = opened(slides())
    kinds = [shape.shape_type.name for slide in deck.slides for shape in shapes_of(slide.shapes) if shape.shape_type is not None]
    assert "PICTURE" not in kinds
    assert kinds.count("CHART") >= 5
    assert kinds.count("TABLE") >= 4
    chart = next(shape.chart for shape in deck.slides[8].shapes if shape.has_chart)
    values = dict(zip(chart.plots[0].categories, chart.plots[0].series[0].values, strict=True))
    row = plan.risk_summary.filter((pl.col("measure") == "fill") & (pl.col("priority") == 1)).row(0, named=True)
    assert values["On paper"] == pytest.approx(plan.fill_of(1), abs=1e-4)
    assert values["In 19 of 20 runs, at least"] == pytest.approx(row["p05"], abs=1e-4)
    gaps = next(shape.table for shape in deck.slides[3].shapes if shape.has_table)
    days = pl.col("until_day") - pl.col("from_day")
    empty = plan.coverage.group_by("capability").agg((pl.col("gap") * days).sum().alias("missing")).rows()
    missing = {capability.replace("_", " "): round(days) for capability, days in empty}
    for row in list(gaps.rows)[1:]:
        name, _, _, figure = (cell.text for cell in list(row.cells)[:4])
        assert int(re.sub(r"\D", "", figure)) == missing[name.lower()]


def test_no_shape_leaves_its_slide():
    for slide in opened(slides()).slides:
        for shape in shapes_of(slide.shapes):
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= WIDTH + 20
            assert shape.top + shape.height <= HEIGHT + 20


def test_notes_say_where_numbers_come_from():
    notes = "\n".join(slide.notes_slide.notes_text_frame.text for slide in opened(slides()).slides)
    for word in ("coverage.csv", "tours.csv", "costs.csv", "supply.csv", "closure.csv", "assumption", "confidence", "÷"):
        assert word in notes


def test_pdf_has_the_same_pages_as_the_slides():
    book, deck = PdfReader(io.BytesIO(sheets())), opened(slides())
    assert len(book.pages) == 10
    for sheet, slide in zip(book.pages, deck.slides, strict=True):
        assert (float(sheet.mediabox.width), float(sheet.mediabox.height)) == (960, 540)
        printed = squeezed(sheet.extract_text())
        for word in words_of(slide).split():
            assert squeezed(word) in printed
    assert [item.title.split(" ")[0] for item in book.outline] == [str(number) for number in range(1, 11)]


def test_the_same_plan_gives_the_same_bytes():
    assert slides_of_deck(deck_of(*full_plan())) == slides()
    assert pdf_of_deck(deck_of(*full_plan())) == sheets()


def test_no_clock_is_in_the_files():
    start = full_plan()[0].settings.start_date
    with zipfile.ZipFile(io.BytesIO(slides())) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(archive.read(name))) as inner:
                    assert f"{start:%Y-%m-%d}T00:00:00Z".encode() in inner.read("docProps/core.xml")
    about = opened(slides()).core_properties
    assert about.created.date() == about.modified.date() == start
    assert PdfReader(io.BytesIO(sheets())).metadata.creation_date.date() == start


def test_a_date_stands_on_each_page_where_one_is_given():
    deck = opened(slides_of_deck(deck_of(*sample_plan(), dated=date(2026, 11, 22))))
    assert all("22 Nov 2026" in words_of(slide) for slide in deck.slides)


@pytest.mark.parametrize("make", [hostile_scenario, hostile_mandate, hostile_way])
def test_texts_of_a_scenario_do_no_harm(make, tmp_path: Path):
    """No formula in the workbook of a chart, no tag in the article, no text that breaks a file."""
    scenario, plan = make()
    content = slides_of_deck(deck_of(scenario, plan))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            if name.endswith(".xlsx"):
                for sheet in load_workbook(io.BytesIO(archive.read(name))):
                    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    assert len(PdfReader(io.BytesIO(pdf_of_deck(deck_of(scenario, plan)))).pages) == 10
    article, *pictures = write_article(scenario, plan, tmp_path / "article.md")
    assert "<script" not in article.read_text(encoding="utf-8").lower()
    assert not [path for path in pictures if path.suffix == ".svg" and "<script" in path.read_text(encoding="utf-8").lower()]


# ---------------------------------------------------------------------------------------------------------------- the article


@lru_cache
def article_text(folder: Path) -> tuple[str, tuple[Path, ...]]:
    article, *pictures = write_article(*full_plan(), folder / "force.md")
    return article.read_text(encoding="utf-8"), tuple(pictures)


@pytest.fixture(scope="module")
def article(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, tuple[Path, ...]]:
    return article_text(tmp_path_factory.mktemp("article"))


def paragraphs(text: str) -> list[str]:
    return [block for block in text.split("\n\n") if block and block[0] not in "#*!|-"][1:]


def test_an_article_is_of_the_length_that_a_paper_prints(article):
    words = [word for block in paragraphs(article[0]) for word in block.split() if not re.fullmatch(r"\[[FCA]\]", word)]
    assert 550 <= len(words) <= 900


def test_every_claim_of_an_article_has_a_number_and_a_mark(article):
    for block in paragraphs(article[0]):
        claims = re.split(r"\[[FCA]\]", block)
        assert claims[-1].strip() == ""
        assert all(NUMBER.search(claim) for claim in claims[:-1])


def test_an_article_has_its_sections_its_marking_and_its_pictures_beside_it(article):
    text, pictures = article
    _, plan = full_plan()
    assert text.count(escaped(plan.marking)) == 2
    for title in (
        "What was asked",
        "What it takes",
        "Who could give it",
        "What is missing",
        "What it costs",
        "What would break it",
    ):
        assert f"## {title}" in text
    shown = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)
    assert set(shown) == {path.name for path in pictures if path.suffix == ".png"}
    assert all(path.stat().st_size > 500 for path in pictures)
    assert {path.suffix for path in pictures} == {".png", ".svg"}


def test_an_article_is_the_same_each_time(article, tmp_path: Path):
    again, *pictures = write_article(*full_plan(), tmp_path / "force.md")
    assert again.read_text(encoding="utf-8") == article[0]
    assert [path.read_bytes() for path in pictures] == [path.read_bytes() for path in article[1]]


def test_what_an_article_says_is_missing_is_what_coverage_says(article):
    _, plan = full_plan()
    never = set(plan.coverage["line"]) - set(plan.coverage.filter(pl.col("gap") > 1e-6)["line"])
    assert f", {len(never)} are held on every day." in article[0]


# ----------------------------------------------------------------------------------------------------------------- the writer


def test_a_kind_that_is_not_known_is_refused(tmp_path: Path):
    with pytest.raises(UnknownKind, match=r"\.pptx, \.pdf, \.md"):
        write_briefing(*sample_plan(), tmp_path / "briefing.docx")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("end", ["pptx", "pdf", "md"])
def test_a_file_is_written_by_its_ending(end: str, tmp_path: Path):
    first, *_ = write_briefing(*risky_plan(), tmp_path / f"told.{end}")
    assert first == tmp_path / f"told.{end}"
    heads = {"pptx": b"PK", "pdf": b"%PDF", "md": b"*"}
    assert first.read_bytes().startswith(heads[end])
