"""Notebooks, run from their first cell to their last, as pages."""

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs" / "notebooks"

LONGEST_CELL = 120
"""Longest time that one cell may take. [s]"""


def names() -> list[str]:
    """Return the names of the notebooks, without their ending."""
    return sorted(path.stem for path in FOLDER.glob("*.ipynb"))


def run(name: str, *, folder: Path) -> Any:
    """Return a notebook with what its cells said when they were run in a folder.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell raises an error.
    """
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)
    with TemporaryDirectory() as sockets:
        client = NotebookClient(
            notebook, timeout=LONGEST_CELL, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
        )
        # By sockets of this machine's file system: no port is opened.
        client.create_kernel_manager()
        client.km.transport, client.km.ip = "ipc", f"{sockets}/kernel"
        return client.execute()


def page(name: str, notebook: Any, *, pictures: Path) -> str:
    """Return a notebook as a page; drawings are written as files beside it.

    Parameters
    ----------
    name : str
        Its name.
    notebook : nbformat.NotebookNode
        From `run`.
    pictures : Path
        Folder of the site's pictures.
    """
    told: list[str] = []
    drawn = 0
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            told.append(cell.source)
            continue
        told.append(f"```py\n{cell.source}\n```")
        for output in cell.outputs:
            if output.output_type == "stream":
                told.append(f"```text\n{output.text.rstrip()}\n```")
                continue
            data = output.get("data", {})
            if "image/svg+xml" in data:
                drawn += 1
                picture = pictures / f"notebook-{name}-{drawn}.svg"
                picture.write_text(data["image/svg+xml"], encoding="utf-8")
                told.append(f"![{_said(cell.source)}](images/{picture.name})")
            elif "text/markdown" in data:
                told.append(data["text/markdown"])
            elif "text/plain" in data:
                told.append(f"```text\n{data['text/plain'].rstrip()}\n```")
    source = f"*This page is the notebook `docs/notebooks/{name}.ipynb`, run when the site was built.*"
    return "\n\n".join([told[0], source, *told[1:]]) + "\n" if told else source + "\n"


def _said(source: str) -> str:
    """What a drawing shows, for those who cannot see it: the comment that its cell begins with."""
    found = re.match(r"# (.+)", source)
    return found[1].replace("[", "(").replace("]", ")") if found else "Drawing made by the cell above"
