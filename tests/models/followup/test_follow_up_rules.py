"""Who rates until when, who calls, what counts as followed up, what a unit may read."""

from datetime import UTC, date, datetime

import pytest

from models.accounts.types import PUBLIC, SYSTEM, Actor, Role
from models.appeals.types import AppealKind, State
from models.errors import Refused
from models.followup import rules
from models.followup.types import Answered, Followed, Grade, Terms
from models.handling.types import Outcome

REPLIED = datetime(2026, 11, 17, 2, 5, tzinfo=UTC)
TERMS = Terms()


@pytest.mark.parametrize(
    ("state", "now", "code"),
    [
        (State.REPLIED, REPLIED, None),
        (State.CLOSED, datetime(2026, 12, 17, 15, 59, tzinfo=UTC), None),  # 23:59 of the thirtieth day
        (State.CLOSED, datetime(2026, 12, 17, 16, 0, tzinfo=UTC), "rating_too_late"),
        *((state, REPLIED, "nothing_to_rate") for state in State if state not in (State.REPLIED, State.CLOSED)),
    ],
)
def test_a_reply_is_rated_until_the_end_of_its_thirtieth_day(state: State, now: datetime, code: str | None) -> None:
    assert rules.refused_to_rate(state, REPLIED, now, TERMS) == code


def test_what_was_never_answered_here_is_not_rated() -> None:
    """Imports and what a unit completed itself are closed without a reply of ours."""
    assert rules.refused_to_rate(State.CLOSED, None, REPLIED, TERMS) == "nothing_to_rate"
    assert rules.last_day_to_rate(REPLIED, TERMS) == date(2026, 12, 17)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_of_the_staff_is_an_appellant(role: Role) -> None:
    account = Actor(3, "周杰", frozenset({role}))
    assert rules.may_be_appellant(account) is (role is Role.ENTERPRISE)
    assert not rules.may_be_appellant(Actor(3, "周杰", frozenset({role, Role.CLERK})))
    assert rules.may_be_appellant(PUBLIC) and not rules.may_be_appellant(SYSTEM)


@pytest.mark.parametrize("grade", list(Grade))
def test_a_low_grade_needs_a_reason(grade: Grade) -> None:
    rules.check_grade(grade, "没有解决。")
    if grade <= 2:
        with pytest.raises(Refused, match="rating_needs_reason"):
            rules.check_grade(grade, " \n")
    else:
        rules.check_grade(grade, "")


@pytest.mark.parametrize("role", list(Role))
def test_the_office_calls_and_never_whoever_handled_it(role: Role) -> None:
    is_office = role in (Role.CLERK, Role.SUPERVISOR, Role.DIRECTOR)
    assert (rules.refused_to_call(Actor(3, "周杰", frozenset({role}), 1), {7, 8}) is None) is is_office
    both = Actor(3, "周杰", frozenset({role, Role.CLERK}), 8)
    assert rules.refused_to_call(both, {7, 8}) == "own_unit_handled"


def test_a_reply_comes_to_the_gravest_of_its_outcomes() -> None:
    assert rules.answered([Outcome.SOLVED, Outcome.UNSOLVABLE]) is Answered.UNSOLVABLE
    assert rules.answered([Outcome.SOLVED, Outcome.PARTLY_SOLVED]) is Answered.UNFINISHED
    assert rules.answered([Outcome.SOLVED, Outcome.UNFOUNDED]) is Answered.EXPLAINED
    assert rules.answered([Outcome.SOLVED]) is Answered.SOLVED
    assert {rules.answered([one]) for one in Outcome} == set(Answered)


@pytest.mark.parametrize(
    ("facts", "how"),
    [
        ({"is_rated": True, "is_reached": False, "attempts": 0}, Followed.RATED),
        ({"is_rated": False, "is_reached": True, "attempts": 1}, Followed.REACHED),
        ({"is_rated": False, "is_reached": False, "attempts": 3}, Followed.UNREACHABLE),
        ({"is_rated": False, "is_reached": False, "attempts": 2}, Followed.NOT_ASKED),
    ],
)
def test_a_matter_is_filed_away_followed_up_or_with_the_reason_why_not(
    facts: dict[str, bool | int], how: Followed
) -> None:
    found = rules.followed(**facts, terms=TERMS)  # type: ignore[arg-type]
    assert found is how
    rules.check_close(found, "诉求人在国外，无法联系。", has_open_case=False)
    if how is Followed.NOT_ASKED:
        with pytest.raises(Refused, match="close_needs_reason"):
            rules.check_close(found, " ", has_open_case=False)
    else:
        rules.check_close(found, "", has_open_case=False)
    with pytest.raises(Refused, match="case_still_open"):
        rules.check_close(found, "理由", has_open_case=True)


@pytest.mark.parametrize("kind", list(AppealKind))
def test_a_unit_reads_no_words_of_whom_it_may_not_know(kind: AppealKind) -> None:
    assert rules.unit_reads_words(kind, is_confidential=False) is (kind is not AppealKind.REPORT)
    assert not rules.unit_reads_words(kind, is_confidential=True)
