"""The fenced blocks of the manual: what each is, and whether it is run.

Every block names its language. ``python``, ``pycon`` and ``sh`` are run, those of one page in order, in one folder and with the
names that earlier blocks of the page have made; what ``pycon`` shows must come out; ``toml`` must be read. A line above the fence
may say otherwise:

    <!-- not run: why -->             it is not run
    <!-- run by: tests/... -->        a test of its own runs it
    <!-- slow -->                     it takes long, or needs one that does: `make test-all` runs it
    <!-- first:
    scenario = read_scenario(...)     set up before the block, and not shown
    -->
"""

import re
from dataclasses import dataclass
from pathlib import Path

_FENCE = re.compile(
    r"^(?P<marks>(?:<!--(?:(?!-->)[\s\S])*-->[ ]*\n)*)^```(?P<language>[^\n]*)\n(?P<text>.*?)^```[ ]*$",
    flags=re.MULTILINE | re.DOTALL,
)
_MARK = re.compile(r"<!--\s*(?P<what>not run|run by|slow|first)\s*(?::\s*(?P<words>.*?))?\s*-->", flags=re.DOTALL)
_MARKED = re.compile(r"^<!--\s*(?:not run|run by|slow|first)\b.*?-->[ ]*\n", flags=re.MULTILINE | re.DOTALL)

RUN = ("python", "pycon", "sh")
"""Languages whose blocks are run."""

SHOWN = ("text", "csv", "toml", "json", "xml", "ini", "yaml", "sql", "py", "diff")
"""Languages whose blocks are only shown; ``toml`` must be read."""


@dataclass(frozen=True)
class Snippet:
    """A fenced block.

    Parameters
    ----------
    page : str
        File that it stands in.
    line : int
        Line of its fence, from 1.
    language, text : str
        What it is, and what it holds.
    first : str
        What is set up before it.
    not_run, run_by : str or None
        Why it is not run; the test that runs it.
    slow : bool
        Whether it takes long.
    """

    page: str
    line: int
    language: str
    text: str
    first: str = ""
    not_run: str | None = None
    run_by: str | None = None
    slow: bool = False

    @property
    def runs(self) -> bool:
        """Whether it is run with the page."""
        return self.language in RUN and self.not_run is None and self.run_by is None

    @property
    def place(self) -> str:
        """Where it stands, as a reader finds it."""
        return f"{self.page}:{self.line}"


def snippets(path: Path) -> list[Snippet]:
    """Return the fenced blocks of a page, in order."""
    text = path.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(text):
        marks = {mark["what"]: (mark["words"] or "").strip() for mark in _MARK.finditer(match["marks"])}
        fence = text.count("\n", 0, match.start("language")) + 1
        found.append(
            Snippet(
                path.name,
                fence,
                match["language"].strip(),
                match["text"],
                first=marks.get("first", ""),
                not_run=marks.get("not run"),
                run_by=marks.get("run by"),
                slow="slow" in marks,
            )
        )
    return found


def without_marks(text: str) -> str:
    """Return a page without what is said to the test alone."""
    return _MARKED.sub("", text)
