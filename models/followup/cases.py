"""Dissatisfaction cases: opened by a low grade or a call, decided by the office, answered by the unit, swept by time.
Case, event and audit row in the caller's one transaction; no commit here. Whoever calls holds the appeal's row.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from models.accounts.types import SYSTEM
from models.appeals.reveal_rules import names_somebody
from models.appeals.tables import Appeal
from models.audit.commands import append
from models.errors import Conflict, Refused
from models.followup import case_rules as rules
from models.followup import policies
from models.followup.answering import Published, handling_units, published
from models.followup.case_json import first_effects, project, standing, to_json
from models.followup.case_rules import About, Effects, Happening
from models.followup.tables import (
    DissatisfactionCase,
    DissatisfactionEvent,
    FollowUpCall,
    FollowUpPolicy,
    SatisfactionRating,
)
from models.followup.types import CaseAction, CaseOrigin, CaseState, ContactWay, Terms
from models.handling import commands as handling
from models.handling.commands import Act
from models.handling.concerned import check_neutral
from models.handling.types import Action
from models.workdays.rules import local_day
from models.workdays.types import WorkCalendar

UNIT_ACTS = frozenset({CaseAction.ANSWER})


@dataclass(frozen=True)
class Said:
    """What an act on a case says. `told`: the appellant reads it; `words`: office and unit; `inner`: the office alone.
    `facts` are plain values.
    """

    told: str = ""
    words: str = ""
    inner: str = ""
    workdays: int = 0
    facts: dict[str, Any] = field(default_factory=dict)


# ---------------------------------------------------------------- opening


def open_case(
    session: Session, appeal: Appeal, reply: Published, origin: CaseOrigin, *, now: datetime, calendar: WorkCalendar,
    rating: SatisfactionRating | None = None, call: FollowUpCall | None = None,
) -> DissatisfactionCase | None:
    """One a round: None where one stands already."""
    if of_round(session, appeal, reply.round) is not None:
        return None
    today = local_day(now)
    policy = policies.in_force(session, today)
    begun = rules.opened(today, policies.terms_of(policy), calendar)
    assert appeal.id is not None and policy.id is not None
    case = DissatisfactionCase(
        appeal_id=appeal.id, round=reply.round, unit_id=reply.unit_id, origin=origin,
        rating_id=rating.id if rating else None, call_id=call.id if call else None, policy_id=policy.id,
        opened_at=now, opened_on=today, state=begun.state, contact_workdays=begun.contact.workdays,
        contact_first_due_on=begun.contact.first_due_on, contact_due_on=begun.contact.due_on,
        contact_is_provisional=begun.contact.is_provisional, contact_kept=begun.contact.kept,
        put_right_workdays=begun.put_right.workdays, put_right_first_due_on=begun.put_right.first_due_on,
        put_right_due_on=begun.put_right.due_on, put_right_is_provisional=begun.put_right.is_provisional,
        put_right_kept=begun.put_right.kept, version=begun.version,
    )
    session.add(case)
    session.flush()
    _record(session, case, CaseAction.OPENED, Act(SYSTEM, now, calendar), first_effects(begun), Said())
    return case


def of_round(session: Session, appeal: Appeal, round_: int) -> DissatisfactionCase | None:
    statement = select(DissatisfactionCase).where(
        col(DissatisfactionCase.appeal_id) == appeal.id, col(DissatisfactionCase.round) == round_
    )
    return session.exec(statement).one_or_none()


# ---------------------------------------------------------------- acts


def about(session: Session, case: DissatisfactionCase, appeal: Appeal) -> About:
    """What the rules ask beside the case itself."""
    is_answered = case.redo_round is not None and (
        appeal.round > case.redo_round or (appeal.round == case.redo_round and published(session, appeal) is not None)
    )
    return About(case.unit_id, handling_units(session, appeal) | {case.unit_id}, is_answered)


def perform(
    session: Session, case: DissatisfactionCase, appeal: Appeal, action: CaseAction, act: Act, said: Said
) -> DissatisfactionEvent:
    """Any act by a person. Raises `Refused` by the table, `Conflict` when the case moved on since the form was made."""
    row = _permitted(session, case, appeal, action, act)
    check_words(said)
    now = standing(case)
    effects = rules.effects(now, action, local_day(act.now))
    if action is CaseAction.EXTEND:
        terms = _terms(session, case)
        effects = rules.extended(now, said.workdays, terms, act.calendar)
    return _record(session, case, action, act, effects, said, to_state=row.target)


def redo(
    session: Session, case: DissatisfactionCase, appeal: Appeal, act: Act, said: Said
) -> DissatisfactionEvent:
    """The office has the matter handled anew (Action.REDO of handling, in this transaction), and the case is tied to
    the new round.
    """
    row = _permitted(session, case, appeal, CaseAction.DECIDE_REDO, act)
    check_words(said)
    again = replace(act, expected_version=None, public_note=said.told, internal_note=said.words)
    handling.redo(session, appeal, again)
    effects = rules.effects(
        standing(case), CaseAction.DECIDE_REDO, local_day(act.now), redo_round=appeal.round
    )
    return _record(session, case, CaseAction.DECIDE_REDO, act, effects, said, to_state=row.target)


def redo_appeal(session: Session, appeal: Appeal, act: Act) -> None:
    """Handled anew from the appeal's own page: an undecided case of this round is decided by the same act."""
    case = of_round(session, appeal, appeal.round)
    if case is None or case.state is not CaseState.OPEN:
        handling.redo(session, appeal, act)
        return
    if act.expected_version is not None and act.expected_version != appeal.version:
        raise Conflict("changed_meanwhile", expected=act.expected_version, found=appeal.version)
    said = Said(told=act.public_note, words=act.internal_note)
    redo(session, case, appeal, replace(act, expected_version=None), said)


def _permitted(
    session: Session, case: DissatisfactionCase, appeal: Appeal, action: CaseAction, act: Act
) -> rules.ActRow:
    if act.expected_version is not None and act.expected_version != case.version:
        raise Conflict("case_changed_meanwhile", expected=act.expected_version, found=case.version)
    row = rules.step(standing(case), action, act.actor, about(session, case, appeal))
    if action not in UNIT_ACTS:
        check_neutral(session, appeal, Action.REDO, act.actor)
    return row


def check_words(said: Said) -> None:
    """Unit and appellant read what stands here: no telephone, identity card or credit code in it."""
    if names_somebody(said.words) or names_somebody(said.told):
        raise Refused("case_words_identify")


def contact_said(way: ContactWay, *, told: str = "", inner: str = "") -> Said:
    """A word on the follow-up page is for the appellant; what was spoken is noted for the office."""
    if way is ContactWay.PAGE and not told.strip():
        raise Refused("case_message_missing")
    return Said(told=told if way is ContactWay.PAGE else "", inner=inner, facts={"way": way.value})


def _terms(session: Session, case: DissatisfactionCase) -> Terms:
    """Those it was opened under."""
    return policies.terms_of(session.get_one(FollowUpPolicy, case.policy_id))


# ---------------------------------------------------------------- time


def sweep(session: Session, case: DissatisfactionCase, act: Act) -> int:
    """Dates by this calendar first, then what is overdue; how many things were written. The caller holds the row."""
    moved = rules.settled(standing(case), act.calendar)
    if moved and (case.state, CaseAction.RECALCULATE) in rules.ACTS:
        facts = {"calendar_version": act.calendar.version}
        _record(session, case, CaseAction.RECALCULATE, act, moved, Said(facts=facts))
    missed = rules.overdue(standing(case), local_day(act.now))
    for action in missed:
        effects = rules.effects(standing(case), action, local_day(act.now))
        _record(session, case, action, act, effects, Said())
    return len(missed) + bool(moved)


def _record(
    session: Session, case: DissatisfactionCase, action: CaseAction, act: Act, effects: Effects, said: Said,
    *, to_state: CaseState | None = None,
) -> DissatisfactionEvent:
    """Event, projection, trace."""
    assert case.id is not None
    is_first = action is CaseAction.OPENED
    event = DissatisfactionEvent(
        case_id=case.id, seq=1 if is_first else case.version + 1, action=action, to_state=to_state or case.state,
        at=act.now, actor_id=act.actor.account_id, actor_name=act.actor.display_name, unit_id=act.actor.unit_id,
        effects=to_json(effects), facts=said.facts, told=said.told, words=said.words, inner=said.inner,
    )
    if not is_first:
        project(case, rules.apply(standing(case), Happening(event.seq, event.to_state, effects)))
    session.add_all([event, case])
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action=f"case.{action.value}", object_kind="case",
        object_id=case.uid, facts={"seq": event.seq, "state": case.state, **event.effects},
    )
    return event
