"""What the pages and tables show of entries: plain values, and article 9's sums in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from models.accounts.tables import Unit
from models.supervision.work_error_periods import Period
from models.supervision.work_error_queries import said_finding
from models.supervision.work_error_rules import recipient
from models.supervision.work_error_tables import WorkError, WorkErrorEvent
from models.supervision.work_error_types import (
    CLAUSES,
    GRADE_LABELS,
    HAPPENED_LABELS,
    REVOKE_LABELS,
    SOURCE_LABELS,
    STATUS_LABELS,
    Circumstance,
    Finding,
    Grade,
    RollUp,
    Source,
    Status,
)
from models.supervision.work_errors import number_text
from webapp.filters import cn_date, cn_datetime, cn_full_date
from webapp.presenting import Entry

GRADE_TONES: Mapping[Grade, str] = {
    Grade.SLIGHT: "ok", Grade.GENERAL: "info", Grade.LARGER: "soon", Grade.SERIOUS: "grave",
}  # fmt: skip
FROM_PEOPLE = frozenset({Source.PETITION, Source.ONLINE, Source.APPEAL})
FROM_PEOPLE_LABEL = "群众信访、网络投诉举报反映"
"""What the unit reads of these sources: by which way somebody complained of it is not for it to know."""


@dataclass(frozen=True)
class ErrorRow:
    """One entry as a line of a list."""

    url: str
    number: str
    occurred_text: str
    occurred_iso: str
    unit: str
    content: str
    source: str
    grade_label: str
    grade_tone: str
    clauses: str
    accountability: str
    status_label: str
    is_revoked: bool
    is_answered: bool
    recipient: str
    is_late: bool
    """Of earlier days than the report's own."""


def rows(
    errors: Sequence[WorkError], units: Mapping[int, Unit], *, overseen: bool, period: Period | None = None
) -> list[ErrorRow]:
    return [_row(one, units[one.unit_id], overseen, period) for one in errors]


def _row(error: WorkError, unit: Unit, overseen: bool, period: Period | None) -> ErrorRow:
    return ErrorRow(
        url=url_for("work_errors.show", uid=error.uid), number=number_text(error),
        occurred_text=cn_date(error.occurred_on), occurred_iso=error.occurred_on.isoformat(), unit=unit.short_name,
        content=error.content, source=source_label(error.source, overseen), grade_label=GRADE_LABELS[error.grade],
        grade_tone=GRADE_TONES[error.grade], clauses=places(error.circumstances), accountability=error.accountability,
        status_label=STATUS_LABELS[error.status], is_revoked=error.status is Status.REVOKED,
        is_answered=error.is_answered, recipient=recipient(unit.kind).value,
        is_late=period is not None and error.occurred_on < period.first_on,
    )


def source_label(source: Source, overseen: bool) -> str:
    return FROM_PEOPLE_LABEL if source in FROM_PEOPLE and not overseen else SOURCE_LABELS[source]


def places(circumstances: Iterable[str]) -> str:
    """ "第七条第（四）项"."""
    return "、".join(CLAUSES[Circumstance(one)].place for one in circumstances if CLAUSES[Circumstance(one)].place)


# ---------------------------------------------------------------- half a year in words


@dataclass(frozen=True)
class Number:
    """A count and the list behind it; no link behind a nought."""

    label: str
    count: int
    url: str | None


@dataclass(frozen=True)
class UnitSum:
    """One unit's half-year: its own errors by grade, how they add up, and what they come to."""

    unit: str
    own: tuple[Number, ...]
    derivation: str
    after: tuple[tuple[str, int], ...]


def unit_sums(sums: Mapping[tuple[int, Period], RollUp], units: Mapping[int, str], *, overseen: bool) -> list[UnitSum]:
    """The gravest first."""
    graves = sorted(sums.items(), key=lambda one: [-one[1].counted(grade) for grade in reversed(Grade)])
    return [_unit_sum(units[unit_id], half, found, overseen) for (unit_id, half), found in graves]


def _unit_sum(unit: str, half: Period, found: RollUp, overseen: bool) -> UnitSum:
    def url(grade: Grade) -> str:
        return url_for(
            "work_errors.index", unit=unit if overseen else None, half=half.name, grade=grade.value,
            status=Status.REGISTERED.value,
        )

    own = tuple(
        Number(GRADE_LABELS[grade], found.own(grade), url(grade) if found.own(grade) else None) for grade in Grade
    )
    return UnitSum(unit, own, derivation(found), tuple((GRADE_LABELS[one], found.counted(one)) for one in Grade))


def derivation(found: RollUp) -> str:
    """ "轻微 7 → 一般 2 余 1；一般 1＋2＝3 → 较大 1". Empty where nothing makes anything."""
    grades = list(Grade)
    said = []
    for step in found.steps:
        if step.makes:
            sum_ = f"{step.own}＋{step.made}＝{step.total}" if step.made else str(step.own)
            above = GRADE_LABELS[grades[grades.index(step.grade) + 1]]
            left = f" 余 {step.left}" if step.left else ""
            said.append(f"{GRADE_LABELS[step.grade]} {sum_} → {above} {step.makes}{left}")
    return "；".join(said)


# ---------------------------------------------------------------- one entry

FIELDS: tuple[tuple[str, str], ...] = (
    ("occurred_on", "错情时间"), ("content", "错情内容"), ("source", "错情来源"), ("circumstances", "认定情形"),
    ("basis", "认定说明"), ("grade", "错情类型"), ("accountability", "责任追究"),
)  # fmt: skip


def timeline(history: Sequence[WorkErrorEvent], *, overseen: bool, sees_appeal: bool) -> list[Entry]:
    """Newest first. A change says what it changed; that another appeal is named only to whoever may see that one."""
    told: list[Entry] = []
    finding: Finding | None = None
    for event in history:
        new = said_finding(event)
        changes = _changes(finding, new, overseen, sees_appeal) if finding and new else ""
        about = f"：{REVOKE_LABELS[event.code]}" if event.code else f"：{changes}" if changes else ""
        tone = "soon" if event.code else "info" if not told else ""
        told.append(
            Entry(
                cn_datetime(event.at), event.at.isoformat(), event.actor_name, HAPPENED_LABELS[event.happened] + about,
                event.reason, tone,
            )
        )
        finding = new or finding
    return told[::-1]


def _changes(old: Finding, new: Finding, overseen: bool, sees_appeal: bool) -> str:
    said = [
        f"{label}由“{_text(name, old, overseen)}”改为“{_text(name, new, overseen)}”"
        for name, label in FIELDS if _text(name, old, overseen) != _text(name, new, overseen)
    ]
    if sees_appeal and old.appeal_id != new.appeal_id:
        said.append("关联的诉求")
    return "；".join(said)


def _text(name: str, finding: Finding, overseen: bool) -> str:
    return {
        "occurred_on": cn_full_date(finding.occurred_on), "content": finding.content,
        "source": source_label(finding.source, overseen),
        "circumstances": "、".join(CLAUSES[one].place or CLAUSES[one].text for one in finding.circumstances),
        "basis": finding.basis, "grade": GRADE_LABELS[finding.grade], "accountability": finding.accountability,
    }[name]
