"""The field's reference library of symbols, run in this process: milsymbol in a small JavaScript engine.

The library travels in the package, built (`contingent/page_parts`), and is the very file that a page loads. Each thread has an
engine of its own, for an engine belongs to the thread that made it. Where the library or the engine is missing there is no
drawing; that is said once, and whoever asked draws a plain box instead.
"""

import json
import logging
import threading
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

logger = logging.getLogger(__name__)

LIBRARY = "milsymbol.js"
STANDARD = "APP6"
"""Of two icons that a code may stand for, the one of APP-6 and not that of MIL-STD-2525."""

EQUIPMENT = "15"
"""Symbol set of land equipment. Its icons share parts that drawing changes, so each is drawn by an engine of its own."""

# What is returned goes through JSON: a long string that was joined of parts cannot cross over as it is.
DRIVER = """
milsymbol.setStandard("%s");
function contingentSymbol(request) {
  const { code, options } = JSON.parse(request);
  const symbol = new milsymbol.Symbol(code, options);
  const size = symbol.getSize(), centre = symbol.getOctagonAnchor();
  return JSON.stringify({
    svg: symbol.asSVG(), valid: symbol.isValid(), width: size.width, height: size.height, x: centre.x, y: centre.y,
  });
}
""" % STANDARD  # noqa: UP031 (braces are JavaScript's own here)

_of_thread = threading.local()


def ask(code: str, options: Mapping[str, str | float]) -> dict[str, Any] | None:
    """Return what the library makes of a code: its drawing, size, centre, and whether it knows the code; None without library.

    Raises
    ------
    ValueError
        If the library cannot draw the code at all.
    """
    engine = _new_engine() if code[4:6] == EQUIPMENT else _engine_of_thread()
    if engine is None:
        return None
    import quickjs

    request = json.dumps(json.dumps({"code": code, "options": dict(options)}))
    try:
        answer: dict[str, Any] = json.loads(engine.eval(f"contingentSymbol({request})"))
    except quickjs.JSException as error:
        raise ValueError(f"{code!r} cannot be drawn: {error}") from error
    return answer


def available() -> bool:
    """Return whether symbols can be drawn here."""
    return _engine_of_thread() is not None


def _engine_of_thread() -> Any | None:
    if not hasattr(_of_thread, "engine"):
        _of_thread.engine = _new_engine()
    return _of_thread.engine


def _new_engine() -> Any | None:
    source = _library()
    if source is None:
        return None
    import quickjs

    engine = quickjs.Context()
    engine.eval(source)
    engine.eval(DRIVER)
    return engine


@cache
def _library() -> str | None:
    """The library's text, or None where it or the engine is missing: said the first time."""
    try:
        import quickjs  # noqa: F401 (only whether it is there)
    except ImportError as error:
        logger.warning("Symbols are drawn as plain boxes: no JavaScript engine (%s). Maybe install quickjs-ng.", error)
        return None
    built = files("contingent") / "page_parts" / LIBRARY
    if not built.is_file():
        logger.warning("Symbols are drawn as plain boxes: %s was not built into the package. Maybe run `make parts`.", LIBRARY)
        return None
    return built.read_text(encoding="utf-8")
