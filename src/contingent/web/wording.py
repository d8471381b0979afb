"""How pages write figures, days and marks beyond what the report does: all as filters of templates."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode

from contingent.report.words import MONTHS, joined, listed, short_date
from contingent.web.shape_words import drawn_shapes, told_shape

SIGNS = {"filled": "●", "partial": "◐", "gap": "○", "over": "▲", "none": "·"}
"""Each state's sign, which says it without the colour."""


def filters() -> dict[str, Callable[..., object]]:
    """Return the filters by the names that templates call them by."""
    return {
        "sign": SIGNS.__getitem__,
        "points": points,
        "stamp": stamp,
        "clock": clock,
        "iso": iso,
        "link": link,
        "joined": joined,
        "listed": listed,
        "differing": lambda row: differing(row.current, row.tried),
        "shapes": lambda both: [told_shape(both[0], both[1]), told_shape(both[1], both[0])],
        "both_drawn": lambda both: drawn_shapes(*both),
    }


def link(target: tuple[str, Mapping[str, object]]) -> str:
    """Return an address with parameters; those that are None or blank are left out.

    >>> link(("/gaps", {"plan": 3, "priority": None}))
    '/gaps?plan=3'
    """
    path, parameters = target
    given = {key: value for key, value in parameters.items() if value not in (None, "")}
    return f"{path}?{urlencode(given)}" if given else path


def points(change: float) -> str:
    """Return a change of a share in percentage points, with its sign.

    >>> points(0.021), points(-0.0004), points(0.0)
    ('+2.1', '−0.0', '0.0')
    """
    text = f"{abs(change) * 100:.1f}"
    return f"+{text}" if change > 0 else f"−{text}" if change < 0 else text


def stamp(when: datetime) -> str:
    """Return a moment as the military date-time group, in UTC.

    >>> stamp(datetime(2026, 11, 22, 14, 2, tzinfo=UTC))
    '221402ZNOV26'
    """
    at = in_utc(when)
    return f"{at.day:02d}{at.hour:02d}{at.minute:02d}Z{MONTHS[at.month - 1].upper()}{at.year % 100:02d}"


def clock(when: datetime) -> str:
    """Return a moment as a reader says it, in UTC.

    >>> clock(datetime(2026, 11, 22, 14, 2, tzinfo=UTC))
    '22 Nov 2026, 14:02 Z'
    """
    at = in_utc(when)
    return f"{short_date(at.date())}, {at.hour:02d}:{at.minute:02d} Z"


def iso(when: datetime) -> str:
    """Return a moment as machines read it."""
    return in_utc(when).isoformat(timespec="seconds")


def in_utc(when: datetime) -> datetime:
    """Return the same moment in UTC; one without a zone is taken to be in UTC already."""
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def differing(now: Mapping[str, str] | None, tried: Mapping[str, str] | None) -> list[tuple[str, str, str]]:
    """Return the columns in which two versions of a row differ, with both values.

    >>> differing({"quantity": "3", "line": "A"}, {"quantity": "4", "line": "A"})
    [('quantity', '3', '4')]
    """
    one, other = now or {}, tried or {}
    names = dict.fromkeys([*one, *other])
    return [(name, one.get(name, ""), other.get(name, "")) for name in names if one.get(name, "") != other.get(name, "")]
