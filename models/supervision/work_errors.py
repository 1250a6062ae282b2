"""The acts on the register of work errors. Each writes event, entry and audit row in the caller's one transaction; none
commits. Whoever calls holds the entry's row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, func, select

from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals import numbers
from models.appeals.reveal_rules import names_somebody
from models.appeals.types import StoredFile
from models.audit.commands import append
from models.base import plain
from models.errors import Conflict, Refused
from models.supervision import work_error_rules as rules
from models.supervision.work_error_queries import as_event, stored
from models.supervision.work_error_tables import WorkError, WorkErrorEvent, WorkErrorFile
from models.supervision.work_error_types import Entry, Finding, Happened, RevokeReason, Status
from models.workdays.rules import local_day

SERIES = "work_error"
MOST_FILES = 10
"""Pieces of evidence of one entry."""


@dataclass(frozen=True)
class Act:
    """Who acts and when. `expected_version`: the entry's version that the form was made from."""

    actor: Actor
    now: datetime
    expected_version: int | None = None


def number_text(error: WorkError) -> str:
    """错情〔2026〕12号."""
    return f"错情〔{error.year}〕{error.number}号"


def register(session: Session, unit: Unit, finding: Finding, act: Act) -> WorkError:
    """Raises `Refused`: not by their role or for their own unit, or an entry that the law does not allow so."""
    _permit(rules.refused_to_keep(act.actor, unit.path))
    if not unit.is_active:
        raise Refused("unit_not_in_use")
    _check(finding, act)
    assert unit.id is not None and act.actor.account_id is not None
    year = local_day(act.now).year
    error = WorkError(
        year=year, number=numbers.take(session, SERIES, year), unit_id=unit.id, registrar_id=act.actor.account_id,
        registrar_role=rules.role_of_keeper(act.actor), registered_at=act.now, occurred_on=finding.occurred_on,
        content=finding.content, source=finding.source, grade=finding.grade,
        circumstances=[one.value for one in finding.circumstances], basis=finding.basis,
        accountability=finding.accountability, appeal_id=finding.appeal_id, graded_at=act.now,
        graded_on=local_day(act.now),
    )
    session.add(error)
    session.flush()
    _record(session, error, Happened.REGISTER, act, rules.role_of_keeper(act.actor), finding=finding)
    return error


def change(session: Session, error: WorkError, unit: Unit, finding: Finding, act: Act, *, reason: str) -> Happened:
    """Grades anew or corrects what is written; says which. A lighter grade is for a second person."""
    entry = _entry(session, error, act)
    _permit(rules.refused_to_keep(act.actor, unit.path) or rules.refused_to_change(act.actor, entry, finding))
    _check(finding, act)
    _check_words(reason)
    happened = rules.happened(entry.finding, finding)
    _record(session, error, happened, act, rules.role_of_keeper(act.actor), finding=finding, reason=reason)
    return happened


def revoke(session: Session, error: WorkError, unit: Unit, code: RevokeReason, act: Act, *, reason: str) -> None:
    """Takes the entry off the account, for good: it stays on the register with who and why."""
    entry = _entry(session, error, act)
    _permit(rules.refused_to_keep(act.actor, unit.path) or rules.refused_to_revoke(act.actor, entry))
    _check_words(reason)
    _record(session, error, Happened.REVOKE, act, rules.role_of_keeper(act.actor), reason=reason, code=code)


def answer(session: Session, error: WorkError, act: Act, *, words: str) -> None:
    """The unit's explanation, once. It changes nothing of the entry."""
    entry = _entry(session, error, act)
    _permit(rules.refused_to_answer(act.actor, error.unit_id, entry))
    _check_words(words)
    _record(session, error, Happened.ANSWER, act, Role.APPROVER, reason=words)


def add_file(session: Session, error: WorkError, unit: Unit, file: StoredFile, act: Act) -> WorkErrorFile:
    """Evidence beside the entry; what it says stays as it is. The caller holds the entry's row."""
    _permit(rules.refused_to_keep(act.actor, unit.path))
    if error.status is Status.REVOKED:
        raise Refused("work_error_revoked")
    assert error.id is not None and act.actor.account_id is not None
    number = session.exec(select(func.count()).where(col(WorkErrorFile.error_id) == error.id)).one() + 1
    if number > MOST_FILES:
        raise Refused("too_much_evidence", most=MOST_FILES)
    row = WorkErrorFile(
        error_id=error.id, no=number, stored_name=file.stored_name, display_name=file.display_name, kind=file.kind,
        size=file.size, sha256=file.sha256, derivative_name=file.derivative_name,
        derivative_sha256=file.derivative_sha256, derivative_size=file.derivative_size, warning=file.warning,
        added_at=act.now, added_by_id=act.actor.account_id, added_by_name=act.actor.display_name,
    )
    session.add(row)
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="work_error.file", object_kind="work_error",
        object_id=error.uid, facts={"no": number, "sha256": file.sha256},
    )
    return row


def _entry(session: Session, error: WorkError, act: Act) -> Entry:
    if act.expected_version is not None and act.expected_version != error.version:
        raise Conflict("work_error_changed_meanwhile", expected=act.expected_version, found=error.version)
    return stored(error)


def _permit(refusal: str | None) -> None:
    if refusal is not None:
        raise Refused(refusal)


def _check(finding: Finding, act: Act) -> None:
    rules.require(finding, local_day(act.now))
    for text in (finding.content, finding.basis, finding.accountability):
        _check_words(text)


def _check_words(text: str) -> None:
    """The unit reads what stands here, and reports print it: no telephone, identity card or credit code in it."""
    if names_somebody(text):
        raise Refused("work_error_words_identify")


def _record(
    session: Session, error: WorkError, happened: Happened, act: Act, role: Role, *, finding: Finding | None = None,
    reason: str = "", code: RevokeReason | None = None,
) -> None:
    """Event, entry and trace."""
    assert error.id is not None and act.actor.account_id is not None
    event = WorkErrorEvent(
        error_id=error.id, seq=error.version + (happened is not Happened.REGISTER), happened=happened, at=act.now,
        actor_id=act.actor.account_id, actor_name=act.actor.display_name, role=role, said=_said(finding),
        reason=reason, code=code,
    )
    _project(error, rules.apply(stored(error), as_event(event)))
    session.add_all([event, error])
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=f"work_error.{happened.value}",
        object_kind="work_error", object_id=error.uid, facts={"grade": error.grade, "seq": event.seq},
    )


def _said(finding: Finding | None) -> dict[str, Any]:
    """The finding as an event keeps it."""
    if finding is None:
        return {}
    said: dict[str, Any] = plain(
        {
            "occurred_on": finding.occurred_on, "content": finding.content, "source": finding.source,
            "grade": finding.grade, "circumstances": finding.circumstances, "basis": finding.basis,
            "accountability": finding.accountability, "appeal_id": finding.appeal_id,
        }
    )
    return said


def _project(error: WorkError, entry: Entry) -> None:
    finding = entry.finding
    error.occurred_on, error.content, error.source = finding.occurred_on, finding.content, finding.source
    error.grade, error.circumstances = finding.grade, [one.value for one in finding.circumstances]
    error.basis, error.accountability, error.appeal_id = finding.basis, finding.accountability, finding.appeal_id
    error.status, error.is_answered, error.version = entry.status, entry.is_answered, entry.version
    error.graded_at, error.graded_on = entry.graded_at, local_day(entry.graded_at)
