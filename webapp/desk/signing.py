"""Signing several appeals at once: each one signed, or reported with the reason why not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import flash
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.queries import visible_appeal
from models.audit.commands import append
from models.errors import DomainError, NotFound, Refused
from models.handling import commands, queries
from models.handling.types import Action
from webapp import clock
from webapp.calendar import current_calendar
from webapp.forms import ActForm
from webapp.messages import message

MOST_AT_ONCE = 50
SUBJECT = "sign:many"
NOTHING_PICKED = "请先勾选要签收的诉求，再点批量签收。"


@dataclass
class Signed:
    """Numbers signed, and (number, reason) of those that were not."""

    numbers: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def is_repeat(session: Session, actor: Actor, form: ActForm) -> bool:
    used = queries.act_key(session, form.key_hash)
    return used is not None and (used.account_id, used.subject) == (actor.account_id, SUBJECT)


def sign_all(session: Session, actor: Actor, uids: Sequence[str], form: ActForm) -> Signed:
    """One transaction. Rows are locked in the order of their ids, so that two people signing the same ones do not
    wait for each other for ever. A refusal writes nothing but its trace (AUD-4)."""
    outcome = Signed()
    for uid in sorted(set(uids))[:MOST_AT_ONCE]:
        _sign_one(session, actor, uid, outcome)
    commands.remember_key(session, form.key_hash, actor, SUBJECT, now=clock.now())
    return outcome


def _sign_one(session: Session, actor: Actor, uid: str, outcome: Signed) -> None:
    number = "选中的一件"
    try:
        appeal = visible_appeal(session, actor, uid, lock=True)
        number = appeal.number
        commands.sign(session, appeal, commands.Act(actor, clock.now(), current_calendar()))
        outcome.numbers.append(number)
    except (Refused, NotFound) as error:
        _trace(session, actor, uid, error)
        outcome.refused.append((number, message(error.code)))


def _trace(session: Session, actor: Actor, uid: str, error: DomainError) -> None:
    append(
        session, at=clock.now(), actor_id=actor.account_id, action="denied", object_kind="view", object_id=uid,
        facts={"view": f"desk.sign_many:{Action.SIGN.value}:{error.code}"},
    )


def say(outcome: Signed) -> None:
    """What happened, one message for those signed and one for each that was not."""
    if outcome.numbers:
        flash(f"已签收 {len(outcome.numbers)} 件：{'、'.join(outcome.numbers)}。请在时限前核实到位。", "success")
    for number, reason in outcome.refused:
        flash(f"{number} 没有签收：{reason}", "warning")
