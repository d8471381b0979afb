"""The page on many machines: its example runs, and its figures are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

from contingent.ensemble import parse_engine
from contingent.ensemble.cluster import MOST_GIVEN_UP
from contingent.ensemble.engine import MOST_BY_DEFAULT
from contingent.ensemble.local import MOST_DEATHS

PAGE = (Path(__file__).parents[2] / "docs" / "many-machines.md").read_text()


def test_the_example_runs(tmp_path: Path):
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "example.py").write_text(example)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    for _ in range(2):
        command = [sys.executable, "-W", "error", "example.py"]
        ran = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        calls = float(ran.stdout.split(" calls a year")[0])
        assert abs(calls - 365 * 0.02) < 3.29 * (365 * 0.02 / 200) ** 0.5
    assert len(list((tmp_path / "journal").iterdir())) == 200


def test_every_engine_of_the_table_is_one():
    named = re.findall(r"^\| `([^`]+)` \|", PAGE, flags=re.MULTILINE)
    assert [parse_engine(name).kind for name in named if name != "--engine"] == ["here", "threads", "processes", "cluster"]


def test_its_figures_are_those_of_the_code():
    assert (MOST_BY_DEFAULT, MOST_DEATHS, MOST_GIVEN_UP) == (32, 3, 2)
    assert "at most 32" in PAGE
    assert "ended its worker three\n  times" in PAGE
    assert "begun once more, and reported if it is given up again" in PAGE
