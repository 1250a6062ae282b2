"""One act on many appeals in portions: what became of each stays with a key of its own, so that a portion that is
sent again does nothing twice and tells the same.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from models.accounts.tables import Unit
from models.accounts.types import Actor
from models.appeals.queries import visible_appeals
from models.appeals.tables import Appeal
from models.errors import Refused
from models.handling.commands import Act, accept_and_dispatch
from models.handling.concerned import check_neutral, check_unit
from models.handling.keys import act_key, remember_key
from models.handling.tables import ActKey
from models.handling.turns import AT_TRIAGE
from models.handling.types import Action

DONE = "done"
PREFIX = "batch"


def picked_appeals(session: Session, actor: Actor, uids: Iterable[str]) -> list[Appeal]:
    """Those of them that the actor may see, in the order of receipt. One statement."""
    statement = visible_appeals(actor).where(col(Appeal.uid).in_(list(uids)))
    return list(session.exec(statement.order_by(col(Appeal.received_at), col(Appeal.id))).all())


def check_dispatch(session: Session, appeal: Appeal, actor: Actor, lead_unit: Unit) -> None:
    """What a dispatch would be refused for today; raises that refusal and writes nothing."""
    if appeal.state not in AT_TRIAGE:
        raise Refused("not_in_this_state")
    check_neutral(session, appeal, Action.DISPATCH, actor)
    check_unit(session, appeal, lead_unit)


def dispatch_once(session: Session, appeal: Appeal, act: Act, key_hash: str, *, lead_unit: Unit) -> None:
    """Dispatches unless this very key did so before. Call it with the appeal's row locked."""
    if act_key(session, key_hash) is not None:
        return
    accept_and_dispatch(session, appeal, act, lead_unit=lead_unit)
    remember_key(session, key_hash, act.actor, f"{PREFIX}:{DONE}:{appeal.uid}", now=act.now)


def remember_refusal(session: Session, actor: Actor, key_hash: str, uid: str, code: str, *, now: datetime) -> None:
    """The reason stays with the key. Two sendings at once may both want to write it: the first one counts."""
    try:
        with session.begin_nested():
            remember_key(session, key_hash, actor, f"{PREFIX}:{code}:{uid}", now=now)
            session.flush()
    except IntegrityError:
        return


def outcomes(session: Session, actor: Actor, key_hashes: Iterable[str]) -> dict[str, str]:
    """`DONE` or the code of the refusal, by key; what has not been tried is missing. One statement."""
    mine = col(ActKey.account_id) == actor.account_id
    rows = session.exec(select(ActKey).where(col(ActKey.key_hash).in_(list(key_hashes)), mine)).all()
    return {row.key_hash: row.subject.split(":")[1] for row in rows if row.subject.startswith(f"{PREFIX}:")}
