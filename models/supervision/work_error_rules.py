"""What an entry of the register of work errors may say, who may change it, and how errors of half a year add up. Pure.

Source: 附件2, articles by number. Two readings are the office's own and stand here once:

* A complaint that proved true is at least 较大 (article 7 item 4), and 严重 where its consequences are grave (article 8
  item 5). An appeal filed here is such a complaint. Where it proved untrue, but looking into it brought an error to
  light, the entry says so and may be of any grade: article 12 knows slight errors that petitions reflect.
* "3次以上…视为1次" (article 9, the three included by article 24) is taken by threes: seven slight errors are two
  general ones and one slight. What is left over stays at its own grade and counts on until the half-year ends; no
  remainder is carried into the next.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any, Final

from models.accounts.rules import is_related
from models.accounts.types import Actor, Role, UnitKind
from models.errors import Refused
from models.supervision.work_error_periods import Period
from models.supervision.work_error_types import (
    CLAUSES,
    GRADE_LABELS,
    SOURCE_LABELS,
    Circumstance,
    Entry,
    Event,
    Finding,
    Grade,
    Happened,
    Recipient,
    RollUp,
    Source,
    Status,
    Step,
)
from models.workdays.rules import due_date
from models.workdays.types import DueDate, WorkCalendar

KEEPERS: Final = frozenset({Role.SUPERVISOR, Role.DIRECTOR})
OVERSEERS: Final = KEEPERS | {Role.LEADER, Role.AUDITOR}
"""Who reads the whole register. Anybody else reads what concerns their own unit."""
TOGETHER: Final = 3
"""So many of a grade count as one of the next (article 9)."""
OLDEST_DAYS: Final = 3 * 366
"""An error longer ago is a slip of the pen in the year."""
RANK: Final = {grade: place for place, grade in enumerate(Grade)}
REPORTED: Final = frozenset({Grade.LARGER, Grade.SERIOUS})
"""较大以上, the monthly report of article 13."""
BULLETIN: Final = frozenset({Grade.SERIOUS})
"""The quarterly circular of article 14."""

_COMPLAINT: Final = frozenset({Circumstance.ART_7_4, Circumstance.ART_8_5, Circumstance.UNPROVEN})
NEEDED: Final[Mapping[Source, frozenset[Circumstance]]] = {
    Source.PETITION: _COMPLAINT,
    Source.ONLINE: _COMPLAINT,
    Source.APPEAL: _COMPLAINT,
    Source.CITY_NOTICE: frozenset({Circumstance.ART_7_1}),
    Source.PROVINCE_NOTICE: frozenset({Circumstance.ART_8_1}),
    Source.CITY_OFFICES_NOTICE: frozenset({Circumstance.ART_8_2}),
    Source.LEADERS: frozenset({Circumstance.ART_8_3}),
}
"""Source → circumstances one of which it is itself."""
BASED: Final[Mapping[Circumstance, str]] = {
    Circumstance.ART_7_5: "work_error_basis_missing",
    Circumstance.ART_8_6: "work_error_decision_missing",
}
"""Circumstances that say only "other": why, or who decided it (article 8, last paragraph), has to be written."""
RECIPIENTS: Final[Mapping[UnitKind, Recipient]] = {
    UnitKind.TOWN: Recipient.PARTY_OFFICE,
    UnitKind.SUBDISTRICT: Recipient.PARTY_OFFICE,
    UnitKind.CENTRE: Recipient.PARTY_OFFICE,
}
"""Article 13 names towns, subdistricts and centres, and 市直单位. The park is in neither word; like the units of
province and prefecture (article 25) it reports as a 市直单位 does."""

Problem = tuple[str, dict[str, Any]]
"""A refusal's code and the facts of its sentence."""


def recipient(kind: UnitKind) -> Recipient:
    return RECIPIENTS.get(kind, Recipient.GOVERNMENT_OFFICE)


# ---------------------------------------------------------------- what an entry may say


def floor(circumstances: Iterable[Circumstance]) -> Circumstance | None:
    """The gravest circumstance: no error is graded below what it makes of it. None where none makes anything."""
    graded = [one for one in circumstances if CLAUSES[one].grade is not None]
    return max(graded, key=_rank_of, default=None)


def _rank_of(one: Circumstance) -> int:
    grade = CLAUSES[one].grade
    return -1 if grade is None else RANK[grade]


def problems(finding: Finding, today: date) -> dict[str, Problem]:
    """Field → what is wrong with it. Nothing when the entry may stand."""
    found: dict[str, Problem] = {}
    for field, problem in (
        ("occurred_on", _day_problem(finding.occurred_on, today)),
        ("circumstances", _circumstance_problem(finding)),
        ("grade", _grade_problem(finding)),
        ("basis", _basis_problem(finding)),
    ):
        if problem is not None:
            found[field] = problem
    return found


def _day_problem(day: date, today: date) -> Problem | None:
    if day > today:
        return "work_error_in_future", {}
    return ("work_error_long_ago", {}) if day < today - timedelta(days=OLDEST_DAYS) else None


def _circumstance_problem(finding: Finding) -> Problem | None:
    chosen, needed = set(finding.circumstances), NEEDED.get(finding.source, frozenset())
    if needed and not chosen & needed:
        labels = "；".join(CLAUSES[one].label for one in Circumstance if one in needed)
        return "work_error_source_needs", {"source": SOURCE_LABELS[finding.source], "clauses": labels}
    if Circumstance.UNPROVEN in chosen:
        if Circumstance.UNPROVEN not in needed:
            return "work_error_nothing_reflected", {}
        if chosen & _COMPLAINT != {Circumstance.UNPROVEN}:
            return "work_error_true_and_untrue", {}
    gravest = floor(chosen)
    least = -1 if gravest is None else _rank_of(gravest)
    if finding.grade in REPORTED and least < RANK[finding.grade]:
        article = "第七条" if finding.grade is Grade.LARGER else "第八条"
        return "work_error_grade_needs", {"grade": GRADE_LABELS[finding.grade], "article": article}
    return None


def _grade_problem(finding: Finding) -> Problem | None:
    gravest = floor(finding.circumstances)
    if gravest is None or _rank_of(gravest) <= RANK[finding.grade]:
        return None
    clause = CLAUSES[gravest]
    assert clause.grade is not None
    return "work_error_grade_too_low", {
        "clause": clause.label, "least": GRADE_LABELS[clause.grade], "grade": GRADE_LABELS[finding.grade],
    }


def _basis_problem(finding: Finding) -> Problem | None:
    if finding.basis:
        return None
    codes = [code for one, code in BASED.items() if one in finding.circumstances]
    return (codes[-1], {}) if codes else None


def require(finding: Finding, today: date) -> None:
    """Raises `Refused` with the first problem: the form has told them all."""
    for code, facts in problems(finding, today).values():
        raise Refused(code, **facts)


# ---------------------------------------------------------------- who may do what


def refused_to_keep(actor: Actor, unit_path: str) -> str | None:
    """Nobody of a unit keeps its account, nor that of a unit above or below it."""
    if not actor.roles & KEEPERS:
        return "not_your_role"
    return "work_error_own_unit" if is_related(actor.unit_path, unit_path) else None


def refused_second_person(actor: Actor, entry: Entry) -> str | None:
    """Taking an entry off the account, or making it lighter, is for a second person: the director, where a supervisor
    registered it.
    """
    if actor.account_id == entry.registrar_id:
        return "work_error_second_person"
    needs_director = entry.registrar_role is Role.SUPERVISOR
    return "work_error_director_decides" if needs_director and Role.DIRECTOR not in actor.roles else None


def refused_to_change(actor: Actor, entry: Entry, new: Finding) -> str | None:
    if entry.status is Status.REVOKED:
        return "work_error_revoked"
    if entry.finding == new:
        return "work_error_unchanged"
    is_lighter = RANK[new.grade] < RANK[entry.finding.grade]
    return refused_second_person(actor, entry) if is_lighter else None


def refused_to_revoke(actor: Actor, entry: Entry) -> str | None:
    return "work_error_revoked" if entry.status is Status.REVOKED else refused_second_person(actor, entry)


def refused_to_answer(actor: Actor, unit_id: int, entry: Entry) -> str | None:
    """The unit explains itself once, by its head: what leaves a unit is signed off by its approver (domain.md §2)."""
    return next((code for code, holds in (
        ("not_your_role", Role.APPROVER not in actor.roles),
        ("work_error_not_yours", actor.unit_id != unit_id),
        ("work_error_revoked", entry.status is Status.REVOKED),
        ("work_error_answered", entry.is_answered),
    ) if holds), None)


def role_of_keeper(actor: Actor) -> Role:
    """As which of their roles somebody keeps the register: the higher one."""
    return Role.DIRECTOR if Role.DIRECTOR in actor.roles else Role.SUPERVISOR


# ---------------------------------------------------------------- an entry is what its events add up to


def happened(old: Finding, new: Finding) -> Happened:
    """Whether a change grades anew or only corrects what is written."""
    return Happened.REGRADE if old.grade is not new.grade else Happened.CORRECT


def begin(event: Event) -> Entry:
    assert event.finding is not None
    return Entry(event.finding, Status.REGISTERED, event.actor_id, event.role, event.at, False, event.seq)


def apply(entry: Entry, event: Event) -> Entry:
    changed = replace(
        entry, version=event.seq, finding=event.finding or entry.finding,
        is_answered=entry.is_answered or event.happened is Happened.ANSWER,
    )
    if event.happened is Happened.REVOKE:
        return replace(changed, status=Status.REVOKED)
    return replace(changed, graded_at=event.at) if event.happened is Happened.REGRADE else changed


def replay(events: Iterable[Event]) -> Entry:
    """Raises `Refused("no_events")` for an entry without a registration."""
    history = list(events)
    if not history:
        raise Refused("no_events")
    entry = begin(history[0])
    for event in history[1:]:
        entry = apply(entry, event)
    return entry


# ---------------------------------------------------------------- half a year adds up (article 9)


def add_up(counts: Mapping[Grade, int]) -> RollUp:
    """One unit's half-year: three of a grade make one of the next, and those made count on with the others."""
    steps: list[Step] = []
    made = 0
    for grade in Grade:
        own = counts.get(grade, 0)
        makes, left = divmod(own + made, TOGETHER) if grade is not Grade.SERIOUS else (0, own + made)
        steps.append(Step(grade, own, made, makes, left))
        made = makes
    return RollUp(tuple(steps))


def roll_up(counts: Mapping[tuple[int, Period, Grade], int]) -> dict[tuple[int, Period], RollUp]:
    """Every unit and half-year on its own: neither errors of another unit nor of another half-year are added."""
    own: dict[tuple[int, Period], dict[Grade, int]] = {}
    for (unit_id, half, grade), count in counts.items():
        own.setdefault((unit_id, half), {})[grade] = count
    return {key: add_up(grades) for key, grades in own.items()}


# ---------------------------------------------------------------- when reports are due


def report_due(last_on: date, calendar: WorkCalendar) -> DueDate:
    """The first working day after the month that ends on this day (article 13)."""
    return due_date(last_on, 1, calendar)


def bulletin_due(last_on: date) -> date:
    """The circular is for the first ten days after the quarter that ends on this day (article 14, 一季度第一月上旬)."""
    return last_on + timedelta(days=10)

