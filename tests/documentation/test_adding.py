"""The pages on adding a sizing method, a rule and an exporter: a copy of the code, changed as they say, does what they show."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from documentation.navigation import ROOT, WRITTEN
from documentation.snippets import snippets


@pytest.mark.parametrize("page", ["add-sizing-method.md", "add-rule.md", "add-exporter.md"])
def test_the_steps_of_the_page_do_what_it_shows(page: str, tmp_path: Path):
    """The changes are applied, the example runs, and prints what the page says. Nothing is compiled: quicker for so little."""
    blocks = snippets(WRITTEN / page)
    shutil.copytree(
        ROOT / "src" / "contingent", tmp_path / "src" / "contingent", ignore=shutil.ignore_patterns("__pycache__", "page_parts"))
    for change in (block.text for block in blocks if block.language == "diff"):
        subprocess.run(["git", "apply", "-C1", "-"], cwd=tmp_path, input=change, text=True, check=True)
    (example,) = (block.text for block in blocks if block.language == "python")
    (shown,) = (block.text for block in blocks if block.language == "text")
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "src"), "NUMBA_DISABLE_JIT": "1"}
    folder = tmp_path / "work"
    folder.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", example], cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == shown
