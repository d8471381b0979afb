"""The Ukraine Support Tracker's workbook, as the Kiel Institute publishes it: the sheet and the columns that are read.

The sheet is one row a sub-activity. Sums are whole units of money, not millions; the value of an activity stands on its first row
only. The workbook has many more columns; they are passed over. References: Kiel Institute for the World Economy, Ukraine Support
Tracker, releases 13 to 28, sheet "Bilateral Assistance, MAIN DATA".
"""

SHEET = "Bilateral Assistance, MAIN DATA"
"""Name of the sheet with one row a sub-activity."""

COLUMNS = (
    "activity_id", "sub_activity_id", "donor", "announcement_date", "month", "measure", "aid_type_general", "aid_type_specific",
    "item_type", "item", "item_numb", "item_numb_deliv", "reporting_currency", "tot_activity_value", "tot_activity_value_EUR",
    "tot_sub_activity_value", "tot_sub_activity_value_EUR", "tot_value_deliv_EUR", "source_1",
)  # fmt: skip
"""Columns that are read and written.

    activity_id, sub_activity_id   the announcement, and the part of it
    donor                          name of the country or institution
    announcement_date, month       day; months from January 2022, which is 1, where no day is known
    measure                        Commitment or Allocation
    aid_type_general, _specific    Military, Humanitarian or Financial; in more words
    item_type, item                group of equipment; what it is
    item_numb, item_numb_deliv     things promised; of them, delivered
    reporting_currency             ISO 4217
    tot_activity_value, _EUR       sum of the whole activity, as announced and in euro
    tot_sub_activity_value, _EUR   sum of this part
    tot_value_deliv_EUR            value of what was delivered
    source_1                       first source; in older releases "Source of Aid 1"
"""

NEEDED = ("activity_id", "donor", "measure", "aid_type_general")
"""Columns without which a sheet is not the tracker's."""

FIRST_SOURCES = ("source_1", "source of aid 1")
"""Names of the column of the first source."""

BLANKS = frozenset({"", ".", "-", "no price", "not given", "none", "n/a", "na", "nan", "unknown", "undisclosed", "not disclosed"})
"""What the workbook writes where nothing is known."""

FIRST_MONTH = (2022, 1)
"""Year and month that `month` counts as 1."""

DONORS = {
    "Australia": "AUS", "Austria": "AUT", "Belgium": "BEL", "Bulgaria": "BGR", "Canada": "CAN", "China": "CHN", "Croatia": "HRV",
    "Cyprus": "CYP", "Czech Republic": "CZE", "Denmark": "DNK", "Estonia": "EST", "Finland": "FIN", "France": "FRA",
    "Germany": "DEU", "Greece": "GRC", "Hungary": "HUN", "Iceland": "ISL", "India": "IND", "Ireland": "IRL", "Italy": "ITA",
    "Japan": "JPN", "Latvia": "LVA", "Lithuania": "LTU", "Luxembourg": "LUX", "Malta": "MLT", "Netherlands": "NLD",
    "New Zealand": "NZL", "Norway": "NOR", "Poland": "POL", "Portugal": "PRT", "Romania": "ROU", "Slovakia": "SVK",
    "Slovenia": "SVN", "South Korea": "KOR", "Spain": "ESP", "Sweden": "SWE", "Switzerland": "CHE", "Taiwan": "TWN",
    "Turkey": "TUR", "United Kingdom": "GBR", "United States": "USA",
}  # fmt: skip
"""ISO 3166 alpha-3 of the donors; institutions keep their names."""
