"""docs/your-own-theatre.md, word for word: each cell is typed, each command is run, and what should come out comes out."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

from tests.cli.calling import called

PAGE = Path(__file__).resolve().parents[2] / "docs" / "your-own-theatre.md"
PARTS = re.compile(r"^(In|Add to) `([^`]+)`:$|^```(sh|text|csv|toml)\n(.*?)^```$", flags=re.DOTALL | re.MULTILINE)


def plain(text: str) -> str:
    """A text without the gaps of tables: one space for any run of spaces, thin ones too."""
    return re.sub(r"[^\S\n]+", " ", text)


def done(line: str, folder: Path) -> str:
    """Do what a line says, and return what was said: ours in this process, which is quicker, all else by the shell."""
    wide = {"COLUMNS": "1000"}
    words = shlex.split(line, comments=True)
    if words[0] == "contingent" and not {"|", ">", "&&", ";"}.intersection(words):
        may_fail = words[-2:] == ["||", "true"]
        ended = called(words[:-2] if may_fail else words, folder, wide)
        assert ended.code == 0 or may_fail, f"{line}\n{ended.out}{ended.err}"
        return ended.out + ended.err
    here = {**os.environ, **wide, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    call = ["bash", "-e", "-c", line]
    ran = subprocess.run(call, cwd=folder, env=here, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, f"{line}\n{ran.stdout}{ran.stderr}"
    return ran.stdout + ran.stderr


def test_the_way_can_be_gone_word_for_word(tmp_path: Path) -> None:
    said, target, steps = "", ("", ""), 0
    for how, name, kind, block in PARTS.findall(PAGE.read_text(encoding="utf-8")):
        if name:
            target = (how, name)
        elif kind == "sh":
            said, steps = plain("".join(done(line, tmp_path) for line in block.splitlines())), steps + 1
        elif kind == "text":
            for line in block.splitlines():
                assert plain(line).strip() in said, f"{line}\n\nin:\n{said}"
        else:
            how, name = target
            assert name.endswith(kind), name
            with (tmp_path / name).open("a" if how == "Add to" else "x", encoding="utf-8") as file:
                file.write(block)
    assert steps == 10
    assert {path.name for path in (tmp_path / "plans").iterdir()} == {"verda", "verda-2", "without-brenta"}


def test_every_line_to_type_is_on_the_page_once() -> None:
    """No block of the page is passed over: what is fenced is typed, run, or what comes out."""
    text = PAGE.read_text(encoding="utf-8")
    assert len(re.findall(r"^```", text, flags=re.MULTILINE)) == 2 * sum(bool(part[2]) for part in PARTS.findall(text))
