"""A conference that has no plan yet: what everybody sees first."""

from pathlib import Path

from starlette.testclient import TestClient

from contingent.web.app import create_app
from contingent.web.pages import PAGES
from contingent.web.settings import WebSettings


def test_every_page_opens_before_there_is_a_plan(tmp_path: Path):
    """The scenario is there and nothing is planned: each page says what to do, none fails."""
    settings = WebSettings(database=str(tmp_path / "tiny.sqlite"), create_from="tiny", workers=0)
    with TestClient(create_app(settings), base_url="http://localhost") as client:
        told = {page.path: client.get(page.path).status_code for page in PAGES}
    assert told == dict.fromkeys((page.path for page in PAGES), 200)
