"""What each act does to the clock (domain.md §4): the effects an event will carry. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from models.appeals.types import Complexity
from models.errors import Refused
from models.handling.assistance_rules import lapsed
from models.handling.rules import Clock, reach
from models.handling.types import Assistance, Effects, Milestone, MilestoneStatus, Projection, Stage
from models.workdays.rules import due_date, is_overdue
from models.workdays.types import WorkCalendar


@dataclass(frozen=True)
class Terms:
    """The limits in force, in working days by stage. `policy_id` names the policy they come from."""

    policy_id: int
    workdays: Mapping[Stage, int]


@dataclass(frozen=True)
class Moment:
    """What an act knows of time and rules: the local day, the calendar, the limits."""

    today: date
    calendar: WorkCalendar
    terms: Terms
    complexity: Complexity | None = None
    merged_on: date | None = None
    """The day on which the appeal was merged, while it is: nobody has had to sign it since."""


def milestone(stage: Stage, round_: int, start_on: date, moment: Moment) -> Milestone:
    workdays = moment.terms.workdays[stage]
    due = due_date(start_on, workdays, moment.calendar)
    return Milestone(round_, stage, start_on, workdays, due.due_on, due.is_provisional)


def preview(start_on: date, moment: Moment) -> tuple[Milestone, ...]:
    """Every date a dispatch on `start_on` would promise, for both kinds of matter: shown before the button is
    pressed.
    """
    return tuple(milestone(stage, 1, start_on, moment) for stage in Stage)


def _start(now: Projection, moment: Moment) -> Effects:
    stages = (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE)
    return Effects(
        set_milestones=tuple(milestone(stage, now.round, moment.today, moment) for stage in stages),
        policy_id=moment.terms.policy_id,
        calendar_version=moment.calendar.version,
    )


def give_up(now: Projection, stages: Iterable[Stage], today: date, *, merged_on: date | None = None) -> Effects:
    """Nobody waits for these any more: what is overdue is missed, written once (rules 8 and 10), the rest dropped.
    A signature is owed until the merge only.
    """
    among = frozenset(stages)
    pending = [
        one for one in now.milestones
        if one.stage in among and one.status is MilestoneStatus.PENDING and one.round == now.round
    ]
    owed_until = {Stage.SIGN: merged_on or today}
    late = [one.stage for one in pending if is_overdue(owed_until.get(one.stage, today), one.due_on)]
    return Effects(
        reached=tuple((stage, MilestoneStatus.MISSED, today) for stage in late),
        dropped=tuple(one.stage for one in pending if one.stage not in late),
    )


def _turn_complex(now: Projection, moment: Moment) -> Effects:
    """The longer limits count from the same day zero (rule 7). A conclusion already overdue stays missed."""
    start_on = next(one.start_on for one in now.milestones if one.round == now.round)
    stages = (Stage.PRELIMINARY, Stage.FINAL)
    return replace(
        give_up(now, (Stage.CONCLUDE,), moment.today),
        set_milestones=tuple(milestone(stage, now.round, start_on, moment) for stage in stages),
        complexity=Complexity.COMPLEX,
        calendar_version=moment.calendar.version,
    )


def _meet_verify(now: Projection, moment: Moment) -> Effects:
    reached = reach(now, (Stage.VERIFY,), moment.today)
    if moment.complexity is not Complexity.COMPLEX:
        return replace(reached, complexity=Complexity.SIMPLE)
    verify = next(one for one in now.milestones if one.stage is Stage.VERIFY and one.round == now.round)
    if is_overdue(moment.today, verify.due_on):
        raise Refused("complex_after_verify_due")
    longer = _turn_complex(now, moment)
    return replace(longer, reached=reached.reached + longer.reached)


def _meet_conclusion(now: Projection, moment: Moment) -> Effects:
    """A complex matter answered before its preliminary result was due has met both. Nobody assists any more."""
    reached = reach(now, (Stage.CONCLUDE, Stage.PRELIMINARY, Stage.FINAL), moment.today)
    return replace(reached, assistances=lapsed(now.assistances, moment.today))


def _drop(now: Projection, moment: Moment) -> Effects:
    """The appellant waits no longer; what was met or missed stays a fact, what is overdue becomes one."""
    given_up = give_up(now, Stage, moment.today, merged_on=moment.merged_on)
    return replace(given_up, assistances=lapsed(now.assistances, moment.today))


EFFECTS: dict[Clock, Callable[[Projection, Moment], Effects]] = {
    Clock.NOTHING: lambda now, moment: Effects(),
    Clock.START: _start,
    Clock.MEET_SIGN: lambda now, moment: reach(now, (Stage.SIGN,), moment.today),
    Clock.MEET_VERIFY: _meet_verify,
    Clock.TURN_COMPLEX: _turn_complex,
    Clock.MEET_PRELIMINARY: lambda now, moment: reach(now, (Stage.PRELIMINARY,), moment.today),
    Clock.MEET_CONCLUSION: _meet_conclusion,
    Clock.DROP: _drop,
}


def settle(now: Projection, calendar: WorkCalendar) -> Effects:
    """New dates of pending milestones under another calendar (rules 3 and 8), and of assisting units' own: firm once
    their year is arranged, moved when its arrangement changes. Met or missed stays. Empty when nothing changes.
    """
    moved = []
    for one in now.milestones:
        if one.status is MilestoneStatus.PENDING and one.round == now.round:
            due = due_date(one.start_on, one.workdays, calendar)
            if (due.due_on, due.is_provisional) != (one.due_on, one.is_provisional):
                moved.append((one.stage, due.due_on, due.is_provisional))
    settled = tuple(_settled(one, calendar) for one in now.assistances)
    changed = tuple(one for one in settled if one not in now.assistances)
    if not moved and not changed:
        return Effects()
    return Effects(moved=tuple(moved), assistances=changed, calendar_version=calendar.version)


def _settled(one: Assistance, calendar: WorkCalendar) -> Assistance:
    if one.clock is not MilestoneStatus.PENDING:
        return one
    due = due_date(one.start_on, one.workdays, calendar)
    return replace(one, due_on=due.due_on, is_provisional=due.is_provisional)
