"""The checks a copy must pass before it is called a backup, and again before it becomes the house (OPS-1)."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlmodel import Session, func, select

from models.appeals.tables import Appeal
from models.audit.queries import verdict
from webapp.backups.refusals import BackupRefused
from webapp.consistency import Kept, problems
from webapp.db import Database

TOLD: Final = 10
"""Problems that are named; the others are counted."""


@dataclass(frozen=True)
class Counts:
    """What a sound copy holds."""

    appeals: int
    audit_rows: int


def require_whole(database: Database) -> None:
    """The engine's own checks. PostgreSQL has verified its constraints while the dump was read back."""
    if database.engine.dialect.name != "sqlite":
        return
    with database.engine.connect() as connection:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check(5)"))]
        broken = connection.execute(text("PRAGMA foreign_key_check")).first()
    if found != ["ok"] or broken is not None:
        told = "；".join(found) if broken is None else f"foreign_key_check {broken[0]}"
        raise BackupRefused("backup_copy_damaged", told=told)


def require_chain(session: Session, audit_key: bytes) -> int:
    """`audit verify`; the number of rows."""
    found = verdict(session, audit_key)
    if found.kind != "ok":
        raise BackupRefused("backup_audit_damaged", kind=found.kind, seq=found.seq)
    return found.count


def require_consistent(session: Session, kept: Kept) -> None:
    """`flask check`."""
    found = problems(session, kept)
    if found:
        raise BackupRefused("backup_problems", count=len(found), told="\n".join(found[:TOLD]))


def counts(session: Session, audit_key: bytes) -> Counts:
    appeals = session.exec(select(func.count()).select_from(Appeal)).one()
    return Counts(appeals, require_chain(session, audit_key))
