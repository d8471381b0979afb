"""What is wrong with one cell, said so that the person who wrote it can mend it.

People write numbers as their language and their spreadsheet taught them. What can mean only one thing is read (``70%``,
``3.0``, and ``0,7`` in a file whose cells are parted by semicolons); what can mean two things is asked about, never guessed.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from contingent.findings import nearest_name
from contingent.io.columns import Column
from contingent.io.limits import LONGEST_CELL
from contingent.io.wording import shown

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+),[0-9]+")
_GROUPED_BY_POINTS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_GROUPED_BY_COMMAS = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]+)?")
_GROUPED_BY_SPACES = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f'\u2019_][0-9]{3})+(?:[.,][0-9]+)?")
_PERCENT = re.compile(r"([+-]?[0-9]+(?:[.,][0-9]+)?)\s*%")
_ISO_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?")
_OTHER_DATE = re.compile(r"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{2,4}")
_D_PLUS = re.compile(r"[dD] ?\+ ?([0-9]+)")
_WITH_UNIT = re.compile(r"([+-]?[0-9]+(?:\.[0-9]+)?) ?[A-Za-z\u20ac$\u00a3]+")
_LONGEST_NUMBER = 40
"""Longer texts are not read as numbers. [characters]"""
_LARGEST_WHOLE = Decimal(10) ** 18

_ABSENT = {
    "-",
    "--",
    "\u2013",
    "\u2014",
    "?",
    "n/a",
    "na",
    "none",
    "null",
    "nil",
    "no",
    "unknown",
    "tbd",
    "tbc",
    "#n/a",
    "unlimited",
}
_YES_NO = {"true", "false", "yes"}
_INFINITE = {"inf", "+inf", "-inf", "infinity", "-infinity", "\u221e", "nan", "-nan"}
_CONTROL = re.compile(r"[\x00-\x1f]")
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no cell may hold: a workbook cannot carry them, and no one can see them."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong with a cell. `kind` says which troubles are alike."""

    kind: str
    what: str
    nearest: str | None = None
    maybe: str | None = None


def read_number(text: str, column: Column, *, decimal_comma: bool, start_date: date | None) -> str | Trouble:
    """Return a number as plain text that pydantic reads, or why it is none.

    Parameters
    ----------
    text : str
        The cell.
    column : Column
        The column that it stands in; of kind ``whole`` or ``number``.
    decimal_comma : bool
        Whether the file writes decimals with a comma (its cells are then parted by semicolons).
    start_date : date, optional
        D-day, to tell which day a date is.
    """
    text = text.strip()
    if len(text) > _LONGEST_NUMBER:
        return Trouble("not_a_number", f"{shown(text)} is longer than any number that is taken.")
    if percent := _PERCENT.fullmatch(text):
        return _percentage(text, percent[1], column, decimal_comma=decimal_comma)
    if decimal_comma and (trouble := _two_readings(text, column)):
        return trouble
    if decimal_comma and _DECIMAL_COMMA.fullmatch(text):
        text = text.replace(".", "").replace(",", ".")
    if not _PLAIN.fullmatch(text):
        return _not_a_number(text, column, start_date)
    return _whole(text) if column.kind == "whole" else text


def _percentage(text: str, digits: str, column: Column, *, decimal_comma: bool) -> str | Trouble:
    if "," in digits and not decimal_comma:
        return _comma(text, digits)
    if column.kind == "whole":
        return Trouble("percent", f"{shown(text)} is a share; the column holds whole numbers.")
    return str(Decimal(digits.replace(",", ".")) / 100)


def _two_readings(text: str, column: Column) -> Trouble | None:
    """In a file with decimal commas, 1.500 may be one and a half or one thousand five hundred."""
    sign = (
        "."
        if _GROUPED_BY_POINTS.fullmatch(text)
        else ","
        if column.kind == "whole" and _GROUPED_BY_COMMAS.fullmatch(text)
        else ""
    )
    if not sign or not column.within_bounds(float(text.replace(sign, ""))):
        return None
    whole = text.replace(sign, "")
    return Trouble("two_readings", f"{shown(text)} can be read in two ways.", whole, f"write {whole}, without a separator")


def _whole(text: str) -> str | Trouble:
    """Return a whole number without its decimals: a spreadsheet may have written 3.0 for 3."""
    if _GROUPED_BY_POINTS.fullmatch(text):
        plain = text.replace(".", "")
        return Trouble(
            "two_readings",
            f"{shown(text)} can be read as {plain} or as {text.split('.', maxsplit=1)[0]}.",
            plain,
            "write it without a separator",
        )
    value = Decimal(text)
    if value != value.to_integral_value():
        return Trouble("not_whole", f"{shown(text)} is not a whole number.", None, "round it")
    if abs(value) > _LARGEST_WHOLE:
        return Trouble("bounds", f"{shown(text)} is far larger than any number that is taken.")
    return f"{value:.0f}"


def _comma(text: str, digits: str) -> Trouble:
    point = digits.replace(",", ".")
    return Trouble(
        "decimal_comma",
        f"{shown(text)} is written with a comma.",
        point + ("%" if "%" in text else ""),
        "write decimals with a point",
    )


def _not_a_number(text: str, column: Column, start_date: date | None) -> Trouble:
    noun = _noun(column)
    if _GROUPED_BY_COMMAS.fullmatch(text):
        plain = text.replace(",", "")
        return Trouble(
            "thousands",
            f"{shown(text)} is written with a comma.",
            plain,
            f"write {plain}" if "." in text else f"write {plain}, or {text.replace(',', '.')} if the comma marks decimals",
        )
    if _DECIMAL_COMMA.fullmatch(text):
        return _comma(text, text.replace(".", ""))
    if _GROUPED_BY_SPACES.fullmatch(text):
        plain = re.sub(r"[^0-9.,+-]", "", text).replace(",", ".")
        return Trouble("thousands", f"{shown(text)} has separators between its thousands.", plain, f"write {plain}")
    if iso := _ISO_DATE.fullmatch(text):
        return _a_date(text, iso[1], column, start_date)
    if _OTHER_DATE.fullmatch(text):
        return Trouble("date", f"{shown(text)} is a date; the column holds {noun}.", None, _days_hint(column, start_date))
    if day := _D_PLUS.fullmatch(text):
        return Trouble("d_plus", f"{shown(text)} is not a number.", day[1], f"write {day[1]}: days are counted from D-day")
    if text.casefold() in _INFINITE:
        return Trouble("infinite", f"{shown(text)} is not a finite number.", None, "leave the cell blank if there is no limit")
    if text.casefold() in _YES_NO:
        return Trouble("yes_no", f"{shown(text)} is a yes or no; the column holds {noun}.")
    if text.casefold() in _ABSENT:
        return Trouble("absent", f"{shown(text)} is not a number.", None, _blank_hint(column))
    if unit := _WITH_UNIT.fullmatch(text):
        return Trouble("unit", f"{shown(text)} is not a number.", unit[1], f"write {unit[1]} without its unit")
    return Trouble("not_a_number", f"{shown(text)} is not {noun}.")


def _noun(column: Column) -> str:
    return "a whole number" if column.kind == "whole" else "a number"


def _a_date(text: str, iso: str, column: Column, start_date: date | None) -> Trouble:
    try:
        day = (date.fromisoformat(iso) - start_date).days if start_date is not None else None
    except ValueError:
        return Trouble("not_a_number", f"{shown(text)} is neither a number nor a date of the calendar.")
    if not column.counts_days_from_d_day:
        return Trouble("date", f"{shown(text)} is a date; the column holds {_noun(column)}.")
    if day is None:
        return Trouble("date", f"{shown(text)} is a date; days are counted from D-day.")
    if day < 0:
        return Trouble(
            "date",
            f"{shown(text)} is a date, and {-day} days before D-day ({start_date}).",
            "0",
            "write 0 if it has begun by then",
        )
    return Trouble(
        "date", f"{shown(text)} is a date; days are counted from D-day ({start_date}): that is D+{day}.", str(day), f"write {day}"
    )


def _days_hint(column: Column, start_date: date | None) -> str | None:
    if not column.counts_days_from_d_day:
        return None
    return f"count the days from D-day ({start_date})" if start_date is not None else "count the days from D-day"


def _blank_hint(column: Column) -> str:
    return "write 0, or a figure" if column.required else "leave the cell blank"


def trouble_of(error: dict[str, Any], column: Column, text: str) -> Trouble:
    """Return what pydantic found wrong with a cell, in the user's words.

    Parameters
    ----------
    error : dict
        One of `ValidationError.errors`.
    column : Column
        The column that the cell stands in.
    text : str
        The cell as it was written.
    """
    kind = str(error["type"])
    if kind == "missing":
        return Trouble("blank", "is blank, but every row needs it.", None, _fill_hint(column))
    if kind == "finite_number":
        return Trouble("infinite", f"{shown(text)} is not a finite number.", None, _blank_hint(column))
    if kind in _BOUNDS:
        return _out_of_bounds(column, text, error["ctx"])
    if kind == "literal_error":
        return Trouble(
            "choice", f"{shown(text)} is none of {', '.join(column.choices)}.", nearest_name(text[:100], column.choices)
        )
    if kind == "string_pattern_mismatch":
        return _bad_name(text)
    if kind == "string_too_long":
        most = error["ctx"]["max_length"]
        return Trouble("too_long", f"{shown(text)} is {len(text):,} characters long; at most {most:,} are taken.")
    return Trouble(kind, f"{shown(text)} is not what the column holds ({column.form}): {str(error['msg']).lower()}.")


_BOUNDS = {"greater_than": "gt", "greater_than_equal": "ge", "less_than_equal": "le", "less_than": "lt"}


def _out_of_bounds(column: Column, text: str, context: dict[str, Any]) -> Trouble:
    sign, bound = next(iter(context.items()))
    limit = f"{bound:,.0f}" if float(bound) == int(bound) else f"{bound}"
    words = {"gt": "not more than", "ge": "less than", "le": "more than", "lt": "not less than"}[sign]
    most = "the least" if sign in ("gt", "ge") else "the most"
    maybe = None
    if column.most == 1 and sign == "le" and column.kind == "number":
        maybe = "a percentage was meant: write 0.7 or 70% for seventy per cent"
    what = f"{shown(text)} is {words} {limit}."
    return Trouble("bounds", what if sign in ("gt", "lt") else f"{what[:-1]}, {most} that is taken.", None, maybe)


def _bad_name(text: str) -> Trouble:
    if ";" in text:
        return Trouble(
            "semicolon",
            f"{shown(text)} holds a semicolon, which parts the entries of lists.",
            None,
            "use a comma or a dash in the name",
        )
    return Trouble("control", f"{shown(text)} holds a line break or a control character.", _CONTROL.sub(" ", text).strip()[:200])


def _fill_hint(column: Column) -> str:
    if column.choices:
        return f"write one of {', '.join(column.choices)}"
    return (
        f"write {column.description[0].lower()}{column.description[1:].rstrip('.')}"
        if column.kind == "text"
        else f"write a {column.form}"
    )


def unreadable(text: str) -> Trouble | None:
    """Return what is wrong with the characters or the length of a cell, or None."""
    if len(text) > LONGEST_CELL:
        return Trouble("long_cell", f"the cell is {len(text):,} characters long; at most {LONGEST_CELL:,} are taken.")
    if found := UNREADABLE.search(text):
        return Trouble(
            "unreadable",
            f"{shown(text)} holds a character that cannot be shown (U+{ord(found[0]):04X}).",
            None,
            "delete it and type the cell anew",
        )
    return None
