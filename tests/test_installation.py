"""What is given away: a wheel that works outside of the repository, and a source archive that makes the same wheel."""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import tarfile
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def built(kind: str, folder: Path, *, of: Path = ROOT) -> Path:
    """A wheel or a source archive, made by the build backend alone."""
    asked = f"from hatchling.build import build_{kind} as build; print(build({str(folder)!r}))"
    made = subprocess.run([sys.executable, "-c", asked], cwd=of, capture_output=True, text=True, check=True, env=bare())
    return folder / made.stdout.split()[-1]


def bare() -> dict[str, str]:
    """An environment in which nothing leads to the repository or to another program than those of the system."""
    kept = {name: value for name, value in os.environ.items() if name in ("HOME", "LANG", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP")}
    return {**kept, "PATH": os.defpath}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("wheel", tmp_path_factory.mktemp("wheel"))


def test_the_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    """Without Node: the parts of others are in it as they were built. Tests, docs and locks are in it as well."""
    with tarfile.open(built("sdist", tmp_path)) as archive:
        archive.extractall(tmp_path / "unpacked", filter="data")
    (unpacked,) = (tmp_path / "unpacked").iterdir()
    again = built("wheel", tmp_path, of=unpacked)
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(again) as other:
        assert {name: one.getinfo(name).CRC for name in one.namelist()} == {
            name: other.getinfo(name).CRC for name in other.namelist()
        }
    assert {"tests", "docs", "benchmarks", "requirements", "page_parts", "Makefile", "README.md", "LICENSE"} <= {
        path.name for path in unpacked.iterdir()
    }


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of an environment in which pip has installed the wheel and nothing else; other packages are lent to it."""
    folder = tmp_path_factory.mktemp("empty")
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    call = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", wheel]
    subprocess.run(call, check=True, env=bare())
    asked = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run([python, "-c", asked], capture_output=True, text=True, check=True, env=bare()).stdout.strip()
    (Path(site) / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return folder / "bin" / "contingent"


@pytest.mark.slow
def test_the_installed_wheel_does_the_main_job(installed: Path, tmp_path: Path) -> None:
    """Plan, verify, read: from another folder, with what the wheel brings along."""
    where = [installed.with_name("python"), "-c", "import contingent; print(contingent.__file__)"]
    assert str(installed.parents[1]) in subprocess.run(where, capture_output=True, text=True, check=True, env=bare()).stdout
    for call, said in (
        (["plan", "tiny"], "Written: plans/tiny/report.html"),
        (["verify", "plans/tiny"], "Every promise of plans/tiny is kept"),
        (["orbat", "plans/tiny", "--out", "orbat.svg"], "Tiny"),
        (["show", "missions"], "nations"),
    ):
        ended = subprocess.run([installed, *call], cwd=tmp_path, capture_output=True, text=True, check=False, env=bare())
        assert (ended.returncode, said in ended.stdout) == (0, True), ended.stderr
    assert "<svg" in (tmp_path / "orbat.svg").read_text(encoding="utf-8")


@pytest.fixture
def server(installed: Path, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    call = [installed, "serve", "tiny", "--no-browser", "--workers", "0"]
    environment = bare() | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(call, cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found is not None
        try:
            yield process, found[0]
        finally:
            process.kill()


@pytest.mark.slow
def test_the_installed_wheel_opens_a_conference(server: tuple[subprocess.Popen[str], str]) -> None:
    process, address = server
    for path, holds in (("/", "Tiny"), ("/requirements", "L1"), ("/parts/milsymbol.js", "milsymbol"), ("/parts/htmx.js", "htmx")):
        with urllib.request.urlopen(address + path, timeout=60) as answer:
            assert holds in answer.read().decode()
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 0
