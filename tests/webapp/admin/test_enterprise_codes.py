"""The administrator frees a credit code that somebody else registered: knows the code that was told on the telephone,
and learns no name, no username and nothing of any appeal.
"""

from typing import Any

import pytest
from sqlmodel import select

from models.accounts.tables import Account
from models.accounts.types import Role
from models.appeals import enterprise_queries, enterprises
from models.appeals.enterprise_tables import Enterprise
from models.audit.tables import AuditRow
from tests.conftest import SignIn
from tests.support.enterprises import CODE, OTHER_CODE, enterprise, member, person
from tests.support.factories import VAULT, Story
from tests.support.page import PageClient
from tests.webapp.public.conftest import page, text_of
from webapp import clock
from webapp.db import Database

FIND, LOOK_UP = "/admin/enterprise-accounts", "/admin/enterprise-codes"
REASON = "企业持营业执照原件到市优办核实，确认系他人冒用。"


@pytest.fixture
def squatter(database: Database) -> Account:
    with database.writing() as session:
        row = person(session, enterprise(session))
        row.username = "luhua"
        appeal = Story(session, title="占用期间提交的诉求").appeal
        enterprises.link(session, member(session, row), appeal, how="file", now=clock.now())
        session.add(row)
        return row


@pytest.fixture
def registration(database: Database, squatter: Account) -> str:
    with database.reading() as session:
        return f"/admin/enterprises/{session.exec(select(Enterprise.uid)).one()}"


@pytest.fixture
def boss(sign_in: SignIn) -> PageClient:
    return sign_in(Role.ADMINISTRATOR)


def look_up(boss: PageClient, code: str) -> Any:
    return boss.send(FIND, {"credit_code": code}, action=LOOK_UP)


def free(boss: PageClient, path: str, **changes: str) -> Any:
    return boss.send(path, {"credit_code": CODE, "reason": REASON, **changes}, action="/free")


@pytest.mark.parametrize("code", [CODE, f" {CODE.lower()[:9]} {CODE[9:]}"])
def test_the_whole_code_finds_its_registration_and_nobody_is_named(
    boss: PageClient, registration: str, code: str
) -> None:
    found = look_up(boss, code)
    assert (found.status_code, found.headers["Location"]) == (303, registration)
    shown = boss.get(registration).get_data(as_text=True)
    assert "在用账号" in shown and "1 个" in shown
    for hidden in (CODE, "luhua", "苏堃", "芦花香", "13873712345", "占用期间"):
        assert hidden not in shown


@pytest.mark.parametrize(("code", "said"), [
    (CODE[:17], "请补全"), ("", "请填写"), (OTHER_CODE, "没有查到这个代码的注册"), ("芦花香", "请补全"),
    ("%", "请补全"),
])  # fmt: skip
def test_a_part_of_it_or_a_name_finds_nothing(boss: PageClient, registration: str, code: str, said: str) -> None:
    answer = look_up(boss, code)
    assert answer.status_code == 422 and said in text_of(page(answer), "credit_code-error")
    assert page(answer).title.get_text().startswith("请改正：企业账号")


def test_a_freed_code_can_be_registered_and_the_old_account_is_out(
    boss: PageClient, registration: str, squatter: Account, sign_in: SignIn, database: Database
) -> None:
    old = sign_in(account=squatter)
    assert free(boss, registration).status_code == 303
    assert old.get("/enterprise").headers["Location"].startswith("/login")
    assert boss.get(registration).status_code == 404 and look_up(boss, CODE).status_code == 422
    with database.reading() as session:
        assert not enterprise_queries.is_registered(session, VAULT, CODE)
        row = session.exec(select(AuditRow).where(AuditRow.action == "enterprise.free")).one()
    assert row.object_id == registration.rpartition("/")[2] and row.facts["accounts"] == [squatter.uid]
    assert row.facts["reason"] == REASON and row.actor_id is not None


@pytest.mark.parametrize(("changes", "field"), [
    ({"credit_code": OTHER_CODE}, "credit_code"), ({"credit_code": ""}, "credit_code"), ({"reason": " "}, "reason"),
    ({"reason": "冒用"}, "reason"),
])
def test_without_the_code_or_a_reason_nothing_is_freed(
    boss: PageClient, registration: str, database: Database, changes: dict[str, str], field: str
) -> None:
    answer = free(boss, registration, **changes)
    assert answer.status_code == 422 and text_of(page(answer), f"{field}-error")
    with database.reading() as session:
        assert enterprise_queries.is_registered(session, VAULT, CODE)


@pytest.mark.parametrize("role", [Role.DIRECTOR, Role.CUSTODIAN, Role.CLERK, Role.AUDITOR])
def test_nobody_else_looks_a_code_up(sign_in: SignIn, registration: str, role: Role) -> None:
    assert sign_in(role).get(registration).status_code == 403
