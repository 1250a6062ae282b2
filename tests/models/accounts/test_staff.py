"""Staff accounts as an administrator handles them: who may hold what, and that nobody locks the house out."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from models.accounts import commands, queries, staff
from models.accounts.passwords import password_matches
from models.accounts.staff import StaffDetails
from models.accounts.staff_list import StaffFilter, live_sessions, staff_count
from models.accounts.staff_list import staff as listed
from models.accounts.tables import AccountRole, LoginSession
from models.accounts.types import Role
from models.errors import Conflict, NotFound, Refused
from tests.support import actors

NOW = datetime(2026, 11, 17, 2, tzinfo=UTC)


def details(*roles: Role, unit_id: int | None = None, name: str = "张三") -> StaffDetails:
    return StaffDetails(name, frozenset(roles), unit_id)


@pytest.fixture
def unit_id(session) -> int:
    return queries.unit_by_name(session, "市监局").id


@pytest.fixture
def chief(session):
    return queries.actor_of(session, actors.account(session, Role.ADMINISTRATOR))


def refused(code: str, act, *args, **kwargs) -> None:
    with pytest.raises(Refused) as error:
        act(*args, **kwargs)
    assert error.value.code == code


@pytest.mark.parametrize(("roles", "code"), [
    ((), "roles_missing"), ((Role.ENTERPRISE,), "roles_missing"), ((Role.HANDLER,), "unit_missing"),
    ((Role.ADMINISTRATOR, Role.CLERK), "administrator_stands_alone"),
    ((Role.ADMINISTRATOR, Role.CUSTODIAN), "administrator_stands_alone"),
])
def test_roles_that_may_not_be_held_together_are_refused(session, roles, code):
    refused(code, staff.create_staff, session, "zhangsan", details(*roles), now=NOW)


def test_a_new_account_gets_a_one_time_password_for_a_day(session, unit_id):
    account, password = staff.create_staff(session, "zhangsan", details(Role.HANDLER, unit_id=unit_id), now=NOW)
    assert password_matches(account.password_hash, password)
    assert account.must_change_password and account.password_expires_at == NOW + timedelta(hours=24)


def test_a_username_is_taken_whatever_its_case(session, unit_id):
    staff.create_staff(session, "ZhangSan", details(Role.CLERK), now=NOW)
    refused("username_taken", staff.create_staff, session, "zhangsan", details(Role.CLERK), now=NOW)


def test_a_unit_out_of_use_takes_nobody_new_and_keeps_whom_it_has(session, unit_id, chief):
    account, _ = staff.create_staff(session, "a", details(Role.HANDLER, unit_id=unit_id), now=NOW)
    unit = queries.units_by_id(session)[unit_id]
    unit.is_active = False
    session.flush()
    refused("unit_not_in_use", staff.create_staff, session, "b", details(Role.HANDLER, unit_id=unit_id), now=NOW)
    wanted = details(Role.APPROVER, unit_id=unit_id)
    staff.edit_staff(session, chief, account, wanted, version=account.version, now=NOW)
    assert staff.details_of(session, account) == wanted


def test_a_change_of_roles_ends_the_sessions_and_a_change_of_name_does_not(session, unit_id, chief):
    account, _ = staff.create_staff(session, "a", details(Role.HANDLER, unit_id=unit_id), now=NOW)
    commands.begin_session(session, account, now=NOW)
    staff.edit_staff(session, chief, account, details(Role.HANDLER, unit_id=unit_id, name="李四"), version=1, now=NOW)
    assert len(live_sessions(session, account.id, NOW)) == 1 and account.display_name == "李四"
    staff.edit_staff(session, chief, account, details(Role.APPROVER, unit_id=unit_id), version=2, now=NOW)
    assert not live_sessions(session, account.id, NOW)
    assert staff.details_of(session, account).roles == {Role.APPROVER}


def test_nobody_changes_their_own_roles_or_unit_or_disables_or_resets_themselves(session, unit_id, chief):
    actors.account(session, Role.ADMINISTRATOR)
    own = queries.account_by_id(session, chief.account_id)
    for wanted in (details(Role.CLERK), details(Role.ADMINISTRATOR, unit_id=unit_id)):
        refused("own_roles", staff.edit_staff, session, chief, own, wanted, version=None, now=NOW)
    refused("own_account", staff.set_active, session, chief, own, False, version=None, now=NOW)
    refused("own_password", staff.reset_password, session, chief, own, version=None, now=NOW)
    staff.edit_staff(session, chief, own, details(Role.ADMINISTRATOR, name="新名"), version=None, now=NOW)


def test_the_last_administrator_stays_even_when_two_remove_each_other(session, chief):
    """The second of the two was signed in when the first disabled them: their request still runs."""
    first = queries.account_by_id(session, chief.account_id)
    second = actors.account(session, Role.ADMINISTRATOR)
    late = queries.actor_of(session, second)
    staff.set_active(session, chief, second, False, version=None, now=NOW)
    refused("last_administrator", staff.set_active, session, late, first, False, version=None, now=NOW)
    refused("last_administrator", staff.edit_staff, session, late, first, details(Role.CLERK), version=None, now=NOW)
    staff.set_active(session, chief, second, True, version=None, now=NOW)
    staff.edit_staff(session, late, first, details(Role.CLERK), version=None, now=NOW)


def test_a_version_that_is_old_is_a_conflict(session, chief):
    account, _ = staff.create_staff(session, "a", details(Role.CLERK), now=NOW)
    staff.set_active(session, chief, account, False, version=1, now=NOW)
    for act in (
        lambda: staff.set_active(session, chief, account, True, version=1, now=NOW),
        lambda: staff.reset_password(session, chief, account, version=1, now=NOW),
        lambda: staff.edit_staff(session, chief, account, details(Role.CLERK), version=1, now=NOW),
    ):
        with pytest.raises(Conflict):
            act()


def test_an_enterprises_account_is_none_of_the_administrators(session):
    uid = actors.account(session, Role.ENTERPRISE).uid
    with pytest.raises(NotFound):
        staff.staff_account(session, uid)
    assert staff_count(session, StaffFilter()) == 0


def test_the_list_narrows_by_words_unit_role_and_activity(session, unit_id):
    clerk, _ = staff.create_staff(session, "lishouli", details(Role.CLERK, name="李受理"), now=NOW)
    handler, _ = staff.create_staff(session, "wangban", details(Role.HANDLER, unit_id=unit_id, name="王经办"), now=NOW)
    handler.is_active = False
    commands.begin_session(session, clerk, now=NOW)
    session.flush()
    for asked, wanted in [
        (StaffFilter(), ["wangban", "lishouli"]), (StaffFilter(words="受理"), ["lishouli"]),
        (StaffFilter(words="WANG"), ["wangban"]), (StaffFilter(words="%"), []),
        (StaffFilter(unit_id=unit_id), ["wangban"]), (StaffFilter(role=Role.CLERK), ["lishouli"]),
        (StaffFilter(is_active=False), ["wangban"]), (StaffFilter(is_active=True), ["lishouli"]),
    ]:
        rows = listed(session, asked, limit=50, offset=0)
        assert [row.account.username for row in rows] == wanted, asked
        assert staff_count(session, asked) == len(wanted)
    rows = listed(session, StaffFilter(), limit=50, offset=0)
    assert [(row.last_signed_in_at, row.roles) for row in rows] == [(None, {Role.HANDLER}), (NOW, {Role.CLERK})]


def test_ending_the_other_sessions_keeps_the_one_in_use(session):
    account = actors.account(session, Role.CLERK)
    for _ in range(3):
        commands.begin_session(session, account, now=NOW)
    kept = session.exec(select(LoginSession)).all()[1]
    commands.end_other_sessions(session, account, kept.id, now=NOW)
    assert [one.id for one in live_sessions(session, account.id, NOW)] == [kept.id]
    assert session.exec(select(AccountRole)).all()
