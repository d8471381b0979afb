"""Something to look at while a command takes longer than a second: on a terminal only, and on standard error."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Time before anything is shown. [s]"""


@contextmanager
def waiting(what: str, *, at_most: float | None = None) -> Iterator[None]:
    """Show what is being done and how long it has taken, once it takes longer than a second.

    Parameters
    ----------
    what : str
        As in "Planning reassurance, medium".
    at_most : float, optional
        Longest time that the work may take. [s]
    """
    if not sys.stderr.isatty():
        yield
        return
    over, shown = threading.Event(), threading.Thread(target=lambda: _show(what, at_most, over), daemon=True)
    shown.start()
    try:
        yield
    finally:
        over.set()
        shown.join()


def _show(what: str, at_most: float | None, over: threading.Event) -> None:
    if over.wait(PATIENCE):
        return
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from contingent.cli.screen import console

    limit = "" if at_most is None else f" of at most {at_most:.0f} s"
    columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn(), TextColumn(limit))
    screen = console(sys.stderr)
    with Progress(*columns, console=screen, transient=True, redirect_stdout=False, redirect_stderr=False) as progress:
        progress.add_task(what, total=None)
        over.wait()
