"""Arranging a year: proposed by one person, approved by another, and every promised date recomputed visibly.

Approval is one transaction: the new calendar, the first portion of recomputed appeals, and the trace. What is more than
a portion follows in transactions of its own; whatever interrupts them, `recompute` finds what is left (CLK-3, CLK-5).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.accounts.types import Actor
from models.audit.commands import append
from models.handling import recalculation
from models.handling.commands import recalculate_some
from models.handling.recalculation import PORTION
from models.workdays import commands
from models.workdays.commands import ImportResult
from models.workdays.queries import load_calendar
from models.workdays.tables import ArrangementRow
from models.workdays.types import MarkedDay


@dataclass(frozen=True)
class Approved:
    """The calendar version that came into force, and how many appeals were recomputed with it at once."""

    version: int
    moved: int


def propose(
    session: Session, days: Sequence[MarkedDay], *, actor: Actor, now: datetime, text: str = ""
) -> ArrangementRow:
    row = commands.propose(session, days, actor=actor, at=now, text=text)
    _trace(session, row, "propose", actor, now, {"base_version": row.base_version, "days": len(days)})
    return row


def approve(
    session: Session, row: ArrangementRow, *, actor: Actor, now: datetime, limit: int = PORTION
) -> Approved:
    version = commands.approve(session, row, actor=actor, at=now)
    moved = recompute(session, now=now, limit=limit)
    _trace(session, row, "approve", actor, now, {"version": version, "recomputed": moved})
    return Approved(version, moved)


def refuse(session: Session, row: ArrangementRow, *, actor: Actor, now: datetime, reason: str) -> None:
    commands.refuse(session, row, actor=actor, at=now, reason=reason)
    _trace(session, row, "refuse", actor, now, {"base_version": row.base_version})


def withdraw(session: Session, row: ArrangementRow, *, actor: Actor, now: datetime) -> None:
    commands.withdraw(session, row, actor=actor, at=now)
    _trace(session, row, "withdraw", actor, now, {"base_version": row.base_version})


def import_at_once(session: Session, days: Sequence[MarkedDay], *, now: datetime) -> tuple[ImportResult, int]:
    """By the operator of the host. The first portion is recomputed with it, as after an approval."""
    result = commands.import_arrangement(session, days, at=now)
    years = ",".join(map(str, result.days_by_year))
    append(
        session, at=now, actor_id=None, action="calendar.import", object_kind="calendar", object_id=years[:40],
        facts={"version": result.version, "days_by_year": dict(result.days_by_year)},
    )
    return result, recompute(session, now=now)


def recompute(session: Session, *, now: datetime, limit: int = PORTION) -> int:
    """One portion of what does not follow the calendar in force yet. Returns how many appeals; 0 when all do."""
    calendar = load_calendar(session)
    found = recalculation.portion(session, calendar, limit=limit)
    return recalculate_some(session, found, now=now, calendar=calendar)


def _trace(
    session: Session, row: ArrangementRow, act: str, actor: Actor, now: datetime, facts: dict[str, object]
) -> None:
    append(
        session, at=now, actor_id=actor.account_id, action=f"calendar.{act}", object_kind="calendar",
        object_id=row.uid, facts={"years": list(row.year_numbers), **facts},
    )
