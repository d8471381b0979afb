"""`contingent db`: status, upgrade, verify, prune, backup, restore."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.cli.calling import Run
from tests.plan import hand_made

from contingent.store import Actor, Conference


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The database beside ``tiny`` in the working folder."""
    place = tmp_path / "tiny.conference.sqlite"
    Conference.open(place, create_from="tiny").close()
    return place


@pytest.mark.parametrize("command", ["status", "upgrade", "verify", "prune", "backup", "restore"])
def test_help_has_an_example(run: Run, command: str) -> None:
    ended = run("db", command, "--help")
    assert ended.code == 0
    assert f"contingent db {command}" in ended.out.split("Examples:")[1]
    assert "From Python: contingent.store." in " ".join(ended.out.split())


def test_from_status_to_a_restored_backup(run: Run, kept: Path, tmp_path: Path) -> None:
    status = json.loads(run("db", "status", "--scenario", "tiny", "--json").out)
    assert (status["rows"], status["entries"], status["title"]) == (44, 45, "Tiny: four nations, six lines")
    shown = run("db", "status", "--database", str(kept))
    assert f"45:{status['hash']}" in shown.out
    verified = run("db", "verify", "--scenario", "tiny", "--expect", f"45:{status['hash']}")
    assert (verified.code, verified.err) == (0, "")
    assert "45 entries" in verified.out
    assert run("db", "upgrade", "--scenario", "tiny").out == "tiny.conference.sqlite is up to date (0003).\n"
    assert run("db", "backup", "b.zip", "--scenario", "tiny").code == 0
    again = run("db", "backup", "b.zip", "--scenario", "tiny")
    assert again.code == 2
    assert "there already" in again.err
    assert run("db", "restore", "b.zip", "--database", "copy.sqlite").code == 0
    assert run("db", "verify", "--database", "copy.sqlite", "--json").code == 0
    assert (tmp_path / "copy.sqlite").exists()


def test_old_plans_are_taken_out_once_it_is_no_longer_a_dry_run(run: Run, kept: Path) -> None:
    conference = Conference.open(kept)
    for _ in range(3):
        conference.add_plan(Actor("Anna", "planner"), hand_made.plan(), 1)
    conference.close()
    assert "nothing to take out; the last 100" in run("db", "prune", "--scenario", "tiny").out
    for _ in range(2):
        dry = run("db", "prune", "--scenario", "tiny", "--keep", "1", "--dry-run")
        assert "Would be taken out of tiny.conference.sqlite" in dry.out
        assert "2 plans: 1, 2" in dry.out
    told = json.loads(run("db", "prune", "--scenario", "tiny", "--keep", "1", "--json").out)
    assert (told["plans"], told["jobs"], told["dry_run"], told["keep"]) == ([1, 2], [], False, 1)
    assert json.loads(run("db", "status", "--scenario", "tiny", "--json").out)["plans"] == 1
    assert run("db", "verify", "--scenario", "tiny").code == 0
    assert run("db", "prune", "--scenario", "tiny", "--keep", "-1").code == 2


def test_a_planted_change_ends_with_one(run: Run, kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as file:
        file.execute("UPDATE scenario_row SET cells = '{}' WHERE id = 34")
        file.commit()
    ended = run("db", "verify", "--scenario", "tiny")
    assert ended.code == 1
    assert "changed without an entry" in ended.out


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (("status", "--database", "nowhere.sqlite"), "holds no conference"),
        (("upgrade", "--database", "nowhere.sqlite"), "holds no conference"),
        (("status", "--database", "mysql://a/b"), "SQLite and PostgreSQL are"),
        (("status", "--database", "postgresql://a:secret@b:none/c"), "is none"),
        (("verify", "--expect", "12"), "is not an entry"),
        (("restore", "nothing.zip", "--database", "new.sqlite"), "cannot be read"),
        (("backup", "b.zip", "--database", "nowhere.sqlite"), "holds no conference"),
        (("prune", "--database", "nowhere.sqlite"), "holds no conference"),
    ],
)
def test_what_cannot_be_is_said(run: Run, tmp_path: Path, call: tuple[str, ...], words: str) -> None:
    ended = run("db", *call)
    assert ended.code == 2
    assert words in ended.err
    assert "secret" not in ended.err
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_the_database(run: Run, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTINGENT_DATABASE", str(kept))
    assert run("db", "status").code == 0
