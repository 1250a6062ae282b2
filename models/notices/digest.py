"""The morning's digest: what waits for somebody, once a person and working day, and nothing for whom nothing waits."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import func
from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import Session, col, select, update

from models.accounts.lending import actors
from models.accounts.types import OFFICE_ROLES, UNIT_ROLES, Actor, Role
from models.followup import exclusions
from models.followup.call_lists import entries, list_of
from models.followup.case_queries import Wanted as CasesWanted
from models.followup.case_queries import shown_counts
from models.handling import turns, worklist
from models.handling.rules import CLERKS, REVIEWERS
from models.handling.worklist import Wanted
from models.notices.commands import begin_day, tell
from models.notices.tables import Notice
from models.notices.types import DIGEST_HOUR, NoticeKind
from models.workdays.rules import SHANGHAI, due_date, is_workday, local_day
from models.workdays.types import WorkCalendar

Days = tuple[date, date]
"""Today, and the next working day: what is due until then is due soon."""
Count = Callable[[Session, Actor, Days], Mapping[str, int]]


def _of_the_unit(session: Session, actor: Actor, days: Days) -> Mapping[str, int]:
    found = worklist.counts(session, Wanted(), actor, *days)
    return {"overdue": found["overdue"], "due": found["soon"], "to_sign": found["to_sign"],
            "to_sign_off": found["to_sign_off"]}  # fmt: skip


def _of_a_handler(session: Session, actor: Actor, days: Days) -> Mapping[str, int]:
    """What they work on themselves, and what nobody has signed yet."""
    mine = worklist.counts(session, Wanted(who="mine"), actor, *days)
    unsigned = worklist.counts(session, Wanted(), actor, *days)["to_sign"]
    return {"overdue": mine["overdue"], "due": mine["soon"], "to_sign": unsigned}


def _of_a_clerk(session: Session, actor: Actor, days: Days) -> Mapping[str, int]:
    drawn, cases = list_of(session, days[0]), shown_counts(session, actor, CasesWanted(), days[0])
    left = [one for one in entries(session, actor, drawn) if not one.is_done(days[0])] if drawn else []
    return {
        "to_triage": turns.waiting_counts(session, actor)[""], "to_call": len(left), "to_contact": cases["to_contact"],
    }


def _of_a_reviewer(session: Session, actor: Actor, days: Days) -> Mapping[str, int]:
    found = worklist.counts(session, Wanted(), actor, *days)
    cases = shown_counts(session, actor, CasesWanted(), days[0])
    return {
        "overdue": found["overdue"], "due": found["soon"], "to_review": found["in_review"],
        "to_decide": cases["to_decide"], "to_leave_out": exclusions.to_decide_count(session, actor),
    }


COUNTED: Final[tuple[tuple[frozenset[Role], Count], ...]] = (
    (frozenset({Role.HANDLER}), _of_a_handler),
    (frozenset({Role.APPROVER}), _of_the_unit),
    (CLERKS, _of_a_clerk),
    (REVIEWERS, _of_a_reviewer),
)
"""Role → what is counted for it. Of two that count the same, the later one's number stands."""


def morning_digest(session: Session, *, now: datetime, calendar: WorkCalendar) -> int:
    """How many people were told. Whatever the number of runs and machines, a day is done once."""
    today = local_day(now)
    if now.astimezone(SHANGHAI).hour < DIGEST_HOUR or not is_workday(today, calendar):
        return 0
    if not begin_day(session, NoticeKind.DIGEST, today):
        return 0
    days = today, due_date(today, 1, calendar).due_on
    return sum(_tell(session, actor, days, now) for actor in actors(session, UNIT_ROLES | OFFICE_ROLES, now))


def _tell(session: Session, actor: Actor, days: Days, now: datetime) -> int:
    facts: dict[str, int] = {}
    for roles, count in COUNTED:
        if actor.roles & roles:
            facts |= count(session, actor, days)
    facts["unread"] = _unread(session, actor)
    waiting = {name: number for name, number in facts.items() if number}
    if not waiting or actor.account_id is None:
        return 0
    _overtake(session, actor, now)
    key = f"digest:{days[0].isoformat()}"
    return tell(session, [actor.account_id], NoticeKind.DIGEST, dedupe_key=key, now=now, facts=waiting)


def _unread(session: Session, actor: Actor) -> int:
    """But for digests: one that nobody opened is no reason for another."""
    others = col(Notice.kind) != NoticeKind.DIGEST
    return session.exec(select(func.count()).select_from(Notice).where(_is_unread(actor), others)).one()


def _overtake(session: Session, actor: Actor, now: datetime) -> None:
    """Yesterday's digest says nothing any more."""
    digests = col(Notice.kind) == NoticeKind.DIGEST
    session.execute(update(Notice).where(_is_unread(actor), digests).values(read_at=now))


def _is_unread(actor: Actor) -> ColumnElement[bool]:
    return (col(Notice.account_id) == actor.account_id) & col(Notice.read_at).is_(None)
