"""Notes on lines and accepted risks: who, when, what stood before; carried by backups, proven by the audit."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from tests.store.conftest import Clock, emptied
from tests.store.test_audit import behind
from tests.store.test_conference import edit_of
from tests.store.test_schema import raw

from contingent.store import (
    ACCEPTED_RISKS,
    NOTES,
    Actor,
    Conference,
    Conflict,
    Edit,
    OtherSchema,
    Refused,
    UnknownNumber,
    backup,
    restore,
)
from contingent.store import upgrade as bring_up_to_date
from contingent.store.audit import verify_audit
from contingent.store.database import opened as database_opened
from contingent.store.schema import newest

UNTIL = date(2027, 3, 1)


def accepted(conference: Conference, actor: Actor, **changes: Any) -> Any:
    given = {"accepted_by": "Force commander", "until": UNTIL, "reason": "A contractor covers it.", **changes}
    return conference.remarks.accept_risk(actor, "4", **given)


def test_a_note_says_who_and_when_and_its_taking_out_stays_in_the_history(
    conference: Conference, planner: Actor, pole: Actor, clock: Clock
) -> None:
    book, seq = conference.remarks, conference.state().seq
    first = book.write_note(planner, "4", " Ask again\r\nin March. ")
    other = book.write_note(pole, "4", "We look for one.", audience="nation", nation="POL")
    assert (first.text, first.audience, first.nation, first.written_by) == ("Ask again\nin March.", "planners", None, "Anna")
    assert (other.audience, other.nation, other.account) == ("nation", "POL", 2)
    assert other.written_at == clock.now
    assert book.all() == ([first, other], [])
    book.take_out_note(planner, first.id)
    assert book.all() == ([other], [])
    removed, *_, added = conference.history(table=NOTES, key="4")
    assert (removed.kind, removed.actor, removed.after) == ("note", "Anna", None)
    assert removed.before == added.after == {"line": "4", "text": "Ask again\nin March.", "audience": "planners"}
    assert conference.state().seq == seq, "no plan is behind for a note"
    with pytest.raises(UnknownNumber):
        book.take_out_note(planner, first.id)
    with pytest.raises(UnknownNumber, match="no change of rows"):
        conference.undo(planner, removed.seq)


def test_a_risk_is_accepted_changed_and_withdrawn_on_the_version_that_was_seen(
    conference: Conference, planner: Actor, pole: Actor
) -> None:
    first = accepted(conference, planner)
    assert first.holds_on(UNTIL)
    assert not first.holds_on(date(2027, 3, 2))
    with pytest.raises(Conflict) as clash:
        accepted(conference, pole, reason="another")
    (row,) = clash.value.rows
    assert (row.changed_by, row.version) == ("Anna", 1)
    assert (row.current or {})["reason"] == "A contractor covers it."
    assert (row.tried or {})["reason"] == "another"
    second = accepted(conference, pole, until=date(2027, 4, 1), version=1)
    assert (second.id, second.version, second.written_by) == (first.id, 2, "Piotr")
    with pytest.raises(Conflict):
        conference.remarks.withdraw_risk(planner, "4", version=1)
    conference.remarks.withdraw_risk(planner, "4", version=2)
    assert conference.remarks.accepted("4") is None
    with pytest.raises(UnknownNumber):
        conference.remarks.withdraw_risk(planner, "4", version=2)
    with pytest.raises(Conflict, match="changed meanwhile"):
        accepted(conference, planner, version=2)
    told = [(entry.actor, entry.version, (entry.after or {}).get("until")) for entry in conference.history(table=ACCEPTED_RISKS)]
    assert told == [("Anna", 3, None), ("Piotr", 2, "2027-04-01"), ("Anna", 1, "2027-03-01")]
    assert [(change.kind, change.key) for change in conference.changes_since(conference.head().seq - 1)] == [("risk", "4")]
    assert conference.verify() == ()


@pytest.mark.parametrize("changes", [{"reason": " "}, {"accepted_by": "\n"}, {"reason": "x" * 2001}])
def test_a_risk_is_accepted_by_somebody_for_a_reason(conference: Conference, planner: Actor, changes: dict[str, str]) -> None:
    before = conference.head()
    with pytest.raises(Refused) as refused:
        accepted(conference, planner, **changes)
    assert [finding.column for finding in refused.value.findings] == list(changes)
    with pytest.raises(Refused):
        conference.remarks.write_note(planner, "4", "\0")
    assert conference.head() == before


TAMPERINGS = {
    "changed": "UPDATE remark SET cells = '{\"audience\":\"all\",\"line\":\"4\",\"text\":\"x\"}' WHERE id = 1",
    "said to be another's": "UPDATE remark SET written_by = 'Mallory' WHERE id = 2",
    "moved to another line": "UPDATE remark SET line = '5' WHERE id = 2",
    "removed": "DELETE FROM remark WHERE id = 1",
    "added": "INSERT INTO remark SELECT 9, table_name, line, version, cells, written_by, account, written_at, written_seq "
             "FROM remark WHERE id = 1",
}  # fmt: skip


def test_every_tampering_with_a_remark_is_found(conference: Conference, planner: Actor) -> None:
    conference.remarks.write_note(planner, "4", "Ask again.")
    accepted(conference, planner)
    assert conference.verify() == ()
    for statement in TAMPERINGS.values():
        with behind(conference) as connection:
            connection.exec_driver_sql(statement)
            assert len(list(verify_audit(connection))) == 1, statement
    assert conference.verify() == ()


def test_a_database_of_the_step_before_is_brought_up_to_date(address: str, planner: Actor, tmp_path: Path) -> None:
    """Made with today's tables, carried by hand into those of the step before, which knew no remarks."""
    source = Conference.open(tmp_path / "source.sqlite", create_from="tiny")
    source.change(planner, [edit_of(source.state().rows["offers"][0], home="Łódź")])
    source.name_version(planner, "as agreed")
    source.add_incidents(planner, [{"incident": "i1"}])
    with database_opened(address) as database:
        bring_up_to_date(database, to="0002")
        with raw(address) as old, source.database.engine.connect() as connection:
            for name in ("conference", "scenario_row", "audit", "snapshot", "incident"):
                rows = [dict(row._mapping) for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]
                old.execute(sa.insert(sa.table(name, *(sa.column(column) for column in rows[0]))), rows)
        with pytest.raises(OtherSchema, match="contingent db upgrade"):
            Conference.open(address)
        assert bring_up_to_date(database) == ("0002", newest())
    conference = Conference.open(address)
    assert conference.state() == source.state()
    assert conference.remarks.all() == ([], [])
    note = conference.remarks.write_note(planner, "4", "Now there is room for it.")
    assert conference.remarks.note(note.id) == note
    assert conference.verify() == ()
    conference.close()
    source.close()


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_backup_carries_remarks_from_one_database_to_the_other(
    conference: Conference, address: str, target: str, tmp_path: Path, planner: Actor, request: pytest.FixtureRequest
) -> None:
    conference.remarks.write_note(planner, "4", "Łódź asks again.", audience="all")
    accepted(conference, planner)
    before = conference.remarks.all()
    conference.close()
    written = backup(address, tmp_path / "b.zip")
    place = str(tmp_path / "other.sqlite") if target == "sqlite" else emptied(request.getfixturevalue("postgres"))
    restore(written, place)
    other = Conference.open(place)
    assert other.remarks.all() == before
    assert other.remarks.write_note(planner, "5", "Numbers go on.").id == 3
    assert other.verify() == ()
    other.close()


# ---------------------------------------------------------------------------------------------------- versions restored


def test_a_version_is_restored_as_one_change_that_can_be_undone(opened: Callable[..., Conference], planner: Actor) -> None:
    conference = opened()
    begun = conference.state()
    version = conference.name_version(planner, "before")
    first, second = begun.rows["offers"][:2]
    conference.change(planner, [edit_of(first, quantity="9"), Edit("offers", None, second.id, second.version)])
    conference.change(planner, [Edit("offers", {**second.cells, "offer": "new"})])
    changed = conference.state()
    restored = conference.restore_version(planner, version.id, of_seq=changed.seq)
    assert restored.scenario == begun.scenario
    numbered = [{row.id: dict(row.cells) for row in state.rows["offers"]} for state in (restored, begun)]
    assert numbered[0] == numbered[1], "rows have their old numbers"
    assert conference.compare_with(version).is_empty
    entry = conference.history(limit=1)[0]
    assert (entry.kind, entry.why) == ("change", "restores the version “before”")
    assert opened().state() == restored, "read anew it is the same"
    undone = conference.undo(planner, entry.seq)
    assert undone.scenario == changed.scenario
    assert conference.restore_version(planner, version.id, of_seq=undone.seq).scenario == begun.scenario
    assert conference.verify() == ()


def test_a_version_is_not_restored_over_what_was_not_seen(conference: Conference, planner: Actor, pole: Actor) -> None:
    version = conference.name_version(planner, "before")
    row = conference.state().rows["offers"][0]
    looked = conference.change(planner, [edit_of(row, quantity="9")]).seq
    (row, other) = conference.state().rows["offers"][:2]
    conference.change(pole, [edit_of(other, home="Gdynia")])
    with pytest.raises(Conflict) as clash:
        conference.restore_version(planner, version.id, of_seq=looked)
    assert [(each.key, each.changed_by, (each.current or {}).get("home")) for each in clash.value.rows] == [
        (other.key, "Piotr", "Gdynia")]
    assert conference.state().rows["offers"][0].cells["quantity"] == "9", "nothing was changed"
    with pytest.raises(UnknownNumber):
        conference.restore_version(planner, 99, of_seq=looked)
