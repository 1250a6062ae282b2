"""Plain values for the page of a case: what the appellant said, what happened, who may read what of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.followup import case_queries
from models.followup.rules import unit_reads_words
from models.followup.tables import DissatisfactionCase, DissatisfactionEvent
from models.followup.types import (
    CASE_ACTION_LABELS,
    GRADE_LABELS,
    WAY_LABELS,
    CaseAction,
    ContactWay,
    Grade,
)
from webapp.filters import cn_date, cn_datetime
from webapp.followup_rows import NOT_SATISFIED, CaseRow
from webapp.presenting import Entry

TONES = {
    CaseAction.MISS_CONTACT: "late", CaseAction.MISS_PUT_RIGHT: "late", CaseAction.PUT_RIGHT: "done",
    CaseAction.OPENED: "soon",
}
WITHHELD = "诉求人要求保密，或者这是举报件，原话不提供；请按市优办的意见整改。"


@dataclass(frozen=True)
class SaidView:
    """What opened the case. `note` where the words are kept from the reader."""

    label: str
    words: str
    note: str
    at_text: str


def facts(case: DissatisfactionCase, row: CaseRow) -> list[tuple[str, str]]:
    rows = [
        ("答复的单位", row.unit),
        ("第几次答复", f"第 {case.round} 次"),
        ("起因", f"{row.origin}，{row.opened_text}"),
        ("联系诉求人", f"{cn_date(case.contact_due_on)}前"),
        ("整改到位", f"{cn_date(case.put_right_due_on)}前" + ("（已延长）" if case.is_extended else "")),
        ("重新办理", f"第 {case.redo_round} 次办理" if case.redo_round else ""),
    ]
    return [(label, text) for label, text in rows if text]


def said(session: Session, case: DissatisfactionCase, appeal: Appeal, *, inside: bool) -> SaidView:
    """The unit reads that somebody is not satisfied, and why where it may know who filed; never which grade."""
    rating, call = case_queries.causes(session, case)
    label, words = NOT_SATISFIED, rating.reason if rating else call.words if call else ""
    if inside and rating is not None:
        label = GRADE_LABELS[Grade(rating.grade)]
    at_text = cn_datetime(rating.rated_at if rating else call.called_at if call else case.opened_at)
    may_read = inside or unit_reads_words(appeal.kind, is_confidential=appeal.is_confidential)
    return SaidView(label, words if may_read else "", "" if may_read else WITHHELD, at_text)


def timeline(
    history: Sequence[DissatisfactionEvent], units: Mapping[int, str], *, inside: bool
) -> list[Entry]:
    """Newest first. What was noted for the office alone stays there."""
    return [_entry(event, units, inside) for event in reversed(history)]


def _entry(event: DissatisfactionEvent, units: Mapping[int, str], inside: bool) -> Entry:
    who = " ".join(part for part in (units.get(event.unit_id or 0, ""), event.actor_name) if part)
    text = CASE_ACTION_LABELS[event.action]
    if "way" in event.facts and event.action is CaseAction.CONTACT:
        text += f"（{WAY_LABELS[ContactWay(event.facts['way'])]}）"
    if event.action is CaseAction.EXTEND:
        text += f"，合计 {event.effects['put_right.workdays']} 个工作日"
    told = f"告知诉求人：{event.told}" if event.told else ""
    note = "\n".join(part for part in (event.words, told, event.inner if inside else "") if part)
    return Entry(cn_datetime(event.at), event.at.isoformat(), who, text, note, TONES.get(event.action, ""))


def appeal_url(actor: Actor, appeal: Appeal) -> str | None:
    """The appeal's page, for whoever may open it."""
    if actor.may_read_all:
        return url_for("office.show", uid=appeal.uid)
    return url_for("desk.show", uid=appeal.uid) if appeal.lead_unit_id == actor.unit_id else None
