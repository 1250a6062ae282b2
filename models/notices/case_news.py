"""Who is told of what happens to a dissatisfaction case, or to a request to leave a rating out: in the transaction of
the act (called by `webapp.notifying`). ONE table.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlmodel import Session, col, select

from models.accounts.lending import Holder, holders
from models.accounts.types import OFFICE_ROLES, UNIT_ROLES, Role
from models.appeals.accused import accuses
from models.appeals.tables import Appeal
from models.followup.answering import handling_units
from models.followup.rules import REVIEWERS
from models.followup.tables import DissatisfactionCase, DissatisfactionEvent, RatingExclusion
from models.followup.types import CaseAction
from models.handling.concerned import is_reported
from models.notices.commands import tell
from models.notices.types import NoticeKind

ACT = CaseAction


@dataclass(frozen=True)
class News:
    """`roles` of the unit that answered, or of the office."""

    kind: NoticeKind
    roles: frozenset[Role]

    @property
    def is_for_unit(self) -> bool:
        return self.roles == UNIT_ROLES


_DECIDED = (News(NoticeKind.CASE_DECIDED, UNIT_ROLES),)
_MISSED = (News(NoticeKind.CASE_MISSED, REVIEWERS),)
NEWS: Final[Mapping[CaseAction, tuple[News, ...]]] = {
    ACT.OPENED: (News(NoticeKind.CASE_OPENED, OFFICE_ROLES), News(NoticeKind.CASE_FOR_UNIT, UNIT_ROLES)),
    **dict.fromkeys((ACT.DECIDE_REDO, ACT.DECIDE_NOT, ACT.EXTEND, ACT.PUT_RIGHT, ACT.CLOSE), _DECIDED),
    ACT.ANSWER: (News(NoticeKind.CASE_ANSWERED, REVIEWERS),),
    **dict.fromkeys((ACT.MISS_CONTACT, ACT.MISS_PUT_RIGHT), _MISSED),
}
"""What stands here not is told to nobody; nobody is told of an act of their own."""


def versions(session: Session, appeal: Appeal) -> dict[int, int]:
    """How far each case of the appeal is, by its id."""
    statement = select(DissatisfactionCase.id, DissatisfactionCase.version)
    rows = session.exec(statement.where(col(DissatisfactionCase.appeal_id) == appeal.id)).all()
    return {id_: version for id_, version in rows if id_ is not None}


def tell_since(session: Session, appeal: Appeal, before: Mapping[int, int]) -> None:
    """Tells of whatever happened to the appeal's cases behind these versions."""
    session.flush()
    cases = session.exec(select(DissatisfactionCase).where(col(DissatisfactionCase.appeal_id) == appeal.id)).all()
    for case in cases:
        known = before.get(case.id or 0, 0)
        if case.version > known:
            _tell_of(session, appeal, case, known)


def _tell_of(session: Session, appeal: Appeal, case: DissatisfactionCase, known: int) -> None:
    news = select(DissatisfactionEvent).where(
        col(DissatisfactionEvent.case_id) == case.id, col(DissatisfactionEvent.seq) > known,
        col(DissatisfactionEvent.action).in_(list(NEWS)),
    )
    for event in session.exec(news.order_by(col(DissatisfactionEvent.seq))).all():
        for one in NEWS[event.action]:
            found = _unit(session, appeal, case, event.at) if one.is_for_unit else _office(
                session, appeal, one.roles, event.at
            )
            tell(
                session, _others(found, event.actor_id), one.kind, now=event.at, appeal_id=appeal.id,
                dedupe_key=f"case:{case.uid}:{event.seq}:{one.kind.value}", facts={"case": case.uid},
            )


def _others(found: Sequence[Holder], actor_id: int | None) -> list[int]:
    return [one.account_id for one in found if one.account_id != actor_id]


def _unit(session: Session, appeal: Appeal, case: DissatisfactionCase, now: datetime) -> Sequence[Holder]:
    """Never whom a report accuses, though it answered it (ACC-4)."""
    found = holders(session, UNIT_ROLES, now, unit_id=case.unit_id)
    return _without(found, {path for path in _paths(found) if is_reported(session, appeal, path)})


def _office(session: Session, appeal: Appeal, roles: frozenset[Role], now: datetime) -> Sequence[Holder]:
    """Only those who may decide on it: not of a unit that handled it, nor of one that it is about (T4)."""
    handled = handling_units(session, appeal)
    found = [one for one in holders(session, roles, now) if one.unit_id is None or one.unit_id not in handled]
    return _without(found, {path for path in _paths(found) if accuses(session, [appeal], path, is_report=False)})


def _paths(found: Iterable[Holder]) -> set[str]:
    return {one.unit_path for one in found if one.unit_path}


def _without(found: Sequence[Holder], paths: set[str]) -> list[Holder]:
    return [one for one in found if one.unit_path not in paths]


def tell_exclusion(session: Session, appeal: Appeal, row: RatingExclusion) -> None:
    """A request waits for a second person; whoever asked is told what became of it."""
    if row.decided_at is None:
        people = _others(_office(session, appeal, REVIEWERS, row.asked_at), row.asked_by_id)
        kind, now = NoticeKind.EXCLUSION_ASKED, row.asked_at
    else:
        people, kind, now = [row.asked_by_id], NoticeKind.EXCLUSION_DECIDED, row.decided_at
    tell(
        session, people, kind, now=now, appeal_id=appeal.id, dedupe_key=f"exclusion:{row.uid}:{kind.value}",
        facts={"exclusion": row.uid},
    )
