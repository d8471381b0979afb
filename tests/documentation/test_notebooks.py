"""The notebooks run from their first cell to their last, hold no outputs, and draw what they say."""

from pathlib import Path

import nbformat
import pytest
from documentation.navigation import MADE

from documentation import notebooks


def test_a_notebook_holds_no_outputs_and_has_its_page():
    for name in notebooks.names():
        notebook = nbformat.read(notebooks.FOLDER / f"{name}.ipynb", as_version=4)
        nbformat.validate(notebook)
        assert [cell.outputs for cell in notebook.cells if cell.cell_type == "code" and cell.outputs] == [], name
        assert f"notebook-{name}.md" in MADE
    assert len(notebooks.names()) == 3


def test_every_notebook_runs_and_becomes_a_page(tmp_path: Path):
    """One after the other in one folder: the plan that one has made is there for the next. They assert what they claim."""
    pages = {}
    for name in sorted(notebooks.names(), key=["dispute", "parliament", "chart"].index):
        pages[name] = notebooks.page(name, notebooks.run(name, folder=tmp_path), pictures=tmp_path)
    assert (tmp_path / "plans" / "reassurance-small" / "plan.json").is_file()
    for name, drawings in (("dispute", 1), ("parliament", 0), ("chart", 1)):
        assert pages[name].startswith("# ")
        assert pages[name].count("](images/notebook-") == drawings
        assert "| " in pages[name]
    svg = (tmp_path / "notebook-chart-1.svg").read_text(encoding="utf-8")
    assert "nobody's pledge" in svg
    assert "http" not in svg.replace("http://www.w3.org/", "")


def test_a_cell_that_fails_fails_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from nbclient.exceptions import CellExecutionError
    from nbformat.v4 import new_code_cell, new_notebook

    nbformat.write(new_notebook(cells=[new_code_cell("assert 1 > 2")]), tmp_path / "wrong.ipynb")
    monkeypatch.setattr(notebooks, "FOLDER", tmp_path)
    with pytest.raises(CellExecutionError):
        notebooks.run("wrong", folder=tmp_path)
