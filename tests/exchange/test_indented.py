"""A tree of formations as indented lines: read however it is typed, held against the formations that there are."""

from hypothesis import given
from hypothesis import strategies as st
from tests.report.sample_orbat import hand_scenario

from contingent.exchange.orbat import read_indented, rows_of_indented

TYPED = frozenset(row.formation for row in hand_scenario().formations)


def rows_of(text: str, typed: frozenset[str] = TYPED):
    found, findings = read_indented(text)
    assert findings == ()
    return rows_of_indented(found, hand_scenario(), typed=typed)


def test_tabs_spaces_and_bullets_say_the_same():
    wanted = [("Force", None), ("1 Bde", "Force"), ("11 Mech Bn", "1 Bde"), ("Air", "Force")]
    for text in (
        "Force\n\t1 Bde\n\t\t11 Mech Bn\n\tAir, component command\n",
        "  Force\n\n    1 Bde\n       11 Mech Bn\n    Air, component command",
        "- Force\r\n  - 1 Bde\r\n    * 11 Mech Bn\r\n  - Air, component command\r\n",
    ):
        found, findings = read_indented(text)
        assert findings == ()
        assert [(each.name, each.parent) for each in found] == wanted
        assert [each.echelon for each in found] == ["force", "brigade", "battalion", "component command"]


def test_new_formations_and_moved_ones_are_rows_and_the_rest_is_left_alone():
    """Force and Air stand where the text says; 1 Brigade moves under a new division; two are new."""
    rows, findings = rows_of("Force\n  Northern Division\n    1 Brigade\n    Support Bn\n  Air\n")
    assert findings == ()
    assert [(row["formation"], row["parent"], row["echelon"], row["component"]) for row in rows] == [
        ("Northern Division", "Force", "division", "land"), ("1 Brigade", "Northern Division", "brigade", "land"),
        ("Support Bn", "Northern Division", "battalion", "support"),
    ]  # fmt: skip
    again, _ = rows_of("force\n  1 BRIGADE\n  Air\n")
    assert again == []


def test_what_is_not_typed_in_is_not_moved():
    rows, (finding,) = rows_of("Air\n  1 Brigade\n", typed=frozenset())
    assert rows == []
    assert (finding.line, "not typed in" in finding.what) == (2, True)


def test_what_cannot_be_read_is_told_by_its_line():
    found, findings = read_indented("Force\n  1 Bde\n  1 bde\n  , brigade\n" + "  " + "x" * 300)
    assert [each.name for each in found] == ["Force", "1 Bde"]
    assert [finding.line for finding in findings] == [3, 4, 5]
    assert read_indented(" \n\n")[1][0].what == "has no lines."


@given(st.text(alphabet="ab,;-\t \n\x0b\u2028é", max_size=80))
def test_whatever_is_pasted_each_line_stands_under_one_before_it_or_is_told(text):
    found, findings = read_indented(text)
    names: list[str] = []
    for each in found:
        assert each.parent is None or each.parent in names
        assert each.name == each.name.strip()
        assert ";" not in each.name
        names.append(each.name)
    assert len(set(names)) == len(names)
    assert found or findings
