"""The appellant's own appeal, by number and code: the check that opens it and everything its page shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from models.accounts.queries import unit_names
from models.accounts.types import PUBLIC
from models.appeals import queries, receipt, views
from models.appeals.tables import Appeal, Demand
from models.appeals.types import ENDED_STATES, KIND_LABELS, VIEWER_GROUP_LABELS, State, ViewKind
from models.errors import NotFound
from models.handling import linking, rules
from models.handling import queries as handling
from models.handling.computed import milestone_version
from models.handling.tables import AppealEvent, Reply
from models.handling.types import UNIT_STAGES, Action, Milestone, MilestoneStatus, ReplyKind, Stage
from models.slips import queries as slips
from models.slips.tables import Slip
from models.workdays.types import Suspension
from webapp import db, intake, presenting, turns
from webapp.calendar import calendar_for, explaining_calendar
from webapp.clock_basis import basis_text
from webapp.filters import cn_date, cn_datetime
from webapp.public import memory, presenters
from webapp.receipts import filed_text

WRONG = "受理编号或者查询码不对，请对照受理回执核对后再查。查询码丢失的，请与市优办联系。"
REPLY_TITLES: Mapping[ReplyKind, str] = {ReplyKind.PRELIMINARY: "初步结果", ReplyKind.FINAL: "答复"}
LOOKS: Mapping[ViewKind, str] = {
    ViewKind.PAGE: "您的信息被查看",
    ViewKind.FILE: "您提交的材料被打开",
    ViewKind.PRINT: "您的文书被打印",
    ViewKind.IDENTITY: "经身份保管人同意，您的身份信息被查看",
}
AWAITING_DISPATCH = frozenset({State.SUBMITTED, State.ACCEPTED, State.AWAITING_SUPPLEMENT})
"""Where dates are promised once it is dispatched; one merged or registered by a unit itself is not."""
ANY_CODE = "0" * receipt.CODE_CHARACTERS


@dataclass(frozen=True)
class ReplyView:
    title: str
    at_text: str
    summary: str
    next_milestone_text: str
    demands: tuple[presenting.DemandView, ...]


@dataclass(frozen=True)
class SlipView:
    uid: str
    title: str
    date_text: str


@dataclass(frozen=True)
class Looks:
    """One line of "您的信息被查看 4 次：市优办 3，承办单位 1": `told` with a place for the number."""

    told: str
    groups: tuple[tuple[str, int], ...]

    @property
    def total(self) -> int:
        return sum(count for _, count in self.groups)


@dataclass(frozen=True)
class TrackPage:
    number: str
    title: str
    kind_text: str
    filed_text: str
    body: str
    sentence: str
    is_open: bool
    awaits_dispatch: bool
    decline_note: str
    milestones: tuple[presenting.MilestoneView, ...]
    started_text: str
    days: tuple[presenting.DayView, ...]
    pause_text: str
    term_basis: str
    changes: tuple[presenters.DateChange, ...]
    replies: tuple[ReplyView, ...]
    demands: tuple[presenting.DemandView, ...]
    attachments: tuple[presenting.FileView, ...]
    slips: tuple[SlipView, ...]
    timeline: tuple[presenting.Entry, ...]
    questions: tuple[presenting.Entry, ...]
    may_withdraw: bool
    looks: tuple["Looks", ...]
    """Who of the staff looked at this, kind by kind."""


def is_right(number: str | None, code: str | None) -> bool:
    """Whether number and code belong together. The same look-up and the same slow hash, whatever is wrong (F9)."""
    pepper = intake.config().receipt_key
    with db.database().reading() as session:
        appeal = queries.by_number(session, number or "")
    given = code or ANY_CODE
    with turns.set_aside():
        if appeal is None or not appeal.receipt_code_hash:
            return receipt.verify_absent(pepper, given)
        return receipt.code_matches(pepper, given, appeal.receipt_code_hash) and code is not None


def followed(session: Session, number: str, *, lock: bool = False) -> Appeal:
    """The appeal that the browser's session has proved. NotFound when it is gone."""
    appeal = queries.by_number(session, number, lock=lock)
    if appeal is None:
        raise NotFound("no_such_appeal")
    return appeal


def own_slip(session: Session, appeal: Appeal, uid: str) -> Slip:
    """A valid slip of this very appeal; any other is nonexistent."""
    found = [slip for slip in slips.for_appellant(session, appeal) if slip.uid == uid]
    if not found:
        raise NotFound("no_such_slip")
    return found[0]


def track_page(session: Session, appeal: Appeal, today: date) -> TrackPage:
    calendar = calendar_for(session)
    units = unit_names(session)
    lead_unit = units.get(appeal.lead_unit_id or 0, "")
    events = handling.events(session, appeal)
    demands = queries.demands(session, appeal)
    now = handling.projection(session, appeal)
    shown = public_milestones(now.milestones)
    explained = _explained(shown)
    allowed = rules.allowed(now, PUBLIC)
    return TrackPage(
        number=appeal.number,
        title=appeal.title,
        kind_text=KIND_LABELS[appeal.kind],
        filed_text=filed_text(appeal),
        body=appeal.body,
        sentence=_sentence(session, appeal, lead_unit),
        is_open=appeal.state not in ENDED_STATES,
        awaits_dispatch=appeal.state in AWAITING_DISPATCH,
        decline_note=presenters.decline_note(events) if appeal.state is State.DECLINED else "",
        milestones=presenting.milestone_views(shown, today, calendar),
        started_text=presenting.started_text(shown, today, calendar) if appeal.state not in ENDED_STATES else "",
        days=_days(session, events, explained, now.suspensions) if explained else (),
        term_basis=basis_text(session, events) if explained else "",
        pause_text=presenting.pause_text(now.pause),
        changes=tuple(presenters.date_changes(events)),
        replies=tuple(_reply_view(session, one, demands) for one in handling.published_replies(session, appeal)),
        demands=tuple(presenting.demand_views(demands)),
        attachments=tuple(presenting.file_views(queries.attachments(session, appeal))),
        slips=tuple(_slip_view(one) for one in slips.for_appellant(session, appeal)),
        timeline=tuple(presenters.timeline(events, units, lead_unit)),
        looks=_looks(session, appeal),
        questions=tuple(presenters.timeline(handling.open_questions(session, appeal), units, lead_unit))[::-1]
        if Action.ANSWER in allowed
        else (),
        may_withdraw=Action.WITHDRAW in allowed,
    )


def _days(
    session: Session, events: Sequence[AppealEvent], explained: Milestone, suspensions: Sequence[Suspension]
) -> tuple[presenting.DayView, ...]:
    """By the calendar that the date was computed with, whatever has been arranged since."""
    computed_with = explaining_calendar(session, milestone_version(events, explained))
    return presenting.day_views(explained, computed_with, suspensions)


def _looks(session: Session, appeal: Appeal) -> tuple[Looks, ...]:
    """Always the views, also when there was none; of the rest what happened."""
    counted = {ViewKind.PAGE: {}, **views.counts(session, appeal)}
    return tuple(
        Looks(LOOKS[kind], tuple((VIEWER_GROUP_LABELS[one], count) for one, count in counted[kind].items()))
        for kind in ViewKind if kind in counted
    )


def _sentence(session: Session, appeal: Appeal, lead_unit: str) -> str:
    """One merged before it was dispatched has no date of its own: it is told the date of what it is handled with."""
    said, due_on = presenters.state_sentence(appeal, lead_unit), linking.main_due_on(session, appeal)
    return f"{said}，最迟{cn_date(due_on)}前有结果" if due_on else said


def public_milestones(milestones: Sequence[Milestone]) -> tuple[Milestone, ...]:
    """What was promised to the appellant: signing is between office and unit, the office's steps are its own."""
    return tuple(one for one in milestones if one.stage in UNIT_STAGES and one.stage is not Stage.SIGN)


def _explained(milestones: Sequence[Milestone]) -> Milestone | None:
    """The date whose reasons are told: the next one that is promised, or the last one that was reached."""
    kept = [one for one in milestones if one.status is not MilestoneStatus.DROPPED]
    pending = [one for one in kept if one.status is MilestoneStatus.PENDING]
    if pending:
        return min(pending, key=lambda one: one.due_on)
    return max(kept, key=lambda one: one.due_on, default=None)


def _reply_view(session: Session, reply: Reply, demands: Sequence[Demand]) -> ReplyView:
    items = handling.reply_items(session, reply)
    return ReplyView(
        REPLY_TITLES[reply.kind],
        cn_datetime(reply.published_at),
        reply.summary,
        cn_date(reply.next_milestone_on),
        tuple(presenting.demand_views(demands, items)),
    )


def _slip_view(slip: Slip) -> SlipView:
    return SlipView(slip.uid, slip.title, cn_date(slip.issued_on))


def remembered(session: Session, number: str | None) -> Appeal | None:
    """The appeal of this browser's session, or None when there is nothing to show any more."""
    if number is None:
        return None
    try:
        return followed(session, number)
    except NotFound:
        memory.forget_tracked()
        return None
