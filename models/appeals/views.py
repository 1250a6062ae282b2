"""Who of the staff looked at an appeal: written once for each person, appeal and ten minutes, told to the appellant."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func
from sqlmodel import Session, col, select

from models.accounts.types import OFFICE_ROLES, UNIT_ROLES, Actor, Role
from models.appeals.tables import Appeal, AppealView
from models.appeals.types import ViewerGroup, ViewKind

ONE_LOOK = timedelta(minutes=10)
"""Looks of one person and kind within this time are one; every look at a sealed identity counts."""
Look = tuple[int, ViewKind]
"""An appeal by id, and what of it was handed out."""
GROUPS: tuple[tuple[ViewerGroup, frozenset[Role]], ...] = (
    (ViewerGroup.OFFICE, OFFICE_ROLES),
    (ViewerGroup.UNIT, UNIT_ROLES),
    (ViewerGroup.AUDITOR, frozenset({Role.AUDITOR})),
    (ViewerGroup.LEADER, frozenset({Role.LEADER})),
    (ViewerGroup.CUSTODIAN, frozenset({Role.CUSTODIAN})),
)


def viewer_group(actor: Actor) -> ViewerGroup | None:
    """The first group that one of the roles belongs to; None for whoever may not read appeals."""
    return next((group for group, roles in GROUPS if actor.roles & roles), None)


_SEEN = select(col(AppealView.appeal_id), col(AppealView.kind)).where(
    col(AppealView.appeal_id).in_(bindparam("appeal_ids", expanding=True)),
    col(AppealView.account_id) == bindparam("account_id"), col(AppealView.at) > bindparam("since"),
)


def unseen(session: Session, actor: Actor, looks: Iterable[Look], now: datetime) -> list[Look]:
    """Those that this person has not had within the last ten minutes."""
    asked = list(looks)
    ids = [appeal_id for appeal_id, _ in asked]
    values = {"appeal_ids": ids, "account_id": actor.account_id, "since": now - ONE_LOOK}
    seen = {(appeal_id, kind) for appeal_id, kind in session.connection().execute(_SEEN, values).all()}
    return [one for one in asked if one not in seen]


def note(session: Session, actor: Actor, looks: Iterable[Look], now: datetime) -> None:
    group = viewer_group(actor)
    if group is None or actor.account_id is None:
        return
    for appeal_id, kind in looks:
        session.add(
            AppealView(appeal_id=appeal_id, account_id=actor.account_id, viewer_group=group, kind=kind, at=now)
        )


def note_command(session: Session, appeal_ids: Iterable[int], kind: ViewKind, now: datetime) -> None:
    """What the command line handed out, once for each appeal. It runs on the office's server, for the office."""
    for appeal_id in sorted(set(appeal_ids)):
        session.add(AppealView(appeal_id=appeal_id, viewer_group=ViewerGroup.OFFICE, kind=kind, at=now))


def counts(session: Session, appeal: Appeal) -> dict[ViewKind, dict[ViewerGroup, int]]:
    """Looks by kind and group; what never happened is left out."""
    statement = (
        select(AppealView.kind, AppealView.viewer_group, func.count())
        .where(col(AppealView.appeal_id) == appeal.id)
        .group_by(col(AppealView.kind), col(AppealView.viewer_group))
    )
    found = {(kind, group): number for kind, group, number in session.exec(statement).all()}
    return {
        kind: {group: found[kind, group] for group in ViewerGroup if (kind, group) in found}
        for kind in ViewKind if any(one is kind for one, _ in found)
    }
