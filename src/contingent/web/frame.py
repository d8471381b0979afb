"""A plain frame around pages, until the hall's own is there."""

from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader

from contingent.web.guard import token_of, viewer_of

_environment = Environment(loader=PackageLoader("contingent.web", "templates"), autoescape=True)


def page(request: Request, template: str, *, status: int = 200, view: Any = None, **values: Any) -> HTMLResponse:
    """Return a page as an answer."""
    text = _environment.get_template(template).render(view=view, viewer=viewer_of(request), token=token_of(request), **values)
    return HTMLResponse(text, status_code=status)
