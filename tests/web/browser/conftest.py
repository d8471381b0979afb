"""Chromium for the pages: next door ``browser`` is a client that signs in, here it is a real one."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser
from tests.web.hall import application, served, tiny_conference, whole_conference

from contingent.store import Conference


@dataclass(frozen=True, slots=True)
class Whole:
    """A conference with something on every page, its application, and the address of a server for it."""

    conference: Conference
    app: FastAPI
    address: str


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """One server and its plans for all tests that only look."""
    conference = whole_conference(tmp_path_factory.mktemp("whole"))
    app = application(conference)
    with served(app) as address:
        yield Whole(conference, app, address)
    conference.close()


@pytest.fixture(scope="session")
def browser(running_chromium: Browser) -> Browser:
    """Chromium without a window. Each test opens a context of its own."""
    return running_chromium


@pytest.fixture
def conference(tmp_path: Path) -> Iterator[Conference]:
    """The tutorial's island, for one test alone."""
    opened = tiny_conference(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def address(conference: Conference) -> Iterator[str]:
    """Where that conference is served."""
    with served(application(conference)) as found:
        yield found
