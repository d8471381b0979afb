"""Tables of older and newer versions; backups from one database to another."""

import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from tests.plan import hand_made
from tests.store.conftest import emptied
from tests.store.test_conference import edit_of

from contingent.io.atomic import CannotWrite
from contingent.store import Actor, BadBackup, Conference, NoConference, OtherSchema, backup, database_beside, restore, upgrade
from contingent.store.database import Database, opened
from contingent.store.schema import newest, version_of
from contingent.store.tables import METADATA

Open = Callable[..., Conference]


@contextmanager
def raw(address: str) -> Iterator[sa.Connection]:
    """A connection of one's own to a database."""
    database = Database(address)
    with database.engine.begin() as connection:
        yield connection
    database.close()


def test_the_steps_lead_to_the_tables(address: str) -> None:
    """What the steps make is what the program works with, column by column."""
    with opened(address) as database:
        assert upgrade(database) == (None, newest())
        assert upgrade(database) == (newest(), newest())
        with database.engine.connect() as connection:
            assert compare_metadata(MigrationContext.configure(connection, opts={"compare_type": False}), METADATA) == []


def test_the_first_version_is_brought_up_to_date_with_its_data(address: str, planner: Actor, tmp_path: Path) -> None:
    newer = Conference.open(tmp_path / "newer.sqlite", create_from="tiny")
    newer.change(planner, [edit_of(newer.state().rows["offers"][0], quantity="9")])
    backup(tmp_path / "newer.sqlite", tmp_path / "b.zip")
    with opened(address) as database:
        upgrade(database, to="0001")
        with raw(address) as old, newer.database.engine.connect() as source:
            for name in ("conference", "scenario_row", "audit"):
                rows = [dict(row._mapping) for row in source.exec_driver_sql(f"SELECT * FROM {name}")]
                old.execute(sa.insert(sa.table(name, *(sa.column(column) for column in rows[0]))), rows)
        with pytest.raises(OtherSchema, match="contingent db upgrade"):
            Conference.open(address)
        assert upgrade(database) == ("0001", newest())
    conference = Conference.open(address)
    assert conference.state() == newer.state()
    assert conference.verify() == ()
    assert conference.versions() == []
    assert conference.add_incidents(planner, [{"incident": "i"}]) == 1
    conference.close()
    newer.close()


def test_a_newer_version_is_refused_and_left_alone(address: str) -> None:
    Conference.open(address, create_from="tiny").close()
    with raw(address) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(OtherSchema, match="newer version"):
        Conference.open(address)
    with opened(address) as database, pytest.raises(OtherSchema, match="newer version"):
        upgrade(database)
    with raw(address) as connection:
        assert version_of(connection) == "9999"


def test_tables_of_another_program_are_left_alone(address: str) -> None:
    with raw(address) as connection:
        connection.exec_driver_sql("CREATE TABLE accounts_payable (id INTEGER)")
    with pytest.raises(OtherSchema, match="another program"):
        Conference.open(address, create_from="tiny")


def test_where_the_database_beside_a_scenario_is(tmp_path: Path) -> None:
    (tmp_path / "my-force").mkdir()
    (tmp_path / "book.xlsx").touch()
    assert database_beside("reassurance") == Path("reassurance.conference.sqlite")
    assert database_beside(tmp_path / "my-force") == tmp_path / "my-force.conference.sqlite"
    assert database_beside(tmp_path / "book.xlsx") == tmp_path / "book.conference.sqlite"


# ----------------------------------------------------------------------------------------------------------------- backups


@pytest.fixture
def used(conference: Conference, planner: Actor) -> Conference:
    """A conference with something of each kind."""
    conference.change(planner, [edit_of(conference.state().rows["offers"][0], home="Łódź")])
    conference.add_plan(planner, hand_made.plan(), 46, scenario=hand_made.scenario())
    conference.add_incidents(planner, [{"incident": "i1"}])
    conference.name_version(planner, "as agreed")
    conference.set_setting(planner, "s", [1, None])
    number = conference.enqueue(planner, "plan", {"option": None})
    conference.claim("w")
    conference.finish(number, {"plan": 1}, archive=b"\x00\xff")
    anna = conference.accounts.add_account("Anna", role="planner", password_hash="h")
    conference.accounts.add_session("mark", anna.id, anna.locked_until or conference.history(limit=1)[0].at)
    return conference


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_is_restored_into_either_database(
    used: Conference, address: str, target: str, tmp_path: Path, request: pytest.FixtureRequest, planner: Actor
) -> None:
    written = backup(address, tmp_path / "b.zip")
    assert written.stat().st_mode & 0o077 == 0
    before, state, count = used.history(limit=1000), used.state(), used.count()
    archive = used.plan_archive(1)
    used.close()
    place = str(tmp_path / "other.sqlite") if target == "sqlite" else emptied(request.getfixturevalue("postgres"))
    seq = restore(written, place)
    other = Conference.open(place)
    assert other.state() == state
    assert other.history(limit=1000)[1:] == before
    assert (other.head().seq, other.history(limit=1)[0].kind) == (seq, "restore")
    assert other.verify(expected=(before[0].seq, before[0].hash)) == ()
    assert other.count() == {**count, "entries": count["entries"] + 1}
    assert (other.plan_archive(1), other.job_archive(1), other.setting("s")) == (archive, b"\x00\xff", [1, None])
    assert other.accounts.account_named("anna") is not None
    assert other.accounts.session("mark") is None, "everybody signs in again"
    assert other.add_plan(planner, hand_made.plan(), 46) == 2, "numbers go on"
    assert other.enqueue(planner, "plan", {}) == 2
    after = other.change(planner, [edit_of(state.rows["offers"][0], home="Gdynia")])
    assert after.rows["offers"][0].cells["home"] == "Gdynia"
    assert other.verify() == ()
    other.close()


def test_a_copy_of_sqlite_is_a_database_and_a_backup(tmp_path: Path, planner: Actor) -> None:
    conference = Conference.open(tmp_path / "c.sqlite", create_from="tiny")
    backup(tmp_path / "c.sqlite", tmp_path / "copy.sqlite")
    with pytest.raises(CannotWrite):
        backup(tmp_path / "c.sqlite", tmp_path / "copy.sqlite")
    copy = Conference.open(tmp_path / "copy.sqlite")
    assert copy.state() == conference.state()
    assert copy.head() == conference.head()
    copy.close()
    restore(tmp_path / "copy.sqlite", tmp_path / "d.sqlite")
    other = Conference.open(tmp_path / "d.sqlite")
    assert other.state() == conference.state()
    other.close()
    conference.close()


def test_a_backup_is_of_one_moment(opened: Open, address: str, planner: Actor, tmp_path: Path) -> None:
    """Somebody writes all the while; every backup is whole."""
    import threading

    conference = opened()
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            conference.change(planner, [edit_of(row, home=str(number)) for row in conference.state().rows["offers"][:2]])

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            backup(address, tmp_path / f"{number}.zip")
    finally:
        stop.set()
        thread.join()
    for number in range(3):
        restore(tmp_path / f"{number}.zip", tmp_path / f"{number}.sqlite")
        other = Conference.open(tmp_path / f"{number}.sqlite")
        assert other.verify() == ()
        one, two = other.state().rows["offers"][:2]
        assert one.cells.get("home") == two.cells.get("home") or one.version == 1
        other.close()


def damaged(kind: str, path: Path) -> None:
    """Write a file that is no backup."""
    if kind == "text":
        path.write_text("not a zip")
        return
    with zipfile.ZipFile(path, "w") as archive:
        if kind == "other zip":
            archive.writestr("a", "b")
        elif kind == "newer format":
            archive.writestr("conference.json", json.dumps({"format": 99, "schema": "0002"}))
        elif kind == "newer tables":
            archive.writestr("conference.json", json.dumps({"format": 1, "schema": "9999"}))
        else:
            archive.writestr("conference.json", json.dumps({"format": 1, "schema": newest()}))
            archive.writestr("conference.jsonl", "{broken")


@pytest.mark.parametrize("kind", ["text", "other zip", "newer format", "newer tables", "broken line", "missing"])
def test_what_is_no_backup_is_refused(tmp_path: Path, kind: str) -> None:
    if kind != "missing":
        damaged(kind, tmp_path / "b.zip")
    with pytest.raises((BadBackup, OtherSchema)):
        restore(tmp_path / "b.zip", tmp_path / "c.sqlite")
    with pytest.raises(NoConference):
        Conference.open(tmp_path / "c.sqlite")


def test_nothing_is_restored_over_a_conference(conference: Conference, address: str, tmp_path: Path) -> None:
    written = backup(address, tmp_path / "b.zip")
    with pytest.raises(BadBackup, match="already"):
        restore(written, address)
    with pytest.raises(NoConference):
        backup(tmp_path / "nothing.sqlite", tmp_path / "x.zip")


def test_a_forged_backup_says_so(tmp_path: Path) -> None:
    """A row that was changed in the file is found by verifying what was restored."""
    Conference.open(tmp_path / "c.sqlite", create_from="tiny").close()
    backup(tmp_path / "c.sqlite", tmp_path / "b.zip")
    parts: dict[str, Any] = {}
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["scenario_row.jsonl"] = parts["scenario_row.jsonl"].replace(b"Tiny", b"Tidy")
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    restore(tmp_path / "forged.zip", tmp_path / "d.sqlite")
    conference = Conference.open(tmp_path / "d.sqlite")
    assert any("changed without an entry" in finding.what for finding in conference.verify())
    assert conference.history(limit=1)[0].details == {"seq": 45, "findings": 1}
    conference.close()
