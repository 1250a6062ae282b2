"""A simulated month, swept at every hour by two processes at once: each step exactly once, on its day."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, State
from models.handling import commands, replies
from models.slips.kinds import SlipKind
from models.slips.tables import Slip
from models.supervision.ladder_tables import SupervisionEvent, SupervisionRecord
from models.supervision.ladder_types import RecordKind
from models.workdays.shipped import FOLDER
from tests.support.factories import Story
from tests.support.sweepers import sweepers

FIRST, LAST = date(2026, 9, 14), date(2026, 10, 16)
"""With a make-up Sunday, 中秋, 国庆 and a make-up Saturday."""
NO_SWEEP = {date(2026, 9, 22), date(2026, 9, 28), date(2026, 9, 29), date(2026, 10, 9), date(2026, 10, 10)}
Taken = tuple[str, str, str, date]
"""Appeal, stage, kind, day."""
SHANGHAI = timedelta(hours=8)


def at(day: date, hour: int) -> datetime:
    """That hour in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, 30, tzinfo=UTC) - SHANGHAI


# ---------------------------------------------------------------- what ought to happen, by brute force


def worked_days() -> set[date]:
    """Read from the shipped file by hand, with none of the product's own counting."""
    with (FOLDER / "holidays.csv").open(encoding="utf-8-sig", newline="") as lines:
        marks = {date.fromisoformat(row["date"]): row["kind"] for row in csv.DictReader(lines)}
    days = [date(2026, 8, 1) + timedelta(days=n) for n in range(150)]
    return {day for day in days if marks.get(day, "work" if day.weekday() < 5 else "off") == "work"}


WORKED = worked_days()


@dataclass
class Plan:
    """What happens to one appeal: when it is dispatched, signed, verified, handed in, published; None: never."""

    dispatched: date
    hours: dict[str, int]
    signed: date | None = None
    verified: date | None = None
    handed_in: date | None = None
    published: date | None = None
    is_accused: bool = False
    number: str = ""
    due: dict[str, date] = field(default_factory=dict)

    def stop(self, stage: str) -> date | None:
        return {"sign": self.signed, "verify": self.verified, "conclude": self.handed_in}[stage]


def workdays_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day in WORKED
    return day


def expected(plan: Plan, swept: list[date]) -> Iterator[Taken]:
    """Day by day: what each sweep must find due. `stop` is the day on which the unit did it: on that very day the
    sweep of the first hour still finds it open.
    """
    if plan.is_accused:
        return
    for stage, workdays in (("sign", 1), ("verify", 3), ("conclude", 7)):
        due, stop, seen = workdays_after(plan.dispatched, workdays), plan.stop(stage), set[str]()
        for day in swept:
            if day < workdays_after(plan.dispatched, 1):
                continue
            is_open = stop is None or day <= stop
            over = sum(1 for one in WORKED if due < one <= (day if is_open else stop))
            left = sum(1 for one in WORKED if day < one <= due)
            late = (day if is_open else stop) > due
            for kind, is_due in (
                ("reminder", is_open and not late and left <= 1), ("blue_card", is_open and not late and left <= 1),
                ("reminder_slip", is_open and late and over >= 1), ("yellow_card", late),
                ("red_card", late and over >= 3),
            ):  # fmt: skip
                if is_due and kind not in seen:
                    seen.add(kind)
                    yield plan.number, stage, kind, day


# ---------------------------------------------------------------- the month


def plans(dice: random.Random) -> Iterator[Plan]:
    days = [day for day in sorted(WORKED) if FIRST <= day <= date(2026, 9, 30)]
    for _ in range(14):
        start = dice.choice(days)
        dates, day = [], start
        for most in (3, 6, 12, 4):
            day = workdays_after(day, dice.randint(0, most))
            dates.append(day)
        done = dice.randint(0, 4)
        steps = [day if n < done else None for n, day in enumerate(dates)]
        hours = {"signed": 10, "verified": 11, "handed_in": 15, "published": 17}
        yield Plan(start, hours, *steps)
    yield Plan(FIRST, {}, is_accused=True)


def act_on(session: Session, story: Story, plan: Plan, day: date, hour: int) -> None:
    story.session, story.at = session, at(day, hour)
    if day == plan.dispatched and hour == 9:
        story.to(State.DISPATCHED)
        if plan.is_accused:
            story.appeal.kind, story.appeal.against_unit_id = AppealKind.REPORT, story.appeal.lead_unit_id
            session.add(story.appeal)
    acts = {
        "signed": lambda: commands.sign(session, story.appeal, story.act(story.handler)),
        "verified": story.verify,
        "handed_in": lambda: (story.propose(), replies.sign_off(session, story.appeal, story.act(story.approver))),
        "published": story.publish,
    }
    for name, act in acts.items():
        if getattr(plan, name) == day and plan.hours[name] == hour:
            act()


@pytest.mark.slow
def test_a_month_swept_every_hour_by_two_processes_takes_each_step_exactly_once(database, database_url):
    dice = random.Random(20260914)
    with database.writing() as session:
        month = [(Story(session, at=at(FIRST, 8)), plan) for plan in plans(dice)]
        for story, plan in month:
            story.to(State.ACCEPTED)
            plan.number = story.appeal.number
    swept = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    swept = [day for day in swept if day not in NO_SWEEP]
    total = 0
    with sweepers(database_url) as both:
        for day in (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)):
            for hour in range(24):
                due = [(story, plan) for story, plan in month if hour in (9, *plan.hours.values())]
                with database.writing() as session:
                    for story, plan in due:
                        story.appeal = session.merge(story.appeal)
                        act_on(session, story, plan, day, hour)
                if day not in NO_SWEEP:
                    total += both.sweep(at(day, hour))
    with database.reading() as session:
        rows = session.exec(
            select(SupervisionRecord, Appeal.number).join(Appeal, col(Appeal.id) == col(SupervisionRecord.appeal_id))
        ).all()
        events = session.exec(select(SupervisionEvent)).all()
        slips = session.exec(select(Slip).order_by(col(Slip.number))).all()
    found = sorted((number, row.stage.value, row.kind.value, row.issued_on) for row, number in rows)
    wanted = sorted(one for _, plan in month for one in expected(plan, swept))
    assert found == wanted
    assert len(found) == len(set(found)) == total == len(events) > 80
    told = [row.slip_id for row, _ in rows if row.kind is RecordKind.REMINDER_SLIP]
    assert [slip.number for slip in slips if slip.kind is SlipKind.REMINDER] == list(range(1, len(told) + 1))
    assert {slip.id for slip in slips if slip.kind is SlipKind.REMINDER} == set(told)
    assert {kind for _, _, kind, _ in found} == {"reminder", "blue_card", "reminder_slip", "yellow_card", "red_card"}
