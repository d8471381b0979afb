"""A conference in a database: rows as they are written, an audit of every change, plans, jobs, incidents and accounts.

`Conference` is the one door: whatever changes goes through it in one transaction, with its entries in the audit. Works on SQLite
and PostgreSQL alike; several processes may use one conference at once. Public names are loaded when they are first used.

    conference   the door
    book         rows in memory, and what an edit would make of them
    audit        the chain of entries, and its proof
    looking      all of it at one moment, read once for all that ask
    plans, jobs, incidents, versions, remarks, accounts     what else is kept
    exchange     out to folders and workbooks, and back in
    dump         the whole of it, from one database to another
    database, schema, migrations, tables           how it lies in the database
"""

from typing import TYPE_CHECKING

from contingent.loading import on_first_use

if TYPE_CHECKING:
    from contingent.store.conference import Conference
    from contingent.store.database import Database, database_beside
    from contingent.store.dump import backup, restore
    from contingent.store.faults import (
        BadBackup,
        Conflict,
        ConflictingRow,
        LostJob,
        NameTaken,
        NoConference,
        NotOneself,
        OtherSchema,
        Refused,
        UnknownNumber,
        Unusable,
    )
    from contingent.store.looking import Look
    from contingent.store.plans import StoredPlan
    from contingent.store.records import (
        ACCEPTED_RISKS,
        NOTES,
        REMARK_TABLES,
        AcceptedRisk,
        Actor,
        AuditEntry,
        Change,
        Differences,
        Edit,
        Incident,
        Job,
        Note,
        Preview,
        RowDifference,
        State,
        StoredRow,
        Version,
    )
    from contingent.store.retention import Pruned, Retention
    from contingent.store.schema import upgrade

__all__ = [
    "ACCEPTED_RISKS", "NOTES", "REMARK_TABLES", "AcceptedRisk", "Actor", "AuditEntry", "BadBackup", "Change", "Conference",
    "Conflict", "ConflictingRow", "Database", "Differences", "Edit", "Incident", "Job", "Look", "LostJob", "NameTaken",
    "NoConference", "NotOneself", "Note", "OtherSchema", "Preview", "Pruned", "Refused", "Retention", "RowDifference",
    "State", "StoredPlan", "StoredRow", "UnknownNumber", "Unusable", "Version", "backup", "database_beside", "restore",
    "upgrade",
]  # fmt: skip

__getattr__, __dir__ = on_first_use(
    __name__,
    {
        "conference": ("Conference",),
        "database": ("Database", "database_beside"),
        "dump": ("backup", "restore"),
        "faults": (
            "BadBackup", "Conflict", "ConflictingRow", "LostJob", "NameTaken", "NoConference", "NotOneself", "OtherSchema",
            "Refused", "UnknownNumber", "Unusable",
        ),
        "looking": ("Look",),
        "plans": ("StoredPlan",),
        "records": (
            "ACCEPTED_RISKS", "NOTES", "REMARK_TABLES", "AcceptedRisk", "Actor", "AuditEntry", "Change", "Differences",
            "Edit", "Incident", "Job", "Note", "Preview", "RowDifference", "State", "StoredRow", "Version",
        ),
        "retention": ("Pruned", "Retention"),
        "schema": ("upgrade",),
    },
)
