"""The audit holds: nothing in it can be changed, and whatever is changed behind its back is found."""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.plan import hand_made
from tests.store.conftest import new_database
from tests.store.test_conference import edit_of

from contingent.store import Actor, Conference, Edit
from contingent.store.audit import verify_audit

COLUMNS = ("seq", "at", "actor", "role", "nation", "account", "kind", "why", "batch", "table_name", "row_id", "row_key", "version",
           "before", "after", "details", "previous")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def used(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Conference]:
    """A conference in which something of each kind has happened."""
    planner = Actor("Anna", "planner", None, 1)
    on_file = request.param == "sqlite"
    address = tmp_path_factory.mktemp("used") / "c.sqlite" if on_file else new_database(request.getfixturevalue("postgres"))
    conference = Conference.open(address, create_from="tiny")
    one, other = conference.state().rows["offers"][:2]
    conference.change(planner, [edit_of(one, quantity="9"), Edit("offers", None, other.id, other.version)], why="café")
    conference.add_plan(planner, hand_made.plan(), conference.state().seq)
    conference.add_incidents(planner, [{"incident": "i1", "kind": "drone"}, {"incident": "i2", "kind": "mine"}])
    conference.enqueue(planner, "plan", {})
    assert conference.verify() == ()
    yield conference
    conference.close()


@contextmanager
def behind(conference: Conference) -> Iterator[sa.Connection]:
    """The database by another door, with the guards of the audit taken away; all is as it was afterwards."""
    with conference.database.engine.connect() as connection, connection.begin() as transaction:
        if connection.dialect.name == "sqlite":
            for what in ("update", "delete"):
                connection.exec_driver_sql(f"DROP TRIGGER audit_refuses_{what}")
        else:
            connection.exec_driver_sql("ALTER TABLE audit DISABLE TRIGGER USER")
        yield connection
        transaction.rollback()


def test_the_chain_is_what_the_manual_says(tmp_path: Path, planner: Actor) -> None:
    """Recomputed from the file with nothing of ours: SHA-256 of JSON with keys in order, in plain ASCII."""
    conference = Conference.open(tmp_path / "c.sqlite", create_from="tiny")
    offer = conference.state().rows["offers"][0]
    conference.change(planner, [edit_of(offer, home="Łódź")], why="“why”")
    head = conference.head()
    conference.close()
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as file:
        rows = file.execute(f"SELECT {', '.join(COLUMNS)}, hash FROM audit ORDER BY seq").fetchall()
    previous = "0" * 64
    for number, (*values, digest) in enumerate(rows, start=1):
        entry = dict(zip(COLUMNS, values, strict=True))
        entry |= {name: None if entry[name] is None else json.loads(entry[name]) for name in ("before", "after", "details")}
        assert (entry["seq"], entry["previous"]) == (number, previous)
        previous = hashlib.sha256(json.dumps(entry, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        assert digest == previous
    assert (head.seq, head.hash) == (len(rows), previous)


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'x' WHERE seq = 3", "DELETE FROM audit WHERE seq = 3"])
def test_the_database_itself_refuses_to_change_an_entry(used: Conference, statement: str) -> None:
    engine = sa.create_engine(used.database.url)
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
    assert used.verify() == ()


def test_postgresql_refuses_to_empty_the_audit(fresh_postgres: str) -> None:
    conference = Conference.open(fresh_postgres, create_from="tiny")
    with pytest.raises(sa.exc.DBAPIError, match="never changed"), conference.database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE audit")
    conference.close()


TAMPERINGS: dict[str, tuple[list[str], str]] = {
    "entry changed": (["UPDATE audit SET actor = 'Mallory' WHERE seq = 46"], "audit, line 46: the entry was changed"),
    "cells changed": (["UPDATE audit SET after = '{}' WHERE seq = 10"], "audit, line 10: the entry was changed"),
    "time changed": (
        ["UPDATE audit SET at = '2001-01-01T00:00:00.000000+00:00' WHERE seq = 10"], "audit, line 10: the entry was changed"),
    "entry removed": (["DELETE FROM audit WHERE seq = 20"], "entry 20 is missing"),
    "several removed": (["DELETE FROM audit WHERE seq IN (20, 21)"], "entry 20 to 21 is missing"),
    "removed and moved up": (
        ["DELETE FROM audit WHERE seq = 48", "UPDATE audit SET seq = 48 WHERE seq = 49", "UPDATE audit SET seq = 49 WHERE seq = 50"],
        "audit, line 48"),
    "two exchanged": (
        ["UPDATE audit SET seq = -1 WHERE seq = 20", "UPDATE audit SET seq = 20 WHERE seq = 21",
         "UPDATE audit SET seq = 21 WHERE seq = -1"], "does not follow the one before it"),
    "end removed": (["DELETE FROM audit WHERE seq = 50"], "it ends with entry 49, but the conference says 50"),
    "end removed, head told": (
        ["DELETE FROM audit WHERE seq >= 46", "UPDATE conference SET seq = 45, hash = (SELECT hash FROM audit WHERE seq = 45)"],
        "is not what entry"),
    "row changed": (["""UPDATE scenario_row SET cells = '{"offer":"x"}' WHERE id = 34"""], "was changed without an entry"),
    "version changed": (["UPDATE scenario_row SET version = 7 WHERE id = 34"], "was changed without an entry"),
    "row renamed": (["UPDATE scenario_row SET row_key = 'x' WHERE id = 34"], "was changed without an entry"),
    "row removed": (["DELETE FROM scenario_row WHERE id = 34"], "was taken out without an entry"),
    "row added": (
        ["INSERT INTO scenario_row SELECT 99, table_name, row_key, version, cells, changed_by, changed_at, changed_seq "
         "FROM scenario_row WHERE id = 34"], "no entry made it"),
    "plan changed": (["UPDATE plan SET archive = digest::bytea"], "plan 1 is not the one that was stored"),
    "plan and its digest changed": (
        ["UPDATE plan SET digest = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', archive = ''"],
        "plan 1 is not the one that was stored"),
    "plan removed": (["DELETE FROM plan"], "plan 1 is missing"),
    "incident changed": (["UPDATE incident SET cells = '{}' WHERE id = 2"], "the incidents of entry 49"),
    "incident removed": (["DELETE FROM incident WHERE id = 1"], "the incidents of entry 49"),
    "incidents removed": (["DELETE FROM incident"], "the incidents of entry 49"),
}  # fmt: skip


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_found(used: Conference, name: str) -> None:
    statements, words = TAMPERINGS[name]
    with behind(used) as connection:
        for statement in statements:
            if connection.dialect.name == "sqlite":
                statement = statement.replace("digest::bytea", "CAST(digest AS BLOB)")
            connection.exec_driver_sql(statement)
        found = [str(finding) for finding in verify_audit(connection)]
    assert any(words in finding for finding in found), found
    assert used.verify() == ()


def test_a_history_written_anew_is_found_by_what_was_noted(used: Conference) -> None:
    """Whoever forges the whole chain from an entry on is found only where its hash was kept elsewhere."""
    noted = used.head()
    with behind(used) as connection:
        rows = [dict(row._mapping) for row in connection.exec_driver_sql("SELECT * FROM audit ORDER BY seq")]
        previous = "0" * 64
        for row in rows:
            if row["seq"] == 50:
                row["actor"] = "Mallory"
            parsed = {name: None if row[name] is None else json.loads(row[name]) for name in ("before", "after", "details")}
            content = {name: row[name] for name in COLUMNS} | parsed | {"previous": previous}
            row["previous"] = previous
            row["hash"] = previous = hashlib.sha256(
                json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
            change = sa.text("UPDATE audit SET actor = :actor, previous = :previous, hash = :hash WHERE seq = :seq")
            connection.execute(change, {key: row[key] for key in ("actor", "previous", "hash", "seq")})
        connection.execute(sa.text("UPDATE conference SET hash = :hash"), {"hash": previous})
        assert list(verify_audit(connection)) == []
        (finding,) = verify_audit(connection, expected=(noted.seq, noted.hash))
    assert "the history was written anew" in finding.what
    (finding,) = used.verify(expected=(99, noted.hash))
    assert "entry 99, which was noted, is missing" in finding.what


def test_the_audit_knows_no_secret(opened: Callable[..., Conference]) -> None:
    conference = opened()
    account = conference.accounts.add_account("Anna", role="planner", password_hash="$argon2$first")
    conference.accounts.set_password(account.id, "$argon2$second")
    conference.accounts.add_token("mark-of-a-token", name="t", account=account.id, scopes=["read"], expires_at=None)
    told: Any = [(entry.details, entry.why) for entry in conference.history(limit=1000)]
    assert "argon2" not in str(told)
    assert "mark-of-a-token" not in str(told)
    assert [entry.kind for entry in conference.history(limit=3)] == ["account"] * 3
