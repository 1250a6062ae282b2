"""Matters that units completed themselves, for tests."""

from datetime import date

from sqlmodel import Session

from models.accounts.types import Actor, Role
from models.appeals.tables import Appeal
from models.appeals.types import Channel, State
from models.appeals.vault import Identity
from models.handling import self_registered
from models.handling.commands import Act
from models.handling.self_registered import Report
from models.handling.types import Attitude, Outcome
from models.workdays.shipped import shipped_calendar
from tests.support.actors import actor
from tests.support.factories import IDENTITY, MORNING, VAULT, filing

ANSWERS = ((Outcome.SOLVED, "已当场办结。"), (Outcome.EXPLAINED, "已说明办理条件。"))


def act(who: Actor, **changes: object) -> Act:
    return Act(who, MORNING, shipped_calendar(), **changes)  # type: ignore[arg-type]


def matter(
    session: Session, state: State = State.REGISTERED, *, unit: str = "市监局", identity: Identity = IDENTITY,
    **changes: object,
) -> Appeal:
    """A report by a handler of the unit, on 2026-11-17, as far as `state`."""
    handler, office = actor(session, Role.HANDLER, unit=unit), actor(session, Role.SUPERVISOR)
    said = {
        "channel": Channel.VISIT, "paper_received_on": date(2026, 11, 12), "recorded_by": handler,
        "is_self_registered": True, **changes,
    }
    report = Report(date(2026, 11, 13), Attitude.SATISFIED, ANSWERS)
    appeal = self_registered.register(session, filing(**said), identity, VAULT, report, act(handler))
    if state is State.CLOSED:
        self_registered.recognise(session, appeal, act(office))
    if state is State.TO_AMEND:
        self_registered.return_record(session, appeal, act(office, internal_note="第二点请写依据。"))
    return appeal
