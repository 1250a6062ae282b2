"""Reading appeals. `visible_appeals` is the only door to them (ACC-3): every page, part, PDF, file and search goes
through it.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, false, literal, or_
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from models.accounts.tables import Unit
from models.accounts.types import Actor, UnitKind
from models.appeals.enterprise_tables import EnterpriseAppeal, EnterpriseMember
from models.appeals.tables import Appeal, AppellantIdentity, Attachment, Demand, StagedUpload
from models.appeals.types import AppealKind
from models.appeals.vault import Identity, IdentityVault
from models.errors import NotFound

Narrowed = TypeVar("Narrowed", bound=Select[Any])


def not_reported(actor: Actor) -> ColumnElement[bool]:
    """A report (举报) is hidden from the unit it accuses and from every unit above or below it (domain.md §3,
    ACC-4).
    """
    return or_(col(Appeal.kind) != AppealKind.REPORT, accuses_no_kin(actor))


def accuses_no_kin(actor: Actor) -> ColumnElement[bool]:
    """The appeal accuses neither the actor's unit nor one above or below it; true for whoever has no unit."""
    if not actor.unit_path:
        return col(Appeal.id).is_not(None)
    path = col(Unit.path)
    related = select(Unit.id).where(or_(path.startswith(actor.unit_path), literal(actor.unit_path).startswith(path)))
    return or_(col(Appeal.against_unit_id).is_(None), col(Appeal.against_unit_id).not_in(related))


def not_kept_from(actor: Actor) -> ColumnElement[bool]:
    """What whoever works on an appeal may read of others that belong to it. Whoever reads everything, but belongs to a
    handling unit, is still of that unit: a second role opens no report against it (T6).
    """
    is_neutral = not actor.unit_path or (actor.may_read_all and actor.unit_kind is UnitKind.OFFICE)
    return col(Appeal.id).is_not(None) if is_neutral else not_reported(actor)


def scope(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may see an appeal."""
    if actor.may_read_all:
        return not_kept_from(actor)
    if actor.is_unit:
        return (col(Appeal.lead_unit_id) == actor.unit_id) & not_reported(actor)
    return _on_own_list(actor) if actor.is_enterprise else false()


def _on_own_list(actor: Actor) -> ColumnElement[bool]:
    """What stands on the list of the enterprise that the account belongs to at this moment."""
    listed = (
        select(EnterpriseAppeal.appeal_id)
        .join(EnterpriseMember, col(EnterpriseMember.enterprise_id) == col(EnterpriseAppeal.enterprise_id))
        .where(col(EnterpriseMember.account_id) == actor.account_id)
    )
    return col(Appeal.id).in_(listed)


@lru_cache(maxsize=512)
def visible_appeals(actor: Actor) -> SelectOfScalar[Appeal]:
    """Built once for each actor: building it costs more than running it. Everything it depends on is in the actor."""
    return select(Appeal).where(scope(actor))


def visible_appeal(session: Session, actor: Actor, uid: str, *, lock: bool = False) -> Appeal:
    """One appeal by its public id. Invisible and nonexistent raise the same `NotFound`. `lock` for whoever will
    write.
    """
    appeal = session.exec(_one_visible(actor, lock), params={"uid": uid}).one_or_none()
    if appeal is None:
        raise NotFound("no_such_appeal")
    return appeal


@lru_cache(maxsize=512)
def _one_visible(actor: Actor, lock: bool) -> SelectOfScalar[Appeal]:
    statement = visible_appeals(actor).where(col(Appeal.uid) == bindparam("uid"))
    return statement.with_for_update(of=Appeal) if lock else statement


def by_number(session: Session, number: str, *, lock: bool = False) -> Appeal | None:
    """For the appellant's own follow-up only: the caller must check the receipt code before anything is shown."""
    statement = select(Appeal).where(col(Appeal.number) == number)
    return session.exec(statement.with_for_update(of=Appeal) if lock else statement).one_or_none()


_BY_SUBMISSION = select(Appeal).where(col(Appeal.submission_digest) == bindparam("digest"))


def by_submission(session: Session, digest: str) -> Appeal | None:
    """The appeal that a form with this one-time key already made (DUR-5)."""
    return session.exec(_BY_SUBMISSION, params={"digest": digest}).one_or_none()


OF_APPEAL: ColumnElement[int | None] = bindparam("appeal_id")
"""Statements about one appeal are built once and asked with `of(appeal)`: an appeal's page asks ten of them."""
_DEMANDS = select(Demand).where(col(Demand.appeal_id) == OF_APPEAL).order_by(col(Demand.no))
_ATTACHMENTS = select(Attachment).where(col(Attachment.appeal_id) == OF_APPEAL).order_by(col(Attachment.no))
_IDENTITY = select(AppellantIdentity).where(col(AppellantIdentity.appeal_id) == OF_APPEAL)


def of(appeal: Appeal) -> dict[str, int | None]:
    return {"appeal_id": appeal.id}


def demands(session: Session, appeal: Appeal) -> Sequence[Demand]:
    return session.exec(_DEMANDS, params=of(appeal)).all()


def attachments(session: Session, appeal: Appeal) -> Sequence[Attachment]:
    return session.exec(_ATTACHMENTS, params=of(appeal)).all()


def attachment(session: Session, appeal: Appeal, uid: str) -> Attachment:
    statement = select(Attachment).where(col(Attachment.appeal_id) == appeal.id, col(Attachment.uid) == uid)
    found = session.exec(statement).one_or_none()
    if found is None:
        raise NotFound("no_such_attachment")
    return found


def may_see_identity(actor: Actor, appeal: Appeal) -> bool:
    """Domain.md §9: the office works with the appellant; the handling unit only when the appellant did not ask for
    confidence
    and the appeal is no report, whatever other role its people hold. Administrators, leaders and auditors never."""
    if actor.is_unit and appeal.lead_unit_id == actor.unit_id:
        return not appeal.is_confidential and appeal.kind is not AppealKind.REPORT
    return actor.is_office and not appeal.is_confidential


def identity(session: Session, vault: IdentityVault, actor: Actor, appeal: Appeal) -> Identity | None:
    """Who filed, or None when this actor may not know."""
    if not may_see_identity(actor, appeal):
        return None
    return own_identity(session, vault, appeal)


def own_identity(session: Session, vault: IdentityVault, appeal: Appeal) -> Identity | None:
    """For the appellant who has proved number and code, and for slips addressed to the appellant."""
    row = session.exec(_IDENTITY, params=of(appeal)).one_or_none()
    return vault.open(row.sealed, bound_to=appeal.uid) if row else None


def staged_uploads(session: Session, submission_digest: str, *, lock: bool = False) -> Sequence[StagedUpload]:
    """Files kept for a form that is not submitted yet. `lock` for whoever will take or delete them."""
    found = select(StagedUpload).where(col(StagedUpload.submission_digest) == submission_digest)
    statement = found.order_by(col(StagedUpload.id))
    return session.exec(statement.with_for_update() if lock else statement).all()


def stale_uploads(session: Session, before: datetime) -> Sequence[StagedUpload]:
    return session.exec(select(StagedUpload).where(col(StagedUpload.created_at) < before)).all()


def matching(statement: Narrowed, words: str) -> Narrowed:
    """Narrows a selection to appeals whose number, title or body holds every word."""
    for word in words.split():
        pattern = f"%{_escape_like(word)}%"
        columns: tuple[Any, ...] = (col(Appeal.number), col(Appeal.title), col(Appeal.body))
        statement = statement.where(or_(*(column.ilike(pattern, escape="\\") for column in columns)))
    return statement


def _escape_like(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
