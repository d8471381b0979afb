"""Something to look at while a command takes longer than a second: on a terminal only, and on standard error."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

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


@contextmanager
def progress_of(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show how much is done of how much, once it takes longer than a second.

    Parameters
    ----------
    what : str
        As in "Playing it through 1,000 times".

    Yields
    ------
    callable
        To be told how much is done, and of how much.
    """
    if not sys.stderr.isatty():
        yield _untold
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from contingent.cli.screen import console

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    screen, began = console(sys.stderr), monotonic()
    progress = Progress(*columns, console=screen, transient=True, redirect_stdout=False, redirect_stderr=False)
    task = progress.add_task(what, total=None)

    def told(done: int, of_all: int) -> None:
        if monotonic() - began > PATIENCE and not progress.live.is_started:
            progress.start()
        progress.update(task, completed=done, total=of_all)

    try:
        yield told
    finally:
        progress.stop()


def _untold(done: int, of_all: int) -> None:
    """Tell nobody."""
