"""A folder as one file: a zip archive of which the same files give the same bytes."""

import io
import zipfile
from pathlib import Path

ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of every file of an archive."""


def packed_folder(folder: Path) -> bytes:
    """Return the files of a folder, and of those in it, as one archive."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    return content.getvalue()
