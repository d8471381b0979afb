"""Who gives what, drawn: every band has its true thickness, every end room for its name, whatever is given."""

import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from contingent.report.drawings.sankey import DRAWN, LINE, MOST_ENDS, OTHERS, Band, sankey

RIBBON = re.compile(r'd="M[\d.]+,([\d.]+)C[^V]*V([\d.]+)C')


def drawn(bands: list[Band]) -> str:
    return str(sankey(bands, width=800, label="x", heads=("From", "To"), figures={}))


def thicknesses(svg: str) -> list[float]:
    """Height of each band at its right end, those of what came after those of what was promised."""
    ends = re.findall(r"(-?[\d.]+)V([\d.]+)C", svg)
    return [float(until) - float(begin) for begin, until in ends]


def test_two_bands_are_as_thick_as_their_amounts():
    svg = drawn([Band("A", "x", 3.0, 0.0), Band("A", "y", 1.0, 0.5)])
    wide, narrow, came = thicknesses(svg.replace("class=", " class="))
    assert abs(wide - DRAWN * 3 / 4) < 0.02
    assert abs(narrow - DRAWN / 4) < 0.02
    assert abs(came - DRAWN / 8) < 0.02


def test_many_ends_are_put_together_and_none_is_lost():
    svg = drawn([Band(f"donor {at}", "all of it", 20.0 - at, 0.0) for at in range(20)])
    assert svg.count('class="post"') == MOST_ENDS + 1
    assert OTHERS in svg
    assert abs(sum(thicknesses(svg)) - DRAWN) < 0.5


def test_names_do_not_break_out_and_long_ones_are_cut():
    svg = drawn([Band("<script>" + "a" * 90, '"&', 1.0, 1.0)])
    assert "<script>" not in svg
    assert "…" in svg


names = st.text(alphabet="abcdefghijk", min_size=1, max_size=2)


@given(st.lists(st.builds(Band, names, names, st.floats(0, 1e6), st.floats(0, 1e6)), max_size=40))
def test_names_have_room_and_bands_fill_their_ends(bands: list[Band]):
    svg = drawn(bands)
    heights = [float(found) for found in re.findall(r'<text x="[\d.]+" y="([\d.]+)" text-anchor="end">', svg)]
    assert all(after - before > LINE - 1.5 for before, after in itertools.pairwise(heights))
    whole = sum(band.amount for band in bands)
    if whole > 1:
        posts = [float(found) for found in re.findall(r'class="post"[^>]*height="([\d.]+)"', svg)]
        assert sum(posts) >= 2 * DRAWN - 2
