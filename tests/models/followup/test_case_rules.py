"""The table of dissatisfaction cases: every state × act × role, both clocks, extension, calendars, replay."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.accounts.types import Actor, Role
from models.errors import Refused
from models.followup import case_rules as rules
from models.followup.case_rules import ACTS, NOBODY, About, Happening
from models.followup.types import CaseAction, CaseStanding, CaseState, Kept, Terms
from models.workdays.arrangement_rules import with_arrangement
from models.workdays.shipped import shipped_calendar
from tests.models.handling.arrangements import days_of

CALENDAR = shipped_calendar()
WITH_2027 = with_arrangement(CALENDAR, days_of(2027))
TUESDAY = date(2026, 11, 17)
UNIT, OTHER, OFFICE = 7, 8, 1
ABOUT = About(UNIT, frozenset({UNIT, OTHER}), is_answered_again=True)
DECIDERS = {Role.SUPERVISOR, Role.DIRECTOR}
ACT, STATE = CaseAction, CaseState


def case(state: CaseState = STATE.OPEN, **changes: object) -> CaseStanding:
    return replace(rules.opened(TUESDAY, Terms(), CALENDAR), state=state, **changes)  # type: ignore[arg-type]


def contacted(state: CaseState) -> CaseStanding:
    now = case(state)
    return replace(now, contact=replace(now.contact, kept=Kept.MET, done_on=TUESDAY))


def who(*roles: Role, unit_id: int | None = OFFICE) -> Actor:
    return Actor(5, "周杰", frozenset(roles), unit_id)


def test_contact_is_due_the_next_working_day_and_putting_right_within_five() -> None:
    now = case()
    assert (now.contact.due_on, now.put_right.due_on) == (date(2026, 11, 18), date(2026, 11, 24))
    friday = rules.opened(date(2026, 9, 30), Terms(), CALENDAR)
    assert (friday.contact.due_on, friday.put_right.due_on) == (date(2026, 10, 8), date(2026, 10, 13))


def test_a_year_without_an_arrangement_gives_a_provisional_day_that_is_put_right_when_it_comes() -> None:
    now = rules.opened(date(2026, 12, 30), Terms(), CALENDAR)
    assert now.put_right.is_provisional and not now.contact.is_provisional
    moved = rules.settled(now, WITH_2027)
    assert moved == {"put_right.due_on": date(2027, 1, 7), "put_right.is_provisional": False}
    then = rules.apply(now, Happening(2, now.state, moved))
    assert then.put_right.first_due_on == now.put_right.first_due_on
    assert rules.settled(then, WITH_2027) == {}


def test_what_was_met_or_missed_does_not_move_with_the_calendar() -> None:
    now = rules.opened(date(2026, 12, 30), Terms(), CALENDAR)
    missed = replace(now, put_right=replace(now.put_right, kept=Kept.MISSED))
    assert rules.settled(missed, WITH_2027) == {}


@pytest.mark.parametrize(("state", "action", "role"), list(product(CaseState, CaseAction, Role)))
def test_the_table_says_who_may_do_what_where(state: CaseState, action: CaseAction, role: Role) -> None:
    """The unit answers and does nothing else; time's acts are nobody's; what decides is the reviewers'."""
    now = contacted(state)
    unit_id = UNIT if role in (Role.HANDLER, Role.APPROVER) else OFFICE
    row = ACTS.get((state, action))
    may = row is not None and role in row.roles
    assert (action in rules.allowed(now, who(role, unit_id=unit_id), ABOUT)) is may
    if role in (Role.HANDLER, Role.APPROVER):
        assert not may or action is ACT.ANSWER
    if action in (ACT.DECIDE_REDO, ACT.DECIDE_NOT, ACT.EXTEND, ACT.PUT_RIGHT, ACT.CLOSE):
        assert not may or role in DECIDERS
    if action in (ACT.MISS_CONTACT, ACT.MISS_PUT_RIGHT, ACT.RECALCULATE, ACT.OPENED):
        assert row is None or row.roles == NOBODY


@pytest.mark.parametrize("unit_id", [UNIT, OTHER])
@pytest.mark.parametrize("action", [ACT.CONTACT, ACT.TRY_CONTACT, ACT.DECIDE_REDO, ACT.DECIDE_NOT, ACT.EXTEND])
def test_nobody_of_a_unit_that_handled_it_does_the_offices_part(action: CaseAction, unit_id: int) -> None:
    both = who(Role.DIRECTOR, Role.APPROVER, unit_id=unit_id)
    with pytest.raises(Refused, match="own_unit_handled"):
        rules.step(case(), action, both, ABOUT)


def test_only_the_unit_that_answered_explains() -> None:
    with pytest.raises(Refused, match="not_your_unit"):
        rules.step(case(), ACT.ANSWER, who(Role.APPROVER, unit_id=OTHER), ABOUT)


@pytest.mark.parametrize(
    ("now", "action", "about", "code"),
    [
        (case(STATE.PUT_RIGHT), ACT.CLOSE, ABOUT, "case_not_contacted"),
        (case(STATE.NOT_REDONE), ACT.CLOSE, ABOUT, "case_not_contacted"),
        (case(STATE.REDOING), ACT.PUT_RIGHT, About(UNIT, frozenset({UNIT})), "redo_not_answered"),
        (case(is_extended=True), ACT.EXTEND, ABOUT, "case_extended_before"),
        (replace(case(), put_right=replace(case().put_right, kept=Kept.MISSED)), ACT.EXTEND, ABOUT,
         "case_term_settled"),
        (case(STATE.OPEN), ACT.CLOSE, ABOUT, "case_moved_on"),
        (case(STATE.CLOSED), ACT.DECIDE_REDO, ABOUT, "case_moved_on"),
    ],
)
def test_an_act_that_lacks_a_fact_is_refused_with_the_reason(
    now: CaseStanding, action: CaseAction, about: About, code: str
) -> None:
    with pytest.raises(Refused, match=code):
        rules.step(now, action, who(Role.DIRECTOR), about)


def test_met_or_missed_is_written_once_and_the_first_day_is_kept() -> None:
    now = case()
    assert rules.effects(now, ACT.CONTACT, date(2026, 11, 18)) == {
        "contact.done_on": date(2026, 11, 18), "contact.kept": Kept.MET
    }
    late = rules.apply(now, Happening(2, now.state, {"contact.kept": Kept.MISSED}))
    then = rules.apply(late, Happening(3, now.state, rules.effects(late, ACT.CONTACT, date(2026, 11, 20))))
    assert (then.contact.kept, then.contact.done_on) == (Kept.MISSED, date(2026, 11, 20))
    assert rules.effects(then, ACT.CONTACT, date(2026, 11, 23)) == {}


def test_time_writes_what_is_overdue_and_only_the_day_after() -> None:
    now = case()
    assert rules.overdue(now, date(2026, 11, 18)) == ()
    assert rules.overdue(now, date(2026, 11, 19)) == (ACT.MISS_CONTACT,)
    assert rules.overdue(now, date(2026, 11, 25)) == (ACT.MISS_CONTACT, ACT.MISS_PUT_RIGHT)
    assert rules.overdue(case(STATE.CLOSED), date(2026, 11, 25)) == ()


def test_closed_without_redoing_in_time_the_clock_is_dropped_and_afterwards_missed() -> None:
    now = contacted(STATE.NOT_REDONE)
    assert rules.effects(now, ACT.CLOSE, date(2026, 11, 24)) == {"put_right.kept": Kept.DROPPED}
    assert rules.effects(now, ACT.CLOSE, date(2026, 11, 25)) == {"put_right.kept": Kept.MISSED}


@pytest.mark.parametrize("workdays", [1, 5, 16, 200])
def test_an_extension_is_longer_than_now_and_no_longer_than_the_policy_allows(workdays: int) -> None:
    with pytest.raises(Refused, match="case_extension_range"):
        rules.extended(case(), workdays, Terms(), CALENDAR)


def test_an_extension_counts_from_the_same_day_zero() -> None:
    then = rules.apply(case(), Happening(2, STATE.OPEN, rules.extended(case(), 15, Terms(), CALENDAR)))
    assert then.put_right.due_on == date(2026, 12, 8)
    assert (then.put_right.first_due_on, then.is_extended) == (date(2026, 11, 24), True)


acts = st.lists(st.tuples(st.sampled_from([one for one in CaseAction if one is not ACT.OPENED]), st.integers(0, 6)))


@given(acts)
def test_whatever_happens_what_is_settled_stays_and_the_replay_comes_to_the_same(
    found: list[tuple[CaseAction, int]]
) -> None:
    now, today, events = case(), TUESDAY, []
    for action, days in found:
        today = date.fromordinal(today.toordinal() + days)
        row = ACTS.get((now.state, action))
        if row is None or not all(rules.holds(one, now, ABOUT) for one in row.needs):
            continue
        told = rules.extended(now, 15, Terms(), CALENDAR) if action is ACT.EXTEND else rules.effects(
            now, action, today, redo_round=2
        )
        event = Happening(now.version + 1, row.target, told)
        then = rules.apply(now, event)
        for name in ("contact", "put_right"):
            before, after = getattr(now, name), getattr(then, name)
            if action not in (ACT.MISS_CONTACT, ACT.MISS_PUT_RIGHT) and before.kept is not Kept.PENDING:
                assert (after.kept, after.first_due_on) == (before.kept, before.first_due_on)
        events.append(event)
        now = then
    assert rules.replay(case(), events) == now
