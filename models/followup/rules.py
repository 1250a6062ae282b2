"""Who may rate what until when, who may call, and how a reply counts as followed up. Pure (domain.md §6)."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from models.accounts.types import OFFICE_ROLES, PUBLIC, Actor, Role
from models.appeals.types import AppealKind, State
from models.errors import Refused
from models.followup.types import LOW_GRADES, Answered, Followed, Grade, Terms
from models.handling.types import Outcome
from models.workdays.rules import end_of_day, local_day

RATEABLE = frozenset({State.REPLIED, State.CLOSED})
CALLERS = OFFICE_ROLES
REVIEWERS = frozenset({Role.SUPERVISOR, Role.DIRECTOR})


# ---------------------------------------------------------------- rating


def last_day_to_rate(replied_at: datetime, terms: Terms) -> date:
    """Until 24:00 of this day."""
    return local_day(replied_at) + timedelta(days=terms.rating_days)


def refused_to_rate(state: State, replied_at: datetime | None, now: datetime, terms: Terms) -> str | None:
    """Why this round takes no rating now, as a code."""
    if replied_at is None or state not in RATEABLE:
        return "nothing_to_rate"
    return "rating_too_late" if now >= end_of_day(last_day_to_rate(replied_at, terms)) else None


def may_be_appellant(actor: Actor) -> bool:
    """Nobody of the staff rates, whatever number and code they hold (domain.md §6): the public, or an enterprise's
    account and nothing else.
    """
    return actor == PUBLIC or actor.roles == frozenset({Role.ENTERPRISE})


def check_grade(grade: Grade, reason: str) -> None:
    if grade in LOW_GRADES and not reason.strip():
        raise Refused("rating_needs_reason")


# ---------------------------------------------------------------- calls


def refused_to_call(actor: Actor, handling_units: Collection[int]) -> str | None:
    """Never by anybody of a unit that handled it, whatever role they hold beside."""
    if not actor.roles & CALLERS:
        return "not_your_role"
    return "own_unit_handled" if actor.unit_id in handling_units else None


def is_unreachable(attempts: int, terms: Terms) -> bool:
    return attempts >= terms.attempts_most


GRAVEST: tuple[tuple[Answered, frozenset[Outcome]], ...] = (
    (Answered.UNSOLVABLE, frozenset({Outcome.UNSOLVABLE})),
    (Answered.UNFINISHED, frozenset({Outcome.IN_PROGRESS, Outcome.PARTLY_SOLVED})),
    (Answered.EXPLAINED, frozenset({Outcome.EXPLAINED, Outcome.UNFOUNDED})),
    (Answered.SOLVED, frozenset({Outcome.SOLVED})),
)


def answered(outcomes: Iterable[Outcome]) -> Answered:
    """What a reply came to: the gravest outcome among its demands."""
    found = frozenset(outcomes)
    return next((one for one, among in GRAVEST if found & among), Answered.EXPLAINED)


# ---------------------------------------------------------------- archiving


def followed(*, is_rated: bool, is_reached: bool, attempts: int, terms: Terms) -> Followed:
    if is_rated:
        return Followed.RATED
    if is_reached:
        return Followed.REACHED
    return Followed.UNREACHABLE if is_unreachable(attempts, terms) else Followed.NOT_ASKED


def check_close(how: Followed, reason: str, *, has_open_case: bool) -> None:
    """Filed away once it was followed up, or with the reason why not; never over an open case."""
    if has_open_case:
        raise Refused("case_still_open")
    if how is Followed.NOT_ASKED and not reason.strip():
        raise Refused("close_needs_reason")


# ---------------------------------------------------------------- words that a unit may read


def unit_reads_words(kind: AppealKind, *, is_confidential: bool) -> bool:
    """What the appellant wrote of a low grade may tell who they are: where that is kept from the unit, it reads the
    office's words alone.
    """
    return not is_confidential and kind is not AppealKind.REPORT
