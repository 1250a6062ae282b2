"""Reading the life of an appeal: events, projection, replies, the queue and its counters."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import case, func, literal_column
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import OF_APPEAL, demands, not_kept_from, of, scope
from models.appeals.tables import Appeal, Demand
from models.appeals.types import AppealKind, Complexity, State
from models.errors import Refused
from models.handling.adjustment_types import Adjustment, AdjustmentKind, AdjustmentStatus
from models.handling.clock import Allowances, Terms
from models.handling.effects_json import effects_from_json
from models.handling.reducer import replay
from models.handling.tables import (
    AdjustmentRow,
    AppealEvent,
    AppealLink,
    AssistanceRow,
    MilestoneRow,
    Policy,
    PolicyLimit,
    Reply,
    ReplyItem,
)
from models.handling.types import (
    Action,
    Assistance,
    Happening,
    Link,
    LinkKind,
    Milestone,
    Projection,
    ReplyKind,
    ReplyStatus,
    Stage,
)
from models.workdays.rules import local_day

_EVENTS = select(AppealEvent).where(col(AppealEvent.appeal_id) == OF_APPEAL).order_by(col(AppealEvent.seq))
_MILESTONES = (
    select(  # type: ignore[call-overload]
        MilestoneRow.round, MilestoneRow.stage, MilestoneRow.start_on, MilestoneRow.workdays, MilestoneRow.due_on,
        MilestoneRow.is_provisional, MilestoneRow.status, MilestoneRow.reached_on, MilestoneRow.no,
        MilestoneRow.extended_workdays, MilestoneRow.first_due_on,
    )
    .where(col(MilestoneRow.appeal_id) == OF_APPEAL)
    .order_by(col(MilestoneRow.id))
)
_REPLIES = (
    select(Reply).where(col(Reply.appeal_id) == OF_APPEAL).order_by(col(Reply.round).desc(), col(Reply.id).desc())
)


def events(session: Session, appeal: Appeal) -> Sequence[AppealEvent]:
    return session.exec(_EVENTS, params=of(appeal)).all()


def happening(event: AppealEvent) -> Happening:
    effects = effects_from_json(event.effects, event.round)
    return Happening(event.seq, event.action, event.to_state, event.round, event.at, effects)


def replayed(history: Sequence[AppealEvent]) -> Projection:
    return replay(happening(event) for event in history)


def milestones(session: Session, appeal: Appeal) -> tuple[Milestone, ...]:
    return tuple(Milestone(*row) for row in session.connection().execute(_MILESTONES, of(appeal)).all())


def as_milestone(row: MilestoneRow) -> Milestone:
    return Milestone(
        row.round, row.stage, row.start_on, row.workdays, row.due_on, row.is_provisional, row.status, row.reached_on,
        row.no, row.extended_workdays, row.first_due_on,
    )


def projection(session: Session, appeal: Appeal) -> Projection:
    """The stored projection: what the next act is checked against."""
    return stored(session, appeal, milestones(session, appeal))


def stored(session: Session, appeal: Appeal, promised: tuple[Milestone, ...]) -> Projection:
    """The projection of an appeal whose milestones have been read. One more statement where units assist, one where
    it is linked.
    """
    return Projection(
        appeal.state, appeal.round, appeal.complexity, appeal.lead_unit_id, promised, appeal.has_question,
        appeal.assignee_id, assistances(session, appeal), links(session, appeal), adjustments(session, appeal),
    )


def adjustments(session: Session, appeal: Appeal) -> tuple[Adjustment, ...]:
    return tuple(as_adjustment(row) for row in adjustment_rows(session, appeal))


def adjustment_rows(session: Session, appeal: Appeal) -> Sequence[AdjustmentRow]:
    """In the order they were asked."""
    if not appeal.has_adjustment:
        return ()
    found = select(AdjustmentRow).where(col(AdjustmentRow.appeal_id) == appeal.id).order_by(col(AdjustmentRow.no))
    return session.exec(found).all()


def as_adjustment(row: AdjustmentRow) -> Adjustment:
    return Adjustment(
        row.no, row.round, row.kind, row.status, row.unit_id, row.workdays, row.reason, row.asked_on, row.ruled_on,
        row.ends_on, row.is_over,
    )


def paused_beyond(session: Session, today: date) -> Sequence[Appeal]:
    """Appeals whose clock still stands though the last day of the pause has passed; locked."""
    pauses = select(AdjustmentRow.appeal_id).where(
        col(AdjustmentRow.status) == AdjustmentStatus.GRANTED, col(AdjustmentRow.kind) == AdjustmentKind.PAUSE,
        ~col(AdjustmentRow.is_over), col(AdjustmentRow.ends_on) < today,
    )
    statement = select(Appeal).where(col(Appeal.id).in_(pauses)).order_by(col(Appeal.id))
    return session.exec(statement.with_for_update(of=Appeal)).all()


MOST_RULINGS = 3


def rulings(session: Session, actor: Actor, category: str) -> Sequence[AdjustmentRow]:
    """How the newest returns of this category were ruled: to whom such appeals went in the end (domain.md §4)."""
    statement = (
        select(AdjustmentRow)
        .join(Appeal, col(Appeal.id) == col(AdjustmentRow.appeal_id))
        .where(scope(actor), col(Appeal.category) == category, col(AdjustmentRow.ruled_unit_id).is_not(None))
        .order_by(col(AdjustmentRow.id).desc())
    )
    return session.exec(statement.limit(MOST_RULINGS)).all()


def waiting_since(session: Session, appeal: Appeal) -> date | None:
    """Since when the appellant has waited for the office to decide on admission: the day of receipt, or of the answer
    to its last question. None when the office asked and stopped waiting, and in a later round.
    """
    if appeal.round > 1:
        return None
    asked = [one for one in events(session, appeal) if one.action in (Action.ASK_SUPPLEMENT, Action.ANSWER)]
    if not asked:
        return local_day(appeal.received_at)
    return local_day(asked[-1].at) if asked[-1].action is Action.ANSWER else None


def assistances(session: Session, appeal: Appeal) -> tuple[Assistance, ...]:
    return tuple(as_assistance(row) for row in assistance_rows(session, appeal))


def assistance_rows(session: Session, appeal: Appeal) -> Sequence[AssistanceRow]:
    """In the order they were asked."""
    if not appeal.has_assistance:
        return ()
    found = select(AssistanceRow).where(col(AssistanceRow.appeal_id) == appeal.id).order_by(col(AssistanceRow.no))
    return session.exec(found).all()


def as_assistance(row: AssistanceRow) -> Assistance:
    return Assistance(
        row.no, row.unit_id, row.status, row.start_on, row.workdays, row.due_on, row.is_provisional, row.clock,
        row.reached_on,
    )


def links(session: Session, appeal: Appeal) -> frozenset[Link]:
    if not appeal.has_links:
        return frozenset()
    found = session.exec(select(AppealLink).where(col(AppealLink.appeal_id) == appeal.id)).all()
    return frozenset((one.kind, one.other_id) for one in found)


def demands_to_answer(session: Session, actor: Actor, appeal: Appeal) -> Sequence[Demand]:
    """Its own demands, then those of the appeals merged into it that this actor may read: what its reply must answer
    one by one.
    """
    own = demands(session, appeal)
    merged = [id_ for kind, id_ in links(session, appeal) if kind is LinkKind.HOLDS]
    if not merged:
        return own
    theirs = select(Demand).join(Appeal, col(Appeal.id) == col(Demand.appeal_id))
    found = theirs.where(col(Appeal.id).in_(merged), not_kept_from(actor))
    return [*own, *session.exec(found.order_by(col(Demand.appeal_id), col(Demand.no))).all()]


def merged_from(session: Session, appeal: Appeal) -> State:
    """The state the appeal had when it was merged: there it goes back. One that waited for a supplement which has
    come meanwhile goes on as if it had come in time.
    """
    merged = [one for one in events(session, appeal) if one.action is Action.MERGE]
    if not merged or merged[-1].from_state is None:
        raise Refused("not_merged")
    if merged[-1].from_state is State.AWAITING_SUPPLEMENT and not appeal.has_question:
        return asked_from(session, appeal)
    return merged[-1].from_state


def merged_on(session: Session, appeal: Appeal) -> date | None:
    """The local day of the last merge, while the appeal is merged into another."""
    if appeal.state is not State.MERGED:
        return None
    return [local_day(one.at) for one in events(session, appeal) if one.action is Action.MERGE][-1]


def asked_from(session: Session, appeal: Appeal) -> State:
    """The state in which the office asked for the last supplement: the answer leads back there."""
    asked = [one for one in events(session, appeal) if one.action is Action.ASK_SUPPLEMENT]
    if not asked or asked[-1].from_state is None:
        raise Refused("no_open_question")
    return asked[-1].from_state


def open_questions(session: Session, appeal: Appeal) -> list[AppealEvent]:
    """What the appellant is asked and has not answered yet, oldest first."""
    found: list[AppealEvent] = []
    for event in events(session, appeal) if appeal.has_question else ():
        if event.action in (Action.ASK_SUPPLEMENT, Action.ASK_APPELLANT):
            found.append(event)
        elif event.action is Action.ANSWER:
            found = []
    return found


def milestones_of(session: Session, appeals: Sequence[Appeal]) -> dict[int, tuple[Milestone, ...]]:
    """Milestones of a whole page of appeals in one statement, by appeal id."""
    ids = [appeal.id for appeal in appeals]
    rows = session.exec(
        select(MilestoneRow).where(col(MilestoneRow.appeal_id).in_(ids)).order_by(col(MilestoneRow.id))
    ).all()
    found: dict[int, list[Milestone]] = {}
    for row in rows:
        found.setdefault(row.appeal_id, []).append(as_milestone(row))
    return {appeal_id: tuple(items) for appeal_id, items in found.items()}


def policies_in_force(session: Session, on: date) -> Sequence[Policy]:
    """What a dispatch on a day may choose from, the default first."""
    is_in_force = col(Policy.in_force_to).is_(None) | (col(Policy.in_force_to) >= on)
    statement = select(Policy).where(col(Policy.in_force_from) <= on, is_in_force)
    newest = (col(Policy.in_force_from).desc(), col(Policy.version).desc(), col(Policy.id).desc())
    return session.exec(statement.order_by(col(Policy.kinds), *newest)).all()


def policy_in_force(session: Session, on: date) -> tuple[Policy, Terms]:
    """The default policy on a day. Its absence is an error of installation, never "no limit"."""
    default = next((one for one in policies_in_force(session, on) if not one.kinds), None)
    if default is None:
        raise Refused("no_policy_in_force", on=on)
    return default, terms_under(session, default)


def policy_for(
    session: Session, on: date, kind: AppealKind, code: str, complexity: Complexity | None = None
) -> tuple[Policy, Terms]:
    """The policy the office chose for a dispatch. Refused("policy_not_for_this") when it is not in force on that day or
    not meant for this kind of appeal, "policy_for_complex" or "policy_for_simple" when it is for the other sort of
    matter. `complexity`: complex where the office knows it already.
    """
    chosen = next((one for one in policies_in_force(session, on) if one.code == code), None)
    if chosen is None or not is_meant_for(chosen, kind):
        raise Refused("policy_not_for_this", policy=code)
    if chosen.complexity is not None and chosen.complexity is not (complexity or Complexity.SIMPLE):
        raise Refused(f"policy_for_{chosen.complexity.value}", policy=code)
    return chosen, terms_under(session, chosen)


def is_meant_for(policy: Policy, kind: AppealKind) -> bool:
    return not policy.kinds or kind.value in policy.kinds.split(",")


def policy_of(session: Session, appeal: Appeal) -> tuple[Policy, Terms]:
    """The policy the running round was dispatched under."""
    statement = (
        select(Policy)
        .join(MilestoneRow, col(MilestoneRow.policy_id) == col(Policy.id))
        .where(*_dispatched(appeal))
    )
    policy = session.exec(statement).first()
    if policy is None:
        raise Refused("not_dispatched")
    return policy, terms_under(session, policy)


def _dispatched(appeal: Appeal) -> tuple[ColumnElement[bool], ...]:
    """The row of the running round that names its policy: the office's own first step may have been another's."""
    mine = (col(MilestoneRow.appeal_id) == appeal.id) & (col(MilestoneRow.round) == appeal.round)
    return mine, (col(MilestoneRow.stage) == Stage.SIGN) & (col(MilestoneRow.no) == 1)


def terms_of(session: Session, appeal: Appeal) -> Terms:
    """The limits the running round was dispatched under, without the policy's own row: one statement."""
    used = select(MilestoneRow.policy_id).where(*_dispatched(appeal))
    limits = session.exec(select(PolicyLimit).where(col(PolicyLimit.policy_id).in_(used))).all()
    if not limits:
        raise Refused("not_dispatched")
    return Terms(limits[0].policy_id, {limit.stage: limit.workdays for limit in limits})


def terms_under(session: Session, policy: Policy) -> Terms:
    """The limits and allowances of a policy."""
    limits = session.exec(select(PolicyLimit).where(col(PolicyLimit.policy_id) == policy.id)).all()
    assert policy.id is not None
    allowances = Allowances(
        policy.return_workdays, policy.extensions_most, policy.extension_workdays_most, policy.pause_workdays_most
    )
    return Terms(policy.id, {limit.stage: limit.workdays for limit in limits}, allowances)


def reply(session: Session, appeal: Appeal, kind: ReplyKind) -> Reply | None:
    """The reply of the running round, whatever its status. For staff."""
    statement = select(Reply).where(
        col(Reply.appeal_id) == appeal.id, col(Reply.round) == appeal.round, col(Reply.kind) == kind
    )
    return session.exec(statement).one_or_none()


def published_replies(session: Session, appeal: Appeal) -> Sequence[Reply]:
    """What the appellant may read, oldest first."""
    statement = (
        select(Reply)
        .where(col(Reply.appeal_id) == appeal.id, col(Reply.status) == ReplyStatus.PUBLISHED)
        .order_by(col(Reply.published_at))
    )
    return session.exec(statement).all()


def reply_items(session: Session, reply: Reply) -> dict[int, ReplyItem]:
    rows = session.exec(select(ReplyItem).where(col(ReplyItem.reply_id) == reply.id)).all()
    return {row.demand_id: row for row in rows}


def replies(session: Session, appeal: Appeal) -> Sequence[Reply]:
    """Every reply of an appeal, drafts included, the newest round first. For staff."""
    return session.exec(_REPLIES, params=of(appeal)).all()


def items_of(session: Session, replies: Sequence[Reply]) -> dict[int, dict[int, ReplyItem]]:
    """Items of several replies in one statement: reply id → demand id → item."""
    if not replies:
        return {}
    rows = session.exec(select(ReplyItem).where(col(ReplyItem.reply_id).in_([reply.id for reply in replies]))).all()
    found: dict[int, dict[int, ReplyItem]] = {}
    for row in rows:
        found.setdefault(row.reply_id, {})[row.demand_id] = row
    return found


TAB_STATES: dict[str, tuple[State, ...]] = {
    "open": (
        State.DISPATCHED, State.VERIFYING, State.HANDLING, State.CONTINUING, State.PRELIMINARY_SIGN_OFF,
        State.REPLY_SIGN_OFF,
    ),
    "to_sign": (State.DISPATCHED,),
    "to_verify": (State.VERIFYING,),
    "in_hand": (State.HANDLING, State.CONTINUING),
    "to_sign_off": (State.PRELIMINARY_SIGN_OFF, State.REPLY_SIGN_OFF),
    "in_review": (State.IN_REVIEW, State.RETURN_REQUESTED),
    "ended": (State.REPLIED, State.CLOSED, State.WITHDRAWN, State.MERGED, State.TRANSFERRED),
}
"""The tabs of a unit's queue that are made of states. `open` is what the unit holds."""
BY_URGENCY = (col(Appeal.next_due_on).asc().nulls_last(), col(Appeal.id).asc())
"""What bites first comes first; an appeal without a running promise comes last, oldest first."""


def in_states(states: Iterable[State]) -> ColumnElement[bool]:
    """The states stand in the statement's text: they never change, so nothing has to be bound or expanded."""
    return col(Appeal.state).in_([literal_column(f"'{state.value}'") for state in sorted(states)])


def due_conditions(
    today: date | ColumnElement[date], soon_until: date | ColumnElement[date]
) -> dict[str, ColumnElement[bool]]:
    """Named conditions of the queue's tabs. `soon_until` is the next working day: what bites today or tomorrow."""
    tabs = {name: in_states(states) for name, states in TAB_STATES.items()}
    due = col(Appeal.next_due_on)
    return tabs | {"overdue": tabs["open"] & (due < today), "soon": tabs["open"] & due.between(today, soon_until)}


def counts(session: Session, actor: Actor, conditions: dict[str, ColumnElement[bool]]) -> dict[str, int]:
    """How many appeals in the actor's scope meet each condition, in one statement."""
    columns = [func.coalesce(func.sum(case((condition, 1), else_=0)), 0) for condition in conditions.values()]
    row = session.execute(select(*columns).select_from(Appeal).where(scope(actor))).one()
    return dict(zip(conditions, (int(value) for value in row), strict=True))


def every_history(session: Session) -> Iterator[tuple[Appeal, Sequence[AppealEvent], Projection]]:
    """All appeals with their events and what is stored of them, for `flask check`."""
    for appeal in session.exec(select(Appeal).order_by(col(Appeal.id)).execution_options(yield_per=500)):
        yield appeal, events(session, appeal), projection(session, appeal)


def provisional_appeals(session: Session) -> Sequence[Appeal]:
    """Appeals with a pending date that was computed without the State Council's arrangement (rule 3)."""
    return session.exec(select(Appeal).where(col(Appeal.is_provisional)).order_by(col(Appeal.id))).all()
