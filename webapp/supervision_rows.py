"""Records of supervision as lines of a list: the same for the office, the unit, the leader and an appeal's own page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.handling.types import STAGE_LABELS
from models.supervision import ladder_queries
from models.supervision.ladder_acts import UNTOLD_STATES
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import (
    GROUND_LABELS,
    KIND_LABELS,
    OUTCOME_LABELS,
    STATE_LABELS,
    Outcome,
    RecordKind,
    RecordState,
)
from webapp import clock, presenting
from webapp.calendar import current_calendar
from webapp.filters import cn_date

KIND_TONES: Mapping[RecordKind, str] = {
    RecordKind.BLUE_CARD: "info", RecordKind.YELLOW_CARD: "soon", RecordKind.RED_CARD: "late",
}
STATE_TONES: Mapping[RecordState, str] = {
    RecordState.CLOSED: "closed", RecordState.REVOKED: "ended", RecordState.DECLINED: "ended",
    RecordState.PROPOSED: "todo", RecordState.DECIDED: "todo",
}
RUNNING = (RecordState.PROPOSED, RecordState.IN_FORCE, RecordState.HELD)
CONTESTED, REPORTED = "单位已申诉，待复核", "已报整改，待确认"
IN_TIME, LATE = "按期报告", "逾期报告"
MOST_WORDS = 24


@dataclass(frozen=True)
class RecordRow:
    """One record. `due` is its own deadline until the unit reports; `number` and `title` are of its appeal, if any."""

    url: str
    kind_label: str
    kind_tone: str
    is_card: bool
    state_label: str
    state_tone: str
    unit: str
    ground: str
    number: str
    title: str
    issued_text: str
    issued_iso: str
    outcome: str
    outcome_tone: str
    due: presenting.Deadline | None


def record_rows(
    found: Iterable[tuple[SupervisionRecord, Appeal | None]], units: Mapping[int, str]
) -> list[RecordRow]:
    return [_row(record, appeal, units) for record, appeal in found]


def _row(record: SupervisionRecord, appeal: Appeal | None, units: Mapping[int, str]) -> RecordRow:
    is_running = record.outcome is Outcome.PENDING and record.state in RUNNING and record.reported_on is None
    due = presenting.deadline(record.due_on, clock.today(), current_calendar()) if is_running else None
    outcome, tone = _outcome(record)
    return RecordRow(
        url_for("supervision.record", uid=record.uid), KIND_LABELS[record.kind], KIND_TONES.get(record.kind, "ok"),
        record.kind in KIND_TONES, state_text(record), state_tone(record), units.get(record.unit_id, ""),
        ground_text(record), appeal.number if appeal else "", appeal.title if appeal else "",
        cn_date(record.issued_on), record.issued_on.isoformat(), outcome, tone, due,
    )


def _outcome(record: SupervisionRecord) -> tuple[str, str]:
    """What came of its deadline, and the tone: the day of the report counts, not the day somebody looks."""
    if record.outcome in (Outcome.MET, Outcome.MISSED):
        return OUTCOME_LABELS[record.outcome], "late" if record.outcome is Outcome.MISSED else "done"
    if record.outcome is not Outcome.PENDING or record.reported_on is None or record.due_on is None:
        return "", ""
    return (IN_TIME, "done") if record.reported_on <= record.due_on else (LATE, "late")


def ground_text(record: SupervisionRecord) -> str:
    """The reason in a word, and the promise it is about: "签收超期未办". Of an instruction how it begins."""
    if record.kind is RecordKind.INSTRUCTION and record.demand:
        words = record.demand.split("\n", 1)[0]
        return words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}……"
    stage = STAGE_LABELS[record.stage] if record.stage is not None else ""
    return stage + GROUND_LABELS[record.ground]


def state_text(record: SupervisionRecord) -> str:
    if record.is_contested:
        return CONTESTED
    if record.reported_on is not None and record.state in (RecordState.IN_FORCE, RecordState.HELD):
        return REPORTED
    if record.kind is RecordKind.INSTRUCTION and record.state is RecordState.PROPOSED:
        return "待市优办转办"
    return STATE_LABELS[record.state]


def state_tone(record: SupervisionRecord) -> str:
    return "soon" if record.is_contested else STATE_TONES.get(record.state, "active")


@dataclass(frozen=True)
class LadderView:
    """The ladder of one appeal, as its page shows it."""

    rows: list[RecordRow]
    standing: int
    """Records that were told and not revoked."""


def ladder_view(session: Session, actor: Actor, appeal: Appeal, units: Mapping[int, str]) -> LadderView:
    """One statement."""
    found = ladder_queries.of_appeal(session, actor, appeal)
    standing = [one for one in found if one.state not in UNTOLD_STATES and one.state is not RecordState.REVOKED]
    return LadderView(record_rows([(one, None) for one in found], units), len(standing))
