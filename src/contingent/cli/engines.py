"""The engine that a command was asked to compute an ensemble on."""

from contingent.cli.endings import BadCall
from contingent.ensemble import default_engine, parse_engine


def engine_named(text: str | None, *, otherwise: str | None = None) -> str:
    """Return the engine that was named, or another where none was.

    Parameters
    ----------
    text : str or None
        What stood after ``--engine``.
    otherwise : str, optional
        Engine where nothing stood there; None = a process for each core.

    Raises
    ------
    BadCall
        If the text names no engine.
    """
    engine = text if text is not None else otherwise or default_engine()
    try:
        parse_engine(engine)
    except ValueError as error:
        raise BadCall(f"--engine: {error}") from error
    return engine
