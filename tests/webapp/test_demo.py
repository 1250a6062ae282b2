"""The demonstration: every state, dates around any day it is loaded on, nothing but what the real commands allow."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from click.testing import Result
from flask import Flask
from sqlmodel import Session, col, func, select

from models.accounts import substitutes
from models.accounts.queries import actor_of, unit_by_name
from models.accounts.tables import Account, Unit
from models.accounts.types import Role
from models.appeals.tables import Appeal, Attachment, IdentityReveal
from models.appeals.types import STATE_LABELS, AppealKind, RevealStatus, State
from models.audit.queries import verdict
from models.audit.tables import AuditRow
from models.handling.adjustment_types import AdjustmentKind, AdjustmentStatus
from models.handling.queries import due_conditions
from models.handling.tables import AdjustmentRow, AppealEvent, MilestoneRow, ReplyItem
from models.handling.types import MilestoneStatus, Outcome, Stage
from models.jobs.tables import Job
from models.jobs.types import JobState
from models.notices import outbox
from models.ratings.result_tables import RatingProposal, RatingResult
from models.ratings.result_types import ProposalKind, ProposalState
from models.ratings.tables import RatingCampaign, RatingEnvelope
from models.ratings.types import CampaignState
from models.slips.kinds import SlipKind, SlipStatus
from models.slips.queries import without_order
from models.slips.tables import Slip, SlipReceipt, SlipScan
from models.supervision import sweeping
from models.supervision.ladder_tables import SupervisionRecord
from models.supervision.ladder_types import Outcome as RecordOutcome
from models.supervision.ladder_types import RecordKind, RecordState
from models.supervision.sweeping import Sweep
from models.workdays.queries import load_calendar, open_proposals
from models.workdays.rules import SHANGHAI, is_workday, local_day, workdays_between
from models.workdays.shipped import shipped_calendar
from tests.support.engines import AUDIT_KEY, Engines
from webapp.config import Config
from webapp.db import Database
from webapp.demo import loading
from webapp.demo.people import ACCOUNTS, HOME_UNIT
from webapp.demo.plans import Workdays
from webapp.demo.ratings import HARDLY_KNOWN, LOW
from webapp.files import FileStore
from webapp.letterhead import for_slips

CALENDAR = shipped_calendar()
DAYS = {
    "saturday": datetime(2026, 11, 21, 0, 8, tzinfo=SHANGHAI),
    "national day": datetime(2026, 10, 5, 12, 0, tzinfo=SHANGHAI),
    "end of the year": datetime(2026, 12, 30, 9, 30, tzinfo=SHANGHAI),
    "first days of the year": datetime(2026, 1, 6, 23, 59, tzinfo=SHANGHAI),
    "spring festival without arrangement": datetime(2027, 2, 7, 10, 0, tzinfo=SHANGHAI),
}
UNARRANGED = (date(2026, 12, 30), date(2027, 2, 7))
"""Today's promises reach into a year, or lie in one, whose days off nobody has published."""


@dataclass(frozen=True)
class Demo:
    """A database with the demonstration as it is loaded at `now`."""

    database: Database
    now: datetime

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def next_workday(self) -> date:
        return Workdays(self.today + timedelta(days=1), CALENDAR)[0]


@pytest.fixture(scope="module", params=DAYS.values(), ids=DAYS.keys())
def demo(
    request: pytest.FixtureRequest, engines: Engines, tmp_path_factory: pytest.TempPathFactory, _application: Flask
) -> Iterator[Demo]:
    with engines.fresh(tmp_path_factory.mktemp("demo")) as url:
        database = Database(url, AUDIT_KEY)
        with database.writing() as session:
            loading.load(session, _config(_application), _files(_application), now=request.param)
        yield Demo(database, request.param)
        database.dispose()


@pytest.fixture
def shown(demo: Demo) -> Iterator[Session]:
    with demo.database.reading() as session:
        yield session


def _config(app: Flask) -> Config:
    config: Config = app.extensions["zhitongche.config"]
    return config


def _files(app: Flask) -> FileStore:
    store: FileStore = app.extensions["zhitongche.files"]
    return store


def _account(session: Session, username: str) -> Account:
    return session.exec(select(Account).where(col(Account.username) == username)).one()


def _count(session: Session, condition: object) -> int:
    return session.exec(select(func.count()).select_from(Appeal).where(condition)).one()  # type: ignore[arg-type]


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=list(words))


# ---------------------------------------------------------------- what a visitor finds, on any day


def test_every_state_is_shown(shown: Session) -> None:
    found = set(session_states(shown))
    assert found == set(State), [STATE_LABELS[state] for state in set(State) - found]


def test_a_request_to_see_an_identity_waits_for_a_custodian_of_another_unit(shown: Session) -> None:
    [asked] = shown.exec(select(IdentityReveal)).all()
    people = {one.username: one.unit for one in ACCOUNTS if one.role is Role.CUSTODIAN}
    unit = shown.get_one(Unit, asked.unit_id)
    assert asked.status is RevealStatus.ASKED and len(people) == 2 and unit.short_name not in people.values()


def session_states(session: Session) -> list[State]:
    return list(session.exec(select(Appeal.state)).all())


def test_something_bites_today_or_on_the_next_working_day(demo: Demo, shown: Session) -> None:
    due = col(Appeal.next_due_on)
    conditions = due_conditions(demo.today, demo.next_workday)
    assert _count(shown, due == demo.next_workday) >= 3
    assert (_count(shown, due == demo.today) >= 3) == is_workday(demo.today, CALENDAR)
    assert _count(shown, conditions["soon"]) >= 5


def test_some_are_overdue_by_one_to_six_working_days(demo: Demo, shown: Session) -> None:
    condition = due_conditions(demo.today, demo.next_workday)["overdue"]
    dates = shown.exec(select(Appeal.next_due_on).where(condition)).all()
    days_over = {workdays_between(on, Workdays(demo.today, CALENDAR)[0], CALENDAR) for on in dates if on}
    assert {1, 2, 3, 6} <= days_over
    assert max(days_over) <= 6


def test_milestones_were_met_and_missed_in_every_stage(shown: Session) -> None:
    rows = set(shown.exec(select(MilestoneRow.stage, MilestoneRow.status)).all())
    for stage in (Stage.SIGN, Stage.VERIFY, Stage.CONCLUDE, Stage.PRELIMINARY):
        assert {(stage, MilestoneStatus.MET), (stage, MilestoneStatus.MISSED)} <= rows


def test_promises_into_a_year_without_arrangement_are_provisional(demo: Demo, shown: Session) -> None:
    assert (_count(shown, col(Appeal.is_provisional)) >= 5) == (demo.today in UNARRANGED)


def test_everything_happened_in_the_last_weeks_and_before_now(demo: Demo, shown: Session) -> None:
    moments = shown.exec(select(AppealEvent.at).order_by(col(AppealEvent.id))).all()
    assert list(moments) == sorted(moments)
    assert demo.now - timedelta(days=50) < moments[0] < demo.now - timedelta(days=30)
    assert moments[-1] <= demo.now


def test_numbers_run_in_the_order_of_receipt_within_their_year(shown: Session) -> None:
    rows = shown.exec(select(Appeal.number, Appeal.received_at).order_by(col(Appeal.received_at))).all()
    assert [number for number, _ in rows] == sorted(number for number, _ in rows)
    assert all(number.startswith(f"{local_day(at).year}-") for number, at in rows)


def test_slips_run_without_gaps_in_the_order_of_issue(shown: Session) -> None:
    slips = shown.exec(select(Slip).order_by(col(Slip.issued_at), col(Slip.id))).all()
    assert len(slips) >= 15
    for series in {(slip.kind, slip.year) for slip in slips}:
        numbers = [slip.number for slip in slips if (slip.kind, slip.year) == series]
        assert numbers == list(range(1, len(numbers) + 1))


def test_slips_of_every_kind_are_on_the_register_void_replaced_signed_for_and_scanned(shown: Session) -> None:
    slips = shown.exec(select(Slip)).all()
    assert {slip.kind for slip in slips} == set(SlipKind)
    void = {slip.id for slip in slips if slip.status is SlipStatus.VOID}
    replaced = {slip.replaces_id for slip in slips} - {None}
    assert replaced < void, "one void slip was replaced, another waits for it"
    signed, scanned = (set(shown.exec(select(column)).all()) for column in (SlipReceipt.slip_id, SlipScan.slip_id))
    assert scanned and scanned <= signed
    assert {slip.id for slip in slips if slip.unit_id} - signed - void, "some wait for their unit's signature"
    assert not any("demo:" in slip.content for slip in slips)


def test_an_appeal_dispatched_today_waits_for_its_order(demo: Demo, shown: Session) -> None:
    clerk = actor_of(shown, _account(shown, "shouli"))
    assert len(without_order(shown, clerk, demo.today)) == 1


def test_records_of_supervision_are_shown_in_every_kind_and_state(shown: Session) -> None:
    records = shown.exec(select(SupervisionRecord)).all()
    assert {one.kind for one in records} == set(RecordKind)
    assert {one.state for one in records} == set(RecordState)
    assert {one.outcome for one in records} == set(RecordOutcome)
    assert sum(one.is_contested for one in records) >= 1 <= sum(one.was_contested for one in records) - 1
    orders = [one for one in records if one.kind is RecordKind.SUPERVISION_ORDER]
    assert any(one.reported_on and one.state is RecordState.IN_FORCE for one in orders), "one waits for acceptance"
    interviews = {one.state for one in records if one.kind is RecordKind.INTERVIEW}
    assert interviews == set(RecordState) - {RecordState.REVOKED}
    home = unit_by_name(shown, HOME_UNIT)
    assert home and any(one.outcome is RecordOutcome.PENDING and one.unit_id == home.id for one in records)


def test_time_has_nothing_left_to_do_on_the_ladder(demo: Demo, shown: Session, app: Flask) -> None:
    sweep = Sweep(demo.now, load_calendar(shown), for_slips(_config(app).public_base_url))
    assert not list(sweeping.due_steps(shown, sweep)) and not sweeping.due_records(shown, sweep)


def test_the_home_unit_has_a_request_to_send_and_a_clock_that_stands(shown: Session) -> None:
    home = unit_by_name(shown, HOME_UNIT)
    assert home is not None
    rows = shown.exec(select(AdjustmentRow).where(col(AdjustmentRow.unit_id) == home.id)).all()
    assert AdjustmentStatus.TO_SIGN_OFF in {row.status for row in rows}
    assert any(row.kind is AdjustmentKind.PAUSE and row.status is AdjustmentStatus.GRANTED for row in rows)


def test_a_calendar_waits_for_another_person_than_who_proposed_it(shown: Session) -> None:
    [proposal] = open_proposals(shown)
    assert proposal.proposed_by_id == _account(shown, "duban").id and proposal.year_numbers == (2027,)


def test_the_unit_head_is_away_and_a_colleague_signs(demo: Demo, shown: Session) -> None:
    absent, colleague = _account(shown, "fuzeren"), _account(shown, "jingban2")
    [one] = substitutes.standing(shown, absent.id, demo.now)
    assert one.substitute.id == colleague.id and one.substitution.starts_at <= demo.now


def test_mails_failed_and_a_batch_print_waits(shown: Session) -> None:
    mails = outbox.failed(shown)
    assert len(mails) == 2 and all(account.email.endswith("@example.com") for _, account in mails)
    jobs = shown.exec(select(Job).where(col(Job.state) == JobState.QUEUED)).all()
    assert [job.total > 0 for job in jobs] == [True, True]


def test_every_outcome_but_the_unfounded_is_answered_somewhere(shown: Session) -> None:
    found = set(shown.exec(select(ReplyItem.outcome)).all())
    assert found == set(Outcome) - {Outcome.UNFOUNDED}


def test_the_trail_is_whole_and_in_order(shown: Session) -> None:
    assert verdict(shown, AUDIT_KEY).kind == "ok"
    moments = shown.exec(select(AuditRow.at).order_by(col(AuditRow.seq))).all()
    assert list(moments) == sorted(moments)


def test_check_finds_no_problem(demo: Demo, app: Flask) -> None:
    app.extensions["zhitongche.db"] = demo.database
    with app.app_context():
        result = run(app, "check")
    assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "0 problems")


def test_no_report_lies_with_the_unit_it_accuses(shown: Session) -> None:
    reports = shown.exec(select(Appeal).where(col(Appeal.kind) == AppealKind.REPORT)).all()
    assert sum(appeal.lead_unit_id is not None for appeal in reports) >= 2
    assert all(appeal.against_unit_id != appeal.lead_unit_id for appeal in reports)


def test_attachments_are_there_as_their_rows_say(shown: Session, app: Flask) -> None:
    rows = shown.exec(select(Attachment)).all()
    assert {row.kind for row in rows} == {"jpg", "pdf"}
    assert all(len(_files(app).read(row.stored_name)) == row.size for row in rows)


# ---------------------------------------------------------------- ratings


def test_two_ratings_were_counted_with_a_tie_a_small_sample_and_one_unit_below_60_twice_and_one_runs(
    shown: Session,
) -> None:
    rows = shown.exec(select(RatingCampaign).order_by(col(RatingCampaign.year), col(RatingCampaign.half))).all()
    assert [one.state for one in rows] == [CampaignState.PUBLISHED, CampaignState.PUBLISHED, CampaignState.OPEN]
    for row in rows[:2]:
        found = shown.exec(select(RatingResult).where(col(RatingResult.campaign_id) == row.id)).all()
        places = [one.place for one in found if one.place is not None]
        assert len(places) > len(set(places)), "no tie"
        assert [shown.get_one(Unit, one.unit_id).short_name for one in found if not one.is_enough] == [HARDLY_KNOWN]
        assert [shown.get_one(Unit, one.unit_id).short_name for one in found if one.is_below] == [LOW]
    assert shown.exec(select(func.count()).select_from(RatingEnvelope)).one() > 10


def test_what_a_rating_proposed_waits_for_the_director_and_an_earlier_interview_was_put_right(shown: Session) -> None:
    found = shown.exec(select(RatingProposal).order_by(col(RatingProposal.id))).all()
    assert [(one.kind, one.state) for one in found] == [
        (ProposalKind.INTERVIEW, ProposalState.CONFIRMED), (ProposalKind.INTERVIEW, ProposalState.PROPOSED),
        (ProposalKind.GRADE, ProposalState.PROPOSED),
    ]
    record = shown.exec(select(SupervisionRecord).where(SupervisionRecord.uid == found[0].record_uid)).one()
    assert (record.state, record.outcome) == (RecordState.CLOSED, RecordOutcome.MET)
