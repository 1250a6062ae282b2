"""Entries of the register of work errors, for tests."""

from datetime import date, datetime

from sqlmodel import Session

from models.accounts.queries import unit_by_name
from models.accounts.types import Actor, Role
from models.supervision import work_errors
from models.supervision.work_error_tables import WorkError
from models.supervision.work_error_types import Circumstance, Finding, Grade, Source
from tests.support.actors import actor
from tests.support.factories import MORNING

CIRCUMSTANCES = {
    Grade.SLIGHT: (), Grade.GENERAL: (), Grade.LARGER: (Circumstance.ART_7_3,), Grade.SERIOUS: (Circumstance.ART_8_3,),
}
CONTENT = "报送的会议材料数据有误，会前发现并更正。"


def finding(grade: Grade = Grade.SLIGHT, **changes: object) -> Finding:
    values: dict[str, object] = {
        "occurred_on": date(2026, 11, 12), "content": CONTENT, "source": Source.OWN_CHECK, "grade": grade,
        "circumstances": CIRCUMSTANCES[grade], "accountability": "由分管负责人对直接责任人进行批评教育。",
    }
    return Finding(**{**values, **changes})  # type: ignore[arg-type]


def act(who: Actor, version: int | None = None, at: datetime = MORNING) -> work_errors.Act:
    return work_errors.Act(who, at, version)


def work_error(
    session: Session, unit: str = "市监局", grade: Grade = Grade.SLIGHT, *, by: Actor | None = None,
    at: datetime = MORNING, **changes: object,
) -> WorkError:
    """Registered by a supervisor of the office."""
    found = unit_by_name(session, unit)
    assert found is not None
    who = by or actor(session, Role.SUPERVISOR, unit="市优办", name="王督办")
    return work_errors.register(session, found, finding(grade, **changes), act(who, at=at))
