"""Every fenced block of the manual says what it is, and everything runs unless it says why not."""

import tomllib
from pathlib import Path

import pytest
from documentation.navigation import ROOT, WRITTEN
from documentation.snippets import RUN, SHOWN, Snippet, snippets, without_marks
from tests.documentation.following import Broken, follow

PAGES = {path.name: snippets(path) for path in sorted(WRITTEN.glob("*.md"))}
QUICK = [name for name, blocks in PAGES.items() if any(block.runs and not block.slow for block in blocks)]
SLOW = [name for name, blocks in PAGES.items() if any(block.runs and block.slow for block in blocks)]
ALL = [block for blocks in PAGES.values() for block in blocks]


def test_every_block_says_what_it_is():
    assert [f"{block.place}: '{block.language}'" for block in ALL if block.language not in (*RUN, *SHOWN)] == []


def test_every_block_of_settings_can_be_read():
    for block in ALL:
        if block.language == "toml":
            tomllib.loads(block.text)


def test_what_is_not_run_says_why_and_what_is_run_elsewhere_says_where():
    for block in ALL:
        assert block.not_run is None or block.not_run.count(" ") > 2, block.place
        assert block.run_by is None or (ROOT / block.run_by).is_file(), block.place


@pytest.mark.parametrize("page", QUICK)
def test_what_the_page_shows_runs(page: str, tmp_path: Path):
    follow([block for block in PAGES[page] if block.runs and not block.slow], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("page", SLOW)
def test_what_takes_long_runs_as_well(page: str, tmp_path: Path):
    follow([block for block in PAGES[page] if block.runs], tmp_path)


def test_marks_are_read_and_not_shown(tmp_path: Path):
    """A page with one block of each kind, by hand."""
    page = tmp_path / "page.md"
    page.write_text(
        "Text.\n\n<!-- first:\nx = 1\n-->\n<!-- slow -->\n```python\ny = x\n```\n\n<!-- a remark -->\n"
        "<!-- not run: it would take a year -->\n```sh\nmake it\n```\n\n```text\nnothing\n```\n")
    first, second, third = snippets(page)
    assert (first.first, first.slow, first.runs, first.line, first.text) == ("x = 1", True, True, 7, "y = x\n")
    assert (second.not_run, second.runs, third.runs) == ("it would take a year", False, False)
    shown = without_marks(page.read_text())
    assert "first" not in shown
    assert "not run" not in shown
    assert "<!-- a remark -->" in shown


@pytest.mark.parametrize(
    ("language", "text"),
    [("python", "1 / 0\n"), ("sh", "contingent check nowhere\n"), ("sh", "false\n"), ("pycon", ">>> 1 + 1\n3\n")])
def test_a_block_that_does_not_run_is_told(language: str, text: str, tmp_path: Path):
    with pytest.raises(Broken, match=r"page\.md"):
        follow([Snippet("page.md", 4, language, text)], tmp_path)


def test_names_and_files_go_from_block_to_block(tmp_path: Path):
    follow([
        Snippet("page.md", 1, "python", "from pathlib import Path\nPath('a').write_text('1')\n", first="b = 2"),
        Snippet("page.md", 5, "pycon", ">>> b + int(Path('a').read_text())\n3\n"),
        Snippet("page.md", 9, "sh", "test -f a  # is there\n"),
    ], tmp_path)
    assert (tmp_path / "a").is_file()
