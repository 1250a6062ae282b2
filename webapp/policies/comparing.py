"""What a version changes: old against new line by line, and what both promise for a dispatch on one day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from models.errors import Refused
from models.handling import clock as terms
from models.handling.clock import Terms
from models.handling.policy_rules import IN_ORDER, LEAST_AND_MOST, STAGES, Provision
from models.handling.types import Milestone, Stage
from models.workdays.rules import workdays_between
from models.workdays.types import WorkCalendar
from webapp.filters import cn_date
from webapp.policies.words import ALLOWANCE_TEXTS, LIMIT_TEXTS, reach_text


@dataclass(frozen=True)
class Change:
    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Example:
    """One step's last day, under the old and the new version."""

    label: str
    before_text: str
    after_text: str
    after_iso: str
    shift: str
    is_provisional: bool


def changes(before: Provision, after: Provision) -> list[Change]:
    """Every line; `is_changed` marks those that differ."""
    old, new = dict(_rows(before)), dict(_rows(after))
    return [Change(label, old[label], new[label]) for label in new]


def _rows(said: Provision) -> Iterator[tuple[str, str]]:
    yield "名称", said.name
    yield "依据", said.basis
    yield "适用", reach_text(said)
    yield from limit_rows(said)


def limit_rows(said: Provision) -> Iterator[tuple[str, str]]:
    for stage in STAGES:
        yield LIMIT_TEXTS[stage], f"{said.workdays[stage]} 个工作日"
    for name in LEAST_AND_MOST:
        unit = "次" if name == "extensions_most" else "个工作日"
        yield ALLOWANCE_TEXTS[name].split("（")[0], f"{getattr(said.allowances, name)} {unit}"


def examples(before: Provision | None, after: Provision, day: date, calendar: WorkCalendar) -> list[Example]:
    """For a dispatch on that day, by the very calculation that a dispatch makes."""
    old = {one.stage: one for one in _promised(before, day, calendar)} if before else {}
    return [_example(old.get(one.stage), one, calendar) for one in _promised(after, day, calendar)]


def _promised(said: Provision, day: date, calendar: WorkCalendar) -> list[Milestone]:
    try:
        found = terms.preview(day, terms.Moment(day, calendar, Terms(0, said.workdays, said.allowances)))
    except Refused:  # beyond the years that any calendar has: nothing can be promised there
        return []
    return sorted(found, key=lambda one: IN_ORDER.index(one.stage) if one.stage in IN_ORDER else len(IN_ORDER))


def _example(before: Milestone | None, after: Milestone, calendar: WorkCalendar) -> Example:
    return Example(
        LIMIT_TEXTS[Stage(after.stage)], cn_date(before.due_on) if before else "", cn_date(after.due_on),
        after.due_on.isoformat(), _shift(before.due_on, after.due_on, calendar) if before else "",
        after.is_provisional,
    )


def _shift(before: date, after: date, calendar: WorkCalendar) -> str:
    if before == after:
        return "不变"
    return f"{'推迟' if after > before else '提前'} {abs(workdays_between(before, after, calendar))} 个工作日"
