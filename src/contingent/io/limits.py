"""How large an input may be. What is larger is refused before it is read, so that no file can exhaust the machine."""

MEBIBYTE = 2**20

LARGEST_TABLE = 64 * MEBIBYTE
"""Largest CSV file of one table. Thirty thousand offers with every column filled are some 6 MiB. [bytes]"""

LARGEST_SETTINGS = 1 * MEBIBYTE
"""Largest scenario.toml. [bytes]"""

LARGEST_WORKBOOK = 64 * MEBIBYTE
"""Largest workbook as it lies on the disk, packed. [bytes]"""

LARGEST_DATABASE = 512 * MEBIBYTE
"""Largest SQLite file or GeoPackage. [bytes]"""

LARGEST_RECORD = 16 * MEBIBYTE
"""Largest row of an SQLite file or GeoPackage; a shape is one. [bytes]"""

LARGEST_UNPACKED = 512 * MEBIBYTE
"""Most that all parts of a workbook may take up together once they are unpacked. [bytes]"""

MOST_PARTS = 2_000
"""Most files inside a workbook."""

LARGEST_PACKING_RATIO = 250
"""Largest ratio of unpacked to packed size of a part above `RATIO_FROM`. A table of real rows packs by 5 to 40. [-]"""

RATIO_FROM = 8 * MEBIBYTE
"""Parts smaller than this may be packed as tightly as they like: empty sheets are. [bytes]"""

MOST_ROWS = 500_000
"""Most rows of one table."""

MOST_COLUMNS = 500
"""Most columns of one table, known or not."""

MOST_CELLS = 20_000_000
"""Most cells between the first and the last cell of a sheet, empty ones included: they are all held in memory."""

MOST_TABLES = 500
"""Most tables of an SQLite file or GeoPackage, known or not."""

MOST_STEPS = 600_000_000
"""Most steps that SQLite takes over one file; a large scenario takes some five million. [instructions]"""

MOST_CELLS_OF_FILE = 3 * MOST_CELLS
"""Most cells of all tables of an SQLite file together, empty ones included."""

LONGEST_CELL = 32_767
"""Longest text of one cell, the limit of Excel. [characters]"""

DEEPEST_EXTENDS = 20
"""Most scenarios laid over one another."""

MOST_ALIKE = 20
"""Findings of one kind in one column that are told one by one; more are told as one, with their number."""
