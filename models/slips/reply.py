"""The reply slip (答复书): issued when a reply is published, previewed before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from sqlmodel import Session

from models.accounts.tables import Account, Unit
from models.appeals import queries as appeals
from models.appeals.tables import Appeal
from models.appeals.types import CHANNEL_LABELS
from models.handling import queries as handling
from models.handling.commands import Act
from models.handling.replies import DraftEntry, publish
from models.handling.sharing import waiting
from models.handling.tables import Reply, ReplyItem
from models.handling.types import OUTCOME_LABELS, ReplyKind, ReplyStatus
from models.slips.chinese import day, ended
from models.slips.kinds import SlipKind
from models.slips.registering import UNNUMBERED, Issue, Letterhead, Place, enter, number_text
from models.slips.tables import Slip
from models.slips.types import ReplySlip, SlipDemand
from models.slips.wording import Wording, filled
from models.slips.wordings import current
from models.workdays.rules import local_day

UNDECIDED = "（尚未选择办理结果）"
Said = ReplyItem | DraftEntry


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
    *, handled_with: Appeal | None = None, replaces: Slip | None = None,
) -> Slip:
    """`handled_with`: the main appeal whose lead unit handled this one too."""
    assert appeal.id is not None

    def draw(issue: Issue) -> ReplySlip:
        return _content(session, appeal, reply, letterhead, issue, handled_with)

    return enter(session, SlipKind.REPLY, draw, act, Place(appeal=appeal, replaces=replaces))


def preview_reply(session: Session, appeal: Appeal, reply: Reply, act: Act, letterhead: Letterhead) -> ReplySlip:
    """What publishing would print, before there is a number or a code. Writes nothing."""
    issued_on = local_day(act.now)
    issue = Issue(issued_on, number_text(SlipKind.REPLY, issued_on.year, 0), "", act.actor.display_name)
    return _content(session, appeal, reply, letterhead, issue, None)


def preview_draft(
    session: Session, appeal: Appeal, act: Act, letterhead: Letterhead, entries: Mapping[int, Said]
) -> ReplySlip:
    """What a reply that is still being written would print: no number, no code, nobody's signature. Writes nothing.
    `entries` has one for each demand.
    """
    nothing = Reply(
        appeal_id=appeal.id or 0, round=appeal.round, kind=ReplyKind.FINAL, status=ReplyStatus.DRAFT, updated_at=act.now
    )
    issue = Issue(local_day(act.now), UNNUMBERED, "", "")
    return _content(session, appeal, nothing, letterhead, issue, None, entries=entries)


def _content(
    session: Session,
    appeal: Appeal,
    reply: Reply,
    letterhead: Letterhead,
    issue: Issue,
    handled_with: Appeal | None,
    entries: Mapping[int, Said] | None = None,
) -> ReplySlip:
    """`entries`: what is said to each demand, where it is not stored yet."""
    items = handling.reply_items(session, reply) if entries is None else entries
    lead_unit_id = (handled_with or appeal).lead_unit_id
    unit = session.get(Unit, lead_unit_id) if lead_unit_id else None
    lead_unit = unit.full_name if unit else letterhead.office_name
    plain = ReplySlip(
        issuer=letterhead.office_name,
        mark=letterhead.office_name,
        number=issue.number,
        title=f"关于“{appeal.title}”的答复书",
        recipient="诉求人",
        appeal_number=appeal.number,
        subject=appeal.title,
        filed_on=filed_on(appeal),
        channel=channel_text(appeal),
        lead_unit=lead_unit,
        demands=demand_answers(session, appeal, items),
        contact=letterhead.contact,
        come_back=letterhead.come_back,
        signer=issue.signer,
        reviewer=name_of(session, reply.signed_off_by_id),
        handler_unit=lead_unit,
        issued_on=issue.issued_on,
        verification_code=issue.code,
        verification_url=f"{letterhead.verification_base}{issue.code}",
        copies=(lead_unit,),
        replaces=issue.replaces,
    )
    return worded(plain, current(session, SlipKind.REPLY))


def worded(plain: ReplySlip, wording: Wording) -> ReplySlip:
    """With these sentences. The shipped come-back line is the letterhead's."""
    is_own = plain.lead_unit == plain.issuer
    handled = f"由{plain.self_name}直接办理" if is_own else f"{plain.self_name}已交{plain.lead_unit}办理"
    wish = ""
    if len(plain.demands) == 1:
        wish = f"您的诉求是：{ended(' '.join(plain.demands[0].text.split()))}"
    said = filled(SlipKind.REPLY, wording, {
        "提交日期": day(plain.filed_on), "渠道": plain.channel, "事项": plain.subject, "受理编号": plain.appeal_number,
        "办理方式": handled, "诉求": wish,
    })  # fmt: skip
    come_back = said.come_back if said.version else plain.come_back
    return replace(plain, opening=said.opening, closing=said.closing, come_back=come_back)


def filed_on(appeal: Appeal) -> date:
    return appeal.paper_received_on or local_day(appeal.filed_at)


def channel_text(appeal: Appeal) -> str:
    """How the matter came; for a letter written down on a later day, both days (CLK-2)."""
    label, written = CHANNEL_LABELS[appeal.channel], local_day(appeal.received_at)
    return label if appeal.paper_received_on in (None, written) else f"{label}（{day(written)}登记）"


def demand_answers(session: Session, appeal: Appeal, items: Mapping[int, Said]) -> tuple[SlipDemand, ...]:
    found = []
    for demand in appeals.demands(session, appeal):
        assert demand.id is not None
        item = items[demand.id]
        outcome = OUTCOME_LABELS[item.outcome] if item.outcome is not None else UNDECIDED
        if item.promised_on:
            outcome += f"（{day(item.promised_on)}前）"
        found.append(SlipDemand(demand.no, demand.text, outcome, item.facts, item.basis, item.actions))
    return tuple(found)


def name_of(session: Session, account_id: int | None) -> str:
    account = session.get(Account, account_id) if account_id else None
    return account.display_name if account else ""
