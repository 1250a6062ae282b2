"""Who is told of what happens to a record of supervision, in the transaction of the act: ONE table."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from models.accounts.lending import Holder, holders
from models.accounts.types import Role
from models.appeals.accused import accuses
from models.appeals.tables import Appeal
from models.handling.commands import Act
from models.handling.concerned import is_reported
from models.notices.commands import tell
from models.notices.types import NoticeKind
from models.supervision.ladder_acts import DIRECTORS, REVIEWERS, UNIT, is_told
from models.supervision.ladder_queries import appeal_of
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import RecordAction, RecordKind

ACT = RecordAction


@dataclass(frozen=True)
class News:
    """`roles` of the unit that the record is about, or of the office."""

    kind: NoticeKind
    roles: frozenset[Role]

    @property
    def is_for_unit(self) -> bool:
        return self.roles == UNIT


_ISSUED = News(NoticeKind.SUPERVISION_ISSUED, UNIT)
_DECIDED = News(NoticeKind.SUPERVISION_DECIDED, UNIT)
_ANSWERED = News(NoticeKind.SUPERVISION_ANSWERED, REVIEWERS)
NEWS: Final[Mapping[RecordAction, News]] = {
    **dict.fromkeys((ACT.ISSUE, ACT.FORWARD, ACT.NOTIFY), _ISSUED),
    **dict.fromkeys((ACT.UPHOLD, ACT.REVOKE, ACT.ACCEPT, ACT.SEND_BACK, ACT.RECORD_MINUTES, ACT.MISS), _DECIDED),
    **dict.fromkeys((ACT.ANSWER, ACT.REPORT, ACT.CONTEST), _ANSWERED),
    ACT.PROPOSE: News(NoticeKind.SUPERVISION_PROPOSED, REVIEWERS),
}
_REMINDED = News(NoticeKind.SUPERVISION_REMINDED, UNIT)
OF_KIND: Final[Mapping[tuple[RecordKind, RecordAction], News]] = {
    (RecordKind.REMINDER, ACT.ISSUE): _REMINDED,
    (RecordKind.BLUE_CARD, ACT.ISSUE): _REMINDED,
    (RecordKind.INTERVIEW, ACT.PROPOSE): News(NoticeKind.SUPERVISION_PROPOSED, DIRECTORS),
}
"""Before `NEWS`. What stands in neither is told to nobody; nobody is told of an act of their own."""


def tell_of(session: Session, record: SupervisionRecord, action: RecordAction, act: Act) -> None:
    """Never whom a report accuses, and no unit of what it may not read yet."""
    news = OF_KIND.get((record.kind, action)) or NEWS.get(action)
    if news is None or (news.is_for_unit and not is_told(record.kind, record.state)):
        return
    appeal = appeal_of(session, record)
    found = _unit_people(session, record, appeal, act) if news.is_for_unit else _office(
        session, record, appeal, news.roles, act
    )
    people = [one.account_id for one in found if one.account_id != act.actor.account_id]
    tell(
        session, people, news.kind, dedupe_key=_key(record, news), now=act.now, appeal_id=record.appeal_id,
        facts={"record": record.uid},
    )


def _key(record: SupervisionRecord, news: News) -> str:
    """A reminder and a blue card for the same day say the same: people hear it once."""
    if news is not _REMINDED or record.promised_on is None:
        return f"supervision:{record.uid}:{record.version}"
    return f"ladder:{record.appeal_id}:{record.round}:{record.stage}:{record.promise_no}:{record.promised_on}"


def _unit_people(
    session: Session, record: SupervisionRecord, appeal: Appeal | None, act: Act
) -> Sequence[Holder]:
    found = holders(session, UNIT, act.now, unit_id=record.unit_id)
    if appeal is None:
        return found
    return _without(found, lambda path: is_reported(session, appeal, path))


def _office(
    session: Session, record: SupervisionRecord, appeal: Appeal | None, roles: frozenset[Role], act: Act
) -> Sequence[Holder]:
    """Only those who may decide on it: not of the unit it is about, nor of one that the appeal is about (T4)."""
    found = [one for one in holders(session, roles, act.now) if one.unit_id is None or one.unit_id != record.unit_id]
    if appeal is None:
        return found
    return _without(found, lambda path: accuses(session, [appeal], path, is_report=False))


def _without(found: Sequence[Holder], is_kept_from: Callable[[str], bool]) -> list[Holder]:
    paths = {one.unit_path for one in found if one.unit_path}
    out = {path for path in paths if is_kept_from(path)}
    return [one for one in found if one.unit_path not in out]
