"""The part of EDN that MARATHON writes into cells: maps of text and keywords to numbers, vectors within vectors.

The columns `Deltas` and `Tags` hold Clojure data as text, such as ``{"Reset" -355, :expected-dwell 148}`` or
``{:preprocess [align-units [[:forward 3]]]}``. Read are maps, vectors, lists, sets, text, keywords, symbols, numbers, true, false
and nil, with commas as blanks and comments after a semicolon. Tagged literals and characters are not.

References
----------
.. [1] Extensible data notation, github.com/edn-format/edn.
"""

import re
from dataclasses import dataclass
from typing import Any


class BadEdn(ValueError):
    """Text that is no EDN, with what is wrong in one sentence."""


@dataclass(frozen=True, slots=True)
class Keyword:
    """A name that stands for itself, written with a colon: ``:forward``."""

    name: str


@dataclass(frozen=True, slots=True)
class Symbol:
    """A bare name: ``align-units``."""

    name: str


_TOKEN = re.compile(r'(?:[\s,]|;[^\n]*)*(#\{|[{}()\[\]]|"(?:\\.|[^"\\])*"|[^\s,;{}()\[\]"]+|")', re.DOTALL)
_BLANK = re.compile(r"(?:[\s,]|;[^\n]*)*")
_WHOLE = re.compile(r"[+-]?\d+N?")
_REAL = re.compile(r"[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?M?")
_RATIO = re.compile(r"([+-]?\d+)/(\d+)")
_CLOSING = {"{": "}", "#{": "}", "[": "]", "(": ")"}
_CLOSINGS = frozenset(_CLOSING.values())
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}
_NAMES = {"nil": None, "true": True, "false": False}
_DEEPEST = 50


def read_edn(text: str) -> Any:
    """Return the one value that the text holds.

    Maps become dicts, vectors and lists tuples, sets frozensets.

    Raises
    ------
    BadEdn
        If the text is not EDN, or holds more or less than one value.

    Examples
    --------
    >>> read_edn('{"Reset" -355, :expected-dwell 148}')
    {'Reset': -355, Keyword(name='expected-dwell'): 148}
    """
    tokens = _tokens(text)
    if not tokens:
        raise BadEdn("it is blank")
    value, after = _value(tokens, 0, 0)
    if after != len(tokens):
        raise BadEdn(f"{tokens[after]!r} stands after its end")
    return value


def _tokens(text: str) -> list[str]:
    tokens, at = [], 0
    while (blank := _BLANK.match(text, at)) is not None and blank.end() < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found[1] == '"':
            raise BadEdn("a quotation mark is never closed")
        tokens.append(found[1])
        at = found.end()
    return tokens


def _value(tokens: list[str], at: int, depth: int) -> tuple[Any, int]:
    """Return the value that begins at a token, and where the next one begins."""
    opening = tokens[at]
    if depth > _DEEPEST:
        raise BadEdn("it is nested too deeply")
    if opening not in _CLOSING:
        return _atom(opening), at + 1
    parts, at = [], at + 1
    while at < len(tokens) and tokens[at] != _CLOSING[opening]:
        part, at = _value(tokens, at, depth + 1)
        parts.append(part)
    if at == len(tokens):
        raise BadEdn(f"{opening!r} is never closed")
    try:
        if opening == "{":
            if len(parts) % 2:
                raise BadEdn("a key of a map has no value")
            return dict(zip(parts[::2], parts[1::2], strict=True)), at + 1
        return (frozenset(parts) if opening == "#{" else tuple(parts)), at + 1
    except TypeError as problem:
        raise BadEdn("a map or a set has a map as a key") from problem


def _atom(token: str) -> Any:
    if token in _CLOSINGS:
        raise BadEdn(f"{token!r} closes what was never opened")
    if token[0] == '"':
        return re.sub(r"\\(.)", lambda found: _ESCAPES.get(found[1], found[1]), token[1:-1], flags=re.DOTALL)
    if token.startswith(":"):
        return Keyword(token[1:])
    if token in _NAMES:
        return _NAMES[token]
    if _WHOLE.fullmatch(token):
        return int(token.rstrip("N"))
    if _REAL.fullmatch(token):
        return float(token.rstrip("M"))
    if (ratio := _RATIO.fullmatch(token)) is not None and int(ratio[2]):
        return int(ratio[1]) / int(ratio[2])
    if token.startswith(("\\", "#")):
        raise BadEdn(f"{token!r} is a kind of EDN that is not read here")
    return Symbol(token)
