"""What a calendar moves is told before, and is exactly what then happens; nothing that was met or missed is touched."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, col, select

from models.accounts.commands import create_unit
from models.accounts.queries import unit_by_name, unit_names
from models.accounts.types import Actor, Role, UnitKind
from models.appeals.tables import Appeal
from models.appeals.types import AppealKind, Complexity, State
from models.audit.tables import AuditRow
from models.handling import adjustments, arranging, assistance, linking, queries, recalculation
from models.handling.adjustment_types import AdjustmentKind, PauseReason
from models.handling.recalculation import CHANGED, PUBLISHED, Count, Preview
from models.handling.tables import AssistanceRow, MilestoneRow
from models.handling.types import Action, MilestoneStatus
from models.workdays.arrangement_rules import with_arrangement
from models.workdays.queries import load_calendar
from models.workdays.shipped import shipped_days
from models.workdays.types import DayKind, MarkedDay
from tests.models.handling.arrangements import NOTICE, days_of
from tests.models.handling.witness import check
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.statements import counting

DECEMBER = datetime(2026, 12, 24, 2, tzinfo=UTC)
SUPPLEMENT = "测试用2026年调整通知"
CHANGED_2026 = (
    *(day for day in shipped_days() if day.on.year == 2026),
    MarkedDay(date(2026, 11, 22), DayKind.WORK, "调休上班", SUPPLEMENT),
    MarkedDay(date(2026, 12, 4), DayKind.OFF, "放假", SUPPLEMENT),
)
"""Invented: a Sunday that is worked and a Friday that is off, in a year that had its arrangement."""
Dates = dict[tuple[str, int | None, str], tuple[date, bool]]


class House:
    """Appeals at every point of their life, two of them crossing into 2027, and the office's people."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.proposer = actor(session, Role.SUPERVISOR, name="王督办")
        self.director = actor(session, Role.DIRECTOR, name="刘主任")
        self.stories = [
            Story(session, unit="市监局").to(State.DISPATCHED),
            Story(session, unit="税务局", complexity=Complexity.COMPLEX).to(State.HANDLING),
            Story(session, unit="住建局").to(State.IN_REVIEW),
            Story(session, unit="住建局").to(State.REPLIED),
            Story(session, unit="市监局", at=DECEMBER).to(State.VERIFYING),
            Story(session, unit="市监局", at=DECEMBER, complexity=Complexity.COMPLEX).to(State.HANDLING),
            Story(session, unit="税务局", at=DECEMBER).to(State.SUBMITTED),
            self._assisted(), self._merged(), *self._adjusted(),
        ]

    def _assisted(self) -> Story:
        story = Story(self.session, unit="住建局", at=DECEMBER).to(State.HANDLING)
        task = assistance.Task(unit_by_name(self.session, "财政局"), "请核对。", 12, is_late_meant=True)
        assistance.assist(self.session, story.appeal, story.act(story.clerk), task)
        return story

    def _merged(self) -> Story:
        main = Story(self.session, unit="人社局", at=DECEMBER).to(State.HANDLING)
        story = Story(self.session, unit="人社局", at=DECEMBER).to(State.DISPATCHED)
        linking.merge(self.session, story.appeal, story.act(story.clerk), main=main.appeal)
        return story

    def _adjusted(self) -> Iterator[Story]:
        """One whose clock stands over the turn of the year, one that was extended into it."""
        for kind, reason in ((AdjustmentKind.PAUSE, PauseReason.TEST), (AdjustmentKind.EXTENSION, None)):
            story = Story(self.session, unit="市监局", at=DECEMBER).to(State.HANDLING)
            request = adjustments.Request(kind, "等检测结果。", workdays=6, reason=reason)
            adjustments.ask(self.session, story.appeal, story.act(story.approver), request)
            adjustments.grant(self.session, story.appeal, story.act(story.supervisor), ruling="同意")
            yield story

    def dates(self) -> Dates:
        """Every pending date as it is stored."""
        running = (col(MilestoneRow.appeal_id) == col(Appeal.id)) & (col(MilestoneRow.round) == col(Appeal.round))
        found = self.session.execute(
            select(Appeal.number, Appeal.lead_unit_id, MilestoneRow.stage, MilestoneRow.due_on,
                   MilestoneRow.is_provisional)
            .join(MilestoneRow, running).where(col(MilestoneRow.status) == MilestoneStatus.PENDING)
        ).all()
        owed = self.session.execute(
            select(Appeal.number, AssistanceRow.unit_id, AssistanceRow.due_on, AssistanceRow.is_provisional)
            .join(AssistanceRow, col(AssistanceRow.appeal_id) == col(Appeal.id))
            .where(col(AssistanceRow.clock) == MilestoneStatus.PENDING)
        ).all()
        return {(number, unit, stage.value): (due, prov) for number, unit, stage, due, prov in found} | {
            (number, unit, "assistance"): (due, prov) for number, unit, due, prov in owed
        }

    def preview(self, days: Iterable[MarkedDay], who: Actor | None = None) -> Preview:
        calendar = with_arrangement(load_calendar(self.session), days)
        return recalculation.preview(self.session, who or self.director, calendar)

    def approve(self, days: Iterable[MarkedDay], limit: int = 200) -> arranging.Approved:
        row = arranging.propose(self.session, tuple(days), actor=self.proposer, now=DECEMBER)
        return arranging.approve(self.session, row, actor=self.director, now=DECEMBER, limit=limit)


@pytest.fixture
def house(session: Session) -> House:
    return House(session)


def pages(house: House, told: Preview, rows: int = 2) -> list[recalculation.Move]:
    found: list[recalculation.Move] = []
    while page := recalculation.moves(house.session, house.director, told.moving, limit=rows, offset=len(found)):
        found += page
    return found


@pytest.mark.parametrize("days", [days_of(2027), CHANGED_2026, (*CHANGED_2026, *days_of(2027))])
def test_the_preview_is_item_by_item_what_then_happens(house, days):
    told, before = house.preview(days), house.dates()
    listed = {(one.number, one.unit_id, one.stage.value if one.stage else "assistance"): one for one in
              pages(house, told)}
    house.approve(days)
    house.session.expire_all()
    after = house.dates()
    assert listed and after.keys() == before.keys()
    assert {key: (one.before[2:4], (one.after.due_on, one.after.is_provisional)) for key, one in listed.items()} == {
        key: (before[key], after[key]) for key in before if before[key] != after[key]
    }
    by_unit: dict[int, Count] = {}
    for (_, unit, _), one in listed.items():
        so_far, is_moved = by_unit.get(unit, Count()), one.before.due_on != one.after.due_on
        by_unit[unit] = Count(so_far.moved + is_moved, so_far.firm + (not is_moved))
    assert told.by_unit == by_unit
    assert told.sum.total == len(listed)
    for story in house.stories:
        check(house.session, story.appeal)


def test_the_list_goes_unit_by_unit_and_says_each_date_once(house):
    found = pages(house, house.preview((*CHANGED_2026, *days_of(2027))))
    assert [(one.unit_id, one.before.due_on) for one in found] == sorted(
        (one.unit_id, one.before.due_on) for one in found
    )
    assert len({(one.number, one.stage, one.unit_id) for one in found}) == len(found)
    names = unit_names(house.session)
    assert {names[one.unit_id] for one in found} == {"市监局", "住建局", "财政局", "人社局"}


def test_dates_that_only_become_firm_are_counted_apart(house):
    """New Year's Day is off by law too: an arrangement without a make-up day in January moves nothing there."""
    told = house.preview([day for day in days_of(2027) if day.kind is DayKind.OFF])
    moved = [one for one in pages(house, told) if one.before.due_on != one.after.due_on]
    firm = [one for one in pages(house, told) if one.before.due_on == one.after.due_on]
    assert told.sum == Count(len(moved), len(firm)) and firm
    assert all(one.before.is_provisional and not one.after.is_provisional for one in firm)


def test_an_arranged_year_that_changes_moves_firm_dates_and_says_so(house):
    story = house.stories[0]
    due = {one.stage.value: one.due_on for one in queries.milestones(house.session, story.appeal)}
    assert due["conclude"] == date(2026, 11, 26) and not story.appeal.is_provisional
    house.approve(CHANGED_2026)
    rows = {one.stage.value: one for one in queries.milestones(house.session, story.appeal)}
    assert rows["conclude"].due_on == date(2026, 11, 25)
    event = queries.events(house.session, story.appeal)[-1]
    assert (event.action, event.actor_name) == (Action.RECALCULATE, "系统")
    assert event.public_note == f"{CHANGED}（依据：国务院办公厅2025年11月4日通知；{SUPPLEMENT}）。"


def test_what_was_met_or_missed_is_never_touched(house):
    reached = select(MilestoneRow.id, MilestoneRow.due_on, MilestoneRow.status, MilestoneRow.calendar_version).where(
        col(MilestoneRow.status) != MilestoneStatus.PENDING
    ).order_by(col(MilestoneRow.id))
    before = house.session.execute(reached).all()
    ended = [one.appeal.version for one in house.stories if one.appeal.state is State.REPLIED]
    house.approve((*CHANGED_2026, *days_of(2027)))
    house.session.expire_all()
    assert house.session.execute(reached).all() == before and len(before) > 5
    assert [one.appeal.version for one in house.stories if one.appeal.state is State.REPLIED] == ended


def test_the_reason_names_the_notice_that_brought_the_year_and_no_other(house):
    house.approve(days_of(2028))
    house.approve(days_of(2027))
    event = queries.events(house.session, house.stories[5].appeal)[-1]
    assert event.public_note == f"{PUBLISHED}（依据：{NOTICE}）。"
    assert event.effects["calendar_version"] == 3
    versions = {one.stage.value: one.calendar_version for one in house.session.exec(
        select(MilestoneRow).where(col(MilestoneRow.appeal_id) == house.stories[5].appeal.id)).all()}
    assert versions["final"] == 3 and versions["sign"] == 1


def test_portions_survive_an_interruption_and_are_done_once(house):
    days = (*CHANGED_2026, *days_of(2027))
    told = house.preview(days)
    appeals = len({one.number for one in pages(house, told)})
    approved = house.approve(days, limit=2)
    calendar = load_calendar(house.session)
    assert (approved.version, approved.moved) == (2, 2)
    left = recalculation.left_count(house.session, calendar)
    assert 0 < left < told.sum.total
    done = [approved.moved]
    while moved := arranging.recompute(house.session, now=DECEMBER, limit=3):
        done.append(moved)
    assert sum(done) == appeals and recalculation.left_count(house.session, calendar) == 0
    events = [one.action for story in house.stories for one in queries.events(house.session, story.appeal)]
    assert arranging.recompute(house.session, now=DECEMBER) == 0
    assert events == [one.action for story in house.stories for one in queries.events(house.session, story.appeal)]


def test_everything_is_traced_and_the_proposal_itself_moves_nothing(house):
    before = house.dates()
    row = arranging.propose(house.session, days_of(2027), actor=house.proposer, now=DECEMBER)
    assert house.dates() == before
    arranging.approve(house.session, row, actor=house.director, now=DECEMBER)
    house.session.flush()
    told = house.session.exec(select(AuditRow).where(col(AuditRow.object_kind) == "calendar")
                              .order_by(col(AuditRow.seq))).all()
    assert [(one.action, one.actor_id, one.object_id) for one in told] == [
        ("calendar.propose", house.proposer.account_id, row.uid),
        ("calendar.approve", house.director.account_id, row.uid),
    ]
    assert told[0].facts == {"years": [2027], "base_version": 1, "days": 23}
    assert told[1].facts["version"] == 2 and told[1].facts["recomputed"] > 0


def test_the_preview_and_a_page_of_it_take_one_statement_each_whatever_the_number(house, database):
    house.session.commit()
    asked = []
    for more in (0, 6):
        for _ in range(more):
            Story(house.session, unit="税务局", at=DECEMBER).to(State.DISPATCHED)
        house.session.commit()
        calendar = with_arrangement(load_calendar(house.session), days_of(2027))
        with counting(database) as statements:
            told = recalculation.preview(house.session, house.director, calendar)
            shown = recalculation.moves(house.session, house.director, told.moving, limit=50)
        asked.append((len(shown), len(statements)))
    assert asked[1][0] > asked[0][0] and asked[0][1] == asked[1][1] == 2


def test_a_report_is_in_the_preview_of_nobody_whose_unit_it_accuses(house):
    accused = unit_by_name(house.session, "市监局")
    create_unit(house.session, "市监局法规股", "市监局法规股", UnitKind.DEPARTMENT, parent=accused)
    reported = house.stories[4].appeal
    reported.kind, reported.against_unit_id = AppealKind.REPORT, accused.id
    house.session.add(reported)
    house.session.flush()
    kin = actor(house.session, Role.AUDITOR, unit="市监局法规股")
    everything, theirs = house.preview(days_of(2027)), house.preview(days_of(2027), kin)
    assert theirs.sum.total < everything.sum.total
    found = recalculation.moves(house.session, kin, theirs.moving, limit=50)
    assert found and reported.number not in {one.number for one in found}


def test_provisional_dates_are_listed_until_their_year_is_arranged(house):
    found = recalculation.provisional(house.session, house.director, limit=50)
    assert len(found) == recalculation.provisional_count(house.session, house.director) > 3
    assert all(one.before.due_on.year == 2027 and one.before.is_provisional for one in found)
    assert {one.stage is None for one in found} == {True, False}
    house.approve(days_of(2027))
    assert recalculation.provisional_count(house.session, house.director) == 0


def test_a_date_of_an_appeal_in_the_office_that_is_not_dispatched_has_nothing_to_move(house):
    submitted = house.stories[6].appeal
    house.approve(days_of(2027))
    assert submitted.version == 1 and submitted.filed_at == DECEMBER != MORNING
