"""The page on aid: its figures are those of the frames, nothing breaks out, nothing is asked of a network."""

import base64
import hashlib
import itertools
import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.report.sample_aid import BAD, STOP, aid_without, bundled_aid, hostile_aid, no_aid
from tests.report.test_html import Page

from contingent.aid.status import AidStatus
from contingent.io.atomic import CannotWrite
from contingent.model.scenario import Scenario
from contingent.report import write_aid
from contingent.report.aid.frames import family_name
from contingent.report.aid.sentences import aid_sentences
from contingent.report.html.aid import aid_html


@pytest.fixture(scope="module")
def made() -> tuple[Scenario, AidStatus]:
    return bundled_aid()


@pytest.fixture(scope="module")
def page(made: tuple[Scenario, AidStatus]) -> Page:
    return Page(aid_html(*made))


def number(cell: str) -> float:
    return float(re.sub(r"[^\d.]", "", cell) or 0)


def test_figures_by_donor_are_sums_of_the_entries(made, page: Page):
    scenario, status = made
    names = {row.nation: row.name for row in scenario.nations}
    entries = status.frames["entries"].filter(pl.col("kind") != "finance")
    promised = dict(entries.group_by("donor").agg(pl.col("promised_eur_m").sum()).iter_rows())
    came = dict(entries.group_by("donor").agg(pl.col("delivered_eur_m").sum()).iter_rows())
    rows = {row[0]: row for row in page.rows["donor-table"][1:]}
    assert set(rows) == {names.get(donor, donor) for donor in promised} | {"All together"}
    for donor, amount in promised.items():
        row = rows[names.get(donor, donor)]
        assert number(row[2]) == pytest.approx(amount, abs=0.5)
        assert number(row[4]) == pytest.approx(came[donor], abs=0.5)
    assert number(rows["All together"][2]) == pytest.approx(13_800.7, abs=0.5)
    assert number(rows["All together"][5]) == pytest.approx(24_627.3, abs=0.5)


def test_figures_by_family_tell_what_came_within_promises_from_what_came_beyond(page: Page):
    rows = {row[0]: row for row in page.rows["family-table"][1:]}
    air = rows["Air defence"]
    assert number(air[4]) == 52
    assert air[6].startswith("50")
    assert "34 of them beyond" in air[6], "34 Gepard came against a pledge that names no number"


def test_the_drawing_and_its_table_say_the_same(made, page: Page):
    _, status = made
    ledger = status.frames["ledger"].filter(pl.col("counted") & (pl.col("kind") != "finance"))
    rows = page.rows["ways-money"][1:]
    assert sum(number(row[2]) for row in rows) == pytest.approx(float(ledger["promised_eur_m"].sum()), rel=1e-3)
    assert sum(number(row[2]) for row in page.rows["ways-number"][1:]) == ledger.height
    pictures = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("class") == "sankey"]
    assert len(pictures) == 4
    assert all("Germany to Mixed packages" in each["aria-label"] for each in pictures[:2])


def test_each_row_of_the_ledger_stands_with_its_source_and_confidence(made, page: Page):
    _, status = made
    rows = [row for row in page.rows["ledger-table"][1:] if len(row) == 9]
    shown = {re.sub(r"(pledge|allocation|finance|aggregate)$", "", row[0]): row for row in rows}
    ledger = {row["pledge"]: row for row in status.frames["ledger"].iter_rows(named=True)}
    assert set(shown) == set(ledger)
    for key, row in ledger.items():
        assert row["confidence"] in shown[key][8]
        assert row["source"].split("]")[0].strip("[") in shown[key][8]
        assert (row["why_not"] or "") in shown[key][7]


def test_the_heat_map_has_each_formation_and_period(made, page: Page):
    _, status = made
    readiness = status.frames["readiness"]
    rows = page.rows["readiness"][3:]
    order = readiness.select("priority", "formation").unique().sort("priority", "formation")
    assert [row[0] for row in rows] == order["formation"].to_list()
    for row in rows:
        own = readiness.filter(pl.col("formation") == row[0]).sort("day")
        assert len(row) - 2 == own.height
        for cell, share, done in zip(row[2:], own["share"], own["at_standard"], strict=True):
            assert cell.startswith("●") == done
            assert abs(number(cell) - share * 100) <= 1


def test_gaps_have_their_reason_and_the_best_next_pledge(made, page: Page):
    _, status = made
    rows = [row for row in page.rows["gap-table"][1:] if len(row) == 9]
    short = status.frames["gaps"].filter((pl.col("gap") > 0) | pl.col("reason").is_not_null())
    assert len(rows) == short.height
    worth = status.frames["next_pledges"]
    for need in short.iter_rows(named=True):
        row = next(row for row in rows if need["need"] in row[0])
        assert number(row[5]) == need["gap"]
        column = "equipment" if need["equipment"] else "family"
        same = worth.filter(pl.col(column) == need[column])
        if same.height and need["gap"]:
            assert f"rank {same['rank'].min()}" in row[8]
        assert (need["detail"] or "") in row[7]


def test_the_headline_names_figures_with_what_they_are_counted_from(made, page: Page):
    scenario, status = made
    told = aid_sentences(scenario, status, status.frames["competition"])
    assert [said for said in told if said in "".join(page.texts)] == told
    whole = " ".join(told)
    for figure in ("EUR 13.8 billion", "EUR 4.5 billion", "61 rows", "55 count", "EUR 24.6 billion", "1 Dec 2025", "26 pledges"):
        assert figure in whole
    assert STOP["sentence"] in whole
    assert "Germany has 9 batteries; one is missing" in whole


def test_what_is_lost_if_a_donor_stops_and_where_force_and_aid_meet(page: Page):
    assert page.rows["stop-table"][1][:6] == ["Germany", "12", "5\u202f400", "3", "1", "20"]
    first, second = page.rows["competition-table"][1:]
    assert first[0].startswith("○ Air defence")
    assert first[3:7] == ["6", "4", "9", "1"]
    assert second[0].startswith("? Trainers")
    assert second[5:7] == ["not known", "not known"]


def test_a_pledge_that_is_open_is_never_called_broken(page: Page):
    assert "An open pledge is not a broken one" in page.words
    assert "What this cannot know" in page.words


def test_the_page_lets_nothing_in_or_out(page: Page):
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "iframe", "object", "embed", "form", "link", "base", "img", "image", "foreignobject"}
    digest = base64.b64encode(hashlib.sha256("".join(page.styles).encode()).digest()).decode()
    policy = next(each["content"] for _, each in page.elements if each.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{digest}'" in policy
    for tag, attributes in page.elements:
        assert not [name for name in attributes if name.startswith("on") or name in ("style", "src", "xlink:href")], tag
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert {each["href"] for tag, each in page.elements if tag == "a"} <= {f"#{name}" for name in ids}
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.texts.count(bundled_aid()[1].marking) == 2


def test_every_picture_has_a_label_or_is_decoration(page: Page):
    pictures = [attributes for tag, attributes in page.elements if tag == "svg"]
    assert all(each.get("aria-label") or each.get("aria-hidden") == "true" for each in pictures)


def test_no_text_breaks_out_of_its_place(page: Page):
    spoilt = Page(aid_html(*hostile_aid()))
    assert {tag for tag, _ in spoilt.elements} <= {tag for tag, _ in page.elements}
    words = "".join(spoilt.texts)
    for start in ("T", "M", "PL001", "DEU", "Leopard 1 tank", "UDCG-27", "[jrvoice-udcg27]", "S", "C", "U", "why"):
        assert f"{start}{BAD}" in words, start


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (("needs",), "No formation of the host has said what it needs."),
        (("pledges", "deliveries"), "Nothing was promised to the host in this scenario."),
        (("pledges", "deliveries", "needs", "equipment", "coalitions"), "The ledger is empty."),
    ],
    ids=["only pledges", "only needs", "nothing"],
)
def test_what_is_not_there_is_said(gone: tuple[str, ...], said: str):
    assert said in Page(aid_html(*aid_without(*gone))).words


def test_a_scenario_without_aid_has_a_page():
    page = Page(aid_html(*no_aid()))
    assert "Pledges stand in pledges.csv" in page.words
    assert "contingent aid SCENARIO --plan PLAN" in page.words


def test_all_is_written_and_twice_the_same(tmp_path: Path, made):
    scenario, status = made
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second, second):
        written = write_aid(scenario, status, folder, pdf=False)
    names = {path.name for path in first.iterdir()}
    assert names == {f"{name}.csv" for name in status.frames} | {"index.html"}
    assert written[0] == second / "index.html"
    assert {path.name for path in written} == names
    for name in names:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name
    assert pl.read_csv(first / "ledger.csv").height == 61


def test_a_folder_of_something_else_is_not_overwritten(tmp_path: Path, made):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(CannotWrite, match="something else"):
        write_aid(*made, tmp_path, pdf=False)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_large_ledger_is_cut_and_says_so(made):
    scenario, status = made
    ledger = status.frames["ledger"]
    many = pl.concat([ledger.with_columns(pledge=pl.col("pledge") + f"-{copy}") for copy in range(20)])
    page = Page(aid_html(scenario, replace(status, frames={**status.frames, "ledger": many})))
    assert len([row for row in page.rows["ledger-table"][1:] if len(row) == 9]) == 400
    assert "820 more are in ledger.csv" in page.words


def test_families_that_say_too_little_have_words_of_their_own():
    assert (family_name("ifv"), family_name("air_defence"), family_name(None)) == (
        "infantry fighting vehicles", "air defence", "not said")
