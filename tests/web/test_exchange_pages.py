"""Tables out and in: nothing is lost on the way, a preview says what would change, and an upload opens no door."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from icalendar import Calendar
from jsonschema import Draft202012Validator
from openpyxl import load_workbook
from starlette.testclient import TestClient
from tests.web.hall import As, application, tiny_conference

from contingent.io import json_schema, read_scenario
from contingent.io.json_schemas import schema_names
from contingent.web.guard.viewer import Viewer
from contingent.web.uploads import read

HERE = "http://127.0.0.1"
DORA = Viewer("dora", "delegate", "ALD", 3, session="a session of a test")
OFFERS = "offer,nation,unit_type,quantity,notice_days,home\n"


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    conference = tiny_conference(tmp_path)
    with TestClient(application(conference), base_url=HERE, follow_redirects=False) as opened:
        yield opened
    conference.close()


def token(client: TestClient) -> str:
    found = re.search(r'name="csrf-token" content="([0-9a-f]+)"', client.get("/exchange").text)
    assert found
    return found[1]


def send(client: TestClient, content: bytes, name: str):
    return client.post("/exchange/file", files={"file": (name, content)}, data={"token": token(client)})


def looked(client: TestClient, **fields: str) -> str:
    """What the upload that waits would change, as words."""
    mark = token(client)
    answer = client.post("/exchange/preview", data={"token": mark, **fields}) if fields else client.get("/exchange/preview")
    assert answer.status_code == 200
    return answer.text


def words(text: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def apply(client: TestClient, text: str, **fields: str):
    mark = re.search(r'name="mark" value="([0-9a-f]+)"', text)
    assert mark
    return client.post("/exchange/apply", data={"token": token(client), "mark": mark[1], **fields})


@pytest.mark.parametrize("end", ["xlsx", "zip"])
def test_what_is_taken_out_and_brought_in_again_changes_nothing(client: TestClient, end: str):
    before = client.app.state.conference.state()
    out = client.get(f"/exchange/scenario.{end}")
    assert out.status_code == 200
    assert send(client, out.content, f"again.{end}").status_code == 303
    text = looked(client, takes_out="yes")
    assert "again" in text
    assert "changes nothing" in words(text)
    assert apply(client, text, takes_out="yes").headers["location"].endswith("done=nothing")
    assert client.app.state.conference.state().seq == before.seq


def test_the_folder_that_is_taken_out_is_the_scenario_for_the_command_line_too(client: TestClient, tmp_path: Path):
    content = client.get("/exchange/scenario.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(tmp_path / "out")
    assert read_scenario(tmp_path / "out").offers == read_scenario("tiny").offers


def test_a_changed_cell_of_a_workbook_is_shown_old_and_new_applied_as_one_step_and_undone(client: TestClient):
    conference = client.app.state.conference
    book = load_workbook(io.BytesIO(client.get("/exchange/scenario.xlsx").content))
    sheet = book["offers"]
    header = [cell.value for cell in sheet[1]]
    sheet.cell(2, header.index("quantity") + 1).value = 5
    changed = io.BytesIO()
    book.save(changed)
    send(client, changed.getvalue(), "changed.xlsx")
    text = looked(client)
    assert "<del>2</del>" in text
    assert "<ins>5</ins>" in text
    answer = apply(client, text, why="after the call", version="After the call")
    assert answer.headers["location"].endswith("done=imported")
    (offer,) = [row for row in conference.state().scenario.offers if row.quantity == 5]
    assert offer.offer == "ALD-headquarters"
    assert [each.name for each in conference.versions()] == ["After the call"]
    entry = next(each for each in conference.history(limit=5) if each.row is not None)
    assert (entry.kind, entry.why) == ("import", "after the call")
    client.post("/history/undo", data={"token": token(client), "seq": str(entry.seq)})
    assert all(row.quantity != 5 for row in conference.state().scenario.offers)


def test_rows_that_the_file_lacks_stay_unless_they_are_to_go(client: TestClient):
    send(client, (OFFERS + "ALD-new,ALD,headquarters,1,0,Aldburg\n").encode(), "offers.csv")
    assert "One new row, 0 changed, 0 taken out" in words(looked(client))
    assert "taken out" in words(looked(client, takes_out="yes"))
    assert '<table class="changes-of" id="rows-removed">' in looked(client, takes_out="yes")


def test_cells_of_columns_that_the_file_lacks_stay_as_they_are(client: TestClient):
    send(client, b"offer,nation,unit_type,quantity\nALD-headquarters,ALD,headquarters,4\n", "offers.csv")
    apply(client, looked(client))
    offer = next(row for row in client.app.state.conference.state().scenario.offers if row.offer == "ALD-headquarters")
    assert (offer.quantity, offer.home, offer.confidence) == (4, "Aldburg", "high")


def test_a_column_by_another_name_is_guessed_can_be_corrected_and_is_remembered(client: TestClient):
    table = "offer,nation,unit_type,quantity,Notice (days),Town\nALD-new,ALD,headquarters,1,12,Aldburg\n"
    send(client, table.encode(), "offers.csv")
    text = looked(client)
    assert '<option value="notice_days" selected>' in text
    corrected = {"column:offers:Notice (days)": "notice_days", "column:offers:Town": "home"}
    assert "Aldburg" in looked(client, **corrected)
    assert apply(client, looked(client, **corrected), **corrected).status_code == 303
    made = next(row for row in client.app.state.conference.state().scenario.offers if row.offer == "ALD-new")
    assert (made.notice_days, made.home) == (12, "Aldburg")
    send(client, table.replace("ALD-new", "ALD-other").encode(), "offers.csv")
    assert '<option value="home" selected>' in looked(client)


def test_what_is_refused_names_sheet_and_cell_and_the_nearest_value(client: TestClient):
    book = load_workbook(io.BytesIO(client.get("/exchange/scenario.xlsx").content))
    sheet = book["offers"]
    header = [cell.value for cell in sheet[1]]
    place = sheet.cell(2, header.index("unit_type") + 1)
    place.value = "headquarter"
    changed = io.BytesIO()
    book.save(changed)
    send(client, changed.getvalue(), "wrong.xlsx")
    text = looked(client)
    assert f"offers!{place.coordinate}" in text
    assert "Nearest: headquarters" in words(text)
    assert apply(client, text).status_code == 422
    assert client.app.state.conference.state().scenario is not None


def test_what_was_not_looked_at_is_not_done(client: TestClient):
    send(client, (OFFERS + "ALD-new,ALD,headquarters,1,0,Aldburg\n").encode(), "offers.csv")
    old = looked(client)
    send(client, (OFFERS + "ALD-other,ALD,headquarters,1,0,Aldburg\n").encode(), "offers.csv")
    answer = apply(client, old)
    assert answer.status_code == 409
    assert "changed since you looked" in answer.text


def test_a_delegate_takes_out_and_brings_in_only_what_is_its_own(client: TestClient):
    with As(client.app, DORA):
        content = client.get("/exchange/scenario.zip").content
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            offers = archive.read("offers.csv").decode()
        assert "BRN" not in offers
        assert "ALD-headquarters" in offers
        sent = offers.splitlines()[0] + "\n" + "BRN-mine,BRN,headquarters,9" + "," * (offers.splitlines()[0].count(",") - 3)
        send(client, (offers + sent.splitlines()[1] + "\n").encode(), "offers.csv")
        text = looked(client, takes_out="yes")
        assert "BRN" not in words(text).replace("offers.csv", "")
        apply(client, text, takes_out="yes")
    nations = [row.nation for row in client.app.state.conference.state().scenario.offers]
    assert nations.count("BRN") == [row.nation for row in read_scenario("tiny").offers].count("BRN")


# ------------------------------------------------------------------------------------------------------------- hostile files


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return content.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.zip", b"PK\x03\x04 no archive"),
        ("x.xlsx", b"PK\x03\x04 no workbook"),
        ("x.exe", b"MZ"),
        ("", b""),
        ("x.zip", packed({"scenario.toml": b'extends = "/etc"\n', "offers.csv": OFFERS.encode()})),
        ("x.zip", packed({"scenario.toml": b'extends = "../.."\n', "offers.csv": OFFERS.encode()})),
        ("x.zip", packed({"readme.txt": b"nothing"})),
        ("x.zip", packed({"a/offers.csv": b"offer\n", "b/offers.csv": b"offer\n"})),
        ("x.zip", packed({"offers.csv": b"\0" * 70_000_000})),
        ("strange.csv", b"a,b\n1,2\n"),
        ("offers.csv", b"\xff\xfe\x00\x00\x81"),
    ],
    ids=["zip", "xlsx", "exe", "nothing", "extends-root", "extends-up", "no-table", "twice", "bomb", "no-such-table", "bytes"],
)
def test_a_file_that_is_no_scenario_is_refused_with_words(client: TestClient, name: str, content: bytes):
    answer = send(client, content, name or "file")
    assert answer.status_code in (422, 303)
    if answer.status_code == 303:
        assert client.get("/exchange/preview").status_code == 200
    else:
        assert "Nothing was read" in answer.text


def test_names_in_an_archive_lead_nowhere(tmp_path: Path):
    found, findings = read(packed({"../../offers.csv": (OFFERS + "a,ALD,headquarters,1,0,x\n").encode()}), "x.zip")
    assert findings == ()
    assert found is not None
    assert [row["offer"] for row in found.tables["offers"]] == ["a"]
    assert not list(tmp_path.parent.glob("offers.csv"))


def test_a_briefing_is_for_those_who_see_the_whole_plan(client: TestClient):
    """Slides, PDF and article hold every nation's figures: a delegate gets none of them, nor a link to them."""
    heads = {"pptx": b"PK", "pdf": b"%PDF", "zip": b"PK"}
    for kind, head in heads.items():
        told = client.get(f"/exchange/briefing.{kind}")
        assert told.status_code == 200
        assert told.content.startswith(head)
        assert f"briefing.{kind}" in client.get("/exchange").text
    with zipfile.ZipFile(io.BytesIO(told.content)) as archive:
        assert {Path(name).suffix for name in archive.namelist()} == {".md", ".png", ".svg"}
    assert client.get("/exchange/briefing.docx").status_code in (404, 422)
    with As(client.app, DORA):
        assert [client.get(f"/exchange/briefing.{kind}").status_code for kind in heads] == [403, 403, 403]
        assert "/exchange/briefing" not in client.get("/exchange").text


def test_a_plan_goes_out_as_a_calendar_and_a_map_and_the_schemas_are_those_of_the_command(client: TestClient):
    calendar = client.get("/exchange/plan.ics")
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    assert len(list(Calendar.from_ical(calendar.content).walk("VEVENT"))) > 14
    page = client.get("/exchange").text
    assert "/exchange/plan.gpkg" in page
    assert client.get("/exchange/plan.gpkg").status_code == 409  # no place of the island has a position
    names = client.get("/api/v1/schemas").json()
    assert names == list(schema_names())
    assert client.get("/api/v1/schemas/offers").json() == json_schema("offers")
    row = client.get("/api/v1/plans/latest").json()
    gaps = client.get(f"/api/v1/plans/{row['id']}/frames/gaps").json()["rows"]
    schema = client.get("/api/v1/schemas/plan.gaps").json()
    assert [error.message for gap in gaps for error in Draft202012Validator(schema).iter_errors(gap)] == []
    assert client.get("/api/v1/schemas/offer").status_code == 404
