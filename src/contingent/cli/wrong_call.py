"""A call that makes no sense, told as all else is told: what is wrong, the nearest that is right, what to write instead."""

import re
from typing import Any

from contingent.findings import nearest_name

KINDS = {"int": "a whole number", "float": "a number", "bool": "yes or no"}
"""What a value must be, by the word that stands first in the type of a complaint about it."""


def wrong_call(error: Any) -> str:
    """Return what a call did wrong, in the words of this program.

    Parameters
    ----------
    error : typer.BadParameter or its kin
        With the context of the command that was called, if it got that far.
    """
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "contingent"
    what, nearest, fits_example = _complaint(error, context)
    example = _first_example(context)
    more = f"`{command} --help` says what there is{'' if example is None else ', with examples'}."
    hints = [f"Nearest: '{nearest}'."] if nearest else [f"Maybe: {example}"] if example and fits_example else []
    return "\n  ".join([f"{command}: {what}", *hints, more])


def _complaint(error: Any, context: Any) -> tuple[str, str | None, bool]:
    """What is wrong, what is nearest to it, and whether an example helps."""
    message = str(error.format_message())
    unknown, param = getattr(error, "option_name", None), getattr(error, "param", None)
    if unknown is not None and hasattr(error, "possibilities"):
        known = [name for option in context.command.get_params(context) for name in option.opts] if context is not None else []
        return f"'{unknown}' is not an option.", nearest_name(unknown, known) if unknown.startswith("--") else None, False
    if unknown is not None:
        return f"{unknown}: a value is missing.", None, False
    commands = getattr(getattr(context, "command", None), "commands", None)
    if commands is not None and (named := re.search(r"'([^']*)'", message)) is not None:
        return f"'{named[1]}' is not a command.", nearest_name(named[1], commands), False
    if param is None:
        more = re.search(r"extra argument(?:\(s\)|s)? \((.*)\)", message)
        return f"nothing is expected here, and there is '{more[1]}'." if more else _sentence(message), None, True
    if hasattr(error, "param_type"):
        return f"{_name_of(param)} is missing.", None, True
    return f"{_name_of(param)}: {_sentence(_fault(error))}", None, False


def _name_of(param: Any) -> str:
    """An argument as the usage names it, an option as it is written."""
    if param.param_type_name == "argument":
        name = str(param.metavar or param.name)
        return name[1:-1] if name.startswith("[") and name.endswith("]") else name
    return str(max(param.opts, key=len))


def _fault(error: Any) -> str:
    """What is wrong with a value; a number that is none is told with the value."""
    details = getattr(error.__cause__, "errors", None)
    for detail in details() if callable(details) else ():
        kind = KINDS.get(str(detail.get("type", "")).partition("_")[0])
        if kind is not None:
            return f"'{detail.get('input')}' is not {kind}"
    return str(error.message).removeprefix("Value error, ").replace("Input should", "it must")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?")) else f"{text}."


def _first_example(context: Any) -> str | None:
    """The first example at the end of a command's help."""
    lines = str(getattr(getattr(context, "command", None), "epilog", None) or "").splitlines()
    return next((line.strip() for line in lines if line.strip().startswith("contingent ")), None)
