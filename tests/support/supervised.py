"""Records of supervision for tests, made by the commands that people's forms call."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind
from models.handling.commands import Act
from models.supervision import ladder_records
from models.supervision.ladder_acts import ACTS, TIMED
from models.supervision.ladder_records import Content, Said
from models.supervision.ladder_tables import SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import Ground, Origin, RecordAction, RecordKind
from models.supervision.sweeping import Sweep
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.factories import LETTERHEAD, MORNING

GROUNDS = "催办两次以后仍未办理。"
DEMAND = "请于期限前办结并书面报告。"
NOTICE = Said("已办。", facts={
    "held_on": date(2026, 11, 19), "held_at": "上午9:30", "place": "市优办", "attend": "主要负责人", "bring": "",
})
DUE = date(2026, 11, 20)
"""Three working days after the morning of the stories."""


def sweep_at(moment: datetime) -> Sweep:
    return Sweep(moment, shipped_calendar(), LETTERHEAD)


@dataclass
class Supervised:
    """A unit under supervision and the people around it; the clock stands unless moved."""

    session: Session
    appeal: Appeal | None = None
    unit_name: str = "市监局"
    at: datetime = MORNING

    def __post_init__(self) -> None:
        self.supervisor = self.who(Role.SUPERVISOR)
        self.other = self.who(Role.SUPERVISOR)
        self.director = self.who(Role.DIRECTOR)
        self.leader = self.who(Role.LEADER)
        self.handler = self.who(Role.HANDLER, unit=self.unit_name)
        self.approver = self.who(Role.APPROVER, unit=self.unit_name)

    def who(self, *roles: Role, unit: str = "") -> Actor:
        return actor(self.session, *roles, unit=unit)

    @property
    def unit(self) -> Unit:
        found = unit_by_name(self.session, self.unit_name)
        assert found is not None
        return found

    def act(self, who: Actor, **changes: object) -> Act:
        return replace(Act(who, self.at, shipped_calendar()), **changes)  # type: ignore[arg-type]

    def later(self, **delta: int) -> "Supervised":
        self.at += timedelta(**delta)
        return self

    def content(self, kind: RecordKind, **changes: object) -> Content:
        due_on = DUE if kind in TIMED - {RecordKind.INTERVIEW} else None
        made = Content(kind, self.unit, Ground.OVERDUE, GROUNDS, DEMAND, due_on=due_on)
        return replace(made, **changes)  # type: ignore[arg-type]

    def begin(self, kind: RecordKind, by: Actor | None = None, **changes: object) -> SupervisionRecord:
        by = by or (self.leader if kind is RecordKind.INSTRUCTION else self.supervisor)
        return ladder_records.begin(
            self.session, self.content(kind, **changes), self.act(by), LETTERHEAD, appeal=self.appeal
        )

    def do(
        self, record: SupervisionRecord, action: RecordAction, by: Actor, text: str = "已办。", **said: object
    ) -> SupervisionRecord:
        ladder_records.perform(
            self.session, record, action, self.act(by), Said(text, **said), LETTERHEAD,  # type: ignore[arg-type]
            appeal=self.appeal,
        )
        return record

    def held(self) -> SupervisionRecord:
        """An interview with its minutes, from the proposal on."""
        record = self.begin(RecordKind.INTERVIEW, origin=Origin.APPEAL_LADDER)
        self.do(record, RecordAction.HOLD_INTERVIEW, self.director, "同意约谈。")
        self.do(record, RecordAction.NOTIFY, self.supervisor, "", facts=NOTICE.facts)
        return self.do(record, RecordAction.RECORD_MINUTES, self.supervisor, "已当面指出问题。", due_on=DUE)


def record(
    session: Session, kind: RecordKind, unit: Unit, appeal: Appeal, acts: Iterable[RecordAction] = ()
) -> SupervisionRecord:
    """However it came to be: also about an appeal that accuses its own unit. `acts` as the table has them."""
    issuer = actor(session, Role.SUPERVISOR)
    act = Act(issuer, MORNING, shipped_calendar())
    due_on = DUE if kind in TIMED - {RecordKind.INTERVIEW} else None
    told_as, appeal.kind = appeal.kind, AppealKind.COMPLAINT  # became a report against its unit only afterwards
    made = ladder_records.write(
        session, Content(kind, unit, Ground.OVERDUE, GROUNDS, DEMAND, due_on=due_on), act, LETTERHEAD, appeal=appeal
    )
    for action in acts:
        ladder_records.carry_out(session, made, ACTS[made.kind, made.state, action], act, NOTICE, LETTERHEAD)
    appeal.kind = told_as
    session.add(appeal)
    session.flush()
    return made


def told(session: Session, record: SupervisionRecord) -> list[str]:
    """What happened to it, in order."""
    wanted = select(SupervisionEvent.action).where(col(SupervisionEvent.record_id) == record.id)
    return [RecordAction(one).value for one in session.exec(wanted.order_by(col(SupervisionEvent.seq))).all()]


def records(session: Session) -> list[SupervisionRecord]:
    return list(session.exec(select(SupervisionRecord).order_by(col(SupervisionRecord.id))).all())
