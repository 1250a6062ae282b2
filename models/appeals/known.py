"""What the same person or enterprise has told already: by the blind indexes of telephone number and credit code; no
identity is opened for it.

That two appeals come from one hand is an inference about identity (T2). It is made only between appeals whose identity
the actor may know anyway: never from, to or between confidential ones, in either direction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from models.accounts.types import Actor
from models.appeals.queries import may_see_identity, scope
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.text import is_hotline, is_phone
from models.appeals.types import ENDED_STATES
from models.appeals.vault import IdentityVault

MOST_SAME = 20


@dataclass(frozen=True)
class SameParty:
    """An appeal of the same enterprise, or left with the same telephone number, or both."""

    appeal: Appeal
    is_enterprise: bool
    is_contact: bool


def same_party(session: Session, actor: Actor, appeal: Appeal) -> Sequence[SameParty]:
    """Others of the people of this appeal, the newest `MOST_SAME` + 1: one more than are told says that there are
    more. At most two statements.
    """
    own = session.get(AppellantIdentity, appeal.id) if may_see_identity(actor, appeal) else None
    if own is None:
        return []
    others = col(Appeal.id) != appeal.id
    return _of(session, actor, own.enterprise_index, own.phone_index, others, limit=MOST_SAME + 1)


def open_appeals_of(
    session: Session, actor: Actor, vault: IdentityVault, *, phone: str = "", credit_code: str = "", limit: int = 5
) -> Sequence[Appeal]:
    """Open appeals with this telephone number or credit code, the newest first. A hotline's number is nobody's."""
    enterprise_index = vault.index(credit_code) if credit_code.strip() else ""
    phone_index = vault.index(phone) if is_phone(phone) and not is_hotline(phone) else ""
    is_open = col(Appeal.state).not_in(ENDED_STATES)
    return [one.appeal for one in _of(session, actor, enterprise_index, phone_index, is_open, limit=limit)]


def _of(
    session: Session, actor: Actor, enterprise_index: str, phone_index: str, which: ColumnElement[bool], *, limit: int
) -> list[SameParty]:
    """Visible appeals with either index, the newest first. An empty index joins nobody."""
    other = AppellantIdentity
    told = ((other.enterprise_index, enterprise_index), (other.phone_index, phone_index))
    same = [col(column) == index for column, index in told if index]
    if not same:
        return []
    statement = (
        select(Appeal, other.enterprise_index, other.phone_index)
        .join(other, col(other.appeal_id) == col(Appeal.id))
        .where(or_(*same), scope(actor), which, col(Appeal.is_confidential).is_(False))
        .order_by(col(Appeal.id).desc())
        .limit(limit)
    )
    return [
        SameParty(
            row, bool(enterprise_index) and enterprise == enterprise_index, bool(phone_index) and phone == phone_index
        )
        for row, enterprise, phone in session.exec(statement).all()
        if may_see_identity(actor, row)
    ]
