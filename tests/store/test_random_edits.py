"""Random edits by several actors against a plain dict: what the database holds is what the dict says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import emptied

from contingent.store import Actor, Conference, Conflict, Edit, Refused, State

ACTORS = (Actor("Anna", "planner"), Actor("Piotr", "delegate", "POL", 2), Actor("Marie", "delegate", "FRA", 3))
NAMES = ("P1", "P2", "P3", "P4")

act = st.tuples(
    st.integers(0, 2),                                   # who
    st.sampled_from(["write", "write", "write", "remove", "look", "undo"]),
    st.sampled_from(NAMES),                              # which place
    st.sampled_from(["port", "base", "Łódź", "a,b", 'the "old" one', "=1+1", "0.50", " x "]),
    st.booleans(),                                       # together with another place
)


@dataclass
class Model:
    """What the database must hold, by key, and what each actor last saw of it: version and cells."""

    rows: dict[str, dict[str, str]] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    seen: dict[str, State] = field(default_factory=dict)


def run(conferences: list[Conference], acts: list[tuple[int, str, str, str, bool]]) -> None:
    model = Model()
    for conference, actor in zip(conferences, ACTORS, strict=True):
        model.seen[actor.name] = conference.state()
    changes: list[tuple[Actor, int, dict[str, dict[str, str] | None], dict[str, dict[str, str] | None]]] = []
    for who, what, name, kind, together in acts:
        conference, actor = conferences[who], ACTORS[who]
        if what == "look":
            model.seen[actor.name] = conference.state()
            continue
        if what == "undo":
            undo(conference, actor, model, changes)
            continue
        names = dict.fromkeys([name, NAMES[(NAMES.index(name) + 1) % 4]] if together else [name])
        wanted = {each: None if what == "remove" else {"location": each, "kind": kind.strip()} for each in names}
        last_seen = {row.key: row for row in model.seen[actor.name].rows["locations"]}
        wanted = {each: cells for each, cells in wanted.items() if cells is not None or each in last_seen}
        edits, stale, doubled, nothing = [], False, False, True
        for each, cells in wanted.items():
            row, stands = last_seen.get(each), model.rows.get(each)
            if row is None:
                edits.append(Edit("locations", cells))
                doubled |= stands is not None
                nothing = False
                continue
            edits.append(Edit("locations", cells, row.id, row.version))
            current = {row.id: row for row in conferences[0].state().rows["locations"]}.get(row.id)
            if current is None or (current.version != row.version and current.cells != cells):
                stale = True
            elif current.cells != cells:
                nothing = False
        before = {each: model.rows.get(each) for each in wanted}
        try:
            state = conference.change(actor, edits)
        except Conflict:
            assert stale
            continue
        except Refused:
            assert doubled
            assert not stale
            continue
        assert not stale
        assert not doubled
        model.seen[actor.name] = state
        for each, cells in wanted.items():
            if cells is None:
                model.rows.pop(each, None)
            else:
                model.rows[each] = cells
        if not nothing:
            changes.append((actor, state.seq, before, wanted))
        agrees(conferences, model)
    agrees(conferences, model)
    assert conferences[0].verify() == ()


def undo(conference: Conference, actor: Actor, model: Model, changes: list) -> None:
    """Undo the last change, where it is one's own."""
    if not changes:
        return
    author, seq, before, after = changes[-1]
    if author != actor or any(model.rows.get(name) != cells for name, cells in after.items()):
        return
    changes.pop()
    try:
        model.seen[actor.name] = conference.undo(actor, seq)
    except Conflict:
        return
    for name, cells in before.items():
        if cells is None:
            model.rows.pop(name, None)
        else:
            model.rows[name] = cells


def agrees(conferences: list[Conference], model: Model) -> None:
    """Every process sees what the dict says, and reads the same scenario from it."""
    states = [conference.state() for conference in conferences]
    assert states[0] == states[1] == states[2]
    held = {row.key: row.cells for row in states[0].rows["locations"] if row.key in NAMES}
    assert held == model.rows
    assert states[0].scenario is not None
    assert {row.location: row.kind for row in states[0].scenario.locations if row.location in NAMES} == {
        name: cells["kind"] for name, cells in model.rows.items()}


def opened(address: str) -> Iterator[list[Conference]]:
    """Three processes' doors to one conference."""
    conferences = [Conference.open(address, create_from="tiny") for _ in ACTORS]
    yield conferences
    for conference in conferences:
        conference.close()


@settings(max_examples=25)
@given(acts=st.lists(act, max_size=12))
def test_on_sqlite(acts: list) -> None:
    with TemporaryDirectory() as folder:
        for conferences in opened(str(Path(folder) / "c.sqlite")):
            run(conferences, acts)


@pytest.mark.slow
def test_on_postgresql(postgres: object) -> None:
    @settings(max_examples=40)
    @given(acts=st.lists(act, max_size=12))
    def each(acts: list) -> None:
        for conferences in opened(emptied(postgres)):
            run(conferences, acts)

    each()
