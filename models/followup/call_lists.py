"""The call list of a day: drawn once each working day, kept with its seed and all it looked at, read by the office."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Dialect, true
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, select

from models.accounts.types import Actor
from models.appeals.queries import accuses_no_kin, not_kept_from
from models.appeals.tables import Appeal
from models.followup import policies, rounds
from models.followup.drawing import draw
from models.followup.rounds import Key
from models.followup.rules import answered
from models.followup.tables import (
    CallCandidate,
    CallList,
    DissatisfactionCase,
    FollowUpCall,
    FollowUpPolicy,
    SatisfactionRating,
)
from models.followup.types import LOW_GRADES, Candidate, Drawn, Grade, Line, Terms
from models.handling.tables import Reply, ReplyItem
from models.handling.types import Outcome, ReplyKind, ReplyStatus
from models.workdays.rules import SHANGHAI, is_workday, local_day
from models.workdays.types import WorkCalendar

PORTION: Final = 500
DRAWN_FROM_HOUR: Final = 8
"""Of a working day, Asia/Shanghai."""


# ---------------------------------------------------------------- drawing


def draw_today(session: Session, *, now: datetime, calendar: WorkCalendar) -> int:
    """How many stand on the list drawn now; 0 when it is drawn already, on a day off, before the hour. Of two machines
    one writes the row of the day; the other waits for it and finds it done.
    """
    today = local_day(now)
    if now.astimezone(SHANGHAI).hour < DRAWN_FROM_HOUR or not is_workday(today, calendar):
        return 0
    policy = policies.in_force(session, today)
    seed, terms = secrets.token_hex(16), policies.terms_of(policy)
    list_id = _begin(session, today, seed, policy, now)
    if list_id is None:
        return 0
    lines = draw(candidates(session, today, terms), seed, terms)
    session.add_all(_row(list_id, line) for line in lines)
    session.flush()
    return sum(1 for line in lines if line.position)


def _begin(session: Session, day: date, seed: str, policy: FollowUpPolicy, now: datetime) -> int | None:
    insert = _insert(session.connection().dialect)(CallList)
    values = {"day": day, "seed": seed, "policy_id": policy.id, "drawn_at": now}
    statement = insert.values(**values).on_conflict_do_nothing().returning(col(CallList.id))
    return session.connection().execute(statement).scalar_one_or_none()


def _insert(dialect: Dialect) -> Any:
    return postgresql.insert if dialect.name == "postgresql" else sqlite.insert


def _row(list_id: int, line: Line) -> CallCandidate:
    one = line.candidate
    return CallCandidate(
        list_id=list_id, appeal_id=one.appeal_id, round=one.round, unit_id=one.unit_id, answered=one.answered,
        is_low=one.is_low, was_drawn=one.was_drawn, is_new=one.is_new, attempts=one.attempts, drawn=line.drawn,
        position=line.position,
    )


def drawn_again(session: Session, drawn: CallList) -> bool:
    """Whether the rule makes of the seed and of what was looked at the very list that is kept."""
    terms = policies.terms_of(session.get_one(FollowUpPolicy, drawn.policy_id))
    rows = session.exec(select(CallCandidate).where(col(CallCandidate.list_id) == drawn.id)).all()
    kept = {(_candidate(row), row.drawn, row.position) for row in rows}
    again = draw([_candidate(row) for row in rows], drawn.seed, terms)
    return kept == {(line.candidate, line.drawn, line.position) for line in again}


def _candidate(row: CallCandidate) -> Candidate:
    return Candidate(
        row.appeal_id, row.round, row.unit_id, row.answered, row.is_low, row.was_drawn, row.is_new, row.attempts
    )


def every_list(session: Session) -> Sequence[CallList]:
    return session.exec(select(CallList).order_by(col(CallList.day))).all()


# ---------------------------------------------------------------- whom the draw looks at


def candidates(session: Session, today: date, terms: Terms) -> list[Candidate]:
    """Replies of the last days, of appellants who left a telephone number and did not ask for confidence, that nobody
    has been reached about and that were not rated as good enough. A handful of statements, whatever their number.
    """
    lately = rounds.between(today - timedelta(days=terms.rating_days), today)
    replied = rounds.replied(session, lately, can_be_called=True)
    ids = sorted({one.appeal_id for one in replied})
    calls, grades = _calls(session, ids), _grades(session, ids)
    before, outcomes, spoken = _looked_at(session, ids), _outcomes(session, ids), _spoken_with(session, ids)
    found = []
    for one in replied:
        attempts, is_reached = calls.get(one.key, (0, False))
        grade = grades.get(one.key)
        if not is_reached and one.key not in spoken and (grade is None or grade in LOW_GRADES):
            found.append(Candidate(
                one.appeal_id, one.round, one.unit_id, answered(outcomes.get(one.key, ())), grade is not None,
                before.get(one.key, False), one.key not in before, attempts,
            ))
    return found


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), PORTION):
        yield ids[start : start + PORTION]


def _calls(session: Session, ids: Sequence[int]) -> dict[Key, tuple[int, bool]]:
    """How many calls, and whether one reached somebody."""
    call, found = FollowUpCall, dict[Key, tuple[int, bool]]()
    for some in _portions(ids):
        for appeal_id, round_, is_reached in session.exec(
            select(call.appeal_id, call.round, call.is_reached).where(col(call.appeal_id).in_(some))
        ):
            count, was_reached = found.get((appeal_id, round_), (0, False))
            found[appeal_id, round_] = count + 1, was_reached or is_reached
    return found


def _grades(session: Session, ids: Sequence[int]) -> dict[Key, Grade]:
    rating, found = SatisfactionRating, dict[Key, Grade]()
    for some in _portions(ids):
        rows = session.exec(select(rating.appeal_id, rating.round, rating.grade).where(col(rating.appeal_id).in_(some)))
        found |= {(appeal_id, round_): Grade(grade) for appeal_id, round_, grade in rows}
    return found


def _spoken_with(session: Session, ids: Sequence[int]) -> set[Key]:
    """Whom the office has spoken with about their case: nobody is called twice about the same."""
    case, found = DissatisfactionCase, set[Key]()
    for some in _portions(ids):
        statement = select(case.appeal_id, case.round).where(
            col(case.appeal_id).in_(some), col(case.contact_done_on).is_not(None)
        )
        found.update((appeal_id, round_) for appeal_id, round_ in session.exec(statement))
    return found


def _looked_at(session: Session, ids: Sequence[int]) -> dict[Key, bool]:
    """What an earlier draw looked at, and whether it has stood on a list."""
    one, found = CallCandidate, dict[Key, bool]()
    for some in _portions(ids):
        for appeal_id, round_, drawn in session.exec(
            select(one.appeal_id, one.round, one.drawn).where(col(one.appeal_id).in_(some))
        ):
            found[appeal_id, round_] = found.get((appeal_id, round_), False) or drawn is not Drawn.NOT_DRAWN
    return found


def _outcomes(session: Session, ids: Sequence[int]) -> dict[Key, list[Outcome]]:
    found: dict[Key, list[Outcome]] = {}
    for some in _portions(ids):
        statement = (
            select(Reply.appeal_id, Reply.round, ReplyItem.outcome)
            .join(ReplyItem, col(ReplyItem.reply_id) == col(Reply.id))
            .where(
                col(Reply.appeal_id).in_(some), col(Reply.kind) == ReplyKind.FINAL,
                col(Reply.status) == ReplyStatus.PUBLISHED, col(ReplyItem.outcome).is_not(None),
            )
        )
        for appeal_id, round_, outcome in session.exec(statement):
            if outcome is not None:
                found.setdefault((appeal_id, round_), []).append(Outcome(outcome))
    return found


# ---------------------------------------------------------------- reading a list


@dataclass(frozen=True)
class Entry:
    """One line of a day's list. `calls` of its round so far; `is_reached` by one of them, `called_on` by the last."""

    appeal: Appeal
    candidate: CallCandidate
    calls: int
    is_reached: bool
    called_on: date | None

    def is_done(self, day: date) -> bool:
        """Nothing is left to do about it today."""
        return self.is_reached or self.called_on == day


def list_of(session: Session, day: date) -> CallList | None:
    return session.exec(select(CallList).where(col(CallList.day) == day)).one_or_none()


def entries(session: Session, actor: Actor, drawn: CallList) -> list[Entry]:
    """The day's list without what this actor may not see or what their own unit handled. Two statements."""
    own = col(CallCandidate.unit_id) != actor.unit_id if actor.unit_id is not None else true()
    statement = (
        select(Appeal, CallCandidate)
        .join(CallCandidate, col(CallCandidate.appeal_id) == col(Appeal.id))
        .where(
            col(CallCandidate.list_id) == drawn.id, col(CallCandidate.position) > 0, not_kept_from(actor),
            accuses_no_kin(actor), own,
        )
        .order_by(col(CallCandidate.position))
    )
    rows = session.exec(statement).all()
    made = _made(session, [appeal.id or 0 for appeal, _ in rows])
    return [
        Entry(appeal, candidate, *made.get((appeal.id or 0, candidate.round), (0, False, None)))
        for appeal, candidate in rows
    ]


def _made(session: Session, ids: Sequence[int]) -> dict[Key, tuple[int, bool, date | None]]:
    found: dict[Key, tuple[int, bool, date | None]] = {}
    for some in _portions(ids):
        calls = select(FollowUpCall).where(col(FollowUpCall.appeal_id).in_(some)).order_by(col(FollowUpCall.attempt))
        for call in session.exec(calls):
            key = call.appeal_id, call.round
            count, is_reached, _ = found.get(key, (0, False, None))
            found[key] = count + 1, is_reached or call.is_reached, call.called_on
    return found
