"""How a request about the running term is shown to unit and office: what is asked, since when, how it was ruled."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from models.appeals.tables import Appeal
from models.handling import queries
from models.handling.adjustment_types import (
    ADJUSTMENT_LABELS,
    ADJUSTMENT_STATUS_LABELS,
    PAUSE_LABELS,
    AdjustmentKind,
    AdjustmentStatus,
)
from models.handling.tables import AdjustmentRow
from webapp.filters import cn_date

TONES = {
    AdjustmentStatus.TO_SIGN_OFF: "todo", AdjustmentStatus.ASKED: "active", AdjustmentStatus.GRANTED: "done",
    AdjustmentStatus.REFUSED: "ended", AdjustmentStatus.TAKEN_BACK: "closed", AdjustmentStatus.LAPSED: "closed",
}


@dataclass(frozen=True)
class AdjustmentView:
    no: int
    title: str
    state_label: str
    state_tone: str
    when: str
    grounds: str
    basis: str
    ruling: str


def adjustment_views(session: Session, appeal: Appeal, units: Mapping[int, str]) -> list[AdjustmentView]:
    """The newest first. No statement where nothing was ever asked."""
    return [_view(row, units) for row in reversed(queries.adjustment_rows(session, appeal))]


def _view(row: AdjustmentRow, units: Mapping[int, str]) -> AdjustmentView:
    is_running = row.kind is AdjustmentKind.PAUSE and row.status is AdjustmentStatus.GRANTED and not row.is_over
    label = "正在中止计时" if is_running else ADJUSTMENT_STATUS_LABELS[row.status]
    return AdjustmentView(
        row.no, title(row, units), label, "soon" if is_running else TONES[row.status], _when(row, units), row.grounds,
        row.basis, row.ruling,
    )


def title(row: AdjustmentRow, units: Mapping[int, str]) -> str:
    """ "申请延期 5 个工作日"."""
    said = f"申请{ADJUSTMENT_LABELS[row.kind]}"
    if row.kind is AdjustmentKind.EXTENSION:
        return f"{said} {row.workdays} 个工作日"
    if row.reason is not None:
        return f"{said}：{PAUSE_LABELS[row.reason]}，最多 {row.workdays} 个工作日"
    proposed = units.get(row.proposed_unit_id or 0, "")
    return f"{said}，建议由{proposed}承办" if proposed else said


def _when(row: AdjustmentRow, units: Mapping[int, str]) -> str:
    said = [units.get(row.unit_id, "")]
    if row.asked_on:
        said.append(f"{cn_date(row.asked_on)}报市优办")
    if row.ruled_on:
        ruled = units.get(row.ruled_unit_id or 0, "")
        said.append(f"{cn_date(row.ruled_on)}裁定" + (f"由{ruled}承办" if ruled else ""))
    if row.ends_on:
        said.append(f"{'中止到' if row.is_over else '最迟中止到'}{cn_date(row.ends_on)}")
    return "，".join(said)
