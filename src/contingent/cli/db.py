"""Looking after the database of a conference: `db status`, `upgrade`, `verify`, `prune`, `backup`, `restore` and `invite`."""

from dataclasses import asdict
from pathlib import Path

import typer

from contingent.cli.endings import FOUND, BadCall
from contingent.cli.screen import findings_told, problems_in, say, write_json
from contingent.cli.wait import waiting
from contingent.store.conference import Conference
from contingent.store.database import Database, database_beside, opened
from contingent.store.dump import backup, restore
from contingent.store.records import SERVER
from contingent.store.schema import newest, refuse_other_schema, upgrade, version_of

_HASH_LENGTH = 64


def place_of(database: str | None, scenario: str) -> str | Path:
    """Return the database that is meant: the one named, else the file beside the scenario."""
    return database if database and database.strip() else database_beside(scenario)


def status_command(database: str | None, scenario: str, *, as_json: bool) -> None:
    """Print what a database holds."""
    place = place_of(database, scenario)
    with opened(place) as found:
        name, version = found.name, found.read(version_of) if found.is_there() else None
        if version != newest():
            refuse_other_schema(found)
    conference = Conference.open(place)
    try:
        head, count = conference.head(), conference.count()
        state = conference.state()
    finally:
        conference.close()
    title = state.scenario.settings.title if state.scenario is not None else None
    if as_json:
        content = {"database": name, "schema": version, "title": title, "seq": head.seq, "hash": head.hash, **count}
        write_json(content)
        return
    say(f"{name}: {title or 'a scenario that cannot be read'}")
    say(f"Tables of version {version}, up to date.")
    say(", ".join(f"{number:,} {what}" for what, number in count.items()) + ".")
    if state.scenario is None:
        say(f"\n{findings_told(state.findings)}")
    say(f"\nLast entry of the history, to be noted elsewhere:\n  {head.seq}:{head.hash}")


def upgrade_command(database: str | None, scenario: str) -> None:
    """Bring the tables up to date."""
    place = place_of(database, scenario)
    with opened(place) as found:
        if not found.is_there():
            refuse_other_schema(found)
        with waiting(f"Bringing {found.name} up to date"):
            before, after = upgrade(found)
        name = found.name
    if before == after:
        say(f"{name} is up to date ({after}).")
    else:
        say(f"{name} is brought up to date: {before or 'empty'} to {after}.")


def verify_command(database: str | None, scenario: str, *, expect: str | None, as_json: bool) -> None:
    """Print what is not as it was written; end with 1 where anything is."""
    expected = None if expect is None else entry_given(expect)
    place = place_of(database, scenario)
    conference = Conference.open(place)
    try:
        name, entries = conference.database.name, conference.count()["entries"]
        with waiting(f"Verifying {name}"):
            findings = conference.verify(expected=expected)
    finally:
        conference.close()
    if as_json:
        write_json({"database": name, "entries": entries, "findings": [asdict(finding) for finding in findings]})
    elif findings:
        say(f"{problems_in(len(findings), name)}\n\n{findings_told(findings)}")
    else:
        say(f"{name}: {entries:,} entries follow one another, and every row, remark, plan and incident is as its entry says.")
    if findings:
        raise typer.Exit(FOUND)


def entry_given(text: str) -> tuple[int, str]:
    """Return an entry as it was noted: number and hash.

    >>> entry_given("12:" + "0" * 64)[0]
    12
    """
    number, _, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != _HASH_LENGTH:
        raise BadCall(f"'{text[:100]}' is not an entry. Maybe copy it from `contingent db status`: number, colon, hash.")
    return int(number), digest.lower()


def prune_command(database: str | None, scenario: str, *, keep: int | None, dry_run: bool, as_json: bool) -> None:
    """Take out old plans and results, or say which would go."""
    conference = Conference.open(place_of(database, scenario))
    try:
        name = conference.database.name
        number = conference.retention.how_many() if keep is None else keep
        found = conference.retention.prune(SERVER, how_many=keep, is_dry=dry_run)
    finally:
        conference.close()
    if as_json:
        write_json({"database": name, "dry_run": dry_run, "keep": number, **asdict(found)})
        return
    if found.is_nothing:
        say(f"{name}: nothing to take out; {f'the last {number:,}' if number else 'all'} plans and results are kept.")
        return
    verb = "Would be taken out" if dry_run else "Taken out"
    say(f"{verb} of {name}, {found.size / 1e6:.1f} MB:")
    for one, many, numbers in (("plan", "plans", found.plans), ("job's files", "files of jobs", found.jobs)):
        if numbers:
            say(f"  {len(numbers):,} {one if len(numbers) == 1 else many}: {', '.join(map(str, numbers))}")


def backup_command(file: Path, database: str | None, scenario: str, *, overwrite: bool) -> None:
    """Write a backup."""
    with waiting(f"Writing {file}"):
        written = backup(place_of(database, scenario), file, overwrite=overwrite)
    say(f"Written: {written}")


def restore_command(file: Path, database: str | None, scenario: str) -> None:
    """Restore a backup."""
    place = place_of(database, scenario)
    with waiting(f"Restoring {file}"):
        seq = restore(file, place)
    say(f"Restored into {Database(place).name}, with a history of {seq:,} entries.")


def invite_command(database: str | None, scenario: str, *, role: str, nation: str | None, address: str) -> None:
    """Print a link by which one account can be made."""
    from contingent.store.conference import utc_now
    from contingent.web.guard.invitations import new_invitation, terms_of
    from contingent.web.settings import Lasting

    conference = Conference.open(place_of(database, scenario))
    try:
        given = conference.state().scenario
        nations = [row.nation for row in given.nations] if given is not None else []
        chosen, country = terms_of(role, nation, nations=nations)
        lasts = Lasting().invitation
        link = new_invitation(conference.accounts, role=chosen, nation=country, by=SERVER, at=utc_now(), lasts=lasts)
    finally:
        conference.close()
    say(f"{address.rstrip('/')}{link}")
    say("Written after the address of the server, it makes one account; it works once, for a week.")
