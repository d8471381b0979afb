"""How pages write days: as staffs do, D+30 and date-time groups, or as ISO dates; one switch for every page.

A page is written once, in the words of reports. In ISO the same page is read over at its end: each day, date and moment in it
becomes an ISO date. What a reader has typed, and what stands in a field to be typed over, stays as it is.
"""

import re
from datetime import date, timedelta

from contingent.report.words import MONTHS, THIN_SPACE

COOKIE = "contingent-days"
MILITARY, ISO = "military", "iso"
WAYS = {MILITARY: "D+ DTG", ISO: "ISO"}
"""Each way with the words of the switch."""

LASTS = 365 * 86_400
"""How long the choice is kept. [s]"""

_NUMBERS = {name: at for at, name in enumerate(MONTHS, 1)}
_NAMES = "|".join(MONTHS)
_DAY = re.compile(rf"D\+(\d{{1,3}}(?:{THIN_SPACE}\d{{3}})+|\d+)|\bD-day(?= to |, |\)| \()")
_DATE = re.compile(rf"\b(\d{{1,2}}) ({_NAMES}) (\d{{4}})\b")
_GROUP = re.compile(rf"\b(\d{{2}})(\d{{2}})(\d{{2}})Z({_NAMES.upper()})(\d{{2}})\b")
_TWICE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:, \1\b| \(\1\))")
_TAG = re.compile(r"(<[^>]*>)")
_SAID = re.compile(r'(\s(?:aria-label|aria-valuetext|title|alt)=")([^"]*)"')
_FIELD = re.compile(r"<(/?)(textarea|template)\b", re.IGNORECASE)

LATEST = 3_000_000
"""Days beyond which no calendar reaches. [days]"""


def iso_text(text: str, start: date) -> str:
    """Return a text with its days, dates and date-time groups as ISO dates; `start` is D-day.

    >>> iso_text("on D+30 (31 Jan 2027)", date(2027, 1, 1))
    'on 2027-01-31'
    >>> iso_text("D+31 to D+1290, from 1 Feb 2027, as of 221402ZNOV26", date(2027, 1, 1))
    '2027-02-01 to 2030-07-14, from 2027-02-01, as of 2026-11-22T14:02Z'
    """

    def of_day(found: re.Match[str]) -> str:
        day = int(found[1].replace(THIN_SPACE, "")) if found[1] else 0
        return (start + timedelta(days=day)).isoformat() if day < LATEST and start.year < 9000 - day // 365 else found[0]

    def of_date(found: re.Match[str]) -> str:
        return f"{found[3]}-{_NUMBERS[found[2]]:02d}-{int(found[1]):02d}"

    def of_group(found: re.Match[str]) -> str:
        return f"20{found[5]}-{_NUMBERS[found[4].capitalize()]:02d}-{found[1]}T{found[2]}:{found[3]}Z"

    return _TWICE.sub(r"\1", _GROUP.sub(of_group, _DATE.sub(of_date, _DAY.sub(of_day, text))))


def iso_page(page: str, start: date) -> str:
    """Return a page with the days of its texts, and of what it says to those who do not see it, as ISO dates.

    >>> iso_page('<p title="D+1">D+1</p><textarea>D+1</textarea><input value="D+1">', date(2027, 1, 1))
    '<p title="2027-01-02">2027-01-02</p><textarea>D+1</textarea><input value="D+1">'
    """
    parts, fields = [], 0
    for at, piece in enumerate(_TAG.split(page)):
        if at % 2 == 0:
            parts.append(piece if fields else iso_text(piece, start))
            continue
        if found := _FIELD.match(piece):
            fields = max(0, fields - 1) if found[1] else fields + 1
        parts.append(_SAID.sub(lambda said: f'{said[1]}{iso_text(said[2], start)}"', piece))
    return "".join(parts)
