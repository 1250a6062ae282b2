"""Reading the life of an appeal: events, projection, replies, the queue and its counters."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy import case, func, literal_column
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, or_, select

from models.accounts.types import Actor
from models.appeals.queries import OF_APPEAL, demands, not_kept_from, of, scope
from models.appeals.tables import Appeal, Demand
from models.appeals.types import State
from models.errors import Refused
from models.handling.clock import Terms
from models.handling.rules import replay
from models.handling.tables import (
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
    effects_from_json,
)
from models.workdays.rules import local_day

_EVENTS = select(AppealEvent).where(col(AppealEvent.appeal_id) == OF_APPEAL).order_by(col(AppealEvent.seq))
_MILESTONES = (
    select(  # type: ignore[call-overload]
        MilestoneRow.round, MilestoneRow.stage, MilestoneRow.start_on, MilestoneRow.workdays, MilestoneRow.due_on,
        MilestoneRow.is_provisional, MilestoneRow.status, MilestoneRow.reached_on,
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
        row.round, row.stage, row.start_on, row.workdays, row.due_on, row.is_provisional, row.status, row.reached_on
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
        appeal.assignee_id, assistances(session, appeal), links(session, appeal),
    )


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


def policy_in_force(session: Session, on: date) -> tuple[Policy, Terms]:
    """The default policy on a day. Its absence is an error of installation, never "no limit"."""
    statement = (
        select(Policy)
        .where(col(Policy.in_force_from) <= on, or_(col(Policy.in_force_to).is_(None), col(Policy.in_force_to) >= on))
        .order_by(col(Policy.in_force_from).desc(), col(Policy.version).desc())
    )
    policy = session.exec(statement).first()
    if policy is None:
        raise Refused("no_policy_in_force", on=on)
    return policy, _terms(session, policy)


def policy_of(session: Session, appeal: Appeal) -> tuple[Policy, Terms]:
    """The policy the running round was dispatched under."""
    statement = (
        select(Policy)
        .join(MilestoneRow, col(MilestoneRow.policy_id) == col(Policy.id))
        .where(col(MilestoneRow.appeal_id) == appeal.id, col(MilestoneRow.round) == appeal.round)
    )
    policy = session.exec(statement).first()
    if policy is None:
        raise Refused("not_dispatched")
    return policy, _terms(session, policy)


def terms_of(session: Session, appeal: Appeal) -> Terms:
    """The limits the running round was dispatched under, without the policy's own row: one statement."""
    used = select(MilestoneRow.policy_id).where(
        col(MilestoneRow.appeal_id) == appeal.id, col(MilestoneRow.round) == appeal.round
    )
    limits = session.exec(select(PolicyLimit).where(col(PolicyLimit.policy_id).in_(used))).all()
    if not limits:
        raise Refused("not_dispatched")
    return Terms(limits[0].policy_id, {limit.stage: limit.workdays for limit in limits})


def _terms(session: Session, policy: Policy) -> Terms:
    limits = session.exec(select(PolicyLimit).where(col(PolicyLimit.policy_id) == policy.id)).all()
    assert policy.id is not None
    return Terms(policy.id, {limit.stage: limit.workdays for limit in limits})


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
    "in_review": (State.IN_REVIEW,),
    "ended": (State.REPLIED, State.CLOSED, State.WITHDRAWN, State.MERGED),
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
