"""What the same person or enterprise has told already, for a clerk who is about to write it down once more."""

from collections.abc import Sequence

from sqlmodel import Session, col, or_

from models.accounts.types import Actor
from models.appeals.queries import may_see_identity, visible_appeals
from models.appeals.tables import Appeal, AppellantIdentity
from models.appeals.text import is_hotline, is_phone
from models.appeals.types import ENDED_STATES
from models.appeals.vault import IdentityVault


def open_appeals_of(
    session: Session, actor: Actor, vault: IdentityVault, *, phone: str = "", credit_code: str = "", limit: int = 5
) -> Sequence[Appeal]:
    """Open appeals with this telephone number or credit code, the newest first: by the keyed hashes, nothing is opened.

    Only those whose appellant this actor may know anyway. A confidential one stays out: finding it by a number would
    tell whose it is. A hotline's number is nobody's.
    """
    asked = []
    if is_phone(phone) and not is_hotline(phone):
        asked.append(col(AppellantIdentity.phone_index) == vault.index(phone))
    if credit_code.strip():
        asked.append(col(AppellantIdentity.enterprise_index) == vault.index(credit_code))
    if not asked:
        return []
    statement = (
        visible_appeals(actor)
        .join(AppellantIdentity, col(AppellantIdentity.appeal_id) == col(Appeal.id))
        .where(~col(Appeal.is_confidential), col(Appeal.state).not_in(ENDED_STATES), or_(*asked))
        .order_by(col(Appeal.id).desc())
        .limit(limit)
    )
    return [one for one in session.exec(statement).all() if may_see_identity(actor, one)]
