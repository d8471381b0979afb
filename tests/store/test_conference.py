"""A conference by hand: rows in, rows changed, what is refused, what conflicts, what is told to others."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from tests.store.conftest import Clock

from contingent.errors import BadScenario
from contingent.io import read_scenario
from contingent.store import Actor, Conference, Conflict, Edit, NoConference, NotOneself, Refused, State, StoredRow, UnknownNumber

Open = Callable[..., Conference]


def row_of(state: State, table: str, key: str) -> StoredRow:
    """The row of a table with a key."""
    return next(row for row in state.rows[table] if row.key == key)


def edit_of(row: StoredRow, **cells: str) -> Edit:
    """An edit of some cells of a row."""
    return Edit(row.table, {**row.cells, **cells}, row.id, row.version)


def test_a_conference_is_the_scenario_that_it_was_made_from(conference: Conference) -> None:
    state = conference.state()
    assert state.scenario == read_scenario("tiny")
    assert state.findings == ()
    assert {name: len(rows) for name, rows in state.rows.items()} == {
        "scenario": 10, "nations": 4, "unit_types": 6, "capabilities": 6, "locations": 5, "offers": 7, "requirements": 6}


def test_one_that_is_laid_over_a_bundled_one_keeps_to_it(tmp_path: Path) -> None:
    conference = Conference.open(tmp_path / "c.sqlite", create_from="reassurance")
    state = conference.state()
    assert state.scenario is not None
    assert state.scenario.fingerprint() == read_scenario("reassurance").fingerprint()
    assert "unit_types" not in state.rows  # those of the doctrine are not copied
    assert row_of(state, "scenario", "extends").cells["value"] == "doctrine"
    conference.close()


def test_the_database_of_others_is_private(tmp_path: Path) -> None:
    Conference.open(tmp_path / "c.sqlite", create_from="tiny").close()
    assert (tmp_path / "c.sqlite").stat().st_mode & 0o077 == 0


def test_nothing_is_made_from_nothing(address: str) -> None:
    with pytest.raises(NoConference, match="holds no conference"):
        Conference.open(address)


def test_a_bad_scenario_makes_no_conference(address: str, tmp_path: Path) -> None:
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "scenario.toml").write_text('title = "Bad"\n')
    with pytest.raises(BadScenario):
        Conference.open(address, create_from=tmp_path / "bad")
    with pytest.raises(NoConference):
        Conference.open(address)


def test_what_is_there_is_not_made_anew(opened: Open, planner: Actor) -> None:
    one = opened()
    offer = one.state().rows["offers"][0]
    one.change(planner, [edit_of(offer, quantity="9")])
    assert row_of(opened("reassurance").state(), "offers", offer.key).cells["quantity"] == "9"


def test_a_change_is_seen_by_all(opened: Open, planner: Actor) -> None:
    one, other = opened(), opened(None)
    before = other.state()
    offer = before.rows["offers"][0]
    after = one.change(planner, [edit_of(offer, quantity="9")], why="they asked")
    seen = other.state()
    assert seen == after
    assert seen.seq == before.seq + 1
    changed = row_of(seen, "offers", offer.key)
    assert (changed.id, changed.version, changed.changed_by, changed.cells["quantity"]) == (offer.id, 2, "Anna", "9")
    assert seen.scenario is not None
    assert seen.scenario.offer_by_name[offer.key].quantity == 9
    assert before.rows["offers"][0].cells["quantity"] != "9", "what was given out stays as it was"


def test_many_rows_change_together_or_not_at_all(conference: Conference, planner: Actor) -> None:
    before = conference.state()
    one, other = before.rows["offers"][:2]
    with pytest.raises(Refused) as refused:
        conference.change(planner, [edit_of(one, quantity="9"), edit_of(other, nation="Atlantis")])
    assert refused.value.keys == (other.key,)
    (finding,) = refused.value.findings
    assert (finding.table, finding.column) == ("offers", "nation")
    assert "Atlantis" in finding.what
    assert conference.state() == before
    assert conference.changes_since(before.seq) == []


def test_two_who_edit_one_row_never_lose_an_edit(opened: Open, planner: Actor, pole: Actor) -> None:
    one, other = opened(), opened(None)
    offer = one.state().rows["offers"][0]
    one.change(planner, [edit_of(offer, quantity="8")])
    with pytest.raises(Conflict) as conflict:
        other.change(pole, [edit_of(offer, quantity="9")])
    (row,) = conflict.value.rows
    assert row.current is not None
    assert row.tried is not None
    assert (row.current["quantity"], row.tried["quantity"]) == ("8", "9")
    assert (row.row, row.version, row.changed_by, row.key) == (offer.id, 2, "Anna", offer.key)
    assert row_of(other.state(), "offers", offer.key).cells["quantity"] == "8"


def test_the_second_of_two_who_wrote_the_same_is_content(conference: Conference, planner: Actor, pole: Actor) -> None:
    offer = conference.state().rows["offers"][0]
    after = conference.change(planner, [edit_of(offer, quantity="8")])
    assert conference.change(pole, [edit_of(offer, quantity="8")]) == after


def test_an_edit_that_saw_no_version_is_a_conflict(conference: Conference, planner: Actor) -> None:
    offer = conference.state().rows["offers"][0]
    with pytest.raises(Conflict):
        conference.change(planner, [Edit("offers", {**offer.cells, "quantity": "9"}, offer.id)])


def test_a_row_that_was_taken_out_conflicts_with_its_edit(conference: Conference, planner: Actor) -> None:
    offer = conference.state().rows["offers"][0]
    conference.change(planner, [Edit("offers", None, offer.id, offer.version)])
    with pytest.raises(Conflict) as conflict:
        conference.change(planner, [edit_of(offer, quantity="9")])
    assert conflict.value.rows[0].current is None


def test_rows_are_added_and_taken_out(conference: Conference, pole: Actor) -> None:
    before = conference.state()
    offer = before.rows["offers"][0]
    after = conference.change(pole, [Edit("offers", {**offer.cells, "offer": "new", "home": "  "})])
    new = row_of(after, "offers", "new")
    assert after.rows["offers"][-1] == new
    assert "home" not in new.cells
    assert (new.version, new.changed_by) == (1, "Piotr")
    gone = conference.change(pole, [Edit("offers", None, new.id, new.version)])
    assert gone.rows == before.rows
    assert gone.seq == before.seq + 2


def test_a_name_that_is_there_is_not_given_again(conference: Conference, planner: Actor) -> None:
    offer = conference.state().rows["offers"][0]
    with pytest.raises(Refused, match="already"):
        conference.change(planner, [Edit("offers", dict(offer.cells))])


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (Edit("offerz", {"offer": "x"}), "is not a table"),
        (Edit("offers", {"offer": "x", "colour": "red"}), "'colour' is not a column"),
        (Edit("offers", {"offer": " "}), "without any cell"),
        (Edit("offers", {"offer": "x\x00"}), "character"),
        (Edit("offers", {"offer": "x" * 40_000}), "at most"),
        (Edit("scenario", {"value": "x"}), "a setting has no name"),
        (Edit("scenario", {"setting": "extends", "value": "/etc"}), "no scenario '/etc' ships with the package"),
        (Edit("scenario", {"setting": "extends", "value": "../secret"}), "ships with the package"),
    ],
)
def test_what_makes_no_sense_is_refused(conference: Conference, planner: Actor, edit: Edit, words: str) -> None:
    before = conference.state()
    with pytest.raises(Refused, match=words):
        conference.change(planner, [edit])
    assert conference.state() == before


def test_settings_are_rows_too(conference: Conference, planner: Actor) -> None:
    title = row_of(conference.state(), "scenario", "title")
    state = conference.change(planner, [edit_of(title, value="Harbour guard")])
    assert state.scenario is not None
    assert state.scenario.settings.title == "Harbour guard"


def test_a_finding_leads_to_its_row(conference: Conference, planner: Actor) -> None:
    """A warning that is allowed names a line, and the line a row."""
    offer = conference.state().rows["offers"][1]
    state = conference.change(planner, [edit_of(offer, available_day="400")])
    (finding,) = state.findings
    assert finding.severity == "warning"
    found = state.row_at(finding.table, finding.line)
    assert found is not None
    assert found.id == offer.id
    assert state.row_at("offers", 1) is None
    assert state.row_at("offers", 99) is None


def test_undo_brings_back_what_was(conference: Conference, planner: Actor) -> None:
    before = conference.state()
    one, other, third = before.rows["offers"][:3]
    new = Edit("offers", {**third.cells, "offer": "n"})
    edits = [edit_of(one, quantity="9"), Edit("offers", None, other.id, other.version), new]
    changed = conference.change(planner, edits)
    undone = conference.undo(planner, changed.seq - 1)
    assert undone.scenario == before.scenario
    assert [row.cells for row in undone.rows["offers"]] == [row.cells for row in before.rows["offers"]]
    assert [row.id for row in undone.rows["offers"]] == [row.id for row in before.rows["offers"]]
    assert row_of(undone, "offers", other.key).version > other.version, "an edit of what was taken out is still a conflict"
    assert {entry.kind for entry in conference.history(limit=3)} == {"undo"}
    redone = conference.undo(planner, undone.seq)
    assert [row.cells for row in redone.rows["offers"]] == [row.cells for row in changed.rows["offers"]]
    assert conference.verify() == ()


def test_undo_is_for_one_s_own_and_of_what_still_stands(conference: Conference, planner: Actor, pole: Actor) -> None:
    offer = conference.state().rows["offers"][0]
    changed = conference.change(pole, [edit_of(offer, quantity="8")])
    with pytest.raises(NotOneself):
        conference.undo(planner, changed.seq)
    conference.change(planner, [edit_of(row_of(changed, "offers", offer.key), quantity="9")])
    with pytest.raises(Conflict):
        conference.undo(pole, changed.seq)
    with pytest.raises(UnknownNumber):
        conference.undo(planner, 2)  # how it was made
    with pytest.raises(UnknownNumber):
        conference.undo(planner, 10_000)


def test_the_history_says_who_did_what(conference: Conference, planner: Actor, pole: Actor, clock: Clock) -> None:
    one, other = conference.state().rows["offers"][:2]
    made = conference.head().seq
    conference.change(planner, [edit_of(one, offer="renamed")], why="clearer")
    moment = clock.now + timedelta(seconds=1)
    conference.change(pole, [edit_of(other, quantity="9")])
    second, first = conference.history(limit=2)
    assert (first.actor, first.role, first.account, first.why, first.table) == ("Anna", "planner", 1, "clearer", "offers")
    assert first.before is not None
    assert first.after is not None
    assert (first.before["offer"], first.after["offer"]) == (one.key, "renamed")
    assert (second.actor, second.nation, second.seq) == ("Piotr", "POL", made + 2)
    assert [entry.seq for entry in conference.history(actor="Piotr")] == [made + 2]
    assert [entry.seq for entry in conference.history(since=moment)] == [made + 2]
    assert [entry.seq for entry in conference.history(before=made + 2, limit=1)] == [made + 1]
    assert [entry.kind for entry in conference.history("offers", one.key)] == ["change", "create"]
    assert [entry.kind for entry in conference.history("offers", "renamed")] == ["change", "create"], "whatever it was called"
    heard = conference.changes_since(made)
    assert [(each.seq, each.actor, each.kind, each.key) for each in heard] == [
        (made + 1, "Anna", "change", "renamed"), (made + 2, "Piotr", "change", other.key)]


def test_a_clock_that_jumps_back_changes_no_order(conference: Conference, planner: Actor, clock: Clock) -> None:
    offer = conference.state().rows["offers"][0]
    later = conference.change(planner, [edit_of(offer, quantity="8")])
    clock.now = clock.now.replace(year=2001)
    conference.change(planner, [edit_of(row_of(later, "offers", offer.key), quantity="9")])
    newest, older = conference.history(limit=2)
    assert newest.seq > older.seq
    assert newest.at < older.at
    assert conference.verify() == ()
    assert row_of(conference.state(), "offers", offer.key).cells["quantity"] == "9"


def test_versions_can_be_come_back_to(conference: Conference, planner: Actor) -> None:
    first = conference.state()
    version = conference.name_version(planner, "as agreed")
    one, other = first.rows["offers"][:2]
    conference.change(planner, [edit_of(one, quantity="9"), Edit("offers", None, other.id, other.version)])
    conference.change(planner, [Edit("offers", {**other.cells, "offer": "late"})])
    found = conference.compare_with(version)
    assert [row.key for row in found.new] == ["late"]
    assert [(row.key, row.columns) for row in found.changed] == [(one.key, ("quantity",))]
    assert [row.key for row in found.removed] == [other.key]
    assert conference.read_version(version.id) == first.scenario
    assert conference.versions() == [version]
    assert conference.compare_with(conference.state().seq).is_empty
    with pytest.raises(Refused, match="already"):
        conference.name_version(planner, "as agreed")
    with pytest.raises(UnknownNumber):
        conference.read_version(99)


def test_settings_of_the_server_are_kept(conference: Conference, planner: Actor) -> None:
    assert conference.setting("plans itself") is None
    conference.set_setting(planner, "plans itself", {"after": 30})
    conference.set_setting(planner, "plans itself", {"after": 60})
    assert conference.setting("plans itself") == {"after": 60}
    assert "60" not in str(conference.history(limit=1)[0].details)


def test_reasons_and_names_cannot_break_the_database(conference: Conference) -> None:
    offer = conference.state().rows["offers"][0]
    conference.change(Actor("O'Brien \\ \x00 \u2028", "planner"), [edit_of(offer, quantity="9")], why="a\x00b" + "c" * 5000)
    (entry,) = conference.history(limit=1)
    assert len(entry.why) <= 2000
    assert conference.verify() == ()
