"""Who of the staff looked at an appeal: written once for each person, appeal and ten minutes, told to the appellant."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from models.accounts.types import OFFICE_ROLES, UNIT_ROLES, Actor, Role
from models.appeals.tables import Appeal, AppealView
from models.appeals.types import ViewerGroup

ONE_LOOK = timedelta(minutes=10)
"""Looks of one person within this time are one."""
GROUPS: tuple[tuple[ViewerGroup, frozenset[Role]], ...] = (
    (ViewerGroup.OFFICE, OFFICE_ROLES),
    (ViewerGroup.UNIT, UNIT_ROLES),
    (ViewerGroup.AUDITOR, frozenset({Role.AUDITOR})),
    (ViewerGroup.LEADER, frozenset({Role.LEADER})),
)


def viewer_group(actor: Actor) -> ViewerGroup | None:
    """The first group that one of the roles belongs to; None for whoever may not read appeals."""
    return next((group for group, roles in GROUPS if actor.roles & roles), None)


def unseen(session: Session, actor: Actor, appeal_ids: Iterable[int], now: datetime) -> list[int]:
    """Those of the appeals that this person has not looked at within the last ten minutes."""
    asked = list(appeal_ids)
    statement = select(AppealView.appeal_id).where(
        col(AppealView.appeal_id).in_(asked), col(AppealView.account_id) == actor.account_id,
        col(AppealView.at) > now - ONE_LOOK,
    )
    seen = set(session.exec(statement).all())
    return [one for one in asked if one not in seen]


def note(session: Session, actor: Actor, appeal_ids: Iterable[int], now: datetime) -> None:
    group = viewer_group(actor)
    if group is None or actor.account_id is None:
        return
    for appeal_id in appeal_ids:
        session.add(AppealView(appeal_id=appeal_id, account_id=actor.account_id, viewer_group=group, at=now))


def counts(session: Session, appeal: Appeal) -> dict[ViewerGroup, int]:
    """Looks by group, groups that never looked left out."""
    statement = (
        select(AppealView.viewer_group, func.count())
        .where(col(AppealView.appeal_id) == appeal.id)
        .group_by(col(AppealView.viewer_group))
    )
    found = dict(session.exec(statement).all())
    return {group: found[group] for group in ViewerGroup if group in found}
