"""The site, built: pages that are written, pages that are made, in order, with nothing fetched."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory

import tomli_w

from documentation import commands, dictionary, findings, http, notebooks, python, rules, sources, validation
from documentation.navigation import ROOT, SECTIONS, WRITTEN, there
from documentation.snippets import without_marks

HERE = Path(__file__).resolve().parent

FROM_ROOT = {"CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}
"""Pages that stand at the top of the repository, and their names on the site."""


def build(folder: Path, *, with_notebooks: bool = True) -> Path:
    """Build the site in a folder and return where it is.

    Parameters
    ----------
    folder : Path
        Where to. Its folders `pages` and `site` are made anew.
    with_notebooks : bool
        Whether the notebooks are run; else their pages say only where they are.

    Raises
    ------
    subprocess.CalledProcessError
        If a page links to what is not there.
    """
    pages = folder / "pages"
    for made in (pages, folder / "site"):
        shutil.rmtree(made, ignore_errors=True)
    pages.mkdir(parents=True)
    write_pages(pages, with_notebooks=with_notebooks)
    for name in ("site.css", "file-search.js"):
        shutil.copy(HERE / name, pages / name)
    settings = tomllib.loads((HERE / "site.toml").read_text(encoding="utf-8"))
    settings["project"]["nav"] = navigation(pages)
    (folder / "zensical.toml").write_text(tomli_w.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(folder / "zensical.toml")]
    built = subprocess.run(command, capture_output=True, text=True, check=False)
    if built.returncode:
        sys.stderr.write(built.stdout + built.stderr)
        built.check_returncode()
    finish(folder / "site")
    return folder / "site"


def finish(site: Path) -> None:
    """Make a built site one that can be read from its folder: the index of the search as a script, and no page for a server."""
    index = (site / "search.json").read_text(encoding="utf-8")
    (site / "search.js").write_text(f"var __index = {index};\n", encoding="utf-8")
    (site / "404.html").unlink(missing_ok=True)


def navigation(pages: Path) -> list[dict[str, object]]:
    """Return the navigation as the builder reads it: sections, in each the pages that are there."""
    found: list[dict[str, object]] = []
    for section in SECTIONS:
        mine = [{title: file} for title, file in section.pages if there(file, pages=pages)]
        if mine:
            found.append({section.title: mine})
    return found


def write_pages(pages: Path, *, with_notebooks: bool) -> None:
    """Write every page of the site, as Markdown, into a folder."""
    for path in sorted(WRITTEN.glob("*.md")):
        text = path.read_text(encoding="utf-8")
        text = rules.page(text) if path.name == "formulation.md" else text
        _write(pages / path.name, without_marks(text))
    shutil.copytree(WRITTEN / "images", pages / "images")
    for name, target in FROM_ROOT.items():
        _write(pages / target, from_root((ROOT / name).read_text(encoding="utf-8")))
    made = {
        "commands-all.md": commands.page(),
        "findings.md": findings.page(),
        "python.md": python.page(),
        "http.md": http.page(),
        "validation.md": validation.page(),
        "sources.md": sources.page(),
    } | dictionary.pages()
    for name, text in made.items():
        _write(pages / name, text)
    with TemporaryDirectory() as folder:
        for name in notebooks.names():
            text = f"# {name.capitalize()}\n\nThe notebook `docs/notebooks/{name}.ipynb` was left out of this build.\n"
            if with_notebooks:
                text = notebooks.page(name, notebooks.run(name, folder=Path(folder)), pictures=pages / "images")
            _write(pages / f"notebook-{name}.md", text)


def from_root(text: str) -> str:
    """Return a page of the top of the repository with its links as they are on the site."""
    text = re.sub(r"\]\(docs/([^)]+)\)", r"](\1)", text)
    return re.sub(r"\]\((LICENSE|README\.md)\)", "](index.md)", text)


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
