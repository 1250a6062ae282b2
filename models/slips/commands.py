"""Issuing a slip: its number, its verification code and its content, in the transaction of the act that causes it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from models.accounts.tables import Account, Unit
from models.appeals import numbers
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import CHANNEL_LABELS
from models.audit.commands import append
from models.handling import queries as handling
from models.handling.commands import Act
from models.handling.replies import DraftEntry, publish
from models.handling.sharing import waiting
from models.handling.tables import Reply, ReplyItem
from models.handling.types import OUTCOME_LABELS, ReplyKind, ReplyStatus
from models.slips.rules import CODE_ALPHABET, CODE_LETTERS, grouped
from models.slips.tables import SLIP_MARKS, Slip, SlipKind
from models.slips.types import ReplySlip, SlipDemand
from models.workdays.rules import local_day

UNDECIDED = "（尚未选择办理结果）"
UNNUMBERED = "预览，未编文号"
Said = ReplyItem | DraftEntry


@dataclass(frozen=True)
class Letterhead:
    """What the office prints on every slip; settings, not law."""

    office_name: str
    contact: str
    come_back: str
    verification_base: str
    """Public address before the verification code, with a trailing slash."""


def verification_code() -> str:
    """80 random bits in Crockford's base 32, four groups: it proves a slip, it opens nothing."""
    return grouped("".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LETTERS)))


def publish_reply(session: Session, appeal: Appeal, act: Act, letterhead: Letterhead) -> Slip:
    """The review's last word: publishes the reply and issues its slip, both or neither; so too for every appeal merged
    into this one, each with a number of its own.
    """
    merged = waiting(session, appeal)
    reply = publish(session, appeal, act)
    slip = issue_reply_slip(session, appeal, reply, act, letterhead)
    for one in merged:
        answer = handling.reply(session, one, ReplyKind.FINAL)
        assert answer is not None
        issue_reply_slip(session, one, answer, act, letterhead, handled_with=appeal)
    return slip


def issue_reply_slip(
    session: Session, appeal: Appeal, reply: Reply, act: Act, letterhead: Letterhead,
    *, handled_with: Appeal | None = None,
) -> Slip:
    """`handled_with`: the main appeal whose lead unit handled this one too."""
    issued_on = local_day(act.now)
    number = numbers.take(session, f"slip:{SlipKind.REPLY.value}", issued_on.year)
    code = verification_code()
    content = _content(session, appeal, reply, act, letterhead, number, code, handled_with)
    assert appeal.id is not None
    slip = Slip(
        kind=SlipKind.REPLY,
        year=issued_on.year,
        number=number,
        appeal_id=appeal.id,
        round=appeal.round,
        unit_name=letterhead.office_name,
        title=content.title,
        issued_on=issued_on,
        issued_at=act.now,
        issued_by_id=act.actor.account_id,
        verification_code=code,
        content=content.to_json(),
        content_hash=content.content_hash,
    )
    session.add(slip)
    session.flush()
    facts = {"number": content.number, "content_hash": slip.content_hash}
    append(
        session,
        at=act.now,
        actor_id=act.actor.account_id,
        action="slip.issue",
        object_kind="slip",
        object_id=slip.uid,
        facts=facts,
    )
    return slip


def preview_reply(session: Session, appeal: Appeal, reply: Reply, act: Act, letterhead: Letterhead) -> ReplySlip:
    """What publishing would print, before there is a number or a code. Writes nothing."""
    return _content(session, appeal, reply, act, letterhead, 0, "")


def preview_draft(
    session: Session, appeal: Appeal, act: Act, letterhead: Letterhead, entries: Mapping[int, Said]
) -> ReplySlip:
    """What a reply that is still being written would print: no number, no code, nobody's signature. Writes nothing.
    `entries` has one for each demand.
    """
    nothing = Reply(
        appeal_id=appeal.id or 0, round=appeal.round, kind=ReplyKind.FINAL, status=ReplyStatus.DRAFT, updated_at=act.now
    )
    filled = _content(session, appeal, nothing, act, letterhead, 0, "", entries=entries)
    return replace(filled, number=UNNUMBERED, signer="")


def number_text(kind: SlipKind, year: int, number: int) -> str:
    """沅优办答〔2026〕87号: six-cornered brackets, no leading zero (GB/T 9704-2012, 7.2.5)."""
    return f"{SLIP_MARKS[kind]}〔{year}〕{number}号"


def _content(
    session: Session,
    appeal: Appeal,
    reply: Reply,
    act: Act,
    letterhead: Letterhead,
    number: int,
    code: str,
    handled_with: Appeal | None = None,
    entries: Mapping[int, Said] | None = None,
) -> ReplySlip:
    """`entries`: what is said to each demand, where it is not stored yet."""
    items = handling.reply_items(session, reply) if entries is None else entries
    lead_unit_id = (handled_with or appeal).lead_unit_id
    unit = session.get(Unit, lead_unit_id) if lead_unit_id else None
    lead_unit = unit.full_name if unit else letterhead.office_name
    issued_on = local_day(act.now)
    return ReplySlip(
        issuer=letterhead.office_name,
        mark=letterhead.office_name,
        number=number_text(SlipKind.REPLY, issued_on.year, number),
        title=f"关于“{appeal.title}”的答复书",
        recipient="诉求人",
        appeal_number=appeal.number,
        subject=appeal.title,
        filed_on=appeal.paper_received_on or local_day(appeal.filed_at),
        channel=_channel(appeal),
        lead_unit=lead_unit,
        demands=_demands(session, appeal, items),
        contact=letterhead.contact,
        come_back=letterhead.come_back,
        signer=act.actor.display_name,
        reviewer=_name(session, reply.signed_off_by_id),
        handler_unit=lead_unit,
        issued_on=issued_on,
        verification_code=code,
        verification_url=f"{letterhead.verification_base}{code}",
        copies=(lead_unit,),
    )


def _channel(appeal: Appeal) -> str:
    """How the matter came; for a letter written down on a later day, both days (CLK-2)."""
    label, written = CHANNEL_LABELS[appeal.channel], local_day(appeal.received_at)
    if appeal.paper_received_on in (None, written):
        return label
    return f"{label}（{written.year}年{written.month}月{written.day}日登记）"


def _demands(session: Session, appeal: Appeal, items: Mapping[int, Said]) -> tuple[SlipDemand, ...]:
    found = []
    for demand in appeals.demands(session, appeal):
        assert demand.id is not None
        item = items[demand.id]
        outcome = OUTCOME_LABELS[item.outcome] if item.outcome is not None else UNDECIDED
        if item.promised_on:
            outcome += f"（{item.promised_on.year}年{item.promised_on.month}月{item.promised_on.day}日前）"
        found.append(SlipDemand(demand.no, demand.text, outcome, item.facts, item.basis, item.actions))
    return tuple(found)


def _name(session: Session, account_id: int | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    return account.display_name if account else ""


def keep_pdf(session: Session, slip: Slip, *, pdf_name: str, pdf_sha256: str) -> bool:
    """Records the first print's file. False when another print was first: then that one's bytes are the slip."""
    fresh = session.exec(select(Slip).where(col(Slip.id) == slip.id).with_for_update()).one()
    session.refresh(fresh)
    if fresh.pdf_name is not None:
        return False
    fresh.pdf_name, fresh.pdf_sha256 = pdf_name, pdf_sha256
    session.add(fresh)
    session.flush()
    return True
