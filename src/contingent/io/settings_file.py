"""The settings of a scenario: ``scenario.toml``, or the sheet ``scenario`` of a workbook, and what is wrong with them."""

import re
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from contingent.io.cells import Trouble, read_number, trouble_of, unreadable
from contingent.io.collected import Collected, Names, Sheet
from contingent.io.columns import KIND_IN_WORDS, Column, columns_of
from contingent.io.csv_grid import decoded
from contingent.io.files import read_bytes
from contingent.io.grid import Grid
from contingent.io.limits import LARGEST_SETTINGS
from contingent.io.wording import shown
from contingent.model.rows import TABLES, Defaults
from contingent.model.scenario import Settings

_AT_LINE = re.compile(r" \(at line (\d+), column (\d+)\)$")
_KEY = re.compile(r"^\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*(?:\.\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*)?=")
_SECTION = re.compile(r"^\s*\[\[?\s*[\"']?([A-Za-z0-9_-]+)[\"']?\s*[.\]]")
_TWICE = re.compile(r"cannot declare \('([A-Za-z0-9_-]+)',\) twice", re.IGNORECASE)
_AT_END = " (at end of document)"
_EXAMPLES = {"title": 'title = "Harbour guard"', "start_date": "start_date = 2026-03-01", "horizon_days": "horizon_days = 1825"}
_LARGEST_WHOLE = 10**30  # a whole number in TOML may have more digits than Python turns into text
Model = TypeVar("Model", bound=BaseModel)
_LATEST = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Given:
    """One setting as it was written, and where."""

    value: Any
    sheet: Sheet
    line: int | None = None


@dataclass(slots=True)
class RawSettings:
    """Settings before they are held against the class; those not written are absent.

    Parameters
    ----------
    own, defaults, remove : dict of str to Given
        Settings, and those of the two sections, by name.
    readable : bool
        Whether there are settings that could be read.
    may_extend : bool
        Whether it is unknown if the scenario extends another.
    told : set of str
        Settings that are there, and of which a finding says already that they hold no value.
    """

    own: dict[str, Given] = field(default_factory=dict)
    defaults: dict[str, Given] = field(default_factory=dict)
    remove: dict[str, Given] = field(default_factory=dict)
    readable: bool = True
    may_extend: bool = False
    told: set[str] = field(default_factory=set)

    @classmethod
    def unreadable(cls) -> "RawSettings":
        """Return the settings of a scenario whose settings cannot be read: nothing more is asked of them."""
        return cls(readable=False, may_extend=True)

    @classmethod
    def absent(cls) -> "RawSettings":
        """Return the settings of a scenario that has none. It extends no other."""
        return cls(readable=False)

    def laid_over(self, base: "RawSettings") -> "RawSettings":
        """Return the settings of a scenario that extends another: its own where given, else the other's."""
        return RawSettings(
            base.own | self.own,
            base.defaults | self.defaults,
            {},
            self.readable and base.readable,
            self.may_extend or base.may_extend,
            self.told | base.told,
        )

    def text(self, name: str) -> str | None:
        """Return a setting that is a text, or None."""
        given = self.own.get(name)
        return given.value if given is not None and isinstance(given.value, str) and given.value else None


def read_toml(path: Path, sheet: Sheet, findings: Collected) -> RawSettings | None:
    """Return the settings of a scenario.toml, or None and a finding where it is none."""
    content = read_bytes(path, sheet, findings, largest=LARGEST_SETTINGS)
    text = decoded(content, sheet, findings) if content is not None else None
    if text is None:
        return None
    try:
        values = tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as problem:
        not_toml(problem, text, sheet, findings)
        return None
    return _sorted_out(values, _lines_of(text), sheet, findings)


WITHOUT_MARKS = 'a text lacks its quotation marks, or a name its value: title = "Harbour guard"'


def not_toml(problem: Exception, text: str, sheet: Sheet, findings: Collected, *, maybe: str = WITHOUT_MARKS) -> None:
    """Add a finding for a text that is not TOML, with the line where it stops being so."""
    words = str(problem)
    if isinstance(problem, RecursionError):
        words = "it is nested too deeply"
    elif not isinstance(problem, tomllib.TOMLDecodeError):
        words = "a number or a date in it is none"
    place = _AT_LINE.search(words)
    at_the_end = words.endswith(_AT_END)
    words = _AT_LINE.sub("", words).removesuffix(_AT_END)
    line, at = (int(place[1]), f", at column {place[2]}") if place else (None, "")
    if at_the_end:
        line = text.rstrip().count("\n") + 1
    if section := _TWICE.fullmatch(words):
        words, maybe = f"the section [{section[1]}] stands there twice", "put its settings together"
    elif words == "Cannot overwrite a value":
        words, maybe = "a setting stands there twice", "delete one of the two"
    findings.add("toml", sheet, f"is not TOML{at}: {shown_words(words)}.", line=line, maybe=maybe)


def shown_words(words: str) -> str:
    """Return the words of another program with nothing in them that a terminal would obey, first letter small."""
    safe = shown(words[:200])[1:-1] if not words.isprintable() else words[:200]
    return safe[:1].lower() + safe[1:].rstrip(".")


def _lines_of(text: str) -> dict[tuple[str, str], int]:
    """Return the line on which each setting seems to stand, by section and name."""
    lines: dict[tuple[str, str], int] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _SECTION.match(line):
            section = found[1]
            lines.setdefault(("", section), number)
        elif found := _KEY.match(line):
            place = (found[1], found[2]) if found[2] and not section else (section, found[1])
            lines.setdefault(place, number)
            lines.setdefault(("", place[0]), number)
    return lines


def _sorted_out(values: dict[str, Any], lines: dict[tuple[str, str], int], sheet: Sheet, findings: Collected) -> RawSettings:
    raw = RawSettings()
    for name, value in values.items():
        if name not in ("defaults", "remove"):
            if not (isinstance(value, str) and value.strip() == ""):  # blank is absence
                raw.own[name] = Given(value, sheet, lines.get(("", name)))
        elif isinstance(value, dict):
            target = raw.defaults if name == "defaults" else raw.remove
            target.update({key: Given(part, sheet, lines.get((name, key))) for key, part in value.items()})
        else:
            findings.add(
                "section",
                sheet,
                f"must be a section: a line [{name}], and its settings below.",
                line=lines.get(("", name)),
                column=name,
            )
    return raw


def settings_of_grid(grid: Grid, findings: Collected) -> RawSettings:
    """Return the settings of a workbook's sheet ``scenario``: a name and a value in each row."""
    raw = RawSettings()
    lines_told = {line for line, _ in grid.told}
    # Some write no header above the settings; the first of them then stands in its place.
    headless = grid.header[0].partition(".")[0] in columns_of(Settings)
    for line, cells in [(grid.header_line, list(grid.header)), *grid.rows] if headless else grid.rows:
        name, value = cells[0].strip(), cells[1] if len(cells) > 1 else ""
        if line in lines_told:
            raw.told.add(name)
            continue
        if not name or not value.strip():
            continue
        if trouble := unreadable(value):
            raw.told.add(name)
            findings.add(trouble.kind, grid.sheet, trouble.what, line=line, column=shown(name)[1:-1], maybe=trouble.maybe)
            continue
        section, _, key = name.partition(".")
        target, own_name = (
            (raw.defaults, key) if section == "defaults" else (raw.remove, key) if section == "remove" else (raw.own, name)
        )
        if own_name in target:
            findings.add(
                "repeated_setting", grid.sheet, f"{shown(name)} stands on line {target[own_name].line} already.", line=line
            )
            continue
        target[own_name] = Given(_split(value) if target is raw.remove else value, grid.sheet, line)
    return raw


def _split(value: str) -> list[str]:
    return [part.strip() for part in value.split(";") if part.strip()]


def start_date_of(raw: RawSettings) -> date | None:
    """Return D-day, if it is given and a date."""
    given = raw.own.get("start_date")
    return _as_date(given.value) if given is not None else None


def _as_date(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date() if value.time() == datetime.min.time() else None
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()[:10]) if isinstance(value, str) and len(value.strip()) in (10, 19) else None
    except ValueError:
        return None


def checked_settings(raw: RawSettings, sheet: Sheet, findings: Collected, *, whole: bool) -> Settings | None:
    """Return the settings, or None and a finding for each that is wrong.

    Parameters
    ----------
    whole : bool
        Whether all settings are known; else what is missing may stand in a scenario that could not be found.
    """
    if not raw.readable:
        return None
    before = findings.error_count
    own = _plain(raw.own, columns_of(Settings), findings)
    terms = _plain(raw.defaults, columns_of(Defaults), findings, section="defaults.")
    if whole:
        _missing(raw, sheet, findings)
    settings = _held_against(Settings, own, raw.own, sheet, findings)
    defaults = _held_against(Defaults, terms, raw.defaults, sheet, findings, section="defaults.")
    if settings is None or defaults is None or findings.error_count > before:
        return None
    settings = settings.model_copy(update={"defaults": defaults, "extends": None})
    return settings if _ends_in_the_calendar(settings, raw, sheet, findings) else None


def _plain(given: dict[str, Given], columns: dict[str, Column], findings: Collected, *, section: str = "") -> dict[str, Any]:
    """Return the known settings with values as pydantic reads them, and add findings for the others."""
    plain: dict[str, Any] = {}
    known = Names(columns)
    for name, setting in given.items():
        if name not in columns:
            nearest = known.nearest(name)
            findings.add(
                "unknown_setting",
                setting.sheet,
                f"{shown(section + name)} is not a setting.",
                line=setting.line,
                nearest=nearest,
                maybe="delete it" if nearest is None or nearest in given else f"write {shown(nearest)}, or delete it",
            )
            continue
        value = _value(setting.value, columns[name])
        if isinstance(value, Trouble):
            findings.add(
                value.kind,
                setting.sheet,
                value.what,
                line=setting.line,
                column=section + name,
                nearest=value.nearest,
                maybe=value.maybe,
            )
        else:
            plain[name] = value
    return plain


def _value(value: Any, column: Column) -> Any:
    """Return a setting as pydantic reads it, or what is wrong with it."""
    if column.kind == "date":
        start = _as_date(value)
        return (
            start
            if start is not None
            else Trouble("start_date", f"{shown(str(value))} is not a date.", None, "write year, month and day: 2026-03-01")
        )
    if column.kind in ("whole", "number"):
        if isinstance(value, (dict, list, bool, date, time)):
            return Trouble("setting_type", f"must be a {KIND_IN_WORDS[column.kind]}, not {_type_in_words(value)}.")
        if isinstance(value, int) and abs(value) > _LARGEST_WHOLE:
            return Trouble("bounds", "the number is far larger than any that is taken.")
        return read_number(str(value), column, decimal_comma=False, start_date=None)
    if not isinstance(value, str):
        return Trouble("setting_type", f"must be a text, not {_type_in_words(value)}.", None, "put it in quotation marks")
    return unreadable(value) or value


def _type_in_words(value: Any) -> str:
    words = {bool: "a yes or no", dict: "a section", list: "a list", date: "a date", datetime: "a date"}
    return words.get(type(value), "a number" if isinstance(value, (int, float)) else "this")


def _missing(raw: RawSettings, sheet: Sheet, findings: Collected) -> None:
    for name, column in columns_of(Settings).items():
        if column.required and name not in raw.own and name not in raw.told:
            findings.add(
                "missing_setting",
                sheet,
                "is missing, but every scenario needs it.",
                column=name,
                maybe=f"write {_EXAMPLES[name]}",
            )


def _held_against(
    settings_class: type[Model],
    values: dict[str, Any],
    given: dict[str, Given],
    sheet: Sheet,
    findings: Collected,
    *,
    section: str = "",
) -> Model | None:
    columns = columns_of(settings_class)
    try:
        return settings_class.model_validate(values)
    except ValidationError as problem:
        for error in problem.errors(include_url=False):
            name = str(error["loc"][0]) if error["loc"] else ""
            if name in columns and name not in values:
                continue  # told already: it is missing, or could not be read
            place = given.get(name, Given(None, sheet))
            if name in columns:
                trouble = trouble_of(dict(error), columns[name], str(place.value))
                findings.add(
                    trouble.kind,
                    place.sheet,
                    trouble.what,
                    line=place.line,
                    column=section + name,
                    nearest=trouble.nearest,
                    maybe=trouble.maybe,
                )
            else:
                # What settings say together stands at the one that is named first.
                words = str(error["msg"]).removeprefix("Value error, ")
                first = next((name for name in columns if words.startswith(name)), "")
                place = given.get(first, Given(None, sheet))
                findings.add("settings", place.sheet, f"{words}.", line=place.line, column=section + first or None)
        return None


def _ends_in_the_calendar(settings: Settings, raw: RawSettings, sheet: Sheet, findings: Collected) -> bool:
    room = (_LATEST - settings.start_date) / timedelta(days=1)
    # Tours may outlast the horizon by one tour and its dwell.
    if settings.horizon_days * 2 < room:
        return True
    given = raw.own.get("start_date", Given(None, sheet))
    findings.add(
        "calendar", given.sheet, f"the plan would run beyond the year {_LATEST.year}.", line=given.line, column="start_date"
    )
    return False


def tables_named(raw: RawSettings, findings: Collected) -> dict[str, list[tuple[str, Given]]]:
    """Return the keys that ``[remove]`` names, by table, with findings for what is no list of keys of a table."""
    known = Names(row_class.table for row_class in TABLES)
    named: dict[str, list[tuple[str, Given]]] = {}
    for table, given in raw.remove.items():
        column = shown(f"remove.{table}")[1:-1]
        if table not in known:
            findings.add(
                "remove_table",
                given.sheet,
                f"{shown(table)} is not a table.",
                line=given.line,
                column=column,
                nearest=known.nearest(table),
            )
            continue
        keys = [given.value] if isinstance(given.value, str) else given.value
        if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
            findings.add(
                "remove_keys",
                given.sheet,
                "must be a list of keys.",
                line=given.line,
                column=column,
                maybe=f'write {table} = ["key", "key"]',
            )
            continue
        named[table] = [(key, given) for key in keys]
    return named
