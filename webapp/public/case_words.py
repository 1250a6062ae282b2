"""What becomes of "not satisfied", in plain words for the appellant: no note of colleagues, no person's name."""

from collections.abc import Iterator, Mapping, Sequence

from sqlmodel import Session

from models.followup import case_queries
from models.followup.tables import DissatisfactionCase, DissatisfactionEvent
from models.followup.types import CaseAction, CaseState, ContactWay, Kept
from webapp.filters import cn_date, cn_datetime
from webapp.presenting import Entry

SENTENCES: Mapping[CaseAction, str] = {
    CaseAction.OPENED: "您表示不满意，市优办开始处理",
    CaseAction.CONTACT: "市优办与您联系了",
    CaseAction.TRY_CONTACT: "市优办与您联系，没有接通",
    CaseAction.DECIDE_REDO: "市优办决定重新办理",
    CaseAction.DECIDE_NOT: "市优办决定不重新办理",
    CaseAction.EXTEND: "处理的期限延长了",
    CaseAction.PUT_RIGHT: "市优办确认已经整改",
    CaseAction.CLOSE: "处理完毕",
    CaseAction.MISS_CONTACT: "市优办没有在期限内与您联系上，已经记录",
    CaseAction.MISS_PUT_RIGHT: "没有在期限内整改到位，已经记录",
    CaseAction.RECALCULATE: "放假安排公布后，期限重新计算",
}
"""What the unit explains stays between unit and office."""
LEFT_A_WORD = "市优办给您留言"
TONES = {CaseAction.MISS_CONTACT: "late", CaseAction.MISS_PUT_RIGHT: "late", CaseAction.PUT_RIGHT: "done"}


def timeline(session: Session, cases: Sequence[DissatisfactionCase]) -> Iterator[Entry]:
    """The newest first."""
    for case in cases:
        for event in reversed(case_queries.events(session, case)):
            if event.action in SENTENCES:
                yield _entry(case, event)


def _entry(case: DissatisfactionCase, event: DissatisfactionEvent) -> Entry:
    said = SENTENCES[event.action]
    if event.facts.get("way") == ContactWay.PAGE:
        said = LEFT_A_WORD
    if event.action in (CaseAction.EXTEND, CaseAction.RECALCULATE):
        said += f"：{cn_date(case.put_right_due_on)}前处理好"
    return Entry(
        cn_datetime(event.at), event.at.isoformat(), "", said, event.told, TONES.get(event.action, "")
    )


def promise_text(cases: Sequence[DissatisfactionCase]) -> str:
    """By when the newest open case is dealt with."""
    case = next(iter(cases), None)
    if case is None or case.state is CaseState.CLOSED:
        return ""
    parts = []
    if case.contact_kept is Kept.PENDING:
        parts.append(f"{cn_date(case.contact_due_on)}前与您联系")
    if case.put_right_kept is Kept.PENDING:
        parts.append(f"{cn_date(case.put_right_due_on)}前处理好")
    return "，".join(parts)
