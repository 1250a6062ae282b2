"""What the lists are narrowed to and which period a report shows: read from the address, offered as choices."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from models.supervision.work_error_periods import Period, containing, named, recent
from models.supervision.work_error_queries import Filter
from models.supervision.work_error_types import GRADE_LABELS, STATUS_LABELS, Grade, Status
from webapp import clock

OFFERED = {1: 13, 3: 8, 6: 6}
"""Months, quarters and half-years that are offered, by their length."""
Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Choice:
    """One filter of the toolbar: its name in the address, what is chosen, what may be."""

    name: str
    label: str
    chosen: str
    choices: Choices


@dataclass(frozen=True)
class Asked:
    """The register's filter as the address has it; anything unknown is no filter."""

    filter: Filter
    choices: tuple[Choice, ...]

    @property
    def address(self) -> dict[str, Any]:
        """What stands in the address."""
        return {one.name: one.chosen for one in self.choices if one.chosen}

    @property
    def said(self) -> str:
        """The filter in words: "市监局 · 较大 · 2026年下半年"."""
        return " · ".join(dict(one.choices)[one.chosen] for one in self.choices if one.chosen)


def asked(units: Mapping[int, str]) -> Asked:
    """`units`: those somebody may choose among; none for whoever sees one unit alone."""
    arguments = request.args
    unit_id = next((id_ for id_, name in units.items() if name == arguments.get("unit", "")), None)
    grade = next((one for one in Grade if one.value == arguments.get("grade", "")), None)
    status = next((one for one in Status if one.value == arguments.get("status", "")), None)
    half, month = (_named(name, months) for name, months in (("half", 6), ("month", 1)))
    names = [("", "全部单位"), *((name, name) for name in units.values())]
    grades = [("", "全部类型"), *((one.value, f"{label}差错") for one, label in GRADE_LABELS.items())]
    statuses = [("", "在册和已撤销"), *((one.value, label) for one, label in STATUS_LABELS.items())]
    choices = (
        Choice("unit", "责任单位", units.get(unit_id or 0, ""), names),
        Choice("grade", "错情类型", grade.value if grade else "", grades),
        Choice("half", "半年", half.name if half else "", [("", "全部半年"), *periods(6, half)]),
        Choice("month", "月份", month.name if month else "", [("", "全部月份"), *periods(1, month)]),
        Choice("status", "状态", status.value if status else "", statuses),
    )
    return Asked(Filter(unit_id, grade, half, month, status), choices if units else choices[1:])


def _named(name: str, months: int) -> Period | None:
    return named(request.args.get(name, ""), months, clock.today())


def periods(months: int, shown: Period | None) -> Choices:
    return [(one.name, one.label) for one in recent(clock.today(), months, OFFERED[months], shown)]


def shown_period(name: str, months: int, *, is_past: bool) -> Period:
    """The period that the address names; otherwise the running one, or the one just past where that is what is due."""
    running = containing(clock.today(), months)
    return _named(name, months) or (running.before if is_past else running)
