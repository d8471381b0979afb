"""Positions in the military grid, in UTM and from the earth's centre, against published conversions of other programs."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pyproj import Geod, Proj

from contingent.exchange import read_orbat_file
from contingent.exchange.orbat.grids import BANDS, geocentric_point, mgrs_point, utm_point

PUBLISHED = {
    "15T WG 00000 49776": (42.0, -93.0),  # the page of the package mgrs, which wraps NGA's GEOTRANS
    "31N AA 66021 00000": (0.0, 0.0),  # a port of GEOTRANS 3.7, tested against it in 40,000 points
    "16S GC 38551 24838": (33.6366624, -84.4280571),  # the same
    "33V WE 02263 89259": (58.54383, 15.038887),  # Earth Point, as the tests of ORBAT Mapper's reader of MSDL cite it
    "4Q FJ 12345 67890": (21.4098012, -157.9160763),  # the package mgrs 1.6.0
    "56H LH 34368 50948": (-33.8688, 151.2093),  # the same: Sydney
}
"""Reference -> latitude and longitude."""


def metres(one: tuple[float, float] | None, latitude: float, longitude: float) -> float:
    assert one is not None
    return float(Geod(ellps="WGS84").inv(one[0], one[1], longitude, latitude)[2])


@pytest.mark.parametrize(("reference", "where"), PUBLISHED.items())
def test_references_as_other_programs_read_them(reference: str, where: tuple[float, float]):
    """To two metres: references are cut to a metre."""
    zone, square, easting, northing = reference.split()
    assert metres(mgrs_point(zone, square=square, easting=easting, northing=northing), *where) < 2


def test_utm_and_geocentric_numbers_as_earth_point_gives_them():
    assert metres(utm_point("33V", easting=502263.62, northing=6489259.69), 58.54383, 15.038887) < 0.05
    assert metres(geocentric_point(3222337.24, 865767.13, z=5417712.62), 58.54383, 15.038887) < 0.05
    assert geocentric_point(0, 0, z=0) is None


@given(st.floats(-79.9, 83.9), st.floats(-179.9, 179.9), st.integers(1, 5))
def test_every_place_is_found_again_from_its_letters(latitude: float, longitude: float, digits: int):
    """Letters worked out here another way: by the projection of PROJ and the columns and rows counted along the grid."""
    zone = int((longitude + 180) // 6) + 1
    band = BANDS[min(19, int((latitude + 80) // 8))]
    east, north = Proj(proj="utm", zone=zone, ellps="WGS84", south=latitude < 0)(longitude, latitude)
    assume(100_000 <= east < 900_000 and abs(latitude) > 1e-6)
    assert metres(utm_point(f"{zone}{band}", easting=east, northing=north), latitude, longitude) < 0.01
    letters = [letter for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if letter not in "IO"]
    column = letters[((zone - 1) % 3 * 8 + int(east // 100_000) - 1) % 24]
    row = letters[(int(north // 100_000) + (5 if zone % 2 == 0 else 0)) % 20]
    size = 10 ** (5 - digits)
    cut = [f"{int(part % 100_000) // size:0{digits}d}" for part in (east, north)]
    found = mgrs_point(f"{zone}{band}", square=column + row, easting=cut[0], northing=cut[1])
    assert metres(found, latitude, longitude) < size * 1.5 + 1


@pytest.mark.parametrize(
    ("zone", "square", "easting", "northing", "precision"),
    [
        ("33I", "WE", "02263", "89259", None), ("61V", "WE", "02263", "89259", None), ("0V", "WE", "1", "1", None),
        ("33", "WE", "1", "1", None), ("33V", "AE", "02263", "89259", None), ("33V", "WW", "02263", "89259", None),
        ("33V", "W", "1", "1", None), ("33V", "WE", "-1", "1", None), ("33V", "WE", "123456", "1", None),
        ("33V", "WE", "12345", "12345", 3), ("33V", "WE", "1", "1", 6), ("33V", "WS", "02263", "89259", None),
        ("", "", "", "", None),
    ],
)  # fmt: skip
def test_what_is_no_square_is_none(zone: str, square: str, easting: str, northing: str, precision: int | None):
    assert mgrs_point(zone, square=square, easting=easting, northing=northing, precision=precision) is None


def test_zeros_that_a_program_left_out_are_put_back():
    whole = mgrs_point("33V", square="WE", easting="02263", northing="89259")
    assert mgrs_point("33V", square="WE", easting="2263", northing="89259", precision=5) == whole
    assert utm_point("33", easting=500_000, northing=1) is None
    assert utm_point("33V", easting=99, northing=1) is None


FORMS = {
    "GDC": "<GDC><Latitude>58.54383</Latitude><Longitude>15.038887</Longitude></GDC>",
    "MGRS": "<MGRS><MGRSGridZone>33V</MGRSGridZone><MGRSGridSquare>WE</MGRSGridSquare><MGRSPrecision>5</MGRSPrecision>"
    "<MGRSEasting>02263</MGRSEasting><MGRSNorthing>89259</MGRSNorthing><ElevationAGL>10</ElevationAGL></MGRS>",
    "UTM": "<UTM><UTMGridZone>33V</UTMGridZone><UTMEasting>502263</UTMEasting><UTMNorthing>6489259</UTMNorthing></UTM>",
    "GCC": "<GCC><X>3222337.24</X><Y>865767.13</Y><Z>5417712.62</Z></GCC>",
}
"""One place in the four forms of MSDL, as the tests of ORBAT Mapper's reader have it."""


def document(*forms: tuple[str, str]) -> str:
    units = "".join(
        f"<Unit><ObjectHandle>u{at}</ObjectHandle><Name>unit {at}</Name><SymbolIdentifier>SFGPUCI----F---</SymbolIdentifier>"
        f"<Disposition><Location><CoordinateChoice>{choice}</CoordinateChoice><CoordinateData>{data}</CoordinateData></Location>"
        "</Disposition></Unit>" for at, (choice, data) in enumerate(forms)
    )  # fmt: skip
    return f"<MilitaryScenario><Organizations><Units>{units}</Units></Organizations></MilitaryScenario>"


def test_positions_of_msdl_in_every_form(tmp_path):
    (tmp_path / "x.msdl").write_text(document(*FORMS.items()))
    found = read_orbat_file(tmp_path / "x.msdl")
    assert [metres(unit.at, 58.54383, 15.038887) < 2 for unit in found.units] == [True] * 4
    assert not [finding for finding in found.findings if "position" in finding.what]


def test_positions_that_cannot_be_read_are_counted(tmp_path):
    bad = [("MGRS", FORMS["MGRS"].replace(">WE<", ">II<")), ("UTM", FORMS["UTM"].replace("33V", "far")), ("RBC", "<RBC/>")]
    bad.append(("MGRS", FORMS["MGRS"].replace("<MGRSPrecision>5", f"<MGRSPrecision>{'9' * 5000}")))
    bad.append(("GCC", FORMS["GCC"].replace("3", "x")))
    (tmp_path / "x.msdl").write_text(document(*bad))
    found = read_orbat_file(tmp_path / "x.msdl")
    assert [unit.at for unit in found.units] == [None] * 5
    said = " ".join(finding.what for finding in found.findings)
    assert "2 units: the position cannot be read as MGRS." in said
    assert re.search(r"1 unit: the position is given as RBC; GDC, MGRS, UTM, GCC are read\.", said)
