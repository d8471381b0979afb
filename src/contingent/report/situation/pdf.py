"""A page printed by a browser of the Chromium family, where one is there. Nothing is fetched: the page has all that it shows."""

import logging
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

log = logging.getLogger(__name__)

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)  # fmt: skip
"""Names under which such a browser is found."""

LONGEST = 90.0
"""A browser that has not printed after this is stopped. [s]"""

HOW_TO_PRINT = (
    "No PDF: there is no Chromium or Chrome here. Open the page in any browser and print it to a file: A4, with backgrounds."
)


def browser_here() -> str | None:
    """Return the browser that would print; None where there is none."""
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def print_pdf(page: Path, target: Path) -> bool:
    """Print a page to a PDF file and return whether that worked; the reason of a failure is logged.

    Parameters
    ----------
    page, target : Path
        The HTML file, and the file to write.
    """
    browser = browser_here()
    if browser is None:
        return False
    with tempfile.TemporaryDirectory(prefix="printing-") as profile:
        printed = Path(profile) / "page.pdf"
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", "--disable-extensions", "--disable-background-networking",
            "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}/profile",
            "--no-pdf-header-footer", f"--print-to-pdf={printed}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            # Chromium's sandbox refuses to run for root; the page holds no script and may load nothing.
            command.insert(1, "--no-sandbox")
        try:
            ended = subprocess.run(command, capture_output=True, timeout=LONGEST, check=False)
        except (OSError, subprocess.TimeoutExpired) as problem:
            log.warning("the page was not printed: %s", problem)
            return False
        if ended.returncode or not printed.is_file() or printed.stat().st_size == 0:
            log.warning("the page was not printed: %s", ended.stderr.decode(errors="replace")[-400:])
            return False
        shutil.copyfile(printed, target)
    return True
