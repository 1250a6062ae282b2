"""Standing in for somebody who is away, as pages say it and as the log keeps it."""

from datetime import datetime, timedelta

from sqlmodel import Session

from models.accounts.substitutes import Standing
from models.accounts.types import Actor
from models.audit.commands import append
from models.workdays.rules import SHANGHAI
from webapp.filters import cn_date


def span_text(one: Standing) -> str:
    """First to last day, as people read them."""
    row = one.substitution
    first, last = (at.astimezone(SHANGHAI).date() for at in (row.starts_at, row.ends_at - timedelta(seconds=1)))
    return cn_date(first) if first == last else f"{cn_date(first)}至{cn_date(last)}"


def trace_both(session: Session, actor: Actor, action: str, one: Standing, *, now: datetime) -> None:
    """A row under each of the two, so that it is found under either."""
    span = {"starts_at": one.substitution.starts_at, "ends_at": one.substitution.ends_at}
    for here, other in ((one.absent, {"substitute": one.substitute.uid}), (one.substitute, {"absent": one.absent.uid})):
        append(
            session, at=now, actor_id=actor.account_id, action=action, object_kind="account",
            object_id=here.uid, facts=other | span,
        )
