"""A conference about the tiny scenario, with accounts, and browsers without a browser."""

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.web.hall import MANY
from tests.web.probes import probes

from contingent.store import Conference
from contingent.web.app import create_app
from contingent.web.guard import passwords
from contingent.web.settings import WebSettings

PASSWORD = "three grey herons"
SECRET = b"x" * 40
PEOPLE = {
    "ann": ("administrator", None), "pia": ("planner", None), "dora": ("delegate", "ALD"), "bert": ("delegate", "BRN"),
    "otto": ("observer", None),
}  # fmt: skip


class Clock:
    """Time as a test wants it."""

    def __init__(self) -> None:
        self.now = datetime(2027, 3, 1, 9, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Browser(TestClient):
    """A client that fills in forms as a browser does: what a page holds is sent back."""

    def __init__(self, app: Any, *, https: bool = False) -> None:
        base = "https://localhost" if https else "http://localhost"
        super().__init__(app, base_url=base, follow_redirects=False, raise_server_exceptions=False)

    def token(self, path: str) -> str:
        """The mark that the forms of a page carry."""
        return form_token(self.get(path).text)

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> Any:
        return self.post("/sign-in", data={"name": name, "password": password, "token": self.token("/sign-in"), **more})

    def fill_in(self, page: str, action: str, **fields: Any) -> Any:
        """Send a form that stands on a page."""
        return self.post(action, data={**fields, "token": self.token(page)})


def form_token(text: str) -> str:
    found = re.search(r'name="(?:token" value|csrf-token" content)="([0-9a-f]{64})"', text)
    assert found, text[:2000]
    return found[1]


@pytest.fixture(scope="session")
def cheap_hash() -> Iterator[str]:
    """Hashes that take no time, and the one of every test's password."""
    from argon2 import PasswordHasher

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(passwords, "_nobodys", None)
        yield passwords.hash_password(PASSWORD)


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory, cheap_hash: str) -> Path:
    """The file of a conference with five accounts."""
    file = tmp_path_factory.mktemp("conference") / "tiny.sqlite"
    conference = Conference.open(file, create_from="tiny")
    for name, (role, nation) in PEOPLE.items():
        conference.accounts.add_account(name, role=role, nation=nation, password_hash=cheap_hash)  # type: ignore[arg-type]
    conference.close()
    return file


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def conference(made_once: Path, tmp_path: Path, clock: Clock) -> Iterator[Conference]:
    file = tmp_path / "tiny.sqlite"
    for found in made_once.parent.glob("tiny.sqlite*"):
        shutil.copy(found, tmp_path / found.name)
    opened = Conference.open(file, clock=clock)
    yield opened
    opened.close()


Opened = Callable[..., Browser]


@pytest.fixture
def browser(conference: Conference, clock: Clock) -> Opened:
    """Open the conference in a new browser, signed in or not."""
    apps: dict[Any, Any] = {}

    def opened(name: str | None = None, **changes: Any) -> Browser:
        key = tuple(sorted((each, repr(value)) for each, value in changes.items()))
        if key not in apps:
            settings = WebSettings("", **{"accounts": True, "secret": SECRET, "limits": MANY, **changes})
            apps[key] = create_app(settings, conference=conference, clock=clock, further=(probes,))
        made = Browser(apps[key], https=(changes.get("address") or "").startswith("https"))
        if name is not None:
            assert made.sign_in(name).status_code == 303
        return made

    return opened
