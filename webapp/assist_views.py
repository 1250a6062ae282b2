"""How an assistance (协办) is shown: to the lead unit and the office, in the reply editor, to the assisting unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.handling import queries
from models.handling.computed import assistance_version
from models.handling.rules import UNSENT
from models.handling.tables import AppealEvent, AssistanceRow
from models.handling.types import ASSISTANCE_LABELS, AssistanceStatus, MilestoneStatus
from webapp import clock, presenting
from webapp.calendar import current_calendar, explaining_calendar
from webapp.filters import cn_date, cn_datetime

TONES = {
    AssistanceStatus.TO_SIGN: "todo", AssistanceStatus.AT_WORK: "active", AssistanceStatus.TO_SIGN_OFF: "active",
    AssistanceStatus.SENT: "done", AssistanceStatus.ENDED: "closed", AssistanceStatus.LAPSED: "closed",
}


@dataclass(frozen=True)
class AssistanceView:
    """One unit's task. `contribution` only once it was sent: what a unit still writes is its own."""

    no: int
    unit: str
    task: str
    state_label: str
    state_tone: str
    due: presenting.MilestoneView
    days: tuple[presenting.DayView, ...]
    started: str
    contribution: str
    sent_text: str
    is_owed: bool


def assistance_views(
    session: Session, appeal: Appeal, units: Mapping[int, str], history: Sequence[AppealEvent]
) -> list[AssistanceView]:
    """Every unit asked, in the order they were asked. No statement where nobody assists."""
    return [assistance_view(session, row, units, history) for row in queries.assistance_rows(session, appeal)]


def assistance_view(
    session: Session, row: AssistanceRow, units: Mapping[int, str], history: Sequence[AppealEvent]
) -> AssistanceView:
    """`history` tells with which calendar the unit's date was computed: that one explains it."""
    is_sent = row.status is AssistanceStatus.SENT
    calendar = explaining_calendar(session, assistance_version(history, row.no))
    return AssistanceView(
        row.no, units.get(row.unit_id, ""), row.task, ASSISTANCE_LABELS[row.status], TONES[row.status], _due(row),
        presenting.explanation(row.start_on, row.workdays, calendar),
        f"{cn_date(row.start_on)}交办，{row.workdays} 个工作日",
        row.contribution if is_sent else "", cn_datetime(row.sent_at) if is_sent else "",
        row.status in UNSENT,
    )  # fmt: skip


def _due(row: AssistanceRow) -> presenting.MilestoneView:
    """The unit's own date, as the clock panel shows a promise."""
    label, date_text, iso = "送出协办意见", cn_date(row.due_on), row.due_on.isoformat()
    if row.clock is MilestoneStatus.PENDING:
        due = presenting.deadline(row.due_on, clock.today(), current_calendar())
        assert due is not None
        return presenting.MilestoneView(label, due.tone, due.text, date_text, iso, True, row.is_provisional)
    words = {
        MilestoneStatus.MET: ("done", f"{cn_date(row.reached_on)}送出，按时"),
        MilestoneStatus.MISSED: ("late", f"{cn_date(row.reached_on)}，超期"),
        MilestoneStatus.DROPPED: ("todo", "不再需要"),
    }
    tone, text = words[row.clock]
    return presenting.MilestoneView(label, tone, text, date_text, iso)
