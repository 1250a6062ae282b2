"""Asking for a sealed identity, deciding, opening it for half an hour (IDN-3). No commit here.

Every act leaves an audit row with ids only. Whether somebody may is asked again at each step with what they are then:
a change of role or unit, a sign-out or the end of the appeal closes what was granted before.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import Session, col, select, update

from models.accounts import queries as accounts
from models.accounts.tables import Account, AccountRole, LoginSession, Unit
from models.accounts.types import Actor, Role
from models.appeals import queries, views
from models.appeals.accused import accuses
from models.appeals.reveal_rules import (
    OPEN_FOR,
    SHORTEST_REASON,
    Matter,
    is_open,
    names_somebody,
    refused_to_ask,
    refused_to_decide,
)
from models.appeals.tables import Appeal, AppellantIdentity, IdentityReveal
from models.appeals.types import RevealStatus, ViewKind
from models.appeals.vault import Identity, IdentityVault
from models.audit.commands import append
from models.errors import Conflict, NotFound, Refused


def matter(session: Session, actor: Actor, appeal: Appeal) -> Matter:
    return Matter(
        appeal.state, appeal.lead_unit_id, accuses(session, [appeal], actor.unit_path, is_report=False),
        session.get(AppellantIdentity, appeal.id) is not None, queries.may_see_identity(actor, appeal),
    )


def newest(session: Session, actor: Actor, appeal: Appeal) -> IdentityReveal | None:
    """This person's last request for this appeal."""
    statement = select(IdentityReveal).where(
        col(IdentityReveal.appeal_id) == appeal.id, col(IdentityReveal.requester_id) == actor.account_id
    )
    return session.exec(statement.order_by(col(IdentityReveal.id).desc()).limit(1)).first()


def of_appeal(session: Session, appeal: Appeal) -> Sequence[IdentityReveal]:
    """Every request for this appeal, newest first: what the supervisor looks through."""
    statement = select(IdentityReveal).where(col(IdentityReveal.appeal_id) == appeal.id)
    return session.exec(statement.order_by(col(IdentityReveal.id).desc())).all()


def ask(session: Session, actor: Actor, appeal: Appeal, *, reason: str, now: datetime) -> IdentityReveal:
    """The caller holds the appeal's row. Raises `Refused` with why not; one request at a time."""
    refusal = refused_to_ask(actor, matter(session, actor, appeal))
    if refusal is not None:
        raise Refused(refusal)
    if len(reason) < SHORTEST_REASON:
        raise Refused("reveal_reason_short")
    _check_words(reason)
    last = newest(session, actor, appeal)
    if last is not None and (last.status is RevealStatus.ASKED or is_open(last.status, last.expires_at, now)):
        raise Refused("reveal_waiting")
    assert appeal.id is not None and actor.account_id is not None
    made = IdentityReveal(
        appeal_id=appeal.id, requester_id=actor.account_id, unit_id=actor.unit_id, reason=reason, asked_at=now
    )
    session.add(made)
    session.flush()
    _trace(session, "identity.ask", appeal, made, actor, now)
    return made


def _check_words(text: str) -> None:
    if names_somebody(text):
        raise Refused("reveal_words_identify")


def listed(
    session: Session, custodian: Actor, *, is_waiting: bool, limit: int, offset: int = 0
) -> list[tuple[IdentityReveal, Appeal]]:
    """Requests with their appeals: those that wait, the oldest first, or those decided, the newest first.

    What accuses the custodian's own unit is not listed (T4): whom it is about decides nothing of it.
    """
    order = col(IdentityReveal.asked_at).asc() if is_waiting else col(IdentityReveal.decided_at).desc()
    wanted = [RevealStatus.ASKED] if is_waiting else [RevealStatus.GRANTED, RevealStatus.REFUSED]
    statement = (
        select(IdentityReveal, Appeal)
        .join(Appeal, col(Appeal.id) == col(IdentityReveal.appeal_id))
        .where(col(IdentityReveal.status).in_(wanted), queries.accuses_no_kin(custodian))
    )
    return list(session.exec(statement.order_by(order).limit(limit).offset(offset)).all())


def asked(
    session: Session, custodian: Actor, uid: str, *, lock: bool = False
) -> tuple[IdentityReveal, Appeal]:
    """One request by its public id, for the custodian. Invisible and nonexistent raise the same `NotFound`."""
    statement = (
        select(IdentityReveal, Appeal)
        .join(Appeal, col(Appeal.id) == col(IdentityReveal.appeal_id))
        .where(col(IdentityReveal.uid) == uid, queries.accuses_no_kin(custodian))
    )
    found = session.exec(statement.with_for_update(of=IdentityReveal) if lock else statement).one_or_none()
    if found is None:
        raise NotFound("no_such_reveal")
    return found[0], found[1]


def requester_of(session: Session, reveal: IdentityReveal) -> Actor:
    """The requester as they are now."""
    return accounts.actor_of(session, accounts.account_by_id(session, reveal.requester_id))


def requesters(session: Session, found: Iterable[IdentityReveal]) -> dict[int, Actor]:
    """The requesters as they are now, by account: two statements however many."""
    ids = {one.requester_id for one in found}
    held = session.exec(select(AccountRole).where(col(AccountRole.account_id).in_(ids))).all()
    roles = {id_: frozenset(one.role for one in held if one.account_id == id_) for id_ in ids}
    statement = select(Account, Unit).outerjoin(Unit, col(Unit.id) == col(Account.unit_id))
    rows = session.exec(statement.where(col(Account.id).in_(ids))).all()
    return {account.id: _actor(account, unit, roles[account.id]) for account, unit in rows if account.id is not None}


def _actor(account: Account, unit: Unit | None, roles: frozenset[Role]) -> Actor:
    place = (unit.id, unit.short_name, unit.path, unit.kind) if unit is not None else (None, "", "", None)
    return Actor(account.id, account.display_name, roles, *place)


def grant(
    session: Session, custodian: Actor, reveal: IdentityReveal, appeal: Appeal, *, remark: str, now: datetime
) -> None:
    """Opens the identity to the requester for 30 minutes. The caller holds the request's row."""
    requester = _decidable(session, custodian, reveal, remark)
    if refused_to_ask(requester, matter(session, requester, appeal)) or _is_moved(requester, reveal):
        raise Refused("reveal_no_longer")
    _decide(session, custodian, reveal, RevealStatus.GRANTED, remark, now)
    reveal.expires_at = now + OPEN_FOR
    session.flush()
    _trace(session, "identity.grant", appeal, reveal, custodian, now)


def refuse(
    session: Session, custodian: Actor, reveal: IdentityReveal, appeal: Appeal, *, remark: str, now: datetime
) -> None:
    _decidable(session, custodian, reveal, remark)
    _decide(session, custodian, reveal, RevealStatus.REFUSED, remark, now)
    session.flush()
    _trace(session, "identity.refuse", appeal, reveal, custodian, now)


def _decidable(session: Session, custodian: Actor, reveal: IdentityReveal, remark: str) -> Actor:
    """The requester, when this custodian may decide and nobody has. Two at once: the second is a `Conflict`."""
    requester = requester_of(session, reveal)
    refusal = refused_to_decide(custodian, requester)
    if refusal is not None:
        raise Refused(refusal)
    if reveal.status is not RevealStatus.ASKED:
        raise Conflict("reveal_decided_meanwhile", found=reveal.status)
    _check_words(remark)
    return requester


def _decide(
    session: Session, custodian: Actor, reveal: IdentityReveal, status: RevealStatus, remark: str, now: datetime
) -> None:
    reveal.status, reveal.remark = status, remark
    reveal.decided_by_id, reveal.decided_at = custodian.account_id, now
    session.add(reveal)


def is_open_to(session: Session, actor: Actor, appeal: Appeal, reveal: IdentityReveal | None, now: datetime) -> bool:
    """Whether this request opens the identity to this person at this moment."""
    return (
        reveal is not None
        and reveal.requester_id == actor.account_id
        and is_open(reveal.status, reveal.expires_at, now)
        and not _is_moved(actor, reveal)
        and refused_to_ask(actor, matter(session, actor, appeal)) is None
        and not _signed_out_since(session, reveal)
    )


def _is_moved(actor: Actor, reveal: IdentityReveal) -> bool:
    return actor.unit_id != reveal.unit_id


def _signed_out_since(session: Session, reveal: IdentityReveal) -> bool:
    """A sign-in of the requester has ended after the grant: by hand, by a change of role or password, by disabling."""
    statement = select(LoginSession.id).where(
        col(LoginSession.account_id) == reveal.requester_id, col(LoginSession.ended_at) >= reveal.decided_at
    )
    return session.exec(statement.limit(1)).first() is not None


def open_identity(
    session: Session, vault: IdentityVault, actor: Actor, appeal: Appeal, *, now: datetime
) -> Identity:
    """Who filed, to the requester alone and while it is granted. Each opening is counted, logged and told to the
    appellant. Raises `Refused("reveal_closed")`.
    """
    reveal = newest(session, actor, appeal)
    if reveal is None or not is_open_to(session, actor, appeal, reveal, now):
        raise Refused("reveal_closed")
    found = queries.own_identity(session, vault, appeal)
    if found is None:
        raise Refused("reveal_nobody")
    assert appeal.id is not None
    reveal.openings += 1
    session.add(reveal)
    views.note(session, actor, [(appeal.id, ViewKind.IDENTITY)], now)
    session.flush()
    _trace(session, "identity.open", appeal, reveal, actor, now)
    return found


def withdraw_open(session: Session, appeal: Appeal) -> None:
    """The appeal has ended: nobody needs to know any more what was asked for it."""
    session.execute(
        update(IdentityReveal)
        .where(col(IdentityReveal.appeal_id) == appeal.id, col(IdentityReveal.status) == RevealStatus.ASKED)
        .values(status=RevealStatus.WITHDRAWN)
    )


def _trace(
    session: Session, action: str, appeal: Appeal, reveal: IdentityReveal, actor: Actor, now: datetime
) -> None:
    append(
        session, at=now, actor_id=actor.account_id, action=action, object_kind="appeal", object_id=appeal.uid,
        facts={"reveal": reveal.uid},
    )
