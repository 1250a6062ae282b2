"""The slips that the ladder issues (三单一函, 约谈通知书), in the transaction of the record or act that causes them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import SYSTEM
from models.appeals.free_text import masked
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind
from models.errors import Refused
from models.handling.commands import Act
from models.handling.types import STAGE_LABELS, Stage
from models.slips import commands as slips
from models.slips.facts import transfer_source
from models.slips.interview_notice import InterviewFacts
from models.slips.kinds import SLIP_LABELS, SlipKind, SlipStatus
from models.slips.registering import Letterhead
from models.slips.reminder import ReminderFacts
from models.slips.supervision_order import EarlierSlip, SupervisionFacts
from models.slips.tables import Slip
from models.slips.transfer_letter import TransferFacts
from models.slips.voiding import void
from models.supervision.ladder_queries import appeal_of, counts_of_appeal, standing
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import GROUND_LABELS, RecordAction, RecordKind
from models.workdays.rules import due_date, local_day, workdays_between

SIGNS_ITSELF = replace(SYSTEM, display_name="系统自动")
"""Whom a slip names as its signer when no person was asked."""
EARLIER = (SlipKind.DISPATCH_ORDER, SlipKind.REMINDER, SlipKind.SUPERVISION_ORDER)
VOID_REASON = "督办记录已撤销"


@dataclass(frozen=True)
class Occasion:
    """What causes a slip: the record, its unit and appeal, and the facts of the act, if it was one."""

    record: SupervisionRecord
    unit: Unit
    appeal: Appeal | None
    act: Act
    facts: dict[str, Any]


def accompany(
    session: Session, record: SupervisionRecord, action: RecordAction, act: Act, facts: dict[str, Any],
    letterhead: Letterhead,
) -> Slip | None:
    """The slip that goes with this act on a record, if one does; its number is kept with the record. A revoked record
    takes its slip out of force.
    """
    kind, read = SLIPS.get((record.kind, action), (None, None))
    if action is RecordAction.REVOKE and record.slip_id is not None:
        _take_back(session, session.get_one(Slip, record.slip_id), act)
    if kind is None or read is None:
        return None
    appeal = appeal_of(session, record)
    occasion = Occasion(record, session.get_one(Unit, record.unit_id), appeal, _signed(act), facts)
    content = read(session, occasion)
    to = unit_by_name(session, record.recipient) if kind is SlipKind.TRANSFER_LETTER else occasion.unit
    slip = slips.issue(session, kind, content, occasion.act, letterhead, appeal=appeal, unit=to)
    record.slip_id = slip.id
    return slip


def _signed(act: Act) -> Act:
    return act if act.actor.account_id is not None else replace(act, actor=SIGNS_ITSELF)


def _take_back(session: Session, slip: Slip, act: Act) -> None:
    if slip.status is not SlipStatus.VOID:
        void(session, slip, act, reason=VOID_REASON)


def _subject(occasion: Occasion) -> str:
    """In a confidential matter and in a report without telephone numbers and announced names."""
    appeal = occasion.appeal
    if appeal is None:
        return GROUND_LABELS[occasion.record.ground]
    is_sealed = appeal.is_confidential or appeal.kind is AppealKind.REPORT
    return masked(appeal.title, None).text if is_sealed else appeal.title


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _reasons(record: SupervisionRecord) -> tuple[str, ...]:
    return (GROUND_LABELS[record.ground], *_lines(record.grounds))


# ---------------------------------------------------------------- what each says


def _reminder(session: Session, occasion: Occasion) -> ReminderFacts:
    """Of the promise that was missed; by hand, of the one that is due first. Nothing is urged that is done."""
    record, appeal, act = occasion.record, occasion.appeal, occasion.act
    stage, due_on = (record.stage, record.promised_on) if record.stage is not None else _next(appeal)
    if appeal is None or appeal.id is None or appeal.dispatched_on is None or stage is None or due_on is None:
        raise Refused("nothing_to_remind_of")
    today = local_day(act.now)
    order = slips_of(session, appeal, (SlipKind.DISPATCH_ORDER,))
    return ReminderFacts(
        appeal.number, _subject(occasion), slips.number_of(order[-1]) if order else "", appeal.dispatched_on,
        STAGE_LABELS[stage], due_on, max(0, workdays_between(due_on, today, act.calendar)),
        counts_of_appeal(session, appeal.id)[RecordKind.REMINDER_SLIP], due_date(today, 1, act.calendar).due_on,
    )


def _next(appeal: Appeal | None) -> tuple[Stage | None, date | None]:
    if appeal is None or appeal.next_stage is None:
        return None, None
    return Stage(appeal.next_stage), appeal.next_due_on


def _order(session: Session, occasion: Occasion) -> SupervisionFacts:
    record, appeal = occasion.record, occasion.appeal
    contest_by = standing(session, record, occasion.act.calendar).contest_until
    assert record.due_on is not None and contest_by is not None
    earlier = slips_of(session, appeal, EARLIER) if appeal is not None else []
    return SupervisionFacts(
        _subject(occasion), _reasons(record), _lines(record.demand), record.due_on, record.responsible,
        contest_by, appeal.number if appeal is not None else "",
        tuple(EarlierSlip(SLIP_LABELS[one.kind], slips.number_of(one), one.issued_on) for one in earlier),
    )


def _transfer(session: Session, occasion: Occasion) -> TransferFacts:
    record = occasion.record
    if occasion.appeal is None:
        raise Refused("record_needs_appeal")
    return TransferFacts(
        record.recipient, _subject(occasion), transfer_source(occasion.appeal), record.demand,
        _lines(record.annexes), opinion=record.grounds,
    )


def _notice(session: Session, occasion: Occasion) -> InterviewFacts:
    facts = occasion.facts
    return InterviewFacts(
        occasion.record.responsible or facts["attend"], _reasons(occasion.record), facts["held_on"], facts["held_at"],
        facts["place"], _lines(facts["bring"]),
    )


Read = Callable[[Session, Occasion], Any]
SLIPS: dict[tuple[RecordKind, RecordAction], tuple[SlipKind, Read]] = {
    (RecordKind.REMINDER_SLIP, RecordAction.ISSUE): (SlipKind.REMINDER, _reminder),
    (RecordKind.SUPERVISION_ORDER, RecordAction.ISSUE): (SlipKind.SUPERVISION_ORDER, _order),
    (RecordKind.TRANSFER, RecordAction.ISSUE): (SlipKind.TRANSFER_LETTER, _transfer),
    (RecordKind.INTERVIEW, RecordAction.NOTIFY): (SlipKind.INTERVIEW_NOTICE, _notice),
}
"""Which act on which record prints. Everything else is told on the pages alone."""


def slips_of(session: Session, appeal: Appeal, kinds: tuple[SlipKind, ...]) -> list[Slip]:
    """Valid slips of the appeal, the first issued first. For the house's own use."""
    statement = select(Slip).where(
        col(Slip.appeal_id) == appeal.id, col(Slip.kind).in_(sorted(kinds)), col(Slip.status) == SlipStatus.ISSUED
    )
    return list(session.exec(statement.order_by(col(Slip.id))).all())
