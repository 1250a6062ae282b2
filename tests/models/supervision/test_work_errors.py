"""The acts on the register: events that stay, an entry that is what they add up to, guards in the database itself."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

from models.accounts.queries import unit_by_name
from models.accounts.tables import Unit
from models.accounts.types import Actor, Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from models.errors import Conflict, NotFound, Refused
from models.supervision import work_error_queries as queries
from models.supervision import work_errors
from models.supervision.work_error_periods import containing
from models.supervision.work_error_queries import Filter
from models.supervision.work_error_rules import REPORTED
from models.supervision.work_error_types import Circumstance, Grade, Happened, RevokeReason, Source, Status
from tests.support.actors import actor
from tests.support.factories import MORNING, Story
from tests.support.work_errors import act, finding, work_error

REASON = "核对原始材料以后更正。"
NOVEMBER = containing(date(2026, 11, 1), 1)


def unit_of(session: Session, name: str = "市监局") -> Unit:
    found = unit_by_name(session, name)
    assert found is not None
    return found


def supervisor(session: Session, unit: str = "市优办") -> Actor:
    return actor(session, Role.SUPERVISOR, unit=unit)


def director(session: Session) -> Actor:
    return actor(session, Role.DIRECTOR, unit="市优办")


def head(session: Session, unit: str = "市监局") -> Actor:
    return actor(session, Role.APPROVER, unit=unit)


def traces(session: Session) -> list[str]:
    session.flush()
    found = session.exec(select(AuditRow).order_by(col(AuditRow.seq))).all()
    return [row.action for row in found if row.action.startswith("work_error")]


def test_every_act_is_an_event_and_the_entry_is_what_they_add_up_to(session: Session) -> None:
    by, boss = supervisor(session), director(session)
    error = work_error(session, by=by)
    assert work_errors.number_text(error) == "错情〔2026〕1号"
    unit = unit_of(session)
    work_errors.answer(session, error, act(head(session), 1), words="已当场更正，没有造成影响。")
    graver = finding(Grade.LARGER)
    later = MORNING + timedelta(days=1)
    assert work_errors.change(session, error, unit, graver, act(by, 2, later), reason=REASON) is Happened.REGRADE
    corrected = finding(Grade.LARGER, occurred_on=date(2026, 10, 30))
    assert work_errors.change(session, error, unit, corrected, act(by, 3), reason=REASON) is Happened.CORRECT
    work_errors.revoke(session, error, unit, RevokeReason.FORCE_MAJEURE, act(boss, 4), reason="当天全市停电。")
    session.expire_all()
    history = queries.events(session, error)
    assert [one.happened for one in history] == list(map(Happened, [
        "register", "answer", "regrade", "correct", "revoke",
    ]))
    assert [one.actor_name for one in history][-1] == boss.display_name
    assert queries.replayed(history) == queries.stored(error)
    assert (error.status, error.grade, error.version) == (Status.REVOKED, Grade.LARGER, 5)
    assert error.graded_on == date(2026, 11, 18)
    assert traces(session) == [f"work_error.{one.happened.value}" for one in history]


def test_numbers_run_by_year_without_gaps(session: Session) -> None:
    found = [work_error(session), work_error(session, unit="税务局")]
    assert [(one.year, one.number) for one in found] == [(2026, 1), (2026, 2)]


@pytest.mark.parametrize("statement", [
    "UPDATE work_errors SET unit_id = (SELECT MAX(id) FROM units)",
    "UPDATE work_errors SET registrar_id = (SELECT MAX(id) FROM accounts)",
    "UPDATE work_errors SET number = 7",
    "DELETE FROM work_errors",
    "UPDATE work_error_events SET reason = '改过'",
    "DELETE FROM work_error_events",
])
def test_the_database_itself_refuses_to_change_or_delete_what_was_registered(session: Session, statement: str) -> None:
    work_error(session)
    actor(session, Role.CLERK)
    with pytest.raises(DBAPIError):
        session.connection().execute(text(statement))


def test_what_is_revoked_stays_so_in_the_database(session: Session) -> None:
    error = work_error(session)
    work_errors.revoke(
        session, error, unit_of(session), RevokeReason.REPEATED, act(director(session)), reason="重复登记。"
    )
    with pytest.raises(DBAPIError):
        session.connection().execute(text("UPDATE work_errors SET status = 'registered'"))


def test_a_unit_answers_once_and_changes_nothing(session: Session) -> None:
    error = work_error(session)
    before = queries.stored(error).finding
    work_errors.answer(session, error, act(head(session)), words="已当场更正。")
    assert queries.stored(error).finding == before
    with pytest.raises(Refused, match="work_error_answered"):
        work_errors.answer(session, error, act(head(session)), words="再说一次。")
    assert queries.answers_of(session, [error]) == {error.id: "已当场更正。"}


def test_only_the_head_of_that_unit_answers(session: Session) -> None:
    error = work_error(session)
    for who, code in (
        (actor(session, Role.HANDLER, unit="市监局"), "not_your_role"), (director(session), "not_your_role"),
        (head(session, "税务局"), "work_error_not_yours"),
    ):
        with pytest.raises(Refused, match=code):
            work_errors.answer(session, error, act(who), words="说明。")


def test_keepers_of_the_unit_itself_neither_register_nor_change_nor_revoke(session: Session) -> None:
    own, error, unit = supervisor(session, "市监局"), work_error(session), unit_of(session)
    with pytest.raises(Refused, match="work_error_own_unit"):
        work_errors.register(session, unit, finding(), act(own))
    with pytest.raises(Refused, match="work_error_own_unit"):
        work_errors.change(session, error, unit, finding(Grade.GENERAL), act(own), reason=REASON)
    with pytest.raises(Refused, match="work_error_own_unit"):
        work_errors.revoke(session, error, unit, RevokeReason.UNTRUE, act(own), reason=REASON)


def test_an_idle_unit_and_an_entry_against_the_law_are_refused(session: Session) -> None:
    unit, by = unit_of(session), supervisor(session)
    with pytest.raises(Refused, match="work_error_source_needs"):
        work_errors.register(session, unit, finding(source=Source.APPEAL), act(by))
    unit.is_active = False
    with pytest.raises(Refused, match="unit_not_in_use"):
        work_errors.register(session, unit, finding(), act(by))


def test_no_text_of_it_holds_a_telephone_or_identity_number(session: Session) -> None:
    said = "举报人电话13873712345。"
    unit, by = unit_of(session), supervisor(session)
    for changes in ({"content": said}, {"accountability": said}):
        with pytest.raises(Refused, match="work_error_words_identify"):
            work_errors.register(session, unit, finding(**changes), act(by))
    error = work_error(session)
    with pytest.raises(Refused, match="work_error_words_identify"):
        work_errors.answer(session, error, act(head(session)), words=said)


def test_a_form_of_an_older_version_is_a_conflict(session: Session) -> None:
    error = work_error(session)
    work_errors.answer(session, error, act(head(session), 1), words="已更正。")
    for do in (
        lambda: work_errors.change(
            session, error, unit_of(session), finding(Grade.GENERAL), act(supervisor(session), 1), reason=REASON),
        lambda: work_errors.revoke(
            session, error, unit_of(session), RevokeReason.UNTRUE, act(director(session), 1), reason=REASON),
    ):
        with pytest.raises(Conflict):
            do()


# ---------------------------------------------------------------- reading


def test_who_sees_which_entries(session: Session) -> None:
    own, other = work_error(session, unit="市监局"), work_error(session, unit="税务局")
    for role in (Role.SUPERVISOR, Role.DIRECTOR, Role.LEADER, Role.AUDITOR):
        seen = queries.register(session, actor(session, role), Filter(), limit=9)
        assert {one.id for one in seen} == {own.id, other.id}
    for role in (Role.HANDLER, Role.APPROVER):
        who = actor(session, role, unit="市监局")
        assert [one.id for one in queries.register(session, who, Filter(), limit=9)] == [own.id]
        assert queries.register_count(session, who, Filter()) == 1
        with pytest.raises(NotFound):
            queries.visible(session, who, other.uid)
    for role in (Role.CLERK, Role.CUSTODIAN, Role.ADMINISTRATOR, Role.ENTERPRISE):
        assert queries.register(session, actor(session, role, unit="市监局"), Filter(), limit=9) == []


def test_the_register_is_narrowed_by_unit_grade_half_year_and_month(session: Session) -> None:
    old = work_error(session, occurred_on=date(2026, 6, 30))
    new = work_error(session, grade=Grade.LARGER, occurred_on=date(2026, 7, 1))
    other = work_error(session, unit="税务局")
    by = supervisor(session)

    def asked(**changes: object) -> set[int | None]:
        found = queries.register(session, by, Filter(**changes), limit=9)  # type: ignore[arg-type]
        return {one.id for one in found}

    assert asked(unit_id=other.unit_id) == {other.id}
    assert asked(grade=Grade.LARGER) == {new.id}
    assert asked(half=containing(date(2026, 1, 1), 6)) == {old.id}
    assert asked(half=containing(date(2026, 8, 1), 6)) == {new.id, other.id}
    assert asked(month=NOVEMBER) == {other.id}


def test_a_report_lists_the_grave_errors_of_its_days_and_those_that_became_known_late(session: Session) -> None:
    by, grave = supervisor(session), Grade.LARGER
    inside = work_error(session, grade=grave, occurred_on=date(2026, 11, 3))
    late = work_error(session, grade=grave, occurred_on=date(2026, 9, 3))
    raised = work_error(session, occurred_on=date(2026, 8, 3), at=MORNING - timedelta(days=60))
    work_errors.change(
        session, raised, unit_of(session), finding(grave, occurred_on=date(2026, 8, 3)), act(by), reason=REASON
    )
    work_error(session, grade=Grade.GENERAL, occurred_on=date(2026, 11, 3))
    work_error(session, grade=grave, occurred_on=date(2026, 10, 3), at=MORNING - timedelta(days=40))
    gone = work_error(session, grade=grave)
    work_errors.revoke(
        session, gone, unit_of(session), RevokeReason.UNFORESEEABLE, act(director(session)), reason="当天突降暴雨。"
    )
    found = queries.reported(session, by, NOVEMBER, REPORTED, 99)
    assert [one.id for one in found] == [raised.id, late.id, inside.id]


def test_counts_leave_out_what_is_revoked_and_what_lies_in_another_half_year(session: Session) -> None:
    half, by = containing(date(2026, 11, 1), 6), supervisor(session)
    for day in (date(2026, 7, 1), date(2026, 10, 31), date(2026, 12, 31)):
        work_error(session, occurred_on=min(day, date(2026, 11, 17)))
    work_error(session, occurred_on=date(2026, 6, 30))
    gone = work_error(session)
    work_errors.revoke(
        session, gone, unit_of(session), RevokeReason.REPEATED, act(director(session)), reason="重复登记。"
    )
    key = (unit_of(session).id, half, Grade.SLIGHT)
    assert queries.counts(session, by, half) == {key: 3}
    assert queries.counts(session, by, half, until=date(2026, 10, 31)) == {key: 2}
    assert queries.counts(session, head(session, "税务局"), half) == {}


def test_an_appeal_is_named_and_shown_only_to_whoever_may_see_it(session: Session) -> None:
    unit, by = unit_of(session), supervisor(session)
    report = Story(session, unit="税务局").to(State.HANDLING).appeal
    report.kind, report.against_unit_id = AppealKind.REPORT, unit.id
    session.add(report)
    session.flush()
    own = supervisor(session, "市监局")
    assert queries.appeal_by_number(session, by, report.number).id == report.id
    for who, number in ((own, report.number), (by, "2026-999999"), (head(session), report.number)):
        with pytest.raises(Refused, match="no_such_number"):
            queries.appeal_by_number(session, who, number)
    error = work_error(
        session, grade=Grade.LARGER, source=Source.APPEAL, circumstances=(Circumstance.ART_7_4,), appeal_id=report.id
    )
    assert queries.linked_appeal(session, by, error) is not None
    assert queries.linked_appeal(session, own, error) is None
    assert queries.linked_appeal(session, head(session), error) is None
