"""The reply of a round: drafted by the handler, signed off by the approver, reviewed and published by the office."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.appeals.types import State
from models.errors import Conflict, Refused
from models.handling import queries, rules
from models.handling.commands import Act, perform
from models.handling.concerned import check_answerable
from models.handling.reply_rules import problems
from models.handling.sharing import share, waiting
from models.handling.tables import AppealEvent, Reply, ReplyItem
from models.handling.types import Action, Outcome, ReplyEntry, ReplyKind, ReplyStatus, Stage
from models.workdays.rules import local_day

KIND_SIGNED_OFF = {State.PRELIMINARY_SIGN_OFF: ReplyKind.PRELIMINARY, State.REPLY_SIGN_OFF: ReplyKind.FINAL}
PROPOSALS = {ReplyKind.PRELIMINARY: Action.PROPOSE_PRELIMINARY, ReplyKind.FINAL: Action.PROPOSE_REPLY}


@dataclass(frozen=True)
class DraftEntry:
    """What is typed so far about one demand; anything may still be empty."""

    demand_id: int
    outcome: Outcome | None = None
    facts: str = ""
    basis: str = ""
    actions: str = ""
    promised_on: date | None = None


@dataclass(frozen=True)
class Draft:
    kind: ReplyKind
    entries: tuple[DraftEntry, ...]
    summary: str = ""
    next_milestone_on: date | None = None
    version: int | None = None
    """The draft's row version the form was made from, 0 when there was none yet; None checks nothing."""


def save_draft(session: Session, appeal: Appeal, draft: Draft, act: Act) -> Reply:
    """Keeps what is typed. Allowed to whoever may propose; a draft changed by somebody else meanwhile is a
    `Conflict`.
    """
    rules.step(queries.projection(session, appeal), PROPOSALS[draft.kind], act.actor)
    reply = queries.reply(session, appeal, draft.kind)
    asked = {demand.id for demand in queries.demands_to_answer(session, act.actor, appeal)}
    if reply is not None and _holds(session, asked, reply, draft):
        return reply
    _check_draft_version(reply, draft)
    reply = reply or _new_reply(appeal, draft, act.now)
    reply.summary, reply.next_milestone_on = draft.summary, draft.next_milestone_on
    reply.drafted_by_id, reply.updated_at = act.actor.account_id, act.now
    reply.version += 1
    session.add(reply)
    session.flush()
    _save_entries(session, asked, reply, draft.entries)
    return reply


def _holds(session: Session, asked: Set[int | None], reply: Reply, draft: Draft) -> bool:
    """True when the stored draft says just this already: a double click, which is no conflict and no change. What was
    written for an appeal that is merged no more, or that the unit may read no more, is kept and looked at no more.
    """
    items = {key: item for key, item in queries.reply_items(session, reply).items() if key in asked}
    stored = {
        key: DraftEntry(key, item.outcome, item.facts, item.basis, item.actions, item.promised_on)
        for key, item in items.items()
    }
    is_same_head = (reply.summary, reply.next_milestone_on) == (draft.summary, draft.next_milestone_on)
    return is_same_head and stored == {entry.demand_id: entry for entry in draft.entries}


def _check_draft_version(reply: Reply | None, draft: Draft) -> None:
    found = reply.version if reply else 0
    if draft.version is not None and draft.version != found:
        raise Conflict("draft_changed_meanwhile", expected=draft.version, found=found)


def _new_reply(appeal: Appeal, draft: Draft, now: datetime) -> Reply:
    assert appeal.id is not None
    return Reply(
        appeal_id=appeal.id,
        round=appeal.round,
        kind=draft.kind,
        status=ReplyStatus.DRAFT,
        updated_at=now,
        version=0,
    )


def _save_entries(session: Session, asked: Set[int | None], reply: Reply, entries: Sequence[DraftEntry]) -> None:
    stored = queries.reply_items(session, reply)
    assert reply.id is not None
    for entry in entries:
        if entry.demand_id not in asked:
            raise Refused("unknown_demand", demand_id=entry.demand_id)
        item = stored.get(entry.demand_id) or ReplyItem(reply_id=reply.id, demand_id=entry.demand_id)
        item.outcome, item.facts, item.basis = entry.outcome, entry.facts, entry.basis
        item.actions, item.promised_on = entry.actions, entry.promised_on
        session.add(item)
    session.flush()


def propose(session: Session, appeal: Appeal, draft: Draft, act: Act) -> AppealEvent:
    """Sends the reply to the unit's approver. Every demand must be answered (`Refused("reply_incomplete",
    problems=…)`).
    """
    check_answerable(session, appeal, act.actor)
    found = _problems(session, appeal, draft, act)
    if found:
        raise Refused("reply_incomplete", problems=found)
    reply = save_draft(session, appeal, draft, act)
    reply.status = ReplyStatus.PROPOSED
    session.add(reply)
    return perform(session, appeal, PROPOSALS[draft.kind], act)


def _problems(session: Session, appeal: Appeal, draft: Draft, act: Act) -> dict[tuple[int, str], str]:
    today = local_day(act.now)
    found: dict[tuple[int, str], str] = {}
    by_id = {entry.demand_id: entry for entry in draft.entries}
    whole = []
    for demand in queries.demands_to_answer(session, act.actor, appeal):
        assert demand.id is not None
        entry = by_id.get(demand.id, DraftEntry(demand.id))
        if entry.outcome is None:
            found[demand.id, "outcome"] = "outcome_missing"
        outcome = entry.outcome or Outcome.EXPLAINED
        whole.append(ReplyEntry(demand.id, outcome, entry.facts, entry.basis, entry.actions, entry.promised_on))
    found.update(problems(whole, today))
    if draft.kind is ReplyKind.PRELIMINARY:
        wrong = _wrong_day(session, appeal, draft.next_milestone_on, today)
        found |= {(0, "next_milestone_on"): wrong} if wrong else {}
    return found


def _wrong_day(session: Session, appeal: Appeal, named: date | None, today: date) -> str:
    """Why the day of the next milestone will not do: it must lie ahead, and not behind the final result's."""
    if named is None or named <= today:
        return "next_milestone_missing"
    pending = queries.projection(session, appeal).pending
    final = next((one.due_on for one in pending if one.stage is Stage.FINAL), None)
    return "next_milestone_after_final" if final is not None and named > final else ""


def sign_off(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The approver answers for what leaves the unit. A preliminary result is public at once; a reply goes to review."""
    check_answerable(session, appeal, act.actor)
    kind = KIND_SIGNED_OFF.get(appeal.state)
    merged = waiting(session, appeal) if kind is ReplyKind.PRELIMINARY else ()
    named = queries.reply(session, appeal, kind) if kind is ReplyKind.PRELIMINARY else None
    event = perform(session, appeal, Action.SIGN_OFF, act, next_on=named.next_milestone_on if named else None)
    reply = _reply_in(session, appeal, kind)
    reply.signed_off_by_id = act.actor.account_id
    reply.status = ReplyStatus.SIGNED_OFF
    if kind is ReplyKind.PRELIMINARY:
        reply.status, reply.published_at = ReplyStatus.PUBLISHED, act.now
        share(session, appeal, merged, reply, act)
    session.add(reply)
    return event


def send_back(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The approver returns the draft to the handler, with a reason for staff."""
    kind = KIND_SIGNED_OFF.get(appeal.state)
    event = perform(session, appeal, Action.SEND_BACK, act)
    _back_to_draft(session, _reply_in(session, appeal, kind))
    return event


def reject(session: Session, appeal: Appeal, act: Act) -> AppealEvent:
    """The office returns the reply; the original due date stands (domain.md §4 rule 6)."""
    event = perform(session, appeal, Action.REJECT, act)
    _back_to_draft(session, _reply_in(session, appeal, ReplyKind.FINAL))
    return event


def publish(session: Session, appeal: Appeal, act: Act) -> Reply:
    """The office confirms: the reply becomes the appellant's to read, the clock's promise is met or missed."""
    check_answerable(session, appeal, act.actor)
    merged = waiting(session, appeal)
    perform(session, appeal, Action.PUBLISH, act)
    reply = _reply_in(session, appeal, ReplyKind.FINAL)
    reply.reviewed_by_id = act.actor.account_id
    reply.status, reply.published_at = ReplyStatus.PUBLISHED, act.now
    session.add(reply)
    session.flush()
    share(session, appeal, merged, reply, act)
    return reply


def _back_to_draft(session: Session, reply: Reply) -> None:
    reply.status, reply.signed_off_by_id = ReplyStatus.DRAFT, None
    session.add(reply)


def _reply_in(session: Session, appeal: Appeal, kind: ReplyKind | None) -> Reply:
    statement = select(Reply).where(
        col(Reply.appeal_id) == appeal.id, col(Reply.round) == appeal.round, col(Reply.kind) == kind
    )
    return session.exec(statement).one()
