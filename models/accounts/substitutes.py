"""Standing in for somebody who is away: named by them for a span, over by itself after its last day.

No commit and no audit row here: the caller writes both. What a substitute holds is read afresh at each request
(`models.accounts.lending`); nothing is copied, so nothing can be left behind.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, or_, select

from models.accounts.rules import may_be_substitute, may_name_substitute, stands_with
from models.accounts.tables import Account, AccountRole, Substitution
from models.accounts.types import Actor, Role
from models.errors import NotFound, Refused


class Standing(NamedTuple):
    """A substitution with both names."""

    substitution: Substitution
    absent: Account
    substitute: Account


def colleagues(session: Session, actor: Actor) -> list[Account]:
    """Whom this person may name, in the order they came."""
    own = actor.own_roles
    if not may_name_substitute(own):
        return []
    people = session.exec(
        select(Account).where(col(Account.is_active), col(Account.id) != actor.account_id).order_by(col(Account.id))
    ).all()
    roles = _roles_of(session, [one.id for one in people])
    return [
        one for one in people
        if may_be_substitute(roles.get(one.id, frozenset()))
        and stands_with(own, actor.unit_id, roles.get(one.id, frozenset()), one.unit_id)
    ]


def _roles_of(session: Session, ids: Iterable[int | None]) -> dict[int | None, frozenset[Role]]:
    rows = session.exec(select(AccountRole).where(col(AccountRole.account_id).in_(list(ids)))).all()
    held: dict[int | None, set[Role]] = {}
    for row in rows:
        held.setdefault(row.account_id, set()).add(row.role)
    return {account_id: frozenset(roles) for account_id, roles in held.items()}


def name(
    session: Session, actor: Actor, colleague_uid: str, *, starts_at: datetime, ends_at: datetime, now: datetime
) -> Standing:
    """Refuses whoever is no colleague, a span that meets another of one's own, and chains: nobody stands in for others
    while they are away themselves. The span's length is `rules.refused_span`'s to judge.
    """
    chosen = next((one for one in colleagues(session, actor) if one.uid == colleague_uid), None)
    if chosen is None:
        raise Refused("no_colleague")
    absent = _locked(session, actor.account_id, chosen.id)
    if _meets(session, starts_at, ends_at, col(Substitution.absent_id) == absent.id):
        raise Refused("substitution_overlaps")
    is_away = col(Substitution.absent_id) == chosen.id
    stands_in = col(Substitution.substitute_id) == absent.id
    if _meets(session, starts_at, ends_at, or_(is_away, stands_in)):
        raise Refused("substitution_chain")
    assert absent.id is not None and chosen.id is not None
    row = Substitution(
        absent_id=absent.id, substitute_id=chosen.id, starts_at=starts_at, ends_at=ends_at, named_at=now
    )
    session.add(row)
    session.flush()
    return Standing(row, absent, chosen)


def _locked(session: Session, *ids: int | None) -> Account:
    """Both rows, in one order for everybody: two who name each other at once come one after the other. The first is
    returned.
    """
    rows = session.exec(select(Account).where(col(Account.id).in_(ids)).order_by(col(Account.id)).with_for_update())
    return next(one for one in rows.all() if one.id == ids[0])


def _meets(session: Session, starts_at: datetime, ends_at: datetime, whose: ColumnElement[bool]) -> bool:
    spans = (
        (col(Substitution.starts_at) < ends_at) & (col(Substitution.ends_at) > starts_at)
        & col(Substitution.ended_at).is_(None)
    )  # fmt: skip
    return session.exec(select(Substitution.id).where(spans, whose).limit(1)).first() is not None


def standing(session: Session, account_id: int | None, now: datetime) -> Sequence[Standing]:
    """The running and coming ones in which somebody is away or stands in, the next first."""
    absent, substitute = aliased(Account), aliased(Account)
    mine = or_(col(Substitution.absent_id) == account_id, col(Substitution.substitute_id) == account_id)
    statement = (
        select(Substitution, absent, substitute)
        .join(absent, col(absent.id) == col(Substitution.absent_id))
        .join(substitute, col(substitute.id) == col(Substitution.substitute_id))
        .where(mine, col(Substitution.ends_at) > now, col(Substitution.ended_at).is_(None))
    )
    found = session.exec(statement.order_by(col(Substitution.starts_at), col(Substitution.id))).all()
    return [Standing(*row) for row in found]


def take_back(session: Session, actor: Actor, uid: str, *, now: datetime) -> Standing:
    """One's own, before its last day. Somebody else's is not there."""
    mine = [one for one in standing(session, actor.account_id, now) if one.substitution.absent_id == actor.account_id]
    found = next((one for one in mine if one.substitution.uid == uid), None)
    if found is None:
        raise NotFound("no_such_substitution")
    _end(session, found.substitution, now)
    return found


def end_all(session: Session, account_id: int | None, *, now: datetime) -> Sequence[Standing]:
    """Whoever leaves a unit or a role is stood in for no more, and stands in for nobody."""
    found = standing(session, account_id, now)
    for one in found:
        _end(session, one.substitution, now)
    return found


def _end(session: Session, row: Substitution, now: datetime) -> None:
    row.ended_at = now
    session.add(row)
    session.flush()
