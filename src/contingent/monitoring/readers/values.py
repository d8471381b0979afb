"""Cells of text as times, numbers and words. A cell that cannot be read sets its row aside, with the reason."""

from collections.abc import Collection

import polars as pl

from contingent.findings import Finding, nearest_name
from contingent.monitoring.columns import INCIDENT_COLUMNS, SET_ASIDE_COLUMNS
from contingent.monitoring.readers.cells import LINE, Table, Unreadable
from contingent.monitoring.readers.times import SlashOrder, Times, read_times

DAY_H = 24.0
"""Precision of a day. [h]"""
LONGEST_SHOWN = 200
"""Characters of a cell that are kept in `set_aside`."""


class Values:
    """The columns of one file, and what of it is set aside.

    Parameters
    ----------
    label : str
        The file as the user knows it.
    table : Table
        Its cells.
    zone : str
        IANA name of the time zone of times without an offset.
    slash : {"day_first", "month_first"}, optional
        How 05/01/2027 is meant.
    """

    def __init__(self, label: str, table: Table, *, zone: str, slash: SlashOrder | None) -> None:
        self.label, self._table, self._zone, self._slash = label, table, zone, slash
        self.height = table.cells.height
        self._aside: list[pl.DataFrame] = []

    def has(self, name: str) -> bool:
        """Return whether the file has a column."""
        return name in self._table.cells.columns

    def text(self, *names: str) -> pl.Series:
        """Return the text of the first of these columns that the file has, without blanks around it; null where it is blank."""
        name = next((name for name in names if self.has(name)), None)
        if name is None:
            return pl.Series(names[0], [None], dtype=pl.String).new_from_index(0, self.height)
        stripped = self._table.cells[name].str.strip_chars().alias("text").to_frame()
        return stripped.select(pl.when(pl.col("text") != "").then("text").alias(name)).to_series()

    def number(self, *names: str, least: float | None = None, most: float | None = None) -> pl.Series:
        """Return a column of numbers; what is none, or lies outside the bounds, sets its row aside."""
        text = self.text(*names)
        plain = text.str.replace(",", ".", literal=True) if self._table.decimal_comma else text
        numbers = plain.cast(pl.Float64, strict=False)
        self.reject(text.is_not_null() & ~numbers.is_finite().fill_null(False), text, "is not a number")
        if least is not None:
            self.reject((numbers < least).fill_null(False), text, f"is below {least:g}")
        if most is not None:
            self.reject((numbers > most).fill_null(False), text, f"is above {most:g}")
        return numbers

    def whole(self, *names: str, least: int = 0) -> pl.Series:
        """Return a column of whole numbers; what is none sets its row aside."""
        numbers = self.number(*names, least=least, most=1e12)
        self.reject((numbers != numbers.floor()).fill_null(False), self.text(*names), "is not a whole number")
        return numbers.cast(pl.Int64, strict=False)

    def time(self, text: pl.Series, *, needed: bool = True) -> Times:
        """Return the times that a column tells; where one is needed and blank or cannot be read, the row is set aside."""
        found = read_times(text, zone=self._zone, slash=self._slash)
        if found.slash_unclear:
            what = "whether days such as 05/06/2027 begin with the day or with the month cannot be told from this file."
            maybe = "say it (day_first or month_first), or write 2027-06-05"
            raise Unreadable(Finding(self.label, what, None, text.name, maybe=maybe))
        unread = found.time.is_null() & text.is_not_null()
        self.reject(unread, text, "is not a date or time that is understood, such as 2027-06-05 or 2027-06-05 14:30")
        if needed:
            self.reject(text.is_null(), text, "no date is given")
        return found

    def word(self, name: str, words: Collection[str]) -> pl.Series:
        """Return a column of words of a closed list, in small letters with underscores; another word sets its row aside."""
        text = self.text(name)
        plain = text.str.to_lowercase().str.replace_all(r"[\s\-]+", "_")
        strange = plain.is_not_null() & ~plain.is_in(list(words))
        for other in text.filter(strange).unique().sort().head(100):
            nearest = nearest_name(other, words)
            hint = f"; nearest: '{nearest}'" if nearest else f"; known: {', '.join(words)}"
            self.reject(strange & (text == other), text, f"is not one of the words that are known here{hint}")
        self.reject(strange, text, "is not one of the words that are known here", unless_told=True)
        return plain

    def position(self, latitude: tuple[str, ...], longitude: tuple[str, ...]) -> tuple[pl.Series, pl.Series]:
        """Return latitudes and longitudes; half a position, or none on earth, sets its row aside. [deg]"""
        north = self.number(*latitude, least=-90.0, most=90.0)
        east = self.number(*longitude, least=-180.0, most=180.0)
        given_north, given_east = self.text(*latitude), self.text(*longitude)
        self.reject(given_north.is_null() & given_east.is_not_null(), given_north, "is blank, but a longitude is given")
        self.reject(given_east.is_null() & given_north.is_not_null(), given_east, "is blank, but a latitude is given")
        nowhere = ((north == 0) & (east == 0)).fill_null(False)
        self.reject(nowhere, given_north, "0 north, 0 east is where a position that is missing ends up; leave both blank")
        return north, east

    def reject(self, mask: pl.Series, text: pl.Series, reason: str, *, unless_told: bool = False) -> None:
        """Set aside the rows of a mask for what a column holds there."""
        if not mask.any():
            return
        told = pl.DataFrame({
            "line": self._table.cells[LINE].filter(mask),
            "column": pl.Series([text.name], dtype=pl.String).new_from_index(0, int(mask.sum())),
            "value": text.filter(mask).str.slice(0, LONGEST_SHOWN),
            "reason": pl.Series([reason], dtype=pl.String).new_from_index(0, int(mask.sum())),
        }, schema=SET_ASIDE_COLUMNS)
        if unless_told and self._aside:
            told = told.join(pl.concat(self._aside), on=["line", "column"], how="anti")
        self._aside.append(told)

    def set_aside(self) -> pl.DataFrame:
        """Return what was set aside, by line: `SET_ASIDE_COLUMNS`."""
        told = pl.concat([self._table.misfits, *self._aside])
        return told.unique(maintain_order=True).sort("line", maintain_order=True)

    def rows_given(self) -> int:
        """Return how many rows the file has, blank ones left out."""
        return self.height + self._table.misfits.height

    def kept(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return the rows of a frame, one for each row of the file, of which no cell was set aside."""
        if not self._aside:
            return frame
        lines = pl.concat(self._aside)["line"].unique()
        return frame.filter(~self._table.cells[LINE].is_in(lines.implode()))

    def same(self, value: object, name: str) -> pl.Series:
        """Return a column that holds one value throughout."""
        return pl.Series(name, [value], dtype=INCIDENT_COLUMNS[name]).new_from_index(0, self.height)


def numbered(keys: pl.Series) -> pl.Series:
    """Return keys with `:2`, `:3` and so on where one stands more than once, in the order of rows.

    Examples
    --------
    >>> numbered(pl.Series(["a", "b", "a"])).to_list()
    ['a', 'b', 'a:2']
    """
    counted = keys.alias("key").to_frame().with_columns(times=pl.int_range(1, pl.len() + 1).over("key"))
    several = pl.col("key") + ":" + pl.col("times").cast(pl.String)
    return counted.select(pl.when(pl.col("times") == 1).then("key").otherwise(several).alias(keys.name)).to_series()
