"""Follow-up calls of the office: each attempt is a row of its own and stays one. Never a rating. No commit here."""

from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.queries import may_see_identity
from models.appeals.reveal_rules import names_somebody
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.types import AppellantKind
from models.audit.commands import append
from models.errors import Refused
from models.followup import cases, queries
from models.followup.answering import Published, handling_units, published
from models.followup.policies import terms_in_force
from models.followup.rules import RATEABLE, is_unreachable, refused_to_call
from models.followup.tables import FollowUpCall
from models.followup.types import CallResult, CaseAction, CaseOrigin, CaseState, ContactWay, Unreached
from models.handling.commands import Act
from models.handling.concerned import check_neutral
from models.handling.types import Action
from models.workdays.rules import local_day


@dataclass(frozen=True)
class Told:
    """What came of a call: why nobody was reached, or what was said."""

    unreached: Unreached | None = None
    result: CallResult | None = None
    is_solved: bool | None = None
    words: str = ""

    @property
    def is_reached(self) -> bool:
        return self.unreached is None


def may_call(session: Session, appeal: Appeal, actor: Actor, on: date) -> Published:
    """The reply that this person may call about now. Raises `Refused` with the reason why they may not."""
    refusal = refused_to_call(actor, handling_units(session, appeal))
    if refusal is not None:
        raise Refused(refusal, action=Action.CLOSE)
    check_neutral(session, appeal, Action.CLOSE, actor)
    if not _has_telephone(session, appeal) or not may_see_identity(actor, appeal):
        raise Refused("call_nobody")
    reply = published(session, appeal)
    if reply is None or appeal.state not in RATEABLE:
        raise Refused("nothing_to_call_about")
    made = queries.calls(session, appeal, reply.round)
    if any(one.is_reached for one in made):
        raise Refused("already_reached")
    if is_unreachable(len(made), terms_in_force(session, on)):
        raise Refused("called_often_enough", most=len(made))
    return reply


def _has_telephone(session: Session, appeal: Appeal) -> bool:
    """Known without opening the identity: by its blind index."""
    row = session.get(AppellantIdentity, appeal.id)
    return appeal.appellant_kind is not AppellantKind.ANONYMOUS and row is not None and bool(row.phone_index)


def record(session: Session, appeal: Appeal, told: Told, act: Act, *, expected_attempt: int) -> FollowUpCall:
    """`expected_attempt`: the number the form was made for; somebody who called meanwhile has it. The caller holds the
    appeal's row. Whoever says that they are not satisfied opens a case.
    """
    today = local_day(act.now)
    reply = may_call(session, appeal, act.actor, today)
    attempt = len(queries.calls(session, appeal, reply.round)) + 1
    if attempt != expected_attempt:
        raise Refused("called_meanwhile")
    _check(told)
    assert appeal.id is not None and act.actor.account_id is not None
    call = FollowUpCall(
        appeal_id=appeal.id, round=reply.round, attempt=attempt, unit_id=reply.unit_id, is_reached=told.is_reached,
        unreached=told.unreached, result=told.result, is_solved=told.is_solved, words=told.words,
        called_by_id=act.actor.account_id, called_by_name=act.actor.display_name, called_at=act.now, called_on=today,
    )
    session.add(call)
    session.flush()
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="call.record", object_kind="appeal",
        object_id=appeal.uid,
        facts={"round": call.round, "attempt": attempt, "unreached": told.unreached, "result": told.result},
    )
    _tell_case(session, appeal, reply, call, act)
    return call


def _tell_case(session: Session, appeal: Appeal, reply: Published, call: FollowUpCall, act: Act) -> None:
    """"Not satisfied" opens a case. Whoever was reached about one has been contacted: nobody is called twice for it."""
    case = cases.of_round(session, appeal, reply.round)
    if case is None and call.result is CallResult.NOT_SATISFIED:
        case = cases.open_case(
            session, appeal, reply, CaseOrigin.CALL, now=act.now, calendar=act.calendar, call=call
        )
    if case is not None and case.state is not CaseState.CLOSED:
        action = CaseAction.CONTACT if call.is_reached else CaseAction.TRY_CONTACT
        said = cases.contact_said(ContactWay.PHONE, inner=call.words)
        cases.perform(session, case, appeal, action, replace(act, expected_version=None), said)


def _check(told: Told) -> None:
    if told.is_reached == (told.result is None):
        raise Refused("call_result_missing")
    if not told.is_reached and told.is_solved is not None:
        raise Refused("call_result_missing")
    if names_somebody(told.words):
        raise Refused("case_words_identify")
