"""Issuing slips, and keeping what was printed. The door for every other area.

`issue` is for whoever has the facts: `issue(session, SlipKind.REMINDER, ReminderFacts(…), act, letterhead,
appeal=appeal)`. The facts of each kind stand in its module (`models.slips.reminder` …); `issue_of_appeal` reads them
from the appeal. Number, row and audit entry are written in the caller's transaction; nothing is committed here.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import Session

from models.accounts.tables import Unit
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling import queries as handling
from models.handling.commands import Act
from models.handling.concerned import check_unit, linked
from models.handling.types import LinkKind, ReplyKind
from models.slips import (
    decline_notice,
    dispatch_order,
    facts,
    handling_report,
    interview_notice,
    rating_bulletin,
    reminder,
    supervision_order,
    transfer_letter,
)
from models.slips.concern import check_neutral
from models.slips.kinds import SPECS, Addressee, SlipKind
from models.slips.paper import Body, Paper
from models.slips.queries import locked, valid_of_appeal
from models.slips.registering import (
    UNNUMBERED,
    Issue,
    Letterhead,
    Place,
    enter,
    number_of,
    number_text,
    verification_code,
)
from models.slips.reply import (
    UNDECIDED,
    Said,
    issue_reply_slip,
    preview_draft,
    preview_reply,
    publish_reply,
)
from models.slips.tables import Slip
from models.slips.wording import Wording
from models.slips.wordings import current
from models.workdays.rules import local_day

__all__ = [
    "UNDECIDED", "UNNUMBERED", "Letterhead", "Said", "issue", "issue_of_appeal", "issue_reply_slip", "keep_pdf",
    "number_of", "number_text", "preview", "preview_draft", "preview_of_appeal", "preview_reply", "publish_reply",
    "verification_code",
]  # fmt: skip

Facts = (
    dispatch_order.DispatchFacts | reminder.ReminderFacts | supervision_order.SupervisionFacts
    | transfer_letter.TransferFacts | decline_notice.DeclineFacts | handling_report.ReportFacts
    | interview_notice.InterviewFacts | rating_bulletin.BulletinFacts
)  # fmt: skip
Build = Callable[[Any, str, Wording], Body]
BUILDERS: Mapping[SlipKind, tuple[type, Build]] = {
    SlipKind.DISPATCH_ORDER: (dispatch_order.DispatchFacts, dispatch_order.build),
    SlipKind.REMINDER: (reminder.ReminderFacts, reminder.build),
    SlipKind.SUPERVISION_ORDER: (supervision_order.SupervisionFacts, supervision_order.build),
    SlipKind.TRANSFER_LETTER: (transfer_letter.TransferFacts, transfer_letter.build),
    SlipKind.DECLINE_NOTICE: (decline_notice.DeclineFacts, decline_notice.build),
    SlipKind.HANDLING_REPORT: (handling_report.ReportFacts, handling_report.build),
    SlipKind.INTERVIEW_NOTICE: (interview_notice.InterviewFacts, interview_notice.build),
    SlipKind.RATING_BULLETIN: (rating_bulletin.BulletinFacts, rating_bulletin.build),
}
"""Facts and builder of every kind that is made of blocks; the reply has a content of its own."""
EVERY_UNIT = "各有关单位"
READERS: Mapping[SlipKind, Callable[[Session, Appeal], Any]] = {
    SlipKind.DISPATCH_ORDER: facts.dispatch_facts, SlipKind.DECLINE_NOTICE: facts.decline_facts,
    SlipKind.HANDLING_REPORT: facts.report_facts,
}


def issue(
    session: Session, kind: SlipKind, content: Facts, act: Act, letterhead: Letterhead, *,
    appeal: Appeal | None = None, unit: Unit | None = None, reviewer: str = "", replaces: Slip | None = None,
) -> Slip:
    """A slip of this kind with these facts, of an appeal, to a unit, or both. What goes to a unit goes to the lead
    unit of the appeal unless `unit` says another; a report never goes to whom it accuses (`Refused`).

    `reviewer` is the name of whoever reviewed what the slip tells; the actor signs it.
    """
    unit = _addressee(session, kind, appeal, unit)
    body = _body(session, kind, content, unit)

    def draw(given: Issue) -> Paper:
        return paper_of(kind, body, given, letterhead, reviewer)

    return enter(session, kind, draw, act, Place(appeal, unit, replaces))


def preview(
    session: Session, kind: SlipKind, content: Facts, act: Act, letterhead: Letterhead, *,
    appeal: Appeal | None = None, unit: Unit | None = None, wording: Wording | None = None,
) -> Paper:
    """What `issue` would print, without number, code and signature. Writes nothing. `wording`: not stored yet."""
    body = _body(session, kind, content, _addressee(session, kind, appeal, unit), wording)
    return paper_of(kind, body, Issue(local_day(act.now), UNNUMBERED, "", ""), letterhead, "")


def issue_of_appeal(
    session: Session, kind: SlipKind, appeal: Appeal, act: Act, letterhead: Letterhead, *, replaces: Slip | None = None
) -> Slip:
    """A slip that tells nothing but what stands in the appeal: one that is valid at a time for each round. The caller
    holds the appeal's row.
    """
    if valid_of_appeal(session, appeal, kind) is not None:
        raise Refused("slip_issued_already")
    check_neutral(session, appeal, act.actor)
    if kind is SlipKind.REPLY:
        return _reply_anew(session, appeal, act, letterhead, replaces)
    content = _read(session, kind, appeal)
    reviewer = facts.reviewer_of(session, kind, appeal)
    return issue(session, kind, content, act, letterhead, appeal=appeal, reviewer=reviewer, replaces=replaces)


def preview_of_appeal(session: Session, kind: SlipKind, appeal: Appeal, act: Act, letterhead: Letterhead) -> Paper:
    """Raises Refused as issuing would: what is missing is said before anybody tries."""
    return preview(session, kind, _read(session, kind, appeal), act, letterhead, appeal=appeal)


def _read(session: Session, kind: SlipKind, appeal: Appeal) -> Any:
    if kind is SlipKind.HANDLING_REPORT:
        reply = valid_of_appeal(session, appeal, SlipKind.REPLY)
        return facts.report_facts(session, appeal, reply_number=number_of(reply) if reply else "")
    return READERS[kind](session, appeal)


def _reply_anew(session: Session, appeal: Appeal, act: Act, letterhead: Letterhead, replaces: Slip | None) -> Slip:
    reply = handling.reply(session, appeal, ReplyKind.FINAL)
    if reply is None or reply.published_at is None:
        raise Refused("reply_not_published")
    main = linked(session, appeal, LinkKind.INTO)
    return issue_reply_slip(
        session, appeal, reply, act, letterhead, handled_with=main[0] if main else None, replaces=replaces
    )


def _addressee(session: Session, kind: SlipKind, appeal: Appeal | None, unit: Unit | None) -> Unit | None:
    """The unit that receives it, never one that a report accuses or kin of it."""
    if unit is None and appeal is not None and appeal.lead_unit_id and SPECS[kind].addressee is Addressee.UNIT:
        unit = session.get(Unit, appeal.lead_unit_id)
    is_for_all = SPECS[kind].addressee is Addressee.EVERY_UNIT
    if unit is None and not is_for_all and (appeal is None or SPECS[kind].addressee is Addressee.UNIT):
        raise Refused("slip_without_addressee")
    if unit is not None and appeal is not None:
        check_unit(session, appeal, unit)
    return unit


def _body(session: Session, kind: SlipKind, content: Facts, unit: Unit | None, wording: Wording | None = None) -> Body:
    made_of, build = BUILDERS[kind]
    if not isinstance(content, made_of):
        raise TypeError(f"a {kind.value} is made of {made_of.__name__}")
    to = unit.full_name if unit else EVERY_UNIT if SPECS[kind].addressee is Addressee.EVERY_UNIT else "诉求人"
    return build(content, to, wording or current(session, kind))


def paper_of(kind: SlipKind, body: Body, given: Issue, letterhead: Letterhead, reviewer: str) -> Paper:
    return Paper(
        kind=kind.value, issuer=letterhead.office_name, mark=letterhead.office_name, number=given.number,
        title=body.title, recipient=body.recipient, blocks=body.blocks, contact=letterhead.contact,
        closing=body.closing, signer=given.signer, reviewer=reviewer, handler_unit="",
        issued_on=given.issued_on, verification_code=given.code,
        verification_url=f"{letterhead.verification_base}{given.code}",
        copies=body.copies, annexes=body.annexes, secrecy=body.secrecy, receipt=body.receipt, replaces=given.replaces,
    )


def keep_pdf(session: Session, slip: Slip, *, pdf_name: str, pdf_sha256: str) -> bool:
    """Records the first print's file. False when another print was first: then that one's bytes are the slip."""
    fresh = locked(session, slip)
    if fresh.pdf_name is not None:
        return False
    fresh.pdf_name, fresh.pdf_sha256 = pdf_name, pdf_sha256
    session.add(fresh)
    session.flush()
    return True
