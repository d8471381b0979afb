"""The rules of the house, held by machine: floors, sizes, docstrings, dictionary, light imports, locks, what is published."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from documentation.navigation import MADE
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from contingent.io import read_plan
from contingent.model.columns import Row
from contingent.model.rows import TABLES, Defaults
from contingent.model.scenario import Scenario, Settings

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "contingent"

LONGEST_FILE = 600
LONGEST_FUNCTION = 80
REASON = "Long because"
"""What the head of a longer file or function says."""

VAGUE_NAMES = {"utils", "util", "helpers", "helper", "misc", "manager", "common"}
HEAVY = {"altair", "distributed", "highspy", "jinja2", "numba", "polars", "python_calamine", "vl_convert", "xlsxwriter"}

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def published_files() -> list[Path]:
    """Every file that git tracks or would track; of an unpacked archive, every file outside hidden and made folders."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    else:
        made = {"__pycache__", "out", "plans", "build", "dist", "node_modules"}
        paths = [path for path in ROOT.rglob("*") if not _hidden_or_in(path.relative_to(ROOT), made)]
    return sorted(path for path in paths if path.is_file())


def _hidden_or_in(path: Path, folders: set[str]) -> bool:
    return any(part in folders or (part.startswith(".") and part != ".ci") for part in path.parts)


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax of a Python file, parsed once for all rules."""
    return ast.parse(path.read_text())


def modules(*folders: Path) -> list[Path]:
    """Every published Python file of the folders."""
    return [path for path in published_files() if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in folders)]


def told(path: Path, line: int | None = None) -> str:
    """A place as a reader finds it."""
    name = path.relative_to(ROOT).as_posix()
    return name if line is None else f"{name}:{line}"


def text_of(path: Path) -> str | None:
    """The text of a file, or None if it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def imports_of(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and full module name of every import, wherever in the module it stands."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.lineno, node.module


# --------------------------------------------------------------------------------------------------------------- the code


def test_no_import_goes_up_or_sideways():
    """Import Linter keeps the contracts of pyproject.toml."""
    checked = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo", "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "An import never goes up, nor sideways between stages KEPT" in checked.stdout


def test_no_module_uses_the_face_of_the_package():
    imports = [(path, *found) for path in modules(SOURCE) for found in imports_of(tree_of(path))]
    assert [told(path, line) for path, line, name in imports if name == "contingent"] == []


def test_every_import_is_of_a_declared_dependency():
    lines = [*project()["dependencies"], *project()["optional-dependencies"]["cluster"]]
    declared = {canonicalize_name(Requirement(line).name) for line in lines}
    distributions = {top: set(map(canonicalize_name, names)) for top, names in packages_distributions().items()}
    undeclared = {
        f"{told(path, line)}: {name}"
        for path in modules(SOURCE)
        for line, name in imports_of(tree_of(path))
        if (top := name.partition(".")[0]) not in sys.stdlib_module_names | {"contingent"}
        and declared.isdisjoint(distributions.get(top, set()))
    }
    assert undeclared == set()


def test_no_file_outgrows_its_room():
    long = [
        told(path)
        for path in modules(SOURCE, ROOT / "tests", ROOT / "benchmarks", ROOT / "documentation")
        if (lines := path.read_text().splitlines())[LONGEST_FILE:] and REASON not in "\n".join(lines[:20])
    ]
    assert long == []


def test_no_function_outgrows_its_room():
    long = [
        f"{told(path, node.lineno)} {node.name}"
        for path in modules(SOURCE, ROOT / "tests", ROOT / "benchmarks", ROOT / "documentation")
        for node in ast.walk(tree_of(path))
        if isinstance(node, Function) and lines_of(node) > LONGEST_FUNCTION and REASON not in (ast.get_docstring(node) or "")
    ]
    assert long == []


def lines_of(node: Function) -> int:
    """Lines of a function less its docstring: a formula explained at length makes no function long."""
    docstring = node.body[0] if ast.get_docstring(node) is not None else None
    explained = docstring.end_lineno - docstring.lineno + 1 if docstring and docstring.end_lineno else 0
    return (node.end_lineno or node.lineno) - node.lineno + 1 - explained


def test_every_public_thing_is_described():
    looked_at = modules(SOURCE, ROOT / "documentation")
    silent = [f"{told(path)}: {name}" for path in looked_at for name in undescribed(tree_of(path))]
    assert silent == []


def undescribed(tree: ast.Module) -> Iterator[str]:
    """Names of the public module, classes, functions and methods that have no docstring, or one that only promises."""
    if (ast.get_docstring(tree) or "To be described.") == "To be described.":
        yield "the module"
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            if ast.get_docstring(node) is None:
                yield node.name
            members = node.body if isinstance(node, ast.ClassDef) else []
            yield from (
                f"{node.name}.{member.name}" for member in members
                if isinstance(member, Function) and not member.name.startswith("_") and ast.get_docstring(member) is None
            )


def test_no_module_has_a_name_that_says_nothing():
    names = {path: path.relative_to(SOURCE).with_suffix("").parts for path in modules(SOURCE)}
    assert [told(path) for path, parts in names.items() if VAGUE_NAMES.intersection(parts)] == []


READ_FROM_OUTSIDE = {
    "end_sessions": "the store's half of signing everybody out",
    "exercise_incidents": "makes the bundled incidents, which are an exercise",
    "format_commands": "called by Typer",
    "on_broken_pipe": "called by Rich",
    "process_bind_param": "called by SQLAlchemy",
    "process_result_value": "called by SQLAlchemy",
    "read_version": "the store's half of opening a version that was named",
    "write_incidents": "writes what exercise_incidents has made",
}
"""Functions that nothing of the program names, with the reason why they are there all the same."""


def test_nothing_stands_that_only_tests_read():
    """A function, class or method is named elsewhere in the program, in a benchmark, a template or the manual; else it goes."""
    named: set[str] = set()
    trees = {path: tree_of(path) for path in modules(SOURCE, ROOT / "benchmarks")}
    for tree in trees.values():
        named.update(words_of(tree))
    for path in published_files():
        if path.suffix in {".md", ".html", ".jinja", ".toml"} and not path.is_relative_to(ROOT / "tests"):
            named.update(re.findall(r"\w+", text_of(path) or ""))
    dead = [
        f"{told(path, node.lineno)}: {node.name}"
        for path, tree in trees.items()
        if path.is_relative_to(SOURCE) and "migrations" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and is_called_by_name(node)
        and node.name not in named | READ_FROM_OUTSIDE.keys()
    ]
    assert dead == []


def words_of(tree: ast.Module) -> Iterator[str]:
    """Every name that code reads, imports or spells out, but for the names that it defines."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.replace(".", "").isidentifier():
            yield node.value.rpartition(".")[2]


def is_called_by_name(node: ast.ClassDef | Function) -> bool:
    """Whether nothing but its name leads to it: no decorator that hands it on (a route, a validator), and no magic."""
    hands_on = {ast.unparse(decorator).partition("(")[0] for decorator in node.decorator_list}
    keeps = {"njit", "property", "cached_property", "staticmethod", "classmethod", "dataclass", "contextmanager"}
    return not node.name.startswith("__") and hands_on <= keeps


@pytest.mark.parametrize("path", [path for path in modules(SOURCE) if "on_first_use(\n" in path.read_text()], ids=told)
def test_names_that_are_loaded_late_are_the_same_for_editors_and_for_the_program(path: Path):
    """What a package imports for type checkers, what it hands on, and what it finds when asked are one list."""
    tree = tree_of(path)
    package = ".".join(path.parent.relative_to(SOURCE.parent).parts)
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    typed = {(node.module, alias.name) for node in block.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    (call,) = [node.value for node in tree.body if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)]
    homes = ast.literal_eval(call.args[1])
    assert {(f"{package}.{home}", name) for home, names in homes.items() for name in names} == typed
    loaded = import_module(package)
    assert set(loaded.__all__) - {"__version__"} == {name for _, name in typed}
    assert [name for name in loaded.__all__ if not hasattr(loaded, name)] == []


def test_no_name_that_is_loaded_late_hides_behind_a_module_of_its_name():
    """`from contingent.io import convert` must be the function, whatever was imported before; two packages are callable."""
    hidden = [
        f"{told(path.parent)}: {name}"
        for path in modules(SOURCE)
        if "on_first_use(\n" in path.read_text()
        for name in import_module(".".join(path.parent.relative_to(SOURCE.parent).parts)).__all__
        if (path.parent / f"{name}.py").exists() or (path.parent / name).is_dir()
    ]
    assert hidden == ["src/contingent: cost", "src/contingent: stress"]


# -------------------------------------------------------------------------------------------------------- the data dictionary


@pytest.mark.parametrize("table", [*TABLES, Settings, Defaults], ids=lambda table: table.__name__)
def test_every_column_is_described(table: type[Row]):
    assert [name for name, field in table.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_table_has_its_key_and_its_place_in_a_scenario(table: type[Row]):
    assert table.about.endswith(".")
    assert table.table in Scenario.model_fields
    assert set(table.key) <= set(table.model_fields)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.table)
def test_every_column_that_refers_names_a_table(table: type[Row]):
    extras = {name: field.json_schema_extra or {} for name, field in table.model_fields.items()}
    named = {name: extra["refers_to"] for name, extra in extras.items() if isinstance(extra, dict) and "refers_to" in extra}
    assert set(named.values()) <= {other.table for other in TABLES}


# ------------------------------------------------------------------------------------------------------------ light to load


@pytest.mark.parametrize("module", ["contingent", "contingent.cli"])
def test_loading_brings_in_nothing_heavy(module: str):
    asked = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.split()
    assert HEAVY.intersection(loaded) == set()


def test_every_name_of_the_face_leads_to_something_described():
    import contingent

    names = [name for name in contingent.__all__ if name != "__version__"]
    assert [name for name in names if not getattr(contingent, name).__doc__] == []
    assert set(contingent.__all__) <= set(dir(contingent))


# --------------------------------------------------------------------------------------------------------- locks and the wheel


def project() -> dict[str, object]:
    """The ``[project]`` table of pyproject.toml."""
    table: dict[str, object] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return table


def pins(lock: str) -> dict[str, list[str]]:
    """Versions that a lock pins, by name: several where they differ by version of Python or by system."""
    found: dict[str, list[str]] = {}
    for entry in (ROOT / "requirements" / lock).read_text().replace("\\\n", " ").splitlines():
        requirement = Requirement(entry.partition("--hash")[0].strip())
        (pin,) = requirement.specifier
        assert pin.operator == "==", entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), f"{requirement.name} has no hash"
        found.setdefault(canonicalize_name(requirement.name), []).append(pin.version)
    return found


@pytest.mark.parametrize("lock", ["run.lock", "cluster.lock", "docs.lock", "test.lock", "node.lock"])
def test_a_lock_holds_no_address(lock: str):
    assert re.findall(r"(?i)https?:|file:|\S+\.(?:org|com|io|net)\b", (ROOT / "requirements" / lock).read_text()) == []


@pytest.mark.parametrize(
    ("lock", "extras"),
    [("run.lock", []), ("cluster.lock", ["cluster"]), ("docs.lock", ["docs"]), ("test.lock", ["cluster", "docs", "test", "dev"])])
def test_a_lock_pins_whatever_is_declared(lock: str, extras: list[str]):
    table = project()
    declared = [*table["dependencies"], *(line for extra in extras for line in table["optional-dependencies"][extra])]
    build = [line for line in (ROOT / "requirements" / "build.in").read_text().splitlines() if not line.startswith("#")]
    pinned = pins(lock)
    for requirement in map(Requirement, [*declared, *build]):
        versions = pinned.get(canonicalize_name(requirement.name), [])
        fitting = [version for version in versions if requirement.specifier.contains(version)]
        assert versions, f"{requirement} is not in {lock}: run `make lock`"
        assert fitting == versions, f"{lock} does not fit {requirement}: run `make lock`"


@pytest.mark.parametrize(
    ("lock", "wider"),
    [("run.lock", "test.lock"), ("run.lock", "cluster.lock"), ("cluster.lock", "test.lock"), ("run.lock", "docs.lock"),
     ("docs.lock", "test.lock")])
def test_the_locks_agree(lock: str, wider: str):
    others = pins(wider)
    assert {name: versions for name, versions in pins(lock).items() if others.get(name) != versions} == {}


def test_the_wheel_holds_code_and_data(tmp_path: Path):
    """Scenarios, templates, the parts of others that were built and the mark of typed code travel with the package."""
    asked = f"from hatchling.build import build_wheel; build_wheel({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("contingent/")}
    built = {path for path in (SOURCE / "page_parts").glob("*") if path.is_file()}
    carried = {path for path in published_files() if path.is_relative_to(SOURCE)} | built
    assert packed == {path.relative_to(SOURCE.parent).as_posix() for path in carried}
    assert "contingent/page_parts/manifest.json" in packed, "run `make parts`"
    assert "contingent/py.typed" in packed


# ------------------------------------------------------------------------------------------------------------ what is published


def test_nothing_published_names_a_registry_or_a_machine():
    """No address that packages are fetched from, and no path of the machine that a file was made on."""
    patterns = [
        r"https?://\S*(?:/simple\b|registry\.)",
        r"(?:pypi|pythonhosted|npmjs)\.(?:org|com)",
        r"(?:extra-|default-)?index[-]url",
        r"(?<![\w./~-])/(?:home|Users|root)/\w+",
    ]
    if len(ROOT.parts) > 2:  # a repository at the top of the file system has too common a name
        patterns.append(rf"(?<![\w.-]){re.escape(str(ROOT.parent))}/")
    named = re.compile("|".join(patterns))
    found = [
        f"{told(path, number)}: {match[0]}"
        for path in published_files()
        for number, line in enumerate((text_of(path) or "").splitlines(), start=1)
        if (match := named.search(line))
    ]
    assert found == []


def test_every_link_between_pages_leads_somewhere():
    link = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
    broken = [
        f"{told(page)}: {target}"
        for page in published_files()
        if page.suffix == ".md"
        for target in link.findall(page.read_text())
        if not (page.parent / target).exists() and not (page.parent == ROOT / "docs" and target in MADE)
    ]
    assert broken == []


# ---------------------------------------------------------------------------------------------------------------- the README


def test_the_example_of_the_readme_runs_and_its_figures_are_those_of_the_plan(tmp_path: Path):
    readme = (ROOT / "README.md").read_text()
    (example,) = re.findall(r"```python\n(.*?)```", readme, flags=re.DOTALL)
    command = [sys.executable, "-W", "error", "-c", example]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "of the required unit-days are filled" in ran.stdout
    assert ".csv, line" not in ran.stdout, "verify finds a promise that is not kept"
    made, told_there = read_plan(tmp_path / "medium"), " ".join(readme.split())
    held = made.filled_unit_days[1] / made.required_unit_days[1]
    nations = set(made.tours["nation"]) - {"XMN"}  # what states own together is no nation's
    assert f"{len(nations)} nations {held:.0%} of the medium one's".replace("%", " %") in told_there
    (least,) = made.risk_summary.filter(measure="fill", priority=1)["p05"]
    assert f"at least {least:.0%} of its priority-1 posts in 19 of 20 runs".replace("%", " %") in told_there
