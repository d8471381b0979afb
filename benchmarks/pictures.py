"""The pictures of README.md and the docs: ``make pictures``, or ``python benchmarks/pictures.py --help``.

A conference about the bundled scenario with two plans: one with longer handovers, then one of the scenario as it ships. A server
on this machine with accounts, a browser that comes in by the first administrator's link, a picture of each page. Of the briefing
of the last plan four pages beside one another.
"""

import argparse
import base64
import os
import re
import secrets
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import vl_convert
from playwright.sync_api import Page, sync_playwright

from contingent.io import read_plan
from contingent.pipeline import derive, make_plan
from contingent.plan import Plan, PlanOptions
from contingent.report.briefing.deck import deck_of
from contingent.report.briefing.drawing import page_svg
from contingent.report.briefing.frame import all_parts
from contingent.report.briefing.parts import WIDTH
from contingent.store import Actor, Conference, Edit

IMAGES = Path(__file__).resolve().parent.parent / "docs" / "images"
LARGEST = 150_000
"""Largest picture. [bytes]"""

OPTION = "medium"
CHAIR = Actor("The chair", "administrator")
TRIED = ("defaults.handover_days", "20")
"""The setting with which the first plan is made. It is a planner's choice: pictures must make up no nation's offer."""

ARGUMENTS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
SETTLES = 1_500
"""Time that a page has to settle: what it loads after itself, and the map's names. [ms]"""


COLOURS, FREQUENT = 256, 160
"""Colours of a picture, and how many of them are those that most pixels have; the others are those furthest from them."""

PIXELS = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height), drawn = canvas.getContext("2d");
  drawn.drawImage(picture, 0, 0);
  const bytes = drawn.getImageData(0, 0, picture.width, picture.height).data;
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [picture.width, picture.height, btoa(text)];
}"""
"""Has the browser unpack a picture: width, height, and red, green, blue, opacity of each pixel."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page, and how large a piece of it is shown. [CSS pixels]"""

    name: str
    path: str
    height: int = 760
    width: int = 1180
    ready: str = "body[data-ready]"


PICTURES = (
    Picture("overview", "/", 960, 1240, ready="text=every promise holds"),
    Picture("matrix", "/requirements", 800, 1300),
    Picture("rotation", "/rotation", 800, 1300),
    Picture("map", "/map?day=400", 760, 1240, ready="#map[data-ready=yes] canvas"),
)


BRIEFING, PAGES_SHOWN = "briefing", (1, 3, 5, 9)
"""The picture of the briefing: headline, order of battle, rotation and risk."""

PAGE_WIDTH, GUTTER, BETWEEN = 720, 8, (139, 148, 153)
"""Width of a page in it, room between pages [px], and the colour of that room."""


def conference_at(file: Path, plan: Plan | None) -> None:
    """Make the conference: a plan with the setting that is tried, and one of the scenario as it ships, which may be given."""
    conference = Conference.open(file, create_from="reassurance")
    name, tried = TRIED
    shipped = next(row.cells["value"] for row in conference.state().rows["scenario"] if row.key == name)
    for value, why in ((tried, "Try longer handovers"), (shipped, "Back to the handovers of the scenario")):
        row = next(row for row in conference.state().rows["scenario"] if row.key == name)
        conference.change(CHAIR, [Edit("scenario", {**row.cells, "value": value}, row.id, row.version)], why=why)
        made = plan if plan is not None and value == shipped else planned(conference)
        conference.add_plan(CHAIR, made, conference.state().seq, scenario=conference.state().scenario)
    conference.close()


def planned(conference: Conference) -> Plan:
    """Plan the tables as they stand."""
    scenario = conference.state().scenario
    assert scenario is not None
    return make_plan(scenario, PlanOptions(option=OPTION))


@contextmanager
def served(file: Path) -> Iterator[str]:
    """Serve a conference with accounts, for as long as it lasts; the first administrator's link."""
    asked = ["--accounts", "--no-browser", "--workers", "0", "--database", str(file)]
    command = [sys.executable, "-m", "contingent", "serve", *asked]
    environment = {**os.environ, "CONTINGENT_SECRET": secrets.token_urlsafe(32)}
    server = subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert server.stdout is not None
    try:
        for line in server.stdout:
            if found := re.search(r"http://\S+/invitation/\S+", line):
                yield found[0]
                break
        else:
            raise SystemExit("The server has not started.")
    finally:
        server.terminate()
        server.wait(timeout=30)


def come_in(page: Page, link: str) -> str:
    """Make the account of a link; the address of the server."""
    page.goto(link)
    page.get_by_label("Name to sign in with").fill("Planner")
    page.get_by_label("Password").fill(secrets.token_urlsafe(16))
    page.get_by_role("button", name="Make the account").click()
    page.locator(".who").wait_for()
    return link.partition("/invitation/")[0]


def take(page: Page, blank: Page, address: str, picture: Picture, folder: Path) -> Path:
    """Take one picture, once all that the page shows is there; a blank page unpacks it."""
    page.set_viewport_size({"width": picture.width, "height": picture.height})
    page.goto(address + picture.path)
    page.locator(picture.ready).wait_for(timeout=60_000)
    page.wait_for_timeout(SETTLES)
    file = folder / f"web-{picture.name}.png"
    file.write_bytes(small_png(unpacked(blank, page.screenshot(animations="disabled"))))
    return file


def unpacked(blank: Page, png: bytes) -> npt.NDArray[np.uint8]:
    """Return the pixels of a picture. [-], shape (height, width, 3)"""
    width, height, pixels = blank.evaluate(PIXELS, base64.b64encode(png).decode())
    return np.frombuffer(base64.b64decode(pixels), dtype=np.uint8).reshape(height, width, 4)[:, :, :3]


def briefed(blank: Page, file: Path, folder: Path) -> Path:
    """Make the picture of the briefing: four of its pages, two beside each other."""
    with closing(Conference.open(file)) as conference:
        stored = conference.latest_plan()
        assert stored is not None
        assert stored.scenario is not None
        deck = deck_of(derive(stored.scenario), stored.plan)
    shown = []
    for number in PAGES_SHOWN:
        svg = page_svg(all_parts(deck, deck.pages[number - 1], number), label="")
        shown.append(unpacked(blank, vl_convert.svg_to_png(svg, scale=PAGE_WIDTH / WIDTH)))
    height, width, _ = shown[0].shape
    sheet = np.full((2 * height + GUTTER, 2 * width + GUTTER, 3), BETWEEN, dtype=np.uint8)
    for at, page in enumerate(shown):
        top, left = at // 2 * (height + GUTTER), at % 2 * (width + GUTTER)
        sheet[top : top + height, left : left + width] = page
    made = folder / f"{BRIEFING}.png"
    made.write_bytes(small_png(sheet))
    return made


def small_png(pixels: npt.NDArray[np.uint8]) -> bytes:
    """Return a picture in its most frequent colours, each other one as the nearest of them: half of what the browser writes.

    Parameters
    ----------
    pixels : ndarray of uint8
        Red, green, blue. [-], shape (height, width, 3)
    """
    height, width, _ = pixels.shape
    coarse = (pixels & 0xFC).reshape(-1, 3).astype(np.int64)
    packed = coarse[:, 0] << 16 | coarse[:, 1] << 8 | coarse[:, 2]
    found, where, often = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16 & 255, found >> 8 & 255, found & 255], axis=1)
    kept = list(np.argsort(-often, kind="stable")[:FREQUENT])
    away = np.min([_away(colours, each) for each in kept], axis=0)
    while len(kept) < min(COLOURS, len(found)):
        kept.append(int(np.argmax(away * np.sqrt(often))))
        away = np.minimum(away, _away(colours, kept[-1]))
    nearest = np.argmin([_away(colours, each) for each in kept], axis=0)
    rows = np.zeros((height, width + 1), dtype=np.uint8)  # each row begins with the number of its filter: none
    rows[:, 1:] = nearest[where].reshape(height, width)
    palette = np.where(colours[kept] >= 0xFC, 255, colours[kept]).astype(np.uint8).tobytes()
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(rows.tobytes(), 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks)


def _away(colours: npt.NDArray[np.int64], one: int) -> npt.NDArray[np.int64]:
    """Square of how far each colour is from one of them."""
    found: npt.NDArray[np.int64] = ((colours - colours[one]) ** 2).sum(axis=1)
    return found


def main() -> None:
    """Read the options, take the pictures, say where they are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plan", help="folder of a plan of the scenario's medium option as it ships, instead of making one")
    parser.add_argument("--only", nargs="+", choices=[*(each.name for each in PICTURES), BRIEFING], help="some of them")
    parser.add_argument("--out", type=Path, default=IMAGES)
    parser.add_argument("--chromium", default=os.environ.get("CHROMIUM", "/usr/bin/chromium"))
    asked = parser.parse_args()
    made: list[Path] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "reassurance.sqlite"
        conference_at(file, read_plan(asked.plan) if asked.plan else None)
        browser = playwright.chromium.launch(executable_path=asked.chromium, args=list(ARGUMENTS))
        with served(file) as link:
            page, blank = browser.new_page(), browser.new_page()
            address = come_in(page, link)
            wanted = [picture for picture in PICTURES if asked.only is None or picture.name in asked.only]
            made += [take(page, blank, address, picture, asked.out) for picture in wanted]
        if asked.only is None or BRIEFING in asked.only:
            made.append(briefed(blank, file, asked.out))
        browser.close()
    for each in made:
        print(f"{each}: {each.stat().st_size / 1000:.0f} kB")
    large = [each.name for each in made if each.stat().st_size > LARGEST]
    if large:
        raise SystemExit(f"Larger than {LARGEST / 1000:.0f} kB: {', '.join(large)}")


if __name__ == "__main__":
    main()
