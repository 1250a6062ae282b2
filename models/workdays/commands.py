"""Writing the office's calendar: one person proposes an arrangement, another puts it in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.errors import Conflict, Refused
from models.workdays import arrangement_rules as rules
from models.workdays.notice import LineNote, incomplete_years
from models.workdays.queries import calendar_version, open_proposals
from models.workdays.tables import ArrangementDay, ArrangementRow
from models.workdays.types import ArrangementStatus, DayKind, MarkedDay


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import brought: marked days by year, and the calendar's new version."""

    days_by_year: Mapping[int, int]
    version: int


def import_arrangement(session: Session, days: Sequence[MarkedDay], *, at: datetime) -> ImportResult:
    """Puts an arrangement in force at once: the operator of the host has no second person beside him. The whole years
    these days lie in are arranged anew; other years, and every earlier calendar, stay.

    Due dates already promised do not move by this (CLK-3): recomputing them is an act of its own.
    `Refused("arrangement_unsound", problems=…)` for no days, a date twice or an incomplete year.
    """
    _require_sound(days)
    row = _propose(session, days, by=None, at=at, text="")
    version = _put_in_force(session, row, by=None, at=at)
    return ImportResult({year: sum(day.on.year == year for day in days) for year in row.year_numbers}, version)


def propose(
    session: Session, days: Sequence[MarkedDay], *, actor: Actor, at: datetime, text: str = ""
) -> ArrangementRow:
    """An arrangement waits for a second person; nothing counts by it yet. Refuses as `import_arrangement` does."""
    _refuse(rules.refused_to_propose(actor))
    _require_sound(days)
    return _propose(session, days, by=actor.account_id, at=at, text=text)


def approve(session: Session, row: ArrangementRow, *, actor: Actor, at: datetime) -> int:
    """Puts a proposal in force, by somebody else than who proposed it. Returns the new calendar version.
    `Conflict("arrangement_stale")` when another came into force since, `Conflict("arrangement_decided")`.
    """
    _require_open(session, row)
    _refuse(rules.refused_to_decide(actor, row.proposed_by_id))
    return _put_in_force(session, row, by=actor.account_id, at=at)


def refuse(session: Session, row: ArrangementRow, *, actor: Actor, at: datetime, reason: str) -> None:
    _require_open(session, row)
    _refuse(rules.refused_to_decide(actor, row.proposed_by_id))
    _close(session, row, ArrangementStatus.REFUSED, by=actor.account_id, at=at, reason=reason)


def withdraw(session: Session, row: ArrangementRow, *, actor: Actor, at: datetime) -> None:
    _require_open(session, row)
    _refuse(rules.refused_to_withdraw(actor, row.proposed_by_id))
    _close(session, row, ArrangementStatus.WITHDRAWN, by=actor.account_id, at=at)


def _propose(
    session: Session, days: Sequence[MarkedDay], *, by: int | None, at: datetime, text: str
) -> ArrangementRow:
    source = "；".join(dict.fromkeys(day.source for day in days))
    years = ",".join(map(str, sorted({day.on.year for day in days})))
    row = ArrangementRow(
        status=ArrangementStatus.PROPOSED, base_version=calendar_version(session), years=years, source=source[:400],
        text=text, proposed_by_id=by, proposed_at=at,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all(
        ArrangementDay(arrangement_id=row.id, on=day.on, kind=day.kind, name=day.name, source=day.source)
        for day in days
    )
    session.flush()
    return row


def _put_in_force(session: Session, row: ArrangementRow, *, by: int | None, at: datetime) -> int:
    """What others proposed for the calendar that is replaced goes stale with it."""
    row.version = row.base_version + 1
    _close(session, row, ArrangementStatus.IN_FORCE, by=by, at=at)
    for other in open_proposals(session):
        _close(session, other, ArrangementStatus.STALE, by=None, at=at)
    return row.version


def _close(
    session: Session, row: ArrangementRow, status: ArrangementStatus, *, by: int | None, at: datetime, reason: str = ""
) -> None:
    row.status, row.decided_by_id, row.decided_at, row.reason = status, by, at, reason
    session.add(row)
    session.flush()


def _require_open(session: Session, row: ArrangementRow) -> None:
    """Two who decide at once wait here for each other: the second sees what the first did."""
    newest = select(ArrangementRow.id).where(col(ArrangementRow.version).is_not(None))
    session.exec(newest.order_by(col(ArrangementRow.version).desc()).limit(1).with_for_update()).all()
    session.refresh(row)
    if code := rules.conflict(row.status, row.base_version, calendar_version(session)):
        raise Conflict(code)


def _refuse(code: str | None) -> None:
    if code is not None:
        raise Refused(code)


def _require_sound(days: Sequence[MarkedDay]) -> None:
    faults = [] if days else ["没有任何日期"]
    if len({day.on for day in days}) < len(days):
        faults.append("同一日期出现了两次")
    off = [day.on for day in days if day.kind is DayKind.OFF]
    faults += incomplete_years({day.on.year for day in days}, off)
    if faults:
        raise Refused("arrangement_unsound", problems=tuple(LineNote(0, fault) for fault in faults))
