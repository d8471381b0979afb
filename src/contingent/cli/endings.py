"""How a command ends: exit codes, and every error told to whoever can mend it, without a traceback.

0     done
1     `verify` found a promise that is not kept
2     the call or the input is wrong; every finding was told, nothing was written
3     the solver failed
70    a fault of the program itself
130   interrupted
141   whoever read the output went away
"""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from contingent.cli.screen import as_place, findings_told, problems_in, tell
from contingent.errors import BadInput, BadScenario, ContingentError, SolverFailed

DONE, FOUND, BAD_INPUT, SOLVER_FAILED, FAULT, INTERRUPTED, PIPE_BROKEN = 0, 1, 2, 3, 70, 130, 141

NOTHING_DONE = {
    "plan": "Nothing was planned.",
    "convert": "Nothing was written.",
    "new": "Nothing was written.",
    "verify": "Nothing was verified.",
    "compare": "Nothing was compared.",
    "remedies": "Nothing was worked out.",
    "show": "Nothing can be shown.",
    "size": "Nothing was sized.",
    "why": "Nothing was traced.",
    "orbat": "Nothing was placed.",
    "simulate": "Nothing was simulated.",
    "ceiling": "No ceiling was looked for.",
    "stress": "Nothing was stressed.",
    "deploy": "Nothing was moved.",
    "cost": "Nothing was costed.",
    "afford": "Nothing was held against a budget.",
    "sustain": "No supply was worked out.",
    "briefing": "No briefing was written.",
    "monitor": "No situation was worked out.",
    "observe": "Nothing was placed.",
    "history": "Nothing was held against history.",
    "validate": "Nothing was worked out anew.",
    "aid": "No aid was assessed.",
    "aid-import": "Nothing was imported.",
    "aid-export": "Nothing was exported.",
    "map": "Nothing was written.",
    "calendar": "Nothing was written.",
    "schema": "Nothing can be shown.",
    "orbat-import": "Nothing was imported.",
    "serve": "No server was started.",
    "work": "No worker was started.",
}
"""What did not happen, by command, for the headline over findings."""


class BadCall(ContingentError):
    """A command that was called with what makes no sense."""


@contextmanager
def told_of(place: str) -> Iterator[None]:
    """Name the place that was asked for in findings about a scenario that is no longer tied to one."""
    try:
        yield
    except BadScenario as bad:
        raise BadScenario(place, bad.findings) from bad


def ending_of(error: BaseException, *, command: str | None, debug: bool) -> int:
    """Tell an error on standard error and return the exit code that it ends with."""
    if isinstance(error, BrokenPipeError):
        _stop_writing()
        return PIPE_BROKEN
    if debug:
        tell("".join(traceback.format_exception(error)).rstrip())
    # What a piece of an ensemble ran into says which piece it was, and where the rest is kept.
    nothing_done = " ".join((*getattr(error, "__notes__", ()), NOTHING_DONE.get(command or "", ""))).rstrip()
    if isinstance(error, KeyboardInterrupt):
        tell(f"Interrupted. {nothing_done}".rstrip())
        return INTERRUPTED
    if isinstance(error, BadInput):
        headline = f"{problems_in(len(error.findings), as_place(error.place))} {nothing_done}"
        tell(f"{headline.rstrip()}\n\n{findings_told(error.findings)}")
        return BAD_INPUT
    if isinstance(error, SolverFailed):
        tell(f"The solver failed: {error} {nothing_done}".rstrip())
        return SOLVER_FAILED
    if isinstance(error, ContingentError):
        tell(f"{error} {nothing_done}".rstrip())
        return BAD_INPUT
    if isinstance(error, OSError):
        place = f"{error.filename}: " if error.filename else "What was to be written could not be: "
        tell(f"{place}{error.strerror or error}. {nothing_done}".rstrip())
        return BAD_INPUT
    if isinstance(error, MemoryError):
        tell(f"There is not enough memory for this scenario. {nothing_done}".rstrip())
        return FAULT
    tell(" ".join((f"contingent has a fault: {type(error).__name__}: {error}", *getattr(error, "__notes__", ()))))
    if not debug:
        tell("Nothing in your input should lead here. `contingent --debug ...` shows where it happened; please report it.")
    return FAULT


def write_out(code: int) -> int:
    """Write what still waits for standard output, and return the exit code; another one where that fails."""
    try:
        sys.stdout.flush()
    except OSError as error:
        failed = ending_of(error, command=None, debug=False)
        _stop_writing()
        return code or failed
    return code


def _stop_writing() -> None:
    """Send what is still to be written nowhere, so that nothing fails again at the end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # a stream without a file, as in a test
            continue
