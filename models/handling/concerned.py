"""Whom an appeal concerns: the units that work on it, and the units that it, or what is merged into it, is about. What
a unit of the second kind may not do with it is refused here, whatever the act.
"""

from collections.abc import Sequence, Set

from sqlmodel import Session, col, select

from models.accounts.rules import is_related
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals.accused import accuses
from models.appeals.tables import Appeal
from models.appeals.types import ENDED_STATES, AppealKind
from models.errors import Refused
from models.handling import queries
from models.handling.rules import UNSENT
from models.handling.types import Action, AssistanceStatus, LinkKind

RECEIVE_ORIGINALS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
SEEN = UNSENT | {AssistanceStatus.SENT}
"""An assisting unit whose task was taken back, or which sent nothing before the end, finds nothing there any more."""


def together(session: Session, appeal: Appeal) -> Sequence[Appeal]:
    """The appeal and those merged into it, the office's view: whoever works on it works on them all."""
    return [appeal, *linked(session, appeal, LinkKind.HOLDS)]


def linked(session: Session, appeal: Appeal, kind: LinkKind) -> Sequence[Appeal]:
    ids = [id_ for one, id_ in queries.links(session, appeal) if one is kind]
    return session.exec(select(Appeal).where(col(Appeal.id).in_(ids)).order_by(col(Appeal.id))).all() if ids else ()


def units_at_work(session: Session, appeal: Appeal) -> set[int]:
    """The units that see an appeal: its lead, and those that assist."""
    assisting = {one.unit_id for one in queries.assistances(session, appeal) if one.status in SEEN}
    return assisting | ({appeal.lead_unit_id} if appeal.lead_unit_id else set())


# ---------------------------------------------------------------- what it is about


def is_reported(session: Session, appeal: Appeal, path: str) -> bool:
    """A report among the appeal and what is merged into it accuses the unit at `path` or kin of it."""
    return accuses(session, together(session, appeal), path, is_report=True)


def check_unit(session: Session, appeal: Appeal, unit: Unit) -> None:
    """A report (举报) never goes to the accused unit or to one above or below it (domain.md §3), neither to lead nor to
    assist, neither by itself nor with the appeal that it is merged into.
    """
    if is_reported(session, appeal, unit.path):
        raise Refused("accused_unit_cannot_handle")


def check_neutral(
    session: Session, appeal: Appeal, action: Action, actor: Actor, *, is_units: bool = False
) -> None:
    """Whom an appeal is about, or who stands above or below them, takes no decision of the office on it, whatever
    role they hold there beside (T4, ACC-4). Acts that are a unit's are none of the office. What is merged in is not
    named: its accused may not know of it.
    """
    if is_units or not actor.unit_path:
        return
    if accuses(session, [appeal], actor.unit_path, is_report=False):
        raise Refused("own_unit_accused", action=action)
    if accuses(session, linked(session, appeal, LinkKind.HOLDS), actor.unit_path, is_report=False):
        raise Refused("own_unit_concerned", action=action)


def check_answerable(session: Session, appeal: Appeal, actor: Actor) -> None:
    """No reply leaves a lead unit that may not read all that it answers: the tree of units was changed after a report
    was merged in. The unit is sent to the office, and the office is told what to undo.
    """
    if any(is_kept_from_lead(session, appeal, one) for one in linked(session, appeal, LinkKind.HOLDS)):
        is_lead = actor.unit_id == appeal.lead_unit_id
        raise Refused("reply_waits_for_office" if is_lead else "merged_report_accuses_lead")


def is_kept_from_lead(session: Session, main: Appeal, merged: Appeal) -> bool:
    """Whether what is merged into `main` is a report against its lead unit or kin of it."""
    unit = session.get(Unit, main.lead_unit_id) if main.lead_unit_id else None
    return unit is not None and accuses(session, [merged], unit.path, is_report=True)


# ---------------------------------------------------------------- a change of the tree


def crossing(session: Session) -> set[int]:
    """The open reports that a unit at work on them, or on what they are merged into, may not see."""
    reports = select(Appeal).where(
        col(Appeal.kind) == AppealKind.REPORT, col(Appeal.against_unit_id).is_not(None),
        col(Appeal.state).not_in(ENDED_STATES),
    )
    paths = {id_: path for id_, path in session.exec(select(Unit.id, Unit.path)).all() if id_ is not None}
    return {
        _id(one) for one in session.exec(reports).all()
        if any(is_related(paths[one.against_unit_id or 0], paths[unit]) for unit in _handling(session, one))
    }


def check_move(session: Session, crossed_before: Set[int]) -> None:
    """Refuses a change of the tree, made just now, that puts a unit above or below one which an open report accuses
    that it works on. Whoever moves units learns how many there are, and nothing of them.
    """
    crossed = crossing(session) - crossed_before
    if crossed:
        raise Refused("move_crosses_reports", count=len(crossed))


def _handling(session: Session, appeal: Appeal) -> set[int]:
    """Whoever works on it, and on the appeal that it is merged into."""
    found = units_at_work(session, appeal)
    for main in linked(session, appeal, LinkKind.INTO):
        found |= units_at_work(session, main)
    return found


def _id(appeal: Appeal) -> int:
    assert appeal.id is not None
    return appeal.id


# ---------------------------------------------------------------- its files


def may_have_originals(session: Session, actor: Actor, appeal: Appeal) -> bool:
    """Files as they were sent, with their own names and all that is hidden in them (IDN-6): supervisor and director,
    and never somebody of a unit that works on the appeal or that it is about, whatever role they hold there beside
    (T6). Everybody else works with copies.
    """
    if not actor.roles & RECEIVE_ORIGINALS:
        return False
    if actor.unit_id is None:
        return True
    is_about = accuses(session, [appeal], actor.unit_path, is_report=False)
    return not is_about and actor.unit_id not in _handling(session, appeal)
