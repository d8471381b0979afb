"""Chromium for the pages: next door ``browser`` is a client that signs in, here it is a real one."""

import pytest
from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def browser(running_chromium: Browser) -> Browser:
    """Chromium without a window. Each test opens a context of its own."""
    return running_chromium
