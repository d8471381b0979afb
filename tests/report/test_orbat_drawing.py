"""The drawing of an ORBAT: everything is on it once, nothing overlaps, words stay in their place and cannot break out."""

from dataclasses import dataclass, field
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.report.sample_orbat import BATTLEGROUP, hand_orbat, large_orbat

from contingent.report.orbat import described, orbat_svg, pdf_of, png_of
from contingent.report.orbat.layout import SHEET_SHAPE, Card, lay_out
from contingent.report.orbat.lettering import cut, shortened, width_of, wrapped
from contingent.report.orbat.node import FORMATION, grouped_troops, walk
from contingent.structure import orbat_at

SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Made:
    """A node by hand."""

    name: str
    kind: str = FORMATION
    symbol: str | None = BATTLEGROUP
    nation: str | None = None
    people: int = 0
    filled: float = 0.0
    gap: float = 0.0
    children: tuple["Made", ...] = field(default=())
    relation: str | None = None


def unit(nation: str, *, name: str = "Battlegroup", leaving: bool = False) -> Made:
    return Made(name, "unit", nation=nation, people=800, filled=0.0 if leaving else 1.0)


def drawn(svg: str) -> etree._Element:
    return etree.fromstring(str(svg).encode())


def words(svg: str) -> list[str]:
    return ["".join(text.itertext()) for text in drawn(svg).iter(SVG + "text")]


def on_day(day: int) -> str:
    _, _, orbat = hand_orbat()
    return str(orbat_svg(orbat_at(orbat, day), title="By hand", when=f"D+{day}", marking="EXERCISE"))


# ------------------------------------------------------------------------------------------------------------ what it says


def test_by_hand_on_a_day_of_relief():
    """D+170: GBR has come for FRA, who is still there; the second post of the brigade has been empty since D+100."""
    said = words(on_day(170))
    assert said.count("EXERCISE") == 2
    assert {"By hand", "D+170", "Force", "1 Brigade", "Air", "Staff", "Mechanised battlegroup"} <= set(said)
    assert "GBR relieving FRA" in said
    assert {"Hold Stadt", "nobody holds it"} <= set(said)
    assert "2/3" in said          # the force: staff and GBR of three asked for
    assert "1/2" in said          # the brigade
    assert "1\u202f800 people · 2 of 3 units held · 2 nations · 3 formations" in said


def test_a_post_that_nobody_holds_is_dashed_and_marked():
    before, after = drawn(on_day(0)), drawn(on_day(170))
    dashed = [len(list(tree.iterfind(f".//{SVG}rect[@stroke-dasharray]"))) for tree in (before, after)]
    assert dashed == [1, 2]       # the legend has one
    letters = [[text.text for text in tree.iter(SVG + "text") if text.text in ("F", "P", "G")] for tree in (before, after)]
    assert letters[0] == ["F", "F", "F", "P", "G"]          # force and brigade, then the legend
    assert letters[1] == ["P", "P", "G", "F", "P", "G"]     # force, brigade, the empty post, the legend


def test_a_reader_who_does_not_see_is_told_the_same():
    tree = drawn(on_day(170))
    named = tree.get("aria-labelledby").split()
    assert tree.get("role") == "img"
    assert [part.get("id") for part in tree if part.tag in (SVG + "title", SVG + "desc")] == named
    assert tree.find(SVG + "title").text == "Order of battle: By hand, D+170"
    said = tree.find(SVG + "desc").text
    assert "1 Brigade: no framework nation, 1\u202f600 people, 1 of 2 units held." in said
    assert "1 Mechanised battlegroup (GBR, relieving FRA); 1 Hold Stadt missing." in said


def test_like_units_are_one_row_and_gaps_another():
    brigade = Made("Brigade", children=(unit("GBR"), unit("FRA"), Made("Battlegroup", "gap", gap=1.0), unit("FRA"),
                                        Made("Battlegroup", "gap", gap=0.5), unit("POL", leaving=True)))  # fmt: skip
    held, gap = grouped_troops(brigade)
    assert (held.number, held.nations, held.leaving, held.people) == (3, (("FRA", 2), ("GBR", 1)), (("POL", 1),), 3200)
    assert (gap.number, gap.is_gap) == (1.5, True)
    assert {"3 ×", "1.5 ×", "FRA 2 · GBR relieving 1"} <= set(words(orbat_svg(brigade, title="x")))


def test_a_day_without_units_says_so():
    assert "no units on this day" in words(orbat_svg(Made("Support"), title="x"))


def test_every_formation_and_nation_of_a_large_force_is_named():
    _, _, orbat = large_orbat()
    tree = orbat_at(orbat, 400)
    said = " ".join(words(orbat_svg(tree, title="Sample")))
    assert [node.name for node in walk(tree) if node.kind == FORMATION and node.name not in said] == []
    told = described(tree)
    assert [node.nation for node in walk(tree) if node.kind == "unit" and node.nation not in told] == []


# --------------------------------------------------------------------------------------------------------- where it stands

units = st.builds(Made, st.sampled_from(["Battlegroup", "Battery", "Company"]), st.sampled_from(["unit", "gap"]),
                  nation=st.sampled_from(["FRA", "GBR", "POL"]), filled=st.just(1.0))  # fmt: skip
formations = st.recursive(
    st.builds(Made, st.just("Brigade"), children=st.lists(units, max_size=30).map(tuple)),
    lambda below: st.builds(Made, st.just("Division"), children=st.lists(st.one_of(units, below), max_size=7).map(tuple)),
    max_leaves=25,
)


def overlap(one: Card, other: Card) -> bool:
    return (one.x < other.x + other.width and other.x < one.x + one.width
            and one.y < other.y + other.height and other.y < one.y + one.height)  # fmt: skip


@given(formations)
@settings(max_examples=60)
def test_every_formation_has_one_card_and_no_two_overlap(tree: Made):
    layout = lay_out(tree)
    assert sorted(id(card.node) for card in layout.cards) == sorted(id(node) for node in walk(tree) if node.kind == FORMATION)
    assert not any(overlap(one, other) for one, other in combinations(layout.cards, 2))
    for card in layout.cards:
        assert card.x >= -1e-6
        assert card.y >= 0
        assert card.x + card.width <= layout.width + 1e-6
        assert card.y + card.height <= layout.height + 1e-6
        assert card.columns * card.rows_of_column >= len(card.rows)


@given(formations)
@settings(max_examples=40)
def test_every_card_but_the_top_hangs_on_a_line(tree: Made):
    """A line ends at its head from above, or at its left edge from the rail."""
    layout = lay_out(tree)
    ends = {(round(x, 3), round(y, 3)) for line in layout.lines for x, y in line}
    for card in layout.cards[1:]:
        above = (round(card.x + card.width / 2, 3), round(card.y, 3))
        beside = {(round(card.x, 3), y) for x, y in ends if x == round(card.x, 3) and card.y < y < card.y + card.height}
        assert above in ends or beside
    for (x1, y1), (x2, y2) in layout.lines:
        assert x1 == pytest.approx(x2) or y1 == pytest.approx(y2)


def test_forty_formations_and_150_units_fit_a_sheet_of_a3():
    """Letters of a row are 10.5 px high; on A3 (1587 px at 96 dots an inch) they must stay above 5 points."""
    kinds = ["Mechanised battlegroup", "Artillery battalion", "Engineer company", "Air-defence battery"]
    brigade = [Made(f"Brigade {n}", children=tuple(unit("FRA", name=kinds[k]) for k in range(4))) for n in range(36)]
    divisions = tuple(Made(f"Division {n}", children=tuple(brigade[12 * n : 12 * n + 12])) for n in range(3))
    tree = Made("Force", children=(*divisions, unit("FRA"), unit("GBR")))
    svg = drawn(orbat_svg(tree, title="Large", on_sheet=True))
    assert float(svg.get("width")) / float(svg.get("height")) == pytest.approx(SHEET_SHAPE, abs=0.01)
    assert 10.5 * 1587 / float(svg.get("width")) * 72 / 96 > 5


def test_a_small_force_is_not_stretched():
    svg = drawn(orbat_svg(Made("Force", children=(unit("FRA"),)), title="Small"))
    assert float(svg.get("width")) < 1000
    assert float(svg.get("height")) < 300


# ------------------------------------------------------------------------------------------------------------ words, safety


def test_words_cannot_break_out():
    hostile = '<script>alert("&")</script>'
    below = (Made(hostile, "unit", nation=hostile, filled=1.0), Made(hostile, "gap", gap=1.0))
    tree = Made(hostile, nation=hostile, children=below)
    svg = orbat_svg(tree, title=hostile, when=hostile, marking=hostile, id_="one")
    assert list(drawn(svg).iter(SVG + "script")) == []
    assert hostile in drawn(svg).find(SVG + "desc").text
    names = {name for part in drawn(svg).iter() for name in part.attrib}
    assert not {"style", "onload", "href", "class"} & names


def test_words_are_cut_to_their_room():
    long = "A" * 300
    tree = Made(long, children=(unit("FRA", name=long), Made(long, "gap", gap=1.0)))
    assert all(len(text) < 120 for text in words(orbat_svg(tree, title=long, marking=long)))
    assert width_of(cut(long, 100, 11), 11) <= 100
    assert wrapped("one two", 1000, 10, lines=2) == ["one two"]
    assert all(width_of(line, 10) <= 60 for line in wrapped("Mechanised battlegroup of the north", 60, 10, lines=2))
    assert shortened("Fighter detachment (6 aircraft)", 1000, 10) == "Fighter detachment (6 aircraft)"


def test_several_drawings_can_stand_in_one_page():
    tree = Made("Force")
    drawings = [drawn(orbat_svg(tree, title="x", id_=id_)) for id_ in ("first", "second")]
    ids = [part.get("id") for drawing in drawings for part in drawing.iter() if part.get("id")]
    assert len(ids) == len(set(ids)) == 4


def test_the_same_tree_gives_the_same_bytes():
    assert on_day(170) == on_day(170)


def test_png_and_pdf_are_drawn_here():
    svg = on_day(170)
    assert png_of(svg, width=600)[:8] == b"\x89PNG\r\n\x1a\n"
    assert pdf_of(svg)[:5] == b"%PDF-"
