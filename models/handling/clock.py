"""What each act does to the clock (domain.md §4): the effects an event will carry. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from models.appeals.types import Complexity, State
from models.errors import Refused
from models.handling.adjustment_types import Adjustment, AdjustmentKind, PauseReason
from models.handling.assistance_rules import lapsed
from models.handling.reducer import joined, outcome_of, reach
from models.handling.rules import Clock
from models.handling.types import (
    DISPATCH_STAGES,
    RESULT_STAGES,
    UNIT_STAGES,
    Assistance,
    Effects,
    Milestone,
    MilestoneStatus,
    Projection,
    Stage,
)
from models.workdays.rules import due_date, is_overdue, workdays_between
from models.workdays.types import Suspension, WorkCalendar


@dataclass(frozen=True)
class Allowances:
    """How far a policy lets the office go, in working days and numbers of times (domain.md §4)."""

    return_workdays: int = 1
    extensions_most: int = 1
    extension_workdays_most: int = 10
    pause_workdays_most: int = 30


@dataclass(frozen=True)
class Terms:
    """The limits in force, in working days by stage. `policy_id` names the policy they come from."""

    policy_id: int
    workdays: Mapping[Stage, int]
    allowances: Allowances = field(default_factory=Allowances)


@dataclass(frozen=True)
class Moment:
    """What an act knows of time and rules: the local day, the calendar, the limits."""

    today: date
    calendar: WorkCalendar
    terms: Terms
    complexity: Complexity | None = None
    merged_on: date | None = None
    """The day on which the appeal was merged, while it is: nobody has had to sign it since."""
    waiting_since: date | None = None
    """Since when the appellant has waited for the office to decide on admission; None where nobody does."""
    next_on: date | None = None
    """The day the unit names for its next report."""
    adjustment: Adjustment | None = None
    """What the act sends or rules, as it stands after it."""


def milestone(stage: Stage, now: Projection, start_on: date, moment: Moment, workdays: int = 0) -> Milestone:
    """The next promise of this stage, as long as the terms say unless told."""
    long = workdays or moment.terms.workdays[stage]
    due = due_date(start_on, long, moment.calendar, _suspensions(now, stage))
    before = sum(one.stage is stage and one.round == now.round for one in now.milestones)
    return Milestone(now.round, stage, start_on, long, due.due_on, due.is_provisional, no=before + 1)


def _suspensions(now: Projection, stage: Stage) -> Sequence[Suspension]:
    """A pause lets the unit's clock stand, not the office's."""
    return now.suspensions if stage in UNIT_STAGES else ()


def preview(start_on: date, moment: Moment) -> tuple[Milestone, ...]:
    """Every date a dispatch on `start_on` would promise, for both kinds of matter: shown before the button is
    pressed.
    """
    nothing = Projection(State.ACCEPTED)
    return tuple(milestone(stage, nothing, start_on, moment) for stage in DISPATCH_STAGES)


# ---------------------------------------------------------------- the unit's clock


SIMPLE = (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE)
COMPLEX = (Stage.SIGN, Stage.VERIFY, Stage.PRELIMINARY, Stage.FINAL)


def _start(now: Projection, moment: Moment) -> Effects:
    """Day zero of a round. The office may know already that the matter is complex."""
    is_complex = moment.complexity is Complexity.COMPLEX
    stages = COMPLEX if is_complex else SIMPLE
    return Effects(
        set_milestones=tuple(milestone(stage, now, moment.today, moment) for stage in stages),
        complexity=Complexity.COMPLEX if is_complex else None,
        policy_id=moment.terms.policy_id,
        calendar_version=moment.calendar.version,
    )


def _start_again(now: Projection, moment: Moment) -> Effects:
    """A new term under the policy of today; the first result and its dates stay as facts (rule 6)."""
    return _start(replace(now, round=now.round + 1, complexity=None), moment)


def give_up(
    now: Projection, stages: Iterable[Stage], today: date, *, owed_until: Mapping[Stage, date] | None = None
) -> Effects:
    """Nobody waits for these any more: what is overdue is missed, written once (rules 8 and 10), the rest dropped.
    `owed_until`: the last day on which a stage was owed, where that is not today.
    """
    among, ended = frozenset(stages), owed_until or {}
    pending = [one for one in now.pending if one.stage in among]
    late = [one.stage for one in pending if is_overdue(ended.get(one.stage, today), one.due_on)]
    return Effects(
        reached=tuple((stage, MilestoneStatus.MISSED, today) for stage in late),
        dropped=tuple(one.stage for one in pending if one.stage not in late),
    )


def _turn_complex(now: Projection, moment: Moment) -> Effects:
    """The longer limits count from the same day zero (rule 7). A conclusion already overdue stays missed."""
    start_on = next(one.start_on for one in now.milestones if one.round == now.round and one.stage is Stage.VERIFY)
    stages = (Stage.PRELIMINARY, Stage.FINAL)
    return replace(
        give_up(now, (Stage.CONCLUDE,), moment.today),
        set_milestones=tuple(milestone(stage, now, start_on, moment) for stage in stages),
        complexity=Complexity.COMPLEX,
        calendar_version=moment.calendar.version,
    )


def _meet_verify(now: Projection, moment: Moment) -> Effects:
    reached = reach(now, (Stage.VERIFY,), moment.today)
    if now.complexity is Complexity.COMPLEX:
        return reached
    if moment.complexity is not Complexity.COMPLEX:
        return replace(reached, complexity=Complexity.SIMPLE)
    verify = next(one for one in now.pending if one.stage is Stage.VERIFY)
    if is_overdue(moment.today, verify.due_on):
        raise Refused("complex_after_verify_due")
    return joined(reached, _turn_complex(now, moment))


def _next_report(now: Projection, moment: Moment) -> Effects:
    """By when the unit reports again: on the day it named, else as the policy says; the final result comes first."""
    named = moment.next_on
    workdays = max(1, workdays_between(moment.today, named, moment.calendar)) if named else 0
    one = replace(milestone(Stage.PROGRESS, now, moment.today, moment, workdays), is_provisional=False)
    final = next((one for one in now.pending if one.stage is Stage.FINAL), None)
    if final is None or one.due_on >= final.due_on:
        return Effects()
    return Effects(set_milestones=(one,), calendar_version=moment.calendar.version)


def _meet_preliminary(now: Projection, moment: Moment) -> Effects:
    """The next milestone it names becomes a clock of its own (domain.md §4)."""
    return joined(reach(now, (Stage.PRELIMINARY,), moment.today), _next_report(now, moment))


def _meet_progress(now: Projection, moment: Moment) -> Effects:
    return joined(reach(now, (Stage.PROGRESS,), moment.today), _next_report(now, moment))


def _meet_conclusion(now: Projection, moment: Moment) -> Effects:
    """A complex matter answered before its preliminary result was due has met both. Nobody assists any more, nobody
    waits for another report.
    """
    reached = reach(now, (*RESULT_STAGES, Stage.REVIEW), moment.today)
    unneeded = give_up(now, (Stage.PROGRESS,), moment.today)
    return replace(joined(reached, unneeded), assistances=lapsed(now.assistances, moment.today))


def _drop(now: Projection, moment: Moment) -> Effects:
    """The appellant waits no longer; what was met or missed stays a fact, what is overdue becomes one."""
    given_up = give_up(now, Stage, moment.today, owed_until={Stage.SIGN: moment.merged_on or moment.today})
    ended = (_ended(now.pause, moment.today),) if now.pause else ()
    return replace(given_up, assistances=lapsed(now.assistances, moment.today), adjustments=ended)


# ---------------------------------------------------------------- the office's own steps


def _meet_triage(now: Projection, moment: Moment) -> Effects:
    """Written when it is reached: until then the day of receipt tells all there is to know."""
    if moment.waiting_since is None:
        return Effects()
    one = milestone(Stage.TRIAGE, now, min(moment.waiting_since, moment.today), moment)
    decided = replace(one, status=outcome_of(one, moment.today), reached_on=moment.today)
    return Effects(
        set_milestones=(decided,), policy_id=moment.terms.policy_id, calendar_version=moment.calendar.version
    )


def _await(stage: Stage) -> "Change":
    def begin(now: Projection, moment: Moment) -> Effects:
        asked = (moment.adjustment,) if moment.adjustment else ()
        waited = milestone(stage, now, moment.today, moment)
        return Effects(set_milestones=(waited,), calendar_version=moment.calendar.version, adjustments=asked)

    return begin


def _ruled(now: Projection, moment: Moment) -> Effects:
    """The office has answered; by itself the answer moves nothing."""
    assert moment.adjustment is not None
    return replace(reach(now, (Stage.RULING,), moment.today), adjustments=(moment.adjustment,))


def _drop_ruling(now: Projection, moment: Moment) -> Effects:
    return give_up(now, (Stage.RULING,), moment.today)


def _rule_return(now: Projection, moment: Moment) -> Effects:
    """Whoever has the appeal now signs it anew; nothing that was promised to the appellant moves (rule 4). The first
    signature was owed until the unit asked.
    """
    assert moment.adjustment is not None
    asked_on = moment.adjustment.asked_on or moment.today
    again = Effects(
        set_milestones=(milestone(Stage.SIGN, now, moment.today, moment),), calendar_version=moment.calendar.version
    )
    given_up = give_up(now, (Stage.SIGN,), moment.today, owed_until={Stage.SIGN: asked_on})
    return joined(joined(_ruled(now, moment), given_up), again)


# ---------------------------------------------------------------- what the office grants


def _extend(now: Projection, moment: Moment) -> Effects:
    """The result that is due first gets more days, from the same day zero."""
    assert moment.adjustment is not None
    one = min((one for one in now.pending if one.stage in RESULT_STAGES), key=lambda one: one.due_on, default=None)
    if one is None:
        raise Refused("nothing_to_extend")
    extended = one.extended + moment.adjustment.workdays
    due = due_date(one.start_on, one.workdays + extended, moment.calendar, now.suspensions)
    return Effects(
        moved=((one.stage, due.due_on, due.is_provisional),), extended=((one.stage, extended),),
        calendar_version=moment.calendar.version,
    )


def _pause(now: Projection, moment: Moment) -> Effects:
    """Every promise of the unit moves by the days the clock is going to stand; an earlier end moves them back."""
    assert moment.adjustment is not None
    return _changed(now, moment.adjustment, moment.calendar)


def _resume(now: Projection, moment: Moment) -> Effects:
    assert now.pause is not None
    over = _ended(now.pause, moment.today)
    return replace(_changed(now, over, moment.calendar), adjustments=(over,))


def _resume_when_supplemented(now: Projection, moment: Moment) -> Effects:
    """The pause that waited for the appellant ends by itself with the answer (rule 5)."""
    is_waiting = now.pause is not None and now.pause.reason is PauseReason.SUPPLEMENT
    return _resume(now, moment) if is_waiting else Effects()


def _ended(pause: Adjustment, today: date) -> Adjustment:
    assert pause.ends_on is not None
    return replace(pause, ends_on=min(pause.ends_on, today), is_over=True)


def _changed(now: Projection, pause: Adjustment, calendar: WorkCalendar) -> Effects:
    """What the unit's pending dates become with this pause as it is now."""
    others = tuple(one for one in now.adjustments if one.no != pause.no)
    moved = tuple(_moves(replace(now, adjustments=(*others, pause)), calendar, UNIT_STAGES))
    return Effects(moved=moved, calendar_version=calendar.version) if moved else Effects()


def _moves(now: Projection, calendar: WorkCalendar, stages: Iterable[Stage]) -> Iterator[tuple[Stage, date, bool]]:
    """The pending promises whose date differs from what start, limit, extensions and pauses make of them today."""
    among = frozenset(stages)
    for one in now.pending:
        if one.stage in among:
            due = due_date(one.start_on, one.workdays + one.extended, calendar, _suspensions(now, one.stage))
            is_provisional = due.is_provisional and one.stage is not Stage.PROGRESS
            if (due.due_on, is_provisional) != (one.due_on, one.is_provisional):
                yield one.stage, due.due_on, is_provisional


def _adjust(now: Projection, moment: Moment) -> Effects:
    assert moment.adjustment is not None
    return joined(_ruled(now, moment), GRANTED[moment.adjustment.kind](now, moment))


Change = Callable[[Projection, Moment], Effects]
GRANTED: dict[AdjustmentKind, Change] = {
    AdjustmentKind.EXTENSION: _extend,
    AdjustmentKind.PAUSE: _pause,
    AdjustmentKind.COMPLEX: _turn_complex,
}
"""A return is ruled by an act of its own: `Clock.RULE_RETURN`."""
EFFECTS: dict[Clock, Change] = {
    Clock.NOTHING: lambda now, moment: Effects(),
    Clock.START: lambda now, moment: joined(_meet_triage(now, moment), _start(now, moment)),
    Clock.START_AGAIN: _start_again,
    Clock.MEET_TRIAGE: _meet_triage,
    Clock.MEET_SIGN: lambda now, moment: joined(reach(now, (Stage.SIGN,), moment.today), _drop_ruling(now, moment)),
    Clock.MEET_VERIFY: _meet_verify,
    Clock.TURN_COMPLEX: _turn_complex,
    Clock.MEET_PRELIMINARY: _meet_preliminary,
    Clock.MEET_PROGRESS: _meet_progress,
    Clock.MEET_CONCLUSION: _meet_conclusion,
    Clock.AWAIT_REVIEW: _await(Stage.REVIEW),
    Clock.MEET_REVIEW: lambda now, moment: reach(now, (Stage.REVIEW,), moment.today),
    Clock.AWAIT_RULING: _await(Stage.RULING),
    Clock.MEET_RULING: _ruled,
    Clock.DROP_RULING: _drop_ruling,
    Clock.ADJUST: _adjust,
    Clock.RULE_RETURN: _rule_return,
    Clock.RESUME: _resume,
    Clock.RESUME_WHEN_SUPPLEMENTED: _resume_when_supplemented,
    Clock.DROP: _drop,
}
WITHOUT_TERMS = frozenset({
    Clock.NOTHING, Clock.MEET_SIGN, Clock.MEET_CONCLUSION, Clock.MEET_REVIEW, Clock.MEET_RULING, Clock.DROP_RULING,
    Clock.RESUME, Clock.RESUME_WHEN_SUPPLEMENTED, Clock.DROP,
})
"""What promises nothing new needs no limits."""


def settle(now: Projection, calendar: WorkCalendar) -> Effects:
    """New dates of pending promises, and of assisting units' own, under another calendar (rules 3 and 8). Empty when
    nothing changes. The day that a unit named for its next report stays.
    """
    moved = tuple(_moves(now, calendar, frozenset(Stage) - {Stage.PROGRESS}))
    settled = tuple(_settled(one, calendar) for one in now.assistances)
    changed = tuple(one for one in settled if one not in now.assistances)
    if not moved and not changed:
        return Effects()
    return Effects(moved=moved, assistances=changed, calendar_version=calendar.version)


def _settled(one: Assistance, calendar: WorkCalendar) -> Assistance:
    if one.clock is not MilestoneStatus.PENDING:
        return one
    due = due_date(one.start_on, one.workdays, calendar)
    return replace(one, due_on=due.due_on, is_provisional=due.is_provisional)
