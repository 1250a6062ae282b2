"""The level given at triage. It is no part of the workflow, so it leaves a trace of its own."""

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.appeals.types import Level
from models.audit.commands import append
from models.handling.commands import Act


def grade(session: Session, appeal: Appeal, level: Level, act: Act) -> bool:
    """Sets the level; False when it is that already. Call it after the act that checked role and state."""
    if appeal.level is level:
        return False
    facts = {"from": appeal.level, "to": level}
    appeal.level = level
    session.add(appeal)
    append(
        session, at=act.now, actor_id=act.actor.account_id, action="appeal.grade", object_kind="appeal",
        object_id=appeal.uid, facts=facts,
    )
    session.flush()
    return True
