"""Reading from an appeal what its dispatch order, decline notice and handling report say. Nobody's identity is read.
What the appellant wrote may tell who that is: of a sealed matter a paper gives title and demands alone, with numbers
and announced names hidden; the rest is read in the system, where each look is noted.
"""


from sqlmodel import Session

from models.accounts.tables import Unit
from models.appeals import queries as appeals
from models.appeals.categories import declined_for, find_category
from models.appeals.free_text import masked
from models.appeals.tables import Appeal
from models.appeals.types import KIND_LABELS, LEVEL_LABELS, AppealKind, Channel, Level, State
from models.errors import Refused
from models.handling import queries as handling
from models.handling.commands import HANDED_OVER
from models.handling.concerned import SEEN
from models.handling.tables import AppealEvent
from models.handling.types import STAGE_LABELS, UNIT_STAGES, Action, MilestoneStatus, ReplyKind, ReplyStatus
from models.slips.chinese import day
from models.slips.decline_notice import DeclineFacts
from models.slips.dispatch_order import DispatchFacts, Due
from models.slips.handling_report import ReportFacts
from models.slips.kinds import SlipKind
from models.slips.reply import channel_text, demand_answers, filed_on, name_of
from models.slips.transfer_letter import TransferAct
from models.workdays.rules import local_day

PASSED_ON: dict[Channel, tuple[str, str]] = {
    Channel.HOTLINE_12345: ("沅江市12345政务服务便民热线", "转办"),
    Channel.PROVINCIAL_PLATFORM: ("湖南省一体化政务服务平台", "转办"),
    Channel.BUSINESS_CODE: ("湖南营商码平台", "转办"),
    Channel.SUPERIOR: ("上级交办单位", "交办"),
}
"""Who passed a matter of this channel on, and how; only these want a report of what became of it."""


def dispatch_facts(session: Session, appeal: Appeal) -> DispatchFacts:
    """Raises Refused("not_dispatched") before the appeal was sent to a unit."""
    if appeal.lead_unit_id is None or appeal.dispatched_on is None:
        raise Refused("not_dispatched")
    policy, _ = handling.policy_of(session, appeal)
    category = find_category(appeal.category)
    nature = f"{KIND_LABELS[appeal.kind]}{f'（{category.label}）' if category else ''}"
    demands = tuple(_told(appeal, one.text) for one in appeals.demands(session, appeal))
    return DispatchFacts(
        appeal.number, _told(appeal, appeal.title), channel_text(appeal), filed_on(appeal), nature,
        SEALED_SUMMARY if _is_sealed(appeal) else _short(appeal.body), demands,
        _full_name(session, appeal.lead_unit_id), appeal.dispatched_on,
        _dues(session, appeal), policy.basis, _assisting(session, appeal),
        LEVEL_LABELS[appeal.level] if appeal.level is not Level.NORMAL else "",
    )


def decline_facts(session: Session, appeal: Appeal) -> DeclineFacts:
    event = last_event(session, appeal, Action.DECLINE)
    return DeclineFacts(
        appeal.number, appeal.title, filed_on(appeal), channel_text(appeal), event.public_note or "不属于受理范围。"
    )


def report_facts(session: Session, appeal: Appeal, *, reply_number: str = "") -> ReportFacts:
    """Raises Refused when nobody passed the matter on, or nothing is published yet."""
    passed_on = PASSED_ON.get(appeal.channel)
    if passed_on is None:
        raise Refused("nobody_passed_it_on")
    reply = handling.reply(session, appeal, ReplyKind.FINAL)
    if reply is None or reply.status is not ReplyStatus.PUBLISHED or reply.published_at is None:
        raise Refused("reply_not_published")
    body, came_by = passed_on
    concluded_on = local_day(reply.published_at)
    return ReportFacts(
        body, came_by, appeal.number, appeal.title, filed_on(appeal), appeal.dispatched_on or concluded_on,
        concluded_on, _full_name(session, appeal.lead_unit_id),
        demand_answers(session, appeal, handling.reply_items(session, reply)), reply_number, appeal.source_ref or "",
    )


def transfer_act(session: Session, appeal: Appeal) -> TransferAct | None:
    """Which act a transfer letter of this appeal goes with; None where there was none. What the ladder sends to
    discipline inspection has its letter already, issued with its record.
    """
    if appeal.state is State.TRANSFERRED:
        return TransferAct.HAND_OVER
    if appeal.state is not State.DECLINED:
        return None
    reason = declined_for(last_event(session, appeal, Action.DECLINE).public_note)
    return TransferAct.DISCIPLINE if reason is not None and reason.by_transfer_letter else None


def handed_to(session: Session, appeal: Appeal) -> str:
    """The authority that the appeal was handed over to, as the appellant was told; "" where it was not."""
    if appeal.state is not State.TRANSFERRED:
        return ""
    said = last_event(session, appeal, Action.TRANSFER).public_note
    return said.removeprefix(HANDED_OVER[0]).removesuffix(HANDED_OVER[1])


def transfer_source(appeal: Appeal) -> str:
    """Where the lead came from, as a transfer letter begins: never from whom."""
    return f"{day(filed_on(appeal))}{channel_text(appeal)}反映，受理编号{appeal.number}"


SEALED_SUMMARY = "本件对诉求人身份保密，反映的具体情况请登录营商诉求直通车查看，本单不印发。"
MOST_CHARACTERS, MOST_LINES = 4_900, 190
"""Of an appeal's text: less than the printer takes of one field."""
REVIEWED_BY = {SlipKind.DISPATCH_ORDER: Action.DISPATCH, SlipKind.DECLINE_NOTICE: Action.DECLINE}
"""The act whose doer answers for what the slip tells."""


def reviewer_of(session: Session, kind: SlipKind, appeal: Appeal) -> str:
    """Who decided what the slip tells: dispatched, declined, reviewed the reply."""
    if kind in REVIEWED_BY:
        return name_of(session, last_event(session, appeal, REVIEWED_BY[kind]).actor_id)
    reply = handling.reply(session, appeal, ReplyKind.FINAL)
    return name_of(session, reply.reviewed_by_id if reply else None)


def last_event(session: Session, appeal: Appeal, action: Action) -> AppealEvent:
    """Raises Refused when this has not happened."""
    found = [one for one in handling.events(session, appeal) if one.action is action]
    if not found:
        raise Refused("nothing_to_tell")
    return found[-1]


def _is_sealed(appeal: Appeal) -> bool:
    return appeal.is_confidential or appeal.kind is AppealKind.REPORT


def _told(appeal: Appeal, text: str) -> str:
    return masked(text, None).text if _is_sealed(appeal) else text


def _short(text: str) -> str:
    """What a slip prints of a long letter; the whole of it is in the system."""
    kept = "\n".join(text.splitlines()[:MOST_LINES])[:MOST_CHARACTERS]
    return text if kept == text else f"{kept}……（以下略，全文见营商诉求直通车）"


def _dues(session: Session, appeal: Appeal) -> tuple[Due, ...]:
    """The unit's limits of the running round as they stand in the clock, nearest first. What the office owes is no
    business of the unit's.
    """
    running = [
        one for one in handling.milestones(session, appeal)
        if one.round == appeal.round and one.stage in UNIT_STAGES and one.status is not MilestoneStatus.DROPPED
    ]
    return tuple(
        Due(STAGE_LABELS[one.stage], one.due_on, one.workdays, one.is_provisional)
        for one in sorted(running, key=lambda one: (one.due_on, one.workdays))
    )


def _assisting(session: Session, appeal: Appeal) -> tuple[str, ...]:
    at_work = [one for one in handling.assistances(session, appeal) if one.status in SEEN]
    return tuple(_full_name(session, one.unit_id) for one in at_work)


def _full_name(session: Session, unit_id: int | None) -> str:
    unit = session.get(Unit, unit_id) if unit_id else None
    return unit.full_name if unit else "市优办"
