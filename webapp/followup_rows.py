"""Ratings, calls and cases as lines: the same on the office's lists and on an appeal's own page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for
from sqlmodel import Session

from models.accounts.types import Actor
from models.appeals.tables import Appeal
from models.followup import case_queries, closing, exclusions, queries
from models.followup.answering import handling_units
from models.followup.exclusions import Asked
from models.followup.rules import RATEABLE
from models.followup.tables import DissatisfactionCase, FollowUpCall, RatingExclusion, SatisfactionRating
from models.followup.types import (
    CASE_STATE_LABELS,
    CHANNEL_LABELS,
    EXCLUSION_LABELS,
    EXCLUSION_STATUS_LABELS,
    FOLLOWED_LABELS,
    GRADE_LABELS,
    LOW_GRADES,
    RESULT_LABELS,
    UNREACHED_LABELS,
    CaseOrigin,
    CaseState,
    ExclusionStatus,
    Grade,
    Kept,
)
from models.handling.commands import Act
from webapp import clock, presenting
from webapp.calendar import current_calendar
from webapp.filters import cn_date, cn_datetime

STATE_TONES: Mapping[CaseState, str] = {
    CaseState.OPEN: "todo", CaseState.REDOING: "active", CaseState.NOT_REDONE: "active",
    CaseState.PUT_RIGHT: "active", CaseState.CLOSED: "closed",
}
KEPT_TEXTS: Mapping[Kept, tuple[str, str]] = {
    Kept.MET: ("按期", "done"), Kept.MISSED: ("逾期", "late"), Kept.DROPPED: ("不再计算", "ok"),
}
NOT_SATISFIED = "诉求人不满意"
"""What a unit reads of a low grade: which of the two it was is between the appellant and the office."""


@dataclass(frozen=True)
class CallRow:
    attempt: int
    round: int
    at_text: str
    iso: str
    by: str
    said: str
    tone: str
    words: str


@dataclass(frozen=True)
class Clock:
    """One of the two clocks of a case: its deadline while it runs, its outcome afterwards."""

    due: presenting.Deadline | None
    outcome: str
    tone: str
    done_text: str


@dataclass(frozen=True)
class CaseRow:
    url: str
    number: str
    title: str
    unit: str
    origin: str
    opened_text: str
    opened_iso: str
    state_label: str
    state_tone: str
    contact: Clock
    put_right: Clock
    round: int


@dataclass(frozen=True)
class RatingRow:
    round: int
    label: str
    tone: str
    at_text: str
    channel: str
    reason: str
    exclusion_label: str
    exclusion_url: str
    exclude_url: str


@dataclass(frozen=True)
class ExclusionRow:
    """A request in the list of what waits for a second person."""

    url: str
    number: str
    title: str
    unit: str
    grade: str
    reason: str
    asked_text: str
    asked_by: str


@dataclass(frozen=True)
class FollowUpView:
    """What came after the reply, as an appeal's page shows it. For a unit only its cases."""

    ratings: list[RatingRow]
    calls: list[CallRow]
    cases: list[CaseRow]
    followed_text: str
    call_url: str

    @property
    def is_empty(self) -> bool:
        return not (self.ratings or self.calls or self.cases or self.followed_text)


def call_rows(found: Iterable[FollowUpCall]) -> list[CallRow]:
    return [_call_row(one) for one in found]


def _call_row(call: FollowUpCall) -> CallRow:
    if call.unreached is not None:
        said, tone = f"没有接通：{UNREACHED_LABELS[call.unreached]}", "ended"
    else:
        assert call.result is not None
        solved = {True: "，问题解决了", False: "，问题没有解决", None: ""}[call.is_solved]
        said, tone = f"接通：{RESULT_LABELS[call.result]}{solved}", "done"
    return CallRow(
        call.attempt, call.round, cn_datetime(call.called_at), call.called_at.isoformat(), call.called_by_name, said,
        tone, call.words,
    )


def case_rows(found: Iterable[tuple[DissatisfactionCase, Appeal]], units: Mapping[int, str]) -> list[CaseRow]:
    return [_case_row(case, appeal, units) for case, appeal in found]


def _case_row(case: DissatisfactionCase, appeal: Appeal, units: Mapping[int, str]) -> CaseRow:
    return CaseRow(
        url_for("followup.case", uid=case.uid), appeal.number, appeal.title, units.get(case.unit_id, ""),
        "诉求人评价" if case.origin is CaseOrigin.RATING else "电话回访", cn_date(case.opened_on),
        case.opened_on.isoformat(), CASE_STATE_LABELS[case.state], STATE_TONES[case.state],
        *clocks(case), case.round,
    )


def clocks(case: DissatisfactionCase) -> tuple[Clock, Clock]:
    """Contacting the appellant, putting it right."""
    today, calendar, is_over = clock.today(), current_calendar(), case.state is CaseState.CLOSED

    def one(name: str) -> Clock:
        kept: Kept = getattr(case, f"{name}_kept")
        done_on = getattr(case, f"{name}_done_on")
        due = presenting.deadline(
            getattr(case, f"{name}_due_on"), today, calendar, is_provisional=getattr(case, f"{name}_is_provisional")
        )
        is_running = kept is Kept.PENDING and not is_over
        outcome, tone = KEPT_TEXTS.get(kept, ("", ""))
        return Clock(due if is_running else None, outcome, tone, cn_date(done_on) if done_on else "")

    return one("contact"), one("put_right")


def grade_tone(grade: Grade) -> str:
    return "soon" if grade in LOW_GRADES else "done"


def exclusion_rows(found: Iterable[Asked], units: Mapping[int, str]) -> list[ExclusionRow]:
    return [
        ExclusionRow(
            url_for("followup.exclusion", uid=one.exclusion.uid), one.appeal.number, one.appeal.title,
            units.get(one.rating.unit_id, ""), GRADE_LABELS[Grade(one.rating.grade)],
            EXCLUSION_LABELS[one.exclusion.reason], cn_datetime(one.exclusion.asked_at), one.exclusion.asked_by_name,
        )
        for one in found
    ]


# ---------------------------------------------------------------- on an appeal's page


def followup_view(session: Session, actor: Actor, appeal: Appeal, units: Mapping[int, str]) -> FollowUpView | None:
    """None where nothing can have come after a reply yet: no statement. A unit reads its cases alone: which grade was
    given by whom is none of its business (docs/adr/0021).
    """
    if appeal.state not in RATEABLE and appeal.round == 1:
        return None
    cases = case_rows([(one, appeal) for one in case_queries.of_appeal(session, actor, appeal)], units)
    if not reads_all(session, actor, appeal):
        return FollowUpView([], [], cases, "", "")
    is_office = actor.is_office
    return FollowUpView(
        _rating_rows(session, appeal, is_office), call_rows(queries.calls(session, appeal)), cases,
        _followed_text(session, actor, appeal) if appeal.state in RATEABLE else "",
        url_for("followup.call", uid=appeal.uid) if is_office and appeal.state in RATEABLE else "",
    )


def reads_all(session: Session, actor: Actor, appeal: Appeal) -> bool:
    """Office and overseers, unless they sit in a unit that handled it, in whatever role (T6)."""
    if not actor.may_read_all or actor.unit_id is None:
        return actor.may_read_all
    return actor.unit_id not in handling_units(session, appeal)


def _followed_text(session: Session, actor: Actor, appeal: Appeal) -> str:
    found = closing.standing(session, appeal, Act(actor, clock.now(), current_calendar()))
    return FOLLOWED_LABELS[found.how] + ("，有没有了结的不满意事项" if found.has_open_case else "")


def _rating_rows(session: Session, appeal: Appeal, is_office: bool) -> list[RatingRow]:
    ratings = queries.ratings(session, appeal)
    asked = exclusions.of_appeal(session, appeal) if ratings else ()
    return [_rating_row(one, appeal, [row for row in asked if row.rating_id == one.id], is_office) for one in ratings]


def _rating_row(
    one: SatisfactionRating, appeal: Appeal, asked: Sequence[RatingExclusion], is_office: bool
) -> RatingRow:
    grade, last = Grade(one.grade), asked[-1] if asked else None
    may_ask = is_office and one.round == appeal.round and (last is None or last.status is ExclusionStatus.REFUSED)
    return RatingRow(
        one.round, GRADE_LABELS[grade], grade_tone(grade), cn_datetime(one.rated_at), CHANNEL_LABELS[one.channel],
        one.reason, EXCLUSION_STATUS_LABELS[last.status] if last else "",
        url_for("followup.exclusion", uid=last.uid) if last else "",
        url_for("followup.exclude", uid=appeal.uid) if may_ask else "",
    )
