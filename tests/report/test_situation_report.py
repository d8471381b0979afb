"""The situation report: its figures are those of the frames, nothing breaks out, nothing is asked of a network."""

import base64
import hashlib
import itertools
import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import shapely
from tests.report.sample_plan import BREAKOUT
from tests.report.sample_situation import empty_situation, exercise_situation, hostile_situation
from tests.report.test_html import Page

from contingent.io.atomic import CannotWrite
from contingent.monitoring.situation import SITUATION_COLUMNS
from contingent.report.html.situation import situation_html
from contingent.report.situation.pdf import print_pdf
from contingent.report.situation.write import write_situation


@pytest.fixture(scope="module")
def week() -> Page:
    return Page(situation_html(*exercise_situation()))


def number(cell: str) -> float:
    return float(re.sub(r"[^\d.]", "", cell))


def test_figures_by_sector_are_counted_from_the_incidents(week: Page):
    _, situation = exercise_situation()
    inside = situation.incidents.filter(
        pl.col("time").is_between(date(2027, 6, 23), date(2027, 6, 30), closed="left") & (pl.col("kind") != "obstruction"))
    expected = dict(inside.group_by("sector").agg(pl.col("count").sum()).iter_rows())
    long_name = r"(Eastern|Southern|South-eastern|North-eastern) line$"
    rows = {re.sub(long_name, "", row[0]): row for row in week.rows["sector-table"][1:]}
    for sector, violations in expected.items():
        assert number(rows[sector][1]) == violations
    assert number(rows["All together"][1]) == inside["count"].sum()
    assert f"{inside['count'].sum():.0f} ceasefire violations were reported" in week.words


def test_figures_by_kind_and_of_the_forecast_are_those_of_the_frames(week: Page):
    _, situation = exercise_situation()
    kinds = {row[0]: number(row[1]) for row in week.rows["kind-table"][1:]}
    sums = situation.counts.group_by("kind").agg(pl.col("violations").sum())
    assert kinds["Shelling"] == sums.filter(kind="shelling")["violations"].item()
    whole = situation.forecast.filter(pl.col("sector").is_null()).row(0, named=True)
    assert [number(cell) for cell in week.rows["forecast-table"][1][1:4]] == [whole["low"], whole["middle"], whole["high"]]


def test_the_calendar_has_each_day_of_the_series(week: Page):
    _, situation = exercise_situation()
    days = situation.series.filter(pl.col("sector").is_null() & pl.col("kind").is_null())
    shown = [cell for row in week.rows["calendar"][2:] for cell in row[1:] if cell]
    assert sum(map(number, shown)) == days.filter(pl.col("date") >= date(2027, 1, 4))["violations"].sum()
    framed = [attributes for tag, attributes in week.elements if tag == "td" and "told" in attributes.get("class", "")]
    assert len(framed) == 7


def test_the_story_of_the_exercise_is_told():
    surge = Page(situation_html(*exercise_situation(date(2027, 5, 19), weekly=False))).words
    assert "Daily situation report" in surge
    assert "157 ceasefire violations were reported on 19 May 2027" in surge
    assert "Out of the usual on 19 May 2027" in surge
    blocked = Page(situation_html(*exercise_situation(date(2027, 3, 12)))).words
    assert "Monitors were obstructed six times, in South" in blocked
    assert "perhaps blind" in blocked


def test_a_step_of_the_ladder_names_the_incidents_behind_it(week: Page):
    _, situation = exercise_situation()
    step = situation.ladder_steps.row(-1, named=True)
    for incident in step["incident_ids"].split("; "):
        assert incident in week.words


def test_the_page_lets_nothing_in_or_out(week: Page):
    tags = {tag for tag, _ in week.elements}
    assert not tags & {"script", "iframe", "object", "embed", "form", "link", "base", "img", "image", "foreignobject"}
    digest = base64.b64encode(hashlib.sha256("".join(week.styles).encode()).digest()).decode()
    policy = next(each["content"] for _, each in week.elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policy
    for tag, attributes in week.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "xlink:href")], tag
    ids = [attributes["id"] for _, attributes in week.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {each["href"] for tag, each in week.elements if tag == "a"} <= {f"#{name}" for name in ids}
    levels = [int(tag[1]) for tag, _ in week.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert week.texts.count(exercise_situation()[1].marking) == 2


def test_no_text_breaks_out_of_its_place(week: Page):
    scenario, situation = hostile_situation()
    page = Page(situation_html(scenario, situation))
    tables = {"thead", "tbody", "table", "caption"}
    assert {tag for tag, _ in page.elements} <= {tag for tag, _ in week.elements} | tables
    bad = BREAKOUT.replace(";", "")
    words = "".join(page.texts)
    for start in ("T", "M", "SA", "SB", "SN", "P", "I0", "sources", "note", "place", "party", "F", "C", "V", "W", "L"):
        assert f"{start}{bad}" in words, start


def test_a_scenario_without_line_sectors_or_ladder_has_a_report():
    page = Page(situation_html(*empty_situation()))
    assert "1 ceasefire violation was reported on 5 January 2027" in page.words
    assert "Too little is known yet for a forecast" in page.words
    assert "has no response ladder" in page.words


def test_everything_is_written_and_twice_the_same(tmp_path: Path):
    scenario, situation = exercise_situation()
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second, second):
        write_situation(scenario, situation, folder, pdf=False)
    names = {path.name for path in first.iterdir()}
    tables = {f"{name}.csv" for name in SITUATION_COLUMNS}
    assert names == tables | {"situation.html", "situation.json", "incidents.geojson", "sectors.geojson"}
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    counts = pl.read_csv(first / "counts.csv")
    assert counts["violations"].sum() == situation.counts["violations"].sum()


def test_the_layers_hold_what_has_a_place(tmp_path: Path):
    scenario, situation = exercise_situation()
    write_situation(scenario, situation, tmp_path / "out", pdf=False)
    points = json.loads((tmp_path / "out" / "incidents.geojson").read_text())["features"]
    inside = situation.of_period().drop_nulls("latitude")
    assert [each["properties"]["incident"] for each in points] == inside["incident"].to_list()
    assert points[0]["geometry"]["coordinates"] == [inside["longitude"][0], inside["latitude"][0]]
    areas = json.loads((tmp_path / "out" / "sectors.geojson").read_text())["features"]
    assert all(shapely.geometry.shape(each["geometry"]).is_valid for each in areas)
    east = next(each["properties"] for each in areas if each["properties"]["sector"] == "East")
    assert (east["violations"], east["level"]) == (110.0, 2)


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="something else"):
        write_situation(*exercise_situation(), tmp_path, pdf=False)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_without_a_browser_there_is_no_pdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><title>A page</title>")
    assert not print_pdf(page, tmp_path / "page.pdf")
    assert not (tmp_path / "page.pdf").exists()
