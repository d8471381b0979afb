"""A package of Office, written so that the same content has the same bytes: members in order, no clock in any of them."""

import re
import zipfile
from datetime import date
from io import BytesIO

PACKED_AT = (1980, 1, 1, 0, 0, 0)
"""Time of each member."""

CORE = "docProps/core.xml"
WHEN = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:(?:created|modified)>)")


def packed_alike(package: bytes, created: date) -> bytes:
    """Return a package anew, with one date for all times in it; packages within it likewise."""
    content, stamp = BytesIO(), f"{created:%Y-%m-%d}T00:00:00Z".encode()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = old.read(name)
            if name == CORE:
                member = WHEN.sub(rb"\g<1>" + stamp + rb"\g<3>", member)
                if b"dcterms:created" not in member:
                    member = _with_dates(member, stamp)
            elif name.endswith((".xlsx", ".pptx")):
                member = packed_alike(member, created)
            info = zipfile.ZipInfo(name, PACKED_AT)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            new.writestr(info, member)
    return content.getvalue()


def _with_dates(core: bytes, stamp: bytes) -> bytes:
    dates = b"".join(
        b"<dcterms:" + kind + b' xsi:type="dcterms:W3CDTF">' + stamp + b"</dcterms:" + kind + b">"
        for kind in (b"created", b"modified")
    )
    head, mark, tail = core.rpartition(b"</cp:coreProperties>")
    return head + dates + mark + tail
