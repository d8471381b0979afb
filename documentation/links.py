"""What a built site refers to, and whether it is there: pages, anchors, pictures, scripts; what is loaded from outside."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("iframe", "src"), ("source", "src"), ("video", "src")}
"""What a browser loads by itself. A link with rel=canonical and the like is only named."""

NAMED_ONLY = {"canonical", "next", "prev", "alternate", "author", "license"}


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag names, loads and is called."""
        given = dict(attrs)
        if given.get("id"):
            self.anchors.add(given["id"] or "")
        if tag == "a" and given.get("name"):
            self.anchors.add(given["name"] or "")
        for name, attribute in LOADED:
            if tag == name and given.get(attribute) and not (tag == "link" and given.get("rel") in NAMED_ONLY):
                self.loads.append(given[attribute] or "")
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")


def faults(site: Path) -> Iterator[str]:
    """Yield what a page of a site names and is not there, and what it loads from outside, in the order of the pages."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        told = path.relative_to(site).as_posix()
        for address in page.loads:
            if urlsplit(address).scheme or address.startswith("//"):
                if not address.startswith("data:"):
                    yield f"{told}: loads {address} from outside"
            elif not (path.parent / unquote(urlsplit(address).path)).exists():
                yield f"{told}: loads {address}, which is not there"
        for address in page.links:
            parts = urlsplit(address)
            if parts.scheme or address.startswith("//"):
                continue
            target = path if not parts.path else (path.parent / unquote(parts.path)).resolve()
            target = target / "index.html" if target.is_dir() else target
            if not target.is_file():
                yield f"{told}: links to {address}, which is not there"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{told}: links to {address}, which has no such place"


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page
