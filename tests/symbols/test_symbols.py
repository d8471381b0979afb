"""Symbols: what they show, which codes are known, what happens without the library, and that words cannot break out."""

import csv
import hashlib
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree
from tests.symbols.symbol_facts import CIRCLE, DOME, FACTS, RECTANGLE

from contingent.report.symbols import draw_symbol, fill_mark, fill_of, is_valid_symbol, planned, symbol, symbol_svg
from contingent.report.symbols import engine as library

SVG = "{http://www.w3.org/2000/svg}"
BATTALION = "10031000161211020000"
SCENARIOS = Path(str(files("contingent"))) / "scenarios"


def parts(svg: str, name: str) -> list[etree._Element]:
    return list(etree.fromstring(svg.encode()).iter(SVG + name))


def words(svg: str) -> list[str]:
    return [text.text for text in parts(svg, "text")]


def frame_of(svg: str) -> str:
    """The frame is what is drawn first and filled with the colour of a friend."""
    first = next(child for child in etree.fromstring(svg.encode()) if child.get("fill") == "rgb(128,224,255)")
    if first.tag == SVG + "circle":
        return CIRCLE
    return RECTANGLE if " l150,0 0,100 " in first.get("d") else DOME


@pytest.mark.parametrize(("code", "frame", "letters", "marks", "staff"), FACTS, ids=[row[0] for row in FACTS])
def test_a_symbol_shows_what_the_standard_says(code: str, frame: str, letters: str, marks: int, staff: bool):
    drawn = draw_symbol(code)
    assert drawn.known
    assert frame_of(drawn.svg) == frame
    assert [word for word in words(drawn.svg) if word] == ([letters] if letters else [])
    assert marks_above(drawn.svg) == marks
    assert ("M25,150 L25,250" in drawn.svg) == staff


def marks_above(svg: str) -> int:
    """Bars, crosses and dots above the frame; the stroke through the dot of a team is one more."""
    above = [child for child in etree.fromstring(svg.encode()) if child.tag == SVG + "g" and child.get("stroke-width") == "4"]
    return sum(mark.get("d", "").count("l-25,-25") or 1 for group in above for mark in group)


def test_every_code_of_the_bundled_scenarios_is_known():
    tables = sorted(SCENARIOS.glob("*/unit_types.csv")) + sorted(SCENARIOS.glob("*/formations.csv"))
    rows = [(table.parent.name, row) for table in tables for row in csv.DictReader(table.read_text().splitlines())]
    codes = {(scenario, row["symbol"]) for scenario, row in rows if row.get("symbol")}
    assert codes
    assert [code for code in sorted(codes) if not is_valid_symbol(code[1])] == []


@pytest.mark.parametrize(
    "code",
    [
        "10031000169999000000",                    # no such entity
        "10031000161211000099",                    # no such modifier
        "10031000191211000000",                    # no such echelon
        "1003100016121102000",                     # 19 digits
        "100310001612110200000",                   # 21
        "10039900161211020000",                    # no such symbol set
        "SFGPUCI---F----",                         # letters
        "",
    ],
)  # fmt: skip
def test_a_code_that_means_nothing_is_not_valid(code: str):
    assert not is_valid_symbol(code)


def test_a_post_that_nobody_holds_is_dashed_and_no_other_colour():
    held, empty = symbol_svg(BATTALION), symbol_svg(BATTALION, is_planned=True)
    assert empty == symbol_svg(planned(BATTALION)) == symbol_svg(planned(BATTALION), is_planned=True)
    assert [part.get("stroke-dasharray") for part in parts(empty, "path")].count(None) == len(parts(held, "path"))
    assert parts(empty, "path")[0].get("fill") == parts(held, "path")[0].get("fill") == "rgb(128,224,255)"


def test_the_nation_stands_to_the_right_of_the_frame():
    """Field H; the library draws nothing for a country."""
    plain, named = draw_symbol(BATTALION), draw_symbol(BATTALION, nation="FRA")
    (text,) = parts(named.svg, "text")
    assert text.text == "FRA"
    assert float(text.get("x")) > 175  # the right edge of the frame on the library's own paper
    assert (named.x, named.y) == (plain.x, plain.y)
    assert named.width > plain.width


def test_fields_are_written_where_they_belong():
    drawn = symbol_svg(BATTALION, designation="1 MECH", higher="MNB-E", reinforced="(-)", quantity="3")
    assert sorted(words(drawn)) == ["(-)", "1 MECH", "3", "MNB-E"]


def test_words_cannot_break_out():
    hostile = '<script>"&\'</text>'
    for svg in (symbol_svg(BATTALION, nation=hostile), symbol_svg(None, text=hostile, nation=hostile, size=400)):
        assert hostile in words(svg)
        assert parts(svg, "script") == []
    assert "\u2028" in words(symbol_svg(BATTALION, nation="a\u2028b"))[0]


def test_no_symbol_carries_what_a_page_forbids():
    """No style attribute, no address but the name space, no reference."""
    for code, *_ in FACTS:
        svg = symbol_svg(code, nation="FRA", is_planned=True)
        names = {name for part in etree.fromstring(svg.encode()).iter() for name in part.attrib}
        assert not {"style", "id", "class", "href"} & names
        assert svg.count("http") == 1


def test_what_is_no_code_becomes_a_box_with_words():
    drawn = draw_symbol("SFGPUCI---F----", text="Mechanised battlegroup")
    assert not drawn.known
    assert words(drawn.svg) == ["Mechanised", "battlegroup"]
    assert words(symbol_svg(None)) == ["?"]


def test_symbols_are_the_same_in_every_order():
    """Two icons of equipment share a part that the library changes as it draws: neither may mark the other."""
    asked = """
import sys
from contingent.report.symbols import symbol_svg
print(*(symbol_svg(code) for code in sys.argv[1:]), sep="\\n")
"""
    codes = ["10031500001301000000", "10031500002202000000", BATTALION]
    there, back = (
        subprocess.run([sys.executable, "-c", asked, *order], capture_output=True, text=True, check=True).stdout.splitlines()
        for order in (codes, codes[::-1])
    )
    assert there == back[::-1]


def test_threads_have_engines_of_their_own():
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(draw_symbol.__wrapped__(BATTALION, size=33).svg)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [symbol_svg(BATTALION, size=33)] * 4


# ----------------------------------------------------------------------------------------------------- without the library


@pytest.fixture
def no_library(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    forget()
    monkeypatch.setattr(library, "LIBRARY", "not_built.js")
    yield
    forget()


def forget() -> None:
    library._library.cache_clear()
    symbol.draw_symbol.cache_clear()
    symbol.is_valid_symbol.cache_clear()
    vars(library._of_thread).clear()


@pytest.mark.usefixtures("no_library")
def test_without_the_library_there_are_boxes_and_one_warning(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        drawn = [draw_symbol(BATTALION, text="Mechanised battlegroup", nation="FRA", size=30 + step) for step in range(3)]
    assert [words(one.svg) for one in drawn] == [["Mechanised", "battlegroup", "FRA"]] * 3
    assert [record.getMessage() for record in caplog.records] == [
        "Symbols are drawn as plain boxes: not_built.js was not built into the package. Maybe run `make parts`."
    ]
    assert not library.available()


@pytest.mark.usefixtures("no_library")
def test_without_the_library_the_form_of_a_code_is_judged():
    assert is_valid_symbol(BATTALION)
    assert not is_valid_symbol("SFGPUCI---F----")


def test_without_the_engine_there_are_boxes(monkeypatch: pytest.MonkeyPatch):
    forget()
    monkeypatch.setitem(sys.modules, "quickjs", None)
    assert not draw_symbol(BATTALION).known
    monkeypatch.undo()
    forget()
    assert draw_symbol(BATTALION).known


# --------------------------------------------------------------------------------------------------------- marks and parts


def test_marks_of_fill_differ_by_shape_letter_and_colour():
    shapes = {}
    for fill in ("filled", "partial", "gap"):
        drawn = etree.fromstring(f'<g xmlns="{SVG[1:-1]}">{fill_mark(fill, x=10, y=10)}</g>')
        circle = drawn.find(SVG + "circle")
        shapes[fill] = (circle.get("fill"), drawn.find(SVG + "path") is not None, drawn.find(SVG + "text").text)
    assert shapes == {"filled": ("#009e73", False, "F"), "partial": ("#ffffff", True, "P"), "gap": ("#ffffff", False, "G")}


@pytest.mark.parametrize(("held", "asked", "fill"), [(3, 3, "filled"), (4, 3, "filled"), (2, 3, "partial"), (0, 3, "gap")])
def test_fill_of_counts(held: int, asked: int, fill: str):
    assert fill_of(held, asked) == fill


def test_the_parts_of_others_are_named_with_their_licences():
    built = files("contingent") / "page_parts"
    manifest = json.loads((built / "manifest.json").read_text())
    named = {part["name"]: (part["version"], part["licence"]) for part in manifest}
    assert named["milsymbol"] == ("3.0.4", "MIT")
    drawing = {"terra-draw", "terra-draw-maplibre-gl-adapter"}
    assert set(named) == {"milsymbol", "htmx.org", "tabulator-tables", "maplibre-gl", "topojson-client", "world-atlas"} | drawing
    grants = ("Permission is hereby granted", "Permission to use, copy", "Redistribution and use")
    for part in manifest:
        assert any(grant in (built / part["licence_file"]).read_text() for grant in grants), part["name"]
        for file in part["files"]:
            content = (built / file["file"]).read_bytes()
            assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])


def test_no_part_says_where_its_sources_lie():
    built = files("contingent") / "page_parts"
    loaded = [part for part in built.iterdir() if part.name.endswith((".js", ".mjs", ".css"))]
    assert [part.name for part in loaded if b"sourceMapping" in part.read_bytes()] == []
